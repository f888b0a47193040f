"""Is this a pcapng file, and what are its records? draft-ietf-opsawg-pcapng, read as Wireshark reads it.

Plan: the walk hops from block to block. Packet blocks are only noted where they stand and are read together by
numpy afterwards; every other block is read as it comes by (``pcapng_blocks``), and what it changes is noted with
the packet from which on it holds: the byte order, and which interfaces the section has.

Traps: a section may have another byte order than the one before; interface numbers begin again at 0 in each section;
a Simple Packet Block has no time, no interface and no captured length of its own; custom blocks and journal entries
are numbered by Wireshark as if they were packets; a length of 0 must not be walked for ever.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ladderview.capture import pcapng_blocks
from ladderview.capture.hops import Foresight
from ladderview.capture.pcapng_blocks import BadBlock
from ladderview.capture.pcapng_packets import EPB, MIN_LENGTH, NUMBERED, Section, read_packets
from ladderview.capture.records import MAX_INTERFACES, Findings, Format, Records, Unreadable, Window, overlapping
from ladderview.capture.source import Damage, NotACapture, Source

#: Block types (section 11.1 and the registry that it sets up).
MAGIC = b"\x0a\x0d\x0d\x0a"
_SHB, _IDB, _NRB, _DSB = 0x0A0D0D0A, 1, 4, 10
#: A block has a type, a length, and the length again.
_MIN_BLOCK = 12
#: Bytes of an Enhanced Packet Block that hardly change: of the time's high word, those that are not its lowest byte
#: in either byte order.
_TS_HIGH = slice(13, 15)
#: Largest block that Wireshark reads.
MAX_BLOCK = 16 << 20


@dataclass(slots=True)
class _Walk:
    """The packet blocks of one window.

    Attributes:
        starts: index of each in the window.
        sections: what holds for them, ascending by ``from_packet``.
        at: index of the first block that was not walked.
        needed: bytes that it has.
        bad: why it cannot be read, or the empty string where it is only not all in the window.
    """

    sections: list[Section]
    starts: list[int] = field(default_factory=list)
    at: int = 0
    needed: int = _MIN_BLOCK
    bad: str = ""


class Pcapng:
    """A pcapng file: its first block is a Section Header Block."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._count = 0

    def __call__(self, findings: Findings) -> Iterator[Records]:
        """Yield the records; damage and all that is not a packet go to ``findings``."""
        window = Window(self._source)
        section = Section(0, "<", 0, 0)
        foresight = Foresight(_TS_HIGH)
        window.slide(0)
        while window.end:
            walk = _walk(window, section, foresight, findings)
            records, bad = read_packets(window, np.array(walk.starts, np.int64), walk.sections, findings, self._count)
            self._count += len(records)
            if len(records):
                yield records
            if bad:
                findings.damage = self._damage(window.base + walk.starts[len(records)], bad)
                return
            if walk.bad:
                findings.damage = self._damage(window.base + walk.at, walk.bad)
                return
            if window.at_end:
                rest = window.end - walk.at
                if rest:
                    bad = f"the file ends inside a block, {rest} of its {walk.needed} bytes are there"
                    findings.damage = self._damage(window.base + walk.at, bad)
                return
            last = walk.sections[-1]
            section = Section(0, last.order, last.base, last.interfaces)
            window.slide(window.base + walk.at, walk.needed)

    def _damage(self, offset: int, reason: str) -> Damage:
        number = self._count + 1
        return Damage(f"before packet {number}, at byte {offset}: {reason}", offset, number)


