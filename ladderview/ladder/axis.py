"""Where on the vertical axis does each row of a ladder stand, and which row stands at a given height?

Plan: one formula for all three axes, ``y = cumsum(clip(diff(ts) * scale, min_gap, max_gap))``:

    rows        min_gap = max_gap = 1      equal steps
    time        min_gap = 0, no max_gap    proportional to time
    compressed  min_gap = 1, max_gap > 1   waits longer, but an idle time is cut, and where is told by ``cut_rows``

The unit is one step of the rows axis; on the time axis the scale is chosen so that a row takes one unit on
average. So one zoom (pixels a unit) means about the same on every axis. ``y`` never decreases, so which rows
are in view is two bisections, for ten rows as for ten million.

Traps: times can go backwards in a capture. Such a gap is clipped to ``min_gap``: the order of the rows is the
order of capture. On the time axis rows can share a height.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

AxisMode = Literal["rows", "time", "compressed"]
AXIS_MODES: tuple[AxisMode, ...] = ("rows", "time", "compressed")

#: Height of an idle time on the compressed axis, in units: room for the pill that tells how long it was.
CUT_GAP = 2.5

#: An idle time is cut where it is longer than this share of the gaps between rows are, and longer than this
#: part of the whole: so at most ``CUT_PART`` idle times are cut, however many rows there are.
CUT_QUANTILE = 0.9
CUT_PART = 200


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The heights of all rows, in units of one step of the rows axis.

    Attributes:
        mode: which axis this is.
        y: float64, by row, never decreasing; the first row stands at 0 (plus what room it was given).
        cut_rows: int64, ascending: the time before each of these rows is longer than it looks.
        units_per_ns: of the time axis; 0 where height is not time.
        smallest_step: the smallest difference in height between neighbours that differ at all, in units.
    """

    mode: AxisMode
    y: NDArray[np.float64]
    cut_rows: NDArray[np.int64]
    units_per_ns: float = 0.0
    smallest_step: float = 1.0

    def __len__(self) -> int:
        return len(self.y)

    @property
    def height(self) -> float:
        """The height of the last row, in units; 0 for an axis without rows."""
        return float(self.y[-1]) if len(self.y) else 0.0

    def y_of(self, row: int) -> float:
        """The height of a row, in units."""
        return float(self.y[row])

    def row_at(self, y: float) -> int:
        """The last row that stands at ``y`` or above it; row 0 above the first, -1 where there are no rows."""
        return max(0, int(np.searchsorted(self.y, y, side="right")) - 1) if len(self.y) else -1

    def nearest_row(self, y: float) -> int:
        """The row whose height is nearest to ``y``; -1 where there are no rows."""
        row = self.row_at(y)
        if 0 <= row < len(self.y) - 1 and self.y[row + 1] - y < y - self.y[row]:
            return row + 1
        return row

    def rows_between(self, y_from: float, y_to: float) -> tuple[int, int]:
        """``(first, end)``: the rows with ``y_from <= y <= y_to`` are ``first`` to ``end - 1``."""
        first = int(np.searchsorted(self.y, y_from, side="left"))
        return first, max(first, int(np.searchsorted(self.y, y_to, side="right")))


def time_axis(
    ts_ns: NDArray[np.int64],
    mode: AxisMode,
    room_before: NDArray[np.float64] | None = None,
    *,
    start_ns: int | None = None,
) -> TimeAxis:
    """The axis of these rows.

    Args:
        ts_ns: int64, nanoseconds, by row, in capture order.
        mode: which axis.
        room_before: float64 by row: units to keep free above the row, for what has no packet of its own
            (a segment that was not captured). The time axis gives none: there, height is time.
        start_ns: what stands at 0 on the time axis; the time of the first row by default.
    """
    y, cut_rows = _gap_heights(ts_ns, mode, start_ns)
    if room_before is not None and mode != "time":
        y += room_before
    heights = np.cumsum(y) if mode == "time" else np.cumsum(y, out=y)
    if mode != "time" or not len(ts_ns):
        return TimeAxis(mode, heights, cut_rows)
    lasting_ns = int(np.maximum(np.diff(ts_ns), 0).sum()) + (max(0, int(ts_ns[0]) - start_ns) if start_ns else 0)
    steps = y[1:][y[1:] > 0]
    smallest = float(steps.min()) if len(steps) else 1.0
    return TimeAxis(mode, heights, cut_rows, float(heights[-1]) / lasting_ns if lasting_ns else 0.0, smallest)


def _gap_heights(
    ts_ns: NDArray[np.int64], mode: AxisMode, start_ns: int | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The height of the gap before each row (0 before the first), and the rows before which time is cut."""
    nothing_cut = np.empty(0, np.int64)
    if len(ts_ns) == 0:
        return np.empty(0), nothing_cut
    heights = np.ones(len(ts_ns))
    heights[0] = 0.0
    if mode == "rows":
        return heights, nothing_cut
    np.maximum(np.diff(ts_ns), 0, out=heights[1:])
    if mode == "time":
        heights[0] = max(0, int(ts_ns[0]) - start_ns) if start_ns is not None else 0.0
        duration_ns = heights.sum()
        heights *= max(1, len(heights) - 1) / duration_ns if duration_ns > 0 else 0.0
        return heights, nothing_cut
    cut_ns = _cut_ns(heights)
    cut_rows = np.flatnonzero(heights > cut_ns) if cut_ns > 0 else nothing_cut
    heights *= CUT_GAP / cut_ns if cut_ns > 0 else 0.0
    np.clip(heights, 1.0, CUT_GAP, out=heights)
    heights[0] = 0.0
    return heights, cut_rows


def _cut_ns(gaps_ns: NDArray[np.float64]) -> float:
    """How long a time must be to be cut, as 1, 2 or 5 times a power of ten nanoseconds; 0 where no time passes."""
    duration_ns = float(gaps_ns.sum())
    if len(gaps_ns) < 2 or duration_ns <= 0:
        return 0.0
    at_least = max(float(np.quantile(gaps_ns[1:], CUT_QUANTILE)), duration_ns / CUT_PART)
    power = 10.0 ** np.floor(np.log10(at_least))
    return float(next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= at_least * 0.999))
