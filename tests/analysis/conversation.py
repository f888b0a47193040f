"""Flows written as a list of segments with raw numbers, analysed as if they had been captured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.segments import Segments
from ladderview.analysis.tcp_analysis import analyse_tcp
from ladderview.capture.flows import ClientKnownBy, Endpoint, Flow
from ladderview.proto.tcp import Flags, TcpOptions

FLAG_LETTERS = {"S": Flags.SYN, "A": Flags.ACK, "F": Flags.FIN, "R": Flags.RST, "P": Flags.PSH, "U": Flags.URG}
CLIENT, SERVER = Endpoint("10.0.0.7", 50944), Endpoint("192.0.2.10", 443)
NO_OPTIONS = TcpOptions()
START_NS = 1_700_000_000_000_000_000


@dataclass(frozen=True)
class Seg:
    """One segment: sender ("c" or "s"), flags as letters, raw numbers, payload bytes, when (ms)."""

    sender: str
    flags: str
    seq: int
    ack: int = 0
    length: int = 0
    ms: float | None = None
    window: int = 502
    options: TcpOptions = NO_OPTIONS


def conversation(*segments: Seg, reused_ports: bool = False) -> FlowAnalysis:
    """The flow of these segments; they are packets #1, #2 ... and 10 ms apart where nothing else is said."""
    columns = columns_of(*segments)
    flow = Flow(0, CLIENT, SERVER, columns.packet, ClientKnownBy.SYN)
    return FlowAnalysis(flow, columns, analyse_tcp(columns, reused_ports))


def columns_of(*segments: Seg) -> Segments:
    """The columns of these segments."""
    at_ms = [row * 10.0 if seg.ms is None else seg.ms for row, seg in enumerate(segments)]
    rows = np.arange(len(segments), dtype=np.int64)
    return Segments(
        packet=rows,
        ts_ns=START_NS + np.array([round(ms * 1e6) for ms in at_ms], np.int64),
        direction=np.array([seg.sender == "s" for seg in segments], np.uint8),
        seq=np.array([seg.seq % 2**32 for seg in segments], np.uint32),
        ack=np.array([seg.ack % 2**32 for seg in segments], np.uint32),
        payload_len=np.array([seg.length for seg in segments], np.uint32),
        window=np.array([seg.window for seg in segments], np.uint16),
        flags=np.array([sum(FLAG_LETTERS[letter] for letter in seg.flags) for seg in segments], np.uint16),
        options=lambda row: segments[row].options,
    )


def handshake(client_isn: int = 1000, server_isn: int = 5000, shift: int | None = 7) -> tuple[Seg, ...]:
    """SYN, SYN ACK and ACK; both ends agree on this window scale, or on none."""
    options = NO_OPTIONS if shift is None else TcpOptions(wscale=shift, values=(("WS", shift),))
    return (
        Seg("c", "S", client_isn, window=64240, options=options),
        Seg("s", "SA", server_isn, client_isn + 1, window=65535, options=options),
        Seg("c", "A", client_isn + 1, server_isn + 1),
    )


def textbook() -> FlowAnalysis:
    """Client ISN 69, server ISN 420; 30 and 5 bytes one way, 10 and 5 the other, and the four-way close."""
    return conversation(
        *handshake(69, 420, None),
        Seg("c", "PA", 70, 421, 30),
        Seg("s", "A", 421, 100),
        Seg("c", "PA", 100, 421, 5),
        Seg("s", "A", 421, 105),
        Seg("s", "PA", 421, 105, 10),
        Seg("c", "A", 105, 431),
        Seg("s", "PA", 431, 105, 5),
        Seg("c", "A", 105, 436),
        Seg("c", "FA", 105, 436),
        Seg("s", "A", 436, 106),
        Seg("s", "FA", 436, 106),
        Seg("c", "A", 106, 437),
    )
