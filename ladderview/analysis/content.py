"""Which protocol do the bytes of a layer speak?

By content, not by port: the first bytes of either direction tell TLS, HTTP/1 and HTTP/2. What none of them recognises
is data; but a protocol may turn to TLS in its middle (STARTTLS, a proxy), so whatever a direction begins to say is
looked at again.
"""

from __future__ import annotations

import re
from typing import Final

from ladderview.analysis.collector import Collector
from ladderview.analysis.http_flow import Http1Flow, Http2Flow, WebSocketFlow
from ladderview.analysis.keys import Keys
from ladderview.analysis.message import DATA, Message
from ladderview.analysis.tls_flow import Reader, TlsFlow
from ladderview.proto.fields import Span
from ladderview.proto.http1 import looks_like_http1
from ladderview.proto.http2 import PREFACE, looks_like_http2
from ladderview.proto.tls_record import looks_like_tls

#: Bytes of one direction that tell every protocol: the preface of HTTP/2 is the longest sign.
_ENOUGH: Final = len(PREFACE)
#: Bytes that are looked at where the first line is long.
_LOOKED_AT: Final = 2048
#: Protocols inside protocols.
_MAX_DEPTH: Final = 8

#: A start line of HTTP that may go on.
_LINE = re.compile(rb"(?:[A-Z][A-Z_-]{2,19} |HTTP/)[^\r\n]*\r?")
#: A start line that leaves no doubt (RFC 9112 sections 3 and 4).
_MESSAGE = re.compile(
    rb"(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE) [^\r\n]{1,2000} HTTP/1\.[01]\r\n"
    rb"|HTTP/1\.[01] [1-5][0-9][0-9] "
)
#: The header of a record, and a Client Hello that begins in it (RFC 8446 sections 4 and 5.1).
_CLIENT_HELLO = re.compile(rb"\x16\x03[\x00-\x04][\x00-\x40].\x01\x00", re.DOTALL)


