"""Where does the payload of a tunnel begin: GRE and its dialects, EtherIP, UDP and the tunnels in it."""

from __future__ import annotations

from struct import unpack_from

from ladderview.proto.ip_walk import next_step
from ladderview.proto.next_protocol import ETHERTYPES, GRE_PROTOCOLS, NVO3_PROTOCOLS
from ladderview.proto.udp_ports import UDP_PORTS
from ladderview.proto.walking import Reader, Step, Walk

ERSPAN, PPTP = 0x88BE, 0x880B

#: Encapsulations of the TaZmen Sniffer Protocol.
TZSP_ENCAPSULATIONS = {
    1: "ethernet",
    2: "token_ring",
    7: "raw",
    18: "ieee80211",
    119: "prism",
    126: "radiotap",
    127: "avs",
}


def gre(walk: Walk, at: int, end: int) -> Step:
    """GRE (RFC 2784, RFC 2890), its routing field (RFC 1701) and PPTP's version 1 (RFC 2637 section 4.1)."""
    walk.need(at, 4, end)
    flags, protocol = walk.u16(at, end), walk.u16(at + 2, end)
    place = at + 4
    for bits, size in ((0xC000, 4), (0x2000, 4), (0x1000, 4)):
        place += size if flags & bits else 0
    if flags & 0x4000:
        while True:
            family, length = walk.u16(place, end), walk.u8(place + 3, end)
            place += 4 + length
            if family == 0 or length == 0:
                break
    if flags & 0x0080 and protocol == PPTP:
        place += 4
    walk.need(at, place - at, end)
    walk.layer("gre", at, place, end)
    if protocol == ERSPAN and not flags & 0x1000:
        return "ethernet", place, end  # ERSPAN type I has no header of its own
    if 0x8200 <= protocol <= 0x8370 and protocol & 15 == 0:
        return "ieee80211", place, end  # Aruba
    key = GRE_PROTOCOLS.get(protocol)
    return (key, place, end) if key else None


def erspan(walk: Walk, at: int, end: int) -> Step:
    """ERSPAN types II and III (draft-foschiano-erspan)."""
    walk.need(at, 8, end)
    version = walk.data[at] >> 4
    length = 8
    if version == 2:
        walk.need(at, 12, end)
        length = 20 if walk.data[at + 11] & 1 else 12
        walk.need(at, length, end)
    elif version != 1:
        walk.fault(f"ERSPAN: version {version} is not known")
        return None
    walk.layer("erspan", at, at + length, end)
    return "ethernet", at + length, end


def cisco_metadata_gre(walk: Walk, at: int, end: int) -> Step:
    """Cisco MetaData behind GRE: the type of what follows comes first."""
    protocol = walk.u16(at, end)
    walk.need(at, 8, end)
    walk.layer("cisco_metadata", at, at + 8, end)
    key = GRE_PROTOCOLS.get(protocol)
    return (key, at + 8, end) if key else None


def wccp(walk: Walk, at: int, end: int) -> Step:
    """WCCP's redirected packets: IP, with a redirect header of 4 bytes before it in version 2."""
    place = at if walk.u8(at, end) >> 4 == 4 else at + 4
    if place > at:
        walk.need(at, 4, end)
        walk.layer("wccp", at, place, end)
    return "ipv4", place, end


def etherip(walk: Walk, at: int, end: int) -> Step:
    """EtherIP (RFC 3378)."""
    walk.need(at, 2, end)
    walk.layer("etherip", at, at + 2, end)
    return "ethernet", at + 2, end


