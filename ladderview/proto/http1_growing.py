"""What is known of an HTTP/1 message while its body is still being read?"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from ladderview.proto.fields import Span
from ladderview.proto.http1_head import Head
from ladderview.proto.http_exchanges import Asked
from ladderview.proto.http_message import Body, Framing, HeaderField, HttpMessage


@dataclass(slots=True)
class GrowingMessage:
    """One message whose head was read.

    Attributes:
        head: what its head says.
        octets: the head's bytes.
        at: where it begins in the stream.
        asked: the request that it is, or that it answers; None unknown.
        framing: how its body ends; NONE also where reading broke off in the head.
        declared: what Content-Length says, or None.
        length: bytes of content so far.
        missing: bytes of the body that were not captured so far.
        trailers: the trailer fields.
        notes: violations so far.
    """

    head: Head
    octets: bytes
    at: int
    asked: Asked | None
    framing: Framing = Framing.NONE
    declared: int | None = None
    length: int = 0
    missing: int = 0
    trailers: tuple[HeaderField, ...] = ()
    notes: list[str] = field(default_factory=list)

    def as_message(self, end: int, error: str) -> HttpMessage:
        """The message as far as it was read, which is up to ``end`` of the stream."""
        start, head_end = self.head.start, self.at + len(self.octets)
        edges = array("q", () if self.framing is Framing.NONE else (head_end, end))
        return HttpMessage(
            protocol="HTTP/1",
            kind=start.kind,
            span=Span(self.at, max(end, head_end)),
            head=Span(self.at, head_end),
            body=Body(self.framing, edges, self.length, self.declared, self.missing),
            exchange=self.asked.number if self.asked is not None else -1,
            method=start.method,
            target=start.target,
            version=start.version,
            status=start.status,
            reason=start.reason,
            headers=self.head.headers,
            trailers=self.trailers,
            octets=self.octets,
            notes=tuple(dict.fromkeys((*self.head.notes, *self.notes))),
            error=error,
        )
