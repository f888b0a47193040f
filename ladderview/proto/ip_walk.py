"""Where does the payload of an IP layer begin, and how long is it? IPv4, IPv6, extension headers, ICMP, TCP.

Plan: each IP header narrows ``end`` to its own length field, so the TCP payload length falls out of the bounds.
Traps: a total length of 0 is what segmentation offload leaves in IPv4 (the frame decides); one that exceeds the
frame is a lie and the frame decides again; an IPv6 payload length of 0 is a jumbogram (RFC 2675) or no payload.
"""

from __future__ import annotations

from struct import Struct

from ladderview.proto.next_protocol import IP_PROTOCOLS
from ladderview.proto.walking import Fragment, Reader, Step, Tcp, Walk

#: Total Length, Flags and Fragment Offset, Protocol, addresses (RFC 791 section 3.1).
IPV4_HEADER = Struct(">2xH2xHxB2x4s4s")

#: Payload Length, Next Header, addresses (RFC 8200 section 3).
IPV6_HEADER = Struct(">4xHBx16s16s")

#: IPv4 options whose last address is the final destination: loose and strict source route (RFC 791 section 3.1).
SOURCE_ROUTES = (131, 137)

#: ICMP errors that quote the packet they are about (RFC 792): unreachable, quench, redirect, time, parameter.
ICMP_ERRORS = (3, 4, 5, 11, 12)
REDIRECT = 5

#: ICMPv6 errors that quote (RFC 4443 section 3): unreachable, too big, time exceeded, parameter problem.
ICMPV6_ERRORS = (1, 2, 3, 4)
ND_REDIRECT = 137

#: Hop-by-hop option that holds the length of a jumbogram (RFC 2675 section 2).
JUMBO_PAYLOAD = 0xC2


def next_step(protocol: int, at: int, end: int) -> Step:
    """The step that an IP protocol number asks for."""
    key = IP_PROTOCOLS.get(protocol)
    return (key, at, end) if key else None


def ipv4(walk: Walk, at: int, end: int) -> Step:
    """IPv4 (RFC 791); where the version says 6, IPv6."""
    data, version = walk.data, walk.u8(at, end) >> 4
    if version == 6:
        return "ipv6", at, end
    if version != 4:
        walk.fault(f"IPv4: the version is {version}")
        return None
    header = (data[at] & 15) * 4
    if header < 20:
        walk.fault(f"IPv4: header length {header} is less than 20")
        return None
    walk.need(at, header, end)
    total, flags, protocol, walk.src, walk.dst = IPV4_HEADER.unpack_from(data, at)
    if total and total < header:
        walk.fault(f"IPv4: total length {total} is less than the header's {header}")
        return None
    if total > end - at:
        walk.fault(f"IPv4: total length {total} exceeds the {end - at} bytes that are there")
    whole = total or end - at
    end = min(end, at + whole)
    walk.ip_start = at
    if header > 20:
        walk.dst = _final_destination(data[at + 20 : at + header]) or walk.dst
    walk.layer("ipv4", at, at + header, end)
    walk.partial = bool(flags & 0x2000)
    if flags & 0x3FFF:
        key = b"4%d" % walk.vlan + walk.src + walk.dst + data[at + 4 : at + 6] + data[at + 9 : at + 10]
        piece = Fragment(
            key, (flags & 0x1FFF) * 8, walk.partial, at + header, whole - header, protocol, at, at + header, at + 9
        )
        if piece.offset or (piece.length > 0 and piece.start + piece.length <= min(end, len(data))):
            if not walk.quoted:
                walk.fragment = piece
            return None
        # The first piece, cut short: it cannot be put together, but it may begin with a TCP header.
    return next_step(protocol, at + header, end)


def _final_destination(options: bytes) -> bytes:
    """The last address of a source route that is not yet used up, or nothing."""
    place = 0
    while place + 1 < len(options) and options[place] != 0:
        if options[place] == 1:
            place += 1
            continue
        length = options[place + 1]
        if length < 2:
            break
        if options[place] in SOURCE_ROUTES and place + length <= len(options) and length >= 7:
            used_up = options[place + 2] > length
            return b"" if used_up else options[place + length - 4 : place + length]
        place += length
    return b""


