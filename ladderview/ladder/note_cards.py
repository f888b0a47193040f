"""Where does the text of each annotation stand, so that it covers no label and no other text?

Plan: texts stand in a column at the right of the ladder, each as near to its row as those before it leave room; a
bracket's in the middle of what is seen of it. One that would stand too far from its row is left to a marker, as all are
where there is no room for the column. Texts that a person moved stand where they were put. All of them are asked, not
only those in view: scrolling moves nothing against its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.words import short_duration
from ladderview.ladder.annotation_rows import IN_LANES, Placed
from ladderview.ladder.annotations import Annotation, Kind
from ladderview.ladder.columns import CARD_WIDTHS, TIME_WIDTH
from ladderview.ladder.note_text import LINE_PX, MOST_LINES, Lines, broken
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.viewport import HEADER_PX

#: Inside a note, left and right; above and below its lines.
PAD_X, PAD_Y = 10.0, 7.0

#: Height of the measured time over a bracket's text, and its font size.
DURATION_PX, DURATION_SIZE = 17.0, 13.0

#: Between two texts; how far a text may stand from its row; how far over its row a note begins.
GAP_PX, FARTHEST_PX, OVER_ROW_PX = 6.0, 120.0, 16.0

#: The smallest size that a person can give a note.
SMALLEST_WIDTH, SMALLEST_HEIGHT = 48.0, LINE_PX + 2 * PAD_Y

#: The size of a marker that stands for notes without room.
MARKER_PX = 13.0


@dataclass(frozen=True, slots=True)
class Card:
    """The text of one annotation.

    Attributes:
        place: of the annotation among the ``Placements``.
        it: the annotation.
        x, y, width, height: pixels.
        lines: its text.
        duration: the measured time, or empty.
        row_y: the height that it hangs on, pixels.
        as_marker: it has no room; the marker stands at ``row_y``.
    """

    place: int
    it: Placed
    x: float
    y: float
    width: float
    height: float
    lines: Lines
    duration: str
    row_y: float
    as_marker: bool = False

    @property
    def has_box(self) -> bool:
        """Whether it is drawn as a note, in a box."""
        return self.it.annotation.kind is Kind.NOTE


def cards_of(sheet: Sheet) -> Iterator[Card]:
    """The cards that are in view, in the order in which they stand; of markers at the same pixels only the first."""
    if sheet.floor_px:
        yield from _cards_of_page(sheet)
        return
    notes, viewport = sheet.notes, sheet.viewport
    sizes = _sizes(sheet)
    row_y = np.rint((notes.first_y - viewport.top) * viewport.px_per_unit)
    wanted = np.where(sizes.is_note, row_y - OVER_ROW_PX, _beside(sheet, sizes.height)) + sizes.dy
    first, last = -HEADER_PX, viewport.height + HEADER_PX
    below, marked = -np.inf, set()
    order = np.argsort(wanted, kind="stable")
    order = order[sizes.has_card[order]]
    columns = (wanted, sizes.height, sizes.free, sizes.hidden, row_y)
    for place, y, height, free, hidden, row in zip(
        order.tolist(), *(column[order].tolist() for column in columns), strict=True
    ):
        at, marker = y, hidden
        if not free and not hidden:
            at = max(y, below + GAP_PX)
            marker = at - y > FARTHEST_PX
            below = below if marker else at + height
        if marker:
            chosen = notes.all[place].annotation.id in (sheet.marks.note, sheet.marks.pointed_note)
            if not first <= row <= last or (row // MARKER_PX in marked and not chosen):
                continue
            marked.add(row // MARKER_PX)
        elif at + height < first or at > last:
            continue
        yield _card(sheet, place, at, row, as_marker=marker)


def _cards_of_page(sheet: Sheet) -> Iterator[Card]:
    """All cards of a page: as near to their rows as others leave room, moved up where they would leave its foot.

    What a page cannot hold even so is left to markers.
    """
    notes, viewport, sizes = sheet.notes, sheet.viewport, _sizes(sheet)
    row_y = np.rint((notes.first_y - viewport.top) * viewport.px_per_unit)
    tops = np.where(sizes.is_note, row_y - OVER_ROW_PX, _beside(sheet, sizes.height)) + sizes.dy
    order = np.argsort(tops, kind="stable")
    order = order[sizes.has_card[order]]
    below = HEADER_PX
    for place in order[~sizes.free[order]].tolist():
        tops[place] = below = max(float(tops[place]), below)
        below += float(sizes.height[place]) + GAP_PX
    above = sheet.floor_px
    for place in order[~sizes.free[order]][::-1].tolist():
        tops[place] = above = max(HEADER_PX, min(float(tops[place]), above - float(sizes.height[place])))
        above -= GAP_PX
    below = HEADER_PX
    for place in order.tolist():
        top, free = float(tops[place]), bool(sizes.free[place])
        if free:
            top = max(HEADER_PX, min(top, sheet.floor_px - float(sizes.height[place])))
        lacks_room = not free and (top < below or bool(sizes.hidden[place]))
        below = below if free or lacks_room else top + float(sizes.height[place])
        yield _card(sheet, place, top, float(row_y[place]), as_marker=lacks_room)


def column_heights(sheet: Sheet) -> NDArray[np.float64]:
    """float64 by place: the pixels that each card takes of its column; 0 of what has none, or stands elsewhere."""
    sizes = _sizes(sheet)
    return np.where(sizes.has_card & ~sizes.free & ~sizes.hidden, sizes.height + GAP_PX, 0.0)


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What of all cards does not depend on the part in view; columns by place.

    Attributes:
        is_note, has_card: bool.
        free: bool, moved by a person.
        hidden: bool, only a marker has room.
        height, dy: float64, pixels.
    """

    is_note: NDArray[np.bool_]
    has_card: NDArray[np.bool_]
    free: NDArray[np.bool_]
    hidden: NDArray[np.bool_]
    height: NDArray[np.float64]
    dy: NDArray[np.float64]


