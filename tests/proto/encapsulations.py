"""TCP in every encapsulation that the walk follows: name, link type, packet, and the layers that are to be named.

The same table is read by the walk and, where it is installed, by tshark: both must find the TCP segment in each.
"""

from __future__ import annotations

from struct import pack
from zlib import crc32

from tests.proto.wire import (
    FRAME,
    IP4,
    IP6,
    SERVER6,
    ethernet,
    fragment6,
    gre,
    ipv4,
    ipv6,
    mpls,
    snap,
    tcp,
    udp,
    wlan,
)

ETHERNET, RADIOTAP, IEEE80211 = 1, 127, 105
PPP = b"\x21" + IP4
ROUTER_ALERT = b"\x94\x04\0\0"
JUNIPER = b"MGC"
AVS = pack(">II", 0x80211001, 64) + bytes(56)


def _ether(payload: bytes, ethertype: int) -> tuple[int, bytes]:
    return ETHERNET, ethernet(payload, ethertype)


def _ip(payload: bytes, protocol: int) -> tuple[int, bytes]:
    return ETHERNET, ethernet(ipv4(payload, protocol))


def _ip6(payload: bytes, next_header: int) -> tuple[int, bytes]:
    return ETHERNET, ethernet(ipv6(payload, next_header), 0x86DD)


def _udp(payload: bytes, port: int) -> tuple[int, bytes]:
    return _ip(udp(payload, port), 17)


def _gtp(flags: int, optional: bytes, payload: bytes = IP4) -> tuple[int, bytes]:
    return _udp(bytes((flags, 255)) + pack(">HI", len(optional) + len(payload), 1) + optional + payload, 2152)


def _subframe(body: bytes) -> bytes:
    head = b"\x02\0\0\0\0\x05\x02\0\0\0\0\x06" + pack(">H", len(body))
    return head + body + bytes(-len(head + body) % 4)


def _erf(kind: int, extension: bytes, body: bytes, wire: int) -> bytes:
    return bytes(8) + pack(">BBHHH", kind, 0, 16 + len(extension + body), 0, wire) + extension + body


def _mpacket(frame: bytes) -> bytes:
    return b"\x55" * 7 + b"\xd5" + frame + crc32(frame).to_bytes(4, "little")


E_IP = "ethernet ipv4"

LINKS: list[tuple[str, int, bytes, str]] = [
    ("ethernet", ETHERNET, FRAME, "ethernet ipv4 tcp"),
    ("ethernet, IPv6", ETHERNET, ethernet(IP6, 0x86DD), "ethernet ipv6 tcp"),
    ("ethernet, IPv6 under IPv4's type", ETHERNET, ethernet(IP6), "ethernet ipv6 tcp"),
    ("802.3 length and SNAP", *_ether(snap(IP4), len(snap(IP4))), "ethernet llc snap ipv4 tcp"),
    ("802.3 length and LLC", *_ether(b"\x06\x06\x03" + IP4, 3 + len(IP4)), "ethernet llc ipv4 tcp"),
    ("LLC information frame", *_ether(b"\x06\x06\0\0" + IP4, 4 + len(IP4)), "ethernet llc ipv4 tcp"),
    ("SNAP, bridge tunnel", 100, b"\xaa\xaa\x03\0\0\xf8\x08\0" + IP4, "llc snap ipv4 tcp"),
    ("SNAP, bridged", 100, b"\xaa\xaa\x03\0\x80\xc2\0\x07\0\0" + FRAME, "llc snap ethernet ipv4 tcp"),
    ("jumbo LLC", *_ether(snap(IP4), 0x8870), "ethernet llc snap ipv4 tcp"),
    (
        "ISL",
        ETHERNET,
        b"\x01\0\x0c\0\0" + bytes(7) + pack(">H", len(FRAME) + 16) + bytes(12) + FRAME + bytes(4),
        "isl ethernet ipv4 tcp",
    ),
    ("null, little-endian", 0, b"\x02\0\0\0" + IP4, "null ipv4 tcp"),
    ("null, big-endian", 0, b"\0\0\0\x02" + IP4, "null ipv4 tcp"),
    ("null, 16 bits", 0, b"\0\x02\0\0" + IP4, "null ipv4 tcp"),
    ("null, EtherType", 0, b"\0\0\x08\0" + IP4, "null ipv4 tcp"),
    ("null, NetBSD", 0, b"\x18\0\0\0" + IP6, "null ipv6 tcp"),
    ("null, FreeBSD", 0, b"\0\0\0\x1c" + IP6, "null ipv6 tcp"),
    ("null, Darwin", 0, b"\x1e\0\0\0" + IP6, "null ipv6 tcp"),
    ("null, PPP", 0, b"\xff\x03" + PPP, "ppp ipv4 tcp"),
    ("loop", 108, b"\0\0\0\x02" + IP4, "null ipv4 tcp"),
    ("raw", 101, IP4, "ipv4 tcp"),
    ("raw, BSD", 12, IP6, "ipv6 tcp"),
    ("raw, OpenBSD", 14, IP4, "ipv4 tcp"),
    ("raw, PPP behind a fake address", 101, bytes(6) + b"\xff\x03" + PPP, "ppp ipv4 tcp"),
    ("raw, ten zero bytes", 101, bytes(10) + IP4, "ipv4 tcp"),
    ("IPv4", 228, IP4, "ipv4 tcp"),
    ("IPv6", 229, IP6, "ipv6 tcp"),
    ("cooked", 113, pack(">HHH8xH", 0, 1, 6, 0x0800) + IP4, "sll ipv4 tcp"),
    ("cooked, LLC", 113, pack(">HHH8xH", 0, 1, 6, 4) + snap(IP4), "sll llc snap ipv4 tcp"),
    ("cooked, GRE interface", 113, pack(">HHH8xH", 0, 778, 0, 0x6558) + FRAME, "sll ethernet ipv4 tcp"),
    ("cooked, frame relay", 113, pack(">HHH8xH", 0, 770, 0, 0) + b"\x18\x41\x03\xcc" + IP4, "sll frame_relay ipv4 tcp"),
    ("cooked 2", 276, pack(">HHIHBB8x", 0x86DD, 0, 1, 1, 0, 6) + IP6, "sll2 ipv6 tcp"),
]

