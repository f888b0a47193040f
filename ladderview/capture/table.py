"""The columns of all packets of a capture: one ndarray a column, 52 bytes a packet.

A structured array would cost five to ten times as much for a scan of one column, and an object a
packet is out of the question for ten million.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

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
