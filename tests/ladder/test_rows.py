from __future__ import annotations

import pytest

from ladderview.ladder.layout import lay_out
from ladderview.ladder.plan import plan_analysed
from ladderview.ladder.shapes import Arrow, Box, Drawing, Phrase, Text
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from tests.ladder import geometry, make
from tests.ladder.make import ACK, HANDSHAKE, SYN, TROUBLE, Row


def drawn(plan: object, zoom: float = 40.0, **marks: int) -> Drawing:
    return lay_out(plan, Viewport(1200, 900, -120 / zoom, zoom), Marks(**marks))  # type: ignore[arg-type]


def arrow(drawing: Drawing, row: int) -> Arrow:
    return next(
        arrow for arrow in geometry.arrows(drawing) if arrow.ref and arrow.ref == arrow.ref.__class__("packet", row)
    )


@pytest.mark.parametrize("rows", [HANDSHAKE, TROUBLE], ids=["handshake", "trouble"])
def test_colour_tells_trouble_and_words_tell_it_too(rows: tuple[Row, ...]) -> None:
    drawing = drawn(make.plan(rows))
    labels = {shape.ref.row: shape for shape in drawing.shapes if isinstance(shape, Phrase) and shape.ref
              and shape.ref.kind == "packet"}  # fmt: skip
    for row, it in enumerate(rows):
        key = "trouble" if it.verdict else "tcp"
        assert arrow(drawing, row).key == key
        assert labels[row].runs[0].key == key
        assert labels[row].runs[0].text.startswith("[TCP" if it.verdict else "[")


def test_arrows_go_from_the_senders_lifeline_to_the_receivers() -> None:
    drawing = drawn(make.plan(HANDSHAKE))
    ends = {(arrow(drawing, row).x1, arrow(drawing, row).x2) for row, it in enumerate(HANDSHAKE) if it.direction == 0}
    (ends_of_client,) = ends
    assert ends_of_client[0] < ends_of_client[1]
    assert {(arrow(drawing, row).x1, arrow(drawing, row).x2) for row, it in enumerate(HANDSHAKE) if it.direction} == {
        ends_of_client[::-1]
    }


def test_a_super_segment_and_the_selected_one_are_thick() -> None:
    drawing = drawn(make.plan(HANDSHAKE), selected=3)
    widths = [arrow(drawing, row).width for row in range(len(HANDSHAKE))]
    thick = [row for row, width in enumerate(widths) if width > 2]
    assert thick == [3, 6, 9]  # selected; 1628 and 14200 bytes with an MSS of 1460


def test_the_selected_row_is_in_a_box_with_its_label() -> None:
    drawing = drawn(make.plan(HANDSHAKE), selected=4)
    (box,) = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.fill == "selection"]
    label = next(r for r in geometry.text_rects(drawing) if r.ref and r.ref.row == 4 and r.what.startswith("["))
    assert box.y < label.top
    assert box.y + box.height > arrow(drawing, 4).y2 + 3
    assert box.x < label.left
    assert label.right < box.x + box.width


def test_time_and_number_stand_at_the_height_of_their_arrow() -> None:
    drawing = drawn(make.plan(TROUBLE))
    for shape in drawing.shapes:
        if isinstance(shape, Text) and shape.ref and shape.ref.kind == "packet":
            it = arrow(drawing, shape.ref.row)
            assert shape.y - 4 == pytest.approx((it.y1 + it.y2) / 2)
    assert [word for word in geometry.words(drawing, "packet") if word.startswith("#")] == [
        f"#{number}" for number in range(403, 403 + len(TROUBLE))
    ]


def test_trouble_is_drawn_over_what_is_calm() -> None:
    keys = [arrow.key for arrow in geometry.arrows(drawn(make.plan(TROUBLE), 5.0))]
    assert keys == sorted(keys)  # "tcp" comes before "trouble"


def test_what_an_arrow_alone_would_not_tell_stands_beside_its_number() -> None:
    rows = [Row(0, 0, SYN), Row(1, 1, SYN | ACK), Row(1, 2, ACK, 1, 1, 14600), Row(1, 3, ACK, 14601, 1, 500)]
    fa = make.analysis(rows)
    plan = plan_analysed(fa, make.capture(cut=True))
    beside = [
        word
        for word in geometry.words(lay_out(plan, Viewport(1200, 900, -3.0, 40.0), Marks()), "packet")
        if word in {"joined", "cut"}
    ]
    assert beside == ["joined", "cut"]
    narrow = lay_out(plan, Viewport(500, 900, -3.0, 40.0), Marks())
    assert not {"joined"} & set(geometry.words(narrow, "packet"))


@pytest.mark.parametrize("zoom", [7.0, 10.0])
def test_without_labels_trouble_is_told_by_the_line(zoom: float) -> None:
    drawing = drawn(make.plan(TROUBLE), zoom)
    widths = {row: arrow(drawing, row).width for row in range(len(TROUBLE))}
    calm = [width for row, width in widths.items() if not make.plan(TROUBLE).trouble[row]]
    assert min(width for row, width in widths.items() if make.plan(TROUBLE).trouble[row]) >= 2 * max(calm[1:])
