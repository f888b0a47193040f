"""What content does the body of a message carry, without its codings? (RFC 9112 section 7, RFC 9110 section 8.4)

Plan: ``decode`` takes the bytes of a body as they stand in the stream, in pieces, and pulls them through one generator
for each coding: chunks first, then content codings, outermost first. It stops at ``limit``, so a bomb costs no more.

Traps: "deflate" is sent with and without the zlib wrapper. A gap ends decompression, but not a body that is not
compressed. Broken input keeps what was decoded before it; nothing here raises for what a capture holds.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
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


_Step = Callable[[Iterator[bytes | int], _Remarks], Iterator[bytes | int]]


def decode(pieces: Pieces, *, chunked: bool = False, content_encoding: str = "", limit: int = LIMIT) -> Decoded:
    """The content of a body.

    Args:
        pieces: its bytes as they stand in the stream.
        chunked: whether they have the chunked transfer coding.
        content_encoding: the Content-Encoding field as it was sent.
        limit: bytes of content that are wanted at most.
    """
    remarks = _Remarks()
    codings = ["chunked"] if chunked else []
    flow = _in_portions(pieces)
    if chunked:
        flow = _dechunked(flow, remarks)
    names = [name.strip().lower() for name in content_encoding.split(",")]
    wanted = [name for name in reversed(names) if name not in {"", "identity"}]
    if len(wanted) > MAX_CODINGS:
        remarks.add(f"{len(wanted)} content codings; none is taken off")
        wanted = []
    for name in wanted:
        step = CODINGS.get(name)
        if step is None:
            remarks.add(f'the content coding "{name[:40]}" is not known here')
            break
        flow = step(flow, remarks)
        codings.append(name)
    octets = _gathered(flow, remarks, limit)
    return Decoded(octets, tuple(codings), tuple(remarks.notes), not remarks.broken)


def inflate_message(payload: bytes, limit: int = LIMIT) -> Decoded:
    """A WebSocket message of permessage-deflate (RFC 7692 section 7.2.2), unmasked and put together.

    One that refers to the messages before it (context takeover) cannot be read by itself, which is noted.
    """
    remarks = _Remarks()
    flow = _inflated(iter((payload + b"\x00\x00\xff\xff",)), remarks, -zlib.MAX_WBITS, endless=True)
    octets = _gathered(flow, remarks, limit)
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


def _gathered(flow: Iterator[bytes | int], remarks: _Remarks, limit: int) -> bytes:
    """All that comes, up to ``limit``."""
    found = bytearray()
    try:
        for piece in flow:
            if isinstance(piece, int):
                remarks.add(f"{byte_count(piece)} not captured behind the first {byte_count(len(found))}")
                continue
            found += piece
            if len(found) > limit:
                remarks.add(f"only the first {byte_count(limit)} are decoded")
                break
    except _Broken as problem:
        remarks.add(str(problem))
    return bytes(found[:limit])


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
    begun, members = False, 1
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
            try:
                part = engine.decompress(data, _PIECE)
            except zlib.error as problem:
                raise _Broken(f"decompression: {problem}") from None
            begun = True
            if part:
                yield part
            data = engine.unused_data if engine.eof else engine.unconsumed_tail
        while not engine.eof:
            part = engine.decompress(b"", _PIECE)
            if not part:
                break
            yield part
    if begun and not engine.eof and not endless:
        remarks.add("the compressed content is cut short")


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
    begun = False
    for data in _sips(flow):
        if engine.is_finished():
            remarks.add(_BEHIND, broken=False)
            return
        begun = True
        try:
            part = engine.process(data, output_buffer_limit=_PIECE)
            while part or not engine.can_accept_more_data():
                yield part
                part = engine.process(b"", output_buffer_limit=_PIECE)
        except brotli.error as problem:
            raise _Broken(f"decompression: {problem}") from None
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
