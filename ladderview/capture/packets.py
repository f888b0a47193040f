"""What do a block's packets carry? The fast lane: their headers as columns, read by numpy.

Plan: three gathers. The first bytes of each packet say where the IP header stands, a gather of the IP headers says
where TCP stands, and a gather of the TCP headers gives the columns. Masks say for whom this holds: Ethernet with up
to two VLAN tags, Linux cooked v1 and v2, raw IP, BSD loopback; IPv4 that has no options and is no fragment, IPv6
without extension headers; TCP whose fixed header was captured. UDP, ARP and ICMP that cannot hide TCP are only named.

Whatever no mask vouches for is left to ``slow_lane``, one packet at a time. Both lanes must say the same of a
packet, so a mask is strict: where a length looks odd, it does not vouch.

Traps: the gathers run past short packets into their neighbours. Every value is used only under a mask that has
compared its place with the captured length.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ladderview.capture.records import Records, gather
from ladderview.capture.table import Kind
from ladderview.proto.udp_ports import UDP_PORTS

U64 = NDArray[np.uint64]
Rows = NDArray[np.int64]


def _layout(size: int, **fields: tuple[str, int]) -> np.dtype[np.void]:
    """A header's layout: name=(type, offset)."""
    return np.dtype(
        {
            "names": list(fields),
            "formats": [kind for kind, _ in fields.values()],
            "offsets": [offset for _, offset in fields.values()],
            "itemsize": size,
        }
    )


def _ports(*ports: int) -> NDArray[np.bool_]:
    """A table that says of every port whether it is one of these."""
    table = np.zeros(1 << 16, np.bool_)
    table[list(ports)] = True
    return table


#: IEEE 802.3 and 802.1Q: the EtherType of a frame with no tag, one tag and two tags.
_ETHERNET = _layout(22, type0=(">u2", 12), type1=(">u2", 16), type2=(">u2", 20))
#: LINKTYPE_LINUX_SLL and LINKTYPE_LINUX_SLL2.
_COOKED = _layout(16, protocol=(">u2", 14))
_COOKED2 = _layout(2, protocol=(">u2", 0))
#: LINKTYPE_NULL (host byte order of the writer) and LINKTYPE_LOOP (network byte order).
_LOOPBACK = _layout(4, af=("<u4", 0))
_FIRST_BYTE = _layout(1, first=("u1", 0))
#: RFC 791 section 3.1.
_IPV4 = _layout(
    20,
    version_ihl=("u1", 0),
    total_length=(">u2", 2),
    fragment=(">u2", 6),
    protocol=("u1", 9),
    src=(">u4", 12),
    dst=(">u4", 16),
)
#: RFC 8200 section 3.
_IPV6 = _layout(
    40,
    version=("u1", 0),
    payload_length=(">u2", 4),
    next_header=("u1", 6),
    src0=(">u8", 8),
    src1=(">u8", 16),
    dst0=(">u8", 24),
    dst1=(">u8", 32),
)
#: RFC 9293 section 3.1.
_TCP = _layout(
    16,
    sport=(">u2", 0),
    dport=(">u2", 2),
    seq=(">u4", 4),
    ack=(">u4", 8),
    offset_flags=(">u2", 12),
    window=(">u2", 14),
)

#: UDP begins with its ports too (RFC 768).
_PORTS = _layout(4, sport=(">u2", 0), dport=(">u2", 2))

_ETHERTYPE_IPV4, _ETHERTYPE_IPV6, _ETHERTYPE_ARP = 0x0800, 0x86DD, 0x0806
_VLAN_TAGS = (0x8100, 0x88A8)
#: An ARP packet for Ethernet and IPv4 (RFC 826).
_ARP_LEN = 28
#: A source route among the options says another destination than the header.
_VERSION_4_NO_OPTIONS = 0x45
_MORE_FRAGMENTS_OR_OFFSET = 0x3FFF
#: BSD address families of LINKTYPE_NULL and LINKTYPE_LOOP: 2 is IPv4 everywhere, IPv6 differs between systems.
_AF_INET, _AF_INET6 = 2, (24, 28, 30)
#: ICMP types that quote the packet they are about (RFC 792, RFC 1122 section 3.2.2).
_ICMP_ERRORS = (3, 4, 5, 11, 12)
#: ICMPv6 types below it are errors (RFC 4443 section 2.1).
_FIRST_ICMPV6_INFORMATION = 128

