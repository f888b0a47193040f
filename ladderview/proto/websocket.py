"""Which WebSocket frames do the bytes of one direction make up? (RFC 6455 section 5)

Plan: ``WebSocketReader`` is pushed the bytes behind the upgrade and hands back each frame with its last byte. Payloads
are counted and passed over; their first bytes, unmasked, are kept for a label and for what a Close frame says.

Traps: a client masks and a server does not, but a viewer reads either and notes it. A length may be lying by exabytes,
which costs nothing; a frame that never ends has a span that ends behind the stream. Nothing marks where a frame begins:
behind a gap over a frame's edge, reading goes on only where the bytes that are fed at once (a segment's or a record's)
are whole frames without exception.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ladderview.proto.fields import Field, FieldReader, Span, byte_count, named, set_or_not
from ladderview.proto.http_message import NotHttp

#: https://www.iana.org/assignments/websocket, opcodes.
OPCODES = {0x0: "Continuation", 0x1: "Text", 0x2: "Binary", 0x8: "Close", 0x9: "Ping", 0xA: "Pong"}

#: https://www.iana.org/assignments/websocket, close codes.
CLOSE_CODES = {
    1000: "Normal Closure",
    1001: "Going Away",
    1002: "Protocol error",
    1003: "Unsupported Data",
    1005: "No Status Rcvd",
    1006: "Abnormal Closure",
    1007: "Invalid frame payload data",
    1008: "Policy Violation",
    1009: "Message Too Big",
    1010: "Mandatory Ext.",
    1011: "Internal Error",
    1012: "Service Restart",
    1013: "Try Again Later",
    1014: "Bad Gateway",
    1015: "TLS handshake",
}

CLOSE = 0x8

#: Section 5.5: the most that a control frame may carry; so much of every frame is kept.
MAX_CONTROL = 125

_LONGEST_HEADER = 14
#: A length is believed up to here, so that the places of what follows are still numbers of 64 bits.
_MAX_LENGTH = 1 << 61


@dataclass(frozen=True, slots=True)
class WebSocketFrame:
    """One frame.

    Attributes:
        fin: whether the message ends with it.
        reserved: the three RSV bits; 4 is RSV1, which permessage-deflate sets (RFC 7692 section 6).
        opcode: of its header.
        mask: the masking key, or empty.
        span: header and payload in the direction's stream.
        payload: the payload alone, as it was sent.
        octets: the first ``MAX_CONTROL`` bytes of the payload, unmasked.
        missing: bytes of the payload that were not captured.
        notes: violations, each a short sentence.
        error: why it could not be read to its end, or "".
    """

    fin: bool
    reserved: int
    opcode: int
    mask: bytes
    span: Span
    payload: Span
    octets: bytes
    missing: int = 0
    notes: tuple[str, ...] = ()
    error: str = ""

    @property
    def name(self) -> str:
        """The registry's word for its opcode."""
        return OPCODES.get(self.opcode, f"Unknown ({self.opcode})")

    @property
    def is_compressed(self) -> bool:
        """Whether the message that begins with it is compressed (permessage-deflate)."""
        return bool(self.reserved & 4)

    @property
    def close_code(self) -> int:
        """Of a Close frame; 1005 where it has none (section 7.1.5)."""
        return int.from_bytes(self.octets[:2], "big") if len(self.octets) >= 2 else 1005

    @property
    def summary(self) -> str:
        """As Wireshark's Info column has it: "WebSocket Text [FIN] [MASKED]"."""
        marks = (" [FIN]" if self.fin else "") + (" [MASKED]" if self.mask else "")
        return f"WebSocket {self.name}{marks}"


@dataclass(frozen=True, slots=True)
class _Header:
    first: int
    mask: bytes
    size: int
    length: int
    masked: bool
    oddly_long: bool

    @property
    def opcode(self) -> int:
        return self.first & 0x0F


