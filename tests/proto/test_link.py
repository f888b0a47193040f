from __future__ import annotations

import pytest

from tests.proto.listing import layer, listing
from tests.proto.packets import ethernet, ipv4, tcp, vlan

ETHERNET = 1
SEGMENT = ipv4(tcp())


def test_ethernet() -> None:
    data = ethernet(vlan(SEGMENT), 0x8100)
    assert listing(data, "Ethernet II", ETHERNET) == [
        "0-5 Destination: 02:00:5e:20:00:20",
        "  0-5 Address: 02:00:5e:20:00:20",
        "  LG bit: Locally administered address (this is NOT the factory default)",
        "  IG bit: Individual address (unicast)",
        "6-11 Source: 02:00:5e:10:00:07",
        "  6-11 Address: 02:00:5e:10:00:07",
        "  LG bit: Locally administered address (this is NOT the factory default)",
        "  IG bit: Individual address (unicast)",
        "12-13 Type: 802.1Q Virtual LAN (0x8100)",
    ]


def test_vlan() -> None:
    data = ethernet(vlan(SEGMENT), 0x8100)
    assert listing(data, "802.1Q VLAN", ETHERNET) == [
        "14 Priority: Critical Applications (3)",
        "14 DEI: Ineligible",
        "14-15 ID: 5",
        "16-17 Type: IPv4 (0x0800)",
    ]


def test_snap() -> None:
    data = ethernet(bytes.fromhex("aaaa030000000800") + SEGMENT, 48)
    assert listing(data, "SNAP", ETHERNET) == [
        "17-19 Organization Code: 00:00:00 (Officially Xerox, but 0:0:0:0:0:0 is more common)",
        "20-21 Protocol ID: IPv4 (0x0800)",
    ]


def test_llc() -> None:
    data = ethernet(bytes.fromhex("aaaa030000000800") + SEGMENT, 48)
    assert listing(data, "LLC", ETHERNET) == [
        "14 DSAP: SNAP (0xaa)",
        "15 SSAP: SNAP (0xaa)",
        "16 Control field: U, func=UI (0x03)",
    ]


def test_linux_cooked_v1() -> None:
    data = bytes.fromhex("00000001000602005e10000700000800") + SEGMENT
    assert listing(data, "Linux cooked v1", 113) == [
        "0-1 Packet type: Unicast to us (0)",
        "2-3 Link-layer address type: Ethernet (1)",
        "4-5 Link-layer address length: 6",
        "6-11 Source: 02:00:5e:10:00:07",
        "12-13 Unused: 0000",
        "14-15 Protocol: IPv4 (0x0800)",
    ]


def test_linux_cooked_v2_with_a_short_address() -> None:
    data = bytes.fromhex("0800000000000003fffe040400000001000000000800"[:40]) + SEGMENT
    assert listing(data, "Linux cooked v2", 276) == [
        "0-1 Protocol: IPv4 (0x0800)",
        "2-3 Reserved: 0000",
        "4-7 Interface index: 3",
        "8-9 Link-layer address type: None (65534)",
        "10 Packet type: Sent by us (4)",
        "11 Link-layer address length: 4",
        "12-15 Source: 00000001",
        "16-19 Unused: 00000000",
    ]


def test_ppp() -> None:
    data = bytes.fromhex("ff030021") + SEGMENT
    assert listing(data, "PPP", 9) == [
        "0 Address: 0xff",
        "1 Control: 0x03",
        "2-3 Protocol: Internet Protocol version 4 (0x0021)",
    ]


def test_pppoe() -> None:
    data = ethernet(bytes.fromhex("11000007002a0021") + SEGMENT, 0x8864)
    assert listing(data, "PPPoE", ETHERNET) == [
        "14 Version: 1",
        "14 Type: 1",
        "15 Code: Session Data (0x00)",
        "16-17 Session ID: 0x0007",
        "18-19 Payload Length: 42",
    ]


def test_cisco_hdlc() -> None:
    data = bytes.fromhex("0f000800") + SEGMENT
    assert listing(data, "Cisco HDLC", 104) == [
        "0 Address: Unicast (0x0f)",
        "1 Control: 0x00",
        "2-3 Protocol: IP (0x0800)",
    ]


def test_mpls() -> None:
    data = ethernet(bytes.fromhex("0000003f0001113f") + SEGMENT, 0x8847)
    assert listing(data, "MPLS", ETHERNET) == [
        "14-17 Label Stack Entry: Label 0, TTL 63",
        "  14-16 Label: 0 (IPv4 Explicit-Null)",
        "  16 Traffic Class: 0",
        "  16 Bottom of Stack: 0",
        "  17 Time to Live: 63",
        "18-21 Label Stack Entry: Label 17, TTL 63",
        "  18-20 Label: 17",
        "  20 Traffic Class: 0",
        "  20 Bottom of Stack: 1",
        "  21 Time to Live: 63",
    ]


@pytest.mark.parametrize(
    ("family", "text"), [("02000000", "IP (2)"), ("00000002", "IP (2)"), ("1e000000", "IPv6 (30)")]
)
def test_a_loopback_family_is_read_in_the_order_in_which_it_is_small(family: str, text: str) -> None:
    assert layer(bytes.fromhex(family) + bytes(40), "Null/Loopback", 0).fields[0].text == text
