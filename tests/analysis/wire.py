"""A conversation as a capture file, so that tshark can be asked what it makes of it."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from ladderview.proto.tcp import Flags, TcpOptions
from tests.analysis.conversation import FLAG_LETTERS, Seg

#: LINKTYPE_RAW of the tcpdump.org registry, and the magic number of a pcap with nanoseconds.
LINKTYPE_RAW, MAGIC_NS = 101, 0xA1B23C4D
START_NS = 1_700_000_000_000_000_000
CLIENT, SERVER = bytes([10, 0, 0, 7]), bytes([192, 0, 2, 10])


def option_bytes(options: TcpOptions) -> bytes:
    """MSS, window scale, timestamps, SACK and Multipath TCP, padded with NOPs."""
    data = b""
    if options.mss is not None:
        data += struct.pack("!BBH", 2, 4, options.mss)
    if options.wscale is not None:
        data += bytes([3, 3, options.wscale])
    if options.tsval is not None:
        data += struct.pack("!BBII", 8, 10, options.tsval, options.tsecr or 0)
    if options.sack:
        edges = [edge % 2**32 for block in options.sack for edge in block]
        data += struct.pack(f"!BB{len(edges)}I", 5, 2 + 4 * len(edges), *edges)
    for subtype, length in options.multipath:
        data += bytes([30, length, subtype << 4]) + bytes(length - 3)
    return data + b"\x01" * (-len(data) % 4)


def packet(seg: Seg, flow: int) -> bytes:
    """IPv4 and TCP; the checksums are left 0, which nobody checks by default."""
    ports = (20_000 + flow, 443)
    ends = (CLIENT, SERVER) if seg.sender == "c" else (SERVER, CLIENT)
    source, target = ports if seg.sender == "c" else ports[::-1]
    options = option_bytes(seg.options)
    flags = sum(FLAG_LETTERS[letter] for letter in seg.flags)
    offset_and_flags = (20 + len(options)) // 4 << 12 | int(flags)
    numbers = (seg.seq % 2**32, seg.ack % 2**32)
    tcp = struct.pack("!HHIIHHHH", source, target, *numbers, offset_and_flags, seg.window, 0, 0)
    total = 40 + len(options) + seg.length
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, total, 0, 0, 64, 6, 0, *ends)
    return ip + tcp + options + bytes(seg.length)


def write_pcap(path: Path, flows: Iterable[Sequence[Seg]]) -> None:
    """One conversation after the other, each on ports of its own."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", MAGIC_NS, 2, 4, 0, 0, 262_144, LINKTYPE_RAW))
        for flow, segments in enumerate(flows):
            for row, seg in enumerate(segments):
                ts_ns = START_NS + round((row * 10.0 if seg.ms is None else seg.ms) * 1e6)
                data = packet(seg, flow)
                file.write(struct.pack("<IIII", ts_ns // 10**9, ts_ns % 10**9, len(data), len(data)) + data)


def ask_tshark(path: Path, fields: Sequence[str]) -> list[list[dict[str, str]]]:
    """The fields of each packet that have a value, by ``tcp.stream``."""
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-E", "separator=/t", "-E", "aggregator=,"]
    for field in ("tcp.stream", *fields):
        command += ["-e", field]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    flows: list[list[dict[str, str]]] = []
    for line in lines:
        stream, *cells = line.split("\t")
        while len(flows) <= int(stream):
            flows.append([])
        flows[int(stream)].append({field: cell for field, cell in zip(fields, cells, strict=True) if cell})
    return flows


__all__ = ["CLIENT", "SERVER", "Flags", "ask_tshark", "option_bytes", "packet", "write_pcap"]
