from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from ladderview.ladder.anchoring import anchor_of
from ladderview.ladder.annotation_rows import Placements, placements_of
from ladderview.ladder.annotations import Annotation, Annotations, Kind
from ladderview.ladder.bands import NO_BANDS, BandWords
from ladderview.ladder.page import PageStyle, break_pages, draw_page, notes_of_page
from ladderview.ladder.shapes import Arrow, Box, Drawing, Line, Phrase, Text
from ladderview.ladder.text_width import table_measure
from tests.ladder import make

LONG = make.plan(make.long_rows(60))
TROUBLE = make.plan(make.TROUBLE)
SLIDE = PageStyle(1000, 562, unit=0.78, margin=40, title="A title", subtitle="and more", foot="a.pcap")


def texts(shapes: object) -> list[str]:
    return [shape.text for shape in shapes if isinstance(shape, Text)]  # type: ignore[attr-defined]


def placed(*reach: tuple[Kind, int, int]) -> Placements:
    made = []
    for number, (kind, first, last) in enumerate(reach):
        anchors = [anchor_of(LONG, row) for row in dict.fromkeys((first, last))]
        made.append(Annotation(f"a{number}", kind, tuple(anchors), text=f"text {number}"))
    return placements_of(LONG, Annotations(tuple(made)))


def test_every_page_has_head_foot_number_and_the_marks_of_what_goes_on() -> None:
    pages = break_pages(LONG, (0, 60), SLIDE)
    assert len(pages) > 3
    for number, rows in enumerate(pages, 1):
        said = texts(draw_page(LONG, rows, SLIDE, number, len(pages)).shapes)
        assert {"A title", "and more", "TCP"} <= set(said)
        first, last = (f"{LONG.first_packet[row] + 1}" for row in (rows[0], rows[1] - 1))
        assert f"a.pcap · packets {first}–{last} · {number} of {len(pages)}" in said
        assert (f"continued from page {number - 1}" in said) is (number > 1)
        assert (f"continues on page {number + 1}" in said) is (number < len(pages))


@pytest.mark.parametrize("style", [SLIDE, PageStyle(700, 990, unit=0.8, margin=30, title="T", foot="f")])
def test_nothing_leaves_its_page_and_no_label_its_ladder(style: PageStyle) -> None:
    for rows in break_pages(LONG, (0, 60), style):
        drawing = draw_page(LONG, rows, style)
        bottom = style.height - style.foot_px
        arrows = [shape for shape in drawing.shapes if isinstance(shape, Arrow)]
        assert len(arrows) == rows[1] - rows[0]
        for arrow in arrows:
            assert style.head_px < min(arrow.y1, arrow.y2)
            assert max(arrow.y1, arrow.y2) < bottom
        for shape in drawing.shapes:
            if isinstance(shape, Phrase):
                assert shape.x - shape.width / 2 >= 0
                assert shape.x + shape.width / 2 <= style.width
            if isinstance(shape, Line):
                assert max(shape.y1, shape.y2) <= style.height


def test_a_phase_that_goes_on_ends_with_its_page() -> None:
    first = np.array([0], np.int64)
    words = BandWords("Exchange", "GET", "1 ms")
    bands = replace(
        NO_BANDS,
        first=first,
        end=first + 60,
        key=np.zeros(1, np.uint8),
        begin_ns=LONG.ts_ns[:1],
        phase=first,
        words=lambda band: words,
    )
    plan = replace(LONG, bands=bands)
    for rows in break_pages(plan, (0, 60), SLIDE):
        drawing = draw_page(plan, rows, SLIDE, 2, 9)
        (box,) = [
            shape for shape in drawing.shapes if isinstance(shape, Box) and shape.ref and shape.ref.kind == "band"
        ]
        assert SLIDE.head_px <= box.y
        assert box.y + box.height < SLIDE.height - SLIDE.foot_px


def test_without_header_the_ladder_stands_higher() -> None:
    tall, low = (PageStyle(900, header=header) for header in (True, False))
    with_header, without = (draw_page(TROUBLE, (0, 13), style) for style in (tall, low))
    assert without.height < with_header.height - 30
    assert "Client" not in str(without.shapes)
    assert min(shape.y1 for shape in without.shapes if isinstance(shape, Arrow)) > 0