def udp(walk: Walk, at: int, end: int) -> Step:
    """UDP (RFC 768): the ports tell which tunnel it is, the lower one first."""
    walk.need(at, 8, end)
    source, destination, length = unpack_from(">HHH", walk.data, at)
    if length == 0 and len(walk.src) == 16:  # a jumbogram, RFC 2675 section 4
        length = end - at
    if length < 8:
        walk.fault(f"UDP: length {length} is less than 8")
        walk.layer("udp", at, at + 8, end)
        return None
    if length > end - at:
        walk.fault(f"UDP: length {length} exceeds the {end - at} bytes that are there")
    end = min(end, at + length)
    walk.layer("udp", at, at + 8, end)
    low, high = (source, destination) if source < destination else (destination, source)
    key = UDP_PORTS.get(low) or UDP_PORTS.get(high)
    return (key, at + 8, end) if key else None


def mobile_ip(walk: Walk, at: int, end: int) -> Step:
    """Mobile IP (RFC 5944): a tunnel data message (RFC 3519 section 3.3) carries IP."""
    walk.need(at, 4, end)
    walk.layer("mobile_ip", at, at + 4, end)
    return next_step(walk.data[at + 1], at + 4, end) if walk.data[at] == 4 else None


def vxlan(walk: Walk, at: int, end: int) -> Step:
    """VXLAN (RFC 7348 section 5)."""
    walk.need(at, 8, end)
    walk.layer("vxlan", at, at + 8, end)
    return "ethernet", at + 8, end


def vxlan_gpe(walk: Walk, at: int, end: int) -> Step:
    """VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe): the fourth byte names what follows."""
    walk.need(at, 8, end)
    walk.layer("vxlan_gpe", at, at + 8, end)
    key = NVO3_PROTOCOLS.get(walk.data[at + 3])
    return (key, at + 8, end) if key else None


def geneve(walk: Walk, at: int, end: int) -> Step:
    """Geneve (RFC 8926 section 3.4): options in words, an EtherType."""
    walk.need(at, 8, end)
    length = 8 + (walk.data[at] & 0x3F) * 4
    walk.need(at, length, end)
    walk.layer("geneve", at, at + length, end)
    key = ETHERTYPES.get(walk.u16(at + 2, end))
    return (key, at + length, end) if key else None


def gtp(walk: Walk, at: int, end: int) -> Step:
    """GTP-U (3GPP TS 29.281 section 5, version 0: TS 09.60): G-PDUs carry IP or Ethernet."""
    walk.need(at, 8, end)
    flags, message = walk.data[at], walk.data[at + 1]
    version = flags >> 5
    if version > 1 or (version == 1 and not flags & 0x10):  # GTPv2-C, GTP': no user data
        return None
    place = at + 8 if version else at + 20
    end = min(end, place + walk.u16(at + 2, end))
    if version and flags & 7:
        walk.need(at, 12, end)
        place, kind = at + 12, walk.data[at + 11] if flags & 4 else 0
        while kind:
            length = walk.u8(place, end) * 4
            if length == 0:
                walk.fault("GTP: an extension header of length 0")
                return None
            walk.need(place, length, end)
            kind, place = walk.data[place + length - 1], place + length
    walk.need(at, place - at, end)
    walk.layer("gtp", at, place, end)
    if message != 255:
        return None
    first = walk.u8(place, end)
    if 0x45 <= first <= 0x4E:  # 0x4F is left out: it may be PPP
        return "ipv4", place, end
    if first >> 4 == 6:
        return "ipv6", place, end
    known = place + 14 <= end and int.from_bytes(walk.data[place + 12 : place + 14], "big") in ETHERTYPES
    return ("ethernet", place, end) if known else None


def teredo(walk: Walk, at: int, end: int) -> Step:
    """Teredo (RFC 4380 section 5.1): authentication and origin indications, then IPv6."""
    place = at
    if walk.data[place : place + 2] == b"\0\1":
        walk.need(place, 4, end)
        place += 13 + walk.data[place + 2] + walk.data[place + 3]
    if walk.data[place : place + 2] == b"\0\0":
        place += 8
    if walk.u8(place, end) >> 4 != 6:
        return None
    walk.layer("teredo", at, place, end)
    return "ipv6", place, end


