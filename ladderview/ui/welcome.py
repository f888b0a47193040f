"""What to do first: the page of a window in which nothing is open. Open, go on where one was, or look at an example."""

from __future__ import annotations

import os
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ladderview.ui.examples import Example, examples, lessons
from ladderview.ui.icons import app_icon
from ladderview.ui.lessons import Lessons
from ladderview.ui.recent import recent_paths
from ladderview.ui.style import ui_font

COLUMN_PX = 320


class WelcomePage(QScrollArea):
    """Open…, recent captures, examples, lessons.

    Signals:
        open_asked(): the person wants to choose a file.
        path_chosen(str): this capture.
    """

    open_asked = Signal()
    path_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        page = QWidget()
        page.setObjectName("page")
        page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWidget(page)
        outer = QVBoxLayout(page)
        outer.setContentsMargins(40, 40, 40, 40)
        outer.addStretch(2)
        outer.addLayout(self._head())
        outer.addSpacing(30)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addStretch()
        self._recent = _Card(self.tr("Recent"))
        self._examples = _Card(self.tr("Examples"))
        for card in (self._recent, self._examples):
            card.chosen.connect(self.path_chosen)
            columns.addWidget(card, 0, Qt.AlignmentFlag.AlignTop)
        columns.addStretch()
        outer.addLayout(columns)
        self.lessons = Lessons()
        self.lessons.chosen.connect(self.path_chosen)
        outer.addSpacing(24)
        outer.addWidget(self.lessons, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)
        self.refresh()

    def _head(self) -> QVBoxLayout:
        icon = QLabel()
        icon.setPixmap(app_icon().pixmap(72, 72))
        icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = QLabel("ladderview")
        title.setFont(ui_font(2.0, bold=True))
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        what = QLabel(self.tr("A packet capture as a ladder diagram, one TCP connection at a time."))
        what.setObjectName("muted")
        what.setAlignment(Qt.AlignmentFlag.AlignCenter)
        button = QPushButton(self.tr("Open a capture…"))
        button.setObjectName("primary")
        key = QKeySequence(QKeySequence.StandardKey.Open).toString(QKeySequence.SequenceFormat.NativeText)
        button.setToolTip(self.tr("Open a pcap or pcapng file ({key})").format(key=key))
        button.clicked.connect(self.open_asked)
        drop = QLabel(self.tr("or drop a pcap or pcapng file anywhere on this window"))
        drop.setObjectName("muted")
        drop.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(icon)
        column.addWidget(title)
        column.addWidget(what)
        column.addSpacing(14)
        column.addWidget(button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(drop)
        return column

    def refresh(self) -> None:
        """Look again at what was opened last and at the examples."""
        recent = [Example(path, os.path.basename(path), os.path.dirname(path)) for path in recent_paths()]
        self._recent.fill(recent[:6])
        self._examples.fill(examples())
        self.lessons.fill(lessons())

    # -- overridden from QWidget -----------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """The lists may have changed while a capture was open."""
        super().showEvent(event)
        self.refresh()


class _Card(QFrame):
    """A titled list of captures; hidden while it has none."""

    chosen = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(COLUMN_PX)
        heading = QLabel(title)
        heading.setObjectName("heading")
        self._buttons: list[QPushButton] = []
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 10)
        heading.setContentsMargins(8, 0, 0, 2)
        column.addWidget(heading)
        column.addLayout(self._rows)

    def fill(self, captures: Sequence[Example]) -> None:
        """List these captures."""
        for button in self._buttons:
            self._rows.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for capture in captures:
            button = QPushButton()
            button.setObjectName("link")
            room = COLUMN_PX - 44
            metrics = QFontMetrics(button.font())
            button.setText(metrics.elidedText(capture.title, Qt.TextElideMode.ElideMiddle, room).replace("&", "&&"))
            button.setToolTip(f"{capture.title}\n{capture.note}" if capture.note else capture.path)
            button.setAccessibleName(self.tr("Open {name}").format(name=capture.title))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _=False, path=capture.path: self.chosen.emit(path))
            self._rows.addWidget(button)
            self._buttons.append(button)
        self.setVisible(bool(captures))


class LoadingPage(QWidget):
    """How far the reading is, and a way to stop it.

    Signals:
        cancel_asked(): the person wants to stop.
    """

    cancel_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._what = QLabel()
        self._what.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(360)
        self.bar.setAccessibleName(self.tr("Progress of reading"))
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setToolTip(self.tr("Stop reading (Esc)"))
        self.cancel_button.clicked.connect(self.cancel_asked)
        column = QVBoxLayout(self)
        column.setSpacing(14)
        column.addStretch()
        column.addWidget(self._what)
        column.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch()

    def begin(self, path: str) -> None:
        """Say what is being read."""
        name = self.tr("standard input") if path == "-" else os.path.basename(path)
        self._what.setText(self.tr("Reading {name}…").format(name=name))
        self.set_progress(0, 0)

    def set_progress(self, done: int, total: int) -> None:
        """Move the bar; a total of 0 makes it run to and fro."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
