"""What is under the ladder: the player and the log, and how both follow the ladder and lead it.

Plan: the player steps through the arrows of whatever plan the ladder shows. While it does, the arrow that was revealed
last is the selected one, so that the inspector and the log follow by themselves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.raw_numbers import raw_numbers
from ladderview.analysis.story import segment_sentence, step_sentence
from ladderview.capture.capture import CaptureChanged
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.times import TimeColumn
from ladderview.ui.log_view import LogView
from ladderview.ui.playback import Playback
from ladderview.ui.player_bar import PlayerBar
from ladderview.ui.workspace import Workspace

if TYPE_CHECKING:
    from ladderview.ui.ladder_view import LadderView

#: Lines of the log that are shown at first, and pixels of one.
_LINES, _LINE_PX = 3, 23


class Player(QWidget):
    """The bar and the log.

    Attributes:
        playback: what is stepped through.
        bar, log: the two parts.
    """

    def __init__(self, workspace: Workspace, ladder: LadderView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._ladder = ladder
        self.playback = Playback(self)
        self.bar = PlayerBar(self.playback, workspace)
        self.log = LogView(workspace)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.log, 1)
        self.log.setMinimumHeight(_LINES * _LINE_PX)
        self.bar.log_asked.connect(self.show_log)
        self.playback.moved.connect(self._on_moved)
        self.playback.left.connect(self._on_left)
        self.log.chosen.connect(ladder.select_step)
        ladder.plan_changed.connect(self._on_plan_changed)
        ladder.row_selected.connect(self._on_selected)
        ladder.chosen_changed.connect(self._on_selected)
        coming = bool(QSettings().value("coming", True, bool))
        ladder.set_coming(coming)
        self.bar.coming.setChecked(coming)
        self.bar.coming.toggled.connect(self.show_coming)
        shown = QSettings().value("log", True, bool)
        self.bar.log_button.setChecked(bool(shown))
        self.log.setVisible(bool(shown))

    def show_log(self, shown: bool) -> None:
        """Show the log, or the bar alone."""
        self.log.setVisible(shown)
        QSettings().setValue("log", shown)

    def show_coming(self, shown: bool) -> None:
        """While the ladder is stepped through, show arrows that are still to come faintly, or not at all."""
        self._ladder.set_coming(shown)
        QSettings().setValue("coming", shown)

    def _on_plan_changed(self) -> None:
        """There are other arrows."""
        plan = self._ladder.plan
        self.playback.set_times(plan.ts_ns if plan is not None else np.empty(0, np.int64))
        self.bar.refresh()
        if plan is None:
            self.log.set_story(0, lambda row: ("", ""), "")
        else:
            times = TimeColumn(plan.ts_ns, plan.span_ns, start_ns=plan.start_ns)
            self.log.set_story(len(plan), lambda row: (times.text(row), sentence_of(plan, row)), times.widest)
        self._tell()

    def _on_moved(self, position: int, progress: float) -> None:
        self._ladder.set_reveal(position, progress)
        if position >= 0:
            self._ladder.select_step(position)
        self._tell()

    def _on_left(self) -> None:
        self._ladder.set_reveal(None)
        self._tell()

    def _on_selected(self) -> None:
        """Whoever selects an arrow that is still to come goes on to it."""
        position, step = self.playback.position, self._ladder.selected_step
        if position is not None and step > position:
            self.playback.go(step)
        else:
            self._tell()

    def _tell(self) -> None:
        self.log.tell(self._ladder.selected_step, self.playback.position)


def sentence_of(plan: LadderPlan, row: int) -> str:
    """What an arrow tells; nothing where the file was cut short or replaced meanwhile."""
    source = plan.sources[int(plan.source[row])]
    if source.tcp is None:
        return ""
    own, reading = int(plan.own[row]), source.reading
    try:
        if reading is not None:
            told = replace(reading, analysis=raw_numbers(reading.analysis)) if source.raw else reading
            return step_sentence(told, source.steps, own)
        analysis = FlowAnalysis(source.flow, source.segments, source.tcp)
        return segment_sentence(raw_numbers(analysis) if source.raw else analysis, int(source.steps.row[own]))
    except CaptureChanged:
        return ""
