"""How are the rows drawn that are far enough apart to be told from each other?

Plan: room decides, row by row. An arrow with 14 pixels above it that are its own gets its label there, its time and its
packet number; one with less is an arrow with a small head, or, where many rows have less than 6 pixels, left to
``density``. A state pill stands on the lifeline between two arrow ends if it has room, else a dot marks the change.

The slope of the arrows is a convention that says who sent; it stands for no delay. On the time axis, where heights are
times, arrows are level.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan

import numpy as np
from numpy.typing import NDArray

from ladderview.ladder.columns import EDGE, LABEL_CLEARANCE, TIME_SIZE
from ladderview.ladder.label_fit import LABEL_SIZE, fit_label, full_text
from ladderview.ladder.links import MISSING_ABOVE_PX, links_of
from ladderview.ladder.plan import MISSING_ROOM, STATE_WORDS
from ladderview.ladder.shapes import Anchor, Arrow, Box, Line, Phrase, Ref, Shape, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.times import duration_text

#: Pixels between rows from which an arrow has room for its label, and from which arrows can be told apart.
LABEL_GAP, ARROW_GAP = 14.0, 6.0

#: Pixels a row, on average, from which every row is an arrow, even where a few of them stand closely together.
CROWD_PX = 4.0

#: Pixels between rows from which a state pill has room between the time texts beside it.
PILL_GAP = 30.0
PILL_HEIGHT, PILL_SIZE = 16.0, 9.5

#: Size of "+9", which says that nine rows follow too closely to have labels.
MORE_SIZE = 9.5

LARGEST_SLOPE_PX = 9.0
HEAD_PX = 9.0

#: Between a lifeline and the ends of the arrows.
INSET = 3.0


@dataclass(frozen=True, slots=True)
class Rows:
    """The visible rows: ``first`` to ``first + len(y) - 1``; all float64 pixels.

    Attributes:
        y: where each row stands, whole pixels.
        above: what is free above it, up to the next arrow (that of a missing segment, where there is one).
        below: likewise below.
        missing_y: where the arrow of the missing segment above it stands; NaN where there is none.
        is_arrow: whether it is drawn as an arrow; bool.
    """

    first: int
    y: NDArray[np.float64]
    above: NDArray[np.float64]
    below: NDArray[np.float64]
    missing_y: NDArray[np.float64]
    is_arrow: NDArray[np.bool_]


def visible_rows(sheet: Sheet, first: int, end: int) -> Rows:
    """The rows ``first`` to ``end - 1`` with the room around them."""
    axis, viewport = sheet.plan.axis, sheet.viewport
    wide_first, wide_end = max(0, first - 1), min(len(axis), end + 1)
    exact_y = (axis.y[wide_first:wide_end] - viewport.top) * viewport.px_per_unit
    y, gaps = np.rint(exact_y), np.diff(exact_y)  # the gaps unrounded, so that equal steps are drawn alike
    missing_y = np.full(len(y), np.nan)
    low, high = np.searchsorted(sheet.plan.missing.rows, (wide_first, wide_end))
    at = sheet.plan.missing.rows[low:high] - wide_first
    if axis.mode == "time":
        at = at[np.concatenate(([np.inf], gaps))[at] >= MISSING_ABOVE_PX + LABEL_GAP + 4]
        missing_y[at] = y[at] - MISSING_ABOVE_PX
    else:
        missing_y[at] = np.rint(exact_y[at] - MISSING_ROOM * viewport.px_per_unit)
    tops = np.where(np.isnan(missing_y), y, missing_y)
    above = np.concatenate(([np.inf], gaps))
    above = np.where(np.isnan(missing_y), above, y - missing_y)
    below = np.concatenate((tops[1:] - y[:-1], [np.inf]))
    keep = slice(first - wide_first, first - wide_first + (end - first))
    is_arrow = (above >= LABEL_GAP) | (np.minimum(above, below) >= ARROW_GAP)
    is_arrow |= (end - first) * CROWD_PX <= viewport.height
    return Rows(first, y[keep], above[keep], below[keep], missing_y[keep], is_arrow[keep])


def draw_rows(sheet: Sheet, rows: Rows) -> list[float]:
    """Draw those rows that have room for an arrow; the heights of the time texts that were drawn, ascending."""
    pills = _draw_states(sheet, rows)
    room = np.minimum(rows.above, rows.below)
    drawn = np.flatnonzero(rows.is_arrow)
    marked = {sheet.marks.selected, sheet.marks.hovered}
    time_ys = []
    hidden = _unlabelled_after(sheet, rows)
    columns = (rows.y[drawn], rows.above[drawn], room[drawn], rows.missing_y[drawn])
    for row, y, above, free, missing_y in zip(
        (rows.first + drawn).tolist(), *(column.tolist() for column in columns), strict=True
    ):
        slope = _slope(sheet, free)
        labelled = above >= LABEL_GAP
        title = full_text(sheet.plan.label(row)) if sheet.titles else ""
        layer = sheet.arrows_in_trouble if sheet.plan.trouble[row] else sheet.arrows
        layer.append(_arrow(sheet, row, y, slope, room=free, title=title))
        if labelled:
            pill_above = max(pills.get((row - 1, 0), 0.0), pills.get((row - 1, 1), 0.0))
            _draw_label(sheet, row, label_baseline(y, slope, above), pill_above)
            _draw_margins(sheet, row, y, strong=row in marked, more=hidden.get(row, 0))
            time_ys.append(y)
        if not isnan(missing_y):
            _draw_missing(sheet, row, missing_y, slope)
    return time_ys


def _unlabelled_after(sheet: Sheet, rows: Rows) -> dict[int, int]:
    """How many rows without a label follow each visible row that has one: on the axes where rows crowd.

    Nothing where a link needs the place beside the packet numbers.
    """
    if sheet.plan.axis.mode == "rows" or any(not link.left for link in links_of(sheet, sheet.marks.selected)):
        return {}
    labelled = np.flatnonzero(rows.above >= LABEL_GAP)
    counts = np.diff(labelled, append=len(rows.y)) - 1
    if rows.first + len(rows.y) < len(sheet.plan):
        counts[-1:] = 0  # how many follow the last one is not in view
    return dict(zip((rows.first + labelled).tolist(), counts.tolist(), strict=True))


def _slope(sheet: Sheet, room: float) -> float:
    if sheet.plan.axis.mode == "time":
        return 0.0
    return min(max((room - LABEL_GAP) * 0.35, 0.0), LARGEST_SLOPE_PX)


def arrow_key(sheet: Sheet, row: int) -> str:
    """The theme key of a row's arrow: colour means the innermost layer, or trouble."""
    return "trouble" if sheet.plan.trouble[row] else "tcp"


