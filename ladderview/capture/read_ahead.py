"""How are bytes read that are asked for in about the order of the file?

A stretch of the file at once: asking the system for every packet, and each time whether the file is still the same,
takes longer than whatever is done with it.

Trap: what is wanted may be spread thin over a large file. A stretch is only read where the place asked for before was
near.
"""

from __future__ import annotations

from typing import Final

from ladderview.capture.source import Source

#: Bytes that are read at once, and how far apart two places may be for that.
_STRETCH: Final = 1 << 18
_NEAR: Final = 1 << 14


class ReadAhead:
    """Reads one file for one thread."""

    __slots__ = ("_data", "_end", "_last", "_source", "_start")

    def __init__(self, source: Source, size: int) -> None:
        """``size`` is how many bytes of the source may be read."""
        self._source = source
        self._end = size
        self._data = b""
        self._start = 0
        self._last = -_NEAR - 1

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes. Raises CaptureChanged."""
        start, end = self._start, offset + length
        near, self._last = 0 <= offset - self._last <= _NEAR, end
        if offset < start or end > start + len(self._data):
            size = max(length, min(_STRETCH, self._end - offset)) if near else length
            self._data, self._start = self._source.read_unchanged(offset, size), offset
            start = offset
        return self._data[offset - start : end - start]
