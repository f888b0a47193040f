from __future__ import annotations

import pytest

from tests.proto.listing import layer, listing
from tests.proto.packets import ipv4, tcp

SYN_OPTIONS = bytes.fromhex("020405b40402080a000000010000000201030307")


def test_every_field_of_a_header_in_wire_order() -> None:
    data = ipv4(tcp(b"hi", 0x1D8, options=SYN_OPTIONS))
    assert listing(data, "TCP") == [
        "20-21 Source Port: 50944",
        "22-23 Destination Port: 443",
        "24-27 Sequence Number: 1000",
        "28-31 Acknowledgment Number: 5001",
        "32 Data Offset: 40 bytes (10)",
        "32-33 Flags: 0x1d8 (PSH, ACK, ECE, CWR, AE)",
        "  32 Reserved: Not set",
        "  32 Accurate ECN (AE): Set",
        "  33 Congestion Window Reduced (CWR): Set",
        "  33 ECN-Echo (ECE): Set",
        "  33 Urgent (URG): Not set",
        "  33 Acknowledgment (ACK): Set",
        "  33 Push (PSH): Set",
        "  33 Reset (RST): Not set",
        "  33 Synchronize (SYN): Not set",
        "  33 Finish (FIN): Not set",
        "34-35 Window: 502",
        "36-37 Checksum: 0x2f88 [correct]",
        "38-39 Urgent Pointer: 0",
        "40-59 Options: (20 bytes), Maximum segment size, SACK permitted, Timestamps, No-Operation (NOP), Window scale",
        "  40-43 Maximum segment size: 1460 bytes",
        "    40 Kind: Maximum Segment Size (2)",
        "    41 Length: 4",
        "    42-43 MSS Value: 1460",
        "  44-45 SACK permitted: ",
        "    44 Kind: SACK Permitted (4)",
        "    45 Length: 2",
        "  46-55 Timestamps: TSval 1, TSecr 2",
        "    46 Kind: Time Stamp Option (8)",
        "    47 Length: 10",
        "    48-51 Timestamp Value: 1",
        "    52-55 Timestamp Echo Reply: 2",
        "  56 No-Operation (NOP): ",
        "    56 Kind: No-Operation (1)",
        "  57-59 Window scale: 7 (multiply by 128)",
        "    57 Kind: Window Scale (3)",
        "    58 Length: 3",
        "    59 Shift Count: 7",
    ]


def test_what_is_wrong_with_a_list_is_said_and_the_rest_is_bytes() -> None:
    data = ipv4(tcp(options=bytes.fromhex("010102030508ff00")))
    assert listing(data, "TCP")[-12:] == [
        "  40 No-Operation (NOP): ",
        "    40 Kind: No-Operation (1)",
        "  41 No-Operation (NOP): ",
        "    41 Kind: No-Operation (1)",
        "  42-44 Maximum segment size:  [its length should be 4]",
        "    42 Kind: Maximum Segment Size (2)",
        "    43 Length: 3",
        "    44 Value: 05",
        "  45-46 Timestamps:  [its length of 255 bytes says that the option goes past the end of the options]",
        "    45 Kind: Time Stamp Option (8)",
        "    46 Length: 255",
        "  47 Unread option bytes: 00",
    ]


def test_sack_edges_and_a_signature() -> None:
    data = ipv4(tcp(options=bytes.fromhex("050a00000064000000c81312" + "ab" * 16 + "0101")))
    assert listing(data, "TCP")[-13:] == [
        "34-35 Window: 502",
        "36-37 Checksum: 0x19d4 [correct]",
        "38-39 Urgent Pointer: 0",
        "40-67 Options: (28 bytes), SACK, TCP MD5 signature",
        "  40-49 SACK: 100-200",
        "    40 Kind: SACK (5)",
        "    41 Length: 10",
        "    42-45 Left Edge: 100",
        "    46-49 Right Edge: 200",
        "  50-67 TCP MD5 signature: abababababababababababababababab",
        "    50 Kind: MD5 Signature Option (19)",
        "    51 Length: 18",
        "    52-67 MD5 Digest: abababababababababababababababab",
    ]


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ("22020101", "  40-41 TCP Fast Open: cookie request"),
        ("22060102030401000000"[:16] + "0101", "  40-45 TCP Fast Open: cookie 01020304"),
        ("fd04f989", "  40-43 Experimental: Fast Open, cookie request"),
        ("1c048005", "  40-43 User Timeout: 5 minutes"),
        ("1e040001", "  40-43 MPTCP: Multipath Capable"),
        (
            "03030f01",
            "  40-42 Window scale: 15 (multiply by 16384) [more than 14, which is used instead (RFC 7323 section 2.3)]",
        ),
        ("4d04f989", "  40-43 Unknown: "),
        ("01010102", "  43 Maximum segment size:  [the length byte is past the end of the options]"),
        ("01010300", "  42-43 Window scale:  [its length of 0 bytes is too short]"),
    ],
)
def test_options(options: str, line: str) -> None:
    assert line in listing(ipv4(tcp(options=bytes.fromhex(options))), "TCP")


def test_what_stands_behind_the_end_of_the_list_is_padding() -> None:
    assert listing(ipv4(tcp(options=bytes.fromhex("00aabbcc"))), "TCP")[-1] == "  41-43 Padding: aabbcc"


@pytest.mark.parametrize(
    ("checksum", "note"),
    [(None, "correct"), (0x1234, "incorrect, should be 0xbdc1 (maybe caused by checksum offload)")],
)
def test_the_checksum_of_a_whole_segment_is_verified(checksum: int | None, note: str) -> None:
    fields = layer(ipv4(tcp(b"hello", checksum=checksum)), "TCP").fields
    assert next(field.note for field in fields if field.name == "Checksum") == note


def test_the_checksum_of_a_cut_segment_is_not() -> None:
    data = ipv4(tcp(b"hello"))
    fields = layer(data[:-1], "TCP").fields
    assert next(field.note for field in fields if field.name == "Checksum") == ""