#: DNS, multicast DNS (RFC 6762) and LLMNR (RFC 4795).
_IS_DNS_PORT = _ports(53, 5353, 5355)
#: UDP ports behind which another packet may stand.
_IS_TUNNEL_PORT = _ports(*UDP_PORTS)

#: Column to type of a block's ``Headers``.
_COLUMNS: dict[str, type[np.generic]] = {
    "kind": np.uint8,
    "slow": np.bool_,
    "dns_off": np.uint16,
    "unsized": np.bool_,
    "family": np.uint8,
    "src0": np.uint64,
    "src1": np.uint64,
    "dst0": np.uint64,
    "dst1": np.uint64,
    "sport": np.uint16,
    "dport": np.uint16,
    "seq": np.uint32,
    "ack": np.uint32,
    "payload_len": np.uint32,
    "l4_off": np.uint16,
    "payload_off": np.uint16,
    "window": np.uint16,
    "tcp_flags": np.uint16,
}


@dataclass(frozen=True, slots=True)
class Headers:
    """One row a packet of a block, zero where nothing was read.

    Attributes:
        kind: uint8, a ``Kind``.
        slow: bool, no mask vouched for the packet: the slow lane fills in its row.
        dns_off: uint16, offset of a DNS message that may name hosts, or 0.
        unsized: bool, a segment of unknown length.
        family: uint8, 4 or 6 where the row has a TCP endpoint pair, else 0.
        src0, src1, dst0, dst1: uint64, the addresses, high half first (an IPv4 address is in the low half).
        sport, dport, seq, ack, payload_len, l4_off, payload_off, window, tcp_flags: as in ``PacketTable``.
    """

    kind: NDArray[np.uint8]
    slow: NDArray[np.bool_]
    dns_off: NDArray[np.uint16]
    unsized: NDArray[np.bool_]
    family: NDArray[np.uint8]
    src0: U64
    src1: U64
    dst0: U64
    dst1: U64
    sport: NDArray[np.uint16]
    dport: NDArray[np.uint16]
    seq: NDArray[np.uint32]
    ack: NDArray[np.uint32]
    payload_len: NDArray[np.uint32]
    l4_off: NDArray[np.uint16]
    payload_off: NDArray[np.uint16]
    window: NDArray[np.uint16]
    tcp_flags: NDArray[np.uint16]


class _Stage(NamedTuple):
    """Some packets of a block and where the header stands that is read next.

    Attributes:
        rows: their rows in the block.
        at: offset of the header in the packet.
        left: bytes on the wire from there to the end of what the layers so far have room for.
        there: how many of them were captured.
    """

    rows: Rows
    at: Rows
    left: Rows
    there: Rows

    def only(self, mask: NDArray[np.bool_]) -> _Stage:
        """The packets for which ``mask`` is set."""
        return self if mask.all() else _Stage(*(column[mask] for column in self))

    def after(self, header_len: Rows | int, left: Rows) -> _Stage:
        """Behind a header, with so many bytes left."""
        return _Stage(self.rows, self.at + header_len, left, np.minimum(self.there - header_len, left))


def fast_lane(records: Records, linktypes: NDArray[np.uint32]) -> Headers:
    """Read the headers of a block; ``linktypes`` has the LINKTYPE_ of each packet."""
    headers = Headers(**{name: np.zeros(len(records), dtype) for name, dtype in _COLUMNS.items()})
    headers.slow[:] = True
    for linktype in {int(linktypes[0])} if (linktypes == linktypes[0]).all() else set(linktypes.tolist()):
        if linktype in _LINK_READERS:
            rows = np.flatnonzero(linktypes == linktype)
            ethertype, at = _LINK_READERS[linktype](records, rows)
            left = records.orig_len[rows] - at
            network = _Stage(rows, at, left, np.minimum(records.caplen[rows] - at, left))
            for number, read in _NETWORKS.items():
                mask = ethertype == number
                if mask.any():
                    read(records, headers, network.only(mask))
    return headers


