"""Which HTTP/1 messages do the bytes of one direction make up? (RFC 9112)

Plan: ``Http1Reader`` is pushed the bytes in order and hands back each message with its last byte. It is a state
machine: ``_Place`` says what the next byte belongs to, ``_STEPS`` has the method that takes it. Heads, chunk sizes and
trailers are held until they are whole, within bounds; bodies are counted and passed over. ``Exchanges`` ties both
directions.

Traps: this is no endpoint. A violation is noted and reading goes on, if need be at the next line that begins a message.
How a response ends depends on its request (HEAD, CONNECT), so requests have to be fed before their responses.
Bytes come in any portions, also one by one: nothing here may look at what it holds from the start again.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Literal

from ladderview.proto.fields import Span, byte_count
from ladderview.proto.http1_growing import GrowingMessage
from ladderview.proto.http1_head import (
    StartLine,
    framing_of,
    is_likely,
    is_start_line,
    read_fields,
    read_head,
    read_start_line,
)
from ladderview.proto.http_exchanges import Asked, Exchanges
from ladderview.proto.http_message import Framing, HeaderField, HttpMessage, NotHttp, OtherProtocol

#: A head, or trailers, of more bytes is not read as one. Servers accept 8 to 64 KiB.
MAX_HEAD = 1 << 18
#: A start line of more bytes is none.
MAX_LINE = 1 << 16
#: A line with a chunk size, extensions included.
MAX_CHUNK_LINE = 1 << 14
#: More bytes than a stream has.
_ENDLESS = 1 << 62
#: Bytes that are held behind a CONNECT or an Upgrade while the response is not there.
MAX_AWAITED = 1 << 16

_HEAD_END = re.compile(rb"\n\r?\n")
_CHUNK_SIZE = re.compile(rb"[ \t]*(?:0[xX])?([0-9A-Fa-f]{1,15})[ \t]*(?:;|$)")

Found = HttpMessage | NotHttp | OtherProtocol


class _Place(Enum):
    """What the next byte belongs to."""

    BETWEEN = auto()  # messages, in step: a start line is due
    LOST = auto()  # somewhere; a line that begins a message is looked for
    HEAD = auto()
    COUNTED = auto()  # a body with a length
    CHUNK_SIZE = auto()
    CHUNK = auto()
    CHUNK_END = auto()
    TRAILERS = auto()
    TO_CLOSE = auto()
    AWAITED = auto()  # behind a request that may switch protocols
    SWITCHED = auto()


class Http1Reader:
    """Cuts one direction's bytes into messages.

    Attributes:
        position: offset in the stream of the next byte that is expected.
        exchanges: shared with the reader of the other direction.
    """

    def __init__(
        self,
        kind: Literal["request", "response"],
        exchanges: Exchanges | None = None,
        start: int = 0,
    ) -> None:
        self.position = start
        self.exchanges = exchanges if exchanges is not None else Exchanges()
        self._kind = kind
        self._place = _Place.BETWEEN
        self._held = bytearray()  # of what is being collected: a line, a head, trailers, awaited bytes
        self._held_at = start  # where it begins
        self._after_line_end = False  # while a message is looked for: whether a line ended at the place
        self._start_line: StartLine | None = None  # of the head that is being collected
        self._patient = True  # until a request that may switch protocols turned out to be never answered
        self._again = b""  # bytes that were held, and are to be read from ``position`` on
        self._junk_at = -1  # where bytes begin that are no message, or -1
        self._junk_error = ""
        self._message: GrowingMessage | None = None  # whose body is being read
        self._left = 0  # bytes of its body, or of the chunk
        self._waits_for: Asked | None = None  # the request whose answer says whose the bytes behind it are

    @property
    def wanted(self) -> int:
        """How many more bytes hand nothing back until the last of them is there."""
        if self._place in {_Place.COUNTED, _Place.CHUNK}:
            return max(self._left, 1)
        return _ENDLESS if self._place is _Place.TO_CLOSE else 1

    # -- in -------------------------------------------------------------------------------------------------------

    def feed(self, offset: int, data: bytes) -> list[Found]:
        """Take the bytes that stand at ``offset`` of the stream; hand back what they complete, in order.

        Bytes before ``position`` are taken as read; a jump ahead is a gap, as if ``lost`` had told it.
        """
        found = self.lost(self.position, offset) if offset > self.position else []
        if offset < self.position:
            data = data[self.position - offset :]
        self._read(data, found)
        return found

    def _read(self, data: bytes, found: list[Found]) -> None:
        """Take the bytes that stand at ``position``, and whatever a step wants to have read again."""
        if self._place is _Place.BETWEEN and not self._held and self.exchanges.protocol is not None:
            self._place = _Place.SWITCHED  # the request that asked for it was not captured
        if self._place is _Place.AWAITED and self._held:
            self._decide(found, over=False)
        parts = [(self.position + len(self._again), data)]
        while True:
            if self._again:
                octets, self._again = self._again, b""
                base, part = parts[-1]
                if self.position + len(octets) == base + len(part):
                    parts.pop()
                parts.append((self.position, octets))
            while parts and self.position >= parts[-1][0] + len(parts[-1][1]):
                parts.pop()
            if not parts:
                return
            base, part = parts[-1]
            _STEPS[self._place](self, part, self.position - base, found)

    def lost(self, start: int, end: int) -> list[Found]:
        """The stream's bytes up to ``end`` will never come; hand back what that ends."""
        found: list[Found] = []
        gap = end - max(start, self.position)
        if gap <= 0:
            return found
        place = self._place
        message = self._message
        if place is _Place.TO_CLOSE and message is not None:
            message.missing += gap
        elif place in {_Place.COUNTED, _Place.CHUNK} and gap <= self._left and message is not None:
            message.missing += gap
            self._left -= gap
        elif place is _Place.SWITCHED:
            found.append(OtherProtocol(self.exchanges.protocol or "", self.position, b"", gap))
        else:
            self._break_off(found, f"{byte_count(gap)} of it missing", gap)
        self.position = end
        if self._place in {_Place.COUNTED, _Place.CHUNK} and not self._left:
            self._body_passed(found)
        return found

    def closed(self) -> list[Found]:
        """The stream is over: hand back what was not complete."""
        found: list[Found] = []
        while self._place is _Place.AWAITED and self._held:
            self._decide(found, over=True)
            self._read(b"", found)
        if self._place is _Place.TO_CLOSE:
            self._finish(found)
        elif self._place is not _Place.SWITCHED:
            self._break_off(found, "the stream ends in it", 0)
        self._say_junk(found, self.position)
        return found

    # -- lines and heads ------------------------------------------------------------------------------------------

    def _line(self, data: bytes, at: int, limit: int) -> bytes | None:
        """The line that became whole (or too long), or None."""
        if not self._held:
            self._held_at = self.position
        room = limit - len(self._held)
        end = data.find(b"\n", at, at + room) + 1
        stop = end or min(len(data), at + room)
        self.position += stop - at
        if end and not self._held:
            return data[at:end]
        self._held += data[at:stop]
        return self._release() if end or len(self._held) >= limit else None

    def _release(self) -> bytes:
        octets = bytes(self._held)
        self._held = bytearray()
        return octets

    def _between(self, data: bytes, at: int, found: list[Found]) -> None:
        """Empty lines are passed over (RFC 9112 section 2.2), then comes a start line."""
        line = self._line(data, at, MAX_LINE)
        if line is None or line in {b"\r\n", b"\n"}:
            return
        start = read_start_line(line, self._held_at)
        if start is None:
            self._junk(self._held_at, "no message begins here")
            self._place, self._after_line_end = _Place.LOST, line[-1:] == b"\n"
            return
        self._say_junk(found, self._held_at)
        if start.version:
            self._start_line = start
            self._held += line
            self._place = _Place.HEAD
        else:
            self._head_read(line, start, found)

    def _search(self, data: bytes, at: int, found: list[Found]) -> None:
        """Pass over lines until one begins a message."""
        line = self._line(data, at, MAX_LINE)
        if line is None:
            return
        start = read_start_line(line, self._held_at)
        if start is not None and is_likely(start, self._after_line_end):
            self._say_junk(found, self._held_at)
            self._start_line = start
            self._held += line
            self._place = _Place.HEAD
        else:
            self._junk(self._held_at, "no message begins here")
            self._after_line_end = line[-1:] == b"\n"

    def _collect(self, data: bytes, at: int) -> bytes | None:
        """The fields with the empty line that ends them, once they are whole."""
        stop = at + MAX_HEAD - len(self._held)
        before = bytes(self._held[-2:])
        end = _HEAD_END.search(before + data[at : at + 2])  # one that is cut by the edge of what is held
        taken = end.end() - len(before) if end is not None else 0
        if end is None:
            end = _HEAD_END.search(data, at, stop)
            taken = end.end() - at if end is not None else min(len(data), stop) - at
        self._held += data[at : at + taken]
        self.position += taken
        return self._release() if end is not None else None

    def _head(self, data: bytes, at: int, found: list[Found]) -> None:
        octets = self._collect(data, at)
        if octets is not None and self._start_line is not None:
            self._head_read(octets, self._start_line, found)
        elif len(self._held) >= MAX_HEAD:
            self._break_off(found, f"the head has more than {MAX_HEAD} bytes", 0)

    def _head_read(self, octets: bytes, start: StartLine, found: list[Found]) -> None:
        """A head is whole: what comes behind it?"""
        message = self._begin(octets, start)
        method = message.asked.method if message.asked is not None else ""
        message.framing, message.declared, notes = framing_of(message.head, method)
        message.notes += notes
        if start.kind != self._kind:
            message.notes.append(f"a {start.kind} where {self._kind}s are expected")
        if not start.version:
            message.framing = Framing.NONE
        self._left = message.declared or 0
        if message.framing is Framing.NONE:
            self._finish(found)
        else:
            self._place = _BODY_PLACES[message.framing]

    def _begin(self, octets: bytes, start: StartLine) -> GrowingMessage:
        """A head was read; the bytes of which it is made begin at ``_held_at``."""
        head = read_head(octets, start)
        asked = self.exchanges.ask(head) if start.kind == "request" else self.exchanges.answer(head)
        self._message = GrowingMessage(head, octets, self._held_at, asked)
        return self._message

    # -- bodies ---------------------------------------------------------------------------------------------------

    def _counted(self, data: bytes, at: int, found: list[Found]) -> None:
        taken = min(len(data) - at, self._left)
        self._left -= taken
        self._content(taken)
        if not self._left:
            self._body_passed(found)

    def _content(self, size: int) -> None:
        """So many bytes of content were passed over."""
        self.position += size
        if self._message is not None:
            self._message.length += size

    def _body_passed(self, found: list[Found]) -> None:
        if self._place is _Place.CHUNK:
            self._place = _Place.CHUNK_END
        else:
            self._finish(found)

    def _to_close(self, data: bytes, at: int, found: list[Found]) -> None:
        self._content(len(data) - at)

    def _chunk_size(self, data: bytes, at: int, found: list[Found]) -> None:
        """RFC 9112 section 7.1: the size in hexadecimal, then extensions."""
        line = self._line(data, at, MAX_CHUNK_LINE)
        if line is None:
            return
        size = _CHUNK_SIZE.match(line.rstrip(b"\r\n"))
        if size is None:
            self._finish(found, "a chunk has no size")
            self._place, self._after_line_end = _Place.LOST, True
            return
        if line[-2:] != b"\r\n" or line[:1] in b" \t" or line[:2] in {b"0x", b"0X"}:
            self._note("a chunk size is written oddly")
        self._left = int(size[1], 16)
        self._place = _Place.CHUNK if self._left else _Place.TRAILERS

    def _chunk_end(self, data: bytes, at: int, found: list[Found]) -> None:
        """The line end behind a chunk."""
        ends, self._held = bytes(self._held) + data[at : at + 1], bytearray()
        self.position += 1
        if ends == b"\r":
            self._held += ends
        elif ends in {b"\r\n", b"\n"}:
            self._place = _Place.CHUNK_SIZE
            if ends == b"\n":
                self._note("a line ends in LF alone")
        else:
            self._finish(found, "a chunk is longer than its size")
            self._place, self._after_line_end = _Place.LOST, False

    def _trailers(self, data: bytes, at: int, found: list[Found]) -> None:
        """Field lines up to the empty one; mostly that is all."""
        if not self._held:
            self._held_at = self.position
            self._held += b"\n"  # the empty line may be the first
        octets = self._collect(data, at)
        if octets is not None:
            trailers, notes = read_fields(octets[1:], 0, self._held_at)
            self._finish(found, trailers=trailers, notes=notes)
        elif len(self._held) >= MAX_HEAD:
            self._break_off(found, f"the trailers have more than {MAX_HEAD} bytes", 0)

    # -- another protocol -----------------------------------------------------------------------------------------

    def _awaited(self, data: bytes, at: int, found: list[Found]) -> None:
        """Hold what comes until the response says whose it is."""
        if not self._held:
            self._held_at = self.position
        taken = data[at : at + MAX_AWAITED - len(self._held)]
        self._held += taken
        self.position += len(taken)
        self._decide(found, over=len(self._held) >= MAX_AWAITED)

    def _decide(self, found: list[Found], over: bool) -> None:
        """Hand on what was held, where it is known (or has to be guessed) whose it is."""
        switched = self.exchanges.protocol is not None
        if not switched and not over and self._waits_for is not None and self.exchanges.is_open(self._waits_for):
            return
        held = self._release()
        if switched:
            self._place = _Place.SWITCHED
            if held:
                found.append(OtherProtocol(self.exchanges.protocol or "", self._held_at, held))
            return
        self._patient = not over
        self._place = _Place.BETWEEN
        self.position -= len(held)
        self._again = held

    def _switched(self, data: bytes, at: int, found: list[Found]) -> None:
        found.append(OtherProtocol(self.exchanges.protocol or "", self.position, data[at:]))
        self.position += len(data) - at

    # -- out ------------------------------------------------------------------------------------------------------

    def _note(self, note: str) -> None:
        if self._message is not None and note not in self._message.notes:
            self._message.notes.append(note)

    def _finish(
        self, found: list[Found], error: str = "", trailers: tuple[HeaderField, ...] = (), notes: tuple[str, ...] = ()
    ) -> None:
        """Hand back the message, which ends at ``position``."""
        message, self._message = self._message, None
        self._place = _Place.BETWEEN
        if message is None:
            return
        message.trailers = trailers
        message.notes += notes
        found.append(message.as_message(self.position, error))
        asked = message.asked
        if message.head.start.kind == "response":
            if self.exchanges.response is message.head:
                self._place = _Place.SWITCHED
        elif asked is not None and asked.may_switch and self._patient:
            self._place, self._waits_for = _Place.AWAITED, asked

    def _break_off(self, found: list[Found], error: str, gap: int) -> None:
        """What is being read will not be complete; what follows is somewhere in the stream."""
        held, place = self._release(), self._place
        self._place, self._after_line_end = _Place.LOST, False
        if place is _Place.HEAD and self._start_line is not None:
            self._begin(held, self._start_line)
        message, self._message = self._message, None
        if message is not None:
            if message.framing is not Framing.NONE:
                message.missing += min(gap, self._left) if message.framing is Framing.LENGTH else gap
            found.append(message.as_message(self.position, error))
        elif held:
            self._junk(self._held_at, error)
        self._say_junk(found, self.position)

    def _junk(self, at: int, error: str) -> None:
        if self._junk_at < 0:
            self._junk_at, self._junk_error = at, error

    def _say_junk(self, found: list[Found], end: int) -> None:
        if 0 <= self._junk_at < end:
            found.append(NotHttp(Span(self._junk_at, end), self._junk_error))
        self._junk_at = -1


