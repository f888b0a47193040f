"""Batches made ahead: the same, in order, and no thread is left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from ladderview.capture.ahead import ahead


def numbers(until: int, made: list[int]) -> Iterator[int]:
    for number in range(until):
        made.append(number)
        yield number


def test_the_same_in_order() -> None:
    assert list(ahead(numbers(5, []))) == [0, 1, 2, 3, 4]  # type: ignore[arg-type]
    assert list(ahead(numbers(0, []))) == []  # type: ignore[arg-type]


def test_one_ahead_and_no_further() -> None:
    made: list[int] = []
    with closing(ahead(numbers(9, made))) as batches:  # type: ignore[arg-type]
        for number in batches:
            assert max(made) <= int(number) + 1  # type: ignore[call-overload]


def test_what_making_raises_is_raised_in_its_place() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise OSError("gone")

    batches = ahead(failing())  # type: ignore[arg-type]
    assert next(batches) == 1
    with pytest.raises(OSError, match="gone"):
        next(batches)


@pytest.mark.parametrize("taken", [0, 1, 3])
def test_no_thread_is_left(taken: int) -> None:
    before = threading.active_count()
    with closing(ahead(numbers(9, []))) as batches:  # type: ignore[arg-type]
        for _ in range(taken):
            next(batches)
    assert threading.active_count() == before
