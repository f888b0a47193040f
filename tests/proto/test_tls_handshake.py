from __future__ import annotations

import itertools
import random
import time
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.fields import Field, Span
from ladderview.proto.tls_handshake import HandshakeReader, looks_encrypted, read_handshake
from tests.proto.tls_golden import blocks, expected
from tests.proto.tls_samples import EXTENSIONS, MESSAGES, Sample
from tests.proto.tls_wire import client_hello, extension, handshake, server_hello, server_name, vec

HELLO, DONE = client_hello(), handshake(14, b"")


# -- cutting ----------------------------------------------------------------------------------------------------------


def test_several_messages_in_one_record_and_one_in_several() -> None:
    stream = HELLO + DONE + HELLO
    reader = HandshakeReader()
    found = reader.feed(50, stream[:60]) + reader.feed(110, stream[60:])
    ends = [50 + len(HELLO), 50 + len(HELLO + DONE), 50 + len(stream)]
    assert found == [(Span(50, ends[0]), HELLO), (Span(ends[0], ends[1]), DONE), (Span(ends[1], ends[2]), HELLO)]


@given(st.lists(st.integers(0, 2 * len(HELLO)), max_size=8))
def test_how_plaintext_is_cut_into_records_does_not_matter(cuts: list[int]) -> None:
    stream = HELLO + HELLO
    reader = HandshakeReader()
    edges = sorted([0, *cuts, len(stream)])
    found = [one for start, end in itertools.pairwise(edges) for one in reader.feed(start, stream[start:end])]
    assert [octets for _, octets in found] == [HELLO, HELLO]


def test_a_jump_ahead_drops_the_message_that_it_damages() -> None:
    reader = HandshakeReader()
    reader.feed(0, HELLO[:20])
    assert reader.feed(30, DONE) == [(Span(30, 34), DONE)]


def test_plaintext_that_comes_again_is_not_read_again() -> None:
    reader = HandshakeReader()
    reader.feed(0, HELLO[:20])
    assert reader.feed(10, HELLO[10:]) == [(Span(0, len(HELLO)), HELLO)]


def test_the_message_that_is_not_complete_can_be_seen_and_dropped() -> None:
    reader = HandshakeReader()
    reader.feed(7, DONE + HELLO[:9])
    assert reader.partial == (Span(11, 20), HELLO[:9])
    assert reader.drop() == (Span(11, 20), HELLO[:9])
    assert reader.drop() is None
    assert reader.feed(20, DONE) == [(Span(20, 24), DONE)]


@pytest.mark.parametrize(
    ("fragment", "after_change", "encrypted"),
    [
        (HELLO, False, False),
        (HELLO, True, True),
        (DONE, True, False),
        (b"\x63" + bytes(31), False, True),
        (b"\x0b\x01\x00\x00" + bytes(31), False, True),
        (b"\x0b\x00\xff\xff" + bytes(31), False, False),
    ],
    ids=["hello", "finished", "too short for a cipher", "unknown type", "too long", "longest believed"],
)
def test_ciphertext_is_told_from_a_message(fragment: bytes, after_change: bool, encrypted: bool) -> None:
    assert looks_encrypted(fragment, after_change) is encrypted


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", sorted({*expected(), *blocks()}))
def test_every_field_of_every_message_and_extension(title: str) -> None:
    assert blocks()[title] == expected()[title]


def test_spans_are_moved_to_where_the_message_lies() -> None:
    at_zero, moved = read_handshake(HELLO, 0, 0).fields, read_handshake(HELLO, 1000, 0).fields
    spans = [(one.span.start + 1000, one.span.end + 1000) for one in _all(at_zero)]
    assert [(one.span.start, one.span.end) for one in _all(moved)] == spans


def test_a_message_that_is_cut_keeps_what_was_read() -> None:
    message = read_handshake(HELLO[:30], 0, 0)
    assert message.error == f"{len(HELLO) - 30} bytes of it missing"
    assert [field.name for field in message.fields] == ["Handshake Type", "Length", "Version", "Random"]
    assert message.facts is not None
    assert message.facts.legacy_version == 0x0303


