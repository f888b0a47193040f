"""The states of RFC 9293 section 3.3.2, followed for both ends from what the capture shows.

Plan: ``TRANSITIONS`` is the state machine of RFC 9293 figure 5 as a table. A segment is an event for its sender when
it appears in the capture and for its receiver in the same row, as the RFC writes its own examples (figures 6 and 12:
after the SYN stands SYN-SENT on the left and SYN-RECEIVED on the right). Only few rows can be an event, so only those
are visited: SYN, FIN, RST, the first ACK of each SYN and FIN, and what proves something about an end of which nothing
is known.

Traps:
- A capture is a witness, not an end. What it did not see may be proven later: an end that goes on after its SYN with
  an ACK has received the other end's SYN.
- Where the capture begins late an end is UNKNOWN until traffic proves a state: ``_proven``.
- Whether a server listens is told by its answer: RST means CLOSED (RFC 9293 section 3.10.7.1), silence means UNKNOWN.
- FINs may cross (RFC 9293 figure 13): an end whose FIN does not acknowledge the other's had not received that one yet,
  though it stands before it in the capture. It receives it right after.
- TIME-WAIT stays: its end, after two maximum segment lifetimes, is no segment.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.segments import Segments
from ladderview.analysis.sequence import MASK, is_before
from ladderview.proto.tcp import Flags


class State(IntEnum):
    """A connection state of one end; UNKNOWN where the capture began in the middle."""

    UNKNOWN = 0
    CLOSED = 1
    LISTEN = 2
    SYN_SENT = 3
    SYN_RECEIVED = 4
    ESTABLISHED = 5
    FIN_WAIT_1 = 6
    FIN_WAIT_2 = 7
    CLOSE_WAIT = 8
    CLOSING = 9
    LAST_ACK = 10
    TIME_WAIT = 11


class Event(IntEnum):
    """What a segment is to one end."""

    SEND_SYN = 0
    RECEIVE_SYN = 1
    RECEIVE_SYN_ACK = 2
    ACK_OF_SYN = 3
    SEND_FIN = 4
    RECEIVE_FIN = 5
    ACK_OF_FIN = 6
    RESET = 7
    """A RST, sent or received."""
    RESET_OF_PASSIVE = 8
    """A RST received by an end that had been listening (RFC 9293 section 3.10.7.4: it listens again)."""


_CLOSED_BY_RESET: Final = {Event.RESET: State.CLOSED, Event.RESET_OF_PASSIVE: State.CLOSED}

#: RFC 9293 figure 5 and section 3.10; an event that is not listed for a state changes nothing.
TRANSITIONS: Final[dict[State, dict[Event, State]]] = {
    State.CLOSED: {Event.SEND_SYN: State.SYN_SENT},  # 3.10.1, active OPEN
    State.LISTEN: {
        Event.RECEIVE_SYN: State.SYN_RECEIVED,  # 3.10.7.2
        Event.SEND_SYN: State.SYN_SENT,  # 3.10.2, SEND while listening
    },
    State.SYN_SENT: {
        Event.RECEIVE_SYN: State.SYN_RECEIVED,  # 3.10.7.3, simultaneous open
        Event.RECEIVE_SYN_ACK: State.ESTABLISHED,  # 3.10.7.3
        **_CLOSED_BY_RESET,
    },
    State.SYN_RECEIVED: {
        Event.ACK_OF_SYN: State.ESTABLISHED,  # 3.10.7.4, fifth
        Event.SEND_FIN: State.FIN_WAIT_1,  # 3.10.4
        Event.RECEIVE_FIN: State.CLOSE_WAIT,  # 3.10.7.4, eighth
        Event.RESET: State.CLOSED,  # 3.10.7.4, second
        Event.RESET_OF_PASSIVE: State.LISTEN,
    },
    State.ESTABLISHED: {
        Event.SEND_FIN: State.FIN_WAIT_1,  # 3.10.4
        Event.RECEIVE_FIN: State.CLOSE_WAIT,  # 3.10.7.4, eighth
        **_CLOSED_BY_RESET,
    },
    State.FIN_WAIT_1: {
        Event.ACK_OF_FIN: State.FIN_WAIT_2,  # 3.10.7.4, fifth
        Event.RECEIVE_FIN: State.CLOSING,  # 3.10.7.4, eighth
        **_CLOSED_BY_RESET,
    },
    State.FIN_WAIT_2: {Event.RECEIVE_FIN: State.TIME_WAIT, **_CLOSED_BY_RESET},
    State.CLOSE_WAIT: {Event.SEND_FIN: State.LAST_ACK, **_CLOSED_BY_RESET},
    State.CLOSING: {Event.ACK_OF_FIN: State.TIME_WAIT, **_CLOSED_BY_RESET},
    State.LAST_ACK: {Event.ACK_OF_FIN: State.CLOSED, **_CLOSED_BY_RESET},
    State.TIME_WAIT: {**_CLOSED_BY_RESET},
    State.UNKNOWN: {Event.SEND_SYN: State.SYN_SENT, **_CLOSED_BY_RESET},
}

_FIN: Final = int(Flags.FIN)
_SYN: Final = int(Flags.SYN)
_RST: Final = int(Flags.RST)
_ACK: Final = int(Flags.ACK)


class Machine:
    """One end.

    Attributes:
        state: now.
        has_sent_data: seen to send payload, so it had sent no FIN before the capture began.
        has_sent_fin: seen to send one.
        was_passive: it was opened by the other end's SYN.
    """

    __slots__ = ("has_sent_data", "has_sent_fin", "state", "was_passive")

    def __init__(self, state: State) -> None:
        self.state = state
        self.has_sent_data = False
        self.has_sent_fin = False
        self.was_passive = state is State.LISTEN

    def take(self, event: Event) -> None:
        """Follow the table."""
        self.state = TRANSITIONS[self.state].get(event, self.state)


def initial_states(segments: Segments) -> tuple[State, State]:
    """(client, server) before the first segment, as far as the capture can tell."""
    if len(segments) == 0:
        return State.UNKNOWN, State.UNKNOWN
    flags = int(segments.flags[0]) & (_SYN | _ACK)
    sender = int(segments.direction[0])
    if flags == _SYN | _ACK:
        # The SYN that it answers was not captured, but it was sent.
        return (State.SYN_SENT, State.SYN_RECEIVED) if sender else (State.SYN_RECEIVED, State.SYN_SENT)
    if flags != _SYN:
        return State.UNKNOWN, State.UNKNOWN
    answerer = _answerer(segments, np.flatnonzero(segments.direction != sender))
    return (answerer, State.CLOSED) if sender else (State.CLOSED, answerer)


def _answerer(segments: Segments, answers: NDArray[np.int64]) -> State:
    """What the end was to which the first segment, a SYN, went; ``answers`` are its rows."""
    if not len(answers):
        return State.UNKNOWN
    flags = int(segments.flags[answers[0]])
    if flags & _RST or flags & (_SYN | _ACK) == _SYN:
        return State.CLOSED  # refused, or on its own way to open
    is_answer = not is_before(int(segments.ack[answers[0]]), (int(segments.seq[0]) + 1) & MASK)
    return State.LISTEN if is_answer else State.UNKNOWN


def states_of(segments: Segments, acked_by: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(client, server): uint8 columns of ``State``, after each row. ``acked_by`` as ``TcpAnalysis.acked_by_row``."""
    machines = tuple(Machine(state) for state in initial_states(segments))
    rows = _event_rows(segments, acked_by)
    after: tuple[list[int], list[int]] = ([int(machines[0].state)], [int(machines[1].state)])
    answered = _Answers(segments, acked_by)
    crossed = _crossed_fins(segments, acked_by)
    columns = zip(
        rows.tolist(),
        segments.direction[rows].tolist(),
        segments.payload_len[rows].tolist(),
        segments.flags[rows].tolist(),
        strict=True,
    )
    for row, direction, payload_len, flags in columns:
        sender, receiver = machines[direction], machines[1 - direction]
        _send(sender, payload_len, flags)
        if row == crossed[1]:
            sender.take(Event.RECEIVE_FIN)
        comes = flags & ~_FIN if row == crossed[0] else flags
        _receive(receiver, comes, answered.syn_of(1 - direction, row), answered.fin_of(1 - direction, row))
        for states, machine, other in zip(after, machines, machines[::-1], strict=True):
            if machine.state is State.UNKNOWN:
                machine.state = _proven(machine, other)
            states.append(int(machine.state))
    lengths = np.diff(rows, prepend=0, append=len(segments))
    client, server = (np.repeat(np.asarray(states, np.uint8), lengths) for states in after)
    return client, server


