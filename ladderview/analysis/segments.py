"""The columns of one flow's segments: all that TCP analysis needs, with no capture behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ladderview.proto.tcp import TcpOptions, parse_options

if TYPE_CHECKING:
    from ladderview.capture.capture import Capture
    from ladderview.capture.flows import Flow
    from ladderview.capture.read_ahead import ReadAhead

#: Length of a TCP header without options, bytes (RFC 9293 section 3.1).
FIXED_HEADER_LEN = 20


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
        header_len: uint8, bytes from the TCP header to the payload, or None where it is not known. It only saves
            asking for options where there is no room for any.
        urgent: by row, the urgent pointer; reads the packet when it is asked. None where it is not known.
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
    header_len: NDArray[np.uint8] | None = None
    urgent: Callable[[int], int] | None = None

    def __len__(self) -> int:
        return len(self.packet)


def segments_of(capture: Capture, flow: Flow) -> Segments:
    """The segments of a flow of this capture; options are read from the file when they are asked for.

    Raises (when options are asked for):
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    table = capture.packets
    packets = flow.packets
    return Segments(
        packet=packets,
        ts_ns=table.ts_ns[packets],
        direction=table.direction[packets],
        seq=table.seq[packets],
        ack=table.ack[packets],
        payload_len=table.payload_len[packets],
        window=table.window[packets],
        flags=table.tcp_flags[packets],
        options=lambda row: read_options(capture, int(packets[row])),
        header_len=(table.payload_off[packets] - table.l4_off[packets]).astype(np.uint8),
        urgent=lambda row: int.from_bytes(capture.segment_bytes(int(packets[row]))[18:20], "big"),
    )


def read_options(capture: Capture, packet: int) -> TcpOptions:
    """The TCP options of a packet, read from the file.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    table = capture.packets
    length = int(table.payload_off[packet]) - int(table.l4_off[packet]) - FIXED_HEADER_LEN
    if length <= 0:
        return TcpOptions()
    return parse_options(capture.segment_bytes(packet)[FIXED_HEADER_LEN : FIXED_HEADER_LEN + length], length)


def reading_ahead(capture: Capture, segments: Segments, ahead: ReadAhead) -> Segments:
    """The same segments for who goes through them in order: their options come from stretches of the file.

    Raises (when options are asked for):
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    table, packets = capture.packets, segments.packet
    offsets = table.offset[packets].astype(np.int64) + table.l4_off[packets] + FIXED_HEADER_LEN
    declared = table.payload_off[packets].astype(np.int64) - table.l4_off[packets] - FIXED_HEADER_LEN
    held = table.caplen[packets].astype(np.int64) - table.l4_off[packets] - FIXED_HEADER_LEN
    fragments, nothing = capture.fragments, TcpOptions()

    def options(row: int) -> TcpOptions:
        length = declared.item(row)
        if length <= 0:
            return nothing
        packet = packets.item(row)
        if packet in fragments:
            return read_options(capture, packet)
        return parse_options(ahead.read(offsets.item(row), max(min(length, held.item(row)), 0)), length)

    return replace(segments, options=options)
