"""Which plan does a ladder view show: of what, at which level, with what unfolded?

Plan: what is shown is known here, and each change of it is answered with a plan: at once, or, where that would be felt,
from a worker thread. Plans of levels on which nothing was unfolded are kept, so that zooming from level to level costs
nothing the second time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.segments import Segments
from ladderview.analysis.steps import Fold, Key, Level, StepKind
from ladderview.capture.capture import Capture
from ladderview.capture.flows import Flow
from ladderview.ladder.axis import AxisMode
from ladderview.ladder.lanes import Names
from ladderview.ladder.plan import LadderPlan, plan_analysed, plan_preview, plan_reading
from ladderview.ladder.several import plan_several
from ladderview.ui.background import Background

#: Segments from which a plan is made on a worker thread: it takes a tenth of a second for a million.
PLAN_BEHIND_FROM = 200_000
_PLANNING = "ladder"

Opened = tuple[int, Key]


class LadderPlans:
    """What a ladder view shows, and the plans of it.

    Attributes (to read):
        level: which arrows; those of segments serve while nothing else is known.
        reading: what the flow says, or None.
        opened: what is unfolded: the flow, by its place among those that are shown, and by what it is known there.
    """

    def __init__(self, background: Background, show: Callable[[LadderPlan, bool], None]) -> None:
        """``show(plan, upgrade)`` is told each plan, and whether it is of what is shown already."""
        self._background = background
        self._show = show
        self._flow: Flow | None = None
        self._segments: Segments | None = None
        self._analysis: FlowAnalysis | None = None
        self._capture: Capture | None = None
        self._names: Mapping[int, str] = {}
        self._raw = False
        self._folds: tuple[Fold, ...] = ()
        self._kept: dict[Level, LadderPlan] = {}
        self._several: tuple[FlowReading, ...] = ()
        self._written: tuple[Mapping[int, Names], Mapping[int, Sequence[Fold]]] = ({}, {})
        self.reading: FlowReading | None = None
        self.level: Level = "segments"
        self.axis: AxisMode = "rows"
        self.opened: frozenset[Opened] = frozenset()

    @property
    def unfolded(self) -> frozenset[Key]:
        """What is unfolded of the flow, or of the first of several."""
        return self._unfolded_of(0)

    def _unfolded_of(self, source: int) -> frozenset[Key]:
        return frozenset(key for of, key in self.opened if of == source)

    @property
    def capture(self) -> Capture | None:
        """Where what is shown comes from."""
        return self._capture

    @property
    def analysis(self) -> FlowAnalysis | None:
        """What happened in the flow, or None where that is not known."""
        return self._analysis

    @property
    def several(self) -> tuple[FlowAnalysis, ...]:
        """The flows that share the ladder, where they are several."""
        return tuple(reading.analysis for reading in self._several)

    @property
    def is_busy(self) -> bool:
        """Whether a plan is being made behind the scenes; what is shown is what was there before."""
        return self._background.is_busy(_PLANNING)

    # -- what is shown --------------------------------------------------------------------------------------------

    def drop(self) -> None:
        """Show nothing."""
        self._background.cancel(_PLANNING)
        self._flow = self._segments = self._analysis = self._capture = self.reading = None
        self._several, self._written = (), ({}, {})
        self._forget()
        self.opened, self._folds = frozenset(), ()

    def set_preview(self, flow: Flow, segments: Segments, capture: Capture | None) -> None:
        """Show a flow whose analysis is still at work."""
        self.drop()
        self._flow, self._segments, self._capture = flow, segments, capture
        self.make(upgrade=False)

    def set_analysis(self, analysis: FlowAnalysis, capture: Capture | None, *, upgrade: bool) -> None:
        """Show an analysed flow; ``upgrade`` where it is the one that is previewed already."""
        self.drop()
        self._flow, self._segments = analysis.flow, analysis.segments
        self._analysis, self._capture = analysis, capture
        self.make(upgrade=upgrade)

    def set_several(self, readings: Sequence[FlowReading], capture: Capture | None) -> None:
        """Show several flows in one ladder."""
        self.drop()
        self._several, self._capture = tuple(readings), capture
        self.make(upgrade=False)

    def set_reading(self, reading: FlowReading | None) -> None:
        """Show what the analysed flow says."""
        if reading is self.reading or (reading is not None and reading.analysis is not self._analysis):
            return
        self.reading = reading
        self._forget()
        self.opened = frozenset()
        if self._segments is not None:
            self.make()

    def set_level(self, level: Level) -> None:
        """Show other arrows."""
        if level != self.level:
            self.level, self.opened = level, frozenset()
            if self.reading is not None or self._several:
                self.make()

    def set_opened(self, opened: frozenset[Opened]) -> None:
        """Show these one level deeper."""
        if opened != self.opened and (self.reading is not None or self._several):
            self.opened = opened
            self.make()

    def set_folds(self, folds: Sequence[Fold]) -> None:
        """Show these segments as one arrow each."""
        if tuple(folds) != self._folds:
            self._folds = tuple(folds)
            self.opened = frozenset(it for it in self.opened if it[1][0] != StepKind.FOLD)
            self._forget()
            if self.reading is not None:
                self.make()

    def set_names(self, names: Mapping[int, str]) -> None:
        """Call the endpoints so."""
        if names != self._names:
            self._names = dict(names)
            self._forget()
            if self._analysis is not None:
                self.make()

    def set_written(self, names: Mapping[int, Names], folds: Mapping[int, Sequence[Fold]]) -> None:
        """Call the endpoints of several flows so, and show these segments as one arrow each; both by flow."""
        if (names, folds) != self._written:
            self._written = (names, folds)
            self.opened = frozenset(it for it in self.opened if it[1][0] != StepKind.FOLD)
            self._forget()
            if self._several:
                self.make()

    def set_raw_numbers(self, raw: bool) -> None:
        """Label segments with the sequence numbers that stand in them, or with relative ones."""
        if raw != self._raw:
            self._raw = raw
            self._forget()
            if self._analysis is not None or self._several:
                self.make()

    def set_axis(self, axis: AxisMode) -> None:
        """Draw along another axis. What is being planned is put on it when it is shown."""
        if axis != self.axis:
            self.axis = axis
            if self._size and not self.is_busy:
                self.make()

    # -- plans ----------------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        self._kept = {}

    def make(self, *, upgrade: bool = True) -> None:
        """Show the plan of what is to be shown: at once, or, where that would be felt, from a worker thread."""
        self._background.cancel(_PLANNING)
        make = self._maker()
        kept = self._kept.get(self._shown_level) if not self.opened else None
        if kept is not None and kept.axis.mode == self.axis:
            self._show(kept, upgrade)
        elif self._size < PLAN_BEHIND_FROM:
            self._take(make(), upgrade)
        else:
            self._background.run(_PLANNING, lambda progress: make(), lambda plan: self._take(plan, upgrade))

    @property
    def _size(self) -> int:
        """How many segments are shown."""
        if self._several:
            return sum(len(reading.analysis.segments) for reading in self._several)
        return len(self._segments) if self._segments is not None else 0

    @property
    def _shown_level(self) -> Level:
        return self.level if self.reading is not None or self._several else "segments"

    def _maker(self) -> Callable[[], LadderPlan]:
        """What makes the plan; it refers to what is shown now, whatever is shown when it is called."""
        flow, segments, analysis, reading = self._flow, self._segments, self._analysis, self.reading
        capture, axis, names, level, unfolded = self._capture, self.axis, self._names, self.level, self.unfolded
        kept = self._kept.get(self._shown_level) if not self.opened else None
        if kept is not None:
            return lambda: kept.with_axis(axis)
        several, raw = self._several, self._raw
        if several:
            names_of, folds_of = self._written
            opened = [self._unfolded_of(source) for source in range(len(several))]

            def plan(one: FlowReading, its: frozenset[Key]) -> LadderPlan:
                flow = one.analysis.flow.id
                names, folds = names_of.get(flow, {}), closed_folds(folds_of.get(flow, ()), its)
                return plan_reading(one, capture, level, unfolded=its, raw=raw, names=names, folds=folds)

            return lambda: plan_several([plan(one, its) for one, its in zip(several, opened, strict=True)], axis)
        if reading is not None:
            folds = closed_folds(self._folds, unfolded)
            return lambda: plan_reading(
                reading, capture, level, axis, unfolded=unfolded, folds=folds, names=names, raw=raw
            )
        if analysis is not None:
            return lambda: plan_analysed(analysis, capture, axis, names, raw=raw)
        assert flow is not None
        assert segments is not None
        return lambda: plan_preview(flow, segments, capture, axis)

    def _take(self, plan: LadderPlan, upgrade: bool) -> None:
        if plan.axis.mode != self.axis:  # it was changed while the plan was made
            plan = plan.with_axis(self.axis)
        if not self.opened:
            self._kept[plan.level] = plan
        self._show(plan, upgrade)


def closed_folds(folds: Sequence[Fold], unfolded: frozenset[Key]) -> list[Fold]:
    """Those that were not opened; an empty one in the place of each of the others, so that all keep their numbers."""
    opened = {number for kind, number in unfolded if kind == StepKind.FOLD}
    return [Fold(0, -1) if number in opened else fold for number, fold in enumerate(folds)]