def l2tp(walk: Walk, at: int, end: int) -> Step:
    """L2TPv2 data messages (RFC 2661 section 3.1) carry PPP."""
    flags = walk.u16(at, end)
    place = at + 2 + (2 if flags & 0x4000 else 0) + 4 + (4 if flags & 0x0800 else 0)
    if flags & 0x4000:
        end = min(end, at + walk.u16(at + 2, end))
    if flags & 0x0200:
        place += 2 + walk.u16(place, end)
    walk.need(at, place - at, end)
    walk.layer("l2tp", at, place, end)
    if flags & 0x8000 or flags & 15 != 2:
        return None
    return "ppp_hdlc", place, end


def lisp(walk: Walk, at: int, end: int) -> Step:
    """LISP data (RFC 9300 section 5.3)."""
    walk.need(at, 9, end)
    walk.layer("lisp", at, at + 8, end)
    return {4: ("ipv4", at + 8, end), 6: ("ipv6", at + 8, end)}.get(walk.data[at + 8] >> 4)


def ayiya(walk: Walk, at: int, end: int) -> Step:
    """AYIYA (draft-massar-v6ops-ayiya): identity, hash, signature, next header."""
    walk.need(at, 8, end)
    identity, signature = 1 << (walk.data[at] >> 4), (walk.data[at + 1] >> 4) * 4
    operation, next_header = walk.data[at + 2] & 15, walk.data[at + 3]
    length = 8 + identity + signature
    walk.need(at, length, end)
    walk.layer("ayiya", at, at + length, end)
    return next_step(next_header, at + length, end) if operation == 1 else None


def tzsp(walk: Walk, at: int, end: int) -> Step:
    """TaZmen Sniffer Protocol: version, type, encapsulation, tags up to the end tag."""
    walk.need(at, 4, end)
    kind, encapsulation = walk.data[at + 1], walk.u16(at + 2, end)
    place = at + 4
    if kind in (4, 5):  # keep-alive and port opener carry nothing
        walk.layer("tzsp", at, place, end)
        return None
    while walk.u8(place, end) != 1:
        place += 1 if walk.data[place] == 0 else 2 + walk.u8(place + 1, end)
    walk.layer("tzsp", at, place + 1, end)
    key = TZSP_ENCAPSULATIONS.get(encapsulation)
    return (key, place + 1, end) if key else None


def batman(walk: Walk, at: int, end: int) -> Step:
    """B.A.T.M.A.N. advanced, version 15: unicast packets carry Ethernet."""
    walk.need(at, 10, end)
    kind, version = walk.data[at], walk.data[at + 1]
    if version != 15 or kind != 0x40:
        return None
    walk.layer("batman", at, at + 10, end)
    return "ethernet", at + 10, end


def capwap(walk: Walk, at: int, end: int) -> Step:
    """CAPWAP data (RFC 5415 section 4.3): wireless or Ethernet frames."""
    walk.need(at, 8, end)
    if walk.data[at] & 15:  # DTLS
        return None
    length = (walk.data[at + 1] >> 3) * 4
    native, fragment = walk.data[at + 2] & 1, walk.data[at + 3] & 0x80
    walk.need(at, length, end)
    walk.layer("capwap", at, at + length, end)
    if fragment:
        return None
    return ("ieee80211_swapped" if native else "ethernet", at + length, end) if length >= 8 else None


READERS: dict[str, Reader] = {
    "gre": gre,
    "erspan": erspan,
    "cisco_metadata_gre": cisco_metadata_gre,
    "wccp": wccp,
    "etherip": etherip,
    "udp": udp,
    "mobile_ip": mobile_ip,
    "vxlan": vxlan,
    "vxlan_gpe": vxlan_gpe,
    "geneve": geneve,
    "gtp": gtp,
    "teredo": teredo,
    "l2tp": l2tp,
    "lisp": lisp,
    "ayiya": ayiya,
    "tzsp": tzsp,
    "batman": batman,
    "capwap": capwap,
}
