"""Which layers go on inside TCP in one segment: TLS records, what was in them, and HTTP?

Plan: the segment's payload is a stretch of its stream. The records that touch it come first, each with what it held:
its handshake messages as fields, its application data as a stretch of a further layer of bytes, in which the same
question is asked again. Bytes that stand in no single packet (a record of several segments, plaintext) become a run of
their own.

Bounds: a segment that an offload made may touch thousands of records, and a message may be as long as the capture. So
many records, messages and bytes are shown; the last ones, because those end here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from ladderview.analysis.answers import exchange_words
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.layer_words import (
    HEAD_LINES,
    PEEKED,
    bounded,
    http_lines,
    http_version,
    read_tls,
    text_lines,
    version_name,
)
from ladderview.analysis.message import (
    DATA,
    HTTP,
    HTTP2,
    TLS,
    WEBSOCKET,
    Message,
    Octets,
)
from ladderview.analysis.message_content import content_of_message, has_content
from ladderview.analysis.message_map import MessageMap
from ladderview.analysis.octets import SEALED, PlainStream
from ladderview.analysis.packet_layers import ByteRun, PacketLayers, ShownLayer, Story
from ladderview.analysis.streams import payload_span
from ladderview.analysis.tls_flow import TlsFlow
from ladderview.analysis.words import count, grouped
from ladderview.proto.fields import Dissection, Field, Span
from ladderview.proto.http2 import CONTINUATION, HEADERS, PUSH_PROMISE, Http2Frame, Http2Reader
from ladderview.proto.http2 import DATA as H2_DATA
from ladderview.proto.http2_fields import frame_fields, frame_lines, frame_words
from ladderview.proto.http_fields import message_fields
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.tcp import Flags
from ladderview.proto.tls_ciphers import suite_name
from ladderview.proto.tls_names import CONTENT_TYPES
from ladderview.proto.tls_record import APPLICATION_DATA, TlsRecord
from ladderview.proto.tls_record_fields import header_fields
from ladderview.proto.tls_vector import moved
from ladderview.proto.websocket import WebSocketFrame
from ladderview.proto.websocket import frame_fields as websocket_fields
from ladderview.proto.websocket import frame_words as websocket_words

#: Records and messages of one segment that are shown, and layers inside one another.
MOST_RECORDS, MOST_MESSAGES, MOST_FRAMES, MOST_DEPTH = 6, 4, 8, 16
#: Bytes of a record or a message that are shown.
MOST_BYTES = 1 << 18
#: Lines of a body.
BODY_LINES = 3
#: Segments that are listed.
MOST_CARRIERS = 12
_NO_KEYS = "the handshake that tells its keys is not in the capture"


@dataclass(frozen=True, slots=True)
class _Place:
    """Bytes of one run, and where they begin in the stream that spans count in.

    ``run`` is a row of the runs; offset ``x`` of the stream is byte ``x - origin`` of it; ``held`` says which of the
    stream's bytes it has.
    """

    run: int
    origin: int
    held: Span

    def has(self, span: Span) -> bool:
        return self.held.start <= span.start and span.end <= self.held.end


def upper_layers(
    packet: PacketLayers, analysis: FlowAnalysis, row: int, found: MessageMap, flight: Sequence[Message] = ()
) -> PacketLayers:
    """The packet with the layers inside its TCP, if there are any; unchanged else.

    Args:
        packet: the segment.
        analysis: its flow.
        row: the segment in it.
        found: the messages of the flow.
        flight: messages of the handshake that are shown with it although earlier segments brought them.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    size = int(analysis.segments.payload_len[row])
    if not size or not packet.layers:
        return packet
    return _Reading(packet, analysis, row, found).packet(size, flight)


