from __future__ import annotations

import pytest

from ladderview.analysis.verdicts import Verdict
from ladderview.ladder.links import links_of
from tests.ladder import make
from tests.ladder.make import ACK, Row

V = Verdict


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (V.RETRANSMISSION, "first sent"),
        (V.SPURIOUS_RETRANSMISSION, "first sent"),
        (V.FAST_RETRANSMISSION, "first sent"),
        (V.OUT_OF_ORDER, "overtaken by"),
        (V.OUT_OF_ORDER | V.RETRANSMISSION, "overtaken by"),
        (V.DUPLICATE_ACK, "repeats"),
        (V.WINDOW_UPDATE, None),
        (V.KEEP_ALIVE, None),
        (V.NONE, None),
    ],
)
def test_what_a_verdict_points_at(verdict: Verdict, words: str | None) -> None:
    plan = make.plan([Row(1, 0, ACK, 1, 1, 10), Row(1, 5, ACK, 1, 1, 10, verdict, related=0)])
    assert [link.words[0] for link in links_of(plan, 1)] == ([words] if words else [])


@pytest.mark.parametrize(
    ("seq", "direction", "fills"), [(11, 1, True), (60, 1, True), (110, 1, True), (111, 1, False), (11, 0, False)]
)
def test_which_segments_fill_a_gap(seq: int, direction: int, fills: bool) -> None:
    plan = make.plan(
        [
            Row(1, 0, ACK, 1, 1, 10),
            Row(1, 1, ACK, 111, 1, 10, V.LOST_SEGMENT),
            Row(direction, 2, ACK, seq, 1, 10, V.RETRANSMISSION),
        ]
    )
    assert [link.to_missing for link in links_of(plan, 2)] == ([True] if fills else [])


def test_a_gap_across_the_wrap_is_filled() -> None:
    near = 2**32 - 50
    plan = make.plan(
        [
            Row(1, 0, ACK, near - 10, 1, 10),
            Row(1, 1, ACK, 50, 1, 10, V.LOST_SEGMENT),
            Row(1, 2, ACK, 20, 1, 10, V.OUT_OF_ORDER),
        ]
    )
    assert [link.to_missing for link in links_of(plan, 2)] == [True]


@pytest.mark.parametrize("row", [-1, 99])
def test_no_row_has_no_links(row: int) -> None:
    assert links_of(make.plan(make.HANDSHAKE), row) == ()