def ipv6(walk: Walk, at: int, end: int) -> Step:
    """IPv6 (RFC 8200)."""
    walk.need(at, 40, end)
    data = walk.data
    if data[at] >> 4 != 6:
        walk.fault(f"IPv6: the version is {data[at] >> 4}")
        return None
    length, next_header, walk.src, walk.dst = IPV6_HEADER.unpack_from(data, at)
    if length == 0 and next_header == 0:
        length = _jumbo_length(walk, at + 40, end)
    if length > end - at - 40:
        walk.fault(f"IPv6: payload length {length} exceeds the {end - at - 40} bytes that are there")
    end = min(end, at + 40 + length)
    walk.ip_start, walk.next_header_off = at, at + 6
    walk.layer("ipv6", at, at + 40, end)
    return next_step(next_header, at + 40, end)


def _jumbo_length(walk: Walk, at: int, end: int) -> int:
    """The Jumbo Payload length of the hop-by-hop header at ``at``, 0 where there is none."""
    walk.need(at, 2, end)
    place, stop = at + 2, min(at + (walk.data[at + 1] + 1) * 8, end, len(walk.data))
    while place + 1 < stop:
        kind, length = walk.data[place], walk.data[place + 1]
        if kind == 0:
            place += 1
            continue
        if kind == JUMBO_PAYLOAD and length == 4 and place + 6 <= stop:
            return walk.u32(place + 2, end)
        place += 2 + length
    return 0


def _extension(walk: Walk, key: str, at: int, end: int) -> Step:
    walk.need(at, 2, end)
    length = (walk.data[at + 1] + 1) * 8
    walk.need(at, length, end)
    walk.layer(key, at, at + length, end)
    walk.next_header_off = at
    return next_step(walk.data[at], at + length, end)


def ipv6_hopopts(walk: Walk, at: int, end: int) -> Step:
    """Hop-by-Hop Options header (RFC 8200 section 4.3)."""
    return _extension(walk, "ipv6_hopopts", at, end)


def ipv6_dstopts(walk: Walk, at: int, end: int) -> Step:
    """Destination Options header (RFC 8200 section 4.6)."""
    return _extension(walk, "ipv6_dstopts", at, end)


def ipv6_routing(walk: Walk, at: int, end: int) -> Step:
    """Routing header (RFC 8200 section 4.4)."""
    return _extension(walk, "ipv6_routing", at, end)


def shim6(walk: Walk, at: int, end: int) -> Step:
    """Shim6 header (RFC 5533 section 5.1)."""
    return _extension(walk, "shim6", at, end)


def ipv6_fragment(walk: Walk, at: int, end: int) -> Step:
    """Fragment header (RFC 8200 section 4.5); an atomic fragment (RFC 6946) is whole."""
    walk.need(at, 8, end)
    data = walk.data
    next_header, offset = data[at], walk.u16(at + 2, end)
    walk.layer("ipv6_fragment", at, at + 8, end)
    if offset & 0xFFF9:
        ip_at = walk.ip_start
        key = b"6%d" % walk.vlan + walk.src + walk.dst + data[at + 4 : at + 8]
        if not walk.quoted:
            walk.fragment = Fragment(
                key,
                offset & 0xFFF8,
                bool(offset & 1),
                at + 8,
                end - at - 8,
                next_header,
                ip_at,
                at,
                walk.next_header_off,
            )
        return None
    walk.next_header_off = at
    return next_step(next_header, at + 8, end)


def ah(walk: Walk, at: int, end: int) -> Step:
    """Authentication Header (RFC 4302 section 2)."""
    walk.need(at, 2, end)
    length = (walk.data[at + 1] + 2) * 4
    walk.need(at, length, end)
    walk.layer("ah", at, at + length, end)
    walk.next_header_off = at
    return next_step(walk.data[at], at + length, end)


