"""What do a block's packets carry? The fast lane: their headers as columns, read by numpy.

Plan: two gathers. The first bytes of each packet say where the IP header stands; a gather of the IP headers takes the
bytes behind along, for that is where TCP stands. Masks say for whom this holds: Ethernet with up to two VLAN tags,
Linux cooked v1 and v2, raw IP, BSD loopback; IPv4 that has no options and is no fragment, IPv6 without extension
headers; TCP whose fixed header was captured. UDP, ARP and ICMP that cannot hide TCP are only named.

Most packets of most captures are alike. To pick out nearly all rows costs more than to read all of them and to leave
some unused, so a mask picks rows out only where it leaves few of them (``_Stage.only``).

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
Bools = NDArray[np.bool_]
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
    36,
    version_ihl=("u1", 0),
    total_length=(">u2", 2),
    fragment=(">u2", 6),
    protocol=("u1", 9),
    src=(">u4", 12),
    dst=(">u4", 16),
    behind=("V16", 20),
)
#: RFC 8200 section 3.
_IPV6 = _layout(
    56,
    version=("u1", 0),
    payload_length=(">u2", 4),
    next_header=("u1", 6),
    src0=(">u8", 8),
    src1=(">u8", 16),
    dst0=(">u8", 24),
    dst1=(">u8", 32),
    behind=("V16", 40),
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
_UDP = _layout(16, sport=(">u2", 0), dport=(">u2", 2))
#: RFC 792 and RFC 4443 section 2.1.
_ICMP = _layout(16, type=("u1", 0))

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
        rows: their rows in the block, or a slice for all of them.
        holds: for which of them the headers so far make sense; what the others' columns say means nothing.
        at: offset of the header in the packet.
        left: bytes on the wire from there to the end of what the layers so far have room for.
        there: how many of them were captured.
    """

    rows: Rows | slice
    holds: Bools
    at: Rows
    left: Rows
    there: Rows

    def where(self, mask: Bools) -> _Stage:
        """The same packets; what is read holds only where ``mask`` is set, too."""
        return self._replace(holds=self.holds & mask)

    def only(self, mask: Bools) -> _Stage:
        """The packets for which ``mask`` is set, and the others beside them where these are fewer."""
        holds = self.holds & mask
        chosen = np.flatnonzero(holds)
        if 2 * len(chosen) >= len(holds):
            return self._replace(holds=holds)
        rows = chosen if isinstance(self.rows, slice) else self.rows[chosen]
        return _Stage(rows, holds[chosen], self.at[chosen], self.left[chosen], self.there[chosen])

    def after(self, header_len: int, left: Rows) -> _Stage:
        """Behind a header, with so many bytes left."""
        return self._replace(at=self.at + header_len, left=left, there=np.minimum(self.there - header_len, left))

    def put(self, column: NDArray[Any], values: NDArray[Any] | int) -> None:
        """Write a column's rows for which this holds."""
        if isinstance(self.rows, slice):
            np.copyto(column, values, casting="unsafe", where=self.holds)
        else:
            column[self.rows[self.holds]] = values if isinstance(values, int) else values[self.holds]


def fast_lane(records: Records, linktypes: NDArray[np.uint32]) -> Headers:
    """Read the headers of a block; ``linktypes`` has the LINKTYPE_ of each packet."""
    headers = Headers(**{name: np.zeros(len(records), dtype) for name, dtype in _COLUMNS.items()})
    headers.slow[:] = True
    if (linktypes == linktypes[0]).all():
        _read_link(records, headers, int(linktypes[0]), slice(None))
    else:
        for linktype in set(linktypes.tolist()):
            _read_link(records, headers, linktype, np.flatnonzero(linktypes == linktype))
    return headers


