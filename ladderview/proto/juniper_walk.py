"""Where does the payload begin in the captures of Juniper routers (LINKTYPE_JUNIPER_*)?

All begin with a magic number and flags; extensions may follow, then a header that differs by link type. Where the
flags say that there is no layer-2 header, a protocol number stands in its place.
Source: https://www.tcpdump.org/linktypes.html and the header files that it names.
"""

from __future__ import annotations

from struct import unpack_from

from ladderview.proto.walking import Reader, Step, Walk

MAGIC = b"MGC"
PACKET_IN, NO_LAYER_2, EXTENSIONS = 0x01, 0x02, 0x80

#: Protocol numbers where there is no layer-2 header.
PROTOCOLS = {
    2: "ipv4",
    3: "ipv4",
    4: "mpls",
    5: "mpls",
    6: "ipv6",
    7: "ipv6",
    8: "mpls",
    32: "mpls",
    200: "ppp",
    202: "llc",
    203: "llc",
    204: "ethernet",
    207: "frame_relay",
    208: "chdlc",
}


def _header(walk: Walk, at: int, end: int, size_in: int, size_out: int) -> tuple[str, int]:
    """Where what follows the header begins, and its key where a protocol number tells it."""
    walk.need(at, 4, end)
    if walk.data[at : at + 3] != MAGIC:
        walk.fault("Juniper: the magic number is missing")
        return "stop", at
    flags = walk.data[at + 3]
    place = at + (6 + walk.u16(at + 4, end) if flags & EXTENSIONS else 4)
    if flags & NO_LAYER_2:
        walk.need(place, 4, end)
        key = PROTOCOLS.get(unpack_from("<I", walk.data, place)[0], "stop")
        place += 4
    else:
        key, place = "", place + (size_in if flags & PACKET_IN else size_out)
    walk.need(at, place - at, end)
    walk.layer("juniper", at, place, end)
    return key, place


def _reader(key: str, size_in: int = 0, size_out: int = 0) -> Reader:
    """The reader of a link type whose own header has these sizes and carries one protocol."""

    def read(walk: Walk, at: int, end: int) -> Step:
        told, place = _header(walk, at, end, size_in, size_out)
        return None if told == "stop" else (told or key, place, end)

    return read


def _atm(cookie: int) -> Reader:
    """The reader of an ATM link type: after the cookie LLC, IP or PPP, told by the first bytes."""

    def read(walk: Walk, at: int, end: int) -> Step:
        told, place = _header(walk, at, end, cookie, cookie)
        if told:
            return None if told == "stop" else (told, place, end)
        if walk.data[place : place + 2] == b"\xaa\xaa":
            return "llc", place, end
        first = walk.u8(place, end)
        return {4: ("ipv4", place, end), 0: ("ppp", place, end), 12: ("ppp", place, end)}.get(first >> 4)

    return read


READERS: dict[str, Reader] = {
    "juniper_mlppp": _reader("ppp_hdlc"),
    "juniper_atm2": _atm(8),
    "juniper_atm1": _atm(4),
    "juniper_services": _reader("ipv4", 16, 12),
    "juniper_ethernet": _reader("ethernet"),
    "juniper_ppp": _reader("ppp_hdlc"),
    "juniper_frame_relay": _reader("frame_relay"),
    "juniper_chdlc": _reader("chdlc"),
    "juniper_vp": _reader("ipv4", 18, 18),
}
