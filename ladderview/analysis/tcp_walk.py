"""A flow from its first segment to its last: both ends followed through the rules, row by row.

Plan: ``Walk`` knows what both ends have shown and what the handshake told. ``Walk.step`` takes one segment through
all rules; ``follow`` takes a whole flow. Nine segments of ten are plain: data or a new ACK, in order, windows open.
``follow`` sees that at a glance and only brings the book-keeping forward, which costs a third of ``step``; a test
holds that ``step`` alone gives the same.

Traps:
- A million rows as Python numbers are some 300 MB: columns become lists one chunk at a time.
- Wireshark reads a segment's options after it has judged the segment, so a window scale or a SACK counts from the
  next segment on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.flight import MAX_IN_FLIGHT, Flight
from ladderview.analysis.segments import FIXED_HEADER_LEN, Segments
from ladderview.analysis.sequence import HALF, MASK
from ladderview.analysis.tcp_rules import (
    ACK,
    FIN,
    NOTED,
    OPEN_OR_END,
    SYN,
    WSCALE_UNKNOWN,
    WSCALE_UNUSED,
    End,
    Segment,
    judge,
    remember,
)
from ladderview.analysis.verdicts import Verdict
from ladderview.proto.tcp import MAX_WSCALE, TcpOptions

#: Rows that are Python numbers at one time.
CHUNK_ROWS: Final = 1 << 16
#: Wireshark keeps the first three blocks of a SACK option for the bytes in flight.
MAX_SACK_BLOCKS: Final = 3
#: No room for a SACK block beside the padded timestamps option (RFC 7323 appendix A).
_TIMESTAMPED_HEADER_LEN: Final = FIXED_HEADER_LEN + 12

#: In the column of bytes in flight: not counted for this segment; counted, but the sum made no sense.
NOT_COUNTED: Final = -1
NO_SENSE: Final = 0


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
        """The value at each of ``rows`` (int64, ascending or not)."""
        if not self.values:
            return np.zeros(len(rows), np.int64)
        return np.asarray(self.values, np.int64)[np.searchsorted(self.rows, rows, side="right") - 1]


class Walk:
    """Both ends of one flow, and what the handshake told.

    Attributes:
        ends: (client, server).
        syn_ns: time of the latest SYN, 0 while none was seen.
        initial_rtt_ns: from that SYN to the first ACK after it, 0 while it is not known.
        initial_rtt_row: the row of that ACK, or -1.
        timestamps: a SYN carried the timestamps option.
    """

    __slots__ = ("ends", "initial_rtt_ns", "initial_rtt_row", "options", "reused_row", "syn_ns", "timestamps")

    def __init__(self, options: Callable[[int], TcpOptions], reused_ports: bool) -> None:
        self.ends = (End(), End())
        self.options = options
        self.reused_row = 0 if reused_ports else -1
        self.syn_ns = 0
        self.initial_rtt_ns = 0
        self.initial_rtt_row = -1
        self.timestamps = False

    def step(self, segment: Segment, direction: int) -> int:
        """Take one segment through all rules; its verdicts."""
        sender, peer = self.ends[direction], self.ends[1 - direction]
        verdicts = Verdict.REUSED_PORTS.value if segment.row == self.reused_row else 0
        if segment.flags & SYN:
            verdicts |= self._begin(segment, sender)
        if sender.base_seq is None:
            sender.base_seq = segment.seq if segment.flags & SYN else (segment.seq - 1) & MASK
        if segment.flags & ACK:
            if peer.base_seq is None:
                peer.base_seq = (segment.ack - 1) & MASK
            peer.in_flight_known = True
        verdicts |= judge(segment, sender, peer)
        remember(segment, verdicts, sender)
        if segment.flags & SYN:
            self._agree(segment, sender, peer)
        elif segment.flags & ACK:
            sender.is_first_ack = False
            if self.syn_ns and not self.initial_rtt_ns:
                self._measure(segment)
        return verdicts

    def _begin(self, segment: Segment, sender: End) -> int:
        """A SYN on a pair of ports that has been seen before: Wireshark calls that reused ports too."""
        if sender.base_seq is None:
            return 0
        if segment.flags & ACK:
            if segment.seq == sender.base_seq:
                return 0
            sender.base_seq = segment.seq
            return Verdict.REUSED_PORTS.value
        # A refused attempt may have left a number from its RST behind.
        sender.next_seq = sender.max_ackable
        return NOTED

    def _agree(self, segment: Segment, sender: End, peer: End) -> None:
        """What a SYN offers: the window scale counts only where both ends offer one (RFC 7323 section 2.2)."""
        options = self.options(segment.row)
        self.timestamps |= options.tsval is not None
        if options.wscale is not None:
            sender.wscale = min(options.wscale, MAX_WSCALE)
        if sender.wscale == WSCALE_UNKNOWN:
            sender.wscale = peer.wscale = WSCALE_UNUSED
        elif segment.flags & ACK and peer.wscale == WSCALE_UNUSED:
            sender.wscale = WSCALE_UNUSED
        if not segment.flags & ACK:
            self.syn_ns = segment.ts_ns
        sender.is_first_ack = True

    def _measure(self, segment: Segment) -> None:
        """The handshake's round trip, seen from wherever the capture was made."""
        self.initial_rtt_ns = segment.ts_ns - self.syn_ns
        if self.initial_rtt_ns:
            self.initial_rtt_row = segment.row
            for end in self.ends:
                end.reorder_ns = self.initial_rtt_ns


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
    for start in range(0, n, CHUNK_ROWS):
        _follow_chunk(segments, followed, flights, slice(start, min(n, start + CHUNK_ROWS)))
    return followed


