"""Where does the payload begin behind tags between Ethernet and IP: VLAN, provider bridges, MPLS, NSH and others."""

from __future__ import annotations

from ladderview.proto.link_walk import MAX_LENGTH, by_ethertype, by_type_or_length
from ladderview.proto.next_protocol import ETHERTYPES, NVO3_PROTOCOLS
from ladderview.proto.walking import Reader, Step, Walk


def vlan(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.1Q tag."""
    ethertype = walk.u16(at + 2, end)
    walk.vlan = walk.u16(at, end) & 0x0FFF
    walk.layer("vlan", at, at + 4, end)
    return by_type_or_length(walk, ethertype, at + 4, end)


def svlan(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.1ad service tag, which is never followed by a length."""
    ethertype = walk.u16(at + 2, end)
    walk.vlan = walk.u16(at, end) & 0x0FFF
    walk.layer("vlan", at, at + 4, end)
    return by_ethertype(ethertype, at + 4, end)


def pbb(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.1ah I-TAG: the service id, the customer's addresses and its EtherType."""
    ethertype = walk.u16(at + 16, end)
    walk.layer("pbb", at, at + 18, end)
    return by_ethertype(ethertype, at + 18, end)


def etag(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.1BR E-TAG."""
    ethertype = walk.u16(at + 6, end)
    walk.layer("etag", at, at + 8, end)
    return by_ethertype(ethertype, at + 8, end)


def vntag(walk: Walk, at: int, end: int) -> Step:
    """Cisco VN-Tag."""
    ethertype = walk.u16(at + 4, end)
    walk.layer("vntag", at, at + 6, end)
    return by_type_or_length(walk, ethertype, at + 6, end)


def rtag(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.1CB redundancy tag."""
    ethertype = walk.u16(at + 4, end)
    walk.layer("rtag", at, at + 6, end)
    return by_ethertype(ethertype, at + 6, end)


def hsr(walk: Walk, at: int, end: int) -> Step:
    """High-availability seamless redundancy tag (IEC 62439-3)."""
    ethertype = walk.u16(at + 4, end)
    walk.layer("hsr", at, at + 6, end)
    return by_ethertype(ethertype, at + 6, end)


def cisco_metadata(walk: Walk, at: int, end: int) -> Step:
    """Cisco MetaData (security group tag)."""
    ethertype = walk.u16(at + 6, end)
    walk.layer("cisco_metadata", at, at + 8, end)
    return by_ethertype(ethertype, at + 8, end)


def macsec(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.1AE: integrity only (neither E nor C set) leaves the payload readable."""
    walk.need(at, 6, end)
    control = walk.data[at]
    header_end = at + (14 if control & 0x20 else 6)
    ethertype = walk.u16(header_end, end)
    if control & 0x80:
        walk.fault("MACsec: the version is not 0")
        return None
    walk.layer("macsec", at, header_end + 2, end)
    return None if control & 0x0C else by_ethertype(ethertype, header_end + 2, end)


def mpls(walk: Walk, at: int, end: int) -> Step:
    """A stack of MPLS labels (RFC 3032); nothing but the first nibble tells what is under it (RFC 4928)."""
    place = at
    while not walk.u32(place, end) & 0x100:
        place += 4
    label = walk.u32(place, end) >> 12
    place += 4
    walk.layer("mpls", at, place, end)
    if label == 14:  # OAM alert, RFC 3429
        return None
    if label == 13:  # generic associated channel, RFC 5586
        return "pw_associated_channel", place, end
    nibble = walk.u8(place, end) >> 4
    if nibble == 4:
        return "ipv4", place, end
    if nibble == 6:
        return "ipv6", place, end
    if nibble == 1:
        return "pw_associated_channel", place, end
    return ("pseudo_wire", place, end) if nibble == 0 else None


def pw_associated_channel(walk: Walk, at: int, end: int) -> Step:
    """Associated channel of a pseudo-wire (RFC 4385 section 5): its type is a PPP number for IP."""
    walk.need(at, 4, end)
    walk.layer("pw_associated_channel", at, at + 4, end)
    return {0x21: ("ipv4", at + 4, end), 0x57: ("ipv6", at + 4, end)}.get(walk.u16(at + 2, end))


def pseudo_wire(walk: Walk, at: int, end: int) -> Step:
    """Ethernet over MPLS (RFC 4448): whether there is a control word shows where an EtherType is found."""
    if _ethernet_at(walk, at) and not _ethernet_at(walk, at + 4):
        return "ethernet", at, end
    walk.need(at, 4, end)
    walk.layer("pw_control_word", at, at + 4, end)
    return "ethernet", at + 4, end


def _ethernet_at(walk: Walk, at: int) -> bool:
    """Whether an Ethernet header could stand here: a known EtherType, or a length that fits."""
    number = int.from_bytes(walk.data[at + 12 : at + 14], "big")
    return number in ETHERTYPES or 3 <= number <= min(MAX_LENGTH, len(walk.data) - at - 14)


def fabricpath(walk: Walk, at: int, end: int) -> Step:
    """Cisco FabricPath: forwarding tag and time to live, then the whole Ethernet frame; the checksum is the outer's."""
    walk.need(at, 2, end)
    walk.layer("fabricpath", at, at + 2, end)
    return "ethernet", at + 2, end - 4


def trill(walk: Walk, at: int, end: int) -> Step:
    """TRILL (RFC 6325 section 3): options in words, then the whole Ethernet frame."""
    walk.need(at, 6, end)
    length = 6 + (walk.u16(at, end) >> 6 & 0x1F) * 4
    walk.need(at, length, end)
    walk.layer("trill", at, at + length, end)
    return "ethernet", at + length, end


def nsh(walk: Walk, at: int, end: int) -> Step:
    """Network service header (RFC 8300 section 2.2): length in words, next protocol."""
    walk.need(at, 8, end)
    length = (walk.u16(at, end) & 0x3F) * 4
    walk.need(at, length, end)
    walk.layer("nsh", at, at + length, end)
    key = NVO3_PROTOCOLS.get(walk.data[at + 3])
    return (key, at + length, end) if key and length else None


READERS: dict[str, Reader] = {
    "vlan": vlan,
    "svlan": svlan,
    "pbb": pbb,
    "etag": etag,
    "vntag": vntag,
    "rtag": rtag,
    "hsr": hsr,
    "cisco_metadata": cisco_metadata,
    "macsec": macsec,
    "mpls": mpls,
    "pw_associated_channel": pw_associated_channel,
    "pseudo_wire": pseudo_wire,
    "fabricpath": fabricpath,
    "trill": trill,
    "nsh": nsh,
}
