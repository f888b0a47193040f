"""Where does an end begin to say something new, although the other end said nothing meanwhile?

What an end sends in a row is taken for one message where nobody knows its protocol. But a server may push line after
line for hours, and a client may type one command and, later, another. PSH alone marks no message: it stands at the end
of every write, and a large transfer is many writes (RFC 9293 section 3.9.1.2). So something new begins with a segment
if the one before it ended a write (PSH), nothing kept the sender from going on at once, and still nothing at all was
sent for longer than acknowledgments take.

What keeps a sender from going on: a window that is full or zero, lost segments that it must send again, and the ACK
that Nagle's algorithm (RFC 9293 section 3.7.4) waits for: a pause counts from the last segment of either end.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.verdicts import Verdict
from ladderview.proto.tcp import Flags

#: Nanoseconds that a sender waits at least: a delayed ACK (RFC 9293 section 3.8.6.3) comes within half of a second, in
#: practice within 200 ms. And so many round trips, where the path is longer than that.
PAUSE_NS: Final = 200_000_000
ROUND_TRIPS: Final = 2

#: Segments that say nothing new.
_AGAIN = np.uint32(
    int(
        Verdict.RETRANSMISSION
        | Verdict.FAST_RETRANSMISSION
        | Verdict.SPURIOUS_RETRANSMISSION
        | Verdict.OUT_OF_ORDER
        | Verdict.KEEP_ALIVE
        | Verdict.ZERO_WINDOW_PROBE
    )
)
_WINDOW_FULL = np.uint32(int(Verdict.WINDOW_FULL))
_ZERO_WINDOW = np.uint32(int(Verdict.ZERO_WINDOW))
_PSH = np.uint16(Flags.PSH.value)


def sends_of(analysis: FlowAnalysis) -> tuple[list[int], list[int]]:
    """By direction, ascending: the segments with which something new begins after a pause."""
    return _sends(analysis, 0), _sends(analysis, 1)


def _sends(analysis: FlowAnalysis, direction: int) -> list[int]:
    segments, tcp = analysis.segments, analysis.tcp
    mine = (segments.direction == direction) & (segments.payload_len > 0)
    again = (tcp.verdicts & _AGAIN) != 0
    rows: NDArray[np.int64] = np.flatnonzero(mine & ~again)
    before, after = rows[:-1], rows[1:]
    pause_ns = max(PAUSE_NS, ROUND_TRIPS * tcp.initial_rtt_ns)
    held = (again & mine) | (((tcp.verdicts & _ZERO_WINDOW) != 0) & (segments.direction != direction))
    holds = np.cumsum(held)
    begins = (
        (segments.ts_ns[after] - segments.ts_ns[after - 1] >= pause_ns)
        & ((segments.flags[before] & _PSH) != 0)
        & (segments.seq[before] + segments.payload_len[before] == segments.seq[after])
        & ((tcp.verdicts[before] & _WINDOW_FULL) == 0)
        & (holds[after] == holds[before])
    )
    found: list[int] = after[begins].tolist()
    return found
