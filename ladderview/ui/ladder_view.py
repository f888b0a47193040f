"""The ladder of the selected flow: what is in view, what is selected, and what keys and pointer do to both.

Plan: the view owns a ``LadderPlan``, a ``Camera`` and ``Marks``; each change makes at most one new ``Drawing``, laid
out when the canvas is next painted. ``set_flow_preview`` shows the arrows of a flow before it is analysed; ``set_flow``
of the same flow then adds verdicts, states and missing segments, and the row that is looked at stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QToolTip, QWidget

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.reading import Chosen, FlowReading
from ladderview.analysis.segments import Segments
from ladderview.analysis.steps import LEVELS, Fold, Level
from ladderview.capture.capture import Capture
from ladderview.capture.flows import Flow
from ladderview.ladder.annotated import with_phase_names
from ladderview.ladder.annotation_rows import NO_PLACEMENTS, placements_of
from ladderview.ladder.annotations import Annotations
from ladderview.ladder.axis import AXIS_MODES, AxisMode
from ladderview.ladder.camera import Camera
from ladderview.ladder.empty import empty_drawing
from ladderview.ladder.layout import hit_row, lay_out
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Drawing
from ladderview.ladder.sheet import Marks
from ladderview.ladder.theme import THEMES, Theme
from ladderview.ladder.times import TIME_REFERENCES, TimeReference
from ladderview.ladder.triangles import mark_at
from ladderview.ladder.unfolding import Unfolded
from ladderview.ladder.viewport import COMFORTABLE_PX, HEADER_PX, Viewport
from ladderview.render.qt import measure
from ladderview.ui.background import Background
from ladderview.ui.ladder_canvas import LadderCanvas
from ladderview.ui.ladder_keys import act_of
from ladderview.ui.ladder_minimap import Minimap
from ladderview.ui.ladder_plans import LadderPlans
from ladderview.ui.ladder_tooltip import arrow_text, tooltip

ZOOM_STEP = 1.25


class LadderView(QWidget):
    """One flow as a ladder, with its minimap.

    Attributes (to read):
        plan: the ladder that is shown, or None.
        notes: the annotations that are shown on it.
        canvas, minimap: the two widgets.

    Signals:
        row_selected: a person selected this segment; -1 for none.
        chosen_changed: what the selected arrow stands for, a ``Chosen``, or None while that is not known.
        level_changed: other arrows are shown.
        plan_changed(): other arrows are shown, or none.
        legend_changed: the legend is shown now, or not.
        row_hovered: the pointer is over this row; -1 for none.
        axis_changed: a key chose another axis.
        time_reference_changed: times are now told from here.
    """

    row_selected = Signal(int)
    chosen_changed = Signal(object)
    level_changed = Signal(str)
    plan_changed = Signal()
    legend_changed = Signal(bool)
    row_hovered = Signal(int)
    axis_changed = Signal(str)
    time_reference_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None, background: Background | None = None) -> None:
        """``background`` is where long flows are planned: that of the window, which waits for it when it closes."""
        super().__init__(parent)
        self._background = background or Background(self)
        self._theme = THEMES["light"]
        self._plans = LadderPlans(self._background, self._show)
        self.plan: LadderPlan | None = None
        self._camera = Camera()
        self._pointer = (-1.0, -1.0)
        self._marks = Marks()
        self._bare_plan: LadderPlan | None = None
        self._annotations = Annotations()
        self.notes = NO_PLACEMENTS
        self._selected = -1
        self._chosen: Chosen | None = None
        self._wanted_row = -1
        self._drawing: Drawing | None = None
        self._drawn_viewport = self.viewport
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
        if analysis is None:
            self._plans.drop()
            self._clear()
            return
        upgrade = self._is_shown(analysis.flow, analysis.segments)
        if not upgrade:
            self._clear()
        self._plans.set_analysis(analysis, capture, upgrade=upgrade)

    def set_flow_preview(self, flow: Flow, segments: Segments, capture: Capture | None) -> None:
        """Show the arrows of a flow whose analysis is still at work; ``set_flow`` completes it."""
        self._clear()
        self._plans.set_preview(flow, segments, capture)

    def set_reading(self, reading: FlowReading | None) -> None:
        """Show what the analysed flow says: its messages and phases. What is looked at stays where it is."""
        self._plans.set_reading(reading)

    def set_level(self, level: Level) -> None:
        """Show segments, messages or phases; the arrow that is looked at, or what stands for it, stays where it is."""
        if level != self._plans.level:
            self._plans.set_level(level)
            self.level_changed.emit(level)

    def set_folds(self, folds: Sequence[Fold]) -> None:
        """Show these ranges of segments as one arrow each, at any level."""
        self._plans.set_folds(folds)

    def set_names(self, names: Mapping[int, str]) -> None:
        """Call the endpoints so, by lane: 0 the client, 1 the server."""
        self._plans.set_names(names)

    def set_annotations(self, annotations: Annotations) -> None:
        """Show what was written on this ladder."""
        self._annotations = annotations
        if self._bare_plan is not None:
            self._dress(self._bare_plan)
        self._redraw()

    def mark_note(self, chosen: str | None = None, pointed: str | None = None) -> None:
        """Show that this annotation is chosen, or that the pointer is over it; the empty string for none."""
        if chosen is not None:
            self._set_marks(note=chosen)
        if pointed is not None:
            self._set_marks(pointed_note=pointed)

    def _dress(self, plan: LadderPlan) -> None:
        """Show a plan with the names that a person gave, and the annotations at its arrows."""
        self._bare_plan = plan
        self.plan = with_phase_names(plan, self._annotations)
        self.notes = placements_of(self.plan, self._annotations)

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
        self.plan = self._bare_plan = None
        self.notes = NO_PLACEMENTS
        self._wanted_row = -1
        self._selected = -1
        self._marks = replace(self._marks, selected=-1, hovered=-1)
        self._camera.look_at(None)
        self.minimap.hide()
        self.minimap.show_plan(None, self._theme)
        self._describe()
        self._redraw()
        self.plan_changed.emit()

    def _show(self, plan: LadderPlan, upgrade: bool) -> None:
        """Show a plan; an upgrade of the one on screen leaves what is looked at in its place."""
        before, anchor = self.plan, self._anchor_row() if upgrade else -1
        self._dress(plan)
        if before is not None and anchor >= 0 and len(plan):
            self._camera.exchange(plan.axis, anchor, plan.step_of_segment(before.segment_of(anchor)[1]))
            self._marks = replace(self._marks, selected=plan.step_of_segment(self._selected), hovered=-1)
        else:
            self._camera.look_at(plan.axis)
        self.minimap.show_plan(plan, self._theme)
        self.minimap.show()
        self._describe()
        self._redraw()
        self.plan_changed.emit()
        if self._wanted_row >= 0:
            self.select_row(self._wanted_row)
        elif upgrade:
            self._tell_chosen()

    def _anchor_row(self) -> int:
        """The row to keep in place: the selected one if it is in view, else the first in view."""
        selected = self._marks.selected
        return selected if self._camera.shows(selected) else self._camera.first_row()

    def _describe(self) -> None:
        """Say what is shown to who cannot see it."""
        if self.plan is None:
            self.setAccessibleDescription(self._empty_words[0])
            return
        flow, row = self.plan.flow, self._marks.selected
        selected = f"; selected: {arrow_text(self.plan, row)}" if row >= 0 else ""
        self.setAccessibleDescription(
            f"Flow {flow.id}, {flow.client} to {flow.server}, {len(self.plan)} {self._arrows_word()}{selected}"
        )

    def _arrows_word(self) -> str:
        return "segments" if self.plan is None or self.plan.level == "segments" else "arrows"

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self._theme = theme
        self.minimap.show_plan(self.plan, theme)
        self._redraw()

    def set_axis(self, axis: AxisMode) -> None:
        """Draw along another axis; the row that is looked at stays where it is."""
        if axis != self._plans.axis:
            self._plans.set_axis(axis)
            self.axis_changed.emit(axis)

    def set_time_reference(self, reference: TimeReference) -> None:
        """Count the times from the flow's start, the arrow before, the selected arrow, or tell the time of day."""
        self._set_marks(reference=reference)
        self.time_reference_changed.emit(reference)

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

    def show_step(self, step: int) -> None:
        """Bring a row of the plan into view; select nothing."""
        if self.plan is not None and 0 <= step < len(self.plan):
            self._camera.bring_into_view(step)
            self._moved()

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
        return self._plans.is_busy

    # -- what is selected -----------------------------------------------------------------------------------------

    @property
    def selected_row(self) -> int:
        """The selected segment, which counts within its flow, or -1."""
        return self._selected

    @property
    def selected_step(self) -> int:
        """The selected arrow, a row of the plan, or -1."""
        return self._marks.selected

    def select_row(self, row: int) -> None:
        """Select a segment, and the arrow that stands for it, or none with -1, and bring it into view."""
        plan = self.plan
        if plan is None and self.is_planning:
            self._wanted_row = row
            return
        step = plan.step_of_segment(row) if plan is not None else -1
        current = self._marks.selected
        if plan is not None and current >= 0 and step >= 0 and plan.segment_of(current)[1] == row:
            step = current  # one of several arrows that were whole with this segment
        self._select(step, row if step >= 0 else -1)

    def select_step(self, step: int) -> None:
        """Select an arrow, a row of the plan, or none with -1, and bring it into view."""
        plan = self.plan
        if plan is None or not 0 <= step < len(plan):
            step = -1
        self._select(step, plan.segment_of(step)[1] if plan is not None and step >= 0 else -1)

    def _select(self, step: int, row: int) -> None:
        changed, self._selected = row != self._selected, row
        if step != self._marks.selected:
            self._set_marks(selected=step)
            self._tell_chosen()
        if changed:
            self._describe()
            self.row_selected.emit(row)
        if step >= 0:
            self._camera.bring_into_view(step)
            self._moved()

    def _tell_chosen(self) -> None:
        """Say what the selected arrow stands for."""
        plan, step, reading = self.plan, self._marks.selected, self._plans.reading
        known = plan is not None and reading is not None and step >= 0 and plan.sources[0].reading is reading
        chosen = reading.chosen(plan.sources[0].steps, int(plan.own[step])) if known else None  # type: ignore[union-attr]
        if chosen != self._chosen:
            self._chosen = chosen
            self.chosen_changed.emit(chosen)

    def next_arrow(self, step: int = 1) -> None:
        """Select the arrow ``step`` rows further; without a selection, the first that is in view."""
        if self.plan is None or len(self.plan) == 0:
            return
        selected = self._marks.selected
        row = self._anchor_row() if selected < 0 else selected + step
        self.select_step(min(max(row, 0), len(self.plan) - 1))

    def next_problem(self, step: int = 1) -> None:
        """Select the nearest arrow in trouble after (1) or before (-1) the selected one, if there is one."""
        if self.plan is None:
            return
        selected = self._marks.selected
        row = self.plan.next_problem(len(self.plan) if selected < 0 and step < 0 else selected, step)
        if row >= 0:
            self.select_step(row)

    def unfold(self, step: int = -1) -> None:
        """Show an arrow, the selected one by default, one level deeper, in its place."""
        plan = self.plan
        step = step if step >= 0 else self._marks.selected
        if plan is not None and step >= 0 and plan.unfolding.is_closed(step):
            key = plan.sources[0].steps.key_of(int(plan.own[step]))
            self._plans.set_unfolded(self._plans.unfolded | {key})

    def fold(self) -> None:
        """Show what the selected arrow is part of as one arrow again."""
        plan, step = self.plan, self._marks.selected
        if plan is not None and step >= 0:
            self._fold_again(plan.unfolding.parent(step))

    def _fold_again(self, unfolded: Unfolded | None) -> None:
        if unfolded is not None:
            self._plans.set_unfolded(self._plans.unfolded - {unfolded.key})

    # -- what is in view ------------------------------------------------------------------------------------------

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
        self._moved()

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
        self._moved()

    def zoom_to_row(self, row: int) -> None:
        """Show a row and its neighbours so that they can be read."""
        if self.plan is not None and 0 <= row < len(self.plan):
            self._camera.centre_on(self.plan.axis.y_of(row), COMFORTABLE_PX)
            self._moved()

    def _moved(self) -> None:
        """Another part may be in view now, and another row under the pointer."""
        if self.viewport != self._drawn_viewport:
            self._redraw()
            self._on_pointed(*self._pointer)

    def scroll_page(self, direction: int) -> None:
        """Move a screen on (1) or back (-1), less a row to keep the thread."""
        self.scroll_by(direction * (self.viewport.height - HEADER_PX - COMFORTABLE_PX))

    def cycle_axis(self) -> None:
        """Draw along the next axis."""
        self.set_axis(AXIS_MODES[(AXIS_MODES.index(self._plans.axis) + 1) % len(AXIS_MODES)])

    def step_level(self, step: int) -> None:
        """Show more (-1) or fewer (1) arrows: segments, messages, phases."""
        at = LEVELS.index(self._plans.level) + step
        if 0 <= at < len(LEVELS):
            self.set_level(LEVELS[at])

    def cycle_time_reference(self) -> None:
        """Count the times from the next reference."""
        at = TIME_REFERENCES.index(self._marks.reference)
        self.set_time_reference(TIME_REFERENCES[(at + 1) % len(TIME_REFERENCES)])

    def select_end(self, last: bool) -> None:
        """Select the first or the last arrow."""
        if self.plan is not None and len(self.plan):
            self.select_step(len(self.plan) - 1 if last else 0)

    # -- drawing --------------------------------------------------------------------------------------------------

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

    # -- the pointer ----------------------------------------------------------------------------------------------

    def _row_at(self, x: float, y: float) -> int:
        if self.plan is None or x < 0:
            return -1
        return hit_row(self.plan, self.viewport, y)

    def _on_clicked(self, x: float, y: float) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        mark = mark_at(self.current_drawing()[0], x, y)
        if mark is not None and self.plan is not None:
            if mark.kind == "fold":
                self.unfold(mark.row)
            else:
                self._fold_again(self.plan.unfolding.unfolded[mark.row])
            return
        row = self._row_at(x, y)
        if row >= 0:
            self.select_step(row)

    def _on_double_clicked(self, x: float, y: float) -> None:
        self.zoom_to_row(self._row_at(x, y))

    def _on_pointed(self, x: float, y: float) -> None:
        self._pointer = (x, y)
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
        return tooltip(self.plan, self._plans.analysis, row) if self.plan is not None else ""

    def _on_centred(self, y: float) -> None:
        self._camera.centre_on(y)
        self._moved()

    def _on_resized(self) -> None:
        size = self.canvas.viewport().size()
        self._camera.resize(float(size.width()), float(size.height()))
        self._moved()

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
