"""How are the rows drawn that are far enough apart to be told from each other?

Each is an arrow from the sender's lifeline to the receiver's, with its label over it, its time at the left and its
packet number at the right, as far as they have room (``spacing``). What was not captured is a dashed arrow of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ladderview.analysis.labels import Label
from ladderview.analysis.steps import StepKind
from ladderview.ladder.band_drawing import ground_at
from ladderview.ladder.blocks import block_at, draw_block, is_block
from ladderview.ladder.columns import EDGE, INSET, LABEL_CLEARANCE, REMARK_SIZE, TIME_SIZE, acks_text
from ladderview.ladder.label_fit import LABEL_SIZE, LabelParts, fit_label, full_text
from ladderview.ladder.pills import StatePill, draw_states
from ladderview.ladder.shapes import Anchor, Arrow, Box, Phrase, Ref, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.spacing import ARROW_GAP, LABEL_GAP, Rows, slope_px
from ladderview.ladder.travel import draw_travelling

HEAD_PX = 9.0

#: Pixels that a label may take where its two lifelines stand closer.
WANTED_LABEL_PX = 250.0

#: How far brackets and capitals reach above their baseline, as a part of the font size.
LETTER_HEIGHT = 0.77


@dataclass(frozen=True, slots=True)
class Said:
    """A label, the theme key of its first words, and what it belongs to."""

    parts: LabelParts
    key: str
    ref: Ref


def draw_rows(sheet: Sheet, rows: Rows) -> list[float]:
    """Draw those rows that have room for an arrow; the heights of the time texts that were drawn, ascending."""
    pills = draw_states(sheet, rows)
    room = np.minimum(rows.above, rows.below)
    drawn = np.flatnonzero(rows.is_arrow)
    marked = {sheet.marks.selected, sheet.marks.hovered}
    time_ys = []
    hidden = _unlabelled_after(sheet, rows)
    columns = (rows.y, rows.above, rows.below, room, rows.missing_y, rows.missing_above)
    for row, y, above, below, free, missing_y, missing_above in zip(
        (rows.first + drawn).tolist(), *(column[drawn].tolist() for column in columns), strict=True
    ):
        slope = slope_px(sheet, free)
        labelled = above >= LABEL_GAP
        if is_block(sheet, row):
            block = block_at(y, above, below)
            draw_block(sheet, row, block)
            if labelled:
                # Half way down, but of a fold not into the name of a band that has no column for it.
                is_low = int(sheet.plan.kind[row]) == StepKind.FOLD and not sheet.columns.has_band_names
                at = y if is_low else block.middle
                _draw_margins(sheet, row, at, strong=row in marked)
                time_ys.append(at)
            continue
        title = full_text(sheet.plan.label(row)) if sheet.titles else ""
        arrow = _arrow(sheet, row, y, slope, room=free, title=title)
        if sheet.is_travelling(row):
            draw_travelling(sheet, row, arrow)
            continue
        layer = sheet.arrows_in_trouble if sheet.plan.trouble[row] else sheet.arrows
        layer.append(arrow)
        pills_above = pills.get(row - 1, [])
        missed = missing_above >= ARROW_GAP  # not where it is NaN
        if labelled:
            said = Said(sheet.plan.label(row), sheet.plan.key_name(row), _ref(row))
            _draw_label(sheet, said, label_baseline(y, slope, above), [] if missed else pills_above)
            _draw_margins(sheet, row, y, strong=row in marked, more=hidden.get(row, 0))
            time_ys.append(y)
        if missed:
            _draw_missing(sheet, row, missing_y, slope, room=missing_above, pills=pills_above)
    return time_ys


def _unlabelled_after(sheet: Sheet, rows: Rows) -> dict[int, int]:
    """How many rows without a label follow each visible row that has one: on the axes where rows crowd."""
    if sheet.plan.axis.mode == "rows":
        return {}
    labelled = np.flatnonzero(rows.above >= LABEL_GAP)
    counts = np.diff(labelled, append=len(rows.y)) - 1
    if rows.first + len(rows.y) < len(sheet.plan):
        counts[-1:] = 0  # how many follow the last one is not in view
    return dict(zip((rows.first + labelled).tolist(), counts.tolist(), strict=True))


def _arrow(sheet: Sheet, row: int, y: float, slope: float, *, room: float, title: str) -> Arrow:
    tail_x, tip_x = sheet.ends(row)
    plan = sheet.plan
    thick = row == sheet.marks.selected or plan.coalesced[row] or plan.count[row] - plan.acks[row] > 1
    # Without a label the line alone must tell trouble, and to who sees no colours.
    in_trouble = bool(plan.trouble[row])
    width = (2.4 if thick else 1.6) if room >= LABEL_GAP else 2.2 if in_trouble else (1.4 if thick else 0.9)
    early, late = travel_px(sheet, row) if sheet.marks.estimated else (slope / 2, slope / 2)
    return Arrow(
        tail_x,
        y - early,
        tip_x,
        y + late,
        sheet.plan.key_name(row),
        width,
        head=HEAD_PX if room >= LABEL_GAP else max(4.0, 0.65 * room),
        title=title,
        ref=_ref(row),
    )


def _ref(row: int) -> Ref:
    return Ref("packet", row)


def _draw_label(sheet: Sheet, label: Said, baseline: float, pills: list[StatePill]) -> None:
    """A label over its arrow, in the middle; it keeps clear of pills that reach in beside it from the lifelines."""
    columns, plan = sheet.columns, sheet.plan
    top = baseline - LABEL_SIZE * LETTER_HEIGHT
    near = [pill for pill in pills if pill.bottom > top]
    beside = max((pill.width / 2 + 6.0 for pill in near), default=0.0)
    ends = sheet.ends(label.ref.row)
    between = abs(ends[1] - ends[0]) + 2 * INSET - 2 * max(LABEL_CLEARANCE, beside)
    # Between lifelines that stand close a label reaches over them, where no pill stands there.
    room = max(between, min(WANTED_LABEL_PX, columns.span - 2 * LABEL_CLEARANCE)) if not near else between
    summary = plan.level != "segments"
    runs = fit_label(label.parts, label.key, room, sheet.measure, timestamps=columns.timestamps, summary=summary)
    if not runs:
        return
    phrase = Phrase((ends[0] + ends[1]) / 2, baseline, runs, LABEL_SIZE, ref=label.ref)
    half = phrase.width / 2 + LABEL_CLEARANCE
    phrase = replace(phrase, x=min(max(phrase.x, columns.left_x + half), columns.right_x - half))
    crosses = phrase.width > between or (sheet.marks.estimated and plan.axis.units_per_ns > 0)
    if crosses:  # lifelines, or arrows that slope much, would cross the words
        width, fill = phrase.width + 8, ground_at(sheet, label.ref.row)
        box = Box(phrase.x - width / 2, baseline - LABEL_SIZE * 0.86, width, LABEL_SIZE * 1.1, fill, ref=label.ref)
        sheet.pills.append(box)
    sheet.texts.append(phrase)


def label_baseline(y: float, slope: float, above: float) -> float:
    """The baseline of the label of an arrow at ``y``: clear of the arrow's higher end."""
    return y - slope / 2 - min(max(1.8 + 0.12 * above, 3.4), 4.5)


