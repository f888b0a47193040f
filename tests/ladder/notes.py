"""Annotations of a small capture, for tests: what there is of each kind, and a way to make any."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import numpy as np
from hypothesis import strategies as st

from ladderview.capture.capture import Capture, open_capture
from ladderview.ladder.annotations import RULES, STYLES, AnchorPoint, Annotation, Annotations, Kind
from ladderview.resources import resource_path

FLOW = 3
START_NS = 1_700_000_000_000_000_000


def at(packet: int, flow: int = FLOW, **more: object) -> AnchorPoint:
    """An anchor on a packet of the captures of ``make``: one each millisecond."""
    return AnchorPoint(flow, packet, START_NS + packet * 1_000_000, **more)  # type: ignore[arg-type]


def one(kind: Kind, *packets: int, text: str = "", **more: object) -> Annotation:
    anchors = tuple(at(packet) for packet in packets)
    return Annotation(f"{kind.value}-{'-'.join(map(str, packets))}", kind, anchors, text=text, **more)  # type: ignore[arg-type]


def of_every_kind() -> Annotations:
    return Annotations(
        tuple(one(kind, *range(5, 5 + rules.anchors), text=f"a {kind.value}") for kind, rules in RULES.items())
    )


class Table:
    """As much of a packet table as anchors look at."""

    def __init__(self, ts_ns: list[int], flow: int = FLOW) -> None:
        self.ts_ns = np.array(ts_ns, np.int64)
        self.flow = np.full(len(ts_ns), flow, np.int32)

    def __len__(self) -> int:
        return len(self.ts_ns)


def copied_sample(folder: Path, name: str = "loss") -> Capture:
    """A sample capture in a folder of its own."""
    path = folder / f"{name}.pcapng"
    path.write_bytes(resource_path("samples", f"{name}.pcapng").read_bytes())
    return open_capture(path)


def on_packet(capture: Capture, packet: int, text: str, annotation_id: str = "") -> Annotation:
    """A note on a packet of a capture; ``packet`` counts those of TCP, -1 is the last of them."""
    index = int(np.flatnonzero(capture.packets.flow >= 0)[packet])
    anchor = AnchorPoint(int(capture.packets.flow[index]), index, int(capture.packets.ts_ns[index]))
    return Annotation(annotation_id or f"n{packet}", Kind.NOTE, (anchor,), text=text, style="yellow")


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
_PIXELS = st.floats(-1e5, 1e5).map(lambda value: round(value, 2) + 0.0)
_SIZE = st.floats(0, 1e5).map(lambda value: round(value, 2))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)
_EXTRA = st.dictionaries(_TEXT.map(lambda key: f"x-{key}"), _JSON, min_size=1, max_size=3).map(json.dumps) | st.just("")
_ANCHORS = st.builds(
    AnchorPoint,
    flow=st.just(FLOW),
    packet=st.integers(-1, 2**40),
    ts_ns=st.integers(-(2**62), 2**62),
    message=st.integers(-1, 1000),
    end=st.sampled_from(["", "sender", "receiver"]),
    extra=_EXTRA,
)


@st.composite
def annotations(draw: st.DrawFn) -> Annotation:
    kind = draw(st.sampled_from(list(Kind)))
    return cast(
        Annotation,
        Annotation(
            draw(st.text("0123456789abcdef", min_size=1, max_size=20)),
            kind,
            tuple(draw(_ANCHORS) for _ in range(RULES[kind].anchors)),
            draw(_PIXELS), draw(_PIXELS), draw(_SIZE), draw(_SIZE), draw(_TEXT),
            draw(st.sampled_from(["", *STYLES])),
            draw(_EXTRA),
        ),
    )  # fmt: skip


def documents() -> st.SearchStrategy[Annotations]:
    listed = st.lists(annotations(), max_size=6, unique_by=lambda one: one.id).map(tuple)
    return st.builds(Annotations, listed, st.just(()), _EXTRA)
