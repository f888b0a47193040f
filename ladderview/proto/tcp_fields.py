"""TCP (RFC 9293 section 3.1), the fields of a header in wire order, with all options.

Nothing here is relative or scaled: those are not in the packet, ``analysis.tcp_notes`` adds them as remarks.

Traps: an option's length byte may lie; each option is read within the bytes that it claims and that are there. One
that is wrong ends the list, as in ``tcp.parse_options``, and what is left is shown as bytes.
"""

from __future__ import annotations

from collections.abc import Callable

from ladderview.proto.fields import FieldReader, Group, byte_count, hexadecimal, named, set_or_not
from ladderview.proto.names import MPTCP_SUBTYPES, TCP_OPTION_TITLES, TCP_OPTIONS
from ladderview.proto.reading import Heading, Place, checksum_note, transport_checksum
from ladderview.proto.tcp import ACCURATE_ECN_EXIDS, FAST_OPEN_EXID, MAX_WSCALE, OptionKind, flags_text

#: The nine control bits in wire order (RFC 9293 section 3.1; AE: RFC 9768), as words.
CONTROL_BITS = (
    "Accurate ECN (AE)",
    "Congestion Window Reduced (CWR)",
    "ECN-Echo (ECE)",
    "Urgent (URG)",
    "Acknowledgment (ACK)",
    "Push (PSH)",
    "Reset (RST)",
    "Synchronize (SYN)",
    "Finish (FIN)",
)

_TCP = 6
_KIND = named(TCP_OPTIONS)


def read_tcp(r: FieldReader, place: Place) -> Heading:
    """The header, and its options within the data offset."""
    start = r.at
    source = r.u16("Source Port")
    destination = r.u16("Destination Port")
    r.u32("Sequence Number")
    r.u32("Acknowledgment Number")
    words = r.bits("Data Offset", 4, lambda value: f"{value * 4} bytes ({value})")
    flags = _flags(r)
    r.u16("Window")
    expected = transport_checksum(r, place, _TCP, r.at)
    found = r.u16("Checksum", hexadecimal(4))
    if expected is not None:
        r.note(checksum_note(found, expected))
    r.u16("Urgent Pointer")
    if words * 4 > 20:
        _options(r, start + words * 4)
    return Heading("TCP", f"{source} → {destination} [{flags_text(flags)}]")


def _flags(r: FieldReader) -> int:
    with r.group("Flags") as group:
        flags = r.bits("Reserved", 3, set_or_not)
        for name in CONTROL_BITS:
            flags = flags << 1 | r.bits(name, 1, set_or_not)
            group.value, group.text = flags, f"0x{flags:03x} ({flags_text(flags)})"
    return flags


def _options(r: FieldReader, end: int) -> None:
    with r.group("Options") as group, r.within(end):
        size = end - r.at
        kinds: list[str] = []
        group.text = f"({size} bytes)"
        while r.at < end:
            kind = r.peek(1)
            if not kind or not _option(r, kind[0], end):
                break
            kinds.append(TCP_OPTION_TITLES.get(kind[0], f"Unknown (0x{kind[0]:02x})"))
            group.text = ", ".join([f"({size} bytes)", *kinds])
            if kind[0] == OptionKind.EOL:
                r.raw("Padding", min(end, r.end) - r.at)
                break
        r.raw("Unread option bytes", min(end, r.end) - r.at)


def _option(r: FieldReader, kind: int, end: int) -> bool:
    """Read one option; False where its length is wrong, so that nothing after it can be told."""
    name = TCP_OPTION_TITLES.get(kind, "Unknown")
    length = r.peek(1, 1)
    if kind in {OptionKind.EOL, OptionKind.NOP} or not length:
        with r.group(name) as group:
            r.u8("Kind", _KIND)
            group.note = "" if kind <= OptionKind.NOP else "the length byte is past the end of the options"
        return kind <= OptionKind.NOP
    if length[0] < 2 or r.at + length[0] > end:
        wrong = "is too short" if length[0] < 2 else "says that the option goes past the end of the options"
        with r.group(name) as group:
            group.note = f"its length of {byte_count(length[0])} {wrong}"
            _kind_and_length(r)
        return False
    stop = r.at + length[0]
    with r.group(name) as group, r.within(stop):
        _kind_and_length(r)
        size, reader = _READERS.get(kind, (None, None))
        if size is not None and length[0] != size:
            group.note = f"its length should be {size}"
        elif reader is not None:
            reader(r, group)
        r.raw("Value", stop - r.at)
    return True


def _kind_and_length(r: FieldReader) -> None:
    r.u8("Kind", _KIND)
    r.u8("Length")


# -- one reader an option, for what stands behind kind and length -----------------------------------------------------


def _mss(r: FieldReader, group: Group) -> None:
    group.text = byte_count(r.u16("MSS Value"))


