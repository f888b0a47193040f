"""What one end has sent and the other has not acknowledged: which segment does an ACK answer, how much is in flight?

As Wireshark keeps its list of unacknowledged segments (4.0): an ACK answers the oldest segment that ends exactly
where it points; segments that end before are forgotten, one that it falls into is shortened from the left.

Plan: segments nearly always come in order, so they stand in a deque of which an ACK takes some from the left and a
new segment is added on the right. The few that come late or again stand in a list of their own, whose bounds are
known, so that it is looked through only when something in it changes.

Traps:
- Wireshark compares the numbers here once as signed differences and once, for the bytes in flight, as unsigned
  offsets from the ISN. Past 4 GB in one direction the two disagree for a moment; so do we.
- Where no ACK is ever seen the list would grow without end: it is capped, as Wireshark's is.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from ladderview.analysis.sequence import HALF, MASK

#: Wireshark adds no more segments than this to its list.
MAX_UNACKED: Final = 10_000
#: Segments out of order beyond this many are not kept: they would have to be looked through at every ACK.
MAX_LATE: Final = 1_000
#: More than this in flight cannot be true, and is not said.
MAX_IN_FLIGHT: Final = 2_000_000_000

#: seq, next_seq (both raw), row. A list: a partial ACK moves seq.
_Unacked = list[int]


class Flight:
    """The unacknowledged segments of one end."""

    __slots__ = ("_in_order", "_late", "_late_edges")

    def __init__(self) -> None:
        self._in_order: deque[_Unacked] = deque()
        self._late: list[_Unacked] = []
        self._late_edges = (0, HALF)

    def send(self, seq: int, next_seq: int, row: int) -> None:
        """Add a segment that takes at least one sequence number, after all others or late."""
        in_order = self._in_order
        if not in_order:
            in_order.append([seq, next_seq, row])
            return
        first = in_order[0][0]
        if (in_order[-1][1] - first) & MASK <= (seq - first) & MASK < (next_seq - first) & MASK < HALF:
            if len(in_order) + len(self._late) < MAX_UNACKED:
                in_order.append([seq, next_seq, row])
            return
        if len(self._late) < MAX_LATE:
            self._late.append([seq, next_seq, row])
            self._bound_late()

    def acknowledge(self, ack: int) -> int:
        """Forget what this ACK number covers; the row of the segment that ends exactly there, or -1."""
        in_order = self._in_order
        row = -1
        if in_order:
            first = in_order[0]
            covered = (ack - first[1]) & MASK
            last = in_order[-1]
            if covered >= HALF:
                if last is not first and ((last[0] - ack) & MASK >= HALF or (ack - last[1]) & MASK < HALF):
                    row = self._acknowledge_afar(ack)
                elif (first[0] - ack) & MASK >= HALF:
                    first[0] = ack
            else:
                while covered < HALF:
                    if covered == 0:
                        row = first[2]
                    in_order.popleft()
                    if not in_order:
                        break
                    first = in_order[0]
                    covered = (ack - first[1]) & MASK
                else:
                    if (first[0] - ack) & MASK >= HALF:
                        first[0] = ack
        if self._late:
            late_row = self._acknowledge_late(ack)
            if late_row >= 0 and (row < 0 or late_row < row):
                row = late_row
        return row

    def _acknowledge_late(self, ack: int) -> int:
        if all((edge - ack) & MASK < HALF and edge != ack for edge in self._late_edges):
            return -1
        row, self._late = _acknowledge_each(self._late, ack)
        self._bound_late()
        return row

    def _acknowledge_afar(self, ack: int) -> int:
        """An ACK number half the number space away: no order can be relied on, nor remains."""
        row, kept = _acknowledge_each(list(self._in_order), ack)
        self._in_order.clear()
        for seq, next_seq, sent_row in kept:
            self.send(seq, next_seq, sent_row)
        return row

    def _bound_late(self) -> None:
        """Note the lowest and the highest number of the late segments; an ACK before both changes nothing."""
        if not self._late:
            return
        origin = self._late[0][0] - HALF
        low = min((seq - origin) & MASK for seq, _, _ in self._late)
        high = max(((seq - origin) & MASK) + ((next_seq - seq) & MASK) for seq, next_seq, _ in self._late)
        if high - low < HALF:
            self._late_edges = ((low + origin) & MASK, (high + origin) & MASK)
        else:
            self._late_edges = (0, HALF)  # every number is past one of these: look through the list each time

    def bytes_between(self, base: int) -> int:
        """Bytes from the lowest to the highest number that is unacknowledged, -1 where there is none.

        ``base`` is the raw number from which unsigned offsets count.
        """
        in_order = self._in_order
        late = self._late
        if in_order:
            low: int = (in_order[0][0] - base) & MASK
            high: int = (in_order[-1][1] - base) & MASK
            if low < high and not late:
                return high - low
            ends = (in_order[0], in_order[-1]) if low < high else in_order
            unacked = [*ends, *late]
        elif late:
            unacked = late
        else:
            return -1
        low = min((seq - base) & MASK for seq, _, _ in unacked)
        high = max((next_seq - base) & MASK for _, next_seq, _ in unacked)
        return (high - low) & MASK


def _acknowledge_each(unacked: list[_Unacked], ack: int) -> tuple[int, list[_Unacked]]:
    """The oldest row that ends exactly at ``ack``, and what remains."""
    row = -1
    kept = []
    for entry in unacked:
        covered = (ack - entry[1]) & MASK
        if covered == 0 and (row < 0 or entry[2] < row):
            row = entry[2]
        if covered >= HALF:
            if (entry[0] - ack) & MASK >= HALF:
                entry[0] = ack
            kept.append(entry)
    return row, kept