def test_bytes_behind_what_a_message_holds_are_shown() -> None:
    message = read_handshake(handshake(24, b"\x01\xaa\xbb"), 0, 0x0304)
    assert [(field.name, field.text) for field in message.fields][2:] == [
        ("Key Update Request", "update_requested (1)"),
        ("Data", "aabb"),
    ]


def test_a_type_that_is_not_known() -> None:
    message = read_handshake(handshake(99, b"what"), 0, 0)
    assert (message.name, message.kind, message.facts) == ("Unknown (99)", 99, None)
    assert message.fields[-1].value == b"what"


def test_only_hellos_have_facts() -> None:
    kinds = [read_handshake(handshake(kind, bytes(40)), 0, 0x0304).facts is not None for kind in range(26)]
    assert [kind for kind, has in enumerate(kinds) if has] == [1, 2, 6]


# -- hostile bytes ----------------------------------------------------------------------------------------------------


EVERYTHING = [*MESSAGES, *EXTENSIONS]


@pytest.mark.parametrize("sample", EVERYTHING, ids=lambda sample: sample.label)
def test_every_truncation_is_read_without_a_fault(sample: Sample) -> None:
    for length in range(len(sample.octets)):
        for version in (sample.version, 0x0304, 0x0300):
            message = read_handshake(sample.octets[:length], 5, version, sample.suite)
            assert _nested(message.fields, 5, 5 + length)


@pytest.mark.parametrize("sample", EVERYTHING, ids=lambda sample: sample.label)
def test_mutations_are_read_without_a_fault(sample: Sample) -> None:
    chance = random.Random(sample.label)
    for _ in range(60):
        octets = bytearray(sample.octets)
        for _ in range(chance.randint(1, 4)):
            octets[chance.randrange(len(octets))] = chance.choice((0, 1, 127, 255, chance.randrange(256)))
        message = read_handshake(bytes(octets), 0, chance.choice((sample.version, 0x0304, 0x0301)), sample.suite)
        assert _nested(message.fields, 0, len(octets))


def _list(one: bytes, size: int) -> bytes:
    return one * (size // len(one))


def _listing(kind: int, one: bytes) -> bytes:
    """An extension that is full of the same thing."""
    return extension(kind, vec(2, _list(one, 65000)))


@pytest.mark.parametrize(
    "octets",
    [
        client_hello(_list(b"\x00\x63\x00\x00", 65500)),
        client_hello(_listing(51, b"\x00\x1d\x00\x00")),
        client_hello(_listing(16, b"\x01h")),
        client_hello(suites=(0x1301,) * 32767),
        handshake(11, (6 * 100_000).to_bytes(3, "big") + b"\x00\x00\x03\x30\x01\x00" * 100_000),
        handshake(13, b"\x01\x01\xff\xfe" + _list(b"\x00\x02\x30\x00", 65534)),
        handshake(22, b"\x02\x0f\x00\x00" + bytes(0x0F0000)),
    ],
    ids=["extensions", "key shares", "protocols", "suites", "certificates", "authorities", "statuses"],
)
def test_no_list_is_slow(octets: bytes) -> None:
    began = time.perf_counter()
    read_handshake(octets, 0, 0x0301)
    assert time.perf_counter() - began < 2


def test_a_name_cannot_break_a_line() -> None:
    message = read_handshake(client_hello(server_name(b"a\n\x1b[31m\xe2\x80\xaeb")), 0, 0)
    assert message.summary == "a\\n\\x1b[31m\\u202eb"


def test_a_server_that_says_it_could_do_better() -> None:
    message = read_handshake(server_hello(random=bytes(24) + b"DOWNGRD\x01"), 0, 0)
    assert "more than TLS 1.2" in next(field.note for field in message.fields if field.name == "Random")


def _all(fields: Iterable[Field]) -> Iterable[Field]:
    for field in fields:
        yield field
        yield from _all(field.children)


def _nested(fields: Iterable[Field], start: int, end: int) -> bool:
    """Whether every field lies within the one that it belongs to."""
    return all(
        start <= field.span.start <= field.span.end <= end and _nested(field.children, field.span.start, field.span.end)
        for field in fields
    )
