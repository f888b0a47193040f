"""What a flow list says of a connection by its first bytes; what is cut or lies says less, and never fails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.http2 import PREFACE
from ladderview.proto.peek import Glimpse, glimpse
from tests.proto.tls_wire import alpn, client_hello, extension, number, record, server_hello, server_name, vec

HELLO = record(22, client_hello(server_name(b"example.org"), alpn(b"h2")))
ANSWER = record(22, server_hello())
ANSWER_13 = record(22, server_hello(extension(43, number(0x0304, 2))))
GET = b"GET / HTTP/1.1\r\n"

SEEN = {
    "nothing": (b"", b"", Glimpse((), "", False)),
    "bytes": (b"\x00\x01", b"\x02", Glimpse((), "", False)),
    "HTTP": (GET + b"Host: example.org \r\n\r\n", b"", Glimpse(("HTTP/1.1",), "example.org", False)),
    "HTTP, the host's name in capitals": (GET + b"HOST:a\r\n\r\n", b"", Glimpse(("HTTP/1.1",), "a", False)),
    "HTTP, no host yet": (GET, b"", Glimpse(("HTTP/1.1",), "", True)),
    "HTTP, no host at all": (GET + b"\r\n", b"", Glimpse(("HTTP/1.1",), "", False)),
    "HTTP, a host in the body": (GET + b"\r\n\r\nHost: x\r\n", b"", Glimpse(("HTTP/1.1",), "", False)),
    "HTTP, a host that breaks lines": (GET + b"Host: a\x0bb\r\n\r\n", b"", Glimpse(("HTTP/1.1",), "a\\x0bb", False)),
    "WebSocket": (
        GET + b"Host: a\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUPGRADE: WebSocket\r\n\r\n",
        Glimpse(("HTTP/1.1", "WebSocket"), "a", False),
    ),
    "another protocol than WebSocket": (
        GET + b"Host: a\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n",
        Glimpse(("HTTP/1.1",), "a", False),
    ),
    "HTTP/0.9": (b"GET /\r\n", b"", Glimpse(("HTTP/0.9",), "", True)),
    "HTTP, the answer alone": (b"", b"HTTP/1.0 200 OK\r\n", Glimpse(("HTTP/1.0",), "", False)),
    "HTTP/2 in the clear": (PREFACE, b"", Glimpse(("HTTP/2",), "", False)),
    "TLS, the client alone": (HELLO, b"", Glimpse(("TLS",), "example.org", False)),
    "TLS 1.2": (HELLO, ANSWER, Glimpse(("TLS 1.2",), "example.org", False)),
    "TLS 1.2 with ALPN": (
        HELLO, record(22, server_hello(alpn(b"h2"))), Glimpse(("TLS 1.2", "h2"), "example.org", False),
    ),
    "TLS 1.3": (HELLO, ANSWER_13, Glimpse(("TLS 1.3",), "example.org", False)),
    "TLS, the server alone": (b"", ANSWER_13, Glimpse(("TLS 1.3",), "", False)),
    "TLS, with a session": (
        record(22, client_hello(server_name(b"a"), session_id=bytes(32))), b"", Glimpse(("TLS",), "a", False),
    ),
    "TLS, nothing asked for": (record(22, client_hello()), b"", Glimpse(("TLS",), "", False)),
    "TLS, a name of another kind": (
        record(22, client_hello(extension(0, vec(2, b"\x01" + vec(2, b"x"))))), b"", Glimpse(("TLS",), "", False),
    ),
    "TLS, of two names the first": (
        record(22, client_hello(server_name(b"a"), server_name(b"b"))), b"", Glimpse(("TLS",), "a", False),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("client", "server", "seen"), SEEN.values(), ids=SEEN)
def test_glimpse(client: bytes, server: bytes, seen: Glimpse) -> None:
    assert glimpse(client, server) == seen


LONG = record(22, client_hello(extension(51, bytes(1500)), server_name(b"example.org")))


@pytest.mark.parametrize(("size", "host", "wants_more"), [(1400, "", True), (len(LONG), "example.org", False)])
def test_a_hello_of_several_segments_is_asked_for(size: int, host: str, wants_more: bool) -> None:
    seen = glimpse(LONG[:size], b"")
    assert (seen.host, seen.wants_more) == (host, wants_more)


def test_a_cut_hello_that_has_named_its_host_is_enough() -> None:
    hello = record(22, client_hello(server_name(b"example.org"), extension(51, bytes(1500))))
    assert glimpse(hello[:1400], b"") == Glimpse(("TLS",), "example.org", False)


@given(st.sampled_from([HELLO, ANSWER, GET]), st.sampled_from([HELLO, ANSWER, ANSWER_13]), st.data())
def test_whatever_is_cut_or_changed_is_seen_or_not(client: bytes, server: bytes, data: st.DataObject) -> None:
    size, at = data.draw(st.integers(0, len(client))), data.draw(st.integers(0, len(server) - 1))
    changed = server[:at] + bytes([data.draw(st.integers(0, 255))]) + server[at + 1 :]
    seen = glimpse(client[:size], changed)
    assert all(text.isprintable() for text in (*seen.protocols, seen.host))


def test_half_a_name_is_none() -> None:
    hello = record(22, client_hello(server_name(b"example.org")))
    assert glimpse(hello[:-4], b"") == Glimpse(("TLS",), "", True)
