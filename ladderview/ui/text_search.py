"""Where is this word in the text above? A line to type it in, and the two ways to go on from there."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QToolButton, QWidget


class TextSearch(QWidget):
    """Finds words in a text.

    Signals:
        not_found(str): the word does not stand behind the cursor; emitted before the search begins anew at the other
            end, so that whoever has more of the text can bring it (``searches_on`` says that somebody does).
    """

    not_found = Signal(str)

    def __init__(self, text: QPlainTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.searches_on = False
        self.word = QLineEdit()
        self.word.setPlaceholderText(self.tr("Find"))
        self.word.setClearButtonEnabled(True)
        self.word.setAccessibleName(self.tr("Find in the text"))
        self.word.setMaximumWidth(260)
        self._said = QLabel()
        self._said.setObjectName("muted")
        back, on = QToolButton(), QToolButton()
        back.setText(self.tr("Previous"))
        on.setText(self.tr("Next"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        for part in (self.word, back, on, self._said):
            row.addWidget(part)
        row.addStretch()
        self.word.returnPressed.connect(self.find_next)
        self.word.textChanged.connect(lambda: self.say(""))
        on.clicked.connect(self.find_next)
        back.clicked.connect(self.find_previous)
        for key, answer in (
            (QKeySequence.StandardKey.Find, self.word.setFocus),
            (QKeySequence.StandardKey.FindNext, self.find_next),
            (QKeySequence.StandardKey.FindPrevious, self.find_previous),
        ):
            QShortcut(QKeySequence(key), self.window(), answer)

    def say(self, text: str) -> None:
        """Say how the search went."""
        self._said.setText(text)

    def find_next(self) -> None:
        """Select the next place."""
        self._find(QTextDocument.FindFlag(0))

    def find_previous(self) -> None:
        """Select the place before."""
        self._find(QTextDocument.FindFlag.FindBackward)

    def _find(self, way: QTextDocument.FindFlag) -> None:
        word = self.word.text()
        if not word:
            self.word.setFocus()
            return
        self.say("")
        if self._text.find(word, way):
            return
        backward = way is QTextDocument.FindFlag.FindBackward
        if not backward and self.searches_on:
            self.not_found.emit(word)
            return
        self.begin_anew(backward)

    def begin_anew(self, backward: bool = False) -> None:
        """Search from the other end."""
        before = self._text.textCursor()
        cursor = QTextCursor(before)
        cursor.movePosition(QTextCursor.MoveOperation.End if backward else QTextCursor.MoveOperation.Start)
        self._text.setTextCursor(cursor)
        way = QTextDocument.FindFlag.FindBackward if backward else QTextDocument.FindFlag(0)
        if self._text.find(self.word.text(), way):
            self.say(self.tr("from the end") if backward else self.tr("from the beginning"))
        else:
            self._text.setTextCursor(before)
            self.say(self.tr("not found"))
