"""Where does the payload of a wireless frame begin? Radiotap, Prism, AVS, PPI and IEEE 802.11 itself.

Traps: radiotap may say that there is padding after the 802.11 header and a checksum at the end; encrypted frames
end the walk; several frames may share one (A-MSDU).
"""

from __future__ import annotations

from struct import unpack_from

from ladderview.proto.next_protocol import LINKTYPES
from ladderview.proto.walking import Reader, Step, Walk

AVS_MAGICS = (0x80211001, 0x80211002)


def radiotap(walk: Walk, at: int, end: int) -> Step:
    """Radiotap (https://www.radiotap.org): its length is all that is needed but for the Flags field."""
    walk.need(at, 8, end)
    length = int(unpack_from("<H", walk.data, at + 2)[0])
    if length < 8:
        walk.fault(f"radiotap: header length {length} is less than 8")
        return None
    walk.need(at, length, end)
    flags = _radiotap_flags(walk, at, length)
    walk.layer("radiotap", at, at + length, end)
    key = "ieee80211_padded" if flags & 0x20 else "ieee80211"
    return key, at + length, end - 4 if flags & 0x10 else end


def _radiotap_flags(walk: Walk, at: int, length: int) -> int:
    """The Flags field, 0 where it is missing: after the presence words and an aligned 8-byte timestamp."""
    place, present = at + 4, int(unpack_from("<I", walk.data, at + 4)[0])
    first = present
    while present & 0x80000000 and place + 8 <= at + length:
        place += 4
        present = int(unpack_from("<I", walk.data, place)[0])
    place += 4
    if not first & 2:
        return 0
    if first & 1:
        place = at + ((place - at + 7) & ~7) + 8
    return walk.data[place] if place < at + length else 0


def prism(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_IEEE802_11_PRISM: 144 bytes, or an AVS header in its place."""
    if walk.u32(at, end) in AVS_MAGICS:
        return "avs", at, end
    walk.need(at, 144, end)
    walk.layer("prism", at, at + 144, end)
    return "ieee80211", at + 144, end


def avs(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_IEEE802_11_AVS: its length stands at 4."""
    walk.need(at, 8, end)
    length = walk.u32(at + 4, end)
    walk.need(at, length, end)
    walk.layer("avs", at, at + length, end)
    return ("ieee80211", at + length, end) if length else None


def ppi(walk: Walk, at: int, end: int) -> Step:
    """LINKTYPE_PPI: a length and the link type of what follows; the 802.11 field tells of a checksum."""
    walk.need(at, 8, end)
    length, linktype = unpack_from("<HI", walk.data, at + 2)
    walk.need(at, length, end)
    place, checksum = at + 8, False
    while place + 4 <= at + length:
        kind, size = unpack_from("<HH", walk.data, place)
        if kind == 2 and size >= 10 and place + 14 <= at + length:
            checksum = bool(walk.data[place + 12] & 1)
        place += 4 + size
    walk.layer("ppi", at, at + length, end)
    key = LINKTYPES.get(linktype)
    return (key, at + length, end - 4 if checksum and key == "ieee80211" else end) if key and length else None


def ieee80211(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.11 data frames."""
    return _frame(walk, at, end, padded=False)


def ieee80211_padded(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.11 data frames whose header is padded to a multiple of four bytes."""
    return _frame(walk, at, end, padded=True)


def _frame(walk: Walk, at: int, end: int, padded: bool) -> Step:
    walk.need(at, 2, end)
    control, flags = walk.data[at], walk.data[at + 1]
    kind, subtype = control >> 2 & 3, control >> 4
    if kind != 2:
        walk.layer("ieee80211", at, min(end, len(walk.data)), end)
        return None
    length = 30 if flags & 3 == 3 else 24
    quality = 0
    if subtype & 8:
        quality = walk.u16(at + length, end)
        length += 6 if flags & 0x80 else 2
    if padded:
        length = (length + 3) & ~3
    walk.need(at, length, end)
    walk.layer("ieee80211", at, at + length, end)
    place = at + length
    if subtype & 4 or flags & 0x40 or flags & 0x04 or walk.data[at + 22] & 15:
        return None  # no data, encrypted, or a fragment
    if quality & 0x8000:
        return _aggregate(walk, place, end)
    return _payload(walk, at, place, end)


def _payload(walk: Walk, at: int, place: int, end: int) -> Step:
    """LLC, but for what some old cards put there."""
    walk.need(place, 2, end)
    head = walk.data[place : place + 2]
    if head != b"\xaa\xaa":
        addresses = {walk.data[at + 4 : at + 10], walk.data[at + 10 : at + 16], walk.data[at + 16 : at + 22]}
        if walk.data[place : place + 6] in addresses or walk.data[place + 6 : place + 12] in addresses:
            return "ethernet", place, end
        if head == b"\xff\xff":
            return "ipx", place, end
        if head == b"\0\0":
            place += 2
    return "llc", place, end


def _aggregate(walk: Walk, place: int, end: int) -> Step:
    """A-MSDU (IEEE 802.11 clause 9.3.2.2): subframes of addresses, length and LLC, each padded to four bytes."""
    while place + 14 <= min(end, len(walk.data)):
        length = walk.u16(place + 12, end)
        walk.pending.append(("llc", place + 14, min(end, place + 14 + length)))
        place += (14 + length + 3) & ~3
    return walk.pending.pop(0) if walk.pending else None


READERS: dict[str, Reader] = {
    "radiotap": radiotap,
    "prism": prism,
    "avs": avs,
    "ppi": ppi,
    "ieee80211": ieee80211,
    "ieee80211_padded": ieee80211_padded,
}
