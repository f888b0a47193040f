"""What becomes of text that a person wrote, once something of it is masked?

Notes, titles and names are shown in words, and edited only as they were written: what holds a masked word waits until
nothing is masked any more. A filter or a search that was typed before turns into the words of what it named, so that it
still finds the same, and back again.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLineEdit

from ladderview.analysis.masking import Masker
from ladderview.ui.workspace import Workspace

#: What is said to who wants to edit such a text.
MASKED_TEXT = "This text holds words that are masked; it can be edited when nothing is masked"


class MaskedLine(QObject):
    """Keeps what stands in a line free of what is masked."""

    def __init__(self, line: QLineEdit, workspace: Workspace, changed: Callable[[], object]) -> None:
        """``changed`` is called when other words stand there."""
        super().__init__(line)
        self._line, self._changed = line, changed
        self._typed = self._shown = ""
        workspace.masker_changed.connect(self._on_masker_changed)

    def _on_masker_changed(self, masker: Masker) -> None:
        text = self._line.text()
        self._typed = self._typed if text == self._shown else text
        self._shown = masker.text(self._typed)
        if self._shown != text:
            self._line.setText(self._shown)
            self._changed()
