"""Where does a new connection begin on an endpoint pair that was used before? As Wireshark splits ``tcp.stream``.

The rule of Wireshark 4.0, found by comparing it with tshark on thousands of invented packet sequences. It keeps for
each direction a base, the number that relative sequence numbers count from:

- the direction's first segment sets it, to its Seq for a SYN and to Seq - 1 otherwise; before that, a segment of the
  other direction that has ACK set sets it to Ack - 1;
- a SYN, ACK whose Seq is another than the base moves the base to its Seq;
- a SYN without ACK whose Seq is another than the base begins a new connection, with no base in either direction.

A header quoted in an ICMP error takes part, but sets no first base; so does a segment of unknown length.

Plan: only a SYN without ACK that is not its pair's first packet can split, and most captures have none. If the SYNs
of a pair all go the same way, the base that each meets is the Seq of the SYN before it, so they are compared all at
once; only the first may meet a base that an earlier packet set, which is looked up. The few pairs with SYNs both ways
are followed event by event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.table import PacketTable
from ladderview.proto.tcp import Flags

I64 = NDArray[np.int64]
_SYN, _ACK = int(Flags.SYN), int(Flags.ACK)
_CHUNK = 1 << 16
_LOOK_AT_ONCE = 1 << 10


class SynEvents(NamedTuple):
    """Headers with SYN set, one row each, sorted by pair and packet.

    Attributes:
        pair: the endpoint pair.
        row: the packet.
        direction: 1 where the pair's high endpoint sent it.
        with_ack: bool, ACK is set too.
        seq: the sequence number.
        sets_base: bool, it may set a first base.
    """

    pair: I64
    row: I64
    direction: I64
    with_ack: NDArray[np.bool_]
    seq: I64
    sets_base: NDArray[np.bool_]

    def only(self, part: NDArray[np.bool_] | I64 | slice) -> SynEvents:
        """The events at an index, in its order."""
        pair, row, direction, with_ack, seq, sets_base = self
        return SynEvents(pair[part], row[part], direction[part], with_ack[part], seq[part], sets_base[part])


class Incarnations(NamedTuple):
    """The flows: the pair of each, and the packet that began it."""

    pair: NDArray[np.int32]
    first_row: I64


def split_incarnations(
    table: PacketTable, first_row: I64, events: SynEvents, unsized: I64, tick: Callable[[], None]
) -> Incarnations:
    """Turn the pair numbers in ``table.flow`` into flow numbers.

    Args:
        table: ``flow`` holds the pair, ``direction`` is 1 for packets of the pair's high endpoint.
        first_row: the packet that brought each pair.
        events: all SYNs.
        unsized: rows of segments of unknown length, ascending.
        tick: called often.
    """
    pairs = np.arange(len(first_row), dtype=np.int32)
    may_split = ~events.with_ack & (first_row[events.pair] != events.row)
    if not may_split.any():
        return Incarnations(pairs, first_row)
    concerned = np.zeros(len(pairs), np.bool_)
    concerned[events.pair[may_split]] = True
    begins = _splits(table, first_row, events.only(concerned[events.pair]), unsized, tick)
    if not begins.any():
        return Incarnations(pairs, first_row)
    chosen = events.only(concerned[events.pair]).only(begins)
    pair = np.concatenate([pairs, chosen.pair.astype(np.int32)])
    row = np.concatenate([first_row, chosen.row])
    in_order = np.argsort(row, kind="stable")
    _renumber(table, pair, row, in_order, tick)
    return Incarnations(pair[in_order], row[in_order])


def _splits(
    table: PacketTable, first_row: I64, events: SynEvents, unsized: I64, tick: Callable[[], None]
) -> NDArray[np.bool_]:
    """Which of the events begin a new connection."""
    begins = np.zeros(len(events.pair), np.bool_)
    syn = ~events.with_ack
    forward, backward, odd = (np.zeros(len(first_row), np.bool_) for _ in range(3))
    forward[events.pair[syn & (events.direction == 0)]] = True
    backward[events.pair[syn & (events.direction == 1)]] = True
    odd[events.pair[~events.sets_base]] = True
    odd |= forward & backward
    way = backward.astype(np.int64)

    same_way = np.flatnonzero(~odd[events.pair] & (events.direction == way[events.pair]))
    pair, seq = events.pair[same_way], events.seq[same_way]
    follows = np.zeros(len(same_way), np.bool_)
    follows[1:] = pair[1:] == pair[:-1]
    begins[same_way[1:]] = follows[1:] & (seq[1:] != seq[:-1])
    late = same_way[~follows & (first_row[pair] != events.row[same_way])]
    begins[same_way] &= syn[same_way]

    rows = _PairRows(table, np.union1d(np.flatnonzero(odd), events.pair[late]), unsized, tick)
    for event in late[syn[late]].tolist():
        base = rows.first_base(int(events.pair[event]), int(events.direction[event]), 0, int(events.row[event]))
        begins[event] = base is not None and base != events.seq[event]
        tick()
    for low, high in _runs(np.flatnonzero(odd[events.pair]), events.pair):
        _follow(events.only(slice(low, high)), rows, begins[low:high])
        tick()
    return begins


def _runs(indices: I64, pair: I64) -> list[tuple[int, int]]:
    """Ranges of ``indices`` (each pair's are adjacent) that belong to one pair."""
    if not len(indices):
        return []
    cuts = np.flatnonzero(np.diff(pair[indices])) + 1
    return [(int(part[0]), int(part[-1]) + 1) for part in np.split(indices, cuts)]


def _follow(events: SynEvents, rows: _PairRows, begins: NDArray[np.bool_]) -> None:
    """Go through one pair's SYNs one by one."""
    pair = int(events.pair[0])
    base: list[int | None] = [None, None]
    since = 0
    _, *columns = (column.tolist() for column in events)
    for index, (row, way, with_ack, seq, sets_base) in enumerate(zip(*columns, strict=True)):
        if base[way] is None:
            base[way] = rows.first_base(pair, way, since, row)
        if base[way] is not None and base[way] != seq:
            if with_ack:
                base[way] = seq
            else:
                begins[index] = True
                base, since = [None, None], row
        if base[way] is None and sets_base:
            base[way] = seq


class _PairRows:
    """The packets of some pairs, to look up what set a base."""

    def __init__(self, table: PacketTable, pairs: I64, unsized: I64, tick: Callable[[], None]) -> None:
        self._table, self._unsized = table, unsized
        wanted = np.zeros(int(pairs[-1]) + 2 if len(pairs) else 1, np.bool_)
        wanted[pairs] = True
        parts = [np.zeros(0, np.int64)]
        for low in range(0, len(table) if len(pairs) else 0, _CHUNK):
            pair = table.flow[low : low + _CHUNK]
            parts.append(np.flatnonzero(wanted[np.minimum(pair, len(wanted) - 1)] & (pair >= 0)) + low)
            tick()
        rows = np.concatenate(parts)
        self._rows = rows[np.argsort(table.flow[rows], kind="stable")]
        sorted_pairs = table.flow[self._rows]
        begin, end = np.searchsorted(sorted_pairs, pairs), np.searchsorted(sorted_pairs, pairs, "right")
        self._range = dict(zip(pairs.tolist(), zip(begin.tolist(), end.tolist(), strict=True), strict=True))

    def first_base(self, pair: int, way: int, since: int, before: int) -> int | None:
        """The first base of direction ``way`` that packets ``since <= row < before`` set, None where none did."""
        table = self._table
        begin, end = self._range[pair]
        at = begin + int(np.searchsorted(self._rows[begin:end], since))
        while at < end and self._rows[at] < before:
            rows = self._rows[at : min(at + _LOOK_AT_ONCE, end)]
            rows = rows[rows < before]
            own = table.direction[rows] == way
            sets = (own | (table.tcp_flags[rows] & _ACK != 0)) & ~np.isin(rows, self._unsized)
            if sets.any():
                row = rows[sets.argmax()]
                if table.direction[row] != way:
                    return (int(table.ack[row]) - 1) % 2**32
                return (int(table.seq[row]) - (0 if table.tcp_flags[row] & _SYN else 1)) % 2**32
            at += len(rows)
        return None


def _renumber(table: PacketTable, pair: NDArray[np.int32], row: I64, in_order: I64, tick: Callable[[], None]) -> None:
    """Write flow numbers into ``table.flow``: incarnations (pair, first row) are numbered ``in_order``."""
    number = np.empty(len(pair), np.int32)
    number[in_order] = np.arange(len(pair))
    keys = pair.astype(np.int64) << 32 | row
    by_key = np.argsort(keys)
    keys = keys[by_key]
    split = np.bincount(pair) > 1
    first_number = number[: len(split)]
    for low in range(0, len(table), _CHUNK):
        flow = table.flow[low : low + _CHUNK]
        rows = np.flatnonzero(flow >= 0)
        mine = flow[rows]
        numbers = first_number[mine]
        several = np.flatnonzero(split[mine])
        if len(several):
            wanted = mine[several].astype(np.int64) << 32 | (rows[several] + low)
            numbers[several] = number[by_key[np.searchsorted(keys, wanted, "right") - 1]]
        flow[rows] = numbers
        tick()
