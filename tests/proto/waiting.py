"""Does a reader hand nothing back before it has as many bytes as it says it wants?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class WaitingReader(Protocol):
    """Cuts bytes into something."""

    @property
    def wanted(self) -> int: ...

    def feed(self, offset: int, data: bytes) -> Sequence[object]: ...


def hands_back_early(reader: WaitingReader, stream: bytes) -> list[tuple[int, int]]:
    """Feed all but the last of the wanted bytes, then the last: (offset, wanted) where anything came too early."""
    early, at = [], 0
    while at < len(stream):
        wanted = reader.wanted
        assert wanted >= 1
        last = min(at + wanted, len(stream)) - 1
        if last > at and reader.feed(at, stream[at:last]):
            early.append((at, wanted))
        reader.feed(last, stream[last : last + 1])
        at = last + 1
    return early


def most_wanted(reader: WaitingReader, stream: bytes) -> int:
    """Fed byte by byte, the most that it ever wants."""
    most = 0
    for at in range(len(stream)):
        reader.feed(at, stream[at : at + 1])
        most = max(most, reader.wanted)
    return most
