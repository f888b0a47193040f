"""What happens when? The clock of a scenario: events in the order of their times, none of them by chance.

An event in the background is one that nobody waits for: a probe of a closed window would come for ever.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

from ladderview.capture.scenario.words import SECOND

#: Events of a scenario; what has more would never end.
MAX_EVENTS = 1_000_000
#: Nanoseconds after which nobody waits any longer.
MAX_NS = 30 * 86_400 * SECOND


class TooMuch(Exception):
    """More happens than anybody would look at."""


class Timer:
    """Something that is going to happen, unless it is stopped."""

    __slots__ = ("_clock", "act", "background", "when_ns")

    def __init__(self, clock: Clock, when_ns: int, act: Callable[[], None], background: bool) -> None:
        self._clock: Clock = clock
        self.when_ns = when_ns
        self.act: Callable[[], None] | None = act
        self.background = background

    def stop(self) -> None:
        """It does not happen; stopping twice does no harm."""
        if self.act is not None:
            self.act = None
            self._clock.waited_for -= not self.background


class Clock:
    """The time of a scenario.

    Attributes:
        now_ns: since its beginning.
        waited_for: how many events are going to happen that are not in the background.
    """

    def __init__(self, tick: Callable[[], None]) -> None:
        self.now_ns = 0
        self.waited_for = 0
        self._events: list[tuple[int, int, Timer]] = []
        self._count = 0
        self._tick = tick

    def after(self, ns: int, act: Callable[[], None], background: bool = False) -> Timer:
        """Let something happen so much later."""
        timer = Timer(self, self.now_ns + ns, act, background)
        self._count += 1
        heapq.heappush(self._events, (timer.when_ns, self._count, timer))
        self.waited_for += not background
        return timer

    def run_until(self, done: Callable[[], bool]) -> None:
        """Let things happen until ``done``, or until nothing happens any more but in the background."""
        while self.waited_for and not done():
            self._next()

    def wait(self, ns: int) -> None:
        """Let everything happen that happens in this time."""
        until_ns = self.now_ns + ns
        while self._events and self._events[0][0] <= until_ns:
            self._next()
        self.now_ns = until_ns

    def _next(self) -> None:
        when_ns, _, timer = heapq.heappop(self._events)
        if timer.act is None:
            return
        self._tick()
        if self._count > MAX_EVENTS or when_ns > MAX_NS:
            raise TooMuch
        self.now_ns = when_ns
        act = timer.act
        timer.stop()
        act()
