"""Which segment belongs to which."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.tcp_links import unwrapped
from tests.analysis.conversation import Seg, conversation, handshake
from tests.analysis.moves import conversations

OPEN = handshake()


def c(flags: str, seq: int, ack: int = 5001, length: int = 0, **more: object) -> Seg:
    return Seg("c", flags, seq, ack, length, **more)  # type: ignore[arg-type]


def s(flags: str, seq: int, ack: int = 1001, length: int = 0, **more: object) -> Seg:
    return Seg("s", flags, seq, ack, length, **more)  # type: ignore[arg-type]


def test_an_ack_answers_the_segment_that_ends_there_and_covers_all_before() -> None:
    tcp = conversation(
        *OPEN, c("A", 1001, length=10), c("A", 1011, length=10), s("A", 5001, 1021), c("FA", 1021), s("A", 5001, 1022)
    ).tcp
    assert tcp.acks_row.tolist() == [-1, 0, 1, -1, -1, 4, -1, 6]
    assert tcp.acked_by_row.tolist() == [1, 2, -1, 5, 5, -1, 7, -1]
    assert tcp.ack_rtt_ns.tolist() == [-1, 10_000_000, 10_000_000, -1, -1, 10_000_000, -1, 10_000_000]


def test_a_segment_sent_again_is_acknowledged_by_what_comes_after_it() -> None:
    tcp = conversation(
        *OPEN,
        c("A", 1001, length=10),
        s("A", 5001, 1011),
        c("A", 1001, length=10),
        s("A", 5001, 1001),
        s("A", 5001, 1011),
    ).tcp
    assert tcp.acked_by_row.tolist()[3:6:2] == [4, 7]


def brute_force_acked_by(talk: list[Seg]) -> list[int]:
    """By the definition, in plain numbers: only for conversations whose numbers stay close together."""
    found = []
    for row, seg in enumerate(talk):
        end = seg.seq + seg.length + bool(set(seg.flags) & {"S", "F"})
        later = (
            at
            for at in range(row + 1, len(talk))
            if talk[at].sender != seg.sender and "A" in talk[at].flags and talk[at].ack >= end
        )
        found.append(next(later, -1) if end > seg.seq else -1)
    return found


@given(
    st.lists(
        st.tuples(st.sampled_from("cs"), st.integers(1, 40), st.integers(1, 40), st.integers(0, 12), st.booleans()),
        max_size=25,
    )
)
def test_acked_by_is_the_first_later_ack_that_covers(moves: list[tuple[str, int, int, int, bool]]) -> None:
    talk = [Seg(who, "A" if acks else "P", seq, ack if acks else 0, n) for who, seq, ack, n, acks in moves]
    assert conversation(*talk).tcp.acked_by_row.tolist() == brute_force_acked_by(talk)


RELATED: dict[str, tuple[tuple[Seg, ...], int, int]] = {
    "a retransmission to its original": (
        (*OPEN, c("A", 1001, length=10), c("A", 1011, length=10), c("A", 1001, length=10, ms=900)), 5, 3,
    ),
    "a repacked retransmission to what carried its first byte": (
        (*OPEN, c("A", 1001, length=10), c("A", 1011, length=10), c("A", 1013, length=20, ms=900)), 5, 4,
    ),
    "a retransmission of what was not captured to nothing": (
        (*OPEN, c("A", 1001, length=10), c("A", 1021, length=10), c("A", 1011, length=10, ms=900)), 5, -1,
    ),
    "a second one of that to the first": (
        (*OPEN, c("A", 1021, length=10), c("A", 1011, length=10, ms=900), c("A", 1011, length=10, ms=1900)), 5, 4,
    ),
    "out of order to what came before its turn": (
        (*OPEN, c("A", 1001, length=10, ms=30), c("A", 1021, length=10, ms=31), c("A", 1011, length=10, ms=32)), 5, 4,
    ),
    "a gap to the last segment before it": (
        (*OPEN, c("A", 1001, length=10), s("A", 5001, 1001), c("A", 1021, length=10)), 5, 3,
    ),
    "a duplicate ACK to the first": ((*OPEN, s("A", 5001, length=9), c("A", 1001, 5010), c("A", 1001, 5010)), 5, 4),
    "a window update to the segment that said the old window": ((*OPEN, c("A", 1001, window=9)), 3, 2),
    "a keep-alive to what carried that byte": ((*OPEN, c("A", 1001, length=10), c("A", 1010)), 4, 3),
    "its ACK to the keep-alive": (
        (*OPEN, c("A", 1001, length=10), s("A", 5001, 1011), c("A", 1010), s("A", 5001, 1011)), 6, 5,
    ),
    "a full window to the ACK that offered it": (
        (*handshake(shift=None), c("A", 1001, window=10), s("A", 5001, length=10)), 4, 3,
    ),
    "a SYN sent again to the first": ((c("S", 1000, 0), c("S", 1000, 0, ms=900)), 1, 0),
}  # fmt: skip


@pytest.mark.parametrize("name", RELATED)
def test_verdicts_point(name: str) -> None:
    segments, row, related = RELATED[name]
    tcp = conversation(*segments).tcp
    assert tcp.verdicts[row] != 0
    assert tcp.related_row[row] == related


@given(conversations())
def test_links_point_backwards_and_answers_come_later(talk: list[Seg]) -> None:
    tcp = conversation(*talk).tcp
    rows = np.arange(len(talk))
    for column in (tcp.related_row, tcp.acks_row, tcp.duplicate_ack_of):
        assert ((column >= -1) & (column < rows)).all()
    assert ((tcp.acked_by_row == -1) | (tcp.acked_by_row > rows)).all()
    assert (tcp.acked_by_row < len(talk)).all()


@pytest.mark.parametrize(
    ("numbers", "origin", "expected"),
    [([5, 7], 4, [1, 3]), ([2**32 - 1, 3], 2**32 - 2, [1, 5]), ([3, 2**32 - 1], 2, [1, -3]), ([], 7, [])],
)
def test_numbers_are_laid_on_a_line(numbers: list[int], origin: int, expected: list[int]) -> None:
    assert unwrapped(np.array(numbers, np.uint32), origin).tolist() == expected
