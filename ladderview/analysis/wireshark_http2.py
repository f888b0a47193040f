"""Which HTTP/2 fields does Wireshark show, in which packet?

Frames are handed on whole, one after the other (``wireshark_desegment``); a piece that does not begin with a frame is
read as if it did. What stands in a frame is read by ``proto.http2``.
"""

from __future__ import annotations

from collections.abc import Callable

from ladderview.analysis.wireshark_desegment import ONE_MORE_SEGMENT, Chunk, Taken
from ladderview.proto.http2 import HEADER_SIZE, MAGIC, PREFACE, Http2Frame, Http2Reader

Add = Callable[[str, object], None]

_FIELDS = {
    ":method": "http2.headers.method",
    ":path": "http2.headers.path",
    ":status": "http2.headers.status",
}


class WiresharkHttp2:
    """One HTTP/2 connection, as Wireshark keeps it."""

    __slots__ = ("_readers",)

    def __init__(self) -> None:
        self._readers = Http2Reader(), Http2Reader()

    def dissect(self, chunk: Chunk, direction: int, add: Add, ends: bool) -> Taken:
        """Take bytes."""
        data, at = chunk.data, 0
        while at < len(data):
            left = chunk.length - at
            size = _frame_size(data, at) if left >= HEADER_SIZE else left + 1
            if left < size and chunk.may_wait:
                return Taken(at, size - left if left >= HEADER_SIZE else ONE_MORE_SEGMENT)
            reader = self._readers[direction]
            for frame in reader.feed(reader.position, data[at : at + size]):
                if isinstance(frame, Http2Frame):
                    _show(frame, add)
            at += size
        return Taken(chunk.length)


def _frame_size(data: bytes, at: int) -> int:
    """RFC 9113 sections 3.4 and 4.1."""
    if data.startswith(PREFACE, at):
        return len(PREFACE)
    return HEADER_SIZE + int.from_bytes(data[at : at + 3], "big")


def _show(frame: Http2Frame, add: Add) -> None:
    if frame.frame_type == MAGIC:
        return
    add("http2.type", frame.frame_type)
    add("http2.streamid", frame.stream)
    for header in frame.headers:
        name = _FIELDS.get(header.name)
        if name is not None:
            add(name, header.value)
