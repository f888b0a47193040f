"""Which requests and responses do the frames of an HTTP/2 connection make up? (RFC 9113 section 8.1)

Plan: ``Http2Messages`` is told every frame of both directions and hands back each message with the frame that ends it:
END_STREAM, RST_STREAM, or the end of an interim response. A message is kept while it is open, within bounds.

Traps: frames of many streams alternate, so a message's span has bytes of others in it; ``body`` has its own places.
A server may send the head of a request that nobody made: PUSH_PROMISE.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Literal

from ladderview.proto.fields import Span
from ladderview.proto.http2 import CONTINUATION, DATA, HEADERS, PUSH_PROMISE, RST_STREAM, Http2Frame
from ladderview.proto.http_message import Body, Framing, HeaderField, HttpMessage
from ladderview.proto.http_names import ERROR_CODES

#: Messages of one direction that are open at the same time; the oldest is handed back where there are more.
MAX_OPEN = 1024

Sender = Literal["client", "server"]


@dataclass(slots=True)
class _Open:
    """A message of which not all frames came yet."""

    stream: int
    start: int
    end: int
    head: Span
    pushed: bool = False
    headers: list[HeaderField] = field(default_factory=list)
    trailers: list[HeaderField] = field(default_factory=list)
    edges: array[int] = field(default_factory=lambda: array("q"))
    length: int = 0
    missing: int = 0
    head_done: bool = False
    ends: bool = False  # END_STREAM came with a header block that is not complete
    has_head: bool = True
    notes: list[str] = field(default_factory=list)
    error: str = ""


class Http2Messages:
    """The messages of one connection that are open."""

    __slots__ = ("_block", "_open", "_reset")

    def __init__(self) -> None:
        self._open: dict[Sender, dict[int, _Open]] = {"client": {}, "server": {}}
        self._block: dict[Sender, _Open | None] = {"client": None, "server": None}  # whose header block is open
        self._reset: dict[Sender, dict[int, None]] = {"client": {}, "server": {}}  # streams the other end reset

    def add(self, sender: Sender, frame: Http2Frame) -> list[HttpMessage]:
        """Take the next frame of a direction; the messages that it ends, mostly none or one."""
        if self.is_late(sender, frame):
            return []
        if frame.frame_type in {HEADERS, PUSH_PROMISE, CONTINUATION}:
            return self._headers(sender, frame)
        if frame.frame_type == DATA:
            return self._data(sender, frame)
        if frame.frame_type == RST_STREAM:
            return self._close(sender, frame.stream, _why_reset(sender, frame))
        return []

    def broken_off(self, sender: Sender, frame: Http2Frame) -> list[HttpMessage]:
        """What the other end was sending on the stream that this RST_STREAM ends.

        It may go on for a while, until it hears of that (section 5.1): what comes is no message any more.
        """
        other: Sender = "server" if sender == "client" else "client"
        late = self._reset[other]
        late[frame.stream] = None
        if len(late) > MAX_OPEN:
            del late[next(iter(late))]
        return self._close(other, frame.stream, _why_reset(sender, frame))

    def is_late(self, sender: Sender, frame: Http2Frame) -> bool:
        """Whether a frame belongs to a stream that the other end has reset."""
        return frame.frame_type in {HEADERS, CONTINUATION, DATA} and frame.stream in self._reset[sender]

    def finish(self, sender: Sender) -> list[HttpMessage]:
        """The direction is over: hand back what was not complete."""
        streams = list(self._open[sender])
        return [message for stream in streams for message in self._close(sender, stream, "the stream ends in it")]

    # -- inside ---------------------------------------------------------------------------------------------------

    def _headers(self, sender: Sender, frame: Http2Frame) -> list[HttpMessage]:
        found: list[HttpMessage] = []
        if frame.frame_type == CONTINUATION:
            message = self._block[sender]
            if message is None or message.stream != _stream_of(frame, message):
                return found
        else:
            message = self._begin(sender, frame, found)
        self._block[sender] = None if frame.ends_headers else message
        message.end = frame.span.end
        message.ends |= frame.ends_stream or message.pushed
        message.notes += frame.notes
        message.error = message.error or frame.error
        (message.trailers if message.head_done else message.headers).extend(frame.headers)
        if not message.head_done:
            message.head = Span(message.head.start, frame.span.end)
        if frame.ends_headers:
            message.head_done = True
            if message.ends or _status(message.headers) // 100 == 1:
                found += self._close(sender, message.stream)
        return found

    def _begin(self, sender: Sender, frame: Http2Frame, found: list[HttpMessage]) -> _Open:
        """The message whose header block a frame begins: a new one, or one that gets trailers."""
        pushed = frame.frame_type == PUSH_PROMISE
        stream = _promised(frame) if pushed else frame.stream
        streams = self._open[sender]
        message = streams.get(stream)
        if message is not None and message.head_done and not pushed:
            return message
        if message is not None:
            found += self._close(sender, stream, "another header block begins")
        if len(streams) >= MAX_OPEN:
            found += self._close(sender, next(iter(streams)), f"more than {MAX_OPEN} streams are open")
        streams[stream] = message = _Open(stream, frame.span.start, frame.span.end, frame.span, pushed)
        return message

    def _data(self, sender: Sender, frame: Http2Frame) -> list[HttpMessage]:
        found: list[HttpMessage] = []
        streams = self._open[sender]
        message = streams.get(frame.stream)
        if message is None:
            if len(streams) >= MAX_OPEN:
                found += self._close(sender, next(iter(streams)), f"more than {MAX_OPEN} streams are open")
            nothing = Span(frame.span.start, frame.span.start)
            message = _Open(frame.stream, frame.span.start, frame.span.end, nothing, head_done=True, has_head=False)
            streams[frame.stream] = message
        message.end = frame.span.end
        message.notes += frame.notes
        message.missing += frame.missing
        message.error = message.error or frame.error
        if frame.content:
            message.edges.extend((frame.content.start, frame.content.end))
            message.length += max(0, len(frame.content) - frame.missing)
        return found + self._close(sender, frame.stream) if frame.ends_stream else found

    def _close(self, sender: Sender, stream: int, error: str = "") -> list[HttpMessage]:
        message = self._open[sender].pop(stream, None)
        if message is None:
            return []
        if self._block[sender] is message:
            self._block[sender] = None
        return [_as_message(message, sender, error)]


def _why_reset(sender: Sender, frame: Http2Frame) -> str:
    code = int.from_bytes(frame.octets[:4], "big")
    return f"the {sender} reset the stream: {ERROR_CODES.get(code, code)}"


def _promised(frame: Http2Frame) -> int:
    """The stream that a PUSH_PROMISE reserves (section 6.6)."""
    at = 1 if frame.flags & 0x08 else 0
    return int.from_bytes(frame.octets[at : at + 4], "big") & 0x7FFFFFFF


def _stream_of(frame: Http2Frame, message: _Open) -> int:
    """A CONTINUATION of a PUSH_PROMISE is sent on another stream than the one that is promised."""
    return message.stream if message.pushed else frame.stream


def _value(headers: list[HeaderField], name: str) -> str:
    return next((line.value for line in headers if line.name == name), "")


def _status(headers: list[HeaderField]) -> int:
    """Of ":status"; 0 where it is absent or no number."""
    value = _value(headers, ":status")
    return int(value) if len(value) <= 3 and value.isascii() and value.isdigit() else 0


def _as_message(message: _Open, sender: Sender, error: str) -> HttpMessage:
    headers = message.headers
    request = sender == "client" or message.pushed
    declared = _value(headers, "content-length")
    length = int(declared) if declared.isascii() and declared.isdigit() and len(declared) <= 18 else None
    framing = Framing.FRAMES if message.edges else Framing.NONE
    notes = [*message.notes]
    if not message.has_head:
        notes.append("its header fields were not captured")
    elif not error and length is not None and length != message.length + message.missing and message.length:
        notes.append("Content-Length is not the length of its content")
    return HttpMessage(
        protocol="HTTP/2",
        kind="request" if request else "response",
        span=Span(message.start, message.end),
        head=message.head,
        body=Body(framing, message.edges, message.length, length, message.missing),
        exchange=message.stream,
        method=_value(headers, ":method") if request else "",
        target=(_value(headers, ":path") or _value(headers, ":authority")) if request else "",
        version="HTTP/2",
        status=0 if request else _status(headers),
        headers=tuple(headers),
        trailers=tuple(message.trailers),
        notes=tuple(dict.fromkeys(notes)),
        error=message.error or error,
    )
