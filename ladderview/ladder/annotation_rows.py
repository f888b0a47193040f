"""Over which rows of a ladder does each annotation reach, and which of them are in view?

Plan: this is worked out once for a plan and the annotations of its flow, and again when either changes: every anchor
becomes a row and a height on the axis. Brackets that overlap get lanes beside each other, by their rows, so that a lane
is the same at every zoom. A frame then asks with one comparison of columns what is in view.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ladderview.ladder.annotations import AnchorPoint, Annotation, Annotations, Kind
from ladderview.ladder.plan import LadderPlan

#: What is drawn beside the rows that it reaches over, in lanes.
IN_LANES = frozenset({Kind.BRACKET, Kind.MEASURE})

#: Lanes beside each other; further brackets share the last.
MOST_LANES = 4


@dataclass(frozen=True, slots=True)
class Placed:
    """An annotation on a ladder.

    Attributes:
        annotation: what it is.
        first, last: its rows.
        first_y, last_y: their heights, or those of its times, in units of the axis.
        lane: of a bracket, from the left; 0 of others.
    """

    annotation: Annotation
    first: int
    last: int
    first_y: float
    last_y: float
    lane: int = 0

    @property
    def duration_ns(self) -> int:
        """From its first to its last anchor, nanoseconds."""
        return self.annotation.anchors[-1].ts_ns - self.annotation.anchors[0].ts_ns


@dataclass(frozen=True, slots=True)
class Placements:
    """The annotations that a ladder shows, in its order.

    Attributes:
        all: those that have rows.
        first_y, last_y: float64, by place in ``all``.
        lanes: how many lanes brackets take.
        sizes: what ``note_cards`` has worked out of them, by width.
    """

    all: tuple[Placed, ...]
    first_y: NDArray[np.float64]
    last_y: NDArray[np.float64]
    lanes: int
    sizes: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.all)

    def reaching(self, top: float, bottom: float) -> Iterator[tuple[int, Placed]]:
        """(place, annotation) of those that reach into this part of the axis, in units."""
        for place in np.flatnonzero((self.first_y <= bottom) & (self.last_y >= top)).tolist():
            yield place, self.all[place]

    def of_kinds(self, *kinds: Kind) -> Iterator[Placed]:
        """Those of these kinds."""
        return (it for it in self.all if it.annotation.kind in kinds)

    def place_of(self, annotation_id: str) -> int:
        """The place of an annotation, or -1 where this ladder does not show it."""
        return next((at for at, it in enumerate(self.all) if it.annotation.id == annotation_id), -1)


NO_PLACEMENTS = Placements((), np.empty(0), np.empty(0), 0)

#: Kinds that stand on rows; titles and names stand elsewhere.
ON_ROWS = (Kind.NOTE, Kind.MEASURE, Kind.BRACKET, Kind.HIGHLIGHT, Kind.DIM)


def placements_of(plan: LadderPlan, annotations: Annotations) -> Placements:
    """Where the annotations of its flow stand on a ladder; those whose packets are not there are left out."""
    flows = [source.flow.id for source in plan.sources]
    chosen = [one for flow in flows for one in annotations.of_flow(flow, *ON_ROWS)]
    placed = [it for it in (_placed(plan, one) for one in chosen) if it is not None]
    if not placed:
        return NO_PLACEMENTS
    placed.sort(key=lambda it: (it.first_y, it.last_y, it.annotation.id))
    with_lanes = tuple(_in_lanes(placed))
    return Placements(
        with_lanes,
        np.array([it.first_y for it in with_lanes]),
        np.array([it.last_y for it in with_lanes]),
        max((it.lane + 1 for it in with_lanes if it.annotation.kind in IN_LANES), default=0),
    )


def row_of(plan: LadderPlan, anchor: AnchorPoint) -> int:
    """The row that an anchor hangs on, or -1: that which stands for its packet or message, or the last before its time.

    Several messages may be whole with one packet; each is a row of its own where messages are shown.
    """
    at = next((at for at, source in enumerate(plan.sources) if source.flow.id == anchor.flow), -1)
    if at < 0 or not len(plan):
        return -1
    if anchor.packet < 0:
        return max(0, int(np.searchsorted(np.maximum.accumulate(plan.ts_ns), anchor.ts_ns, side="right")) - 1)
    segments = plan.sources[at].segments
    segment = int(np.searchsorted(segments.packet, anchor.packet))
    if segment == len(segments) or segments.packet[segment] != anchor.packet:
        return -1
    if segments.ts_ns[segment] != anchor.ts_ns:  # another capture under the name: see ``annotations.located``
        return -1
    row = plan.step_of_segment(segment, at)
    return row if anchor.message <= 0 else _row_of_message(plan, row, anchor.message)


def _row_of_message(plan: LadderPlan, row: int, message: int) -> int:
    """The row of a message that was whole with the same segment as that of ``row``, which is the first of them."""
    for further in range(row + 1, min(row + 1 + message, len(plan))):
        if plan.segment_of(further) != plan.segment_of(row):
            return further - 1
    return min(row + message, len(plan) - 1)


def anchor_of(plan: LadderPlan, row: int) -> AnchorPoint:
    """What an annotation hangs on that a person puts at a row."""
    source, segment = plan.segment_of(row)
    segments = plan.sources[source].segments
    message = 0
    while row - message > 0 and plan.segment_of(row - message - 1) == (source, segment):
        message += 1
    packet, ts_ns = int(segments.packet[segment]), int(segments.ts_ns[segment])
    return AnchorPoint(plan.sources[source].flow.id, packet, ts_ns, message or -1)


def _placed(plan: LadderPlan, one: Annotation) -> Placed | None:
    rows = [row_of(plan, anchor) for anchor in one.anchors]
    if min(rows) < 0:
        return None
    heights = [_height(plan, anchor, row) for anchor, row in zip(one.anchors, rows, strict=True)]
    return Placed(one, min(rows), max(rows), min(heights), max(heights))


def _height(plan: LadderPlan, anchor: AnchorPoint, row: int) -> float:
    """The height of a row; of a time between two rows, its share of the way between them."""
    y, ts_ns = plan.axis.y, plan.ts_ns
    if anchor.packet >= 0 or row + 1 >= len(plan) or anchor.ts_ns <= ts_ns[row]:
        return float(y[row])
    passed, gap = anchor.ts_ns - int(ts_ns[row]), max(1, int(ts_ns[row + 1]) - int(ts_ns[row]))
    return float(y[row] + (y[row + 1] - y[row]) * min(1.0, passed / gap))


def _in_lanes(placed: Iterable[Placed]) -> Iterator[Placed]:
    """Give each bracket the first lane that is free at its rows."""
    ends: list[float] = []
    for it in placed:
        if it.annotation.kind not in IN_LANES:
            yield it
            continue
        lane = next((at for at, end in enumerate(ends) if end < it.first_y), len(ends))
        if lane == len(ends) and lane < MOST_LANES:
            ends.append(0.0)
        lane = min(lane, MOST_LANES - 1)
        ends[lane] = max(ends[lane], it.last_y)
        yield Placed(it.annotation, it.first, it.last, it.first_y, it.last_y, lane)
