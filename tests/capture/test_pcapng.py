"""pcapng: sections, interfaces, blocks of every kind, and damage."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ladderview.capture.capture import NotACapture
from tests.capture.files import (
    Packet,
    block,
    enhanced,
    handshake,
    interface,
    names,
    obsolete,
    opened,
    option,
    pcapng,
    secrets,
    section,
    segment,
    simple,
)

FRAME = handshake()[0].data
START = section() + interface()


@pytest.mark.parametrize("order", ["<", ">"])
def test_enhanced_packets(tmp_path: Path, order: str) -> None:
    packets = [*handshake(), Packet(FRAME[:55], wire_len=1514)]
    capture = opened(tmp_path, pcapng(packets, order))
    assert [capture.packet_bytes(i) for i in range(len(capture.packets))] == [packet.data for packet in packets]
    assert capture.packets.ts_ns.tolist() == [packet.ts_ns for packet in packets]
    assert capture.packets.orig_len.tolist() == [packet.orig_len for packet in packets]
    assert capture.damage == ()


def test_sections_of_both_byte_orders_count_their_interfaces_from_0(tmp_path: Path) -> None:
    raw = FRAME[14:]
    content = (
        START
        + interface(101)
        + enhanced(Packet(raw), iface=1)
        + section(">")
        + interface(101, order=">")
        + enhanced(Packet(raw), order=">")
        + START
        + enhanced(Packet(FRAME))
    )
    capture = opened(tmp_path, content)
    assert [i.linktype for i in capture.interfaces] == [1, 101, 101, 1]
    assert capture.packets.iface.tolist() == [1, 2, 3]
    assert capture.packets.flow.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("resolution", "units", "ts_ns"),
    [
        (b"\x00", 7, 7 * 10**9),
        (b"\x03", 1_500, 1_500_000_000),
        (b"\x06", 1_500, 1_500_000),
        (b"\x09", 1_700_000_000_123_456_789, 1_700_000_000_123_456_789),
        (b"\x0c", 1_999, 1),
        (b"\x80", 3, 3 * 10**9),
        (b"\x8a", 1025, 1_000_976_562),
        (b"\xbf", 1 << 62, 0),  # 2^-63: Wireshark's product wraps around too
    ],
)
def test_time_resolution(tmp_path: Path, resolution: bytes, units: int, ts_ns: int) -> None:
    content = section() + interface(options=option(9, resolution)) + enhanced(Packet(FRAME), units=units)
    assert opened(tmp_path, content).packets.ts_ns.tolist() == [ts_ns]


@pytest.mark.parametrize("offset", [-10, 3600])
def test_time_offset(tmp_path: Path, offset: int) -> None:
    options = option(14, struct.pack("<q", offset))
    content = section() + interface(options=options) + enhanced(Packet(FRAME), units=20_000_000)
    assert opened(tmp_path, content).packets.ts_ns.tolist() == [(20 + offset) * 10**9]


def test_a_time_that_does_not_fit_is_the_nearest_that_does(tmp_path: Path) -> None:
    content = section() + interface(options=option(9, b"\x00")) + enhanced(Packet(FRAME), units=2**64 - 1)
    assert opened(tmp_path, content).packets.ts_ns[0] // 10**9 == 2**63 // 10**9 - 1


def test_interface_options(tmp_path: Path) -> None:
    options = option(2, b"eth0") + option(13, b"\x04") + option(0, b"")
    (found,) = opened(tmp_path, section() + interface(snaplen=96, options=options)).interfaces
    assert (found.name, found.snaplen, found.fcs_len) == ("eth0", 96, 4)


def test_simple_packets_have_the_first_interface_and_no_time(tmp_path: Path) -> None:
    frame = segment(payload=bytes(30))
    content = section() + interface(snaplen=60) + simple(frame[:60], 1514) + simple(FRAME, len(FRAME))
    capture = opened(tmp_path, content)
    table = capture.packets
    assert (table.caplen.tolist(), table.orig_len.tolist(), table.ts_ns.tolist()) == ([60, 54], [1514, 54], [0, 0])
    assert capture.packet_bytes(0) == frame[:60]
    assert capture.untimed.tolist() == [0, 1]


@pytest.mark.parametrize("order", ["<", ">"])
def test_obsolete_packets(tmp_path: Path, order: str) -> None:
    content = section(order) + interface(0, order=order) + interface(order=order)
    capture = opened(tmp_path, content + obsolete(Packet(FRAME), iface=1, order=order))
    assert (capture.packets.iface.tolist(), capture.packet_bytes(0)) == ([1], FRAME)


def test_comments(tmp_path: Path) -> None:
    two = option(1, "one ✓".encode()) + option(2, bytes(4)) + option(1, b"two") + option(0, b"")
    many = b"".join(option(1, b"%d" % i) for i in range(20))
    content = START + enhanced(Packet(FRAME)) + enhanced(Packet(FRAME), options=two)
    capture = opened(tmp_path, content + enhanced(Packet(FRAME), options=many))
    assert capture.comments == {1: ("one ✓", "two"), 2: tuple(str(i) for i in range(20))}


def test_names_and_secrets(tmp_path: Path) -> None:
    records = [
        (1, b"\x0a\0\0\x02first\0second\0"),
        (2, b"\x20\x01\x0d\xb8" + bytes(11) + b"\x02six\0"),
        (7, b"what is this"),
    ]
    content = START + names(records) + secrets(b"CLIENT_RANDOM 1 2\n") + secrets(b"WireGuard", kind=0x57474B4C)
    capture = opened(tmp_path, content)
    assert capture.host_names == {"10.0.0.2": "first", "2001:db8::2": "six"}
    assert capture.secrets == (b"CLIENT_RANDOM 1 2\n",)


def test_unknown_blocks_are_skipped(tmp_path: Path) -> None:
    content = START + block(5, bytes(8)) + block(0x0BADF00D, b"what is this") + enhanced(Packet(FRAME))
    assert opened(tmp_path, content).packets.kind.tolist() == [1]


def test_blocks_that_wireshark_numbers_as_packets(tmp_path: Path) -> None:
    custom = block(0xBAD, struct.pack("<I", 32473) + b"abc")
    capture = opened(tmp_path, START + custom + enhanced(Packet(FRAME)) + block(9, b"MESSAGE=x\n"))
    assert capture.packets.flow.tolist() == [-1, 0, -1]
    assert capture.packets.orig_len.tolist() == [4, len(FRAME), 12]
    assert capture.untimed.tolist() == [0, 2]
    assert capture.other_traffic == {"other blocks": 2}


def _changed(content: bytes, at: int, word: int) -> bytes:
    return content[:at] + struct.pack("<I", word) + content[at + 4 :]


GOOD = enhanced(Packet(FRAME))
BAD_BLOCKS = {
    "length 0": _changed(GOOD, 4, 0),
    "length below a block's": _changed(GOOD, 4, 8),
    "length of 4 GB": _changed(GOOD, 4, 0xFFFFFFFF),
    "another length at its end": _changed(GOOD, len(GOOD) - 4, 200),
    "too short for its packet": _changed(GOOD, 20, 500),
    "packet of 4 GB": _changed(GOOD, 20, 0xFFFFFFFF),
    "no such interface": _changed(GOOD, 8, 1),
    "option beyond the block": enhanced(Packet(FRAME), options=struct.pack("<HH", 1, 400)),
    "flags of three bytes": enhanced(Packet(FRAME), options=option(2, b"abc")),
    "ninth option beyond the block": enhanced(Packet(FRAME), options=option(1, b"") * 8 + b"\x01\0\xff\xff"),
    "section of another version": section(version=(2, 0)),
    "section without byte order": _changed(section(), 8, 0),
    "interface too short": block(1, b""),
    "interface with a resolution of 10^-20": interface(options=option(9, b"\x14")),
    "names too long": block(4, struct.pack("<HH", 1, 99)),
    "name without an end": names([(1, b"\x0a\0\0\x02name")]),
    "secrets too long": block(10, struct.pack("<II", 0x544C534B, 99)),
    "simple packet that is cut": simple(FRAME[:20], 54),
}


@pytest.mark.parametrize("bad", BAD_BLOCKS.values(), ids=BAD_BLOCKS)
def test_reading_ends_at_a_bad_block(tmp_path: Path, bad: bytes) -> None:
    content = START + GOOD + GOOD
    capture = opened(tmp_path, content + bad + GOOD)
    assert len(capture.packets) == 2
    assert [(damage.offset, damage.number) for damage in capture.damage] == [(len(content), 3)]


@pytest.mark.parametrize("length", range(len(START), len(START + GOOD)))
def test_cut_in_a_block(tmp_path: Path, length: int) -> None:
    capture = opened(tmp_path, (START + GOOD)[:length])
    assert len(capture.packets) == 0
    assert [damage.offset for damage in capture.damage] == ([] if length == len(START) else [len(START)])


def test_a_length_that_is_no_whole_word_is_rounded_up(tmp_path: Path) -> None:
    packet = GOOD[:4] + struct.pack("<I", len(GOOD) - 2) + GOOD[8:-4] + struct.pack("<I", len(GOOD) - 2)
    assert len(opened(tmp_path, START + packet + GOOD).packets) == 2


def test_a_simple_packet_without_interface_is_damage(tmp_path: Path) -> None:
    capture = opened(tmp_path, section() + simple(FRAME, len(FRAME)))
    assert (len(capture.packets), len(capture.damage)) == (0, 1)


@pytest.mark.parametrize(
    ("sections", "comment"),
    [
        ((section(),), ""),
        ((section(options=option(1, "Three resets — all of them".encode())),), "Three resets — all of them"),
        ((section(options=option(1, b"first") + option(1, b"second")),), "first"),
        ((section(), section(">", options=option(1, b"late\0", ">"))), "late"),
        ((section(options=option(1, b"first")), section(options=option(1, b"second"))), "first"),
    ],
)
def test_the_comment_of_the_file(sections: tuple[bytes, ...], comment: str, tmp_path: Path) -> None:
    assert opened(tmp_path, b"".join(sections)).comment == comment


def test_a_cut_section_header_is_no_capture(tmp_path: Path) -> None:
    with pytest.raises(NotACapture, match="cut inside the pcapng section header"):
        opened(tmp_path, section()[:11])


def test_a_damaged_first_type_is_damage(tmp_path: Path) -> None:
    capture = opened(tmp_path, bytes(4) + pcapng(handshake())[4:])
    assert (len(capture.packets), [damage.offset for damage in capture.damage]) == (0, [0])


def test_more_interfaces_than_can_be_counted(tmp_path: Path) -> None:
    capture = opened(tmp_path, section() + interface() * 65536 + GOOD)
    assert (len(capture.interfaces), len(capture.packets), len(capture.damage)) == (65535, 0, 1)


def test_a_packet_longer_than_the_window_of_reading(tmp_path: Path) -> None:
    usb = interface(249)
    big = bytes(9 << 20)
    content = START + usb + enhanced(Packet(big), iface=1) + enhanced(Packet(segment()))
    capture = opened(tmp_path, content)
    assert (capture.packets.caplen.tolist(), capture.packets.flow.tolist()) == ([9 << 20, len(segment())], [-1, 0])
