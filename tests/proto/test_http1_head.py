from __future__ import annotations

import pytest

from ladderview.proto.fields import Span
from ladderview.proto.http1_head import (
    Head,
    framing_of,
    is_start_line,
    read_fields,
    read_head,
    read_start_line,
    text_of,
)
from ladderview.proto.http_message import Framing

START_LINES = {
    b"GET / HTTP/1.1\r\n": ("request", "GET", "/", "HTTP/1.1", 0, ""),
    b"OPTIONS * HTTP/1.0\n": ("request", "OPTIONS", "*", "HTTP/1.0", 0, ""),
    b"get  /lower\tHTTP/1.1": ("request", "get", "/lower", "HTTP/1.1", 0, ""),
    b"M-SEARCH /a b HTTP/1.1\r\n": ("request", "M-SEARCH", "/a b", "HTTP/1.1", 0, ""),
    b"GET /\xc3\xa9 HTTP/1.1\r\n": ("request", "GET", "/é", "HTTP/1.1", 0, ""),
    b"GET /old\r\n": ("request", "GET", "/old", "", 0, ""),
    b"HTTP/1.1 200 OK\r\n": ("response", "", "", "HTTP/1.1", 200, "OK"),
    b"HTTP/1.0 404\r\n": ("response", "", "", "HTTP/1.0", 404, ""),
    b"HTTP/1.1 302 Moved  Temporarily \r\n": ("response", "", "", "HTTP/1.1", 302, "Moved  Temporarily "),
}


@pytest.mark.parametrize(("line", "expected"), START_LINES.items())
def test_start_lines_are_taken_apart(line: bytes, expected: tuple[object, ...]) -> None:
    start = read_start_line(line, 0)
    assert start is not None
    assert (start.kind, start.method, start.target, start.version, start.status, start.reason) == expected


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\r\n",
        b"GET\r\n",
        b"220 smtp ready\r\n",
        b"EHLO host\r\n",
        b"GET / FTP/1.0\r\n",
        b"\x16\x03\x01",
        b"HTTP/1.1 OK",
    ],
)
def test_other_lines_begin_no_message(line: bytes) -> None:
    assert not is_start_line(line)


def test_the_parts_of_a_start_line_know_their_bytes() -> None:
    start = read_start_line(b"GET  /index HTTP/1.1\r\n", 100)
    assert start is not None
    assert (start.span, start.parts) == (Span(100, 122), (Span(100, 103), Span(105, 111), Span(112, 120)))


START_LINE_NOTES = {
    b"GET /a b HTTP/1.1": "whitespace in the request target",
    b"GET / HTTP/1.x": "HTTP/1.x is no version of HTTP",
    b"GET /": "no version: HTTP/0.9",
    b"HTTP/1.1 20 OK": "a status code has three digits",
}


@pytest.mark.parametrize(("line", "note"), START_LINE_NOTES.items())
def test_violations_of_a_start_line_are_noted(line: bytes, note: str) -> None:
    start = read_start_line(line, 0)
    assert start is not None
    assert start.notes == (note,)


FIELDS = {
    b"Host: example.org\r\n": ("Host", "example.org", ()),
    b"host:x \t\r\n": ("host", "x", ()),
    b"Empty:\r\n": ("Empty", "", ()),
    b"A: b\r\n\tc\r\n  d\r\n": ("A", "b c d", ("a field value is folded over lines",)),
    b"A: b\n": ("A", "b", ("a line ends in LF alone",)),
    b"A: b\r": ("A", "b", ("a line ends in CR alone",)),
    b"A: b\r\r\n": ("A", "b", ("a line ends in CR CR LF",)),
    b"A : b\r\n": ("A", "b", ("whitespace around a field name",)),
    b"A b: c\r\n": ("A b", "c", ("a field name is no token",)),
    b"no colon here\r\n": ("no colon here", "", ("a field line has no colon",)),
    b"A: caf\xe9\r\n": ("A", "café", ()),
    b"A: caf\xc3\xa9\r\n": ("A", "café", ()),
}


@pytest.mark.parametrize(("octets", "expected"), FIELDS.items())
def test_a_field_line_is_read_leniently_and_its_faults_noted(octets: bytes, expected: tuple[object, ...]) -> None:
    (line,), notes = read_fields(octets, 0, 0)
    assert (line.name, line.value, notes) == expected


