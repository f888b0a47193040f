"""snoop files of RFC 1761."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from ladderview.capture.capture import NotACapture
from tests.capture.files import SECOND, Packet, handshake, opened, segment


def record(packet: Packet, length: int | None = None, caplen: int | None = None) -> bytes:
    size = len(packet.data)
    second, rest = divmod(packet.ts_ns, 10**9)
    total = 24 + size + -size % 4 if length is None else length
    head = struct.pack(">6I", packet.orig_len, size if caplen is None else caplen, total, 0, second, rest // 1000)
    return head + packet.data + bytes(-size % 4)


def snoop(packets: list[Packet], version: int = 2, datalink: int = 4) -> bytes:
    return b"snoop\0\0\0" + struct.pack(">II", version, datalink) + b"".join(record(packet) for packet in packets)


def test_packets(tmp_path: Path) -> None:
    packets = [*handshake(), Packet(segment(payload=b"abc")[:55], SECOND * 10**9 + 5_000, wire_len=1514)]
    capture = opened(tmp_path, snoop(packets))
    assert [capture.packet_bytes(i) for i in range(4)] == [packet.data for packet in packets]
    assert capture.packets.ts_ns.tolist() == [packet.ts_ns for packet in packets]
    assert capture.packets.orig_len.tolist() == [packet.orig_len for packet in packets]
    assert (capture.interfaces[0].linktype, len(capture.flows), capture.damage) == (1, 1, ())


DAMAGE = {
    "cut": record(handshake()[0])[:-3],
    "cut in its header": record(handshake()[0])[:20],
    "longer than the record": record(handshake()[0], caplen=500),
    "a record of length 0": record(handshake()[0], length=0),
    "4 GB": record(handshake()[0], length=0xFFFFFFFF, caplen=0xFFFFFF00),
}


@pytest.mark.parametrize("bad", DAMAGE.values(), ids=DAMAGE)
def test_damage(tmp_path: Path, bad: bytes) -> None:
    content = snoop(handshake())
    capture = opened(tmp_path, content + bad)
    assert len(capture.packets) == 3
    assert [(damage.offset, damage.number) for damage in capture.damage] == [(len(content), 4)]


@pytest.mark.parametrize("content", [snoop([])[:12], snoop([], version=3), snoop([], datalink=77)])
def test_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotACapture, match="snoop"):
        opened(tmp_path, content)
