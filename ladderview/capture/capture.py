"""A capture: its packets as columns, its flows, its bytes on demand, and the damage found in it."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.flow_builder import FlowBuilder
from ladderview.capture.flows import FlowTable
from ladderview.capture.names import HostNames
from ladderview.capture.packets import Headers, fast_lane
from ladderview.capture.pcap import open_pcap
from ladderview.capture.pcapng import open_pcapng
from ladderview.capture.records import NO_LINKTYPE, Findings, Format, Interface, Records
from ladderview.capture.snoop import open_snoop
from ladderview.capture.source import CaptureChanged, Damage, NotACapture, Source, open_source, source_of
from ladderview.capture.table import KIND_NAMES, GrowingTable, Kind, PacketTable
from ladderview.progress import Progress, no_progress

if TYPE_CHECKING:
    from ladderview.capture.one_by_one import OneByOne

#: Seconds between two calls of ``progress``.
_TICK_S = 0.08

__all__ = ["Capture", "CaptureChanged", "Damage", "Interface", "NotACapture", "open_capture", "open_scenario"]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Capture:
    """An open capture; everything but its bytes is in memory.

    Attributes:
        path: as it was given.
        size: bytes of the (uncompressed) file.
        packets: one row a packet.
        flows: one row a TCP connection.
        interfaces: where packets were captured.
        damage: what is wrong with the file, or nothing.
        fragments: packet that completes an IP datagram -> all packets that carry it, itself included.
        unsized: int64, ascending: TCP packets whose payload length is not known (a first fragment that stands alone,
            a data offset that goes past the segment); they take no part in the analysis.
        samples: packet -> flows of the TCP headers that it holds as sFlow samples, in their order.
        untimed: int64, ascending: packets whose file does not say when they came (pcapng Simple Packet Blocks); their
            ``ts_ns`` is 0.
        comments: packet -> its comments (pcapng).
        host_names: address -> name.
        secrets: TLS key log texts (pcapng Decryption Secrets).
        other_traffic: what is not TCP: name -> packets, most first.
        comment: what the file says of itself (pcapng), or the empty string; of what was composed its title.
        scenario: the text that it was composed from, or None where it was captured.
    """

    path: str
    size: int
    packets: PacketTable
    flows: FlowTable
    interfaces: list[Interface]
    damage: tuple[Damage, ...]
    fragments: dict[int, tuple[int, ...]]
    unsized: NDArray[np.int64]
    untimed: NDArray[np.int64]
    samples: dict[int, tuple[int, ...]]
    comments: dict[int, tuple[str, ...]]
    host_names: dict[str, str]
    secrets: tuple[bytes, ...]
    other_traffic: dict[str, int]
    source: Source
    comment: str = ""
    scenario: str | None = None

    def packet_bytes(self, index: int) -> bytes:
        """The captured bytes of a packet.

        Raises:
            CaptureChanged: the file was cut short or replaced.
        """
        return self.source.read_unchanged(int(self.packets.offset[index]), int(self.packets.caplen[index]))

    def datagram_bytes(self, index: int) -> bytes:
        """The IP datagram that packet ``index`` completes (a key of ``fragments``), IP header first.

        It is put together again each time: kept, the datagrams of a capture full of fragments would fill memory.

        Raises:
            CaptureChanged: the file was cut short or replaced.
        """
        from ladderview.capture.one_by_one import put_together  # noqa: PLC0415 - see there

        pieces = (
            (
                packet,
                self.packet_bytes(packet),
                self.interfaces[int(self.packets.iface[packet])].linktype,
                int(self.packets.orig_len[packet]),
            )
            for packet in self.fragments[index]
        )
        datagram = put_together(pieces)
        if datagram is None:
            raise CaptureChanged(f"{self.path}: the fragments of packet {index + 1} are not what they were")
        return datagram

    def segment_bytes(self, index: int) -> bytes:
        """From the TCP header of a packet to the end of the captured part of its TCP payload.

        Raises:
            CaptureChanged: the file was cut short or replaced.
        """
        table = self.packets
        data = self.datagram_bytes(index) if index in self.fragments else self.packet_bytes(index)
        return data[int(table.l4_off[index]) : int(table.payload_off[index]) + int(table.payload_len[index])]

    @property
    def why_empty(self) -> str:
        """Why there is no flow to show, in one line for a person; only of use where there is none."""
        name = "standard input" if self.path == "-" else self.path
        reason = "no TCP connections" if len(self.packets) else "no packets"
        if self.other_traffic:
            reason += f" ({', '.join(f'{count} {traffic}' for traffic, count in self.other_traffic.items())})"
        return "; ".join((f"{name}: {reason}", *(damage.message for damage in self.damage)))

    def close(self) -> None:
        """Let the file go; the columns stay."""
        self.source.close()


def open_capture(path: str | os.PathLike[str], progress: Progress = no_progress) -> Capture:
    """Read a capture file, or standard input for "-"; or compose the capture that a scenario describes.

    Raises:
        NotACapture: the file cannot be read as a capture; one clear line.
        Cancelled: by ``progress``.
    """
    name = os.fspath(path)
    source = open_source(name, progress)
    try:
        text = _scenario_text(source)
        if text is None:
            return _Reading(name, source, progress).read()
    except BaseException:
        source.close()
        raise
    source.close()
    return open_scenario(text, name, progress)


def open_scenario(text: str, name: str, progress: Progress = no_progress) -> Capture:
    """Compose the capture that a scenario describes.

    Args:
        text: of the scenario.
        name: of the file that it stands in.
        progress: told events, then bytes.

    Raises:
        FaultyScenario: a ``NotACapture`` that tells the mistakes.
        Cancelled: by ``progress``.
    """
    # Few captures are composed, and what composes them is slow to import.
    from ladderview.capture.scenario.opening import pcapng_of  # noqa: PLC0415

    source = source_of(pcapng_of(text, name, progress), name)
    try:
        return replace(_Reading(name, source, progress).read(), scenario=text)
    except BaseException:
        source.close()
        raise


def _scenario_text(source: Source) -> str | None:
    """The text of a file that is a scenario, by its name or by its first line; else None."""
    if _kind_of_file(source.read(0, 512)) != _TEXT:
        return None
    from ladderview.capture.scenario.opening import text_of  # noqa: PLC0415 - as above

    return text_of(source)


class _Reading:
    """One reading of a file: blocks of records go through the lanes into the table and the flows."""

    def __init__(self, path: str, source: Source, progress: Progress) -> None:
        self._path, self._source, self._progress = path, source, progress
        self._findings = Findings()
        self._table = GrowingTable()
        self._flows = FlowBuilder()
        self._one_by_one: OneByOne | None = None
        self._traffic: Counter[str] = Counter()
        self._names = HostNames()
        self._next_tick = 0.0
        self._done = 0

    def read(self) -> Capture:
        """Read the file from beginning to end."""
        for records in _recognise(self._source)(self._findings):
            self._add(records)
            self._tick()
        table = self._table.finish()
        flows = self._flows.finish(table, self._tick)
        return Capture(
            self._path,
            self._source.size,
            table,
            flows,
            self._findings.interfaces,
            self._damage(),
            self._one_by_one.fragments if self._one_by_one else {},
            self._flows.unsized,
            np.concatenate(self._findings.untimed),
            self._flows.samples,
            self._findings.comments,
            {**self._names.names, **self._findings.host_names},
            tuple(self._findings.secrets),
            dict(self._traffic.most_common()),
            self._source,
            self._findings.comment,
        )

    def _damage(self) -> tuple[Damage, ...]:
        """What is wrong with the file, in one line: the end of its bytes explains what is wrong at their end."""
        found, shortened = self._findings.damage, self._source.shortened
        if not shortened:
            return (found,) if found else ()
        size, number = self._source.size, self._table.rows + 1
        if found:
            return (Damage(f"{shortened}; {found.message}", found.offset, found.number),)
        return (Damage(f"{shortened}; it ends before packet {number}, at byte {size}", size, number),)

    def _tick(self) -> None:
        now = time.monotonic()
        if now >= self._next_tick:
            self._next_tick = now + _TICK_S
            self._progress(self._done, self._source.size)

    def _add(self, records: Records) -> None:
        base = self._table.rows
        linktypes = self._linktypes(records)
        headers = fast_lane(records, linktypes)
        for kind, count in enumerate(np.bincount(headers.kind[~headers.slow]).tolist()):
            if count and kind != Kind.TCP:
                self._traffic[KIND_NAMES[Kind(kind)]] += count
        extras = self._slow_lane().read(records, headers, linktypes, base) if headers.slow.any() else []
        flow, direction = self._flows.add(headers, base, extras)
        self._read_names(records, headers)
        self._done = records.base + int(records.start[-1]) + int(records.caplen[-1])
        self._table.extend(
            len(records),
            self._done / self._source.size,
            ts_ns=records.ts_ns,
            offset=records.start + records.base,
            caplen=records.caplen,
            orig_len=records.orig_len,
            iface=records.iface,
            kind=headers.kind,
            flow=flow,
            direction=direction,
            seq=headers.seq,
            ack=headers.ack,
            payload_len=headers.payload_len,
            l4_off=headers.l4_off,
            payload_off=headers.payload_off,
            window=headers.window,
            tcp_flags=headers.tcp_flags,
        )

    def _slow_lane(self) -> OneByOne:
        if self._one_by_one is None:
            from ladderview.capture.one_by_one import OneByOne  # noqa: PLC0415 - see there

            self._one_by_one = OneByOne(self._traffic)
        return self._one_by_one

    def _read_names(self, records: Records, headers: Headers) -> None:
        for row in np.flatnonzero(headers.dns_off).tolist():
            if not self._names.wants_more():
                return
            start = int(records.start[row])
            self._names.add(
                records.data[start + int(headers.dns_off[row]) : start + int(records.caplen[row])].tobytes()
            )

    def _linktypes(self, records: Records) -> NDArray[np.uint32]:
        """The link type of each packet."""
        known = [interface.linktype for interface in self._findings.interfaces]
        return np.array([*known, NO_LINKTYPE], np.uint32)[np.minimum(records.iface, len(known))]


def _recognise(source: Source) -> Format:
    """The format of a file, by its first bytes.

    Raises:
        NotACapture: none of the formats that are read.
    """
    for recognise in (open_pcap, open_pcapng, open_snoop):
        file_format = recognise(source)
        if file_format is not None:
            return file_format
    raise NotACapture(f"{source.name}: {_kind_of_file(source.read(0, 512))}, not a pcap or pcapng capture")


#: First bytes of files that are handed over by mistake, or are captures of a format that is not read.
_OTHER_FILES = {
    b"\xff\xd8\xff": "is a JPEG picture",
    b"\x89PNG": "is a PNG picture",
    b"%PDF": "is a PDF",
    b"PK\x03\x04": "is a ZIP archive",
    b"BZh": "is packed with bzip2",
    b"\xfd7zXZ": "is packed with xz",
    b"\x28\xb5\x2f\xfd": "is packed with zstd",
    b"\x04\x22\x4d\x18": "is packed with lz4",
    b"\x7fELF": "is a program",
    b"GMBU": "is a Microsoft Network Monitor capture",
    b"RTSS": "is a Microsoft Network Monitor capture",
    b"TRSNIFF data": "is a Sniffer capture",
    b"XCP\0": "is a NetXRay capture",
    b"btsnoop\0": "is a Bluetooth snoop capture",
}


_TEXT = "is a text file"


def _kind_of_file(head: bytes) -> str:
    for magic, kind in _OTHER_FILES.items():
        if head.startswith(magic):
            return kind
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        # Only the last character may be cut, by our reading so few bytes.
        text = head[: error.start].decode("utf-8") if error.start > len(head) - 4 else ""
    text = text.removeprefix("\ufeff")
    is_text = bool(text) and all(char.isprintable() or char.isspace() for char in text)
    return _TEXT if is_text else "is a file of unknown kind"
