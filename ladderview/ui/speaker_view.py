"""What does the speaker see while the room sees the presenter? The log, the next arrow, the arithmetic, the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QScreen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QVBoxLayout, QWidget

from ladderview.ui.style import ui_font

if TYPE_CHECKING:
    from ladderview.ui.presenter import Presenter

#: Lines of the log that are kept: those around the current one.
LINES = 200


class SpeakerView(QWidget):
    """The window on the speaker's screen; its keys are the presenter's."""

    def __init__(self, presenter: Presenter, screen: QScreen) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle(self.tr("Speaker — ladderview"))
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self._presenter = presenter
        self.setScreen(screen)
        room = screen.availableGeometry()
        self.setGeometry(room.adjusted(room.width() // 8, room.height() // 8, -room.width() // 8, -room.height() // 8))
        self.now, self.next, self.clock, self.details = (QLabel() for _ in range(4))
        self.log = QListWidget()
        self.log.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.log.setWordWrap(True)
        for label in (self.now, self.next, self.details):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
        self.now.setFont(ui_font(1.5, bold=True))
        self.next.setFont(ui_font(1.2))
        self.next.setObjectName("muted")
        self.clock.setFont(ui_font(1.5))
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)
        head = QHBoxLayout()
        head.addWidget(self.now, 1)
        head.addWidget(self.clock, 0, Qt.AlignmentFlag.AlignTop)
        middle = QHBoxLayout()
        middle.addWidget(self.log, 3)
        middle.addWidget(self.details, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.addLayout(head)
        column.addWidget(self.next)
        column.addLayout(middle, 1)
        self._first = -1
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(1000)
        self._tick()

    def tell(self, row: int) -> None:
        """The room sees this arrow now."""
        self.now.setText(self._presenter.label_of(row) or self.tr("Space shows the first arrow"))
        following = self._presenter.label_of(row + 1)
        self.next.setText(
            self.tr("Next: {following}").format(following=following) if following else self.tr("This is the last arrow")
        )
        first = max(0, row // LINES * LINES - LINES // 2)
        if first != self._first:
            self._first = first
            self.log.clear()
            end = min(self._presenter.count, first + 2 * LINES)
            self.log.addItems([f"{at + 1}  {self._presenter.sentence_of(at)}" for at in range(first, end)])
        self.log.setCurrentRow(row - first if row >= 0 else -1)

    def forget(self) -> None:
        """The log has other words now."""
        self._first = -1
        self.log.clear()

    def tell_details(self, text: str) -> None:
        """Layers and arithmetic of that arrow."""
        self.details.setText(text)

    def _tick(self) -> None:
        seconds = int(self._presenter.clock.elapsed()) // 1000
        self.clock.setText(f"{seconds // 60}:{seconds % 60:02d}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Whatever is pressed here is meant for the presenter."""
        self._presenter.keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The clock stops."""
        self._timer.stop()
        super().closeEvent(event)
