"""How far is the reading of a long flow, and how does a person stop it? A few words at the right of the status bar.

Nothing is shown of a flow that is read in the blink of an eye. Who stopped the reading can begin it again there.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from ladderview.ui.flow_reader import FlowReader

#: What is over before this needs no progress.
SHOWN_AFTER_MS = 400

_BAR_PX, _BAR_HEIGHT_PX = 96, 6


class ReadingBar(QWidget):
    """The progress of a ``FlowReader``."""

    def __init__(self, reader: FlowReader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self.label = QLabel()
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(_BAR_PX, _BAR_HEIGHT_PX)
        self.bar.setAccessibleName(self.tr("Progress of reading messages"))
        self.percent = QLabel()
        self.percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.button = QPushButton()
        self.button.setObjectName("status")
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button.clicked.connect(self._on_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 14, 0)
        row.setSpacing(8)
        for part in (self.label, self.bar, self.percent, self.button):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SHOWN_AFTER_MS)
        self._patience.timeout.connect(self.show)
        reader.began.connect(self._on_began)
        reader.progressed.connect(self._on_progressed)
        reader.ended.connect(self._on_ended)
        reader.stopped.connect(self._on_stopped)
        self.hide()

    def _on_began(self) -> None:
        self._say(
            self.tr("Reading messages"),
            self.tr("Cancel"),
            self.tr("Stop reading what this flow says; its segments stay"),
            reading=True,
        )
        # Room for the widest number, so that nothing moves while it counts.
        self.percent.setMinimumWidth(self.percent.fontMetrics().horizontalAdvance("100 %"))
        self._on_progressed(0)
        self._patience.start()

    def _on_progressed(self, thousandths: int) -> None:
        self.bar.setValue(thousandths)
        self.percent.setText(f"{thousandths // 10} %")

    def _on_ended(self) -> None:
        self._patience.stop()
        self.hide()

    def _on_stopped(self) -> None:
        self._say(
            self.tr("Messages of this flow were not read"),
            self.tr("Read"),
            self.tr("Read what this flow says"),
            reading=False,
        )
        self.show()

    def _say(self, text: str, button: str, tip: str, *, reading: bool) -> None:
        self.label.setText(text)
        self.button.setText(button)
        self.button.setToolTip(tip)
        self.bar.setVisible(reading)
        self.percent.setVisible(reading)

    def _on_clicked(self) -> None:
        if self._reader.is_busy:
            self._reader.stop()
        else:
            self.hide()
            self._reader.read()
