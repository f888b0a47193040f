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

from ladderview.ladder.anchoring import Clock, clock_of, height_of, row_of
from ladderview.ladder.annotations import Annotation, Annotations, Kind
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
ON_ROWS = frozenset({Kind.NOTE, Kind.MEASURE, Kind.BRACKET, Kind.HIGHLIGHT, Kind.DIM})

#: What begins with the first segment of a message, where segments are shown; what tells a time stays at that time.
BEGIN_EARLY = frozenset({Kind.NOTE, Kind.HIGHLIGHT, Kind.DIM})


def placements_of(plan: LadderPlan, annotations: Annotations) -> Placements:
    """Where the annotations of its flows stand on a ladder; those whose packets are not there are left out."""
    flows = {source.flow.id for source in plan.sources}
    on_rows = (one for one in annotations if one.kind in ON_ROWS)
    chosen = [one for one in on_rows if not flows.isdisjoint(anchor.flow for anchor in one.anchors)]
    clock = clock_of(plan)
    found = [it for it in (placed(plan, one, clock) for one in chosen) if it is not None]
    if not found:
        return NO_PLACEMENTS
    found.sort(key=lambda it: (it.first_y, it.last_y, it.annotation.id))
    with_lanes = tuple(_in_lanes(found))
    return Placements(
        with_lanes,
        np.array([it.first_y for it in with_lanes]),
        np.array([it.last_y for it in with_lanes]),
        max((it.lane + 1 for it in with_lanes if it.annotation.kind in IN_LANES), default=0),
    )


def placed(plan: LadderPlan, one: Annotation, clock: Clock) -> Placed | None:
    """Where an annotation stands; None where the packets that it hangs on are not there."""
    begins = one.kind in BEGIN_EARLY
    rows = [
        row_of(plan, anchor, clock=clock, begins=begins and number == 0) for number, anchor in enumerate(one.anchors)
    ]
    if min(rows) < 0:
        return None
    heights = [height_of(plan, anchor, row, clock=clock) for anchor, row in zip(one.anchors, rows, strict=True)]
    return Placed(one, min(rows), max(rows), min(heights), max(heights))


def _in_lanes(found: Iterable[Placed]) -> Iterator[Placed]:
    """Give each bracket the first lane that is free at its rows."""
    ends: list[float] = []
    for it in found:
        if it.annotation.kind not in IN_LANES:
            yield it
            continue
        lane = next((at for at, end in enumerate(ends) if end < it.first_y), len(ends))
        if lane == len(ends) and lane < MOST_LANES:
            ends.append(0.0)
        lane = min(lane, MOST_LANES - 1)
        ends[lane] = max(ends[lane], it.last_y)
        yield Placed(it.annotation, it.first, it.last, it.first_y, it.last_y, lane)
