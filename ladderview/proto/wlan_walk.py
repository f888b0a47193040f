"""Where does the payload of a wireless frame begin? Radiotap, Prism, AVS, PPI and IEEE 802.11 itself.

Traps: radiotap may say that there is padding after the 802.11 header and a checksum at the end; encrypted frames
end the walk; several frames may share one (A-MSDU).
"""

from __future__ import annotations

from struct import unpack_from

from ladderview.proto.link_walk import by_ethertype
from ladderview.proto.next_protocol import LINKTYPES
from ladderview.proto.walking import Reader, Step, Walk

AVS_MAGICS = (0x80211001, 0x80211002)

LLC_SNAP = b"\xaa\xaa\x03"

#: Where destination and source address stand, by the To DS and From DS bits (IEEE 802.11 table 9-26).
ADDRESSES = {0: (4, 10), 1: (16, 10), 2: (4, 16), 3: (16, 24)}


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
    return _frame(walk, at, end)


def ieee80211_padded(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.11 data frames whose header is padded to a multiple of four bytes."""
    return _frame(walk, at, end, padded=True)


def ieee80211_swapped(walk: Walk, at: int, end: int) -> Step:
    """IEEE 802.11 data frames whose frame control has its bytes swapped, as controllers send them in CAPWAP."""
    return _frame(walk, at, end, swapped=True)


def _frame(walk: Walk, at: int, end: int, padded: bool = False, swapped: bool = False) -> Step:
    walk.need(at, 2, end)
    control, flags = walk.data[at : at + 2][:: -1 if swapped else 1]
    kind, subtype = control >> 2 & 3, control >> 4
    if kind != 2 or control & 3:
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
    place = at + length
    if flags & 2:
        place += _mesh_length(walk, place)
    walk.layer("ieee80211", at, place, end)
    if subtype & 4 or flags & 0x44:
        return None  # no data, encrypted, or a fragment
    if quality & 0x8000:
        return _aggregate(walk, place, end)
    return _payload(walk, at, flags & 3, place, end)


def _mesh_length(walk: Walk, place: int) -> int:
    """Bytes of a Mesh Control field (IEEE 802.11 clause 9.2.4.8.3), told by the SNAP header behind it."""
    length = {0: 6, 1: 12, 2: 18}.get(walk.data[place], 0) if place < len(walk.data) else 0
    behind = walk.data[place + length : place + length + 3]
    return length if behind == LLC_SNAP and walk.data[place : place + 3] != LLC_SNAP else 0


def _payload(walk: Walk, at: int, directions: int, place: int, end: int) -> Step:
    """LLC, but for what some cards put there: Ethernet once more, IPX, an EtherType (IEEE 802.11 annex M)."""
    walk.need(place, 2, end)
    head = walk.data[place : place + 2]
    if head != b"\xaa\xaa":
        destination, source = ADDRESSES[directions]
        if (
            walk.data[place : place + 6] == walk.data[at + destination : at + destination + 6]
            or walk.data[place + 6 : place + 12] == walk.data[at + source : at + source + 6]
        ):
            return "ethernet", place, end
        if head == b"\xff\xff":
            return "ipx", place, end
        if head == b"\0\0":
            return "llc", place + 2, end
        step = by_ethertype(int.from_bytes(head, "big"), place + 2, end)
        if step:
            return step
    return "llc", place, end


def _aggregate(walk: Walk, place: int, end: int) -> Step:
    """A-MSDU (IEEE 802.11 clause 9.3.2.2): subframes of addresses, length and LLC, each padded to four bytes."""
    while place + 14 <= min(end, len(walk.data)):
        length = walk.u16(place + 12, end)
        if length == 0:
            break
        walk.pending.append(("llc", place + 14, min(end, place + 14 + length), walk.quoted))
        place += (14 + length + 3) & ~3
    return None


READERS: dict[str, Reader] = {
    "radiotap": radiotap,
    "prism": prism,
    "avs": avs,
    "ppi": ppi,
    "ieee80211": ieee80211,
    "ieee80211_padded": ieee80211_padded,
    "ieee80211_swapped": ieee80211_swapped,
}