def _walk(window: Window, section: Section, foresight: Foresight, findings: Findings) -> _Walk:
    """Hop over the blocks that are all in the window."""
    walk = _Walk([section])
    data, end = window.bytes, window.end
    runs = foresight.runs(data, end - _MIN_BLOCK + 1, _length_reader(window, section.order))
    head = struct.Struct(section.order + "II").unpack_from
    append = walk.starts.append
    at = 0
    try:
        while at + _MIN_BLOCK <= end:
            if at in runs and walk.sections[-1].order == section.order:
                run = runs[at]
                walk.starts += run.starts.tolist()
                at = run.end
                if at > end:  # the last block is not all there
                    start = walk.starts.pop()
                    walk.needed, at = at - start, start
                    break
                continue
            kind, length = head(data, at)
            if kind != EPB or length & 3 or not MIN_LENGTH[EPB] <= length <= MAX_BLOCK:
                if kind == _SHB:
                    head = struct.Struct(pcapng_blocks.byte_order(data, at + 8) + "II").unpack_from
                    length = head(data, at)[1]
                length = _rounded(length, kind)
            if at + length > end:
                walk.needed = length
                break
            if kind in MIN_LENGTH or kind in NUMBERED:
                append(at)
            else:
                _take(kind, bytes(data[at : at + length]), walk, findings)
            at += length
    except BadBlock as reason:
        walk.bad = str(reason)
    walk.at = at
    foresight.learn(len(walk.starts), at)
    return walk


def _length_reader(window: Window, order: str) -> Callable[[NDArray[np.int64]], NDArray[np.int64]]:
    """A function that reads the lengths of the Enhanced Packet Blocks at these indices, 0 where there is another."""
    words, word = overlapping(window.array, 8), np.dtype(order + "u4")

    def lengths(at: NDArray[np.int64]) -> NDArray[np.int64]:
        kind, length = words[at].view(word).reshape(-1, 2).T
        fits = (kind == EPB) & (length & 3 == 0) & (length >= MIN_LENGTH[EPB]) & (length <= MAX_BLOCK)
        return np.where(fits, length, 0).astype(np.int64)

    return lengths


def _rounded(length: int, kind: int) -> int:
    """A block's length as Wireshark reads it: rounded up to whole words."""
    length += -length % 4
    if not max(_MIN_BLOCK, MIN_LENGTH.get(kind, 0)) <= length <= MAX_BLOCK:
        raise BadBlock(f"a block of type {kind:#x} that claims {length} bytes")
    return length


def _take(kind: int, block: bytes, walk: _Walk, findings: Findings) -> None:
    """Read a block that is no packet."""
    section, body = walk.sections[-1], block[8:-4]
    if kind == _SHB:
        order = pcapng_blocks.byte_order(body, 0)
        _check_trailer(block, order)
        comment = pcapng_blocks.section_header(body, order)
        findings.comment = findings.comment or comment
        walk.sections.append(Section(len(walk.starts), order, len(findings.interfaces), 0))
        return
    _check_trailer(block, section.order)
    if kind == _IDB:
        if len(findings.interfaces) == MAX_INTERFACES:
            raise BadBlock(f"more than {MAX_INTERFACES} interfaces")
        findings.interfaces.append(pcapng_blocks.interface_description(body, section.order))
        walk.sections.append(Section(len(walk.starts), section.order, section.base, section.interfaces + 1))
    elif kind == _NRB:
        for address, name in pcapng_blocks.name_resolution(body, section.order):
            findings.host_names.setdefault(address, name)
    elif kind == _DSB:
        secrets = pcapng_blocks.decryption_secrets(body, section.order)
        if secrets is not None:
            findings.secrets.append(secrets)


def _check_trailer(block: bytes, order: str) -> None:
    (trailer,) = struct.unpack_from(order + "I", block, len(block) - 4)
    if trailer + -trailer % 4 != len(block):
        raise BadBlock(f"a block of {len(block)} bytes that ends as one of {trailer}")


def open_pcapng(source: Source) -> Format | None:
    """Look at the first block; None where it is not a Section Header Block.

    Raises:
        NotACapture: it is one, but cut.
    """
    head = source.read(0, 12)
    if head[:4] != MAGIC:
        if head[8:12] in pcapng_blocks.BYTE_ORDERS:
            message = f"packet 1, byte 0: a pcapng whose first block has type 0x{head[:4].hex()}, not 0x{MAGIC.hex()}"
            return Unreadable(Damage(message, 0, 1))
        return None
    if len(head) < 12:
        raise NotACapture(f"{source.name}: is cut inside the pcapng section header")
    return Pcapng(source)
