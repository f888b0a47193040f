"""How does the part of a ladder that is in view move: by scrolling, zooming, and going somewhere?

A camera holds the one ``Viewport`` of a view. Whatever it is asked, it never leaves the ladder (``viewport.clamped``).
"""

from __future__ import annotations

from dataclasses import replace

from ladderview.ladder.axis import TimeAxis
from ladderview.ladder.viewport import (
    ABOVE_PX,
    COMFORTABLE_PX,
    HEADER_PX,
    Viewport,
    clamped,
    fit_zoom,
    largest_zoom,
    zoomed,
)

#: Pixels between a row and the edges of the view when it is scrolled into view.
MARGIN_PX = 48.0


class Camera:
    """Which part of an axis is looked at.

    Attributes (to read):
        viewport: that part.
        axis: of the ladder, or None while there is none.
    """

    def __init__(self) -> None:
        self.viewport = Viewport(1.0, 1.0, 0.0, COMFORTABLE_PX)
        self.axis: TimeAxis | None = None
        self._largest_zoom = COMFORTABLE_PX

    @property
    def middle_px(self) -> float:
        """The height in the middle between the header and the lower edge."""
        return (HEADER_PX + self.viewport.height) / 2

    def y_px(self, row: int) -> float:
        """Where a row of the axis stands."""
        return self.viewport.y_px(self.axis.y_of(row)) if self.axis is not None else 0.0

    def shows(self, row: int) -> bool:
        """Whether a row stands between the header and the lower edge."""
        return row >= 0 and HEADER_PX <= self.y_px(row) <= self.viewport.height

    def first_row(self) -> int:
        """The uppermost row in view; -1 where there are no rows."""
        if self.axis is None or len(self.axis) == 0:
            return -1
        first, _ = self.axis.rows_between(self.viewport.y_at(HEADER_PX), self.viewport.bottom)
        return min(first, len(self.axis) - 1)

    # -- what is looked at ----------------------------------------------------------------------------------------

    def look_at(self, axis: TimeAxis | None) -> None:
        """Look at the first rows of a ladder, so that they can be read; or at none."""
        self._take(axis)
        top = -(HEADER_PX + ABOVE_PX) / COMFORTABLE_PX
        self._move(replace(self.viewport, top=top, px_per_unit=COMFORTABLE_PX))

    def exchange(self, axis: TimeAxis, row: int, other: int = -1, zoom: float = 0.0) -> None:
        """Look at another axis; the row that was looked at stays at its height.

        Args:
            axis: of the other rows.
            row: a row of the axis that is looked at.
            other: the row of ``axis`` that takes its place; the same by default.
            zoom: pixels a unit of the other axis; as it is by default.
        """
        row_px = self.y_px(row)
        self._take(axis)
        zoom = zoom or self.viewport.px_per_unit
        y = axis.y_of(other if other >= 0 else row)
        self._move(replace(self.viewport, top=y - row_px / zoom, px_per_unit=zoom))

    def _take(self, axis: TimeAxis | None) -> None:
        self.axis = axis
        self._largest_zoom = largest_zoom(axis) if axis is not None else COMFORTABLE_PX

    def _move(self, viewport: Viewport) -> None:
        self.viewport = viewport if self.axis is None else clamped(viewport, self.axis, self._largest_zoom)

    # -- how it moves ---------------------------------------------------------------------------------------------

    def resize(self, width: float, height: float) -> None:
        """The view has another size, in pixels."""
        self._move(replace(self.viewport, width=width, height=height))

    def scroll_by(self, px: float) -> None:
        """Move to later rows, or to earlier ones, by so many pixels."""
        self._move(replace(self.viewport, top=self.viewport.y_at(px)))

    def zoom_by(self, factor: float, at_px: float) -> None:
        """Zoom; what stands at this height stays there."""
        if self.axis is not None:
            lowest = fit_zoom(self.axis, self.viewport.height)
            zoom = min(max(self.viewport.px_per_unit * factor, lowest), self._largest_zoom)
            self._move(zoomed(self.viewport, zoom / self.viewport.px_per_unit, at_px))

    def fit_all(self) -> None:
        """Show the whole ladder."""
        if self.axis is not None:
            zoom = fit_zoom(self.axis, self.viewport.height)
            self._move(replace(self.viewport, top=-(HEADER_PX + ABOVE_PX) / zoom, px_per_unit=zoom))

    def fit_rows(self, first: int, last: int) -> None:
        """Show these rows as large as they have room for, and as reads well."""
        if self.axis is not None:
            top, bottom = self.axis.y_of(first), self.axis.y_of(last)
            room_px = max(self.viewport.height - HEADER_PX - ABOVE_PX - MARGIN_PX, 20.0)
            zoom = min(COMFORTABLE_PX, room_px / (bottom - top)) if bottom > top else COMFORTABLE_PX
            self._move(replace(self.viewport, top=top - (HEADER_PX + ABOVE_PX) / zoom, px_per_unit=zoom))

    def centre_on(self, y: float, zoom_at_least: float = 0.0) -> None:
        """Put this height of the axis, in units, in the middle."""
        zoom = max(zoom_at_least, self.viewport.px_per_unit)
        self._move(replace(self.viewport, top=y - self.middle_px / zoom, px_per_unit=zoom))

    def bring_into_view(self, row: int) -> None:
        """Scroll as little as needed for a near row; put a far one in the upper third."""
        y, height = self.y_px(row), self.viewport.height
        low, high = HEADER_PX + MARGIN_PX, height - MARGIN_PX
        if low <= y <= high:
            return
        near = low - height / 2 <= y <= high + height / 2
        goal = (low if y < low else high) if near else HEADER_PX + (height - HEADER_PX) / 3
        self.scroll_by(y - goal)
