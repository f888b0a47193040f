from __future__ import annotations

from array import array
from dataclasses import replace

import pytest

from ladderview.analysis.layer_words import bounded, http_lines, http_version, text_lines, version_name
from ladderview.proto.fields import Span
from ladderview.proto.http_message import Body, HeaderField, HttpMessage

REQUEST = HttpMessage("HTTP/1", "request", Span(0, 9), Span(0, 9), method="GET", target="/", version="HTTP/1.1")
RESPONSE = HttpMessage("HTTP/1", "response", Span(0, 9), Span(0, 9), version="HTTP/1.1", status=200, reason="OK")


@pytest.mark.parametrize(
    ("agreed", "stated", "name"),
    [
        (0x0304, 0x0303, "TLS 1.3"),
        (0x7F17, 0x0303, "TLS 1.3"),
        (0x0303, 0x0301, "TLS 1.2"),
        (0x0300, 0x0300, "SSL 3.0"),
        (0, 0x0303, "TLS"),
        (0, 0x0300, "SSL"),
        (0, 0x9999, "TLS"),
    ],
)
def test_a_record_says_a_version_only_the_handshake_decides_it(agreed: int, stated: int, name: str) -> None:
    assert version_name(agreed, stated) == name


@pytest.mark.parametrize(("version", "name"), [("HTTP/1.1", "HTTP/1.1"), ("", "HTTP/0.9")])
def test_http_version(version: str, name: str) -> None:
    assert http_version(replace(REQUEST, version=version)) == name


@pytest.mark.parametrize(
    ("message", "line"),
    [
        (REQUEST, "GET / HTTP/1.1"),
        (replace(REQUEST, version=""), "GET /"),
        (RESPONSE, "HTTP/1.1 200 OK"),
        (replace(RESPONSE, reason=""), "HTTP/1.1 200"),
        (replace(RESPONSE, status=7), "HTTP/1.1 007 OK"),
    ],
)
def test_the_start_line_comes_first(message: HttpMessage, line: str) -> None:
    assert list(http_lines(message)) == [line]


def test_http2_has_no_start_line() -> None:
    assert list(http_lines(replace(REQUEST, protocol="HTTP/2"))) == []


@pytest.mark.parametrize(
    ("fields", "end"),
    [(2, "f1: v"), (8, "f7: v"), (9, "… 1 more header field"), (12, "… 4 more header fields")],
)
def test_so_many_fields_are_lines_and_the_others_are_counted(fields: int, end: str) -> None:
    message = replace(REQUEST, headers=tuple(HeaderField(f"f{number}", "v") for number in range(fields)))
    lines = list(http_lines(message))
    assert (len(lines), lines[-1]) == (1 + min(fields, 9), end)


@pytest.mark.parametrize(("edges", "shown"), [(0, 0), (128, 128), (130, 128), (1000, 128)])
def test_a_tree_shows_so_many_stretches_of_a_body(edges: int, shown: int) -> None:
    body = Body(edges=array("q", range(edges)))
    assert len(bounded(replace(REQUEST, body=body)).body.edges) == shown


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"one\r\n\r\ntwo", ("one", "two")),
        (b"\x00\x01", ()),
        (b"", ()),
        (b"\xff\xfe", ()),
        (b"a\nb\nc\nd", ("a", "b")),
        (b"a\tb", ("a   b",)),
        ("aä".encode()[:2], ()),
        (b"a" * 2047 + "ä".encode()[:1], ("a" * 2047,)),
    ],
)
def test_text_lines(data: bytes, lines: tuple[str, ...]) -> None:
    assert text_lines(data, 2) == lines
