"""Which HTTP/2 frames do the bytes of one direction make up, and which header fields are in them? (RFC 9113)

Plan: ``Http2Reader`` is pushed the bytes in order and hands back each frame with its last byte. The payload of DATA is
counted and passed over; that of other frames is held, within bounds. Header blocks go to ``HeaderDecoder`` in the order
of the frames, for its table depends on all blocks before. ``http2_messages`` makes requests and responses of frames.

Traps: a client first sends the preface, which is no frame (section 3.4). A gap inside a payload damages that frame;
one over its edge makes the reader look for the next plausible header, and the header table is not known any more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ladderview.proto.fields import Span, byte_count
from ladderview.proto.http2_headers import HeaderDecoder, HeaderPart
from ladderview.proto.http_message import HeaderField, NotHttp
from ladderview.proto.http_names import FRAME_TYPES

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADER_SIZE = 9

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
#: ``Http2Frame.frame_type`` of the preface.
MAGIC = -1

END_STREAM, END_HEADERS, PADDED, PRIORITY_FLAG = 0x01, 0x04, 0x08, 0x20

#: Bytes of a payload that are held; header blocks have the same bound.
MAX_PAYLOAD = 1 << 20

#: SETTINGS_MAX_FRAME_SIZE's first value (section 6.5.2).
_USUAL_MAX = 1 << 14
_PREFACE_HEAD = PREFACE[:HEADER_SIZE]
#: Frames that are sent on stream 0, and those that may be on any (section 6).
_ON_CONNECTION = frozenset((SETTINGS, PING, GOAWAY))
_ON_ANY = frozenset((WINDOW_UPDATE, 0x0A, 0x10, 0x0C))
#: Lengths that section 6 fixes.
_SIZES = {PRIORITY: 5, RST_STREAM: 4, PING: 8, WINDOW_UPDATE: 4}
#: A header that keeps every rule of section 6, of a frame up to 2^14 bytes on one of the first 2^24 streams. One
#: pattern, because whole bodies are searched with it; DATA has to have a byte or END_STREAM, for zeros are no frames.
_LENGTH, _STREAM = rb"\x00(?:[\x00-\x3f].|\x40\x00)", rb"\x00(?!\x00\x00\x00)..."
_PLAUSIBLE = re.compile(
    rb"(?:"
    + rb"|".join(
        (
            rb"(?!\x00{5})" + _LENGTH + rb"\x00[\x00\x01\x08\x09]" + _STREAM,
            _LENGTH + rb"\x01[\x00\x01\x04\x05\x08\x09\x0c\x0d\x20\x21\x24\x25\x28\x29\x2c\x2d]" + _STREAM,
            rb"\x00\x00\x05\x02\x00" + _STREAM,
            rb"\x00\x00\x04\x03\x00" + _STREAM,
            rb"\x00\x00(?:\x00\x04[\x00\x01]|[\x06\x0c\x12\x18\x1e\x24\x2a\x30\x36\x3c\x42\x48\x4e]\x04\x00)\x00{4}",
            _LENGTH + rb"\x05[\x00\x04\x08\x0c]" + _STREAM,
            rb"\x00\x00\x08\x06[\x00\x01]\x00{4}",
            rb"\x00[\x00-\x3f][\x08-\xff]\x07\x00\x00{4}",
            rb"\x00\x00\x04\x08\x00\x00...",
            _LENGTH + rb"\x09[\x00\x04]" + _STREAM,
        )
    )
    + rb")",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Http2Frame:
    """One frame.

    Attributes:
        frame_type: of its header, or ``MAGIC`` for the preface.
        flags, stream: of its header.
        span: header and payload in the direction's stream.
        payload: the payload alone, padding included.
        content: of DATA the bytes of content: the payload without padding. Else empty.
        octets: the payload's bytes up to the first that is missing; of DATA nothing but the pad length.
        headers: the header fields that end in this frame.
        missing: bytes of the payload that were not captured.
        notes: violations, each a short sentence.
        error: why it could not be read to its end, or "".
    """

    frame_type: int
    flags: int
    stream: int
    span: Span
    payload: Span
    content: Span
    octets: bytes = b""
    headers: tuple[HeaderField, ...] = ()
    missing: int = 0
    notes: tuple[str, ...] = ()
    error: str = ""

    @property
    def name(self) -> str:
        """The registry's word for its type: "HEADERS"; "Magic" for the preface, as Wireshark has it."""
        return "Magic" if self.frame_type == MAGIC else FRAME_TYPES.get(self.frame_type, f"Unknown ({self.frame_type})")

    @property
    def ends_stream(self) -> bool:
        """Whether its sender sends nothing more on the stream."""
        return self.frame_type in {DATA, HEADERS} and bool(self.flags & END_STREAM)

    @property
    def ends_headers(self) -> bool:
        """Whether a header block ends in it."""
        return self.frame_type in {HEADERS, PUSH_PROMISE, CONTINUATION} and bool(self.flags & END_HEADERS)

    def header(self, name: str) -> str:
        """The value of the first header field of this name, or ""."""
        return next((line.value for line in self.headers if line.name == name), "")

    @property
    def summary(self) -> str:
        """As Wireshark's Info column has it: "HEADERS[1]: GET /"."""
        if self.frame_type == MAGIC:
            return self.name
        line = f"{self.name}[{self.stream}]"
        told = self.header(":status") or " ".join(filter(None, map(self.header, (":method", ":path"))))
        return f"{line}: {told}" if told else line


