"""What ``packets`` tells of segments that are not whole: as much as Wireshark does."""

from __future__ import annotations

import json
from pathlib import Path
from struct import pack

from ladderview.analysis.wireshark_fields import packet_lines
from ladderview.capture.capture import open_capture
from tests.proto.sflow import datagram, record, sample
from tests.proto.wire import DPORT, FRAME, SPORT, ethernet, ipv4, tcp

FRAME_AND_FLOW = {
    "frame.number": 1,
    "frame.time_epoch": 1,
    "frame.len": 64,
    "tcp.stream": 0,
    "ip.src": "10.0.0.1",
    "ip.dst": "10.0.0.2",
    "tcp.srcport": SPORT,
    "tcp.dstport": DPORT,
}


def only_line(tmp_path: Path, packet: bytes, kept: int | None = None) -> dict[str, object]:
    path = tmp_path / "one.pcap"
    captured = packet[:kept]
    record = pack("<IIII", 1, 0, len(captured), len(packet)) + captured
    path.write_bytes(pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + record)
    capture = open_capture(path)
    try:
        (line,) = packet_lines(capture)
    finally:
        capture.close()
    fields: dict[str, object] = json.loads(line)
    return fields


def test_ports_alone(tmp_path: Path) -> None:
    expected = {name: value for name, value in FRAME_AND_FLOW.items() if name != "tcp.stream"}
    assert only_line(tmp_path, ethernet(ipv4(tcp())), 34 + 15) == expected


def test_a_header_cut_behind_the_window_has_all_fields(tmp_path: Path) -> None:
    fields = only_line(tmp_path, ethernet(ipv4(tcp())), 34 + 16)
    assert (fields["tcp.seq"], fields["tcp.len"], fields["tcp.window_size_value"]) == (1, 10, 512)


def test_a_segment_of_unknown_length_has_raw_numbers(tmp_path: Path) -> None:
    fields = only_line(tmp_path, ethernet(ipv4(tcp(offset=15))))
    assert fields == FRAME_AND_FLOW | {
        "tcp.seq": 1000,
        "tcp.seq_raw": 1000,
        "tcp.ack": 2000,
        "tcp.ack_raw": 2000,
        "tcp.flags": 0x18,
        "tcp.window_size_value": 512,
        "tcp.window_size": 512,
    }


def test_a_data_offset_that_cannot_be_ends_the_fields(tmp_path: Path) -> None:
    fields = only_line(tmp_path, ethernet(ipv4(tcp(offset=4))))
    assert fields == FRAME_AND_FLOW | {"tcp.seq": 1, "tcp.seq_raw": 1000, "tcp.len": 14}


def test_sampled_headers_are_lists(tmp_path: Path) -> None:
    other = ethernet(ipv4(tcp(seq=7), source=b"\x0a\0\0\x09"))
    fields = only_line(tmp_path, datagram(sample(record(FRAME)), sample(record(other)), sample(record(FRAME))))
    assert (fields["tcp.stream"], fields["tcp.seq"], fields["tcp.srcport"]) == ([0, 1, 0], [1000, 7, 1000], [SPORT] * 3)
    assert "tcp.len" not in fields
