"""Rows of single packets: kinds, fields, and what is left of a header that was cut."""

from __future__ import annotations

import pytest

from ladderview.capture.slow_lane import SlowRow, read_packet
from ladderview.capture.table import Kind
from tests.proto.wire import (
    CLIENT,
    DPORT,
    IP4,
    SERVER,
    SPORT,
    ethernet,
    fragment6,
    icmp,
    ipv4,
    ipv6,
    tcp,
    udp,
    wlan,
)


def read(packet: bytes, kept: int | None = None, linktype: int = 1) -> SlowRow:
    return read_packet(packet[:kept], linktype, len(packet))


def test_fields_of_a_segment() -> None:
    row = read(ethernet(ipv4(tcp(seq=0xFFFFFFFF, flags=0x12, options=bytes(12)))))
    assert (row.kind, row.protocol, row.src, row.dst, row.sport, row.dport) == (
        Kind.TCP,
        "tcp",
        CLIENT,
        SERVER,
        SPORT,
        DPORT,
    )
    assert (row.seq, row.ack, row.window, row.flags) == (0xFFFFFFFF, 2000, 512, 0x12)
    assert (row.l4_off, row.payload_off, row.payload_len, row.tcp_header_len) == (34, 66, 10, 32)


def test_the_accurate_ecn_bit_is_a_flag_and_the_data_offset_is_not() -> None:
    segment = bytearray(tcp(flags=0x10))
    segment[12] |= 1
    assert read(ethernet(ipv4(bytes(segment)))).flags == 0x110


KINDS = [
    ("TCP", ethernet(IP4), Kind.TCP),
    ("UDP", ethernet(ipv4(udp(bytes(8), 53), 17)), Kind.UDP),
    ("a tunnel's other traffic", ethernet(ipv4(ipv4(udp(bytes(8), 53), 17), 4)), Kind.UDP),
    ("ping", ethernet(ipv4(icmp(8, bytes(8)), 1)), Kind.ICMP),
    ("ICMP error about TCP", ethernet(ipv4(icmp(3, IP4), 1)), Kind.ICMP),
    ("ICMP error about UDP", ethernet(ipv4(icmp(3, ipv4(udp(b"", 53), 17)), 1)), Kind.ICMP),
    ("ICMPv6", ethernet(ipv6(icmp(128, bytes(8)), 58), 0x86DD), Kind.ICMP),
    ("ARP", ethernet(bytes(28), 0x0806), Kind.ARP),
    ("IPv4 fragment", ethernet(ipv4(bytes(40), fragment=5)), Kind.FRAGMENT),
    ("IPv6 fragment", ethernet(ipv6(fragment6(bytes(40), 8), 44), 0x86DD), Kind.FRAGMENT),
    ("unknown EtherType", ethernet(bytes(40), 0x9999), Kind.OTHER),
    ("OSPF", ethernet(ipv4(bytes(40), 89)), Kind.OTHER),
    ("lying IPv4 header", ethernet(b"\x41" + bytes(40)), Kind.BROKEN),
    ("segment shorter than its ports", ethernet(ipv4(b"\0\x50")), Kind.BROKEN),
]


@pytest.mark.parametrize(("name", "packet", "kind"), KINDS, ids=[case[0] for case in KINDS])
def test_kinds(name: str, packet: bytes, kind: Kind) -> None:
    assert read(packet).kind == kind


@pytest.mark.parametrize(("kept", "kind"), [(4, Kind.BROKEN), (15, Kind.BROKEN), (16, Kind.TCP), (19, Kind.TCP)])
def test_a_flow_needs_sixteen_bytes_of_the_header(kept: int, kind: Kind) -> None:
    row = read(ethernet(IP4), 34 + kept)
    assert (row.kind, row.sport, row.dport, row.tcp_header_len) == (kind, SPORT, DPORT, kept)


def test_a_header_cut_behind_the_window_is_read_in_full() -> None:
    row = read(ethernet(IP4), 34 + 16)
    assert (row.seq, row.ack, row.flags, row.window, row.payload_len) == (1000, 2000, 0x18, 512, 10)


def test_a_quoted_header_has_its_fields() -> None:
    row = read(ethernet(ipv4(icmp(3, IP4), 1, source=SERVER, target=CLIENT)))
    assert (row.quoted, row.sized, row.src, row.sport, row.seq) == (True, False, CLIENT, SPORT, 1000)


def test_a_quote_of_eight_bytes_belongs_to_no_flow() -> None:
    row = read(ethernet(ipv4(icmp(3, IP4[:28]), 1)))
    assert (row.kind, row.quoted, row.tcp_header_len) == (Kind.ICMP, False, 8)


def test_aggregated_frames_are_all_told() -> None:
    body = b"\xaa\xaa\x03\0\0\0\x08\0" + IP4
    head = bytes(12) + len(body).to_bytes(2, "big")
    frame = head + body + bytes(-len(head + body) % 4)
    row = read(wlan(frame + frame, 1, 8, b"\x80\0"), linktype=105)
    assert [further.kind for further in (row, *row.more)] == [Kind.TCP, Kind.TCP]
    assert row.more[0].l4_off == row.l4_off + len(frame)
