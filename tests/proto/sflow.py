"""sFlow version 5 datagrams as bytes, for tests."""

from __future__ import annotations

from struct import pack

from tests.proto.wire import ethernet, ipv4, udp


def record(frame: bytes, kind: int = 1, protocol: int = 1) -> bytes:
    padded = frame + bytes(-len(frame) % 4)
    return pack(">IIIIII", kind, 16 + len(padded), protocol, len(frame), 0, len(frame)) + padded


def sample(*records: bytes, expanded: bool = False) -> bytes:
    body = bytes(40 if expanded else 28) + pack(">I", len(records)) + b"".join(records)
    return pack(">II", 3 if expanded else 1, len(body)) + body


def datagram(*samples: bytes, version: int = 5, count: int | None = None) -> bytes:
    number = len(samples) if count is None else count
    head = pack(">II4sIIII", version, 1, bytes(4), 0, 0, 0, number)
    return ethernet(ipv4(udp(head + b"".join(samples), 6343), 17))