RARE_LINKS: list[tuple[str, int, bytes, str]] = [
    ("ARCNET", 7, b"\x01\x02\xd4\0\0\x01" + IP4, "arcnet ipv4 tcp"),
    ("ARCNET, exception packet", 7, b"\x01\x02\xd4\xff\0\0\0\0\0\x01" + IP4, "arcnet ipv4 tcp"),
    ("ARCNET, RFC 1051", 7, b"\x01\x02\xf0" + IP4, "arcnet ipv4 tcp"),
    ("ARCNET on Linux", 129, b"\x01\x02\0\0\xd4\0\0\x01" + IP4, "arcnet ipv4 tcp"),
    ("IP over InfiniBand", 242, bytes(40) + b"\x08\0\0\0" + IP4, "ipoib ipv4 tcp"),
    ("IPsec interface", 109, b"\0\0\0\x02" + bytes(8) + IP4, "enc ipv4 tcp"),
    ("packet filter log", 117, bytes((61, 2)) + bytes(62) + IP4, "pflog ipv4 tcp"),
    ("netfilter log", 239, b"\x02\0\0\0" + pack("<HH4xHH", 8, 1, 4 + len(IP4), 9) + IP4, "nflog ipv4 tcp"),
    ("Fibre Channel", 122, bytes(16) + snap(IP4), "ip_over_fc llc snap ipv4 tcp"),
    ("FDDI", 10, b"\x50" + bytes(12) + snap(IP4), "fddi llc snap ipv4 tcp"),
    ("token ring", 6, b"\x10\x40" + bytes(12) + snap(IP4), "token_ring llc snap ipv4 tcp"),
    (
        "token ring, source routed",
        6,
        b"\x10\x40" + bytes(6) + b"\x80" + bytes(5) + b"\x06\x30" + bytes(4) + snap(IP4),
        "token_ring llc snap ipv4 tcp",
    ),
    ("FireWire", 138, bytes(16) + b"\x08\0" + IP4, "ieee1394 ipv4 tcp"),
    ("mPacket", 274, _mpacket(FRAME), "mpacket ethernet ipv4 tcp"),
    ("pktap", 258, pack("<III", 108, 1, 1) + bytes(96) + FRAME, "pktap ethernet ipv4 tcp"),
    ("ipnet", 226, pack(">BBHI16x", 1, 2, 0, len(IP4)) + IP4, "ipnet ipv4 tcp"),
    ("classical IP over ATM", 106, IP4, "ipv4 tcp"),
    ("ATM, LLC", 123, b"\x02\0\0\x64" + snap(IP4), "sunatm llc snap ipv4 tcp"),
    ("ATM, LAN emulation", 123, b"\x01\0\0\x64\0\0" + FRAME, "sunatm ethernet ipv4 tcp"),
    ("ERF", 197, _erf(2, b"", bytes(2) + FRAME, len(FRAME)), "erf ethernet ipv4 tcp"),
    ("ERF with an extension", 197, _erf(0x82, bytes(8), bytes(2) + FRAME, len(FRAME)), "erf ethernet ipv4 tcp"),
    ("ERF, HDLC", 197, _erf(1, b"", b"\xff\x03" + PPP, 3 + len(IP4)), "erf ppp ipv4 tcp"),
    ("ERF, IPv6", 197, _erf(23, b"", IP6, len(IP6)), "erf ipv6 tcp"),
    ("Juniper Ethernet", 178, JUNIPER + b"\0" + FRAME, "juniper ethernet ipv4 tcp"),
    ("Juniper extensions", 178, JUNIPER + b"\x80\0\x06\x01\x01\0\x03\x01\x01" + FRAME, "juniper ethernet ipv4 tcp"),
    ("Juniper without layer 2", 178, JUNIPER + b"\x02\x02\0\0\0" + IP4, "juniper ipv4 tcp"),
    ("Juniper PPP", 179, JUNIPER + b"\0\xff\x03" + PPP, "juniper ppp ipv4 tcp"),
    ("Juniper frame relay", 180, JUNIPER + b"\0\x18\x41\x03\xcc" + IP4, "juniper frame_relay ipv4 tcp"),
    ("Juniper HDLC", 181, JUNIPER + b"\0\x0f\0\x08\0" + IP4, "juniper chdlc ipv4 tcp"),
    ("Juniper multilink", 130, JUNIPER + b"\0\0" + PPP, "juniper ppp ipv4 tcp"),
    ("Juniper ATM", 137, JUNIPER + b"\0" + bytes(4) + IP4, "juniper ipv4 tcp"),
    ("Juniper ATM, LLC", 135, JUNIPER + b"\0" + bytes(8) + snap(IP4), "juniper llc snap ipv4 tcp"),
    ("Juniper services, in", 136, JUNIPER + b"\x01" + bytes(16) + IP4, "juniper ipv4 tcp"),
    ("Juniper services, out", 136, JUNIPER + b"\0" + bytes(12) + IP4, "juniper ipv4 tcp"),
]

