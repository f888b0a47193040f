"""What content does the body of a message carry, without its codings? (RFC 9112 section 7, RFC 9110 section 8.4)

Plan: ``decode`` takes the bytes of a body as they stand in the stream, in pieces, and pulls them through one generator
for each coding: chunks first, then content codings, outermost first. It stops at ``limit``, so a bomb costs no more.

Traps: "deflate" is sent with and without the zlib wrapper. A gap ends decompression, but not a body that is not
compressed. Broken input keeps what was decoded before it, and what does not have the coding at all is shown as it was
sent: a zlib stream that fails has not handed out its last portion yet, so that is taken again byte by byte. Nothing
here raises for what a capture holds.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import brotli

from ladderview.proto.fields import byte_count

#: Bytes of content that are decoded when nothing else is said.
LIMIT = 1 << 24
#: More content codings than anybody uses in earnest.
MAX_CODINGS = 4
#: Members of one gzip file; each costs more than its bytes.
_MAX_MEMBERS = 1000
#: What one step hands to the next.
_PIECE = 1 << 16

#: Bytes that tell whether content is plain text, and the fewest that do.
_TELLING, _LEAST_TELLING = 256, 16
_NO_TEXT = re.compile(rb"[^\t\r\n\x20-\x7e]")

_CHUNK_SIZE = re.compile(rb"[ \t]*(?:0[xX])?([0-9A-Fa-f]{1,15})[ \t]*(?:;|$)")
_MAX_CHUNK_LINE = 1 << 14

#: The bytes of a body in order; a number stands for so many bytes that were not captured.
Pieces = Iterable[bytes | int]


@dataclass(frozen=True, slots=True)
class Decoded:
    """The content of a body.

    Attributes:
        octets: the content, up to the limit.
        codings: what was taken off, in that order: "chunked", "gzip" ...
        notes: what is wrong with it or could not be done, each a short sentence.
        is_whole: whether ``octets`` is all of the content.
    """

    octets: bytes
    codings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_whole: bool = True


@dataclass(slots=True)
class _Remarks:
    """What the steps have to say; shared by all of them."""

    notes: list[str] = field(default_factory=list)
    broken: bool = False

    def add(self, note: str, broken: bool = True) -> None:
        """Note something once; ``broken`` where content is missing for it."""
        self.broken |= broken
        if note not in self.notes:
            self.notes.append(note)


_BEHIND = "there are bytes behind the compressed content"


class _Broken(Exception):
    """A coding cannot be read any further."""


class _AbsentError(_Broken):
    """Nothing at all could be read of a coding."""


_Step = Callable[[Iterator[bytes | int], _Remarks], Iterator[bytes | int]]


def decode(pieces: Pieces, *, chunked: bool = False, content_encoding: str = "", limit: int = LIMIT) -> Decoded:
    """The content of a body.

    Args:
        pieces: its bytes as they stand in the stream.
        chunked: whether they have the chunked transfer coding.
        content_encoding: the Content-Encoding field as it was sent.
        limit: bytes of content that are wanted at most.
    """
    decoding = Decoding(pieces, chunked=chunked, content_encoding=content_encoding, limit=limit)
    octets = b"".join(decoding)
    return Decoded(octets, decoding.codings, decoding.notes, decoding.is_whole)


class Decoding:
    """The content of a body, a portion at a time: iterate once, then ask what was found on the way.

    What ``decode`` holds at once passes through here, so that a body of any size can be saved.
    """

    def __init__(
        self,
        pieces: Pieces,
        *,
        chunked: bool = False,
        content_encoding: str = "",
        limit: int = LIMIT,
        before: Decoded | None = None,
    ) -> None:
        """As ``decode`` has them; ``before`` says what was taken off and noted before."""
        self._remarks = _Remarks()
        self._limit = limit
        self._codings = ["chunked"] if chunked else []
        if before is not None:
            self._codings += before.codings
            self._remarks = _Remarks(list(before.notes), not before.is_whole)
        flow = _in_portions(pieces)
        if chunked:
            flow = _dechunked(flow, self._remarks)
        names = [name.strip().lower() for name in content_encoding.split(",")]
        wanted = [name for name in reversed(names) if name not in {"", "identity"}]
        if len(wanted) > MAX_CODINGS:
            self._remarks.add(f"{len(wanted)} content codings; none is taken off")
            wanted = []
        for name in wanted:
            if name not in CODINGS:
                self._remarks.add(f'the content coding "{name[:40]}" is not known here')
                break
            self._codings.append(name)
            flow = self._without(name, flow)
        self._flow = flow

    @property
    def codings(self) -> tuple[str, ...]:
        """What was taken off, in that order."""
        return tuple(self._codings)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong or could not be done."""
        return tuple(self._remarks.notes)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is missing of what was handed out."""
        return not self._remarks.broken

    def __iter__(self) -> Iterator[bytes]:
        """The content, up to the limit."""
        return _gathered(self._flow, self._remarks, self._limit)

    def _without(self, name: str, flow: Iterator[bytes | int]) -> Iterator[bytes | int]:
        """Take off a content coding; what turns out not to have it is handed on as it is."""
        head, flow = _ahead(flow)
        if _is_plain(head):
            yield from self._as_sent(name, flow)
            return
        taken: list[bytes | int] = []
        has_begun, size = False, 0

        def watched() -> Iterator[bytes | int]:
            nonlocal size
            for piece in flow:
                size += len(piece) if isinstance(piece, bytes) else 0
                if not has_begun and size <= 2 * _PIECE:
                    taken.append(piece)
                yield piece

        try:
            for part in CODINGS[name](watched(), self._remarks):
                has_begun = True
                taken.clear()
                yield part
        except _AbsentError:
            if size > 2 * _PIECE:
                raise
            yield from self._as_sent(name, itertools.chain(taken, flow))

    def _as_sent(self, name: str, flow: Iterator[bytes | int]) -> Iterator[bytes | int]:
        self._codings.remove(name)
        self._remarks.add(f'it does not have the coding "{name}" that it claims, and is shown as it was sent')
        yield from flow


def inflate_message(payload: bytes, limit: int = LIMIT) -> Decoded:
    """A WebSocket message of permessage-deflate (RFC 7692 section 7.2.2), unmasked and put together.

    One that refers to the messages before it (context takeover) cannot be read by itself, which is noted.
    """
    remarks = _Remarks()
    flow = _inflated(iter((payload + b"\x00\x00\xff\xff",)), remarks, -zlib.MAX_WBITS, endless=True)
    octets = b"".join(_gathered(flow, remarks, limit))
    if remarks.broken and any("distance" in note for note in remarks.notes):
        remarks.add("it refers to the messages before it (context takeover)")
    return Decoded(octets, ("permessage-deflate",), tuple(remarks.notes), not remarks.broken)


# -- steps ------------------------------------------------------------------------------------------------------------


def _in_portions(pieces: Pieces) -> Iterator[bytes | int]:
    for piece in pieces:
        if isinstance(piece, int):
            yield piece
            continue
        for at in range(0, len(piece), _PIECE):
            yield piece[at : at + _PIECE]


def _gathered(flow: Iterator[bytes | int], remarks: _Remarks, limit: int) -> Iterator[bytes]:
    """All that comes, up to ``limit``."""
    size = 0
    try:
        for piece in flow:
            if isinstance(piece, int):
                remarks.add(f"{byte_count(piece)} not captured behind the first {byte_count(size)}")
                continue
            if size + len(piece) > limit:
                remarks.add(f"only the first {byte_count(limit)} are decoded")
                yield piece[: limit - size]
                return
            size += len(piece)
            yield piece
    except _Broken as problem:
        remarks.add(str(problem))


def _ahead(flow: Iterator[bytes | int]) -> tuple[bytes, Iterator[bytes | int]]:
    """The first bytes of a flow, as far as they are captured, and all of it."""
    held: list[bytes | int] = []
    head = b""
    for piece in flow:
        held.append(piece)
        if isinstance(piece, int):
            break
        head += piece
        if len(head) >= _TELLING:
            break
    return head, itertools.chain(held, flow)


def _is_plain(head: bytes) -> bool:
    """Whether bytes are text beyond doubt: what is compressed is not, for so long."""
    return len(head) >= _LEAST_TELLING and not _NO_TEXT.search(head, 0, _TELLING)


def _dechunked(flow: Iterator[bytes | int], remarks: _Remarks) -> Iterator[bytes | int]:
    """Take off the chunked transfer coding (RFC 9112 section 7.1); what follows the last chunk is left out."""
    line = bytearray()
    left = 0  # bytes of the chunk that is being read
    behind = False  # whether the line end behind a chunk is due
    for piece in flow:
        if isinstance(piece, int):
            if piece > left:
                raise _Broken(f"{byte_count(piece)} not captured, with the size of a chunk among them")
            left -= piece
            behind = not left
            yield piece
            continue
        at = 0
        while at < len(piece):
            if left:
                part = piece[at : at + left]
                at += len(part)
                left -= len(part)
                behind = not left
                yield part
                continue
            end = piece.find(b"\n", at) + 1
            line += piece[at : end or len(piece)]
            at = end or len(piece)
            if not end:
                if len(line) > _MAX_CHUNK_LINE:
                    raise _Broken("a chunk has no size")
                continue
            text = bytes(line).rstrip(b"\r\n")
            line.clear()
            if behind and not text:
                behind = False
                continue
            size = _CHUNK_SIZE.match(text)
            if size is None or behind:
                raise _Broken("a chunk is longer than its size" if behind else "a chunk has no size")
            left = int(size[1], 16)
            if not left:
                return
    remarks.add("the last chunk is missing")


def _inflated(
    flow: Iterator[bytes | int], remarks: _Remarks, window_bits: int, endless: bool = False
) -> Iterator[bytes | int]:
    """Take off gzip (RFC 1952), zlib (RFC 1950) or deflate (RFC 1951); gzip may have several members."""
    engine = zlib.decompressobj(window_bits)
    begun, given, members = False, False, 1
    for piece in flow:
        data = _captured(piece)
        while data:
            if engine.eof:
                if not _continues(data, window_bits):
                    remarks.add(_BEHIND, broken=False)
                    return
                members += 1
                if members > _MAX_MEMBERS:
                    raise _Broken(f"more than {_MAX_MEMBERS} gzip members")
                engine = zlib.decompressobj(window_bits)
            before = engine.copy()
            try:
                part = engine.decompress(data, _PIECE)
            except zlib.error as problem:
                part = _rest(before, data)
                if part:
                    yield part
                kind = _Broken if part or given or members > 1 else _AbsentError
                raise kind(f"decompression: {problem}") from None
            begun = True
            if part:
                given = True
                yield part
            data = engine.unused_data if engine.eof else engine.unconsumed_tail
        while not engine.eof:
            part = engine.decompress(b"", _PIECE)
            if not part:
                break
            yield part
    if begun and not engine.eof and not endless:
        remarks.add("the compressed content is cut short")


def _rest(engine: zlib._Decompress, data: bytes) -> bytes:
    """What an engine still gives for the bytes before the one it fails at."""
    found = bytearray()
    with suppress(zlib.error):
        for at in range(len(data)):
            found += engine.decompress(data[at : at + 1])
    return bytes(found[:_PIECE])


def _continues(data: bytes, window_bits: int) -> bool:
    """Whether another member of gzip follows."""
    return window_bits > zlib.MAX_WBITS and data[:1] == b"\x1f"


def _gunzipped(flow: Iterator[bytes | int], remarks: _Remarks) -> Iterator[bytes | int]:
    return _inflated(flow, remarks, zlib.MAX_WBITS + 16)


def _undeflated(flow: Iterator[bytes | int], remarks: _Remarks) -> Iterator[bytes | int]:
    """RFC 9110 section 8.4.1.2: zlib's format; but many senders leave its wrapper out."""
    head = b""
    for piece in flow:
        head += _captured(piece)
        if len(head) >= 2:
            break
    wrapped = len(head) >= 2 and head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
    if head and not wrapped:
        remarks.add('"deflate" without the zlib wrapper', broken=False)

    def again() -> Iterator[bytes | int]:
        yield head
        yield from flow

    return (yield from _inflated(again(), remarks, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS))