def _gather(records: Records, stage: _Stage, dtype: np.dtype[np.void]) -> NDArray[np.void]:
    return gather(records.data, records.start[stage.rows] + stage.at, dtype)


# -- link layers: the EtherType that says what follows (0 where it is not known), and where it begins --------------


def _ethernet(records: Records, rows: Rows) -> tuple[NDArray[np.uint16], Rows]:
    header = gather(records.data, records.start[rows], _ETHERNET)
    ethertype = header["type0"].astype(np.uint16)
    at = np.full(len(rows), 14, np.int64)
    for inner in ("type1", "type2"):
        tagged = (ethertype == _VLAN_TAGS[0]) | (ethertype == _VLAN_TAGS[1])
        if not tagged.any():
            break
        ethertype = np.where(tagged, header[inner], ethertype).astype(np.uint16)
        at += 4 * tagged
    return ethertype, at


def _cooked(records: Records, rows: Rows) -> tuple[NDArray[np.uint16], Rows]:
    header = gather(records.data, records.start[rows], _COOKED)
    return header["protocol"].astype(np.uint16), np.full(len(rows), 16, np.int64)


def _cooked2(records: Records, rows: Rows) -> tuple[NDArray[np.uint16], Rows]:
    header = gather(records.data, records.start[rows], _COOKED2)
    return header["protocol"].astype(np.uint16), np.full(len(rows), 20, np.int64)


def _loopback(records: Records, rows: Rows) -> tuple[NDArray[np.uint16], Rows]:
    family = gather(records.data, records.start[rows], _LOOPBACK)["af"]
    family = np.where(family > 0xFFFF, family.byteswap(), family)
    ethertype = np.where(family == _AF_INET, _ETHERTYPE_IPV4, np.where(np.isin(family, _AF_INET6), _ETHERTYPE_IPV6, 0))
    return ethertype.astype(np.uint16), np.full(len(rows), 4, np.int64)


def _raw_ip(records: Records, rows: Rows) -> tuple[NDArray[np.uint16], Rows]:
    version = gather(records.data, records.start[rows], _FIRST_BYTE)["first"] >> 4
    ethertype = np.where(version == 4, _ETHERTYPE_IPV4, np.where(version == 6, _ETHERTYPE_IPV6, 0))
    return ethertype.astype(np.uint16), np.zeros(len(rows), np.int64)


def _ipv4_only(_: Records, rows: Rows) -> tuple[NDArray[np.uint16], Rows]:
    return np.full(len(rows), _ETHERTYPE_IPV4, np.uint16), np.zeros(len(rows), np.int64)


def _ipv6_only(_: Records, rows: Rows) -> tuple[NDArray[np.uint16], Rows]:
    return np.full(len(rows), _ETHERTYPE_IPV6, np.uint16), np.zeros(len(rows), np.int64)


#: LINKTYPE_ values of the tcpdump.org registry; 12 and 14 are raw IP in files of some BSDs.
_LINK_READERS: dict[int, Callable[[Records, Rows], tuple[NDArray[np.uint16], Rows]]] = {
    0: _loopback,
    1: _ethernet,
    12: _raw_ip,
    14: _raw_ip,
    101: _raw_ip,
    108: _loopback,
    113: _cooked,
    228: _ipv4_only,
    229: _ipv6_only,
    276: _cooked2,
}


# -- network layer -------------------------------------------------------------------------------------------------


def _arp(_: Records, headers: Headers, stage: _Stage) -> None:
    rows = stage.rows[stage.there >= _ARP_LEN]
    headers.kind[rows] = Kind.ARP
    headers.slow[rows] = False


def _ipv4(records: Records, headers: Headers, stage: _Stage) -> None:
    stage = stage.only(stage.there >= 20)
    header = _gather(records, stage, _IPV4)
    headers.src1[stage.rows], headers.dst1[stage.rows] = header["src"], header["dst"]
    total_length = header["total_length"].astype(np.int64)
    vouched = (
        (header["version_ihl"] == _VERSION_4_NO_OPTIONS)
        & (total_length >= 20)
        & (total_length <= stage.left)
        & (header["fragment"] & _MORE_FRAGMENTS_OR_OFFSET == 0)
    )
    _transport(records, headers, stage.after(20, total_length - 20), np.where(vouched, header["protocol"], 0), 4)