@dataclass(frozen=True, slots=True)
class _Header:
    length: int
    frame_type: int
    flags: int
    stream: int


class Http2Reader:
    """Cuts one direction's bytes into frames.

    Attributes:
        position: offset in the stream of the next byte that is expected.
    """

    __slots__ = (
        "_chunks",
        "_header",
        "_held",
        "_holds",
        "_in_step",
        "_missing",
        "_searched",
        "_start",
        "_wanted",
        "decoder",
        "position",
    )

    def __init__(self, start: int = 0) -> None:
        self.position = start
        self.decoder = HeaderDecoder()
        self._start = start  # of the frame that is being read, or of the bytes that are being searched
        self._held = b""  # of a header that is not complete
        self._header: _Header | None = None
        self._chunks: list[bytes] = []  # of the payload
        self._holds = 0
        self._missing = 0
        self._in_step = True
        self._searched = bytearray()  # bytes behind a gap of which no frame could be made yet
        self._wanted = 0  # how many of them it takes to go on

    @property
    def wanted(self) -> int:
        """How many more bytes hand nothing back until the last of them is there."""
        return 1 if self._header is None else max(self._frame_end(self._header) - self.position, 1)

    def feed(self, offset: int, data: bytes) -> list[Http2Frame | NotHttp]:
        """Take the bytes that stand at ``offset`` of the stream; hand back what they complete, in order.

        Bytes before ``position`` are taken as read; a jump ahead is a gap, as if ``lost`` had told it.
        """
        found = self.lost(self.position, offset) if offset > self.position else []
        if offset < self.position:
            data = data[self.position - offset :]
        self._read(data, found)
        return found

    def _read(self, data: bytes, found: list[Http2Frame | NotHttp]) -> None:
        base = self.position
        while self.position < base + len(data):
            at = self.position - base
            if self._header is not None:
                self._take_payload(self._header, data, at, found)
            elif self._in_step:
                self._take_header(data, at, found)
            else:
                again = self._search(data, at, found)
                if again:
                    base, data = self.position, again

    def lost(self, start: int, end: int) -> list[Http2Frame | NotHttp]:
        """The stream's bytes up to ``end`` will never come; hand back what they damage."""
        found: list[Http2Frame | NotHttp] = []
        gap = end - max(start, self.position)
        if gap <= 0:
            return found
        self._settle(found)
        header = self._header
        if header is not None:
            inside = min(gap, self._frame_end(header) - self.position)
            self._missing += inside
            self.position += inside
            if self.position == self._frame_end(header):
                self._frame(header, found)
        if self.position < end:
            self._give_up(found, "the bytes behind these are missing")
            self.decoder.lost()
            self.position = self._start = end
            self._in_step = False
        return found

    def closed(self) -> list[Http2Frame | NotHttp]:
        """The stream is over: hand back what was not complete."""
        found: list[Http2Frame | NotHttp] = []
        self._settle(found)
        if self._header is not None:
            self._missing += self._frame_end(self._header) - self.position
            self._frame(self._header, found)
        self._give_up(found, "the stream ends before a frame does")
        return found

    # -- inside ---------------------------------------------------------------------------------------------------

    def _frame_end(self, header: _Header) -> int:
        return self._start + HEADER_SIZE + header.length

    def _give_up(self, found: list[Http2Frame | NotHttp], error: str) -> None:
        if self._start < self.position:
            found.append(NotHttp(Span(self._start, self.position), error))
        self._held, self._start = b"", self.position
        self._searched, self._wanted = bytearray(), 0

    def _take_header(self, data: bytes, at: int, found: list[Http2Frame | NotHttp]) -> None:
        head = self._held[:HEADER_SIZE] + data[at : at + HEADER_SIZE - len(self._held[:HEADER_SIZE])]
        wanted = len(PREFACE) if head == _PREFACE_HEAD else HEADER_SIZE
        taken = data[at : at + wanted - len(self._held)]
        octets = self._held + taken
        self.position += len(taken)
        if len(octets) < wanted:
            self._held = octets
            return
        self._held = b""
        if octets == PREFACE:
            span, nothing = Span(self._start, self.position), Span(self.position, self.position)
            found.append(Http2Frame(MAGIC, 0, 0, span, nothing, nothing))
            self._start = self.position
            return
        header = _read_header(octets)
        if header.frame_type not in FRAME_TYPES and header.length > _USUAL_MAX:
            self._in_step = False
            self._searched = bytearray(octets)
            self.decoder.lost()
            return
        self._header = header
        if not header.length:
            self._frame(header, found)

    def _take_payload(self, header: _Header, data: bytes, at: int, found: list[Http2Frame | NotHttp]) -> None:
        end = self._frame_end(header)
        taken = min(len(data) - at, end - self.position)
        if not self._missing:
            room = 1 if header.frame_type == DATA else MAX_PAYLOAD
            piece = data[at : at + min(taken, room - self._holds)]
            if piece:
                self._chunks.append(piece)
                self._holds += len(piece)
        self.position += taken
        if self.position == end:
            self._frame(header, found)

    def _frame(self, header: _Header, found: list[Http2Frame | NotHttp]) -> None:
        """A frame is over, at ``position`` or behind what the stream has."""
        octets, missing = b"".join(self._chunks), self._missing
        begin, end = self._start + HEADER_SIZE, self._frame_end(header)
        payload = Span(begin, end)
        notes = _objections(header)
        error = f"{byte_count(missing)} of it missing" if missing else ""
        before, behind = _around(header, octets)
        content = Span(end, end)
        if before + behind > header.length:
            error = error or "the frame is too short for its padding and priority"
            before = behind = 0
        elif header.frame_type == DATA:
            content = Span(begin + before, end - behind)
            octets = octets[:before]
        part = HeaderPart()
        if header.frame_type in {HEADERS, PUSH_PROMISE, CONTINUATION}:
            notes += self._block_objections(header)
            if missing or len(octets) < header.length:
                self.decoder.lost()
                error = error or f"more than {MAX_PAYLOAD} bytes"
            elif not error:
                fragment = octets[before : len(octets) - behind]
                part = self.decoder.feed(fragment, begin + before, bool(header.flags & END_HEADERS))
        elif self.decoder.is_open:
            notes += ("a header block is not complete",)
        span = Span(self._start, end)
        kind, flags, stream = header.frame_type, header.flags, header.stream
        notes += part.notes
        error = error or part.error
        found.append(
            Http2Frame(kind, flags, stream, span, payload, content, octets, part.fields, missing, notes, error)
        )
        self._header, self._chunks, self._holds, self._missing = None, [], 0, 0
        self._start = end
        self.position = min(self.position, end)

    def _block_objections(self, header: _Header) -> tuple[str, ...]:
        if header.frame_type == CONTINUATION and not self.decoder.is_open:
            return ("no header block is open",)
        if header.frame_type != CONTINUATION and self.decoder.is_open:
            self.decoder.lost()
            return ("a header block is not complete",)
        return ()

    def _search(self, data: bytes, at: int, found: list[Http2Frame | NotHttp], last: bool = False) -> bytes:
        """Look for a plausible header; what lies before it is no frame. The bytes to go on with, once there is one."""
        self._searched += data[at:]
        self.position += len(data) - at
        if len(self._searched) < self._wanted and not last:
            return b""
        octets = bytes(self._searched)
        begin, wanted = _next_header(octets, last)
        if begin < 0 or wanted > len(octets):
            keep = max(0, len(octets) - HEADER_SIZE + 1) if begin < 0 else begin
            del self._searched[:keep]
            self._wanted = max(0, wanted - keep)
            return b""
        self.position -= len(octets) - begin
        self._give_up(found, "no frame begins here")
        self._in_step = True
        return octets[begin:]

    def _settle(self, found: list[Http2Frame | NotHttp]) -> None:
        """No more bytes follow what is being searched: take what there is for a header."""
        while not self._in_step and self._searched:
            again = self._search(b"", 0, found, last=True)
            if not again:
                return
            self._read(again, found)


