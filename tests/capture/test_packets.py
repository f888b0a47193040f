"""The fast lane says what the slow lane says, wherever it says anything."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from ladderview.capture import capture as capture_module
from ladderview.capture import packets
from ladderview.capture.capture import Capture, NotACapture, open_capture
from ladderview.capture.table import COLUMN_TYPES, Kind
from ladderview.resources import resource_path
from tests.capture.files import (
    CLIENT6,
    SERVER6,
    Packet,
    enhanced,
    interface,
    ip_frame,
    opened,
    pcap,
    section,
    segment,
)
from tests.proto.encapsulations import ALL
from tests.proto.wire import fragment6, icmp, ipv4, ipv6, tcp, udp

FRAME = segment(payload=b"0123456789", options=b"\x01" * 12)
FRAME6 = segment(payload=b"0123456789", source=CLIENT6, target=SERVER6)
COOKED = struct.pack(">HHHQ", 0, 1, 6, 0) + b"\x08\x00"
COOKED2 = b"\x08\x00" + bytes(18)


def tagged(frame: bytes, *ethertypes: int) -> bytes:
    return frame[:12] + b"".join(struct.pack(">HH", tag, 5) for tag in ethertypes) + frame[12:]


def with_bytes(frame: bytes, at: int, new: bytes) -> bytes:
    return frame[:at] + new + frame[at + len(new) :]


#: Link type and packet: those that the fast lane reads, ...
RECOGNISED = {
    "IPv4": (1, FRAME),
    "IPv6": (1, FRAME6),
    "padded": (1, segment() + bytes(6)),
    "one tag": (1, tagged(FRAME, 0x8100)),
    "two tags": (1, tagged(FRAME6, 0x88A8, 0x8100)),
    "cooked": (113, COOKED + FRAME[14:]),
    "cooked 2": (276, COOKED2 + FRAME[14:]),
    "raw IPv4": (101, FRAME[14:]),
    "raw IPv6": (101, FRAME6[14:]),
    "IPv4 only": (228, FRAME[14:]),
    "IPv6 only": (229, FRAME6[14:]),
    "loopback": (0, struct.pack("<I", 2) + FRAME[14:]),
    "loopback of the other byte order": (0, struct.pack(">I", 2) + FRAME[14:]),
    "loopback IPv6": (0, struct.pack("<I", 30) + FRAME6[14:]),
    "OpenBSD loopback": (108, struct.pack(">I", 2) + FRAME[14:]),
    "UDP": (1, ip_frame(udp(b"x" * 20, 53), 17)),
    "UDP over IPv6": (1, ip_frame(udp(b"x" * 20, 53), 17, CLIENT6[0], SERVER6[0])),
    "echo request": (1, ip_frame(icmp(8, b"x" * 20), 1)),
    "neighbour solicitation": (1, ip_frame(icmp(135, b"x" * 20), 58, CLIENT6[0], SERVER6[0])),
    "ARP": (1, bytes(12) + b"\x08\x06" + struct.pack(">HHBBH", 1, 0x0800, 6, 4, 1) + bytes(20)),
}
#: ... and those that look like them.
LEFT_ALONE = {
    "three tags": (1, tagged(FRAME, 0x88A8, 0x8100, 0x8100)),
    "IPv4 options": (
        1,
        bytes(12) + b"\x08\x00" + ipv4(tcp(), options=b"\x83\x0b\x04\x01\x02\x03\x04\x05\x06\x07\x08\0"),
    ),
    "first fragment": (1, with_bytes(FRAME, 20, b"\x20\x00")),
    "later fragment": (1, with_bytes(FRAME, 20, b"\x00\x09")),
    "total length 0": (1, with_bytes(FRAME, 16, b"\0\0")),
    "total length below the header's": (1, with_bytes(FRAME, 16, b"\0\x13")),
    "total length beyond the frame": (1, with_bytes(FRAME, 16, b"\x05\0")),
    "version 5": (1, with_bytes(FRAME, 14, b"\x55")),
    "header length 16": (1, with_bytes(FRAME, 14, b"\x44")),
    "data offset 16": (1, with_bytes(FRAME, 46, b"\x40")),
    "data offset beyond the segment": (1, with_bytes(segment(), 46, b"\xf0")),
    "IPv6 payload length 0": (1, with_bytes(FRAME6, 18, b"\0\0")),
    "IPv6 payload length beyond the frame": (1, with_bytes(FRAME6, 18, b"\x05\0")),
    "IPv6 of version 4": (1, with_bytes(FRAME6, 14, b"\x40")),
    "extension header": (1, bytes(12) + b"\x86\xdd" + ipv6(struct.pack(">BB6x", 6, 0) + tcp(), 0)),
    "IPv6 fragment": (1, bytes(12) + b"\x86\xdd" + ipv6(fragment6(tcp()[:16], more=True), 44)),
    "quoted": (1, ip_frame(icmp(3, FRAME[14:]), 1)),
    "quoted over IPv6": (1, ip_frame(icmp(1, FRAME6[14:]), 58, CLIENT6[0], SERVER6[0])),
    "VXLAN": (1, ip_frame(udp(b"\x08" + bytes(7) + FRAME, 4789), 17)),
    "UDP cut": (1, ip_frame(udp(b"", 53)[:6], 17)),
    "802.3": (1, with_bytes(FRAME, 12, b"\0\x30")),
    "family 7": (0, struct.pack("<I", 7) + FRAME[14:]),
    "IPv4 of version 6": (228, FRAME6[14:]),
    "link type 147": (147, FRAME),
    "empty": (1, b""),
}


def both_lanes(path: Path) -> Iterator[tuple[Capture, np.ndarray]]:
    """The capture read by both lanes, and by the slow one alone; with each, which packets were left to the slow one."""
    for only_slow in (False, True):
        slow = []

        def lane(
            records: object, linktypes: object, *, only_slow: bool = only_slow, slow: list = slow
        ) -> packets.Headers:
            headers = packets.fast_lane(records, linktypes)  # type: ignore[arg-type]
            if only_slow:
                headers = packets.Headers(
                    **{name: np.zeros(len(headers.slow), dtype) for name, dtype in packets._COLUMNS.items()}
                )
                headers.slow[:] = True
            slow.append(headers.slow.copy())
            return headers

        with patch.object(capture_module, "fast_lane", lane):
            capture = open_capture(path)
        yield capture, np.concatenate([np.zeros(0, np.bool_), *slow])


def assert_same(path: Path) -> np.ndarray:
    """Both lanes make the same columns, flows and counts; which packets the fast lane left."""
    (fast, left), (slow, _) = both_lanes(path)
    for name in COLUMN_TYPES:
        np.testing.assert_array_equal(getattr(fast.packets, name), getattr(slow.packets, name), err_msg=name)
    for name in ("packets", "client_bytes", "server_bytes", "start_ns", "end_ns", "order", "first", "client_known_by"):
        np.testing.assert_array_equal(getattr(fast.flows, name), getattr(slow.flows, name), err_msg=name)
    assert list(fast.flows.client) == list(slow.flows.client)
    assert fast.other_traffic == slow.other_traffic
    fast.close()
    slow.close()
    return left


@pytest.mark.parametrize(("linktype", "packet"), RECOGNISED.values(), ids=RECOGNISED)
def test_recognised(tmp_path: Path, linktype: int, packet: bytes) -> None:
    (tmp_path / "capture").write_bytes(pcap([Packet(packet)], network=linktype))
    assert assert_same(tmp_path / "capture").tolist() == [False]


@pytest.mark.parametrize(("linktype", "packet"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_left_alone(tmp_path: Path, linktype: int, packet: bytes) -> None:
    (tmp_path / "capture").write_bytes(pcap([Packet(packet)], network=linktype))
    assert assert_same(tmp_path / "capture").tolist() == [True]


@pytest.mark.parametrize(("linktype", "packet"), RECOGNISED.values(), ids=RECOGNISED)
def test_cut_by_the_snap_length_anywhere(tmp_path: Path, linktype: int, packet: bytes) -> None:
    cut = [Packet(packet[:kept], wire_len=len(packet)) for kept in range(len(packet))]
    (tmp_path / "capture").write_bytes(pcap(cut, network=linktype))
    assert_same(tmp_path / "capture")


@pytest.mark.parametrize(("linktype", "packet"), RECOGNISED.values(), ids=RECOGNISED)
def test_short_on_the_wire_anywhere(tmp_path: Path, linktype: int, packet: bytes) -> None:
    short = [Packet(packet[:kept]) for kept in range(len(packet))]
    (tmp_path / "capture").write_bytes(pcap(short, network=linktype))
    assert_same(tmp_path / "capture")


@pytest.mark.parametrize("linktype", [0, 1, 101, 108, 113, 228, 229, 276])
def test_noise(tmp_path: Path, linktype: int) -> None:
    """Every packet with bytes of its headers changed at random."""
    rng = np.random.default_rng(linktype)
    bases = [np.frombuffer(packet, np.uint8) for kind, packet in RECOGNISED.values() if kind == linktype and packet]
    noisy = []
    for _ in range(400):
        packet = bases[rng.integers(len(bases))].copy()
        for at in rng.integers(0, min(len(packet), 60), rng.integers(1, 4)):
            packet[at] = rng.choice([0, 1, 4, 5, 6, 17, 58, 0x45, 0x60, 0xFF, rng.integers(256)])
        noisy.append(Packet(packet.tobytes()))
    (tmp_path / "capture").write_bytes(pcap(noisy, network=linktype))
    assert_same(tmp_path / "capture")


def test_link_types_side_by_side(tmp_path: Path) -> None:
    """All encapsulations in one file, an interface each."""
    content = section() + b"".join(interface(linktype) for _, linktype, _, _ in ALL)
    content += b"".join(enhanced(Packet(packet), iface=i) for i, (_, _, packet, _) in enumerate(ALL))
    (tmp_path / "capture").write_bytes(content)
    left = assert_same(tmp_path / "capture")
    assert 0 < np.count_nonzero(~left) < len(ALL)


def test_columns_of_a_segment(tmp_path: Path) -> None:
    frame = segment(seq=0xFFFFFFFF, ack=5, payload=b"abc", options=b"\x01" * 8)
    frame = with_bytes(frame, 46, b"\x71\xc2")  # all bits of the flags' high nibble
    table = opened(tmp_path, pcap([Packet(tagged(frame, 0x8100))])).packets
    row = {name: int(getattr(table, name)[0]) for name in COLUMN_TYPES}
    assert row | {"ts_ns": 0} == {
        "ts_ns": 0,
        "offset": 40,
        "caplen": 69,
        "orig_len": 69,
        "iface": 0,
        "kind": Kind.TCP,
        "flow": 0,
        "direction": 0,
        "seq": 0xFFFFFFFF,
        "ack": 5,
        "payload_len": 3,
        "l4_off": 38,
        "payload_off": 66,
        "window": 512,
        "tcp_flags": 0x1C2,
    }


@pytest.mark.parametrize("name", sorted(path.name for path in Path(resource_path("samples")).glob("*.pcap*")))
def test_samples(name: str) -> None:
    assert_same(Path(resource_path("samples", name)))


@pytest.mark.corpus
def test_corpus(corpus: Path) -> None:
    for path in sorted(corpus.rglob("*")):
        if path.is_file() and path.suffix not in (".keys", ".md", ".tsv"):
            try:
                assert_same(path)
            except NotACapture:
                continue
