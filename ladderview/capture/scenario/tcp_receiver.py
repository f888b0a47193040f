"""What has come at one end, how far in order, and how much more may come?

Sources: RFC 9293 section 3.8.6 (window), RFC 2018 section 4 (which blocks a SACK option holds), RFC 2883 (D-SACK).

Traps: a window that was offered is not taken back (RFC 9293 section 3.8.6): where its scale cannot tell what is left of
it, it is rounded up, as common stacks do.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.capture.scenario.frames import Segment
from ladderview.capture.scenario.words import EndSettings
from ladderview.proto.tcp import Flags

_MAX_FIELD = 0xFFFF


@dataclass(frozen=True, slots=True)
class Taken:
    """What a segment brought: bytes for the application, the other end's FIN, and whether its ACK must not wait."""

    data: bytes = b""
    fin: bool = False
    must_ack_now: bool = True


class Receiver:
    """The receiving half of an end.

    Attributes:
        next_seq: the number that is expected next.
        synchronized: the other end's SYN has come.
        reading: its application takes what comes at once.
        unacknowledged: bytes that came in order since the latest ACK.
    """

    def __init__(self, settings: EndSettings) -> None:
        self.next_seq = 0
        self.synchronized = False
        self.reading = True
        self.unacknowledged = 0
        self._size = settings.window
        self._shift = 0
        self._sack = False
        self._edge = 0
        self._unread = bytearray()
        self._held: dict[int, Segment] = {}
        self._blocks: list[tuple[int, int]] = []
        self._duplicate: tuple[int, int] | None = None

    def begin(self, shift: int, sack: bool) -> None:
        """The other end's SYN has come, and so it is agreed how windows are scaled and whether SACK is used."""
        self.synchronized = True
        self.next_seq = 1
        self._shift, self._sack = shift, sack
        self._edge += 1 if self._edge else 0

    # -- what comes ----------------------------------------------------------------------------------------------------

    def take(self, segment: Segment) -> Taken:
        """RFC 9293 section 3.10.7.4: the first, seventh and eighth check; a SYN is no payload."""
        if segment.end <= self.next_seq:
            self._duplicate = segment.seq, segment.end
            return Taken()
        if segment.seq > self.next_seq:
            if segment.seq < self._edge:
                self._held[segment.seq] = segment
                self._add_block(segment.seq, segment.end)
            return Taken()
        was_whole = not self._held
        data, fin = self._accept(segment)
        while not fin and (held := self._next_held()) is not None:
            more, fin = self._accept(held)
            data += more
        self._blocks = [block for block in self._blocks if block[1] > self.next_seq]
        self.unacknowledged += len(data)
        if not data and not fin:
            return Taken()  # the window is closed
        if not self.reading:
            self._unread += data
            return Taken(b"", fin, not was_whole)
        return Taken(data, fin, not was_whole)

    def _accept(self, segment: Segment) -> tuple[bytes, bool]:
        """What is new in a segment that begins at or before the next number, as far as the window goes."""
        data = segment.payload[self.next_seq - segment.seq :]
        room = max(self._edge - self.next_seq, 0)
        fin = bool(segment.flags & Flags.FIN) and len(data) <= room
        data = data[:room]
        self.next_seq += len(data) + fin
        return data, fin

    def _next_held(self) -> Segment | None:
        """A segment that came early and whose turn it is now."""
        for seq in sorted(self._held):
            if seq > self.next_seq:
                return None
            segment = self._held.pop(seq)
            if segment.end > self.next_seq:
                return segment
        return None

    def _add_block(self, left: int, right: int) -> None:
        """The block that grew last comes first."""
        apart = []
        for block in self._blocks:
            if block[1] < left or block[0] > right:
                apart.append(block)
            else:
                left, right = min(left, block[0]), max(right, block[1])
        self._blocks = [(left, right), *apart]

    # -- what is told of it --------------------------------------------------------------------------------------------

    def advertise(self, syn: bool, acks: bool) -> int:
        """What the window field of the next segment holds; that of a SYN is not scaled (RFC 7323 section 2.2)."""
        free = max(self._size - len(self._unread), 0)
        if syn:
            field = min(free, _MAX_FIELD)
            self._edge = max(self._edge, self.next_seq + field)
            return field
        field = min(free >> self._shift, _MAX_FIELD)
        if self.next_seq + (field << self._shift) < self._edge:
            field = min((self._edge - self.next_seq + (1 << self._shift) - 1) >> self._shift, _MAX_FIELD)
        if acks:
            self._edge = max(self._edge, self.next_seq + (field << self._shift))
            self.unacknowledged = 0
        return field

    def sack_blocks(self, most: int) -> tuple[tuple[int, int], ...]:
        """The blocks of the next ACK; what came twice is told first, and once."""
        duplicate, self._duplicate = self._duplicate, None
        if not self._sack:
            return ()
        blocks = [duplicate, *self._blocks] if duplicate else self._blocks
        return tuple(blocks[:most])

    # -- what the application does -------------------------------------------------------------------------------------

    def read(self, size: int | None) -> bytes:
        """Take so many bytes of what waits; None: all of it, and what comes later at once."""
        if size is None:
            self.reading = True
        data = bytes(self._unread[:size])
        del self._unread[: len(data)]
        return data

    def opens(self, mss: int) -> bool:
        """Whether the window has grown enough to say so (RFC 9293 section 3.8.6.2.2)."""
        grown = self.next_seq + max(self._size - len(self._unread), 0) - self._edge
        return grown >= min(self._size // 2, mss)

    # -- explicit segments ---------------------------------------------------------------------------------------------

    def follow(self, segment: Segment) -> None:
        """Go on behind a segment that nobody answers."""
        if segment.flags & Flags.SYN:
            self.synchronized, self.next_seq = True, max(self.next_seq, segment.end)
        elif segment.end > segment.seq:
            self._edge = max(self._edge, segment.end)
            self.take(segment)
