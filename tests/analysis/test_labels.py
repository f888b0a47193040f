from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.labels import VERDICT_ORDER, segment_label, verdict_label
from ladderview.analysis.verdicts import LABELS, Verdict
from ladderview.capture.capture import open_capture
from ladderview.proto.tcp import TcpOptions, parse_options
from tests.analysis.conversation import Seg, conversation, handshake

SAMPLES = sorted((Path(__file__).parents[2] / "resources" / "samples").glob("*.pcap*"))

#: Protocols that stay on, so that tshark says what it says of TCP and not of what TCP carries.
LOWER = {"frame", "eth", "ethertype", "vlan", "ip", "ipv6", "tcp", "sll", "null", "raw", "data", "pkt_comment", "mptcp"}


def label(fa: FlowAnalysis, number: int) -> str:
    return str(segment_label(fa, number - 1))


def options(text: str) -> TcpOptions:
    return parse_options(bytes.fromhex(text.replace(" ", "")))


# The first three packets of a real exchange, as Wireshark reads them.
REAL = (
    Seg("c", "S", 7, window=64240, options=options("020405b4 0402 080a800bac2e00000000 01 030307")),
    Seg("s", "SA", 9, 8, window=65535, options=options("020405a0 01 030308 0402 080ab638a567800bac2e")),
    Seg("c", "A", 8, 10, window=502, options=options("0101 080a800c0017b638a567")),
)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1, "[SYN] Seq=0 Win=64240 Len=0 MSS=1460 SACK_PERM TSval=2148248622 TSecr=0 WS=128"),
        (2, "[SYN, ACK] Seq=0 Ack=1 Win=65535 Len=0 MSS=1440 WS=256 SACK_PERM TSval=3057165671 TSecr=2148248622"),
        (3, "[ACK] Seq=1 Ack=1 Win=64256 Len=0 TSval=2148270103 TSecr=3057165671"),
    ],
)
def test_a_handshake_reads_as_in_wiresharks_info_column(number: int, text: str) -> None:
    assert label(conversation(*REAL), number) == text


def test_the_parts_of_a_label() -> None:
    fa = conversation(*handshake(), Seg("c", "PA", 1001, 5001, 30, ms=50), Seg("c", "PA", 1001, 5001, 30, ms=350))
    parts = segment_label(fa, 4)
    assert (parts.verdict, parts.flags, parts.numbers) == (
        "[TCP Retransmission]",
        "[PSH, ACK]",
        "Seq=1 Ack=1 Win=64256 Len=30",
    )


def test_a_duplicate_ack_names_the_one_that_it_repeats() -> None:
    fa = conversation(
        *handshake(),
        Seg("s", "A", 6441, 1001, 100),
        Seg("c", "A", 1001, 5001),
        Seg("s", "A", 6541, 1001, 100),
        Seg("c", "A", 1001, 5001),
    )
    assert [verdict_label(fa, row) for row in (4, 6)] == ["[TCP Dup ACK 3#1]", "[TCP Dup ACK 3#2]"]


def test_several_verdicts_stand_in_wiresharks_order() -> None:
    fa = conversation(Seg("c", "S", 0))
    fa.tcp.verdicts[0] = int(np.bitwise_or.reduce([int(verdict) for verdict in Verdict]))
    assert re.findall(r"\[TCP ([^]\d]+?)(?: \d+#\d+)?\]", verdict_label(fa, 0)) == [
        LABELS[verdict].removeprefix("TCP ") for verdict in VERDICT_ORDER
    ]


def test_every_verdict_but_a_reset_has_its_place() -> None:
    assert set(VERDICT_ORDER) == set(Verdict) - {Verdict.RESET}


def test_sack_edges_are_relative_to_the_peer() -> None:
    block = options("0101 050a 00001929 00001ec9")
    fa = conversation(*handshake(), Seg("s", "A", 6441, 1001, 1440), Seg("c", "A", 1001, 5001, options=block))
    assert label(fa, 5).endswith("Len=0 SLE=1441 SRE=2881")


