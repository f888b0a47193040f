"""Where does the payload begin on point-to-point links: PPP, PPPoE, Cisco HDLC, frame relay.

Traps: PPP's address and control bytes and the first byte of its protocol field may be compressed away (RFC 1661
section 6.5 and 6.6), so the first bytes decide what is there.
"""

from __future__ import annotations

from ladderview.proto.next_protocol import CHDLC_PROTOCOLS, NLPIDS, PPP_PROTOCOLS
from ladderview.proto.walking import Reader, Step, Walk


def ppp_hdlc(walk: Walk, at: int, end: int) -> Step:
    """PPP in HDLC-like framing (RFC 1662), or Cisco HDLC, which is told by its address byte."""
    first = walk.u8(at, end)
    if first in (0x0F, 0x8F):
        return "chdlc", at, end
    return _ppp(walk, at, at + 2 if first == 0xFF else at, end)


def ppp_with_dir(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_PPP_WITH_DIR: one byte tells the direction."""
    walk.need(at, 1, end)
    return "ppp_hdlc", at + 1, end


def ppp(walk: Walk, at: int, end: int) -> Step:
    """PPP without address and control bytes."""
    return _ppp(walk, at, at, end)


def _ppp(walk: Walk, at: int, protocol_at: int, end: int) -> Step:
    protocol, header_end = walk.u8(protocol_at, end), protocol_at + 1
    if not protocol & 1:
        protocol, header_end = walk.u16(protocol_at, end), protocol_at + 2
    walk.layer("ppp", at, header_end, end)
    key = PPP_PROTOCOLS.get(protocol)
    return (key, header_end, end) if key else None


def ppp_bridging(walk: Walk, at: int, end: int) -> Step:
    """Bridged PDU of RFC 3518 section 4.2: flags, MAC type (1 is Ethernet), the frame."""
    walk.need(at, 2, end)
    flags, mac_type = walk.data[at], walk.data[at + 1]
    end -= (flags & 15) + (4 if flags & 0x80 else 0)  # padding and checksum of the bridged frame
    walk.layer("ppp_bridging", at, at + 2, end)
    return ("ethernet", at + 2, end) if mac_type == 1 and not flags & 0x10 else None


def ppp_multilink(walk: Walk, at: int, end: int) -> Step:
    """PPP multilink (RFC 1990) with long sequence numbers; only a packet in one piece is followed."""
    walk.need(at, 4, end)
    end = min(end, len(walk.data))  # what is put together again is what was captured
    walk.layer("ppp_multilink", at, at + 4, end)
    return ("ppp", at + 4, end) if walk.data[at] & 0xC0 == 0xC0 else None


def pppoe(walk: Walk, at: int, end: int) -> Step:
    """PPPoE session (RFC 2516 section 4)."""
    walk.need(at, 6, end)
    length = walk.u16(at + 4, end)
    if length > end - at - 6:
        walk.fault(f"PPPoE: length {length} exceeds the {end - at - 6} bytes that are there")
    end = min(end, at + 6 + length)
    walk.layer("pppoe", at, at + 6, end)
    return "ppp", at + 6, end


def chdlc(walk: Walk, at: int, end: int) -> Step:
    """Cisco HDLC: address, control, protocol."""
    walk.need(at, 4, end)
    walk.layer("chdlc", at, at + 4, end)
    key = CHDLC_PROTOCOLS.get(walk.u16(at + 2, end))
    return (key, at + 4, end) if key else None


def frame_relay(walk: Walk, at: int, end: int) -> Step:
    """Frame relay: Q.922 address of 2 to 4 bytes, then RFC 2427's NLPID or a Cisco protocol type."""
    place = at
    while not walk.u8(place, end) & 1 and place < at + 3:
        place += 1
    place += 1
    if walk.u8(place, end) != 0x03:
        walk.need(place, 2, end)
        walk.layer("frame_relay", at, place + 2, end)
        key = CHDLC_PROTOCOLS.get(walk.u16(place, end))
        return (key, place + 2, end) if key else None
    place += 1
    if walk.u8(place, end) == 0:  # padding before the NLPID
        place += 1
    key = NLPIDS.get(walk.u8(place, end))
    walk.layer("frame_relay", at, place + 1, end)
    return (key, place + 1, end) if key else None


READERS: dict[str, Reader] = {
    "ppp_hdlc": ppp_hdlc,
    "ppp_with_dir": ppp_with_dir,
    "ppp": ppp,
    "ppp_bridging": ppp_bridging,
    "ppp_multilink": ppp_multilink,
    "pppoe": pppoe,
    "chdlc": chdlc,
    "frame_relay": frame_relay,
}
