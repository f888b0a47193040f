"""Bytes of HTTP as tests send them: frames of HTTP/2 and WebSocket, and readers fed in portions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Protocol, TypeVar

Found = TypeVar("Found")
Found_co = TypeVar("Found_co", covariant=True)


class Reader(Protocol[Found_co]):
    """What all readers of a stream have."""

    def feed(self, offset: int, data: bytes) -> Sequence[Found_co]: ...

    def closed(self) -> Sequence[Found_co]: ...


def h2_frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """RFC 9113 section 4.1."""
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def ws_frame(opcode: int, payload: bytes = b"", *, fin: bool = True, mask: bytes = b"", rsv: int = 0) -> bytes:
    """RFC 6455 section 5.2."""
    size = len(payload)
    short = size if size < 126 else 126 if size < 1 << 16 else 127
    length = b"" if short < 126 else size.to_bytes(2 if short == 126 else 8, "big")
    sent = bytes(octet ^ mask[at % 4] for at, octet in enumerate(payload)) if mask else payload
    return bytes((fin << 7 | rsv << 4 | opcode, bool(mask) << 7 | short)) + length + mask + sent


def fed(reader: Reader[Found], data: bytes, cuts: Iterable[int] = ()) -> list[Found]:
    """What a reader finds in a stream that is cut into portions at these places, and at its end."""
    found: list[Found] = []
    edges = [0, *sorted(cuts), len(data)]
    for start, end in pairwise(edges):
        found += reader.feed(start, data[start:end])
    return [*found, *reader.closed()]
