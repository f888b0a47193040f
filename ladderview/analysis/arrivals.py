"""In which order could the programs at both ends of a flow read its bytes?

Plan: whoever reads a direction says how many bytes he waits for before he can tell anything (a record, the rest of a
body). So many are put together, over segments, and arrive with the segment that brings the last of them: a long
download costs a step for each record, not for each segment.

Trap: a direction must not wait for less because of what arrives in the other one: its bytes would come late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from ladderview.analysis.payloads import Payload
from ladderview.analysis.streams import ByteStream, Streams

#: Bytes that one step hands on at most, whatever is waited for and whatever the offload made of a segment.
MAX_ARRIVAL: Final = 1 << 20
#: Pieces that are Python numbers at one time.
_CHUNK: Final = 1 << 14
#: Behind every row.
_NEVER: Final = 1 << 62


class Arrival(NamedTuple):
    """What a receiver could read next.

    Attributes:
        row: the segment with which it could: the one that has the last of the bytes, or a later one that filled the
            hole before them.
        direction: 0 sent by the client, 1 by the server.
        offset: of its first byte in the stream of that direction.
        data: the bytes; empty where they are lost.
        lost: how many bytes are in no packet of the capture.
    """

    row: int
    direction: int
    offset: int
    data: bytes
    lost: int


def arrivals(streams: Streams, waits_for: Callable[[int], int] = lambda direction: 1) -> Iterator[Arrival]:
    """Both directions in the order in which the receivers could read them; a lost span comes before what follows it.

    Holds ``MAX_ARRIVAL`` bytes at a time, and those of one segment.

    Args:
        streams: of one flow.
        waits_for: by direction, how many bytes make no difference until the last of them is there. Asked after every
            step.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    payload = streams[0].in_order()
    client, server = _Side(streams[0]), _Side(streams[1])
    while True:
        client_row, server_row = client.gather(waits_for(0)), server.gather(waits_for(1))
        if client_row == server_row == _NEVER:
            return
        yield from (server if server_row < client_row else client).take(payload)


class _Side:
    """One direction, and the run of its pieces that is handed on next."""

    __slots__ = (
        "_at",
        "_end",
        "_first",
        "_last",
        "_next",
        "_position",
        "_row",
        "_rows",
        "_run_row",
        "_start",
        "_stream",
        "_wish",
    )

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._next = 0  # the first piece behind the chunk
        self._start: list[int] = []  # of the pieces of the chunk, like the columns of the stream
        self._end: list[int] = []
        self._rows: list[int] = []
        self._at: list[int] = []
        self._first = self._last = 0  # the run; empty where bytes are lost before the first piece
        self._run_row = 0  # with which it is there
        self._wish = 0  # what it was gathered for; 0 where there is no run
        self._position = self._row = 0  # behind what was handed on

    def gather(self, wish: int) -> int:
        """Put so many bytes together, as far as none is lost; the row with which the last of them is there."""
        if wish == self._wish:
            return self._run_row
        self._wish = wish
        if self._first == len(self._start):
            self._fill()
        start, end, rows = self._start, self._end, self._rows
        first = last = self._first
        if first == len(start):
            row = max(self._row, self._stream.end_row) if self._stream.end > self._position else _NEVER
        else:
            row = max(self._row, rows[first])
            if start[first] == self._position:
                wanted, stop = self._position + min(wish, MAX_ARRIVAL), len(start)
                last += 1
                while end[last - 1] < wanted and last < stop and start[last] == end[last - 1]:
                    row = max(row, rows[last])
                    last += 1
        self._last, self._run_row = last, row
        return row

    def take(self, payload: Payload) -> Iterator[Arrival]:
        """Hand the run on, or what is lost before the next piece."""
        self._wish = 0
        self._row = row = self._run_row
        if self._first == self._last:
            begin = self._position
            self._position = self._start[self._first] if self._first < len(self._start) else self._stream.end
            yield Arrival(row, self._stream.direction, begin, b"", self._position - begin)
            return
        parts = []
        for piece in range(self._first, self._last):
            start, end, inside = self._start[piece], self._end[piece], self._at[piece]
            data = payload(self._rows[piece])
            if len(data) != end - start:
                data = data[inside : inside + end - start]
            parts.append(data)
            if len(data) < end - start:  # a datagram whose fragments were cut
                yield from self._portions(row, parts)
                parts = []
                yield Arrival(row, self._stream.direction, start + len(data), b"", end - start - len(data))
                self._position = end
        self._first = self._last
        yield from self._portions(row, parts)

    def _portions(self, row: int, parts: list[bytes]) -> Iterator[Arrival]:
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        for at in range(0, len(data), MAX_ARRIVAL):
            portion = data[at : at + MAX_ARRIVAL]
            yield Arrival(row, self._stream.direction, self._position, portion, 0)
            self._position += len(portion)

    def _fill(self) -> None:
        """Take the next chunk of pieces."""
        stream, part = self._stream, slice(self._next, self._next + _CHUNK)
        self._start, self._end = stream.piece_start[part].tolist(), stream.piece_end[part].tolist()
        self._rows, self._at = stream.piece_row[part].tolist(), stream.piece_at[part].tolist()
        self._next, self._first = part.stop, 0
