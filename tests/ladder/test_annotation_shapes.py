from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pytest

from ladderview.ladder.annotation_rows import Placements, placements_of
from ladderview.ladder.annotation_shapes import ANNOTATION, HANDLE, HIGHLIGHT, beside, found_at
from ladderview.ladder.annotations import Annotation, Kind
from ladderview.ladder.axis import AXIS_MODES
from ladderview.ladder.columns import NOTHING_BESIDE
from ladderview.ladder.layout import export_width, lay_out, whole
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Arrow, Box, Drawing, Line, Phrase, Text
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from tests.ladder import geometry, make
from tests.ladder.make import HANDSHAKE
from tests.ladder.test_annotation_rows import doc, on

PLAN = make.plan(HANDSHAKE, server_name="example.org")
NOTE = on(PLAN, Kind.NOTE, 10, text="The server timed out\nafter 219 ms: the ACK of #17 was lost.")
BRACKET = on(PLAN, Kind.BRACKET, 0, 4, text="before the request may leave")
MEASURE = on(PLAN, Kind.MEASURE, 8, 9, text="server thinks")
EVERYTHING = (
    NOTE, BRACKET, MEASURE, on(PLAN, Kind.NOTE, 11, text="close to the first"), on(PLAN, Kind.HIGHLIGHT, 3, 4),
    on(PLAN, Kind.DIM, 12, 15), on(PLAN, Kind.NOTE, 0, text="at the very top"), on(PLAN, Kind.NOTE, 15, text="end"),
)  # fmt: skip


def drawn(*annotations: Annotation, width: float = 0.0, plan: LadderPlan = PLAN, **marks: object) -> Drawing:
    notes = placements_of(plan, doc(*annotations))
    width = width or export_width(plan, (0, len(plan)), notes=notes)
    return whole(plan, width=width, notes=notes, marks=Marks(**marks))  # type: ignore[arg-type]


def of(drawing: Drawing, kind: type, ref_kind: str = ANNOTATION) -> list:
    return [shape for shape in drawing.shapes if isinstance(shape, kind) and shape.ref and shape.ref.kind == ref_kind]


def texts(drawing: Drawing) -> list[str]:
    return [shape.text for shape in of(drawing, Text)]


# -- what is drawn ----------------------------------------------------------------------------------------------------


def test_a_note_is_a_box_with_its_text_and_a_line_to_its_row() -> None:
    drawing = drawn(NOTE)
    (box,), (leader,) = of(drawing, Box), of(drawing, Line)
    assert texts(drawing)[0] == "The server timed out"
    row_y = next(shape.y for shape in drawing.shapes if isinstance(shape, Text) and shape.text == "#413") - 4
    assert (leader.y1, leader.y2) == (row_y, row_y)
    assert leader.x2 == box.x > end_of_numbers(drawing)


def end_of_numbers(drawing: Drawing) -> float:
    """The right end of the packet numbers."""
    rects = [rect for rect in geometry.text_rects(drawing) if rect.what.startswith("#4")]
    return max(rect.right for rect in rects)


def test_a_bracket_tells_how_long_it_took() -> None:
    drawing = drawn(BRACKET)
    assert texts(drawing)[0] == "87 ms"
    upright = next(line for line in of(drawing, Line) if line.x1 == line.x2)
    rows = [shape.y - 4 for shape in drawing.shapes if isinstance(shape, Text) and shape.text in ("#403", "#407")]
    assert [upright.y1, upright.y2] == rows


def test_a_measure_has_a_head_at_both_ends() -> None:
    assert sorted(np.sign(arrow.y2 - arrow.y1) for arrow in of(drawn(MEASURE), Arrow)) == [-1, 1]


def test_a_highlight_lies_behind_the_arrows_and_covers_their_labels() -> None:
    drawing = drawn(on(PLAN, Kind.HIGHLIGHT, 3, 4))
    (box,) = of(drawing, Box, HIGHLIGHT)
    kinds = [type(shape) for shape in drawing.shapes]
    assert drawing.shapes.index(box) < kinds.index(Arrow)
    inside = [rect for rect in geometry.text_rects(drawing) if rect.what.startswith("[") and rect.ref.row in (3, 4)]
    assert len(inside) == 2
    assert all(box.y <= rect.top and rect.bottom <= box.y + box.height for rect in inside)


