"""pcap: every variant says the same packets, and a damaged file says where it is damaged."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ladderview.capture.capture import NotACapture
from tests.capture.files import SECOND, Packet, handshake, opened, pcap, segment

MODIFIED = struct.pack("<IHBB", 3, 0x0800, 0, 0)
VARIANTS = {
    "microseconds": {},
    "big-endian": {"order": ">"},
    "nanoseconds": {"magic": 0xA1B23C4D, "unit_ns": 1},
    "big-endian nanoseconds": {"magic": 0xA1B23C4D, "unit_ns": 1, "order": ">"},
    "version 2.3": {"version": (2, 3)},
    "version 2.3 with the lengths of 2.2": {"version": (2, 3), "swap_lengths": True},
    "version 2.2": {"version": (2, 2), "swap_lengths": True},
    "DG/UX": {"version": (543, 0), "swap_lengths": True},
    "Ixia hardware": {"magic": 0x1C0001AC, "unit_ns": 1, "after_header": bytes(4)},
    "Ixia software": {"magic": 0x1C0001AB, "after_header": bytes(4)},
    "modified": {"magic": 0xA1B2CD34, "extra": MODIFIED},
    "modified big-endian": {"magic": 0xA1B2CD34, "extra": struct.pack(">IHBB", 3, 0x0800, 0, 0), "order": ">"},
    "modified, with fields for SMP": {"magic": 0xA1B2CD34, "extra": MODIFIED + bytes(4)},
    "modified, standard magic number": {"extra": MODIFIED},
    "Nokia": {"extra": struct.pack("<I", 0x9FBFB601)},
}


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_variants_say_the_same(tmp_path: Path, variant: dict[str, object]) -> None:
    packets = [*handshake(), Packet(segment()[:60], SECOND * 10**9 + 5_000, wire_len=1514)]
    capture = opened(tmp_path, pcap(packets, **variant))  # type: ignore[arg-type]
    assert [capture.packet_bytes(i) for i in range(len(capture.packets))] == [packet.data for packet in packets]
    assert capture.packets.ts_ns.tolist() == [packet.ts_ns for packet in packets]
    assert capture.packets.orig_len.tolist() == [packet.orig_len for packet in packets]
    assert capture.damage == ()


def test_aix_writes_interface_types_and_nanoseconds(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap(handshake(), version=(2, 2), swap_lengths=True, network=6, unit_ns=1))
    assert capture.interfaces[0].linktype == 1
    assert capture.packets.ts_ns.tolist() == [packet.ts_ns for packet in handshake()]


def test_fcs_length_is_not_part_of_the_link_type(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap(handshake(), network=0x24000001))
    assert (capture.interfaces[0].linktype, capture.interfaces[0].fcs_len, len(capture.flows)) == (1, 4, 1)


def test_reserved_bits_make_an_unknown_link_type(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap(handshake(), network=0x00300001))
    assert len(capture.flows) == 0
    assert capture.other_traffic == {"of unknown link type 3145729": 3}


def test_a_header_alone_is_an_empty_capture(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap([]))
    assert (len(capture.packets), len(capture.flows), capture.damage) == (0, 0, ())


def test_unknown_version_is_damage(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap(handshake(), version=(1, 4)))
    assert len(capture.packets) == 0
    assert [(damage.offset, damage.number) for damage in capture.damage] == [(4, 1)]


@pytest.mark.parametrize("length", [4, 8, 23])
def test_a_cut_file_header_is_no_capture(tmp_path: Path, length: int) -> None:
    with pytest.raises(NotACapture, match="cut inside the pcap file header"):
        opened(tmp_path, pcap([])[:length])


FRAME = handshake()[0].data
RECORD = 16 + len(FRAME)


@pytest.mark.parametrize("end", range(24, 24 + RECORD))
def test_cut_in_a_packet(tmp_path: Path, end: int) -> None:
    # Three packets before it: of fewer, Wireshark may take the cut for a sign of another variant, and so do we.
    before = pcap([Packet(FRAME)] * 3)
    capture = opened(tmp_path, before + pcap([Packet(FRAME)])[24:end])
    assert len(capture.packets) == 3
    expected = [] if end == 24 else [(len(before), 4)]
    assert [(damage.offset, damage.number) for damage in capture.damage] == expected


@pytest.mark.parametrize("length", [262_145, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize("order", ["<", ">"])
def test_impossible_length(tmp_path: Path, length: int, order: str) -> None:
    content = bytearray(pcap([Packet(FRAME)] * 5, order))
    struct.pack_into(order + "I", content, 24 + 3 * RECORD + 8, length)
    capture = opened(tmp_path, bytes(content))
    assert len(capture.packets) == 3
    (damage,) = capture.damage
    assert (damage.offset, damage.number) == (24 + 3 * RECORD, 4)
    assert str(length) in damage.message


def test_largest_possible_packet(tmp_path: Path) -> None:
    frame = segment(payload=bytes(60_000))
    frame += bytes(262_144 - len(frame))
    capture = opened(tmp_path, pcap([Packet(frame), Packet(FRAME)]))
    assert [len(capture.packet_bytes(i)) for i in (0, 1)] == [262_144, len(FRAME)]


def test_length_on_the_wire_is_shown_as_wireshark_shows_it(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap([Packet(FRAME, wire_len=0xFFFFFFF0)]))
    assert capture.packets.orig_len.tolist() == [2**31 - 1]
