from __future__ import annotations

from struct import pack

import pytest

from tests.proto.listing import layer, listing
from tests.proto.packets import ipv4, ipv6, tcp


def test_every_field_of_ipv4_in_wire_order() -> None:
    data = ipv4(tcp(), options=bytes.fromhex("8307040a0000019404000000"))
    assert listing(data, "IPv4") == [
        "0 Version: 4",
        "0 Internet Header Length: 32 bytes (8)",
        "1 Differentiated Services Field: 0x00 (DSCP: CS0, ECN: Not-ECT)",
        "  1 Differentiated Services Codepoint: Default (0)",
        "  1 Explicit Congestion Notification: Not ECN-Capable Transport (0)",
        "2-3 Total Length: 52",
        "4-5 Identification: 0x1c46 (7238)",
        "6 Flags: 0x2, Don't fragment",
        "  6 Reserved bit: Not set",
        "  6 Don't fragment: Set",
        "  6 More fragments: Not set",
        "6-7 Fragment Offset: 0",
        "8 Time to Live: 64",
        "9 Protocol: TCP (6)",
        "10-11 Header Checksum: 0xc2c7 [correct]",
        "12-15 Source Address: 10.0.0.7",
        "16-19 Destination Address: 192.0.2.10",
        "20-31 Options: (12 bytes)",
        "  20-26 Loose Source Route: 10.0.0.1",
        "    20 Type: 131",
        "      20 Copied flag: Yes",
        "      20 Class: Control (0)",
        "      20 Number: 3",
        "    21 Length: 7",
        "    22 Pointer: 4",
        "    23-26 Address: 10.0.0.1",
        "  27-30 Router Alert: ",
        "    27 Type: 148",
        "      27 Copied flag: Yes",
        "      27 Class: Control (0)",
        "      27 Number: 20",
        "    28 Length: 4",
        "    29-30 Router Alert: Router shall examine packet (0)",
        "  31 End of Options List (EOL): Type 0",
    ]


def test_every_field_of_ipv6_in_wire_order() -> None:
    data = ipv6(tcp())
    assert listing(data, "IPv6") == [
        "0 Version: 6",
        "0-1 Traffic Class: 0x00 (DSCP: CS0, ECN: Not-ECT)",
        "  0-1 Differentiated Services Codepoint: Default (0)",
        "  1 Explicit Congestion Notification: Not ECN-Capable Transport (0)",
        "1-3 Flow Label: 0x12345",
        "4-5 Payload Length: 20",
        "6 Next Header: TCP (6)",
        "7 Hop Limit: 64",
        "8-23 Source Address: 2001:db8::7",
        "24-39 Destination Address: 2001:db8::10",
    ]


def test_hop_by_hop_options() -> None:
    data = ipv6(bytes.fromhex("0600050200000100") + tcp(), 0)
    assert listing(data, "IPv6 Hop-by-Hop Options") == [
        "40 Next Header: TCP (6)",
        "41 Length: 0 (8 bytes)",
        "42-45 Router Alert: ",
        "  42 Type: Router Alert (0x05)",
        "  43 Length: 2",
        "  44-45 Router Alert: MLD (0)",
        "46-47 PadN: ",
        "  46 Type: PadN (0x01)",
        "  47 Length: 0",
    ]


def test_a_segment_routing_header() -> None:
    data = ipv6(bytes.fromhex("0602040000000000" + "20010db8" + "00" * 11 + "10") + tcp(), 43)
    assert listing(data, "IPv6 Routing Header") == [
        "40 Next Header: TCP (6)",
        "41 Length: 2 (24 bytes)",
        "42 Type: Segment Routing (4)",
        "43 Segments Left: 0",
        "44 Last Entry: 0",
        "45 Flags: 0x00",
        "46-47 Tag: 0x0000",
        "48-63 Address[0]: 2001:db8::10",
    ]


def test_an_atomic_fragment() -> None:
    data = ipv6(bytes.fromhex("0600000012345678") + tcp(), 44)
    assert listing(data, "IPv6 Fragment Header") == [
        "40 Next Header: TCP (6)",
        "41 Reserved octet: 0x00",
        "42-43 Fragment Offset: 0",
        "43 Reserved bits: 0",
        "43 More Fragments: No",
        "44-47 Identification: 0x12345678",
    ]


def test_an_authentication_header() -> None:
    data = ipv4(bytes.fromhex("0604000000000100000000070102030405060708090a0b0c") + tcp(), 51)
    assert listing(data, "AH") == [
        "20 Next Header: TCP (6)",
        "21 Payload Length: 4 (24 bytes)",
        "22-23 Reserved: 0x0000",
        "24-27 Security Parameters Index: 0x00000100",
        "28-31 Sequence Number: 7",
        "32-43 Integrity Check Value: 0102030405060708090a0b0c",
    ]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ("07070400000000" + "00", "  20-26 Record Route: 0.0.0.0"),
        ("440c0501" + "0a000001" + "00000007", "    28-31 Time stamp: 7"),
        ("82040001", "    22-23 Value: 0001"),
        ("01010199", "  23 Unknown: Type 153 [its length is missing or wrong]"),
        ("00deadbe", "  21-23 Padding: deadbe"),
    ],
)
def test_ipv4_options(options: str, line: str) -> None:
    assert line in listing(ipv4(tcp(), options=bytes.fromhex(options)), "IPv4")


def note_of(data: bytes, name: str) -> str:
    return next(field.note for field in layer(data, "IPv4").fields if field.name == name)


def test_a_wrong_header_checksum_is_told() -> None:
    data = bytearray(ipv4(tcp()))
    data[10:12] = bytes(2)
    assert note_of(bytes(data), "Header Checksum") == "incorrect, should be 0x5279 (maybe caused by checksum offload)"


def test_a_total_length_of_zero_is_offload() -> None:
    data = bytearray(ipv4(tcp()))
    data[2:4] = pack("!H", 0)
    assert note_of(bytes(data), "Total Length") == "0: left to the network card (segmentation offload)"


def test_the_offset_of_a_fragment_is_in_bytes() -> None:
    data = ipv4(bytes(40), fragment=0x2000 | 185)
    assert "6-7 Fragment Offset: 1480" in listing(data, "IPv4")
    assert "6 Flags: 0x1, More fragments" in listing(data, "IPv4")
