"""A whole flow from its first segment to its last: verdicts, who answers whom, bytes in flight.

Plan: nine segments of ten are plain: data or a new ACK, in order, windows open. ``_follow_chunk`` sees that at a
glance and only brings forward what ``tcp_rules.remember`` would note, which costs a third of ``Walk.step``; a test
holds that stepping through every segment gives the same.

Traps:
- A million rows as Python numbers are some 300 MB: columns become lists one chunk at a time.
- Wireshark keeps three of the blocks of a SACK option when it counts the bytes in flight, and takes D-SACK blocks
  (RFC 2883) for news too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.flight import MAX_IN_FLIGHT, Flight
from ladderview.analysis.segments import FIXED_HEADER_LEN, Segments
from ladderview.analysis.sequence import HALF, MASK
from ladderview.analysis.tcp_rules import ACK, FIN, NOTED, OPEN_OR_END, SYN, WSCALE_UNKNOWN, Segment
from ladderview.analysis.tcp_walk import Walk
from ladderview.analysis.verdicts import Verdict

#: Rows that are Python numbers at one time.
CHUNK_ROWS: Final = 1 << 16
#: Wireshark keeps the first three blocks of a SACK option for the bytes in flight.
MAX_SACK_BLOCKS: Final = 3
#: Where every segment has timestamps, a header of this length has no room for SACK (RFC 7323 appendix A).
TIMESTAMPED_HEADER_LEN: Final = FIXED_HEADER_LEN + 12

#: In the column of bytes in flight: not counted for this segment; counted, but the sum made no sense.
NOT_COUNTED: Final = -1
NO_SENSE: Final = 0

_DUPLICATE: Final = Verdict.DUPLICATE_ACK.value


@dataclass(slots=True)
class Changes:
    """Values that hold from a row on: ``rows`` ascending, ``values`` beside them."""

    rows: list[int]
    values: list[int]

    def set(self, row: int, value: int) -> None:
        """From ``row`` on it is ``value``."""
        if not self.values or self.values[-1] != value:
            self.rows.append(row)
            self.values.append(value)

    def column(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The value at each of ``rows``, 0 where there is none at all."""
        if not self.values:
            return np.zeros(len(rows), np.int64)
        return np.asarray(self.values, np.int64)[np.searchsorted(self.rows, rows, side="right") - 1]


@dataclass(slots=True)
class Followed:
    """What a walk through a whole flow leaves; columns as in ``TcpAnalysis``."""

    verdicts: NDArray[np.uint32]
    bytes_in_flight: NDArray[np.int64]
    acks_row: NDArray[np.int64]
    duplicate_ack_of: NDArray[np.int64]
    duplicate_ack_num: NDArray[np.int32]
    noted: NDArray[np.bool_]
    base_seq: tuple[Changes, Changes]
    wscale: tuple[Changes, Changes]
    walk: Walk


def follow(segments: Segments, reused_ports: bool) -> Followed:
    """Follow both ends from the first segment to the last."""
    n = len(segments)
    followed = Followed(
        verdicts=np.zeros(n, np.uint32),
        bytes_in_flight=np.full(n, NOT_COUNTED, np.int64),
        acks_row=np.full(n, -1, np.int64),
        duplicate_ack_of=np.full(n, -1, np.int64),
        duplicate_ack_num=np.zeros(n, np.int32),
        noted=np.zeros(n, np.bool_),
        base_seq=(Changes([], []), Changes([], [])),
        wscale=(Changes([0], [WSCALE_UNKNOWN]), Changes([0], [WSCALE_UNKNOWN])),
        walk=Walk(segments.options, reused_ports),
    )
    flights = (Flight(), Flight())
    sacks = _Sacks(segments)
    for start in range(0, n, CHUNK_ROWS):
        _follow_chunk(segments, followed, flights, sacks, slice(start, min(n, start + CHUNK_ROWS)))
    return followed


