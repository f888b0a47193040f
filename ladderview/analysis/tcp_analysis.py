"""What happened in one flow, segment by segment: numbers, verdicts and who acknowledges whom.

Plan: ``tcp_follow`` follows both ends through the rules of ``tcp_rules``; what can be had from whole columns (relative
numbers, scaled windows, times) is computed here, links in ``tcp_links``, states in ``tcp_states``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.segments import Segments
from ladderview.analysis.sequence import MASK
from ladderview.analysis.tcp_follow import NO_SENSE, NOT_COUNTED, Changes, Followed, follow
from ladderview.analysis.tcp_links import acked_by_rows, lines_of, related_rows
from ladderview.analysis.tcp_states import State, initial_states, states_of
from ladderview.analysis.verdicts import Verdict
from ladderview.proto.tcp import Flags


@dataclass(frozen=True, slots=True)
class TcpAnalysis:
    """Columns beside ``Segments``, one row a segment. -1 stands for "none" or "unknown".

    Attributes:
        rel_seq, rel_ack: int64, as ``tcp.seq`` and ``tcp.ack``: relative to the ISN of the sender and of its peer,
            modulo 2**32; where ACK is not set ``rel_ack`` is what stands in the header (mostly 0).
        next_seq: int64, as ``tcp.nxtseq``: rel_seq + payload_len, and one for SYN or FIN.
        verdicts: uint32, ``Verdict`` bits.
        duplicate_ack_of: int64, row that a duplicate ACK repeats, or -1.
        duplicate_ack_num: int32, "#n" of a duplicate ACK, or 0.
        bytes_in_flight: int64, as ``tcp.analysis.bytes_in_flight``, or -1.
        scaled_window: int64, as ``tcp.window_size``.
        acks_row: int64, row of the segment that this one acknowledges (``tcp.analysis.acks_frame``), or -1.
        acked_by_row: int64, row of the first segment after this one that acknowledges all of it, or -1.
        ack_rtt_ns: int64, nanoseconds from ``acks_row`` to this row (``tcp.analysis.ack_rtt``; Wireshark leaves a 0
            out), or -1.
        related_row: int64, row that the verdict is concluded from, or -1: of a retransmission or keep-alive the first
            segment that carried the same byte; of an out-of-order segment the one that came before its turn; of a
            previous segment not captured the last one before the gap; of a duplicate ACK the ACK it repeats; of a
            window update the sender's segment before; of a full window, a probe and an answer to keep-alive or probe
            the other end's segment before.
        client_state, server_state: uint8, a ``tcp_states.State``: the state of each end after this segment.
        initial_states: (client, server) before the first segment.
        noted: bool, whether Wireshark shows a SEQ/ACK analysis for this segment (it repeats ``initial_rtt`` in each).
        initial_rtt_ns: ``tcp.analysis.initial_rtt``, nanoseconds, or -1; ``initial_rtt_row`` is the row from which on
            it is known, or -1.
        base_seq: raw number that relative 0 stands for, (client, server), at the end; None where no segment told.
        wscale: shift count of each end's window (client, server) at the end: -1 unknown, -2 known not to be used.
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
    initial_states: tuple[State, State]
    noted: NDArray[np.bool_]
    initial_rtt_ns: int
    initial_rtt_row: int
    base_seq: tuple[int | None, int | None]
    wscale: tuple[int, int]


def analyse_tcp(segments: Segments, reused_ports: bool = False) -> TcpAnalysis:
    """Everything about one flow; ``reused_ports`` where an earlier flow had the same two endpoints.

    Raises:
        CaptureChanged: the file behind ``segments.options`` was cut short or replaced since it was read.
    """
    followed = follow(segments, reused_ports)
    walk = followed.walk
    base_seq = (walk.ends[0].base_seq, walk.ends[1].base_seq)
    lines = lines_of(segments, base_seq)
    acked_by = acked_by_rows(lines, len(segments))
    client_state, server_state = states_of(segments, acked_by)
    rel_seq, rel_ack, next_seq = _relative(segments, followed)
    acks_row = followed.acks_row
    in_flight = followed.bytes_in_flight
    return TcpAnalysis(
        rel_seq=rel_seq,
        rel_ack=rel_ack,
        next_seq=next_seq,
        verdicts=followed.verdicts,
        duplicate_ack_of=followed.duplicate_ack_of,
        duplicate_ack_num=followed.duplicate_ack_num,
        bytes_in_flight=np.where(in_flight == NO_SENSE, -1, in_flight),
        scaled_window=_scaled_window(segments, followed.wscale),
        acks_row=acks_row,
        acked_by_row=acked_by,
        ack_rtt_ns=np.where(acks_row >= 0, segments.ts_ns - segments.ts_ns[acks_row], -1),
        related_row=related_rows(segments, followed.verdicts, followed.duplicate_ack_of, lines),
        client_state=client_state,
        server_state=server_state,
        initial_states=initial_states(segments),
        noted=_noted(followed),
        initial_rtt_ns=walk.initial_rtt_ns if walk.initial_rtt_row >= 0 else -1,
        initial_rtt_row=walk.initial_rtt_row,
        base_seq=base_seq,
        wscale=(walk.ends[0].wscale, walk.ends[1].wscale),
    )


def _relative(segments: Segments, followed: Followed) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """tcp.seq, tcp.ack and tcp.nxtseq."""
    rows = np.arange(len(segments), dtype=np.int64)
    from_server = segments.direction == 1
    client_base, server_base = (changes.column(rows) for changes in followed.base_seq)
    rel_seq = (segments.seq - np.where(from_server, server_base, client_base)) & MASK
    has_ack = (segments.flags & Flags.ACK.value) != 0
    rel_ack = segments.ack.astype(np.int64)
    rel_ack = np.where(has_ack, (rel_ack - np.where(from_server, client_base, server_base)) & MASK, rel_ack)
    one = (segments.flags & (Flags.SYN | Flags.FIN).value) != 0
    return rel_seq, rel_ack, (rel_seq + segments.payload_len + one) & MASK


def _scaled_window(segments: Segments, wscale: tuple[Changes, Changes]) -> NDArray[np.int64]:
    """The window in bytes; that of a SYN is never scaled (RFC 7323 section 2.2)."""
    rows = np.arange(len(segments), dtype=np.int64)
    client_scale, server_scale = (changes.column(rows) for changes in wscale)
    shift = np.where(segments.direction == 1, server_scale, client_scale)
    shift[(segments.flags & Flags.SYN.value) != 0] = 0
    return segments.window.astype(np.int64) << np.maximum(shift, 0)


def _noted(followed: Followed) -> NDArray[np.bool_]:
    """Where Wireshark shows a SEQ/ACK analysis: any verdict of its own, an acknowledged segment, bytes in flight."""
    noted: NDArray[np.bool_] = (followed.verdicts & ~np.uint32(Verdict.RESET.value)) != 0
    noted |= followed.noted | (followed.acks_row >= 0) | (followed.bytes_in_flight != NOT_COUNTED)
    return noted
