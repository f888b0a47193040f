"""Which segments before and after one segment explain its numbers?

Plan: the numbers of each direction are laid on an unbounded line (positions, int64) by adding up signed 32-bit
differences from segment to segment, so that "earlier" and "later" are plain comparisons, past any wrap-around
(RFC 9293 section 3.4). A position means nothing by itself; ``seq_of`` and ``ack_of`` turn it back into a number.

Traps: the rows looked at are bounded (at least ``REACH`` before and after, as far as the flow goes), because a person
waits for the answer and a flow may have ten million. A story asks for one row after the other, so the neighbourhood of
the last question is kept. A reset may carry any number and moves nothing.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.sequence import MASK, difference
from ladderview.analysis.verdicts import Verdict
from ladderview.proto.tcp import Flags

#: Rows looked at before and after a segment.
REACH = 65_536

#: Rows among which the nearest with a flag is looked for first.
_NEAREST = 256

_SYN, _FIN, _RST, _ACK = Flags.SYN.value, Flags.FIN.value, Flags.RST.value, Flags.ACK.value
_RARE = _SYN | _FIN | _RST


@dataclass(frozen=True, slots=True)
class Side:
    """The segments of one direction near the segment that is explained, in capture order.

    Attributes:
        rows: int64, rows of the flow.
        begin: int64, position of Seq.
        end: int64, position of the next Seq: payload, SYN and FIN counted.
        moves: bool, whether the segment says where its sender is; a reset does not.
        rare: int64, ascending: those of the rows with SYN, FIN or RST.
    """

    rows: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    moves: NDArray[np.bool_]
    rare: NDArray[np.int64]

    def before(self, row: int) -> int:
        """How many of them come before a row of the flow."""
        return int(np.searchsorted(self.rows, row))

    def highest(self, row: int) -> tuple[int, int] | None:
        """(position, row) of the highest next Seq before a row, and the first segment that reached it."""
        stop = self.before(row)
        ends = self.end[:stop][self.moves[:stop]]
        if not len(ends):
            return None
        at = int(np.argmax(ends))
        return int(ends[at]), int(self.rows[:stop][self.moves[:stop]][at])

    def carriers(self, begin: int, end: int, first: int, stop: int) -> list[int]:
        """Rows from ``first`` to before ``stop`` that carry a position in [begin, end)."""
        low, high = self.before(first), self.before(stop)
        hit = (self.begin[low:high] < end) & (self.end[low:high] > begin)
        return [int(row) for row in self.rows[low:high][hit]]

    def ending_at(self, position: int, row: int) -> int | None:
        """The first segment before a row that takes numbers and whose next Seq is this position."""
        stop = self.before(row)
        hits = np.flatnonzero((self.end[:stop] == position) & (self.begin[:stop] < position))
        return int(self.rows[hits[0]]) if len(hits) else None


class Around:
    """One segment among its neighbours.

    Attributes:
        fa, row: the segment.
        direction: 0 sent by the client, 1 by the server.
        own, peer: the segments near it in its direction and in the other.
        seq, end: positions among ``own`` of Seq and of the next Seq.
        ack: position among ``peer`` of Ack, or None where ACK is not set or the peer has not been seen.
        flags, payload_len: of the segment.
    """

    def __init__(self, fa: FlowAnalysis, row: int) -> None:
        segments = fa.segments
        self.fa = fa
        self.row = row
        self.direction = int(segments.direction[row])
        self.flags = int(segments.flags[row])
        self.payload_len = int(segments.payload_len[row])
        sides = _sides(fa, row // REACH)
        self.own, self.peer = sides[self.direction], sides[1 - self.direction]
        at = self.own.before(row)
        self.seq = int(self.own.begin[at])
        self.end = int(self.own.end[at])
        self.ack = self._ack_position(row, self.peer) if self.has(_ACK) else None

    def _ack_position(self, row: int, side: Side) -> int | None:
        """Where the Ack of a row lies on the line of the side that it acknowledges."""
        if not len(side.rows):
            return None
        at = max(side.before(row) - 1, 0)
        raw = int(self.fa.segments.seq[side.rows[at]])
        return int(side.begin[at]) + difference(int(self.fa.segments.ack[row]), raw)

    def has(self, flag: int) -> bool:
        """Whether one of these flags is set."""
        return bool(self.flags & flag)

    # -- questions ------------------------------------------------------------------------------------------------

    def acknowledged_by(self, position: int, after: int | None = None) -> int | None:
        """The first segment of the peer after a row (this one) whose Ack reaches a position of ``own``."""
        segments = self.fa.segments
        start = self.peer.before(self.row + 1 if after is None else after + 1)
        rows = self.peer.rows[start:]
        raw_seq = int(segments.seq[self.row])
        reach = (segments.ack[rows].astype(np.int64) - raw_seq + (1 << 31)) % (1 << 32) - (1 << 31)
        hits = np.flatnonzero(((segments.flags[rows] & _ACK) > 0) & (reach >= position - self.seq))
        return int(rows[hits[0]]) if len(hits) else None

    def previous_own(self, flags: int = 0) -> int | None:
        """The segment of the same end just before this one; with ``flags`` the last one that has any of them."""
        return self._last(self.own, flags)

    def previous_peer(self, flags: int = 0) -> int | None:
        """The segment of the other end just before this one; with ``flags`` the last one that has any of them."""
        return self._last(self.peer, flags)

    def _last(self, side: Side, flags: int) -> int | None:
        if not flags:
            before = side.before(self.row)
            return int(side.rows[before - 1]) if before else None
        among = side.rows if flags & ~_RARE else side.rare
        before = int(np.searchsorted(among, self.row))
        for first in (max(before - _NEAREST, 0), 0):
            rows = among[first:before]
            hits = np.flatnonzero(self.fa.segments.flags[rows] & flags)
            if len(hits):
                return int(rows[hits[-1]])
        return None

    def first_own_ack(self, after: int) -> int | None:
        """The first segment of the same end between a row and this one that has the same Ack."""
        segments = self.fa.segments
        rows = self.own.rows[self.own.before(after) : self.own.before(self.row)]
        same = ((segments.flags[rows] & _ACK) > 0) & (segments.ack[rows] == segments.ack[self.row])
        hits = np.flatnonzero(same)
        return int(rows[hits[0]]) if len(hits) else None

    def duplicates_asking(self) -> list[int]:
        """The duplicate ACKs of the peer, before this segment, whose Ack is this Seq."""
        segments, verdicts = self.fa.segments, self.fa.tcp.verdicts
        rows = self.peer.rows[: self.peer.before(self.row)]
        asking = (segments.ack[rows] == segments.seq[self.row]) & ((verdicts[rows] & int(Verdict.DUPLICATE_ACK)) > 0)
        return [int(row) for row in rows[asking]]

    def gap_told_by(self) -> int | None:
        """The peer's latest ACK, if its SACK holds bytes beyond this segment and its Ack does not reach Seq's byte.

        Raises:
            CaptureChanged: the file was cut short or replaced since it was read.
        """
        source, segments = self.previous_peer(_ACK), self.fa.segments
        if source is None or not self.payload_len:
            return None
        seq = int(segments.seq[self.row])
        end = (seq + self.end - self.seq) & MASK
        if difference(int(segments.ack[source]), seq) > 0:
            return None
        return source if any(difference(left, end) >= 0 for left, _ in segments.options(source).sack) else None

    def next_own(self) -> NDArray[np.int64]:
        """Rows of the same end after this one."""
        return self.own.rows[self.own.before(self.row + 1) :]

    # -- numbers as a person reads them ---------------------------------------------------------------------------

    def seq_of(self, position: int, raw: bool) -> int:
        """A position among ``own`` as a sequence number, relative or raw."""
        base = self.fa.segments.seq[self.row] if raw else self.fa.tcp.rel_seq[self.row]
        return (int(base) + position - self.seq) & MASK

    def ack_of(self, position: int, raw: bool) -> int:
        """A position among ``peer`` as an acknowledgment number, relative or raw."""
        base = self.fa.segments.ack[self.row] if raw else self.fa.tcp.rel_ack[self.row]
        return (int(base) + position - (self.ack or 0)) & MASK

    def number(self, row: int) -> str:
        """The packet as a person calls it: "#29"."""
        return f"#{int(self.fa.segments.packet[row]) + 1}"

    def time_since(self, earlier: int, later: int) -> int:
        """Nanoseconds from one row to another."""
        return int(self.fa.segments.ts_ns[later]) - int(self.fa.segments.ts_ns[earlier])


Sides = tuple[Side, Side]

#: The neighbourhood of the last question: its flow, its number and both sides.
_kept: tuple[weakref.ref[FlowAnalysis], int, Sides] | None = None


def _sides(fa: FlowAnalysis, number: int) -> Sides:
    """What the client and the server sent near the rows ``number * REACH`` to ``(number + 1) * REACH``."""
    global _kept  # noqa: PLW0603  (one entry, replaced as a whole: threads may ask at once)
    kept = _kept
    if kept is not None and kept[0]() is fa and kept[1] == number:
        return kept[2]
    first, stop = max(0, (number - 1) * REACH), (number + 2) * REACH
    sides = _side(fa, first, stop, 0), _side(fa, first, stop, 1)
    _kept = weakref.ref(fa), number, sides
    return sides


def _side(fa: FlowAnalysis, first: int, stop: int, direction: int) -> Side:
    segments = fa.segments
    rows = np.flatnonzero(segments.direction[first:stop] == direction) + first
    flags = segments.flags[rows]
    space = segments.payload_len[rows].astype(np.int64) + ((flags & _SYN) > 0) + ((flags & _FIN) > 0)
    begin = _unwrapped(segments.seq[rows])
    return Side(rows, begin, begin + space, (flags & _RST) == 0, rows[(flags & _RARE) > 0])


def _unwrapped(raw: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Sequence numbers laid on one line: each lies at the nearest of its places to the one before."""
    if not len(raw):
        return np.zeros(0, np.int64)
    steps = np.diff(raw).view(np.int32).astype(np.int64)
    return np.concatenate(([np.int64(raw[0])], int(raw[0]) + np.cumsum(steps)))
