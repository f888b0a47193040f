"""To which arrow does a person come who follows the links of a ladder by keys, and how back?"""

from __future__ import annotations

from dataclasses import dataclass, field

from ladderview.ladder.links import links_of
from ladderview.ladder.plan import LadderPlan


@dataclass(slots=True)
class LinkWalk:
    """A walk from arrow to arrow along their links.

    Whoever comes back to an arrow and goes on takes its next link.
    """

    _trail: list[int] = field(default_factory=list)
    _turns: dict[int, int] = field(default_factory=dict)

    def forget(self) -> None:
        """Another ladder is shown: its rows are others."""
        self._trail.clear()
        self._turns.clear()

    def onward(self, plan: LadderPlan, row: int) -> int:
        """The partner of a row to go to, or -1 where it has none."""
        partners = list(dict.fromkeys(link.partner_of(row) for link in links_of(plan, row)))
        if not partners:
            return -1
        if len(partners) > 1 and self._trail and partners[0] == self._trail[-1] and row not in self._turns:
            self._turns[row] = 1  # not straight back to where one comes from
        turn = self._turns.get(row, 0)
        self._turns[row] = turn + 1
        self._trail.append(row)
        return partners[turn % len(partners)]

    def back(self) -> int:
        """The row that one came from, or -1."""
        return self._trail.pop() if self._trail else -1
