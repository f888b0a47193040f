from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.ladder.axis import AXIS_MODES, CUT_GAP, CUT_PART, AxisMode, TimeAxis, time_axis

MS = 1_000_000

#: Gaps between captured times: mostly forward, sometimes back, sometimes none.
GAPS = st.lists(st.integers(-(10**9), 10**12), min_size=0, max_size=60)


def axis_of(gaps_ns: list[int], mode: AxisMode, room: np.ndarray | None = None) -> TimeAxis:
    ts_ns = 1_700_000_000_000_000_000 + np.cumsum(np.array([0, *gaps_ns], np.int64))
    return time_axis(ts_ns, mode, room)


@given(GAPS, st.sampled_from(AXIS_MODES))
def test_heights_never_decrease(gaps_ns: list[int], mode: AxisMode) -> None:
    assert (np.diff(axis_of(gaps_ns, mode).y) >= 0).all()


@given(GAPS, st.sampled_from(AXIS_MODES), st.data())
def test_a_row_is_found_at_its_own_height(gaps_ns: list[int], mode: AxisMode, data: st.DataObject) -> None:
    axis = axis_of(gaps_ns, mode)
    row = data.draw(st.integers(0, len(axis) - 1))
    found = axis.row_at(axis.y_of(row))
    assert axis.y_of(found) == axis.y_of(row)
    assert found >= row  # rows of one height: the last of them


@given(GAPS, st.sampled_from(AXIS_MODES), st.floats(-5, 200), st.floats(0, 100))
def test_rows_between_are_those_a_scan_finds(gaps_ns: list[int], mode: AxisMode, low: float, more: float) -> None:
    axis = axis_of(gaps_ns, mode)
    first, end = axis.rows_between(low, low + more)
    scanned = np.flatnonzero((axis.y >= low) & (axis.y <= low + more)).tolist()
    assert list(range(first, end)) == scanned


@given(GAPS, st.sampled_from(AXIS_MODES), st.floats(-5, 200))
def test_no_row_is_nearer_than_the_nearest(gaps_ns: list[int], mode: AxisMode, y: float) -> None:
    axis = axis_of(gaps_ns, mode)
    assert abs(axis.y_of(axis.nearest_row(y)) - y) == np.abs(axis.y - y).min()


def test_rows_stand_at_equal_steps_whatever_the_times() -> None:
    assert axis_of([5, -3, 10**12], "rows").y.tolist() == [0, 1, 2, 3]


def test_time_is_proportional() -> None:
    axis = axis_of([1 * MS, 3 * MS, 4 * MS], "time")
    assert axis.y.tolist() == pytest.approx([0, 0.375, 1.5, 3.0])


def test_time_that_goes_back_is_no_step_up() -> None:
    assert axis_of([2 * MS, -5 * MS, 2 * MS], "time").y.tolist() == pytest.approx([0, 1.5, 1.5, 3.0])


def test_a_flow_in_which_no_time_passes_has_no_height() -> None:
    assert axis_of([0, 0], "time").y.tolist() == [0, 0, 0]
    assert axis_of([0, 0], "compressed").y.tolist() == [0, 1, 2]


def test_compressed_time_cuts_the_long_idle_time_and_says_where() -> None:
    axis = axis_of([1 * MS] * 12 + [1800 * MS] + [1 * MS] * 12, "compressed")
    assert axis.cut_rows.tolist() == [13]
    assert axis.y[13] - axis.y[12] == CUT_GAP


def test_compressed_time_shows_a_wait_that_is_not_cut_as_longer() -> None:
    axis = axis_of([1 * MS] * 10 + [40 * MS, 50 * MS, 60 * MS], "compressed")
    steps = np.diff(axis.y)
    assert 1.0 < steps[10] < steps[11] <= CUT_GAP
    assert not set(axis.cut_rows.tolist()) & {11}


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=400))
def test_only_so_many_idle_times_are_cut(gaps_ns: list[int]) -> None:
    assert len(axis_of(gaps_ns, "compressed").cut_rows) <= max(CUT_PART, len(gaps_ns) // 10 + 1)


@given(GAPS)
def test_what_is_cut_is_as_high_as_a_cut(gaps_ns: list[int]) -> None:
    axis = axis_of(gaps_ns, "compressed")
    steps = np.diff(axis.y, prepend=0)
    assert steps[axis.cut_rows] == pytest.approx(CUT_GAP)
    assert (np.diff(axis.y) >= 1.0 - 1e-9).all()


@pytest.mark.parametrize(("mode", "y"), [("rows", [0, 2, 3]), ("compressed", [0, 2, 3]), ("time", [0, 1, 2])])
def test_room_is_given_above_a_row_except_where_height_is_time(mode: AxisMode, y: list[float]) -> None:
    # Equal gaps: on the compressed axis the cut is at 1 ms, so each gap is as high as a cut may be at most.
    axis = axis_of([0, 0] if mode == "compressed" else [MS, MS], mode, np.array([0.0, 1.0, 0.0]))
    assert axis.y.tolist() == pytest.approx(y)


@pytest.mark.parametrize("mode", AXIS_MODES)
def test_an_axis_without_rows(mode: AxisMode) -> None:
    axis = time_axis(np.empty(0, np.int64), mode)
    assert (axis.height, axis.row_at(3.0), axis.nearest_row(3.0), axis.rows_between(0, 9)) == (0.0, -1, -1, (0, 0))


def test_the_smallest_step_leaves_out_rows_of_one_height() -> None:
    assert axis_of([0, 2 * MS, 6 * MS], "time").smallest_step == pytest.approx(0.75)
    assert axis_of([0, 0], "time").smallest_step == 1.0
