"""Which bytes does a composed segment have on the wire? Ethernet, IPv4 or IPv6, and TCP, with all checksums right.

Sources: RFC 9293 section 3.1 (header and checksum), RFC 791, RFC 8200 section 8.1 (pseudo-header), RFC 7323 appendix A
(how the options are laid out), RFC 2018. Hardware addresses are locally administered and belong to nobody.

Traps: numbers count from the ISN of whoever they are of, and may be below it; on the wire they have 32 bits.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from ladderview.capture.scenario.words import EndSettings
from ladderview.proto.tcp import Flags, OptionKind

_MACS = (bytes.fromhex("020000000001"), bytes.fromhex("020000000002"))
_TTL = 64
_TCP = 6
_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Options:
    """The TCP options of a segment; ``sack`` blocks are (left, right) in numbers of the other end."""

    mss: int | None = None
    scale: int | None = None
    sack_permitted: bool = False
    sack: tuple[tuple[int, int], ...] = ()
    timestamps: tuple[int, int] | None = None


NO_OPTIONS = Options()


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment.

    Attributes:
        flags: the control bits.
        seq: counted from its sender's ISN.
        ack: counted from the other end's ISN, or None where there is no ACK.
        window: as the field holds it.
        payload: the bytes.
        urgent: the urgent pointer.
    """

    flags: Flags
    seq: int
    ack: int | None
    window: int
    payload: bytes = b""
    options: Options = NO_OPTIONS
    urgent: int = 0

    @property
    def end(self) -> int:
        """The number behind it: SYN and FIN count one each."""
        return self.seq + len(self.payload) + bool(self.flags & Flags.SYN) + bool(self.flags & Flags.FIN)


def option_bytes(options: Options, isn_other: int) -> bytes:
    """The list of options, filled up to whole words with NOP as common stacks do."""
    out = b""
    if options.mss is not None:
        out += struct.pack("!BBH", OptionKind.MSS, 4, options.mss)
    if options.sack_permitted != (options.timestamps is not None):
        out += b"\x01\x01"  # the two together fill whole words
    if options.sack_permitted:
        out += bytes([OptionKind.SACK_PERMITTED, 2])
    if options.timestamps is not None:
        out += struct.pack("!BBII", OptionKind.TIMESTAMPS, 10, *options.timestamps)
    if options.scale is not None:
        out += b"\x01" + bytes([OptionKind.WINDOW_SCALE, 3, options.scale])
    if options.sack:
        edges = [(edge + isn_other) & _MASK for block in options.sack for edge in block]
        out += b"\x01\x01" + struct.pack(f"!BB{len(edges)}I", OptionKind.SACK, 2 + 4 * len(edges), *edges)
    return out + b"\x01" * (-len(out) % 4)


class Framer:
    """Makes the frames of one connection.

    Args:
        ends: client and server.
        isn: tells each end's initial sequence number.
    """

    def __init__(self, ends: tuple[EndSettings, EndSettings], isn: Callable[[int], int]) -> None:
        self._ends, self._isn = ends, isn
        self._addresses = tuple(ipaddress.ip_address(end.address).packed for end in ends)
        self._ids = (count(1), count(1))

    def frame(self, segment: Segment, direction: int) -> bytes:
        """The Ethernet frame of a segment that this end sends."""
        tcp = self._tcp(segment, direction)
        source, target = self._addresses[direction], self._addresses[1 - direction]
        number = next(self._ids[direction]) & 0xFFFF
        head = _MACS[1 - direction] + _MACS[direction]
        if len(source) == 4:
            ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), number, 0x4000, _TTL, _TCP, 0) + source + target
            ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
            return head + b"\x08\x00" + ip + tcp
        ip = struct.pack("!IHBB", 6 << 28, len(tcp), _TCP, _TTL) + source + target
        return head + b"\x86\xdd" + ip + tcp

    def _tcp(self, segment: Segment, direction: int) -> bytes:
        own, other = self._ends[direction], self._ends[1 - direction]
        own_isn, other_isn = self._isn(direction), self._isn(1 - direction)
        options = option_bytes(segment.options, other_isn)
        ack = 0 if segment.ack is None else (segment.ack + other_isn) & _MASK
        words = struct.pack(
            "!HHIIHHHH",
            own.port,
            other.port,
            (segment.seq + own_isn) & _MASK,
            ack,
            (5 + len(options) // 4) << 12 | segment.flags,
            segment.window,
            0,
            segment.urgent,
        )
        tcp = words + options + segment.payload
        pseudo = self._addresses[direction] + self._addresses[1 - direction] + struct.pack("!II", len(tcp), _TCP)
        return tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    # 2**16 - 1 divides 2**16 - 1 times anything: the sum of all words with end-around carry is the remainder.
    total = int.from_bytes(data, "big") % 0xFFFF
    return 0xFFFF - total if total or not any(data) else 0