WAN: list[tuple[str, int, bytes, str]] = [
    ("PPP, HDLC framing", 50, b"\xff\x03\0\x21" + IP4, "ppp ipv4 tcp"),
    ("PPP, all compressed", 9, PPP, "ppp ipv4 tcp"),
    ("PPP, IPv6", 9, b"\xff\x03\0\x57" + IP6, "ppp ipv6 tcp"),
    ("PPP, EtherType", 9, b"\xff\x03\x08\0" + IP4, "ppp ipv4 tcp"),
    ("PPP with direction", 204, b"\0\xff\x03" + PPP, "ppp ipv4 tcp"),
    ("PPP, MPLS", 9, b"\x02\x81" + mpls(IP4), "ppp mpls ipv4 tcp"),
    ("PPP, bridged", 9, b"\x31\0\x01" + FRAME, "ppp ppp_bridging ethernet ipv4 tcp"),
    ("PPP, multilink in one piece", 9, b"\x3d\xc0\0\0\x01" + PPP, "ppp ppp_multilink ppp ipv4 tcp"),
    ("PPPoE link", 51, b"\x11\0\0\x01" + pack(">H", len(PPP)) + PPP, "pppoe ppp ipv4 tcp"),
    ("PPPoE", *_ether(b"\x11\0\0\x01" + pack(">H", len(PPP)) + PPP, 0x8864), "ethernet pppoe ppp ipv4 tcp"),
    ("Cisco HDLC", 104, b"\x0f\0\x08\0" + IP4, "chdlc ipv4 tcp"),
    ("Cisco HDLC on a PPP link", 50, b"\x8f\0\x86\xdd" + IP6, "chdlc ipv6 tcp"),
    ("frame relay", 107, b"\x18\x41\x03\xcc" + IP4, "frame_relay ipv4 tcp"),
    ("frame relay, padded", 107, b"\x18\x41\x03\0\x8e" + IP6, "frame_relay ipv6 tcp"),
    ("frame relay, 4 address bytes", 107, b"\x18\x40\0\x01\x03\xcc" + IP4, "frame_relay ipv4 tcp"),
    ("frame relay, Cisco", 107, b"\x18\x41\x08\0" + IP4, "frame_relay ipv4 tcp"),
    ("frame relay, SNAP", 107, b"\x18\x41\x03\0\x80\0\0\0\x08\0" + IP4, "frame_relay snap ipv4 tcp"),
    (
        "frame relay, bridged",
        107,
        b"\x18\x41\x03\0\x80\0\x80\xc2\0\x07" + FRAME,
        "frame_relay snap ethernet ipv4 tcp",
    ),
    ("frame relay, PPP", 107, b"\x18\x41\x03\xcf" + PPP, "frame_relay ppp ipv4 tcp"),
]

