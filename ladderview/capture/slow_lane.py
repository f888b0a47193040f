"""One packet at a time: the row of a packet that the fast lane's masks do not recognise.

The walk of ``proto.stack`` names the layers, this reads the few TCP fields that have columns.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.capture.table import Kind
from ladderview.proto.stack import Fragment, walk


@dataclass(frozen=True, slots=True)
class SlowRow:
    """What the packet table and the flow numbering need of one packet.

    Attributes:
        kind: a fragment is ``FRAGMENT`` until ``fragments.Defragmenter`` completes its datagram; a TCP header of
            which fewer than the 8 bytes with both ports and the sequence number are there is ``BROKEN``.
        protocol: key of the innermost layer ("tcp", "udp", "arp" ...), for counting other traffic.
        src, dst: addresses of the IP layer that carries TCP, 4 or 16 bytes each; empty where there is none.
        sport, dport: ports, 0 unless ``kind`` is TCP.
        seq, ack, window, flags: as they stand in the header, 0 where they were not captured.
        payload_len: bytes on the wire by the IP length.
        l4_off, payload_off: offsets in the packet, or in the datagram (IP header first) that fragments made.
        tcp_header_len: captured bytes of the TCP header, fewer than 20 where the snap length cut it.
        quoted: this TCP header is quoted in an ICMP error. It is no packet of a flow (``kind`` is ICMP), but
            Wireshark numbers flows by it too: where its ports and addresses belong to no flow yet, one number is
            used up.
        fragment: where the packet is one piece of an IP datagram, else None.
        error: what was wrong with the headers, or the empty string.
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
    l4_off: int = 0
    payload_off: int = 0
    window: int = 0
    flags: int = 0
    tcp_header_len: int = 0
    quoted: bool = False
    fragment: Fragment | None = None
    error: str = ""


def read_packet(data: bytes, linktype: int, wire_len: int) -> SlowRow:
    """Read one captured packet; never raises."""
    stack = walk(data, linktype, wire_len)
    return SlowRow(Kind.OTHER, fragment=stack.fragment, error=stack.error)
