"""How is each coding of a body undone? (RFC 9112 section 7.1, RFC 9110 section 8.4.1)

Plan: each coding is a generator that is fed the bytes with the coding and yields them without. A number among the bytes
stands for so many that were not captured.

Traps: "deflate" is sent with and without the zlib wrapper. A gap ends decompression. Broken input keeps what was
decoded before it: a zlib stream that fails has not handed out its last portion yet, which is taken again byte by byte.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import brotli

from ladderview.proto.fields import byte_count

#: Members of one gzip file; each costs more than its bytes.
_MAX_MEMBERS = 1000
#: What one step hands to the next.
PIECE = 1 << 16

_CHUNK_SIZE = re.compile(rb"[ \t]*(?:0[xX])?([0-9A-Fa-f]{1,15})[ \t]*(?:;|$)")
_MAX_CHUNK_LINE = 1 << 14


@dataclass(slots=True)
class Remarks:
    """What the steps have to say; shared by all of them."""

    notes: list[str] = field(default_factory=list)
    broken: bool = False

    def add(self, note: str, broken: bool = True) -> None:
        """Note something once; ``broken`` where content is missing for it."""
        self.broken |= broken
        if note not in self.notes:
            self.notes.append(note)


_BEHIND = "there are bytes behind the compressed content"


class Broken(Exception):
    """A coding cannot be read any further."""


class AbsentError(Broken):
    """Nothing at all could be read of a coding."""


Step = Callable[[Iterator[bytes | int], Remarks], Iterator[bytes | int]]


def dechunked(flow: Iterator[bytes | int], remarks: Remarks) -> Iterator[bytes | int]:
    """Take off the chunked transfer coding (RFC 9112 section 7.1); what follows the last chunk is left out."""
    line = bytearray()
    left = 0  # bytes of the chunk that is being read
    behind = False  # whether the line end behind a chunk is due
    for piece in flow:
        if isinstance(piece, int):
            if piece > left:
                raise Broken(f"{byte_count(piece)} not captured, with the size of a chunk among them")
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
                    raise Broken("a chunk has no size")
                continue
            text = bytes(line).rstrip(b"\r\n")
            line.clear()
            if behind and not text:
                behind = False
                continue
            size = _CHUNK_SIZE.match(text)
            if size is None or behind:
                raise Broken("a chunk is longer than its size" if behind else "a chunk has no size")
            left = int(size[1], 16)
            if not left:
                return
    remarks.add("the last chunk is missing")


def inflated(
    flow: Iterator[bytes | int], remarks: Remarks, window_bits: int, endless: bool = False
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
                    raise Broken(f"more than {_MAX_MEMBERS} gzip members")
                engine = zlib.decompressobj(window_bits)
            before = engine.copy()
            try:
                part = engine.decompress(data, PIECE)
            except zlib.error as problem:
                part = _rest(before, data)
                if part:
                    yield part
                kind = Broken if part or given or members > 1 else AbsentError
                raise kind(f"decompression: {problem}") from None
            begun = True
            if part:
                given = True
                yield part
            data = engine.unused_data if engine.eof else engine.unconsumed_tail
        while not engine.eof:
            part = engine.decompress(b"", PIECE)
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
    return bytes(found[:PIECE])


def _continues(data: bytes, window_bits: int) -> bool:
    """Whether another member of gzip follows."""
    return window_bits > zlib.MAX_WBITS and data[:1] == b"\x1f"


def _gunzipped(flow: Iterator[bytes | int], remarks: Remarks) -> Iterator[bytes | int]:
    return inflated(flow, remarks, zlib.MAX_WBITS + 16)


def _undeflated(flow: Iterator[bytes | int], remarks: Remarks) -> Iterator[bytes | int]:
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

    return (yield from inflated(again(), remarks, zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS))


def _unbrotlied(flow: Iterator[bytes | int], remarks: Remarks) -> Iterator[bytes | int]:
    """RFC 7932."""
    engine = brotli.Decompressor()
    begun, given = False, False
    for data in _sips(flow):
        if engine.is_finished():
            remarks.add(_BEHIND, broken=False)
            return
        begun = True
        try:
            part = engine.process(data, output_buffer_limit=PIECE)
            while part or not engine.can_accept_more_data():
                given |= bool(part)
                yield part
                part = engine.process(b"", output_buffer_limit=PIECE)
        except brotli.error as problem:
            raise (Broken if given else AbsentError)(f"decompression: {problem}") from None
    if begun and not engine.is_finished():
        remarks.add("the compressed content is cut short")


def _sips(flow: Iterator[bytes | int]) -> Iterator[bytes]:
    """Small portions: a decoder of brotli that fails keeps all for itself that its last portion would have given."""
    taken = 0
    for piece in flow:
        data, at = _captured(piece), 0
        while at < len(data):
            size = 1 if taken < PIECE else 64
            yield data[at : at + size]
            at, taken = at + size, taken + size


def _captured(piece: bytes | int) -> bytes:
    if isinstance(piece, int):
        raise Broken(f"{byte_count(piece)} not captured; what follows cannot be decompressed")
    return piece


#: https://www.iana.org/assignments/http-parameters, content codings that can be taken off.
CODINGS: dict[str, Step] = {
    "gzip": _gunzipped,
    "x-gzip": _gunzipped,
    "deflate": _undeflated,
    "br": _unbrotlied,
}
