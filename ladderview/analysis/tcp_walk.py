"""Both ends of a flow taken through the rules, segment by segment, and what the handshake tells about them.

``Walk.step`` is the one way in which a segment is judged: by the full analysis for every segment that is not plain
(``tcp_follow``), by the problem counts for the neighbourhood of trouble (``screen``).

Trap: Wireshark reads a segment's options after it has judged the segment, so a window scale counts from the next
segment on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ladderview.analysis.sequence import MASK
from ladderview.analysis.tcp_rules import (
    ACK,
    NOTED,
    SYN,
    WSCALE_UNKNOWN,
    WSCALE_UNUSED,
    End,
    Segment,
    judge,
    remember,
)
from ladderview.analysis.verdicts import Verdict
from ladderview.proto.tcp import MAX_WSCALE, TcpOptions

#: RFC 8684 section 3.1: the option of that subtype, and its lengths where it carries a key.
MP_CAPABLE: Final = 0
MP_CAPABLE_WITH_KEY: Final = frozenset({12, 20, 22, 24})
#: The subtypes whose first use Wireshark excuses: all but MP_TCPRST.
MULTIPATH_SUBTYPES: Final = 0xFF


class Walk:
    """Both ends of one flow, and what the handshake told.

    Attributes:
        ends: (client, server).
        syn_ns: time of the latest SYN, 0 while none was seen.
        initial_rtt_ns: from that SYN to the first ACK after it, 0 while it is not known.
        initial_rtt_row: the row of that ACK, or -1.
        options: reads the options of a row.
        multipath: bit set of the Multipath TCP option subtypes used so far (RFC 8684 section 3), -1 where the flow
            is none of that kind.
        reused_row: the row of the SYN that reuses the ports of an earlier flow, or -1.
    """

    __slots__ = ("ends", "initial_rtt_ns", "initial_rtt_row", "multipath", "options", "reused_row", "syn_ns")

    def __init__(self, options: Callable[[int], TcpOptions], reused_ports: bool) -> None:
        self.ends = (End(), End())
        self.options = options
        self.reused_row = 0 if reused_ports else -1
        self.syn_ns = 0
        self.initial_rtt_ns = 0
        self.initial_rtt_row = -1
        self.multipath = -1

    @property
    def is_settled(self) -> bool:
        """Plain segments have no news: both ends' numbers have a base, no handshake waits, no options matter."""
        client, server = self.ends
        if client.base_seq is None or server.base_seq is None or self.multipath >= 0:
            return False
        return bool(self.initial_rtt_ns or not self.syn_ns)

    def step(self, segment: Segment, direction: int) -> int:
        """Take one segment through all rules; its verdicts."""
        sender, peer = self.ends[direction], self.ends[1 - direction]
        verdicts = Verdict.REUSED_PORTS.value if segment.row == self.reused_row else 0
        if segment.flags & SYN:
            verdicts |= self._begin(segment, sender)
        if sender.base_seq is None:
            sender.base_seq = segment.seq if segment.flags & SYN else (segment.seq - 1) & MASK
        if segment.flags & ACK:
            if peer.base_seq is None:
                peer.base_seq = (segment.ack - 1) & MASK
            peer.in_flight_known = True
        verdicts |= judge(segment, sender, peer)
        remember(segment, verdicts, sender)
        if segment.flags & SYN:
            self._agree(segment, sender, peer)
        elif self.multipath >= 0:
            self._note_multipath(self.options(segment.row))
        if segment.flags & (SYN | ACK) == ACK:
            sender.has_acked()
            if self.syn_ns and not self.initial_rtt_ns:
                self._measure(segment)
        return verdicts

    def _begin(self, segment: Segment, sender: End) -> int:
        """A SYN on a pair of ports that has been seen before: Wireshark calls that reused ports too."""
        if sender.base_seq is None:
            return 0
        if segment.flags & ACK:
            if segment.seq == sender.base_seq:
                return 0
            sender.base_seq = segment.seq
            return Verdict.REUSED_PORTS.value
        # A refused attempt may have left a number from its RST behind.
        sender.next_seq = sender.max_ackable
        return NOTED

    def _agree(self, segment: Segment, sender: End, peer: End) -> None:
        """What a SYN offers: the window scale counts only where both ends offer one (RFC 7323 section 2.2)."""
        options = self.options(segment.row)
        if options.wscale is not None:
            sender.wscale = min(options.wscale, MAX_WSCALE)
        if sender.wscale == WSCALE_UNKNOWN:
            sender.wscale = peer.wscale = WSCALE_UNUSED
        elif segment.flags & ACK and peer.wscale == WSCALE_UNUSED:
            sender.wscale = WSCALE_UNUSED
        if options.multipath:
            self.multipath = max(self.multipath, 0)
            self._note_multipath(options)
        if not segment.flags & ACK:
            self.syn_ns = segment.ts_ns
        sender.is_first_ack = True
        sender.find_shift()
        peer.find_shift()

    def _note_multipath(self, options: TcpOptions) -> None:
        before = self.multipath
        for subtype, length in options.multipath:
            # Wireshark knows a flow as Multipath TCP from the first option on that says more than "I can".
            if self.multipath or subtype != MP_CAPABLE or length in MP_CAPABLE_WITH_KEY:
                self.multipath |= 1 << subtype & MULTIPATH_SUBTYPES
        if self.multipath != before:
            for end in self.ends:
                end.multipath_news = True

    def _measure(self, segment: Segment) -> None:
        """The handshake's round trip, seen from wherever the capture was made."""
        self.initial_rtt_ns = segment.ts_ns - self.syn_ns
        if self.initial_rtt_ns:
            self.initial_rtt_row = segment.row
            for end in self.ends:
                end.reorder_ns = self.initial_rtt_ns
