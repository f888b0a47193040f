"""Which part of the axis is on the screen, and how large?

Two spaces: *units* are heights on the ``TimeAxis``; *pixels* (``_px``) are logical pixels of the drawing, 0 at its top.
Zoom changes how many pixels a unit takes and nothing else: text keeps its size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ladderview.ladder.axis import TimeAxis

#: Pixels a row where a ladder reads well; what a flow opens with and what an export uses.
COMFORTABLE_PX = 42.0

#: Pixels a row that zooming in stops at; on the time axis, pixels between the two closest rows.
LARGEST_PX = 160.0

#: Height of the endpoint header, which stays on screen, and the room between it and the first row.
HEADER_PX = 72.0
ABOVE_PX = 36.0

#: Room under the last row: a state pill and the ends of the lifelines.
BELOW_PX = 52.0


@dataclass(frozen=True, slots=True)
class Viewport:
    """What a drawing shows.

    Attributes:
        width, height: of the drawing, in pixels.
        top: the height, in units, that stands at pixel 0 (under the header).
        px_per_unit: the zoom.
    """

    width: float
    height: float
    top: float
    px_per_unit: float

    def y_px(self, y: float) -> float:
        """Units to pixels."""
        return (y - self.top) * self.px_per_unit

    def y_at(self, y_px: float) -> float:
        """Pixels to units."""
        return self.top + y_px / self.px_per_unit

    @property
    def bottom(self) -> float:
        """The height, in units, that stands at the lower edge."""
        return self.y_at(self.height)


def fit_zoom(axis: TimeAxis, height: float) -> float:
    """The zoom at which the whole axis is in view, but no row higher than comfortable."""
    room_px = max(height - HEADER_PX - ABOVE_PX - BELOW_PX, 20.0)
    return min(COMFORTABLE_PX, room_px / axis.height) if axis.height > 0 else COMFORTABLE_PX


def largest_zoom(axis: TimeAxis) -> float:
    """The zoom beyond which there is nothing more to see: the two closest rows are far apart."""
    return max(COMFORTABLE_PX, LARGEST_PX / min(1.0, axis.smallest_step))


def clamped(viewport: Viewport, axis: TimeAxis, largest: float) -> Viewport:
    """The viewport nearest to this one that shows as much of the ladder as it can.

    Args:
        viewport: what was asked for.
        axis: the axis of the ladder.
        largest: ``largest_zoom(axis)``, which costs a pass over all rows.
    """
    zoom = min(max(viewport.px_per_unit, fit_zoom(axis, viewport.height)), largest)
    highest = -(HEADER_PX + ABOVE_PX) / zoom
    lowest = axis.height + (BELOW_PX - viewport.height) / zoom
    top = max(highest, min(viewport.top, lowest))
    # A whole number of pixels: rows then move in step with their text, which a screen places on whole pixels.
    return replace(viewport, top=round(top * zoom) / zoom, px_per_unit=zoom)


def zoomed(viewport: Viewport, factor: float, at_px: float) -> Viewport:
    """The viewport with ``factor`` times the zoom, in which what stands at ``at_px`` stays there; not clamped."""
    zoom = viewport.px_per_unit * factor
    return replace(viewport, top=viewport.y_at(at_px) - at_px / zoom, px_per_unit=zoom)
