"""Where a person types what to find in the ladder: a strip above it, as browsers have one.

What is found is what is shown: a masked original is not, and the word in its place is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from ladderview.analysis.find import FIELD_NAMES, Found, find
from ladderview.analysis.words import grouped
from ladderview.ui.masked_text import MaskedLine
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

#: Milliseconds after the last letter until it is looked for.
_WAIT_MS = 150

HINT = """<p>All of it must hold.</p>
<table cellspacing="3">
<tr><td><tt>get 404</tt></td><td>&nbsp;words in messages, header fields, verdicts, flags</td></tr>
<tr><td><tt>"client hello"</tt></td><td>&nbsp;words that belong together</td></tr>
<tr><td><tt>#29</tt></td><td>&nbsp;a packet by its number</td></tr>
<tr><td><tt>status:4xx method:post</tt></td><td>&nbsp;of HTTP</td></tr>
<tr><td><tt>flags:syn from:server len:&gt;1k</tt></td><td>&nbsp;of TCP</td></tr>
<tr><td><tt>problem:retrans</tt></td><td>&nbsp;<tt>problem:any</tt></td></tr>
<tr><td><tt>-from:server</tt></td><td>&nbsp;not</td></tr>
</table><p>Fields: {fields}</p>"""


class FindBar(QFrame):
    """Finds segments of the selected flow and goes from one to the next; hidden until it is asked for.

    Signals:
        found(int): this row is to be selected.
        closed(): the person is done.
    """

    found = Signal(int)
    closed = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("find")
        self._workspace = workspace
        self._rows: NDArray[np.int64] = np.empty(0, np.int64)
        self.box = QLineEdit()
        self.box.setPlaceholderText(self.tr("Find in this flow: words, field:value, #packet"))
        self.box.setToolTip(translate(HINT).format(fields=", ".join(FIELD_NAMES)))
        self.box.setAccessibleName(self.tr("Find in this flow"))
        self.box.setClearButtonEnabled(True)
        self.box.setAcceptDrops(False)
        self._said = QLabel()
        self._said.setObjectName("muted")
        self._timer = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._timer.timeout.connect(self._look)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(6)
        row.addWidget(self.box, 1)
        row.addWidget(self._said)
        row.addWidget(self._button("↑", self.tr("The one before (Shift+Enter)"), lambda: self.go(-1)))
        row.addWidget(self._button("↓", self.tr("The next one (Enter)"), lambda: self.go(1)))
        row.addWidget(self._button("✕", self.tr("Close (Esc)"), self.leave))
        self.box.textEdited.connect(self._on_text_edited)
        self._masked = MaskedLine(self.box, workspace, self._forget)
        workspace.masker_changed.connect(self._forget)
        workspace.analysis_changed.connect(self._forget)
        workspace.reading_changed.connect(lambda: self._look() if self.isVisible() else None)
        self.hide()

    def _button(self, words: str, tip: str, answer: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName("plain")
        button.setText(words)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(answer)
        return button

    def ask(self) -> None:
        """Show the strip and let the person type."""
        self.show()
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def leave(self) -> None:
        """Hide the strip."""
        self.hide()
        self.closed.emit()

    def go(self, step: int) -> None:
        """Go to the next of what was found (1), or to the one before (-1), round the ends."""
        if self._timer.isActive():
            self._look()
        if not len(self._rows):
            return
        here = self._workspace.row
        at = int(np.searchsorted(self._rows, here, side="right" if step > 0 else "left")) - (0 if step > 0 else 1)
        row = int(self._rows[at % len(self._rows)])
        self.found.emit(row)
        self._say(row)

    def _look(self) -> None:
        self._timer.stop()
        analysis, text = self._workspace.analysis, self.box.text()
        found = Found(self._rows[:0])
        if analysis is not None:
            found = find(analysis, self._workspace.reading, text, self._workspace.masker)
        self._rows = found.rows
        self.box.setProperty("wrong", bool(found.problem) or bool(text.strip() and not len(found.rows)))
        self.box.style().unpolish(self.box)
        self.box.style().polish(self.box)
        if found.problem:
            self._said.setText(found.problem)
        else:
            self._say(self._workspace.row)

    def _say(self, row: int) -> None:
        if not len(self._rows):
            self._said.setText(self.tr("nothing found") if self.box.text().strip() else "")
            return
        at = int(np.searchsorted(self._rows, row))
        here = at < len(self._rows) and self._rows[at] == row
        total = grouped(len(self._rows))
        self._said.setText(
            self.tr("{at} of {total}").format(at=grouped(at + 1), total=total)
            if here
            else self.tr("{total} found").format(total=total)
        )

    def _on_text_edited(self) -> None:
        self._timer.start()

    def _forget(self) -> None:
        self._rows = self._rows[:0]
        if self.isVisible():
            self._look()

    # -- overridden from QFrame ---------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, Shift+Enter back, Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.go(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            super().keyPressEvent(event)
