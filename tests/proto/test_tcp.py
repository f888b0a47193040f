from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.tcp import TcpOptions, flags_text, option_spans, parse_options

MSS = bytes.fromhex("020405b4")
SACK_PERM = bytes.fromhex("0402")
TIMESTAMPS = bytes.fromhex("080a800bffee00000000")
WINDOW_SCALE = bytes.fromhex("030307")
NOP, EOL = b"\x01", b"\x00"


@pytest.mark.parametrize(
    ("flags", "text"),
    [
        (0x002, "SYN"),
        (0x012, "SYN, ACK"),
        (0x019, "FIN, PSH, ACK"),
        (0x0C2, "SYN, ECE, CWR"),
        (0x1FF, "FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE"),
        (0x000, "<None>"),
        (0x200, "Reserved"),
        (0xE10, "ACK, Reserved"),
    ],
)
def test_flags_are_worded_as_in_wiresharks_info_column(flags: int, text: str) -> None:
    assert flags_text(flags) == text


def test_a_syn_of_linux() -> None:
    options = parse_options(MSS + SACK_PERM + TIMESTAMPS + NOP + WINDOW_SCALE)
    assert (options.mss, options.sack_permitted, options.wscale) == (1460, True, 7)
    assert (options.tsval, options.tsecr) == (0x800BFFEE, 0)


def test_values_stand_in_wire_order() -> None:
    names = [name for name, _ in parse_options(WINDOW_SCALE + NOP + SACK_PERM + TIMESTAMPS + MSS + NOP * 2).values]
    assert names == ["WS", "SACK_PERM", "TSval", "TSecr", "MSS"]


# Each of these was given to tshark 4.0.17; the values are those of tcp.options.*.
@pytest.mark.parametrize(
    ("case", "options", "values"),
    [
        ("twice: both values", MSS + bytes.fromhex("02040400"), {"MSS": (1460, 1024)}),
        ("too short for its kind: no value", bytes.fromhex("020305") + NOP, {"MSS": ()}),
        ("too long for its kind: no value", bytes.fromhex("020505b4aa"), {"MSS": ()}),
        ("length 0 ends the list", bytes.fromhex("03000101") + MSS, {"WS": (), "MSS": ()}),
        ("length 1 ends the list", bytes.fromhex("03010101") + MSS, {"WS": (), "MSS": ()}),
        ("past the end ends the list", MSS + bytes.fromhex("080a0000"), {"MSS": (1460,), "TSval": ()}),
        ("kind without length ends the list", MSS + b"\x02", {"MSS": (1460,)}),
        ("end of list ends the list", EOL + MSS, {"MSS": ()}),
        ("a shift count above 14 as it stands", bytes.fromhex("03030f"), {"WS": (15,)}),
        ("sack permitted of any length", bytes.fromhex("040300"), {"SACK_PERM": ("",)}),
        (
            "an edge without its pair",
            bytes.fromhex("050e000000c8000000d2000000010101"),
            {"SLE": (200, 1), "SRE": (210,)},
        ),
        ("an unknown kind is stepped over", bytes.fromhex("4d04f989") + MSS, {"MSS": (1460,)}),
        ("fast open under its experiment id", bytes.fromhex("fd04f989"), {"TFO": ("R",)}),
        ("a fast open cookie", bytes.fromhex("220a0102030405060708"), {"TFO": ("C",)}),
        ("accurate ECN in order 1", bytes.fromhex("ae05000007"), {"EE1B": (7,), "ECEB": ()}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_values_of_odd_lists(case: str, options: bytes, values: dict[str, tuple[int | str, ...]]) -> None:
    parsed = parse_options(options).values
    assert {name: tuple(value for known, value in parsed if known == name) for name in values} == values


def test_sack_blocks_are_pairs_of_raw_numbers() -> None:
    blocks = bytes.fromhex("051200000064 00000096000000c8 ffffffff".replace(" ", ""))
    assert parse_options(NOP * 2 + blocks).sack == ((100, 150), (200, 0xFFFFFFFF))


def test_a_sack_option_without_a_block_is_malformed() -> None:
    parsed = parse_options(bytes.fromhex("0502") + MSS)
    assert (parsed.error, parsed.mss) == ("Malformed Packet", None)


def test_of_a_list_cut_by_the_snap_length_every_whole_number_counts() -> None:
    whole = MSS + TIMESTAMPS
    parsed = parse_options(whole[:10], len(whole))
    assert (parsed.mss, parsed.tsval, parsed.tsecr) == (1460, 0x800BFFEE, None)
    assert parsed.error == "Packet size limited during capture"


def test_the_short_way_reads_what_the_general_way_reads() -> None:
    padded = NOP * 2 + TIMESTAMPS
    assert parse_options(padded) == parse_options(padded + EOL)


def test_no_options() -> None:
    assert parse_options(b"") == TcpOptions()


@given(st.binary(max_size=40), st.integers(0, 60) | st.none())
def test_any_bytes_give_values(options: bytes, declared_len: int | None) -> None:
    parsed = parse_options(options, declared_len)
    assert all(0 <= left < 2**32 and 0 <= right < 2**32 for left, right in parsed.sack)


@given(st.binary(max_size=40))
def test_spans_follow_each_other_within_the_list(options: bytes) -> None:
    spans = option_spans(options, len(options))
    assert all(before[2] <= after[1] for before, after in pairwise(spans))
    assert all(start + 2 <= end <= len(options) for _, start, end in spans)


def test_multipath_tcp_options_are_told_by_subtype_and_length() -> None:
    options = bytes([30, 12, 0x01]) + bytes(9) + bytes([1, 30, 4, 0x50, 1, 30, 2])
    assert parse_options(options).multipath == ((0, 12), (5, 4))
