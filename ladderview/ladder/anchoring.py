"""Which row of a ladder, and which height, does an anchor stand at? And what does a person anchor to who points there?

Plan: a packet is at the row that stands for it, whatever the level. A message is at its own arrow where it has one, and
elsewhere at the packet with which it was whole; a note on it begins with its first segment where segments are shown. A
time is between the rows that came before and after it, at its share of the way between them: on the time axis that is
where it is, and on the others where it belongs. An anchor of a flow that this ladder does not show is a time.

Who points at an arrow or at its label means the arrow; who points between two of them means the time there.

Traps: several messages may be whole with one packet. Times can go backwards in a capture, so a row counts as no earlier
than those before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.steps import StepKind
from ladderview.ladder.annotations import AnchorPoint
from ladderview.ladder.plan import LadderPlan, Source
from ladderview.ladder.shapes import Arrow, Shape

#: How far over an arrow its label reaches, and how far under it the pointer still means it; pixels.
OVER_ARROW_PX, UNDER_ARROW_PX = 21.0, 11.0

#: How far beside the tip or the tail of an arrow the pointer still means it.
BESIDE_ARROW_PX = 12.0

#: The time of each row, or of the latest before it.
Clock = NDArray[np.int64]


def clock_of(plan: LadderPlan) -> Clock:
    """int64 by row, nanoseconds, never decreasing."""
    clock: Clock = np.maximum.accumulate(plan.ts_ns) if len(plan) else plan.ts_ns
    return clock


# -- from anchors to rows ---------------------------------------------------------------------------------------------


def row_of(plan: LadderPlan, anchor: AnchorPoint, *, clock: Clock | None = None, begins: bool = False) -> int:
    """The row that an anchor hangs on, or -1: that which stands for its packet or message, or the last before its time.

    Args:
        plan: the ladder.
        anchor: any.
        clock: that of the plan, where it is known.
        begins: of a message that is shown as segments, the first of them and not the last.
    """
    if not len(plan):
        return -1
    place = _source_of(plan, anchor)
    if anchor.packet < 0 or place < 0:
        times = clock if clock is not None else clock_of(plan)
        return max(0, int(np.searchsorted(times, anchor.ts_ns, side="right")) - 1)
    segments = plan.sources[place].segments
    segment = int(np.searchsorted(segments.packet, anchor.packet))
    if segment == len(segments) or segments.packet[segment] != anchor.packet:
        return -1
    if segments.ts_ns[segment] != anchor.ts_ns:  # another capture under the name: see ``annotations.located``
        return -1
    row = plan.step_of_segment(segment, place)
    return row if anchor.message < 0 else _row_of_message(plan, place, segment, anchor.message, begins=begins)


def is_timed(plan: LadderPlan, anchor: AnchorPoint) -> bool:
    """Whether it stands at its time in this ladder, and at no arrow."""
    return anchor.packet < 0 or _source_of(plan, anchor) < 0


def _source_of(plan: LadderPlan, anchor: AnchorPoint) -> int:
    return next((at for at, source in enumerate(plan.sources) if source.flow.id == anchor.flow), -1)


def _row_of_message(plan: LadderPlan, place: int, segment: int, message: int, *, begins: bool) -> int:
    """The row of a message that was whole with a segment; that of a segment, where the message has no row."""
    source = plan.sources[place]
    row = plan.step_of_segment(segment, place)
    step = _message_step(source, segment, message)
    if step < 0 or source.reading is None:
        return row
    base = source.reading.base.steps
    first, end = np.searchsorted(source.steps.row, segment, side="left"), len(source.steps)
    for own in range(int(first), end):
        if source.steps.row[own] != segment:
            break
        if source.steps.kind[own] == StepKind.FLIGHT and source.steps.number[own] == base.number[step]:
            return int(source.places[own])
    if begins and plan.kind[row] == StepKind.SEGMENT and base.count[step]:
        return plan.step_of_segment(int(base.first[step]), place)
    return row


def _message_step(source: Source, segment: int, message: int) -> int:
    """The arrow, among those of the message level, of a message that was whole with a segment; -1 for none such."""
    if source.reading is None:
        return -1
    base = source.reading.base.steps
    step = int(np.searchsorted(base.row, segment, side="left")) + message
    is_it = step < len(base) and base.row[step] == segment and base.kind[step] == StepKind.FLIGHT
    return step if is_it else -1


def height_of(plan: LadderPlan, anchor: AnchorPoint, row: int, *, clock: Clock | None = None) -> float:
    """The height, in units, of an anchor whose row is known."""
    y = plan.axis.y
    if row + 1 >= len(plan) or not is_timed(plan, anchor):
        return float(y[row])
    times = clock if clock is not None else clock_of(plan)
    passed, gap = anchor.ts_ns - int(times[row]), int(times[row + 1]) - int(times[row])
    if passed <= 0 or gap <= 0:
        return float(y[row])
    return float(y[row] + (y[row + 1] - y[row]) * (passed / gap))


# -- from rows and heights to anchors ---------------------------------------------------------------------------------


def anchor_of(plan: LadderPlan, row: int) -> AnchorPoint:
    """What an annotation hangs on that a person puts at a row: its message, or else its packet."""
    place, segment = plan.segment_of(row)
    source = plan.sources[place]
    packet, ts_ns = int(source.segments.packet[segment]), int(source.segments.ts_ns[segment])
    anchor = AnchorPoint(source.flow.id, packet, ts_ns)
    own = int(plan.own[row])
    if source.steps.kind[own] != StepKind.FLIGHT or source.reading is None:
        return anchor
    base = source.reading.base.steps
    first = int(np.searchsorted(base.row, segment, side="left"))
    for step in range(first, len(base)):
        if base.row[step] != segment:
            break
        if base.number[step] == source.steps.number[own]:
            return replace(anchor, message=step - first)
    return anchor


def anchor_between(plan: LadderPlan, row: int, share: float, flow: int) -> AnchorPoint | None:
    """The time at this share of the way from a row to the next; None where no time passes between them."""
    if row + 1 >= len(plan) or row < 0:
        return None
    clock = clock_of(plan)
    before, after = int(clock[row]), int(clock[row + 1])
    ts_ns = before + round(share * (after - before))
    return AnchorPoint(flow, -1, ts_ns) if before < ts_ns < after else None


def next_anchor(plan: LadderPlan, anchor: AnchorPoint, step: int, *, timed: bool = True) -> AnchorPoint:
    """What comes after (``step`` 1) or before (-1) it: arrows, and where ``timed`` the times in the middle between."""
    row, last = row_of(plan, anchor), len(plan) - 1
    if is_timed(plan, anchor):
        return anchor_of(plan, min(row + 1, last) if step > 0 else row)
    between = anchor_between(plan, row if step > 0 else row - 1, 0.5, anchor.flow) if timed else None
    return between or anchor_of(plan, min(max(row + step, 0), last))


def anchor_at(plan: LadderPlan, y: float, px_per_unit: float, nearest: int, *, timed: bool = True) -> AnchorPoint:
    """What a person means who points at a height.

    Args:
        plan: a ladder with rows.
        y: the height, in units.
        px_per_unit: the zoom.
        nearest: the row that is meant where no time is.
        timed: whether a time can be meant.
    """
    axis = plan.axis
    row = axis.row_at(y)
    if not timed or row + 1 >= len(plan) or y <= axis.y_of(row):
        return anchor_of(plan, nearest)
    above, below = axis.y_of(row), axis.y_of(row + 1)
    if (y - above) * px_per_unit <= UNDER_ARROW_PX or (below - y) * px_per_unit <= OVER_ARROW_PX:
        return anchor_of(plan, nearest)
    flow = plan.sources[int(plan.source[nearest])].flow.id
    return anchor_between(plan, row, (y - above) / (below - above), flow) or anchor_of(plan, nearest)


def flow_under(shapes: Iterable[Shape], plan: LadderPlan, x: float, y: float) -> int:
    """The flow of the arrow under the pointer, in a ladder of several: that nearest to it of those it could touch.

    The flow of the nearest arrow at all where there is none, as at a zoom without arrows; -1 where only keys point.
    """
    found = []
    for shape in shapes:
        if isinstance(shape, Arrow) and shape.ref is not None and shape.ref.kind == "packet" and x >= 0:
            left, right = sorted((shape.x1, shape.x2))
            beside = max(left - x, x - right, 0.0)
            found.append((beside > BESIDE_ARROW_PX, abs(shape.y2 - y), beside, shape.ref.row))
    return plan.sources[int(plan.source[min(found)[3]])].flow.id if found else -1


def nearest_of_flow(plan: LadderPlan, y: float, flow: int, nearest: int) -> int:
    """The row of a flow that is nearest to a height, in units; ``nearest`` where the flow is none of the ladder's."""
    place = next((at for at, source in enumerate(plan.sources) if source.flow.id == flow), -1)
    rows = plan.sources[place].places if place >= 0 else np.empty(0, np.int64)
    if not len(rows):
        return nearest
    heights = plan.axis.y[rows]
    return int(rows[int(np.argmin(np.abs(heights - y)))])