class WebSocketReader:
    """Cuts one direction's bytes into frames.

    Attributes:
        position: offset in the stream of the next byte that is expected.
    """

    __slots__ = ("_fragments", "_header", "_held", "_in_step", "_masks", "_missing", "_shown", "_start", "position")

    def __init__(self, sender: Literal["client", "server"], start: int = 0) -> None:
        self.position = start
        self._masks = sender == "client"
        self._start = start
        self._held = b""  # of a header that is not complete
        self._shown = b""  # of the payload, as it was sent
        self._header: _Header | None = None
        self._missing = 0
        self._fragments = False  # whether a message is not complete
        self._in_step = True

    def feed(self, offset: int, data: bytes) -> list[WebSocketFrame | NotHttp]:
        """Take the bytes that stand at ``offset`` of the stream; hand back what they complete, in order.

        Bytes before ``position`` are taken as read; a jump ahead is a gap, as if ``lost`` had told it.
        """
        found = self.lost(self.position, offset) if offset > self.position else []
        if offset < self.position:
            data = data[self.position - offset :]
        if not self._in_step and self._are_whole_frames(data):
            self._give_up(found, "no frame begins here")
            self._in_step = True
        base, end = self.position, self.position + len(data)
        while self.position < end:
            if not self._in_step:
                self.position = end
            elif self._header is None:
                self._take_header(data, self.position - base, found)
            else:
                self._take_payload(self._header, data, self.position - base, found)
        return found

    def lost(self, start: int, end: int) -> list[WebSocketFrame | NotHttp]:
        """The stream's bytes up to ``end`` will never come; hand back what they damage."""
        found: list[WebSocketFrame | NotHttp] = []
        gap = end - max(start, self.position)
        if gap <= 0:
            return found
        header = self._header
        if header is not None:
            inside = min(gap, self._frame_end(header) - self.position)
            self._missing += inside
            self.position += inside
            if self.position == self._frame_end(header):
                self._frame(header, found)
        if self.position < end:
            self._give_up(found, "the bytes behind these are missing")
            self.position = self._start = end
            self._in_step = self._fragments = False
        return found

    def closed(self) -> list[WebSocketFrame | NotHttp]:
        """The stream is over: hand back what was not complete."""
        found: list[WebSocketFrame | NotHttp] = []
        if self._header is not None:
            self._missing += self._frame_end(self._header) - self.position
            self._frame(self._header, found)
        self._give_up(found, "the stream ends before a frame does" if self._in_step else "no frame begins here")
        return found

    # -- inside ---------------------------------------------------------------------------------------------------

    def _frame_end(self, header: _Header) -> int:
        return self._start + header.size + header.length

    def _give_up(self, found: list[WebSocketFrame | NotHttp], error: str) -> None:
        if self._start < self.position:
            found.append(NotHttp(Span(self._start, self.position), error))
        self._held, self._start = b"", self.position

    def _take_header(self, data: bytes, at: int, found: list[WebSocketFrame | NotHttp]) -> None:
        octets = self._held + data[at : at + _LONGEST_HEADER - len(self._held)]
        header = _read_header(octets)
        if header is None:
            self.position += len(octets) - len(self._held)
            self._held = octets
            return
        self._held, self._header = b"", header
        self.position = self._start + header.size
        if not header.length:
            self._frame(header, found)

    def _take_payload(self, header: _Header, data: bytes, at: int, found: list[WebSocketFrame | NotHttp]) -> None:
        taken = min(len(data) - at, self._frame_end(header) - self.position)
        if not self._missing:
            self._shown += data[at : at + min(taken, MAX_CONTROL - len(self._shown))]
        self.position += taken
        if self.position == self._frame_end(header):
            self._frame(header, found)

    def _frame(self, header: _Header, found: list[WebSocketFrame | NotHttp]) -> None:
        end = self._frame_end(header)
        notes = _objections(header)
        if header.masked != self._masks:
            notes += ("a client has to mask",) if self._masks else ("a server must not mask",)
        if header.opcode < CLOSE:
            if (header.opcode == 0) != self._fragments:
                notes += ("continues no message",) if not header.opcode else ("begins inside a message",)
            self._fragments = not header.first & 0x80
        frame = WebSocketFrame(
            bool(header.first & 0x80),
            header.first >> 4 & 7,
            header.opcode,
            header.mask,
            Span(self._start, end),
            Span(self._start + header.size, end),
            unmasked(self._shown, header.mask),
            self._missing,
            notes,
            f"{byte_count(self._missing)} of it missing" if self._missing else "",
        )
        found.append(frame)
        self._header, self._shown, self._missing = None, b"", 0
        self._start = end
        self.position = min(self.position, end)

    def _are_whole_frames(self, data: bytes) -> bool:
        at = 0
        while at < len(data):
            header = _read_header(data[at : at + _LONGEST_HEADER])
            if header is None or header.masked != self._masks or _objections(header) or header.first & 0x30:
                return False
            at += header.size + header.length
        return bool(data) and at == len(data)


