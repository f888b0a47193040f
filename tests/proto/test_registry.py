from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.proto.fields import Dissection, Field
from ladderview.proto.names import layer_name
from ladderview.proto.next_protocol import LINKTYPES
from ladderview.proto.registry import dissect
from tests.proto.packets import ethernet, ipv4, ipv6, tcp, udp, vlan

TIMESTAMPS = bytes.fromhex("0101080a0000000100000002")
SEGMENT = tcp(b"hello", options=TIMESTAMPS)

ETHERNET, RAW, NULL, LOOP, SLL, SLL2, PPP, CHDLC, RADIOTAP = 1, 101, 0, 108, 113, 276, 9, 104, 127
MACS = bytes.fromhex("02005e20002002005e100007")
LLC_SNAP = bytes.fromhex("aaaa030000000800")
WLAN = bytes.fromhex("0801 3a01 02005e200020 02005e100007 02005e200020 a000".replace(" ", ""))


def outline(dissections: list[Dissection]) -> list[str]:
    return [f"{d.protocol} {len(d.header)}+{len(d.payload)} {d.summary}".strip() for d in dissections]


def find(fields: tuple[Field, ...], *path: str) -> Field:
    field = next(field for field in fields if field.name == path[0])
    return find(field.children, *path[1:]) if len(path) > 1 else field


IP_TCP = ["IPv4 20+37 10.0.0.7 → 192.0.2.10", "TCP 32+5 50944 → 443 [PSH, ACK]"]
IP6_TCP = ["IPv6 40+37 2001:db8::7 → 2001:db8::10", "TCP 32+5 50944 → 443 [PSH, ACK]"]
ETHERNET_II = "02:00:5e:10:00:07 → 02:00:5e:20:00:20"


