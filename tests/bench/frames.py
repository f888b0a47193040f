"""How do columns of packets become the bytes of a pcap file, a million in a few seconds?

Plan: packets whose headers have the same shape (VLAN tag or not, IPv4 or IPv6, which TCP options) share one byte
matrix, filled column by column; the matrix is scattered into a block of output whose background is random payload. So
few packets are touched by Python one at a time, and the payloads cost one copy.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from tests.bench.traffic import ACK, ARP, CLIENT, SYN, UDP, Host, Packets

Bytes = NDArray[np.uint8]
RECORD_HEADER = 16
#: Nanosecond pcap, version 2.4, Ethernet.
NANOSECOND_MAGIC = 0xA1B23C4D
LINKTYPE_ETHERNET = 1
#: A received Ethernet frame is never shorter (IEEE 802.3, without the frame check sequence).
SHORTEST_FRAME = 60


def file_header(snaplen: int) -> bytes:
    """The 24 bytes at the start of the file."""
    return struct.pack("<IHHiIII", NANOSECOND_MAGIC, 2, 4, 0, 0, snaplen, LINKTYPE_ETHERNET)


class HostTable:
    """The hosts of all flows as columns, indexed by flow."""

    def __init__(self, hosts: Iterable[Host]) -> None:
        hosts = list(hosts)
        self.ipv6 = np.array([len(host.client) == 16 for host in hosts])
        self.address = np.zeros((len(hosts), 2, 16), dtype=np.uint8)
        self.mac = np.zeros((len(hosts), 2, 6), dtype=np.uint8)
        for flow, host in enumerate(hosts):
            self.address[flow, :, : len(host.client)] = [list(host.client), list(host.server)]
            self.mac[flow] = [list(host.client_mac), list(host.server_mac)]
        self.port = np.array([(host.client_port, host.server_port) for host in hosts], dtype=np.uint16)
        self.vlan = np.array([host.vlan for host in hosts], dtype=np.uint16)
        self.timestamps = np.array([host.timestamps for host in hosts])
        self.mss = np.array([host.mss + 12 * host.timestamps for host in hosts], dtype=np.uint16)
        self.scale = np.array([host.scale for host in hosts], dtype=np.uint8)


def _put(matrix: Bytes, at: int, values: NDArray[np.integer], size: int) -> None:
    """A column of big-endian numbers at byte ``at`` of every row."""
    big_endian = np.ascontiguousarray(values.astype(f">u{size}")).view(np.uint8).reshape(-1, size)
    matrix[:, at : at + size] = big_endian


def _shape_of(packets: Packets, hosts: HostTable) -> NDArray[np.uint16]:
    """A small number for each packet: equal numbers, equal header layout."""
    flow = packets["flow"]
    tagged = hosts.vlan[flow] > 0
    syn = (packets["flags"] & SYN) != 0
    sack = packets["sack_right"] != 0
    bits = (tagged, hosts.ipv6[flow], hosts.timestamps[flow], syn, sack)
    return packets["kind"].astype(np.uint16) * 32 + sum(
        bit.astype(np.uint16) << place for place, bit in enumerate(bits)
    )


def _options(packets: Packets, hosts: HostTable, *, timestamps: bool, syn: bool, sack: bool) -> Bytes:
    """TCP options as Linux orders them: MSS, SACK permitted, timestamps, window scale; NOPs to fill words of four."""
    flow = packets["flow"]
    columns: list[Bytes] = []

    def fixed(*values: int) -> None:
        columns.append(np.tile(np.array(values, dtype=np.uint8), (len(packets), 1)))

    def number(values: NDArray[np.integer], size: int) -> None:
        matrix = np.empty((len(packets), size), dtype=np.uint8)
        _put(matrix, 0, values, size)
        columns.append(matrix)

    if syn:
        fixed(2, 4)
        number(hosts.mss[flow], 2)
        fixed(*([4, 2] if timestamps else [1, 1, 4, 2]))
    if timestamps:
        fixed(*([8, 10] if syn else [1, 1, 8, 10]))
        number(packets["tsval"], 4)
        number(packets["tsecr"], 4)
    if syn:
        fixed(1, 3, 3)
        number(hosts.scale[flow], 1)
    if sack:
        fixed(1, 1, 5, 10)
        number(packets["sack_left"], 4)
        number(packets["sack_right"], 4)
    return np.hstack(columns) if columns else np.empty((len(packets), 0), dtype=np.uint8)


def _tcp(packets: Packets, hosts: HostTable, ports: NDArray[np.uint16], shape: int) -> Bytes:
    options = _options(packets, hosts, timestamps=bool(shape & 4), syn=bool(shape & 8), sack=bool(shape & 16))
    header = np.zeros((len(packets), 20), dtype=np.uint8)
    _put(header, 0, ports[:, 0], 2)
    _put(header, 2, ports[:, 1], 2)
    _put(header, 4, packets["seq"], 4)
    _put(header, 8, np.where(packets["flags"] & ACK, packets["ack"], 0), 4)
    header[:, 12] = (20 + options.shape[1]) // 4 << 4
    header[:, 13] = packets["flags"]
    _put(header, 14, packets["window"], 2)
    return np.hstack([header, options])


def _udp(packets: Packets, ports: NDArray[np.uint16]) -> Bytes:
    header = np.zeros((len(packets), 8), dtype=np.uint8)
    _put(header, 0, ports[:, 0], 2)
    _put(header, 2, ports[:, 1], 2)
    _put(header, 4, packets["length"] + 8, 2)
    return header


def _ipv4(packets: Packets, addresses: tuple[Bytes, Bytes], protocol: int, inner: int) -> Bytes:
    header = np.zeros((len(packets), 20), dtype=np.uint8)
    header[:, 0] = 0x45
    _put(header, 2, packets["length"].astype(np.uint32) + 20 + inner, 2)
    _put(header, 4, packets["time"] // 7919 % 65536, 2)
    header[:, 6] = 0x40
    header[:, 8], header[:, 9] = 64, protocol
    header[:, 12:16], header[:, 16:20] = addresses[0][:, :4], addresses[1][:, :4]
    words = header.reshape(-1, 10, 2).astype(np.uint32)
    total = (words[:, :, 0] * 256 + words[:, :, 1]).sum(axis=1)
    total = (total & 0xFFFF) + (total >> 16)
    _put(header, 10, ~(total + (total >> 16)) & 0xFFFF, 2)
    return header


def _ipv6(packets: Packets, addresses: tuple[Bytes, Bytes], protocol: int, inner: int) -> Bytes:
    header = np.zeros((len(packets), 40), dtype=np.uint8)
    header[:, 0] = 0x60
    _put(header, 4, packets["length"].astype(np.uint32) + inner, 2)
    header[:, 6], header[:, 7] = protocol, 64
    header[:, 8:24], header[:, 24:40] = addresses
    return header


def _arp(packets: Packets, hosts: HostTable) -> Bytes:
    """Who has the client's address? (RFC 826)"""
    header = np.zeros((len(packets), 42), dtype=np.uint8)
    flow = packets["flow"]
    header[:, 0:6], header[:, 6:12] = 0xFF, hosts.mac[flow, 1]
    header[:, 12:22] = np.frombuffer(bytes.fromhex("0806 0001 0800 06 04 0001"), dtype=np.uint8)
    header[:, 22:28], header[:, 28:32] = hosts.mac[flow, 1], hosts.address[flow, 1, :4]
    header[:, 38:42] = hosts.address[flow, 0, :4]
    return header


