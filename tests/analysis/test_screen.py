"""The problem counts of all flows at once are those of the full analysis, flow by flow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.analysis import screen
from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.plain import prove
from ladderview.analysis.screen import problem_counts
from ladderview.analysis.verdicts import PROBLEM_WORDS, Verdict
from ladderview.capture.capture import Capture, NotACapture, open_capture
from ladderview.progress import Cancelled
from tests.analysis.captures import capture_of
from tests.analysis.conversation import Seg, handshake
from tests.analysis.moves import conversations
from tests.analysis.test_tcp_rules import CASES

OPEN = handshake()


def full_counts(capture: Capture) -> dict[Verdict, list[int]]:
    verdicts = [analyse_flow(capture, flow).tcp.verdicts for flow in range(len(capture.flows))]
    return {kind: [int(((column & int(kind)) != 0).sum()) for column in verdicts] for kind in PROBLEM_WORDS}


def screened(capture: Capture, block_rows: int) -> dict[Verdict, list[int]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screen, "BLOCK_ROWS", block_rows)
        return {kind: column.tolist() for kind, column in problem_counts(capture).by_verdict.items()}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(conversations(), min_size=1, max_size=4),
    st.lists(st.integers(0, 3), max_size=60),
    st.sampled_from([1, 2, 3, 5, 17, 1000]),
)
def test_any_traffic_counts_the_same(talks: list[list[Seg]], order: list[int], block_rows: int) -> None:
    capture = capture_of(talks, [flow % len(talks) for flow in order], reused_ports=range(1, len(talks), 2))
    assert screened(capture, block_rows) == full_counts(capture)


def quiet_stretch(seq: int, server_seq: int, exchanges: int, window: int = 500) -> list[Seg]:
    """Requests and answers without trouble, so long that they are skipped."""
    talk = []
    for _ in range(exchanges):
        talk.append(Seg("c", "PA", seq, server_seq, 10, window=window))
        talk.append(Seg("s", "PA", server_seq, seq + 10, 20))
        seq, server_seq = seq + 10, server_seq + 20
    return talk


@settings(max_examples=150, deadline=None)
@given(conversations(), st.integers(0, 12), st.sampled_from([1, 4, 9, 1000]))
def test_trouble_behind_a_quiet_stretch_counts_the_same(talk: list[Seg], exchanges: int, block_rows: int) -> None:
    stretch = quiet_stretch(1001, 5001, exchanges)
    moved = [
        Seg(
            seg.sender, seg.flags,
            *((1001 + 10 * exchanges, 5001 + 20 * exchanges) if seg.sender == "c" else
              (5001 + 20 * exchanges, 1001 + 10 * exchanges)),
            seg.length, (seg.ms or 0) + 500, seg.window, seg.options,
        )
        for seg in talk
    ]  # fmt: skip
    capture = capture_of([[*OPEN, *stretch, *moved, *talk]])
    assert screened(capture, block_rows) == full_counts(capture)


@pytest.mark.parametrize("name", CASES)
def test_cases_count_the_same(name: str) -> None:
    segments, expected = CASES[name]
    capture = capture_of([list(segments)])
    counts = screened(capture, 1000)
    assert counts == full_counts(capture)
    for kind in PROBLEM_WORDS:
        assert counts[kind] == [sum(bool(verdict & kind) for verdict in expected.values())], kind


def test_a_quiet_flow_is_proven_and_reads_no_options() -> None:
    closing = [Seg("c", "FA", 1101, 5201), Seg("s", "FA", 5201, 1102), Seg("c", "A", 1102, 5202)]
    capture = capture_of([[*OPEN, *quiet_stretch(1001, 5001, 10), *closing]])
    asked: list[int] = []
    capture.segment_bytes = asked.append  # type: ignore[method-assign,assignment]
    block, _ = screen._Screen(capture)._gather(0, len(capture.packets))
    assert not prove(block).doubtful.any()
    assert sum(sum(column) for column in screened(capture, 1000).values()) == 0
    assert asked == []


def test_every_kind_of_problem_has_a_column() -> None:
    counts = problem_counts(capture_of([list(OPEN)] * 3)).by_verdict
    assert set(counts) == set(PROBLEM_WORDS)
    assert {len(column) for column in counts.values()} == {3}


def test_an_empty_capture_has_no_counts() -> None:
    counts = problem_counts(capture_of([])).by_verdict
    assert {len(column) for column in counts.values()} == {0}


def test_can_be_stopped() -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        problem_counts(capture_of([list(OPEN)]), stop)


def test_progress_ends_at_the_number_of_packets() -> None:
    seen: list[tuple[int, int]] = []
    problem_counts(capture_of([list(OPEN)] * 2), lambda done, total: seen.append((done, total)))
    assert seen[-1] == (6, 6)


def test_a_storm_of_resets_is_counted_without_a_walk() -> None:
    resets = [Seg("s", "R", 5001 + row, 0) for row in range(50)]
    capture = capture_of([[*OPEN, *resets]])
    block, _ = screen._Screen(capture)._gather(0, len(capture.packets))
    assert np.flatnonzero(prove(block).tail_reset).tolist() == list(range(3, 53))
    assert screened(capture, 1000)[Verdict.RESET] == [50]


@pytest.mark.corpus
def test_real_captures_count_the_same(corpus: Path) -> None:
    compared = 0
    for path in sorted(corpus.rglob("*")):
        if not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        try:
            capture = open_capture(path)
        except NotACapture:
            continue
        assert screened(capture, 64) == full_counts(capture), path.name
        compared += len(capture.flows)
        capture.close()
    assert compared > 100