def _ends(sheet: Sheet, direction: int) -> tuple[float, float]:
    """The x of an arrow's tail and tip."""
    tail, tip = sheet.columns.lifeline_x(direction), sheet.columns.lifeline_x(1 - direction)
    inset = INSET if tip > tail else -INSET
    return tail + inset, tip - inset


def _arrow(sheet: Sheet, row: int, y: float, slope: float, *, room: float, title: str) -> Arrow:
    tail_x, tip_x = _ends(sheet, int(sheet.plan.segments.direction[row]))
    thick = row == sheet.marks.selected or sheet.plan.coalesced[row]
    width = (2.4 if thick else 1.6) if room >= LABEL_GAP else (1.6 if thick else 1.1)
    return Arrow(
        tail_x,
        y - slope / 2,
        tip_x,
        y + slope / 2,
        arrow_key(sheet, row),
        width,
        head=HEAD_PX if room >= LABEL_GAP else max(4.0, 0.65 * room),
        title=title,
        ref=_ref(row),
    )


def _ref(row: int) -> Ref:
    return Ref("packet", row)


def _draw_label(sheet: Sheet, row: int, baseline: float, pill_above: float) -> None:
    """The label over the arrow, in the middle; it keeps clear of the pills that reach in from the lifelines."""
    columns = sheet.columns
    room = columns.span - 2 * max(LABEL_CLEARANCE, pill_above / 2 + 6.0)
    key = arrow_key(sheet, row)
    runs = fit_label(sheet.plan.label(row), key, room, sheet.measure, timestamps=columns.timestamps)
    if runs:
        sheet.texts.append(Phrase(columns.centre_x, baseline, runs, LABEL_SIZE, ref=_ref(row)))


def label_baseline(y: float, slope: float, above: float) -> float:
    """The baseline of the label of an arrow at ``y``: clear of the arrow's higher end."""
    return y - slope / 2 - min(max(1.8 + 0.12 * above, 3.4), 4.5)


def _draw_margins(sheet: Sheet, row: int, y: float, *, strong: bool = False, more: int = 0) -> None:
    """The time at the left, the packet number at the right, and how many more follow that have no label."""
    columns, key = sheet.columns, "text" if strong else "muted"
    number = f"#{int(sheet.plan.segments.packet[row]) + 1}"
    baseline, ref = y + 4, _ref(row)
    sheet.texts.append(
        Text(columns.time_x, baseline, sheet.times.text(row), key, TIME_SIZE, False, True, Anchor.END, ref)
    )
    sheet.texts.append(Text(columns.number_x, baseline, number, key, TIME_SIZE, False, True, Anchor.START, ref))
    if more:
        words = f"+{more}"
        x = columns.number_x + sheet.measure(number, TIME_SIZE, False, True) + 7
        if x + sheet.measure(words, MORE_SIZE, False, True) <= columns.width - EDGE:
            sheet.texts.append(Text(x, baseline, words, "muted", MORE_SIZE, False, True, Anchor.START, ref))


def draw_tick(sheet: Sheet, row: int, y: float) -> None:
    """Time and number of one row among many that are too close to have their own."""
    _draw_margins(sheet, row, y)


