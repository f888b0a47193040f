"""Which bytes of a flow may a reader of a masked capture see?

Plan: what is not known to be harmless is overwritten. The reading of the flow says where HTTP messages, TLS records and
handshake messages stand in the streams; of these the ``_Part``s that may stay are listed, with what is overwritten
inside them. All else (bodies, HTTP/2, protocols that nobody recognised, damaged messages) becomes filler. What is left
is swept for what the masker knows (``masked_octets``). Lengths never change, so all numbers of TCP stay true.

Ciphertext is overwritten, too. It opens only with secrets, but those may be in other hands than the packets: a key log
that lies beside the capture, the server's private key. Where only addresses or ports are masked, no content is
touched but by the sweep, and ciphertext stays.

Traps: a name may go over the edge of a segment, so the stream is swept, in blocks with a margin, and not the segments.
A body in which a name may hide behind a coding (gzip, chunks) is overwritten although bodies were not chosen. The bytes
of a retransmission come from the stream as well: where a second copy differs from the first, the first is written.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ladderview.analysis.masked_http import HIDE_BODIES, blank_head, blank_trailers
from ladderview.analysis.masked_octets import Sweep, sweep_of
from ladderview.analysis.masking import Masker, MaskKind
from ladderview.analysis.message import HandshakePart, Message
from ladderview.analysis.messages import Messages
from ladderview.analysis.octets import SEALED, PlainStream
from ladderview.analysis.streams import ByteStream
from ladderview.analysis.tls_flow import TlsFlow
from ladderview.capture.flows import Flow
from ladderview.proto.blank_der import FILLER
from ladderview.proto.blank_tls import Hidden, blank_handshake
from ladderview.proto.fields import Span
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.tls_record import ALERT, CHANGE_CIPHER_SPEC
from ladderview.proto.websocket import WebSocketFrame

#: Kinds that are told by what a flow says, and not by its packets' headers.
CONTENT_KINDS: frozenset[MaskKind] = frozenset({"names", "cookies", "authorization", "bodies", "certificates"})

#: Bytes that are masked at once, and so many around them that what is looked for may reach over the edge.
_BLOCK, _MARGIN = 1 << 16, 1 << 12
_MOST_BLOCKS = 16
#: Bytes of a body that are looked at to tell text.
_LOOKED_AT = 1 << 12
#: A line with a chunk size, and frames of WebSocket whose filler is made readable.
_MAX_CHUNK_LINE, _MAX_FRAME = 64, 1 << 12
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(;[^\r\n]*)?\r?\n")
#: Longest handshake message that is kept: chains have some thousands of bytes.
_MAX_HANDSHAKE = 1 << 18
#: Control and data frames of WebSocket (RFC 6455 section 5.2) with text that filler may stand for.
_TEXT_FRAME = 1


@dataclass(frozen=True, slots=True)
class _Part:
    """Bytes that may stay: ``make`` says what is written there, None where it is what was captured."""

    start: int
    end: int
    make: Callable[[], bytes] | None = None


class MaskedStream:
    """One direction of a flow as it may be seen."""

    def __init__(self, stream: ByteStream, parts: list[_Part] | None, sweep: Sweep) -> None:
        """``parts`` are what may stay; None where all may."""
        self._stream = stream
        self._parts = sorted(parts, key=lambda part: part.start) if parts is not None else [_Part(0, len(stream))]
        self._starts = [part.start for part in self._parts]
        self._sweep = sweep
        self._block = lru_cache(maxsize=_MOST_BLOCKS)(self._make_block)

    def read(self, start: int, end: int) -> bytes:
        """The bytes of ``[start, end)``, filler where the stream has none. Raises CaptureChanged."""
        first = max(start, 0)
        held = [FILLER * (min(first, end) - start)]
        while first < end:
            number, inside = divmod(first, _BLOCK)
            stop = min(end, (number + 1) * _BLOCK)
            held.append(self._block(number)[inside : inside + stop - first])
            first = stop
        return b"".join(held)

    def _make_block(self, number: int) -> bytes:
        core = number * _BLOCK
        start, end = max(core - _MARGIN, 0), core + _BLOCK + _MARGIN
        octets = bytearray(FILLER * (end - start))
        near = self._parts[max(bisect_right(self._starts, start) - 1, 0) : bisect_right(self._starts, end)]
        for part in near:
            self._put(part, octets, start)
        if not near or octets.count(FILLER) == len(octets):
            return FILLER * _BLOCK
        swept = self._sweep(bytes(octets))
        return swept[core - start : core - start + _BLOCK]

    def _put(self, part: _Part, octets: bytearray, base: int) -> None:
        """Write what of a part lies in these octets, whose first stands at ``base``."""
        end = base + len(octets)
        if part.end <= base or part.start >= end:
            return
        if part.make is None:
            for at, data in self._stream.parts(max(part.start, base), min(part.end, end)):
                octets[at - base : at - base + len(data)] = data
            return
        made = part.make()
        first, last = max(part.start, base), min(part.end, end)
        octets[first - base : last - base] = made[first - part.start : last - part.start]


def masked_streams(messages: Messages, masker: Masker, flow: Flow) -> tuple[MaskedStream, MaskedStream]:
    """Both directions of a flow, the client's first. Raises CaptureChanged."""
    sweep = sweep_of(masker, (flow.client.port, flow.server.port))
    kept: tuple[list[_Part] | None, list[_Part] | None] = (None, None)
    if masker.kinds & CONTENT_KINDS:
        kept = list[_Part](), list[_Part]()
        for part_of in (_tls_parts, _message_parts):
            for direction, part in part_of(messages, masker.kinds):
                own = kept[direction]
                assert own is not None
                own.append(part)
    streams = messages.streams
    return MaskedStream(streams[0], kept[0], sweep), MaskedStream(streams[1], kept[1], sweep)