def test_dimmed_rows_are_pale_and_whole() -> None:
    plain, drawing = drawn(), drawn(on(PLAN, Kind.DIM, 12, 15))
    pale = [shape for shape in drawing.shapes if isinstance(shape, Arrow) and shape.key == "dim"]
    assert [shape.ref.row for shape in pale] == [12, 13, 14, 15]
    said = [sum(isinstance(shape, Text | Phrase) for shape in one.shapes) for one in (plain, drawing)]
    assert said[0] == said[1]
    assert all(shape.key != "dim" for shape in drawing.shapes if isinstance(shape, Arrow) and shape.ref.row < 12)


def test_the_chosen_one_has_handles() -> None:
    assert len(of(drawn(NOTE, note=NOTE.id), Box, HANDLE)) == 2
    assert len(of(drawn(BRACKET, note=BRACKET.id), Box, HANDLE)) == 2
    assert not of(drawn(NOTE), Box, HANDLE)


# -- where it stands --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [0.0, 1600.0, 900.0, 700.0, 560.0, 480.0, 420.0])
@pytest.mark.parametrize("swapped", [False, True])
def test_nothing_covers_a_text_and_nothing_is_cut_off(width: float, swapped: bool) -> None:
    drawing = drawn(*EVERYTHING, width=width, swapped=swapped)
    notes = [(shape.x, shape.y, shape.x + shape.width, shape.y + shape.height) for shape in of(drawing, Box)]
    own = [rect for rect in geometry.text_rects(drawing) if rect.ref is None or rect.ref.kind != ANNOTATION]
    for left, top, right, bottom in notes:
        covered = [
            rect.what for rect in own
            if rect.left < right and left < rect.right and rect.top < bottom and top < rect.bottom
        ]  # fmt: skip
        assert not covered
        assert left >= 0
        assert right <= drawing.width
    assert not [pair for pair in geometry.overlaps(drawing) if "pill" not in pair]
    assert not geometry.beyond_the_edges(drawing)


@pytest.mark.parametrize("axis", AXIS_MODES)
@pytest.mark.parametrize("zoom", [6.0, 20.0, 42.0, 90.0])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_note_stays_at_its_packet(axis: str, zoom: float, swapped: bool) -> None:
    plan = make.plan(HANDSHAKE, axis=axis)
    notes = placements_of(plan, doc(NOTE))
    viewport = Viewport(900, 600, plan.axis.y_of(10) - 300 / zoom, zoom)
    drawing = lay_out(plan, viewport, Marks(swapped=swapped), notes=notes)
    (leader,) = of(drawing, Line)
    assert leader.y1 == pytest.approx(300, abs=1)


@pytest.mark.parametrize("scroll", [0.0, 7.0, 131.0, 260.0])
def test_scrolling_moves_no_note_against_its_row(scroll: float) -> None:
    notes = placements_of(PLAN, doc(*(on(PLAN, Kind.NOTE, row, text="a note " * 8) for row in range(4, 12))))

    def boxes(top_px: float) -> dict[int, tuple[float, float]]:
        viewport = Viewport(1000, 500, (top_px - 100) / 42, 42)
        drawing = lay_out(PLAN, viewport, Marks(), notes=notes)
        return {box.ref.row: (box.y + top_px, box.height) for box in of(drawing, Box)}

    before, after = boxes(0.0), boxes(scroll)
    common = before.keys() & after.keys()
    assert len(common) >= 2
    assert all(before[place] == after[place] for place in common)


def test_a_note_stays_where_a_person_put_it() -> None:
    moved = on(PLAN, Kind.NOTE, 10, text="x", dx=-300.0, dy=50.0)
    (before,), (after,) = of(drawn(on(PLAN, Kind.NOTE, 10, text="x")), Box), of(drawn(moved), Box)
    assert (after.x - before.x, after.y - before.y) == (-300.0, 50.0)


def test_a_note_is_as_large_as_a_person_made_it() -> None:
    (box,) = of(drawn(on(PLAN, Kind.NOTE, 10, text="x", width=120.0, height=90.0)), Box)
    assert (box.width, box.height) == (120.0, 90.0)


def test_where_there_is_no_room_a_marker_stands_for_the_note_and_opens() -> None:
    closed = drawn(NOTE, width=460.0)
    assert not texts(closed)
    assert len(of(closed, Box)) == 1
    assert "The server timed out" in texts(drawn(NOTE, width=460.0, pointed_note=NOTE.id))


