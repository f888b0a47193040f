"""Where does one page of a ladder end and the next begin?

Plan: a page takes as many rows as have room. Where phases begin in the later part of it, it ends before the last of
them, so that an exchange stays on one page; else where the longest time passes between two of its last rows. A row is
never parted from its label, nor from the missing segment above it: both belong to its height.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from ladderview.ladder.layout import whole_height
from ladderview.ladder.plan import LadderPlan

Rows = tuple[int, int]

#: The height of these rows, logical pixels.
Height = Callable[[LadderPlan, Rows], float]

#: The part of a page that is filled at least, where it ends before a phase; and where it ends at a pause.
FILLED_BEFORE_PHASE, FILLED_BEFORE_PAUSE = 0.5, 0.8


def pages_of(plan: LadderPlan, rows: Rows, highest: float, height_of: Height = whole_height) -> list[Rows]:
    """The rows in parts, each of which is at most ``highest`` logical pixels high and has one row at least.

    ``height_of`` grows with the rows.
    """
    pages = []
    first, end = rows
    while True:
        last = _last_that_fits(plan, first, end, highest, height_of)
        if last < end:
            last = _good_end(plan, first, last)
        pages.append((first, last))
        if last >= end:
            return pages
        first = last


def _last_that_fits(plan: LadderPlan, first: int, end: int, highest: float, height_of: Height) -> int:
    """The largest end of a part that begins with ``first``, by bisection: the height grows with the rows."""
    low, high = min(first + 1, end), end
    while low < high:
        middle = (low + high + 1) // 2
        if height_of(plan, (first, middle)) <= highest:
            low = middle
        else:
            high = middle - 1
    return low


def _good_end(plan: LadderPlan, first: int, last: int) -> int:
    """Where a page with room for the rows up to before ``last`` had best end."""
    count = last - first
    begins = plan.bands.first
    begins = begins[(begins >= first + max(1, count * FILLED_BEFORE_PHASE)) & (begins <= last)]
    if len(begins):
        return int(begins[-1])
    near = first + math.ceil(count * FILLED_BEFORE_PAUSE)
    if near >= last:
        return last
    waits = plan.ts_ns[near : last + 1] - plan.ts_ns[near - 1 : last]
    return near + len(waits) - 1 - int(np.argmax(waits[::-1]))
