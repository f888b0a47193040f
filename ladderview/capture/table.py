"""The columns of all packets of a capture: one ndarray a column, 52 bytes a packet.

A structured array would cost five to ten times as much for a scan of one column, and an object a
packet is out of the question for ten million.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Kind(IntEnum):
    """What a packet is, as far as its flow is concerned."""

    OTHER = 0
    TCP = 1
    UDP = 2
    ICMP = 3
    FRAGMENT = 4
    """An IP fragment that does not complete a datagram: its bytes are shown with the packet that does."""
    ARP = 5
    BROKEN = 6
    """A packet whose headers could not be read; what was read is shown."""


#: What a person calls packets of a kind; a number goes before it.
KIND_NAMES = {
    Kind.UDP: "UDP",
    Kind.ICMP: "ICMP",
    Kind.ARP: "ARP",
    Kind.FRAGMENT: "fragmented IP",
    Kind.BROKEN: "unreadable",
}


@dataclass(frozen=True, slots=True)
class PacketTable:
    """One row a packet, in file order; row 0 is the packet that a person calls No. 1.

    Attributes:
        ts_ns: int64, nanoseconds since the epoch.
        offset: uint64, byte offset in the (uncompressed) file of the first captured byte.
        caplen: uint32, bytes captured.
        orig_len: uint32, bytes on the wire.
        iface: uint16, row of ``Capture.interfaces``.
        kind: uint8, a ``Kind``.
        flow: int32, row of the ``FlowTable``, or -1.
        direction: uint8, 0 sent by the flow's client, 1 by its server; 0 where ``flow`` is -1.
        seq, ack: uint32, raw sequence and acknowledgment numbers.
        payload_len: uint32, TCP payload bytes on the wire (by the IP length, whatever was captured).
        l4_off: uint16, offset of the TCP header in the packet, or, where ``Capture.fragments`` has the
            packet, in the reassembled datagram.
        payload_off: uint16, offset of the TCP payload, likewise.
        window: uint16, as it stands in the header.
        tcp_flags: uint16, the twelve bits after the data offset (``NS`` is bit 8).
    """

    ts_ns: NDArray[np.int64]
    offset: NDArray[np.uint64]
    caplen: NDArray[np.uint32]
    orig_len: NDArray[np.uint32]
    iface: NDArray[np.uint16]
    kind: NDArray[np.uint8]
    flow: NDArray[np.int32]
    direction: NDArray[np.uint8]
    seq: NDArray[np.uint32]
    ack: NDArray[np.uint32]
    payload_len: NDArray[np.uint32]
    l4_off: NDArray[np.uint16]
    payload_off: NDArray[np.uint16]
    window: NDArray[np.uint16]
    tcp_flags: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.ts_ns)


#: The type of each column, in the order of ``PacketTable``.
COLUMN_TYPES: dict[str, type[np.generic]] = {
    "ts_ns": np.int64,
    "offset": np.uint64,
    "caplen": np.uint32,
    "orig_len": np.uint32,
    "iface": np.uint16,
    "kind": np.uint8,
    "flow": np.int32,
    "direction": np.uint8,
    "seq": np.uint32,
    "ack": np.uint32,
    "payload_len": np.uint32,
    "l4_off": np.uint16,
    "payload_off": np.uint16,
    "window": np.uint16,
    "tcp_flags": np.uint16,
}


#: Rows that the table grows by at most: new memory is cleared, and meanwhile no other thread runs.
_GROWTH = 1 << 20


class GrowingTable:
    """A ``PacketTable`` that is being filled, block by block.

    Doubling would need twice the memory at the worst moment. So the columns grow to what the file will need by the
    share of it that has been read, and ``realloc`` moves pages instead of bytes.
    """

    def __init__(self) -> None:
        self._columns: dict[str, NDArray[Any]] = {name: np.zeros(0, dtype) for name, dtype in COLUMN_TYPES.items()}
        self._room = 0
        self.rows = 0

    def extend(self, count: int, share: float, **columns: NDArray[Any] | int) -> None:
        """Add ``count`` rows; ``share`` of the file (0 to 1) will have been read then. Absent columns are 0."""
        end = self.rows + count
        if end > self._room:
            expected = int(end / max(share, 0.001) * 1.01) if share < 1 else end
            self._resize(max(end, min(expected, end + min(_GROWTH, max(1 << 16, end)))))
        for name, values in columns.items():
            self._columns[name][self.rows : end] = values
        self.rows = end

    def _resize(self, room: int) -> None:
        for column in self._columns.values():
            column.resize(room, refcheck=False)
        self._room = room

    def finish(self) -> PacketTable:
        """The table, cut to its rows; nothing can be added afterwards."""
        self._resize(self.rows)
        return PacketTable(**self._columns)
