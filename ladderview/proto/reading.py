"""What every reader of a layer is given and gives back, and what several of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ladderview.proto.fields import FieldReader
from ladderview.proto.walking import Layer, Tcp


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the packet a layer stands.

    Attributes:
        layer: its bytes, as the walk found them.
        outer: the layers around it, outermost first.
        tcp: what the walk knows about it where it is TCP.
    """

    layer: Layer
    outer: tuple[Layer, ...]
    tcp: Tcp | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """What the box of a layer says: "TCP" and "443 → 50944 [PSH, ACK]"."""

    protocol: str
    summary: str


#: Reads one header; everything it reads before it raises ``Truncated`` is kept.
LayerReader = Callable[[FieldReader, Place], Heading]


def internet_checksum(data: bytes) -> int:
    """The one's complement of the one's complement sum (RFC 1071), as it should stand in a field that was 0."""
    if len(data) % 2:
        data += b"\0"
    # 2**16 leaves 1 when it is divided by 2**16 - 1, so all words count as if they were added; only bytes that are
    # all 0 have a sum of 0 (section 2, "end-around carry").
    number = int.from_bytes(data, "big")
    return ~(number % 0xFFFF or (0xFFFF if number else 0)) & 0xFFFF


def checksum_note(found: int, expected: int) -> str:
    """Whether a checksum is right; a wrong one is mostly none yet, because the network card was to fill it in."""
    if found == expected:
        return "correct"
    return f"incorrect, should be 0x{expected:04x} (maybe caused by checksum offload)"


def transport_checksum(r: FieldReader, place: Place, protocol: int, at: int) -> int | None:
    """The checksum that a segment should have at ``at``, with the pseudo-header of RFC 9293 section 3.1.

    None where the segment is not whole: cut by the snap length, or a fragment, or without an IP layer around it.
    """
    layer = place.layer
    addresses = _addresses(r.data, place)
    if addresses is None or at + 2 > layer.end or max(layer.end, _declared_end(r.data, place)) > len(r.data):
        return None
    segment = r.data[layer.start : at] + b"\0\0" + r.data[at + 2 : layer.end]
    length = len(segment)
    if len(addresses) == 8:
        pseudo = addresses + bytes((0, protocol)) + length.to_bytes(2, "big") if length < 1 << 16 else b""
    else:
        pseudo = addresses + length.to_bytes(4, "big") + bytes((0, 0, 0, protocol))
    return internet_checksum(pseudo + segment) if pseudo else None


def _declared_end(data: bytes, place: Place) -> int:
    """Where the innermost IP layer says that it ends; the walk ends it earlier where the frame has not that much."""
    ip = next((layer for layer in reversed(place.outer) if layer.protocol in {"ipv4", "ipv6"}), None)
    if ip is None:
        return 0
    length_at = ip.start + (2 if ip.protocol == "ipv4" else 4)
    return ip.start + (0 if ip.protocol == "ipv4" else 40) + int.from_bytes(data[length_at : length_at + 2], "big")


def _addresses(data: bytes, place: Place) -> bytes | None:
    """Source and final destination of the innermost IP layer."""
    if place.tcp is not None:
        return place.tcp.src + place.tcp.dst if place.tcp.src and place.tcp.sized else None
    for layer in reversed(place.outer):
        if layer.protocol == "ipv4":
            if data[layer.start + 6] & 0x3F or data[layer.start + 7]:
                return None  # a fragment
            return data[layer.start + 12 : layer.start + 20]
        if layer.protocol == "ipv6":
            return data[layer.start + 8 : layer.start + 40]
        if layer.protocol not in {"ipv6_hopopts", "ipv6_dstopts", "ah"}:
            return None
    return None
