from __future__ import annotations

import pytest

from ladderview.proto.fields import Field, FieldReader, Span
from ladderview.proto.tls_vector import (
    NumberList,
    counted,
    moved,
    numbers,
    octets,
    opaque,
    printable,
    safe_text,
    some,
    vector,
)

SUITES = NumberList("Length", 2, "Suites", "suite", "Suite", 2, lambda value: f"0x{value:04x}")


def reader(hexadecimal: str) -> FieldReader:
    data = bytes.fromhex(hexadecimal)
    return FieldReader(data, 0, len(data))


def told(fields: tuple[Field, ...]) -> list[tuple[str, str, str]]:
    return [(field.name, field.text, field.note) for field in fields]


@pytest.mark.parametrize(("size", "data"), [(1, "02 aabb cc"), (2, "0002 aabb cc"), (3, "000002 aabb cc")])
def test_a_vector_ends_where_its_length_says(size: int, data: str) -> None:
    r = reader(data)
    with vector(r, "Length", size):
        assert r.left == 2
        r.u8("First")
    assert told(r.fields) == [("Length", "2", ""), ("First", "170", ""), ("Unread bytes", "bb", "")]
    assert r.left == 1


def test_a_vector_that_counts_more_than_there_is_has_a_note() -> None:
    r = reader("0009 aabb")
    with vector(r, "Length", 2):
        assert r.left == 2
    assert told(r.fields) == [("Length", "9", "only 2 bytes left"), ("Unread bytes", "aabb", "")]


@pytest.mark.parametrize(
    ("data", "value", "left"), [("02 aabb cc", "aabb", 1), ("00 cc", "", 1), ("05 aabb", "aabb", 0)]
)
def test_bytes_behind_their_length(data: str, value: str, left: int) -> None:
    r = reader(data)
    assert opaque(r, "Length", 1, "Random").hex() == value
    assert [field.text for field in r.fields if field.name == "Random"] == ([value] if value else [])
    assert r.left == left


@pytest.mark.parametrize(
    ("data", "found", "text"),
    [
        ("0004 1301 1302", (0x1301, 0x1302), "2 suites"),
        ("0002 1301", (0x1301,), "1 suite"),
        ("0003 1301 13", (0x1301,), "1 suite"),
        ("0008 1301 13", (0x1301,), "1 suite"),
    ],
)
def test_a_list_of_numbers_tells_how_many_are_whole(data: str, found: tuple[int, ...], text: str) -> None:
    r = reader(data)
    assert numbers(r, SUITES) == found
    group = next(field for field in r.fields if field.name == "Suites")
    assert (group.text, [field.text for field in group.children]) == (text, [f"0x{value:04x}" for value in found])


def test_an_empty_list_is_its_length_alone() -> None:
    r = reader("0000")
    assert numbers(r, SUITES) == ()
    assert told(r.fields) == [("Length", "0", "")]


def test_what_is_left_of_a_list_is_shown_as_bytes() -> None:
    r = reader("0003 1301 13")
    numbers(r, SUITES)
    assert told(r.fields)[-1] == ("Unread bytes", "13", "")


@pytest.mark.parametrize(("size", "text"), [(0, ""), (32, "ab" * 32), (36, "ab" * 36), (37, "ab" * 36 + "…")])
def test_octets(size: int, text: str) -> None:
    assert octets(b"\xab" * size) == text


@pytest.mark.parametrize(("count", "text"), [(0, "0 groups"), (1, "1 group"), (2, "2 groups")])
def test_counted(count: int, text: str) -> None:
    assert counted(count, "group") == text


@pytest.mark.parametrize(("count", "text"), [(0, ""), (2, "a, a"), (6, "a, a, a, a, a, a"), (7, "a, a, a, a, a, a, …")])
def test_some(count: int, text: str) -> None:
    assert some(["a"] * count) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [("plain", "plain"), ("a\nb", "a\\nb"), ("a\u202eb", "a\\u202eb"), ("\x1b[31m", "\\x1b[31m"), ("ä€", "ä€")],
)
def test_no_name_can_break_a_line_or_turn_it_round(text: str, safe: str) -> None:
    assert safe_text(text) == safe


@pytest.mark.parametrize(("value", "text"), [(b"h2", "h2"), ("ä".encode(), "ä"), (b"\xff\x00", "\\xff\\x00")])
def test_bytes_that_should_be_text(value: bytes, text: str) -> None:
    assert printable(value) == text


def test_fields_are_moved_with_what_is_in_them() -> None:
    inner = Field("b", 2, "2", Span(1, 2), note="n")
    outer = Field("a", 1, "1", Span(0, 2), (inner,))
    there = Field("a", 1, "1", Span(10, 12), (Field("b", 2, "2", Span(11, 12), note="n"),))
    assert moved((outer,), 10) == (there,)
    assert moved((outer,), 0) == (outer,)
