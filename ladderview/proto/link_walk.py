"""Where does the payload of a link layer begin? Ethernet, LLC, Linux cooked, loopback, raw IP and the small ones.

Sources: IEEE 802.3, IEEE 802.2, RFC 1042, https://www.tcpdump.org/linktypes.html and the pages it links to.
Readers for PPP and frame relay stand in ``wan_walk``, for wireless in ``wlan_walk``, for tags in ``tag_walk``.
"""

from __future__ import annotations

from struct import unpack_from

from ladderview.proto.next_protocol import (
    ADDRESS_FAMILIES,
    ARCNET_PROTOCOLS,
    ETHERTYPES,
    GRE_PROTOCOLS,
    LINKTYPES,
    LLC_SAPS,
)
from ladderview.proto.walking import Reader, Step, Walk

#: Greatest value of the Length/Type field that is a length (IEEE 802.3 clause 3.2.6).
MAX_LENGTH = 1500

#: Cisco ISL destination addresses: the frame is wrapped once more.
ISL_PREFIXES = (b"\x01\x00\x0c\x00\x00", b"\x0c\x00\x0c\x00\x00")

#: OUIs under which SNAP's protocol id is an EtherType: RFC 1042's, and IEEE 802.1H's for bridges.
ETHERTYPE_OUIS = (0x000000, 0x0000F8)


def by_ethertype(ethertype: int, at: int, end: int) -> Step:
    """The step that an EtherType asks for."""
    key = ETHERTYPES.get(ethertype)
    return (key, at, end) if key else None


def by_type_or_length(walk: Walk, ethertype: int, at: int, end: int) -> Step:
    """The step that an EtherType, or an 802.3 length in its place, asks for."""
    if ethertype > MAX_LENGTH:
        return by_ethertype(ethertype, at, end)
    if ethertype > end - at:
        walk.fault(f"802.3 length {ethertype} goes past the end of the frame")
    end = min(end, at + ethertype)
    # Novell's raw 802.3 has IPX's checksum of all ones where LLC would stand.
    if walk.data[at : at + 2] == b"\xff\xff":
        return "ipx", at, end
    return "llc", at, end


def ethernet(walk: Walk, at: int, end: int) -> Step:
    """Ethernet II and IEEE 802.3."""
    if walk.data[at : at + 5] in ISL_PREFIXES:
        walk.need(at, 26, end)
        walk.layer("isl", at, at + 26, end)
        return "ethernet", at + 26, end
    ethertype = walk.u16(at + 12, end)
    walk.layer("ethernet", at, at + 14, end)
    if ethertype == 0:
        return None
    return by_type_or_length(walk, ethertype, at + 14, end)


