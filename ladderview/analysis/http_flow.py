"""Which requests, responses and frames do both directions of an HTTP connection hold?

Plan: one flow begins as HTTP/1 or as HTTP/2. HTTP/1 may become something else (RFC 9110 sections 7.8 and 9.3.6): its
readers then hand over bytes, which go to the reader of what follows: HTTP/2, WebSocket, or, in a tunnel, whoever
recognises them.

Trap: which end sends requests is not always the TCP client (a capture may begin late); what comes first tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from ladderview.analysis.collector import Collector
from ladderview.analysis.message import HTTP, HTTP2, WEBSOCKET, Message
from ladderview.analysis.tls_flow import Reader
from ladderview.proto.fields import Span
from ladderview.proto.http1 import Http1Reader
from ladderview.proto.http2 import DATA, HEADERS, PUSH_PROMISE, RST_STREAM, Http2Frame, Http2Reader
from ladderview.proto.http2_messages import Http2Messages
from ladderview.proto.http_exchanges import Exchanges
from ladderview.proto.http_message import HttpMessage, NotHttp, OtherProtocol
from ladderview.proto.websocket import WebSocketFrame, WebSocketReader

Sender = Literal["client", "server"]

_UNREAD = "unrecognised bytes"


def http_message(message: HttpMessage, direction: int, layer: int, row: int) -> Message:
    """An HTTP message as a message of the flow."""
    protocol = HTTP if message.protocol == "HTTP/1" else HTTP2
    name = message.method if message.kind == "request" else f"{message.status} {message.reason}".strip()
    summary = message.summary
    if protocol == HTTP2:
        summary = f"{name} {message.target}".strip() if message.kind == "request" else name
    return Message(
        protocol,
        name,
        summary,
        direction,
        layer,
        message.span,
        row,
        message,
        notes=message.notes,
        error=message.error,
        exchange=message.exchange,
    )


class Http1Flow:
    """Reads one HTTP/1 connection, and what it turns into."""

    def __init__(
        self,
        collector: Collector,
        layer: int,
        follow: Callable[[str, tuple[int, int]], Reader],
        asks: int,
        starts: tuple[int, int],
    ) -> None:
        """Begin to read.

        Args:
            collector: takes the messages.
            layer: number of the layer whose bytes are fed.
            follow: makes the reader of what the connection turns into, from its upgrade token ("" for a tunnel) and
                where it begins in each direction.
            asks: the direction that sends requests.
            starts: where HTTP begins in the stream of each direction.
        """
        self._collector = collector
        self._layer = layer
        self._follow = follow
        self._next: Reader | None = None
        exchanges = Exchanges()
        self._readers = tuple(
            Http1Reader("request" if direction == asks else "response", exchanges, starts[direction])
            for direction in (0, 1)
        )
        self._ends = list(starts)  # of the last message of each direction
        self._switched = [False, False]
        self._is_named = False

    def feed(self, direction: int, offset: int, data: bytes, row: int) -> None:
        """Take the bytes that stand at ``offset`` of the direction's stream."""
        if self._next is not None and self._switched[direction]:
            self._next.feed(direction, offset, data, row)
        else:
            self._show(direction, self._readers[direction].feed(offset, data), row)

    def waits_for(self, direction: int) -> int:
        """How many more bytes make no difference until the last of them is there."""
        if self._next is not None and self._switched[direction]:
            return self._next.waits_for(direction)
        return self._readers[direction].wanted

    def lost(self, direction: int, start: int, end: int, row: int) -> None:
        """The bytes ``[start, end)`` are missing."""
        if self._next is not None and self._switched[direction]:
            self._next.lost(direction, start, end, row)
        else:
            self._show(direction, self._readers[direction].lost(start, end), row)

    def closed(self, direction: int, row: int) -> None:
        """Nothing more comes from this direction."""
        if not self._switched[direction]:
            self._show(direction, self._readers[direction].closed(), row)
        if self._next is not None:
            self._next.closed(direction, row)

    def _show(self, direction: int, found: Sequence[HttpMessage | NotHttp | OtherProtocol], row: int) -> None:
        for item in found:
            if isinstance(item, HttpMessage):
                self._ends[direction] = item.span.end
                if item.kind == "request":
                    self._collector.asked_for(item.host)
                if not self._is_named:  # by the first message: an answer may be of another version
                    self._collector.recognised(item.version or "HTTP/0.9", self._layer)
                    self._is_named = True
                self._collector.add(http_message(item, direction, self._layer, row))
            elif isinstance(item, NotHttp):
                self._collector.add_run(_unread(item, HTTP, direction, self._layer, row))
            else:
                self._hand_over(direction, item, row)

    def _hand_over(self, direction: int, item: OtherProtocol, row: int) -> None:
        if self._next is None:
            starts = [reader.position for reader in self._readers]
            starts[direction] = item.offset
            self._next = self._follow(item.protocol, (starts[0], starts[1]))
            # The other end's reader may hold bytes that it will hand over itself; where it holds none, it has no say.
            other = 1 - direction
            self._switched[other] = self._readers[other].position == self._ends[other]
        if item.missing:
            self._next.lost(direction, item.offset, item.offset + item.missing, row)
        else:
            self._next.feed(direction, item.offset, item.octets, row)


