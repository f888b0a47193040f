"""How is a flow shown to a room? Full screen, in large type, one arrow after the other.

Plan: the presenter has a ladder of its own, drawn larger, masked as the window is, and reveals its arrows as the player
does. Over it lies a
spotlight that leaves the arrow bright that is spoken of, and takes the clicks. What the arrow says stands below in one
sentence; its layers and its arithmetic come and go with a key. Where there is a second screen the speaker has the log,
the next arrow and the clock there (``speaker_view``).

Traps: clickers send Page Down and Page Up, some arrows, F5 and Escape, and "b" or "." for a black screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEasingCurve, QElapsedTimer, QEvent, QObject, QRectF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QScreen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ladderview.analysis.masking import masker_of
from ladderview.analysis.reading import FlowReading
from ladderview.capture.capture import Capture, CaptureChanged
from ladderview.ladder.annotated import folds_of, names_of
from ladderview.ladder.label_fit import full_text
from ladderview.ladder.theme import Theme
from ladderview.ladder.viewport import HEADER_PX
from ladderview.render.spoken import spoken_lines
from ladderview.ui.background import Background
from ladderview.ui.ladder_view import LadderView
from ladderview.ui.player import sentence_of
from ladderview.ui.speaker_view import SpeakerView
from ladderview.ui.style import ui_font
from ladderview.ui.workspace import Workspace

#: Logical pixels of a screen's height that everything is drawn for; on a higher one it is drawn larger.
BASE_HEIGHT = 620.0

#: Milliseconds that an arrow takes on its way.
FLIGHT_MS = 450

#: Pixels of the ladder above and below an arrow that stay bright, and how dark the rest is, of 255.
ABOVE_PX, BELOW_PX = 27.0, 15.0
SHADE = 105

_DETAILS = "presenter"

_FORWARD = frozenset(
    {Qt.Key.Key_Space, Qt.Key.Key_PageDown, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}
)
_BACK = frozenset({Qt.Key.Key_PageUp, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Backspace})
_BLACK = frozenset({Qt.Key.Key_B, Qt.Key.Key_Period})


@dataclass(frozen=True, slots=True)
class Shown:
    """What is presented."""

    capture: Capture
    reading: FlowReading


class Spotlight(QWidget):
    """A shade over the ladder with a bright place in it; a click on it goes on."""

    clicked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.bright = QRectF()
        self.shade = QColor(0, 0, 0, SHADE)
        self._head = 0.0
        self.is_on = True
        self.is_black = False

    def light(self, top: float, bottom: float, head: float) -> None:
        """Leave this part bright, from edge to edge, and the endpoints above ``head``."""
        self.bright = QRectF(0, top, self.width(), bottom - top)
        self._head = head
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shade everything but the bright part."""
        painter = QPainter(self)
        if self.is_black:
            painter.fillRect(self.rect(), QColor(0, 0, 0))
        elif self.is_on and self.bright.height() > 0:
            top, bottom = max(self.bright.top(), self._head), self.bright.bottom()
            painter.fillRect(QRectF(0, self._head, self.width(), top - self._head), self.shade)
            painter.fillRect(QRectF(0, bottom, self.width(), self.height() - bottom), self.shade)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go on."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()


