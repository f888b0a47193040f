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
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.records import Findings, Interface, Records, Window, gather
from ladderview.capture.source import Damage, NotACapture, Source

_HEADER_LEN = 24

#: Largest captured length that Wireshark believes, by link type; LINKTYPE_ registry at tcpdump.org.
_MAX_CAPLEN = 262_144
_MAX_CAPLEN_OF = {231: 128 << 20, 249: 128 << 20, 279: 8 << 20}  # DBUS, USBPCAP, EBHSCR


@dataclass(frozen=True, slots=True)
class _Magic:
    """What a magic number says: timestamp units, candidate record header lengths, bytes after the file header."""

    ts_per_second: int
    variants: tuple[str, ...]
    extra: int = 0


#: Bytes of a record header. The first 16 are the same in all.
_RECORD_HEADER_LEN = {"pcap": 16, "modified": 24, "modified+smp": 28, "nokia": 20}

_MAGICS = {
    0xA1B2C3D4: _Magic(10**6, ("pcap", "modified", "nokia")),
    0xA1B23C4D: _Magic(10**9, ("pcap",)),
    0xA1B2CD34: _Magic(10**6, ("modified", "modified+smp")),
    0x1C0001AC: _Magic(10**9, ("pcap",), extra=4),  # Ixia, hardware capture
    0x1C0001AB: _Magic(10**6, ("pcap",), extra=4),  # Ixia, software capture
}


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
        window = Window(self.source)
        offset, count = self.first, 0
        window.slide(offset)
        while window.end:
            starts, used, needed = self._walk(window)
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

    def _walk(self, window: Window) -> tuple[NDArray[np.int64], int, int]:
        """Where the records stand that end in the window, the bytes they use, and the bytes the next one needs."""
        unpack = struct.Struct(self.order + "I").unpack_from
        both = struct.Struct(self.order + "II").unpack_from
        data, header_len = window.bytes, self.record_header_len
        starts: list[int] = []
        append = starts.append
        at, last = 0, window.end - header_len
        if self.lengths == "smaller":
            while at <= last:
                append(at)
                at += header_len + min(both(data, at + 8))
        else:
            field = 8 if self.lengths == "captured first" else 12
            while at <= last:
                append(at)
                at += header_len + unpack(data, at + field)[0]
        needed = header_len
        if at > window.end and starts:
            needed = at - starts[-1]
            at = starts.pop()
            if needed - header_len > max_caplen(
                self.interface.linktype
            ):  # lead no further: let the column check find it
                starts.append(at)
        return np.array(starts, np.int64), at, needed

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
        frac = headers["frac"].astype(np.uint32)
        if self.interface.ts_per_second == 10**6:
            frac *= np.uint32(1000)  # wraps as in Wireshark, whose fraction is a signed 32-bit number
        ts_ns = headers["sec"].astype(np.int64) * 10**9 + frac.view(np.int32)
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


def open_pcap(source: Source) -> Pcap | None:
    """Read the file header; None where the magic number is not pcap's.

    Raises:
        NotACapture: it is a pcap, but its header is cut, or of a version or kind that cannot be read.
    """
    head = source.read(0, _HEADER_LEN)
    if len(head) < 4:
        return None
    for order in "<>":
        magic = _MAGICS.get(struct.unpack_from(order + "I", head)[0])
        if magic is not None:
            break
    else:
        return None
    if len(head) < _HEADER_LEN + magic.extra and source.size < _HEADER_LEN + magic.extra:
        raise NotACapture(f"{source.name}: is cut inside the pcap file header: {source.size} of {_HEADER_LEN} bytes")
    major, minor, _, _, snaplen, network = struct.unpack_from(order + "HHiIII", head, 4)
    if major < 2:
        raise NotACapture(f"{source.name}: pcap version {major}.{minor} is not known")
    fcs_len = (network >> 28) * 2 if network & 0x04000000 else -1
    interface = Interface(network & 0xFFFF, "", snaplen, magic.ts_per_second, 0, fcs_len)
    lengths = "captured first"
    variants = magic.variants
    if major == 543 or (major == 2 and minor < 3):
        lengths, variants = "captured last", variants[:1]
    elif major == 2 and minor == 3:
        lengths, variants = "smaller", variants[:1]
    first = _HEADER_LEN + magic.extra
    return Pcap(source, order, interface, _RECORD_HEADER_LEN[variants[0]], first, lengths)