_Found = Iterator[tuple[int, _Part]]


def _message_parts(messages: Messages, kinds: frozenset[MaskKind]) -> _Found:
    """Of messages that stand in the clear in what TCP carried."""
    for message in messages.messages:
        if message.layer:
            continue
        content, stream = message.content, messages.streams[message.direction]
        if isinstance(content, HttpMessage) and content.protocol == "HTTP/1":
            for part in _http_parts(content, stream, kinds):
                yield message.direction, part
        elif isinstance(content, WebSocketFrame):
            yield message.direction, _Part(content.span.start, content.payload.start)
            if content.mask and content.opcode == _TEXT_FRAME and len(content.payload) <= _MAX_FRAME:
                made = _masked_filler(content)
                yield message.direction, _Part(content.payload.start, content.payload.end, made)


def _masked_filler(frame: WebSocketFrame) -> Callable[[], bytes]:
    """Filler that is text once the frame's mask is taken off (RFC 6455 section 5.3)."""
    turn = bytes(octet ^ FILLER[0] for octet in frame.mask)
    size = len(frame.payload)
    return lambda: (turn * (size // 4 + 1))[:size]


# -- HTTP/1 -----------------------------------------------------------------------------------------------------------


def _http_parts(content: HttpMessage, stream: ByteStream, kinds: frozenset[MaskKind]) -> Iterator[_Part]:
    yield _Part(content.head.start, content.head.end, lambda: blank_head(content, kinds))
    if not content.body.edges:
        return
    body = Span(content.body.edges[0], content.body.edges[1])
    if content.body.chunked:
        yield from _chunk_parts(content, body, stream, kinds)
    elif "bodies" not in kinds and (not kinds & HIDE_BODIES or _is_text(content, stream, body)):
        yield _Part(body.start, body.end)


def _is_text(content: HttpMessage, stream: ByteStream, body: Span) -> bool:
    """Whether a body is what it seems, so that the sweep finds what is in it."""
    if content.header("content-encoding") or content.header("transfer-encoding"):
        return False
    seen = stream.read(body.start, min(body.end, body.start + _LOOKED_AT))
    return all(octet >= 0x20 or octet in b"\t\r\n\f" for octet in seen)


def _chunk_parts(content: HttpMessage, body: Span, stream: ByteStream, kinds: frozenset[MaskKind]) -> Iterator[_Part]:
    """The sizes of chunks (RFC 9112 section 7.1), and the trailers."""
    at = body.start
    while at < body.end:
        line = stream.read(at, min(at + _MAX_CHUNK_LINE, body.end))
        size = _CHUNK_LINE.match(line)
        if size is None or stream.missing(Span(at, at + size.end())):
            return
        after = at + size.end()
        yield _Part(at, after, _always(_chunk_line(size[0], size.end(1))))
        length = int(size[1], 16)
        if not length:
            yield _Part(after, body.end, _trailers(content, stream, Span(after, body.end), kinds))
            return
        at = after + length
        ends = stream.read(at, min(at + 2, body.end))
        breaks = 2 if ends == b"\r\n" else 1 if ends[:1] == b"\n" else 0
        yield _Part(at, at + breaks)
        if not breaks:
            return
        at += breaks


def _trailers(content: HttpMessage, stream: ByteStream, span: Span, kinds: frozenset[MaskKind]) -> Callable[[], bytes]:
    def make() -> bytes:
        octets = stream.read(span.start, span.end)
        return blank_trailers(content, octets.ljust(len(span), FILLER), span.start, kinds)

    return make


def _chunk_line(line: bytes, digits: int) -> bytes:
    """A chunk size; what an extension of it says goes."""
    end = len(line.rstrip(b"\r\n"))
    return line[:digits] + (b";" + FILLER * (end - digits - 1) if end > digits else b"") + line[end:]


# -- TLS --------------------------------------------------------------------------------------------------------------


def _tls_parts(messages: Messages, kinds: frozenset[MaskKind]) -> _Found:
    """Headers of records, and what records hold that were never encrypted."""
    hidden = Hidden(bool(kinds & {"names", "certificates"}), bool(kinds & {"names", "authorization"}))
    handshakes: dict[int, list[Message]] = {}
    for message in messages.messages:
        if isinstance(message.content, HandshakePart):
            handshakes.setdefault(message.layer, []).append(message)
    for flow in messages.tls:
        if flow.layer:
            continue
        for direction in (0, 1):
            for part in _record_parts(flow, direction):
                yield direction, part
        for message in handshakes.get(flow.handshake_layer, ()):
            stream = messages.layers[message.layer].streams[message.direction]
            if isinstance(stream, PlainStream) and len(message.span) <= _MAX_HANDSHAKE:
                for part in _handshake_parts(stream, message, hidden):
                    yield message.direction, part


def _record_parts(flow: TlsFlow, direction: int) -> Iterator[_Part]:
    columns, records = flow.columns[direction], flow.records[direction]
    for record in range(len(columns)):
        start, body, end = columns.start[record], columns.body[record], columns.end[record]
        yield _Part(start, body)
        if columns.plain_type[record] in {CHANGE_CIPHER_SPEC, ALERT} and not records.secret(record) and end - body <= 2:
            yield _Part(body, end)


def _handshake_parts(stream: PlainStream, message: Message, hidden: Hidden) -> Iterator[_Part]:
    """A handshake message, where it stands in records that were never encrypted."""
    part, span, records = message.content, message.span, stream.records
    assert isinstance(part, HandshakePart)
    pieces = stream.records_for(span)
    clear = [record for record in pieces if not records.secret(record) and records.columns.plain_type[record] != SEALED]
    if not pieces or clear != pieces or stream.missing(span):
        return
    octets = stream.read(span.start, span.end)
    if len(octets) != len(span):
        return
    blank = blank_handshake(octets, part.version, part.suite, hidden)
    for record in pieces:
        place = stream.span_of(record)
        assert place is not None
        first, last = max(place.start, span.start), min(place.end, span.end)
        at = records.columns.body[record] + first - place.start
        yield _Part(at, at + last - first, _always(blank[first - span.start : last - span.start]))


def _always(octets: bytes) -> Callable[[], bytes]:
    return lambda: octets
