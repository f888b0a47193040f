"""TCP (RFC 9293): flag names, options, and the field tree of a header."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag


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


@dataclass(frozen=True, slots=True)
class TcpOptions:
    """The options of one segment that the analysis and the ladder's labels use.

    Attributes:
        mss: bytes (RFC 9293 section 3.7.1), or None.
        wscale: shift count as it stands in the option (RFC 7323 section 2.2), or None.
        sack_permitted: RFC 2018 section 2.
        sack: (left edge, right edge) raw sequence numbers, RFC 2018 section 3.
        tsval, tsecr: RFC 7323 section 3.2, or None.
    """

    mss: int | None = None
    wscale: int | None = None
    sack_permitted: bool = False
    sack: tuple[tuple[int, int], ...] = ()
    tsval: int | None = None
    tsecr: int | None = None
