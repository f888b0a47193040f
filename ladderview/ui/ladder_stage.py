"""The picture of a ladder on the screen: what is in view, how it is drawn, and how the view moves.

Plan: the stage owns a ``Camera`` and ``Marks``; each change makes at most one new ``Drawing``, laid out when the canvas
is next painted. What is shown, selected and pointed at is the business of ``LadderView``, which stands on it.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ladderview.ladder.annotation_rows import NO_PLACEMENTS
from ladderview.ladder.camera import Camera
from ladderview.ladder.empty import empty_drawing
from ladderview.ladder.layout import lay_out
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Drawing
from ladderview.ladder.sheet import Marks
from ladderview.ladder.theme import THEMES, Theme
from ladderview.ladder.times import TIME_REFERENCES, TimeReference
from ladderview.ladder.viewport import COMFORTABLE_PX, HEADER_PX, Viewport
from ladderview.render.qt import measure
from ladderview.ui.ladder_canvas import LadderCanvas
from ladderview.ui.ladder_minimap import Minimap

ZOOM_STEP = 1.25

#: How much larger than usual a ladder can be drawn, for those who sit far away.
LARGEST_SCALE = 4.0


class LadderStage(QWidget):
    """A ladder with its minimap.

    Attributes (to read):
        plan: the ladder that is shown, or None.
        notes: the annotations that are shown on it.
        canvas, minimap: the two widgets.

    Signals:
        legend_changed: the legend is shown now, or not.
        time_reference_changed: times are now told from here.
    """

    legend_changed = Signal(bool)
    time_reference_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = THEMES["light"]
        self.plan: LadderPlan | None = None
        self.notes = NO_PLACEMENTS
        self._camera = Camera()
        self._marks = Marks()
        self._scale = 1.0
        self._drawing: Drawing | None = None
        self._drawn_viewport = self.viewport
        self._empty_words = (
            self.tr("Choose a flow on the left"),
            self.tr("Its segments appear here as a ladder, one arrow each"),
        )
        self.canvas = LadderCanvas(self.current_drawing, self)
        self.minimap = Minimap(self._theme, self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.minimap)
        self.minimap.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Ladder"))
        self.setMinimumWidth(360)
        self.canvas.scrolled.connect(self.scroll_by)
        self.canvas.zoomed.connect(self.zoom_by)
        self.canvas.resized.connect(self._on_resized)
        self.minimap.centred.connect(self._on_centred)
        self.minimap.scrolled.connect(self.scroll_by)

    # -- how it is drawn ----------------------------------------------------------------------------------------------

    @property
    def marks(self) -> Marks:
        """What a person has chosen."""
        return self._marks

    @property
    def packets_in_view(self) -> tuple[int, int] | None:
        """The first and the last packet number (from 1) of the arrows in view; None where there are none."""
        if self.plan is None or not len(self.plan):
            return None
        viewport = self.viewport
        first, end = self.plan.axis.rows_between(viewport.y_at(HEADER_PX), viewport.bottom)
        if first >= end:
            return None
        return (
            int(self.plan.first_packet[first:end].min()) + 1,
            int(self.plan.last_packet[first:end].max()) + 1,
        )

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self._theme = theme
        self.minimap.show_plan(self.plan, theme)
        self._redraw()

    def set_time_reference(self, reference: TimeReference) -> None:
        """Count the times from the flow's start, the arrow before, the selected arrow, or tell the time of day."""
        self._set_marks(reference=reference)
        self.time_reference_changed.emit(reference)

    def cycle_time_reference(self) -> None:
        """Count the times from the next reference."""
        at = TIME_REFERENCES.index(self._marks.reference)
        self.set_time_reference(TIME_REFERENCES[(at + 1) % len(TIME_REFERENCES)])

    def set_estimated(self, estimated: bool) -> None:
        """On the time axis, let arrows slope as long as packets are estimated to have travelled."""
        self._set_marks(estimated=estimated)

    def set_legend(self, legend: bool) -> None:
        """Say at the foot what colours and lines mean."""
        self._set_marks(legend=legend)
        self.legend_changed.emit(legend)

    def toggle_legend(self) -> None:
        """Show the legend, or hide it."""
        self.set_legend(not self._marks.legend)

    def set_reveal(self, step: int | None, progress: float = 1.0) -> None:
        """Draw the arrows up to this row of the plan, and its packet as far as it has come.

        Args:
            step: a row of the plan; -1 draws none, None all.
            progress: of the packet of that row along its arrow, 0 to 1.
        """
        self._set_marks(revealed=step, progress=progress if step is not None else 1.0)

    def set_coming(self, shown: bool) -> None:
        """Draw the arrows behind the one that is revealed faintly, or not at all."""
        self._set_marks(coming=shown)

    def swap_sides(self) -> None:
        """Put the server on the other side."""
        self._set_marks(swapped=not self._marks.swapped)

    def set_empty_words(self, words: str, hint: str) -> None:
        """What to say while there is no flow to show."""
        self._empty_words = (words, hint)
        self._redraw()

    @property
    def text_scale(self) -> float:
        """How much larger than usual everything is drawn."""
        return self._scale

    def set_text_scale(self, scale: float) -> None:
        """Draw everything so much larger, so that it can be read from far away."""
        scale = min(max(scale, 0.5), LARGEST_SCALE)
        if scale != self._scale:
            self._scale = self.canvas.scale_factor = scale
            self._on_resized()
            self._redraw()

    # -- what is in view ----------------------------------------------------------------------------------------------

    @property
    def viewport(self) -> Viewport:
        """The part of the ladder that is in view."""
        return self._camera.viewport

    def scroll_by(self, px: float) -> None:
        """Move to later rows, or to earlier ones, by so many pixels."""
        self._camera.scroll_by(px)
        self._moved()

    def zoom_by(self, factor: float, at_px: float) -> None:
        """Zoom; what stands at this height stays there."""
        self._camera.zoom_by(factor, at_px)
        self._on_zoomed(at_px)
        self._moved()

    def _on_zoomed(self, at_px: float) -> None:
        """The rows stand closer or further apart; what stands at this height stayed there."""

    def zoom_in(self) -> None:
        """Spread the rows about the selected one, or about the middle."""
        self.zoom_by(ZOOM_STEP, self._zoom_centre())

    def zoom_out(self) -> None:
        """Draw the rows closer."""
        self.zoom_by(1 / ZOOM_STEP, self._zoom_centre())

    def _zoom_centre(self) -> float:
        selected = self._marks.selected
        return self._camera.y_px(selected) if self._camera.shows(selected) else self._camera.middle_px

    def fit_all(self) -> None:
        """Show the whole flow."""
        self._camera.fit_all()
        self._on_zoomed(self._camera.middle_px)
        self._moved()

    def zoom_to_row(self, row: int) -> None:
        """Show a row and its neighbours so that they can be read."""
        if self.plan is not None and 0 <= row < len(self.plan):
            self._camera.centre_on(self.plan.axis.y_of(row), COMFORTABLE_PX)
            self._moved()

    def zoom_to_rows(self, first: int, last: int) -> None:
        """Show these rows of the plan and little else, as large as they read well."""
        if self.plan is not None and 0 <= first <= last < len(self.plan):
            self._camera.fit_rows(first, last)
            self._moved()

    def show_step(self, step: int) -> None:
        """Bring a row of the plan into view; select nothing."""
        if self.plan is not None and 0 <= step < len(self.plan):
            self._camera.bring_into_view(step)
            self._moved()

    def scroll_page(self, direction: int) -> None:
        """Move a screen on (1) or back (-1), less a row to keep the thread."""
        self.scroll_by(direction * (self.viewport.height - HEADER_PX - COMFORTABLE_PX))

    def _on_centred(self, y: float) -> None:
        self._camera.centre_on(y)
        self._moved()

    def _on_resized(self) -> None:
        size = self.canvas.viewport().size()
        self._camera.resize(size.width() / self._scale, size.height() / self._scale)
        self._moved()

    # Qt's methods

    def _moved(self) -> None:
        """Another part may be in view now, and another row under the pointer."""
        if self.viewport != self._drawn_viewport:
            self._redraw()
            self._on_moved()

    def _on_moved(self) -> None:
        """Another part is in view."""

    # -- drawing ------------------------------------------------------------------------------------------------------

    def _set_marks(self, **changes: object) -> None:
        marks = replace(self._marks, **changes)  # type: ignore[arg-type]
        if marks != self._marks:
            self._marks = marks
            self._redraw()

    def _redraw(self) -> None:
        self._drawing = None
        self._drawn_viewport = self.viewport
        self.canvas.show_range(self.viewport)
        self.minimap.show_view(self.viewport)

    def current_drawing(self) -> tuple[Drawing, Theme]:
        """What is on screen, and in which colours; laid out when it is first asked for after a change."""
        if self._drawing is None:
            view = self.viewport
            if self.plan is None:
                self._drawing = empty_drawing(view.width, view.height, *self._empty_words)
            else:
                self._drawing = lay_out(self.plan, view, self._marks, measure, self.notes)
        return self._drawing, self._theme
