"""The strip beside the ladder: the whole flow, its problems, and the part in view, which can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ladderview.ladder.minimap import minimap, unit_at, view_span
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.theme import Theme
from ladderview.ladder.viewport import HEADER_PX, Viewport
from ladderview.render.qt import paint

WIDTH_PX, MARGIN_PX = 22, 8

#: Where the strip begins: beside the first rows, under the endpoint header.
TOP_PX = int(HEADER_PX) - 4


class Minimap(QWidget):
    """A strip of ``WIDTH_PX``.

    Signals:
        centred: the height on the axis, in units, that a person wants in the middle.
        scrolled: pixels of the ladder, from the wheel.
    """

    centred = Signal(float)
    scrolled = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plan: LadderPlan | None = None
        self._viewport: Viewport | None = None
        self._strip: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Minimap"))
        self.setToolTip(self.tr("The whole flow; problems are orange. Click or drag to go there."))

    def show_plan(self, plan: LadderPlan | None, theme: Theme) -> None:
        """Show another ladder, or wear another theme."""
        self._plan, self._theme, self._strip = plan, theme, None
        self.update()

    def show_view(self, viewport: Viewport) -> None:
        """Move the box over the part in view."""
        self._viewport = viewport
        self.update()

    # Qt's methods

    def sizeHint(self) -> QSize:
        """A fixed width."""
        return QSize(WIDTH_PX + 2 * MARGIN_PX, 200)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the strip and the box over the part in view."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme["background"]))
        if self._plan is None or self._viewport is None:
            return
        height = self._strip_height()
        painter.translate(MARGIN_PX, TOP_PX)
        painter.drawPixmap(0, 0, self._painted_strip(self._plan, height))
        top, bottom = view_span(self._plan, self._viewport, HEADER_PX, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = QColor(self._theme["accent"])
        painter.setPen(QPen(accent, 1.5))
        accent.setAlphaF(0.16)
        painter.setBrush(accent)
        painter.drawRoundedRect(QRectF(-2.5, top, WIDTH_PX + 5, bottom - top), 5, 5)

    def _painted_strip(self, plan: LadderPlan, height: float) -> QPixmap:
        """The strip, painted once for a plan, a theme, a height and a screen."""
        ratio = self.devicePixelRatioF()
        size = QSize(round(WIDTH_PX * ratio), max(1, round(height * ratio)))
        if self._strip is None or self._strip.size() != size:
            self._strip = QPixmap(size)
            self._strip.setDevicePixelRatio(ratio)
            self._strip.fill(QColor(self._theme["background"]))
            painter = QPainter(self._strip)
            paint(painter, minimap(plan, float(WIDTH_PX), height), self._theme, background=False)
            painter.end()
        return self._strip

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._go_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on going there."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the ladder."""
        self.scrolled.emit(-float(event.angleDelta().y()))

    def _go_to(self, event: QMouseEvent) -> None:
        if self._plan is not None:
            self.centred.emit(unit_at(self._plan, event.position().y() - TOP_PX, self._strip_height()))

    def _strip_height(self) -> float:
        return float(max(20, self.height() - TOP_PX - MARGIN_PX))
