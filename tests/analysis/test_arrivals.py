"""Bytes arrive in the order in which a receiver could read them, and together where nobody looks at them before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis import arrivals as arrivals_module
from ladderview.analysis.arrivals import arrivals
from tests.analysis.sent import PIECES, SYN, Piece, built, c, s, streams


def test_arrivals_take_both_directions_in_the_order_of_capture() -> None:
    both = streams(SYN, s(499, flags="SA"), c(100, b"GET"), s(500, b"200"), c(103, b"PUT"))
    got = [(step.row, step.direction, step.offset, step.data) for step in arrivals(both)]
    assert got == [(2, 0, 0, b"GET"), (3, 1, 0, b"200"), (4, 0, 3, b"PUT")]


def test_bytes_behind_a_hole_arrive_when_it_is_filled() -> None:
    both = streams(SYN, c(102, b"cd"), s(500, b"x"), c(100, b"ab"))
    assert [(step.row, step.data) for step in arrivals(both)] == [(2, b"x"), (3, b"ab"), (3, b"cd")]


def test_a_hole_that_stays_is_told_before_what_follows_it() -> None:
    both = streams(SYN, c(100, b"ab"), c(105, b"fg"))
    assert [(step.row, step.offset, step.data, step.lost) for step in arrivals(both)] == [
        (1, 0, b"ab", 0),
        (2, 2, b"", 3),
        (2, 5, b"fg", 0),
    ]


def test_what_is_waited_for_arrives_with_its_last_byte() -> None:
    both = streams(SYN, c(100, b"ab"), s(500, b"x"), c(102, b"cd"), c(104, b"ef"), c(106, b"g"))
    got = [(step.row, step.offset, step.data) for step in arrivals(both, lambda direction: 3)]
    assert got == [(2, 0, b"x"), (3, 0, b"abcd"), (5, 4, b"efg")]


def test_what_is_waited_for_and_never_comes_is_handed_on_before_the_hole() -> None:
    both = streams(SYN, c(100, b"ab"), c(102, b"cd"), s(500, b"x"), c(105, b"fg"))
    got = [(step.row, step.offset, step.data, step.lost) for step in arrivals(both, lambda direction: 100)]
    assert got == [(2, 0, b"abcd", 0), (3, 0, b"x", 0), (4, 4, b"", 1), (4, 5, b"fg", 0)]


def test_no_step_hands_on_more_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals_module, "MAX_ARRIVAL", 4)
    both = streams(SYN, *(c(100 + at, b"abc") for at in range(0, 30, 3)), c(130, bytes(11)))
    sizes = [len(step.data) for step in arrivals(both, lambda direction: 1 << 40)]
    assert sum(sizes) == 41
    assert max(sizes) == 4


@given(PIECES, st.sampled_from([0, 99, 2**32 - 30]), st.lists(st.integers(1, 20), min_size=1, max_size=5))
def test_every_byte_once_in_order_and_never_early(pieces: list[Piece], isn: int, wishes: list[int]) -> None:
    both, model = built(pieces, isn)
    at, row = [0, 0], 0
    for step in arrivals(both, lambda direction: wishes[at[direction] % len(wishes)]):
        assert step.row >= row
        assert step.offset == at[step.direction]
        row = step.row
        at[step.direction] += len(step.data) + step.lost
        for offset in range(step.offset, step.offset + len(step.data)):
            byte, brought_by = model[step.direction][offset]
            assert step.data[offset - step.offset] == byte
            assert step.row >= brought_by
    assert at == [len(stream) for stream in both]