def ipcomp(walk: Walk, at: int, end: int) -> Step:
    """IPComp (RFC 3173): what it carries is compressed, so it is a datagram of its own, as fragments make one."""
    walk.need(at, 4, end)
    walk.layer("ipcomp", at, at + 4, end)
    before = walk.next_header_off if walk.data[walk.ip_start] >> 4 == 6 else walk.ip_start + 9
    length = end - at - 4
    if length > 0 and end <= len(walk.data):
        walk.fragment = Fragment(
            b"", 0, False, at + 4, length, walk.data[at], walk.ip_start, at, before, compressed=True
        )
    return None


def icmp(walk: Walk, at: int, end: int) -> Step:
    """ICMP (RFC 792): an error quotes the packet it is about."""
    walk.need(at, 1, end)
    header_end = min(at + 8, end, len(walk.data))
    walk.layer("icmp", at, header_end, end)
    if walk.data[at] not in ICMP_ERRORS:
        return None
    walk.need(at, 9, end)
    words, header = walk.data[at + 5], (walk.data[at + 8] & 15) * 4
    if walk.data[at] == REDIRECT:  # RFC 792: the internet header and 64 bits
        end = min(end, at + 8 + header + 8)
    elif words:  # RFC 4884 section 3: extensions follow the quote
        end = min(end, at + 8 + header + words * 4)
    walk.quoted = True
    return "ipv4", at + 8, end


def icmpv6(walk: Walk, at: int, end: int) -> Step:
    """ICMPv6 (RFC 4443): an error quotes the packet it is about."""
    walk.need(at, 1, end)
    header_end = min(at + 8, end, len(walk.data))
    walk.layer("icmpv6", at, header_end, end)
    if walk.data[at] == ND_REDIRECT:
        return _redirected(walk, at + 40, end)
    if walk.data[at] not in ICMPV6_ERRORS:
        return None
    walk.need(at, 8, end)
    walk.quoted = True
    return "ipv6", at + 8, end


def _redirected(walk: Walk, place: int, end: int) -> Step:
    """The packet in the Redirected Header option of a Redirect (RFC 4861 section 4.6.3)."""
    while place + 8 <= min(end, len(walk.data)):
        kind, length = walk.data[place], walk.data[place + 1] * 8
        if kind == 4 and length > 8:
            walk.quoted = True
            return "ipv6", place + 8, min(end, place + length)
        if length == 0:
            break
        place += length
    return None


def tcp(walk: Walk, at: int, end: int) -> Step:
    """TCP (RFC 9293 section 3.1)."""
    walk.need(at, 4, end)
    have = min(end, len(walk.data)) - at
    header = (walk.data[at + 12] >> 4) * 4 if have > 12 else 20
    if header < 20:
        walk.fault(f"TCP: data offset {header} is less than 20 bytes")
    elif header > end - at:
        walk.fault(f"TCP: the header of {header} bytes goes past the end of the segment")
    elif header > have:
        walk.fault(f"TCP: {have} of {header} header bytes were captured")
    sized = not walk.partial and not walk.quoted and header <= end - at and have > 12
    walk.tcp.append(
        Tcp(
            start=at,
            captured=min(have, max(header, 20)),
            payload_off=at + header,
            payload_len=end - at - header if sized else 0,
            src=walk.src,
            dst=walk.dst,
            sized=sized,
            quoted=walk.quoted,
        )
    )
    walk.layer("tcp", at, min(at + max(header, 20), at + have), end)
    return None


READERS: dict[str, Reader] = {
    "ipv4": ipv4,
    "ipv6": ipv6,
    "ipv6_hopopts": ipv6_hopopts,
    "ipv6_dstopts": ipv6_dstopts,
    "ipv6_routing": ipv6_routing,
    "shim6": shim6,
    "ipv6_fragment": ipv6_fragment,
    "ah": ah,
    "ipcomp": ipcomp,
    "icmp": icmp,
    "icmpv6": icmpv6,
    "tcp": tcp,
}
