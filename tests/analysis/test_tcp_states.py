"""The states of both ends: the RFC's own examples, late captures, and nothing that its diagram does not allow."""

from __future__ import annotations

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.tcp_states import TRANSITIONS, Event, State
from tests.analysis.conversation import Seg, conversation, handshake
from tests.analysis.moves import conversations

S = State
C, L, SS, SR, E = S.CLOSED, S.LISTEN, S.SYN_SENT, S.SYN_RECEIVED, S.ESTABLISHED
F1, F2, CW, CL, LA, TW, U = (
    S.FIN_WAIT_1, S.FIN_WAIT_2, S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT, S.UNKNOWN,
)  # fmt: skip
OPEN = handshake()
OPENED = [(SS, SR), (E, SR), (E, E)]


def c(flags: str, seq: int, ack: int = 5001, length: int = 0) -> Seg:
    return Seg("c", flags, seq, ack, length)


def s(flags: str, seq: int, ack: int = 1001, length: int = 0) -> Seg:
    return Seg("s", flags, seq, ack, length)


#: name -> (before the first segment, segments, (client, server) after each).
CASES: dict[str, tuple[tuple[State, State], tuple[Seg, ...], list[tuple[State, State]]]] = {
    "RFC 9293 figure 6: basic three-way handshake": ((C, L), OPEN, OPENED),
    "figure 7: simultaneous open": (
        (C, C),
        (c("S", 1000, 0), s("S", 5000, 0), c("SA", 1000), s("SA", 5000)),
        [(SS, C), (SR, SS), (SR, E), (E, E)],
    ),
    "figure 12: normal close": (
        (C, L),
        (*OPEN, c("FA", 1001), s("A", 5001, 1002), s("FA", 5001, 1002), c("A", 1002, 5002)),
        [*OPENED, (F1, CW), (F2, CW), (TW, LA), (TW, C)],
    ),
    "figure 13: simultaneous close": (
        (C, L),
        (*OPEN, c("FA", 1001), s("FA", 5001), c("A", 1002, 5002), s("A", 5002, 1002)),
        [*OPENED, (F1, E), (CL, CL), (CL, TW), (TW, TW)],
    ),
    "FIN and its ACK in one segment": (
        (C, L),
        (*OPEN, s("FA", 5001), c("FA", 1001, 5002), s("A", 5002, 1002)),
        [*OPENED, (CW, F1), (LA, TW), (C, TW)],
    ),
    "half close: data goes on the other way": (
        (C, L),
        (*OPEN, c("FA", 1001), s("PA", 5001, 1002, 10), c("A", 1002, 5011)),
        [*OPENED, (F1, CW), (F2, CW), (F2, CW)],
    ),
    "SYN and FIN sent again change nothing": (
        (C, L),
        (c("S", 1000, 0), *OPEN, c("FA", 1001), c("FA", 1001)),
        [(SS, SR), *OPENED, (F1, CW), (F1, CW)],
    ),
    "refused": ((C, C), (c("S", 1000, 0), s("RA", 0)), [(SS, C), (C, C)]),
    "no answer: nobody knows what is there": ((C, U), (c("S", 1000, 0), c("S", 1000, 0)), [(SS, U), (SS, U)]),
    "reset": ((C, L), (*OPEN, s("RA", 5001)), [*OPENED, (C, C)]),
    "half-open handshake given up: the server listens again": (
        (C, L), (c("S", 1000, 0), s("SA", 5000), c("R", 1001, 0)), [(SS, SR), (E, SR), (C, L)],
    ),
    "SYN,ACK not captured": (
        (C, L), (c("S", 1000, 0), c("A", 1001), s("A", 5001, 1001, 5)), [(SS, SR), (E, SR), (E, SR)],
    ),
    "begins with the SYN,ACK": ((SS, SR), (s("SA", 5000), c("A", 1001)), [(E, SR), (E, E)]),
    "begins late: data both ways": (
        (U, U), (c("PA", 1001, length=5), s("A", 5001, 1006), s("PA", 5001, 1006, 7)), [(U, U), (U, U), (E, E)],
    ),
    "begins late: data one way proves nothing": ((U, U), (c("PA", 1001, length=5), s("A", 5001, 1006)), [(U, U)] * 2),
    "begins late: the other end's FIN": (
        (U, U), (c("PA", 1001, length=5), s("FA", 5001, 1006), c("FA", 1006, 5002)), [(U, U), (CW, F1), (LA, TW)],
    ),
    "begins late: its own FIN": ((U, U), (s("PA", 5001, 1001, 5), c("FA", 1001)), [(U, U), (F1, CW)]),
    "begins in the close": ((U, U), (c("FA", 1001), s("FA", 5001, 1002)), [(U, U), (U, U)]),
    "begins late: a reset leaves nothing open": ((U, U), (c("R", 1001),), [(C, C)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_states(name: str) -> None:
    before, segments, after = CASES[name]
    tcp = conversation(*segments).tcp
    assert tcp.initial_states == before
    states = zip(tcp.client_state.tolist(), tcp.server_state.tolist(), strict=True)
    assert [(State(client), State(server)) for client, server in states] == after


#: The edges of RFC 9293 figure 5, with CLOSED for a deleted connection, and those of section 3.10 for a RST.
DIAGRAM = {
    C: {L, SS}, L: {SR, SS, C}, SS: {SR, E, C}, SR: {E, F1, L, C, CW}, E: {F1, CW, C}, F1: {F2, CL, TW, C},
    F2: {TW, C}, CW: {LA, C}, CL: {TW, C}, LA: {C}, TW: {C},
}  # fmt: skip


def test_the_table_is_the_diagram() -> None:
    for state, events in TRANSITIONS.items():
        if state is not U:
            assert set(events.values()) <= DIAGRAM[state], state


def test_every_event_is_in_the_table() -> None:
    assert {event for events in TRANSITIONS.values() for event in events} == set(Event)


def reachable(start: State, most: int) -> set[State]:
    found, queue = {start}, deque([(start, 0)])
    while queue:
        state, steps = queue.popleft()
        for following in DIAGRAM[state] if steps < most else ():
            found.add(following)
            queue.append((following, steps + 1))
    return found


class Peer:
    """An end that keeps to the protocol: numbers, FIN after its last byte, nothing after that but ACKs."""

    def __init__(self, isn: int) -> None:
        self.next_seq, self.expected, self.closed = isn + 1, 0, False


@st.composite
def exchanges(draw: st.DrawFn) -> list[Seg]:
    """A full handshake, then two ends that keep to the protocol over a wire that now and then repeats a segment."""
    peers = {"c": Peer(1000), "s": Peer(5000)}
    peers["c"].expected, peers["s"].expected = 5001, 1001
    talk = list(OPEN)
    moves = st.tuples(st.sampled_from("cs"), st.sampled_from(["data", "ack", "fin", "repeat", "reset"]))
    for who, kind in draw(st.lists(moves, max_size=25)):
        own, other = peers[who], peers["s" if who == "c" else "c"]
        if kind == "repeat":
            talk.append(draw(st.sampled_from([seg for seg in talk if seg.sender == who])))
            continue
        flags = {"data": "PA", "fin": "FA", "reset": "RA"}.get(kind, "A")
        length = 5 if kind == "data" else 0
        if own.closed and flags != "RA":
            flags, length = "A", 0
        talk.append(Seg(who, flags, own.next_seq, own.expected, length))
        own.next_seq += length + (flags == "FA")
        own.closed |= flags == "FA"
        other.expected = own.next_seq
    return talk


@given(exchanges())
def test_a_flow_with_its_handshake_follows_the_diagram(talk: list[Seg]) -> None:
    tcp = conversation(*talk).tcp
    for column, state in zip((tcp.client_state, tcp.server_state), tcp.initial_states, strict=True):
        for following in map(State, column.tolist()):
            assert following is not U
            # One segment can be two events: an ACK of the FIN and a FIN.
            assert following in reachable(state, 2), (state, following)
            state = following  # noqa: PLW2901


@given(exchanges())
def test_both_ends_know_each_other_after_the_handshake(talk: list[Seg]) -> None:
    tcp = conversation(*talk).tcp
    assert State(tcp.client_state[2]) is E
    assert State(tcp.server_state[2]) is E


@given(conversations())
def test_any_traffic_has_states(talk: list[Seg]) -> None:
    tcp = conversation(*talk).tcp
    assert len(tcp.client_state) == len(tcp.server_state) == len(talk)
    assert max(tcp.client_state.max(), tcp.server_state.max()) <= max(State)
