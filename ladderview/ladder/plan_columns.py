"""What does each arrow stand for in bytes, trouble, states and gaps: the columns of a plan.

Plan: everything is known by segment; an arrow that stands for several sums them, or has what any of them has. Where
each segment is an arrow, the columns of the segments serve as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.segments import Segments
from ladderview.analysis.steps import StepKind, Steps
from ladderview.analysis.tcp_analysis import TcpAnalysis
from ladderview.analysis.tcp_states import State
from ladderview.analysis.verdicts import PROBLEMS, Verdict
from ladderview.capture.capture import Capture, CaptureChanged
from ladderview.proto.tcp import Flags

#: Bytes that a segment counts for beside its payload where amounts are drawn: its headers, so that an ACK shows.
HEADER_BYTES = 60

_SYN_FIN_RST = np.uint16((Flags.SYN | Flags.FIN | Flags.RST).value)


@dataclass(frozen=True, slots=True)
class StateChanges:
    """Where the state of one end changes: int64 steps, ascending, and the state from that step on (uint8).

    ``before`` is the state ahead of the first of them, -1 where no state is known.
    """

    rows: NDArray[np.int64]
    states: NDArray[np.uint8]
    before: int = -1

    def at(self, step: int) -> bool:
        """Whether the state changes with this step."""
        at = int(np.searchsorted(self.rows, step))
        return at < len(self.rows) and int(self.rows[at]) == step

    def after(self, step: int) -> int:
        """The state when this step is over; ``step`` -1 is ahead of all."""
        at = int(np.searchsorted(self.rows, step, side="right")) - 1
        return int(self.states[at]) if at >= 0 else self.before

    def since(self, step: int) -> int:
        """The step with which the state began that it is in when ``step`` is over; -1 for that ahead of all."""
        at = int(np.searchsorted(self.rows, step, side="right")) - 1
        return int(self.rows[at]) if at >= 0 else -1


@dataclass(frozen=True, slots=True)
class Missing:
    """Segments that were not captured: int64 columns, ascending by the step that tells of it.

    Attributes:
        rows: the step above which the segments are missing; the same side sent them.
        seq: relative sequence number of the first missing byte.
        length: how many bytes are missing.
    """

    rows: NDArray[np.int64]
    seq: NDArray[np.int64]
    length: NDArray[np.int64]

    def at(self, row: int) -> int:
        """Where in these columns the step stands, or -1."""
        at = int(np.searchsorted(self.rows, row))
        return at if at < len(self.rows) and self.rows[at] == row else -1


def is_plain(steps: Steps) -> bool:
    """Whether each segment is an arrow (``segment_steps``): its columns are then those of the segments."""
    return steps.home is steps.row


def sent_of(segments: Segments, steps: Steps) -> NDArray[np.int64]:
    """int64, shape (2, steps + 1): bytes with headers that each direction sent before the step.

    Memory that is touched for the first time costs more than the sums.
    """
    sent = np.empty((2, len(steps) + 1), np.int64)
    sent[:, 0] = 0
    amount = segments.payload_len + np.uint32(HEADER_BYTES)
    if is_plain(steps):
        np.cumsum(amount, out=sent[0, 1:], dtype=np.int64)
        np.multiply(amount, segments.direction, out=amount)
        np.cumsum(amount, out=sent[1, 1:], dtype=np.int64)
        sent[0] -= sent[1]
        return sent
    for direction in (0, 1):
        mine = segments.direction == direction
        sums = np.bincount(steps.home[mine], amount[mine], len(steps))
        np.cumsum(sums.astype(np.int64), out=sent[direction, 1:])
    return sent


def any_of(marked: NDArray[np.bool_], steps: Steps) -> NDArray[np.bool_]:
    """bool by step: whether any of its segments is marked."""
    if is_plain(steps):
        return marked
    found = np.zeros(len(steps), np.bool_)
    found[steps.home[marked]] = True
    return found


def trouble_of(tcp: TcpAnalysis | None, size: int) -> NDArray[np.bool_]:
    """bool by segment: whether something is wrong with it."""
    return np.zeros(size, np.bool_) if tcp is None else (tcp.verdicts & np.uint32(int(PROBLEMS))) != 0


def acks_of(segments: Segments, steps: Steps) -> NDArray[np.int64]:
    """int64 by step: how many ACKs without payload it stands for, beside what it is itself."""
    if is_plain(steps):
        return np.broadcast_to(np.int64(0), (len(steps),))
    bare = (segments.payload_len == 0) & ((segments.flags & _SYN_FIN_RST) == 0)
    acks = np.bincount(steps.home[bare], minlength=len(steps))
    alone = steps.kind == StepKind.SEGMENT
    acks[alone] -= bare[steps.row[alone]]
    for step in np.flatnonzero(steps.kind == StepKind.RUN).tolist():
        rows = steps.segments_of(step)
        acks[step] -= int(np.count_nonzero(bare[rows] & (segments.direction[rows] == steps.direction[step])))
    acks[(steps.kind == StepKind.PHASE) | (steps.kind == StepKind.FOLD)] = 0
    return acks


# -- states -----------------------------------------------------------------------------------------------------------

_NO_CHANGES = StateChanges(np.empty(0, np.int64), np.empty(0, np.uint8))


def state_changes(tcp: TcpAnalysis | None, steps: Steps) -> tuple[StateChanges, ...]:
    """Where the states of client and server change."""
    if tcp is None:
        return _NO_CHANGES, _NO_CHANGES
    columns = (tcp.client_state, tcp.server_state)
    return tuple(_changes(*column, steps) for column in zip(columns, tcp.initial_states, strict=True))


def _changes(states: NDArray[np.uint8], before: State, steps: Steps) -> StateChanges:
    """Every step whose state is another than before it; what it was before the first stands at the top of a ladder."""
    if len(states) == 0:
        return _NO_CHANGES
    rows = np.flatnonzero(states[1:] != states[:-1]) + 1
    if states[0] != before:
        rows = np.concatenate(([0], rows))
    places = rows if is_plain(steps) else np.maximum.accumulate(steps.home[rows])
    last = np.append(places[1:] != places[:-1], True) if len(places) else np.empty(0, np.bool_)
    return StateChanges(places[last], states[rows[last]], int(before))


# -- what was not captured --------------------------------------------------------------------------------------------


def missing_of(segments: Segments, tcp: TcpAnalysis | None, steps: Steps) -> Missing:
    """What each "previous segment not captured" says is missing: from the highest next_seq before it to its seq.

    An arrow for a run of them tells of all that is missing between them; a phase or a fold tells it in words.
    """
    rows = np.empty(0, np.int64) if tcp is None else np.flatnonzero(tcp.verdicts & np.uint32(int(Verdict.LOST_SEGMENT)))
    if tcp is None or len(rows) == 0:
        return Missing(rows, rows, rows)
    next_seq = tcp.next_seq if int(tcp.next_seq.max()) < 2**31 else _unwrapped(tcp.next_seq, segments.direction)
    expected = np.empty(len(rows), np.int64)
    for direction in (0, 1):
        mine = segments.direction[rows] == direction
        highest = np.maximum.accumulate(np.where(segments.direction == direction, next_seq, -1))
        expected[mine] = highest[np.maximum(rows[mine] - 1, 0)]
    length = (tcp.rel_seq[rows] - expected).astype(np.int32).astype(np.int64)
    told = (expected >= 0) & (length > 0)  # a rule may conclude loss from other signs: then there is no number to show
    rows, seq, length = rows[told], expected[told] % 2**32, length[told]
    if is_plain(steps):
        return Missing(rows, seq, length)
    home = steps.home[rows]
    drawn = (steps.kind[home] != StepKind.PHASE) & (steps.kind[home] != StepKind.FOLD)
    places, first = np.unique(home[drawn], return_index=True)
    sums = np.bincount(home[drawn], length[drawn], len(steps))[places].astype(np.int64)
    return Missing(places, seq[drawn][first], sums)


def _unwrapped(numbers: NDArray[np.int64], direction: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Sequence numbers modulo 2**32 as numbers that go on rising past it: steps are signed 32-bit differences."""
    rising = numbers.copy()
    for which in (0, 1):
        own = np.flatnonzero(direction == which)
        steps = np.diff(numbers[own]).astype(np.int32)
        rising[own[1:]] = numbers[own[:1]] + np.cumsum(steps, dtype=np.int64)
    return rising


