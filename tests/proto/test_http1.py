from __future__ import annotations

import random
import time
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.fields import Span
from ladderview.proto.http1 import MAX_AWAITED, MAX_HEAD, Found, Http1Reader, looks_like_http1
from ladderview.proto.http_exchanges import Exchanges
from ladderview.proto.http_message import Framing, HttpMessage, NotHttp, OtherProtocol
from tests.proto.http_wire import fed
from tests.proto.waiting import hands_back_early, most_wanted

GET = b"GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n"
HEAD = b"HEAD /b HTTP/1.1\r\n\r\n"
POST = b"POST /c HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody"
UPLOAD = b"PUT /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nDigest: z\r\n\r\n"
REQUESTS = GET + b"\r\n" + HEAD + POST + UPLOAD

OK_LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
OK_HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"
TO_CLOSE = b"HTTP/1.1 200 OK\r\n\r\neverything to the end"
RESPONSES = OK_LENGTH + OK_HEAD + CONTINUE + NO_CONTENT + TO_CLOSE


def shown(found: list[Found]) -> list[tuple[str, int, int, str]]:
    """(summary, start, end, error) of each."""
    return [
        (one.summary, one.span.start, one.span.end, one.error)
        if isinstance(one, HttpMessage)
        else ("other", one.offset, one.offset + len(one.octets), one.protocol)
        if isinstance(one, OtherProtocol)
        else ("-", one.span.start, one.span.end, one.error)
        for one in found
    ]


def messages(found: list[Found]) -> list[HttpMessage]:
    return [one for one in found if isinstance(one, HttpMessage)]


def both(requests: bytes, responses: bytes) -> tuple[list[Found], list[Found]]:
    exchanges = Exchanges()
    asked = fed(Http1Reader("request", exchanges), requests)
    return asked, fed(Http1Reader("response", exchanges), responses)


def test_pipelined_requests_with_their_places() -> None:
    found = fed(Http1Reader("request"), REQUESTS)
    ends = [len(GET), len(GET) + 2 + len(HEAD), len(GET) + 2 + len(HEAD + POST), len(REQUESTS)]
    assert shown(found) == [
        ("GET /a HTTP/1.1", 0, ends[0], ""),
        ("HEAD /b HTTP/1.1", ends[0] + 2, ends[1], ""),
        ("POST /c HTTP/1.1", ends[1], ends[2], ""),
        ("PUT /d HTTP/1.1", ends[2], ends[3], ""),
    ]


def test_responses_end_as_their_requests_want_it() -> None:
    _, found = both(REQUESTS, RESPONSES)
    answers = messages(found)
    assert [(one.status, one.exchange, one.body.length) for one in answers] == [
        (200, 0, 3),
        (200, 1, 0),
        (100, 2, 0),
        (204, 2, 0),
        (200, 3, 21),
    ]


def test_a_body_has_its_place_its_length_and_its_trailers() -> None:
    (upload,) = messages(fed(Http1Reader("request"), UPLOAD))
    begin = UPLOAD.index(b"5;x=y")
    assert list(upload.body.spans()) == [Span(begin, len(UPLOAD))]
    assert (upload.body.framing, upload.body.length) == (Framing.CHUNKED, 11)
    assert [(one.name, one.value) for one in upload.trailers] == [("Digest", "z")]
    at = UPLOAD.index(b"Digest")
    assert upload.trailers[0].name_span == Span(at, at + 6)


def test_a_response_without_its_request_is_read_as_one_to_a_get() -> None:
    (answer,) = messages(fed(Http1Reader("response"), OK_LENGTH))
    assert (answer.exchange, answer.body.length) == (-1, 3)


@given(st.lists(st.integers(0, len(REQUESTS)), max_size=8))
def test_how_the_bytes_are_cut_into_segments_does_not_matter(cuts: list[int]) -> None:
    whole = fed(Http1Reader("request"), REQUESTS)
    assert fed(Http1Reader("request"), REQUESTS, cuts) == whole


