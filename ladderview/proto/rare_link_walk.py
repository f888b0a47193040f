"""Where does the payload begin on link layers that are seldom met? ARCNET, FDDI, token ring, IPoIB, firewall logs ...

Sources: https://www.tcpdump.org/linktypes.html and the pages it links to.
"""

from __future__ import annotations

from struct import unpack_from
from zlib import crc32

from ladderview.proto.link_walk import by_ethertype
from ladderview.proto.next_protocol import ADDRESS_FAMILIES, ARCNET_PROTOCOLS, LINKTYPES
from ladderview.proto.walking import Reader, Step, Walk


def arcnet(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_ARCNET_BSD: addresses and a protocol id; RFC 1201's ids have a fragmentation header."""
    walk.need(at, 3, end)
    return _arcnet(walk, at, at + 2, end)


def arcnet_linux(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_ARCNET_LINUX: a 16-bit offset between the addresses and the protocol id."""
    walk.need(at, 5, end)
    return _arcnet(walk, at, at + 4, end, linux=True)


def _arcnet(walk: Walk, at: int, id_at: int, end: int, linux: bool = False) -> Step:
    protocol = walk.u8(id_at, end)
    header_end = id_at + 1
    if protocol not in (0xF0, 0xF1, 0xDD):  # RFC 1051 and AppleTalk have no fragmentation header
        if not linux and walk.u8(header_end, end) == 0xFF:  # RFC 1201: exception packet
            header_end += 4
        header_end += 3
    walk.need(at, header_end - at, end)
    walk.layer("arcnet", at, header_end, end)
    key = ARCNET_PROTOCOLS.get(protocol)
    return (key, header_end, end) if key else None


def ipoib(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_IPOIB: a 40-byte global route header, then RFC 4391's EtherType and two reserved bytes."""
    walk.need(at, 44, end)
    walk.layer("ipoib", at, at + 44, end)
    key = {0x0800: "ipv4", 0x86DD: "ipv6", 0x0806: "arp"}.get(walk.u16(at + 40, end))
    return (key, at + 44, end) if key else None


def enc(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_ENC: OpenBSD's IPsec interface; address family, SPI, flags."""
    walk.need(at, 12, end)
    family = int(unpack_from("<I", walk.data, at)[0])
    if family >> 16:
        family = walk.u32(at, end)
    walk.layer("enc", at, at + 12, end)
    key = {2: "ipv4", 24: "ipv6"}.get(family)
    return (key, at + 12, end) if key else None


def pflog(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_PFLOG: length (rounded up to 4) and address family first."""
    walk.need(at, 2, end)
    length = (walk.data[at] + 3) & ~3
    walk.need(at, length, end)
    walk.layer("pflog", at, at + length, end)
    key = ADDRESS_FAMILIES.get(walk.data[at + 1])
    return (key, at + length, end) if key else None


def nflog(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_NFLOG: family, then attributes in the capturing machine's byte order; number 9 is the packet."""
    walk.need(at, 4, end)
    family, place = walk.data[at], at + 4
    while place + 4 <= min(end, len(walk.data)):
        length, kind = unpack_from("<HH", walk.data, place)
        if length < 4:
            walk.fault("an NFLOG attribute is shorter than its header")
            break
        if kind & 0x7FFF == 9:
            walk.layer("nflog", at, place + 4, end)
            key = {2: "ipv4", 10: "ipv6"}.get(family)
            return (key, place + 4, min(end, place + length)) if key else None
        place += (length + 3) & ~3
    walk.layer("nflog", at, min(end, len(walk.data)), end)
    return None


def ip_over_fc(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_IP_OVER_FC: RFC 2625's network header of two 8-byte addresses, then LLC."""
    walk.need(at, 16, end)
    walk.layer("ip_over_fc", at, at + 16, end)
    return "llc", at + 16, end


def fddi(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_FDDI: frame control and addresses; asynchronous LLC frames carry LLC."""
    walk.need(at, 13, end)
    walk.layer("fddi", at, at + 13, end)
    return ("llc", at + 13, end) if walk.data[at] & 0xF0 == 0x50 else None


def token_ring(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_IEEE802_5: two bytes, addresses, a routing field where the source address says so, LLC."""
    walk.need(at, 14, end)
    header_end = at + 14
    if walk.data[at + 8] & 0x80:
        header_end += walk.u8(header_end, end) & 0x1F
    walk.layer("token_ring", at, header_end, end)
    return ("llc", header_end, end) if walk.data[at + 1] & 0xC0 == 0x40 else None


def ieee1394(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_APPLE_IP_OVER_IEEE1394: two 8-byte addresses and an EtherType."""
    walk.need(at, 18, end)
    walk.layer("ieee1394", at, at + 18, end)
    return by_ethertype(walk.u16(at + 16, end), at + 18, end)


def mpacket(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_ETHERNET_MPACKET: preamble and delimiter, then Ethernet where the checksum says it is whole."""
    walk.need(at, 12, end)
    walk.layer("mpacket", at, at + 8, end)
    frame, checksum = walk.data[at + 8 : end - 4], walk.data[end - 4 : end]
    whole = end <= len(walk.data) and crc32(frame).to_bytes(4, "little") == checksum
    return ("ethernet", at + 8, end - 4) if whole else None


def pktap(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_PKTAP: header length, record type and link type, little-endian."""
    walk.need(at, 12, end)
    length, _, linktype = unpack_from("<III", walk.data, at)
    walk.need(at, length, end)
    walk.layer("pktap", at, at + length, end)
    key = LINKTYPES.get(linktype)
    return (key, at + length, end) if key and length else None


def ipnet(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_IPNET: Solaris; 24 bytes, the second is the address family."""
    walk.need(at, 24, end)
    end = min(end, at + 24 + walk.u32(at + 4, end))
    walk.layer("ipnet", at, at + 24, end)
    key = {2: "ipv4", 26: "ipv6"}.get(walk.data[at + 1])
    return (key, at + 24, end) if key else None


def sunatm(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_SUNATM: traffic type, VPI and VCI; an unknown type is told by the first bytes of what follows."""
    walk.need(at, 6, end)
    kind, place = walk.data[at] & 15, at + 4
    walk.layer("sunatm", at, place, end)
    head = walk.data[place : place + 2]
    if kind == 1:  # LAN emulation: a client id, then Ethernet; control frames begin with FF00
        return None if head == b"\xff\0" else ("ethernet", place + 2, end)
    if kind == 2 or head == b"\xaa\xaa":
        return "llc", place, end
    if kind in (5, 6):  # management and signalling
        return None
    if head == b"\0\0":
        return "ethernet", place + 2, end
    return ("ipv4", place, end) if head[:1] == b"\x45" else None


#: Record types of ERF that hold Ethernet (two bytes of padding before it) and IP.
ERF_ETHERNET = (2, 11, 16, 20)
ERF_IP = {22: "ipv4", 23: "ipv6"}


def erf(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_ERF: Endace's record header of 16 bytes, extension headers of 8 while their first bit is set."""
    walk.need(at, 16, end)
    kind, place, further = walk.data[at + 8] & 0x7F, at + 16, walk.data[at + 8] & 0x80
    while further:
        further = walk.u8(place, end) & 0x80
        place += 8
    if kind in ERF_ETHERNET:
        place += 2
    end = min(end, place + walk.u16(at + 14, end))
    walk.need(at, place - at, end)
    walk.layer("erf", at, place, end)
    if kind in ERF_ETHERNET:
        return "ethernet", place, end
    if kind == 1:  # HDLC: PPP or Cisco's, told by its address byte
        return "ppp_hdlc", place, end
    key = ERF_IP.get(kind)
    return (key, place, end) if key else None


def netanalyzer(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_NETANALYZER: 4 bytes, then Ethernet with its checksum."""
    walk.need(at, 4, end)
    walk.layer("netanalyzer", at, at + 4, end)
    return "ethernet", at + 4, end - 4


def netanalyzer_transparent(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_NETANALYZER_TRANSPARENT: 4 bytes and the preamble before Ethernet with its checksum."""
    walk.need(at, 12, end)
    walk.layer("netanalyzer", at, at + 12, end)
    return "ethernet", at + 12, end - 4


def docsis(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_DOCSIS: frame control, extended header of ``MAC_PARM`` bytes, then Ethernet in packet PDUs."""
    walk.need(at, 6, end)
    control, extended = walk.data[at], walk.data[at + 1]
    header_end = at + 6 + (extended if control & 1 else 0)
    walk.need(at, header_end - at, end)
    walk.layer("docsis", at, header_end, end)
    return ("ethernet", header_end, end) if control >> 6 == 0 else None


READERS: dict[str, Reader] = {
    "arcnet": arcnet,
    "arcnet_linux": arcnet_linux,
    "ipoib": ipoib,
    "enc": enc,
    "pflog": pflog,
    "nflog": nflog,
    "ip_over_fc": ip_over_fc,
    "fddi": fddi,
    "token_ring": token_ring,
    "ieee1394": ieee1394,
    "mpacket": mpacket,
    "pktap": pktap,
    "ipnet": ipnet,
    "sunatm": sunatm,
    "erf": erf,
    "netanalyzer": netanalyzer,
    "netanalyzer_transparent": netanalyzer_transparent,
    "docsis": docsis,
}
