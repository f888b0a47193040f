"""Where, from left to right, does everything in a ladder stand?

    | gutter | time | left lifeline ........ right lifeline | #number | gutter | brackets | notes |

Plan: the gutters hold the links and their words, so links cross nothing. They shrink before the space between the
lifelines does; where there is room to spare the ladder stays readable in one glance and the gutters grow instead.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ladderview.ladder.label_fit import LABEL_SIZE, RUN_GAP
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.text_width import Measure
from ladderview.ladder.times import TimeColumn

TIME_SIZE = 11.0

#: Size of what stands beside a packet number: "+9" says that nine rows follow too closely to have labels.
REMARK_SIZE = 9.5

EDGE = 8.0

#: Between a lifeline and the text beside it.
BESIDE = 18.0

#: A gutter: bare curve; curve and a short word ("0.2 ms"); with room for "fills the gap".
NARROW_GUTTER, MIDDLE_GUTTER, WIDE_GUTTER = 22.0, 84.0, 118.0

#: Between a lifeline and the ends of the arrows.
INSET = 3.0

#: Between a lifeline and a label, at least.
LABEL_CLEARANCE = 12.0

#: For the names of bands, where the lifelines stay this far apart.
BAND_WIDTH, SPAN_BESIDE_BANDS = 118.0, 400.0

#: Beside the ladder: a bracket's lane; notes, largest first; the measured time of a bracket alone.
LANE_PX, CARD_WIDTHS, TIME_WIDTH = 15.0, (184.0, 148.0, 120.0), 58.0

#: Between the lifelines, at least, where there are notes.
SPAN_BESIDE_NOTES = 280.0

#: Between the lifelines: what is needed before gutters grow, and what is enough.
WANTED_SPAN, LARGEST_SPAN = 540.0, 1100.0


def acks_text(count: int) -> str:
    """What stands beside the packet numbers of an arrow with folded ACKs."""
    return f"+{count} ACK" if count == 1 else f"+{count} ACKs"


@dataclass(frozen=True, slots=True)
class Columns:
    """Pixels from the left edge.

    Attributes:
        time_x: right end of the time texts.
        left_x, right_x: the lifelines.
        number_x: left end of the packet numbers.
        left_link_x, right_link_x: where links begin and end, beside the texts.
        gutter: pixels from there to the edge, for curve and word.
        lanes_x: the lifelines, by lane.
        band_x, band_room: where the name of a band begins, and pixels that it may take.
        has_band_names: these have a column of their own.
        timestamps: there is room for them on the arrows.
        end_x: where the ladder ends and what stands beside it begins: the lanes of brackets, then notes.
        card_x, card_width: where notes and the texts of brackets stand; 0 wide where they have no room.
    """

    width: float
    time_x: float
    left_x: float
    right_x: float
    number_x: float
    left_link_x: float
    right_link_x: float
    gutter: float
    lanes_x: tuple[float, ...]
    band_x: float
    band_room: float
    has_band_names: bool
    timestamps: bool
    end_x: float = 0.0
    card_x: float = 0.0
    card_width: float = 0.0

    def lane_x(self, lane: int) -> float:
        """The line of a bracket."""
        return self.end_x + LANE_PX * (lane + 0.6)

    @property
    def span(self) -> float:
        """Pixels between the lifelines."""
        return self.right_x - self.left_x

    @property
    def centre_x(self) -> float:
        """The middle between the lifelines."""
        return (self.left_x + self.right_x) / 2

    def lifeline_x(self, lane: int) -> float:
        """The lifeline of a lane."""
        return self.lanes_x[lane]

    def ends(self, from_lane: int, to_lane: int) -> tuple[float, float]:
        """The x of the tail and the tip of an arrow between two lanes."""
        tail, tip = self.lanes_x[from_lane], self.lanes_x[to_lane]
        inset = INSET if tip > tail else -INSET
        return tail + inset, tip - inset


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a ladder: how many lanes of brackets, and how wide texts are at most, pixels; 0 for none."""

    lanes: int = 0
    texts: float = 0.0

    @property
    def widest(self) -> float:
        """The pixels that it takes where there is room enough."""
        return self.lanes * LANE_PX + (self.texts + EDGE if self.texts else 0.0)

    def fitting(self, room: float) -> Beside:
        """As much of it as these pixels hold: notes become narrower, then markers; measured times stay."""
        if not self.texts:
            return self
        widths = [width for width in (*CARD_WIDTHS, TIME_WIDTH) if width <= self.texts]
        if self.texts > TIME_WIDTH and not self.lanes:
            widths.remove(TIME_WIDTH)
        least = TIME_WIDTH if self.lanes else 0.0
        fits = (width for width in widths if replace(self, texts=width).widest <= room)
        return replace(self, texts=next(fits, least))


