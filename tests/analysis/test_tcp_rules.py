"""The verdicts: a table of cases, each with the answer that Wireshark 4.0 gives, and tshark asked where it is there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladderview.analysis.verdicts import FIELD_MASKS, Verdict
from ladderview.proto.tcp import TcpOptions
from tests.analysis.conversation import Seg, conversation, handshake
from tests.analysis.moves import conversations
from tests.analysis.wire import ask_tshark, write_pcap

V = Verdict
#: ISNs are 1000 and 5000, so data begins at 1001 and 5001; windows count 128-fold after the handshake.
OPEN = handshake()
#: The same with windows that count as they stand.
UNSCALED = handshake(shift=None)


def c(flags: str, seq: int, ack: int = 5001, length: int = 0, **more: object) -> Seg:
    return Seg("c", flags, seq, ack, length, **more)  # type: ignore[arg-type]


def s(flags: str, seq: int, ack: int = 1001, length: int = 0, **more: object) -> Seg:
    return Seg("s", flags, seq, ack, length, **more)  # type: ignore[arg-type]


#: name -> (segments, verdict of each that has one: {row: verdict}).
CASES: dict[str, tuple[tuple[Seg, ...], dict[int, Verdict]]] = {
    "nothing wrong": ((*OPEN, c("PA", 1001, length=10), s("A", 5001, 1011), c("FA", 1011), s("FA", 5001, 1012)), {}),
    "retransmission after a timeout": (
        (*OPEN, c("PA", 1001, length=10), c("PA", 1001, length=10, ms=500)),
        {4: V.RETRANSMISSION},
    ),
    "SYN sent again": ((c("S", 1000, 0), c("S", 1000, 0, ms=1000)), {1: V.RETRANSMISSION}),
    "FIN sent again": ((*OPEN, c("FA", 1001), c("FA", 1001, ms=900)), {4: V.RETRANSMISSION}),
    "retransmission within a round trip, of the latest data": (
        (*OPEN, c("PA", 1001, length=10, ms=100), c("PA", 1001, length=10, ms=105)),
        {4: V.RETRANSMISSION},
    ),
    "out of order": (
        (*OPEN, s("A", 5001, length=100, ms=30), s("A", 5201, length=100, ms=31), s("A", 5101, length=100, ms=32)),
        {4: V.LOST_SEGMENT, 5: V.OUT_OF_ORDER},
    ),
    "too late to be out of order: the round trip took 20 ms": (
        (*OPEN, s("A", 5001, length=100, ms=30), s("A", 5201, length=100, ms=31), s("A", 5101, length=100, ms=52)),
        {4: V.LOST_SEGMENT, 5: V.RETRANSMISSION},
    ),
    "3 ms where no handshake told the round trip": (
        (
            s("A", 5001, length=100, ms=0),
            s("A", 5201, length=100, ms=1),
            s("A", 5101, length=50, ms=3.9),
            s("A", 5151, length=50, ms=4),
            s("A", 5151, length=49, ms=4.1),
        ),
        {1: V.LOST_SEGMENT, 2: V.OUT_OF_ORDER, 3: V.RETRANSMISSION, 4: V.RETRANSMISSION},
    ),
    "fast retransmission": (
        (
            *OPEN,
            s("A", 5001, length=100, ms=30),
            c("A", 1001, 5101, ms=31),
            s("A", 5201, length=100, ms=32),
            c("A", 1001, 5101, ms=33),
            s("A", 5301, length=100, ms=34),
            c("A", 1001, 5101, ms=35),
            s("A", 5101, length=100, ms=54.999),
        ),
        {5: V.LOST_SEGMENT, 6: V.DUPLICATE_ACK, 8: V.DUPLICATE_ACK, 9: V.FAST_RETRANSMISSION},
    ),
    "one duplicate ACK makes no fast retransmission, and 20 ms are too late": (
        (
            *OPEN,
            s("A", 5001, length=100, ms=30),
            c("A", 1001, 5101, ms=31),
            s("A", 5201, length=100, ms=32),
            c("A", 1001, 5101, ms=33),
            s("A", 5101, length=50, ms=60),
            c("A", 1001, 5101, ms=61),
            s("A", 5101, length=50, ms=81),
        ),
        {5: V.LOST_SEGMENT, 6: V.DUPLICATE_ACK, 7: V.RETRANSMISSION, 8: V.DUPLICATE_ACK, 9: V.RETRANSMISSION},
    ),
    "spurious retransmission": (
        (*OPEN, c("PA", 1001, length=10), s("A", 5001, 1011), c("PA", 1001, length=10)),
        {5: V.SPURIOUS_RETRANSMISSION},
    ),
    "keep-alive and its ACK": (
        (*OPEN, c("PA", 1001, length=10), s("A", 5001, 1011), c("A", 1010), s("A", 5001, 1011)),
        {5: V.KEEP_ALIVE, 6: V.KEEP_ALIVE_ACK},
    ),
    "keep-alive with one byte": ((*OPEN, c("A", 1000, length=1)), {3: V.KEEP_ALIVE}),
    "two bytes from one before are neither": ((*OPEN, c("A", 1000, length=2)), {}),
    "previous segment not captured": ((*OPEN, c("A", 1101, length=10)), {3: V.LOST_SEGMENT}),
    "no loss before a reset": ((*OPEN, c("R", 1101, 0)), {3: V.RESET}),
    "ACK of an unseen segment, said once": (
        (*OPEN, s("A", 5001, 1101), s("A", 5001, 1101, length=1), s("A", 5002, 1201)),
        {3: V.ACK_LOST_SEGMENT},
    ),
    "duplicate ACKs are counted from the first that says it": (
        (*OPEN, s("A", 5001, length=9), c("A", 1001, 5010), c("A", 1001, 5010), c("A", 1001, 5010)),
        {5: V.DUPLICATE_ACK, 6: V.DUPLICATE_ACK},
    ),
    "what Multipath TCP has to say for the first time is no duplicate ACK": (
        (
            c("S", 1000, 0, options=TcpOptions(multipath=((0, 12),))),
            s("SA", 5000, options=TcpOptions(multipath=((0, 12),))),
            c("A", 1001, options=TcpOptions(multipath=((0, 20),))),
            s("A", 5001, length=10),
            c("A", 1001, 5011, options=TcpOptions(multipath=((2, 8),))),
            c("A", 1001, 5011, options=TcpOptions(multipath=((3, 8),))),
            c("A", 1001, 5011),
            c("A", 1001, 5011, options=TcpOptions(multipath=((8, 4),))),
            c("A", 1001, 5011),
        ),
        {7: V.DUPLICATE_ACK, 8: V.DUPLICATE_ACK},
    ),
    "an offer of Multipath TCP without a key is not yet Multipath TCP": (
        (
            c("S", 1000, 0, options=TcpOptions(multipath=((0, 4),))),
            s("SA", 5000, options=TcpOptions(multipath=((0, 12),))),
            c("A", 1001),
            s("A", 5001),
            s("A", 5001),
        ),
        {4: V.DUPLICATE_ACK},
    ),
    "window update": ((*OPEN, c("A", 1001, window=600)), {3: V.WINDOW_UPDATE}),
    "zero window, probe, its ACK, update": (
        (
            *OPEN,
            s("A", 5001, length=9),
            c("A", 1001, 5010, window=0),
            s("A", 5010, length=1),
            c("A", 1001, 5010, window=0),
            c("A", 1001, 5010, window=9),
        ),
        {
            4: V.ZERO_WINDOW,
            5: V.ZERO_WINDOW_PROBE,
            6: V.ZERO_WINDOW | V.ZERO_WINDOW_PROBE_ACK,
            7: V.WINDOW_UPDATE,
        },
    ),
    "no zero window on a reset": ((*OPEN, s("RA", 5001, window=0)), {3: V.RESET}),
    "window full": (
        (*UNSCALED, c("A", 1001, window=100), s("A", 5001, length=60), s("A", 5061, length=40)),
        {3: V.WINDOW_UPDATE, 5: V.WINDOW_FULL},
    ),
    "window full by the scale": (
        (*OPEN, c("A", 1001, window=2), s("A", 5001, length=200), s("A", 5201, length=56)),
        {3: V.WINDOW_UPDATE, 5: V.WINDOW_FULL},
    ),
    "nothing is full where the scale is not known": (
        (c("A", 1001, window=100), s("A", 5001, length=60), s("A", 5061, length=40)),
        {},
    ),
    "SYN,ACK with another number": (
        (*OPEN, s("SA", 7000, 1001)),
        {3: V.REUSED_PORTS | V.LOST_SEGMENT},
    ),
    "SYN,ACK with another number than an ACK had told": (
        (c("A", 1001, length=1), c("P", 1002, 0), s("SA", 7000, 1002)),
        {2: V.REUSED_PORTS},
    ),
    "numbers that go over the top": (
        (
            c("A", 2**32 - 10, length=15),
            s("A", 5001, 5),
            c("A", 5, length=10, ms=500),
            c("A", 2**32 - 10, length=30, ms=900),
            c("A", 30, length=10, ms=901),
        ),
        {3: V.RETRANSMISSION, 4: V.LOST_SEGMENT},
    ),
    "an end at number 0 has sent nothing yet": (
        (c("A", 2**32 - 10, length=10), c("A", 5, length=10, ms=500), c("A", 0, length=5, ms=900)),
        {2: V.RETRANSMISSION},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_verdicts(name: str) -> None:
    segments, expected = CASES[name]
    got = {row: Verdict(int(v)) for row, v in enumerate(conversation(*segments).tcp.verdicts) if v}
    assert got == expected


def test_duplicate_acks_are_numbered_and_point_to_the_first() -> None:
    segments, _ = CASES["duplicate ACKs are counted from the first that says it"]
    tcp = conversation(*segments).tcp
    assert tcp.duplicate_ack_num.tolist() == [0, 0, 0, 0, 0, 1, 2]
    assert tcp.duplicate_ack_of.tolist() == [-1, -1, -1, -1, -1, 4, 4]


def test_ports_used_before_are_told_at_the_first_segment_only() -> None:
    tcp = conversation(*OPEN, reused_ports=True).tcp
    assert [bool(v & V.REUSED_PORTS) for v in tcp.verdicts.tolist()] == [True, False, False]


#: Field -> how our columns say it, and where they do.
ORACLE_FIELDS = (
    *FIELD_MASKS, "tcp.seq", "tcp.ack", "tcp.nxtseq", "tcp.window_size", "tcp.analysis.duplicate_ack_num",
    "tcp.analysis.bytes_in_flight", "tcp.analysis.acks_frame", "tcp.analysis.initial_rtt",
)  # fmt: skip


def our_fields(segments: tuple[Seg, ...], first_frame: int) -> list[dict[str, str]]:
    tcp = conversation(*segments).tcp
    rows = []
    for row in range(len(segments)):
        fields = {name: "1" for name, mask in FIELD_MASKS.items() if int(tcp.verdicts[row]) & mask}
        fields["tcp.seq"], fields["tcp.ack"] = str(tcp.rel_seq[row]), str(tcp.rel_ack[row])
        fields["tcp.nxtseq"], fields["tcp.window_size"] = str(tcp.next_seq[row]), str(tcp.scaled_window[row])
        if tcp.duplicate_ack_num[row]:
            fields["tcp.analysis.duplicate_ack_num"] = str(tcp.duplicate_ack_num[row])
        if tcp.bytes_in_flight[row] >= 0:
            fields["tcp.analysis.bytes_in_flight"] = str(tcp.bytes_in_flight[row])
        if tcp.acks_row[row] >= 0:
            fields["tcp.analysis.acks_frame"] = str(first_frame + tcp.acks_row[row])
        if tcp.noted[row] and 0 <= tcp.initial_rtt_row <= row:
            fields["tcp.analysis.initial_rtt"] = f"{tcp.initial_rtt_ns / 1e9:.9f}"
        rows.append(fields)
    return rows


def assert_as_tshark(path: Path, flows: list[tuple[Seg, ...]]) -> None:
    write_pcap(path, flows)
    first_frame = 1
    for segments, theirs in zip(flows, ask_tshark(path, ORACLE_FIELDS), strict=True):
        for name in FIELD_MASKS:
            for fields in theirs:
                if name in fields:
                    fields[name] = "1"
        assert our_fields(segments, first_frame) == theirs
        first_frame += len(segments)


@pytest.mark.tshark
def test_cases_are_as_tshark_says(tmp_path: Path) -> None:
    assert_as_tshark(tmp_path / "cases.pcap", [segments for segments, _ in CASES.values()])


def is_one_stream(segments: list[Seg]) -> bool:
    """Whether Wireshark keeps these in one stream: no SYN with another number than the first of its direction."""
    return all("S" not in seg.flags or "A" in seg.flags or row == 0 for row, seg in enumerate(segments))


@pytest.mark.tshark
@settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
@given(talks=st.lists(conversations().filter(is_one_stream), min_size=1, max_size=12))
def test_any_conversation_is_as_tshark_says(tmp_path: Path, talks: list[list[Seg]]) -> None:
    assert_as_tshark(tmp_path / "talks.pcap", [tuple(talk) for talk in talks])


def test_verdicts_are_one_bit_each() -> None:
    bits = [int(verdict) for verdict in Verdict]
    assert sum(bits) == np.bitwise_or.reduce(bits)