def _read_link(records: Records, headers: Headers, linktype: int, rows: Rows | slice) -> None:
    """Read the packets of one link type."""
    if linktype not in _LINK_READERS:
        return
    ethertype, at = _LINK_READERS[linktype](records.data, records.start[rows])
    left = records.orig_len[rows] - at
    there = np.minimum(records.caplen[rows] - at, left)
    network = _Stage(rows, np.ones(len(at), np.bool_), at, left, there)
    for number, read in _NETWORKS.items():
        mask = ethertype == number
        if mask.any():
            read(records, headers, network.only(mask))


# -- link layers: the EtherType that says what follows (0 where it is not known), and where it begins --------------

_Link = tuple[NDArray[np.uint16], Rows]


def _ethernet(data: NDArray[np.uint8], start: Rows) -> _Link:
    header = gather(data, start, _ETHERNET)
    ethertype = header["type0"].astype(np.uint16)
    at = np.full(len(start), 14, np.int64)
    for inner in ("type1", "type2"):
        tagged = (ethertype == _VLAN_TAGS[0]) | (ethertype == _VLAN_TAGS[1])
        if not tagged.any():
            break
        np.copyto(ethertype, header[inner], where=tagged)
        at += 4 * tagged
    return ethertype, at


def _cooked(data: NDArray[np.uint8], start: Rows) -> _Link:
    header = gather(data, start, _COOKED)
    return header["protocol"].astype(np.uint16), np.full(len(start), 16, np.int64)


def _cooked2(data: NDArray[np.uint8], start: Rows) -> _Link:
    header = gather(data, start, _COOKED2)
    return header["protocol"].astype(np.uint16), np.full(len(start), 20, np.int64)


def _loopback(data: NDArray[np.uint8], start: Rows) -> _Link:
    family = gather(data, start, _LOOPBACK)["af"]
    family = np.where(family > 0xFFFF, family.byteswap(), family)
    ethertype = np.where(family == _AF_INET, _ETHERTYPE_IPV4, np.where(np.isin(family, _AF_INET6), _ETHERTYPE_IPV6, 0))
    return ethertype.astype(np.uint16), np.full(len(start), 4, np.int64)


def _raw_ip(data: NDArray[np.uint8], start: Rows) -> _Link:
    version = gather(data, start, _FIRST_BYTE)["first"] >> 4
    ethertype = np.where(version == 4, _ETHERTYPE_IPV4, np.where(version == 6, _ETHERTYPE_IPV6, 0))
    return ethertype.astype(np.uint16), np.zeros(len(start), np.int64)


def _ipv4_only(_: NDArray[np.uint8], start: Rows) -> _Link:
    return np.full(len(start), _ETHERTYPE_IPV4, np.uint16), np.zeros(len(start), np.int64)


def _ipv6_only(_: NDArray[np.uint8], start: Rows) -> _Link:
    return np.full(len(start), _ETHERTYPE_IPV6, np.uint16), np.zeros(len(start), np.int64)