def _read_header(octets: bytes) -> _Header:
    """Section 4.1: length, type, flags, a reserved bit, stream identifier."""
    stream = int.from_bytes(octets[5:9], "big") & 0x7FFFFFFF
    return _Header(int.from_bytes(octets[0:3], "big"), octets[3], octets[4], stream)


def _around(header: _Header, octets: bytes) -> tuple[int, int]:
    """Bytes of a payload before its content or header block (pad length, priority, promised stream), and padding."""
    before = behind = 0
    if header.flags & PADDED and header.frame_type in {DATA, HEADERS, PUSH_PROMISE}:
        before, behind = 1, octets[0] if octets else 0
    if header.frame_type == HEADERS and header.flags & PRIORITY_FLAG:
        before += 5
    if header.frame_type == PUSH_PROMISE:
        before += 4
    return before, behind


def _objections(header: _Header) -> tuple[str, ...]:
    """What section 6 forbids about a header."""
    notes: tuple[str, ...] = ()
    kind = header.frame_type
    if kind in _ON_CONNECTION and header.stream:
        notes += (f"{FRAME_TYPES[kind]} belongs to stream 0",)
    if kind in FRAME_TYPES and kind not in _ON_CONNECTION | _ON_ANY and not header.stream:
        notes += (f"{FRAME_TYPES[kind]} does not belong to stream 0",)
    if header.length != _SIZES.get(kind, header.length):
        notes += (f"{FRAME_TYPES[kind]} has {byte_count(_SIZES[kind])}",)
    if kind == SETTINGS and (header.length % 6 or (header.flags & 1 and header.length)):
        notes += ("SETTINGS has 6 bytes for each setting, and none with ACK",)
    if kind == GOAWAY and header.length < 8:
        notes += ("GOAWAY has at least 8 bytes",)
    return notes


def _next_header(octets: bytes, last: bool) -> tuple[int, int]:
    """Where a header begins that keeps every rule, with another one behind its frame, or -1; and bytes needed to tell.

    ``last`` where no more bytes follow: then nothing needs to stand behind the frame.
    """
    at = 0
    while True:
        match = _PLAUSIBLE.search(octets, at)
        if match is None:
            return -1, 0
        at = match.start()
        behind = at + HEADER_SIZE + int.from_bytes(octets[at : at + 3], "big")
        if len(octets) - behind < HEADER_SIZE:
            return at, 0 if last else behind + HEADER_SIZE
        if _PLAUSIBLE.match(octets, behind):
            return at, 0
        at += 1


def looks_like_http2(first: bytes) -> bool:
    """Whether a stream that begins with these bytes is HTTP/2: a client's preface, or a server's SETTINGS."""
    if first[: len(PREFACE)] == PREFACE[: len(first)] and len(first) >= HEADER_SIZE:
        return True
    return first[3:5] == b"\x04\x00" and _PLAUSIBLE.match(first) is not None
