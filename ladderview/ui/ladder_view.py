"""The ladder of the selected flow: what is in view, what is selected, and what keys and pointer do to both.

Plan: the view owns a ``LadderPlan``, a ``Viewport`` and ``Marks``; each change makes at most one new ``Drawing``, laid
out when the canvas is next painted. ``set_flow_preview`` shows the arrows of a flow before it is analysed; ``set_flow``
of the same flow then adds verdicts, states and missing segments, and the row that is looked at stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QToolTip, QWidget

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.segments import Segments
from ladderview.capture.capture import Capture
from ladderview.capture.flows import Flow
from ladderview.ladder.axis import AXIS_MODES, AxisMode
from ladderview.ladder.empty import empty_drawing
from ladderview.ladder.layout import hit_row, lay_out
from ladderview.ladder.plan import LadderPlan, plan_analysed, plan_preview
from ladderview.ladder.shapes import Drawing
from ladderview.ladder.sheet import Marks
from ladderview.ladder.theme import THEMES, Theme
from ladderview.ladder.times import TIME_REFERENCES, TimeReference
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
from ladderview.render.qt import measure
from ladderview.ui.background import Background
from ladderview.ui.ladder_canvas import LadderCanvas
from ladderview.ui.ladder_keys import act_of
from ladderview.ui.ladder_minimap import Minimap
from ladderview.ui.ladder_tooltip import tooltip

ZOOM_STEP = 1.25

#: Rows from which a plan is made on a worker thread: it takes a tenth of a second for a million.
PLAN_BEHIND_FROM = 200_000
_PLANNING = "ladder"

#: Pixels between the selected row and the edges of the view when it is scrolled into view.
MARGIN_PX = 48.0


class LadderView(QWidget):
    """One flow as a ladder, with its minimap.

    Attributes (to read):
        plan: the ladder that is shown, or None.
        viewport: the part of it that is in view.
        canvas, minimap: the two widgets.

    Signals:
        row_selected: a person selected this row; -1 for none.
        row_hovered: the pointer is over this row; -1 for none.
        axis_changed: a key chose another axis.
        time_reference_changed: times are now told from here.
    """

    row_selected = Signal(int)
    row_hovered = Signal(int)
    axis_changed = Signal(str)
    time_reference_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None, background: Background | None = None) -> None:
        """``background`` is where long flows are planned: that of the window, which waits for it when it closes."""
        super().__init__(parent)
        self._background = background or Background(self)
        self._theme = THEMES["light"]
        self._axis: AxisMode = "rows"
        self._analysis: FlowAnalysis | None = None
        self.plan: LadderPlan | None = None
        self._largest_zoom = COMFORTABLE_PX
        self.viewport = Viewport(1.0, 1.0, 0.0, COMFORTABLE_PX)
        self._marks = Marks()
        self._wanted_row = -1
        self._drawing: Drawing | None = None
        self._empty_words = ("Choose a flow on the left", "Its segments appear here as a ladder, one arrow each")
        self.canvas = LadderCanvas(self.current_drawing, self)
        self.minimap = Minimap(self._theme, self)
        self._arrange()
        self._connect()
        self.set_theme(self._theme)

    def _arrange(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.canvas, 1)
        layout.addWidget(self.minimap)
        self.minimap.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Ladder")
        self.setMinimumWidth(360)

    def _connect(self) -> None:
        canvas = self.canvas
        canvas.scrolled.connect(self.scroll_by)
        canvas.zoomed.connect(self.zoom_by)
        canvas.clicked.connect(self._on_clicked)
        canvas.double_clicked.connect(self._on_double_clicked)
        canvas.pointed.connect(self._on_pointed)
        canvas.resized.connect(self._on_resized)
        canvas.asked.connect(self._on_asked)
        self.minimap.centred.connect(self._on_centred)
        self.minimap.scrolled.connect(self.scroll_by)

    # -- what is shown --------------------------------------------------------------------------------------------

    def set_flow(self, analysis: FlowAnalysis | None, capture: Capture | None) -> None:
        """Show an analysed flow, or none. The flow that is previewed already gets its verdicts without moving."""
        self._analysis = analysis
        if analysis is None:
            self._background.cancel(_PLANNING)
            self._clear()
            return
        axis, upgrade = self._axis, self._is_shown(analysis.flow, analysis.segments)
        if not upgrade:
            self._clear()
        self._plan_and_show(lambda: plan_analysed(analysis, capture, axis), len(analysis.segments), upgrade)

    def set_flow_preview(self, flow: Flow, segments: Segments, capture: Capture | None) -> None:
        """Show the arrows of a flow whose analysis is still at work; ``set_flow`` completes it."""
        self._analysis = None
        self._clear()
        axis = self._axis
        self._plan_and_show(lambda: plan_preview(flow, segments, capture, axis), len(segments), False)

    def _plan_and_show(self, make: Callable[[], LadderPlan], rows: int, upgrade: bool) -> None:
        """Make a plan and show it: at once, or, where that would be felt, on a worker thread."""
        self._background.cancel(_PLANNING)
        if rows < PLAN_BEHIND_FROM:
            self._show(make(), upgrade)
        else:
            self._background.run(_PLANNING, lambda progress: make(), lambda plan: self._show(plan, upgrade))

    def _is_shown(self, flow: Flow, segments: Segments) -> bool:
        """Whether the plan on screen is of the same packets, waiting for its verdicts."""
        plan = self.plan
        return (
            plan is not None
            and plan.tcp is None
            and plan.flow.id == flow.id
            and len(plan) == len(segments)
            and bool((plan.segments.packet == segments.packet).all())
        )

    def _clear(self) -> None:
        self.plan = None
        self._wanted_row = -1
        self._marks = replace(self._marks, selected=-1, hovered=-1)
        self.minimap.hide()
        self.minimap.show_plan(None, self._theme)
        self.setAccessibleDescription(self._empty_words[0])
        self._redraw()

    def _show(self, plan: LadderPlan, upgrade: bool) -> None:
        anchor = self._anchor_row() if upgrade else -1
        self.minimap.show()
        if plan.axis.mode != self._axis:  # it was changed while the plan was made
            plan = plan.with_axis(self._axis)
        self._take_plan(plan, anchor)
        if anchor < 0:
            top = -(HEADER_PX + ABOVE_PX) / COMFORTABLE_PX
            self._set_viewport(replace(self.viewport, top=top, px_per_unit=COMFORTABLE_PX))
        flow = plan.flow
        self.setAccessibleDescription(f"Flow {flow.id}, {flow.client} to {flow.server}, {len(plan)} segments")
        if self._wanted_row >= 0:
            self.select_row(self._wanted_row)

    def _take_plan(self, plan: LadderPlan, anchor: int) -> None:
        """Exchange the plan; the anchor row, unless -1, stays at its height on the screen."""
        anchor_px = self.viewport.y_px(self.plan.axis.y_of(anchor)) if self.plan is not None and anchor >= 0 else 0.0
        self.plan = plan
        self._largest_zoom = largest_zoom(plan.axis)
        self.minimap.show_plan(plan, self._theme)
        if anchor >= 0:
            top = plan.axis.y_of(anchor) - anchor_px / self.viewport.px_per_unit
            self._set_viewport(replace(self.viewport, top=top))
        self._redraw()

    def _anchor_row(self) -> int:
        """The row to keep in place: the selected one if it is in view, else the first in view."""
        if self.plan is None or len(self.plan) == 0:
            return -1
        first, end = self.plan.axis.rows_between(self.viewport.y_at(HEADER_PX), self.viewport.bottom)
        if first <= self._marks.selected < end:
            return self._marks.selected
        return min(first, len(self.plan) - 1)

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self._theme = theme
        self.minimap.show_plan(self.plan, theme)
        self._redraw()

    def set_axis(self, axis: AxisMode) -> None:
        """Draw along another axis; the row that is looked at stays where it is."""
        if axis == self._axis:
            return
        self._axis = axis
        plan = self.plan
        if plan is not None:
            self._plan_and_show(lambda: plan.with_axis(axis), len(plan), True)
        self.axis_changed.emit(axis)

    def set_time_reference(self, reference: TimeReference) -> None:
        """Count the times from the flow's start, the arrow before, the selected arrow, or tell the time of day."""
        self._set_marks(reference=reference)
        self.time_reference_changed.emit(reference)

    def swap_sides(self) -> None:
        """Put the server on the other side."""
        self._set_marks(swapped=not self._marks.swapped)

    def set_empty_words(self, words: str, hint: str) -> None:
        """What to say while there is no flow to show."""
        self._empty_words = (words, hint)
        self._redraw()

    @property
    def is_planning(self) -> bool:
        """Whether a plan is being made behind the scenes; what is shown is what was there before."""
        return self._background.is_busy(_PLANNING)

    # -- what is selected -----------------------------------------------------------------------------------------

    @property
    def selected_row(self) -> int:
        """The selected row, or -1."""
        return self._marks.selected

    def select_row(self, row: int) -> None:
        """Select a row, or none with -1, and bring it into view."""
        plan = self.plan
        if plan is None and self.is_planning:
            self._wanted_row = row
            return
        if plan is None or not -1 <= row < len(plan):
            row = -1
        if row != self._marks.selected:
            self._set_marks(selected=row)
            self.row_selected.emit(row)
        if row >= 0:
            self._bring_into_view(row)

    def next_arrow(self, step: int = 1) -> None:
        """Select the arrow ``step`` rows further; without a selection, the first that is in view."""
        if self.plan is None or len(self.plan) == 0:
            return
        selected = self._marks.selected
        row = self._anchor_row() if selected < 0 else selected + step
        self.select_row(min(max(row, 0), len(self.plan) - 1))

    def next_problem(self, step: int = 1) -> None:
        """Select the nearest arrow in trouble after (1) or before (-1) the selected one, if there is one."""
        if self.plan is None:
            return
        selected = self._marks.selected
        row = self.plan.next_problem(len(self.plan) if selected < 0 and step < 0 else selected, step)
        if row >= 0:
            self.select_row(row)

    def _bring_into_view(self, row: int) -> None:
        """Scroll as little as needed for a near row; put a far one in the upper third."""
        if self.plan is None:
            return
        view = self.viewport
        y = view.y_px(self.plan.axis.y_of(row))
        low, high = HEADER_PX + MARGIN_PX, view.height - MARGIN_PX
        if low <= y <= high:
            return
        near = low - view.height / 2 <= y <= high + view.height / 2
        goal = (low if y < low else high) if near else HEADER_PX + (view.height - HEADER_PX) / 3
        self.scroll_by(y - goal)

    # -- what is in view ------------------------------------------------------------------------------------------

    def scroll_by(self, px: float) -> None:
        """Move to later rows, or to earlier ones, by so many pixels."""
        self._set_viewport(replace(self.viewport, top=self.viewport.y_at(px)))

    def zoom_by(self, factor: float, at_px: float) -> None:
        """Zoom; what stands at this height stays there."""
        largest = self._largest_zoom
        lowest = fit_zoom(self.plan.axis, self.viewport.height) if self.plan is not None else COMFORTABLE_PX
        zoom = min(max(self.viewport.px_per_unit * factor, lowest), largest)
        self._set_viewport(zoomed(self.viewport, zoom / self.viewport.px_per_unit, at_px))

    def zoom_in(self) -> None:
        """Spread the rows about the selected one, or about the middle."""
        self.zoom_by(ZOOM_STEP, self._zoom_centre())

    def zoom_out(self) -> None:
        """Draw the rows closer."""
        self.zoom_by(1 / ZOOM_STEP, self._zoom_centre())

    def fit_all(self) -> None:
        """Show the whole flow."""
        if self.plan is not None:
            self._set_viewport(
                replace(self.viewport, top=-1e18, px_per_unit=fit_zoom(self.plan.axis, self.viewport.height))
            )

    def zoom_to_row(self, row: int) -> None:
        """Show a row and its neighbours so that they can be read."""
        if self.plan is None or not 0 <= row < len(self.plan):
            return
        zoom = max(COMFORTABLE_PX, self.viewport.px_per_unit)
        middle = (self.viewport.height + HEADER_PX) / 2
        self._set_viewport(replace(self.viewport, top=self.plan.axis.y_of(row) - middle / zoom, px_per_unit=zoom))

    def _zoom_centre(self) -> float:
        view = self.viewport
        if self.plan is not None and self._marks.selected >= 0:
            y = view.y_px(self.plan.axis.y_of(self._marks.selected))
            if HEADER_PX <= y <= view.height:
                return y
        return (HEADER_PX + view.height) / 2

    def _set_viewport(self, viewport: Viewport) -> None:
        if self.plan is not None:
            viewport = clamped(viewport, self.plan.axis, self._largest_zoom)
        if viewport != self.viewport:
            self.viewport = viewport
            self._redraw()

    def scroll_page(self, direction: int) -> None:
        """Move a screen on (1) or back (-1), less a row to keep the thread."""
        self.scroll_by(direction * (self.viewport.height - HEADER_PX - COMFORTABLE_PX))

    def cycle_axis(self) -> None:
        """Draw along the next axis."""
        self.set_axis(AXIS_MODES[(AXIS_MODES.index(self._axis) + 1) % len(AXIS_MODES)])

    def cycle_time_reference(self) -> None:
        """Count the times from the next reference."""
        at = TIME_REFERENCES.index(self._marks.reference)
        self.set_time_reference(TIME_REFERENCES[(at + 1) % len(TIME_REFERENCES)])

    def select_end(self, last: bool) -> None:
        """Select the first or the last arrow."""
        if self.plan is not None and len(self.plan):
            self.select_row(len(self.plan) - 1 if last else 0)

    # -- drawing --------------------------------------------------------------------------------------------------

    def _set_marks(self, **changes: object) -> None:
        marks = replace(self._marks, **changes)  # type: ignore[arg-type]
        if marks != self._marks:
            self._marks = marks
            self._redraw()

    def _redraw(self) -> None:
        self._drawing = None
        self.canvas.show_range(self.viewport)
        self.minimap.show_view(self.viewport)

    def current_drawing(self) -> tuple[Drawing, Theme]:
        """What is on screen, and in which colours; laid out when it is first asked for after a change."""
        if self._drawing is None:
            view = self.viewport
            if self.plan is None:
                self._drawing = empty_drawing(view.width, view.height, *self._empty_words)
            else:
                self._drawing = lay_out(self.plan, view, self._marks, measure)
        return self._drawing, self._theme

    # -- the pointer ----------------------------------------------------------------------------------------------

    def _row_at(self, x: float, y: float) -> int:
        if self.plan is None or x < 0:
            return -1
        return hit_row(self.plan, self.viewport, y)

    def _on_clicked(self, x: float, y: float) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        row = self._row_at(x, y)
        if row >= 0:
            self.select_row(row)

    def _on_double_clicked(self, x: float, y: float) -> None:
        self.zoom_to_row(self._row_at(x, y))

    def _on_pointed(self, x: float, y: float) -> None:
        row = self._row_at(x, y)
        if row != self._marks.hovered:
            self._set_marks(hovered=row)
            self.row_hovered.emit(row)

    def _on_asked(self, x: float, y: float, where: QPoint) -> None:
        row = self._row_at(x, y)
        if row >= 0:
            QToolTip.showText(where, self.row_tooltip(row), self)
        else:
            QToolTip.hideText()

    def row_tooltip(self, row: int) -> str:
        """What a person reads who rests on an arrow, as rich text."""
        return tooltip(self.plan, self._analysis, row) if self.plan is not None else ""

    def _on_centred(self, y: float) -> None:
        middle = (self.viewport.height + HEADER_PX) / 2
        self._set_viewport(replace(self.viewport, top=y - middle / self.viewport.px_per_unit))

    def _on_resized(self) -> None:
        size = self.canvas.viewport().size()
        self._set_viewport(replace(self.viewport, width=float(size.width()), height=float(size.height())))

    # Qt's methods

    def sizeHint(self) -> QSize:
        """Room for a dozen rows with whole labels."""
        return QSize(900, 700)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what the key stands for."""
        act = act_of(event)
        if act is None:
            super().keyPressEvent(event)
        else:
            act(self)
