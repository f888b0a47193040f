"""What stands in pills: the states of both ends on their lifelines, and how long nothing was sent.

A state pill stands between two arrow ends if it has room there, else a dot marks the change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ladderview.analysis.steps import StepKind
from ladderview.analysis.words import short_duration
from ladderview.ladder.plan import STATE_WORDS
from ladderview.ladder.shapes import Anchor, Box, Line, Ref, Shape, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.spacing import ARROW_GAP, LABEL_GAP, LARGEST_SLOPE_PX, Rows, slope_px

#: Pixels between rows from which a state pill has room between the time texts beside it.
PILL_GAP = 30.0
PILL_HEIGHT, PILL_SIZE = 15.0, 9.5

#: Pixels between a row and the upper edge of its pill: under the time text beside it, and under an arrow's head.
UNDER_TIME, UNDER_HEAD = 6.5, 4.5

#: The size of the dot in place of a pill.
DOT = 5.0

#: Height of the pill that tells an idle time, and the least that it can do with.
IDLE_HEIGHT, IDLE_HEIGHT_AT_LEAST = 24.0, 15.0


@dataclass(frozen=True, slots=True)
class StatePill:
    """A pill that reaches in from a lifeline: its width and its lower edge, pixels."""

    width: float
    bottom: float


def draw_states(sheet: Sheet, rows: Rows) -> dict[int, list[StatePill]]:
    """Pills where a state changes, and dots where a pill has no room; the pills under each row."""
    drawn: dict[int, list[StatePill]] = {}
    for side, changes in enumerate(sheet.plan.states):
        low, high = np.searchsorted(changes.rows, (rows.first, rows.first + len(rows.y)))
        shown = slice(int(low), int(high))
        for row, state in zip(changes.rows[shown].tolist(), changes.states[shown].tolist(), strict=True):
            if sheet.is_travelling(row) and int(sheet.plan.from_lane[row]) != side:
                continue
            below = float(rows.below[row - rows.first])
            if int(sheet.plan.kind[row]) in (StepKind.PHASE, StepKind.FOLD):
                continue  # it says so itself
            if below >= PILL_GAP:
                drawn.setdefault(row, []).append(_draw_state(sheet, rows, row, side, STATE_WORDS[state]))
            elif below >= ARROW_GAP:
                x, y = sheet.columns.lifeline_x(side), float(rows.y[row - rows.first]) + below / 2
                dot = Box(x - DOT / 2, y - DOT / 2, DOT, DOT, "lifeline", "", DOT / 2, ref=Ref("state", row, side))
                sheet.pills.append(dot)
    return drawn


def _draw_state(sheet: Sheet, rows: Rows, row: int, side: int, words: str) -> StatePill:
    """A pill on a lifeline, as close under its row as the texts and the arrow there allow."""
    at = row - rows.first
    top = UNDER_TIME
    if int(sheet.plan.from_lane[row]) != side:  # the arrow ends here, lower than it began
        top = max(top, slope_px(sheet, float(min(rows.above[at], rows.below[at]))) / 2 + UNDER_HEAD)
    y = round(float(rows.y[at]) + top + PILL_HEIGHT / 2)
    width = sheet.measure(words, PILL_SIZE, True, False) + 16
    x = sheet.columns.lifeline_x(side)
    text = Text(x, y, words, "text", PILL_SIZE, True, False, Anchor.MIDDLE, Ref("state", row, side))
    sheet.pills.extend(pill_of(text, width, PILL_HEIGHT, "pill.border"))
    return StatePill(width, y + PILL_HEIGHT / 2)


def draw_idle_times(sheet: Sheet, rows: Rows) -> None:
    """Where height is not time: a dotted line where time was cut, or a phase was a pause, and how long it was."""
    axis = sheet.plan.axis
    cut_rows = axis.cut_rows if axis.mode == "time" else np.union1d(axis.cut_rows, sheet.plan.pauses)
    low, high = np.searchsorted(cut_rows, (max(rows.first, 1), rows.first + len(rows.y)))
    ts_ns, columns = sheet.plan.ts_ns, sheet.columns
    for row in cut_rows[low:high].tolist():
        at = row - rows.first
        top = float(rows.y[at] if np.isnan(rows.missing_y[at]) else rows.missing_y[at])
        above = sheet.row_y(row - 1)
        slope = slope_px(sheet, float(min(rows.above[at], rows.below[at])))
        free_from, free_to = above + LARGEST_SLOPE_PX / 2 + 1, top - slope / 2 - LABEL_GAP - 1
        if top - above < ARROW_GAP or sheet.plan.is_pause(row - 1):  # a pause says itself how long it was
            continue
        y = round((free_from + free_to) / 2)
        ref = Ref("idle", row)
        sheet.lines.append(Line(12.0, y, columns.width - 12.0, y, "pill.border", 1.0, (1.0, 5.0), ref))
        height = min(IDLE_HEIGHT, free_to - free_from)
        if height >= IDLE_HEIGHT_AT_LEAST:
            words = f"{short_duration(int(ts_ns[row] - ts_ns[row - 1]))} idle"
            size = 11.0 if height >= 18 else 10.0
            width = sheet.measure(words, size, True, False) + 44
            text = Text(columns.centre_x, y, words, "text", size, True, False, Anchor.MIDDLE, ref)
            sheet.pills.extend(pill_of(text, width, height, "border"))


def pill_of(words: Text, width: float, height: float, stroke: str) -> tuple[Shape, ...]:
    """Words in a pill around them; ``words`` tells the pill's centre."""
    box = Box(words.x - width / 2, words.y - height / 2, width, height, "pill", stroke, height / 2, ref=words.ref)
    return box, replace(words, y=words.y + words.size * 0.36)
