"""Is this a pcap file, and what are its records?

The format is draft-ietf-opsawg-pcap. Beside it stand the variants that programs wrote over thirty years, which
Wireshark reads and so do we: nanoseconds, the swapped length fields of version 2.2 and earlier, and the longer
record headers of patched libpcaps ("modified", Alexey Kuznetsov's), of Nokia, of AIX and of Ixia.

Plan: magic number and version say most; where a magic number was used for two record headers, the first records
are read in each way and the way with the fewest oddities is taken.

Traps: a damaged length leads anywhere. The walk only adds up lengths; they are checked in one numpy step
afterwards, and the records before the first impossible one are kept.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.hops import Foresight
from ladderview.capture.records import (
    MAX_ORIG_LEN,
    Findings,
    Format,
    Interface,
    Records,
    Unreadable,
    Window,
    gather,
    overlapping,
)
from ladderview.capture.source import Damage, NotACapture, Source

_HEADER_LEN = 24

#: Largest captured length that Wireshark believes, by link type; LINKTYPE_ registry at tcpdump.org.
_MAX_CAPLEN = 262_144
_MAX_CAPLEN_OF = {231: 128 << 20, 249: 128 << 20, 279: 8 << 20}  # DBUS, USBPCAP, EBHSCR

#: The network word: "FCS length present", its length in the top four bits (words of 16 bits), and bits that must be 0.
_FCS_PRESENT, _RESERVED = 0x04000000, 0x03FF0000
#: Before version 2.3 the captured length came last; programs that wrote 2.3 did not agree.
_LENGTHS = {(2, 0): "captured last", (2, 1): "captured last", (2, 2): "captured last", (2, 3): "smaller"}


@dataclass(frozen=True, slots=True)
class _Magic:
    """What a magic number says.

    Attributes:
        ts_per_second: timestamp units.
        variants: the record headers that files with this magic number have.
        extra: bytes after the file header.
    """

    ts_per_second: int
    variants: tuple[str, ...]
    extra: int = 0


_STANDARD = 0xA1B2C3D4
_MAGICS = {
    _STANDARD: _Magic(10**6, ("pcap", "modified", "nokia")),
    0xA1B23C4D: _Magic(10**9, ("pcap",)),
    0xA1B2CD34: _Magic(10**6, ("modified", "modified+smp")),
    0x1C0001AC: _Magic(10**9, ("pcap",), extra=4),  # Ixia, hardware capture
    0x1C0001AB: _Magic(10**6, ("pcap",), extra=4),  # Ixia, software capture
}
#: Bytes of a record header. The first 16 are the same in all.
_RECORD_HEADER_LEN = {"pcap": 16, "modified": 24, "modified+smp": 28, "nokia": 20}
#: AIX writes version 2.2 with interface types of RFC 1573 and nanoseconds: interface type to LINKTYPE_.
_AIX_LINKTYPES = {6: 1, 9: 6, 15: 10, 24: 0}


@dataclass(frozen=True, slots=True)
class Pcap:
    """A pcap file, its header read.

    Attributes:
        order: "<" or ">".
        record_header_len: bytes.
        first: offset of the first record.
        lengths: "captured first", "captured last" (before version 2.3), or "smaller" of both (version 2.3).
    """

    source: Source
    order: str
    interface: Interface
    record_header_len: int
    first: int
    lengths: str

    def __call__(self, findings: Findings) -> Iterator[Records]:
        """Yield the records; damage goes to ``findings``."""
        findings.interfaces.append(self.interface)
        window, count = Window(self.source), 0
        foresight = Foresight(slice(2, 4) if self.order == "<" else slice(0, 2))  # the high half of the seconds
        window.slide(self.first)
        while window.end:
            starts, used, needed = self._walk(window, foresight)
            records, bad = self._columns(window, starts)
            if len(records):
                yield records
            count += len(records)
            if bad is not None:
                at = window.base + int(starts[len(records)])
                findings.damage = Damage(f"packet {count + 1} at byte {at} claims {bad} bytes", at, count + 1)
                return
            if window.at_end:
                rest = window.end - used
                if rest:
                    findings.damage = self._cut(window.base + used, count + 1, rest, needed)
                return
            window.slide(window.base + used, needed)

    def _walk(self, window: Window, foresight: Foresight) -> tuple[NDArray[np.int64], int, int]:
        """Where the records stand that end in the window, the bytes they use, and the bytes the next one needs."""
        last = window.end - self.record_header_len
        runs = foresight.runs(window.bytes, last + 1, self._length_reader(window))
        walked: list[NDArray[np.int64]] = []
        at = 0
        while at <= last:
            if at in runs:
                walked.append(runs[at].starts)
                at = runs[at].end
            else:
                starts, at = self._step(window.bytes, at, last, runs)
                walked.append(starts)
        starts = np.concatenate(walked) if walked else np.zeros(0, np.int64)
        foresight.learn(len(starts), at)
        needed = self.record_header_len
        if at > window.end and len(starts):
            length = at - int(starts[-1])
            if length - needed <= max_caplen(self.interface.linktype):
                return starts[:-1], at - length, length
            # Such a length leads nowhere: it is left in, for the columns to find.
        return starts, at, needed

    def _step(self, data: bytearray, at: int, last: int, runs: Container[int]) -> tuple[NDArray[np.int64], int]:
        """Go from record to record, until one is the first of a run."""
        header_len, field = self.record_header_len, 12 if self.lengths == "captured last" else 8
        unpack = struct.Struct(self.order + "I").unpack_from
        starts: list[int] = []
        append = starts.append
        if self.lengths == "smaller":
            both = struct.Struct(self.order + "II").unpack_from
            while at <= last and at not in runs:
                append(at)
                at += header_len + min(both(data, at + 8))
        elif runs:
            while at <= last and at not in runs:
                append(at)
                at += header_len + unpack(data, at + field)[0]
        else:
            while at <= last:
                append(at)
                at += header_len + unpack(data, at + field)[0]
        return np.array(starts, np.int64), at

    def _length_reader(self, window: Window) -> Callable[[NDArray[np.int64]], NDArray[np.int64]]:
        """A function that reads the lengths of the records at these indices."""
        words, word = overlapping(window.array, 8, 8), np.dtype(self.order + "u4")
        header_len, column = self.record_header_len, 1 if self.lengths == "captured last" else 0

        def lengths(at: NDArray[np.int64]) -> NDArray[np.int64]:
            both = words[at].view(word).reshape(-1, 2)
            caplen = both.min(axis=1) if self.lengths == "smaller" else both[:, column]
            return caplen + np.int64(header_len)

        return lengths

    def _columns(self, window: Window, starts: NDArray[np.int64]) -> tuple[Records, int | None]:
        """The columns up to the first impossible length, and that length."""
        word = np.dtype(self.order + "u4")
        header = np.dtype([("sec", word), ("frac", word), ("incl_len", word), ("orig_len", word)])
        headers = gather(window.array, starts, header)
        caplen = headers["incl_len"].astype(np.uint32)
        orig_len = headers["orig_len"].astype(np.uint32)
        if self.lengths == "captured last":
            caplen, orig_len = orig_len, caplen
        elif self.lengths == "smaller":
            caplen, orig_len = np.minimum(caplen, orig_len), np.maximum(caplen, orig_len)
        bad = None
        wrong = np.flatnonzero(caplen > max_caplen(self.interface.linktype))
        if len(wrong):
            n = int(wrong[0])
            bad = int(caplen[n])
            starts, caplen, orig_len, headers = starts[:n], caplen[:n], orig_len[:n], headers[:n]
        # The fraction wraps around in Wireshark, where it is a signed 32-bit number of nanoseconds.
        frac = (headers["frac"].astype(np.uint32) * np.uint32(10**9 // self.interface.ts_per_second)).view(np.int32)
        ts_ns = headers["sec"].astype(np.int64) * 10**9 + frac
        orig_len = np.minimum(orig_len, np.uint32(MAX_ORIG_LEN))
        iface = np.zeros(len(starts), np.uint16)
        return Records(window.array, window.base, starts + self.record_header_len, caplen, orig_len, ts_ns, iface), bad

    def _cut(self, at: int, number: int, rest: int, needed: int) -> Damage:
        if rest < self.record_header_len:
            return Damage(f"the file ends inside the header of packet {number} at byte {at}", at, number)
        return Damage(
            f"the file ends inside packet {number}: at byte {at}, {rest} of its {needed} bytes are there", at, number
        )


def max_caplen(linktype: int) -> int:
    """The largest captured length that Wireshark believes."""
    return _MAX_CAPLEN_OF.get(linktype, _MAX_CAPLEN)


def open_pcap(source: Source) -> Format | None:
    """Read the file header; None where the magic number is not pcap's.

    Raises:
        NotACapture: it is a pcap, but its header is cut.
    """
    head = source.read(0, _HEADER_LEN)
    order = next((order for order in "<>" if len(head) >= 4 and _magic_number(order, head) in _MAGICS), "")
    if not order:
        return None
    number = _magic_number(order, head)
    magic = _MAGICS[number]
    first = _HEADER_LEN + magic.extra
    if source.size < first:
        raise NotACapture(
            f"{source.name}: is cut inside the pcap file header, {source.size} of {first} bytes are there"
        )
    major, minor, _, _, snaplen, network = struct.unpack_from(order + "HHiIII", head, 4)
    if major < 2:
        message = f"packet 1, byte 4: the file header says pcap version {major}.{minor}, which is not known"
        return Unreadable(Damage(message, 4, 1))
    ts_per_second, linktype, variants = magic.ts_per_second, network, magic.variants
    lengths = _LENGTHS.get((major, minor), "captured last" if major == 543 else "captured first")
    if number == _STANDARD:
        if lengths != "captured first":
            variants = ("pcap",)
        if (major, minor) == (2, 2) and network in _AIX_LINKTYPES:
            ts_per_second, linktype = 10**9, _AIX_LINKTYPES[network]
    if not network & _RESERVED:  # bits that must be 0: with them it is no link type that anybody knows
        linktype &= 0xFFFF
    fcs_len = (network >> 28) * 2 if network & _FCS_PRESENT else -1
    interface = Interface(linktype, "", snaplen, ts_per_second, 0, fcs_len)
    variant = min(variants, key=lambda name: _oddities(source, order, name, first, interface))
    return Pcap(source, order, interface, _RECORD_HEADER_LEN[variant], first, lengths)


def _magic_number(order: str, head: bytes) -> int:
    return int(struct.unpack_from(order + "I", head)[0])


def _oddities(source: Source, order: str, variant: str, first: int, interface: Interface) -> int:
    """How odd the first odd one of the first records looks, if they are read with the header of ``variant``.

    Wireshark chooses by the same count, so both take a damaged file for the same variant.
    """
    at, header_len = first, _RECORD_HEADER_LEN[variant]
    for _ in range(3):
        header = source.read(at, header_len)
        if len(header) < header_len:
            return len(header) > 0
        usec, incl_len, orig_len = (int(word) for word in struct.unpack_from(order + "III", header, 4))
        odd = (usec >= 10**6) + (incl_len > max_caplen(interface.linktype)) + (incl_len > interface.snaplen)
        odd += (orig_len > 1 << 27) + (incl_len > orig_len)
        at += header_len + incl_len
        if odd or at > source.size:
            return odd or 1
    return 0
