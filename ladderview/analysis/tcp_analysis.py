"""What happened in one flow, segment by segment: numbers, verdicts and who acknowledges whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TcpAnalysis:
    """Columns beside ``Segments``, one row a segment. -1 stands for "none" or "unknown".

    Attributes:
        rel_seq, rel_ack: int64, relative to the ISN of the sender and of its peer; ``rel_ack`` 0 where ACK is not set.
        next_seq: int64, relative: rel_seq + payload_len, and one each for SYN and FIN.
        verdicts: uint32, ``Verdict`` bits.
        duplicate_ack_of: int64, row that a duplicate ACK repeats, or -1.
        duplicate_ack_num: int32, "#n" of a duplicate ACK, or 0.
        bytes_in_flight: int64, as ``tcp.analysis.bytes_in_flight``, or -1.
        scaled_window: int64, as ``tcp.window_size``.
        acks_row: int64, row of the segment that this one acknowledges (``tcp.analysis.acks_frame``), or -1.
        acked_by_row: int64, row of the first segment that acknowledges this one, or -1.
        ack_rtt_ns: int64, nanoseconds from that segment to this (``tcp.analysis.ack_rtt``), or -1.
        related_row: int64, row that the verdict points at (the original of a retransmission ...), or -1.
        client_state, server_state: uint8, a ``tcp_states.State``: the state of each end after this segment.
        initial_rtt_ns: ``tcp.analysis.initial_rtt``, nanoseconds, or -1.
        base_seq: raw number that relative 0 stands for, (client, server); None where no segment was seen.
        wscale: shift count of each end's window (client, server): -1 unknown, -2 known not to be used.
    """

    rel_seq: NDArray[np.int64]
    rel_ack: NDArray[np.int64]
    next_seq: NDArray[np.int64]
    verdicts: NDArray[np.uint32]
    duplicate_ack_of: NDArray[np.int64]
    duplicate_ack_num: NDArray[np.int32]
    bytes_in_flight: NDArray[np.int64]
    scaled_window: NDArray[np.int64]
    acks_row: NDArray[np.int64]
    acked_by_row: NDArray[np.int64]
    ack_rtt_ns: NDArray[np.int64]
    related_row: NDArray[np.int64]
    client_state: NDArray[np.uint8]
    server_state: NDArray[np.uint8]
    initial_rtt_ns: int
    base_seq: tuple[int | None, int | None]
    wscale: tuple[int, int]
