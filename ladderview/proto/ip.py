"""IPv4 (RFC 791), IPv6 (RFC 8200) with its extension headers, and the Authentication Header, field by field.

Traps: an option's length byte may lie, so each is read within what it claims and what is there. The checksum of a
packet that was captured where it was sent is often empty: the network card fills it in afterwards.
"""

from __future__ import annotations

from ladderview.proto.fields import FieldReader, Group, byte_count, hex_and_decimal, hexadecimal, named, set_or_not
from ladderview.proto.names import DSCP, ECN, IP_PROTOCOLS, IPV4_OPTIONS, IPV6_OPTIONS, IPV6_ROUTING_TYPES
from ladderview.proto.reading import Heading, Place, checksum_note, internet_checksum

_PROTOCOL = named(IP_PROTOCOLS)


def read_ipv4(r: FieldReader, place: Place) -> Heading:
    """RFC 791 section 3.1, the DS field of RFC 2474 and RFC 3168 in place of the type of service."""
    start = r.at
    r.bits("Version", 4)
    words = r.bits("Internet Header Length", 4, lambda value: f"{value * 4} bytes ({value})")
    with r.group("Differentiated Services Field") as group:
        _traffic_class(r, group)
    total = r.u16("Total Length")
    if total == 0:
        r.note("0: left to the network card (segmentation offload)")
    r.u16("Identification", hex_and_decimal(4))
    _fragmentation(r)
    r.u8("Time to Live")
    r.u8("Protocol", _PROTOCOL)
    checksum_at = r.at
    found = r.u16("Header Checksum", hexadecimal(4))
    header = r.data[start:checksum_at] + b"\0\0" + r.data[checksum_at + 2 : start + words * 4]
    if len(header) == words * 4:
        r.note(checksum_note(found, internet_checksum(header)))
    source = r.ipv4("Source Address")
    destination = r.ipv4("Destination Address")
    if words * 4 > 20:
        _ipv4_options(r, start + words * 4)
    return Heading("IPv4", f"{source} → {destination}")


def _traffic_class(r: FieldReader, group: Group) -> None:
    """The eight bits that IPv4 and IPv6 share."""
    dscp = r.bits(
        "Differentiated Services Codepoint", 6, lambda value: f"{DSCP.get(value, ('', 'Unknown'))[1]} ({value})"
    )
    ecn = r.bits("Explicit Congestion Notification", 2, lambda value: f"{ECN[value][1]} ({value})")
    group.value = dscp << 2 | ecn
    group.text = f"0x{group.value:02x} (DSCP: {DSCP.get(dscp, ('Unknown', ''))[0]}, ECN: {ECN[ecn][0]})"


def _fragmentation(r: FieldReader) -> None:
    with r.group("Flags") as group:
        reserved = r.bits("Reserved bit", 1, set_or_not)
        whole = r.bits("Don't fragment", 1, set_or_not)
        more = r.bits("More fragments", 1, set_or_not)
        group.value = reserved << 2 | whole << 1 | more
        words = ["Reserved bit"] * reserved + ["Don't fragment"] * whole + ["More fragments"] * more
        group.text = ", ".join([f"0x{group.value:x}", *words])
    r.bits("Fragment Offset", 13, lambda value: str(value * 8))


# -- IPv4 options -----------------------------------------------------------------------------------------------------

#: Options that hold addresses: record route, loose and strict source route (RFC 791 section 3.1).
_ROUTES = (7, 131, 137)
_ROUTER_ALERT = 148
_TIMESTAMP = 68


def _ipv4_options(r: FieldReader, end: int) -> None:
    with r.group("Options", f"({byte_count(end - r.at)})"), r.within(end):
        while r.left:
            kind, length = r.peek(1)[0], r.peek(1, 1)
            name = IPV4_OPTIONS.get(kind, "Unknown")
            if kind <= 1:
                r.u8(name, lambda value: f"Type {value}")
                if kind == 0:
                    break
                continue
            if not length or length[0] < 2 or r.at + length[0] > end:
                r.u8(name, lambda value: f"Type {value}", "its length is missing or wrong")
                break
            with r.within(r.at + length[0]), r.group(name) as group:
                _ipv4_option(r, kind, group)
                r.raw("Value", r.left)
        r.raw("Padding", min(end, r.end) - r.at)


def _ipv4_option(r: FieldReader, kind: int, group: Group) -> None:
    with r.group("Type") as octet:
        octet.value, octet.text = kind, str(kind)
        r.bits("Copied flag", 1, lambda value: "Yes" if value else "No")
        r.bits("Class", 2, named({0: "Control", 2: "Debugging and measurement"}, unknown="Reserved"))
        r.bits("Number", 5)
    r.u8("Length")
    if kind in _ROUTES and r.left:
        r.u8("Pointer")
        hops = []
        while r.left >= 4:
            hops.append(r.ipv4("Address"))
        group.text = ", ".join(hops)
    elif kind == _ROUTER_ALERT and r.left == 2:
        r.u16("Router Alert", lambda value: f"Router shall examine packet ({value})" if value == 0 else str(value))
    elif kind == _TIMESTAMP and r.left >= 2:
        r.u8("Pointer")
        r.bits("Overflow", 4)
        form = r.bits("Flag", 4)
        while r.left >= (4 if form == 0 else 8):
            if form:
                r.ipv4("Address")
            r.u32("Time stamp")