TAGS: list[tuple[str, int, bytes, str]] = [
    ("VLAN", *_ether(b"\0\x01\x08\0" + IP4, 0x8100), "ethernet vlan ipv4 tcp"),
    (
        "VLAN and a length",
        *_ether(b"\0\x01" + pack(">H", len(snap(IP4))) + snap(IP4), 0x8100),
        "ethernet vlan llc snap ipv4 tcp",
    ),
    ("QinQ", *_ether(b"\0\x01\x81\0\0\x02\x08\0" + IP4, 0x88A8), "ethernet vlan vlan ipv4 tcp"),
    ("QinQ before the standard", *_ether(b"\0\x01\x81\0\0\x02\x08\0" + IP4, 0x9100), "ethernet vlan vlan ipv4 tcp"),
    ("provider backbone", *_ether(bytes(16) + b"\x08\0" + IP4, 0x88E7), "ethernet pbb ipv4 tcp"),
    ("E-TAG", *_ether(bytes(6) + b"\x08\0" + IP4, 0x893F), "ethernet etag ipv4 tcp"),
    ("VN-Tag", *_ether(bytes(4) + b"\x08\0" + IP4, 0x8926), "ethernet vntag ipv4 tcp"),
    ("redundancy tag", *_ether(bytes(4) + b"\x08\0" + IP4, 0xF1C1), "ethernet rtag ipv4 tcp"),
    ("HSR", *_ether(bytes(4) + b"\x08\0" + IP4, 0x892F), "ethernet hsr ipv4 tcp"),
    ("Cisco MetaData", *_ether(b"\x01\x01\0\x01\0\x01\x08\0" + IP4, 0x8909), "ethernet cisco_metadata ipv4 tcp"),
    (
        "MACsec, integrity only",
        *_ether(b"\0\0" + bytes(4) + b"\x08\0" + IP4 + bytes(16), 0x88E5),
        "ethernet macsec ipv4 tcp",
    ),
    (
        "MACsec with SCI",
        *_ether(b"\x20\0" + bytes(12) + b"\x08\0" + IP4 + bytes(16), 0x88E5),
        "ethernet macsec ipv4 tcp",
    ),
    ("MPLS", *_ether(mpls(IP4), 0x8847), "ethernet mpls ipv4 tcp"),
    ("MPLS, three labels", *_ether(mpls(IP6, 16, 17, 2), 0x8848), "ethernet mpls ipv6 tcp"),
    (
        "MPLS, pseudo-wire with control word",
        *_ether(mpls(b"\0\x2a\0\0" + FRAME), 0x8847),
        "ethernet mpls pw_control_word ethernet ipv4 tcp",
    ),
    (
        "MPLS, pseudo-wire without control word",
        *_ether(mpls(b"\0\0\x0c\x01\x02\x03\0\x50\x56\x01\x02\x03\x08\0" + IP4), 0x8847),
        "ethernet mpls ethernet ipv4 tcp",
    ),
    (
        "MPLS, associated channel",
        *_ether(mpls(b"\x10\0\0\x21" + IP4), 0x8847),
        "ethernet mpls pw_associated_channel ipv4 tcp",
    ),
    ("transparent bridging", *_ether(FRAME, 0x6558), "ethernet ethernet ipv4 tcp"),
    ("TRILL", *_ether(pack(">HHH4x", 0x7F, 1, 2) + FRAME, 0x22F3), "ethernet trill ethernet ipv4 tcp"),
    ("FabricPath", *_ether(b"\0\x44" + FRAME + bytes(4), 0x8903), "ethernet fabricpath ethernet ipv4 tcp"),
    ("NSH", *_ether(b"\x0f\xc6\x01\x01" + bytes(20) + IP4, 0x894F), "ethernet nsh ipv4 tcp"),
    ("B.A.T.M.A.N.", *_ether(b"\x40\x0f" + bytes(8) + FRAME, 0x4305), "ethernet batman ethernet ipv4 tcp"),
]