NOTHING_BESIDE = Beside()


def columns_of(
    width: float,
    plan: LadderPlan,
    times: TimeColumn,
    measure: Measure,
    *,
    swapped: bool,
    links: bool = True,
    beside: Beside = NOTHING_BESIDE,
) -> Columns:
    """The columns of a drawing of this width; without ``links`` its gutters are small."""
    fixed = 2 * (EDGE + NARROW_GUTTER + BESIDE) + sum(_text_widths(plan, times, measure))
    taken = beside.fitting(width - fixed - SPAN_BESIDE_NOTES)
    end_x = width - taken.widest
    made = _columns_alone(end_x, plan, times, measure, swapped=swapped, links=links)
    card_x = end_x + taken.lanes * LANE_PX
    return replace(made, width=width, end_x=end_x, card_x=card_x, card_width=taken.texts)


def _columns_alone(
    width: float, plan: LadderPlan, times: TimeColumn, measure: Measure, *, swapped: bool, links: bool
) -> Columns:
    """The columns of a ladder with nothing beside it."""
    time_width, number_width = _text_widths(plan, times, measure)
    fixed = 2 * EDGE + time_width + number_width + 2 * BESIDE
    has_band_names = len(plan.bands) > 0 and width - fixed - BAND_WIDTH - 2 * NARROW_GUTTER >= SPAN_BESIDE_BANDS
    band = BAND_WIDTH if has_band_names else 0.0
    fixed += band
    spare = width - fixed - WANTED_SPAN
    wide = (WIDE_GUTTER, MIDDLE_GUTTER) if links else ()
    gutter = next((size for size in wide if spare >= 2 * size), NARROW_GUTTER)
    gutter += max(0.0, width - fixed - 2 * gutter - LARGEST_SPAN) / 2
    left_x = round(EDGE + band + gutter + time_width + BESIDE)
    right_x = max(round(width - EDGE - gutter - number_width - BESIDE), left_x + 40)
    return Columns(
        width=width,
        time_x=left_x - BESIDE,
        left_x=left_x,
        right_x=right_x,
        number_x=right_x + BESIDE,
        left_link_x=left_x - BESIDE - time_width - 4,
        right_link_x=right_x + BESIDE + number_width + 4,
        gutter=gutter - 4,
        lanes_x=_lanes_x(left_x, right_x, len(plan.lanes), swapped=swapped),
        band_x=EDGE + 8.0,
        band_room=BAND_WIDTH - 12.0 if has_band_names else left_x - BESIDE - EDGE - 8.0,
        has_band_names=has_band_names,
        timestamps=plan.level == "segments"
        and _typical_label_width(plan, measure) <= right_x - left_x - 2 * LABEL_CLEARANCE,
    )


def width_for(span: float, plan: LadderPlan, times: TimeColumn, measure: Measure) -> float:
    """The width of a drawing with small gutters whose lifelines stand ``span`` pixels apart."""
    band = BAND_WIDTH if len(plan.bands) and span >= SPAN_BESIDE_BANDS else 0.0
    return band + 2 * (EDGE + NARROW_GUTTER + BESIDE) + sum(_text_widths(plan, times, measure)) + span


def _text_widths(plan: LadderPlan, times: TimeColumn, measure: Measure) -> tuple[float, float]:
    """The widths of the time column and of the column of packet numbers."""
    last_packet = int(plan.last_packet[-1]) + 1 if len(plan) else 1
    is_folded = len(plan) < sum(len(source.segments) for source in plan.sources)
    number = f"#{last_packet}" if plan.level == "segments" and not is_folded else f"#{last_packet}–#{last_packet}"
    number_width = measure(number, TIME_SIZE, False, True)
    acks = int(plan.acks.max(initial=0)) if plan.level != "segments" else 0
    if acks:
        number_width += 7 + measure(acks_text(acks), REMARK_SIZE, False, True)
    return measure(times.widest, TIME_SIZE, False, True), number_width


def _lanes_x(left_x: float, right_x: float, count: int, *, swapped: bool) -> tuple[float, ...]:
    """Lifelines at equal distances."""
    xs = tuple(float(round(left_x + (right_x - left_x) * lane / max(1, count - 1))) for lane in range(count))
    return xs[::-1] if swapped else xs


def _typical_label_width(plan: LadderPlan, measure: Measure) -> float:
    """The width of a label of this ladder with timestamps.

    Timestamps have room on every arrow or stand on none: a column of labels that differ from arrow to arrow in what
    they leave out cannot be read down.
    """
    numbers = f"{plan.typical_numbers} TSval=4000000000 TSecr=4000000000"
    return measure("[PSH, ACK]", LABEL_SIZE, True, False) + RUN_GAP + measure(numbers, LABEL_SIZE, False, False)
