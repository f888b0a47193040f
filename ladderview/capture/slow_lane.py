"""One packet at a time: the row of a packet that the fast lane's masks do not recognise.

The walk of ``proto.stack`` names the layers, this reads the few TCP fields that have columns.

Traps: a header that the snap length cut still belongs to its flow when 16 of its bytes are there (Wireshark reads
ports, then numbers, flags and window before it looks for the connection), so missing bytes are read as zero.
A row is a NamedTuple because one is made for every packet that comes here, and a frozen dataclass takes five times
as long to make.
"""

from __future__ import annotations

from struct import unpack_from
from typing import NamedTuple

from ladderview.capture.table import Kind
from ladderview.proto.stack import Fragment, Layer, Stack, Tcp, walk

#: Captured header bytes from which on a TCP segment belongs to a flow (all fields up to the window).
TCP_NEEDED = 16

#: Layers whose error messages quote other layers, and so decide what the packet is.
QUOTING = ("icmp", "icmpv6", "sflow")

KINDS = {"sflow": Kind.UDP, "tcp": Kind.TCP, "udp": Kind.UDP, "icmp": Kind.ICMP, "icmpv6": Kind.ICMP, "arp": Kind.ARP}


class SlowRow(NamedTuple):
    """What the packet table and the flow numbering need of one packet.

    Attributes:
        kind: ``TCP`` where a TCP header stands in the packet and 16 of its bytes were captured; ``FRAGMENT`` until
            ``fragments.Defragmenter`` completes its datagram; ``BROKEN`` where the headers could not be read.
        protocol: key of the innermost layer ("tcp", "udp", "arp" ...), for counting other traffic.
        src, dst: addresses of the IP layer that carries TCP, 4 or 16 bytes each; empty where there is none.
        sport, dport: ports, 0 without TCP. They are told as soon as 4 bytes of the header are there, so a ``BROKEN``
            row may have them; it has no flow.
        seq, ack, window, flags: as they stand in the header.
        payload_len: bytes on the wire by the IP length; 0 where not ``sized``.
        sized: whether the payload's length is known: not in an IP fragment that stands alone, not in a quoted packet
            and not where the data offset goes past the segment. Such a segment takes no part in the analysis.
        l4_off, payload_off: offsets in the packet, or in the datagram (IP header first) that fragments made;
            ``payload_off - l4_off`` is the data offset in bytes, which is wrong where it is less than 20.
        tcp_header_len: captured bytes of the TCP header, 4 to 60.
        quoted: this TCP header is quoted, in an ICMP error (``kind`` is ICMP) or an sFlow sample (UDP). It is no
            packet of a flow, but Wireshark numbers flows by it as by any other: where its addresses and ports belong
            to no flow yet, or where it is a SYN with another sequence number than its flow's first, a number is
            used up. As it is never analysed, a flow does not learn its first sequence number from it. Not set where
            fewer than 16 bytes of the header are there: such a one belongs to no flow.
        fragment: where the packet is one piece of an IP datagram, else None.
        error: what was wrong with the headers, or the empty string.
        more: rows of further TCP headers of which 16 bytes are there, where one packet carries several frames
            (sFlow samples, A-MSDU).
    """

    kind: Kind
    protocol: str = ""
    src: bytes = b""
    dst: bytes = b""
    sport: int = 0
    dport: int = 0
    seq: int = 0
    ack: int = 0
    payload_len: int = 0
    sized: bool = True
    l4_off: int = 0
    payload_off: int = 0
    window: int = 0
    flags: int = 0
    tcp_header_len: int = 0
    quoted: bool = False
    fragment: Fragment | None = None
    error: str = ""
    more: tuple[SlowRow, ...] = ()


def read_packet(data: bytes, linktype: int, wire_len: int) -> SlowRow:
    """Read one captured packet; never raises."""
    return row_of(data, walk(data, linktype, wire_len))


def row_of(data: bytes, stack: Stack) -> SlowRow:
    """The row of a packet whose layers are known."""
    if stack.tcp is not None:
        kind = _quoting(stack.layers) if stack.tcp.quoted else Kind.TCP
        more = tuple(_tcp_row(data, tcp, stack, kind, ()) for tcp in stack.more_tcp if tcp.captured >= TCP_NEEDED)
        return _tcp_row(data, stack.tcp, stack, kind, more)
    protocol = stack.layers[-1].protocol if stack.layers else ""
    if stack.fragment is not None:
        return SlowRow(Kind.FRAGMENT, protocol, fragment=stack.fragment, error=stack.error)
    kind = _quoting(stack.layers)
    if kind == Kind.OTHER:
        kind = KINDS.get(protocol, Kind.OTHER)
        if kind == Kind.TCP or (kind == Kind.OTHER and stack.error):
            kind = Kind.BROKEN
    return SlowRow(kind, protocol, error=stack.error)


def _quoting(layers: tuple[Layer, ...]) -> Kind:
    """What a packet is whose inner layers are quotes; ``OTHER`` where nothing is quoted."""
    return next((KINDS[layer.protocol] for layer in layers if layer.protocol in QUOTING), Kind.OTHER)


def _tcp_row(data: bytes, tcp: Tcp, stack: Stack, kind: Kind, more: tuple[SlowRow, ...]) -> SlowRow:
    """The row of a TCP header; ``kind`` is what the packet is if enough of the header is there."""
    start, captured, payload_off, payload_len, src, dst, sized, quoted = tcp
    header = data if captured >= TCP_NEEDED else data[: start + captured] + bytes(TCP_NEEDED)
    sport, dport, seq, ack, flags, window = unpack_from(">HHIIHH", header, start)
    return SlowRow(
        kind if captured >= TCP_NEEDED or kind is not Kind.TCP else Kind.BROKEN,
        stack.layers[-1].protocol,
        src,
        dst,
        sport,
        dport,
        seq,
        ack,
        payload_len,
        sized,
        start,
        payload_off,
        window,
        flags & 0x0FFF,
        captured,
        quoted and captured >= TCP_NEEDED,
        stack.fragment,
        stack.error,
        more,
    )
