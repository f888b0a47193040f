"""TCP (RFC 9293) as columns and labels need it: what its flags are called and what its options say.

The field tree of a whole header is in ``tcp_fields``.

Traps: an option's length byte may lie. As in Wireshark, an option that would run past the end of the list, or whose
length is below 2, ends the list; one whose length is wrong for its kind is stepped over and gives no value. An option
may stand twice: ``TcpOptions.values`` keeps every occurrence in wire order, the single fields keep the last one.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from itertools import pairwise


class Flags(IntFlag):
    """The control bits of RFC 9293 section 3.1, and the accurate-ECN bit (historic NS) above them."""

    FIN = 0x001
    SYN = 0x002
    RST = 0x004
    PSH = 0x008
    ACK = 0x010
    URG = 0x020
    ECE = 0x040
    CWR = 0x080
    AE = 0x100


#: The three bits between the data offset and the flags (RFC 9293 section 3.1, "Rsrvd").
RESERVED_BITS = 0xE00

_FLAG_NAMES = (*((flag.value, flag.name or "") for flag in Flags), (RESERVED_BITS, "Reserved"))
_FLAGS_TEXT = tuple(", ".join(name for bit, name in _FLAG_NAMES if flags & bit) or "<None>" for flags in range(0x1000))


def flags_text(flags: int) -> str:
    """The flags as Wireshark's Info column has them, lowest bit first: "SYN, ACK"; "<None>" where none is set."""
    return _FLAGS_TEXT[flags & 0xFFF]


class OptionKind(IntEnum):
    """TCP option kinds that are read here (IANA registry "TCP Option Kind Numbers")."""

    EOL = 0
    NOP = 1
    MSS = 2
    WINDOW_SCALE = 3
    SACK_PERMITTED = 4
    SACK = 5
    ECHO = 6
    ECHO_REPLY = 7
    TIMESTAMPS = 8
    CC = 11
    CC_NEW = 12
    CC_ECHO = 13
    MD5_SIGNATURE = 19
    USER_TIMEOUT = 28
    AUTHENTICATION = 29
    MULTIPATH = 30
    FAST_OPEN = 34
    ACCURATE_ECN_0 = 172
    ACCURATE_ECN_1 = 174
    EXPERIMENT_1 = 253
    EXPERIMENT_2 = 254


#: Largest shift count that may be used; a larger one counts as this (RFC 7323 section 2.3).
MAX_WSCALE = 14

#: Experiment identifiers (RFC 6994) under which options were used before they had kinds of their own:
#: TCP Fast Open (RFC 7413 section 4.1.1), Accurate ECN in its two orders (drafts of RFC 9768).
FAST_OPEN_EXID = b"\xf9\x89"
ACCURATE_ECN_EXIDS = (b"\xac\xc0", b"\xac\xc1")

#: NOP, NOP, Timestamps, length 10: how RFC 7323 appendix A advises to lay out the timestamps option.
_PADDED_TIMESTAMPS = b"\x01\x01\x08\x0a"
_TWO_WORDS = struct.Struct("!II")

#: One value of an option: its name in Wireshark's Info column, and the number; "" for an option without one.
OptionValue = tuple[str, int | str]


@dataclass(frozen=True, slots=True)
class TcpOptions:
    """The options of one segment that the analysis and the ladder's labels use.

    Attributes:
        mss: bytes (RFC 9293 section 3.7.1), or None.
        wscale: shift count as it stands in the option (RFC 7323 section 2.2), or None.
        sack_permitted: RFC 2018 section 2.
        sack: (left edge, right edge) raw sequence numbers, RFC 2018 section 3.
        tsval, tsecr: RFC 7323 section 3.2, or None.
        multipath: (subtype, length) of each Multipath TCP option (RFC 8684 section 3).
        values: every value in wire order, named as in Wireshark's Info column: ("MSS", 1460), ("SACK_PERM", ""),
            ("TSval", 1), ("TSecr", 0), ("WS", 7) with the shift count, ("SLE", raw), ("SRE", raw) ...
        error: what the list broke off with, in Wireshark's words ("Malformed Packet", "Packet size limited during
            capture"), or the empty string.
    """

    mss: int | None = None
    wscale: int | None = None
    sack_permitted: bool = False
    sack: tuple[tuple[int, int], ...] = ()
    tsval: int | None = None
    tsecr: int | None = None
    multipath: tuple[tuple[int, int], ...] = ()
    values: tuple[OptionValue, ...] = ()
    error: str = ""


