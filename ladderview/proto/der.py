"""Where do the parts of a DER structure lie? (X.690) Places only; what they mean is for others.

``cryptography`` reads certificates but tells no offsets, and stops at the first fault; this walk finds the bytes of a
part, and goes as far as the lengths hold.

Traps: lengths lie; an element is cut at the end of what it stands in, and the walk ends at one whose length cannot be
read. Only tags below 31 are known: X.509 has no others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

INTEGER, BIT_STRING, OCTET_STRING, OBJECT_IDENTIFIER = 0x02, 0x03, 0x04, 0x06
UTC_TIME, GENERALIZED_TIME, SEQUENCE = 0x17, 0x18, 0x30

#: Longest length of a length: no element of a capture has more than 2^32 bytes.
_MAX_LENGTH_SIZE = 4


@dataclass(frozen=True, slots=True)
class Element:
    """One element: identifier and length at ``[start, body)``, contents at ``[body, end)``."""

    tag: int
    start: int
    body: int
    end: int


def elements(data: bytes, start: int, end: int) -> Iterator[Element]:
    """The elements that stand one after another in ``data[start:end]``, as far as they can be told apart."""
    at = start
    while at + 2 <= end:
        body, length = at + 2, data[at + 1]
        if length & 0x80:
            size = length & 0x7F
            body += size
            if not 0 < size <= _MAX_LENGTH_SIZE or body > end:
                return
            length = int.from_bytes(data[at + 2 : body], "big")
        yield Element(data[at], at, body, min(body + length, end))
        at = body + length


def identifier(octets: bytes) -> str:
    """The contents of an OBJECT IDENTIFIER in dots (X.690 section 8.19)."""
    arcs: list[int] = []
    arc = 0
    for octet in octets[:64]:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    if not arcs:
        return ""
    first = min(arcs[0] // 40, 2)
    return ".".join(str(number) for number in (first, arcs[0] - first * 40, *arcs[1:]))
