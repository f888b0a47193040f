"""Which arrows of a ladder can be unfolded, and which are part of something that was?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.reading import FlowReading
from ladderview.analysis.steps import Key, Level, StepKind, Steps


@dataclass(frozen=True, slots=True)
class Unfolded:
    """Something that is shown one level deeper.

    Attributes:
        key: what it is known by, for folding it again.
        first, last: the first and the last of its rows; rows of others may lie between them.
        is_phase: it is a phase.
        source: the flow that it is of, a place in ``LadderPlan.sources``.
    """

    key: Key
    first: int
    last: int
    is_phase: bool
    source: int = 0


@dataclass(frozen=True, slots=True)
class Unfolding:
    """What is folded and what is not.

    Attributes:
        closed: bool by row: it can be unfolded.
        parents: by row, where the row is part of something unfolded, the place of that in ``unfolded``: what is
            innermost.
        unfolded: what is shown one level deeper, in the order of its first row.
    """

    closed: NDArray[np.bool_]
    parents: dict[int, int]
    unfolded: tuple[Unfolded, ...]

    def is_closed(self, row: int) -> bool:
        """Whether a row can be unfolded."""
        return bool(len(self.closed)) and bool(self.closed[row])

    def parent(self, row: int) -> Unfolded | None:
        """What a row is part of that was unfolded."""
        at = self.parents.get(row, -1)
        return self.unfolded[at] if at >= 0 else None


NOTHING_UNFOLDED = Unfolding(np.empty(0, np.bool_), {}, ())


def unfolding_of(reading: FlowReading, steps: Steps, level: Level, unfolded: frozenset[Key]) -> Unfolding:
    """What can be unfolded among these arrows, and what was."""
    closed = steps.count > 1
    base = reading.base.steps
    for step in np.flatnonzero(steps.kind == StepKind.PHASE).tolist():
        phase = reading.phases[int(steps.number[step])]
        closed[step] = phase.end > phase.first
    rows_of: dict[Key, NDArray[np.int64]] = {}
    alone = np.flatnonzero((steps.kind == StepKind.SEGMENT) & (steps.count == 1))
    owners = base.home[steps.row[alone]]
    if level == "phases":
        firsts = np.array([phase.first for phase in reading.phases], np.int64)
        for kind, number in unfolded:
            if kind == StepKind.PHASE and number < len(reading.phases):
                mine = base_of(reading, steps)
                inside = np.searchsorted(firsts, mine, side="right") - 1 == number
                rows_of[kind, number] = np.flatnonzero(inside & (steps.kind != StepKind.PHASE))
    if level != "segments":
        for kind, row in unfolded:
            if kind not in (StepKind.PHASE, StepKind.FOLD):
                owner = np.flatnonzero((base.row == row) & (base.count > 1))
                rows_of[kind, row] = alone[np.isin(owners, owner)]
    found = sorted((int(rows[0]), -int(rows[-1]), key) for key, rows in rows_of.items() if len(rows))
    everything = tuple(Unfolded(key, first, -last, key[0] == StepKind.PHASE) for first, last, key in found)
    parents: dict[int, int] = {}
    for at in sorted(range(len(everything)), key=lambda at: not everything[at].is_phase):  # messages over phases
        parents.update(dict.fromkeys(rows_of[everything[at].key].tolist(), at))
    return Unfolding(closed, parents, everything)


def base_of(reading: FlowReading, steps: Steps) -> NDArray[np.int64]:
    """Where the arrows of any level stand among those of the message level.

    Several flights can be whole with one segment: the segment then tells of the first of them only.

    Returns:
        int64 by step: the arrow of the message level that it is or belongs to.
    """
    base = reading.base.steps
    found = base.home[steps.row]
    flights = np.flatnonzero(steps.kind == StepKind.FLIGHT)
    if len(flights):
        of_flight = np.empty(len(reading.base.flights), np.int64)
        is_flight = base.kind == StepKind.FLIGHT
        of_flight[base.number[is_flight]] = np.flatnonzero(is_flight)
        found[flights] = of_flight[steps.number[flights]]
    return found
