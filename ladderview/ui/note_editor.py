"""Where does a person write the words of a note? In the note itself: a small field over it.

Enter begins another line, Ctrl+Enter or a click elsewhere is done, Esc gives up; where one line is all that there can
be, Enter is done. The field grows with what is written.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget

from ladderview.ladder.annotation_json import clean
from ladderview.ladder.annotations import LONGEST_TEXT
from ladderview.render.qt import font

_SMALLEST = (150, 30)


class NoteEditor(QPlainTextEdit):
    """Edits one text and goes; ``done(text)`` is called once, with None where the person gave up.

    Attributes:
        is_one_line: whether Enter is done.
    """

    def __init__(
        self, parent: QWidget, text: str, rect: QRect, done: Callable[[str | None], None], *, one_line: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName("note_editor")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(self.tr("Text of the annotation"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(font(12.0, False, False))
        self.setTabChangesFocus(True)
        self.is_one_line = one_line
        self._done: Callable[[str | None], None] | None = done
        self.setPlainText(text)
        self.selectAll()
        width = max(_SMALLEST[0], rect.width())
        area = parent.rect()
        x = max(0, min(rect.x(), area.width() - width - 4))
        y = max(0, min(rect.y(), area.height() - _SMALLEST[1] - 40))
        self.setGeometry(x, y, width, max(_SMALLEST[1], rect.height() + 6))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.textChanged.connect(self._on_text_changed)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.moveCursor(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)

    def finish(self, keep: bool = True) -> None:
        """Hand over the text, or give up."""
        done, self._done = self._done, None
        if done is None:
            return
        text = self.text
        self.close()
        done(text if keep else None)

    @property
    def text(self) -> str:
        """What is written."""
        text = clean(self.toPlainText().strip())[:LONGEST_TEXT]
        return " ".join(text.split()) if self.is_one_line else text

    def _on_text_changed(self) -> None:
        lines = self.document().size().height()
        height = int(lines * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin() + 4)
        parent = self.parentWidget()
        room = parent.height() - self.y() - 4 if parent is not None else height
        self.resize(self.width(), max(_SMALLEST[1], min(height, room)))

    # Qt's methods

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Done, given up, or written."""
        enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if event.key() == Qt.Key.Key_Escape:
            self.finish(keep=False)
        elif enter and (self.is_one_line or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.finish()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A click elsewhere is done."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.finish()