def parse_options(options: bytes, declared_len: int | None = None) -> TcpOptions:
    """The values in a list of TCP options; never raises.

    Args:
        options: the bytes after the fixed header, as many as were captured.
        declared_len: how many there are by the data offset, where the capture cut some of them off.
    """
    if len(options) == 12 and declared_len in {None, 12} and options.startswith(_PADDED_TIMESTAMPS):
        tsval, tsecr = _TWO_WORDS.unpack_from(options, 4)  # nine of ten segments: no need for the general way
        return TcpOptions(tsval=tsval, tsecr=tsecr, values=(("TSval", tsval), ("TSecr", tsecr)))
    length = len(options) if declared_len is None else max(declared_len, len(options))
    cut = length > len(options)
    values: list[OptionValue] = []
    multipath: tuple[tuple[int, int], ...] = ()
    error = "Packet size limited during capture" if cut else ""
    for kind, start, end in option_spans(options, length):
        if kind == OptionKind.MULTIPATH and start + 2 < min(end, len(options)):
            multipath += ((options[start + 2] >> 4, end - start),)
        reader = _READERS.get(kind)
        if reader is None:
            continue
        found = reader(options[start + 2 : end], end - start)
        values += found
        if kind == OptionKind.SACK and not cut and len(found) < 2:
            error = "Malformed Packet"  # no block at all: Wireshark gives up on the rest of the segment
            break
    return _collect(values, multipath, error)


def option_spans(options: bytes, declared_len: int) -> list[tuple[int, int, int]]:
    """(kind, start, end) of each option that has a length, up to the first wrong one; ``end`` may lie past the cut."""
    spans = []
    at = 0
    while at < len(options):
        kind = options[at]
        if kind == OptionKind.NOP:
            at += 1
            continue
        if kind == OptionKind.EOL or at + 1 >= len(options):
            break
        size = options[at + 1]
        if size < 2 or at + size > declared_len:
            break
        spans.append((kind, at, at + size))
        at += size
    return spans


def _collect(values: list[OptionValue], multipath: tuple[tuple[int, int], ...], error: str) -> TcpOptions:
    if not values and not multipath and not error:
        return _NO_OPTIONS
    last = dict(values)
    lefts = [value for name, value in values if name == "SLE"]
    rights = [value for name, value in values if name == "SRE"]
    return TcpOptions(
        mss=_number(last.get("MSS")),
        wscale=_number(last.get("WS")),
        sack_permitted="SACK_PERM" in last,
        sack=tuple((int(left), int(right)) for left, right in _pairs(values)) if lefts and rights else (),
        tsval=_number(last.get("TSval")),
        tsecr=_number(last.get("TSecr")),
        multipath=multipath,
        values=tuple(values),
        error=error,
    )


def _pairs(values: list[OptionValue]) -> list[tuple[int | str, int | str]]:
    """Left edges with the right edge that follows them at once; an option cut in between leaves one alone."""
    return [
        (left, right) for (name, left), (next_name, right) in pairwise(values) if name == "SLE" and next_name == "SRE"
    ]


def _number(value: int | str | None) -> int | None:
    return value if isinstance(value, int) else None


def _int(body: bytes, start: int, end: int) -> int | None:
    """A big-endian number, or None where the capture cut it off."""
    return int.from_bytes(body[start:end], "big") if end <= len(body) else None


def _numbers(*wanted: tuple[str, int | None]) -> list[OptionValue]:
    """The values up to the first that was cut off."""
    found: list[OptionValue] = []
    for name, value in wanted:
        if value is None:
            break
        found.append((name, value))
    return found