@pytest.mark.parametrize(("kind", "stream"), [("request", REQUESTS), ("response", RESPONSES)])
def test_every_truncation_is_the_same_in_one_portion_and_byte_by_byte(kind: str, stream: bytes) -> None:
    assert kind in {"request", "response"}
    for size in range(len(stream)):
        one = fed(Http1Reader("request" if kind == "request" else "response"), stream[:size])
        each = fed(Http1Reader("request" if kind == "request" else "response"), stream[:size], range(1, size))
        assert one == each


@pytest.mark.parametrize(("kind", "stream", "most"), [("request", REQUESTS, 6), ("response", RESPONSES, 1 << 62)])
def test_nothing_comes_before_what_is_wanted(kind: Literal["request", "response"], stream: bytes, most: int) -> None:
    assert hands_back_early(Http1Reader(kind), stream) == []
    assert most_wanted(Http1Reader(kind), stream) == most


CUTS = [
    (GET[:-2], "GET /a HTTP/1.1", "the stream ends in it"),
    (POST[:-1], "POST /c HTTP/1.1", "the stream ends in it"),
    (UPLOAD[:-2], "PUT /d HTTP/1.1", "the stream ends in it"),
    (GET[:9], "-", "the stream ends in it"),
]


@pytest.mark.parametrize(("stream", "summary", "error"), CUTS)
def test_what_was_read_of_a_message_that_is_cut_is_kept(stream: bytes, summary: str, error: str) -> None:
    assert shown(fed(Http1Reader("request"), stream)) == [(summary, 0, len(stream), error)]


def test_a_body_to_the_close_is_whole_when_the_stream_closes() -> None:
    (answer,) = messages(fed(Http1Reader("response"), TO_CLOSE))
    assert (answer.error, answer.body.length, answer.body.framing) == ("", 21, Framing.UNTIL_CLOSE)


# -- gaps -------------------------------------------------------------------------------------------------------------


def with_gap(reader: Http1Reader, stream: bytes, start: int, end: int) -> list[Found]:
    found = reader.feed(0, stream[:start])
    found += reader.lost(start, end)
    return found + reader.feed(end, stream[end:]) + reader.closed()


def test_a_gap_inside_a_body_damages_nothing_else() -> None:
    stream = POST + GET
    at = POST.index(b"body")
    found = messages(with_gap(Http1Reader("request"), stream, at + 1, at + 3))
    assert [(one.method, one.body.length, one.body.missing, one.error) for one in found] == [
        ("POST", 2, 2, ""),
        ("GET", 0, 0, ""),
    ]


def test_a_gap_to_the_very_end_of_a_body_completes_it() -> None:
    found = messages(with_gap(Http1Reader("request"), POST + GET, len(POST) - 2, len(POST)))
    assert [(one.method, one.body.missing) for one in found] == [("POST", 2), ("GET", 0)]


def test_behind_a_gap_over_the_edge_of_a_message_reading_goes_on_at_the_next_one() -> None:
    stream = POST + GET + HEAD
    found = with_gap(Http1Reader("request"), stream, len(POST) - 2, len(POST) + 5)
    rest = len(POST) + 5
    assert shown(found) == [
        ("POST /c HTTP/1.1", 0, len(POST) - 2, "7 bytes of it missing"),
        ("-", rest, len(POST + GET), "no message begins here"),
        ("HEAD /b HTTP/1.1", len(POST + GET), len(stream), ""),
    ]


def test_a_gap_in_a_head_keeps_the_fields_before_it() -> None:
    stream = b"GET / HTTP/1.1\r\nHost: x\r\nAccept: y\r\n\r\n" + HEAD
    found = messages(with_gap(Http1Reader("request"), stream, 27, 30))
    assert [(one.method, one.host, one.error) for one in found] == [
        ("GET", "x", "3 bytes of it missing"),
        ("HEAD", "", ""),
    ]


def test_a_gap_over_chunk_sizes_ends_the_message() -> None:
    stream = UPLOAD + GET
    at = UPLOAD.index(b"hello") + 3
    found = messages(with_gap(Http1Reader("request"), stream, at, at + 5))
    assert [(one.method, one.error) for one in found] == [("PUT", "5 bytes of it missing"), ("GET", "")]


