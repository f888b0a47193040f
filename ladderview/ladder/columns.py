"""Where, from left to right, does everything in a ladder stand?

    | gutter | time | left lifeline ........ right lifeline | #number | gutter |

Plan: the gutters hold the links and their words, so links cross nothing. They shrink before the space between the
lifelines does; where there is room to spare the ladder stays readable in one glance and the gutters grow instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.text_width import Measure
from ladderview.ladder.times import TimeColumn

TIME_SIZE = 11.0
EDGE = 8.0

#: Between a lifeline and the text beside it.
BESIDE = 18.0

#: A gutter: bare curve; curve and a short word ("0.2 ms"); with room for "fills the gap".
NARROW_GUTTER, MIDDLE_GUTTER, WIDE_GUTTER = 22.0, 84.0, 118.0

#: Between the lifelines: what is needed before gutters grow, and what is enough.
WANTED_SPAN, LARGEST_SPAN = 540.0, 1100.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Pixels from the left edge.

    Attributes:
        time_x: right end of the time texts.
        left_x, right_x: the lifelines.
        number_x: left end of the packet numbers.
        left_link_x, right_link_x: where links begin and end, beside the texts.
        left_gutter, right_gutter: pixels from there to the edge, for curve and word.
        swapped: the server is on the left.
    """

    width: float
    time_x: float
    left_x: float
    right_x: float
    number_x: float
    left_link_x: float
    right_link_x: float
    left_gutter: float
    right_gutter: float
    swapped: bool

    @property
    def span(self) -> float:
        """Pixels between the lifelines."""
        return self.right_x - self.left_x

    @property
    def centre_x(self) -> float:
        """The middle between the lifelines."""
        return (self.left_x + self.right_x) / 2

    def lifeline_x(self, direction: int) -> float:
        """The lifeline of who sends in this direction (0 the client)."""
        return self.left_x if (direction == 0) != self.swapped else self.right_x


def columns_of(width: float, plan: LadderPlan, times: TimeColumn, swapped: bool, measure: Measure) -> Columns:
    """The columns of a drawing of this width."""
    time_width = measure(times.widest, TIME_SIZE, False, True)
    last_packet = int(plan.segments.packet[-1]) + 1 if len(plan) else 1
    number_width = measure(f"#{last_packet}", TIME_SIZE, False, True)
    fixed = 2 * EDGE + time_width + number_width + 2 * BESIDE
    spare = width - fixed - WANTED_SPAN
    gutter = next((size for size in (WIDE_GUTTER, MIDDLE_GUTTER) if spare >= 2 * size), NARROW_GUTTER)
    gutter += max(0.0, width - fixed - 2 * gutter - LARGEST_SPAN) / 2
    left_x = round(EDGE + gutter + time_width + BESIDE)
    right_x = max(round(width - EDGE - gutter - number_width - BESIDE), left_x + 40)
    return Columns(
        width=width,
        time_x=left_x - BESIDE,
        left_x=left_x,
        right_x=right_x,
        number_x=right_x + BESIDE,
        left_link_x=left_x - BESIDE - time_width - 4,
        right_link_x=right_x + BESIDE + number_width + 4,
        left_gutter=gutter - 4,
        right_gutter=gutter - 4,
        swapped=swapped,
    )