IP: list[tuple[str, int, bytes, str]] = [
    ("IPv4 options", ETHERNET, ethernet(ipv4(tcp(), options=ROUTER_ALERT)), "ethernet ipv4 tcp"),
    ("TCP options", ETHERNET, ethernet(ipv4(tcp(options=b"\x02\x04\x05\xb4"))), "ethernet ipv4 tcp"),
    ("hop-by-hop options", *_ip6(b"\x06\0\x01\x04" + bytes(4) + tcp(), 0), "ethernet ipv6 ipv6_hopopts tcp"),
    ("destination options", *_ip6(b"\x06\x01\x01\x0c" + bytes(12) + tcp(), 60), "ethernet ipv6 ipv6_dstopts tcp"),
    ("routing header", *_ip6(b"\x06\x02\0\x00" + bytes(4) + SERVER6 + tcp(), 43), "ethernet ipv6 ipv6_routing tcp"),
    ("atomic fragment", *_ip6(fragment6(tcp()), 44), "ethernet ipv6 ipv6_fragment tcp"),
    ("shim6", *_ip6(b"\x06\0\x80" + bytes(5) + tcp(), 140), "ethernet ipv6 shim6 tcp"),
    ("AH", *_ip(b"\x06\x04" + bytes(22) + tcp(), 51), f"{E_IP} ah tcp"),
    ("AH in IPv6", *_ip6(b"\x06\x04" + bytes(22) + tcp(), 51), "ethernet ipv6 ah tcp"),
    ("IP in IP", *_ip(IP4, 4), f"{E_IP} ipv4 tcp"),
    ("6in4", *_ip(IP6, 41), f"{E_IP} ipv6 tcp"),
    ("4in6", *_ip6(IP4, 4), "ethernet ipv6 ipv4 tcp"),
    ("EtherIP", *_ip(b"\x30\0" + FRAME, 97), f"{E_IP} etherip ethernet ipv4 tcp"),
    ("Ethernet in IPv6", *_ip6(FRAME, 143), "ethernet ipv6 ethernet ipv4 tcp"),
    ("MPLS in IP", *_ip(mpls(IP4), 137), f"{E_IP} mpls ipv4 tcp"),
]