class Http2Flow:
    """Reads one HTTP/2 connection."""

    def __init__(self, collector: Collector, layer: int, client: int, starts: tuple[int, int] = (0, 0)) -> None:
        """``client`` is the direction that opens streams with odd numbers."""
        self._collector = collector
        self._layer = layer
        self._senders: tuple[Sender, Sender] = ("client", "server") if client == 0 else ("server", "client")
        self._readers = Http2Reader(starts[0]), Http2Reader(starts[1])
        self._messages = Http2Messages()
        collector.recognised("h2" if collector.protocols else "HTTP/2", layer)

    def feed(self, direction: int, offset: int, data: bytes, row: int) -> None:
        """Take the bytes that stand at ``offset`` of the direction's stream."""
        self._show(direction, self._readers[direction].feed(offset, data), row)

    def waits_for(self, direction: int) -> int:
        """How many more bytes make no difference until the last of them is there."""
        return self._readers[direction].wanted

    def lost(self, direction: int, start: int, end: int, row: int) -> None:
        """The bytes ``[start, end)`` are missing."""
        self._show(direction, self._readers[direction].lost(start, end), row)

    def closed(self, direction: int, row: int) -> None:
        """Nothing more comes from this direction."""
        self._show(direction, self._readers[direction].closed(), row)
        for message in self._messages.finish(self._senders[direction]):
            self._add(direction, message, row)

    def _show(self, direction: int, found: Sequence[Http2Frame | NotHttp], row: int) -> None:
        for item in found:
            if isinstance(item, NotHttp):
                self._collector.add_run(_unread(item, HTTP2, direction, self._layer, row))
                continue
            sender = self._senders[direction]
            if item.frame_type not in _IN_MESSAGES or self._messages.is_late(sender, item):
                steering = Message(
                    HTTP2, "control frames", "", direction, self._layer, item.span, row, item, notes=item.notes
                )
                self._collector.add_run(steering, item.name)
            for message in self._messages.add(sender, item):
                self._add(direction, message, row)
            if item.frame_type == RST_STREAM:
                for message in self._messages.broken_off(sender, item):
                    self._add(1 - direction, message, self._last_row(1 - direction, message, row))

    def _last_row(self, direction: int, message: HttpMessage, now: int) -> int:
        """The segment that brought the last byte of a message; ``now`` where that byte is missing."""
        stream = self._collector.layers[self._layer].streams[direction]
        rows = stream.packets_for(Span(message.span.end - 1, message.span.end))
        return int(rows[-1]) if len(rows) else now

    def _add(self, direction: int, message: HttpMessage, row: int) -> None:
        if message.kind == "request":
            self._collector.asked_for(message.host)
        self._collector.add(http_message(message, direction, self._layer, row))


_IN_MESSAGES = frozenset({DATA, HEADERS, PUSH_PROMISE, 9})


class WebSocketFlow:
    """Reads one WebSocket connection."""

    def __init__(self, collector: Collector, layer: int, client: int, starts: tuple[int, int]) -> None:
        """``client`` is the direction that masks its frames."""
        self._collector = collector
        self._layer = layer
        senders: tuple[Sender, Sender] = ("client", "server") if client == 0 else ("server", "client")
        self._readers = tuple(WebSocketReader(senders[direction], starts[direction]) for direction in (0, 1))
        collector.recognised("WebSocket", layer)

    def feed(self, direction: int, offset: int, data: bytes, row: int) -> None:
        """Take the bytes that stand at ``offset`` of the direction's stream."""
        self._show(direction, self._readers[direction].feed(offset, data), row)

    def waits_for(self, direction: int) -> int:
        """How many more bytes make no difference until the last of them is there."""
        return 1

    def lost(self, direction: int, start: int, end: int, row: int) -> None:
        """The bytes ``[start, end)`` are missing."""
        self._show(direction, self._readers[direction].lost(start, end), row)

    def closed(self, direction: int, row: int) -> None:
        """Nothing more comes from this direction."""
        self._show(direction, self._readers[direction].closed(), row)

    def _show(self, direction: int, found: Sequence[WebSocketFrame | NotHttp], row: int) -> None:
        for item in found:
            if isinstance(item, NotHttp):
                self._collector.add_run(_unread(item, WEBSOCKET, direction, self._layer, row))
                continue
            self._collector.add(
                Message(
                    WEBSOCKET,
                    item.name,
                    item.summary,
                    direction,
                    self._layer,
                    item.span,
                    row,
                    item,
                    notes=item.notes,
                    error=item.error,
                )
            )


def _unread(item: NotHttp, protocol: str, direction: int, layer: int, row: int) -> Message:
    span = Span(item.span.start, item.span.end)
    return Message(protocol, _UNREAD, _UNREAD, direction, layer, span, row, error=item.error)
