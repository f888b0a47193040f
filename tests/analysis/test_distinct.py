"""Numbers of a column, once each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.distinct import distinct


@given(st.lists(st.integers(-5, 20)), st.booleans())
def test_each_number_once_and_in_order(numbers: list[int], in_order: bool) -> None:
    given_ = sorted(numbers) if in_order else numbers
    column = np.array(given_, np.int64)
    assert distinct(column).tolist() == sorted(set(numbers))
    assert column.tolist() == given_


@pytest.mark.parametrize("late", [0, 500])
def test_a_long_column_in_about_the_order_of_the_file(late: int) -> None:
    column = np.arange(20_000, dtype=np.int64)
    column[late : late + 10] = column[late : late + 10][::-1]
    assert distinct(np.repeat(column, 2)).tolist() == list(range(20_000))
