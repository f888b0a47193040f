from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.ladder.bands import NO_BANDS
from ladderview.ladder.layout import whole_height
from ladderview.ladder.pages import pages_of
from ladderview.ladder.plan import LadderPlan
from tests.ladder import make

LONG = make.plan(make.long_rows(400))


def with_phases(*firsts: int) -> LadderPlan:
    first = np.array(firsts, np.int64)
    end = np.append(first[1:], 400)
    return replace(LONG, bands=replace(NO_BANDS, first=first, end=end))


@given(st.integers(200, 4000), st.integers(0, 399), st.integers(1, 400))
def test_pages_hold_all_rows_in_order_and_are_not_too_high(highest: int, first: int, count: int) -> None:
    end = min(400, first + count)
    pages = pages_of(LONG, (first, end), highest)
    assert [row for page in pages for row in range(*page)] == list(range(first, end))
    for page in pages:
        assert whole_height(LONG, page) <= highest or page[1] - page[0] == 1


def test_what_fits_one_page_is_one_page() -> None:
    assert pages_of(with_phases(0, 20, 30), (0, 40), whole_height(LONG, (0, 40))) == [(0, 40)]


@pytest.mark.parametrize(
    ("phases", "end"),
    [
        ((0, 25), 25),
        ((0, 25, 38), 38),
        ((0, 40), 40),
        ((0, 10), 40),  # too early: the page would be nearly empty
    ],
)
def test_a_page_ends_before_a_phase(phases: tuple[int, ...], end: int) -> None:
    plan = replace(with_phases(*phases), ts_ns=np.arange(400, dtype=np.int64))
    assert pages_of(plan, (0, 400), whole_height(LONG, (0, 40)))[0] == (0, end)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_page_of_few_rows_is_filled(count: int) -> None:
    plan = replace(with_phases(0), ts_ns=np.arange(400, dtype=np.int64) ** 2)
    assert pages_of(plan, (0, 400), whole_height(LONG, (0, count)))[0] == (0, count)


def test_without_phases_it_ends_at_the_longest_pause_near_its_end() -> None:
    ts_ns = np.arange(400, dtype=np.int64)
    ts_ns[36:] += 1000
    ts_ns[10:] += 50_000  # longer, but far from the end
    plan = replace(LONG, ts_ns=ts_ns)
    assert pages_of(plan, (0, 400), whole_height(LONG, (0, 40)))[0] == (0, 36)