def test_a_gap_inside_a_chunk_does_not() -> None:
    at = UPLOAD.index(b"hello") + 1
    (upload,) = messages(with_gap(Http1Reader("request"), UPLOAD, at, at + 4))
    assert (upload.error, upload.body.length, upload.body.missing) == ("", 7, 4)


def test_bytes_that_come_twice_are_read_once_and_a_jump_is_a_gap() -> None:
    reader = Http1Reader("request")
    found = reader.feed(0, GET) + reader.feed(0, GET) + reader.feed(len(GET) + 7, HEAD)
    assert [one.method for one in messages(found)] == ["GET", "HEAD"]


# -- violations -------------------------------------------------------------------------------------------------------

BROKEN_CHUNKS = {
    b"x\r\nhello\r\n": "a chunk has no size",
    b"3\r\nhello\r\n0\r\n\r\n": "a chunk is longer than its size",
}


@pytest.mark.parametrize(("body", "error"), BROKEN_CHUNKS.items())
def test_a_broken_chunk_ends_the_message_and_reading_goes_on(body: bytes, error: str) -> None:
    stream = b"PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body + GET
    found = messages(fed(Http1Reader("request"), stream))
    assert [(one.method, one.error) for one in found] == [("PUT", error), ("GET", "")]


def test_what_is_no_message_is_handed_back_as_one_piece() -> None:
    stream = b"EHLO x\r\nsome text\r\n" + GET
    assert shown(fed(Http1Reader("request"), stream)) == [
        ("-", 0, 19, "no message begins here"),
        ("GET /a HTTP/1.1", 19, len(stream), ""),
    ]


def test_a_request_of_http_0_9_is_one_line() -> None:
    found = messages(fed(Http1Reader("request"), b"GET /old\r\n" + GET))
    assert [(one.target, one.version) for one in found] == [("/old", ""), ("/a", "HTTP/1.1")]


def test_a_message_of_the_wrong_kind_is_noted() -> None:
    (found,) = messages(fed(Http1Reader("request"), OK_LENGTH))
    assert found.notes == ("a response where requests are expected",)


