"""The columns of one flow's segments: all that TCP analysis needs, with no capture behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.proto.tcp import TcpOptions


@dataclass(frozen=True, slots=True)
class Segments:
    """One row a segment of one flow, in capture order.

    Attributes:
        packet: int64, the row of the segment in the ``PacketTable``.
        ts_ns: int64, nanoseconds since the epoch.
        direction: uint8, 0 sent by the client, 1 by the server.
        seq, ack: uint32, raw numbers.
        payload_len: uint32, payload bytes on the wire.
        window: uint16, unscaled.
        flags: uint16, the twelve flag bits.
        options: by row; reads the packet when it is asked. Rules ask only where they must.
    """

    packet: NDArray[np.int64]
    ts_ns: NDArray[np.int64]
    direction: NDArray[np.uint8]
    seq: NDArray[np.uint32]
    ack: NDArray[np.uint32]
    payload_len: NDArray[np.uint32]
    window: NDArray[np.uint16]
    flags: NDArray[np.uint16]
    options: Callable[[int], TcpOptions]

    def __len__(self) -> int:
        return len(self.packet)
