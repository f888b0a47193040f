"""Numbers modulo 2**32 (RFC 9293 section 3.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.sequence import difference, is_after, is_at_or_before, is_before

NUMBERS = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (5, 3, 2),
        (3, 5, -2),
        (0, 2**32 - 1, 1),
        (2**32 - 1, 0, -1),
        (2**31, 0, -(2**31)),
        (0, 2**31, -(2**31)),
        (7, 7, 0),
    ],
)
def test_difference_is_signed_and_wraps(a: int, b: int, expected: int) -> None:
    assert difference(a, b) == expected


@given(NUMBERS, st.integers(1, 2**31 - 1))
def test_what_was_added_comes_after(number: int, step: int) -> None:
    later = (number + step) % 2**32
    assert is_after(later, number)
    assert is_before(number, later)
    assert not is_after(number, later)
    assert is_at_or_before(number, later)
    assert not is_at_or_before(later, number)
    assert difference(later, number) == step


@given(NUMBERS)
def test_a_number_is_neither_before_nor_after_itself(number: int) -> None:
    assert not is_after(number, number)
    assert not is_before(number, number)
    assert is_at_or_before(number, number)
