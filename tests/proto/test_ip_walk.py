"""Lengths, options, fragments and quotes of the IP layers, and what of a TCP header is told when it is not whole."""

from __future__ import annotations

from struct import pack

import pytest

from ladderview.proto.stack import Stack, walk
from tests.proto.wire import (
    CLIENT,
    CLIENT6,
    SERVER,
    SERVER6,
    ethernet,
    fragment6,
    icmp,
    ipv4,
    ipv6,
    mpls,
    tcp,
)

PADDING = bytes(6)


def read(packet: bytes, wire_len: int = 0) -> Stack:
    return walk(ethernet(packet, 0x86DD if packet[0] >> 4 == 6 else 0x0800), 1, wire_len or 14 + len(packet))


def names(stack: Stack) -> str:
    return " ".join(layer.protocol for layer in stack.layers)


# -- payload length ---------------------------------------------------------------------------------------------------

LENGTHS = [
    ("padding is no payload", ipv4(tcp()) + PADDING, 10),
    ("total length 0: the frame decides", ipv4(tcp(), total=0) + PADDING, 16),
    ("total length past the frame: the frame decides", ipv4(tcp(), total=1500), 10),
    ("no payload", ipv4(tcp(b"")) + PADDING, 0),
    ("IPv6 padding is no payload", ipv6(tcp()) + PADDING, 10),
    ("IPv6 payload length past the frame", ipv6(tcp(), length=1000) + PADDING, 16),
    ("data offset below 20 counts as it stands", ipv4(tcp(offset=4)), 14),
    (
        "jumbogram",
        ipv6(b"\x06\0\xc2\x04" + pack(">I", 8 + 30) + tcp(), 0, length=0),
        10,
    ),
]


@pytest.mark.parametrize(("name", "packet", "expected"), LENGTHS, ids=[case[0] for case in LENGTHS])
def test_payload_length(name: str, packet: bytes, expected: int) -> None:
    found = read(packet).tcp
    assert found is not None
    assert (found.payload_len, found.sized) == (expected, True)


def test_payload_length_is_that_on_the_wire() -> None:
    found = walk(ethernet(ipv4(tcp(bytes(1000))))[:80], 1, 1054).tcp
    assert found is not None
    assert found.payload_len == 1000


UNSIZED = [
    ("data offset past the segment", ipv4(tcp(offset=15))),
    ("first fragment, cut short", ipv4(tcp(bytes(100)), fragment=0x2000)[:60]),
    ("quoted", ipv4(icmp(3, ipv4(tcp())), 1)),
    ("IPv6 inside a first fragment, cut short", ipv4(mpls(ipv6(tcp(bytes(100)))), 137, fragment=0x2000)[:-20]),
]


@pytest.mark.parametrize(("name", "packet"), UNSIZED, ids=[case[0] for case in UNSIZED])
def test_segments_of_unknown_length(name: str, packet: bytes) -> None:
    found = read(packet, 200).tcp
    assert found is not None
    assert (found.payload_len, found.sized) == (0, False)


def test_an_ipv4_layer_inside_a_cut_fragment_has_its_own_length() -> None:
    found = read(ipv4(ipv4(tcp(bytes(100))), 4, fragment=0x2000)[:-20], 200).tcp
    assert found is not None
    assert (found.payload_len, found.sized) == (100, True)


def test_ipv6_payload_length_0_leaves_no_room() -> None:
    assert read(ipv6(tcp(), length=0)).tcp is None


# -- headers that lie or are cut --------------------------------------------------------------------------------------

FAULTS = [
    ("version", b"\x55" + ipv4(tcp())[1:], "IPv4: the version is 5"),
    ("header length", b"\x44" + ipv4(tcp())[1:], "IPv4: header length 16 is less than 20"),
    ("total below header", ipv4(tcp(), total=19), "IPv4: total length 19 is less than the header's 20"),
    ("total past the frame", ipv4(tcp(), total=51), "IPv4: total length 51 exceeds the 50 bytes that are there"),
    ("payload length", ipv6(tcp(), length=31), "IPv6: payload length 31 exceeds the 30 bytes that are there"),
    ("data offset", ipv4(tcp(offset=3)), "TCP: data offset 12 is less than 20 bytes"),
    ("data offset too long", ipv4(tcp(offset=9)), "TCP: the header of 36 bytes goes past the end of the segment"),
    ("IPv6 version", b"\x45" + ipv6(tcp())[1:], "IPv6: the version is 4"),
]


@pytest.mark.parametrize(("name", "packet", "expected"), FAULTS, ids=[case[0] for case in FAULTS])
def test_what_is_wrong_is_said(name: str, packet: bytes, expected: str) -> None:
    ethertype = 0x86DD if name.startswith(("IPv6", "payload")) else 0x0800
    assert walk(ethernet(packet, ethertype), 1, 14 + len(packet)).error == expected


def test_a_header_that_is_cut_keeps_its_layer() -> None:
    found = walk(ethernet(ipv4(tcp()))[:24], 1, 64)
    assert [(layer.protocol, layer.start, layer.header_end) for layer in found.layers] == [
        ("ethernet", 0, 14),
        ("ipv4", 14, 24),
    ]
    assert found.error == "ipv4: 20 bytes needed at offset 14, 10 were captured"


@pytest.mark.parametrize(("kept", "captured"), [(4, 4), (15, 15), (16, 16), (20, 20), (27, 27), (28, 28), (30, 28)])
def test_captured_bytes_of_a_tcp_header(kept: int, captured: int) -> None:
    packet = ethernet(ipv4(tcp(options=bytes(8))))
    found = walk(packet[: 34 + kept], 1, len(packet)).tcp
    assert found is not None
    assert found.captured == captured


