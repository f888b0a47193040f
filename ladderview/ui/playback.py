"""Which arrow is being revealed, and how far has it come?

Plan: a position counts the arrows that are there; while it plays, a timer moves the next one along its way. At even
pace each arrow takes the same time; at true pace arrows come when they came in the capture, and waits longer than a
person has patience for are cut. Nothing here draws: who listens is told (arrow, how far).

Traps: a timer may be late by many milliseconds. Where an arrow is follows from the clock, not from the ticks.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

Pace = Literal["even", "true"]

#: Milliseconds between two positions of a moving arrow: one for each frame of a common screen.
FRAME_MS = 16

#: At speed 1 and even pace: how long an arrow is on its way, and how long until the next one leaves.
FLIGHT_MS, STEP_MS = 600.0, 900.0

#: At true pace an arrow is on its way for this part of the wait for the next, and for so long at most.
FLIGHT_PART, LONGEST_FLIGHT_MS = 0.8, 400.0

#: At true pace a longer wait between two arrows is cut to this.
LONGEST_WAIT_MS = 3000.0

#: Arrows that may come with one frame: finding out which takes no time that is felt.
MOST_AT_ONCE = 20_000

SPEEDS: tuple[float, ...] = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0)


class Playback(QObject):
    """The player's state.

    Signals:
        moved(int, float): this arrow is the last that is there, and it has come this far (0 to 1); -1 for none yet.
        playing_changed(bool): it began, or stopped.
        left(): all arrows are shown again, and nothing is being stepped through.
    """

    moved = Signal(int, float)
    playing_changed = Signal(bool)
    left = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ts_ns: NDArray[np.int64] = np.empty(0, np.int64)
        self._position: int | None = None
        self._speed = 1.0
        self._pace: Pace = "even"
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_tick)

    # -- what is played ---------------------------------------------------------------------------------------------

    def set_times(self, ts_ns: NDArray[np.int64]) -> None:
        """Play other arrows; int64 nanoseconds, one an arrow. Whatever was being stepped through is left."""
        self.leave()
        self._ts_ns = ts_ns

    def __len__(self) -> int:
        return len(self._ts_ns)

    @property
    def position(self) -> int | None:
        """The last arrow that is there, -1 before the first; None while nothing is stepped through."""
        return self._position

    @property
    def is_playing(self) -> bool:
        """Whether arrows come by themselves."""
        return self._timer.isActive()

    @property
    def speed(self) -> float:
        """One of ``SPEEDS``."""
        return self._speed

    @property
    def pace(self) -> Pace:
        """Even steps, or the times of the capture."""
        return self._pace

    def set_speed(self, speed: float) -> None:
        """Play faster or slower from here on."""
        self._speed = speed
        self._clock.restart()

    def set_pace(self, pace: Pace) -> None:
        """Play in even steps or in the times of the capture."""
        self._pace = pace
        self._clock.restart()

    # -- stepping ---------------------------------------------------------------------------------------------------

    def go(self, position: int) -> None:
        """Show the arrows up to this one; whatever plays is stopped."""
        self.pause()
        self._show(position, 1.0)

    def forward(self) -> None:
        """Reveal the next arrow; at the end nothing happens."""
        self.go(0 if self._position is None else self._position + 1)

    def back(self) -> None:
        """Take the last arrow away; from a ladder that shows all, the last one."""
        self.go(len(self) - 2 if self._position is None else self._position - 1)

    def first(self) -> None:
        """Show the first arrow alone."""
        self.go(0)

    def last(self) -> None:
        """Show all arrows, with the last one as the current."""
        self.go(len(self) - 1)

    def leave(self) -> None:
        """Show all arrows, and step through nothing any more."""
        self.pause()
        if self._position is not None:
            self._position = None
            self.left.emit()

    # -- playing ----------------------------------------------------------------------------------------------------

    def toggle(self) -> None:
        """Play, or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Let arrows come by themselves, from the beginning where all are there."""
        if not len(self) or self.is_playing:
            return
        if self._position is None or self._position >= len(self) - 1:
            self._show(-1, 1.0)
        self._begin_next()
        self._timer.start()
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Stop where it is; an arrow on its way arrives."""
        if self.is_playing:
            self._timer.stop()
            self.playing_changed.emit(False)
            if self._position is not None:
                self._show(self._position, 1.0)

    def _begin_next(self) -> None:
        assert self._position is not None
        self._show(self._position + 1, 0.0)
        self._clock.restart()

    def _on_tick(self) -> None:
        assert self._position is not None
        elapsed_ms = float(self._clock.elapsed()) * self._speed
        flight_ms, wait_ms = self._flight_ms(self._position)
        if elapsed_ms < wait_ms:
            self._show(self._position, min(1.0, elapsed_ms / flight_ms) if flight_ms > 0 else 1.0)
        elif self._position >= len(self) - 1:
            self.pause()
        else:
            self._catch_up(elapsed_ms - wait_ms)

    def _catch_up(self, late_ms: float) -> None:
        """Go on to the arrow whose turn it is by the clock; many can share one frame at true pace."""
        assert self._position is not None
        position, most = self._position + 1, self._position + MOST_AT_ONCE
        while position < min(len(self) - 1, most) and (wait_ms := self._flight_ms(position)[1]) <= late_ms:
            late_ms -= wait_ms
            position += 1
        self._position = position - 1
        self._begin_next()

    def _flight_ms(self, position: int) -> tuple[float, float]:
        """How long an arrow is on its way, and how long until the next one leaves, at speed 1."""
        if self._pace == "even" or position >= len(self) - 1:
            return FLIGHT_MS, STEP_MS
        wait_ms = max(0.0, float(self._ts_ns[position + 1] - self._ts_ns[position]) / 1e6)
        wait_ms = min(wait_ms, LONGEST_WAIT_MS)
        return min(wait_ms * FLIGHT_PART, LONGEST_FLIGHT_MS), wait_ms

    def _show(self, position: int, progress: float) -> None:
        self._position = max(-1, min(position, len(self) - 1))
        self.moved.emit(self._position, progress)
