"""How connections end, and how long their handshakes took."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis import outcome
from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.outcome import WORDS, Outcome, outcomes
from tests.analysis.captures import capture_of
from tests.analysis.conversation import Seg, handshake
from tests.analysis.moves import conversations

O = Outcome  # noqa: E741
SYN, SYN_ACK, LAST_ACK = handshake()
OPEN = (SYN, SYN_ACK, LAST_ACK)
CLIENT_FIN, SERVER_FIN = Seg("c", "FA", 1001, 5001), Seg("s", "FA", 5001, 1002)
CLIENT_RST, SERVER_RST = Seg("c", "RA", 1001, 5001), Seg("s", "RA", 5001, 1001)
DATA, ANSWER = Seg("c", "PA", 1001, 5001, 5), Seg("s", "PA", 5001, 1006, 5)

CASES: dict[str, tuple[tuple[Seg, ...], Outcome]] = {
    "closed both ways": ((*OPEN, CLIENT_FIN, SERVER_FIN), O.COMPLETE),
    "closed both ways, then a reset": ((*OPEN, CLIENT_FIN, SERVER_FIN, CLIENT_RST), O.COMPLETE),
    "closed both ways, beginning not captured": ((DATA, CLIENT_FIN, SERVER_FIN), O.CLOSED),
    "open": ((*OPEN, DATA, ANSWER), O.OPEN),
    "one side closed": ((*OPEN, CLIENT_FIN), O.CLOSED_BY_CLIENT),
    "the other side closed": ((*OPEN, SERVER_FIN), O.CLOSED_BY_SERVER),
    "reset by the client": ((*OPEN, DATA, CLIENT_RST, SERVER_RST), O.RESET_BY_CLIENT),
    "reset by the server": ((*OPEN, DATA, SERVER_RST), O.RESET_BY_SERVER),
    "reset half-way through closing": ((*OPEN, CLIENT_FIN, SERVER_RST, SERVER_FIN), O.RESET_BY_SERVER),
    "reset, beginning not captured": ((DATA, SERVER_RST), O.RESET_BY_SERVER),
    "refused": ((SYN, SERVER_RST), O.REFUSED),
    "refused every time": ((SYN, SERVER_RST, SYN, SERVER_RST), O.REFUSED),
    "accepted, then reset": ((SYN, SYN_ACK, SERVER_RST), O.RESET_BY_SERVER),
    "no answer": ((SYN, SYN, SYN), O.NO_ANSWER),
    "given up after the SYN,ACK": ((SYN, SYN_ACK, CLIENT_RST), O.RESET_BY_CLIENT),
    "the last ACK is missing": ((SYN, SYN_ACK, SYN_ACK), O.HANDSHAKE_INCOMPLETE),
    "begins late": ((DATA, ANSWER), O.NO_HANDSHAKE),
}


@pytest.mark.parametrize("name", CASES)
def test_outcome(name: str) -> None:
    segments, expected = CASES[name]
    found = outcomes(capture_of([segments]))
    assert Outcome(int(found.outcome[0])) is expected
    assert found.words == [WORDS[expected]]


def test_flows_that_are_mixed_in_the_file_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcome, "CHUNK", 3)
    names = list(CASES)
    capture = capture_of([CASES[name][0] for name in names], [flow for _ in range(6) for flow in range(len(names))])
    assert outcomes(capture).outcome.tolist() == [int(CASES[name][1]) for name in names]


def test_an_empty_capture() -> None:
    found = outcomes(capture_of([]))
    assert found.words == []
    assert len(found.handshake_rtt_ns) == 0


def at(seg: Seg, ms: float) -> Seg:
    return Seg(seg.sender, seg.flags, seg.seq, seg.ack, seg.length, ms, seg.window, seg.options)


RTT: dict[str, tuple[tuple[Seg, ...], int]] = {
    "handshake": ((at(SYN, 0), at(SYN_ACK, 7), at(LAST_ACK, 9)), 9_000_000),
    "the SYN was sent again": ((at(SYN, 0), at(SYN, 1000), at(SYN_ACK, 1007), at(LAST_ACK, 1009)), 9_000_000),
    "many SYNs": ((*[at(SYN, row) for row in range(20)], at(SYN_ACK, 27), at(LAST_ACK, 29)), 10_000_000),
    "no time between SYN and ACK": ((at(SYN, 0), at(SYN_ACK, 0), at(LAST_ACK, 0), at(DATA, 3)), 3_000_000),
    "the SYN,ACK is missing, the client goes on": ((at(SYN, 0), at(LAST_ACK, 9)), 9_000_000),
    "the SYN,ACK is missing, the server speaks": ((at(SYN, 0), at(ANSWER, 9)), -1),
    "refused": ((at(SYN, 0), at(SERVER_RST, 9)), -1),
    "begins late": ((at(DATA, 0), at(ANSWER, 9)), -1),
    "begins with the SYN,ACK": ((at(SYN_ACK, 0), at(LAST_ACK, 9)), -1),
    "no last ACK": ((at(SYN, 0), at(SYN_ACK, 9)), -1),
}


@pytest.mark.parametrize("name", RTT)
def test_handshake_rtt(name: str) -> None:
    segments, expected = RTT[name]
    assert outcomes(capture_of([segments])).handshake_rtt_ns.tolist() == [expected]


@given(st.lists(conversations(), min_size=1, max_size=3), st.sampled_from([1, 2, 8]))
def test_where_there_is_a_handshake_its_time_is_the_initial_rtt(talks: list[list[Seg]], rows: int) -> None:
    capture = capture_of(talks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outcome, "HANDSHAKE_ROWS", rows)
        found = outcomes(capture).handshake_rtt_ns.tolist()
    for flow, rtt_ns in enumerate(found):
        if rtt_ns != -1:
            assert rtt_ns == analyse_flow(capture, flow).tcp.initial_rtt_ns