class Presenter(QWidget):
    """The window that the room sees.

    Attributes:
        position: the row of the plan that is spoken of; -1 before the first.
        speaker: the window that the speaker sees, or None where there is one screen.

    Signals:
        left(int): it is over; the segment that was spoken of last, or -1.
    """

    left = Signal(int)

    def __init__(
        self, workspace: Workspace, shown: Shown, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Presenter — ladderview"))
        self.setObjectName("page")
        self._shown, self._background = shown, background
        self._workspace = workspace
        self._masker = workspace.masker
        self.position = -1
        self.speaker: SpeakerView | None = None
        self.ladder = LadderView(self, background)
        self.ladder.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.ladder.minimap.setFixedWidth(0)
        self.spotlight = Spotlight(self.ladder)
        self.sentence = QLabel(wordWrap=True)
        self.where = QLabel()
        self.details = QLabel(wordWrap=True)
        self.cover = QWidget(self)
        self.cover.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.cover.setStyleSheet("background: #000000")
        self.cover.hide()
        self._flight = QVariantAnimation(self)
        self._flight.setDuration(FLIGHT_MS)
        self._flight.setStartValue(0.0)
        self._flight.setEndValue(1.0)
        self._flight.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self._flight.valueChanged.connect(lambda value: self.ladder.set_reveal(self.position, float(value)))
        self.clock = QElapsedTimer()
        self.clock.start()
        self._lay_out()
        self._wear(workspace.theme)
        flow, segments = shown.reading.analysis.flow.id, shown.reading.analysis.segments
        self.ladder.set_masker(self._masker)
        self.ladder.set_flow(shown.reading.analysis, shown.capture)
        self.ladder.set_annotations(workspace.annotations)
        self.ladder.set_names(names_of(workspace.annotations, flow, segments))
        self.ladder.set_folds(folds_of(workspace.annotations, flow, segments))
        self.ladder.set_level(workspace.level)
        self.ladder.set_axis(workspace.axis)
        self.ladder.set_raw_numbers(not workspace.relative_numbers)
        self.ladder.set_reading(shown.reading)
        self.spotlight.clicked.connect(self.forward)
        self.ladder.installEventFilter(self)
        workspace.theme_changed.connect(self._wear)
        workspace.masks_changed.connect(self._on_masks_changed)
        workspace.capture_changed.connect(self.close)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._show()

    def _lay_out(self) -> None:
        foot = QWidget()
        foot.setObjectName("side")
        line = QHBoxLayout(foot)
        line.setContentsMargins(40, 16, 40, 18)
        line.addWidget(self.sentence, 1)
        line.addWidget(self.where)
        self.where.setObjectName("muted")
        for label in (self.sentence, self.details):
            label.setTextFormat(Qt.TextFormat.PlainText)  # host names are no markup
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.details.setMargin(26)
        self.details.setObjectName("card")
        self.details.hide()
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.ladder, 3)
        middle.addWidget(self.details, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(middle, 1)
        column.addWidget(foot)

    # -- showing ------------------------------------------------------------------------------------------------------

    def present(self, screens: list[QScreen] | None = None) -> None:
        """Fill a screen: the second one where there is one, and then the first is the speaker's."""
        screens = screens if screens is not None else QGuiApplication.screens()
        parent = self.parentWidget()
        own = parent.screen() if parent is not None else screens[0]
        other = next((screen for screen in screens if screen is not own), None)
        self.setScreen(other or own)
        self.setGeometry((other or own).geometry())  # for those systems on which no window manager does it
        if other is not None:
            self.speaker = SpeakerView(self, own)
            self.speaker.show()
        self.showFullScreen()
        self.activateWindow()
        self._show()

    @property
    def count(self) -> int:
        """How many arrows there are."""
        return len(self.ladder.plan) if self.ladder.plan is not None else 0

    def forward(self) -> None:
        """The next arrow sets out; what is black is bright again first."""
        if self.spotlight.is_black:
            self.toggle_black()
        elif self._flight.state() == QVariantAnimation.State.Running:
            self._flight.setCurrentTime(FLIGHT_MS)
        elif self.position + 1 < self.count:
            self.go(self.position + 1, flies=True)

    def back(self) -> None:
        """Take the last arrow away."""
        self.go(self.position - 1)

    def go(self, position: int, *, flies: bool = False) -> None:
        """Speak of this arrow; -1 of none yet."""
        self._flight.stop()
        self.position = min(max(-1, position), self.count - 1)
        self._show()
        if flies:
            self._flight.start()

    def _show(self) -> None:
        plan, row = self.ladder.plan, self.position
        self.ladder.set_reveal(row)
        if plan is None:
            return
        if row >= 0:
            self.ladder.select_step(row)
            self.ladder.zoom_to_row(row)
        else:
            self.ladder.select_row(-1)
        first = self.tr("Space brings the first arrow, D its layers and arithmetic; Esc leaves")
        self.sentence.setText(self.sentence_of(row) if row >= 0 else first)
        self.where.setText(self.tr("{row} of {count}").format(row=row + 1, count=self.count))
        self._light()
        self._ask_for_details()
        if self.speaker is not None:
            self.speaker.tell(row)

    def _light(self) -> None:
        """Put the spotlight where the arrow is."""
        self.spotlight.setGeometry(self.ladder.rect())
        self.spotlight.raise_()
        scale, plan = self.ladder.text_scale, self.ladder.plan
        if plan is None or self.position < 0:
            self.spotlight.light(0, 0, 0)
            return
        y = self.ladder.viewport.y_px(plan.axis.y_of(self.position))
        self.spotlight.light((y - ABOVE_PX) * scale, (y + BELOW_PX) * scale, (HEADER_PX + 8) * scale)

    def _ask_for_details(self) -> None:
        plan, row, shown = self.ladder.plan, self.position, self._shown
        if plan is None or row < 0 or not (self.details.isVisibleTo(self) or self.speaker is not None):
            self._tell_details([])
            return
        self._background.run(
            _DETAILS,
            lambda progress: list(spoken_lines(shown.capture, shown.reading, plan, row)),
            self._tell_details,
            self._on_details_failed,
        )

    def _tell_details(self, lines: list[str]) -> None:
        text = self._masker.text("\n".join(lines))
        self.details.setText(text)
        if self.speaker is not None:
            self.speaker.tell_details(text)

    def _on_details_failed(self, error: Exception) -> None:
        if not isinstance(error, CaptureChanged):
            raise error
        self._tell_details([str(error)])

    def label_of(self, row: int) -> str:
        """What stands on an arrow; empty where there is none."""
        plan = self.ladder.plan
        return full_text(plan.label(row)) if plan is not None and 0 <= row < len(plan) else ""

    def sentence_of(self, row: int) -> str:
        """What the log says of an arrow."""
        plan = self.ladder.plan
        return self._masker.text(sentence_of(plan, row)) if plan is not None else ""

    def _on_masks_changed(self) -> None:
        """Say all of it in other words; the window may show another flow by now."""
        workspace, shown = self._workspace, self._shown
        self._masker = workspace.masker
        if workspace.reading is not shown.reading:
            flow, messages = shown.reading.analysis.flow, shown.reading.messages
            self._masker = masker_of(shown.capture, workspace.masks, flow, messages)
        self.ladder.set_masker(self._masker)
        if self.speaker is not None:
            self.speaker.forget()
        self._show()

    # -- what keys do -------------------------------------------------------------------------------------------------

    def toggle_details(self) -> None:
        """Show layers and arithmetic beside the ladder, or hide them."""
        self.details.setVisible(not self.details.isVisibleTo(self))
        self._ask_for_details()

    def toggle_black(self) -> None:
        """Show nothing, the sentence neither, or all again."""
        self.spotlight.is_black = not self.spotlight.is_black
        self.cover.setGeometry(self.rect())
        self.cover.raise_()
        self.cover.setVisible(self.spotlight.is_black)
        self.spotlight.update()

    def toggle_spotlight(self) -> None:
        """Shade what is not spoken of, or nothing."""
        self.spotlight.is_on = not self.spotlight.is_on
        self.spotlight.update()

    def _scale_by(self, factor: float) -> None:
        self.ladder.set_text_scale(self.ladder.text_scale * factor)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A keyboard's keys and a clicker's."""
        key = event.key()
        if key in _FORWARD:
            self.forward()
        elif key in _BACK:
            self.back()
        elif key == Qt.Key.Key_Home:
            self.go(0)
        elif key == Qt.Key.Key_End:
            self.go(self.count - 1)
        elif key == Qt.Key.Key_D:
            self.toggle_details()
        elif key == Qt.Key.Key_S:
            self.toggle_spotlight()
        elif key in _BLACK:
            self.toggle_black()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._scale_by(1.1)
        elif key == Qt.Key.Key_Minus:
            self._scale_by(1 / 1.1)
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    # -- Qt's methods -------------------------------------------------------------------------------------------------

    def _wear(self, theme: Theme) -> None:
        self.ladder.set_theme(theme)
        self.spotlight.shade = QColor(0, 0, 0, SHADE if theme.name == "dark" else SHADE * 3 // 5)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The spotlight is as large as the ladder."""
        if watched is self.ladder and event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._light)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a larger screen everything is larger."""
        super().resizeEvent(event)
        self.cover.setGeometry(self.rect())
        scale = max(1.0, self.height() / BASE_HEIGHT)
        self.ladder.set_text_scale(scale)
        self.sentence.setFont(ui_font(1.25 * scale, bold=True))
        self.where.setFont(ui_font(0.9 * scale))
        self.details.setFont(ui_font(0.95 * scale))
        self._show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave: the window goes on where the talk ended."""
        self._flight.stop()
        self._background.cancel(_DETAILS)
        if self.speaker is not None:
            self.speaker.close()
        plan, row = self.ladder.plan, self.position
        self.left.emit(plan.segment_of(row)[1] if plan is not None and row >= 0 else -1)
        super().closeEvent(event)
