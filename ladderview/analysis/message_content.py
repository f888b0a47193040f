"""What content does a message carry, over all of its segments and without its codings?

Plan: ``decoding_of`` reads the places of a body from the stream of its layer, so what segments or records carried it
does not matter, and takes its codings off: chunks and content codings of HTTP, masks and compression of WebSocket.
``content_of_message`` holds so much of it as a person looks at; ``decoding_of`` passes a content of any size through.

Traps: a message of WebSocket may be several frames with control frames between them, and with context takeover
(RFC 7692 section 7.1.1) it is compressed with the messages before it as its dictionary; those are then read first.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.message import DATA, WEBSOCKET, Message, Octets
from ladderview.analysis.messages import Messages
from ladderview.analysis.streams import payload_span
from ladderview.proto.bodies import LIMIT, Decoded, Decoding, inflate_message
from ladderview.proto.content import Content, Kind, content_of
from ladderview.proto.fields import Span
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.tcp import Flags
from ladderview.proto.websocket import CLOSE, WebSocketFrame, unmasked

#: Bytes of content that are shown at first, and that are saved at most.
SHOWN, MOST_SAVED = 1 << 18, 1 << 31
#: Frames of one message of WebSocket, and compressed bytes before it, that are looked at.
_MOST_FRAMES, _MOST_BEFORE = 10_000, 1 << 24

#: Suffixes of files by media type, where the content says which.
_SUFFIXES = {
    "application/json": ".json",
    "application/javascript": ".js",
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "application/zip": ".zip",
    "text/css": ".css",
    "text/html": ".html",
    "text/javascript": ".js",
    "text/plain": ".txt",
    "text/xml": ".xml",
    "image/jpeg": ".jpg",
    "image/svg+xml": ".svg",
    "image/x-icon": ".ico",
}
_NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class MessageContent:
    """The content of a message.

    Attributes:
        octets: the content, as much of it as was asked for.
        content: the same as a person reads it.
        sent: bytes of it as they were sent, with codings.
        codings: what was taken off, in that order.
        notes: what is wrong with it, each a short sentence.
        has_more: whether there is more of it than was asked for.
    """

    octets: bytes
    content: Content
    sent: int
    codings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    has_more: bool = False


def has_content(message: Message) -> bool:
    """Whether a message carries content that can be looked at."""
    carried = message.content
    if isinstance(carried, HttpMessage):
        return bool(carried.body.edges)
    if isinstance(carried, WebSocketFrame):
        return carried.opcode < CLOSE and len(carried.payload) > 0
    return message.protocol == DATA and len(message.span) > 0


def content_of_message(messages: Messages, message: Message, limit: int = SHOWN) -> MessageContent:
    """The first ``limit`` bytes of a message's content, decoded.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    decoding = decoding_of(messages, message)
    held = bytearray()
    for part in decoding:
        held += part
        if len(held) > limit:
            break
    has_more = len(held) > limit
    octets = bytes(held[:limit])
    media_type = _content_type(messages, message)
    content = content_of(octets, media_type, is_whole=not has_more and decoding.is_whole)
    notes = (*decoding.notes, *content.notes)
    sent = sum(map(sent_size, _frames_of(messages, message))) if message.protocol == WEBSOCKET else sent_size(message)
    return MessageContent(octets, content, sent, decoding.codings, notes, has_more)


def decoding_of(messages: Messages, message: Message, limit: int = LIMIT) -> Decoding:
    """A message's content, a portion at a time; reading it raises CaptureChanged."""
    stream = messages.layers[message.layer].streams[message.direction]
    carried = message.content
    if isinstance(carried, HttpMessage):
        codings = [carried.header("content-encoding"), _transfer_codings(carried)]
        return Decoding(
            _pieces(stream, carried.body.spans()),
            chunked=carried.body.chunked,
            content_encoding=",".join(filter(None, codings)),
            limit=limit,
        )
    if isinstance(carried, WebSocketFrame):
        return _websocket(messages, message, stream, limit)
    return Decoding(_pieces(stream, iter((message.span,))), limit=limit)


def sent_size(message: Message) -> int:
    """Bytes of a message's content as they were sent, with codings; of WebSocket, those of one frame."""
    carried = message.content
    if isinstance(carried, HttpMessage):
        return sum(end - start for start, end in _pairs(carried))
    if isinstance(carried, WebSocketFrame):
        return len(carried.payload)
    return len(message.span)


def payload_message(messages: Messages, analysis: FlowAnalysis, row: int) -> Message | None:
    """The payload of one segment as a message of data, for a flow in which nobody recognises any.

    None for a reset: what it carries (a diagnosis, RFC 9293 section 3.5.2) is not of the stream.
    """
    segments = analysis.segments
    if int(segments.flags[row]) & Flags.RST:
        return None
    direction, size = int(segments.direction[row]), int(segments.payload_len[row])
    seq = int(segments.seq[row]) + bool(int(segments.flags[row]) & Flags.SYN)
    span = payload_span(messages.streams[direction], row, seq, size)
    return Message(DATA, "Data", "Data", direction, 0, span, row)


def file_name_of(message: Message, content: Content) -> str:
    """A name for the content in a file: what the request asked for, or what it is."""
    carried = message.content
    suffix = _SUFFIXES.get(content.media_type, "")
    if not suffix:
        kinds = {Kind.TEXT: ".txt", Kind.JSON: ".json", Kind.IMAGE: f".{content.media_type.partition('/')[2]}"}
        suffix = kinds.get(content.kind, ".bin")
    stem = "body"
    if isinstance(carried, HttpMessage) and carried.target:
        stem = carried.target.partition("?")[0].rstrip("/").rpartition("/")[2]
    stem = _NO_NAME.sub("-", stem).strip("-.")[:60] or "body"
    return stem if "." in stem[1:] else stem + suffix


