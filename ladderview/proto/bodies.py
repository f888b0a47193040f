"""What content does the body of a message carry, without its codings? (RFC 9112 section 7, RFC 9110 section 8.4)

Plan: ``decode`` takes the bytes of a body as they stand in the stream, in pieces, and pulls them through one generator
for each coding (``codings``): chunks first, then content codings, outermost first. It stops at ``limit``, so a bomb
costs no more.

Traps: a gap ends decompression, but not a body that is not compressed. What does not have the coding that it claims is
shown as it was sent. Nothing here raises for what a capture holds.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ladderview.proto.codings import CODINGS, PIECE, AbsentError, Broken, Remarks, dechunked, inflated
from ladderview.proto.fields import byte_count

#: Bytes of content that are decoded when nothing else is said.
LIMIT = 1 << 24
#: More content codings than anybody uses in earnest.
MAX_CODINGS = 4
#: Bytes that tell whether content is plain text, and the fewest that do.
_TELLING, _LEAST_TELLING = 256, 16
_NO_TEXT = re.compile(rb"[^\t\r\n\x20-\x7e]")

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
        self._remarks = Remarks()
        self._limit = limit
        self._codings = ["chunked"] if chunked else []
        if before is not None:
            self._codings += before.codings
            self._remarks = Remarks(list(before.notes), not before.is_whole)
        flow = _in_portions(pieces)
        if chunked:
            flow = dechunked(flow, self._remarks)
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
                if not has_begun and size <= 2 * PIECE:
                    taken.append(piece)
                yield piece

        try:
            for part in CODINGS[name](watched(), self._remarks):
                has_begun = True
                taken.clear()
                yield part
        except AbsentError:
            if size > 2 * PIECE:
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
    remarks = Remarks()
    flow = inflated(iter((payload + b"\x00\x00\xff\xff",)), remarks, -zlib.MAX_WBITS, endless=True)
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
        for at in range(0, len(piece), PIECE):
            yield piece[at : at + PIECE]


def _gathered(flow: Iterator[bytes | int], remarks: Remarks, limit: int) -> Iterator[bytes]:
    """All that comes, up to ``limit``."""
    size = 0
    try:
        for piece in flow:
            if isinstance(piece, int):
                where = f" behind the first {byte_count(size)}" if size else ""
                remarks.add(f"{byte_count(piece)} not captured{where}")
                continue
            if size + len(piece) > limit:
                remarks.add(f"only the first {byte_count(limit)} are decoded")
                yield piece[: limit - size]
                return
            size += len(piece)
            yield piece
    except Broken as problem:
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