def travel_px(sheet: Sheet, row: int) -> tuple[float, float]:
    """How much higher an arrow begins, and how much lower it ends, than its packet was captured, as is estimated."""
    plan = sheet.plan
    scale = plan.axis.units_per_ns * sheet.viewport.px_per_unit
    early_ns, late_ns = plan.delays_ns[plan.from_lane[row]], plan.delays_ns[plan.to_lane[row]]
    return early_ns * scale, late_ns * scale


def _draw_margins(
    sheet: Sheet, row: int, y: float, *, strong: bool = False, more: int = 0, remark: bool = True
) -> None:
    """The time at the left; the packet number at the right, and beside it how many follow without a label, or a remark.

    Nothing beside it where a link needs the place.
    """
    columns, key = sheet.columns, "text" if strong else "muted"
    number = sheet.plan.number_text(row)
    baseline, ref = y + 4, _ref(row)
    sheet.texts.append(
        Text(columns.time_x, baseline, sheet.times.text(row), key, TIME_SIZE, False, True, Anchor.END, ref)
    )
    sheet.texts.append(Text(columns.number_x, baseline, number, key, TIME_SIZE, False, True, Anchor.START, ref))
    words = f"+{more}" if more else _remark(sheet, row) if remark else ""
    x = columns.number_x + sheet.measure(number, TIME_SIZE, False, True) + 7
    right = columns.right_link_x if sheet.right_is_taken else columns.end_x - EDGE
    if words and x + sheet.measure(words, REMARK_SIZE, False, True) <= right:
        sheet.texts.append(Text(x, baseline, words, "muted", REMARK_SIZE, False, True, Anchor.START, ref))


def _remark(sheet: Sheet, row: int) -> str:
    """What the arrow alone would not tell: ACKs are folded into it, offload made it, part of it was not captured."""
    acks = int(sheet.plan.acks[row])
    if acks:
        return acks_text(acks)
    if sheet.plan.coalesced[row] and sheet.plan.count[row] == 1:
        return "joined"
    return "cut" if sheet.plan.cut[row] else ""


def draw_tick(sheet: Sheet, row: int, y: float) -> None:
    """Time and number of one row among many that are too close to have their own."""
    _draw_margins(sheet, row, y, remark=False)


def _draw_missing(sheet: Sheet, row: int, y: float, slope: float, *, room: float, pills: list[StatePill]) -> None:
    """The dashed arrow of what was sent but not captured: it reaches the middle, and nobody knows how much further."""
    at = sheet.plan.missing.at(row)
    seq, length = int(sheet.plan.missing.seq[at]), int(sheet.plan.missing.length[at])
    tail_x, tip_x = sheet.ends(row)
    half_x = tail_x + (tip_x - tail_x) * 0.45
    said = Said(Label("not captured", "", f"Seq={seq} Len={length}"), "trouble", Ref("missing", row))
    title = full_text(said.parts)
    sheet.arrows.append(
        Arrow(tail_x, y - slope / 2, half_x, y, said.key, 1.6, (5.0, 4.0), True, HEAD_PX, title, said.ref)
    )
    if room >= LABEL_GAP:
        _draw_label(sheet, said, label_baseline(y, slope, LABEL_GAP), pills)
        number = Text(sheet.columns.number_x, y + 4, "# –", "muted", TIME_SIZE, False, True, Anchor.START, said.ref)
        sheet.texts.append(number)