_STEPS = {
    _Place.BETWEEN: Http1Reader._between,
    _Place.LOST: Http1Reader._search,
    _Place.HEAD: Http1Reader._head,
    _Place.COUNTED: Http1Reader._counted,
    _Place.CHUNK_SIZE: Http1Reader._chunk_size,
    _Place.CHUNK: Http1Reader._counted,
    _Place.CHUNK_END: Http1Reader._chunk_end,
    _Place.TRAILERS: Http1Reader._trailers,
    _Place.TO_CLOSE: Http1Reader._to_close,
    _Place.AWAITED: Http1Reader._awaited,
    _Place.SWITCHED: Http1Reader._switched,
}


_BODY_PLACES = {
    Framing.LENGTH: _Place.COUNTED,
    Framing.CHUNKED: _Place.CHUNK_SIZE,
    Framing.UNTIL_CLOSE: _Place.TO_CLOSE,
}


def looks_like_http1(first: bytes) -> bool:
    """Whether a stream that begins with these bytes is HTTP/1: its first line, or a part of it, begins a message."""
    line = first.lstrip(b"\r\n")[:MAX_LINE]
    end = line.find(b"\n") + 1
    if end:
        return is_start_line(line[:end])
    return re.match(rb"HTTP/[0-9]\.[0-9] |[A-Z][A-Z_-]{2,19} (?:/|\*|http://)", line) is not None