def _content_type(messages: Messages, message: Message) -> str:
    carried = message.content
    if isinstance(carried, HttpMessage):
        return carried.content_type
    if isinstance(carried, WebSocketFrame):
        first = next(iter(_frames_of(messages, message)))
        opcode = first.content.opcode if isinstance(first.content, WebSocketFrame) else 0
        return "" if opcode == 1 else "application/octet-stream"
    return ""


def _transfer_codings(carried: HttpMessage) -> str:
    """Transfer codings besides chunked (RFC 9112 section 7); they were applied after content codings."""
    names = [name.strip() for name in carried.header("transfer-encoding").split(",")]
    return ",".join(name for name in names if name.lower() not in {"", "chunked", "identity"})


def _pairs(carried: HttpMessage) -> Iterator[tuple[int, int]]:
    return ((span.start, span.end) for span in carried.body.spans())


def _pieces(stream: Octets, spans: Iterator[Span]) -> Iterator[bytes | int]:
    """The bytes of the spans as they are in the stream; a number for those that are missing."""
    for span in spans:
        at = span.start
        for offset, data in stream.parts(span.start, span.end):
            if offset > at:
                yield offset - at
            yield data
            at = offset + len(data)
        if at < span.end:
            yield span.end - at


# -- WebSocket --------------------------------------------------------------------------------------------------------


def _websocket(messages: Messages, message: Message, stream: Octets, limit: int) -> Decoding:
    """The message that a frame belongs to, without masks and compression (RFC 6455 section 5.4)."""
    frames = _frames_of(messages, message)
    first = frames[0].content
    assert isinstance(first, WebSocketFrame)
    if not first.is_compressed:
        return Decoding((piece for frame in frames for piece in _unmasked_pieces(stream, frame)), limit=limit)
    payload = _payload(stream, frames)
    alone = inflate_message(payload, limit)
    if not alone.is_whole:
        octets = _with_those_before(messages, frames[0], stream, payload, limit)
        alone = Decoded(octets, alone.codings) if octets is not None else alone
    return Decoding([alone.octets], limit=limit, before=alone)


def _frames_of(messages: Messages, message: Message) -> list[Message]:
    """The data frames of the message that a frame belongs to, in order."""
    frames = list(_data_frames(messages, message))
    at = next(place for place, frame in enumerate(frames) if frame is message)
    first = at
    while first > 0 and at - first < _MOST_FRAMES and _opcode(frames[first]) == 0:
        first -= 1
    last = at
    while last + 1 < len(frames) and last - at < _MOST_FRAMES and not _is_last(frames[last]):
        if _opcode(frames[last + 1]) != 0:
            break
        last += 1
    return frames[first : last + 1]


def _data_frames(messages: Messages, message: Message) -> Iterator[Message]:
    """The frames of the same direction that carry data."""
    for one in messages.messages:
        same = one.protocol == WEBSOCKET and (one.layer, one.direction) == (message.layer, message.direction)
        if same and isinstance(one.content, WebSocketFrame) and one.content.opcode < CLOSE:
            yield one


def _opcode(message: Message) -> int:
    return message.content.opcode if isinstance(message.content, WebSocketFrame) else 0


def _is_last(message: Message) -> bool:
    return isinstance(message.content, WebSocketFrame) and message.content.fin


def _unmasked_pieces(stream: Octets, message: Message) -> Iterator[bytes | int]:
    frame = message.content
    assert isinstance(frame, WebSocketFrame)
    done = 0
    for piece in _pieces(stream, iter((frame.payload,))):
        if isinstance(piece, int):
            done += piece
            yield piece
            continue
        turned = frame.mask[done % 4 :] + frame.mask[: done % 4]
        done += len(piece)
        yield unmasked(piece, turned)


def _payload(stream: Octets, frames: list[Message]) -> bytes:
    """The payloads of frames, unmasked, up to the first gap."""
    held = bytearray()
    for frame in frames:
        for piece in _unmasked_pieces(stream, frame):
            if isinstance(piece, int) or len(held) > LIMIT:
                return bytes(held)
            held += piece
    return bytes(held)


def _with_those_before(messages: Messages, first: Message, stream: Octets, payload: bytes, limit: int) -> bytes | None:
    """A message inflated with those before it as its dictionary; None where they do not help."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    groups = _compressed_before(messages, first)
    if sum(sent_size(frame) for group in groups for frame in group) > _MOST_BEFORE:
        return None
    try:
        for group in groups:
            data = _payload(stream, group) + b"\x00\x00\xff\xff"
            while data:
                engine.decompress(data, 1 << 16)
                data = engine.unconsumed_tail
        return engine.decompress(payload + b"\x00\x00\xff\xff", limit)
    except zlib.error:
        return None


def _compressed_before(messages: Messages, first: Message) -> list[list[Message]]:
    """The compressed messages before one, each as its frames."""
    frames = []
    for frame in _data_frames(messages, first):
        if frame is first:
            break
        frames.append(frame)
    begins = [place for place, frame in enumerate(frames) if _opcode(frame) != 0]
    groups = [frames[start:end] for start, end in pairwise([*begins, len(frames)])]
    return [group for group in groups if _is_compressed(group[0])]


def _is_compressed(message: Message) -> bool:
    return isinstance(message.content, WebSocketFrame) and message.content.is_compressed
