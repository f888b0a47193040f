"""The ladder of the selected flow: what is shown, and what is selected.

``set_flow_preview`` shows the arrows of a flow before it is analysed; ``set_flow`` of the same flow then adds verdicts,
states and missing segments, ``set_reading`` messages and phases, and the row that is looked at stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.masking import NO_MASK, Masker
from ladderview.analysis.reading import Chosen, FlowReading
from ladderview.analysis.segments import Segments
from ladderview.analysis.steps import LEVELS, Fold, Key, Level
from ladderview.capture.capture import Capture
from ladderview.capture.flows import Flow
from ladderview.ladder.annotated import with_phase_names
from ladderview.ladder.annotation_rows import NO_PLACEMENTS, placements_of
from ladderview.ladder.annotations import Annotations
from ladderview.ladder.axis import AXIS_MODES, AxisMode
from ladderview.ladder.lanes import Names
from ladderview.ladder.level_by_zoom import level_for, partner_of, zoom_for
from ladderview.ladder.link_walk import LinkWalk
from ladderview.ladder.masked import masked_annotations, masked_plan
from ladderview.ladder.packet_comments import with_comments
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.unfolding import Unfolded
from ladderview.ui.background import Background
from ladderview.ui.ladder_keys import act_of
from ladderview.ui.ladder_plans import LadderPlans
from ladderview.ui.ladder_pointer import LadderPointer
from ladderview.ui.ladder_stage import LadderStage
from ladderview.ui.ladder_tooltip import arrow_text, tooltip


class LadderView(LadderStage):
    """One flow as a ladder, with its minimap.

    Signals:
        row_selected: a person selected this segment; -1 for none.
        chosen_changed: what the selected arrow stands for, a ``Chosen``, or None while that is not known.
        level_changed: other arrows are shown.
        automatic_changed: the level follows the zoom now, or not.
        plan_changed(): other arrows are shown, or none.
        row_hovered: the pointer is over this row; -1 for none.
        axis_changed: a key chose another axis.
        flow_changed(): an analysed flow is shown, or none; what was folded in the one before is forgotten.
        several_changed(): several flows are shown, or others.
    """

    row_selected = Signal(int)
    chosen_changed = Signal(object)
    level_changed = Signal(str)
    automatic_changed = Signal(bool)
    plan_changed = Signal()
    row_hovered = Signal(int)
    axis_changed = Signal(str)
    flow_changed = Signal()
    several_changed = Signal()

    def __init__(self, parent: QWidget | None = None, background: Background | None = None) -> None:
        """``background`` is where long flows are planned: that of the window, which waits for it when it closes."""
        super().__init__(parent)
        self._background = background or Background(self)
        self._plans = LadderPlans(self._background, self._show)
        self._bare_plan: LadderPlan | None = None
        self._annotations = Annotations()
        self._masker = NO_MASK
        self._selected, self._source = -1, 0
        self._chosen: Chosen | None = None
        self._wanted_row = -1
        self._wanted_span: tuple[int, int] | None = None
        self._automatic = False
        self._zoomed_at_px = -1.0
        self._walk = LinkWalk()
        self._pointer = LadderPointer(self)
        self.set_theme(self._theme)

    # -- what is shown --------------------------------------------------------------------------------------------

    def set_flow(self, analysis: FlowAnalysis | None, capture: Capture | None) -> None:
        """Show an analysed flow, or none. The flow that is previewed already gets its verdicts without moving."""
        if analysis is None:
            self._plans.drop()
            self._clear()
            self.flow_changed.emit()
            return
        upgrade = self._is_shown(analysis.flow, analysis.segments)
        if not upgrade:
            self._clear()
        self._plans.set_analysis(analysis, capture, upgrade=upgrade)
        self.flow_changed.emit()

    def set_flow_preview(self, flow: Flow, segments: Segments, capture: Capture | None) -> None:
        """Show the arrows of a flow whose analysis is still at work; ``set_flow`` completes it."""
        self._clear()
        self._plans.set_preview(flow, segments, capture)

    def set_reading(self, reading: FlowReading | None) -> None:
        """Show what the analysed flow says: its messages and phases. What is looked at stays where it is."""
        self._plans.set_reading(reading)

    def set_several(self, readings: Sequence[FlowReading], capture: Capture | None) -> None:
        """Show several flows in one ladder, with a lifeline for each endpoint."""
        self._clear()
        self._plans.set_several(readings, capture)
        self.several_changed.emit()

    def set_level(self, level: Level | Literal["auto"]) -> None:
        """Show segments, messages or phases, or what suits the zoom.

        The arrow that is looked at, or what stands for it, stays where it is. Another level than the one that is shown
        stays, whatever the zoom.
        """
        if level == "auto":
            self._set_automatic(True)
            self._follow_zoom(self._camera.middle_px)
        elif level != self._plans.level:
            self._set_automatic(False)
            self._plans.set_level(level)
            self.level_changed.emit(level)

    @property
    def is_automatic(self) -> bool:
        """Whether the level follows the zoom."""
        return self._automatic

    def set_automatic(self, automatic: bool) -> None:
        """Let the level follow the zoom, or stay as it is."""
        if automatic:
            self.set_level("auto")
        else:
            self._set_automatic(False)

    def _set_automatic(self, automatic: bool) -> None:
        if automatic != self._automatic:
            self._automatic = automatic
            self.automatic_changed.emit(automatic)

    def _follow_zoom(self, at_px: float) -> None:
        """Go on to the level that suits the zoom; what stands at this height stays there."""
        if self.plan is None or self.is_planning:
            return
        level = level_for(self.plan, self.viewport)
        if level is not None and level != self._plans.level:
            self._zoomed_at_px = at_px
            self._plans.set_level(level)
            self.level_changed.emit(level)

    def _on_zoomed(self, at_px: float) -> None:
        if self._automatic:
            self._follow_zoom(at_px)

    def _on_moved(self) -> None:
        self._pointer.look_again()

    def set_folds(self, folds: Sequence[Fold]) -> None:
        """Show these ranges of segments as one arrow each, at any level."""
        self._plans.set_folds(folds)

    def set_names(self, names: Mapping[int, str]) -> None:
        """Call the endpoints so, by lane: 0 the client, 1 the server."""
        self._plans.set_names(names)

    def set_written(self, names: Mapping[int, Names], folds: Mapping[int, Sequence[Fold]]) -> None:
        """The names and the folds of several flows, by flow."""
        self._plans.set_written(names, folds)

    @property
    def several(self) -> tuple[FlowAnalysis, ...]:
        """The flows of a ladder of several; none of one that shows one flow."""
        return self._plans.several

    def set_raw_numbers(self, raw: bool) -> None:
        """Label segments with the sequence numbers that stand in them, or with relative ones."""
        self._plans.set_raw_numbers(raw)

    def set_annotations(self, annotations: Annotations) -> None:
        """Show what was written on this ladder."""
        self._annotations = annotations
        if self._bare_plan is not None:
            self._dress(self._bare_plan)
        self._redraw()

    def set_masker(self, masker: Masker) -> None:
        """Let every word go through this."""
        if masker is not self._masker:
            self._masker = masker
            self.set_annotations(self._annotations)
            self._describe()

    def mark_note(self, chosen: str | None = None, pointed: str | None = None) -> None:
        """Show that this annotation is chosen, or that the pointer is over it; the empty string for none."""
        if chosen is not None:
            self._set_marks(note=chosen)
        if pointed is not None:
            self._set_marks(pointed_note=pointed)

    def _dress(self, plan: LadderPlan) -> None:
        """Show a plan with the names that a person gave, and the annotations at its arrows."""
        self._bare_plan = plan
        self.plan = masked_plan(
            with_phase_names(plan, masked_annotations(self._annotations, self._masker)), self._masker
        )
        shown = with_comments(self._annotations, self._plans.capture, [source.flow.id for source in plan.sources])
        self.notes = placements_of(self.plan, masked_annotations(shown, self._masker))

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
        before, anchor, zoom = self.plan, self._anchor_row() if upgrade else -1, 0.0
        if upgrade and before is not None and self._zoomed_at_px >= 0 and before.level != plan.level:
            anchor = before.axis.nearest_row(self.viewport.y_at(self._zoomed_at_px))
            zoom = zoom_for(before, plan, self.viewport)
        self._zoomed_at_px = -1.0
        self._dress(plan)
        self._walk.forget()
        if before is not None and anchor >= 0 and len(plan):
            is_selected = anchor == self._marks.selected
            selected = plan.step_of_segment(self._selected, self._source)
            partner = selected if is_selected else partner_of(before, anchor, plan)
            self._camera.exchange(plan.axis, anchor, partner, zoom)
            self._marks = replace(self._marks, selected=selected, hovered=-1)
        else:
            self._camera.look_at(plan.axis)
        self.minimap.show_plan(plan, self._theme)
        self.minimap.show()
        self._describe()
        self._redraw()
        self.plan_changed.emit()
        if self._wanted_span is not None:
            first, last = (plan.step_of_segment(segment) for segment in self._wanted_span)
            self._wanted_span = None
            self.zoom_to_rows(first, max(first, last))
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
        selected = self.tr("; selected: {arrow}").format(arrow=arrow_text(self.plan, row)) if row >= 0 else ""
        ends = self._masker.text(self.tr("{client} to {server}").format(client=flow.client, server=flow.server))
        self.setAccessibleDescription(
            self.tr("Flow {number}, {ends}, {count} {arrows}{selected}").format(
                number=flow.id, ends=ends, count=len(self.plan), arrows=self._arrows_word(), selected=selected
            )
        )

    def _arrows_word(self) -> str:
        return self.tr("segments") if self.plan is None or self.plan.level == "segments" else self.tr("arrows")

    def set_axis(self, axis: AxisMode) -> None:
        """Draw along another axis; the row that is looked at stays where it is."""
        if axis != self._plans.axis:
            self._plans.set_axis(axis)
            self.axis_changed.emit(axis)

    @property
    def unfolded(self) -> frozenset[Key]:
        """What a person unfolded."""
        return self._plans.unfolded

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
        source, row = plan.segment_of(step) if plan is not None and step >= 0 else (0, -1)
        self._select(step, row, source)

    def _select(self, step: int, row: int, source: int = 0) -> None:
        changed = (row, source) != (self._selected, self._source)
        self._selected, self._source = row, source
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

    def follow_link(self) -> None:
        """Select what the selected arrow is linked with; the next time, the next of its links."""
        if self.plan is not None and self._marks.selected >= 0:
            partner = self._walk.onward(self.plan, self._marks.selected)
            if partner >= 0:
                self.select_step(partner)

    def follow_link_back(self) -> None:
        """Select the arrow that one came from along a link."""
        row = self._walk.back()
        if row >= 0:
            self.select_step(row)

    def unfold(self, step: int = -1) -> None:
        """Show an arrow, the selected one by default, one level deeper, in its place."""
        plan = self.plan
        step = step if step >= 0 else self._marks.selected
        if plan is not None and step >= 0 and plan.unfolding.is_closed(step):
            source = int(plan.source[step])
            key = plan.sources[source].steps.key_of(int(plan.own[step]))
            self._plans.set_opened(self._plans.opened | {(source, key)})

    def fold(self) -> None:
        """Show what the selected arrow is part of as one arrow again."""
        plan, step = self.plan, self._marks.selected
        if plan is not None and step >= 0:
            self.fold_again(plan.unfolding.parent(step))

    def fold_again(self, unfolded: Unfolded | None) -> None:
        """Show something as one arrow again."""
        if unfolded is not None:
            self._plans.set_opened(self._plans.opened - {(unfolded.source, unfolded.key)})

    # -- what is in view ------------------------------------------------------------------------------------------

    def cycle_axis(self) -> None:
        """Draw along the next axis."""
        self.set_axis(AXIS_MODES[(AXIS_MODES.index(self._plans.axis) + 1) % len(AXIS_MODES)])

    def step_level(self, step: int) -> None:
        """Show more (-1) or fewer (1) arrows: segments, messages, phases."""
        at = LEVELS.index(self._plans.level) + step
        if 0 <= at < len(LEVELS):
            self.set_level(LEVELS[at])

    def select_end(self, last: bool) -> None:
        """Select the first or the last arrow."""
        if self.plan is not None and len(self.plan):
            self.select_step(len(self.plan) - 1 if last else 0)

    def go_into(self, step: int) -> None:
        """Show what a phase, a row of the plan, is made of, and little else."""
        if self.plan is not None:
            source = self.plan.sources[int(self.plan.source[step])]
            own = int(self.plan.own[step])
            self._wanted_span = int(source.steps.first[own]), int(source.steps.last[own])
            self.set_level("messages")

    def point_at(self, row: int) -> None:
        """The pointer is over this row of the plan; -1 for none."""
        if row != self._marks.hovered:
            self._set_marks(hovered=row)
            self.row_hovered.emit(row)

    def row_tooltip(self, row: int) -> str:
        """What a person reads who rests on an arrow, as rich text."""
        return tooltip(self.plan, self._plans.analysis, row) if self.plan is not None else ""

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