@pytest.mark.parametrize(
    ("option_bytes", "end"),
    [
        ("03030f", "Len=0 WS=16384"),
        ("0502", "Len=0[Malformed Packet]"),
        ("22020101", "Len=0 TFO=R"),
        ("1312" + "00" * 16, "Len=0 MD5"),
        ("050e 00001929 00001ec9 00000001 0101", "Len=0 SLE=1441 SRE=2881"),
    ],
)
def test_odd_options(option_bytes: str, end: str) -> None:
    fa = conversation(*handshake(), Seg("c", "A", 1001, 5001, options=options(option_bytes)))
    assert label(fa, 4).endswith(end)


def test_a_timestamp_that_the_capture_cut_in_two_is_not_shown() -> None:
    cut = parse_options(bytes.fromhex("020405b4080a0000000100"), 14)
    assert label(conversation(Seg("c", "S", 1, window=10, options=cut)), 1) == (
        "[SYN] Seq=0 Win=10 Len=0 MSS=1460[Packet size limited during capture]"
    )


def test_a_window_without_a_handshake_stands_as_it_is() -> None:
    assert label(conversation(Seg("c", "A", 7, 9, window=502)), 1) == "[ACK] Seq=1 Ack=1 Win=502 Len=0"


def test_the_bits_of_accurate_ecn_are_a_number_after_the_handshake() -> None:
    fa = conversation(*handshake(), Seg("c", "A", 1001, 5001))
    fa.segments.flags[:] = [0x1C2, 0x092, 0x090, 0x150]
    labels = [segment_label(fa, row).flags for row in range(4)]
    assert labels == ["[SYN, ECE, CWR, AE]", "[SYN, ACK, CWR]", "[ACK, ACE=2]", "[ACK, ACE=5]"]


def with_columns(fa: FlowAnalysis, **columns: object) -> FlowAnalysis:
    return replace(fa, segments=replace(fa.segments, **columns))


def test_the_urgent_pointer_is_read_where_its_flag_is_set() -> None:
    fa = with_columns(conversation(Seg("c", "UA", 7, 9), Seg("c", "A", 7, 9)), urgent=lambda row: 39426)
    assert label(fa, 1) == "[ACK, URG] Seq=1 Ack=1 Win=502 Urg=39426 Len=0"
    assert "Urg" not in label(fa, 2)


def test_a_data_offset_that_cannot_be() -> None:
    bogus = with_columns(conversation(Seg("c", "A", 7, 9)), header_len=np.array([8], np.uint8))
    assert label(bogus, 1) == "[ACK] Seq=1 Ack=1 Win=502, bogus TCP header length (8, must be at least 20)"


@pytest.fixture(scope="module")
def tcp_only(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which tshark reads nothing above TCP."""
    folder = tmp_path_factory.mktemp("wireshark")
    (folder / "wireshark").mkdir()
    listed = subprocess.run(["tshark", "-G", "protocols"], capture_output=True, text=True, check=True).stdout
    names = (line.split("\t")[2] for line in listed.splitlines())
    off = [name for name in names if name not in LOWER and not name.startswith(("tcp.", "ip.", "ipv6."))]
    (folder / "wireshark" / "disabled_protos").write_text("\n".join(off) + "\n")
    return {**os.environ, "XDG_CONFIG_HOME": str(folder)}


@pytest.mark.tshark
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_labels_of_the_samples_are_tsharks(sample: Path, tcp_only: dict[str, str]) -> None:
    command = ["tshark", "-n", "-r", str(sample), "-Y", "tcp", "-T", "json"]
    command += ["-e", "frame.number", "-e", "_ws.col.Info"]
    packets = json.loads(subprocess.run(command, capture_output=True, check=True, env=tcp_only).stdout)
    layers = [packet["_source"]["layers"] for packet in packets]
    told = {int(found["frame.number"][0]): found["_ws.col.Info"][0] for found in layers}
    capture = open_capture(sample)
    mine = {}
    for flow_id in range(len(capture.flows)):
        fa = analyse_flow(capture, flow_id)
        mine |= {int(fa.segments.packet[row]) + 1: str(segment_label(fa, row)) for row in range(len(fa.segments))}
    capture.close()
    assert mine == {number: re.sub(r"\d+ → \d+ ", "", info, count=1) for number, info in told.items()}
