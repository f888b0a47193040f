"""How is the payload of a flow's segments read from the file?

One at a time where somebody looks at one segment. Who walks through a flow asks for them in the order of the file; then
a stretch of the file is read at once, since asking the system for every packet takes longer than taking a record apart.

Trap: a flow may be spread thin over a large file. A stretch is only read where the packet before was near.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.capture import Capture

#: By row, the captured payload bytes of a segment; raises CaptureChanged.
Payload = Callable[[int], bytes]

#: Bytes that are read at once, and how far apart two packets of a flow may be for that.
_STRETCH: Final = 1 << 18
_NEAR: Final = 1 << 14


class Payloads:
    """Reads payload of one flow."""

    __slots__ = ("_capture", "_length", "_offset", "_packets", "_skip", "_whole")

    def __init__(self, capture: Capture, packets: NDArray[np.int64]) -> None:
        """``packets`` are the flow's rows of the packet table."""
        table = capture.packets
        self._capture = capture
        self._packets = packets
        held = np.maximum(table.caplen[packets].astype(np.int64) - table.payload_off[packets], 0)
        self._length = np.minimum(table.payload_len[packets], held)
        self._offset = table.offset[packets].astype(np.int64) + table.payload_off[packets]
        self._skip = table.payload_off[packets] - table.l4_off[packets]
        # A reassembled datagram is in no single place of the file; how much of it there is, only reading tells.
        fragmented = np.fromiter(capture.fragments, np.int64, len(capture.fragments))
        self._whole = np.isin(packets, fragmented) if len(fragmented) else np.zeros(len(packets), np.bool_)
        self._length[self._whole] = table.payload_len[packets[self._whole]]
        self._length[np.isin(packets, capture.unsized)] = 0

    @property
    def lengths(self) -> NDArray[np.int64]:
        """int64: captured payload bytes of each row, none where the length on the wire is not known."""
        lengths: NDArray[np.int64] = self._length
        return lengths

    def of(self, row: int) -> bytes:
        """The captured payload of one row. Raises CaptureChanged."""
        return self._capture.segment_bytes(int(self._packets[row]))[int(self._skip[row]) :]

    def in_order(self) -> Payload:
        """A reader for rows that come in about the order of the file."""
        source, end = self._capture.source, self._capture.size
        data, start, last = b"", 0, -_NEAR - 1

        def payload(row: int) -> bytes:
            nonlocal data, start, last
            if self._whole[row]:
                return self.of(row)
            offset, length = int(self._offset[row]), int(self._length[row])
            near, last = 0 <= offset - last <= _NEAR, offset + length
            if offset < start or last > start + len(data):
                size = max(length, min(_STRETCH, end - offset)) if near else length
                data, start = source.read_unchanged(offset, size), offset
            return data[offset - start : last - start]

        return payload
