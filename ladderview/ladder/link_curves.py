"""How are the links of the selected segment drawn?

Plan: curves in the gutters, where there is nothing to cross: acknowledgments at the left with the time that they took,
originals and gaps at the right. A partner out of view is pointed at: the curve leaves by the edge, and the word says
which packet it goes to.
"""

from __future__ import annotations

from ladderview.ladder.label_fit import elided
from ladderview.ladder.links import Link
from ladderview.ladder.shapes import Anchor, Curve, Ref, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.spacing import missing_px
from ladderview.ladder.viewport import HEADER_PX

WORD_SIZE = 10.5

#: How far a curve reaches into its gutter.
DEPTH_PX = 24.0


def draw_links(sheet: Sheet, end_y: float) -> None:
    """Draw the links of the selected row; ``end_y`` is where the visible part of the ladder ends."""
    word_ys: dict[bool, list[float]] = {True: [], False: []}
    for link in sheet.links:
        from_y = sheet.row_y(link.row)
        to_y = sheet.row_y(link.other) - (round(missing_px(sheet)) if link.to_missing else 0)
        low, high = HEADER_PX + 6, end_y - 6
        seen_from, seen_to = min(max(from_y, low), high), min(max(to_y, low), high)
        if seen_from == seen_to:  # both beyond the same edge
            continue
        _draw_curve(sheet, link, seen_from, seen_to)
        words = link.words
        if seen_to != to_y:
            number = sheet.plan.number_text(link.other)
            words = (*(f"{number} · {word}" for word in words), number)
        word_y = (seen_from + seen_to) / 2 + 4
        if all(abs(word_y - taken) >= WORD_SIZE + 2 for taken in word_ys[link.left]):
            word_ys[link.left].append(word_y)
            _draw_word(sheet, link, words, word_y)


def _draw_curve(sheet: Sheet, link: Link, from_y: float, to_y: float) -> None:
    columns = sheet.columns
    x, sign = (columns.left_link_x, -1.0) if link.left else (columns.right_link_x, 1.0)
    depth = min(DEPTH_PX, columns.gutter)
    reach = x + sign * depth / 0.75  # a cubic Bezier reaches three quarters of the way to its inner points
    points = ((x, from_y), (reach, from_y), (reach, to_y), (x, to_y))
    dash = () if link.left else (4.0, 3.0)
    sheet.over.append(Curve(points, "accent", 1.6, dash, Ref("link", link.other)))


def _draw_word(sheet: Sheet, link: Link, words: tuple[str, ...], y: float) -> None:
    columns = sheet.columns
    room = columns.gutter - DEPTH_PX - 6
    fitting = next((word for word in words if sheet.measure(word, WORD_SIZE, False, False) <= room), "")
    fitting = fitting or elided(words[-1], room, sheet.measure, WORD_SIZE)
    if len(fitting) < 3:
        return
    x = columns.left_link_x - DEPTH_PX - 6 if link.left else columns.right_link_x + DEPTH_PX + 6
    anchor = Anchor.END if link.left else Anchor.START
    sheet.over.append(Text(x, y, fitting, "accent.text", WORD_SIZE, False, False, anchor, Ref("link", link.other)))
