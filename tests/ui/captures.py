"""Captures made of nothing but bytes, for tests of opening: small, broken, or as long as wanted."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

ETHERNET = 1


def pcap_header(linktype: int = ETHERNET, snaplen: int = 65535) -> bytes:
    return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, linktype)


def record(data: bytes, number: int = 0, captured: int | None = None, wire: int | None = None) -> bytes:
    """One record; ``captured`` and ``wire`` lie about its length where they are given."""
    length = len(data)
    head = struct.pack("<IIII", 1_700_000_000 + number // 1000, number % 1000 * 1000,
                       length if captured is None else captured, length if wire is None else wire)  # fmt: skip
    return head + data


def segment(
    ports: tuple[int, int], numbers: tuple[int, int], flags: int, payload: bytes = b"", client: bool = True
) -> bytes:
    """An Ethernet frame with IPv4 and TCP, without checksums."""
    ends = bytes([10, 0, 0, 7]), bytes([192, 0, 2, 10])
    src, dst = ends if client else ends[::-1]
    tcp = struct.pack(">HHIIBBHHH", *ports, *numbers, 0x50, flags, 64240, 0, 0) + payload
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + src + dst
    return bytes(12) + b"\x08\x00" + ip + tcp


def udp_packet() -> bytes:
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 28, 0, 0, 64, 17, 0) + bytes([10, 0, 0, 7, 10, 0, 0, 1])
    return bytes(12) + b"\x08\x00" + ip + struct.pack(">HHHH", 5353, 5353, 8, 0)


def handshake(port: int = 50944) -> list[bytes]:
    return [
        segment((port, 443), (68, 0), 0x02),
        segment((443, port), (420, 69), 0x12, client=False),
        segment((port, 443), (69, 421), 0x10),
        segment((port, 443), (69, 421), 0x18, b"GET / HTTP/1.1\r\n\r\n"),
    ]


def pcap(packets: list[bytes]) -> bytes:
    return pcap_header() + b"".join(record(data, number) for number, data in enumerate(packets))


def long_pcap(path: Path, packets: int, flows: int = 100) -> Path:
    """A file of this many packets of 100 bytes in this many flows, written by numpy in a moment."""
    frame = segment((50000, 443), (0, 1), 0x10, bytes(46))
    one = np.frombuffer(record(frame), np.uint8)
    rows = np.tile(one, (packets, 1))
    number = np.arange(packets)
    turn = number // flows
    rows[:, 0:4] = (1_700_000_000 + number // 10_000).astype("<u4").view(np.uint8).reshape(-1, 4)
    rows[:, 4:8] = (number % 10_000 * 100).astype("<u4").view(np.uint8).reshape(-1, 4)
    tcp = 16 + 14 + 20
    rows[:, tcp : tcp + 2] = (50_000 + number % flows).astype(">u2").view(np.uint8).reshape(-1, 2)
    rows[:, tcp + 4 : tcp + 8] = (turn * 46).astype(">u4").view(np.uint8).reshape(-1, 4)
    path.write_bytes(pcap_header() + rows.tobytes())
    return path