@dataclass(frozen=True, slots=True)
class _MissingLabel:
    verdict: str
    flags: str
    numbers: str


def _draw_missing(sheet: Sheet, row: int, y: float, slope: float) -> None:
    """The dashed arrow of what was sent but not captured: it reaches the middle, and nobody knows how much further."""
    at = sheet.plan.missing.at(row)
    seq, length = int(sheet.plan.missing.seq[at]), int(sheet.plan.missing.length[at])
    tail_x, tip_x = _ends(sheet, int(sheet.plan.segments.direction[row]))
    half_x = tail_x + (tip_x - tail_x) * 0.45
    label = _MissingLabel("not captured", "", f"Seq={seq} Len={length}")
    ref = Ref("missing", row)
    sheet.arrows.append(
        Arrow(tail_x, y - slope / 2, half_x, y, "trouble", 1.6, (5.0, 4.0), True, HEAD_PX, full_text(label), ref)
    )
    runs = fit_label(label, "trouble", sheet.columns.span - 2 * LABEL_CLEARANCE, sheet.measure)
    if runs:
        baseline = label_baseline(y, slope, LABEL_GAP)
        sheet.texts.append(Phrase(sheet.columns.centre_x, baseline, runs, LABEL_SIZE, ref=ref))
    number = Text(sheet.columns.number_x, y + 4, "# –", "muted", TIME_SIZE, False, True, Anchor.START, ref)
    sheet.texts.append(number)


# -- states -------------------------------------------------------------------------------------------------------


def _draw_states(sheet: Sheet, rows: Rows) -> dict[tuple[int, int], float]:
    """Pills where a state changes and dots where a pill has no room; the widths of the pills by (row, side)."""
    drawn: dict[tuple[int, int], float] = {}
    for side in (0, 1):
        changes = sheet.plan.states[side]
        low, high = np.searchsorted(changes.rows, (rows.first, rows.first + len(rows.y)))
        shown = slice(int(low), int(high))
        for row, state in zip(changes.rows[shown].tolist(), changes.states[shown].tolist(), strict=True):
            at = row - rows.first
            y, below = float(rows.y[at]), float(rows.below[at])
            x = sheet.columns.lifeline_x(side)
            ref = Ref("state", row)
            if below < PILL_GAP:
                if below >= ARROW_GAP:
                    sheet.pills.append(Box(x - 2.5, y + below / 2 - 2.5, 5, 5, "lifeline", "", 2.5, ref=ref))
                continue
            words = STATE_WORDS[state]
            width = sheet.measure(words, PILL_SIZE, True, False) + 16
            drawn[row, side] = width
            middle = round(y + min(below / 2, 20.0))
            text = Text(x, middle, words, "text", PILL_SIZE, True, False, Anchor.MIDDLE, ref)
            sheet.pills.extend(_pill(text, width, PILL_HEIGHT, "pill.border"))
    return drawn


def _pill(words: Text, width: float, height: float, stroke: str) -> tuple[Shape, ...]:
    """Words in a pill around them; ``words`` tells the pill's centre."""
    box = Box(words.x - width / 2, words.y - height / 2, width, height, "pill", stroke, height / 2, ref=words.ref)
    return box, replace(words, y=words.y + words.size * 0.36)


# -- idle times ---------------------------------------------------------------------------------------------------


def draw_idle_times(sheet: Sheet, rows: Rows) -> None:
    """On the compressed axis: a dotted line where time was cut, and how long it was."""
    cut_rows = sheet.plan.axis.cut_rows
    low, high = np.searchsorted(cut_rows, (max(rows.first, 1), rows.first + len(rows.y)))
    ts_ns, columns = sheet.plan.segments.ts_ns, sheet.columns
    for row in cut_rows[low:high].tolist():
        at = row - rows.first
        top = float(rows.y[at] if np.isnan(rows.missing_y[at]) else rows.missing_y[at])
        above = sheet.row_y(row - 1)
        slope = _slope(sheet, float(min(rows.above[at], rows.below[at])))
        free_from, free_to = above + LARGEST_SLOPE_PX / 2 + 1, top - slope / 2 - LABEL_GAP
        if top - above < ARROW_GAP:
            continue
        y = round((free_from + free_to) / 2)
        ref = Ref("idle", row)
        sheet.lines.append(Line(12.0, y, columns.width - 12.0, y, "pill.border", 1.0, (1.0, 5.0), ref))
        height = min(24.0, free_to - free_from)
        if height >= 15.0:
            words = f"{duration_text(int(ts_ns[row] - ts_ns[row - 1]))} idle"
            size = 11.0 if height >= 18 else 10.0
            width = sheet.measure(words, size, True, False) + 44
            text = Text(columns.centre_x, y, words, "text", size, True, False, Anchor.MIDDLE, ref)
            sheet.pills.extend(_pill(text, width, height, "border"))