def _window_scale(r: FieldReader, group: Group) -> None:
    shift = r.u8("Shift Count")
    group.text = f"{shift} (multiply by {1 << min(shift, MAX_WSCALE)})"
    if shift > MAX_WSCALE:
        group.note = f"more than {MAX_WSCALE}, which is used instead (RFC 7323 section 2.3)"


def _sack(r: FieldReader, group: Group) -> None:
    edges = []
    while r.left >= 8:
        left, right = r.u32("Left Edge"), r.u32("Right Edge")
        edges.append(f"{left}-{right}")
    group.text = " ".join(edges)


def _timestamps(r: FieldReader, group: Group) -> None:
    value, echo = r.u32("Timestamp Value"), r.u32("Timestamp Echo Reply")
    group.text = f"TSval {value}, TSecr {echo}"


def _echo(r: FieldReader, group: Group) -> None:
    group.text = str(r.u32("Echo Value"))


def _connection_count(r: FieldReader, group: Group) -> None:
    group.text = str(r.u32("Connection Count"))


def _md5(r: FieldReader, group: Group) -> None:
    group.text = r.raw("MD5 Digest", 16).hex()


def _user_timeout(r: FieldReader, group: Group) -> None:
    minutes = r.bits("Granularity", 1, lambda value: "Minutes" if value else "Seconds")
    group.text = f"{r.bits('User Timeout', 15)} {'minutes' if minutes else 'seconds'}"


def _authentication(r: FieldReader, group: Group) -> None:
    r.u8("KeyID")
    r.u8("RNextKeyID")
    r.raw("MAC", r.left)


def _fast_open(r: FieldReader, group: Group) -> None:
    if r.left:
        group.text = f"cookie {r.raw('Fast Open Cookie', r.left).hex()}"
    else:
        group.text = "cookie request"


def _experiment(r: FieldReader, group: Group) -> None:
    """RFC 6994 section 3."""
    name, reader = _EXPERIMENTS.get(r.peek(2), ("Unknown", None))
    r.u16("Experiment Identifier", lambda value: f"{name} (0x{value:04x})")
    if reader is not None:
        reader(r, group)
        group.text = f"{name}, {group.text}" if group.text else name


def _multipath(r: FieldReader, group: Group) -> None:
    group.text = MPTCP_SUBTYPES.get(r.bits("Subtype", 4, named(MPTCP_SUBTYPES)), "")
    r.bits("Flags or Version", 4, hexadecimal(1))


def _accurate_ecn(*names: str) -> Callable[[FieldReader, Group], None]:
    def read(r: FieldReader, group: Group) -> None:
        for name in names:
            if r.left >= 3:
                r.u24(name)

    return read


_ECT0, _CE, _ECT1 = "ECT(0) Byte Counter", "CE Byte Counter", "ECT(1) Byte Counter"
_accurate_ecn_0 = _accurate_ecn(_ECT0, _CE, _ECT1)
_accurate_ecn_1 = _accurate_ecn(_ECT1, _CE, _ECT0)

#: Experiment identifier: (name, reader of what stands behind it)
_EXPERIMENTS: dict[bytes, tuple[str, Callable[[FieldReader, Group], None]]] = {
    FAST_OPEN_EXID: ("Fast Open", _fast_open),
    ACCURATE_ECN_EXIDS[0]: ("Accurate ECN - Order 0", _accurate_ecn_0),
    ACCURATE_ECN_EXIDS[1]: ("Accurate ECN - Order 1", _accurate_ecn_1),
}

#: kind: (length that it must have, or None; reader of what stands behind kind and length, or None)
_READERS: dict[int, tuple[int | None, Callable[[FieldReader, Group], None] | None]] = {
    OptionKind.MSS: (4, _mss),
    OptionKind.WINDOW_SCALE: (3, _window_scale),
    OptionKind.SACK_PERMITTED: (2, None),
    OptionKind.SACK: (None, _sack),
    OptionKind.ECHO: (6, _echo),
    OptionKind.ECHO_REPLY: (6, _echo),
    OptionKind.TIMESTAMPS: (10, _timestamps),
    OptionKind.CC: (6, _connection_count),
    OptionKind.CC_NEW: (6, _connection_count),
    OptionKind.CC_ECHO: (6, _connection_count),
    OptionKind.MD5_SIGNATURE: (18, _md5),
    OptionKind.USER_TIMEOUT: (4, _user_timeout),
    OptionKind.AUTHENTICATION: (None, _authentication),
    OptionKind.MULTIPATH: (None, _multipath),
    OptionKind.FAST_OPEN: (None, _fast_open),
    OptionKind.ACCURATE_ECN_0: (None, _accurate_ecn(_ECT0, _CE, _ECT1)),
    OptionKind.ACCURATE_ECN_1: (None, _accurate_ecn(_ECT1, _CE, _ECT0)),
    OptionKind.EXPERIMENT_1: (None, _experiment),
    OptionKind.EXPERIMENT_2: (None, _experiment),
}
