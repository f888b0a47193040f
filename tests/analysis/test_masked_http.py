from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.masked_http import blank_head, blank_trailers
from ladderview.analysis.masking import MASK_KINDS
from ladderview.proto.http1 import Http1Reader
from ladderview.proto.http_message import HttpMessage

NAMES, COOKIES, AUTHORIZATION = (frozenset({kind}) for kind in ("names", "cookies", "authorization"))


def read(head: bytes, base: int = 0) -> HttpMessage:
    """The message that begins at ``base`` with this head."""
    reader = Http1Reader("response" if head.startswith(b"HTTP/") else "request", None, base)
    found = [one for one in [*reader.feed(base, head), *reader.closed()] if isinstance(one, HttpMessage)]
    return found[0]


@pytest.mark.parametrize(
    ("line", "kinds", "masked"),
    [
        (b"Host: a.example:80", NAMES, b"Host: xxxxxxxxxxxx"),
        (b"Host: a.example", COOKIES, b"Host: a.example"),
        (b"Referer: https://u@a.example/p?q", NAMES, b"Referer: https://xxxxxxxxxxx/p?q"),
        (b"Location: /other", NAMES, b"Location: /other"),
        (b"Via: 1.1 proxy", NAMES, b"Via: xxx xxxxx"),
        (b"X-Served-By: node7.cdn.example", NAMES, b"X-Served-By: xxxxxxxxxxxxxxxxx"),
        (b"Cookie: sid=abcd; b=c", COOKIES, b"Cookie: xxxxxxxxx xxx"),
        (b"Cookie: sid=abcd; b=c", NAMES, b"Cookie: sid=abcd; b=c"),
        (b"set-cookie: a=b", COOKIES, b"set-cookie: xxx"),
        (b"Authorization: Basic YTpi", AUTHORIZATION, b"Authorization: Basic xxxx"),
        (b"Authorization: NTLM TlRM", AUTHORIZATION, b"Authorization: xxxx xxxx"),
        (b"WWW-Authenticate: Digest realm=r", AUTHORIZATION, b"WWW-Authenticate: Digest xxxxxxx"),
        (b"X-My-Token: 1234", AUTHORIZATION, b"X-My-Token: xxxx"),
        (b":authority: x", AUTHORIZATION, b":authority: x"),
        (b"Content-Type: image/png; a=b", COOKIES, b"Content-Type: image/xxx; a=b"),
        (b"Content-Type: application/ld+json", COOKIES, b"Content-Type: application/ld+json"),
        (b"Content-Type: text/html", COOKIES, b"Content-Type: text/html"),
        (b"Content-Length: 0", frozenset(MASK_KINDS), b"Content-Length: 0"),
        (b"Cookie: ab\r\n cd", COOKIES, b"Cookie: xx\r\n xx"),  # folded
        (b"no colon at all", COOKIES, b"xx xxxxx xx xxx"),  # no field: it can be anything
        (b"X-Empty:", NAMES, b"X-Empty:"),
    ],
)
def test_lines(line: bytes, kinds: frozenset[str], masked: bytes) -> None:
    head = b"GET / HTTP/1.1\r\nA: 1\r\n" + line + b"\r\nZ: \t2\r\n\r\n"
    for base in (0, 7000):
        assert blank_head(read(head, base), kinds) == head.replace(line, masked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        (b"GET /index.html HTTP/1.1", b"GET /index.html HTTP/1.1"),
        (b"GET http://a.example:8/p HTTP/1.1", b"GET http://xxxxxxxxxxx/p HTTP/1.1"),
        (b"GET /go?to=www.a.example&x=1 HTTP/1.1", b"GET /go?to=xxxxxxxxxxxxx&x=1 HTTP/1.1"),
        (b"CONNECT a.example:443 HTTP/1.1", b"CONNECT xxxxxxxxxxxxx HTTP/1.1"),
        (b"HTTP/1.1 200 OK", b"HTTP/1.1 200 OK"),
    ],
)
def test_start_lines(line: bytes, masked: bytes) -> None:
    assert blank_head(read(line + b"\r\n\r\n"), NAMES) == masked + b"\r\n\r\n"  # type: ignore[arg-type]


def test_trailers() -> None:
    body = b"0\r\nSet-Cookie: a=b\r\n\r\n"
    message = read(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
    at = message.head.end + 3
    assert blank_trailers(message, body[3:], at, COOKIES) == b"Set-Cookie: xxx\r\n\r\n"  # type: ignore[arg-type]


@given(st.binary(max_size=200))
def test_any_head_becomes_one_as_long(fields: bytes) -> None:
    message = read(b"GET / HTTP/1.1\r\n" + fields + b"\r\n\r\n")
    blank = blank_head(message, frozenset(MASK_KINDS))
    assert len(blank) == len(message.octets)
    assert [at for at, octet in enumerate(blank) if octet in b"\r\n"] == [
        at for at, octet in enumerate(message.octets) if octet in b"\r\n"
    ]