def _follow_chunk(segments: Segments, followed: Followed, flights: tuple[Flight, Flight], rows: slice) -> None:
    """Follow some rows. Long, because a call a segment is what it saves."""
    walk = followed.walk
    in_flight_column: list[int] = []
    acks_column: list[int] = []
    sacked = _Sacked(segments, walk)
    columns = zip(
        range(rows.start, rows.stop),
        segments.ts_ns[rows].tolist(),
        segments.direction[rows].tolist(),
        segments.seq[rows].tolist(),
        segments.ack[rows].tolist(),
        segments.payload_len[rows].tolist(),
        segments.window[rows].tolist(),
        segments.flags[rows].tolist(),
        strict=True,
    )
    for row, ts_ns, direction, seq, ack, payload_len, window, flags in columns:
        sender, peer = walk.ends[direction], walk.ends[1 - direction]
        next_seq = (seq + payload_len) & MASK
        if (
            seq == sender.next_seq != 0
            and flags & (OPEN_OR_END | ACK) == ACK
            and window
            and next_seq
            and not sender.is_first_ack
            and (not walk.syn_ns or walk.initial_rtt_ns)
            and (
                (next_seq - peer.last_ack - 1) & MASK < HALF - 1 and peer.window and next_seq != peer.right_edge
                if payload_len
                else ack != sender.last_ack
            )
            and (peer.max_ackable - ack) & MASK < HALF
            and peer.base_seq is not None
        ):
            peer.in_flight_known = True
            if ack != sender.last_ack:
                sender.last_new_ack_row = row
                sender.duplicate_acks = 0
            if payload_len:
                if seq == sender.max_ackable:
                    sender.max_ackable = next_seq
                sender.next_seq = next_seq
                sender.next_seq_row = row
                sender.next_seq_ns = ts_ns
            sender.window = window
            sender.last_ack = ack
            sender.last_ack_ns = ts_ns
            sender.last_verdicts = 0
            sender.last_row = row
        else:
            segment = Segment(row, ts_ns, seq, ack, payload_len, window, flags)
            verdicts = walk.step(segment, direction)
            next_seq = segment.next_seq
            _note(followed, segment, verdicts, direction)
        if next_seq != seq:
            flights[direction].send(seq, next_seq, row)
        acks_column.append(flights[1 - direction].acknowledge(ack))
        if payload_len and sender.in_flight_known:
            in_flight = flights[direction].bytes_between(sender.base_seq or 0)
            in_flight_column.append(
                NOT_COUNTED if in_flight is None else sacked.subtract(in_flight, peer.last_row, flags)
            )
        else:
            in_flight_column.append(NOT_COUNTED)
    followed.acks_row[rows] = acks_column
    followed.bytes_in_flight[rows] = in_flight_column


def _note(followed: Followed, segment: Segment, verdicts: int, direction: int) -> None:
    """Write down what a segment that was not plain has come to."""
    walk, row = followed.walk, segment.row
    followed.verdicts[row] = verdicts & ~NOTED
    followed.noted[row] = bool(verdicts & NOTED)
    sender = walk.ends[direction]
    if verdicts & Verdict.DUPLICATE_ACK.value:
        followed.duplicate_ack_of[row] = sender.last_new_ack_row
        followed.duplicate_ack_num[row] = sender.duplicate_acks
    for end, base_seq, wscale in zip(walk.ends, followed.base_seq, followed.wscale, strict=True):
        if end.base_seq is not None:
            base_seq.set(row, end.base_seq)
        wscale.set(row, end.wscale)


class _Sacked:
    """Bytes that the other end's latest segment has acknowledged selectively; its options are read once."""

    __slots__ = ("_bytes", "_header_len", "_options", "_row", "_walk")

    def __init__(self, segments: Segments, walk: Walk) -> None:
        self._options = segments.options
        self._header_len = segments.header_len
        self._walk = walk
        self._row = -1
        self._bytes = 0

    def subtract(self, in_flight: int, peer_row: int, flags: int) -> int:
        """The bytes in flight as Wireshark says them: without what was sacked, SYN and FIN."""
        if peer_row != self._row:
            self._row = peer_row
            self._bytes = self._read(peer_row)
        in_flight = (in_flight - self._bytes) & MASK
        if not 0 < in_flight < MAX_IN_FLIGHT:
            return NO_SENSE
        return in_flight - 1 if flags & (SYN | FIN) else in_flight

    def _read(self, row: int) -> int:
        if row < 0:
            return 0
        if self._header_len is not None:
            least = _TIMESTAMPED_HEADER_LEN if self._walk.timestamps else FIXED_HEADER_LEN
            if self._header_len[row] <= least:
                return 0
        return sum(right - left for left, right in self._options(row).sack[:MAX_SACK_BLOCKS])
