"""How is content read that the panel has no room for? A window of its own, with a search."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ladderview.ui.inspector.content_card import remarks, size_words
from ladderview.ui.inspector.content_view import ContentView
from ladderview.ui.inspector.layer_reader import FoundContent
from ladderview.ui.text_search import TextSearch
from ladderview.ui.workspace import Workspace


class ContentWindow(QDialog):
    """The content of one message; stays when another message is selected, and goes when masks change."""

    def __init__(self, workspace: Workspace, found: FoundContent, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self.resize(860, 640)
        workspace.masks_changed.connect(self.close)
        self.view = ContentView(workspace)
        self.view.show_content(found.content, found.text, found.picture)
        told = QLabel("   ".join([size_words(found.content), *remarks(found)]))
        told.setObjectName("muted")
        told.setWordWrap(True)
        self.search = TextSearch(self.view.text, self)
        self.search.setVisible(self.view.currentWidget() is self.view.text)
        self.as_bytes = QPushButton(self.tr("Hex"))
        self.as_bytes.setCheckable(True)
        self.as_bytes.setVisible(bool(self.view.way))
        self.as_bytes.toggled.connect(self._on_bytes_toggled)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(self.search)
        foot.addStretch()
        foot.addWidget(self.as_bytes)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addWidget(told)
        column.addWidget(self.view, 1)
        column.addLayout(foot)

    def _on_bytes_toggled(self, wanted: bool) -> None:
        self.view.show_bytes(wanted)
        self.search.setVisible(self.view.currentWidget() is self.view.text)
