"""Link layers and tags, field by field: Ethernet, VLAN, LLC, Linux cooked, loopback, PPP, PPPoE, Cisco HDLC, MPLS.

Sources: IEEE 802.3, 802.1Q and 802.2, RFC 1042, RFC 1661, RFC 2516, RFC 3032, and for what exists only in captures
https://www.tcpdump.org/linktypes.html. 802.11 is in ``wlan``.
"""

from __future__ import annotations

from ladderview.proto.fields import FieldReader, hexadecimal, named
from ladderview.proto.names import (
    ADDRESS_FAMILIES,
    CISCO_HDLC_PROTOCOLS,
    COOKED_PACKET_TYPES,
    COOKED_PROTOCOLS,
    ETHERTYPES,
    HARDWARE_TYPES,
    LLC_SAPS,
    MPLS_LABELS,
    PPP_PROTOCOLS,
    PPPOE_CODES,
    SNAP_OUIS,
)
from ladderview.proto.reading import Heading, Place

#: Greatest value of the Length/Type field that is a length (IEEE 802.3 clause 3.2.6).
_MAX_LENGTH = 1500

_TYPE = named(ETHERTYPES, 4)


def read_ethernet(r: FieldReader, place: Place) -> Heading:
    """IEEE 802.3 clause 3.1.1: a Length/Type above 1500 is an EtherType, else the length of an LLC frame."""
    destination = mac(r, "Destination")
    source = mac(r, "Source")
    is_length = int.from_bytes(r.peek(2), "big") <= _MAX_LENGTH
    if is_length:
        r.u16("Length")
    else:
        r.u16("Type", _TYPE)
    return Heading("IEEE 802.3 Ethernet" if is_length else "Ethernet II", f"{source} → {destination}")


def mac(r: FieldReader, name: str) -> str:
    """An IEEE 802 address with the two bits of its first byte that mean something (IEEE 802 clause 8.2.2)."""
    with r.group(name) as group:
        first = r.peek(1)
        text = r.mac("Address")
        group.value = group.text = text
        local = (
            "Locally administered address (this is NOT the factory default)"
            if first[0] & 2
            else "Globally unique address (factory default)"
        )
        many = "Group address (multicast/broadcast)" if first[0] & 1 else "Individual address (unicast)"
        r.derive("LG bit", local, first[0] >> 1 & 1)
        r.derive("IG bit", many, first[0] & 1)
    return text


def read_vlan(r: FieldReader, place: Place) -> Heading:
    """IEEE 802.1Q clause 9.6: tag control information, then the type of what follows."""
    priorities = ("Best Effort (default)", "Background", "Excellent Effort", "Critical Applications", "Video", "Voice")
    names = dict(enumerate((*priorities, "Internetwork Control", "Network Control")))
    r.bits("Priority", 3, named(names))
    r.bits("DEI", 1, lambda value: "Eligible" if value else "Ineligible")
    number = r.bits("ID", 12)
    if int.from_bytes(r.peek(2), "big") <= _MAX_LENGTH:
        r.u16("Length")
    else:
        r.u16("Type", _TYPE)
    return Heading("802.1Q VLAN", f"ID {number}")


def read_llc(r: FieldReader, place: Place) -> Heading:
    """IEEE 802.2 clause 3.2; an unnumbered control field has one byte, the others two."""
    dsap = r.u8("DSAP", named(LLC_SAPS, 2))
    r.u8("SSAP", named(LLC_SAPS, 2))
    control = r.peek(1)
    if control and control[0] & 3 == 3:
        r.u8("Control field", lambda value: "U, func=UI (0x03)" if value == 3 else f"U (0x{value:02x})")
    else:
        r.little("Control field", 2, lambda value: f"{'S' if value & 1 else 'I'} (0x{value:04x})")
    return Heading("LLC", LLC_SAPS.get(dsap, f"DSAP 0x{dsap:02x}"))


def read_snap(r: FieldReader, place: Place) -> Heading:
    """RFC 1042: an organization, and a protocol identifier of its own."""
    r.u24("Organization Code", lambda value: f"{value.to_bytes(3, 'big').hex(':')} ({SNAP_OUIS.get(value, 'Unknown')})")
    kind = r.u16("Protocol ID", _TYPE)
    r.raw("Padding", r.left)
    return Heading("SNAP", ETHERTYPES.get(kind, f"0x{kind:04x}"))


