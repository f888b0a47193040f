"""What a file format hands over: the captured records of one stretch of the file, as columns.

Plan: a ``Window`` slides over the source in large reads. A format walks the record headers in it and yields a
``Records`` a window; nothing is copied out of the window, so a batch is good only until the next one is asked for.

Traps: a record may be larger than the window, so the window grows, but only as far as the file has bytes. The
window is padded, so that the columns of a packet's first bytes can be gathered without a look at where it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.source import Damage, Source

WINDOW = 16 << 20
#: Wireshark shows no greater length on the wire, whatever a file claims.
MAX_ORIG_LEN = 2**31 - 1
#: Bytes after the window that may be gathered and mean nothing.
PADDING = 512
#: ``Records.iface`` of a record that is no packet: it has a number, and nothing else.
NO_INTERFACE = 0xFFFF
MAX_INTERFACES = NO_INTERFACE
#: The link type of such a record.
NO_LINKTYPE = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Interface:
    """Where packets were captured: one for a pcap, one an Interface Description Block for a pcapng.

    Attributes:
        linktype: LINKTYPE_ value of the tcpdump.org registry.
        name: if_name, or the empty string.
        snaplen: bytes, 0 for no limit.
        ts_per_second: timestamp units a second.
        ts_offset_s: seconds to add (if_tsoffset).
        fcs_len: bytes of the frame check sequence at the end of each frame, or -1 where the file does not say.
    """

    linktype: int
    name: str = ""
    snaplen: int = 0
    ts_per_second: int = 1_000_000
    ts_offset_s: int = 0
    fcs_len: int = -1


@dataclass(frozen=True, slots=True)
class Records:
    """Captured records, one row each, in file order.

    Attributes:
        data: uint8, the window's bytes and ``PADDING`` more.
        base: offset in the file of ``data[0]``.
        start: int64, index in ``data`` of each record's first captured byte; all of a record is in ``data``.
        caplen, orig_len: uint32, bytes captured and bytes on the wire.
        ts_ns: int64, nanoseconds since the epoch.
        iface: uint16, row of the interfaces, or ``NO_INTERFACE``.
    """

    data: NDArray[np.uint8]
    base: int
    start: NDArray[np.int64]
    caplen: NDArray[np.uint32]
    orig_len: NDArray[np.uint32]
    ts_ns: NDArray[np.int64]
    iface: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(slots=True)
class Findings:
    """What a format finds beside the packets; filled while its records are read.

    Attributes:
        interfaces: in the order of ``Records.iface``.
        damage: why reading ended early, or None.
        comments: packet index to its comments.
        host_names: address to name, from name resolution blocks.
        secrets: TLS key logs, from Decryption Secrets Blocks.
        untimed: packet indices that have no time, a batch of records at a time.
        comment: of the file, from the first section that has one.
    """

    interfaces: list[Interface] = field(default_factory=list)
    damage: Damage | None = None
    comments: dict[int, tuple[str, ...]] = field(default_factory=dict)
    host_names: dict[str, str] = field(default_factory=dict)
    secrets: list[bytes] = field(default_factory=list)
    untimed: list[NDArray[np.int64]] = field(default_factory=lambda: [np.zeros(0, np.int64)])
    comment: str = ""


class Format(Protocol):
    """A recognised file: yields its records and fills in the findings."""

    def __call__(self, findings: Findings) -> Iterator[Records]:
        """Batches of records, each good until the next is asked for."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that is of a known format, but damaged so early that nothing of it can be read."""

    damage: Damage

    def __call__(self, findings: Findings) -> Iterator[Records]:
        """No records, only the damage."""
        findings.damage = self.damage
        return iter(())


class Window:
    """The bytes of a source from ``base`` on, ``end`` of them, re-read as it slides.

    Reading on in a second thread was tried, and finding the records there too: it took as long or longer, for the
    copying competes with the columns for the same memory, and both for the interpreter.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._room(min(WINDOW, source.size))
        self.base = 0
        self.end = 0

    def _room(self, size: int) -> None:
        self.bytes = bytearray(size + PADDING)
        self.array = np.frombuffer(self.bytes, np.uint8)
        self._size = size

    def slide(self, base: int, at_least: int = 0) -> None:
        """Read on from file offset ``base``, ``at_least`` so many bytes if the file has them."""
        wanted = min(at_least, self._source.size - base)
        if wanted > self._size:
            self._room(wanted)
        self.base = base
        room = memoryview(self.bytes)[: max(0, min(self._size, self._source.size - base))]
        self.end = self._source.read_into(room, base)

    @property
    def at_end(self) -> bool:
        """No byte of the file lies beyond the window."""
        return self.base + self.end >= self._source.size or self.end < self._size


def gather(data: NDArray[np.uint8], at: NDArray[np.int64], dtype: np.dtype[np.void]) -> NDArray[np.void]:
    """The structures that begin at the byte offsets ``at``, copied side by side."""
    return overlapping(data, dtype.itemsize)[at].view(dtype)


def overlapping(data: NDArray[np.uint8], size: int, first: int = 0) -> NDArray[np.void]:
    """All runs of ``size`` bytes, one from each byte on, the first from ``first``: a view.

    Raw bytes and not a structure: indexed, numpy copies these in one piece, and a structure field by field.
    """
    return np.ndarray((len(data) - first - size + 1,), np.dtype(f"V{size}"), data, first, (1,))
