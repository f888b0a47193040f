"""How are rows drawn that are too close to be told from each other?

Plan: bars that grow from the lifeline of the sender, as long as what was sent is much; one bar a row down to two
pixels a row, then one bar a pixel for all the rows in it, from prefix sums: so ten million rows cost as many steps as
there are pixels. Rows in trouble are drawn last and never shorter than a fixed part, so no zoom hides one.

The length is the square root of the amount over the largest amount in a sample of the whole ladder at this zoom: it
does not change while one scrolls.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.step_labels import LAYERS
from ladderview.analysis.steps import StepKind
from ladderview.ladder.columns import INSET
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.rows import draw_tick
from ladderview.ladder.shapes import Bars
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.spacing import LABEL_GAP, Rows
from ladderview.ladder.viewport import HEADER_PX, Viewport

#: The longest bar and the shortest bar of trouble, as parts of the space between the lifelines.
LONGEST, TROUBLE_AT_LEAST = 0.48, 0.2

#: Pixels between the times that are shown beside bars.
TICK_PX = 40.0

#: Rows of a band that are asked for their layer.
ASKED = 8

#: How many bands of the ladder are looked at to know the largest amount.
SAMPLE = 512


def draw_close_rows(sheet: Sheet, rows: Rows) -> None:
    """One bar for each row that has no room for an arrow; two, where both ends take part in what it stands for."""
    close = np.flatnonzero(~rows.is_arrow)
    if not len(close):
        return
    plan = sheet.plan
    row = rows.first + close
    amount = (plan.sent[:, row + 1] - plan.sent[:, row]).astype(np.float64)
    is_block = (plan.kind[row] == StepKind.PHASE) | (plan.kind[row] == StepKind.FOLD)
    trouble, layer = plan.trouble[row], plan.layer[row]
    largest = largest_amount(plan, sheet.viewport)
    for lane in range(len(plan.lanes)):
        mine = (plan.from_lane[row] == lane) | (is_block & (amount[lane] > 0))
        _draw_keyed(sheet, lane, rows.y[close], amount[lane], layer, mine, trouble, largest=largest)


def draw_dense_rows(sheet: Sheet, first: int, end: int) -> None:
    """One bar a pixel for the rows ``first`` to ``end - 1``, in the colour of the layer that most of them have."""
    plan, viewport = sheet.plan, sheet.viewport
    top = max(int(viewport.y_px(plan.axis.y_of(first))) - 1, int(HEADER_PX) - 1)
    bottom = min(int(viewport.y_px(plan.axis.y_of(end - 1))) + 2, int(viewport.height) + 1)
    pixels = np.arange(top, bottom + 1, dtype=np.float64)
    edges = np.minimum(np.searchsorted(plan.axis.y, viewport.top + pixels / viewport.px_per_unit), end)
    amount = np.diff(plan.sent[:, edges]).astype(np.float64)
    y = pixels[:-1] + 0.5
    largest = largest_amount(plan, viewport)
    layer = layers_between(plan, edges)
    for lane in range(len(plan.lanes)):
        trouble = np.diff(np.searchsorted(plan.problem_rows[lane], edges)) > 0
        shown = (amount[lane] > 0) | trouble
        _draw_keyed(sheet, lane, y, amount[lane], layer, shown, trouble, largest=largest)


def layers_between(plan: LadderPlan, edges: NDArray[np.int64]) -> NDArray[np.uint8]:
    """uint8 for each pair of neighbouring edges: the layer that most of the rows between them have.

    A few rows are asked, evenly spread: which layer most of a million rows have does not depend on the others.
    """
    if not len(plan):
        return np.zeros(len(edges) - 1, np.uint8)
    first, count = edges[:-1], np.diff(edges)
    counts = np.zeros((len(LAYERS), len(first)), np.int64)
    for at in range(ASKED):
        asked = plan.layer[np.minimum(first + count * at // ASKED, len(plan) - 1)]
        for number in range(len(LAYERS)):
            counts[number] += asked == number
    counts[1:] *= 2  # every second segment is an ACK of TCP's: what they acknowledge tells more
    most: NDArray[np.uint8] = np.argmax(counts, axis=0).astype(np.uint8)
    return most


def _draw_keyed(
    sheet: Sheet,
    lane: int,
    y: NDArray[np.float64],
    amount: NDArray[np.float64],
    layer: NDArray[np.uint8],
    shown: NDArray[np.bool_],
    trouble: NDArray[np.bool_],
    *,
    largest: float,
) -> None:
    """The bars of one lane, one colour after the other; trouble on top of all."""
    for number, name in enumerate(LAYERS):
        chosen = shown & ~trouble & (layer == number)
        _draw_bars(sheet, lane, y[chosen], amount[chosen], largest=largest, key=f"{name}.density")
    chosen = shown & trouble
    _draw_bars(sheet, lane, y[chosen], amount[chosen], largest=largest, key="trouble")


def _draw_bars(
    sheet: Sheet, lane: int, y: NDArray[np.float64], amount: NDArray[np.float64], *, largest: float, key: str
) -> None:
    """The bars of one lane at these heights; ``largest`` is the amount of the longest."""
    if len(y) == 0:
        return
    columns = sheet.columns
    tail = columns.lifeline_x(lane)
    inward = 1.0 if tail < columns.centre_x else -1.0
    part = np.sqrt(amount / largest)
    part = np.clip(part, TROUBLE_AT_LEAST if key == "trouble" else 0.02, 1.0) * LONGEST
    tips = tail + inward * np.rint(INSET + part * columns.span / max(1, len(columns.lanes_x) - 1))
    tails = np.full(len(y), tail + inward * INSET)
    layer = sheet.arrows_in_trouble if key == "trouble" else sheet.arrows
    # Wider where there is room for it: who sees no colours must find trouble too.
    is_wide = key == "trouble" and sheet.viewport.px_per_unit >= 2.0 and sheet.plan.axis.mode != "time"
    layer.append(Bars(np.column_stack((tails, tips, y)), key, 2.0 if is_wide else 1.0))


def largest_amount(plan: LadderPlan, viewport: Viewport) -> float:
    """The most bytes that come from one lane in one bar, over a sample of the whole ladder; at least 1."""
    if viewport.px_per_unit >= 1.0 and plan.axis.mode != "time":
        starts = np.linspace(0, len(plan), min(SAMPLE, len(plan)), endpoint=False).astype(np.int64)
        ends = starts + 1
    else:
        tops = np.linspace(0.0, plan.axis.height, SAMPLE)
        starts = np.searchsorted(plan.axis.y, tops)
        ends = np.searchsorted(plan.axis.y, tops + 1.0 / viewport.px_per_unit)
    return max(1.0, float((plan.sent[:, ends] - plan.sent[:, starts]).max(initial=0)))


def draw_ticks(sheet: Sheet, first: int, end: int, taken_ys: list[float]) -> None:
    """Times and packet numbers at even distances, where no row has its own within reach.

    The distances are counted from the first row of the ladder, so that the texts scroll with the rows.
    """
    if first >= end:
        return
    axis, viewport = sheet.plan.axis, sheet.viewport
    taken = np.array([-np.inf, *taken_ys, np.inf])
    last_y = -np.inf
    from_tick = int(np.ceil(axis.y_of(first) * viewport.px_per_unit / TICK_PX))
    to_tick = int(axis.y_of(end - 1) * viewport.px_per_unit / TICK_PX)
    for tick in range(from_tick, to_tick + 1):
        row = axis.nearest_row(tick * TICK_PX / viewport.px_per_unit)
        y = sheet.row_y(row)
        at = int(np.searchsorted(taken, y))
        if min(taken[at] - y, y - taken[at - 1], y - last_y) >= LABEL_GAP and first <= row < end:
            draw_tick(sheet, row, y)
            last_y = y
