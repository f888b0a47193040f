"""What becomes of the annotations in a ladder when the pointer and the keys work on them?

Plan: this is the desk of the tools (``annotation_tools``): it finds what is under the pointer in the drawing of the
moment, shows drafts, and makes each finished change through the undo stack. The chosen tool gets the pointer; without
one the pointer chooses, moves and sizes what is there, and everything else stays the ladder's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent

from ladderview.ladder.anchoring import (
    anchor_at,
    clock_of,
    flow_under,
    nearest_of_flow,
    next_anchor,
    row_of,
)
from ladderview.ladder.annotated import folds_of, names_of
from ladderview.ladder.annotation_rows import ON_ROWS, placed
from ladderview.ladder.annotation_shapes import found_at
from ladderview.ladder.annotations import AnchorPoint, Annotation, Kind, earlier_first
from ladderview.ladder.shapes import Box, Ref, Text
from ladderview.ui.annotation_tools import OF_ARROWS, TOOLS, Tool
from ladderview.ui.ladder_names import LadderNames
from ladderview.ui.ladder_view import LadderView
from ladderview.ui.masked_text import MASKED_TEXT
from ladderview.ui.note_editor import NoteEditor
from ladderview.ui.translation import translate
from ladderview.ui.undo import UndoStack
from ladderview.ui.workspace import Workspace

#: What the status line says while a tool waits, and while a person writes.
HINTS: dict[str, str] = {
    "note": "Click an arrow or between two, or select one with Up and Down and press Enter; Esc gives up",
    "bracket": "Drag from one arrow to another, or extend with Up and Down and press Enter; Esc gives up",
    "measure": "Drag from one arrow to another, or extend with Up and Down and press Enter; Esc gives up",
    "highlight": "Drag over the arrows, or extend with Up and Down and press Enter; Esc gives up",
    "dim": "Drag over the arrows, or extend with Up and Down and press Enter; Esc gives up",
    "fold": "Drag over the arrows, or extend with Up and Down and press Enter; Esc gives up",
    "lines": "Ctrl+Enter or a click elsewhere is done, Enter begins another line; Esc gives up",
    "line": "Enter or a click elsewhere is done; Esc gives up",
}

#: Pixels that a note moves with Alt and an arrow key.
NUDGE_PX = 8.0

_K, _M = Qt.Key, Qt.KeyboardModifier
_NUDGES = {_K.Key_Left: (-1, 0), _K.Key_Right: (1, 0), _K.Key_Up: (0, -1), _K.Key_Down: (0, 1)}


class LadderNotes(QObject):
    """The annotations in one ladder.

    Signals:
        tool_changed(str): this tool is chosen, a key of ``TOOLS``.
        hinted(str): what to do next, or the empty string.
        drafted(object): the annotation whose words are being written, as it would be; None where they are no more.
    """

    tool_changed = Signal(str)
    hinted = Signal(str)
    drafted = Signal(object)

    def __init__(self, ladder: LadderView, workspace: Workspace, undo: UndoStack) -> None:
        super().__init__(ladder)
        self._ladder, self._workspace, self._undo = ladder, workspace, undo
        self.names = LadderNames(self, ladder, workspace, undo)
        self.tool_name = "pointer"
        self._tool: Tool = TOOLS["pointer"](self)
        self._by_keys = self._is_held = False
        self.editor: NoteEditor | None = None
        ladder.canvas.pressed.connect(self._on_pressed)
        ladder.canvas.taken_moved.connect(self._on_moved)
        ladder.canvas.taken_released.connect(self._on_released)
        ladder.canvas.double_clicked.connect(self._on_double_clicked)
        ladder.canvas.pointed.connect(self._on_pointed)
        ladder.row_selected.connect(self._on_row_selected)
        ladder.installEventFilter(self)
        workspace.annotations_changed.connect(self._on_annotations_changed)
        workspace.annotation_id_changed.connect(self._on_chosen_changed)
        ladder.flow_changed.connect(self._on_annotations_changed)
        ladder.several_changed.connect(self._on_annotations_changed)

    # -- the desk -------------------------------------------------------------------------------------------------

    def anchor_at(self, x: float, y: float, *, timed: bool = True, of: AnchorPoint | None = None) -> AnchorPoint | None:
        """What is at this point: an arrow, or the time between two."""
        plan, viewport = self._ladder.plan, self._ladder.viewport
        if plan is None or not len(plan):
            return None
        nearest = plan.axis.nearest_row(viewport.y_at(y))
        if len(plan.sources) > 1:
            flow = of.flow if of is not None else flow_under(self._ladder.current_drawing()[0].shapes, plan, x, y)
            nearest = nearest_of_flow(plan, viewport.y_at(y), flow, nearest)
        return anchor_at(plan, viewport.y_at(y), viewport.px_per_unit, nearest, timed=timed)

    def found_at(self, x: float, y: float) -> Ref | None:
        """The annotation or the handle at this point."""
        return found_at(self._ladder.current_drawing()[0].shapes, x, y)

    def annotation_at(self, place: int) -> Annotation | None:
        """The annotation that a ``Ref`` means, with its own words where those that are shown are masked."""
        notes = self._ladder.notes.all
        return self._workspace.annotation(notes[place].annotation.id) if place < len(notes) else None

    def chosen(self) -> Annotation | None:
        """The annotation that is chosen."""
        return self._workspace.annotation(self._workspace.annotation_id)

    def heights_of(self, annotation: Annotation) -> list[float]:
        """Where its anchors stand, pixels."""
        plan, viewport = self._ladder.plan, self._ladder.viewport
        it = placed(plan, annotation, clock_of(plan)) if plan is not None else None
        heights = (it.first_y, it.last_y) if it is not None else ()
        return [viewport.y_px(y) for y in heights[: len(annotation.anchors)]]

    def size_of(self, annotation: Annotation) -> tuple[float, float]:
        """Width and height that it is drawn with."""
        rect = self._rect_of(annotation)
        return float(rect.width()), float(rect.height())

    def choose(self, annotation: Annotation | None) -> None:
        """Choose an annotation, or none."""
        self._workspace.set_annotation_id(annotation.id if annotation is not None else "")

    def draft(self, annotation: Annotation | None) -> None:
        """Show an annotation that is not there yet."""
        document = self._workspace.annotations
        if annotation is not None:
            document = document.changed(document.get(annotation.id), annotation)
        self._ladder.set_annotations(document)

    def finish(self, before: Annotation | None, after: Annotation | None, words: str = "") -> None:
        """Make a change that can be undone."""
        if before is None and after is not None and after.kind is Kind.FOLD:
            after = self._whole_arrows(after)
        self._undo.change(before, after, words)

    def _whole_arrows(self, fold: Annotation) -> Annotation:
        """A fold from the first packet of its arrows to the last."""
        plan = self._ladder.plan
        rows = [row_of(plan, anchor) for anchor in fold.anchors] if plan is not None else [-1]
        if plan is None or min(rows) < 0:
            return fold
        place = next(at for at, source in enumerate(plan.sources) if source.flow.id == fold.flow)
        chosen = np.arange(min(rows), max(rows) + 1)
        chosen = chosen[plan.source[chosen] == place]
        segments = plan.sources[place].segments
        ends = np.searchsorted(segments.packet, (plan.first_packet[chosen].min(), plan.last_packet[chosen].max()))
        anchors = (
            replace(anchor, packet=int(segments.packet[end]), ts_ns=int(segments.ts_ns[end]), message=-1)
            for anchor, end in zip(fold.anchors, ends.tolist(), strict=True)
        )
        return replace(fold, anchors=tuple(anchors))

    def edit_text(self, annotation: Annotation, *, is_new: bool) -> None:
        """Let the person write in its place. A new one without words goes again."""
        if self.is_masked(annotation.text):
            return
        self.draft(replace(annotation, text=annotation.text or " "))
        rect = self._rect_of(annotation)

        def done(text: str | None) -> None:
            self.editor = None
            self._hint()
            self.draft(None)
            self.drafted.emit(None)
            self._ladder.setFocus()
            written = replace(annotation, text=text if text is not None else annotation.text)
            empty = not written.text and annotation.rules.needs_text
            if is_new:
                self.finish(None, None if empty or text is None else written)
            elif text is not None:
                self.finish(
                    annotation,
                    None if empty else written,
                    "" if empty else self.tr("Edit {what}").format(what=translate(annotation.rules.words)),
                )

        editor = self._open_editor(annotation.text, rect, done, one_line=annotation.kind not in ON_ROWS)
        editor.textChanged.connect(lambda: self.drafted.emit(replace(annotation, text=editor.text)))

    def ask_for_line(self, text: str, rect: QRect, done: Callable[[str | None], None]) -> None:
        """Let the person write one line there; ``done`` is told what, or None where they gave up."""

        def written(line: str | None) -> None:
            self.editor = None
            self._hint()
            self._ladder.setFocus()
            done(line)

        self._open_editor(text, rect, written, one_line=True)

    def is_masked(self, text: str) -> bool:
        """Whether a text cannot be edited, because it would show what is masked; that is said."""
        is_masked = self._workspace.masker.written(text) != text
        if is_masked:
            self.hinted.emit(translate(MASKED_TEXT))
        return is_masked

    def _open_editor(self, text: str, rect: QRect, done: object, *, one_line: bool) -> NoteEditor:
        if self.editor is not None:
            self.editor.finish()
        self.editor = NoteEditor(self._ladder.canvas, text, rect, done, one_line=one_line)  # type: ignore[arg-type]
        self._hint()
        return self.editor

    def _hint(self) -> None:
        """Say what to do next: how to end what is being written, or what the tool waits for."""
        words = HINTS.get(self.tool_name, "")
        if self.editor is not None:
            words = HINTS["line" if self.editor.is_one_line else "lines"]
        self.hinted.emit(translate(words))

    def _rect_of(self, annotation: Annotation) -> QRect:
        """Where the annotation is drawn; of one that has no box, where its text is or would be."""
        place = self._ladder.notes.place_of(annotation.id)
        drawing = self._ladder.current_drawing()[0]
        texts = []
        for shape in drawing.shapes:
            ref = getattr(shape, "ref", None)
            if ref is None or ref.row != place or ref.kind != "annotation":
                continue
            if isinstance(shape, Box):
                return QRect(int(shape.x), int(shape.y), int(shape.width), int(shape.height))
            if isinstance(shape, Text):
                texts.append(shape)
        if texts:
            return QRect(int(texts[0].x), int(texts[0].y - texts[0].size), 150, int(texts[-1].y - texts[0].y + 20))
        heights = self.heights_of(annotation) or [drawing.height / 2]
        return QRect(int(drawing.width - 190), int(heights[0]), 170, 40)

    # -- what there is --------------------------------------------------------------------------------------------

    def _on_annotations_changed(self) -> None:
        """Draw the annotations that there are; fold and name what they fold and name."""
        document, analysis = self._workspace.annotations, self._workspace.analysis
        self._ladder.set_annotations(document)
        flows = {one.flow.id: one.segments for one in self._ladder.several}
        if flows:
            names = {flow: names_of(document, flow, segments) for flow, segments in flows.items()}
            folds = {flow: folds_of(document, flow, segments) for flow, segments in flows.items()}
            self._ladder.set_written(
                {flow: found for flow, found in names.items() if found},
                {flow: found for flow, found in folds.items() if found},
            )
        elif analysis is not None:
            flow, segments = analysis.flow.id, analysis.segments
            self._ladder.set_names(names_of(document, flow, segments))
            self._ladder.set_folds(folds_of(document, flow, segments))

    def _on_chosen_changed(self, annotation_id: str) -> None:
        self._ladder.mark_note(chosen=annotation_id)

    # -- tools ----------------------------------------------------------------------------------------------------

    def set_tool(self, name: str) -> None:
        """Choose a tool; the one that is chosen already is laid down. The selected arrow is where the keys begin."""
        self._tool.escape()
        name = "pointer" if name == self.tool_name else name
        self.tool_name, self._tool = name, TOOLS[name](self)
        self._by_keys = False
        self._ladder.setFocus()
        self.tool_changed.emit(name)
        self.hinted.emit(translate(HINTS.get(name, "")))
        y = self._y_of_selected()
        if name != "pointer" and y is not None:
            self._by_keys = self._tool.press(-1.0, y)

    def _y_of_selected(self) -> float | None:
        plan, step = self._ladder.plan, self._ladder.selected_step
        return self._ladder.viewport.y_px(plan.axis.y_of(step)) if plan is not None and step >= 0 else None

    def _lay_down(self) -> None:
        if self.tool_name != "pointer":
            self.set_tool("pointer")

    def _on_pressed(self, x: float, y: float) -> None:
        if self.editor is not None:
            self.editor.finish()
        if self._by_keys:
            self._tool.escape()
            self._by_keys = False
        if self._ladder.plan is not None and self._tool.press(x, y):
            self._is_held = True
            self._ladder.canvas.take()

    def _on_moved(self, x: float, y: float) -> None:
        self._tool.move(x, y)

    def _on_released(self) -> None:
        self._ladder.setFocus(Qt.FocusReason.MouseFocusReason)
        self._is_held = False
        self._release()

    def _release(self) -> None:
        tool = self._tool
        if tool.release() and tool is self._tool and self.tool_name != "pointer":
            self.tool_name, self._tool, self._by_keys = "pointer", TOOLS["pointer"](self), False
            self.tool_changed.emit("pointer")
            self._hint()

    def _on_row_selected(self, row: int) -> None:
        y = self._y_of_selected()
        if y is None or self.tool_name == "pointer" or self._is_held:
            return
        if self._by_keys:
            self._tool.move(-1.0, y)
        else:  # the first arrow that is selected for this tool
            self._by_keys = self._tool.press(-1.0, y)

    def _on_pointed(self, x: float, y: float) -> None:
        ref = self.found_at(x, y) if x >= 0 and len(self._ladder.notes) else None
        notes = self._ladder.notes.all
        found = ref is not None and ref.kind == "annotation" and ref.row < len(notes)
        self._ladder.mark_note(pointed=notes[ref.row].annotation.id if found and ref is not None else "")
        shape = Qt.CursorShape.CrossCursor if self.tool_name != "pointer" else Qt.CursorShape.ArrowCursor
        if ref is not None and self.tool_name == "pointer":
            shape = Qt.CursorShape.SizeFDiagCursor if ref.kind == "handle" else Qt.CursorShape.PointingHandCursor
        self._ladder.canvas.viewport().setCursor(shape)

    def _on_double_clicked(self, x: float, y: float) -> None:
        ref = self.found_at(x, y)
        one = self.annotation_at(ref.row) if ref is not None and ref.kind != "handle" else None
        if one is not None:
            self.choose(one)
            self.edit_text(one, is_new=False)
            return
        self.names.rename_at(x, y)

    # -- keys -----------------------------------------------------------------------------------------------------

    def delete(self) -> None:
        """Delete the chosen annotation."""
        one = self.chosen()
        if one is not None:
            self._undo.change(one, None)

    def step(self, direction: int) -> None:
        """Choose the next annotation of the ladder (1), or the one before (-1), and bring it into view."""
        notes = [it for it in self._ladder.notes.all if self._workspace.annotation(it.annotation.id)]
        if not notes:
            return
        ids = [it.annotation.id for it in notes]
        chosen = self._workspace.annotation_id
        at = (ids.index(chosen) + direction) % len(ids) if chosen in ids else (0 if direction > 0 else -1)
        self._ladder.select_step(notes[at].first)
        self._workspace.set_annotation_id(ids[at])

    def _nudge(self, key: Qt.Key, *, rehang: bool) -> bool:
        """Alt and an arrow key: a note moves, what reaches over arrows reaches one arrow further.

        With Shift a note hangs on what comes next, and what reaches over arrows reaches as far: an arrow, or the time
        between two.
        """
        one, plan = self.chosen(), self._ladder.plan
        if one is None or plan is None or not len(plan) or key not in _NUDGES:
            return False
        right, down = _NUDGES[key]
        if one.kind is Kind.NOTE and not rehang:
            after = replace(one, dx=one.dx + right * NUDGE_PX, dy=one.dy + down * NUDGE_PX)
        elif down:
            last = next_anchor(plan, one.anchors[-1], down, timed=rehang and one.kind not in OF_ARROWS)
            anchors = (*one.anchors[:-1], last)
            after = replace(one, anchors=anchors) if earlier_first(anchors) == anchors else one
        else:
            return False
        done = self.tr("Move {what}") if one.kind is Kind.NOTE else self.tr("Resize {what}")
        self._undo.change(one, after, done.format(what=translate(one.rules.words)), together="nudge")
        return True

    # Qt's methods

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys that mean an annotation or a tool; all others are the ladder's."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key, plain = Qt.Key(event.key()), event.modifiers() == Qt.KeyboardModifier.NoModifier
        if self.tool_name != "pointer":
            if key == _K.Key_Escape:
                self._lay_down()
                return True
            if key in {_K.Key_Return, _K.Key_Enter}:
                if self._by_keys:
                    self._release()
                else:
                    self._ladder.next_arrow()
                return True
            return False
        if self.chosen() is None:
            return False
        if key == _K.Key_Escape:
            self._tool.escape()
            self.choose(None)
        elif key in {_K.Key_Delete, _K.Key_Backspace} and plain:
            self.delete()
        elif key == _K.Key_F2 or (key in {_K.Key_Return, _K.Key_Enter} and plain):
            one = self.chosen()
            assert one is not None
            self.edit_text(one, is_new=False)
        elif event.modifiers() in (_M.AltModifier, _M.AltModifier | _M.ShiftModifier):
            return self._nudge(key, rehang=bool(event.modifiers() & _M.ShiftModifier))
        else:
            return False
        return True
