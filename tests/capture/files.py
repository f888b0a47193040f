"""Capture files as bytes, for tests: small writers, each variant by a keyword."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ladderview.capture.capture import Capture, open_capture

SECOND = 1_700_000_000
CLIENT, SERVER = (b"\x0a\0\0\x01", 40000), (b"\x0a\0\0\x02", 443)
CLIENT6, SERVER6 = (b"\x20\x01\x0d\xb8" + bytes(11) + b"\x01", 40000), (b"\x20\x01\x0d\xb8" + bytes(11) + b"\x02", 443)
Endpoint = tuple[bytes, int]
SYN, SYN_ACK, ACK, PSH_ACK, FIN_ACK, RST = 0x02, 0x12, 0x10, 0x18, 0x11, 0x04


@dataclass(frozen=True)
class Packet:
    """A captured packet: its bytes, its time, and its length on the wire (its bytes where not said)."""

    data: bytes
    ts_ns: int = SECOND * 10**9 + 123_456_000
    wire_len: int = -1

    @property
    def orig_len(self) -> int:
        return self.wire_len if self.wire_len >= 0 else len(self.data)


def segment(
    flags: int = ACK,
    seq: int = 1000,
    ack: int = 2000,
    payload: bytes = b"",
    source: Endpoint = CLIENT,
    target: Endpoint = SERVER,
    options: bytes = b"",
) -> bytes:
    """An Ethernet frame with a TCP segment, IPv4 or IPv6 by the length of the addresses."""
    tcp = struct.pack(">HHIIBBHHH", source[1], target[1], seq, ack, (5 + len(options) // 4) << 4, flags, 512, 0, 0)
    return ip_frame(tcp + options + payload, 6, source[0], target[0])


def ip_frame(content: bytes, protocol: int, source: bytes = CLIENT[0], target: bytes = SERVER[0]) -> bytes:
    """An Ethernet frame with an IP packet."""
    if len(source) == 4:
        header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(content), 7, 0x4000, 64, protocol, 0)
        return bytes(12) + b"\x08\x00" + header + source + target + content
    header = struct.pack(">IHBB", 0x60000000, len(content), protocol, 64)
    return bytes(12) + b"\x86\xdd" + header + source + target + content


def back(**what: object) -> bytes:
    """A segment of the server."""
    return segment(source=SERVER, target=CLIENT, **what)  # type: ignore[arg-type]


def handshake() -> list[Packet]:
    """Three packets, a millisecond apart."""
    frames = [segment(SYN, 100, 0), back(flags=SYN_ACK, seq=300, ack=101), segment(ACK, 101, 301)]
    return [Packet(frame, SECOND * 10**9 + i * 10**6) for i, frame in enumerate(frames)]


def pcap(
    packets: Iterable[Packet],
    order: str = "<",
    magic: int = 0xA1B2C3D4,
    version: tuple[int, int] = (2, 4),
    network: int = 1,
    snaplen: int = 262_144,
    unit_ns: int = 1000,
    after_header: bytes = b"",
    extra: bytes = b"",
    swap_lengths: bool = False,
) -> bytes:
    """A pcap file; ``extra`` follows each record header, ``after_header`` the file header."""
    file = [struct.pack(order + "IHHiIII", magic, *version, 0, 0, snaplen, network), after_header]
    for packet in packets:
        second, rest = divmod(packet.ts_ns, 10**9)
        lengths = (packet.orig_len, len(packet.data)) if swap_lengths else (len(packet.data), packet.orig_len)
        file += [struct.pack(order + "IIII", second, rest // unit_ns, *lengths), extra, packet.data]
    return b"".join(file)


# -- pcapng --------------------------------------------------------------------------------------------------------


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH", code, len(value)) + padded(value)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    length = 12 + len(padded(body))
    return struct.pack(order + "II", kind, length) + padded(body) + struct.pack(order + "I", length)


def section(order: str = "<", version: tuple[int, int] = (1, 0), options: bytes = b"") -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, *version, -1) + options, order)


def interface(linktype: int = 1, snaplen: int = 0, options: bytes = b"", order: str = "<") -> bytes:
    return block(1, struct.pack(order + "HHI", linktype, 0, snaplen) + options, order)


def enhanced(packet: Packet, iface: int = 0, units: int | None = None, options: bytes = b"", order: str = "<") -> bytes:
    """An Enhanced Packet Block; the time is in microseconds where ``units`` does not say it."""
    units = packet.ts_ns // 1000 if units is None else units
    head = struct.pack(order + "IIIII", iface, units >> 32, units & 0xFFFFFFFF, len(packet.data), packet.orig_len)
    return block(6, head + padded(packet.data) + options, order)


def simple(data: bytes, orig_len: int, order: str = "<") -> bytes:
    return block(3, struct.pack(order + "I", orig_len) + data, order)


def obsolete(packet: Packet, iface: int = 0, order: str = "<") -> bytes:
    units = packet.ts_ns // 1000
    lengths = (len(packet.data), packet.orig_len)
    head = struct.pack(order + "HHIIII", iface, 0xFFFF, units >> 32, units & 0xFFFFFFFF, *lengths)
    return block(2, head + padded(packet.data), order)


def names(records: Sequence[tuple[int, bytes]], order: str = "<") -> bytes:
    body = b"".join(option(kind, value, order) for kind, value in records) + bytes(4)
    return block(4, body, order)


def secrets(text: bytes, kind: int = 0x544C534B, order: str = "<") -> bytes:
    return block(10, struct.pack(order + "II", kind, len(text)) + text, order)


def pcapng(packets: Iterable[Packet], order: str = "<") -> bytes:
    """One section with one Ethernet interface."""
    return section(order) + interface(order=order) + b"".join(enhanced(packet, order=order) for packet in packets)


def opened(folder: Path, content: bytes, name: str = "capture") -> Capture:
    """A capture of these bytes."""
    path = folder / name
    path.write_bytes(content)
    return open_capture(path)