# -- what a capture made of segments ----------------------------------------------------------------------------------


def cut_of(segments: Segments, capture: Capture | None) -> NDArray[np.bool_]:
    """bool by segment: it has payload, and its packet is longer than what was captured of it."""
    if capture is None:
        return np.zeros(len(segments), np.bool_)
    table, packets = capture.packets, segments.packet
    return (table.caplen[packets] < table.orig_len[packets]) & (segments.payload_len > 0)


def coalesced_of(segments: Segments) -> NDArray[np.bool_]:
    """bool by segment: more payload than the MSS that its receiver announced in its SYN (RFC 9293 section 3.7.1)."""
    larger = np.zeros(len(segments), np.bool_)
    for direction, mss in enumerate(_announced_mss(segments)):
        if mss:
            larger |= (segments.payload_len > mss) & (segments.direction == 1 - direction)
    return larger


def _announced_mss(segments: Segments) -> Sequence[int]:
    """The MSS in the first SYN of (client, server), 0 where none was captured."""
    syn = np.flatnonzero(segments.flags[:64] & 0x002)
    mss = [0, 0]
    try:
        for row in syn.tolist():
            direction = int(segments.direction[row])
            mss[direction] = mss[direction] or segments.options(row).mss or 0
    except CaptureChanged:
        pass  # the file has gone: whoever opened it is told when its bytes are asked for; arrows need none
    return mss


# -- how long a way takes ---------------------------------------------------------------------------------------------


def delays_of(segments: Segments, tcp: TcpAnalysis | None) -> tuple[int, int]:
    """Nanoseconds from (client, server) to where packets were captured: halves of what the handshake took each way.

    Between the SYN and the answer a packet went to the server and one came back; between that answer and the ACK, to
    the client and back. Zeros where the handshake is not in the capture.
    """
    rtt_ns = tcp.initial_rtt_ns if tcp is not None else -1
    flags, direction = segments.flags[:64] & np.uint16(0x012), segments.direction[:64]
    answers = np.flatnonzero((flags == 0x012) & (direction == 1))
    asks = np.flatnonzero((flags == 0x002) & (direction == 0))
    asks = asks[asks < answers[0]] if len(answers) else asks[:0]
    if rtt_ns < 0 or not len(asks):
        return 0, 0
    to_server_ns = min(max(int(segments.ts_ns[answers[0]] - segments.ts_ns[asks[-1]]), 0), rtt_ns)
    return (rtt_ns - to_server_ns) // 2, to_server_ns // 2
