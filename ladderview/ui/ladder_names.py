"""How does a person call the ends and the phases of a flow something else?

Plan: a field over the name; Enter keeps what was written, Esc gives up, no name gives its own back. The name hangs on a
packet like every annotation: an end's on the first of its flow, as who sent or received it. So it goes with its end
when the sides are swapped, and stands at the lifeline of that end in a ladder of several flows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QRect

from ladderview.analysis.steps import BOTH
from ladderview.ladder.annotated import phase_anchor, phase_of_segment
from ladderview.ladder.annotations import AnchorPoint, Annotation, Kind, new_id
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Box
from ladderview.ui.ladder_view import LadderView
from ladderview.ui.translation import translate
from ladderview.ui.undo import UndoStack
from ladderview.ui.workspace import Workspace

if TYPE_CHECKING:
    from ladderview.ui.ladder_notes import LadderNotes


class LadderNames(QObject):
    """The names in one ladder that a person can change."""

    def __init__(self, notes: LadderNotes, ladder: LadderView, workspace: Workspace, undo: UndoStack) -> None:
        super().__init__(notes)
        self._notes, self._ladder, self._workspace, self._undo = notes, ladder, workspace, undo

    def rename_at(self, x: float, y: float) -> bool:
        """Rename the end whose name is at this point; whether there is one."""
        for shape in reversed(self._ladder.current_drawing()[0].shapes):
            ref = getattr(shape, "ref", None)
            if isinstance(shape, Box) and ref is not None and ref.kind == "endpoint":
                rect = QRect(int(shape.x), int(shape.y), int(shape.width), int(shape.height))
                if rect.contains(int(x), int(y)):
                    self.rename_endpoint(ref.row, rect)
                    return True
        return False

    def rename_endpoint(self, lane: int, rect: QRect | None = None) -> None:
        """Let the person call an end of the flow something else."""
        plan = self._ladder.plan
        anchors = tuple(_ends_at(plan, lane)) if plan is not None else ()
        if not anchors:
            return
        names = (one for one in self._workspace.annotations if one.kind is Kind.ENDPOINT)
        before = next((one for one in names if one.anchors[0] in anchors), None)
        fresh = Annotation(new_id(), Kind.ENDPOINT, anchors[:1])
        self._rename(before, fresh, rect or self._box_of_endpoint(lane))

    def _box_of_endpoint(self, lane: int) -> QRect:
        for shape in self._ladder.current_drawing()[0].shapes:
            ref = getattr(shape, "ref", None)
            if isinstance(shape, Box) and ref is not None and (ref.kind, ref.row) == ("endpoint", lane):
                return QRect(int(shape.x), int(shape.y), int(shape.width), int(shape.height))
        return QRect(20, 10, 180, 40)

    def rename_phase(self) -> None:
        """Let the person call the phase of the selected arrow something else."""
        plan, row = self._ladder.plan, self._ladder.selected_row
        number = phase_of_segment(plan, row) if plan is not None else -1
        if plan is None or number < 0:
            self._notes.hinted.emit(self.tr("Select an arrow of the phase first"))
            return
        anchor = phase_anchor(plan, number)
        document = self._workspace.annotations
        before = next((one for one in document.of_flow(plan.flow.id, Kind.PHASE) if one.anchors == (anchor,)), None)
        y = self._ladder.viewport.y_px(plan.axis.y_of(self._ladder.selected_step))
        self._rename(before, Annotation(new_id(), Kind.PHASE, (anchor,)), QRect(8, int(y) - 16, 180, 32))

    def _rename(self, before: Annotation | None, fresh: Annotation, rect: QRect) -> None:
        if before is not None and self._notes.is_masked(before.text):
            return
        what = translate(fresh.rules.words.removesuffix(" Name"))

        def done(text: str | None) -> None:
            if text is not None:
                after = replace(before or fresh, text=text) if text else None
                self._undo.change(before, after, self.tr("Rename {what}").format(what=what))

        self._notes.ask_for_line(before.text if before is not None else "", rect, done)


def _ends_at(plan: LadderPlan, lane: int) -> Iterator[AnchorPoint]:
    """What a name of a lifeline hangs on: the first packet of each flow that has an end there."""
    for place, source in enumerate(plan.sources):
        segments = source.segments
        of_flow = np.flatnonzero((plan.source == place) & ((plan.from_lane == lane) | (plan.to_lane == lane)))
        if not len(of_flow) or not len(segments):
            continue
        direction = _direction(plan, int(of_flow[0]), lane)
        first = AnchorPoint(source.flow.id, int(segments.packet[0]), int(segments.ts_ns[0]))
        yield replace(first, end="sender" if int(segments.direction[0]) == direction else "receiver")


def _direction(plan: LadderPlan, row: int, lane: int) -> int:
    """Whether a lifeline is that of the client (0) or the server (1) of a row's flow."""
    own = int(plan.sources[int(plan.source[row])].steps.direction[plan.own[row]])
    sent = 0 if own == BOTH else own  # what both ends take part in is drawn from the client
    return sent if int(plan.from_lane[row]) == lane else 1 - sent
