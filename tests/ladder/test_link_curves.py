from __future__ import annotations

import pytest

from ladderview.ladder.layout import lay_out
from ladderview.ladder.shapes import Box, Curve, Drawing
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import ABOVE_PX, HEADER_PX, Viewport
from tests.ladder import geometry, make
from tests.ladder.make import HANDSHAKE, TROUBLE

ACKS = make.plan(HANDSHAKE)
LOSS = make.plan(TROUBLE)
TOP = -(HEADER_PX + ABOVE_PX) / 40


def drawn(plan: object, selected: int, width: float = 1200, height: float = 900, top: float = TOP) -> Drawing:
    return lay_out(plan, Viewport(width, height, top, 40.0), Marks(selected=selected))  # type: ignore[arg-type]


def curves(drawing: Drawing) -> list[Curve]:
    return [shape for shape in drawing.shapes if isinstance(shape, Curve)]


def rows_joined(drawing: Drawing, top: float = TOP) -> list[tuple[float, float]]:
    return [tuple(sorted((curve.points[0][1], curve.points[3][1]))) for curve in curves(drawing)]


def y(plan: object, row: int, top: float = TOP) -> float:
    return (plan.axis.y_of(row) - top) * 40  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("selected", "partners", "words"),
    [
        (0, [1], ["41 ms"]),  # a SYN and its SYN, ACK
        (1, [2, 0], ["0.1 ms", "41 ms"]),  # acknowledged, and acknowledges
        (2, [1], ["0.1 ms"]),
        (7, [6], ["1.6 ms"]),
        (12, [13], ["41 ms"]),
    ],
)
def test_a_segment_is_tied_to_its_ack_and_to_what_it_acknowledges(
    selected: int, partners: list[int], words: list[str]
) -> None:
    drawing = drawn(ACKS, selected)
    expected = [tuple(sorted((y(ACKS, selected), y(ACKS, partner)))) for partner in partners]
    assert rows_joined(drawing) == expected
    assert geometry.words(drawing, "link") == words


def test_a_retransmission_points_to_its_original() -> None:
    drawing = drawn(ACKS, 10)
    assert rows_joined(drawing) == [(y(ACKS, 9), y(ACKS, 10))]
    assert geometry.words(drawing, "link") == ["first sent"]


def test_a_retransmission_fills_the_gap_that_nobody_captured() -> None:
    drawing = drawn(LOSS, 7)
    missing_y = y(LOSS, 1) - 40
    assert (missing_y, y(LOSS, 7)) in rows_joined(drawing)
    assert "fills the gap" in geometry.words(drawing, "link")


def test_nothing_selected_nothing_tied() -> None:
    assert not curves(drawn(ACKS, -1))


def test_partners_light_up() -> None:
    lit = [shape.ref.row for shape in drawn(ACKS, 1).shapes if isinstance(shape, Box) and shape.fill == "hover"]
    assert lit == [0, 2]


def test_links_stay_in_the_gutters() -> None:
    for width in (500, 760, 1200, 2000):
        drawing = drawn(LOSS, 7, width)
        texts = [rect for rect in geometry.text_rects(drawing) if rect.ref is None or rect.ref.kind == "packet"]
        for curve in curves(drawing):
            xs = [x for x, _ in curve.points]
            # A cubic curve stays three quarters of the way to its inner points.
            reach = xs[0] + 0.75 * (xs[1] - xs[0])
            left, right = sorted((xs[0], reach))
            assert left >= 0
            assert right <= width
            assert not [rect for rect in texts if rect.left < right and rect.right > left]


def test_a_partner_out_of_view_is_pointed_at_by_number() -> None:
    # Only the last rows are in view: what the selected one acknowledges is far above.
    plan = make.plan([*HANDSHAKE[:4], *[make.Row(0, 300 + at, make.ACK, 1, 1, 0) for at in range(40)],
                      make.Row(1, 900, make.ACK, 1, 518, 0, acks=3)])  # fmt: skip
    top = 30.0
    drawing = drawn(plan, 44, 1400, 700, top)
    (curve,) = curves(drawing)
    assert min(curve.points[0][1], curve.points[3][1]) == HEADER_PX + 6
    assert geometry.words(drawing, "link") == ["#406 · 857 ms"]


def test_both_ends_out_of_view_draw_nothing() -> None:
    assert not curves(drawn(ACKS, 0, height=300, top=8.0))


def test_a_preview_has_no_links() -> None:
    from ladderview.ladder.plan import plan_preview

    fa = make.analysis(HANDSHAKE)
    assert not curves(drawn(plan_preview(fa.flow, fa.segments, None), 1))