def _read_header(octets: bytes) -> _Header | None:
    """Section 5.2: FIN, RSV, opcode, mask, length of 7, 16 or 64 bits, masking key; None while it is not whole."""
    if len(octets) < 2:
        return None
    length, masked = octets[1] & 0x7F, bool(octets[1] & 0x80)
    wider = {126: 2, 127: 8}.get(length, 0)
    size = 2 + wider + 4 * masked
    if len(octets) < size:
        return None
    if wider:
        length = min(int.from_bytes(octets[2 : 2 + wider], "big"), _MAX_LENGTH)
    odd = length < {2: 126, 8: 1 << 16}.get(wider, 0)
    mask = octets[size - 4 : size] if masked else b""
    return _Header(octets[0], mask, size, length, masked, odd)


def _objections(header: _Header) -> tuple[str, ...]:
    """What section 5 forbids about a header."""
    notes: tuple[str, ...] = ()
    if header.opcode not in OPCODES:
        notes += (f"opcode {header.opcode} is reserved",)
    if header.opcode >= CLOSE and (header.length > MAX_CONTROL or not header.first & 0x80):
        notes += (f"a control frame has up to {MAX_CONTROL} bytes and is not fragmented",)
    if header.oddly_long:
        notes += ("its length is written with more bytes than it needs",)
    if header.length == _MAX_LENGTH:
        notes += ("its length is more than anybody sends",)
    return notes


def unmasked(octets: bytes, mask: bytes) -> bytes:
    """A payload, or the first part of one, without its masking (section 5.3)."""
    if not mask or not octets:
        return octets
    size = len(octets)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(octets, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


def frame_words(frame: WebSocketFrame) -> tuple[str, ...]:
    """What the header of a frame says besides its opcode and length, and what a Close says: a phrase each."""
    if frame.opcode >= CLOSE:
        ends = ""
    elif not frame.fin:
        ends = "FIN not set: more fragments follow"
    else:
        ends = "FIN set: the last fragment" if frame.opcode == 0 else "FIN set: the whole message"
    reserved = "RSV1 set: compressed (permessage-deflate)" if frame.is_compressed else ""
    masked = f"Masked, Masking-Key {frame.mask.hex()}" if frame.mask else "Not masked"
    close = ""
    if frame.opcode == CLOSE:
        told = f"Status code {named(CLOSE_CODES)(frame.close_code)}"
        close = told if len(frame.octets) >= 2 else "No status code"
    return tuple(filter(None, (ends, reserved, masked, close)))


def frame_fields(frame: WebSocketFrame) -> tuple[Field, ...]:
    """Everything about one frame, with its bytes' offsets in the direction's stream."""
    base = frame.span.start
    begin = frame.payload.start
    first = (frame.fin << 7) | (frame.reserved << 4) | frame.opcode
    r = FieldReader(bytes((first,)), 0, 1)
    r.bits("Fin", 1, set_or_not)
    with r.group("Reserved", f"0x{frame.reserved:x}"):
        r.bits("Per-Message Compressed", 1, set_or_not)
        r.bits("RSV2", 1, set_or_not)
        r.bits("RSV3", 1, set_or_not)
    r.bits("Opcode", 4, named(OPCODES))
    top = tuple(_at(one, Span(base, base + 1)) for one in r.fields)
    mask_at = begin - len(frame.mask)
    fields = [
        *top,
        Field("Mask", bool(frame.mask), set_or_not(bool(frame.mask)), Span(base + 1, base + 2)),
        Field("Payload length", len(frame.payload), byte_count(len(frame.payload)), Span(base + 1, mask_at)),
    ]
    if frame.mask:
        fields.append(Field("Masking-Key", frame.mask, frame.mask.hex(), Span(mask_at, begin)))
    if frame.opcode == CLOSE and len(frame.octets) >= 2:
        code = named(CLOSE_CODES)(frame.close_code)
        fields.append(Field("Status code", frame.close_code, code, Span(begin, begin + 2)))
        reason = frame.octets[2:].decode("utf-8", "replace")
        fields.append(Field("Reason", reason, reason, Span(begin + 2, frame.payload.end)))
    elif frame.payload:
        note = "compressed (permessage-deflate)" if frame.is_compressed else ""
        text = frame.octets.decode("utf-8", "replace") if frame.opcode == 1 and not note else frame.octets.hex()
        more = "…" if len(frame.payload) > len(frame.octets) else ""
        fields.append(Field("Payload", frame.octets, text + more, frame.payload, note=note))
    return tuple(fields)


def _at(one: Field, span: Span) -> Field:
    return Field(one.name, one.value, one.text, span, tuple(_at(child, span) for child in one.children), one.note)