def test_the_legend_names_the_colours_that_are_there() -> None:
    assert "trouble" in texts(draw_page(TROUBLE, (0, 13), PageStyle(900)).shapes)
    calm = make.plan(make.HANDSHAKE[:3])
    assert "trouble" not in texts(draw_page(calm, (0, len(calm)), PageStyle(900)).shapes)
    assert "TCP" not in texts(draw_page(calm, (0, len(calm)), PageStyle(900, legend=False)).shapes)


@pytest.mark.parametrize(
    ("reach", "rows", "kept"),
    [
        ((Kind.NOTE, 5, 5), (0, 10), (5, 5)),
        ((Kind.NOTE, 5, 5), (10, 20), None),
        ((Kind.BRACKET, 5, 15), (0, 10), (5, 9)),
        ((Kind.BRACKET, 5, 15), (10, 20), (10, 15)),
        ((Kind.BRACKET, 5, 35), (10, 20), (10, 19)),
        ((Kind.MEASURE, 12, 15), (0, 10), None),
        ((Kind.HIGHLIGHT, 9, 10), (10, 20), (10, 10)),
    ],
)
def test_a_page_has_the_annotations_of_its_rows(
    reach: tuple[Kind, int, int], rows: tuple[int, int], kept: tuple[int, int] | None
) -> None:
    found = notes_of_page(LONG, rows, placed(reach))
    assert [(it.first, it.last) for it in found.all] == ([] if kept is None else [kept])
    for it in found.all:
        assert it.first_y >= LONG.axis.y_of(rows[0]) - 1
        assert it.last_y <= LONG.axis.y_of(rows[1] - 1) + 1


def test_an_annotation_is_drawn_once_where_it_is_on_one_page() -> None:
    notes = placed((Kind.NOTE, 5, 5))
    style = PageStyle(1000, 562, unit=0.78, title="A title", notes=notes)
    pages = break_pages(LONG, (0, 60), style)
    drawn = [draw_page(LONG, rows, style, measure=table_measure) for rows in pages]
    assert ["text 0" in texts(drawing.shapes) for drawing in drawn] == [rows[0] <= 5 < rows[1] for rows in pages]


def test_all_pages_have_the_columns_of_the_one_with_a_note() -> None:
    style = PageStyle(1000, 562, unit=0.78, title="A title", notes=placed((Kind.NOTE, 5, 5), (Kind.MEASURE, 2, 8)))
    pages = break_pages(LONG, (0, 60), style)
    assert len(pages) > 2
    columns = [
        {
            shape.x1
            for shape in draw_page(LONG, rows, style).shapes
            if isinstance(shape, Line) and shape.key == "lifeline"
        }
        for rows in pages
    ]
    assert columns == [columns[0]] * len(pages)
    assert max(columns[0]) < 760  # and there is room for it


def boxes_of_notes(drawing: Drawing) -> list[Box]:
    found = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.fill == "note"]
    return sorted(found, key=lambda box: box.y)


@pytest.mark.parametrize("height", [562.0, 0.0])
def test_notes_have_room_on_their_page_and_none_is_hidden(height: float) -> None:
    said = "A note of many words, which take more lines than there is room beside one row. " * 3
    made = [
        Annotation(f"n{row}", Kind.NOTE, (anchor_of(LONG, row),), text=said, style="yellow") for row in range(50, 60)
    ]
    style = PageStyle(
        1000, height, unit=0.78, title="A title", foot="f", notes=placements_of(LONG, Annotations(tuple(made)))
    )
    pages = break_pages(LONG, (0, 60), style, 4000)
    found = []
    for rows in pages:
        drawing = draw_page(LONG, rows, style)
        boxes = boxes_of_notes(drawing)
        assert all(box.y >= style.head_px for box in boxes)
        assert all(box.y + box.height < drawing.height - style.foot_px for box in boxes)
        assert all(above.y + above.height < below.y for above, below in pairwise(boxes))
        found += boxes
        assert all(len(f"{shape.text}") > 2 for shape in drawing.shapes if isinstance(shape, Text))
    assert len(found) == 10
    assert min(box.height for box in found) > 100


def test_there_is_nothing_to_click() -> None:
    shapes = draw_page(TROUBLE, (0, 13), PageStyle(900)).shapes
    assert not [shape for shape in shapes if isinstance(shape, Arrow) and shape.ref and shape.ref.kind == "fold"]
    assert not [shape for shape in shapes if isinstance(shape, Box) and shape.fill == "background" and not shape.stroke]
