from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.ladder.axis import TimeAxis, time_axis
from ladderview.ladder.viewport import (
    COMFORTABLE_PX,
    HEADER_PX,
    LARGEST_PX,
    Viewport,
    clamped,
    fit_zoom,
    largest_zoom,
    zoomed,
)

HEIGHTS = st.floats(150, 2000)


def rows_axis(count: int) -> TimeAxis:
    return time_axis(np.arange(count, dtype=np.int64), "rows")


@given(st.floats(-100, 100), st.floats(0.01, 160), st.floats(0, 1000))
def test_pixels_and_units_are_inverse(top: float, zoom: float, y_px: float) -> None:
    viewport = Viewport(800, 600, top, zoom)
    assert viewport.y_px(viewport.y_at(y_px)) == pytest.approx(y_px, abs=1e-6)


@given(st.floats(0, 600), st.floats(0.2, 5))
def test_zoom_keeps_what_is_under_the_pointer(at_px: float, factor: float) -> None:
    before = Viewport(800, 600, 12.0, 20.0)
    after = zoomed(before, factor, at_px)
    assert after.y_at(at_px) == pytest.approx(before.y_at(at_px))
    assert after.px_per_unit == pytest.approx(20.0 * factor)


@given(st.integers(1, 5000), HEIGHTS)
def test_all_rows_are_in_view_when_all_fit(count: int, height: float) -> None:
    axis = rows_axis(count)
    zoom = fit_zoom(axis, height)
    view = clamped(Viewport(800, height, -1e18, zoom), axis, largest_zoom(axis))
    assert view.y_px(0) >= HEADER_PX
    assert view.y_px(axis.height) <= height + 1


@given(st.integers(1, 5000), HEIGHTS, st.floats(-1e6, 1e6), st.floats(1e-4, 1e4))
def test_no_viewport_leaves_the_ladder(count: int, height: float, top: float, zoom: float) -> None:
    axis = rows_axis(count)
    view = clamped(Viewport(800, height, top, zoom), axis, largest_zoom(axis))
    assert 0 < view.px_per_unit <= LARGEST_PX
    assert view.y_px(0) < height
    assert view.y_px(axis.height) > 0
    assert view == clamped(view, axis, largest_zoom(axis))


def test_short_flows_are_not_blown_up_to_fill_the_screen() -> None:
    assert fit_zoom(rows_axis(3), 1000) == COMFORTABLE_PX


def test_the_time_axis_can_be_zoomed_until_its_closest_rows_are_apart() -> None:
    axis = time_axis(np.array([0, 1_000, 10_000_000], np.int64), "time")
    assert largest_zoom(axis) * axis.y_of(1) == pytest.approx(LARGEST_PX)
