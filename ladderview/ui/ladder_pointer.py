"""What does the pointer do in a ladder that it clicks, double-clicks, crosses or rests on?

A click selects an arrow, or turns a triangle; a double click goes closer: to a phase by its name or its block, to an
arrow's neighbourhood else. Dragging and the wheel move the view and are the canvas's and the stage's business; what
works on annotations is that of ``ladder_notes``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QToolTip

from ladderview.analysis.steps import StepKind
from ladderview.ladder.layout import hit_row
from ladderview.ladder.transitions import state_at, transition_text
from ladderview.ladder.triangles import mark_at, name_at

if TYPE_CHECKING:
    from ladderview.ui.ladder_view import LadderView


class LadderPointer(QObject):
    """Answers what the canvas of a ladder view says of the pointer."""

    def __init__(self, view: LadderView) -> None:
        super().__init__(view)
        self._view = view
        self._at = (-1.0, -1.0)
        view.canvas.clicked.connect(self._on_clicked)
        view.canvas.double_clicked.connect(self._on_double_clicked)
        view.canvas.pointed.connect(self._on_pointed)
        view.canvas.asked.connect(self._on_asked)

    def look_again(self) -> None:
        """Another row may be under the pointer, which did not move."""
        self._on_pointed(*self._at)

    def _row_at(self, x: float, y: float) -> int:
        plan = self._view.plan
        return hit_row(plan, self._view.viewport, y) if plan is not None and x >= 0 else -1

    def _told_row_at(self, x: float, y: float) -> int:
        """Of a ladder that is stepped through, what was not shown yet is not told either."""
        row, revealed = self._row_at(x, y), self._view.marks.revealed
        return row if revealed is None or row <= revealed else -1

    def _on_clicked(self, x: float, y: float) -> None:
        view = self._view
        view.setFocus(Qt.FocusReason.MouseFocusReason)
        mark = mark_at(view.current_drawing()[0], x, y)
        if mark is not None and view.plan is not None:
            if mark.kind == "fold":
                view.unfold(mark.row)
            else:
                view.fold_again(view.plan.unfolding.unfolded[mark.row])
            return
        row = self._row_at(x, y)
        if row >= 0:
            view.select_step(row)

    def _on_double_clicked(self, x: float, y: float) -> None:
        view, row = self._view, self._row_at(x, y)
        plan = view.plan
        band = name_at(view.current_drawing()[0], x, y) if plan is not None else -1
        if plan is not None and band >= 0:
            view.zoom_to_rows(int(plan.bands.first[band]), int(plan.bands.end[band]) - 1)
        elif plan is not None and row >= 0 and plan.kind[row] == StepKind.PHASE:
            view.go_into(row)
        else:
            view.zoom_to_row(row)

    def _on_pointed(self, x: float, y: float) -> None:
        self._at = (x, y)
        self._view.point_at(self._told_row_at(x, y))

    def _on_asked(self, x: float, y: float, where: QPoint) -> None:
        view, row = self._view, self._told_row_at(x, y)
        pill = state_at(view.current_drawing()[0], x, y) if view.plan is not None else None
        if pill is not None and view.plan is not None:
            QToolTip.showText(where, transition_text(view.plan, pill.lane, pill.row), view)
        elif row >= 0:
            QToolTip.showText(where, view.row_tooltip(row), view)
        else:
            QToolTip.hideText()
