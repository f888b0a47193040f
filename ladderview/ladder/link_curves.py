"""How are the links of the selected segment drawn?

Plan: curves in the gutters, where there is nothing to cross: acknowledgments at the left with the time that they took,
originals and gaps at the right. A partner out of view is pointed at: the curve leaves by the edge, and the word says
which packet it goes to.
"""

from __future__ import annotations

import numpy as np

from ladderview.ladder.label_fit import ELLIPSIS, elided
from ladderview.ladder.links import Link
from ladderview.ladder.shapes import Anchor, Curve, Line, Ref, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.spacing import missing_px
from ladderview.ladder.viewport import HEADER_PX

WORD_SIZE = 10.5

#: How far a curve, and a bracket, reach into their gutter.
DEPTH_PX, BRACKET_PX = 24.0, 8.0

#: Pixels for a word beside a curve, at least; between rows for a word there, and for one under a pill.
SHORTEST_PX, BETWEEN_PX, PILL_ROOM_PX = 24.0, 23.0, 41.5

#: Letters of a word that was cut, with its ellipsis, that are worth showing: the bracket alone says as much as one.
LEAST_OF_WORD = 5


def draw_links(sheet: Sheet, end_y: float) -> None:
    """Draw the links of the selected row; ``end_y`` is where the visible part of the ladder ends."""
    taken: list[float] = []
    for link in sheet.links:
        from_y = sheet.row_y(link.first if link.first >= 0 else link.row)
        to_y = sheet.row_y(link.other) - (round(missing_px(sheet)) if link.to_missing else 0)
        low, high = HEADER_PX + 6, end_y - 6
        seen_from, seen_to = min(max(from_y, low), high), min(max(to_y, low), high)
        if seen_from == seen_to:  # both beyond the same edge
            continue
        words = link.words
        if link.first >= 0:
            _draw_bracket(sheet, link, (seen_from, seen_from == from_y), (seen_to, seen_to == to_y))
        else:
            _draw_curve(sheet, link, seen_from, seen_to)
            if seen_to != to_y:
                number = sheet.plan.number_text(link.other)
                words = (*(f"{number} · {word}" for word in words), number)
        low_end, high_end = sorted((seen_from, seen_to))
        _draw_word(sheet, link, words, (seen_from + seen_to) / 2, taken, (low_end, min(high_end + 60.0, end_y)))


def _draw_curve(sheet: Sheet, link: Link, from_y: float, to_y: float) -> None:
    columns = sheet.columns
    x, sign = (columns.left_link_x, -1.0) if link.left else (columns.right_link_x, 1.0)
    depth = min(DEPTH_PX, columns.gutter)
    reach = x + sign * depth / 0.75  # a cubic Bezier reaches three quarters of the way to its inner points
    points = ((x, from_y), (reach, from_y), (reach, to_y), (x, to_y))
    dash = () if link.left else (4.0, 3.0)
    sheet.over.append(Curve(points, "accent", 1.6, dash, Ref("link", link.other)))


def _draw_bracket(sheet: Sheet, link: Link, begin: tuple[float, bool], end: tuple[float, bool]) -> None:
    """A bracket along the segments of a message; an end beyond the edge stays open. Ends: height, and whether seen."""
    x, ref = sheet.columns.right_link_x + BRACKET_PX, Ref("link", link.other)
    sheet.over.append(Line(x, begin[0], x, end[0], "accent", 1.4, ref=ref))
    for y, is_seen in (begin, end):
        if is_seen:
            sheet.over.append(Line(x - BRACKET_PX, y, x, y, "accent", 1.4, ref=ref))


def _draw_word(
    sheet: Sheet, link: Link, words: tuple[str, ...], middle: float, taken: list[float], within: tuple[float, float]
) -> None:
    """The longest words that have room: beside the curve, or else between two rows in the column of the texts."""
    columns = sheet.columns
    room = columns.gutter - DEPTH_PX - 6
    fitting = next((word for word in words if sheet.measure(word, WORD_SIZE, False, False) <= room), "")
    if not fitting and room >= SHORTEST_PX:
        fitting = elided(words[-1], room, sheet.measure, WORD_SIZE)
    if len(fitting) >= 3:
        y = _free(middle + 4, taken)
        x = columns.left_link_x - DEPTH_PX - 6 if link.left else columns.right_link_x + DEPTH_PX + 6
        anchor = Anchor.END if link.left else Anchor.START
    else:
        y = _between_rows(sheet, middle, taken, within)
        x = columns.time_x if link.left else columns.number_x
        anchor = Anchor.END if link.left else Anchor.START
        room = columns.time_x - columns.left_link_x if link.left else columns.right_link_x - columns.number_x
        fitting = next((word for word in words if sheet.measure(word, WORD_SIZE, False, False) <= room), "")
        fitting = fitting or elided(words[-1], room, sheet.measure, WORD_SIZE)
    if y is None or len(fitting) < (LEAST_OF_WORD if fitting.endswith(ELLIPSIS) else 2):
        return
    taken.append(y)
    sheet.over.append(Text(x, y, fitting, "accent.text", WORD_SIZE, False, False, anchor, Ref("link", link.other)))


def _free(y: float, taken: list[float]) -> float | None:
    """``y``, or the nearest height below it that no word has taken; None where that is far."""
    for lower in range(4):
        at = y + lower * (WORD_SIZE + 3)
        if all(abs(at - other) >= WORD_SIZE + 2 for other in taken):
            return at
    return None


def _between_rows(sheet: Sheet, middle: float, taken: list[float], within: tuple[float, float]) -> float | None:
    """The baseline of a word between two rows, as near to the middle as there is room; None where there is none."""
    axis, viewport = sheet.plan.axis, sheet.viewport
    nearest = axis.row_at(viewport.y_at(middle))
    names = sheet.plan.bands.first if not sheet.columns.has_band_names else sheet.plan.bands.first[:0]
    for away in (0, -1, 1, -2, 2, -3, 3):
        row = nearest + away
        if not 0 <= row < len(axis) - 1:
            continue
        y, following = sheet.row_y(row), sheet.row_y(row + 1)
        gap = following - y
        at = int(np.searchsorted(names, row + 1))
        is_named = at < len(names) and int(names[at]) == row + 1
        if gap < BETWEEN_PX or is_named or sheet.plan.missing.at(row + 1) >= 0 or not within[0] <= y < within[1] - gap:
            continue
        has_pill = any(changes.at(row) for changes in sheet.plan.states)
        if has_pill and gap < PILL_ROOM_PX:
            continue
        baseline = following - 6.8 if has_pill else y + gap / 2 + 3.5
        if all(abs(baseline - other) >= WORD_SIZE + 2 for other in taken):
            return baseline
    return None
