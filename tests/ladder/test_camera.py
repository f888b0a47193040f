from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.ladder.axis import time_axis
from ladderview.ladder.camera import Camera
from ladderview.ladder.viewport import COMFORTABLE_PX, HEADER_PX

AXIS = time_axis(np.arange(2000, dtype=np.int64) ** 2, "rows")
TIME = time_axis(np.arange(2000, dtype=np.int64) ** 2, "time")


def camera(height: float = 600.0) -> Camera:
    made = Camera()
    made.resize(800.0, height)
    made.look_at(AXIS)
    return made


def test_it_opens_at_the_first_rows() -> None:
    made = camera()
    assert (made.first_row(), made.viewport.px_per_unit) == (0, COMFORTABLE_PX)
    assert made.shows(0)
    assert not made.shows(50)
    assert not made.shows(-1)


@given(st.lists(st.sampled_from(["scroll", "zoom in", "zoom out", "centre", "fit", "bring", "smaller"]), max_size=12))
def test_it_never_leaves_the_ladder(moves: list[str]) -> None:
    made = camera()
    for move in moves:
        if move == "scroll":
            made.scroll_by(1e6)
        elif move.startswith("zoom"):
            made.zoom_by(7.0 if move == "zoom in" else 0.1, 300.0)
        elif move == "centre":
            made.centre_on(-50.0)
        elif move == "fit":
            made.fit_all()
        elif move == "bring":
            made.bring_into_view(1999)
        else:
            made.resize(500.0, 300.0)  # lower than that, two rows of the largest zoom may both be out of view
        first = made.first_row()
        assert made.shows(first)


@given(st.integers(0, 1999), st.integers(0, 1999))
def test_what_is_brought_into_view_is_in_view(start: int, row: int) -> None:
    made = camera()
    made.centre_on(AXIS.y_of(start))
    made.bring_into_view(row)
    assert made.shows(row)


def test_what_is_in_view_already_moves_nothing() -> None:
    made = camera()
    before = made.viewport
    made.bring_into_view(3)
    assert made.viewport == before


@given(st.integers(300, 1700))
def test_another_axis_keeps_the_row_in_its_place(row: int) -> None:
    made = camera()
    made.centre_on(AXIS.y_of(row))
    before = made.y_px(row)
    made.exchange(TIME, row)
    assert made.y_px(row) == pytest.approx(before, abs=1)


def test_all_is_in_view_when_all_is_asked_for() -> None:
    made = camera()
    made.fit_all()
    assert made.shows(0)
    assert made.shows(1999)


def test_zoom_stops_at_both_ends() -> None:
    made = camera()
    for _ in range(40):
        made.zoom_by(2.0, 300.0)
    largest = made.viewport.px_per_unit
    for _ in range(40):
        made.zoom_by(0.5, 300.0)
    smallest = made.viewport.px_per_unit
    made.fit_all()
    assert smallest == made.viewport.px_per_unit < COMFORTABLE_PX < largest <= 160.0


def test_without_a_ladder_nothing_fails() -> None:
    made = Camera()
    made.resize(800.0, 600.0)
    made.scroll_by(50.0)
    made.zoom_by(2.0, 100.0)
    made.fit_all()
    assert made.first_row() == -1
    assert made.middle_px == (HEADER_PX + 600) / 2
