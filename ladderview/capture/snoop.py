"""Is this a snoop file (RFC 1761), as Solaris writes them, and what are its records?"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

from ladderview.capture.pcap import max_caplen
from ladderview.capture.records import MAX_ORIG_LEN, Findings, Interface, Records, Window, gather
from ladderview.capture.source import Damage, NotACapture, Source

_MAGIC = b"snoop\0\0\0"
_HEADER_LEN = 16
_RECORD = np.dtype([(name, ">u4") for name in ("orig_len", "incl_len", "record_len", "drops", "sec", "usec")])
#: Datalink type of RFC 1761 section 3 to LINKTYPE_.
_LINKTYPES = {0: 1, 2: 6, 4: 1, 8: 10}


class Snoop:
    """A snoop file of version 2."""

    def __init__(self, source: Source, interface: Interface) -> None:
        self._source, self._interface = source, interface

    def __call__(self, findings: Findings) -> Iterator[Records]:
        """Yield the records; damage goes to ``findings``."""
        findings.interfaces.append(self._interface)
        window, count = Window(self._source), 0
        window.slide(_HEADER_LEN)
        while window.end:
            starts, at, needed, bad = self._walk(window)
            if starts:
                yield self._records(window, np.array(starts))
            count += len(starts)
            offset = window.base + at
            if window.at_end and at < window.end and not bad:
                bad = f"the file ends inside it, {window.end - at} of its {needed} bytes are there"
            if bad:
                findings.damage = Damage(f"packet {count + 1} at byte {offset}: {bad}", offset, count + 1)
            if bad or window.at_end:
                return
            window.slide(offset, needed)

    def _walk(self, window: Window) -> tuple[list[int], int, int, str]:
        """The records in the window, the first that is not, the bytes that it has, and why it is no record."""
        lengths = struct.Struct(">II").unpack_from
        starts: list[int] = []
        at = 0
        while at + _RECORD.itemsize <= window.end:
            caplen, length = lengths(window.bytes, at + 4)
            if length < _RECORD.itemsize + caplen:
                return starts, at, 0, f"a record of {length} bytes cannot hold its {caplen} captured bytes"
            if caplen > max_caplen(self._interface.linktype) or length > (1 << 20):
                return starts, at, 0, f"it claims {caplen} bytes"
            if at + length > window.end:
                return starts, at, length, ""
            starts.append(at)
            at += length
        return starts, at, _RECORD.itemsize, ""

    def _records(self, window: Window, starts: np.ndarray) -> Records:
        headers = gather(window.array, starts, _RECORD)
        return Records(
            window.array,
            window.base,
            starts + _RECORD.itemsize,
            headers["incl_len"].astype(np.uint32),
            np.minimum(headers["orig_len"], MAX_ORIG_LEN).astype(np.uint32),
            headers["sec"].astype(np.int64) * 10**9 + headers["usec"].astype(np.int64) * 1000,
            np.zeros(len(starts), np.uint16),
        )


def open_snoop(source: Source) -> Snoop | None:
    """Read the file header; None where it is not snoop's.

    Raises:
        NotACapture: it is, but its header is cut, or of a version or datalink type that cannot be read.
    """
    head = source.read(0, _HEADER_LEN)
    if head[:8] != _MAGIC:
        return None
    if len(head) < _HEADER_LEN:
        raise NotACapture(f"{source.name}: is cut inside the snoop file header")
    version, datalink = struct.unpack_from(">II", head, 8)
    if version != 2 or datalink not in _LINKTYPES:
        raise NotACapture(f"{source.name}: snoop version {version}, datalink type {datalink}, is not read")
    return Snoop(source, Interface(_LINKTYPES[datalink]))