def llc(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.2 logical link control; only information (I and UI) carries a higher layer."""
    walk.need(at, 3, end)
    dsap, ssap, control = walk.data[at : at + 3]
    header_end = at + 3 if control & 3 == 3 else at + 4
    walk.layer("llc", at, header_end, end)
    if control & 1 and control != 0x03:
        return None
    if dsap == ssap == 0xAA:
        return "snap", at + 3, end
    key = LLC_SAPS.get(dsap)
    return (key, header_end, end) if key else None


def snap(walk: Walk, at: int, end: int) -> Step:
    """SNAP (RFC 1042): OUI and protocol id."""
    return _snap(walk, at, end, padding=2)


def snap_frame_relay(walk: Walk, at: int, end: int) -> Step:
    """SNAP behind frame relay, where bridged frames need no padding (RFC 2427 section 4.2)."""
    return _snap(walk, at, end, padding=0)


def _snap(walk: Walk, at: int, end: int, padding: int) -> Step:
    walk.need(at, 5, end)
    oui = int.from_bytes(walk.data[at : at + 3], "big")
    pid = walk.u16(at + 3, end)
    walk.layer("snap", at, at + 5, end)
    if oui in ETHERTYPE_OUIS:
        return by_ethertype(pid, at + 5, end)
    if oui == 0x0080C2 and pid in (0x0001, 0x0007):  # bridged Ethernet with and without FCS, RFC 2684 section 5.2
        return "ethernet", at + 5 + padding, end - 4 if pid == 1 else end
    return None


def sll(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_LINUX_SLL: ARPHRD_ type at 2, protocol at 14."""
    walk.need(at, 16, end)
    hardware, protocol = walk.u16(at + 2, end), walk.u16(at + 14, end)
    walk.layer("sll", at, at + 16, end)
    return _cooked(walk, hardware, protocol, at + 16, end)


def sll2(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_LINUX_SLL2: protocol at 0, ARPHRD_ type at 8."""
    walk.need(at, 20, end)
    protocol, hardware = walk.u16(at, end), walk.u16(at + 8, end)
    walk.layer("sll2", at, at + 20, end)
    return _cooked(walk, hardware, protocol, at + 20, end)


#: Values below the EtherTypes in the protocol field of Linux cooked headers (linux/if_ether.h).
COOKED_TYPES = {0x0003: "ethernet", 0x0004: "llc", 0x0007: "ppp_hdlc"}

#: ARPHRD_ values of linux/if_arp.h that say more than the protocol field.
COOKED_HARDWARE = {770: "frame_relay", 803: "radiotap"}


def _cooked(walk: Walk, hardware: int, protocol: int, at: int, end: int) -> Step:
    key: str | None
    if hardware == 824:  # ARPHRD_NETLINK: the protocol is a netlink family
        return "netlink", at, end
    if hardware in COOKED_HARDWARE:
        key = COOKED_HARDWARE[hardware]
    elif hardware == 778:  # ARPHRD_IPGRE: the protocol is GRE's
        key = GRE_PROTOCOLS.get(protocol)
    elif protocol <= MAX_LENGTH:
        key = COOKED_TYPES.get(protocol)
    else:
        key = ETHERTYPES.get(protocol)
    return (key, at, end) if key else None


def null(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_NULL: an address family in the byte order of the machine that captured it, or PPP."""
    walk.need(at, 4, end)
    if walk.data[at : at + 2] == b"\xff\x03":
        return "ppp_hdlc", at, end
    return _family(walk, int(unpack_from("<I", walk.data, at)[0]), at, end)


def loop(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_LOOP: an address family in network order."""
    walk.need(at, 4, end)
    return _family(walk, walk.u32(at, end), at, end)


def _family(walk: Walk, family: int, at: int, end: int) -> Step:
    if family & 0xFFFF0000:
        family = int.from_bytes(family.to_bytes(4, "little"), "big")
    walk.layer("null", at, at + 4, end)
    key = ETHERTYPES.get(family) if family > MAX_LENGTH else ADDRESS_FAMILIES.get(family)
    return (key, at + 4, end) if key else None


def raw(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_RAW: IP, or PPP where ISDN interfaces put it (with none, six or one byte before it)."""
    for shift in (0, 6, 1):
        if walk.data[at + shift : at + shift + 2] == b"\xff\x03":
            return "ppp_hdlc", at + shift, end
    if walk.data[at : at + 10] == bytes(10):
        return "ipv4", at + 10, end
    version = walk.u8(at, end) >> 4
    return {4: ("ipv4", at, end), 6: ("ipv6", at, end)}.get(version)


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
    return by_ethertype(walk.u16(at + 40, end), at + 44, end)


def enc(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_ENC: OpenBSD's IPsec interface; address family, SPI, flags."""
    walk.need(at, 12, end)
    family = int(unpack_from("<I", walk.data, at)[0])
    if family & 0xFFFF0000:
        family = walk.u32(at, end)
    walk.layer("enc", at, at + 12, end)
    key = ADDRESS_FAMILIES.get(family)
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
    """LINKTYPE_FDDI: frame control and addresses; LLC in asynchronous and synchronous LLC frames."""
    walk.need(at, 13, end)
    walk.layer("fddi", at, at + 13, end)
    return ("llc", at + 13, end) if walk.data[at] & 0x70 == 0x50 or walk.data[at] & 0xF0 == 0xD0 else None


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
    """LINKTYPE_ETHERNET_MPACKET: preamble and start-of-mPacket delimiter before an Ethernet frame."""
    walk.need(at, 8, end)
    walk.layer("mpacket", at, at + 8, end)
    return "ethernet", at + 8, end


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
    walk.layer("ipnet", at, at + 24, end)
    key = {2: "ipv4", 26: "ipv6"}.get(walk.data[at + 1])
    return (key, at + 24, end) if key else None


READERS: dict[str, Reader] = {
    "ethernet": ethernet,
    "llc": llc,
    "snap": snap,
    "snap_frame_relay": snap_frame_relay,
    "sll": sll,
    "sll2": sll2,
    "null": null,
    "loop": loop,
    "raw": raw,
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
}
