"""What do the first bytes of a connection give away: its protocol, and whom the client asked for?

For lists of many flows, where reading every hello field by field would take longer than reading the capture. Only what
is looked for is read, by offsets; ``tls_hellos`` and ``http1_head`` read the same messages in full.

Traps: with the key shares of post-quantum cryptography a Client Hello is longer than a segment: ``wants_more`` says so.
TLS 1.3 encrypts the protocol agreed by ALPN; below it the Server Hello tells it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ladderview.proto.http1 import looks_like_http1
from ladderview.proto.http2 import PREFACE
from ladderview.proto.tls_names import VERSIONS, is_tls13
from ladderview.proto.tls_vector import safe_text

_HANDSHAKE, _CLIENT_HELLO, _SERVER_HELLO = 22, 1, 2
_RECORD_HEADER, _MESSAGE_HEADER, _RANDOM = 5, 4, 32
_SERVER_NAME, _ALPN, _SUPPORTED_VERSIONS = 0, 16, 43
_MAX_HOST = 255

_HOST = re.compile(rb"\r?\n[Hh][Oo][Ss][Tt]:[ \t]*([^\r\n]*)")
_VERSION = re.compile(rb"HTTP/[0-9]\.[0-9]")
_SWITCHES = re.compile(rb"HTTP/1\.1 101\b")
_WEB_SOCKET = re.compile(rb"\nupgrade:[ \t]*websocket[ \t]*(?:\r|\n|$)", re.IGNORECASE)


class Glimpse(NamedTuple):
    """What was seen.

    Attributes:
        protocols: outermost first: ("TLS 1.3",), ("TLS 1.2", "h2"), ("HTTP/1.1", "WebSocket"); empty where
            none was recognised.
        host: whom the client asked for, or the empty string.
        wants_more: whether the client's first message goes on behind the bytes that were given.
    """

    protocols: tuple[str, ...]
    host: str
    wants_more: bool


def glimpse(client: bytes, server: bytes) -> Glimpse:
    """Look at the first payload bytes that each end sent; either may be empty."""
    if _is_hello(client, _CLIENT_HELLO) or _is_hello(server, _SERVER_HELLO):
        return _tls(client, server)
    if client.startswith(PREFACE):
        return Glimpse(("HTTP/2",), "", False)
    if looks_like_http1(client):
        return _http(client, server)
    if server.startswith(b"HTTP/1.") and looks_like_http1(server):
        return Glimpse((server[:8].decode("ascii", "replace"),), "", False)
    return Glimpse((), "", False)


def client_random(client: bytes) -> bytes | None:
    """The random of a Client Hello, None where the bytes are none (RFC 8446 section 4.1.2)."""
    at = _RECORD_HEADER + _MESSAGE_HEADER + 2
    return client[at : at + _RANDOM] if _is_hello(client, _CLIENT_HELLO) and len(client) >= at + _RANDOM else None


def _http(client: bytes, server: bytes) -> Glimpse:
    head, end, _ = client.partition(b"\r\n\r\n")
    host = _HOST.search(head)
    version = _VERSION.search(head.partition(b"\n")[0])
    name = host[1][:_MAX_HOST].decode("utf-8", "replace").strip() if host else ""
    protocol = version[0].decode("ascii") if version else "HTTP/0.9"
    protocols = (protocol, "WebSocket") if _turns_to_web_socket(server) else (protocol,)
    return Glimpse(protocols, safe_text(name), not end and host is None)


def _turns_to_web_socket(server: bytes) -> bool:
    """Whether the server agrees to speak WebSocket from here on (RFC 6455 section 4.2.2)."""
    head = server.partition(b"\r\n\r\n")[0]
    return _SWITCHES.match(head) is not None and _WEB_SOCKET.search(head) is not None


def _tls(client: bytes, server: bytes) -> Glimpse:
    offered = _extensions(client, _CLIENT_HELLO)
    host = _server_name(offered.get(_SERVER_NAME, b""))
    protocols: tuple[str, ...] = ("TLS",)
    if _is_hello(server, _SERVER_HELLO):
        chosen = _extensions(server, _SERVER_HELLO)
        at = _RECORD_HEADER + _MESSAGE_HEADER
        version = int.from_bytes(chosen.get(_SUPPORTED_VERSIONS, server[at : at + 2]), "big")
        protocols = ("TLS 1.3" if is_tls13(version) else VERSIONS.get(version, "TLS"),)
        agreed = chosen.get(_ALPN, b"")[3:]
        if agreed:
            protocols += (safe_text(agreed[:_MAX_HOST].decode("utf-8", "replace")),)
    return Glimpse(protocols, host, len(client) < _hello_end(client) and _SERVER_NAME not in offered)


def _is_hello(data: bytes, kind: int) -> bool:
    return len(data) > _RECORD_HEADER and data[0] == _HANDSHAKE and data[1] == 3 and data[_RECORD_HEADER] == kind


def _hello_end(data: bytes) -> int:
    """Where the first record ends."""
    return _RECORD_HEADER + int.from_bytes(data[3:5], "big") if len(data) >= _RECORD_HEADER else 0


def _extensions(data: bytes, kind: int) -> dict[int, bytes]:
    """The extensions of a hello that lie in the bytes that there are (RFC 8446 section 4.1)."""
    if not _is_hello(data, kind):
        return {}
    end = min(len(data), _hello_end(data))
    at = _RECORD_HEADER + _MESSAGE_HEADER + 2 + _RANDOM
    at += 1 + (data[at] if at < end else 0)
    if kind == _CLIENT_HELLO:
        at += 2 + int.from_bytes(data[at : at + 2], "big")
        at += 1 + (data[at] if at < end else 0)
    else:
        at += 3
    at += 2
    found: dict[int, bytes] = {}
    while at + 4 <= end:
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if at + 4 + size > end:
            break
        found.setdefault(int.from_bytes(data[at : at + 2], "big"), data[at + 4 : at + 4 + size])
        at += 4 + size
    return found


def _server_name(extension: bytes) -> str:
    """The first host name of the list (RFC 6066 section 3)."""
    if len(extension) < 5 or extension[2]:
        return ""
    name = extension[5 : 5 + min(int.from_bytes(extension[3:5], "big"), _MAX_HOST)]
    return safe_text(name.decode("utf-8", "replace"))
