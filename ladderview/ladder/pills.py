"""What stands in pills: the states of both ends on their lifelines, and how long nothing was sent.

A state pill stands between two arrow ends if it has room there, else a dot marks the change.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ladderview.ladder.plan import STATE_WORDS
from ladderview.ladder.shapes import Anchor, Box, Line, Ref, Shape, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.spacing import ARROW_GAP, LABEL_GAP, LARGEST_SLOPE_PX, Rows, slope_px
from ladderview.ladder.times import duration_text

#: Pixels between rows from which a state pill has room between the time texts beside it.
PILL_GAP = 30.0
PILL_HEIGHT, PILL_SIZE = 16.0, 9.5

#: How far under its row a state pill stands at most, and the size of the dot in its place.
PILL_BELOW, DOT = 20.0, 5.0

#: Height of the pill that tells an idle time, and the least that it can do with.
IDLE_HEIGHT, IDLE_HEIGHT_AT_LEAST = 24.0, 15.0


def draw_states(sheet: Sheet, rows: Rows) -> dict[tuple[int, int], float]:
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
                    sheet.pills.append(
                        Box(x - DOT / 2, y + below / 2 - DOT / 2, DOT, DOT, "lifeline", "", DOT / 2, ref=ref)
                    )
                continue
            words = STATE_WORDS[state]
            width = sheet.measure(words, PILL_SIZE, True, False) + 16
            drawn[row, side] = width
            middle = round(y + min(below / 2, PILL_BELOW))
            text = Text(x, middle, words, "text", PILL_SIZE, True, False, Anchor.MIDDLE, ref)
            sheet.pills.extend(_pill(text, width, PILL_HEIGHT, "pill.border"))
    return drawn


def draw_idle_times(sheet: Sheet, rows: Rows) -> None:
    """On the compressed axis: a dotted line where time was cut, and how long it was."""
    cut_rows = sheet.plan.axis.cut_rows
    low, high = np.searchsorted(cut_rows, (max(rows.first, 1), rows.first + len(rows.y)))
    ts_ns, columns = sheet.plan.segments.ts_ns, sheet.columns
    for row in cut_rows[low:high].tolist():
        at = row - rows.first
        top = float(rows.y[at] if np.isnan(rows.missing_y[at]) else rows.missing_y[at])
        above = sheet.row_y(row - 1)
        slope = slope_px(sheet, float(min(rows.above[at], rows.below[at])))
        free_from, free_to = above + LARGEST_SLOPE_PX / 2 + 1, top - slope / 2 - LABEL_GAP - 1
        if top - above < ARROW_GAP:
            continue
        y = round((free_from + free_to) / 2)
        ref = Ref("idle", row)
        sheet.lines.append(Line(12.0, y, columns.width - 12.0, y, "pill.border", 1.0, (1.0, 5.0), ref))
        height = min(IDLE_HEIGHT, free_to - free_from)
        if height >= IDLE_HEIGHT_AT_LEAST:
            words = f"{duration_text(int(ts_ns[row] - ts_ns[row - 1]))} idle"
            size = 11.0 if height >= 18 else 10.0
            width = sheet.measure(words, size, True, False) + 44
            text = Text(columns.centre_x, y, words, "text", size, True, False, Anchor.MIDDLE, ref)
            sheet.pills.extend(_pill(text, width, height, "border"))


def _pill(words: Text, width: float, height: float, stroke: str) -> tuple[Shape, ...]:
    """Words in a pill around them; ``words`` tells the pill's centre."""
    box = Box(words.x - width / 2, words.y - height / 2, width, height, "pill", stroke, height / 2, ref=words.ref)
    return box, replace(words, y=words.y + words.size * 0.36)
