from __future__ import annotations

from ladderview.analysis.tcp_notes import tcp_fields
from ladderview.proto.fields import Dissection
from ladderview.proto.registry import dissect
from tests.analysis.conversation import Seg, conversation, handshake
from tests.proto.listing import RAW, lines
from tests.proto.packets import ipv4, tcp

FLOW = conversation(
    *handshake(), Seg("c", "PA", 1001, 5001, 30), Seg("s", "A", 5001, 1031), Seg("c", "PA", 1001, 5001, 30, ms=500)
)


def noted(row: int, sequence: int, flags: int) -> list[str]:
    data = ipv4(tcp(bytes(int(FLOW.segments.payload_len[row])), flags, sequence=sequence))
    segment = tcp_fields(FLOW, row, dissect(data, RAW, len(data)))[-1]
    return [line for line in lines(segment.fields) if not line.startswith("  3")]


def test_relative_numbers_stand_beside_the_raw_ones() -> None:
    told = noted(3, 1001, 0x18)
    assert told[:7] == [
        "20-21 Source Port: 50944",
        "22-23 Destination Port: 443",
        "Stream index: 0",
        "TCP Segment Len: 30",
        "24-27 Sequence Number: 1001 [relative sequence number: 1]",
        "Next Sequence Number: 31 (relative sequence number)",
        "28-31 Acknowledgment Number: 5001 [relative ack number: 1]",
    ]
    assert "34-35 Window: 502 [calculated window size: 64256 (scaling factor 128)]" in told


def test_the_analysis_of_an_ack() -> None:
    told = noted(4, 5001, 0x10)
    assert told[told.index("SEQ/ACK analysis: ") :] == [
        "SEQ/ACK analysis: ",
        "  This is an ACK to the segment in frame: 4",
        "  The RTT to ACK the segment was: 0.010000000 seconds",
        "  iRTT: 0.020000000 seconds",
    ]


def test_the_verdict_stands_among_the_analysis() -> None:
    assert noted(5, 1001, 0x18)[-1] == "  TCP Analysis Flags: [TCP Spurious Retransmission]"


def test_a_segment_that_wireshark_says_nothing_of_has_no_analysis() -> None:
    assert not any("SEQ/ACK" in line for line in noted(0, 1000, 0x02))


def test_layers_without_this_segment_stay_as_they_are() -> None:
    data = ipv4(tcp(sequence=999))
    layers: list[Dissection] = dissect(data, RAW, len(data))
    assert tcp_fields(FLOW, 3, layers) == layers