def test_a_head_that_is_too_long_is_cut_off() -> None:
    stream = b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (MAX_HEAD // 6 + 1)
    first = fed(Http1Reader("request"), stream, range(0, len(stream), 1460))[0]
    assert isinstance(first, HttpMessage)
    assert first.error == f"the head has more than {MAX_HEAD} bytes"


# -- other protocols --------------------------------------------------------------------------------------------------

WS_ASK = b"GET /chat HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n"
WS_YES = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
CONNECT = b"CONNECT example.org:443 HTTP/1.1\r\n\r\n"


def test_behind_an_upgrade_both_directions_belong_to_another_protocol() -> None:
    exchanges = Exchanges()
    client, server = Http1Reader("request", exchanges), Http1Reader("response", exchanges)
    found = client.feed(0, WS_ASK) + server.feed(0, WS_YES + b"from server")
    found += client.feed(len(WS_ASK), b"from client")
    assert shown(found)[2:] == [
        ("other", len(WS_YES), len(WS_YES) + 11, "websocket"),
        ("other", len(WS_ASK), len(WS_ASK) + 11, "websocket"),
    ]


def test_behind_a_connect_that_is_accepted_is_a_tunnel() -> None:
    exchanges = Exchanges()
    client, server = Http1Reader("request", exchanges), Http1Reader("response", exchanges)
    found = client.feed(0, CONNECT + b"\x16\x03\x01")  # sent before the answer
    found += server.feed(0, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x16\x03\x03")
    found += client.feed(len(CONNECT) + 3, b"\x02")
    others = [one for one in found if isinstance(one, OtherProtocol)]
    assert [(one.protocol, one.octets) for one in others] == [
        ("", b"\x16\x03\x03"),
        ("", b"\x16\x03\x01"),
        ("", b"\x02"),
    ]


def test_behind_a_connect_that_is_refused_http_goes_on() -> None:
    exchanges = Exchanges()
    client, server = Http1Reader("request", exchanges), Http1Reader("response", exchanges)
    found = client.feed(0, CONNECT + GET) + server.feed(0, b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
    found += client.feed(len(CONNECT + GET), HEAD)
    assert [one.method for one in messages(found)] == ["CONNECT", "", "GET", "HEAD"]


def test_an_upgrade_that_is_not_taken_leaves_http() -> None:
    asked, answers = both(WS_ASK + GET, OK_LENGTH + OK_LENGTH)
    assert [one.target for one in messages(asked)] == ["/chat", "/a"]
    assert [one.exchange for one in messages(answers)] == [0, 1]


def test_a_connect_that_is_never_answered_is_not_waited_for_without_end() -> None:
    stream = CONNECT + GET * (MAX_AWAITED // len(GET) + 2)
    found = messages(fed(Http1Reader("request"), stream, range(0, len(stream), 1460)))
    assert len(found) == MAX_AWAITED // len(GET) + 3


def test_lost_bytes_behind_an_upgrade_are_told() -> None:
    exchanges = Exchanges()
    fed(Http1Reader("request", exchanges), WS_ASK)
    server = Http1Reader("response", exchanges)
    server.feed(0, WS_YES)
    (lost,) = server.lost(len(WS_YES), len(WS_YES) + 10)
    assert lost == OtherProtocol("websocket", len(WS_YES), b"", 10)


# -- recognition and hostile input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (GET, True),
        (b"\r\n" + GET, True),
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.0 2", True),
        (b"POST /part", True),
        (b"OPTIONS *", True),
        (b"get / HTTP/1.1\r\n", True),
        (b"220 smtp ready\r\n", False),
        (b"\x16\x03\x01\x02\x00\x01", False),
        (b"SSH-2.0-OpenSSH\r\n", False),
        (b"PRIVMSG #x :hello\r\n", False),
        (b"", False),
    ],
)
def test_recognition_by_the_first_bytes(first: bytes, expected: bool) -> None:
    assert looks_like_http1(first) is expected


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_any_bytes_are_taken(data: bytes, cuts: list[int]) -> None:
    stream = REQUESTS[:60] + data + REQUESTS[60:]
    found = fed(Http1Reader("request"), stream, cuts)
    assert all(one.span.end <= len(stream) for one in found if not isinstance(one, OtherProtocol))


def test_mutations_are_taken_with_gaps_and_quickly() -> None:
    chance = random.Random(1)
    begun = time.process_time()
    for _ in range(300):
        stream = bytearray(REQUESTS + WS_ASK + REQUESTS)
        for _ in range(4):
            at = chance.randrange(len(stream))
            stream[at : at + chance.randrange(3)] = bytes(chance.choices(b"\r\n :\0\xff0aGH/", k=chance.randrange(4)))
        start = chance.randrange(len(stream))
        with_gap(Http1Reader("request"), bytes(stream), start, min(len(stream), start + chance.randrange(50)))
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    "stream",
    [
        b"GET / HTTP/1.1\r\n" + b"\r" * 200_000,
        b"GET " + b" " * 60_000 + b"HTTP/1.1\r\nA:" + b" " * 150_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b" + b"\r\n c" * 50_000 + b"\r\n\r\n",
        b"CONNECT x HTTP/1.1\r\n\r\n" * 10_000,
        b"a" * 200_000,
    ],
    ids=["carriage returns", "spaces", "folds", "connects", "no line"],
)
def test_time_grows_with_the_bytes_only(stream: bytes) -> None:
    begun = time.process_time()
    fed(Http1Reader("request"), stream, range(0, len(stream), 1460))
    assert time.process_time() - begun < 5


def test_junk_is_one_piece_up_to_a_gap() -> None:
    found = with_gap(Http1Reader("request"), b"junk\r\nmore\r\n" * 4, 20, 25)
    assert all(isinstance(one, NotHttp) for one in found)
    assert [(start, end) for _, start, end, _ in shown(found)] == [(0, 20), (25, 48)]


def test_an_upgrade_whose_request_was_not_captured_switches_both_directions() -> None:
    exchanges = Exchanges()
    client, server = Http1Reader("request", exchanges), Http1Reader("response", exchanges)
    server.feed(0, WS_YES)
    assert client.feed(0, b"\x81\x80") == [OtherProtocol("websocket", 0, b"\x81\x80")]
