"""How are arrows drawn that stand for what both ends did: a phase as a wide bar, a fold as a dashed box?

Both lie across the lifelines of their flow, as high as the rows about them leave room, and say what they stand for; a
phase also says in which state either end was when it was over.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.analysis.steps import StepKind
from ladderview.ladder.label_fit import LABEL_SIZE, fit_label
from ladderview.ladder.pills import PILL_SIZE, pill_of
from ladderview.ladder.plan import STATE_WORDS
from ladderview.ladder.shapes import Anchor, Box, Phrase, Ref, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.triangles import draw_closed_mark

#: Pixels from a row to the upper and the lower edge of its block, at most, and as parts of the room there.
ABOVE_PX, BELOW_PX = 22.0, 10.0
PART_ABOVE, PART_BELOW = 0.58, 0.26

#: Pixels that a block reaches beyond the lifelines, and the height from which it has words, and states.
BEYOND_PX, WORDS_FROM_PX, STATES_FROM_PX = 10.0, 11.0, 22.0

#: Pixels that the words of a block need beside its states.
ROOM_FOR_WORDS_PX = 120.0


@dataclass(frozen=True, slots=True)
class Block:
    """Where a block stands, pixels."""

    top: float
    bottom: float

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2


def block_at(y: float, above: float, below: float) -> Block:
    """The block of a row with this much room around it."""
    top = y - min(ABOVE_PX, max(1.0, above * PART_ABOVE))
    return Block(round(top), max(round(top) + 1, round(y + min(BELOW_PX, below * PART_BELOW))))


def is_block(sheet: Sheet, row: int) -> bool:
    """Whether a row is drawn as a block."""
    return int(sheet.plan.kind[row]) in (StepKind.PHASE, StepKind.FOLD)


def block_ends(sheet: Sheet, row: int) -> tuple[float, float]:
    """The x of the two lifelines between which a block lies, left and right."""
    columns, plan = sheet.columns, sheet.plan
    xs = [columns.lifeline_x(int(lane)) for lane in (plan.from_lane[row], plan.to_lane[row])]
    return min(xs), max(xs)


def draw_block(sheet: Sheet, row: int, block: Block) -> None:
    """One phase or one fold."""
    plan = sheet.plan
    is_fold = int(plan.kind[row]) == StepKind.FOLD
    in_trouble = bool(plan.trouble[row])
    key = plan.key_name(row)
    stroke = key if in_trouble or not is_fold else "fold.border"
    fill = "fold" if is_fold and not in_trouble else f"{key}.band"
    low, high = block_ends(sheet, row)
    left, right, centre = low - BEYOND_PX, high + BEYOND_PX, (low + high) / 2
    height = block.bottom - block.top
    width = 1.6 if row == sheet.marks.selected else 1.2
    dash = (5.0, 4.0) if is_fold else ()
    ref = Ref("packet", row)
    layer = sheet.arrows_in_trouble if in_trouble else sheet.arrows
    layer.append(Box(left, block.top, right - left, height, fill, stroke, min(9.0, height / 3), width, dash, ref))
    if height < WORDS_FROM_PX:
        return
    beside = 0.0
    if not is_fold and height >= STATES_FROM_PX:
        beside = _draw_states(sheet, row, block)
    room = high - low - 2 * beside - 40
    runs = fit_label(plan.label(row), "fold.text" if fill == "fold" else key, room, sheet.measure)
    if not runs:
        return
    baseline = block.middle + LABEL_SIZE * 0.36
    phrase = Phrase(centre, baseline, runs, LABEL_SIZE, ref=ref)
    sheet.texts.append(phrase)
    if plan.unfolding.is_closed(row):
        draw_closed_mark(sheet, row, centre - phrase.width / 2 - 15, block.middle, stroke)


def _draw_states(sheet: Sheet, row: int, block: Block) -> float:
    """The states in which the two ends are when a phase is over; the pixels that they take beside each lifeline."""
    lanes = (int(sheet.plan.from_lane[row]), int(sheet.plan.to_lane[row]))
    states = [(lane, sheet.plan.states[lane]) for lane in lanes]
    changed = {lane: STATE_WORDS[it.after(row)] for lane, it in states if it.at(row)}
    low, high = block_ends(sheet, row)
    widths = {lane: sheet.measure(words, PILL_SIZE, True, False) + 16 for lane, words in changed.items()}
    beside = max((width + 8 for width in widths.values()), default=0.0)
    if 2 * beside + ROOM_FOR_WORDS_PX > high - low:
        return 0.0
    for lane, words in changed.items():
        width = widths[lane]
        x = sheet.columns.lifeline_x(lane)
        x += (width / 2 + 4) * (1 if x == low else -1)
        text = Text(x, block.middle, words, "text", PILL_SIZE, True, False, Anchor.MIDDLE, Ref("state", row, lane))
        sheet.pills.extend(pill_of(text, width, min(15.0, block.bottom - block.top - 4), "pill.border"))
    return beside