def _sizes(sheet: Sheet) -> _Sizes:
    """The sizes of all cards, worked out once for a width; kept with the annotations that they are of."""
    key = (sheet.columns.card_width, sheet.columns.width, sheet.measure)
    known = sheet.notes.sizes.get(key)
    if isinstance(known, _Sizes):
        return known
    ones = [it.annotation for it in sheet.notes.all]
    is_note = np.array([one.kind is Kind.NOTE for one in ones], np.bool_)
    free = np.array([bool(one.dx or one.dy) for one in ones], np.bool_)
    has_card = np.array(
        [
            one.kind is Kind.NOTE or one.kind in IN_LANES or (one.kind is Kind.HIGHLIGHT and bool(one.text))
            for one in ones
        ],
        np.bool_,
    )
    sizes = _Sizes(
        is_note,
        has_card,
        free,
        is_note & ~free & (sheet.columns.card_width <= TIME_WIDTH),
        np.array([_size(sheet, it)[1] for it in sheet.notes.all]),
        np.array([one.dy for one in ones]),
    )
    sheet.notes.sizes.clear()
    sheet.notes.sizes[key] = sizes
    return sizes


def _has_card(one: Annotation) -> bool:
    return one.kind is Kind.NOTE or one.kind in IN_LANES or (one.kind is Kind.HIGHLIGHT and bool(one.text))


def _room(sheet: Sheet, it: Placed) -> float:
    """The pixels of the column that its text may fill; 0 where it has none."""
    room = sheet.columns.card_width
    return room if room > TIME_WIDTH or it.annotation.kind is not Kind.NOTE else 0.0


def _size(sheet: Sheet, it: Placed) -> tuple[float, float, Lines, str]:
    """Width, height, text and measured time of a card."""
    one, room = it.annotation, _room(sheet, it)
    is_note = one.kind is Kind.NOTE
    pad = PAD_X if is_note else 0.0
    text = one.text if is_note or room > TIME_WIDTH else ""
    asked = max(one.width, SMALLEST_WIDTH) if one.width else room or CARD_WIDTHS[0]
    width = min(asked, sheet.columns.width - 16.0, room if room and not one.dx else asked)
    most = max(1, int((one.height - 2 * PAD_Y) // LINE_PX)) if one.height else MOST_LINES
    lines = broken(text, width - 2 * pad, sheet.measure, most) if text else Lines((), 0.0)
    duration = short_duration(it.duration_ns) if one.kind in IN_LANES else ""
    if not one.width:
        own = max(lines.width, sheet.measure(duration, DURATION_SIZE, True, False)) + 2 * pad
        width = min(width, max(own, SMALLEST_WIDTH if is_note else 0.0))
    height = lines.height + (2 * PAD_Y if is_note else 0.0) + (DURATION_PX if duration else 0.0)
    return width, max(height, one.height) if is_note else height, lines, duration


def _card(sheet: Sheet, place: int, y: float, row_y: float, *, as_marker: bool) -> Card:
    it, columns = sheet.notes.all[place], sheet.columns
    width, height, lines, duration = _size(sheet, it)
    from_x = columns.card_x if _room(sheet, it) else columns.width - width - 8.0
    x = min(max(from_x + it.annotation.dx, 4.0), columns.width - width - 4.0)
    return Card(place, it, x, y, width, height, lines, duration, row_y, as_marker)


def opened(card: Card) -> Card:
    """The card of a marker: under its row, over whatever stands there."""
    return replace(card, y=card.row_y + 12, as_marker=False)


def _beside(sheet: Sheet, height: NDArray[np.float64]) -> NDArray[np.float64]:
    """The tops of texts in the middle of what is seen of their brackets."""
    viewport, notes = sheet.viewport, sheet.notes
    top = (notes.first_y - viewport.top) * viewport.px_per_unit
    bottom = (notes.last_y - viewport.top) * viewport.px_per_unit
    seen_top, seen_bottom = np.maximum(top, HEADER_PX + 6), np.minimum(bottom, viewport.height - 6)
    fits = seen_bottom - seen_top >= height
    middle = np.where(fits, seen_top + seen_bottom, top + bottom)
    tops: NDArray[np.float64] = np.rint((middle - height) / 2)
    return tops