class ContentReader:
    """Reads a layer whose protocol is not known yet.

    Attributes:
        tls: the TLS connections found in this layer, in order.
    """

    def __init__(
        self,
        collector: Collector,
        layer: int,
        keys: Keys,
        tls_flows: list[TlsFlow],
        *,
        starts: tuple[int, int] = (0, 0),
        depth: int = 0,
        agreed: str = "",
    ) -> None:
        """Begin to read.

        Args:
            collector: takes the messages.
            layer: number of the layer whose bytes are fed.
            keys: what opens TLS.
            tls_flows: every TLS connection that is found is added here.
            starts: where the bytes begin in the stream of each direction.
            depth: protocols around this one.
            agreed: the protocol that ALPN agreed on, or the empty string.
        """
        self._collector = collector
        self._layer = layer
        self._keys = keys
        self._tls_flows = tls_flows
        self._starts = list(starts)
        self._depth = depth
        self._reader: Reader | None = None
        self._held: list[tuple[int, int, bytes, int]] = []
        self._first: list[bytes] = [b"", b""]
        self._is_data = False
        self._asks = 0  # the direction that sends requests
        if agreed == "h2":
            self._reader = Http2Flow(collector, layer, 0, starts)

    def feed(self, direction: int, offset: int, data: bytes, row: int) -> None:
        """Take the bytes that stand at ``offset`` of the direction's stream."""
        if self._reader is not None:
            self._reader.feed(direction, offset, data, row)
        elif self._is_data:
            self._data(direction, offset, data, row)
        else:
            self._held.append((direction, offset, data, row))
            self._first[direction] += data[:_LOOKED_AT]
            self._decide(direction, _tell(self._first[direction]) or bool(self._first[1 - direction]))

    def waits_for(self, direction: int) -> int:
        """How many more bytes make no difference until the last of them is there."""
        return 1 if self._reader is None else self._reader.waits_for(direction)

    def lost(self, direction: int, start: int, end: int, row: int) -> None:
        """The bytes ``[start, end)`` are missing."""
        if self._reader is None and not self._is_data and self._held:
            self._decide(direction, final=True)
        if self._reader is not None:
            self._reader.lost(direction, start, end, row)
        elif not self._held:
            self._starts[direction] = max(self._starts[direction], end)

    def closed(self, direction: int, row: int) -> None:
        """Nothing more comes from this direction."""
        if self._held:
            self._decide(direction, final=True)
        if self._reader is not None:
            self._reader.closed(direction, row)

    # -- who reads it ---------------------------------------------------------------------------------------------

    def _decide(self, direction: int, final: bool) -> None:
        """Choose by what is held; where it is too little and not ``final``, wait."""
        speaker = self._held[0][0]
        first = self._first[speaker]
        if not final and PREFACE.startswith(first):
            return
        reader = self._recognise(speaker, first)
        if reader is None and not final and _may_become(first):
            return
        held, self._held = self._held, []
        self._reader, self._is_data = reader, reader is None
        for step in held:
            self.feed(*step)

    def _recognise(self, direction: int, first: bytes) -> Reader | None:
        if self._depth >= _MAX_DEPTH:
            return None
        starts = self._starts[0], self._starts[1]
        if looks_like_tls(first):
            return self._tls(starts)
        if looks_like_http2(first) and len(first) >= 9:
            client = direction if first.startswith(PREFACE[:9]) else 1 - direction
            return Http2Flow(self._collector, self._layer, client, starts)
        if looks_like_http1(first) or _MESSAGE.match(first):
            asks = 1 - direction if first.startswith(b"HTTP/") else direction
            return self._http1(asks)
        return None

    def _tls(self, starts: tuple[int, int]) -> Reader:
        decryptor = self._keys.decryptor()

        def inside(layer: int, agreed: str) -> Reader:
            return ContentReader(
                self._collector, layer, self._keys, self._tls_flows, depth=self._depth + 1, agreed=agreed
            )

        flow = TlsFlow(self._collector, self._layer, decryptor, inside, starts)
        self._tls_flows.append(flow)
        return flow

    def _http1(self, asks: int) -> Reader:
        self._asks = asks
        return Http1Flow(self._collector, self._layer, self._follow_http, asks, (self._starts[0], self._starts[1]))

    def _follow_http(self, protocol: str, starts: tuple[int, int]) -> Reader:
        if protocol == "websocket":
            return WebSocketFlow(self._collector, self._layer, self._asks, starts)
        if protocol.startswith("h2c"):
            return Http2Flow(self._collector, self._layer, self._asks, starts)
        return ContentReader(
            self._collector, self._layer, self._keys, self._tls_flows, starts=starts, depth=self._depth + 1
        )

    # -- what nobody recognises -----------------------------------------------------------------------------------

    def _data(self, direction: int, offset: int, data: bytes, row: int) -> None:
        hello, message = _CLIENT_HELLO.match(data), _MESSAGE.match(data)
        if (hello or message) and self._depth < _MAX_DEPTH:
            self._starts[direction] = offset
            asks = 1 - direction if data.startswith(b"HTTP/") else direction
            self._reader = self._tls((self._starts[0], self._starts[1])) if hello else self._http1(asks)
            self._reader.feed(direction, offset, data, row)
            return
        self._starts[direction] = offset + len(data)
        span = Span(offset, offset + len(data))
        self._collector.add_run(Message(DATA, "Data", "Data", direction, self._layer, span, row))


def _tell(first: bytes) -> bool:
    """Whether so many bytes tell every protocol; a line of text tells at its end."""
    return len(first) >= _LOOKED_AT or (len(first) >= _ENOUGH and not _LINE.fullmatch(first))


def _may_become(first: bytes) -> bool:
    """Whether so few bytes may still turn out to be a protocol."""
    return PREFACE.startswith(first) or first[:1] in {b"\x16", b"\x80", b"\x17"} or first[:3].isalpha()