TUNNELS: list[tuple[str, int, bytes, str]] = [
    ("GRE", *_ip(gre(IP4, 0x0800), 47), f"{E_IP} gre ipv4 tcp"),
    ("GRE with all fields", *_ip(gre(IP6, 0x86DD, 0xB000), 47), f"{E_IP} gre ipv6 tcp"),
    ("GRE, routing field", *_ip(pack(">HH4xHBBI4x", 0x4000, 0x0800, 2, 0, 4, 1) + IP4, 47), f"{E_IP} gre ipv4 tcp"),
    ("GRE, Ethernet", *_ip(gre(FRAME, 0x6558, 0x2000), 47), f"{E_IP} gre ethernet ipv4 tcp"),
    ("EoIP", *_ip(pack(">HHHH", 0x2001, 0x6400, len(FRAME), 0) + FRAME, 47), f"{E_IP} gre ethernet ipv4 tcp"),
    ("PPTP", *_ip(pack(">HHHHII", 0x3081, 0x880B, 0, 1, 1, 1) + b"\xff\x03" + PPP, 47), f"{E_IP} gre ppp ipv4 tcp"),
    ("GRE, MPLS", *_ip(gre(mpls(IP4), 0x8847), 47), f"{E_IP} gre mpls ipv4 tcp"),
    ("GRE, frame relay", *_ip(gre(b"\x18\x41\x03\xcc" + IP4, 0x6559), 47), f"{E_IP} gre frame_relay ipv4 tcp"),
    ("GRE, Aruba", *_ip(gre(wlan(snap(IP4)), 0x8200), 47), f"{E_IP} gre ieee80211 llc snap ipv4 tcp"),
    (
        "GRE, Cisco MetaData",
        *_ip(gre(b"\x08\0\x01\x01\0\x01\0\x01" + IP4, 0x8909), 47),
        f"{E_IP} gre cisco_metadata ipv4 tcp",
    ),
    ("WCCP", *_ip(gre(IP4, 0x883E), 47), f"{E_IP} gre ipv4 tcp"),
    ("WCCP 2", *_ip(gre(bytes(4) + IP4, 0x883E), 47), f"{E_IP} gre wccp ipv4 tcp"),
    ("ERSPAN I", *_ip(gre(FRAME, 0x88BE), 47), f"{E_IP} gre ethernet ipv4 tcp"),
    (
        "ERSPAN II",
        *_ip(gre(b"\x10\x01" + bytes(6) + FRAME, 0x88BE, 0x1000), 47),
        f"{E_IP} gre erspan ethernet ipv4 tcp",
    ),
    (
        "ERSPAN III",
        *_ip(gre(b"\x20\x01" + bytes(10) + FRAME, 0x22EB, 0x1000), 47),
        f"{E_IP} gre erspan ethernet ipv4 tcp",
    ),
    (
        "ERSPAN III with a subheader",
        *_ip(gre(b"\x20\x01" + bytes(9) + b"\x01" + bytes(8) + FRAME, 0x22EB, 0x1000), 47),
        f"{E_IP} gre erspan ethernet ipv4 tcp",
    ),
    ("VXLAN", *_udp(b"\x08\0\0\0\0\0\x01\0" + FRAME, 4789), f"{E_IP} udp vxlan ethernet ipv4 tcp"),
    ("VXLAN-GPE", *_udp(b"\x0c\0\0\x02\0\0\x01\0" + IP6, 4790), f"{E_IP} udp vxlan_gpe ipv6 tcp"),
    ("Geneve", *_udp(b"\0\0\x65\x58\0\0\x01\0" + FRAME, 6081), f"{E_IP} udp geneve ethernet ipv4 tcp"),
    (
        "Geneve with options",
        *_udp(b"\x02\0\x08\0\0\0\x01\0\x01\x02\x03\x01" + bytes(4) + IP4, 6081),
        f"{E_IP} udp geneve ipv4 tcp",
    ),
    ("GTP-U", *_gtp(0x30, b""), f"{E_IP} udp gtp ipv4 tcp"),
    ("GTP-U, IPv6", *_gtp(0x30, b"", IP6), f"{E_IP} udp gtp ipv6 tcp"),
    ("GTP-U, sequence number", *_gtp(0x32, bytes(4)), f"{E_IP} udp gtp ipv4 tcp"),
    ("GTP-U, two extension headers", *_gtp(0x34, b"\0\0\0\x85\x01\0\0\xc0\x01\0\0\0"), f"{E_IP} udp gtp ipv4 tcp"),
    ("GTP-U, Ethernet", *_gtp(0x30, b"", FRAME), f"{E_IP} udp gtp ethernet ipv4 tcp"),
    ("GTP version 0", *_udp(b"\x1e\xff" + pack(">H16x", len(IP4)) + IP4, 2152), f"{E_IP} udp gtp ipv4 tcp"),
    ("Teredo", *_udp(IP6, 3544), f"{E_IP} udp teredo ipv6 tcp"),
    (
        "Teredo, both indications",
        *_udp(b"\0\x01\0\0" + bytes(9) + b"\0\0" + bytes(6) + IP6, 3544),
        f"{E_IP} udp teredo ipv6 tcp",
    ),
    ("L2TP", *_udp(b"\0\x02\0\x01\0\x01\xff\x03" + PPP, 1701), f"{E_IP} udp l2tp ppp ipv4 tcp"),
    (
        "L2TP with all fields",
        *_udp(pack(">HHHHHHH2x", 0x4A02, 16 + len(PPP), 1, 1, 0, 0, 2) + PPP, 1701),
        f"{E_IP} udp l2tp ppp ipv4 tcp",
    ),
    ("LISP", *_udp(b"\x80" + bytes(7) + IP4, 4341), f"{E_IP} udp lisp ipv4 tcp"),
    ("AYIYA", *_udp(b"\x44\x52\x11\x29" + bytes(40) + IP6, 5072), f"{E_IP} udp ayiya ipv6 tcp"),
    ("Mobile IP", *_udp(b"\x04\x04\0\0" + IP4, 434), f"{E_IP} udp mobile_ip ipv4 tcp"),
    ("MPLS in UDP", *_udp(mpls(IP4), 6635), f"{E_IP} udp mpls ipv4 tcp"),
    ("GRE in UDP", *_udp(gre(IP4, 0x0800), 4754), f"{E_IP} udp gre ipv4 tcp"),
    ("TZSP", *_udp(b"\x01\0\0\x01\0\x0a\x01\xaa\x01" + FRAME, 37008), f"{E_IP} udp tzsp ethernet ipv4 tcp"),
    ("CAPWAP, Ethernet", *_udp(b"\0\x10\0\0" + bytes(4) + FRAME, 5247), f"{E_IP} udp capwap ethernet ipv4 tcp"),
    (
        "CAPWAP, wireless",
        *_udp(b"\0\x10\x03\0" + bytes(4) + b"\0\x08" + wlan(snap(IP4))[2:], 5247),
        f"{E_IP} udp capwap ieee80211 llc snap ipv4 tcp",
    ),
]

