from __future__ import annotations

import random
import time

import pytest
from hpack import Encoder
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.fields import Span
from ladderview.proto.http2 import MAGIC, PREFACE, Http2Frame, Http2Reader, looks_like_http2
from ladderview.proto.http_message import NotHttp
from tests.proto.http_wire import fed, h2_frame
from tests.proto.waiting import hands_back_early, most_wanted

_encoder = Encoder()
BLOCK = _encoder.encode([(":method", "GET"), (":path", "/x"), ("x-long", "a" * 90)])
AGAIN = _encoder.encode([(":method", "GET"), (":path", "/y"), ("x-long", "a" * 90)])

SETTINGS = h2_frame(4, 0, 0, b"\0\3\0\0\0\x64")
HEADERS = h2_frame(1, 0x01, 1, BLOCK[:6])
CONTINUATION = h2_frame(9, 0x04, 1, BLOCK[6:])
PADDED = h2_frame(1, 0x0C | 0x20, 3, b"\x02" + b"\x80\0\0\1\x0f" + AGAIN + b"\0\0")
DATA = h2_frame(0, 0x09, 3, b"\x01abc\0")
PING = h2_frame(6, 0, 0, b"12345678")
FRAMES = [SETTINGS, HEADERS, CONTINUATION, PADDED, DATA, PING]
STREAM = PREFACE + b"".join(FRAMES)


def shown(found: list[Http2Frame | NotHttp]) -> list[tuple[str, int, int, str]]:
    """(summary, start, end, error) of each."""
    return [
        (one.summary if isinstance(one, Http2Frame) else "-", one.span.start, one.span.end, one.error) for one in found
    ]


def frames(found: list[Http2Frame | NotHttp]) -> list[Http2Frame]:
    return [one for one in found if isinstance(one, Http2Frame)]


def test_frames_with_their_places_and_summaries() -> None:
    found = fed(Http2Reader(), STREAM)
    ends = [len(PREFACE)]
    for frame in FRAMES:
        ends.append(ends[-1] + len(frame))
    words = [
        "Magic",
        "SETTINGS[0]",
        "HEADERS[1]: GET /x",
        "CONTINUATION[1]",
        "HEADERS[3]: GET /y",
        "DATA[3]",
        "PING[0]",
    ]
    assert shown(found) == [(word, start, end, "") for word, start, end in zip(words, [0, *ends], ends, strict=False)]
    assert all(not one.notes for one in frames(found))
    assert frames(found)[0].frame_type == MAGIC


def test_header_fields_stand_in_the_frame_in_which_they_end() -> None:
    _, _, first, second, padded, _, _ = frames(fed(Http2Reader(), STREAM))
    assert [one.name for one in first.headers] == [":method", ":path"]
    assert [one.value for one in second.headers] == ["a" * 90]
    assert padded.header("x-long") == "a" * 90
    assert padded.headers[0].name_span == Span(padded.payload.start + 6, padded.payload.start + 7)


def test_the_content_of_data_is_its_payload_without_padding() -> None:
    data = frames(fed(Http2Reader(), STREAM))[5]
    assert STREAM[data.content.start : data.content.end] == b"abc"
    assert data.ends_stream
    assert data.octets == b"\x01"


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_how_the_bytes_are_cut_into_segments_does_not_matter(cuts: list[int]) -> None:
    assert fed(Http2Reader(), STREAM, cuts) == fed(Http2Reader(), STREAM)


def test_every_truncation_is_the_same_in_one_portion_and_byte_by_byte() -> None:
    for size in range(len(STREAM)):
        assert fed(Http2Reader(), STREAM[:size]) == fed(Http2Reader(), STREAM[:size], range(1, size))


def test_nothing_comes_before_what_is_wanted() -> None:
    assert hands_back_early(Http2Reader(), STREAM) == []
    assert most_wanted(Http2Reader(), STREAM) == max(len(frame) for frame in FRAMES) - 9


def test_a_frame_that_is_cut_says_so() -> None:
    last = fed(Http2Reader(), STREAM[:-3])[-1]
    assert isinstance(last, Http2Frame)
    assert (last.name, last.missing, last.error, last.octets) == ("PING", 3, "3 bytes of it missing", b"12345")


NOTES = {
    h2_frame(4, 0, 1): "SETTINGS belongs to stream 0",
    h2_frame(0, 0, 0, b"x"): "DATA does not belong to stream 0",
    h2_frame(6, 0, 0, b"x"): "PING has 8 bytes",
    h2_frame(8, 0, 0, b"x"): "WINDOW_UPDATE has 4 bytes",
    h2_frame(4, 1, 0, b"\0" * 6): "SETTINGS has 6 bytes for each setting, and none with ACK",
    h2_frame(7, 0, 0, b"x"): "GOAWAY has at least 8 bytes",
    h2_frame(9, 4, 1, b"\x82"): "no header block is open",
    h2_frame(1, 0, 1, b"\x82") + h2_frame(6, 0, 0, b"12345678"): "a header block is not complete",
    h2_frame(1, 0, 1, b"\x82") + h2_frame(1, 4, 3, b"\x82"): "a header block is not complete",
}


@pytest.mark.parametrize(("stream", "note"), NOTES.items())
def test_violations_are_noted(stream: bytes, note: str) -> None:
    last = frames(fed(Http2Reader(), stream))[-1]
    assert last.notes == (note,)