def test_the_time_of_a_bracket_is_told_in_any_width() -> None:
    assert texts(drawn(BRACKET, width=420.0)) == ["87 ms"]


def test_without_annotations_nothing_changes() -> None:
    assert beside(placements_of(PLAN, doc())) == NOTHING_BESIDE
    assert drawn() == whole(PLAN, width=export_width(PLAN, (0, len(PLAN))), marks=Marks())


# -- finding ----------------------------------------------------------------------------------------------------------


def test_each_is_found_where_it_is_drawn() -> None:
    drawing = drawn(*EVERYTHING)
    notes = placements_of(PLAN, doc(*EVERYTHING))
    for box in of(drawing, Box):
        ref = found_at(drawing.shapes, box.x + box.width / 2, box.y + box.height / 2)
        assert ref == box.ref
    upright = next(line for line in of(drawing, Line) if line.x1 == line.x2 and line.ref.row == place(notes, BRACKET))
    assert found_at(drawing.shapes, upright.x1 + 3, upright.y1 + 30) == upright.ref
    (highlight,) = of(drawing, Box, HIGHLIGHT)
    assert found_at(drawing.shapes, highlight.x + 4, highlight.y + 20) == highlight.ref
    assert found_at(drawing.shapes, highlight.x + 100, highlight.y + 20) is None  # there are arrows to click


def place(notes: Placements, annotation: Annotation) -> int:
    return notes.place_of(annotation.id)


# -- many -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many() -> tuple[LadderPlan, Placements]:
    plan = make.plan(make.long_rows(99_000))
    rows = np.linspace(0, len(plan) - 30, 500).astype(int).tolist()
    kinds = (Kind.NOTE, Kind.NOTE, Kind.BRACKET, Kind.HIGHLIGHT, Kind.MEASURE)
    annotations = []
    for at, row in enumerate(rows):
        kind = kinds[at % len(kinds)]
        ends = (row,) if kind is Kind.NOTE else (row, row + 20)
        annotations.append(on(plan, kind, *ends, text=f"note {at}\nwith a second line of text"))
    return plan, placements_of(plan, doc(*annotations))


@pytest.mark.parametrize("zoom", [0.005, 0.05, 0.5, 3.0, 42.0])
def test_five_hundred_on_a_hundred_thousand_arrows_are_quick(many: tuple[LadderPlan, Placements], zoom: float) -> None:
    """The budget of a frame is 16 ms for everything; this is processor time, which other work hardly changes."""
    plan, notes = many
    viewport = Viewport(1200, 1000, plan.axis.height / 2 - 500 / zoom, zoom)

    def took(shown: Placements) -> float:
        times = []
        for _ in range(5):
            begin = time.process_time()
            lay_out(plan, viewport, Marks(), notes=shown)
            times.append(time.process_time() - begin)
        return min(times)

    assert took(notes) - took(placements_of(plan, doc())) < 0.016


def test_many_notes_at_one_place_are_cards_and_markers_and_cover_nothing() -> None:
    annotations = [on(PLAN, Kind.NOTE, row % 16, text=f"{row}: many words in a note") for row in range(60)]
    crowd = [Annotation(f"n{at}", one.kind, one.anchors, text=one.text) for at, one in enumerate(annotations)]
    boxes = of(drawn(*crowd, width=1000.0), Box)
    assert len(boxes) > 16
    for one, other in combinations(boxes, 2):
        assert (
            one.x + one.width <= other.x or other.x + other.width <= one.x
            or one.y + one.height <= other.y or other.y + other.height <= one.y
        )  # fmt: skip


def test_dimming_twice_is_dimming_once() -> None:
    once = drawn(on(PLAN, Kind.DIM, 2, 6))
    twice = drawn(on(PLAN, Kind.DIM, 2, 4), on(PLAN, Kind.DIM, 3, 6), on(PLAN, Kind.DIM, 3, 3))

    def pale(drawing: Drawing) -> list[int]:
        refs = [shape.ref for shape in drawing.shapes if isinstance(shape, Arrow) and shape.key == "dim"]
        return sorted(ref.row for ref in refs if ref is not None)

    assert pale(once) == pale(twice) == [2, 3, 4, 5, 6]
