"""Which segment does a line pick out, and what becomes of it on its way?

Numbers count from the line on. A segment that is sent again has the number of its original: it begins with the same
sequence number. A bare ACK, and ``segment``, count every transmission.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from ladderview.capture.scenario.frames import Segment
from ladderview.capture.scenario.words import Doom, Kind, Selector, Side, Step
from ladderview.proto.tcp import Flags

#: Kinds of which every transmission counts.
UNNUMBERED = (Kind.ACK, Kind.SEGMENT)
_BARE = Flags.SYN | Flags.FIN | Flags.RST


def kind_fits(kind: Kind, segment: Segment) -> bool:
    """Whether a segment is of a kind."""
    flags = segment.flags
    if kind in (Kind.SYN, Kind.SYN_ACK):
        return bool(flags & Flags.SYN) and bool(flags & Flags.ACK) is (kind is Kind.SYN_ACK)
    if kind is Kind.ACK:
        return bool(flags & Flags.ACK) and not flags & _BARE and not segment.payload
    if kind is Kind.DATA:
        return bool(segment.payload)
    if kind is Kind.SEGMENT:
        return True
    return bool(flags & (Flags.FIN if kind is Kind.FIN else Flags.RST))


@dataclass(slots=True)
class Pick:
    """A selector at work."""

    selector: Selector
    _numbers: dict[int, int] = field(default_factory=dict)
    _sends: Counter[int] = field(default_factory=Counter)

    def number(self, side: Side, segment: Segment) -> int:
        """The number of a segment if it is one of those that are picked out, else 0."""
        chosen = self.selector
        if side is not chosen.side or not kind_fits(chosen.kind, segment):
            return 0
        # What has no number of its own gets one that no other segment has.
        name = segment.seq if chosen.kind not in UNNUMBERED else ~len(self._numbers)
        number = self._numbers.setdefault(name, len(self._numbers) + 1)
        self._sends[number] += 1
        if chosen.again and self._sends[number] == 1:
            return 0
        return number if chosen.first <= number <= chosen.last else 0


@dataclass(slots=True)
class ArmedDoom:
    """A fate that waits for its segments; ``met`` says whether any of them has come."""

    step: Step
    doom: Doom
    pick: Pick
    met: bool = False
    _spent: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, step: Step, doom: Doom) -> ArmedDoom:
        """From this step on."""
        if doom.times > 1 and doom.selector.kind in UNNUMBERED:  # no two of them have a number in common
            doom = replace(doom, selector=replace(doom.selector, last=doom.selector.last + doom.times - 1), times=1)
        return cls(step, doom, Pick(doom.selector))

    def meets(self, side: Side, segment: Segment) -> bool:
        """Whether this transmission of a segment has the fate."""
        number = self.pick.number(side, segment)
        if not number:
            return False
        spent = self._spent[number] = self._spent.get(number, 0) + 1
        self.met = self.met or spent <= self.doom.times
        return spent <= self.doom.times
