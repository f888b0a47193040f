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

from ladderview.ladder.annotation_rows import IN_LANES, Placed
from ladderview.ladder.annotations import Kind
from ladderview.ladder.columns import CARD_WIDTHS, TIME_WIDTH
from ladderview.ladder.note_text import LINE_PX, Lines, broken
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.times import duration_text
from ladderview.ladder.viewport import HEADER_PX

#: Inside a note, left and right; above and below its lines.
PAD_X, PAD_Y = 10.0, 7.0

#: Height of the measured time over a bracket's text, and its font size.
DURATION_PX, DURATION_SIZE = 17.0, 13.0

#: Between two texts; how far a text may stand from its row; how far over its row a note begins.
GAP_PX, FARTHEST_PX, OVER_ROW_PX = 6.0, 120.0, 16.0

#: The smallest size that a person can give a note.
SMALLEST_WIDTH, SMALLEST_HEIGHT = 48.0, LINE_PX + 2 * PAD_Y

#: Pixels above the view from which texts are stacked where there are very many.
_LOOK_BACK_PX, _MANY = 4000.0, 2000


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
    """The cards that are in view, in the order of their rows."""
    height = sheet.viewport.height
    below = -np.inf
    for card in sorted(_wanted(sheet), key=lambda card: (card.y, card.place)):
        y, marker = card.y, card.as_marker
        if not marker and not (card.it.annotation.dx or card.it.annotation.dy):
            y = max(card.y, below + GAP_PX)
            marker = y - card.y > FARTHEST_PX
            below = below if marker else y + card.height
        low, high = (card.row_y - 8, card.row_y + 8) if marker else (y, y + card.height)
        if high >= HEADER_PX - 40 and low <= height + 40:
            yield replace(card, y=y, as_marker=marker)


def _wanted(sheet: Sheet) -> Iterator[Card]:
    """Every card where it would stand if it were alone."""
    notes, viewport = sheet.notes, sheet.viewport
    first = 0
    if len(notes) > _MANY:
        first = int(np.searchsorted(notes.first_y, viewport.y_at(-_LOOK_BACK_PX)))
        last = int(np.searchsorted(notes.first_y, viewport.y_at(viewport.height + _LOOK_BACK_PX)))
    else:
        last = len(notes)
    for place in range(first, last):
        it = notes.all[place]
        one = it.annotation
        if one.kind is Kind.NOTE or one.kind in IN_LANES or (one.kind is Kind.HIGHLIGHT and one.text):
            yield card_alone(sheet, place)


def card_alone(sheet: Sheet, place: int) -> Card:
    """The card of one annotation where nothing else stands in its way."""
    it, columns, viewport = sheet.notes.all[place], sheet.columns, sheet.viewport
    one = it.annotation
    is_note = one.kind is Kind.NOTE
    pad = PAD_X if is_note else 0.0
    room = columns.card_width if columns.card_width > TIME_WIDTH or not is_note else 0.0
    text = one.text if is_note or room > TIME_WIDTH else ""
    asked = max(one.width, SMALLEST_WIDTH) if one.width else room or CARD_WIDTHS[0]
    width = min(asked, columns.width - 16.0, room if room and not one.dx else asked)
    most = max(1, int((one.height - 2 * PAD_Y) // LINE_PX)) if one.height else 30
    lines = broken(text, width - 2 * pad, sheet.measure, most) if text else Lines((), 0.0)
    duration = duration_text(it.duration_ns) if one.kind in IN_LANES else ""
    if not one.width:
        own = max(lines.width, sheet.measure(duration, DURATION_SIZE, True, False)) + 2 * pad
        width = min(width, max(own, SMALLEST_WIDTH if is_note else 0.0))
    height = lines.height + (2 * PAD_Y if is_note else 0.0) + (DURATION_PX if duration else 0.0)
    height = max(height, one.height) if is_note else height
    row_y = float(round(viewport.y_px(it.first_y)))
    y = row_y - OVER_ROW_PX if is_note else _beside(sheet, it, height)
    x = min(max((columns.card_x if room else columns.width - width - 8.0) + one.dx, 4.0), columns.width - width - 4.0)
    hidden = room <= 0 and is_note and not one.dx
    return Card(place, it, x, y + one.dy, width, height, lines, duration, row_y, hidden)


def _beside(sheet: Sheet, it: Placed, height: float) -> float:
    """The top of a text in the middle of what is seen of its bracket."""
    viewport = sheet.viewport
    top, bottom = viewport.y_px(it.first_y), viewport.y_px(it.last_y)
    seen_top, seen_bottom = max(top, HEADER_PX + 6), min(bottom, viewport.height - 6)
    if seen_bottom - seen_top >= height:
        top, bottom = seen_top, seen_bottom
    return float(round((top + bottom - height) / 2))
