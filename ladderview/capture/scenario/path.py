"""When does a segment pass the place of the capture, and when does it arrive, if it does?

Plan: a segment leaves when the ones before it are out (the rate), and is under way for the delay. What is lost is lost
on one side of the place of the capture: behind it where the sender is captured, before it where the receiver is, and in
the middle as the scenario says. So the same loss is seen as a retransmission there, as a hole here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ladderview.capture.scenario.clock import Clock
from ladderview.capture.scenario.words import MS, SECOND, CapturePoint, Doom, Fate, Side

#: What a path is like of which nothing is said.
DELAY_NS = 10 * MS
BITS_PER_SECOND = 100_000_000
#: How long after it is handed to the network card a capture at its sender has a frame: before its last bit is out.
_HANDED_NS = 5000
#: How far behind the segment that has overtaken it a segment comes.
_BEHIND_NS = 1000


@dataclass(slots=True)
class _Held:
    """A segment that waits for the next to overtake it."""

    passes: Callable[[], None] | None
    arrives: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Passage:
    """One segment on its way.

    Attributes:
        sender: who sends it.
        size: bytes of the frame.
        passes: what to do when it passes the place of the capture, or None.
        arrives: what to do when it arrives.
    """

    sender: Side
    size: int
    passes: Callable[[], None] | None
    arrives: Callable[[], None]


class Network:
    """The way between two hosts, shared by all connections of a scenario.

    Attributes:
        delay_ns: one way.
        bits_per_second: at which frames go out, at either end.
    """

    def __init__(self, clock: Clock, capture_at: CapturePoint) -> None:
        self.delay_ns = DELAY_NS
        self.bits_per_second = BITS_PER_SECOND
        self._clock = clock
        self._capture_at = capture_at
        self._free_ns = [0, 0]
        self._held: list[list[_Held]] = [[], []]

    def is_before(self, sender: Side, doom: Doom) -> bool:
        """Whether something happens to a segment before it passes the place of the capture."""
        if self._capture_at is CapturePoint.MIDDLE:
            return doom.before_capture
        return (self._capture_at is CapturePoint.CLIENT) is (sender is Side.SERVER)

    def send(self, passage: Passage, dooms: list[Doom]) -> None:
        """Send a segment; what becomes of it is decided here."""
        now_ns, side = self._clock.now_ns, passage.sender
        begin_ns = max(now_ns, self._free_ns[side])
        out_ns = begin_ns + passage.size * 8 * SECOND // self.bits_per_second
        self._free_ns[side] = out_ns
        part = self._capture_at.value if side is Side.CLIENT else 1 - self._capture_at.value
        pass_ns, arrive_ns = out_ns - now_ns + round(self.delay_ns * part), out_ns - now_ns + self.delay_ns
        if part == 0:
            pass_ns = min(pass_ns, begin_ns - now_ns + _HANDED_NS)
        passes = passage.passes
        arrives: Callable[[], None] | None = passage.arrives
        for doom in dooms:
            before = self.is_before(side, doom)
            if doom.fate is Fate.DELAY:
                arrive_ns += doom.delay_ns
                pass_ns += doom.delay_ns if before else 0
            elif doom.fate is Fate.LOSE:
                arrives = None
                passes = None if before else passes
            elif doom.fate is Fate.MISS:
                passes = None
        fates = {doom.fate: self.is_before(side, doom) for doom in dooms}
        if Fate.REORDER in fates and arrives is not None:
            self._hold(side, fates[Fate.REORDER], pass_ns, passes, arrives)
            return
        self._let_go(pass_ns, arrive_ns, passes, arrives)
        if Fate.DUPLICATE in fates:
            gap_ns = 2 * passage.size * 8 * SECOND // self.bits_per_second
            again = passes if fates[Fate.DUPLICATE] else None
            self._let_go(pass_ns + gap_ns, arrive_ns + gap_ns, again, arrives)
        self._release(side, pass_ns, arrive_ns)

    def _hold(
        self, side: Side, before: bool, pass_ns: int, passes: Callable[[], None] | None, arrives: Callable[[], None]
    ) -> None:
        if not before and passes is not None:
            self._clock.after(pass_ns, passes)
        self._held[side].append(_Held(passes if before else None, arrives))

    def _release(self, side: Side, pass_ns: int, arrive_ns: int) -> None:
        """What was held comes right behind the segment that has just been sent."""
        held, self._held[side] = self._held[side], []
        for number, late in enumerate(held, 1):
            gap_ns = number * _BEHIND_NS
            self._let_go(pass_ns + gap_ns, arrive_ns + gap_ns, late.passes, late.arrives)

    def _let_go(
        self, pass_ns: int, arrive_ns: int, passes: Callable[[], None] | None, arrives: Callable[[], None] | None
    ) -> None:
        if passes is not None:
            self._clock.after(pass_ns, passes)
        if arrives is not None:
            self._clock.after(arrive_ns, arrives)
