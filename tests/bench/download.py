"""What does a long download look like? One HTTP response in one flow, in the clear or under TLS with its key log.

Plan: real TLS between two contexts in memory. What either of them writes is cut into full segments as it comes, every
second of which is acknowledged; nothing is kept, so the size does not matter. The key log lies beside the capture.
"""

from __future__ import annotations

import os
import ssl
import struct
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from tests.bench import frames
from tests.bench.traffic import ACK, CLIENT, FIN, PSH, SERVER, SYN
from tests.proto.tls_exchange import Peers

START_NS = 1_709_200_800 * 1_000_000_000
MSS = 1448
PORTS = (50_944, 443)
ADDRESSES = (bytes([10, 1, 2, 3]), bytes([203, 0, 113, 10]))
MACS = (b"\x02\x00\x5e\x10\x00\x01", b"\x02\x00\x5e\x20\x00\x01")
REQUEST = b"GET /big.bin HTTP/1.1\r\nHost: ladder.example\r\n\r\n"
#: Bytes of content that are written at once.
BLOCK = 1 << 20


class _Wire:
    """Writes packets; both sides acknowledge at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._seq = [1_000_000, 3_000_000_000]
        self._now_ns = START_NS
        file.write(frames.file_header(262_144))

    def segment(self, sender: int, flags: int, data: bytes = b"") -> None:
        """One packet: Ethernet, IPv4, TCP with timestamps."""
        self._now_ns += 12_000
        other, now_ms = 1 - sender, self._now_ns // 1_000_000 & 0xFFFF_FFFF
        size = 52 + len(data)
        self._file.write(
            struct.pack("<IIII", *divmod(self._now_ns, 1_000_000_000), size + 14, size + 14)
            + MACS[other]
            + MACS[sender]
            + struct.pack("!HBBHHHBBH", 0x0800, 0x45, 0, size, 0, 0x4000, 64, 6, 0)
            + ADDRESSES[sender]
            + ADDRESSES[other]
            + struct.pack(
                "!HHII", PORTS[sender], PORTS[other], self._seq[sender], self._seq[other] if flags & ACK else 0
            )
            + struct.pack("!BBHHHHHII", 0x80, flags, 65_000, 0, 0, 0x0101, 0x080A, now_ms, now_ms if flags & ACK else 0)
            + data
        )
        step = len(data) + bool(flags & (SYN | FIN))
        self._seq[sender] = (self._seq[sender] + step) & 0xFFFF_FFFF

    def send(self, sender: int, data: bytes) -> None:
        """Bytes in full segments, with the other side's acknowledgments."""
        for number, at in enumerate(range(0, len(data), MSS)):
            last = at + MSS >= len(data)
            self.segment(sender, ACK | (PSH if last else 0), data[at : at + MSS])
            if last or number % 2:
                self.segment(1 - sender, ACK)


class _Tls:
    """Both ends of a TLS connection over the wire."""

    def __init__(self, wire: _Wire, peers: Peers) -> None:
        self._wire = wire
        self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._in = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._ends = (
            peers.client.wrap_bio(self._in[CLIENT], self._out[CLIENT], server_hostname="ladder.example"),
            peers.server.wrap_bio(self._in[SERVER], self._out[SERVER], server_side=True),
        )
        for turn in range(8):
            with suppress(ssl.SSLWantReadError):
                self._ends[turn % 2].do_handshake()
            self._carry(turn % 2, delivers=True)

    def send(self, sender: int, data: bytes) -> None:
        """Bytes in as many records as it takes."""
        self._ends[sender].write(data)
        self._carry(sender, delivers=False)

    def _carry(self, sender: int, delivers: bool) -> None:
        data = self._out[sender].read()
        if delivers:
            self._in[1 - sender].write(data)
        self._wire.send(sender, data)


def _content(size: int) -> Iterator[bytes]:
    """Random bytes, the same for all captures."""
    block = np.random.default_rng(7).integers(0, 256, BLOCK, dtype=np.uint8).tobytes()
    for at in range(0, size, BLOCK):
        yield block[: size - at]


def write(path: Path, size: int, version: ssl.TLSVersion | None) -> None:
    """Write the download of so many bytes, and its key log (``.keys``), under TLS of this version or in the clear."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    with half.open("wb") as file, tempfile.TemporaryDirectory() as folder:
        wire = _Wire(file)
        wire.segment(CLIENT, SYN)
        wire.segment(SERVER, SYN | ACK)
        wire.segment(CLIENT, ACK)
        link = _Tls(wire, Peers(Path(folder), version, "ALL")) if version is not None else wire
        link.send(CLIENT, REQUEST)
        link.send(SERVER, f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
        for block in _content(size):
            link.send(SERVER, block)
        wire.segment(CLIENT, FIN | ACK)
        wire.segment(SERVER, FIN | ACK)
        wire.segment(CLIENT, ACK)
        if version is not None:
            path.with_suffix(".keys").write_bytes((Path(folder) / "keys").read_bytes())
    os.replace(half, path)