def _headers(packets: Packets, hosts: HostTable, shape: int) -> Bytes:
    """Link, network and transport headers of packets of one shape."""
    if shape // 32 == ARP:
        return _arp(packets, hosts)
    flow, source = packets["flow"], packets["direction"].astype(np.intp)
    ports = np.stack([hosts.port[flow, source], hosts.port[flow, 1 - source]], axis=1)
    addresses = hosts.address[flow, source], hosts.address[flow, 1 - source]
    transport = _udp(packets, ports) if shape // 32 == UDP else _tcp(packets, hosts, ports, shape)
    protocol = 17 if shape // 32 == UDP else 6
    network = (_ipv6 if shape & 2 else _ipv4)(packets, addresses, protocol, transport.shape[1])
    link = np.zeros((len(packets), 18 if shape & 1 else 14), dtype=np.uint8)
    link[:, 0:6], link[:, 6:12] = hosts.mac[flow, 1 - source], hosts.mac[flow, source]
    if shape & 1:
        link[:, 12:14] = 0x81, 0x00
        _put(link, 14, hosts.vlan[flow], 2)
    link[:, -2:] = (0x86, 0xDD) if shape & 2 else (0x08, 0x00)
    return np.hstack([link, network, transport])


def records(packets: Packets, hosts: HostTable, snaplen: int, background: Bytes, payloads: dict[int, bytes]) -> Bytes:
    """The packets as pcap records, one after another.

    ``background`` is random bytes, longer than the block can become; ``payloads`` gives the payload of a row by its
    index where it matters (DNS).
    """
    shapes = _shape_of(packets, hosts)
    built: list[tuple[NDArray[np.intp], Bytes]] = []
    header_sizes = np.zeros(len(packets), dtype=np.int64)
    for shape in np.unique(shapes).tolist():
        rows = np.flatnonzero(shapes == shape)
        headers = _headers(packets[rows], hosts, shape)
        header_sizes[rows] = headers.shape[1]
        built.append((rows, headers))
    unpadded = header_sizes + packets["length"]
    lengths = np.where(packets["direction"] == CLIENT, unpadded, np.maximum(unpadded, SHORTEST_FRAME))
    captured = np.minimum(lengths, snaplen)
    ends = np.cumsum(captured + RECORD_HEADER)
    offsets = ends - captured - RECORD_HEADER

    block = background[: int(ends[-1]) + 256].copy()
    record = np.empty((len(packets), 4), dtype="<u4")
    record[:, 0], record[:, 1] = packets["time"] // 1_000_000_000, packets["time"] % 1_000_000_000
    record[:, 2], record[:, 3] = captured, lengths
    for rows, headers in built:
        kept = min(headers.shape[1], snaplen)
        block[(offsets[rows] + RECORD_HEADER)[:, None] + np.arange(kept)] = headers[:, :kept]
    for row, payload in payloads.items():
        start = int(offsets[row] + RECORD_HEADER + header_sizes[row])
        block[start : start + len(payload)] = np.frombuffer(payload, dtype=np.uint8)
    for row in np.flatnonzero(lengths > unpadded).tolist():
        start = int(offsets[row]) + RECORD_HEADER
        block[start + int(unpadded[row]) : start + int(lengths[row])] = 0
    # Last, so that a payload cut by the snap length cannot reach into the next record.
    block[offsets[:, None] + np.arange(RECORD_HEADER)] = record.view(np.uint8).reshape(-1, RECORD_HEADER)
    return block[: int(ends[-1])]
