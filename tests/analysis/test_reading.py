"""Readings of every flow of every real capture: states, arrows of all levels, phases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.analysis.steps import LEVELS
from ladderview.analysis.story import step_sentence
from ladderview.analysis.tcp_states import State
from ladderview.capture.capture import Capture, NotACapture, open_capture
from ladderview.capture.flows import ClientKnownBy
from tests.analysis.test_tcp_states import reachable

#: Flows of one capture that are looked at, and arrows of one flow that are told.
MOST_FLOWS, MOST_TOLD = 40, 200


def captures(corpus: Path) -> Iterator[Capture]:
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and path.stat().st_size <= 2_000_000:
            try:
                capture = open_capture(path)
            except NotACapture:
                continue
            yield capture
            capture.close()


def check_states(analysis: FlowAnalysis, where: str) -> None:
    """Only steps of RFC 9293's diagram; a segment can be two events, an ACK of the FIN and a FIN."""
    tcp = analysis.tcp
    for column, first in zip((tcp.client_state, tcp.server_state), tcp.initial_states, strict=True):
        state = first
        for at in np.flatnonzero(np.diff(column, prepend=np.uint8(first))).tolist():
            following = State(int(column[at]))
            assert state is State.UNKNOWN or following in reachable(state, 2), (where, at, state, following)
            state = following
    if analysis.flow.client_known_by not in {ClientKnownBy.SYN, ClientKnownBy.SYN_ACK}:
        assert tcp.initial_states == (State.UNKNOWN, State.UNKNOWN), where


def check_levels(reading: FlowReading, where: str) -> None:
    segments = reading.analysis.segments
    for level in LEVELS:
        steps = reading.steps(level)
        assert steps.count.sum() == len(segments), (where, level)
        assert (np.diff(steps.row) >= 0).all(), (where, level)
        for step in range(min(len(steps), MOST_TOLD)):
            assert step_sentence(reading, steps, step), (where, level, step)
    phases = reading.phases
    for before, after in pairwise(phases):
        assert (before.end, before.end_ns) == (after.first, after.begin_ns), where
    if len(segments):
        assert (phases[0].first, phases[-1].end) == (0, len(reading.base.steps)), where
        assert sum(phase.duration_ns for phase in phases) == segments.ts_ns.max() - segments.ts_ns[0], where


@pytest.mark.corpus
def test_every_flow_of_every_real_capture(corpus: Path) -> None:
    looked_at = 0
    for capture in captures(corpus):
        keys = keys_of(capture, [], [])
        for flow in range(min(len(capture.flows), MOST_FLOWS)):
            where = f"{Path(capture.path).name} flow {flow}"
            analysis = analyse_flow(capture, flow)
            check_states(analysis, where)
            check_levels(read_flow(capture, analysis, keys), where)
            looked_at += 1
    assert looked_at > 500
