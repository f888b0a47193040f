from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis import around
from ladderview.analysis.around import Around
from ladderview.proto.tcp import Flags
from tests.analysis.conversation import Seg, conversation, handshake


def test_the_highest_next_seq_and_who_reached_it() -> None:
    fa = conversation(
        *handshake(), Seg("c", "A", 1001, 5001, 100), Seg("c", "A", 1101, 5001, 50), Seg("c", "A", 1001, 5001, 100)
    )
    at = Around(fa, 5)
    position, row = at.own.highest(5) or (0, -1)
    assert (at.seq_of(position, True), at.seq_of(position, False), row) == (1151, 151, 4)


def test_a_reset_moves_nothing() -> None:
    fa = conversation(*handshake(), Seg("c", "R", 900_000), Seg("c", "A", 1001, 5001, 10))
    at = Around(fa, 4)
    assert at.own.highest(4) == (at.seq, 0)


def test_carriers_are_the_segments_that_hold_a_range() -> None:
    fa = conversation(
        *handshake(), Seg("s", "A", 5001, 1001, 100), Seg("s", "A", 5101, 1001, 100), Seg("s", "A", 5051, 1001, 100)
    )
    at = Around(fa, 3)
    assert at.own.carriers(at.seq, at.seq + 50, 0, 6) == [3]
    assert at.own.carriers(at.seq + 50, at.seq + 101, 0, 6) == [3, 4, 5]
    assert at.own.carriers(at.seq + 50, at.seq + 101, 4, 6) == [4, 5]


def test_the_ack_lies_on_the_line_of_the_peer() -> None:
    fa = conversation(*handshake(), Seg("s", "A", 5001, 1001, 100), Seg("c", "A", 1001, 5101))
    at = Around(fa, 4)
    assert at.ack is not None
    assert at.peer.ending_at(at.ack, 4) == 3


def test_there_is_no_ack_position_where_the_peer_is_not_captured() -> None:
    assert Around(conversation(Seg("c", "A", 7, 9)), 0).ack is None


def test_who_acknowledges_a_position_first() -> None:
    fa = conversation(
        *handshake(), Seg("c", "A", 1001, 5001, 100), Seg("s", "A", 5001, 1051), Seg("s", "A", 5001, 1101)
    )
    at = Around(fa, 3)
    assert [at.acknowledged_by(at.seq + 50), at.acknowledged_by(at.end), at.acknowledged_by(at.end + 1)] == [4, 5, None]


def test_the_neighbours_of_each_end() -> None:
    at = Around(conversation(*handshake(), Seg("s", "FA", 5001, 1001), Seg("c", "A", 1001, 5002)), 4)
    assert (at.previous_own(), at.previous_peer(), at.previous_peer(Flags.SYN), at.previous_own(Flags.FIN)) == (
        2,
        3,
        1,
        None,
    )


@given(st.lists(st.integers(-(2**31) + 1, 2**31 - 1), max_size=30), st.integers(0, 2**32 - 1))
def test_positions_go_on_past_the_wrap_around(steps: list[int], first: int) -> None:
    """A line is laid out by signed differences: its steps are those of the numbers, its numbers those it came from."""
    wanted = np.cumsum([first, *steps])
    segments = [Seg("c", "A", int(number) % 2**32) for number in wanted]
    at = Around(conversation(*segments), 0)
    assert np.diff(at.own.begin).tolist() == steps


def test_what_is_looked_at_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(around, "REACH", 2)
    fa = conversation(*handshake(), *(Seg("c", "A", 1001 + at, 5001, 1) for at in range(6)))
    at = Around(fa, 5)
    assert at.own.rows.tolist() == [2, 3, 4, 5, 6, 7]
    assert at.seq == at.own.highest(5)[0]  # type: ignore[index]


def test_what_is_kept_of_the_last_question_is_of_its_flow_and_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(around, "REACH", 4)
    flows = [
        conversation(*handshake(), *(Seg("c", "A", first + at, 5001, 1) for at in range(20))) for first in (1001, 9001)
    ]
    asked = [(flow, row) for row in (3, 22, 9, 10) for flow in (0, 1)]
    kept = [Around(flows[flow], row) for flow, row in asked]
    for (flow, row), at in zip(asked, kept, strict=True):
        monkeypatch.setattr(around, "_kept", None)
        alone = Around(flows[flow], row)
        assert (at.own.rows.tolist(), at.own.begin.tolist()) == (alone.own.rows.tolist(), alone.own.begin.tolist())
        assert row in at.own.rows