def test_fields_know_their_bytes() -> None:
    octets = b"Host:  example.org\r\nA:\r\nB: c\r\n d\r\n\r\nbehind"
    lines, _ = read_fields(octets, 0, 1000)
    places = [(one.name_span.start, one.name_span.end, one.value_span.start, one.value_span.end) for one in lines]
    assert places == [(1000, 1004, 1007, 1018), (1020, 1021, 1022, 1022), (1024, 1025, 1027, 1032)]


def head_of(*lines: str) -> Head:
    octets = "\r\n".join((*lines, "", "")).encode()
    start = read_start_line(octets.partition(b"\n")[0] + b"\n", 0)
    assert start is not None
    return read_head(octets, start)


GET, POST, OK = "GET / HTTP/1.1", "POST / HTTP/1.1", "HTTP/1.1 200 OK"
CHUNKED = "Transfer-Encoding: chunked"

FRAMINGS = [
    # RFC 9112 section 6.3, in its order.
    ((OK, "Content-Length: 5"), "HEAD", Framing.NONE),
    (("HTTP/1.1 304 Not Modified", "Content-Length: 5"), "GET", Framing.NONE),
    (("HTTP/1.1 204 No Content",), "GET", Framing.NONE),
    (("HTTP/1.1 103 Early Hints", CHUNKED), "GET", Framing.NONE),
    ((OK, CHUNKED), "CONNECT", Framing.NONE),
    (("HTTP/1.1 407 No", "Content-Length: 5"), "CONNECT", Framing.LENGTH),
    ((OK, CHUNKED, "Content-Length: 5"), "GET", Framing.CHUNKED),
    ((OK, "Transfer-Encoding: gzip, chunked"), "GET", Framing.CHUNKED),
    ((OK, "Transfer-Encoding: gzip"), "GET", Framing.UNTIL_CLOSE),
    ((OK, "Transfer-Encoding: identity", "Content-Length: 5"), "GET", Framing.LENGTH),
    ((POST, CHUNKED), "", Framing.CHUNKED),
    ((POST, "Content-Length: 5"), "", Framing.LENGTH),
    ((POST, "Content-Length: 0"), "", Framing.NONE),
    ((OK, "Content-Length: x"), "GET", Framing.UNTIL_CLOSE),
    ((GET,), "", Framing.NONE),
    ((OK,), "", Framing.UNTIL_CLOSE),
]


@pytest.mark.parametrize(("lines", "method", "expected"), FRAMINGS)
def test_how_a_body_ends(lines: tuple[str, ...], method: str, expected: Framing) -> None:
    assert framing_of(head_of(*lines), method)[0] is expected


LENGTHS = [
    (("Content-Length: 7",), 7, ()),
    (("Content-Length: 00000000000000000000000000000050",), 50, ()),
    (("Content-Length: 7, 7",), 7, ("Content-Length is given more than once",)),
    (("Content-Length: 7", "Content-Length: 8"), 7, ("several Content-Lengths that differ",)),
    (("Content-Length: -7",), None, ("Content-Length is no number",)),
    (("Content-Length: " + "9" * 19,), None, ("Content-Length is no number",)),
    ((CHUNKED, "Content-Length: 7"), 7, ("Content-Length beside Transfer-Encoding",)),
    (("Transfer-Encoding: chunked, gzip",), None, ("the last transfer coding is not chunked",)),
    (("Transfer-Encoding: chunked, chunked",), None, ("chunked more than once",)),
]


@pytest.mark.parametrize(("lines", "declared", "notes"), LENGTHS)
def test_what_two_readers_may_disagree_about_is_noted(
    lines: tuple[str, ...], declared: int | None, notes: tuple[str, ...]
) -> None:
    assert framing_of(head_of(POST, *lines))[1:] == (declared, notes)


@pytest.mark.parametrize(("octets", "text"), [(b"\xc3\xa9", "é"), (b"\xe9", "é"), (b"plain", "plain")])
def test_text_is_utf8_or_latin1(octets: bytes, text: str) -> None:
    assert text_of(octets) == text
