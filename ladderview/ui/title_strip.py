"""The title over a ladder and the caption under it: what is written there is theirs, and an empty one takes no room."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ladderview.ladder.annotation_json import clean
from ladderview.ladder.annotations import LONGEST_TEXT, AnchorPoint, Annotation, Kind, new_id
from ladderview.ui.masked_text import MASKED_TEXT
from ladderview.ui.translation import translate
from ladderview.ui.undo import UndoStack
from ladderview.ui.workspace import Workspace


class TitleStrip(QLineEdit):
    """One line of text about the selected flow, edited in its place.

    Signals:
        masked(str): why it cannot be edited.
    """

    masked = Signal(str)

    def __init__(self, kind: Kind, workspace: Workspace, undo: UndoStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind, self._workspace, self._undo = kind, workspace, undo
        words = kind.value.capitalize()
        self.setObjectName(f"{kind.value}_strip")
        self.setAccessibleName(self.tr("{words} of the ladder").format(words=words))
        self.setPlaceholderText(self.tr("{words}: Enter is done, Esc gives up").format(words=words))
        self.setMaxLength(LONGEST_TEXT)
        self.setFrame(False)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft if kind is Kind.TITLE else Qt.AlignmentFlag.AlignRight)
        self.returnPressed.connect(self._done)
        workspace.annotations_changed.connect(self._show_text)
        workspace.analysis_changed.connect(self._show_text)
        workspace.masker_changed.connect(self._show_text)
        self.hide()

    def _own(self) -> Annotation | None:
        """The title of the flow that is shown."""
        analysis = self._workspace.analysis
        if analysis is None:
            return None
        return next(iter(self._workspace.annotations.of_flow(analysis.flow.id, self._kind)), None)

    def _show_text(self) -> None:
        one = self._own()
        if not self.hasFocus():
            self.setText(self._workspace.masker.written(one.text) if one is not None else "")
            self.setCursorPosition(0)
            self.setVisible(one is not None)

    def edit(self) -> None:
        """Let the person write it; what holds masked words cannot be edited until they are shown again."""
        if self._workspace.analysis is not None:
            one = self._own()
            if one is not None and self._workspace.masker.written(one.text) != one.text:
                self.masked.emit(translate(MASKED_TEXT))
                return
            self.setText(one.text if one is not None else "")
            self.show()
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.selectAll()

    def _done(self) -> None:
        """Keep what was written; nothing takes the title away."""
        analysis, before = self._workspace.analysis, self._own()
        text = clean(" ".join(self.text().split()))
        self.clearFocus()
        if analysis is not None and len(analysis.segments):
            segments = analysis.segments
            anchor = AnchorPoint(analysis.flow.id, int(segments.packet[0]), int(segments.ts_ns[0]))
            one = before or Annotation(new_id(), self._kind, (anchor,))
            self._undo.change(before, replace(one, text=text) if text else None)
        self._show_text()

    # Qt's methods

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc gives up."""
        if event.key() == Qt.Key.Key_Escape:
            self.clearFocus()
            self._show_text()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere is done; so is Tab."""
        super().focusOutEvent(event)
        if event.reason() in {Qt.FocusReason.MouseFocusReason, Qt.FocusReason.TabFocusReason}:
            self._done()
