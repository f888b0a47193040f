"""What becomes of the packets that the fast lane leaves over? They are read one by one, and fragments put together.

It is imported when the first such packet comes: the walk with all its tables takes longer to import than most
captures take to read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.flow_builder import Extra
from ladderview.capture.fragments import Defragmenter
from ladderview.capture.packets import Headers
from ladderview.capture.records import NO_LINKTYPE, Records
from ladderview.capture.slow_lane import SlowRow, read_packet
from ladderview.capture.table import KIND_NAMES, Kind
from ladderview.proto.names import layer_name
from ladderview.proto.next_protocol import LINKTYPES

#: Layers whose content has no name.
_CARRIER_NAMES = {
    "": "empty",
    "ethernet": "other Ethernet",
    "vlan": "other VLAN",
    "snap": "other SNAP",
    "sll": "other Linux cooked",
    "sll2": "other Linux cooked",
    "ieee80211": "802.11",
    "ppp": "other PPP",
    "mpls": "other MPLS",
    "ipv4": "other IPv4",
    "ipv6": "other IPv6",
}


class OneByOne:
    """The slow lane of one reading.

    Attributes:
        fragments: packet that completes a datagram -> all packets that carry it, itself among them.
    """

    def __init__(self, traffic: Counter[str]) -> None:
        """Count in ``traffic``, by name, what is not TCP."""
        self.fragments: dict[int, tuple[int, ...]] = {}
        self._traffic = traffic
        self._defragmenter = Defragmenter()

    def read(self, records: Records, headers: Headers, linktypes: NDArray[np.uint32], base: int) -> list[Extra]:
        """Fill in the rows of ``headers`` that are marked slow; the headers that only number flows are returned.

        ``base`` is the row of the block's first packet in the ``PacketTable``.
        """
        extras: list[Extra] = []
        for row in np.flatnonzero(headers.slow).tolist():
            slow = self._read(records, row, int(linktypes[row]), base + row)
            _put(headers, row, slow)
            extras += [_extra(row, header) for header in (slow, *slow.more) if header.quoted or header is not slow]
        return extras

    def _read(self, records: Records, row: int, linktype: int, index: int) -> SlowRow:
        """What the slow lane says of one packet, or of the datagram that it completes."""
        start = int(records.start[row])
        data = records.data[start : start + int(records.caplen[row])].tobytes()
        slow = read_packet(data, linktype, int(records.orig_len[row]))
        if slow.fragment is not None:
            datagram = self._defragmenter.add(index, slow, data)
            if datagram is not None:
                slow = datagram.row
                self.fragments[index] = datagram.packets
        if slow.kind is not Kind.TCP:
            self._traffic[_traffic_name(slow, linktype)] += 1
        return slow


def put_together(pieces: Iterable[tuple[int, bytes, int, int]]) -> bytes | None:
    """The IP datagram that packets carry: (index, captured bytes, link type, bytes on the wire) of each."""
    defragmenter = Defragmenter()
    datagram = None
    for index, data, linktype, wire_len in pieces:
        datagram = defragmenter.add(index, read_packet(data, linktype, wire_len), data)
    return datagram.data if datagram is not None else None


def _traffic_name(slow: SlowRow, linktype: int) -> str:
    """What a person calls a packet that is not TCP; a number of packets goes before it."""
    if linktype == NO_LINKTYPE:
        return "other blocks"
    if linktype not in LINKTYPES:
        return f"of unknown link type {linktype}"
    if slow.kind in KIND_NAMES:
        return KIND_NAMES[slow.kind]
    return _CARRIER_NAMES.get(slow.protocol) or layer_name(slow.protocol)


def _put(headers: Headers, row: int, slow: SlowRow) -> None:
    """Write what the slow lane read of one packet."""
    headers.kind[row] = slow.kind
    if slow.kind is not Kind.TCP:
        return
    headers.family[row] = 4 if len(slow.src) == 4 else 6
    for (high, low), address in ((headers.src0, headers.src1), slow.src), ((headers.dst0, headers.dst1), slow.dst):
        high[row] = int.from_bytes(address[:-8], "big")
        low[row] = int.from_bytes(address[-8:], "big")
    headers.sport[row], headers.dport[row] = slow.sport, slow.dport
    headers.seq[row], headers.ack[row] = slow.seq, slow.ack
    headers.payload_len[row], headers.unsized[row] = slow.payload_len, not slow.sized
    headers.l4_off[row], headers.payload_off[row] = slow.l4_off, slow.payload_off
    headers.window[row], headers.tcp_flags[row] = slow.window, slow.flags


def _extra(row: int, header: SlowRow) -> Extra:
    sets_base = header.sized and not header.quoted
    sampled = header.quoted and header.kind is Kind.UDP
    return Extra(row, header.src, header.dst, header.sport, header.dport, header.flags, header.seq, sets_base, sampled)
