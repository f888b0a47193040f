"""What do the colours, the lines and the slopes of a ladder mean?

A strip of samples with words, as many lines high as the width needs. What it says of slopes follows from the axis: rows
slope only to say who sends, unless delays are estimated.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.analysis.words import short_duration
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Anchor, Arrow, Box, Line, Shape, Text
from ladderview.ladder.sheet import Marks
from ladderview.ladder.text_width import Measure

WORD_SIZE, LINE_PX, PAD_X, PAD_Y = 11.0, 20.0, 16.0, 8.0
SAMPLE_PX, AFTER_SAMPLE_PX, BETWEEN_PX = 28.0, 8.0, 22.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A sample of a line, and what it means; no sample where ``key`` is empty."""

    words: str
    key: str = ""
    width: float = 1.6
    dash: tuple[float, ...] = ()
    is_arrow: bool = True


def entries_of(plan: LadderPlan, marks: Marks) -> tuple[Entry, ...]:
    """What a legend says of this ladder."""
    found = [
        Entry("TCP", "tcp"),
        Entry("TLS", "tls"),
        Entry("HTTP", "http"),
        Entry("problem", "trouble"),
        Entry("several segments", "tcp", 2.4),
        Entry("not captured", "trouble", 1.6, (5.0, 4.0)),
    ]
    if plan.axis.mode == "compressed":
        found.append(Entry("time cut", "pill.border", 1.0, (1.0, 5.0), is_arrow=False))
    return (*found, Entry(slope_words(plan, marks)))


def slope_words(plan: LadderPlan, marks: Marks) -> str:
    """What the slope of an arrow tells."""
    if plan.axis.mode != "time":
        return "slope shows the direction, not a delay"
    if not marks.estimated:
        return "heights are times of capture; arrows are level"
    total_ns = sum(plan.delays_ns)
    if total_ns <= 0:
        return "no delay is known: the handshake was not captured"
    return f"slope: estimated delay, {short_duration(total_ns)} (half of the handshake's round trip)"


def _width(entry: Entry, measure: Measure) -> float:
    sample = SAMPLE_PX + AFTER_SAMPLE_PX if entry.key else 0.0
    return sample + measure(entry.words, WORD_SIZE, False, False)


def legend_lines(plan: LadderPlan, marks: Marks, width: float, measure: Measure) -> list[list[Entry]]:
    """The entries in lines that have room in a drawing of this width."""
    lines: list[list[Entry]] = [[]]
    x = PAD_X
    for entry in entries_of(plan, marks):
        wide = _width(entry, measure)
        if lines[-1] and x + wide > width - PAD_X:
            lines.append([])
            x = PAD_X
        lines[-1].append(entry)
        x += wide + BETWEEN_PX
    return lines


def legend_height(plan: LadderPlan, marks: Marks, width: float, measure: Measure) -> float:
    """The height of the legend in a drawing of this width, pixels."""
    return len(legend_lines(plan, marks, width, measure)) * LINE_PX + 2 * PAD_Y


def legend_shapes(plan: LadderPlan, marks: Marks, width: float, bottom: float, measure: Measure) -> tuple[Shape, ...]:
    """The legend with its lower edge at ``bottom``."""
    lines = legend_lines(plan, marks, width, measure)
    top = bottom - len(lines) * LINE_PX - 2 * PAD_Y
    shapes: list[Shape] = [
        Box(0, top, width, bottom - top, "panel"),
        Line(0, top + 0.5, width, top + 0.5, "border", 1.0),
    ]
    for at, line in enumerate(lines):
        x, y = PAD_X, top + PAD_Y + (at + 0.5) * LINE_PX
        for entry in line:
            text_x = x
            if entry.key:
                text_x += SAMPLE_PX + AFTER_SAMPLE_PX
                if entry.is_arrow:
                    shapes.append(Arrow(x, y, x + SAMPLE_PX, y, entry.key, entry.width, entry.dash))
                else:
                    shapes.append(Line(x, y, x + SAMPLE_PX, y, entry.key, entry.width, entry.dash))
            shapes.append(Text(text_x, y + 4, entry.words, "text", WORD_SIZE, anchor=Anchor.START))
            x += _width(entry, measure) + BETWEEN_PX
    return tuple(shapes)