def read_sll(r: FieldReader, place: Place) -> Heading:
    """LINKTYPE_LINUX_SLL."""
    kind = r.u16("Packet type", named(COOKED_PACKET_TYPES))
    r.u16("Link-layer address type", named(HARDWARE_TYPES))
    _cooked_address(r, r.u16("Link-layer address length"))
    r.u16("Protocol", named(COOKED_PROTOCOLS, 4))
    return Heading("Linux cooked v1", COOKED_PACKET_TYPES.get(kind, "Unknown"))


def read_sll2(r: FieldReader, place: Place) -> Heading:
    """LINKTYPE_LINUX_SLL2."""
    r.u16("Protocol", named(COOKED_PROTOCOLS, 4))
    r.raw("Reserved", 2)
    interface = r.u32("Interface index")
    r.u16("Link-layer address type", named(HARDWARE_TYPES))
    kind = r.u8("Packet type", named(COOKED_PACKET_TYPES))
    _cooked_address(r, r.u8("Link-layer address length"))
    return Heading("Linux cooked v2", f"{COOKED_PACKET_TYPES.get(kind, 'Unknown')}, interface {interface}")


def _cooked_address(r: FieldReader, length: int) -> None:
    """Eight bytes hold the sender's address, whatever its length says."""
    known = min(length, 8)
    if known == 6:
        r.mac("Source")
    else:
        r.raw("Source", known)
    r.raw("Unused", 8 - known)


def read_null(r: FieldReader, place: Place) -> Heading:
    """LINKTYPE_NULL and LINKTYPE_LOOP: one number, in the byte order in which it is small."""
    big = int.from_bytes(r.peek(4), "big")
    family = (
        r.u32("Family", named(ADDRESS_FAMILIES)) if big < 0x10000 else r.little("Family", 4, named(ADDRESS_FAMILIES))
    )
    return Heading("Null/Loopback", ADDRESS_FAMILIES.get(family, f"family {family}"))


def read_ppp(r: FieldReader, place: Place) -> Heading:
    """RFC 1661 section 2 and RFC 1662 section 3.1; the first byte of each may be compressed away."""
    if r.peek(2) == b"\xff\x03":
        r.u8("Address", hexadecimal(2))
        r.u8("Control", hexadecimal(2))
    words = named(PPP_PROTOCOLS, 4)
    protocol = r.u8("Protocol", words) if r.left == 1 else r.u16("Protocol", words)
    return Heading("PPP", PPP_PROTOCOLS.get(protocol, f"0x{protocol:04x}"))


def read_pppoe(r: FieldReader, place: Place) -> Heading:
    """RFC 2516 section 4."""
    r.bits("Version", 4)
    r.bits("Type", 4)
    code = r.u8("Code", named(PPPOE_CODES, 2))
    number = r.u16("Session ID", hexadecimal(4))
    r.u16("Payload Length")
    return Heading("PPPoE", f"{PPPOE_CODES.get(code, 'Unknown')}, session 0x{number:04x}")


def read_cisco_hdlc(r: FieldReader, place: Place) -> Heading:
    """Cisco HDLC: address, control, protocol."""
    r.u8("Address", named({0x0F: "Unicast", 0x8F: "Multicast"}, 2))
    r.u8("Control", hexadecimal(2))
    protocol = r.u16("Protocol", named(CISCO_HDLC_PROTOCOLS, 4))
    return Heading("Cisco HDLC", CISCO_HDLC_PROTOCOLS.get(protocol, f"0x{protocol:04x}"))


def read_mpls(r: FieldReader, place: Place) -> Heading:
    """RFC 3032 section 2.1: a stack of entries, the last has its S bit set."""
    labels = []
    last = 0
    while not last and r.left:
        with r.group("Label Stack Entry") as group:
            label = r.bits(
                "Label", 20, lambda value: f"{value} ({MPLS_LABELS[value]})" if value in MPLS_LABELS else str(value)
            )
            r.bits("Traffic Class", 3)
            last = r.bits("Bottom of Stack", 1)
            ttl = r.u8("Time to Live")
            group.text = f"Label {label}, TTL {ttl}"
        labels.append(str(label))
    return Heading("MPLS", f"label {', '.join(labels)}" if len(labels) == 1 else f"labels {', '.join(labels)}")