def test_fewer_than_four_bytes_are_no_tcp_header() -> None:
    assert walk(ethernet(ipv4(tcp()))[:37], 1, 64).tcp is None


# -- addresses --------------------------------------------------------------------------------------------------------


def test_addresses_are_those_of_the_innermost_ip_layer() -> None:
    found = read(ipv4(ipv6(tcp()), 41)).tcp
    assert found is not None
    assert (found.src, found.dst) == (CLIENT6, SERVER6)


#: Loose source route (RFC 791 section 3.1): type, length, pointer, two addresses, end of options.
ROUTES = [
    ("not begun", 4, b"\x09\x09\x09\x02"),
    ("one hop left", 8, b"\x09\x09\x09\x02"),
    ("used up", 12, SERVER),
]


@pytest.mark.parametrize(("name", "pointer", "expected"), ROUTES, ids=[case[0] for case in ROUTES])
def test_destination_behind_a_source_route(name: str, pointer: int, expected: bytes) -> None:
    route = bytes((0x83, 11, pointer)) + b"\x09\x09\x09\x01\x09\x09\x09\x02" + b"\0"
    found = read(ipv4(tcp(), options=route)).tcp
    assert found is not None
    assert (found.src, found.dst) == (CLIENT, expected)


@pytest.mark.parametrize("options", [b"\x83\x00\x04\x00", b"\x83\x28\x04\x00", b"\x01\x01\x01\x83"])
def test_broken_source_routes_are_passed_over(options: bytes) -> None:
    found = read(ipv4(tcp(), options=options)).tcp
    assert found is not None
    assert found.dst == SERVER


# -- fragments --------------------------------------------------------------------------------------------------------


def test_an_ipv4_fragment_ends_the_walk() -> None:
    found = read(ipv4(tcp(), fragment=0x2005))
    assert names(found) == "ethernet ipv4"
    piece = found.fragment
    assert piece is not None
    assert (piece.offset, piece.more, piece.start, piece.length) == (40, True, 34, 30)
    assert (piece.next_protocol, piece.ip_start, piece.header_end, piece.next_header_off) == (6, 14, 34, 23)


def test_an_ipv6_fragment_ends_the_walk() -> None:
    options = b"\x2c\0\x01\x04" + bytes(4)
    found = read(ipv6(options + fragment6(tcp(), 48), 0))
    assert names(found) == "ethernet ipv6 ipv6_hopopts ipv6_fragment"
    piece = found.fragment
    assert piece is not None
    assert (piece.offset, piece.more, piece.start, piece.length) == (48, False, 70, 30)
    assert (piece.next_protocol, piece.ip_start, piece.header_end, piece.next_header_off) == (6, 14, 62, 54)


def key(packet: bytes, vlan: int = 0) -> bytes:
    tag = pack(">HH", vlan, 0x0800)
    piece = walk(ethernet(tag + packet, 0x8100), 1, 18 + len(packet)).fragment
    assert piece is not None
    return piece.key


OTHER_DATAGRAMS = [
    ("identification", ipv4(tcp(), fragment=0x2000, ident=8), 0),
    ("source", ipv4(tcp(), fragment=0x2000, source=SERVER), 0),
    ("destination", ipv4(tcp(), fragment=0x2000, target=CLIENT), 0),
    ("protocol", ipv4(tcp(), 17, fragment=0x2000), 0),
    ("VLAN", ipv4(tcp(), fragment=0x2000), 5),
]


@pytest.mark.parametrize(("name", "packet", "vlan"), OTHER_DATAGRAMS, ids=[case[0] for case in OTHER_DATAGRAMS])
def test_datagrams_are_told_apart_by(name: str, packet: bytes, vlan: int) -> None:
    assert key(packet, vlan) != key(ipv4(tcp(), fragment=0x2000))


def test_pieces_of_one_datagram_share_a_key() -> None:
    assert key(ipv4(tcp(), fragment=0x2000)) == key(ipv4(b"rest", fragment=4))


def test_a_first_ipv6_fragment_that_is_cut_is_not_read_on() -> None:
    assert read(ipv6(fragment6(tcp(bytes(100)), 0, True), 44)[:110], 300).tcp is None


# -- quotes -----------------------------------------------------------------------------------------------------------

SEGMENT = ipv4(tcp(bytes(100)))

QUOTES = [
    ("unreachable, whole", 1, icmp(3, SEGMENT), 20),
    ("time exceeded, 8 bytes", 1, icmp(11, SEGMENT[:28]), 8),
    ("redirect is limited to 8 bytes", 1, icmp(5, SEGMENT), 8),
    ("length of the original datagram", 1, icmp(3, SEGMENT, b"\0\x04\0\0"), 16),
    ("too big", 58, icmp(2, ipv6(tcp(bytes(100)))), 20),
    ("neighbour's redirect", 58, icmp(137, bytes(32) + b"\x04\x0a" + bytes(6) + ipv6(tcp(bytes(12)))), 20),
]


@pytest.mark.parametrize(("name", "protocol", "packet", "captured"), QUOTES, ids=[case[0] for case in QUOTES])
def test_quoted_headers(name: str, protocol: int, packet: bytes, captured: int) -> None:
    found = read(ipv4(packet, 1) if protocol == 1 else ipv6(packet, 58)).tcp
    assert found is not None
    assert (found.quoted, found.captured) == (True, captured)


@pytest.mark.parametrize("kind", [0, 8, 13])
def test_an_echo_quotes_nothing(kind: int) -> None:
    assert read(ipv4(icmp(kind, SEGMENT), 1)).tcp is None


def test_a_quoted_fragment_is_not_collected() -> None:
    assert read(ipv4(icmp(3, ipv4(tcp(), fragment=0x2000)), 1)).fragment is None
