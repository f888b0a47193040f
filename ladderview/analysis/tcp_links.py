"""Which segment belongs to which? The ACK that covers it, the original that it repeats, the cause of its verdict.

Everything here is looked up in columns after the walk: numbers are unwrapped to 64 bits, the highest number sent so
far is a running maximum, and the first row that reached a number is a bisection in it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.segments import Segments
from ladderview.analysis.verdicts import Verdict
from ladderview.proto.tcp import Flags

Rows = NDArray[np.int64]

_AGAIN: Final = (
    Verdict.RETRANSMISSION | Verdict.FAST_RETRANSMISSION | Verdict.SPURIOUS_RETRANSMISSION | Verdict.KEEP_ALIVE
).value
_LATE: Final = Verdict.OUT_OF_ORDER.value
_GAP: Final = Verdict.LOST_SEGMENT.value
_UPDATE: Final = Verdict.WINDOW_UPDATE.value
_OF_PEER: Final = (
    Verdict.ZERO_WINDOW_PROBE | Verdict.WINDOW_FULL | Verdict.KEEP_ALIVE_ACK | Verdict.ZERO_WINDOW_PROBE_ACK
).value


class Lines:
    """One direction of a flow on a number line without wrap-around.

    Attributes:
        rows: int64, the rows that this end sent.
        start, end: int64, unwrapped seq and next_seq beside ``rows``.
        reach: int64, the highest ``end`` up to each of them.
        ack_rows, acks: int64, those of ``rows`` with the ACK flag, and beside them the number on the other end's line.
    """

    __slots__ = ("ack_rows", "acks", "end", "reach", "rows", "start")

    def __init__(self, segments: Segments, direction: int, origin: int, peer_origin: int) -> None:
        self.rows: Rows = np.flatnonzero(segments.direction == direction)
        flags = segments.flags[self.rows]
        begins_or_ends = (flags & (Flags.SYN | Flags.FIN).value) != 0
        length = segments.payload_len[self.rows].astype(np.int64) + begins_or_ends
        self.start = unwrapped(segments.seq[self.rows], origin)
        self.end = self.start + length
        self.reach = np.maximum.accumulate(self.end) if len(self.end) else self.end
        self.ack_rows: Rows = self.rows[(flags & Flags.ACK.value) != 0]
        self.acks = unwrapped(segments.ack[self.ack_rows], peer_origin)


def unwrapped(numbers: NDArray[np.uint32], origin: int) -> Rows:
    """Raw numbers as int64 offsets from ``origin`` (raw), each within 2**31 of the one before it."""
    if len(numbers) == 0:
        return np.zeros(0, np.int64)
    first = np.asarray([origin], np.uint32)
    steps = np.diff(numbers, prepend=first).astype(np.uint32).view(np.int32)
    return np.cumsum(steps, dtype=np.int64)


def lines_of(segments: Segments, base_seq: tuple[int | None, int | None]) -> tuple[Lines, Lines]:
    """(client, server), both counting from what ``base_seq`` says."""
    client, server = (base or 0 for base in base_seq)
    return Lines(segments, 0, client, server), Lines(segments, 1, server, client)


def acked_by_rows(lines: tuple[Lines, Lines], n: int) -> Rows:
    """For each row the first later row whose ACK covers all of it; -1 where none does or there is nothing to cover."""
    result = np.full(n, -1, np.int64)
    for sent, answers in (lines, lines[::-1]):
        takes_numbers = sent.end > sent.start
        rows, ends = sent.rows[takes_numbers], sent.end[takes_numbers]
        ack_rows, acks = answers.ack_rows, answers.acks
        if not len(rows) or not len(ack_rows):
            continue
        after = np.searchsorted(ack_rows, rows)
        reached = np.searchsorted(np.maximum.accumulate(acks), ends)
        first = np.maximum(after, reached)
        found = first < len(ack_rows)
        # The number had been acknowledged before: the next ACK need not repeat it where ACKs came out of order.
        unsure = np.flatnonzero(found & (after > reached))
        unsure = unsure[acks[first[unsure]] < ends[unsure]]
        first[unsure] = _next_at_least(acks.tolist(), after[unsure].tolist(), ends[unsure].tolist())
        found = first < len(ack_rows)
        result[rows[found]] = ack_rows[first[found]]
    return result


def _next_at_least(values: list[int], starts: list[int], wanted: list[int]) -> list[int]:
    """For each start the first index from it on whose value reaches what is wanted, or ``len(values)``.

    From the right, only values higher than all nearer ones can be an answer; they ascend, so one bisection finds it.
    """
    if not starts:
        return []
    answers = [len(values)] * len(starts)
    peaks: list[int] = []  # negated, so that they ascend; the nearest last
    indices: list[int] = []
    at = len(values)
    for query in sorted(range(len(starts)), key=starts.__getitem__, reverse=True):
        while at > starts[query]:
            at -= 1
            while peaks and peaks[-1] >= -values[at]:
                peaks.pop()
                indices.pop()
            peaks.append(-values[at])
            indices.append(at)
        nearest = bisect_right(peaks, -wanted[query])
        if nearest:
            answers[query] = indices[nearest - 1]
    return answers


def related_rows(
    segments: Segments, verdicts: NDArray[np.uint32], duplicate_ack_of: Rows, lines: tuple[Lines, Lines]
) -> Rows:
    """The row that each verdict is concluded from, or -1; ``TcpAnalysis.related_row`` tells which that is."""
    result = duplicate_ack_of.copy()
    for line, peer in (lines, lines[::-1]):
        own = verdicts[line.rows]
        at = np.flatnonzero(own)
        if not len(at):
            continue
        before = np.maximum(at - 1, 0)
        has_before = at > 0
        for mask, related in (
            (_UPDATE, np.where(has_before, line.rows[before], -1)),
            (_GAP, np.where(has_before, line.rows[np.searchsorted(line.reach, line.reach[before])], -1)),
            (_OF_PEER, _row_before(peer.rows, line.rows[at])),
            (_LATE, _first_past(line, at, carries=False)),
            (_AGAIN, _first_past(line, at, carries=True)),
        ):
            chosen = (own[at] & mask) != 0
            result[line.rows[at[chosen]]] = related[chosen]
    return result


def _row_before(rows: Rows, limits: Rows) -> Rows:
    """The last of ``rows`` before each limit, or -1."""
    index = np.searchsorted(rows, limits) - 1
    return np.where(index >= 0, rows[np.maximum(index, 0)], -1) if len(rows) else np.full(len(limits), -1, np.int64)


def _first_past(line: Lines, at: Rows, carries: bool) -> Rows:
    """The row that first reached past the start of each segment; where it must carry that byte, -1 if it does not."""
    index = np.searchsorted(line.reach, line.start[at], side="right")
    known = index < at
    index = np.minimum(index, len(line.rows) - 1)
    if carries:
        skipped = known & (line.start[index] > line.start[at])
        if skipped.any():
            # The first sending was not captured: an earlier repetition of the same start is the next best.
            order = np.argsort(line.start, kind="stable")
            index[skipped] = order[np.searchsorted(line.start, line.start[at[skipped]], sorter=order)]
            known &= index < at
    return np.where(known, line.rows[index], -1)
