"""Where does the payload of a link layer begin? Ethernet, LLC, Linux cooked, loopback and raw IP.

Sources: IEEE 802.3, IEEE 802.2, RFC 1042, https://www.tcpdump.org/linktypes.html and the pages it links to.
The rare ones stand in ``rare_link_walk``, PPP and frame relay in ``wan_walk``, wireless in ``wlan_walk``, tags in
``tag_walk``.
"""

from __future__ import annotations

from struct import unpack_from

from ladderview.proto.next_protocol import ADDRESS_FAMILIES, ETHERTYPES, GRE_PROTOCOLS, LLC_SAPS
from ladderview.proto.walking import Reader, Step, Walk

#: Greatest value of the Length/Type field that is a length (IEEE 802.3 clause 3.2.6).
MAX_LENGTH = 1500

#: Cisco ISL destination addresses: the frame is wrapped once more.
ISL_PREFIXES = (b"\x01\x00\x0c\x00\x00", b"\x0c\x00\x0c\x00\x00")

#: OUIs under which SNAP's protocol id is an EtherType: RFC 1042's, and IEEE 802.1H's for bridges.
ETHERTYPE_OUIS = (0x000000, 0x0000F8)


#: OUI and protocol id of Apple Wireless Direct Link.
AWDL = (0x0017F2, 0x0800)


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
        end = min(end, at + 14 + walk.u16(at + 12, end))  # the length begins behind itself
        walk.layer("isl", at, at + 26, end)
        return "ethernet", at + 26, end - 4
    ethertype = walk.u16(at + 12, end)
    walk.layer("ethernet", at, at + 14, end)
    if ethertype == 0:
        return None
    return by_type_or_length(walk, ethertype, at + 14, end)


def llc(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.2 logical link control; only information (I and UI) carries a higher layer."""
    walk.need(at, 3, end)
    dsap, ssap, control = walk.data[at : at + 3]
    header_len = 3 if control & 3 == 3 else 4
    walk.need(at, header_len, end)
    header_end = at + header_len
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
    return ("awdl", at + 5, end) if (oui, pid) == AWDL else None


def awdl(walk: Walk, at: int, end: int) -> Step:
    """Data of Apple Wireless Direct Link: a sequence number and padding before an EtherType."""
    ethertype = walk.u16(at + 6, end)
    walk.layer("awdl", at, at + 8, end)
    return by_ethertype(ethertype, at + 8, end)


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
    if hardware == 824:  # ARPHRD_NETLINK: the protocol is a netlink family
        return "netlink", at, end
    if protocol <= MAX_LENGTH:
        key = COOKED_HARDWARE.get(hardware) or COOKED_TYPES.get(protocol)
    elif hardware == 778:  # ARPHRD_IPGRE: the protocol is GRE's, and ERSPAN then comes without its own header
        key = "ethernet" if protocol == 0x88BE else GRE_PROTOCOLS.get(protocol)
    else:
        key = ETHERTYPES.get(protocol)
    return (key, at, end) if key else None


def null(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_NULL: an address family in the byte order of the machine that captured it, or PPP."""
    walk.need(at, 4, end)
    if walk.data[at : at + 2] == b"\xff\x03":
        return "ppp_hdlc", at, end
    family = int(unpack_from("<I", walk.data, at)[0])
    if family >> 16:
        family = int(unpack_from(">I", walk.data, at)[0])
    elif not family & 0xFF and family < 0x600:  # 16 bits in the other order, then padding
        family >>= 8
    walk.layer("null", at, at + 4, end)
    if family > MAX_LENGTH:  # some put an EtherType here
        return by_ethertype(family & 0xFFFF, at + 4, end)
    key = ADDRESS_FAMILIES.get(family)
    return (key, at + 4, end) if key else None


def loop(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_LOOP: an address family in network order."""
    key = ADDRESS_FAMILIES.get(walk.u32(at, end))
    walk.layer("null", at, at + 4, end)
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


READERS: dict[str, Reader] = {
    "ethernet": ethernet,
    "llc": llc,
    "snap": snap,
    "awdl": awdl,
    "snap_frame_relay": snap_frame_relay,
    "sll": sll,
    "sll2": sll2,
    "null": null,
    "loop": loop,
    "raw": raw,
}