def test_padding_that_is_longer_than_the_frame_is_an_error_of_that_frame_alone() -> None:
    found = frames(fed(Http2Reader(), h2_frame(0, 8, 1, b"\xffabc") + PING))
    assert [one.error for one in found] == ["the frame is too short for its padding and priority", ""]


def test_unknown_types_are_passed_over() -> None:
    found = frames(fed(Http2Reader(), h2_frame(0x2B, 0xFF, 5, b"grease") + PING))
    assert [one.name for one in found] == ["Unknown (43)", "PING"]


# -- gaps -------------------------------------------------------------------------------------------------------------


def with_gap(stream: bytes, start: int, end: int) -> list[Http2Frame | NotHttp]:
    reader = Http2Reader()
    found = reader.feed(0, stream[:start]) + reader.lost(start, end)
    return found + reader.feed(end, stream[end:]) + reader.closed()


def test_a_gap_inside_data_damages_nothing_else() -> None:
    stream = h2_frame(0, 0, 1, b"a" * 50) + h2_frame(1, 4, 3, BLOCK) + h2_frame(1, 4, 5, AGAIN)
    data, _, last = frames(with_gap(stream, 20, 40))
    assert (data.missing, data.error, len(data.content)) == (20, "20 bytes of it missing", 50)
    assert last.header("x-long") == "a" * 90


def test_a_gap_in_a_header_block_makes_the_table_unknown() -> None:
    stream = h2_frame(1, 4, 1, BLOCK) + h2_frame(1, 4, 3, AGAIN)
    start = 9 + 4
    broken, last = frames(with_gap(stream, start, start + 3))
    assert (broken.headers, broken.error) == ((), "3 bytes of it missing")
    assert [one.name for one in last.headers] == [":method", ":path", "(unknown)"]


def test_behind_a_gap_over_the_edge_of_a_frame_the_next_plausible_one_is_found() -> None:
    stream = h2_frame(0, 0, 1, b"\0" * 60) * 2 + PING + SETTINGS
    found = with_gap(stream, 40, 90)
    assert shown(found) == [
        ("DATA[1]", 0, 69, "29 bytes of it missing"),
        ("-", 90, 138, "no frame begins here"),
        ("PING[0]", 138, 155, ""),
        ("SETTINGS[0]", 155, 170, ""),
    ]


def test_the_header_table_is_unknown_behind_a_gap_between_frames() -> None:
    stream = h2_frame(1, 4, 1, BLOCK) + PING + h2_frame(1, 4, 3, AGAIN) + PING
    begin = 9 + len(BLOCK)
    found = frames(with_gap(stream, begin, begin + 17))
    assert [one.name for one in found[1].headers] == [":method", ":path", "(unknown)"]


def test_a_preface_that_is_wrong_is_no_frame() -> None:
    found = fed(Http2Reader(), PREFACE.replace(b"SM", b"XX") + SETTINGS + PING)
    assert shown(found)[0] == ("-", 0, 24, "no frame begins here")
    assert [one.name for one in frames(found)] == ["SETTINGS", "PING"]


# -- recognition and hostile input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (PREFACE, True),
        (PREFACE[:12], True),
        (SETTINGS, True),
        (h2_frame(4, 0, 0), True),
        (h2_frame(4, 0, 0, b"\0" * 12), True),
        (h2_frame(4, 0, 1, b"\0" * 6), False),
        (PING, False),
        (b"POST / HTTP/1.1\r\n", False),
        (b"\0" * 20, False),
        (b"PRI", False),
        (b"", False),
    ],
)
def test_recognition_by_the_first_bytes(first: bytes, expected: bool) -> None:
    assert looks_like_http2(first) is expected


@given(st.binary(max_size=200), st.integers(0, len(STREAM)), st.lists(st.integers(0, 300), max_size=5))
def test_any_bytes_are_taken_and_cut_alike(data: bytes, at: int, cuts: list[int]) -> None:
    stream = STREAM[:at] + data + STREAM[at:]
    assert fed(Http2Reader(), stream, [cut for cut in cuts if cut < len(stream)]) == fed(Http2Reader(), stream)


def test_mutations_are_taken_with_gaps() -> None:
    chance = random.Random(2)
    for _ in range(500):
        stream = bytearray(STREAM * 2)
        for _ in range(4):
            at = chance.randrange(len(stream))
            stream[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        start = chance.randrange(len(stream))
        with_gap(bytes(stream), start, min(len(stream), start + chance.randrange(50)))


@pytest.mark.parametrize(
    "stream",
    [b"\0" * 500_000, b"\0\x3f\0\0\1\0\0\0\1" * 20_000, (h2_frame(0, 1, 1) * 2 + b"\xff" * 4 + b"\0" * 5) * 5_000],
    ids=["zeros", "headers that lead nowhere", "frames between junk"],
)
def test_a_search_takes_time_for_the_bytes_only(stream: bytes) -> None:
    begun = time.process_time()
    reader = Http2Reader()
    reader.lost(0, 9)
    for at in range(0, len(stream), 1460):
        reader.feed(reader.position, stream[at : at + 1460])
    reader.closed()
    assert time.process_time() - begun < 5