def _follow_chunk(
    segments: Segments, followed: Followed, flights: tuple[Flight, Flight], sacks: _Sacks, rows: slice
) -> None:
    """Follow some rows. Long, because a call a segment is what it saves."""
    walk = followed.walk
    client, server = walk.ends
    by_direction = ((client, server, *flights), (server, client, *flights[::-1]))
    settled = walk.is_settled
    previous = -1
    in_flight_column: list[int] = []
    acks_column: list[int] = []
    columns = zip(
        range(rows.start, rows.stop),
        segments.ts_ns[rows].tolist(),
        segments.direction[rows].tolist(),
        segments.seq[rows].tolist(),
        segments.ack[rows].tolist(),
        segments.payload_len[rows].tolist(),
        segments.window[rows].tolist(),
        segments.flags[rows].tolist(),
        sacks.rows(rows),
        strict=True,
    )
    for row, ts_ns, direction, seq, ack, payload_len, window, flags, sack_row in columns:
        sender, peer, sent, answered = by_direction[direction]
        next_seq = (seq + payload_len) & MASK
        may_answer = direction != previous or ack != sender.last_ack
        previous = direction
        if (
            settled
            and seq == sender.next_seq
            and seq
            and next_seq
            and window
            and flags & (OPEN_OR_END | ACK) == ACK
            and not sender.is_first_ack
            and (peer.max_ackable - ack) & MASK < HALF
            and (
                peer.window
                and (next_seq - peer.last_ack - 1) & MASK < HALF - 1
                and next_seq != (peer.last_ack + (peer.window << peer.shift)) & MASK
                if payload_len
                else ack != sender.last_ack
            )
        ):
            peer.in_flight_known = True
            if ack != sender.last_ack:
                sender.last_new_ack_row = row
                sender.duplicate_acks = 0
                sender.last_ack = ack
            if payload_len:
                if seq == sender.max_ackable:
                    sender.max_ackable = next_seq
                sender.next_seq = next_seq
                sender.next_seq_ns = ts_ns
            sender.window = window
            sender.last_ack_ns = ts_ns
            sender.last_verdicts = 0
        else:
            segment = Segment(row, ts_ns, seq, ack, payload_len, window, flags)
            verdicts = walk.step(segment, direction)
            if verdicts:
                _note(followed, row, verdicts, direction)
            if flags & SYN or not settled:
                _note_changes(followed, row)
                settled = walk.is_settled
            next_seq = segment.next_seq
        if next_seq != seq:
            sent.send(seq, next_seq, row)
        acks_column.append(answered.acknowledge(ack) if may_answer else -1)
        if payload_len and sender.in_flight_known:
            in_flight = sent.bytes_between(sender.base_seq or 0)
            if sack_row >= 0 and in_flight >= 0:
                in_flight = (in_flight - sacks.sacked_bytes(sack_row)) & MASK
            if in_flight >= MAX_IN_FLIGHT:
                in_flight = NO_SENSE
            elif flags & (SYN | FIN) and in_flight > 0:
                in_flight -= 1
            in_flight_column.append(in_flight)
        else:
            in_flight_column.append(NOT_COUNTED)
    followed.acks_row[rows] = acks_column
    followed.bytes_in_flight[rows] = in_flight_column


def _note(followed: Followed, row: int, verdicts: int, direction: int) -> None:
    """Write down the verdicts on a segment."""
    followed.verdicts[row] = verdicts & ~NOTED
    followed.noted[row] = bool(verdicts & NOTED)
    if verdicts & _DUPLICATE:
        sender = followed.walk.ends[direction]
        followed.duplicate_ack_of[row] = sender.last_new_ack_row
        followed.duplicate_ack_num[row] = sender.duplicate_acks


def _note_changes(followed: Followed, row: int) -> None:
    """Write down what a segment of the handshake has told."""
    for end, base_seq, wscale in zip(followed.walk.ends, followed.base_seq, followed.wscale, strict=True):
        if end.base_seq is not None:
            base_seq.set(row, end.base_seq)
        wscale.set(row, end.wscale)


class _Sacks:
    """Where the other end's latest segment may acknowledge selectively, and how many bytes it does."""

    __slots__ = ("_bytes", "_last", "_least", "_row", "_segments")

    def __init__(self, segments: Segments) -> None:
        self._segments = segments
        self._least = TIMESTAMPED_HEADER_LEN if _has_timestamps(segments) else FIXED_HEADER_LEN
        self._last = [-1, -1]
        self._row = -1
        self._bytes = 0

    def rows(self, rows: slice) -> list[int]:
        """For each of these rows the last one before it of the other end, if that has room for SACK, or -1.

        To be asked for one slice after the other.
        """
        segments = self._segments
        numbers = np.arange(rows.start, rows.stop)
        from_server = segments.direction[rows] == 1
        last = [
            np.maximum(np.maximum.accumulate(np.where(own, numbers, -1)), before)
            for own, before in zip((~from_server, from_server), self._last, strict=True)
        ]
        self._last = [int(column[-1]) for column in last]
        others: NDArray[np.int64] = np.where(from_server, *last)
        if segments.header_len is not None:
            others[segments.header_len[others] <= self._least] = -1
        found: list[int] = others.tolist()
        return found

    def sacked_bytes(self, row: int) -> int:
        """How many bytes that row acknowledges selectively; its options are read once."""
        if row != self._row:
            self._row = row
            self._bytes = sum(right - left for left, right in self._segments.options(row).sack[:MAX_SACK_BLOCKS])
        return self._bytes


def _has_timestamps(segments: Segments) -> bool:
    """Whether every segment has the timestamps option: the SYN,ACK has it (RFC 7323 section 3.2)."""
    both = SYN | ACK
    answers = np.flatnonzero((segments.flags & both) == both)
    return bool(len(answers)) and segments.options(int(answers[0])).tsval is not None
