"""What is wrong with the file, without standing in the way: a strip above the ladder that can be closed.

A message may quote what is masked, so it goes through the masker whenever that changes.
"""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from ladderview.ui.workspace import Workspace


class Banner(QFrame):
    """One message at a time; the newest counts."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._message = ""
        self.setObjectName("banner")
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        close = QToolButton()
        close.setObjectName("plain")
        close.setText("✕")
        close.setAccessibleName(self.tr("Close this message"))
        close.setToolTip(self.tr("Close this message"))
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 8, 7)
        row.addWidget(self._label, 1)
        row.addWidget(close)
        workspace.masker_changed.connect(self._show_words)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, or said."""
        return self._label.text()

    def say(self, text: str) -> None:
        """Show a message; an empty one hides the strip."""
        self._message = text
        self._show_words()
        self.setVisible(bool(text))

    def _show_words(self) -> None:
        words = self._workspace.masker.text(self._message)
        self._label.setText(words)
        self.setAccessibleName(words)
