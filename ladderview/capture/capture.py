"""A capture: its packets as columns, its flows, its bytes on demand, and the damage found in it."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.flow_builder import FlowBuilder
from ladderview.capture.flows import FlowTable
from ladderview.capture.fragments import Defragmenter
from ladderview.capture.packets import Headers, fast_lane
from ladderview.capture.pcap import open_pcap
from ladderview.capture.pcapng import open_pcapng
from ladderview.capture.records import NO_LINKTYPE, Findings, Format, Interface, Records
from ladderview.capture.slow_lane import SlowRow, read_packet
from ladderview.capture.source import CaptureChanged, Damage, NotACapture, Source, open_source
from ladderview.capture.table import GrowingTable, Kind, PacketTable
from ladderview.progress import Progress, no_progress

__all__ = ["Capture", "CaptureChanged", "Damage", "Interface", "NotACapture", "open_capture"]


@dataclass(slots=True)
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
        comments: packet -> its comments (pcapng).
        host_names: address -> name.
        secrets: TLS key log texts (pcapng Decryption Secrets).
        other_traffic: what is not TCP, counted and named.
    """

    path: str
    size: int
    packets: PacketTable
    flows: FlowTable
    interfaces: list[Interface]
    damage: tuple[Damage, ...]
    fragments: dict[int, tuple[int, ...]]
    comments: dict[int, tuple[str, ...]]
    host_names: dict[str, str]
    secrets: tuple[bytes, ...]
    other_traffic: dict[str, int]
    _source: Source
    _datagrams: dict[int, bytes] = field(default_factory=dict, repr=False)

    def packet_bytes(self, index: int) -> bytes:
        """The captured bytes of a packet.

        Raises:
            CaptureChanged: the file was cut short or replaced.
        """
        return self._source.read_unchanged(int(self.packets.offset[index]), int(self.packets.caplen[index]))

    def datagram_bytes(self, index: int) -> bytes:
        """The IP datagram that packet ``index`` completes (a key of ``fragments``), IP header first."""
        return self._datagrams[index]

    def segment_bytes(self, index: int) -> bytes:
        """From the TCP header of a packet to the end of the captured part of its TCP payload."""
        table = self.packets
        data = self.datagram_bytes(index) if index in self.fragments else self.packet_bytes(index)
        return data[int(table.l4_off[index]) : int(table.payload_off[index]) + int(table.payload_len[index])]

    def close(self) -> None:
        """Let the file go; the columns stay."""
        self._source.close()


def open_capture(path: str | os.PathLike[str], progress: Progress = no_progress) -> Capture:
    """Read a capture file, or standard input for "-".

    Raises:
        NotACapture: the file cannot be read as a capture; one clear line.
        Cancelled: by ``progress``.
    """
    name = os.fspath(path)
    source = open_source(name, progress)
    try:
        return _Reading(name, source, progress).read()
    except BaseException:
        source.close()
        raise


class _Reading:
    """One reading of a file: blocks of records go through the lanes into the table and the flows."""

    def __init__(self, path: str, source: Source, progress: Progress) -> None:
        self._path, self._source, self._progress = path, source, progress
        self._findings = Findings()
        self._table = GrowingTable()
        self._flows = FlowBuilder()
        self._defragmenter = Defragmenter()
        self._fragments: dict[int, tuple[int, ...]] = {}
        self._datagrams: dict[int, bytes] = {}
        self._other: dict[str, int] = {}
        self._next_tick = 0.0
        self._done = 0

    def read(self) -> Capture:
        for records in _recognise(self._source)(self._findings):
            self._add(records)
            self._tick()
        table = self._table.finish()
        flows = self._flows.finish(table, self._tick)
        damage = (self._findings.damage,) if self._findings.damage else ()
        return Capture(
            self._path,
            self._source.size,
            table,
            flows,
            self._findings.interfaces,
            damage,
            self._fragments,
            self._findings.comments,
            self._findings.host_names,
            tuple(self._findings.secrets),
            self._other,
            self._source,
            self._datagrams,
        )

    def _tick(self) -> None:
        now = time.monotonic()
        if now >= self._next_tick:
            self._next_tick = now + 0.08
            self._progress(self._done, self._source.size)

    def _add(self, records: Records) -> None:
        base = self._table.rows
        linktypes = self._linktypes(records)
        headers = fast_lane(records, linktypes)
        for row in np.flatnonzero(headers.slow).tolist():
            self._add_slowly(records, headers, row, int(linktypes[row]), base + row)
        flow, direction = self._flows.add(headers, base)
        end = records.base + int(records.start[-1]) + int(records.caplen[-1])
        self._done = end
        self._table.extend(
            len(records),
            end / self._source.size,
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

    def _linktypes(self, records: Records) -> NDArray[np.uint32]:
        """The link type of each packet."""
        known = [interface.linktype for interface in self._findings.interfaces]
        return np.array([*known, NO_LINKTYPE], np.uint32)[np.minimum(records.iface, len(known))]

    def _add_slowly(self, records: Records, headers: Headers, row: int, linktype: int, index: int) -> None:
        start = int(records.start[row])
        data = records.data[start : start + int(records.caplen[row])].tobytes()
        slow = read_packet(data, linktype, int(records.orig_len[row]))
        if slow.fragment is not None:
            datagram = self._defragmenter.add(index, slow, data)
            if datagram is not None:
                slow = datagram.row
                self._fragments[index] = datagram.packets
                self._datagrams[index] = datagram.data
        _put(headers, row, slow)


def _put(headers: Headers, row: int, slow: SlowRow) -> None:
    """Write what the slow lane read of one packet."""
    headers.kind[row] = slow.kind
    if slow.kind is not Kind.TCP and not slow.quoted:
        return
    headers.family[row] = 4 if len(slow.src) == 4 else 6
    for half, address in ((headers.src0, headers.src1), slow.src), ((headers.dst0, headers.dst1), slow.dst):
        half[0][row] = int.from_bytes(address[:-8], "big")
        half[1][row] = int.from_bytes(address[-8:], "big")
    headers.sport[row], headers.dport[row] = slow.sport, slow.dport
    if slow.kind is Kind.TCP:
        headers.seq[row], headers.ack[row] = slow.seq, slow.ack
        headers.payload_len[row] = slow.payload_len
        headers.l4_off[row], headers.payload_off[row] = slow.l4_off, slow.payload_off
        headers.window[row], headers.tcp_flags[row] = slow.window, slow.flags


def _recognise(source: Source) -> Format:
    """The format of a file, by its first bytes.

    Raises:
        NotACapture: none of the formats that are read.
    """
    for recognise in (open_pcap, open_pcapng):
        file_format = recognise(source)
        if file_format is not None:
            return file_format
    raise NotACapture(f"{source.name}: is neither pcap nor pcapng")
