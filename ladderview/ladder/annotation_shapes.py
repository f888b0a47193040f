"""How is each annotation drawn?

    lifeline | #number | gutter | brackets and measures, in lanes | notes and the texts of brackets

Plan: highlights lie behind the arrows, dimming pales the arrows themselves, brackets and measures stand in lanes beside
the gutter, and texts beside those (``note_cards``). Every shape refers to its annotation, so that a click finds it. The
one that is chosen has handles to drag.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ladderview.ladder.annotation_rows import IN_LANES, Placed, Placements
from ladderview.ladder.annotations import Kind
from ladderview.ladder.columns import CARD_WIDTHS, TIME_WIDTH, Beside
from ladderview.ladder.note_cards import DURATION_PX, DURATION_SIZE, MARKER_PX, PAD_X, PAD_Y, Card, cards_of, opened
from ladderview.ladder.note_text import LINE_PX, TEXT_SIZE
from ladderview.ladder.shapes import Anchor, Arrow, Box, Line, Phrase, Ref, Shape, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.viewport import HEADER_PX

#: Length of the ends of a bracket, and of the head of a measure.
TICK_PX, HEAD_PX = 10.0, 7.0

#: The size of a handle.
HANDLE_PX = 8.0

#: The point on a lifeline where a note hangs on a time.
DOT_PX = 6.0

#: From the middle of a packet number, what is beside it.
CLEAR_OF_NUMBER_PX = 10.0

#: Beyond the lifelines, a highlight.
_BESIDE_PX = 12.0

#: What ``Ref`` calls an annotation, one that lies behind arrows, and the handles of the one that is chosen.
ANNOTATION, HIGHLIGHT, HANDLE = "annotation", "highlight", "handle"

#: Handles by number: the ends of what reaches over rows; of a note the corner that sizes it, and where it hangs.
FIRST_END, LAST_END, CORNER, HUNG_AT = 0, 1, 2, 3


def draw_highlights(sheet: Sheet) -> None:
    """What lies behind the arrows, of this part of the ladder."""
    viewport = sheet.viewport
    if not len(sheet.notes):
        return
    for place, it in sheet.notes.reaching(viewport.y_at(HEADER_PX - 40), viewport.y_at(viewport.height + 40)):
        if it.annotation.kind is Kind.HIGHLIGHT and sheet.is_told(it):
            fill, border, _ = it.annotation.colours
            top, bottom = rows_px(sheet, it)
            x, width, height = sheet.columns.left_x - _BESIDE_PX, sheet.columns.span + 2 * _BESIDE_PX, bottom - top
            line, radius = (2.0 if _is_chosen(sheet, it) else 1.0), min(8.0, height / 3)
            sheet.back.append(Box(x, top, width, height, fill, border, radius, line, (), Ref(HIGHLIGHT, place)))


def rows_px(sheet: Sheet, it: Placed) -> tuple[float, float]:
    """From where to where its rows reach with their labels, pixels."""
    viewport, y = sheet.viewport, sheet.plan.axis.y
    zoom = viewport.px_per_unit
    above = (float(y[it.first] - y[it.first - 1]) if it.first else 1.0) * zoom
    below = (float(y[it.last + 1] - y[it.last]) if it.last + 1 < len(y) else 1.0) * zoom
    top, bottom = float(round(viewport.y_px(it.first_y))), float(round(viewport.y_px(it.last_y)))
    if it.first_y == y[it.first]:
        top -= min(max(above - 3.0, 2.0), 24.0)
    if it.last_y == y[it.last]:
        bottom += min(max(below - 15.0, 2.0), 10.0)
    return top, max(bottom, top + 4.0)


def draw_annotations(sheet: Sheet) -> None:
    """Everything that stands over and beside the arrows; the last of the ladder to be drawn."""
    if not len(sheet.notes):
        return
    _pale(sheet)
    viewport = sheet.viewport
    chosen: list[Shape] = []
    for place, it in sheet.notes.reaching(viewport.y_at(HEADER_PX - 20), viewport.y_at(viewport.height + 20)):
        if it.annotation.kind in IN_LANES and sheet.is_told(it):
            sheet.over.extend(_in_lane(sheet, it, place))
        if _is_chosen(sheet, it):
            chosen += _handles(sheet, it)
    for card in cards_of(sheet):
        if not sheet.is_told(card.it):
            continue
        raised = card.it.annotation.id in (sheet.marks.note, sheet.marks.pointed_note)
        if card.as_marker and card.has_box:
            _mark(sheet, card)
        if raised or not card.as_marker:
            shown = opened(card) if card.as_marker else card
            (chosen if raised else sheet.over).extend(_card(sheet, shown))
            if _is_chosen(sheet, card.it) and card.has_box:
                chosen.append(_handle(shown.x + shown.width, shown.y + shown.height, CORNER))
                if HEADER_PX <= shown.row_y <= viewport.height:
                    chosen.append(_handle(sheet.columns.right_x, shown.row_y, HUNG_AT))
    sheet.over.extend(chosen)


def _is_chosen(sheet: Sheet, it: Placed) -> bool:
    return it.annotation.id == sheet.marks.note


# -- dimming ----------------------------------------------------------------------------------------------------------


def _pale(sheet: Sheet) -> None:
    """Draw the rows that a person dimmed in a pale colour; nothing of them is left out."""
    viewport = sheet.viewport
    reaching = sheet.notes.reaching(viewport.y_at(0.0), viewport.bottom)
    dims = _together((it.first, it.last) for _, it in reaching if it.annotation.kind is Kind.DIM)
    if not dims:
        return
    for place, it in sheet.notes.reaching(viewport.y_at(0.0), viewport.bottom):
        if it.annotation.kind is Kind.DIM:
            top, bottom = rows_px(sheet, it)
            x = min(sheet.columns.right_link_x, sheet.columns.end_x - 6)
            thick = 6.0 if _is_chosen(sheet, it) else 4.0
            sheet.pills.append(Box(x, top, thick, bottom - top, "dim", "", 2.0, ref=Ref(ANNOTATION, place)))
    for layer in (sheet.lines, sheet.arrows, sheet.arrows_in_trouble, sheet.pills, sheet.texts):
        for at, shape in enumerate(layer):
            ref = getattr(shape, "ref", None)
            if ref is not None and ref.kind in _OF_ROWS and any(first <= ref.row <= last for first, last in dims):
                layer[at] = _paled(shape)


def _together(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same rows in as few ranges as there can be, ascending."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(last, joined[-1][1])
        else:
            joined.append((first, last))
    return joined


#: What of a ladder belongs to a row: ``Ref.kind``.
_OF_ROWS = frozenset({"packet", "state", "missing"})


def _paled(shape: Shape) -> Shape:
    if isinstance(shape, Phrase):
        return replace(shape, runs=tuple(replace(run, key="dim") for run in shape.runs))
    if isinstance(shape, Box):
        return replace(shape, stroke="dim" if shape.stroke else "", fill="dim" if not shape.stroke else shape.fill)
    return replace(shape, key="dim")


# -- brackets and measures --------------------------------------------------------------------------------------------


def _in_lane(sheet: Sheet, it: Placed, place: int) -> Iterable[Shape]:
    """The line of a bracket or a measure, from its first row to its last."""
    columns, viewport = sheet.columns, sheet.viewport
    key, ref = it.annotation.colours[1], Ref(ANNOTATION, place)
    top, bottom = (float(round(viewport.y_px(y))) for y in (it.first_y, it.last_y))
    low, high = HEADER_PX - 10, viewport.height + 10
    width = 2.4 if _is_chosen(sheet, it) else 1.8
    x = columns.lane_x(it.lane)
    seen_top, seen_bottom = max(top, low), min(bottom, high)
    if bottom - top < 3:
        yield Line(x - TICK_PX, top, x + width / 2, top, key, width, (), ref)
        return
    if it.annotation.kind is Kind.BRACKET:
        yield Line(x, seen_top, x, seen_bottom, key, width, (), ref)
        for y in (top, bottom):
            if low <= y <= high:
                yield Line(x - TICK_PX, y, x + width / 2, y, key, width, (), ref)
        return
    for y in (top, bottom):
        if low <= y <= high:
            yield Line(columns.right_link_x, y, x + 4, y, key, 1.0, (2.0, 3.0), ref)
    if seen_bottom - seen_top < 2 * HEAD_PX + 2:
        yield Line(x, seen_top, x, seen_bottom, key, width, (), ref)
        return
    middle = (seen_top + seen_bottom) / 2
    for y, seen in ((top, seen_top), (bottom, seen_bottom)):
        if y == seen:
            yield Arrow(x, middle, x, y, key, width, head=HEAD_PX, ref=ref)
        else:
            yield Line(x, middle, x, seen, key, width, (), ref)


# -- texts ------------------------------------------------------------------------------------------------------------


def _card(sheet: Sheet, card: Card) -> list[Shape]:
    """A note in its box with the line that leads to its row, or the text of a bracket."""
    fill, border, key = card.it.annotation.colours
    ref = Ref(ANNOTATION, card.place)
    shapes: list[Shape] = []
    x, y = card.x, card.y
    if card.has_box:
        shapes += _leader(sheet, card, border, ref)
        if is_between(sheet, card.it):
            shapes += _dot(sheet, card.row_y, border, ref)
        strong = _is_chosen(sheet, card.it)
        shapes.append(Box(x, y, card.width, card.height, fill, border, 5.0, 2.0 if strong else 1.0, ref=ref))
        x, y = x + PAD_X, y + PAD_Y
    elif card.it.annotation.kind is Kind.HIGHLIGHT:
        key = card.it.annotation.colours[2]
    if card.duration:
        shapes.append(Text(x, y + DURATION_SIZE, card.duration, key, DURATION_SIZE, True, ref=ref))
        y += DURATION_PX
    for line, bold in card.lines.lines:
        shapes.append(Text(x, y + 0.75 * LINE_PX, line, key, TEXT_SIZE, bold, ref=ref))
        y += LINE_PX
    return shapes


def _leader(sheet: Sheet, card: Card, key: str, ref: Ref) -> list[Shape]:
    """From the row to the note: to its nearer side, at the height of the row where that is possible."""
    columns, row_y = sheet.columns, card.row_y
    left, right = columns.right_link_x, columns.right_x
    at_y = min(max(row_y, card.y + 8), card.y + card.height - 8)
    if card.x > left:
        return [Line(left, row_y, card.x, at_y, key, 1.2, (), ref)]
    if card.x + card.width < columns.left_link_x:
        return [Line(columns.left_link_x, row_y, card.x + card.width, at_y, key, 1.2, (), ref)]
    x = min(max(card.x + card.width / 2, columns.left_x + 6), right - 6)
    if card.y <= row_y <= card.y + card.height:
        return []
    return [Line(x, row_y, x, card.y if card.y > row_y else card.y + card.height, key, 1.2, (), ref)]


def is_between(sheet: Sheet, it: Placed) -> bool:
    """Whether it hangs on a time between two rows."""
    return it.first_y != sheet.plan.axis.y_of(it.first)


def _dot(sheet: Sheet, y: float, key: str, ref: Ref) -> list[Shape]:
    """The point on the lifeline at which a time is, and, where it crosses no packet number, the line from there."""
    x, axis = sheet.columns.right_x, sheet.plan.axis
    dot = Box(x - DOT_PX / 2, y - DOT_PX / 2, DOT_PX, DOT_PX, key, key, DOT_PX / 2, 1.0, ref=ref)
    nearest = axis.nearest_row(sheet.viewport.y_at(y))
    if abs(sheet.row_y(nearest) - y) < CLEAR_OF_NUMBER_PX:
        return [dot]
    return [Line(x, y, sheet.columns.right_link_x, y, key, 1.2, (2.0, 3.0), ref), dot]


def _mark(sheet: Sheet, card: Card) -> None:
    """Draw the marker of notes that have no room at their row."""
    fill, border, key = card.it.annotation.colours
    x, ref = marker_x(sheet), Ref(ANNOTATION, card.place)
    y = card.row_y // MARKER_PX * MARKER_PX + 0.5
    sheet.over.append(Box(x, y, MARKER_PX, MARKER_PX - 1.0, fill, border, 3.0, ref=ref))
    for line in (3.5, 6.0, 8.5):
        sheet.over.append(Line(x + 3, y + line, x + MARKER_PX - (3 if line < 8 else 6), y + line, key, 1.0, (), ref))


def marker_x(sheet: Sheet) -> float:
    """Where the markers of notes begin."""
    return min(sheet.columns.right_link_x + 2, sheet.columns.width - MARKER_PX - 2)


# -- handles ----------------------------------------------------------------------------------------------------------


def _handles(sheet: Sheet, it: Placed) -> list[Shape]:
    """What the chosen annotation is changed by: its ends, or the corner of a note."""
    if it.annotation.kind is Kind.NOTE:
        return []  # its corner is drawn with its box
    columns, viewport = sheet.columns, sheet.viewport
    x = columns.lane_x(it.lane) if it.annotation.kind in IN_LANES else columns.right_x + _BESIDE_PX
    if it.annotation.kind in IN_LANES:
        ys = [viewport.y_px(it.first_y), viewport.y_px(it.last_y)]
    else:
        ys = list(rows_px(sheet, it))
    ends = zip((FIRST_END, LAST_END), ys, strict=True)
    return [_handle(x, float(round(y)), number) for number, y in ends if HEADER_PX <= y <= viewport.height]


def _handle(x: float, y: float, number: int) -> Shape:
    half = HANDLE_PX / 2
    return Box(x - half, y - half, HANDLE_PX, HANDLE_PX, "background", "accent", 2.0, 1.6, ref=Ref(HANDLE, number))


# -- finding ----------------------------------------------------------------------------------------------------------


def found_at(shapes: Iterable[Shape], x: float, y: float) -> Ref | None:
    """The handle or the annotation at this point, the uppermost; a highlight only at its sides."""
    for shape in reversed(tuple(shapes)):
        ref = getattr(shape, "ref", None)
        if ref is not None and ref.kind in (ANNOTATION, HIGHLIGHT, HANDLE) and _holds(shape, x, y):
            return ref  # type: ignore[no-any-return]
    return None


def _holds(shape: Shape, x: float, y: float) -> bool:
    near = 5.0
    kind = getattr(shape, "ref", Ref("", 0)).kind
    if isinstance(shape, Box):
        if kind == HIGHLIGHT and shape.x + _BESIDE_PX < x < shape.x + shape.width - _BESIDE_PX:
            return False
        slack = 4.0 if kind == HANDLE else 0.0
        return shape.x - slack <= x <= shape.x + shape.width + slack and (
            shape.y - slack <= y <= shape.y + shape.height + slack
        )
    if isinstance(shape, Line | Arrow):
        left, right = sorted((shape.x1, shape.x2))
        top, bottom = sorted((shape.y1, shape.y2))
        return left - near <= x <= right + near and top - near <= y <= bottom + near
    if isinstance(shape, Text) and shape.anchor is Anchor.START:
        return shape.x - near <= x <= shape.x + 0.62 * shape.size * len(shape.text) and (
            shape.y - shape.size <= y <= shape.y + near
        )
    return False


def beside(notes: Placements) -> Beside:
    """What these annotations need at the right of a ladder."""
    texts = 0.0
    for it in notes.all:
        if it.annotation.kind is Kind.NOTE or (it.annotation.kind is not Kind.DIM and it.annotation.text):
            texts = CARD_WIDTHS[0]
            break
        if it.annotation.kind in IN_LANES:
            texts = TIME_WIDTH
    return Beside(notes.lanes, texts)
