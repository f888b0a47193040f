"""Which endpoint pair does a packet belong to? Pairs are numbered as they first appear.

Plan: the pair of a packet, the lower endpoint first, is five words (two for each address, one for the IP version and
both ports). The words are hashed to 64 bits, and a table with open addressing leads from the hash to the pair's
number. All packets of a block go through each step together, so a block costs a few numpy calls, however many
pairs there are.

Traps: two pairs may share a hash, so the words are compared, never the hashes alone. Multipliers are drawn at
random in each run, so that no capture can be made to collide.
"""

from __future__ import annotations

import os
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
_FIRST_BITS = 12
_WORDS = 5


class Interned(NamedTuple):
    """What ``PairTable.intern`` made of a block.

    Attributes:
        numbers: int32, the pair of each row.
        new: int64, the row that brought each new pair, ascending; the first new pair is number ``len(table)`` before.
    """

    numbers: NDArray[np.int32]
    new: NDArray[np.int64]


class PairTable:
    """The endpoint pairs of a capture, five words each (see ``pair_words``)."""

    def __init__(self) -> None:
        self._words: U64 = np.zeros((_WORDS, 1024), np.uint64)
        self._count = 0
        self._bits = _FIRST_BITS
        self._slots: NDArray[np.int32] = np.full(1 << _FIRST_BITS, -1, np.int32)
        self._factors = np.frombuffer(os.urandom(8 * (_WORDS + 1)), np.uint64) | np.uint64(1)

    def __len__(self) -> int:
        return self._count

    @property
    def words(self) -> U64:
        """Shape (5, pairs)."""
        return self._words[:, : self._count]

    def intern(self, words: U64) -> Interned:
        """Number the pairs with these words (shape (5, n)); new ones get the next numbers in row order."""
        self._make_room(self._count + words.shape[1])
        before = self._count
        numbers = np.empty(words.shape[1], np.int32)
        claimed: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        rows: NDArray[np.int64] = np.arange(words.shape[1])
        slots = self._home(words)
        while len(rows):
            if (self._slots[slots] < 0).any():
                claimed.append(self._claim(rows, slots, words))
            held = self._slots[slots]
            same = self._words[0][held] == words[0]
            for mine, theirs in zip(self._words[1:], words[1:], strict=True):
                same &= mine[held] == theirs
            numbers[rows[same]] = held[same]
            rows, words = rows[~same], words[:, ~same]
            slots = (slots[~same] + 1) & (len(self._slots) - 1)
        return Interned(numbers, self._in_row_order(numbers, before, claimed))

    def _home(self, words: U64) -> NDArray[np.int64]:
        """The slot where a pair is looked for first."""
        hashes: U64 = words[0] * self._factors[0]
        for word, factor in zip(words[1:], self._factors[1:], strict=False):
            hashes += word * factor
        hashes ^= hashes >> np.uint64(32)
        hashes *= self._factors[-1]
        slots: NDArray[np.int64] = (hashes >> np.uint64(64 - self._bits)).astype(np.int64)
        return slots

    def _claim(
        self, rows: NDArray[np.int64], slots: NDArray[np.int64], words: U64
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give each empty slot to the first row that stands before it; those rows and slots, in the order numbered."""
        waiting = np.flatnonzero(self._slots[slots] < 0)
        # Of several values written to one place the last stays, so the rows are written backwards.
        self._slots[slots[waiting][::-1]] = waiting[::-1]
        winners = waiting[self._slots[slots[waiting]] == waiting]
        numbers = np.arange(self._count, self._count + len(winners))
        self._slots[slots[winners]] = numbers
        self._words[:, numbers] = words[:, winners]
        self._count += len(winners)
        return rows[winners], slots[winners]

    def _in_row_order(
        self,
        numbers: NDArray[np.int32],
        before: int,
        claimed: list[tuple[NDArray[np.int64], NDArray[np.int64]]],
    ) -> NDArray[np.int64]:
        """Renumber the new pairs: one that lost its first slot was numbered after pairs of later rows."""
        if not claimed:
            return np.zeros(0, np.int64)
        if len(claimed) == 1:
            return claimed[0][0]
        rows, slots = (np.concatenate(part) for part in zip(*claimed, strict=True))
        order = np.argsort(rows)
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(before, before + len(order))
        self._words[:, before : self._count] = self._words[:, before : self._count][:, order]
        self._slots[slots] = rank
        recent = numbers >= before
        numbers[recent] = rank[numbers[recent] - before]
        return rows[order]

    def _make_room(self, count: int) -> None:
        """Room for ``count`` pairs, the slots at most half full."""
        if count > self._words.shape[1]:
            words = np.zeros((_WORDS, max(count, 2 * self._words.shape[1])), np.uint64)
            words[:, : self._count] = self.words
            self._words = words
        if 2 * count <= len(self._slots):
            return
        self._bits = (4 * count).bit_length()
        self._slots = np.full(1 << self._bits, -1, np.int32)
        rows: NDArray[np.int64] = np.arange(self._count)
        slots = self._home(self.words)
        while len(rows):
            empty = self._slots[slots] < 0
            self._slots[slots[empty]] = rows[empty]
            lost = self._slots[slots] != rows
            rows, slots = rows[lost], (slots[lost] + 1) & (len(self._slots) - 1)


def pair_words(
    family: NDArray[np.uint8],
    src: tuple[U64, U64],
    dst: tuple[U64, U64],
    sport: NDArray[np.uint16],
    dport: NDArray[np.uint16],
) -> tuple[U64, NDArray[np.bool_]]:
    """The five words of each packet's pair, and whether the packet comes from the pair's high endpoint.

    Words, shape (5, n): the low endpoint's address (high half, low half), the high endpoint's, and
    family << 32 | low port << 16 | high port.
    """
    from_high = (src[0] > dst[0]) | ((src[0] == dst[0]) & ((src[1] > dst[1]) | ((src[1] == dst[1]) & (sport > dport))))
    words = np.empty((_WORDS, len(family)), np.uint64)
    words[0] = np.where(from_high, dst[0], src[0])
    words[1] = np.where(from_high, dst[1], src[1])
    words[2] = np.where(from_high, src[0], dst[0])
    words[3] = np.where(from_high, src[1], dst[1])
    low_port, high_port = np.where(from_high, dport, sport), np.where(from_high, sport, dport)
    words[4] = family.astype(np.uint64) << np.uint64(32) | low_port.astype(np.uint64) << np.uint64(16) | high_port
    return words, from_high
