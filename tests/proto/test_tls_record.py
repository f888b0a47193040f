from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.fields import Span
from ladderview.proto.tls_record import NotTls, RecordReader, TlsRecord, looks_like_tls
from tests.proto.tls_wire import client_hello, record, ssl2_client_hello
from tests.proto.waiting import hands_back_early, most_wanted

HELLO = record(22, client_hello(), 0x0301)
DATA = record(23, b"sealed bytes of some length")
ALERT = record(21, b"\x01\x00")
STREAM = HELLO + DATA + ALERT


def shown(found: list[TlsRecord | NotTls]) -> list[tuple[int, int, int, str]]:
    """(content type or -1, start, end, error) of each."""
    return [
        (one.content_type if isinstance(one, TlsRecord) else -1, one.span.start, one.span.end, one.error)
        for one in found
    ]


def test_records_of_a_stream_with_their_places_and_bytes() -> None:
    found = RecordReader(100).feed(100, STREAM)
    ends = [100 + len(HELLO), 100 + len(HELLO + DATA), 100 + len(STREAM)]
    assert shown(found) == [(22, 100, ends[0], ""), (23, ends[0], ends[1], ""), (21, ends[1], ends[2], "")]
    first = found[0]
    assert isinstance(first, TlsRecord)
    assert (first.version, first.fragment, first.header) == (0x0301, Span(105, ends[0]), HELLO[:5])
    assert b"".join(one.header + one.octets for one in found if isinstance(one, TlsRecord)) == STREAM


@given(st.lists(st.integers(0, len(STREAM)), max_size=6))
def test_how_the_bytes_are_cut_into_segments_does_not_matter(cuts: list[int]) -> None:
    reader, found = RecordReader(), []
    edges = [0, *sorted(cuts), len(STREAM)]
    for start, end in itertools.pairwise(edges):
        found += reader.feed(start, STREAM[start:end])
    assert found == RecordReader().feed(0, STREAM)


@pytest.mark.parametrize("stream", [STREAM, ssl2_client_hello() + DATA], ids=["TLS", "hello of SSL 2.0"])
def test_one_byte_at_a_time(stream: bytes) -> None:
    reader = RecordReader()
    found = [one for at in range(len(stream)) for one in reader.feed(at, stream[at : at + 1])]
    assert found == RecordReader().feed(0, stream)
    assert all(isinstance(one, TlsRecord) and one.is_whole for one in found)


def test_nothing_comes_before_what_is_wanted() -> None:
    assert hands_back_early(RecordReader(), STREAM) == []
    assert most_wanted(RecordReader(), STREAM) == len(HELLO) - 5


def test_bytes_that_come_again_are_not_read_again() -> None:
    reader = RecordReader()
    assert shown(reader.feed(0, HELLO)) == [(22, 0, len(HELLO), "")]
    assert reader.feed(3, HELLO[3:]) == []
    assert len(reader.feed(3, HELLO[3:] + DATA)) == 1


def test_a_gap_inside_a_record_damages_that_record_alone() -> None:
    reader = RecordReader()
    start = len(HELLO)
    found = reader.feed(0, HELLO + DATA[:8])
    found += reader.lost(start + 8, start + 12)
    assert len(found) == 1
    found += reader.feed(start + 12, DATA[12:] + ALERT)
    assert shown(found)[1:] == [
        (23, start, start + len(DATA), "4 bytes of it missing"),
        (21, start + len(DATA), len(STREAM), ""),
    ]
    damaged = found[1]
    assert isinstance(damaged, TlsRecord)
    assert damaged.octets == DATA[5:8]
    assert not damaged.is_whole


def test_two_gaps_in_one_record_are_added_up() -> None:
    reader = RecordReader()
    reader.feed(0, DATA[:8])
    reader.lost(8, 10)
    reader.feed(10, DATA[10:12])
    reader.lost(12, 15)
    assert shown(reader.feed(15, DATA[15:] + ALERT)) == [
        (23, 0, len(DATA), "5 bytes of it missing"),
        (21, len(DATA), len(DATA + ALERT), ""),
    ]


def test_a_gap_to_the_end_of_a_record_leaves_the_reader_in_step() -> None:
    reader = RecordReader()
    reader.feed(0, DATA[:8])
    assert shown(reader.lost(8, len(DATA))) == [(23, 0, len(DATA), f"{len(DATA) - 8} bytes of it missing")]
    assert len(reader.feed(len(DATA), ALERT)) == 1


def test_a_jump_ahead_is_a_gap() -> None:
    reader = RecordReader()
    reader.feed(0, DATA[:8])
    assert [error for *_, error in shown(reader.feed(10, DATA[10:]))] == ["2 bytes of it missing"]


def test_behind_a_gap_over_the_edge_of_a_record_the_next_header_is_looked_for() -> None:
    reader = RecordReader()
    reader.feed(0, HELLO + DATA[:8])
    after = len(HELLO) + len(DATA) + 50
    found = reader.lost(len(HELLO) + 8, after)
    found += reader.feed(after, b"rest of a record" + DATA + ALERT)
    assert shown(found) == [
        (23, len(HELLO), len(HELLO + DATA), f"{len(DATA) - 8} bytes of it missing"),
        (-1, after, after + 16, "no record begins here"),
        (23, after + 16, after + 16 + len(DATA), ""),
        (21, after + 16 + len(DATA), after + 16 + len(DATA + ALERT), ""),
    ]