def _fixed(name: str, size: int) -> Callable[[bytes, int], list[OptionValue]]:
    """A reader for one number that fills an option of ``size`` bytes."""

    def read(body: bytes, length: int) -> list[OptionValue]:
        return _numbers((name, _int(body, 0, size - 2))) if length == size else []

    return read


def _sack_permitted(body: bytes, length: int) -> list[OptionValue]:
    # Wireshark says SACK_PERM also where the length is not 2.
    return [("SACK_PERM", "")]


def _timestamps(body: bytes, length: int) -> list[OptionValue]:
    return _numbers(("TSval", _int(body, 0, 4)), ("TSecr", _int(body, 4, 8))) if length == 10 else []


def _sack(body: bytes, length: int) -> list[OptionValue]:
    """RFC 2018 section 3: pairs of edges. What is no whole pair is shown as far as it goes."""
    values: list[OptionValue] = []
    for at in range(0, length - 2, 8):
        if length - 2 - at < 4:
            break
        edges = _numbers(("SLE", _int(body, at, at + 4)))
        if edges and length - 2 - at >= 8:
            edges += _numbers(("SRE", _int(body, at + 4, at + 8)))
        values += edges
    return values


def _fast_open(body: bytes, length: int) -> list[OptionValue]:
    """RFC 7413 section 4.1.1: a request has no cookie."""
    return [("TFO", "R" if length == 2 else "C")]


def _experiment(body: bytes, length: int) -> list[OptionValue]:
    """RFC 6994 section 3: an experiment identifier, then what it says."""
    reader = _EXPERIMENTS.get(body[:2])
    return reader(body[2:], length - 2) if reader else []


def _user_timeout(body: bytes, length: int) -> list[OptionValue]:
    """RFC 5482 section 3: one bit for the unit, fifteen for the time."""
    return [("USER_TO", (body[0] << 8 | body[1]) & 0x7FFF)] if length == 4 and len(body) == 2 else []


def _accurate_ecn(names: tuple[str, str, str]) -> Callable[[bytes, int], list[OptionValue]]:
    """RFC 9768 section 3.2.3: up to three 24-bit counters, whose order the kind tells."""

    def read(body: bytes, length: int) -> list[OptionValue]:
        counters = (_int(body, at, at + 3) for at in range(0, length - 2, 3))
        return _numbers(*zip(names, counters, strict=False)) if (length - 2) % 3 == 0 else []

    return read


_accurate_ecn_0 = _accurate_ecn(("EE0B", "ECEB", "EE1B"))
_accurate_ecn_1 = _accurate_ecn(("EE1B", "ECEB", "EE0B"))

_EXPERIMENTS: dict[bytes, Callable[[bytes, int], list[OptionValue]]] = {
    FAST_OPEN_EXID: _fast_open,
    ACCURATE_ECN_EXIDS[0]: _accurate_ecn_0,
    ACCURATE_ECN_EXIDS[1]: _accurate_ecn_1,
}

_READERS: dict[int, Callable[[bytes, int], list[OptionValue]]] = {
    OptionKind.MSS: _fixed("MSS", 4),
    OptionKind.WINDOW_SCALE: _fixed("WS", 3),
    OptionKind.SACK_PERMITTED: _sack_permitted,
    OptionKind.SACK: _sack,
    OptionKind.ECHO: _fixed("ECHO", 6),
    OptionKind.ECHO_REPLY: _fixed("ECHO", 6),
    OptionKind.TIMESTAMPS: _timestamps,
    OptionKind.CC: _fixed("CC", 6),
    OptionKind.CC_NEW: _fixed("CC", 6),
    OptionKind.CC_ECHO: _fixed("CC", 6),
    OptionKind.MD5_SIGNATURE: lambda body, length: [("MD5", "")] if length == 18 else [],
    OptionKind.USER_TIMEOUT: _user_timeout,
    OptionKind.FAST_OPEN: _fast_open,
    OptionKind.ACCURATE_ECN_0: _accurate_ecn_0,
    OptionKind.ACCURATE_ECN_1: _accurate_ecn_1,
    OptionKind.EXPERIMENT_1: _experiment,
    OptionKind.EXPERIMENT_2: _experiment,
}

_NO_OPTIONS = TcpOptions()
