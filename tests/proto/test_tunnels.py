from __future__ import annotations

from tests.proto.listing import layer, listing
from tests.proto.packets import ethernet, ipv4, tcp, udp

GENEVE = bytes.fromhex("024065580000640001020301deadbeef")
GTP = bytes.fromhex("34ff0041010203040000008501dead00")
GRE = bytes.fromhex("b0000800123400000000002a00000007")
VXLAN = bytes.fromhex("0800000000006400")


def test_geneve() -> None:
    data = ipv4(udp(GENEVE + ethernet(ipv4(tcp())), 6081), 17)
    assert listing(data, "Geneve") == [
        "28 Version: 0",
        "28 Options Length: 8 bytes",
        "29 Flags: Critical options",
        "  29 Control packet: False",
        "  29 Critical options present: True",
        "  29 Reserved: 0",
        "30-31 Protocol Type: Transparent Ethernet bridging (0x6558)",
        "32-34 Virtual Network Identifier (VNI): 0x000064 (100)",
        "35 Reserved: 0x00",
        "36-43 Options: (8 bytes)",
        "  36-43 Option: Open Virtual Networking (OVN), type 0x03",
        "    36-37 Option Class: Open Virtual Networking (OVN) (0x0102)",
        "    38 Type: 0x03 (Non-critical)",
        "    39 Reserved: 0",
        "    39 Length: 4 bytes",
        "    40-43 Variable-Length Option Data: deadbeef",
    ]


def test_gtp_u() -> None:
    data = ipv4(udp(GTP + ipv4(tcp()), 2152), 17)
    assert listing(data, "GTP-U") == [
        "28 Flags: 0x34",
        "  28 Version: 1",
        "  28 Protocol Type: GTP (1)",
        "  28 Reserved: 0",
        "  28 Extension Header: Set",
        "  28 Sequence Number: Not set",
        "  28 N-PDU Number: Not set",
        "29 Message Type: T-PDU (0xff)",
        "30-31 Length: 65",
        "32-35 TEID: 0x01020304 (16909060)",
        "36-37 Sequence Number: 0",
        "38 N-PDU Number: 0",
        "39 Next Extension Header Type: PDU Session container (0x85)",
        "40-43 Extension Header: PDU Session container",
        "  40 Extension Header Length: 1 (4 bytes)",
        "  41-42 Content: dead",
        "  43 Next Extension Header Type: No more extension headers (0x00)",
    ]


def test_gre() -> None:
    data = ipv4(GRE + ipv4(tcp()), 47)
    assert listing(data, "GRE") == [
        "20-21 Flags and Version: 0xb000",
        "  20 Checksum Present: Set",
        "  20 Routing Present: Not set",
        "  20 Key Present: Set",
        "  20 Sequence Number Present: Set",
        "  20 Strict Source Route: Not set",
        "  20 Recursion Control: 0",
        "  21 Acknowledgment Number Present: Not set",
        "  21 Reserved: 0",
        "  21 Version Number: 0",
        "22-23 Protocol Type: IPv4 (0x0800)",
        "24-25 Checksum: 0x1234",
        "26-27 Offset: 0",
        "28-31 Key: 0x0000002a",
        "32-35 Sequence Number: 7",
    ]


def test_vxlan() -> None:
    data = ipv4(udp(VXLAN + ethernet(ipv4(tcp())), 4789), 17)
    assert listing(data, "VXLAN") == [
        "28-29 Flags: 0x0800",
        "  28 GBP Extension: Not defined",
        "  28 Reserved: 0",
        "  28 VXLAN Network ID (VNI): True",
        "  28-29 Reserved: 0",
        "  29 Don't Learn: False",
        "  29 Reserved: 0",
        "  29 Policy Applied: False",
        "  29 Reserved: 0",
        "30-31 Group Policy ID: 0",
        "32-34 VXLAN Network Identifier (VNI): 100",
        "35 Reserved: 0",
    ]


def test_udp_without_a_checksum() -> None:
    data = ipv4(udp(b"x", 53), 17)
    assert listing(data, "UDP") == [
        "20-21 Source Port: 55019",
        "22-23 Destination Port: 53",
        "24-25 Length: 9",
        "26-27 Checksum: 0x0000 [zero: not computed]",
    ]


def test_the_checksum_of_udp_is_verified() -> None:
    datagram = bytearray(udp(b"x", 53))
    datagram[6:8] = b"\x12\x34"
    checksum = layer(ipv4(bytes(datagram), 17), "UDP").fields[-1]
    assert checksum.note.startswith("incorrect, should be 0x")
    datagram[6:8] = bytes.fromhex(checksum.note[23:27])
    assert layer(ipv4(bytes(datagram), 17), "UDP").fields[-1].note == "correct"
