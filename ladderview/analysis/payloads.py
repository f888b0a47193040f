"""How is the payload of a flow's segments read from the file?

One at a time where somebody looks at one segment, by ``ReadAhead`` where somebody walks through a flow.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.capture import Capture
from ladderview.capture.read_ahead import ReadAhead

#: By row, the captured payload bytes of a segment; raises CaptureChanged.
Payload = Callable[[int], bytes]


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

    def in_order(self, ahead: ReadAhead | None = None) -> Payload:
        """A reader for rows that come in about the order of the file.

        ``ahead`` is what reads the file, where several flows are walked through side by side.
        """
        read = (ahead or ReadAhead(self._capture.source, self._capture.size)).read
        offsets, lengths, whole = self._offset, self._length, self._whole

        def payload(row: int) -> bytes:
            return self.of(row) if whole[row] else read(offsets.item(row), lengths.item(row))

        return payload