def _event_rows(segments: Segments, acked_by: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows that can change a state, ascending; every row between two of them changes nothing."""
    flags = segments.flags
    marked = (flags & (_SYN | _FIN | _RST)) != 0
    answers = acked_by[marked & ((flags & (_SYN | _FIN)) != 0)]
    marked[answers[answers >= 0]] = True
    plain_ack = (flags & (_SYN | _RST | _ACK)) == _ACK
    for direction in (0, 1):
        sent = segments.direction == direction
        for kind in (sent & plain_ack, sent & (segments.payload_len > 0)):
            if kind.any():
                marked[int(np.argmax(kind))] = True
    return np.flatnonzero(marked)


def _crossed_fins(segments: Segments, acked_by: NDArray[np.int64]) -> tuple[int, int]:
    """The rows of a FIN that had not come when its receiver sent its own, and of that one; -1 where there are none."""
    fins = [np.flatnonzero((segments.direction == end) & ((segments.flags & _FIN) != 0)) for end in (0, 1)]
    if not len(fins[0]) or not len(fins[1]):
        return -1, -1
    first, second = sorted(int(rows[0]) for rows in fins)
    acked = int(segments.ack[second]) if segments.flags[second] & _ACK else int(segments.seq[first])
    fin_seq = (int(segments.seq[first]) + int(segments.payload_len[first])) & MASK
    has_come = is_before(fin_seq, acked) or acked_by[first] < 0
    return (-1, -1) if has_come else (first, second)


class _Answers:
    """At which row each end's SYN and FIN are first acknowledged."""

    __slots__ = ("_fin", "_syn")

    def __init__(self, segments: Segments, acked_by: NDArray[np.int64]) -> None:
        self._syn, self._fin = (
            tuple(
                set(acked_by[(segments.direction == direction) & ((segments.flags & flag) != 0)].tolist())
                for direction in (0, 1)
            )
            for flag in (_SYN, _FIN)
        )

    def syn_of(self, direction: int, row: int) -> bool:
        return row in self._syn[direction]

    def fin_of(self, direction: int, row: int) -> bool:
        return row in self._fin[direction]


def _send(sender: Machine, payload_len: int, flags: int) -> None:
    """The segment as an event for its sender, and what it must have received, or it would not send this."""
    if flags & _RST:
        sender.take(Event.RESET)
        return
    if flags & (_SYN | _ACK) == _SYN:
        sender.take(Event.SEND_SYN)
    elif sender.state is State.SYN_SENT:
        sender.take(Event.RECEIVE_SYN if flags & _SYN else Event.RECEIVE_SYN_ACK)
    if payload_len and not flags & _SYN:
        sender.has_sent_data = True
    if flags & _FIN:
        sender.has_sent_fin = True
        sender.take(Event.SEND_FIN)


def _receive(receiver: Machine, flags: int, acks_syn: bool, acks_fin: bool) -> None:
    """The segment as an event for its receiver: ACK first, then FIN (RFC 9293 section 3.10.7.4)."""
    if flags & _RST:
        receiver.take(Event.RESET_OF_PASSIVE if receiver.was_passive else Event.RESET)
        return
    if flags & _SYN:
        receiver.take(Event.RECEIVE_SYN_ACK if flags & _ACK else Event.RECEIVE_SYN)
    if acks_syn:
        receiver.take(Event.ACK_OF_SYN)
    if acks_fin:
        receiver.take(Event.ACK_OF_FIN)
    if flags & _FIN:
        receiver.take(Event.RECEIVE_FIN)


def _proven(machine: Machine, other: Machine) -> State:
    """The one state that the traffic so far allows an end of which nothing was known, or UNKNOWN.

    An end that sends data had sent no FIN before the capture began, and one that comes later is captured.
    """
    if machine.has_sent_fin:
        return State.FIN_WAIT_1 if other.has_sent_data and not other.has_sent_fin else State.UNKNOWN
    if not machine.has_sent_data:
        return State.UNKNOWN
    if other.has_sent_fin:
        return State.CLOSE_WAIT
    return State.ESTABLISHED if other.has_sent_data else State.UNKNOWN
