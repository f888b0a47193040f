"""What two programs say to each other, as a capture: turns of bytes cut into segments, some of them lost or late."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

CLIENT_ADDRESS, SERVER_ADDRESS = bytes([10, 0, 0, 7]), bytes([192, 0, 2, 10])
CLIENT_PORT = 50944

Turn = tuple[str, bytes]


@dataclass(frozen=True)
class Packet:
    """One segment, "c" or "s", with its raw numbers."""

    sender: str
    seq: int
    ack: int
    flags: int
    data: bytes = b""


def segments_of(turns: Sequence[Turn], mss: int = 1460, closes: bool = True) -> list[Packet]:
    """Handshake, every turn in segments of at most ``mss`` bytes, an ACK after each turn, and the close."""
    seq = {"c": 1000, "s": 5000}
    packets = [Packet("c", 1000, 0, 0x02), Packet("s", 5000, 1001, 0x12), Packet("c", 1001, 5001, 0x10)]
    seq = {"c": 1001, "s": 5001}
    for sender, data in turns:
        other = "s" if sender == "c" else "c"
        for at in range(0, len(data), mss):
            piece = data[at : at + mss]
            packets.append(Packet(sender, seq[sender], seq[other], 0x18, piece))
            seq[sender] += len(piece)
        packets.append(Packet(other, seq[other], seq[sender], 0x10))
    if closes:
        packets.append(Packet("c", seq["c"], seq["s"], 0x11))
        packets.append(Packet("s", seq["s"], seq["c"] + 1, 0x11))
        packets.append(Packet("c", seq["c"] + 1, seq["s"] + 1, 0x10))
    return packets


def frame(packet: Packet, port: int, client_port: int = CLIENT_PORT) -> bytes:
    ends = (CLIENT_ADDRESS, SERVER_ADDRESS) if packet.sender == "c" else (SERVER_ADDRESS, CLIENT_ADDRESS)
    ports = (client_port, port) if packet.sender == "c" else (port, client_port)
    tcp = struct.pack("!HHIIBBHHH", *ports, packet.seq % 2**32, packet.ack % 2**32, 0x50, packet.flags, 64240, 0, 0)
    size = 40 + len(packet.data)
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 6, 0, *ends) + tcp + packet.data


def write(path: Path, flows: Sequence[Sequence[Packet]], port: int = 443, snaplen: int = 65535) -> Path:
    """A pcap of raw IP; each flow on a client port of its own, one behind the other."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, snaplen, 101))
        for number, packets in enumerate(flows):
            for row, packet in enumerate(packets):
                data = frame(packet, port, CLIENT_PORT + number)
                held = data[:snaplen]
                file.write(struct.pack("<IIII", 1_700_000_000 + number * 100 + row // 10, row % 10 * 10**8,
                                       len(held), len(data)) + held)  # fmt: skip
    return path


def without(packets: Sequence[Packet], lost: Callable[[int, Packet], bool]) -> list[Packet]:
    """The packets but those that are lost, by row."""
    return [packet for row, packet in enumerate(packets) if not lost(row, packet)]