WIRELESS: list[tuple[str, int, bytes, str]] = [
    ("802.11", IEEE80211, wlan(snap(IP4)), "ieee80211 llc snap ipv4 tcp"),
    ("802.11, four addresses", IEEE80211, wlan(snap(IP4), 3), "ieee80211 llc snap ipv4 tcp"),
    ("802.11, quality of service", IEEE80211, wlan(snap(IP4), 1, 8, b"\0\0"), "ieee80211 llc snap ipv4 tcp"),
    ("802.11, high throughput", IEEE80211, wlan(snap(IP4), 0x81, 8, bytes(6)), "ieee80211 llc snap ipv4 tcp"),
    ("802.11, mesh", IEEE80211, wlan(bytes(6) + snap(IP4), 2), "ieee80211 llc snap ipv4 tcp"),
    ("802.11, Ethernet once more", IEEE80211, wlan(b"\x02\0\0\0\0\x01" + FRAME[6:]), "ieee80211 ethernet ipv4 tcp"),
    ("802.11, two zero bytes", IEEE80211, wlan(b"\0\0" + snap(IP4)), "ieee80211 llc snap ipv4 tcp"),
    ("802.11, EtherType", IEEE80211, wlan(b"\x08\0" + IP4), "ieee80211 ipv4 tcp"),
    (
        "802.11, A-MSDU",
        IEEE80211,
        wlan(_subframe(snap(IP4)), 1, 8, b"\x80\0"),
        "ieee80211 llc snap ipv4 tcp",
    ),
    (
        "802.11, AWDL",
        IEEE80211,
        wlan(b"\xaa\xaa\x03\0\x17\xf2\x08\0" + bytes(6) + b"\x08\0" + IP4),
        "ieee80211 llc snap awdl ipv4 tcp",
    ),
    ("radiotap", RADIOTAP, b"\0\0\x08\0\0\0\0\0" + wlan(snap(IP4)), "radiotap ieee80211 llc snap ipv4 tcp"),
    (
        "radiotap, timestamp, checksum",
        RADIOTAP,
        b"\0\0\x11\0\x03\0\0\0" + bytes(8) + b"\x10" + wlan(snap(IP4)) + bytes(4),
        "radiotap ieee80211 llc snap ipv4 tcp",
    ),
    (
        "radiotap, padded header",
        RADIOTAP,
        b"\0\0\x09\0\x02\0\0\0\x20" + wlan(bytes(2) + snap(IP4), 1, 8, b"\0\0"),
        "radiotap ieee80211 llc snap ipv4 tcp",
    ),
    ("prism", 119, pack("<II", 0x44, 144) + bytes(136) + wlan(snap(IP4)), "prism ieee80211 llc snap ipv4 tcp"),
    ("prism link with AVS", 119, AVS + wlan(snap(IP4)), "avs ieee80211 llc snap ipv4 tcp"),
    ("AVS", 163, AVS + wlan(snap(IP4)), "avs ieee80211 llc snap ipv4 tcp"),
    ("PPI", 192, pack("<BBHI", 0, 0, 8, 105) + wlan(snap(IP4)), "ppi ieee80211 llc snap ipv4 tcp"),
    ("PPI, Ethernet", 192, pack("<BBHI", 0, 0, 8, 1) + FRAME, "ppi ethernet ipv4 tcp"),
]

ALL = LINKS + RARE_LINKS + WAN + TAGS + IP + TUNNELS + WIRELESS
