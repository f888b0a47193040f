"""At which zoom does a ladder go on to messages, to phases, and back to segments?

Plan: a ladder whose arrows stand closer than they can be told from each other goes one level up; one whose parts would
have room for their labels goes one level down. Between the two lies a wide range in which nothing happens, so that a
ladder never goes to and fro. What is in view stays in view: the new zoom gives the same segments the same height, but
no more than reads well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ladderview.analysis.steps import LEVELS, Level, StepKind
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.viewport import COMFORTABLE_PX, HEADER_PX, LARGEST_PX, Viewport

#: Pixels an arrow below which a ladder goes up a level, and pixels that each part must have for it to go down.
UP_BELOW_PX, DOWN_FROM_PX = 8.0, 20.0

#: A level that has nearly as many arrows as the one before is passed over.
WORTH_IT = 0.8


@dataclass(frozen=True, slots=True)
class Arrows:
    """How many arrows each level of a flow has: segments, messages, phases."""

    segments: int
    messages: int
    phases: int

    def of(self, level: Level) -> int:
        """How many a level has."""
        return int(getattr(self, level))


def arrows_of(plan: LadderPlan) -> Arrows | None:
    """How many arrows the levels of a plan have, or None where nothing was read."""
    reading = plan.sources[0].reading
    if reading is None or len(plan.sources) > 1:
        return None
    return Arrows(len(plan.segments), len(reading.base.steps), len(reading.phases))


def level_for(plan: LadderPlan, viewport: Viewport) -> Level | None:
    """The level that suits this zoom, or None where that is the one that is shown."""
    arrows = arrows_of(plan)
    if arrows is None or len(plan) == 0:
        return None
    first, end = plan.axis.rows_between(viewport.y_at(HEADER_PX), viewport.bottom)
    first, end = min(first, len(plan) - 1), max(end, min(first + 1, len(plan)))
    height = _height(plan, viewport, first, end)
    at = LEVELS.index(plan.level)
    if height / (end - first) < UP_BELOW_PX:
        for level in LEVELS[at + 1 :]:
            if arrows.of(level) < WORTH_IT * arrows.of(plan.level):
                return level
        return None
    for level in LEVELS[:at][::-1]:
        if arrows.of(level) * WORTH_IT > arrows.of(plan.level):
            parts = _parts(plan, level, first, end)
            closest = viewport.px_per_unit >= 0.98 * LARGEST_PX and plan.axis.mode != "time"
            fits = height / max(1, parts) >= DOWN_FROM_PX
            return level if closest or (fits and parts > end - first) else None
    return None


def zoom_for(before: LadderPlan, after: LadderPlan, viewport: Viewport) -> float:
    """The zoom at which the same segments are in view after the level has changed, or the nearest that reads well."""
    if len(before) == 0 or len(after) == 0:
        return viewport.px_per_unit
    first, end = before.axis.rows_between(viewport.y_at(HEADER_PX), viewport.bottom)
    first, end = min(first, len(before) - 1), max(end, min(first + 1, len(before)))
    height = _height(before, viewport, first, end)
    steps = before.sources[0].steps
    low = after.step_of_segment(int(steps.first[first:end].min()))
    high = after.step_of_segment(int(steps.last[first:end].max()))
    units = after.axis.y_of(max(low, high)) - after.axis.y_of(min(low, high)) + 1.0
    finer = LEVELS.index(after.level) < LEVELS.index(before.level)
    return float(min(max(height / units, DOWN_FROM_PX if finer else 1e-6), COMFORTABLE_PX))


def partner_of(before: LadderPlan, row: int, after: LadderPlan) -> int:
    """The row of another level that takes the place of a row: of a phase, its first."""
    if before.kind[row] == StepKind.PHASE:
        steps = before.sources[before.source[row]].steps
        return after.step_of_segment(int(steps.first[before.own[row]]), int(before.source[row]))
    source, segment = before.segment_of(row)
    return after.step_of_segment(segment, source)


def _height(plan: LadderPlan, viewport: Viewport, first: int, end: int) -> float:
    """Pixels that these rows take."""
    units = plan.axis.y_of(end - 1) - plan.axis.y_of(first)
    if plan.axis.mode == "time":
        return max(viewport.height - HEADER_PX, 1.0) if end < len(plan) or first > 0 else units * viewport.px_per_unit
    return (units + 1.0) * viewport.px_per_unit


def _parts(plan: LadderPlan, level: Level, first: int, end: int) -> int:
    """How many arrows of a finer level these rows stand for."""
    if level == "segments":
        return int(plan.count[first:end].sum())
    reading = plan.sources[0].reading
    assert reading is not None
    numbers = plan.sources[0].steps.number[first:end][plan.kind[first:end] == StepKind.PHASE]
    phases = [reading.phases[number] for number in numbers.tolist()]
    return int(np.sum([phase.end - phase.first for phase in phases], dtype=np.int64)) + (end - first - len(phases))