def test_a_gap_between_two_records_needs_no_looking() -> None:
    reader = RecordReader()
    reader.feed(0, HELLO)
    assert reader.lost(len(HELLO), len(HELLO) + 100) == []
    assert shown(reader.feed(len(HELLO) + 100, DATA)) == [(23, len(HELLO) + 100, len(HELLO) + 100 + len(DATA), "")]


def test_bytes_before_a_gap_that_are_too_few_for_a_header_are_told() -> None:
    reader = RecordReader()
    reader.feed(0, HELLO + DATA[:3])
    lost = reader.lost(len(HELLO) + 3, len(HELLO) + 90)
    assert shown(lost) == [(-1, len(HELLO), len(HELLO) + 3, "the bytes behind these are missing")]


def test_what_is_not_tls_in_the_middle_is_told_and_reading_goes_on() -> None:
    stream = HELLO + b"GET / HTTP/1.0\r\n\r\n" + DATA
    assert shown(RecordReader().feed(0, stream)) == [
        (22, 0, len(HELLO), ""),
        (-1, len(HELLO), len(HELLO) + 18, "no record begins here"),
        (23, len(HELLO) + 18, len(stream), ""),
    ]


def test_the_end_of_the_stream_hands_back_what_is_held() -> None:
    reader = RecordReader()
    reader.feed(0, DATA[:9])
    assert shown(reader.finish()) == [(23, 0, len(DATA), f"{len(DATA) - 9} bytes of it missing")]
    assert reader.finish() == []
    reader.feed(9, DATA[:2])
    assert shown(reader.finish()) == [(-1, 9, 11, "the stream ends before a record does")]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (record(23, bytes(18433)), "18433 bytes are more than the 18432 that a record may have"),
        (record(22, b""), "a record of this type must not be empty"),
        (record(23, b""), ""),
    ],
    ids=["too long", "empty handshake", "empty data"],
)
def test_what_is_forbidden_is_noted(data: bytes, error: str) -> None:
    assert shown(RecordReader().feed(0, HELLO + data))[1][3] == error


def test_the_version_of_a_header_is_not_looked_at_once_the_stream_is_known() -> None:
    found = RecordReader().feed(0, HELLO + record(23, b"x", 0x7F1C))
    assert [one.version for one in found if isinstance(one, TlsRecord)] == [0x0301, 0x7F1C]


def test_a_hello_of_ssl2_and_the_records_behind_it() -> None:
    hello = ssl2_client_hello()
    found = RecordReader().feed(0, hello + DATA)
    assert shown(found) == [(22, 0, len(hello), ""), (23, len(hello), len(hello + DATA), "")]
    first = found[0]
    assert isinstance(first, TlsRecord)
    assert (first.version, first.fragment.start, first.octets, first.header) == (2, 2, hello[2:], b"")


def test_a_stream_that_never_was_tls_is_handed_back_whole() -> None:
    text = b"SSH-2.0-OpenSSH_9.6\r\n" * 40
    reader = RecordReader()
    found = [one for at in range(0, len(text), 37) for one in reader.feed(at, text[at : at + 37])] + reader.finish()
    assert all(isinstance(one, NotTls) for one in found)
    assert b"".join(one.octets for one in found) == text


def test_what_is_held_is_at_most_one_record() -> None:
    reader = RecordReader()
    for at in range(0, 100 * len(DATA), len(DATA)):
        reader.feed(at, DATA)
    reader.feed(100 * len(DATA), DATA[:20])
    assert reader.partial == Span(100 * len(DATA), 100 * len(DATA) + 20)


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), max_size=12))
def test_whatever_comes_is_handed_back_in_order_and_never_twice(noise: bytes, steps: list[tuple[int, int]]) -> None:
    stream = HELLO + noise + DATA
    reader, found, at = RecordReader(), [], 0
    for kind, size in steps:
        end = min(at + size, len(stream))
        found += reader.lost(at, end) if kind == 0 else reader.feed(at, stream[at:end])
        at = end
    found += reader.finish()
    edges = [edge for one in found for edge in (one.span.start, one.span.end)]
    assert edges == sorted(edges)
    assert all(
        one.octets == stream[one.fragment.start :][: len(one.octets)] for one in found if isinstance(one, TlsRecord)
    )


@pytest.mark.parametrize(
    ("first", "is_tls"),
    [
        (HELLO, True),
        (DATA, True),
        (ALERT, True),
        (record(20, b"\x01"), True),
        (record(20, b"\x01\x01"), False),
        (record(21, b"\x01\x00\x00"), False),
        (ssl2_client_hello(), True),
        (ssl2_client_hello(challenge=b"short"), False),
        (HELLO[:4], False),
        (b"GET / HTTP/1.1\r\n", False),
        (b"\x16\x03\x01\xff\xff\x01", False),
        (b"\x16\x05\x01\x00\x20\x01", False),
        (b"", False),
    ],
)
def test_recognition(first: bytes, is_tls: bool) -> None:
    assert looks_like_tls(first) is is_tls
