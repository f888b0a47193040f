from __future__ import annotations

from tests.proto.listing import layer, listing
from tests.proto.packets import ipv4, tcp

RADIOTAP_LINKTYPE = 127

# Presence word: TSFT, Flags, Rate, Channel, antenna signal, and one more word after it.
RADIOTAP = bytes.fromhex("000020002f0000800000000000000000080706050403020100169e09a000c4ab")
QOS_DATA = bytes.fromhex("8802 3a01 02005e100007 02005e200020 02005e200020 20b7 0500".replace(" ", ""))
LLC_SNAP = bytes.fromhex("aaaa030000000800")
FRAME = RADIOTAP + QOS_DATA + LLC_SNAP + ipv4(tcp(b"hello"))


def test_radiotap_fields_are_aligned_to_their_size() -> None:
    assert listing(FRAME, "Radiotap", RADIOTAP_LINKTYPE) == [
        "0 Header revision: 0",
        "1 Header pad: 0",
        "2-3 Header length: 32",
        "4-7 Present flags: 0x8000002f",
        "8-11 Present flags: 0x00000000",
        "12-15 Padding: 00000000",
        "16-23 TSFT: 72623859790382856 µs",
        "24 Flags: 0x00",
        "25 Rate: 11.0 Mb/s",
        "26-27 Channel frequency: 2462 MHz",
        "28-29 Channel flags: 0x00a0",
        "30 Antenna signal: -60 dBm",
        "31 Other fields: ab",
    ]


def test_a_data_frame() -> None:
    assert listing(FRAME, "IEEE 802.11", RADIOTAP_LINKTYPE) == [
        "32-33 Frame Control: 0x8802",
        "  32 Subtype: QoS Data (8)",
        "  32 Type: Data frame (2)",
        "  32 Version: 0",
        "  33 +HTC/Order: Not set",
        "  33 Protected Frame: Not set",
        "  33 More Data: Not set",
        "  33 Power Management: Not set",
        "  33 Retry: Not set",
        "  33 More Fragments: Not set",
        "  33 From DS: Set",
        "  33 To DS: Not set",
        "34-35 Duration: 314 microseconds",
        *address("36-41", "Receiver address", "02:00:5e:10:00:07"),
        *address("42-47", "Transmitter address", "02:00:5e:20:00:20"),
        *address("48-53", "Address 3", "02:00:5e:20:00:20"),
        "54-55 Sequence Control: 2930",
        "  54-55 Sequence and fragment number: sequence 2930, fragment 0",
        "56-57 QoS Control: 0x0005",
    ]


def address(where: str, name: str, text: str) -> list[str]:
    return [
        f"{where} {name}: {text}",
        f"  {where} Address: {text}",
        "  LG bit: Locally administered address (this is NOT the factory default)",
        "  IG bit: Individual address (unicast)",
    ]


def test_of_a_management_frame_the_body_is_bytes() -> None:
    beacon = bytes.fromhex("80000000ffffffffffff") + bytes(range(20))
    frame = layer(bytes.fromhex("0000080000000000") + beacon, "IEEE 802.11", RADIOTAP_LINKTYPE)
    assert frame.summary == "Management frame"
    assert frame.fields[-1].value == bytes(range(20))
