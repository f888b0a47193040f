from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.ladder.minimap import minimap, unit_at, view_span
from ladderview.ladder.shapes import Bars
from ladderview.ladder.viewport import HEADER_PX, Viewport
from tests.ladder import make

PLANS = [make.plan(make.TROUBLE), make.plan(make.long_rows(3000)), make.plan([]), make.plan(make.HANDSHAKE[:1])]


@pytest.mark.parametrize("plan", PLANS, ids=["short", "long", "empty", "one"])
@pytest.mark.parametrize("height", [20.0, 300.0, 1000.0])
def test_everything_stands_inside_the_strip(plan: object, height: float) -> None:
    for shape in minimap(plan, 22.0, height).shapes:  # type: ignore[arg-type]
        if isinstance(shape, Bars):
            assert (shape.ends[:, :2] >= 0).all()
            assert (shape.ends[:, :2] <= 22).all()
            assert (shape.ends[:, 2] >= 0).all()
            assert (shape.ends[:, 2] <= height).all()


def test_problems_are_seen_where_they_are() -> None:
    plan = PLANS[0]
    height = 600.0
    (trouble,) = [s for s in minimap(plan, 22.0, height).shapes if isinstance(s, Bars) and s.key == "trouble"]
    found = [unit_at(plan, y, height) for y in trouble.ends[:, 2].tolist()]
    for row in (rows for side in plan.problem_rows for rows in side.tolist()):
        assert min(abs(plan.axis.y_of(row) - unit) for unit in found) < 0.2


@given(st.floats(-10, 400), st.floats(0.01, 160), st.floats(200, 1500))
def test_the_box_over_the_part_in_view_is_inside_and_can_be_grabbed(top: float, zoom: float, height: float) -> None:
    low, high = view_span(PLANS[1], Viewport(900, 800, top, zoom), HEADER_PX, height)
    assert low >= 0
    assert high <= height
    assert high - low >= 9.99


@given(st.floats(-50, 1500))
def test_a_click_beyond_the_strip_means_its_end(y_px: float) -> None:
    assert 0 <= unit_at(PLANS[1], y_px, 700.0) <= PLANS[1].axis.height
