"""Nothing overlaps, nothing is cut off, nothing is left out, at any width, zoom, axis and scroll."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladderview.analysis.steps import Fold, StepKind
from ladderview.ladder.axis import AXIS_MODES, AxisMode
from ladderview.ladder.layout import export_width, hit_row, lay_out, whole, whole_height
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Arrow, Bars, Curve, Drawing, Line, Phrase, Ref, Text
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import ABOVE_PX, COMFORTABLE_PX, HEADER_PX, Viewport, clamped, largest_zoom
from tests.ladder import geometry, make
from tests.ladder.make import HANDSHAKE, TROUBLE
from tests.ladder.plans import plan_of

PLANS: dict[tuple[str, AxisMode], LadderPlan] = {
    (name, mode): make.plan(rows, mode, server_name="files.example.org")
    for name, rows in (("handshake", HANDSHAKE), ("trouble", TROUBLE), ("long", make.long_rows(700)))
    for mode in AXIS_MODES
}
VIEWS = st.tuples(
    st.sampled_from(sorted(PLANS)),
    st.integers(360, 2000),  # width
    st.integers(240, 1400),  # height
    st.floats(0.02, 200.0),  # pixels a unit
    st.floats(0, 1),  # how far down
    st.integers(-1, 12),  # selected
    st.sampled_from(["flow", "previous", "selected", "absolute"]),
)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def view(key: tuple[str, AxisMode], width: float, height: float, zoom: float, part: float = 0.0) -> Viewport:
    axis = PLANS[key].axis
    top = -(HEADER_PX + ABOVE_PX) / zoom + part * axis.height
    return clamped(Viewport(width, height, top, zoom), axis, largest_zoom(axis))


def drawing_of(given_view: tuple) -> tuple[Drawing, LadderPlan]:
    key, width, height, zoom, part, selected, reference = given_view
    plan = PLANS[key]
    return lay_out(plan, view(key, width, height, zoom, part), Marks(selected, -1, reference)), plan


@FEW
@given(VIEWS)
def test_no_text_meets_another_or_a_pill(given_view: tuple) -> None:
    assert geometry.overlaps(drawing_of(given_view)[0]) == []


def test_the_name_of_a_band_stands_clear_of_the_time_of_its_first_fold() -> None:
    plan = plan_of("https-tls13", "messages", folds=(Fold(1, 4),))
    first = int(plan.bands.first[1])
    assert plan.kind[first] == StepKind.FOLD
    seen = clamped(Viewport(560, 1200, -200, COMFORTABLE_PX), plan.axis, largest_zoom(plan.axis))
    texts = [shape for shape in lay_out(plan, seen, Marks(-1, -1, "flow")).shapes if isinstance(shape, Text)]
    (name,) = (text for text in texts if text.ref == Ref("band", 1))
    (time,) = (text for text in texts if text.ref == Ref("packet", first) and text.text.endswith(" ms"))
    assert time.y - name.y > time.size


@FEW
@given(VIEWS)
def test_no_text_is_cut_off_at_a_side(given_view: tuple) -> None:
    assert geometry.beyond_the_edges(drawing_of(given_view)[0]) == []


@FEW
@given(VIEWS)
def test_no_label_meets_an_arrow_or_a_lifeline(given_view: tuple) -> None:
    drawing, _ = drawing_of(given_view)
    labels = [
        rect
        for rect in geometry.text_rects(drawing)
        if rect.ref is not None and rect.ref.kind in {"packet", "missing"} and not geometry.is_covered(rect)
    ]
    for arrow in geometry.arrows(drawing):
        low_x, high_x = sorted((arrow.x1, arrow.x2))
        for rect in labels:
            left, right = max(rect.left, low_x), min(rect.right, high_x)
            if left < right:
                ys = [arrow.y1 + (arrow.y2 - arrow.y1) * (x - arrow.x1) / (arrow.x2 - arrow.x1) for x in (left, right)]
                assert rect.bottom <= min(ys) - 0.5 or rect.top >= max(ys) + 0.5, (rect, arrow)


@FEW
@given(VIEWS)
def test_labels_stand_between_the_lifelines(given_view: tuple) -> None:
    drawing, _ = drawing_of(given_view)
    lifelines = [shape.x1 for shape in drawing.shapes if isinstance(shape, Line) and shape.key == "lifeline"]
    for shape in drawing.shapes:
        if isinstance(shape, Phrase) and shape.ref is not None and shape.ref.kind in {"packet", "missing"}:
            assert min(lifelines) < shape.x - shape.width / 2
            assert shape.x + shape.width / 2 < max(lifelines)


@FEW
@given(VIEWS)
def test_trouble_in_view_is_always_drawn(given_view: tuple) -> None:
    drawing, plan = drawing_of(given_view)
    viewport = view(*given_view[:5])
    troubled = [shape.y1 / 2 + shape.y2 / 2 for shape in geometry.arrows(drawing) if shape.key == "trouble"]
    for shape in drawing.shapes:
        if isinstance(shape, Bars) and shape.key == "trouble":
            troubled += shape.ends[:, 2].tolist()
    for rows in plan.problem_rows:
        for row in rows.tolist():
            y = viewport.y_px(plan.axis.y_of(row))
            if HEADER_PX < y < viewport.height:
                assert min(abs(y - drawn) for drawn in troubled) <= 1.0


@FEW
@given(VIEWS)
def test_every_row_in_view_is_an_arrow_or_in_a_bar(given_view: tuple) -> None:
    drawing, plan = drawing_of(given_view)
    viewport = view(*given_view[:5])
    drawn = {arrow.ref.row for arrow in geometry.arrows(drawing) if arrow.ref and arrow.ref.kind == "packet"}
    bars = [y for shape in drawing.shapes if isinstance(shape, Bars) for y in shape.ends[:, 2].tolist()]
    first, end = plan.axis.rows_between(viewport.y_at(HEADER_PX), viewport.bottom)
    for row in set(range(first, end)) - drawn:
        y = viewport.y_px(plan.axis.y_of(row))
        assert min(abs(y - bar) for bar in bars) <= 1.0


def test_only_what_is_visible_is_looked_at() -> None:
    asked: list[int] = []
    rows = make.long_rows(5000)
    plan = make.plan(rows)
    from dataclasses import replace

    plan = replace(plan, label=lambda row: asked.append(row) or make.label_of(rows, row))  # type: ignore[func-returns-value]
    lay_out(plan, Viewport(900, 600, 2000.0, 40.0), Marks())
    assert asked
    assert set(asked) <= set(range(1998, 2018))


def test_the_pictures_text_reads_top_to_bottom() -> None:
    drawing = lay_out(PLANS["handshake", "rows"], view(("handshake", "rows"), 1400, 900, 40), Marks())
    labels = [word for word in geometry.words(drawing, "packet") if word.startswith("[")]
    assert labels[0].startswith("[SYN] Seq=0 Ack=0 Win=64256 Len=0 MSS=1460")
    assert labels[10].startswith("[TCP Retransmission] [PSH, ACK] Seq=4509")
    assert len(labels) == len(HANDSHAKE)


def test_arrows_slope_towards_the_receiver_but_not_where_height_is_time() -> None:
    for mode in AXIS_MODES:
        drawing = lay_out(PLANS["handshake", mode], view(("handshake", mode), 900, 900, 40), Marks())
        slopes = [arrow.y2 - arrow.y1 for arrow in geometry.arrows(drawing)]
        assert all(slope == 0 for slope in slopes) if mode == "time" else all(slope > 0 for slope in slopes)


def test_the_client_is_on_the_left_until_sides_are_swapped() -> None:
    key = ("handshake", "rows")
    for swapped in (False, True):
        drawing = lay_out(PLANS[key], view(key, 900, 900, 40), Marks(swapped=swapped))
        syn = geometry.arrows(drawing)[0]
        assert (syn.x1 < syn.x2) != swapped


def test_marks_move_no_row() -> None:
    key = ("trouble", "compressed")
    places = []
    for marks in (Marks(), Marks(selected=7), Marks(hovered=3)):
        drawing = lay_out(PLANS[key], view(key, 900, 700, 40), marks)
        places.append([(arrow.x1, arrow.y1, arrow.x2, arrow.y2) for arrow in geometry.arrows(drawing)])
    assert places[0] == places[1] == places[2]


@pytest.mark.parametrize("y_in_row", [-20, -5, 0, 8])
def test_a_click_on_an_arrow_or_its_label_means_its_row(y_in_row: float) -> None:
    key = ("handshake", "rows")
    viewport = view(key, 900, 900, 40)
    plan = PLANS[key]
    assert hit_row(plan, viewport, viewport.y_px(plan.axis.y_of(5)) + y_in_row) == 5


def test_a_click_on_nothing_means_no_row() -> None:
    key = ("handshake", "rows")
    viewport = view(key, 900, 900, 40)
    last_y = viewport.y_px(PLANS[key].axis.height)
    assert hit_row(PLANS[key], viewport, HEADER_PX - 5) == -1
    assert hit_row(PLANS[key], viewport, last_y + 60) == -1
    assert hit_row(make.plan([]), viewport, 200) == -1


@pytest.mark.parametrize("key", sorted(PLANS))
def test_a_whole_ladder_has_every_arrow_and_its_title(key: tuple[str, AxisMode]) -> None:
    plan = PLANS[key]
    drawing = whole(plan, width=export_width(plan, (0, len(plan))), caption="a.pcap · flow 3")
    packets = [arrow for arrow in geometry.arrows(drawing) if arrow.ref is not None and arrow.ref.kind == "packet"]
    barred = sum(len(shape.ends) for shape in drawing.shapes if isinstance(shape, Bars))
    assert len(packets) + barred >= len(plan)
    assert all(arrow.title.startswith("[") for arrow in packets)
    assert geometry.overlaps(drawing) == []
    assert geometry.beyond_the_edges(drawing) == []


def test_part_of_a_ladder_begins_and_ends_with_its_rows() -> None:
    plan = PLANS["trouble", "rows"]
    drawing = whole(plan, width=900, rows=(3, 6))
    assert {arrow.ref.row for arrow in geometry.arrows(drawing) if arrow.ref} == {3, 4, 5}
    assert drawing.height == whole_height(plan, (3, 6)) < whole_height(plan, (0, 13))


def test_part_of_a_ladder_shows_what_was_not_captured_before_its_first_row() -> None:
    drawing = whole(PLANS["trouble", "rows"], width=900, rows=(1, 3))
    missing = [arrow for arrow in geometry.arrows(drawing) if arrow.crossed]
    assert len(missing) == 1
    assert missing[0].y1 > HEADER_PX


def test_the_width_of_an_export_gives_its_labels_room() -> None:
    plan = PLANS["handshake", "rows"]
    drawing = whole(plan, width=export_width(plan, (0, len(plan))))
    assert not any("…" in word for word in geometry.words(drawing, "packet"))


def test_an_empty_flow_is_a_header() -> None:
    drawing = lay_out(make.plan([]), Viewport(900, 600, -2.5, 40), Marks())
    assert not [shape for shape in drawing.shapes if isinstance(shape, Arrow)]
    assert "Client" in " ".join(geometry.words(drawing, "endpoint"))
    assert whole(make.plan([]), width=600).height > COMFORTABLE_PX


@pytest.mark.parametrize(("revealed", "linked"), [(None, True), (0, False)])
def test_no_link_leads_to_a_row_that_is_not_revealed_yet(revealed: int | None, linked: bool) -> None:
    key: tuple[str, AxisMode] = ("handshake", "rows")
    marks = Marks(selected=0, revealed=revealed)
    drawing = lay_out(PLANS[key], view(key, 1000, 600, COMFORTABLE_PX), marks)
    assert any(isinstance(shape, Curve) for shape in drawing.shapes) is linked
