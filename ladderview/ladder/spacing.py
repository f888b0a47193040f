"""How much room has each visible row, and what can be drawn in it?

Plan: room decides, row by row, on every axis alike. An arrow with ``LABEL_GAP`` above it gets its label; where few rows
are in view every one is an arrow; where many are, one that has less than ``ARROW_GAP`` is left to ``density``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.ladder.plan import MISSING_ROOM
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.viewport import COMFORTABLE_PX

#: Pixels between rows from which an arrow has room for its label, and from which arrows can be told apart.
LABEL_GAP, ARROW_GAP = 14.0, 6.0

#: Pixels a row, on average, from which every row is an arrow, even where a few of them stand closely together.
CROWD_PX = 4.0

#: On the time axis a missing segment has no height of its own: this many pixels above the row that tells of it.
MISSING_ABOVE_PX = 24.0

#: Arrows that are closer than this are level: a slope would hardly show, and a sloping line takes ten times as long to
#: paint. At a comfortable distance they slope the most.
LEVEL_UP_TO_PX, LARGEST_SLOPE_PX = 24.0, 8.0


@dataclass(frozen=True, slots=True)
class Rows:
    """The visible rows: ``first`` to ``first + len(y) - 1``; all float64 pixels.

    Attributes:
        y: where each row stands, whole pixels.
        above: what is free above it, up to the next arrow (that of a missing segment, where there is one).
        below: likewise below.
        missing_y: where the arrow of the missing segment above it stands; NaN where there is none.
        missing_above: what is free above that arrow.
        is_arrow: whether it is drawn as an arrow; bool.
    """

    first: int
    y: NDArray[np.float64]
    above: NDArray[np.float64]
    below: NDArray[np.float64]
    missing_y: NDArray[np.float64]
    missing_above: NDArray[np.float64]
    is_arrow: NDArray[np.bool_]

    def part(self, first: int, end: int) -> Rows:
        """Those from ``first`` to ``end - 1``."""
        at = slice(first - self.first, max(end, first) - self.first)
        y, above, below = self.y[at], self.above[at], self.below[at]
        return Rows(first, y, above, below, self.missing_y[at], self.missing_above[at], self.is_arrow[at])


def visible_rows(sheet: Sheet, first: int, end: int) -> Rows:
    """The rows ``first`` to ``end - 1`` with the room around them."""
    axis, viewport = sheet.plan.axis, sheet.viewport
    wide_first, wide_end = max(0, first - 1), min(len(axis), end + 1)
    exact_y = (axis.y[wide_first:wide_end] - viewport.top) * viewport.px_per_unit
    y, gaps = np.rint(exact_y), np.diff(exact_y)
    missing_y = np.full(len(y), np.nan)
    low, high = np.searchsorted(sheet.plan.missing.rows, (wide_first, wide_end))
    at = sheet.plan.missing.rows[low:high] - wide_first
    if axis.mode == "time":
        at = at[np.concatenate(([np.inf], gaps))[at] >= MISSING_ABOVE_PX + LABEL_GAP + 4]
        missing_y[at] = y[at] - MISSING_ABOVE_PX
    else:
        missing_y[at] = np.rint(exact_y[at] - MISSING_ROOM * viewport.px_per_unit)
    tops = np.where(np.isnan(missing_y), exact_y, missing_y)
    above = np.concatenate(([np.inf], gaps))
    missing_above = above - (exact_y - missing_y)
    above = np.where(np.isnan(missing_y), above, exact_y - missing_y)
    below = np.concatenate((tops[1:] - exact_y[:-1], [np.inf]))
    # Not of whole pixels, and free of what floats add: equal steps must be drawn alike.
    above, below, missing_above = (np.round(gap, 2) for gap in (above, below, missing_above))
    keep = slice(first - wide_first, first - wide_first + (end - first))
    is_arrow = (above >= LABEL_GAP) | (np.minimum(above, below) >= ARROW_GAP)
    is_arrow |= (end - first) * CROWD_PX <= viewport.height
    return Rows(first, y[keep], above[keep], below[keep], missing_y[keep], missing_above[keep], is_arrow[keep])


def missing_px(sheet: Sheet) -> float:
    """Pixels from the arrow of a missing segment down to the row that tells of it."""
    return MISSING_ABOVE_PX if sheet.plan.axis.mode == "time" else MISSING_ROOM * sheet.viewport.px_per_unit


def slope_px(sheet: Sheet, room: float) -> float:
    """How much lower an arrow ends than it begins.

    A convention that says who sent, and no delay: where heights are times, arrows are level.
    """
    if sheet.plan.axis.mode == "time":
        return 0.0
    part = (room - LEVEL_UP_TO_PX) / (COMFORTABLE_PX - LEVEL_UP_TO_PX)
    return min(max(part, 0.0), 1.0) * LARGEST_SLOPE_PX
