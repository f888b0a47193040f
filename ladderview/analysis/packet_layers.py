"""Which layers does one packet have, and in which bytes do they stand?

Plan: a packet is its frame. Where the frame completes a fragmented IP datagram, what lies above IP is in no frame at
all: it stands in the reassembled datagram, a second run of bytes with layers of its own, as Wireshark shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ladderview.analysis.message import Message
from ladderview.capture.capture import Capture
from ladderview.proto.fields import Dissection
from ladderview.proto.registry import dissect

#: LINKTYPE_RAW of the tcpdump.org registry: the bytes begin with an IP header.
LINKTYPE_RAW = 101


@dataclass(frozen=True, slots=True)
class ByteRun:
    """Bytes to look at, and what they are called."""

    title: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Story:
    """What a layer above TCP says besides its fields.

    Attributes:
        family: "tls" or "http", which is also its colour.
        depth: how many layers there are around it; TCP's own depth is that of the packet's last layer.
        title: "TLS 1.3 record", "HTTP/1.1 response".
        beside: at the right of the title: "5 + 1 435 B", "200 OK".
        remarks: sentences: what it was decrypted with or why not, which segments carried it.
        text: its first lines, the first of which counts most.
        carried: which packets carried which part of it, where there are several: (packet, first byte, past the last).
        carriers: how many there are in all; ``carried`` has those near this one.
        message: what it tells of, where it is a message.
        named: what it is, more closely than its title: "Binary"; empty where the title says all.
    """

    family: Literal["tls", "http", "tcp"]
    depth: int
    title: str
    beside: str = ""
    remarks: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    carried: tuple[tuple[int, int, int], ...] = ()
    carriers: int = 0
    message: Message | None = None
    named: str = ""


@dataclass(frozen=True, slots=True)
class ShownLayer:
    """One layer, the run (a row of ``PacketLayers.runs``) that its spans count in, and above TCP its story."""

    dissection: Dissection
    run: int
    story: Story | None = None


@dataclass(frozen=True, slots=True)
class PacketLayers:
    """A packet taken apart: its runs of bytes, and its layers, outermost first.

    Attributes:
        packet: its row in the ``PacketTable``.
        cut: bytes of the packet that were not captured (snap length).
    """

    packet: int
    runs: tuple[ByteRun, ...]
    layers: tuple[ShownLayer, ...]
    cut: int


def packet_layers(capture: Capture, packet: int) -> PacketLayers:
    """Take one packet apart.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    table = capture.packets
    frame = capture.packet_bytes(packet)
    wire_len = int(table.orig_len[packet])
    linktype = capture.interfaces[int(table.iface[packet])].linktype
    runs = [ByteRun(f"Frame, {len(frame)} bytes", frame)]
    layers = [ShownLayer(dissection, 0) for dissection in dissect(frame, linktype, wire_len)]
    pieces = capture.fragments.get(packet)
    if pieces:
        datagram = capture.datagram_bytes(packet)
        runs.append(ByteRun(f"Reassembled from {len(pieces)} fragments, {len(datagram)} bytes", datagram))
        layers += [ShownLayer(dissection, 1) for dissection in dissect(datagram, LINKTYPE_RAW, len(datagram))]
    return PacketLayers(packet, tuple(runs), tuple(layers), max(wire_len - len(frame), 0))
