"""Which bytes does Wireshark hand to a protocol above TCP, and in which packet?

The product reads a stream as its receiver did (``streams``). Wireshark does not, and its fields stand in the packets
in which it handed bytes on. Its default, which this module follows (Wireshark 4.0, "Reassemble out-of-order segments"
off):

- A segment is handed on when it is captured, whatever is missing before it.
- A protocol may ask for more: for so many bytes, for one more segment, or for everything up to the FIN. What it could
not
  use begins a *unit*; later segments whose numbers fall into the unit are added to it, and it is handed on in the
  packet that completes it. Bytes behind its end are handed on as if they came by themselves.
- A segment that begins a known unit again, or that TCP analysis calls a retransmission, is not handed on.

Plan: one ``Desegmenter`` a direction. Numbers are offsets that do not wrap. A protocol that only counts what follows
says so by ``resume``; its bytes are then let go, so a long download is not held.

Trap: a unit with a hole in it may never be handed on. That is Wireshark's loss, and so it is ours here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

#: ``Taken.more``: one more segment, however long; all that comes before the FIN.
ONE_MORE_SEGMENT: Final = -1
UNTIL_FIN: Final = -2

#: Units that are remembered for telling a repeated segment; older ones are told by TCP analysis alone.
MAX_UNITS: Final = 4096
#: Bytes that are held for one unit at most; a protocol that wants more does not get it.
MAX_HELD: Final = 1 << 24

_NO_END: Final = 1 << 62


class Chunk(NamedTuple):
    """Bytes handed to a protocol.

    Attributes:
        data: what was captured of them; only what is new where ``resume`` is given.
        length: how many they were on the wire.
        row: the packet in which they are handed on.
        may_wait: whether the protocol may ask for more.
        resume: what the protocol left for itself when it asked for more.
        at: where they begin in the stream of their direction.
    """

    data: bytes
    length: int
    row: int
    may_wait: bool
    resume: object
    at: int


class Taken(NamedTuple):
    """What a protocol made of a chunk.

    Attributes:
        used: bytes of it that are done with; with ``resume`` all are.
        more: 0, bytes that it needs, ``ONE_MORE_SEGMENT`` or ``UNTIL_FIN``.
        resume: to be handed back with the bytes that come.
    """

    used: int
    more: int = 0
    resume: object = None


Dissect = Callable[[Chunk], Taken]


@dataclass(slots=True)
class _Unit:
    """Bytes that are handed on together."""

    start: int
    end: int
    last_row: int
    whole_segments: bool
    resume: object = None
    have: int = 0
    total: int = -1
    done_row: int = -1
    held: bytearray = field(default_factory=bytearray)
    apart: dict[int, bytes] = field(default_factory=dict)

    def add(self, row: int, at: int, data: bytes, more: bool) -> bool:
        """Put a piece in its place; whether the unit became complete with it."""
        if self.done_row >= 0:
            return False
        if at > self.have:
            if sum(map(len, self.apart.values())) < MAX_HELD and len(data) > len(self.apart.get(at, b"")):
                self.apart[at] = data
        else:
            self._append(data[self.have - at :])
            while self.apart:
                first = min(self.apart)
                if first > self.have:
                    break
                piece = self.apart.pop(first)
                self._append(piece[self.have - first :])
        if not more:
            self.total = max(self.total, at + len(data))
        if 0 <= self.total <= self.have:
            self.done_row = row
            return True
        return False

    def _append(self, data: bytes) -> None:
        self.have += len(data)
        if len(self.held) < MAX_HELD and not getattr(self.resume, "counts_only", False):
            self.held += data

    def wait(self, end: int, whole_segments: bool) -> None:
        """The protocol wants more: go on to ``end``."""
        self.end, self.whole_segments = end, whole_segments
        self.total = self.done_row = -1


class Desegmenter:
    """One direction of a flow."""

    __slots__ = ("_highest", "_starts", "_units", "_until_fin")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._units: list[_Unit] = []
        self._highest: int | None = None
        self._until_fin = False

    def add(self, row: int, seq: int, data: bytes, repeated: bool, dissect: Dissect) -> None:
        """Take a segment's whole payload; ``repeated`` where TCP analysis calls it a retransmission of any kind."""
        first = True
        while data:
            end = seq + len(data)
            unit = self._unit_at(seq)
            if unit is not None and end <= unit.end and unit.last_row != row:
                return
            if unit is None:
                unit = self._unit_before(seq)
            inside = unit is not None and unit.start <= seq < unit.end
            if repeated and first and self._highest is not None and seq <= self._highest:
                return
            first = False
            self._highest = end if self._highest is None else max(self._highest, end)
            if unit is not None and inside:
                used = self._continue(unit, row, seq, data, dissect)
            else:
                used = self._begin(row, seq, data, dissect)
            seq, data = seq + used, data[used:]

    def finish(self, row: int, seq: int, data: bytes, dissect: Dissect) -> bool:
        """Take the payload of a segment with FIN; whether it completed a unit that waited for it."""
        if not self._until_fin:
            return False
        self._until_fin = False
        unit = self._unit_at(seq) or self._unit_before(seq)
        if unit is None or not unit.add(row, seq - unit.start, data, more=False):
            return False
        dissect(Chunk(bytes(unit.held), unit.have, row, False, unit.resume, unit.start))
        return True

    # -- inside ---------------------------------------------------------------------------------------------------

    def _begin(self, row: int, seq: int, data: bytes, dissect: Dissect) -> int:
        """Hand a segment on by itself; what was not used begins a unit."""
        taken = dissect(Chunk(data, len(data), row, True, None, seq))
        if taken.more:
            self._open(row, seq + taken.used, seq + len(data), data[taken.used :], taken)
        return len(data)

    def _continue(self, unit: _Unit, row: int, seq: int, data: bytes, dissect: Dissect) -> int:
        """Add a segment to the unit that it falls into; how much of the segment is done with."""
        unit.last_row = row
        end = seq + len(data)
        size = len(data) if unit.whole_segments else min(end, unit.end) - seq
        complete = unit.add(row, seq - unit.start, data[:size], more=end < unit.end)
        if complete and unit.whole_segments:
            unit.whole_segments = False
            unit.end = max(unit.end, end)
        if complete:
            held_before = unit.have - size
            held = bytes(unit.held)
            if unit.resume is not None:
                unit.held.clear()
            taken = dissect(Chunk(held, unit.have, row, True, unit.resume, unit.start))
            if taken.more and ((taken.resume is not None and taken.used == 0) or taken.used <= held_before):
                if taken.resume is not None:
                    unit.held.clear()
                unit.resume = taken.resume
                self._extend(unit, taken, seq + size, end)
                return size
            unit.held.clear()
            if taken.more:
                rest = seq + size - (unit.have - taken.used)
                self._open(row, rest, seq + size, data[rest - seq : size], taken)
        return unit.end - seq if seq <= unit.end < end and size else len(data)

    def _extend(self, unit: _Unit, taken: Taken, seq: int, segment_end: int) -> None:
        if taken.more == ONE_MORE_SEGMENT:
            unit.wait(segment_end + 1, True)
        elif taken.more == UNTIL_FIN:
            self._until_fin = True
            unit.wait(_NO_END, False)
        else:
            unit.wait(seq + taken.more, False)

    def _open(self, row: int, start: int, segment_end: int, data: bytes, taken: Taken) -> None:
        unit = _Unit(start, segment_end, row, False, taken.resume)
        unit.add(row, 0, data, more=True)
        if taken.resume is not None:
            unit.held.clear()
        self._extend(unit, taken, segment_end, segment_end)
        at = bisect_right(self._starts, start)
        if at and self._starts[at - 1] == start:
            self._units[at - 1] = unit
            return
        self._starts.insert(at, start)
        self._units.insert(at, unit)
        if len(self._starts) > MAX_UNITS:
            del self._starts[: MAX_UNITS // 2], self._units[: MAX_UNITS // 2]

    def _unit_at(self, seq: int) -> _Unit | None:
        at = bisect_right(self._starts, seq) - 1
        return self._units[at] if at >= 0 and self._starts[at] == seq else None

    def _unit_before(self, seq: int) -> _Unit | None:
        at = bisect_right(self._starts, seq - 1) - 1
        return self._units[at] if at >= 0 else None
