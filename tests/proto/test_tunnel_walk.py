"""Where a tunnel ends the walk: nothing is followed that is encrypted, unknown or without a payload."""

from __future__ import annotations

from struct import pack

import pytest

from ladderview.proto.stack import walk
from tests.proto.wire import FRAME, IP4, ethernet, gre, ipv4, ipv6, mpls, tcp, udp, wlan

UDP, GRE = 17, 47


def names(packet: bytes) -> str:
    return " ".join(layer.protocol for layer in walk(packet, 1, len(packet)).layers)


def in_ip(payload: bytes, protocol: int) -> str:
    return names(ethernet(ipv4(payload, protocol))).removeprefix("ethernet ipv4").strip()


def gtp(flags: int, message: int, payload: bytes = IP4) -> bytes:
    return bytes((flags, message)) + pack(">HI", len(payload), 1) + payload


ENDS = [
    ("GRE keep-alive", gre(b"", 0), GRE, "gre"),
    ("ERSPAN of an unknown version", gre(b"\x40\x01" + bytes(6) + FRAME, 0x88BE, 0x1000), GRE, "gre"),
    ("GTP echo", udp(gtp(0x30, 1), 2152), UDP, "udp gtp"),
    ("GTP'", udp(gtp(0x20, 255), 2152), UDP, "udp"),
    ("GTP version 2", udp(gtp(0x50, 255), 2152), UDP, "udp"),
    ("GTP with bytes that are no packet", udp(gtp(0x30, 255, b"\x21" + IP4), 2152), UDP, "udp gtp"),
    ("GTP, an extension header of length 0", udp(gtp(0x34, 255, b"\0\0\0\x85\0\0\0\0" + IP4), 2152), UDP, "udp"),
    ("L2TP control", udp(b"\xc8\x02\0\x0c" + bytes(8), 1701), UDP, "udp l2tp"),
    ("L2TP version 3", udp(b"\0\x03" + bytes(6) + IP4, 1701), UDP, "udp l2tp"),
    ("TZSP keep-alive", udp(b"\x01\x04\0\x01\x01" + FRAME, 37008), UDP, "udp tzsp"),
    ("CAPWAP encrypted", udp(b"\x01\x10\0\0" + bytes(4) + FRAME, 5247), UDP, "udp"),
    ("CAPWAP fragment", udp(b"\0\x10\0\x80" + bytes(4) + FRAME, 5247), UDP, "udp capwap"),
    ("AYIYA, heartbeat", udp(b"\x44\x52\x10\x3b" + bytes(40), 5072), UDP, "udp ayiya"),
    ("Teredo, bubble without IPv6", udp(b"\x45" + bytes(20), 3544), UDP, "udp"),
    ("VXLAN on another port", udp(b"\x08\0\0\0\0\0\x01\0" + FRAME, 8472), UDP, "udp"),
    ("ESP", bytes(8) + tcp(), 50, "esp"),
    ("Mobile IP registration", udp(b"\x01\0\0\0" + bytes(20), 434), UDP, "udp mobile_ip"),
    ("UDP length below its header", pack(">HHHH", 5000, 4789, 7, 0) + FRAME, UDP, "udp"),
    ("UDP length 0 in IPv4", pack(">HHHH", 5000, 4789, 0, 0) + FRAME, UDP, "udp"),
]


@pytest.mark.parametrize(("name", "payload", "protocol", "expected"), ENDS, ids=[case[0] for case in ENDS])
def test_ends_of_the_walk(name: str, payload: bytes, protocol: int, expected: str) -> None:
    assert in_ip(payload, protocol) == expected


def test_udp_length_0_in_ipv6_is_a_jumbogram() -> None:
    packet = ethernet(ipv6(pack(">HHHH", 5000, 4789, 0, 0) + b"\x08\0\0\0\0\0\x01\0" + FRAME, UDP), 0x86DD)
    assert names(packet) == "ethernet ipv6 udp vxlan ethernet ipv4 tcp"


def test_the_udp_length_bounds_what_is_inside() -> None:
    inner = b"\x08\0\0\0\0\0\x01\0" + ethernet(ipv4(tcp(), total=0))
    packet = ethernet(ipv4(udp(inner, 4789) + bytes(5), UDP))
    found = walk(packet, 1, len(packet)).tcp
    assert found is not None
    assert found.payload_len == 10


def test_the_gtp_length_bounds_what_is_inside() -> None:
    message = gtp(0x30, 255, ipv4(tcp(), total=0)) + bytes(5)
    packet = ethernet(ipv4(udp(message, 2152), UDP))
    found = walk(packet, 1, len(packet)).tcp
    assert found is not None
    assert found.payload_len == 10


OTHER_ENDS = [
    ("encrypted MACsec", ethernet(b"\x0c\0" + bytes(4) + b"\x08\0" + IP4, 0x88E5), "ethernet macsec"),
    ("service tag with a length", ethernet(b"\0\x01\0\x20" + bytes(32), 0x88A8), "ethernet vlan"),
    ("unknown EtherType", ethernet(IP4, 0x9200), "ethernet"),
    ("raw IPX", ethernet(b"\xff\xff" + bytes(30), 32), "ethernet ipx"),
    ("MPLS OAM", ethernet(mpls(IP4, 14), 0x8847), "ethernet mpls"),
    ("MPLS over something unknown", ethernet(mpls(b"\x50" + bytes(40)), 0x8847), "ethernet mpls"),
    ("ARP", ethernet(bytes(28), 0x0806), "ethernet arp"),
]


@pytest.mark.parametrize(("name", "packet", "expected"), OTHER_ENDS, ids=[case[0] for case in OTHER_ENDS])
def test_ends_below_ip(name: str, packet: bytes, expected: str) -> None:
    assert names(packet) == expected


WIRELESS_ENDS = [
    ("encrypted", wlan(bytes(40), 0x41)),
    ("null function", wlan(b"", 1, 4)),
    ("more fragments", wlan(bytes(40), 0x05)),
    ("management", b"\x80\0" + bytes(40)),
]


@pytest.mark.parametrize(("name", "packet"), WIRELESS_ENDS, ids=[case[0] for case in WIRELESS_ENDS])
def test_wireless_frames_without_readable_data(name: str, packet: bytes) -> None:
    assert [layer.protocol for layer in walk(packet, 105, len(packet)).layers] == ["ieee80211"]


LOOPBACK_ENDS = [
    ("loop in host order", 108, b"\x02\0\0\0" + IP4),
    ("loop with an EtherType", 108, b"\0\0\x08\0" + IP4),
    ("null, Linux's AF_INET6", 0, b"\x0a\0\0\0" + IP4),
]


@pytest.mark.parametrize(("name", "linktype", "packet"), LOOPBACK_ENDS, ids=[case[0] for case in LOOPBACK_ENDS])
def test_address_families_that_are_not_known(name: str, linktype: int, packet: bytes) -> None:
    assert [layer.protocol for layer in walk(packet, linktype, len(packet)).layers] == ["null"]
