"""UDP and the tunnels, field by field: GRE, VXLAN, Geneve, GTP-U."""

from __future__ import annotations

from ladderview.proto.fields import FieldReader, byte_count, hex_and_decimal, hexadecimal, named, set_or_not
from ladderview.proto.names import ETHERTYPES, GENEVE_CLASSES, GTP_EXTENSIONS, GTP_MESSAGES
from ladderview.proto.reading import Heading, Place, checksum_note, transport_checksum

_TYPE = named(ETHERTYPES, 4)
_UDP = 17


def read_udp(r: FieldReader, place: Place) -> Heading:
    """RFC 768; over IPv4 a checksum of 0 means that there is none."""
    source = r.u16("Source Port")
    destination = r.u16("Destination Port")
    r.u16("Length")
    expected = transport_checksum(r, place, _UDP, r.at)
    found = r.u16("Checksum", hexadecimal(4))
    if found == 0:
        r.note("zero: not computed")
    elif expected is not None:
        r.note(checksum_note(found, expected or 0xFFFF))
    return Heading("UDP", f"{source} → {destination}")


#: The bits of the first two bytes of GRE (RFC 2784 section 2, RFC 2890 section 2, RFC 1701), as (name, count).
_GRE_FLAGS = (
    ("Checksum Present", 1),
    ("Routing Present", 1),
    ("Key Present", 1),
    ("Sequence Number Present", 1),
    ("Strict Source Route", 1),
    ("Recursion Control", 3),
    ("Acknowledgment Number Present", 1),
    ("Reserved", 4),
    ("Version Number", 3),
)


def read_gre(r: FieldReader, place: Place) -> Heading:
    """RFC 2784, RFC 2890; version 1 is PPTP's (RFC 2637 section 4.1)."""
    start = r.at
    with r.group("Flags and Version") as group:
        for name, count in _GRE_FLAGS:
            r.bits(name, count, set_or_not if count == 1 else str)
        flags = int.from_bytes(r.data[start : start + 2], "big")
        group.value, group.text = flags, f"0x{flags:04x}"
    protocol = r.u16("Protocol Type", _TYPE)
    if flags & 0xC000:
        r.u16("Checksum", hexadecimal(4))
        r.u16("Offset")
    if flags & 0x2000 and flags & 7 == 1:
        r.u16("Payload Length")
        r.u16("Call ID")
    elif flags & 0x2000:
        r.u32("Key", hexadecimal(8))
    if flags & 0x1000:
        r.u32("Sequence Number")
    if flags & 0x0080 and flags & 7 == 1:
        r.u32("Acknowledgment Number")
    r.raw("Routing", r.left)
    return Heading("GRE", ETHERTYPES.get(protocol, f"0x{protocol:04x}"))


def read_vxlan(r: FieldReader, place: Place) -> Heading:
    """RFC 7348 section 5, with the group policy extension of draft-smith-vxlan-group-policy."""
    with r.group("Flags") as group:
        first = r.at
        r.bits("GBP Extension", 1, lambda value: "Defined" if value else "Not defined")
        r.bits("Reserved", 3)
        r.bits("VXLAN Network ID (VNI)", 1, lambda value: str(bool(value)))
        r.bits("Reserved", 4)
        r.bits("Don't Learn", 1, lambda value: str(bool(value)))
        r.bits("Reserved", 2)
        r.bits("Policy Applied", 1, lambda value: str(bool(value)))
        r.bits("Reserved", 3)
        group.value = int.from_bytes(r.data[first : first + 2], "big")
        group.text = f"0x{group.value:04x}"
    r.u16("Group Policy ID")
    network = r.u24("VXLAN Network Identifier (VNI)")
    r.u8("Reserved")
    return Heading("VXLAN", f"VNI {network}")


def read_geneve(r: FieldReader, place: Place) -> Heading:
    """RFC 8926 section 3.4."""
    r.bits("Version", 2)
    words = r.bits("Options Length", 6, lambda value: byte_count(value * 4))
    with r.group("Flags") as group:
        control = r.bits("Control packet", 1, lambda value: str(bool(value)))
        critical = r.bits("Critical options present", 1, lambda value: str(bool(value)))
        r.bits("Reserved", 6)
        group.text = ", ".join(["Control"] * control + ["Critical options"] * critical) or "none"
    r.u16("Protocol Type", _TYPE)
    network = r.u24("Virtual Network Identifier (VNI)", hex_and_decimal(6))
    r.u8("Reserved", hexadecimal(2))
    if words:
        with r.group("Options", f"({byte_count(words * 4)})"):
            while r.left:
                _geneve_option(r)
    return Heading("Geneve", f"VNI {network}")


def _geneve_option(r: FieldReader) -> None:
    """RFC 8926 section 3.5."""
    with r.group("Option") as group:
        owner = r.u16("Option Class", named(GENEVE_CLASSES, 4))
        kind = r.u8("Type", lambda value: f"0x{value:02x} ({'Critical' if value & 0x80 else 'Non-critical'})")
        r.bits("Reserved", 3)
        words = r.bits("Length", 5, lambda value: byte_count(value * 4))
        r.raw("Variable-Length Option Data", words * 4)
        group.text = f"{GENEVE_CLASSES.get(owner, 'Unknown')}, type 0x{kind:02x}"


def read_gtp(r: FieldReader, place: Place) -> Heading:
    """3GPP TS 29.281 section 5; version 0 (GSM 09.60) has a header of 20 bytes."""
    first = r.peek(1)
    if first and first[0] >> 5 == 0:
        return _read_gtp0(r)
    with r.group("Flags") as group:
        r.bits("Version", 3)
        r.bits("Protocol Type", 1, lambda value: "GTP (1)" if value else "GTP' (0)")
        r.bits("Reserved", 1)
        extended = r.bits("Extension Header", 1, set_or_not)
        numbered = r.bits("Sequence Number", 1, set_or_not)
        pdu = r.bits("N-PDU Number", 1, set_or_not)
        group.text = f"0x{first[0]:02x}"
    message = r.u8("Message Type", named(GTP_MESSAGES, 2))
    r.u16("Length")
    tunnel = r.u32("TEID", hex_and_decimal(8))
    if extended or numbered or pdu:
        r.u16("Sequence Number")
        r.u8("N-PDU Number")
        following = r.u8("Next Extension Header Type", named(GTP_EXTENSIONS, 2))
        while following and r.left:
            following = _gtp_extension(r, following)
    return Heading("GTP-U", f"{GTP_MESSAGES.get(message, f'message {message}')}, TEID 0x{tunnel:08x}")


def _gtp_extension(r: FieldReader, kind: int) -> int:
    """3GPP TS 29.281 section 5.2.1: a length in words, the content, the type of the next."""
    with r.group("Extension Header", GTP_EXTENSIONS.get(kind, "Unknown")):
        words = r.u8("Extension Header Length", lambda value: f"{value} ({value * 4} bytes)")
        r.raw("Content", words * 4 - 2)
        return r.u8("Next Extension Header Type", named(GTP_EXTENSIONS, 2))


def _read_gtp0(r: FieldReader) -> Heading:
    r.u8("Flags", hexadecimal(2))
    message = r.u8("Message Type", named(GTP_MESSAGES, 2))
    r.u16("Length")
    r.u16("Sequence Number")
    label = r.u16("Flow Label", hexadecimal(4))
    r.u8("SNDCP N-PDULLC Number")
    r.raw("Spare", 3)
    r.raw("TID", 8)
    return Heading("GTP-U", f"{GTP_MESSAGES.get(message, f'message {message}')}, flow 0x{label:04x}")
