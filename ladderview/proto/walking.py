"""What the readers of a walk share: the packet, its bounds, and what they found so far.

A reader takes ``(walk, at, end)``: the offset of its header and the offset where its payload ends by all lengths
read so far. It records a ``Layer`` and returns the step that follows, or None where the walk ends. Two bounds
matter and must not be mixed up: ``end`` is what the headers and the wire say (it decides payload lengths),
``len(walk.data)`` is what was captured (it decides what can be read).

What is made for every packet is a NamedTuple: a frozen dataclass takes five times as long to make.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from struct import unpack_from
from typing import NamedTuple


class Layer(NamedTuple):
    """One header and what it carries.

    Attributes:
        protocol: the key under which ``registry`` knows its dissector ("ethernet", "vlan", "ipv4", "tcp" ...).
        start: offset of the header's first byte.
        header_end: offset after the header.
        end: offset after the payload; padding and trailers lie beyond it. It may exceed the captured bytes.
    """

    protocol: str
    start: int
    header_end: int
    end: int


class Fragment(NamedTuple):
    """Where the innermost IP layer is one piece of a larger datagram (RFC 791 section 3.2, RFC 8200 section 4.5).

    Attributes:
        key: equal for the pieces of one datagram: version, VLAN, addresses, identification, protocol (IPv4).
        offset: bytes, where in the datagram's payload this piece belongs.
        more: whether further pieces follow (the MF or M bit).
        start: offset in the packet of the piece's first byte.
        length: bytes of the piece by the IP length, whatever was captured.
        next_protocol: IP protocol number of what the whole datagram carries.
        ip_start: offset of the IP header.
        header_end: offset after the headers that stand before every piece: the IPv4 header, or the IPv6 header
            and its extension headers up to the Fragment header.
        next_header_off: offset of the byte that names the Fragment header (IPv6), or of the Protocol field (IPv4).
        compressed: not a piece but a whole datagram behind IPComp (RFC 3173), which must be inflated first.
    """

    key: bytes
    offset: int
    more: bool
    start: int
    length: int
    next_protocol: int
    ip_start: int
    header_end: int
    next_header_off: int
    compressed: bool = False


class Tcp(NamedTuple):
    """A TCP header and the IP layer that carries it.

    Attributes:
        start: offset of the TCP header.
        captured: captured bytes of the header (by the data offset, 20 to 60), fewer where it is cut. Wireshark tells
            the ports from 4 bytes on, everything else (and the flow) from 16 bytes on.
        payload_off: offset of the payload, by the data offset, even where that is less than 20 bytes and so wrong.
        payload_len: payload bytes on the wire by the IP length (Wireshark's ``tcp.len``); 0 where not ``sized``.
        src, dst: addresses of the IP layer, 4 or 16 bytes each, empty where TCP came without IP. The destination is
            the final one where the IP layer has a source route.
        sized: whether the length of the payload is known: not in an IP fragment, not in a quoted packet and not where
            the data offset exceeds the segment.
        quoted: the header stands in an ICMP error, quoting a packet that was sent earlier.
    """

    start: int
    captured: int
    payload_off: int
    payload_len: int
    src: bytes
    dst: bytes
    sized: bool = True
    quoted: bool = False


class CutError(Exception):
    """A header reaches past the bytes that are there; ``str()`` says which bytes were wanted."""


#: The next reader's key, the offset of its header and the offset where its payload ends; None where the walk ends.
Step = tuple[str, int, int] | None


@dataclass(slots=True)
class Walk:
    """One packet on its way through the readers.

    Attributes:
        data: captured bytes.
        layers: found so far, outermost first.
        error: the first thing that was wrong, or the empty string.
        tcp: every TCP header met.
        fragment: the IP fragment that ended the walk, or None.
        src, dst: addresses of the innermost IP layer.
        ip_start: offset of the innermost IP header.
        next_header_off: offset of the byte that named the header being read (IPv6 extension headers).
        partial: the innermost IP layer is the first piece of a datagram that is not put together.
        vlan: identifier of the last VLAN tag: fragments of one datagram share it.
        quoted: what is being read is quoted in an ICMP error.
        pending: frames to follow when this one ends, where one packet carries several: a step and ``quoted``.
    """

    data: bytes
    layers: list[Layer] = field(default_factory=list)
    error: str = ""
    tcp: list[Tcp] = field(default_factory=list)
    fragment: Fragment | None = None
    src: bytes = b""
    dst: bytes = b""
    ip_start: int = 0
    next_header_off: int = 0
    partial: bool = False
    vlan: int = 0
    quoted: bool = False
    pending: list[tuple[str, int, int, bool]] = field(default_factory=list)

    def need(self, at: int, size: int, end: int) -> None:
        """Raise ``CutError`` unless ``size`` bytes at ``at`` are captured and lie before ``end``."""
        if at + size > end:
            raise CutError(f"{size} bytes needed at offset {at}, {max(0, end - at)} are left by the lengths before")
        if at + size > len(self.data):
            raise CutError(f"{size} bytes needed at offset {at}, {max(0, len(self.data) - at)} were captured")

    def u8(self, at: int, end: int) -> int:
        """One byte, or ``CutError``."""
        self.need(at, 1, end)
        return self.data[at]

    def u16(self, at: int, end: int) -> int:
        """Two bytes in network order, or ``CutError``."""
        self.need(at, 2, end)
        return int(unpack_from(">H", self.data, at)[0])

    def u32(self, at: int, end: int) -> int:
        """Four bytes in network order, or ``CutError``."""
        self.need(at, 4, end)
        return int(unpack_from(">I", self.data, at)[0])

    def layer(self, protocol: str, start: int, header_end: int, end: int) -> None:
        """Record a layer."""
        self.layers.append(Layer(protocol, start, header_end, end))

    def fault(self, message: str) -> None:
        """Keep the first thing that is wrong."""
        if not self.error:
            self.error = message


Reader = Callable[[Walk, int, int], Step]