def _ipv6(records: Records, headers: Headers, stage: _Stage) -> None:
    stage = stage.only(stage.there >= 40)
    header = _gather(records, stage, _IPV6)
    headers.src0[stage.rows], headers.src1[stage.rows] = header["src0"], header["src1"]
    headers.dst0[stage.rows], headers.dst1[stage.rows] = header["dst0"], header["dst1"]
    payload_length = header["payload_length"].astype(np.int64)
    vouched = (header["version"] >> 4 == 6) & (payload_length > 0) & (payload_length <= stage.left - 40)
    _transport(records, headers, stage.after(40, payload_length), np.where(vouched, header["next_header"], 0), 6)


#: EtherType to what reads behind it.
_NETWORKS: dict[int, Callable[[Records, Headers, _Stage], None]] = {
    _ETHERTYPE_IPV4: _ipv4,
    _ETHERTYPE_IPV6: _ipv6,
    _ETHERTYPE_ARP: _arp,
}


# -- transport layer -----------------------------------------------------------------------------------------------


def _transport(
    records: Records, headers: Headers, stage: _Stage, protocol: NDArray[np.integer[Any]], family: int
) -> None:
    """Read behind an IP header; ``protocol`` is 0 for whom no mask vouches."""
    for number, read in _TRANSPORTS[family].items():
        mask = protocol == number
        if mask.any():
            read(records, headers, stage.only(mask), family)


def _tcp(records: Records, headers: Headers, stage: _Stage, family: int) -> None:
    stage = stage.only(stage.there >= 20)
    header = _gather(records, stage, _TCP)
    header_len = (header["offset_flags"] >> 12).astype(np.int64) * 4
    vouched = (header_len >= 20) & (header_len <= stage.left)
    if not vouched.all():
        stage, header, header_len = stage.only(vouched), header[vouched], header_len[vouched]
    rows = stage.rows
    headers.kind[rows] = Kind.TCP
    headers.slow[rows] = False
    headers.family[rows] = family
    headers.payload_len[rows] = stage.left - header_len
    headers.l4_off[rows] = stage.at
    headers.payload_off[rows] = stage.at + header_len
    headers.tcp_flags[rows] = header["offset_flags"] & 0xFFF
    headers.sport[rows], headers.dport[rows] = header["sport"], header["dport"]
    headers.seq[rows], headers.ack[rows] = header["seq"], header["ack"]
    headers.window[rows] = header["window"]


def _udp(records: Records, headers: Headers, stage: _Stage, _: int) -> None:
    stage = stage.only(stage.there >= 8)
    ports = _gather(records, stage, _PORTS)
    sport = ports["sport"]
    vouched = ~(_IS_TUNNEL_PORT[sport] | _IS_TUNNEL_PORT[ports["dport"]])
    rows = stage.rows[vouched]
    headers.kind[rows] = Kind.UDP
    headers.slow[rows] = False
    headers.dns_off[rows] = np.where(_IS_DNS_PORT[sport[vouched]], stage.at[vouched] + 8, 0)


def _icmp(records: Records, headers: Headers, stage: _Stage, family: int) -> None:
    """ICMP that is not an error: an error quotes a header, which may be TCP's and counts in Wireshark's numbering."""
    stage = stage.only(stage.there >= 8)
    kind = _gather(records, stage, _FIRST_BYTE)["first"]
    is_error = np.isin(kind, _ICMP_ERRORS) if family == 4 else kind < _FIRST_ICMPV6_INFORMATION
    rows = stage.rows[~is_error]
    headers.kind[rows] = Kind.ICMP
    headers.slow[rows] = False


_Transport = Callable[[Records, Headers, _Stage, int], None]

#: Protocol numbers (IANA "Assigned Internet Protocol Numbers") that the fast lane reads, by IP version.
_TRANSPORTS: dict[int, dict[int, _Transport]] = {
    4: {6: _tcp, 17: _udp, 1: _icmp},
    6: {6: _tcp, 17: _udp, 58: _icmp},
}
