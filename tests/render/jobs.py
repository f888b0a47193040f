"""Jobs for tests of what is taken away: of shipped captures, and of flows made of columns."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

import numpy as np

from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.keys import Keys, keys_of
from ladderview.analysis.messages import Messages
from ladderview.analysis.reading import FlowReading, read_flow, reading_of
from ladderview.analysis.streams import Streams
from ladderview.capture.capture import Capture, open_capture
from ladderview.ladder.anchoring import anchor_of
from ladderview.ladder.annotations import RULES, Annotation, Annotations, Kind
from ladderview.ladder.plan import LadderPlan
from ladderview.progress import no_progress
from ladderview.render.job import Job, Wish
from ladderview.resources import resource_path
from tests.ladder import make

CAPTURE = make.capture("files.example.org")
TROUBLE = make.analysis(make.TROUBLE)


def silent(analysis: FlowAnalysis) -> FlowReading:
    """A flow that says nothing."""
    messages = Messages(cast(Streams, None), (), (), np.empty(0, np.int64), (), (), "")
    return reading_of(analysis, messages)


def job(analysis: FlowAnalysis = TROUBLE, capture: Capture = CAPTURE, **wish: Any) -> Job:
    """A flow made of columns, with this wish."""
    return Job(capture, silent(analysis), Wish(**wish))


@cache
def _read(name: str, flow: int) -> tuple[Capture, FlowReading, Keys]:
    capture = open_capture(resource_path("samples", f"{name}.pcapng"), no_progress)
    keys = keys_of(capture, environment={})
    return capture, read_flow(capture, analyse_flow(capture, flow), keys), keys


def annotations_of(plan: LadderPlan) -> Annotations:
    """One of each kind that is drawn, on the first ten rows of a ladder; a fold, and a note near its end."""

    def on(kind: Kind, *rows: int, text: str = "", style: str = "") -> Annotation:
        anchors = tuple(anchor_of(plan, row) for row in rows)
        return Annotation(f"{kind}-{rows[0]}", kind, anchors, text=text, style=style or RULES[kind].style)

    last = len(plan) - 1
    return Annotations(
        (
            on(Kind.NOTE, 3, text="The client offers\nwhat it can do: X25519 & <more>."),
            on(Kind.BRACKET, 0, 6, text="before the request may leave"),
            on(Kind.MEASURE, 0, 1),
            on(Kind.HIGHLIGHT, 4, 5, style="green"),
            on(Kind.DIM, last - 1, last - 1),
            on(Kind.FOLD, 8, 10),
            on(Kind.NOTE, last, text="Closed."),
        )
    )


def sample_job(name: str, flow: int = 0, **wish: Any) -> Job:
    """A flow of a shipped capture, with this wish."""
    capture, reading, keys = _read(name, flow)
    return Job(capture, reading, Wish(**wish), keys)