#: LINKTYPE_ values of the tcpdump.org registry; 12 and 14 are raw IP in files of some BSDs.
_LINK_READERS: dict[int, Callable[[NDArray[np.uint8], Rows], _Link]] = {
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
    _name(headers, stage.where(stage.there >= _ARP_LEN), Kind.ARP)


def _ipv4(records: Records, headers: Headers, stage: _Stage) -> None:
    stage = stage.only(stage.there >= 20)
    header = gather(records.data, records.start[stage.rows] + stage.at, _IPV4)
    stage.put(headers.src1, header["src"])
    stage.put(headers.dst1, header["dst"])
    total_length = header["total_length"].astype(np.int64)
    vouched = (
        (header["version_ihl"] == _VERSION_4_NO_OPTIONS)
        & (total_length >= 20)
        & (total_length <= stage.left)
        & (header["fragment"] & _MORE_FRAGMENTS_OR_OFFSET == 0)
    )
    stage = stage.where(vouched).after(20, total_length - 20)
    _transport(headers, stage, header["protocol"], header["behind"], 4)


def _ipv6(records: Records, headers: Headers, stage: _Stage) -> None:
    stage = stage.only(stage.there >= 40)
    header = gather(records.data, records.start[stage.rows] + stage.at, _IPV6)
    for column in ("src0", "src1", "dst0", "dst1"):
        stage.put(getattr(headers, column), header[column])
    payload_length = header["payload_length"].astype(np.int64)
    vouched = (header["version"] >> 4 == 6) & (payload_length > 0) & (payload_length <= stage.left - 40)
    stage = stage.where(vouched).after(40, payload_length)
    _transport(headers, stage, header["next_header"], header["behind"], 6)


#: EtherType to what reads behind it.
_NETWORKS: dict[int, Callable[[Records, Headers, _Stage], None]] = {
    _ETHERTYPE_IPV4: _ipv4,
    _ETHERTYPE_IPV6: _ipv6,
    _ETHERTYPE_ARP: _arp,
}


# -- transport layer -----------------------------------------------------------------------------------------------


def _transport(
    headers: Headers, stage: _Stage, protocol: NDArray[np.uint8], behind: NDArray[np.void], family: int
) -> None:
    """Read behind an IP header; ``behind`` has the first bytes there."""
    for number, read in _TRANSPORTS[family].items():
        mask = stage.holds & (protocol == number)
        if mask.any():
            part = stage.only(mask)
            read(headers, part, behind if len(part.at) == len(behind) else behind[mask], family)


def _tcp(headers: Headers, stage: _Stage, first_bytes: NDArray[np.void], family: int) -> None:
    header = first_bytes.view(_TCP)
    offset_flags = header["offset_flags"].astype(np.uint16)
    header_len = (offset_flags >> 12).astype(np.int64) * 4
    stage = stage.where((stage.there >= 20) & (header_len >= 20) & (header_len <= stage.left))
    _name(headers, stage, Kind.TCP)
    stage.put(headers.family, family)
    stage.put(headers.payload_len, stage.left - header_len)
    stage.put(headers.l4_off, stage.at)
    stage.put(headers.payload_off, stage.at + header_len)
    stage.put(headers.tcp_flags, offset_flags & 0xFFF)
    for column in ("sport", "dport", "seq", "ack", "window"):
        stage.put(getattr(headers, column), header[column])


def _udp(headers: Headers, stage: _Stage, first_bytes: NDArray[np.void], _: int) -> None:
    header = first_bytes.view(_UDP)
    sport, dport = header["sport"], header["dport"]
    stage = stage.where((stage.there >= 8) & ~(_IS_TUNNEL_PORT[sport] | _IS_TUNNEL_PORT[dport]))
    _name(headers, stage, Kind.UDP)
    stage.put(headers.dns_off, np.where(_IS_DNS_PORT[sport], stage.at + 8, 0))


def _icmp(headers: Headers, stage: _Stage, first_bytes: NDArray[np.void], family: int) -> None:
    """ICMP that is not an error: an error quotes a header, which may be TCP's and counts in Wireshark's numbering."""
    kind = first_bytes.view(_ICMP)["type"]
    is_error = np.isin(kind, _ICMP_ERRORS) if family == 4 else kind < _FIRST_ICMPV6_INFORMATION
    _name(headers, stage.where((stage.there >= 8) & ~is_error), Kind.ICMP)


def _name(headers: Headers, stage: _Stage, kind: Kind) -> None:
    """Vouch for packets: the slow lane need not look at them."""
    stage.put(headers.kind, kind)
    stage.put(headers.slow, False)


_Transport = Callable[[Headers, _Stage, NDArray[np.void], int], None]

#: Protocol numbers (IANA "Assigned Internet Protocol Numbers") that the fast lane reads, by IP version.
_TRANSPORTS: dict[int, dict[int, _Transport]] = {
    4: {6: _tcp, 17: _udp, 1: _icmp},
    6: {6: _tcp, 17: _udp, 58: _icmp},
}