class _Reading:
    """One segment being looked into."""

    def __init__(self, packet: PacketLayers, analysis: FlowAnalysis, row: int, found: MessageMap) -> None:
        self._base = packet
        self._row = row
        self._found = found
        self._segments = analysis.segments
        self._direction = int(analysis.segments.direction[row])
        self._runs = list(packet.runs)
        self._layers: list[ShownLayer] = []
        self._opened: tuple[str, ...] = ()
        self._last: tuple[tuple[Message, int] | None, tuple[tuple[Field, ...], str]] = None, ((), "")

    def packet(self, size: int, flight: Sequence[Message]) -> PacketLayers:
        """The packet with what was found."""
        segments, row, tcp = self._segments, self._row, self._base.layers[-1]
        stream = self._found.messages.streams[self._direction]
        seq = int(segments.seq[row]) + bool(int(segments.flags[row]) & Flags.SYN)
        span = payload_span(stream, row, seq, size)
        payload = tcp.dissection.payload
        held = len(self._runs[tcp.run].data[payload.start : payload.end])
        place = _Place(tcp.run, span.start - payload.start, Span(span.start, span.start + held))
        own = [one for one in flight if one.protocol == TLS and one.direction == self._direction]
        starts = [self._found.on_wire(one.layer, one.direction, one.span).start for one in own]
        self._look(0, Span(min([span.start, *starts]), span.end), place, len(self._base.layers))
        return replace(self._base, runs=tuple(self._runs), layers=(*self._base.layers, *self._layers))

    def _look(self, layer: int, span: Span, place: _Place, depth: int) -> None:
        """What has bytes of this stretch of a layer."""
        if depth > MOST_DEPTH:
            return
        for flow in self._found.messages.tls:
            if flow.layer == layer:
                records = flow.columns[self._direction].overlapping(span.start, span.end)
                self._more(len(records) - MOST_RECORDS, "TLS record", depth)
                for record in records[-MOST_RECORDS:]:
                    self._record(flow, record, span, place, depth)
        for message in self._found.touching(layer, self._direction, span, MOST_MESSAGES):
            if message.protocol == DATA and layer:
                # What nobody recognises is one run, however long: only what is here of it.
                here = Span(max(message.span.start, span.start), min(message.span.end, span.end))
                self._message(replace(message, span=here), layer, span, place, depth)
            elif isinstance(message.content, Http2Frame):
                for frame in self._frames(message):
                    self._message(frame, layer, span, place, depth)
            elif message.protocol in _TITLES:
                self._message(message, layer, span, place, depth)

    def _frames(self, message: Message) -> Iterator[Message]:
        """Each frame of a run of frames that only steer a connection; between them others may lie."""
        assert isinstance(message.content, Http2Frame)
        if message.content.span.end >= message.span.end:
            yield message
            return
        reader = Http2Reader(message.span.start)
        octets = self._found.messages.octets_of(message, PEEKED)
        frames = (one for one in reader.feed(message.span.start, octets) if isinstance(one, Http2Frame))
        for frame in islice((one for one in frames if one.frame_type not in _OF_MESSAGES), MOST_FRAMES):
            yield replace(message, name=frame.name, content=frame, span=frame.span, notes=frame.notes)

    def _more(self, left: int, noun: str, depth: int) -> None:
        if left > 0:
            title = f"{count(left, noun)} before"
            nothing = Dissection(title, "", (), Span(0, 0), Span(0, 0))
            self._layers.append(ShownLayer(nothing, self._base.layers[-1].run, Story("tls", depth, title)))

    # -- TLS ------------------------------------------------------------------------------------------------------

    def _record(self, flow: TlsFlow, index: int, span: Span, place: _Place, depth: int) -> None:
        columns, records = flow.columns[self._direction], flow.records[self._direction]
        whole = Span(columns.start[index], columns.end[index])
        below = self._found.messages.layers[flow.layer].streams[self._direction]
        inner = self._place_of(below, whole, place, "TLS record")
        sealed = columns.plain_type[index] == SEALED
        kind = columns.content_type[index] if sealed else columns.plain_type[index]
        messages = self._messages_in(flow, index, whole, kind)
        plain = self._plain_place(flow, index, inner)
        octets = self._runs[inner.run].data[columns.body[index] - inner.origin : whole.end - inner.origin]
        fragment = Span(columns.body[index], whole.end)
        record = TlsRecord(columns.content_type[index], columns.version[index], whole, fragment, octets)
        secret = records.secret(index)
        inner_type = kind if secret and kind != record.content_type else None
        fields = list(moved(header_fields(record, flow.version, inner_type), -inner.origin))
        names, told = [], []
        for message in messages:
            names.append(message.name)
            detail = message.summary.removeprefix(message.name).strip(" ()")
            if detail and plain is not None and plain.run == inner.run:
                told.append(detail if len(messages) == 1 else f"{message.name}: {detail}")
            if plain is not None and plain.run == inner.run:
                fields.append(self._as_group(message, plain))
        summary = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        summary = summary or CONTENT_TYPES.get(kind, f"type {kind}")
        version = version_name(flow.version, record.version)
        head, body = (
            Span(one.start - inner.origin, one.end - inner.origin)
            for one in (Span(whole.start, columns.body[index]), fragment)
        )
        carriers = self._carriers(flow.layer, whole)
        story = Story(
            "tls",
            depth,
            f"{version} record",
            f"{len(head)} + {grouped(len(body))} B",
            (*self._said_once(self._opening(flow, index, sealed, secret, messages)), *told, *carriers[0]),
            (),
            *carriers[1],
        )
        self._layers.append(
            ShownLayer(Dissection(version, summary, tuple(fields), head, body, record.error), inner.run, story)
        )
        if plain is None:
            return
        if plain.run != inner.run and kind != APPLICATION_DATA:
            for message in messages[-MOST_MESSAGES:]:
                self._hidden(message, plain, depth + 1)
        elif kind == APPLICATION_DATA:
            self._look(flow.application_layer, plain.held, plain, depth + 1)

    def _opening(
        self, flow: TlsFlow, index: int, sealed: bool, secret: str, messages: list[Message]
    ) -> tuple[str, ...]:
        """What a record was decrypted with, or why not; nothing for one that was never encrypted."""
        if secret:
            columns = flow.columns[self._direction]
            size, plain = columns.end[index] - columns.body[index], columns.plain_len[index]
            added = f"{grouped(plain)} B of plaintext, {grouped(size - plain)} B added by the cipher"
            return f"Decrypted with {secret}", suite_name(flow.suite), added
        if not sealed:
            return ()
        told = next((message.sealed for message in messages if message.sealed), "")
        reason = told or flow.records[self._direction].reason(index) or _NO_KEYS
        return (f"Not decrypted: {reason}",)

    def _said_once(self, opening: tuple[str, ...]) -> tuple[str, ...]:
        """How a record was opened, or why not, without what the box above says already."""
        said, self._opened = self._opened, opening
        if len(opening) < 2:
            return opening if opening != said else ()
        return opening[2:] if opening[:2] == said[:2] else opening

    def _messages_in(self, flow: TlsFlow, index: int, whole: Span, kind: int) -> list[Message]:
        """The messages of TLS itself that have bytes in a record, or the one that says that it is sealed."""
        for layer in (flow.handshake_layer, flow.control_layer):
            part = self._stream(layer).span_of(index)
            if part is not None:
                return self._found.touching(layer, self._direction, part, MOST_MESSAGES * 4)
        if kind == APPLICATION_DATA and self._stream(flow.application_layer).span_of(index) is not None:
            return []
        return [one for one in self._found.touching(flow.layer, self._direction, whole, 1) if one.protocol == TLS]

    def _stream(self, layer: int) -> PlainStream:
        stream = self._found.messages.layers[layer].streams[self._direction]
        assert isinstance(stream, PlainStream)
        return stream

    def _plain_place(self, flow: TlsFlow, index: int, inner: _Place) -> _Place | None:
        """Where the plaintext of a record can be looked at; None where it is sealed."""
        for layer in (flow.handshake_layer, flow.control_layer, flow.application_layer):
            part = self._stream(layer).span_of(index)
            if part is None:
                continue
            records = flow.records[self._direction]
            if not records.secret(index):
                body = flow.columns[self._direction].body[index]
                return _Place(inner.run, part.start - (body - inner.origin), part)
            plaintext = records.plaintext(index)
            return _Place(self._add_run("Decrypted", plaintext, len(part)), part.start, part)
        return None

    def _as_group(self, message: Message, plain: _Place) -> Field:
        """A message of TLS as a field of its record."""
        fields, error = self._tls_fields(message, plain)
        start = max(message.span.start - plain.origin, 0)
        return Field(message.name, None, message.summary.removeprefix(message.name).strip(" ()"),
                     Span(start, max(message.span.end - plain.origin, start)), fields, error)  # fmt: skip

    def _hidden(self, message: Message, plain: _Place, depth: int) -> None:
        """A message of TLS that was decrypted: a layer of its own, whose bytes are in the plaintext."""
        fields, error = self._tls_fields(message, plain)
        place = plain
        if not plain.has(message.span):
            place = self._place_of(self._stream(message.layer), message.span, plain, message.name)
            fields, error = self._tls_fields(message, place)
        span = Span(message.span.start - place.origin, message.span.end - place.origin)
        summary = message.summary.removeprefix(message.name).strip(" ()")
        story = Story("tls", depth, message.name, f"{grouped(len(span))} B", (summary,) if summary else ())
        self._layers.append(
            ShownLayer(
                Dissection(message.name, summary, fields, span, Span(span.end, span.end), error), place.run, story
            )
        )

    def _tls_fields(self, message: Message, place: _Place) -> tuple[tuple[Field, ...], str]:
        """What was read of a message; once, although it may be shown with many records, and may be of thousands."""
        base = message.span.start - place.origin
        if not place.has(message.span) and place.run == self._base.layers[-1].run:
            base = -message.span.end  # no byte of this run may be lit for it
        known = message, base
        if known != self._last[0]:
            octets = self._found.messages.octets_of(message, MOST_BYTES)
            self._last = known, read_tls(message, octets, base)
        return self._last[1]

    # -- HTTP and WebSocket ---------------------------------------------------------------------------------------

    def _message(self, message: Message, layer: int, span: Span, place: _Place, depth: int) -> None:
        stream = self._found.messages.layers[layer].streams[self._direction]
        begins = message.span.start >= span.start
        inner = self._place_of(stream, message.span, place, _TITLES.get(message.protocol, "Data"))
        content = message.content
        fields: tuple[Field, ...] = ()
        title, beside = _TITLES.get(message.protocol, "Data"), ""
        text: tuple[str, ...] = ()
        words: tuple[str, ...] = ()
        named = ""
        head = Span(message.span.start, message.span.start)
        if isinstance(content, HttpMessage):
            fields = message_fields(bounded(content))
            title = f"{http_version(content)} {content.kind}"
            beside = message.name
            text = tuple(http_lines(content))
            body = self._content_lines(message)
            text += ("", *body) if body else ()
            head = content.head
            if content.protocol == "HTTP/2" and message.exchange >= 0:
                words = (f"Stream {message.exchange}",)
        elif isinstance(content, Http2Frame):
            fields, named = frame_fields(content), content.name
            beside = _sizes(content.span, content.payload)
            words, text = tuple(filter(None, (frame_words(content),))), frame_lines(content)[:HEAD_LINES]
            head = content.span
        elif isinstance(content, WebSocketFrame):
            fields, named = websocket_fields(content), message.name
            beside = _sizes(content.span, content.payload)
            words = websocket_words(content)
            head = content.span
            text = self._content_lines(message)
        elif message.protocol == DATA:
            beside = f"{grouped(len(message.span))} B"
            text = self._content_lines(message)
        if not begins and message.row != self._row:
            text = text[:1]
        remarks, carried = self._carriers(layer, message.span)
        if inner is place and layer:
            remarks = ()  # the record around it says so
        notes = tuple(f"{note[:1].upper()}{note[1:]}" for note in message.notes[:3])
        exchange = self._found.answers.exchange_of(message, self._segments)
        linked = (exchange_words(message, exchange, self._segments),) if exchange else ()
        family: Literal["http", "tcp"] = "tcp" if message.protocol == DATA else "http"
        story = Story(family, depth, title, beside, (*words, *remarks, *linked, *notes), text, *carried, message, named)
        header, payload = (
            Span(one.start - inner.origin, one.end - inner.origin) for one in (head, Span(head.end, message.span.end))
        )
        dissection = Dissection(title, message.summary, moved(fields, -inner.origin), header, payload, message.error)
        self._layers.append(ShownLayer(dissection, inner.run, story))

    def _content_lines(self, message: Message) -> tuple[str, ...]:
        """The first lines of a content that is text, its codings undone."""
        if not has_content(message):
            return ()
        return text_lines(content_of_message(self._found.messages, message, PEEKED).octets, BODY_LINES)

    # -- bytes ----------------------------------------------------------------------------------------------------

    def _place_of(self, stream: Octets, span: Span, place: _Place, name: str) -> _Place:
        """Where these bytes of a stream can be looked at: in the run at hand, else in one of their own."""
        if place.has(span):
            return place
        data = _unbroken(stream, span)
        return _Place(self._add_run(name, data, len(span)), span.start, Span(span.start, span.start + len(data)))

    def _add_run(self, name: str, data: bytes, size: int) -> int:
        """A run of these bytes, of so many; the number of it."""
        shown = (
            f"{name}, {count(size, 'byte')}"
            if len(data) >= size
            else f"{name}, {grouped(len(data))} of {count(size, 'byte')}"
        )
        for number, run in enumerate(self._runs):
            if run.title == shown and run.data == data:
                return number
        self._runs.append(ByteRun(shown, data))
        return len(self._runs) - 1

    def _carriers(self, layer: int, span: Span) -> tuple[tuple[str, ...], tuple[tuple[tuple[int, int, int], ...], int]]:
        """In words and as a list, which packets carried a stretch of a layer; nothing where it is this one alone."""
        wire = self._found.on_wire(layer, self._direction, span)
        found = self._found.carriers(self._direction, wire, self._row, MOST_CARRIERS)
        if found.count < 2 and found.first in (self._row, -1):
            return (), ((), 0)
        packets = self._segments.packet
        parts = tuple((int(packets[part.row]), part.start, part.end) for part in found.parts)
        first, last = int(packets[found.first]) + 1, int(packets[found.last]) + 1
        where = f"in {count(found.count, 'segment')}, #{first} to #{last}" if found.count > 1 else f"in #{first}"
        return (f"{grouped(len(span))} B {where}",), (parts, found.count)


_NAMED = 6
#: Frames that are parts of requests and responses.
_OF_MESSAGES = frozenset({H2_DATA, HEADERS, PUSH_PROMISE, CONTINUATION})
_TITLES = {HTTP: "HTTP message", HTTP2: "HTTP/2", WEBSOCKET: "WebSocket"}


def _sizes(frame: Span, payload: Span) -> str:
    """Header and payload of a frame."""
    return f"{len(frame) - len(payload)} + {grouped(len(payload))} B" if payload else f"{len(frame)} B"


def _unbroken(stream: Octets, span: Span) -> bytes:
    """The bytes of a span up to the first that is missing, or to the bound."""
    end = min(span.end, span.start + MOST_BYTES)
    held: list[bytes] = []
    at = span.start
    for part in stream.parts(at, end):
        if part[0] != at:
            break
        held.append(part[1])
        at += len(part[1])
    return b"".join(held)
