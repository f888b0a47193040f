"""What is a message, and in which bytes does it stand?

A flow has layers of bytes: layer 0 is what TCP carried; TLS adds the plaintext of its handshake, of its alerts and
changes, and of its application data, each a layer of its own (``octets``). A message stands in one layer, and the
layer knows how to get from there to segments.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ladderview.proto.fields import Span
from ladderview.proto.http2 import Http2Frame
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.websocket import WebSocketFrame

#: ``Message.protocol``.
TLS, HTTP, HTTP2, WEBSOCKET, DATA = "TLS", "HTTP", "HTTP/2", "WebSocket", "Data"


class Octets(Protocol):
    """One direction's bytes in one layer. ``streams.ByteStream`` is one."""

    def __len__(self) -> int: ...

    def read(self, start: int, end: int) -> bytes:
        """The bytes of ``[start, end)`` that there are; raises CaptureChanged."""
        ...

    def parts(self, start: int, end: int) -> Iterator[tuple[int, bytes]]:
        """The same as (offset, bytes) in order, one segment or record at a time; raises CaptureChanged."""
        ...

    def missing(self, span: Span) -> int:
        """How many bytes of the span there are not."""
        ...

    def packets_for(self, span: Span) -> NDArray[np.int64]:
        """Rows of the segments that brought these bytes, ascending and distinct."""
        ...


@dataclass(frozen=True, slots=True)
class FlowLayer:
    """Bytes of both directions.

    Attributes:
        name: "TCP payload", "TLS handshake", "TLS alerts and changes", "TLS application data".
        parent: number of the layer that it was made of; -1 of TCP's.
        streams: the client's bytes and the server's.
    """

    name: str
    parent: int
    streams: tuple[Octets, Octets]


@dataclass(frozen=True, slots=True)
class HandshakePart:
    """What must be known to read a handshake message of TLS: the version and suite agreed before it."""

    kind: int
    version: int
    suite: int


@dataclass(frozen=True, slots=True)
class RecordPart:
    """A message of TLS that is no handshake: its content type, and whether its record was decrypted."""

    content_type: int
    is_plaintext: bool


Content = HandshakePart | RecordPart | HttpMessage | Http2Frame | WebSocketFrame | None


@dataclass(frozen=True, slots=True)
class Message:
    """One message, whatever the number of segments that carried it.

    Attributes:
        protocol: ``TLS``, ``HTTP``, ``HTTP2``, ``WEBSOCKET`` or ``DATA``.
        name: what it is called: "Client Hello", "GET", "200 OK", "Application Data".
        summary: one line that begins with the name: "Client Hello (SNI=example.org)", "GET / HTTP/1.1".
        direction: 0 sent by the client, 1 by the server.
        layer: row of ``Messages.layers`` in which ``span`` counts.
        span: its bytes.
        row: the segment with which it was whole, as its receiver saw it.
        content: what else was read of it.
        sealed: why it cannot be read, or the empty string.
        notes: what is wrong with it, each a short sentence.
        error: why reading it broke off, or the empty string.
        exchange: the same number in a request and in its response, or -1.
    """

    protocol: str
    name: str
    summary: str
    direction: int
    layer: int
    span: Span
    row: int
    content: Content = None
    sealed: str = ""
    notes: tuple[str, ...] = ()
    error: str = ""
    exchange: int = -1
