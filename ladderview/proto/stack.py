"""Which layers a packet has and where each stands: one walk for the slow lane and for the inspector.

The walk names layers and their byte ranges; it makes no field trees (see ``registry``), so it is cheap
enough for every packet that the fast lane does not recognise.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layer:
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


@dataclass(frozen=True, slots=True)
class Fragment:
    """Where the innermost IP layer is one piece of a larger datagram (RFC 791 section 3.2, RFC 8200 section 4.5).

    Attributes:
        key: equal for the pieces of one datagram: version, addresses, identification, protocol (IPv4).
        offset: bytes, where in the datagram's payload this piece belongs.
        more: whether further pieces follow (the MF or M bit).
        start: offset in the packet of the piece's first byte.
        length: bytes of the piece by the IP length, whatever was captured.
        next_protocol: IP protocol number of what the whole datagram carries.
    """

    key: bytes
    offset: int
    more: bool
    start: int
    length: int
    next_protocol: int


@dataclass(frozen=True, slots=True)
class Tcp:
    """The innermost TCP header and the IP layer that carries it.

    Attributes:
        start: offset of the TCP header.
        captured: captured bytes from ``start`` to the end of the TCP header (20 to 60), fewer where it is cut.
        payload_off: offset of the payload, by the data offset.
        payload_len: payload bytes on the wire, by the IP length (Wireshark's ``tcp.len``).
        src, dst: addresses of the IP layer, 4 or 16 bytes each, empty where TCP came without IP.
        quoted: the header stands in an ICMP error, quoting a packet that was sent earlier.
    """

    start: int
    captured: int
    payload_off: int
    payload_len: int
    src: bytes
    dst: bytes
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """The layers of a packet, outermost first, and what the slow lane asks of them.

    Attributes:
        layers: as far as they could be told.
        error: why the walk stopped early, or the empty string.
        tcp: the innermost TCP header, or None.
        fragment: the innermost IP fragment, or None; its payload is no layer of its own.
    """

    layers: tuple[Layer, ...]
    error: str = ""
    tcp: Tcp | None = None
    fragment: Fragment | None = None


def walk(data: bytes | memoryview, linktype: int, wire_len: int) -> Stack:
    """Name the layers of one captured packet.

    Args:
        data: captured bytes.
        linktype: LINKTYPE_ value of the tcpdump.org registry.
        wire_len: bytes the packet had on the wire; more than ``len(data)`` where the snap length cut it.

    Never raises and looks at no more than 32 layers.
    """
    return Stack((), "no reader yet")
