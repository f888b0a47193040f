"""The whole flow in a strip: how much was sent when, and where the problems are.

The strip and the ladder share the axis, so a height in one is a height in the other. Which part is in view is drawn by
whoever shows the strip: it changes with every scroll, the strip does not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ladderview.ladder.density import layers_between
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Bars, Box, Drawing, Shape
from ladderview.ladder.viewport import Viewport

#: Pixels from the edges of the strip to its lines, between two lines, and of the shortest line.
PAD_X, PAD_Y, PITCH, SHORTEST = 4.0, 6.0, 3.0, 4.0


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
        full = width - 2 * PAD_X
        length = np.maximum(SHORTEST, np.sqrt(amount / max(1.0, amount.max())) * full)
        trouble = sum(np.diff(np.searchsorted(rows, edges)) for rows in plan.problem_rows) > np.zeros(bands)
        calm = (amount > 0) & ~trouble
        thickness = min(max(0.25 * room / len(plan), 1.2), 3.0)
        layer = layers_between(plan, edges)
        for number, key in enumerate(("lifeline", "tls", "http")):
            chosen = calm & (layer == number)
            shapes.append(_bars(y[chosen], length[chosen], key, thickness))
        shapes.append(_bars(y[trouble], np.full(len(y[trouble]), full), "trouble", 2.0))
    return Drawing(width, height, tuple(shapes))


def _bars(y: NDArray[np.float64], length: NDArray[np.float64], key: str, thickness: float) -> Bars:
    return Bars(np.column_stack((np.full(len(y), PAD_X), PAD_X + length, y)), key, thickness)


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
