"""Plan and viewport to a drawing: which shapes stand where.

Plan: two bisections find the visible rows, and only those are looked at. By the pixels that a row has: its arrow with
label, its arrow, a bar (``spacing``, ``rows``, ``density``); then the links of the selected row, and the header over
everything.

``lay_out`` draws what a viewport shows. ``whole`` draws rows from end to end, for a file.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ladderview.ladder.annotation_rows import NO_PLACEMENTS, Placements
from ladderview.ladder.annotation_shapes import beside, draw_annotations, draw_highlights
from ladderview.ladder.band_drawing import draw_bands
from ladderview.ladder.columns import LABEL_CLEARANCE, Beside, columns_of, width_for
from ladderview.ladder.coming import draw_coming, draw_coming_dense
from ladderview.ladder.density import draw_close_rows, draw_dense_rows, draw_ticks
from ladderview.ladder.header import draw_header, draw_phase_in_view
from ladderview.ladder.label_fit import elided, label_width
from ladderview.ladder.legend import legend_height, legend_shapes
from ladderview.ladder.link_curves import draw_links
from ladderview.ladder.links import Link, links_of
from ladderview.ladder.note_cards import column_heights
from ladderview.ladder.pills import draw_idle_times
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.rows import draw_rows
from ladderview.ladder.shapes import Anchor, Box, Drawing, Line, Ref, Text
from ladderview.ladder.sheet import Marks, Sheet
from ladderview.ladder.spacing import Rows, visible_rows
from ladderview.ladder.text_width import Measure, table_measure
from ladderview.ladder.times import TimeColumn
from ladderview.ladder.triangles import draw_marks
from ladderview.ladder.viewport import ABOVE_PX, BELOW_PX, COMFORTABLE_PX, HEADER_PX, Viewport

#: Pixels beyond the edges of the viewport in which a row may stand and still be seen: its label, its pill.
REACH_PX = 40.0

#: Pixels a row, on average, below which bars stand for pixels and no longer for rows.
BAND_PX = 2.0

CAPTION_SIZE, CAPTION_ROOM_PX = 11.0, 23.0

#: Between the lifelines of an export, in pixels: room for the endpoint boxes, and no more than a page shows.
SMALLEST_EXPORT_SPAN, LARGEST_EXPORT_SPAN = 480.0, 860.0


def lay_out(
    plan: LadderPlan,
    viewport: Viewport,
    marks: Marks,
    measure: Measure = table_measure,
    notes: Placements = NO_PLACEMENTS,
) -> Drawing:
    """The drawing of what the viewport shows."""
    marks = _known(plan, marks)
    sheet = _sheet(plan, viewport, marks, measure, notes)
    _draw_ladder(sheet)
    draw_header(sheet, scrolled=viewport.y_px(0.0) < HEADER_PX + ABOVE_PX - 1)
    draw_phase_in_view(sheet)
    if marks.legend or (marks.estimated and plan.axis.mode == "time"):
        sheet.over.extend(legend_shapes(plan, marks, viewport.width, viewport.height, measure))
    return Drawing(viewport.width, viewport.height, sheet.shapes())


def whole(
    plan: LadderPlan,
    *,
    width: float,
    rows: tuple[int, int] | None = None,
    marks: Marks | None = None,
    caption: str = "",
    measure: Measure = table_measure,
    notes: Placements = NO_PLACEMENTS,
    room: Beside | None = None,
    floor_px: float = 0.0,
) -> Drawing:
    """The drawing of the rows ``rows[0]`` to ``rows[1] - 1``, all of them by default, at a comfortable zoom.

    Args:
        plan: the ladder.
        width: pixels; see ``export_width``.
        rows: first and end.
        marks: what is selected, and how times are told.
        caption: a line at the foot.
        measure: widths.
        notes: the annotations.
        room: what is left free for them at the right; what they need themselves, by default.
        floor_px: where their texts end at the latest; 0 where they may reach beyond the drawing.
    """
    first, end = rows if rows is not None else (0, len(plan))
    marks = marks or Marks()
    foot = legend_height(plan, marks, width, measure) if marks.legend else 0.0
    height = whole_height(plan, (first, end)) + foot
    viewport = Viewport(width, height, _whole_top(plan, first), COMFORTABLE_PX)
    times = time_column(plan, marks)
    columns = columns_of(
        width, plan, times, measure, swapped=marks.swapped, links=marks.selected >= 0, beside=room or beside(notes)
    )
    links = _shown_links(plan, marks)
    sheet = Sheet(plan, viewport, columns, times, marks, measure, links, notes, titles=True, floor_px=floor_px)
    _draw_ladder(sheet, first, end, height - foot - (CAPTION_ROOM_PX if caption else 0.0))
    draw_header(sheet, scrolled=False)
    if caption:
        words = elided(caption, width - 32, measure, CAPTION_SIZE)
        sheet.over.append(Text(width - 16, height - foot - 12, words, "muted", CAPTION_SIZE, anchor=Anchor.END))
    if marks.legend:
        sheet.over.extend(legend_shapes(plan, marks, width, height, measure))
    return Drawing(width, height, sheet.shapes())


def whole_height(plan: LadderPlan, rows: tuple[int, int]) -> float:
    """The height of ``whole``, in pixels, without a legend."""
    first, end = rows
    last = plan.axis.y_of(end - 1) if end > first else 0.0
    return round((last - _whole_top(plan, first)) * COMFORTABLE_PX + BELOW_PX + CAPTION_ROOM_PX)


def note_heights(
    plan: LadderPlan, width: float, marks: Marks, measure: Measure, notes: Placements, room: Beside
) -> NDArray[np.float64]:
    """float64 by place: the pixels that the text of each annotation takes in a drawing of this width (``whole``)."""
    if not len(notes):
        return np.empty(0)
    times = time_column(plan, marks)
    columns = columns_of(width, plan, times, measure, swapped=marks.swapped, links=marks.selected >= 0, beside=room)
    return column_heights(Sheet(plan, Viewport(width, 0.0, 0.0, 1.0), columns, times, marks, measure, (), notes))


def _whole_top(plan: LadderPlan, first: int) -> float:
    """The height, in units, at the upper edge of a drawing that begins with the row ``first``."""
    top = plan.axis.y_of(first) - _room_above(plan, first) if first < len(plan) else 0.0
    return top - (HEADER_PX + ABOVE_PX) / COMFORTABLE_PX


def export_width(
    plan: LadderPlan,
    rows: tuple[int, int],
    measure: Measure = table_measure,
    notes: Placements = NO_PLACEMENTS,
    part: float = 1.0,
) -> float:
    """The width at which the labels of these rows have room, within limits; only the first thousand are asked.

    With a ``part`` below 1 that of so many of them, without timestamps: the longest are then shortened.
    """
    times = time_column(plan, Marks())
    first, end = rows
    asked = range(first, min(end, first + 1000))
    widths = sorted(label_width(plan.label(row), measure, timestamps=part >= 1.0) for row in asked)
    longest = widths[math.ceil(part * len(widths)) - 1] if widths else 0.0
    span = min(max(longest + 2 * LABEL_CLEARANCE, SMALLEST_EXPORT_SPAN), LARGEST_EXPORT_SPAN)
    return float(round(width_for(span, plan, times, measure) + beside(notes).widest))


def time_column(plan: LadderPlan, marks: Marks) -> TimeColumn:
    """How the times of a plan are told."""
    return TimeColumn(plan.ts_ns, plan.span_ns, marks.reference, marks.selected, plan.start_ns)


def _room_above(plan: LadderPlan, first: int) -> float:
    """Units that stand free above a row for a segment that was not captured."""
    return 1.0 if plan.axis.mode != "time" and plan.missing.at(first) >= 0 else 0.0


def _sheet(plan: LadderPlan, viewport: Viewport, marks: Marks, measure: Measure, notes: Placements) -> Sheet:
    times = time_column(plan, marks)
    columns = columns_of(viewport.width, plan, times, measure, swapped=marks.swapped, beside=beside(notes))
    return Sheet(plan, viewport, columns, times, marks, measure, _shown_links(plan, marks), notes)


def _shown_links(plan: LadderPlan, marks: Marks) -> tuple[Link, ...]:
    """The links of the selected row; while rows are revealed one by one, none to a row that is still to come."""
    last = len(plan) if marks.revealed is None else marks.revealed
    return tuple(link for link in links_of(plan, marks.selected) if max(link.row, link.other) <= last)


def _known(plan: LadderPlan, marks: Marks) -> Marks:
    """The marks without what stands on rows that this plan does not have: it may be younger than they are."""
    size = len(plan)
    if max(marks.selected, marks.hovered) < size and (marks.revealed is None or marks.revealed < size):
        return marks
    return replace(
        marks,
        selected=marks.selected if marks.selected < size else -1,
        hovered=marks.hovered if marks.hovered < size else -1,
        revealed=None,
        progress=1.0,
    )


def _draw_ladder(sheet: Sheet, first: int = 0, end: int | None = None, lowest: float = math.inf) -> None:
    """Everything between header and foot, of the rows from ``first`` to before ``end`` that are in view.

    Lifelines end at ``lowest``, pixels, where the ladder goes on below.
    """
    viewport, axis = sheet.viewport, sheet.plan.axis
    reach = REACH_PX / viewport.px_per_unit
    seen_first, seen_end = axis.rows_between(viewport.y_at(HEADER_PX) - reach, viewport.bottom + reach)
    first, end = max(first, seen_first), min(len(axis) if end is None else end, seen_end)
    foot_y = min(viewport.height, lowest)
    if len(axis) and end > first and end == len(axis):
        foot_y = min(viewport.height, viewport.y_px(axis.height) + BELOW_PX - 12)
    for lane in range(len(sheet.plan.lanes)):
        x = sheet.columns.lifeline_x(lane)
        sheet.lines.append(Line(x, HEADER_PX, x, foot_y, "lifeline", 1.5))
    if first < end:
        _draw_seen_rows(sheet, first, end, min(foot_y, viewport.height))


def _draw_seen_rows(sheet: Sheet, first: int, end: int, foot_y: float) -> None:
    """The rows ``first`` to ``end - 1``, and what belongs to them: those that are revealed, and the coming ones."""
    revealed, is_dense = sheet.marks.revealed, (end - first) * BAND_PX > sheet.viewport.height
    coming = end if revealed is None else min(max(revealed + 1, first), end)
    rows = None if is_dense else visible_rows(sheet, first, end)
    if sheet.marks.coming and coming < end:
        if rows is None:
            draw_coming_dense(sheet, coming, end)
        else:
            draw_coming(sheet, rows.part(coming, end))
    if first >= coming:
        return
    draw_bands(sheet, first, coming)
    draw_highlights(sheet)
    time_ys: list[float] = []
    if rows is None:
        draw_dense_rows(sheet, first, coming)
        _draw_thin_marks(sheet)
    else:
        rows = rows.part(first, coming)
        _draw_marks(sheet, rows)
        draw_close_rows(sheet, rows)
        time_ys = draw_rows(sheet, rows)
        draw_marks(sheet, rows)
        draw_idle_times(sheet, rows)
    if len(time_ys) < coming - first:
        draw_ticks(sheet, first, coming, time_ys)
    draw_links(sheet, foot_y)
    draw_annotations(sheet)


def _draw_marks(sheet: Sheet, rows: Rows) -> None:
    """The boxes behind the selected row, those that it is linked with, and the one under the pointer."""
    selected, hovered = sheet.marks.selected, sheet.marks.hovered
    partners = {link.other for link in sheet.links if not link.to_missing}
    for partner in sorted(partners - {selected}):
        _draw_mark(sheet, rows, partner, "hover", "")
    if hovered != selected:
        _draw_mark(sheet, rows, hovered, "hover", "")
    _draw_mark(sheet, rows, selected, "selection", "selection.border")


def _draw_mark(sheet: Sheet, rows: Rows, row: int, fill: str, stroke: str) -> None:
    at = row - rows.first
    if not 0 <= at < len(rows.y):
        return
    y, columns = float(rows.y[at]), sheet.columns
    above = float(np.clip(rows.above[at] - 1.5, 2.0, 24.0))
    below = float(np.clip(rows.below[at] - 15.0, 2.0, 10.0))
    box = Box(
        columns.left_x - 10, y - above, columns.span + 20, above + below, fill, stroke, min(8.0, (above + below) / 3)
    )
    sheet.back.append(replace(box, ref=Ref("packet", row)))


def _draw_thin_marks(sheet: Sheet) -> None:
    """Where rows are thinner than pixels the selected one is a line over the bars, with its time and number."""
    row, columns = sheet.marks.selected, sheet.columns
    if not 0 <= row < len(sheet.plan):
        return
    y = sheet.row_y(row) + 0.5
    if HEADER_PX <= y <= sheet.viewport.height:
        line = Line(columns.left_x - 10, y, columns.right_x + 10, y, "accent", 1.6, (), Ref("packet", row))
        sheet.pills.append(line)


def hit_row(plan: LadderPlan, viewport: Viewport, y_px: float) -> int:
    """The row that a person means who points at this height, or -1: the nearest, counting its label above it."""
    if len(plan) == 0 or y_px < HEADER_PX:
        return -1
    step_px = min(COMFORTABLE_PX, viewport.px_per_unit)
    row = plan.axis.nearest_row(viewport.y_at(y_px + min(7.0, step_px / 6)))
    distance = viewport.y_px(plan.axis.y_of(row)) - y_px
    return row if -max(12.0, step_px / 2) <= distance <= max(12.0, 0.7 * step_px) else -1
