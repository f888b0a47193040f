"""Endpoint pairs get the numbers that a dictionary would give them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ladderview.capture.pairs import PairTable, pair_words


def as_words(columns: list[tuple[int, ...]]) -> np.ndarray:
    return np.array(columns, np.uint64).reshape(-1, 5).T.copy()


def numbers_of(table: PairTable, blocks: list[list[tuple[int, ...]]]) -> tuple[list[int], list[list[int]]]:
    numbers, new = [], []
    for block in blocks:
        interned = table.intern(as_words(block))
        numbers += interned.numbers.tolist()
        new.append(interned.new.tolist())
    return numbers, new


def by_dictionary(blocks: list[list[tuple[int, ...]]]) -> tuple[list[int], list[list[int]]]:
    known: dict[tuple[int, ...], int] = {}
    numbers, new = [], []
    for block in blocks:
        new.append([])
        for row, pair in enumerate(block):
            if pair not in known:
                known[pair] = len(known)
                new[-1].append(row)
            numbers.append(known[pair])
    return numbers, new


PAIRS = st.tuples(*[st.integers(0, 2)] * 5)


@given(st.lists(st.lists(PAIRS, max_size=40), max_size=6))
def test_numbers_in_the_order_of_appearance(blocks: list[list[tuple[int, ...]]]) -> None:
    assert numbers_of(PairTable(), blocks) == by_dictionary(blocks)


def test_many_pairs() -> None:
    rng = np.random.default_rng(3)
    blocks = [[tuple(row) for row in rng.integers(0, 6, (3000, 5)).tolist()] for _ in range(12)]
    table = PairTable()
    assert numbers_of(table, blocks) == by_dictionary(blocks)
    assert len(table) == len({pair for block in blocks for pair in block})


def test_pairs_of_one_hash_are_told_apart() -> None:
    """With all factors 0 every pair has the same hash."""
    table = PairTable()
    table._factors = np.zeros_like(table._factors)
    blocks = [[(i % 40, 0, 0, 0, i % 3) for i in range(200)], [(i % 50, 0, 0, 0, i % 3) for i in range(200)]]
    assert numbers_of(table, blocks) == by_dictionary(blocks)


def test_the_words_of_a_number_are_the_pair() -> None:
    table = PairTable()
    pairs = [(i, i + 1, i + 2, i + 3, i + 4) for i in range(5000)]
    table.intern(as_words(pairs))
    assert table.words.T.tolist() == [list(pair) for pair in pairs]


def test_no_rows() -> None:
    assert numbers_of(PairTable(), [[]]) == ([], [[]])


def test_both_directions_have_the_same_words() -> None:
    family = np.array([4, 4, 6], np.uint8)
    one = (np.array([0, 0, 5], np.uint64), np.array([9, 7, 1], np.uint64))
    other = (np.array([0, 0, 5], np.uint64), np.array([3, 7, 2], np.uint64))
    ports = np.array([80, 4000, 80], np.uint16), np.array([5000, 80, 443], np.uint16)
    there, from_high = pair_words(family, one, other, *ports)
    back, back_from_high = pair_words(family, other, one, ports[1], ports[0])
    np.testing.assert_array_equal(there, back)
    assert from_high.tolist() == [True, True, False]
    assert back_from_high.tolist() == [False, False, True]


def test_the_ip_version_is_part_of_the_pair() -> None:
    address = np.zeros(2, np.uint64), np.ones(2, np.uint64)
    ports = np.array([1, 1], np.uint16)
    words, _ = pair_words(np.array([4, 6], np.uint8), address, address, ports, ports)
    assert words[4, 0] != words[4, 1]
