"""Flows made of columns, for tests that draw: no capture and no analysis behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.segments import Segments
from ladderview.analysis.tcp_analysis import TcpAnalysis
from ladderview.analysis.tcp_states import State
from ladderview.analysis.verdicts import Verdict
from ladderview.capture.capture import Capture
from ladderview.capture.flows import ClientKnownBy, Endpoint, Flow
from ladderview.ladder.plan import LadderPlan, plan_ladder
from ladderview.proto.tcp import TcpOptions, flags_text

S = State
SYN, ACK, FIN, RST, PSH = 0x02, 0x10, 0x01, 0x04, 0x08
START_NS = 1_700_000_000_000_000_000


@dataclass(frozen=True)
class Row:
    """One segment: who, when (ms since the flow began), what, and what was concluded from it."""

    direction: int
    ms: float
    flags: int
    seq: int = 0
    ack: int = 0
    payload_len: int = 0
    verdict: Verdict = Verdict.NONE
    client: State = S.ESTABLISHED
    server: State = S.ESTABLISHED
    related: int = -1
    acks: int = -1
    note: str = ""


@dataclass(frozen=True)
class FakeLabel:
    verdict: str
    flags: str
    numbers: str
    unquoted: str = ""


def analysis(
    rows: Sequence[Row],
    client: str = "10.0.0.7",
    server: str = "192.0.2.10",
    known_by: ClientKnownBy = ClientKnownBy.SYN,
) -> FlowAnalysis:
    def column(name: str, dtype: type) -> np.ndarray:
        return np.array([getattr(row, name) for row in rows], dtype=dtype)

    count = len(rows)
    packets = np.arange(402, 402 + count, dtype=np.int64)
    ts_ns = START_NS + np.array([round(row.ms * 1e6) for row in rows], dtype=np.int64)
    seq, ack, length = column("seq", np.int64), column("ack", np.int64), column("payload_len", np.int64)
    flags = column("flags", np.uint16)
    segments = Segments(
        packets,
        ts_ns,
        column("direction", np.uint8),
        seq.astype(np.uint32),
        ack.astype(np.uint32),
        length.astype(np.uint32),
        np.full(count, 502, np.uint16),
        flags,
        lambda row: TcpOptions(mss=1460) if rows[row].flags & SYN else TcpOptions(),
    )
    acks = column("acks", np.int64)
    acked_by = np.full(count, -1, np.int64)
    for row, acked in enumerate(acks.tolist()):
        if acked >= 0:
            acked_by[acked] = row
    none = np.full(count, -1, np.int64)
    known = {
        "rel_seq": seq,
        "rel_ack": ack,
        "next_seq": seq + length + ((flags & (SYN | FIN)) != 0),
        "verdicts": column("verdict", np.uint32),
        "duplicate_ack_num": np.zeros(count, np.int32),
        "scaled_window": np.full(count, 64256, np.int64),
        "acks_row": acks,
        "acked_by_row": acked_by,
        "related_row": column("related", np.int64),
        "client_state": column("client", np.uint8),
        "server_state": column("server", np.uint8),
        "initial_states": (S.CLOSED, S.LISTEN) if rows and rows[0].flags & SYN else (S.UNKNOWN, S.UNKNOWN),
        "noted": np.zeros(count, np.bool_),
        "initial_rtt_ns": -1,
        "initial_rtt_row": -1,
        "base_seq": (0, 0),
        "wscale": (7, 7),
    }
    tcp = TcpAnalysis(**{field.name: known.get(field.name, none) for field in fields(TcpAnalysis)})
    flow = Flow(3, Endpoint(client, 50944), Endpoint(server, 443), packets, known_by)
    return FlowAnalysis(flow, segments, tcp)


def label_of(rows: Sequence[Row], row: int) -> FakeLabel:
    it = rows[row]
    names = [f"[TCP {verdict.name.replace('_', ' ').title()}]" for verdict in Verdict if it.verdict & verdict.value]
    opening = " MSS=1460 SACK_PERM TSval=2148248622 TSecr=0 WS=128"
    options = opening if it.flags & SYN else " TSval=2148248622 TSecr=3057226407"
    numbers = f"Seq={it.seq} Ack={it.ack} Win=64256 Len={it.payload_len}{options}"
    return FakeLabel(" ".join(names), f"[{flags_text(it.flags)}]", numbers)


def capture(server_name: str = "", cut: bool = False) -> Capture:
    """As much of a capture as a ladder looks at; ``cut`` at 96 bytes a packet."""
    packets = SimpleNamespace(caplen=np.full(100_000, 96 if cut else 1500), orig_len=np.full(100_000, 1500))
    names = {"192.0.2.10": server_name} if server_name else {}
    return cast(
        Capture, SimpleNamespace(host_names=names, comment="", comments={}, packets=packets, path="dir/loss.pcapng")
    )


def plan(rows: Sequence[Row], axis: str = "rows", server_name: str = "", **addresses: Any) -> LadderPlan:
    fa = analysis(rows, **addresses)
    return plan_ladder(
        fa.flow, fa.segments, fa.tcp, lambda row: label_of(rows, row), axis=axis, capture=capture(server_name)
    )


#: A whole connection: opening, a request and its answer, closing.
HANDSHAKE = (
    Row(0, 0.0, SYN, 0, 0, 0, client=S.SYN_SENT, server=S.LISTEN),
    Row(1, 41.2, SYN | ACK, 0, 1, 0, client=S.SYN_SENT, server=S.SYN_RECEIVED, acks=0),
    Row(0, 41.3, ACK, 1, 1, 0, server=S.ESTABLISHED, acks=1),
    Row(0, 43.0, PSH | ACK, 1, 1, 517),
    Row(1, 86.9, ACK, 1, 518, 1440, acks=3),
    Row(1, 86.95, ACK, 1441, 518, 1440),
    Row(1, 87.4, PSH | ACK, 2881, 518, 1628),
    Row(0, 89.0, ACK, 518, 4509, 0, acks=6),
    Row(0, 90.1, PSH | ACK, 518, 4509, 124),
    Row(1, 133.8, PSH | ACK, 4509, 642, 14200, acks=8),
    Row(1, 352.0, PSH | ACK, 4509, 642, 1440, Verdict.RETRANSMISSION, related=9),
    Row(0, 352.2, ACK, 642, 18709, 0, acks=9),
    Row(0, 440.0, FIN | ACK, 642, 18709, 0, client=S.FIN_WAIT_1),
    Row(1, 481.4, ACK, 18709, 643, 0, client=S.FIN_WAIT_2, server=S.CLOSE_WAIT, acks=12),
    Row(1, 481.5, FIN | ACK, 18709, 643, 0, client=S.FIN_WAIT_2, server=S.LAST_ACK),
    Row(0, 481.6, ACK, 643, 18710, 0, client=S.TIME_WAIT, server=S.CLOSED, acks=14),
)

_V = Verdict

#: A loss and its recovery, an idle time, a zero window, an abort; the capture began in the middle.
TROUBLE = (
    Row(1, 812.4, ACK, 284001, 1, 1448, client=S.UNKNOWN, server=S.UNKNOWN),
    Row(1, 812.6, ACK, 286897, 1, 1448, _V.LOST_SEGMENT, client=S.UNKNOWN, server=S.UNKNOWN),
    Row(0, 812.7, ACK, 1, 285449, 0, _V.DUPLICATE_ACK, client=S.UNKNOWN, server=S.UNKNOWN, related=0),
    Row(1, 812.9, ACK, 288345, 1, 1448, client=S.UNKNOWN, server=S.UNKNOWN),
    Row(0, 813.0, ACK, 1, 285449, 0, _V.DUPLICATE_ACK, client=S.UNKNOWN, server=S.UNKNOWN, related=0),
    Row(1, 813.1, ACK, 289793, 1, 1448, client=S.UNKNOWN, server=S.UNKNOWN),
    Row(0, 813.2, ACK, 1, 285449, 0, _V.DUPLICATE_ACK, client=S.UNKNOWN, server=S.UNKNOWN, related=0),
    Row(1, 854.1, ACK, 285449, 1, 1448, _V.FAST_RETRANSMISSION, client=S.UNKNOWN, server=S.UNKNOWN),
    Row(0, 854.3, ACK, 1, 291241, 0, client=S.UNKNOWN, server=S.UNKNOWN, acks=7),
    Row(1, 2994.0, ACK, 882401, 1, 1448, client=S.UNKNOWN, server=S.UNKNOWN),
    Row(0, 2994.1, ACK, 1, 883849, 0, _V.ZERO_WINDOW, client=S.UNKNOWN, server=S.UNKNOWN, acks=9),
    Row(1, 3194.2, ACK, 883849, 1, 1, _V.ZERO_WINDOW_PROBE, client=S.UNKNOWN, server=S.UNKNOWN),
    Row(0, 3194.9, RST, 1, 0, 0, _V.RESET, client=S.CLOSED, server=S.CLOSED),
)


def long_rows(count: int) -> list[Row]:
    """Many segments: bursts of data, an ACK after each two, and here and there trouble."""
    rows, seq, ms = [], 1, 0.0
    for at in range(count):
        ms += 0.02 if at % 10 else 3.0
        if at % 3 == 2:
            rows.append(Row(0, ms, ACK, 1, seq, 0))
        else:
            verdict = Verdict.RETRANSMISSION if at % 97 == 0 else Verdict.NONE
            rows.append(Row(1, ms, ACK, seq, 1, 1448, verdict))
            seq += 1448
    return rows


def full(rows: Sequence[Row], row: int) -> str:
    """The whole label of a row."""
    label = label_of(rows, row)
    return " ".join(part for part in (label.verdict, label.flags, label.numbers) if part)
