from __future__ import annotations

from ladderview.proto.http1 import Http1Reader
from ladderview.proto.http_fields import message_fields
from ladderview.proto.http_message import HttpMessage
from tests.proto.http_wire import fed
from tests.proto.listing import lines


def listing(kind: str, stream: bytes) -> list[str]:
    message = fed(Http1Reader("request" if kind == "request" else "response"), stream)[0]
    assert isinstance(message, HttpMessage)
    return list(lines(message_fields(message)))


def test_a_request() -> None:
    assert listing("request", b"\r\nGET /x HTTP/1.1\r\nHost: example.org\r\n\r\n") == [
        "2-18 Request Line: GET /x HTTP/1.1",
        "  2-4 Request Method: GET",
        "  6-7 Request URI: /x",
        "  9-16 Request Version: HTTP/1.1",
        "19-35 Host: example.org",
    ]


def test_a_response_with_chunks_and_trailers() -> None:
    head = b"HTTP/1.1 299 Odd\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert listing("response", head + b"3\r\nabc\r\n0\r\nA: b\r\n\r\n") == [
        "0-17 Status Line: HTTP/1.1 299 Odd",
        "  0-7 Response Version: HTTP/1.1",
        "  9-11 Status Code: 299 (not registered)",
        "  13-15 Response Phrase: Odd",
        "18-43 Transfer-Encoding: chunked",
        "48-66 Content: 3 bytes",
        "59-62 A: b [trailer]",
    ]


def test_violations_of_the_start_line_are_on_it() -> None:
    assert listing("request", b"GET /a b HTTP/1.1\r\n\r\n")[0].endswith("[whitespace in the request target]")
