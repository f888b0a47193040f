"""The player under the ladder: first, back, play, forward, last, how fast, where it is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget

from ladderview.analysis.words import grouped
from ladderview.ladder.theme import Theme
from ladderview.ui.icons import themed_icon
from ladderview.ui.playback import SPEEDS, Playback
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

#: The buttons: name of the icon, what it does, its keys as the ladder knows them.
BUTTONS: tuple[tuple[str, str, str], ...] = (
    ("to-first", "Show the first arrow alone", "Ctrl+Shift+Home"),
    ("step-back", "Take the last arrow away", "Ctrl+Left"),
    ("play", "Play or pause", "P"),
    ("step-forward", "Reveal the next arrow", "Ctrl+Right"),
    ("to-last", "Show all arrows", "Ctrl+Shift+End"),
)

_BUTTON_PX, _ICON_PX, _HANDLE_PX = 34, 18, 24


class PlayerBar(QWidget):
    """The controls of a ``Playback``.

    Attributes:
        coming: whether steps that are still to come are shown faintly; checkable.

    Signals:
        log_asked(bool): the log is to be shown, or hidden.
    """

    log_asked = Signal(bool)

    def __init__(self, playback: Playback, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("player")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._playback = playback
        self._workspace = workspace
        self._answers = {
            "to-first": playback.first,
            "step-back": playback.back,
            "play": playback.toggle,
            "step-forward": playback.forward,
            "to-last": playback.last,
        }
        self.buttons = {name: self._button(name, translate(tip), key) for name, tip, key in BUTTONS}
        self.buttons["play"].setObjectName("play")
        self.coming = QAction(self.tr("Show Coming Steps Faintly"), self)
        self.coming.setCheckable(True)
        self.speed = self._speed_button()
        self.where = QLabel()
        self.where.setObjectName("heading")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Arrows that are shown"))
        self.slider.setToolTip(self.tr("How many arrows are shown"))
        self.slider.setMinimumHeight(_HANDLE_PX)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.valueChanged.connect(self._on_slid)
        self.log_button = QToolButton()
        self.log_button.setObjectName("plain")
        self.log_button.setText(self.tr("Log"))
        self.log_button.setCheckable(True)
        self.log_button.setToolTip(self.tr("What happened, in one sentence for each arrow"))
        self.log_button.toggled.connect(self.log_asked)
        self._lay_out()
        playback.moved.connect(self._say)
        playback.left.connect(self._say)
        playback.playing_changed.connect(lambda _: self._wear(workspace.theme))
        workspace.theme_changed.connect(self._wear)
        self._wear(workspace.theme)
        self.refresh()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 7, 14, 7)
        row.setSpacing(8)
        for button in self.buttons.values():
            row.addWidget(button)
        row.addSpacing(4)
        row.addWidget(self.speed)
        row.addWidget(self.where)
        row.addSpacing(6)
        row.addWidget(self.slider, 1)
        row.addWidget(self.log_button)

    def _button(self, name: str, tip: str, key: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName("round")
        button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setToolTip(f"{tip} ({key})")
        button.setAccessibleName(tip)
        button.clicked.connect(self._answers[name])
        return button

    def _speed_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("plain")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(self.tr("How fast, at which pace, and what is seen of the steps to come"))
        menu = QMenu(button)
        paces, speeds = QActionGroup(menu), QActionGroup(menu)
        for pace, words in (
            ("even", self.tr("Even Pace")), ("true", self.tr("Times of the Capture (Waits Cut to 3 s)")),
        ):  # fmt: skip
            action = self._choice(menu, paces, words, pace == "even")
            action.triggered.connect(lambda _=False, pace=pace: self._set_pace(pace))
        menu.addSeparator()
        for speed in SPEEDS:
            action = self._choice(menu, speeds, speed_words(speed), speed == 1.0)
            action.triggered.connect(lambda _=False, speed=speed: self._set_speed(speed))
        menu.addSeparator()
        menu.addAction(self.coming)
        button.setMenu(menu)
        return button

    @staticmethod
    def _choice(menu: QMenu, group: QActionGroup, words: str, checked: bool) -> QAction:
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(checked)
        group.addAction(action)
        return action

    def _set_pace(self, pace: str) -> None:
        self._playback.set_pace("true" if pace == "true" else "even")
        self._say()

    def _set_speed(self, speed: float) -> None:
        self._playback.set_speed(speed)
        self._say()

    def refresh(self) -> None:
        """There are other arrows to play."""
        count = len(self._playback)
        self.setEnabled(count > 0)
        widest = self._place(count, count)
        self.where.setMinimumWidth(QFontMetrics(self.where.font()).horizontalAdvance(widest) + 14)
        self.slider.blockSignals(True)
        self.slider.setRange(0, count)
        self.slider.blockSignals(False)
        self._say()

    def _place(self, shown: int, count: int) -> str:
        return self.tr("step {shown} of {count}").format(shown=grouped(shown), count=grouped(count))

    def _say(self, *_: object) -> None:
        """Tell where it is."""
        position, count = self._playback.position, len(self._playback)
        shown = count if position is None else position + 1
        self.where.setText(self._place(shown, count) if count else "")
        pace = "" if self._playback.pace == "even" else " " + self.tr("true")
        self.speed.setText(speed_words(self._playback.speed) + pace)
        self.speed.setAccessibleName(self.tr("Speed {speed}").format(speed=self.speed.text()))
        self.slider.blockSignals(True)
        self.slider.setValue(shown)
        self.slider.blockSignals(False)

    def _on_slid(self, value: int) -> None:
        if value != (len(self._playback) if self._playback.position is None else self._playback.position + 1):
            self._playback.go(value - 1)

    def _wear(self, theme: Theme) -> None:
        for name, button in self.buttons.items():
            is_playing = name == "play" and self._playback.is_playing
            button.setIcon(themed_icon("pause" if is_playing else name, theme, "background" if name == "play" else ""))


def speed_words(speed: float) -> str:
    """ "1×", "0.25×"."""
    return f"{speed:g}×"
