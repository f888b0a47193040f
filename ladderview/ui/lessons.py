"""The scenarios that come with the program, to choose from: a picture of each ladder, its title and some words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from ladderview.ladder.theme import THEMES, Theme
from ladderview.ui.examples import Example
from ladderview.ui.style import ui_font

#: Points of a lesson, of its picture, and how many stand side by side.
LESSON = QSize(372, 92)
PICTURE = QSize(84, 68)
ACROSS = 3
#: Points between the title and the words.
_GAP = 3

#: The theme key of each kind of arrow in a picture (``packaging/scenario_index.py``).
_KINDS = {"t": "tcp", "s": "tls", "h": "http", "!": "trouble"}


class Lessons(QFrame):
    """All lessons, in rows; hidden while there are none.

    Signals:
        chosen(str): the path of one.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        heading = QLabel(self.tr("Lessons: connections composed from a text that you can change"))
        heading.setObjectName("heading")
        heading.setContentsMargins(8, 0, 0, 2)
        self._grid = QGridLayout()
        self._grid.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(heading)
        column.addLayout(self._grid)
        self.buttons: list[Lesson] = []

    def fill(self, lessons: Sequence[Example]) -> None:
        """Show these."""
        if [button.lesson for button in self.buttons] == list(lessons):
            return
        for button in self.buttons:
            self._grid.removeWidget(button)
            button.deleteLater()
        self.buttons = [Lesson(lesson) for lesson in lessons]
        for number, button in enumerate(self.buttons):
            button.clicked.connect(lambda _=False, path=button.lesson.path: self.chosen.emit(path))
            self._grid.addWidget(button, number // ACROSS, number % ACROSS)
        self.setVisible(bool(lessons))

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        for button in self.buttons:
            button.set_theme(theme)


class Lesson(QAbstractButton):
    """One lesson."""

    def __init__(self, lesson: Example, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lesson = lesson
        self._theme = THEMES["light"]
        self.setText(lesson.title)
        self.setToolTip(lesson.note)
        self.setAccessibleName(self.tr("Open {title}").format(title=lesson.title))
        self.setAccessibleDescription(lesson.note)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(LESSON)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self._theme = theme
        self.update()

    # -- overridden from QAbstractButton -------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Its one size."""
        return LESSON

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture at the left, the words beside it; a ground under the pointer, a frame with the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        if self.underMouse() or self.hasFocus():
            painter.setPen(QColor(theme["accent" if self.hasFocus() else "border"]))
            painter.setBrush(QColor(theme["panel"]))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        top = (self.height() - PICTURE.height()) / 2
        draw_picture(painter, QRectF(QPointF(10, top), PICTURE.toSizeF()), self.lesson.picture, theme)
        title, words = self.shown_words()
        painter.setFont(_title_font())
        painter.setPen(QColor(theme["text"]))
        painter.drawText(self._words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, title)
        painter.setFont(_words_font())
        painter.setPen(QColor(theme["muted"]))
        below = self._words.adjusted(0, QFontMetrics(_title_font()).lineSpacing() + _GAP, 4, 0)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, words)  # as wrapped, not anew

    # -- its words -----------------------------------------------------------------------------------------------------

    @property
    def _words(self) -> QRectF:
        """Where they stand."""
        return QRectF(PICTURE.width() + 22, 8, self.width() - PICTURE.width() - 30, self.height() - 12)

    def shown_words(self) -> tuple[str, str]:
        """Title and lines as they are painted; an ellipsis where there is no room for more."""
        place, title = self._words, QFontMetrics(_title_font())
        room = place.height() - title.lineSpacing() - _GAP
        elided = title.elidedText(self.text(), Qt.TextElideMode.ElideRight, int(place.width()))
        return elided, _wrapped(self.lesson.note, QFontMetrics(_words_font()), place.width(), room)


def _title_font() -> QFont:
    return ui_font(bold=True)


def _words_font() -> QFont:
    return ui_font(0.9)


def _wrapped(text: str, metrics: QFontMetrics, width: float, height: float) -> str:
    """As many lines of a text as there is room for, the last with an ellipsis where there is more."""
    lines: list[str] = []
    rest = text.split()
    while rest and (len(lines) + 1) * metrics.lineSpacing() <= height:
        line = rest.pop(0)
        while rest and metrics.horizontalAdvance(f"{line} {rest[0]}") <= width:
            line += f" {rest.pop(0)}"
        lines.append(line)
    if rest and lines:
        lines[-1] = metrics.elidedText(f"{lines[-1]} {rest[0]}…", Qt.TextElideMode.ElideRight, int(width))
    return "\n".join(lines)


def draw_picture(painter: QPainter, place: QRectF, picture: str, theme: Theme) -> None:
    """A small ladder: two lifelines and the arrows of ``picture``."""
    arrows = picture.split()
    left, right = place.left() + 4, place.right() - 4
    painter.setPen(QPen(QColor(theme["lifeline"]), 1.5))
    for x in (left, right):
        painter.drawLine(QPointF(x, place.top()), QPointF(x, place.bottom()))
    step = place.height() / max(len(arrows) + 1, 6)
    for number, arrow in enumerate(arrows, 1):
        colour = QColor(theme[_KINDS[arrow[1]]])
        begin, end = (left, right) if arrow[0] == ">" else (right, left)
        y = place.top() + number * step
        _draw_arrow(painter, QPointF(begin, y - 1.2), QPointF(end, y + 1.2), colour)


def _draw_arrow(painter: QPainter, begin: QPointF, end: QPointF, colour: QColor) -> None:
    side = 1 if end.x() > begin.x() else -1
    painter.setPen(QPen(colour, 1.4))
    painter.drawLine(begin, end - QPointF(side * 4, 0))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    tip = end - QPointF(side * 1, 0)
    painter.drawPolygon(QPolygonF([tip, tip + QPointF(-side * 5, -2.4), tip + QPointF(-side * 5, 2.4)]))
