"""What is an HTTP message once it was read, whichever version carried it? (RFC 9110 section 6)

A body is not kept: its places in the stream of its direction are, and ``bodies`` decodes it when somebody looks. What
was wrong is kept in ``notes`` (violations that do not hinder reading) and ``error`` (why reading it broke off).

Trap: a chunked body of HTTP/1 may have more chunks than memory has room for spans, so it has one span with the chunk
sizes and trailers in it; in HTTP/2 every DATA frame has a span.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from ladderview.proto.fields import Span

NOWHERE = Span(0, 0)


class Framing(Enum):
    """How the end of a body is known (RFC 9112 section 6.3, RFC 9113 section 8.1)."""

    NONE = "no body"
    LENGTH = "Content-Length"
    CHUNKED = "chunked"
    UNTIL_CLOSE = "until close"
    FRAMES = "DATA frames"


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One field line (RFC 9110 section 5), folded lines joined.

    Attributes:
        name: as it was sent.
        value: without the whitespace around it; UTF-8 where it is, else ISO 8859-1.
        name_span: its name's bytes in the stream; of HTTP/2 the bytes of its representation in the header block.
        value_span: its value's bytes; the same as ``name_span`` in HTTP/2.
    """

    name: str
    value: str
    name_span: Span = NOWHERE
    value_span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Body:
    """Where a message's content is, and how much of it.

    Attributes:
        framing: how its end is known.
        edges: start, end, start, end ... in the direction's stream, in order; chunk sizes and trailers included.
        length: bytes of content seen, without transfer coding.
        declared: what Content-Length says, or None.
        missing: bytes of it that were not captured or never came.
    """

    framing: Framing = Framing.NONE
    edges: array[int] = field(default_factory=lambda: array("q"))
    length: int = 0
    declared: int | None = None
    missing: int = 0

    @property
    def chunked(self) -> bool:
        """Whether the bytes in ``edges`` have the chunked transfer coding (RFC 9112 section 7.1)."""
        return self.framing is Framing.CHUNKED

    def spans(self) -> Iterator[Span]:
        """Its places in the stream."""
        edges = iter(self.edges)
        return (Span(start, end) for start, end in zip(edges, edges, strict=True))


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """A request or a response.

    Attributes:
        protocol: "HTTP/1" or "HTTP/2".
        kind: which of the two.
        span: from the first byte of its head to past its last one; with HTTP/2 other streams' frames lie between.
        head: start line and header fields with the empty line; in HTTP/2 the HEADERS and CONTINUATION frames.
        body: where its content is.
        exchange: number of the request from 0, which its response has too; HTTP/2's stream identifier; -1 unknown.
        method, target: of a request; "" of a response. ``target`` is ":path" in HTTP/2.
        version: as sent ("HTTP/1.1"); "" of HTTP/0.9.
        status, reason: of a response; 0 and "" of a request.
        headers: the header fields in wire order, pseudo-header fields of HTTP/2 included.
        trailers: the trailer fields.
        octets: the head's bytes (HTTP/1).
        notes: violations, each a short sentence.
        error: why reading broke off, or "".
    """

    protocol: Literal["HTTP/1", "HTTP/2"]
    kind: Literal["request", "response"]
    span: Span
    head: Span
    body: Body = field(default_factory=Body)
    exchange: int = -1
    method: str = ""
    target: str = ""
    version: str = ""
    status: int = 0
    reason: str = ""
    headers: tuple[HeaderField, ...] = ()
    trailers: tuple[HeaderField, ...] = ()
    octets: bytes = b""
    notes: tuple[str, ...] = ()
    error: str = ""

    def header(self, name: str) -> str:
        """The value of a header field, several of them joined by ", " (RFC 9110 section 5.2); "" where it is absent."""
        wanted = name.lower()
        return ", ".join(line.value for line in self.headers if line.name.lower() == wanted)

    @property
    def host(self) -> str:
        """Whom a request is for: Host, or ":authority"."""
        return self.header("host") or self.header(":authority")

    @property
    def content_type(self) -> str:
        """Content-Type as it was sent, parameters included."""
        return self.header("content-type")

    @property
    def summary(self) -> str:
        """One line, as Wireshark's Info column has it: "GET / HTTP/1.1", "HTTP/1.1 200 OK  (text/html)"."""
        if self.kind == "request":
            line = " ".join(part for part in (self.method, self.target, self.version) if part)
        else:
            line = " ".join(part for part in (self.version, f"{self.status:03}", self.reason) if part)
        media = self.content_type.partition(";")[0].strip()
        return f"{line}  ({media})" if media and self.body.length else line


@dataclass(frozen=True, slots=True)
class NotHttp:
    """Bytes of which no message could be made, and why."""

    span: Span
    error: str


@dataclass(frozen=True, slots=True)
class OtherProtocol:
    """Bytes behind an upgrade or in a tunnel (RFC 9110 sections 7.8 and 9.3.6): another reader has to take them.

    Attributes:
        protocol: the upgrade token in lower case ("websocket", "h2c"), or "" in a CONNECT tunnel.
        offset: of the first byte in the stream.
        octets: the bytes.
        missing: bytes that were not captured, in place of ``octets``.
    """

    protocol: str
    offset: int
    octets: bytes
    missing: int = 0