@pytest.mark.parametrize(
    ("case", "linktype", "data", "layers"),
    [
        ("Ethernet", ETHERNET, ethernet(ipv4(SEGMENT)), [f"Ethernet II 14+57 {ETHERNET_II}", *IP_TCP]),
        ("IPv6", ETHERNET, ethernet(ipv6(SEGMENT), 0x86DD), [f"Ethernet II 14+77 {ETHERNET_II}", *IP6_TCP]),
        (
            "VLAN in VLAN",
            ETHERNET,
            ethernet(vlan(vlan(ipv4(SEGMENT)), 7, 0x8100), 0x88A8),
            [f"Ethernet II 14+65 {ETHERNET_II}", "802.1Q VLAN 4+61 ID 7", "802.1Q VLAN 4+57 ID 5", *IP_TCP],
        ),
        (
            "802.3 with LLC and SNAP",
            ETHERNET,
            MACS + pack("!H", 65) + LLC_SNAP + ipv4(SEGMENT),
            [f"IEEE 802.3 Ethernet 14+65 {ETHERNET_II}", "LLC 3+62 SNAP", "SNAP 5+57 IPv4", *IP_TCP],
        ),
        ("raw IP", RAW, ipv4(SEGMENT), IP_TCP),
        (
            "loopback, little-endian",
            NULL,
            bytes.fromhex("02000000") + ipv4(SEGMENT),
            ["Null/Loopback 4+57 IP", *IP_TCP],
        ),
        (
            "loopback, big-endian",
            NULL,
            bytes.fromhex("0000001e") + ipv6(SEGMENT),
            ["Null/Loopback 4+77 IPv6", *IP6_TCP],
        ),
        ("OpenBSD loopback", LOOP, bytes.fromhex("00000002") + ipv4(SEGMENT), ["Null/Loopback 4+57 IP", *IP_TCP]),
        (
            "Linux cooked v1",
            SLL,
            bytes.fromhex("00040001000602005e10000700000800") + ipv4(SEGMENT),
            ["Linux cooked v1 16+57 Sent by us", *IP_TCP],
        ),
        (
            "Linux cooked v2",
            SLL2,
            bytes.fromhex("08000000000000030001040602005e1000070000") + ipv4(SEGMENT),
            ["Linux cooked v2 20+57 Sent by us, interface 3", *IP_TCP],
        ),
        ("PPP", PPP, bytes.fromhex("ff030021") + ipv4(SEGMENT), ["PPP 4+57 Internet Protocol version 4", *IP_TCP]),
        ("compressed PPP", PPP, b"\x21" + ipv4(SEGMENT), ["PPP 1+57 Internet Protocol version 4", *IP_TCP]),
        ("Cisco HDLC", CHDLC, bytes.fromhex("0f000800") + ipv4(SEGMENT), ["Cisco HDLC 4+57 IP", *IP_TCP]),
        (
            "PPPoE",
            ETHERNET,
            ethernet(bytes.fromhex("11000007003b0021") + ipv4(SEGMENT), 0x8864),
            [
                f"Ethernet II 14+65 {ETHERNET_II}",
                "PPPoE 6+59 Session Data, session 0x0007",
                "PPP 2+57 Internet Protocol version 4",
                *IP_TCP,
            ],
        ),
        (
            "MPLS",
            ETHERNET,
            ethernet(bytes.fromhex("0001003f0001113f") + ipv4(SEGMENT), 0x8847),
            [f"Ethernet II 14+65 {ETHERNET_II}", "MPLS 8+57 labels 16, 17", *IP_TCP],
        ),
        (
            "802.11 with radiotap",
            RADIOTAP,
            bytes.fromhex("000009000200000000") + WLAN + LLC_SNAP + ipv4(SEGMENT),
            [
                "Radiotap 9+89 9 bytes",
                "IEEE 802.11 24+65 Data, 02:00:5e:10:00:07 → 02:00:5e:20:00:20",
                "LLC 3+62 SNAP",
                "SNAP 5+57 IPv4",
                *IP_TCP,
            ],
        ),
        (
            "GRE",
            RAW,
            ipv4(bytes(2) + b"\x08\x00" + ipv4(SEGMENT), 47),
            ["IPv4 20+61 10.0.0.7 → 192.0.2.10", "GRE 4+57 IPv4", *IP_TCP],
        ),
        ("IP in IP", RAW, ipv4(ipv4(SEGMENT), 4), ["IPv4 20+57 10.0.0.7 → 192.0.2.10", *IP_TCP]),
        (
            "VXLAN",
            RAW,
            ipv4(udp(bytes.fromhex("0800000000006400") + ethernet(ipv4(SEGMENT)), 4789), 17),
            [
                "IPv4 20+87 10.0.0.7 → 192.0.2.10",
                "UDP 8+79 55019 → 4789",
                "VXLAN 8+71 VNI 100",
                f"Ethernet II 14+57 {ETHERNET_II}",
                *IP_TCP,
            ],
        ),
        (
            "Geneve with an option",
            RAW,
            ipv4(udp(bytes.fromhex("024065580000640001020301deadbeef") + ethernet(ipv4(SEGMENT)), 6081), 17),
            [
                "IPv4 20+95 10.0.0.7 → 192.0.2.10",
                "UDP 8+87 55019 → 6081",
                "Geneve 16+71 VNI 100",
                f"Ethernet II 14+57 {ETHERNET_II}",
                *IP_TCP,
            ],
        ),
        (
            "GTP-U with an extension header",
            RAW,
            ipv4(udp(bytes.fromhex("34ff0041010203040000008501dead00") + ipv4(SEGMENT), 2152), 17),
            [
                "IPv4 20+81 10.0.0.7 → 192.0.2.10",
                "UDP 8+73 55019 → 2152",
                "GTP-U 16+57 T-PDU, TEID 0x01020304",
                *IP_TCP,
            ],
        ),
        (
            "IPv6 extension headers",
            RAW,
            ipv6(bytes.fromhex("3c000502000001000600010400000000") + SEGMENT, 0),
            [
                "IPv6 40+53 2001:db8::7 → 2001:db8::10",
                "IPv6 Hop-by-Hop Options 8+45 next: Destination Options for IPv6",
                "IPv6 Destination Options 8+37 next: TCP",
                "TCP 32+5 50944 → 443 [PSH, ACK]",
            ],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_layers_and_their_sizes(case: str, linktype: int, data: bytes, layers: list[str]) -> None:
    dissections = dissect(data, linktype, len(data))
    assert outline(dissections) == layers
    assert [d.error for d in dissections] == [""] * len(layers)


def test_padding_of_a_short_frame_is_not_payload() -> None:
    data = ethernet(ipv4(tcp())).ljust(60, b"\0")
    ethernet_ii, ip, segment = dissect(data, ETHERNET, 60)
    assert (len(ethernet_ii.payload), len(ip.payload), len(segment.payload)) == (40, 20, 0)
    assert find(ethernet_ii.fields, "Padding").text == "000000000000"


def test_padding_behind_a_tag_belongs_to_the_frame() -> None:
    data = ethernet(vlan(ipv4(tcp())), 0x8100) + bytes(2)
    frame, tag, *_ = dissect(data, ETHERNET, len(data))
    assert (len(frame.payload), len(tag.payload)) == (44, 40)
    assert [field.name for field in (frame.fields[-1], tag.fields[-1])] == ["Padding", "Type"]


def test_bytes_behind_a_long_frame_are_a_trailer() -> None:
    data = ethernet(ipv4(tcp(bytes(100)))) + b"\x01\x02\x03\x04"
    assert find(dissect(data, ETHERNET, len(data))[0].fields, "Trailer").text == "01020304"


def test_a_payload_that_was_not_captured_still_has_its_size() -> None:
    data = ethernet(ipv4(tcp(bytes(1000))))
    segment = dissect(data[:60], ETHERNET, len(data))[-1]
    assert (len(segment.payload), segment.error) == (1000, "")


def test_a_header_cut_by_the_capture_keeps_what_was_read() -> None:
    data = ethernet(ipv4(SEGMENT))
    segment = dissect(data[:44], ETHERNET, len(data))[-1]
    assert [field.name for field in segment.fields] == ["Source Port", "Destination Port", "Sequence Number"]
    assert segment.error == "cut off by the capture: Acknowledgment Number: 4 bytes wanted, 2 left"


def test_what_the_walk_finds_wrong_stands_at_its_layer() -> None:
    data = bytearray(ipv4(SEGMENT))
    data[2:4] = pack("!H", 1000)
    ip, segment = dissect(bytes(data), RAW, len(data))
    assert "total length 1000 exceeds" in ip.error
    assert segment.error == ""


def test_an_unknown_link_type_is_data() -> None:
    (data,) = dissect(b"\x01\x02", 9999, 4)
    assert (data.protocol, len(data.header), data.fields[0].text) == ("Data", 4, "0102")
    assert "9999" in data.error


def test_a_layer_without_a_reader_shows_its_bytes() -> None:
    message = bytes.fromhex("0001080006040001") + bytes(20)
    arp = dissect(ethernet(message, 0x0806), ETHERNET, 42)[-1]
    assert (arp.protocol, len(arp.header), len(arp.payload)) == ("ARP", 28, 0)
    assert arp.fields[0].value == message


@pytest.mark.parametrize(("key", "name"), [("arp", "ARP"), ("token_ring", "Token Ring"), ("ospf", "OSPF")])
def test_names_of_layers_without_a_reader(key: str, name: str) -> None:
    assert layer_name(key) == name


def ranges_of(fields: tuple[Field, ...], inside: tuple[int, int]) -> None:
    """Every span lies within the bytes that there are, and a child's within its parent's."""
    for field in fields:
        assert inside[0] <= field.span.start <= field.span.end <= inside[1], field
        ranges_of(field.children, (field.span.start, field.span.end) if len(field.span) else inside)


LINK_TYPES = st.sampled_from([*LINKTYPES, 9999])
WHOLE = [
    ethernet(ipv4(SEGMENT)),
    ethernet(ipv6(bytes.fromhex("3c000502000001000600010400000000") + SEGMENT, 0), 0x86DD),
    ethernet(vlan(ipv4(tcp(options=bytes.fromhex("020405b40402080a" + "00" * 8 + "01030307"))))),
    ethernet(ipv4(udp(bytes.fromhex("024065580000640001020301deadbeef") + ethernet(ipv4(SEGMENT)), 6081), 17)),
    ipv4(SEGMENT, options=bytes.fromhex("8307040a00000100")),
    bytes.fromhex("000010000f000000" + "00" * 8) + WLAN + LLC_SNAP + ipv4(SEGMENT),
]


@given(st.binary(max_size=200), LINK_TYPES, st.integers(0, 70_000))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_taken_apart(data: bytes, linktype: int, wire_len: int) -> None:
    for dissection in dissect(data, linktype, wire_len):
        ranges_of(dissection.fields, (0, len(data)))
        assert 0 <= dissection.header.start <= dissection.header.end <= dissection.payload.end


@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    st.integers(0, 400),
    LINK_TYPES | st.just(1),
)
@settings(max_examples=200, deadline=None)
def test_mutated_and_cut_packets_are_taken_apart(
    whole: bytes, changes: list[tuple[int, int]], cut: int, linktype: int
) -> None:
    data = bytearray(whole)
    for place, value in changes:
        data[place % len(data)] = value
    captured = bytes(data[:cut])
    for dissection in dissect(captured, linktype, len(data)):
        ranges_of(dissection.fields, (0, len(captured)))
