"""What does a page look like that is taken away: title, ladder, legend, and a foot that says what it is?

Plan: the ladder is drawn as everywhere (``layout.whole``) and stands between a head and a foot that are measured in
*page pixels*. A slide is 1280 by 720 page pixels; ``unit`` tells how many logical pixels of the ladder one of them is,
so a ladder can be drawn larger or smaller while its title stays as large as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ladderview.analysis.step_labels import LAYERS
from ladderview.ladder.annotation_rows import NO_PLACEMENTS, Placements
from ladderview.ladder.annotation_shapes import beside
from ladderview.ladder.header import BOX_HEIGHT, BOX_TOP
from ladderview.ladder.label_fit import elided
from ladderview.ladder.layout import CAPTION_ROOM_PX, note_heights, whole, whole_height
from ladderview.ladder.moving import moved
from ladderview.ladder.pages import Height, Rows, pages_of
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Anchor, Arrow, Box, Drawing, Line, Ref, Shape, Text
from ladderview.ladder.sheet import Marks
from ladderview.ladder.text_width import Measure, table_measure
from ladderview.ladder.viewport import HEADER_PX

#: Page pixels: baselines and sizes of title and subtitle, and the height of both.
TITLE_Y, TITLE_SIZE = 64.0, 26.0
SUBTITLE_Y, SUBTITLE_SIZE = 92.0, 14.0
HEAD_ROOM = 106.0

#: Page pixels from the lower edge: the rule above the foot, the baseline of its texts, and their size.
RULE_UP, FOOT_UP, FOOT_SIZE = 52.0, 26.0, 12.0

#: Page pixels: a stroke of the legend, between it and its word, and between two entries.
STROKE, STROKE_GAP, ENTRY_GAP = 28.0, 8.0, 28.0

CONTINUED_SIZE = 11.0

#: Units beyond the last row of a page that a bracket reaches which goes on on the next.
CUT_UNITS = 0.6

#: Page pixels between the texts of annotations and the foot.
UNDER_NOTES = 10.0

#: What ``Ref`` calls the triangles that unfold and fold.
_TO_CLICK = frozenset({"fold", "unfolded"})

_LAYER_WORDS = {"tcp": "TCP", "tls": "TLS", "http": "HTTP"}


@dataclass(frozen=True, slots=True)
class PageStyle:
    """What all pages of an export have in common.

    Attributes:
        width: logical pixels.
        height: logical pixels; 0 for a page as high as its rows.
        unit: logical pixels of a page pixel.
        margin: page pixels at the left and the right.
        title, subtitle: at the head, or empty.
        foot: what the page is of, or empty; the page's number is added.
        legend: tell what the colours mean.
        header: the endpoint boxes.
        marks: what is selected, and how times are told.
        notes: the annotations.
    """

    width: float
    height: float = 0.0
    unit: float = 1.0
    margin: float = 0.0
    title: str = ""
    subtitle: str = ""
    foot: str = ""
    legend: bool = True
    header: bool = True
    marks: Marks = field(default_factory=Marks)
    notes: Placements = NO_PLACEMENTS

    @property
    def head_px(self) -> float:
        """Logical pixels above the ladder."""
        if not self.title and not self.subtitle:
            return 0.0
        return (HEAD_ROOM if self.subtitle else HEAD_ROOM - 18) * self.unit

    @property
    def foot_px(self) -> float:
        """Logical pixels below the ladder."""
        return RULE_UP * self.unit if self.foot or self.legend else 0.0

    @property
    def ladder_width(self) -> float:
        """Logical pixels between the margins."""
        return self.width - 2 * self.margin * self.unit

    @property
    def raised_px(self) -> float:
        """By how much the ladder stands higher because it has no endpoint boxes."""
        return 0.0 if self.header else HEADER_PX - 20.0


def break_pages(
    plan: LadderPlan, rows: Rows, style: PageStyle, highest: float = 0.0, measure: Measure = table_measure
) -> list[Rows]:
    """The rows of each page; ``highest`` logical pixels, where pages are as high as their rows."""
    room = (style.height or highest) - style.head_px - style.foot_px + CAPTION_ROOM_PX + style.raised_px
    return pages_of(plan, rows, room, _height_with_notes(plan, style, measure))


def page_height(plan: LadderPlan, rows: Rows, style: PageStyle, measure: Measure) -> float:
    """Logical pixels of a page with these rows."""
    if style.height:
        return style.height
    ladder = _height_with_notes(plan, style, measure)(plan, rows)
    return round(style.head_px + ladder - CAPTION_ROOM_PX - style.raised_px + style.foot_px)


def _height_with_notes(plan: LadderPlan, style: PageStyle, measure: Measure) -> Height:
    """The height of rows, or that of the texts of their annotations, where those are higher."""
    notes = style.notes
    heights = note_heights(plan, style.ladder_width, style.marks, measure, notes, beside(notes))
    firsts, lasts = (np.array([getattr(it, end) for it in notes.all], np.int64) for end in ("first", "last"))

    def height_of(plan: LadderPlan, rows: Rows) -> float:
        texts = float(heights[(firsts < rows[1]) & (lasts >= rows[0])].sum())
        return max(whole_height(plan, rows), HEADER_PX + texts + CAPTION_ROOM_PX + UNDER_NOTES * style.unit)

    return height_of


def draw_page(
    plan: LadderPlan, rows: Rows, style: PageStyle, number: int = 1, of: int = 1, measure: Measure = table_measure
) -> Drawing:
    """One page; ``number`` counts from 1. The columns of all pages are the same, with annotations or without."""
    height, raised = page_height(plan, rows, style, measure), style.head_px - style.raised_px
    ladder = whole(
        plan,
        width=style.ladder_width,
        rows=rows,
        marks=style.marks,
        measure=measure,
        notes=notes_of_page(plan, rows, style.notes),
        room=beside(style.notes),
        floor_px=height - style.foot_px - UNDER_NOTES * style.unit - raised,
    )
    shapes: Iterable[Shape] = ladder.shapes if style.header else _without_header(ladder.shapes)
    shapes = [shape for shape in shapes if _is_for_readers(shape)]
    dx, dy = style.margin * style.unit, raised
    if dx or dy:
        shapes = [moved(shape, dx, dy) for shape in shapes]
    if style.height or not style.header or of > 1:
        shapes = _within(shapes, style.head_px, height - style.foot_px - 4 * style.unit)
    parts = [*shapes, *_head(style, measure), *_foot(plan, rows, style, height, measure, number=number, of=of)]
    if of > 1:
        parts += _continued(style, shapes, height, measure, number=number, of=of)
    return Drawing(style.width, height, tuple(parts))


def notes_of_page(plan: LadderPlan, rows: Rows, notes: Placements) -> Placements:
    """The annotations of these rows; what reaches further is cut half a row beyond them and goes on elsewhere."""
    first, end = rows
    if not len(notes) or rows == (0, len(plan)):
        return notes
    kept = []
    for it in notes.all:
        if it.last < first or it.first >= end:
            continue
        first_y = it.first_y if it.first >= first else plan.axis.y_of(first) - CUT_UNITS
        last_y = it.last_y if it.last < end else plan.axis.y_of(end - 1) + CUT_UNITS
        here = replace(it, first=max(it.first, first), last=min(it.last, end - 1), first_y=first_y, last_y=last_y)
        kept.append(here)
    ys = np.array([(it.first_y, it.last_y) for it in kept]).reshape(len(kept), 2)
    return Placements(tuple(kept), ys[:, 0], ys[:, 1], notes.lanes)


def _is_for_readers(shape: Shape) -> bool:
    """Not what is there to be clicked, nor what only hides what scrolls under it."""
    ref = getattr(shape, "ref", None)
    if isinstance(shape, Box):
        return shape.fill != "background" or bool(shape.stroke)
    return not (isinstance(shape, Arrow) and ref is not None and ref.kind in _TO_CLICK)


def _without_header(shapes: Iterable[Shape]) -> Iterator[Shape]:
    for shape in shapes:
        ref = getattr(shape, "ref", None)
        above = isinstance(shape, Line) and shape.key == "lifeline" and shape.y1 == BOX_TOP + BOX_HEIGHT
        if not above and (ref is None or ref.kind != "endpoint"):
            yield shape


def _within(shapes: Iterable[Shape], top: float, bottom: float) -> list[Shape]:
    """Lifelines and bands reach to the foot of their page, and no further."""
    kept: list[Shape] = []
    for shape in shapes:
        if isinstance(shape, Line) and shape.key == "lifeline" and shape.x1 == shape.x2:
            kept.append(replace(shape, y1=max(shape.y1, top), y2=min(shape.y2, bottom)))
        elif isinstance(shape, Box) and shape.ref is not None and shape.ref.kind == "band":
            y, end = max(shape.y, top), min(shape.y + shape.height, bottom)
            if end > y:
                kept.append(replace(shape, y=y, height=end - y))
        else:
            kept.append(shape)
    return kept


def _head(style: PageStyle, measure: Measure) -> list[Shape]:
    unit = style.unit
    x, room = max(style.margin, 16.0) * unit, style.width - 2 * max(style.margin, 16.0) * unit
    found: list[Shape] = []
    for words, y, size, key, bold, kind in (
        (style.title, TITLE_Y, TITLE_SIZE, "text", True, "title"),
        (style.subtitle, SUBTITLE_Y, SUBTITLE_SIZE, "muted", False, "subtitle"),
    ):
        if words:
            shown = elided(words, room, measure, size * unit, bold=bold)
            found.append(Text(x, y * unit, shown, key, size * unit, bold, ref=Ref(kind, 0)))
    return found


def legend_entries(plan: LadderPlan) -> list[tuple[str, str]]:
    """Theme key and word of each colour that the arrows of a ladder have."""
    used = [name for number, name in enumerate(LAYERS) if bool((plan.layer == number).any())]
    entries = [(name, _LAYER_WORDS[name]) for name in used]
    if bool(plan.trouble.any()) or len(plan.missing.rows):
        entries.append(("trouble", "trouble"))
    return entries


def _foot(
    plan: LadderPlan, rows: Rows, style: PageStyle, height: float, measure: Measure, *, number: int, of: int
) -> list[Shape]:
    if not style.foot_px:
        return []
    unit = style.unit
    left, right = max(style.margin, 16.0) * unit, style.width - max(style.margin, 16.0) * unit
    found: list[Shape] = [Line(left, height - RULE_UP * unit, right, height - RULE_UP * unit, "border", unit)]
    x, y, size = left, height - FOOT_UP * unit, FOOT_SIZE * unit
    for key, words in legend_entries(plan) if style.legend else ():
        found.append(Line(x, y - 4 * unit, x + STROKE * unit, y - 4 * unit, key, 2.5 * unit))
        x += (STROKE + STROKE_GAP) * unit
        found.append(Text(x, y, words, "muted", size))
        x += measure(words, size, False, False) + ENTRY_GAP * unit
    if style.foot:
        words = " · ".join(
            part for part in (style.foot, packets_text(plan, rows), f"{number} of {of}" if of > 1 else "") if part
        )
        found.append(
            Text(right, y, elided(words, right - x, measure, size), "muted", size, anchor=Anchor.END),
        )
    return found


def packets_text(plan: LadderPlan, rows: Rows) -> str:
    """The packets of these rows: "packets 7–27"."""
    first, end = rows
    if end <= first:
        return ""
    low, high = int(plan.first_packet[first:end].min()) + 1, int(plan.last_packet[first:end].max()) + 1
    return f"packet {low}" if low == high else f"packets {low}–{high}"


def _continued(
    style: PageStyle, shapes: Sequence[Shape], height: float, measure: Measure, *, number: int, of: int
) -> Iterator[Shape]:
    """What tells that the ladder began on a page before, and goes on on the next."""
    lifelines = [shape.x1 for shape in shapes if isinstance(shape, Line) and shape.key == "lifeline"]
    x = (min(lifelines) + max(lifelines)) / 2 if lifelines else style.width / 2
    if number > 1:
        words = f"continued from page {number - 1}"
        half = measure(words, CONTINUED_SIZE, False, False) / 2 + 8
        y = style.head_px + (BOX_TOP + BOX_HEIGHT / 2 + 4 if style.header else 12.0)
        boxes = [shape for shape in shapes if isinstance(shape, Box) and shape.ref and shape.ref.kind == "endpoint"]
        if not any(box.x < x + half and box.x + box.width > x - half for box in boxes):
            yield Text(x, y, words, "muted", CONTINUED_SIZE, anchor=Anchor.MIDDLE)
    if number < of:
        y = height - style.foot_px - 8.0
        yield Text(x, y, f"continues on page {number + 1}", "muted", CONTINUED_SIZE, anchor=Anchor.MIDDLE)