# -- IPv6 -------------------------------------------------------------------------------------------------------------


def read_ipv6(r: FieldReader, place: Place) -> Heading:
    """RFC 8200 section 3."""
    r.bits("Version", 4)
    with r.group("Traffic Class") as group:
        _traffic_class(r, group)
    r.bits("Flow Label", 20, hexadecimal(5))
    r.u16("Payload Length")
    r.u8("Next Header", _PROTOCOL)
    r.u8("Hop Limit")
    source = r.ipv6("Source Address")
    destination = r.ipv6("Destination Address")
    return Heading("IPv6", f"{source} → {destination}")


def read_hop_by_hop(r: FieldReader, place: Place) -> Heading:
    """RFC 8200 section 4.3."""
    return _options_header(r, place, "IPv6 Hop-by-Hop Options")


def read_destination_options(r: FieldReader, place: Place) -> Heading:
    """RFC 8200 section 4.6."""
    return _options_header(r, place, "IPv6 Destination Options")


def _options_header(r: FieldReader, place: Place, protocol: str) -> Heading:
    summary = _next_and_length(r)
    while r.left:
        kind = r.peek(1)[0]
        name = IPV6_OPTIONS.get(kind, "Unknown option")
        if kind == 0:
            r.u8(name, lambda value: f"Type {value}")
            continue
        with r.group(name):
            r.u8("Type", named(IPV6_OPTIONS, 2))
            length = r.u8("Length")
            with r.within(r.at + length):
                _ipv6_option(r, kind, length)
                r.raw("Value", r.left)
    return Heading(protocol, summary)


def _ipv6_option(r: FieldReader, kind: int, length: int) -> None:
    if kind == 0x05 and length == 2:
        r.u16(
            "Router Alert", lambda value: {0: "MLD (0)", 1: "RSVP (1)", 2: "Active Networks (2)"}.get(value, str(value))
        )
    elif kind == 0xC2 and length == 4:
        r.u32("Jumbo Payload Length")
    elif kind == 0xC9 and length == 16:
        r.ipv6("Home Address")


def _next_and_length(r: FieldReader) -> str:
    following = r.u8("Next Header", _PROTOCOL)
    r.u8("Length", lambda value: f"{value} ({(value + 1) * 8} bytes)")
    return f"next: {IP_PROTOCOLS.get(following, str(following))}"


def read_routing(r: FieldReader, place: Place) -> Heading:
    """RFC 8200 section 4.4; types 0 (RFC 5095), 2 (RFC 6275) and 4 (RFC 8754) hold addresses."""
    summary = _next_and_length(r)
    kind = r.u8("Type", named(IPV6_ROUTING_TYPES))
    r.u8("Segments Left")
    if kind == 4:
        last = r.u8("Last Entry")
        r.u8("Flags", hexadecimal(2))
        r.u16("Tag", hexadecimal(4))
        for number in range(last + 1):
            if r.left >= 16:
                r.ipv6(f"Address[{number}]")
    elif kind in {0, 2}:
        r.raw("Reserved", 4)
        number = 0
        while r.left >= 16:
            number += 1
            r.ipv6(f"Address[{number}]")
    r.raw("Type-specific data", r.left)
    return Heading("IPv6 Routing Header", summary)


def read_fragment(r: FieldReader, place: Place) -> Heading:
    """RFC 8200 section 4.5."""
    following = r.u8("Next Header", _PROTOCOL)
    r.u8("Reserved octet", hexadecimal(2))
    offset = r.bits("Fragment Offset", 13, lambda value: str(value * 8))
    r.bits("Reserved bits", 2)
    more = r.bits("More Fragments", 1, lambda value: "Yes" if value else "No")
    r.u32("Identification", hexadecimal(8))
    summary = (
        f"offset {offset * 8}, {'more follow' if more else 'the last'}, next: {IP_PROTOCOLS.get(following, following)}"
    )
    return Heading("IPv6 Fragment Header", summary)


def read_extension(r: FieldReader, place: Place) -> Heading:
    """An extension header of RFC 6564's form of which nothing but the length is read."""
    summary = _next_and_length(r)
    r.raw("Header-specific data", r.left)
    return Heading(
        {"ipv6_mobility": "Mobile IPv6", "shim6": "Shim6"}.get(place.layer.protocol, "IPv6 extension"), summary
    )


def read_ah(r: FieldReader, place: Place) -> Heading:
    """RFC 4302 section 2."""
    following = r.u8("Next Header", _PROTOCOL)
    r.u8("Payload Length", lambda value: f"{value} ({(value + 2) * 4} bytes)")
    r.u16("Reserved", hexadecimal(4))
    index = r.u32("Security Parameters Index", hexadecimal(8))
    r.u32("Sequence Number")
    r.raw("Integrity Check Value", r.left)
    return Heading("AH", f"SPI 0x{index:08x}, next: {IP_PROTOCOLS.get(following, following)}")