def _unbrotlied(flow: Iterator[bytes | int], remarks: _Remarks) -> Iterator[bytes | int]:
    """RFC 7932."""
    engine = brotli.Decompressor()
    begun, given = False, False
    for data in _sips(flow):
        if engine.is_finished():
            remarks.add(_BEHIND, broken=False)
            return
        begun = True
        try:
            part = engine.process(data, output_buffer_limit=_PIECE)
            while part or not engine.can_accept_more_data():
                given |= bool(part)
                yield part
                part = engine.process(b"", output_buffer_limit=_PIECE)
        except brotli.error as problem:
            raise (_Broken if given else _AbsentError)(f"decompression: {problem}") from None
    if begun and not engine.is_finished():
        remarks.add("the compressed content is cut short")


def _sips(flow: Iterator[bytes | int]) -> Iterator[bytes]:
    """Small portions: a decoder of brotli that fails keeps all for itself that its last portion would have given."""
    taken = 0
    for piece in flow:
        data, at = _captured(piece), 0
        while at < len(data):
            size = 1 if taken < _PIECE else 64
            yield data[at : at + size]
            at, taken = at + size, taken + size


def _captured(piece: bytes | int) -> bytes:
    if isinstance(piece, int):
        raise _Broken(f"{byte_count(piece)} not captured; what follows cannot be decompressed")
    return piece


#: https://www.iana.org/assignments/http-parameters, content codings that can be taken off.
CODINGS: dict[str, _Step] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _undeflated,
    "br": _unbrotlied,
}
