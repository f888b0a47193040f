"""The player's state: stepping, playing, pace; without a window."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from ladderview.ui.playback import LONGEST_WAIT_MS, Playback

MS = 1_000_000


@pytest.fixture
def playback(qtbot: QtBot) -> Iterator[Playback]:
    made = Playback()
    made.set_times(np.arange(5, dtype=np.int64) * 10 * MS)
    yield made
    made.pause()


STEPS = [
    ("forward", None, 0),
    ("forward", 1, 2),
    ("forward", 4, 4),
    ("back", None, 3),
    ("back", 2, 1),
    ("back", -1, -1),
    ("first", 3, 0),
    ("last", 0, 4),
]


@pytest.mark.parametrize(("act", "before", "after"), STEPS)
def test_steps(playback: Playback, act: str, before: int | None, after: int) -> None:
    if before is not None:
        playback.go(before)
    getattr(playback, act)()
    assert playback.position == after


def test_leaving_shows_all_again(playback: Playback, qtbot: QtBot) -> None:
    playback.go(2)
    with qtbot.waitSignal(playback.left):
        playback.leave()
    assert playback.position is None


def test_other_arrows_leave_what_was_stepped_through(playback: Playback) -> None:
    playback.go(2)
    playback.set_times(np.zeros(3, np.int64))
    assert (playback.position, len(playback)) == (None, 3)


def test_it_plays_from_the_beginning_to_the_end_and_stops(playback: Playback, qtbot: QtBot) -> None:
    moves: list[tuple[int, float]] = []
    playback.moved.connect(lambda step, progress: moves.append((step, progress)))
    playback.set_pace("true")
    playback.set_speed(0.5)
    playback.play()
    qtbot.waitUntil(lambda: not playback.is_playing, timeout=5000)
    steps = [step for step, _ in moves]
    assert steps == sorted(steps)
    assert set(steps) == {-1, 0, 1, 2, 3, 4}
    assert moves[-1] == (4, 1.0)
    assert all(0.0 <= progress <= 1.0 for _, progress in moves)


def test_a_pause_lets_the_arrow_arrive(playback: Playback) -> None:
    playback.play()
    playback.pause()
    assert (playback.position, playback.is_playing) == (0, False)


def test_arrows_that_come_together_share_a_frame(qtbot: QtBot) -> None:
    playback = Playback()
    playback.set_times(np.arange(2000, dtype=np.int64))
    playback.set_pace("true")
    playback.play()
    qtbot.waitUntil(lambda: not playback.is_playing, timeout=5000)
    assert playback.position == 1999


def test_a_long_wait_is_cut(playback: Playback) -> None:
    playback.set_times(np.array([0, 3_600_000 * MS], np.int64))
    playback.set_pace("true")
    assert playback._flight_ms(0)[1] == LONGEST_WAIT_MS


def test_nothing_to_play(qtbot: QtBot) -> None:
    playback = Playback()
    playback.play()
    playback.forward()
    playback.back()
    assert (playback.is_playing, playback.position) == (False, -1)
