"""The whole flow in a strip: how much was sent when, and where the problems are.

The strip and the ladder share the axis, so a height in one is a height in the other. Which part is in view is drawn by
whoever shows the strip: it changes with every scroll, the strip does not.
"""

from __future__ import annotations

import numpy as np

from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Box, Drawing, Lines, Shape
from ladderview.ladder.viewport import Viewport

#: Pixels from the edges of the strip to its lines, and pixels between two lines.
PAD_X, PAD_Y, PITCH = 5.0, 6.0, 3.0


def minimap(plan: LadderPlan, width: float, height: float) -> Drawing:
    """The strip of a plan: a bar for each row or band of rows, as long as what both ends sent; problems over it."""
    shapes: list[Shape] = [Box(0.5, 0.5, width - 1, height - 1, "panel", "border", 6.0)]
    room = height - 2 * PAD_Y
    if len(plan) and room > 0:
        bands = max(1, int(room / PITCH))
        tops = np.arange(bands + 1) / bands * max(plan.axis.height, 1e-9)
        edges = np.searchsorted(plan.axis.y, tops)
        edges[-1] = len(plan)
        amount = np.diff(plan.sent[:, edges]).sum(axis=0).astype(np.float64)
        y = PAD_Y + (np.arange(bands) + 0.5) * room / bands
        length = np.sqrt(amount / max(1.0, amount.max())) * (width - 2 * PAD_X)
        sent = amount > 0
        shapes.append(_bars(y[sent], np.maximum(3.0, length[sent]), "density", 1.2))
        trouble = sum(np.diff(np.searchsorted(rows, edges)) for rows in plan.problem_rows) > np.zeros(bands)
        shapes.append(_bars(y[trouble], np.full(int(trouble.sum()), width - 2 * PAD_X), "trouble", 2.0))
    return Drawing(width, height, tuple(shapes))


def _bars(y: np.ndarray, length: np.ndarray, key: str, width: float) -> Lines:
    ends = np.empty((len(y), 4))
    ends[:, 0], ends[:, 2] = PAD_X, PAD_X + length
    ends[:, 1] = ends[:, 3] = y
    return Lines(ends, key, width)


def view_span(plan: LadderPlan, viewport: Viewport, covered_px: float, height: float) -> tuple[float, float]:
    """Top and bottom, in pixels of the strip, of what the viewport shows below its uppermost ``covered_px``."""
    scale = (height - 2 * PAD_Y) / max(plan.axis.height, 1e-9)
    top = PAD_Y + viewport.y_at(covered_px) * scale
    bottom = PAD_Y + viewport.bottom * scale
    top, bottom = max(1.0, top), min(height - 1.0, bottom)
    if bottom - top < 10.0:
        top = min(max(1.0, (top + bottom) / 2 - 5.0), height - 11.0)
        bottom = top + 10.0
    return top, bottom


def unit_at(plan: LadderPlan, y_px: float, height: float) -> float:
    """The height on the axis, in units, at a pixel of the strip."""
    part = (y_px - PAD_Y) / max(1.0, height - 2 * PAD_Y)
    return min(1.0, max(0.0, part)) * plan.axis.height
