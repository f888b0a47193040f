"""Where do the records of a window begin, without walking them one by one?

A record says how long it is, so the next can only be found from the one before: a million steps of a Python loop,
more than all the rest of reading. So the window is entered at many places at once. What looks like a record header
(the high bytes of its time are those of the window's first record) is taken as the start of a chain, and all chains
hop together, a numpy step for all of them, each until it reaches the start of the next chain.

A chain may have begun at bytes that only look like a header. So a chain proves nothing by itself: the walk goes on
from a record that it knows, and takes a chain as a whole only where it arrives exactly at the chain's start. What
the walk collects is what it would have collected one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
#: Records that a chain should have: fewer chains are cheaper to find, shorter ones sooner at their end.
_CHAIN = 32
#: Below this many chains a step of numpy costs more than the steps of a loop.
_FEW = 12


@dataclass(frozen=True, slots=True)
class Run:
    """Records that follow each other: their starts, and where the record after them begins."""

    starts: I64
    end: int


class Foresight:
    """Finds runs of records, as long as guessing pays."""

    def __init__(self, marker: slice) -> None:
        """Take which bytes of a record hardly change from one to the next."""
        self._marker = marker
        self._record_len = 0
        self._misses = 0

    def runs(self, data: bytearray, end: int, step: Callable[[I64], I64]) -> dict[int, Run]:
        """Runs by the start of their first record, one of them perhaps at 0.

        Args:
            data: the window; a record begins at 0.
            end: index at which no record can begin any more.
            step: the length of each record that begins at these indices, 0 for what cannot be one.
        """
        distance = self._record_len * _CHAIN
        if self._misses > 2 or not distance or end < 4 * _FEW * distance:
            return {}
        starts = np.array(self._guess(data, end, distance), np.int64)
        where, ends = _hop(starts, np.append(starts[1:], end), step)
        joined = ends[:-1] == starts[1:]
        self._misses = 0 if 2 * np.count_nonzero(joined) > end // distance else self._misses + 1
        first = np.flatnonzero(np.append(True, ~joined))
        last = np.append(first[1:], len(starts)) - 1
        cuts = np.searchsorted(where, np.append(starts, end))
        return {
            int(starts[a]): Run(where[cuts[a] : cuts[b + 1]], int(ends[b]))
            for a, b in zip(first.tolist(), last.tolist(), strict=True)
            if cuts[a] < cuts[b + 1]
        }

    def learn(self, records: int, used: int) -> None:
        """How many records were in how many bytes: what the next window will be like."""
        self._record_len = used // records if records else 0

    def _guess(self, data: bytearray, end: int, distance: int) -> list[int]:
        """Places where a record may begin, some ``distance`` apart, ascending, the first 0."""
        marker, offset, find = bytes(data[self._marker]), self._marker.start, data.find
        guesses = [0]
        at = distance
        while at < end:
            found = find(marker, at + offset, at + offset + distance) - offset
            if at <= found < end:
                guesses.append(found)
                at = found
            at += distance
        return guesses


def _hop(starts: I64, stops: I64, step: Callable[[I64], I64]) -> tuple[I64, I64]:
    """All records of all chains, sorted, and where each chain was left.

    That is its stop or behind it, or where it stuck, or where only a few were left.
    """
    ends = starts.copy()
    parts = [np.zeros(0, np.int64)]
    chains, at, stop = np.arange(len(starts)), starts, stops
    while len(chains) > _FEW:
        length = step(at)
        going = length > 0
        if not going.all():
            ends[chains] = at
            chains, at, stop, length = chains[going], at[going], stop[going], length[going]
        parts.append(at)
        at = at + length
        ends[chains] = at
        going = at < stop
        chains, at, stop = chains[going], at[going], stop[going]
    return np.sort(np.concatenate(parts)), ends
