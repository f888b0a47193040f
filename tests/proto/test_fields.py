from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.fields import (
    Field,
    FieldReader,
    Span,
    Truncated,
    byte_count,
    hex_and_decimal,
    hex_bytes,
    named,
    set_or_not,
)

DATA = bytes(range(0x10, 0x30))


def reader(start: int = 2, end: int = len(DATA)) -> FieldReader:
    return FieldReader(DATA, start, end)


@pytest.mark.parametrize(
    ("method", "size", "value"),
    [("u8", 1, 0x12), ("u16", 2, 0x1213), ("u24", 3, 0x121314), ("u32", 4, 0x12131415), ("u64", 8, 0x1213141516171819)],
)
def test_numbers_know_their_bytes(method: str, size: int, value: int) -> None:
    r = reader()
    assert getattr(r, method)("x") == value
    assert r.fields == (Field("x", value, str(value), Span(2, 2 + size)),)


def test_little_endian() -> None:
    assert reader().little("x", 2) == 0x1312


def test_bits_lie_in_the_bytes_that_they_touch() -> None:
    r = FieldReader(bytes.fromhex("45a3ff"), 0, 3)
    assert [r.bits("a", 4), r.bits("b", 4), r.bits("c", 3), r.bits("d", 13)] == [
        4,
        5,
        0b101,
        0b0001111111111 | 0b11 << 8,
    ]
    assert [field.span for field in r.fields] == [Span(0, 1), Span(0, 1), Span(1, 2), Span(1, 3)]


def test_a_byte_cannot_begin_within_a_byte() -> None:
    r = reader()
    r.bits("a", 4)
    with pytest.raises(ValueError, match="does not begin at a byte"):
        r.u8("b")


def test_addresses() -> None:
    r = FieldReader(bytes.fromhex("02005e100007 0a000007 20010db8000000000000000000000001".replace(" ", "")), 0, 26)
    assert (r.mac("m"), r.ipv4("4"), r.ipv6("6")) == ("02:00:5e:10:00:07", "10.0.0.7", "2001:db8::1")


def test_a_read_past_the_end_keeps_what_was_read_and_adds_nothing() -> None:
    r = reader(end=5)
    r.u16("whole")
    with pytest.raises(Truncated, match="half: 4 bytes wanted, 1 left"):
        r.u32("half")
    assert [field.name for field in r.fields] == ["whole"]
    assert r.at == 4


def test_the_captured_bytes_bound_a_header_that_claims_more() -> None:
    assert FieldReader(DATA, 0, 1000).left == len(DATA)


def test_a_group_holds_what_is_read_inside() -> None:
    r = reader()
    with r.group("Flags") as group:
        r.u8("a")
        r.u8("b")
        group.value, group.text, group.note = 7, "0x7", "seven"
    (field,) = r.fields
    assert (field.value, field.text, field.note, field.span) == (7, "0x7", "seven", Span(2, 4))
    assert [child.name for child in field.children] == ["a", "b"]


def test_a_group_that_breaks_off_is_kept_with_what_it_has() -> None:
    r = reader(end=3)

    def two_bytes() -> None:
        with r.group("Options", "(4 bytes)"):
            r.u8("a")
            r.u8("b")

    with pytest.raises(Truncated):
        two_bytes()
    (field,) = r.fields
    assert [child.name for child in field.children] == ["a"]


def test_an_empty_group_is_no_field() -> None:
    r = reader()
    with r.group("nothing"):
        pass
    assert r.fields == ()


def test_within_bounds_what_a_lying_length_may_reach() -> None:
    r = reader()
    with r.within(4), pytest.raises(Truncated):
        r.u32("x")
    assert r.u32("y") == 0x12131415


def test_within_cannot_widen() -> None:
    r = reader(end=4)
    with r.within(100):
        assert r.left == 2


def test_derived_fields_have_no_bytes() -> None:
    r = reader()
    r.u8("a")
    r.derive("b", "concluded")
    assert len(r.fields[1].span) == 0


def test_a_note_is_put_on_the_last_field() -> None:
    r = reader()
    r.u8("a")
    r.note("odd")
    assert r.fields[0].note == "odd"


def test_raw_of_nothing_adds_nothing() -> None:
    r = reader()
    assert r.raw("x", 0) == b""
    assert r.fields == ()


def test_peek_reads_nothing_and_stops_at_the_end() -> None:
    r = reader(end=4)
    assert (r.peek(8), r.peek(1, 1), r.peek(1, 2), r.at) == (b"\x12\x13", b"\x13", b"", 2)


@pytest.mark.parametrize(
    ("words", "value", "text"),
    [
        (named({6: "TCP"}), 6, "TCP (6)"),
        (named({6: "TCP"}), 7, "Unknown (7)"),
        (named({0x800: "IPv4"}, 4), 0x800, "IPv4 (0x0800)"),
        (hex_and_decimal(4), 0x1C46, "0x1c46 (7238)"),
        (set_or_not, 1, "Set"),
        (set_or_not, 0, "Not set"),
        (byte_count, 1, "1 byte"),
        (byte_count, 20, "20 bytes"),
    ],
)
def test_words(words: object, value: int, text: str) -> None:
    assert callable(words)
    assert words(value) == text


def test_many_bytes_are_cut_short() -> None:
    assert hex_bytes(b"\xab" * 24) == "ab" * 24
    assert hex_bytes(b"\xab" * 25) == "ab" * 24 + "…"


@given(st.binary(max_size=64), st.lists(st.integers(1, 40), max_size=20))
def test_spans_of_bits_are_within_the_data(data: bytes, counts: list[int]) -> None:
    r = FieldReader(data, 0, len(data))
    try:
        for count in counts:
            assert 0 <= r.bits("x", count) < 2**count
    except Truncated:
        pass
    assert all(0 <= field.span.start < field.span.end <= len(data) for field in r.fields)
