"""The surface that a ladder is painted on: one graphics object in a pyqtgraph ViewBox, and what the pointer does to it.

Plan: the ViewBox's x range is fixed and its y range is the part of the TimeAxis in view, so that graphs over the same
axis can be linked to it. The one object in it paints a ``Drawing`` in logical pixels, whatever the range: text never
scales. The canvas answers no question about the ladder: it says what the pointer did, and ``LadderView`` decides.

Traps: pyqtgraph's scene sorts clicks from drags with timers of its own and asks every item under the pointer; there is
one item here, so the canvas reads the mouse itself. A graphics item that refers to the widget around its canvas makes a
cycle through Qt objects, and collecting that crashes PySide6: the picture refers to its painter weakly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from weakref import WeakMethod

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QNativeGestureEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QGestureEvent,
    QGraphicsView,
    QPinchGesture,
    QStyleOptionGraphicsItem,
    QWidget,
)

from ladderview.ladder.shapes import Drawing
from ladderview.ladder.theme import Theme
from ladderview.ladder.viewport import Viewport
from ladderview.render.qt import paint

#: Pixels that one notch of a wheel scrolls: three comfortable rows.
NOTCH_PX = 120.0

#: How much one notch of a wheel zooms.
NOTCH_ZOOM = 1.25


class LadderPicture(pg.GraphicsObject):
    """Paints what it is given as large as the ViewBox is, in logical pixels."""

    def __init__(self, view_box: pg.ViewBox, drawing: WeakMethod[Callable[[], tuple[Drawing, Theme]]]) -> None:
        super().__init__(view_box)
        self._drawing = drawing
        self.scale_factor = 1.0

    # Qt's methods

    def boundingRect(self) -> QRectF:
        """All of the ViewBox."""
        return QRectF(self.parentItem().rect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint the drawing of the moment."""
        current = self._drawing()
        if current is None:
            return
        try:
            painter.scale(self.scale_factor, self.scale_factor)
            paint(painter, *current())
        except Exception:  # in the middle of Qt's painting it would end the process
            sys.excepthook(*sys.exc_info())


class LadderCanvas(pg.GraphicsView):
    """A GraphicsView with one ViewBox with one picture, which is drawn ``scale_factor`` times as large as it says.

    Signals (all positions and distances in pixels of the drawing):
        scrolled: by this far; positive moves to later rows.
        zoomed: by this factor at this height.
        clicked, double_clicked: at (x, y) with the left button.
        pointed: the pointer is at (x, y), or has gone: (-1, -1).
        resized: the canvas has another size.
        pressed: the left button went down at (x, y); who answers with ``take()`` gets what follows:
        taken_moved, taken_released: the pointer is at (x, y); the button went up.
        asked: the pointer rests at (x, y) and a tooltip may be shown at this global position.
    """

    scrolled = Signal(float)
    zoomed = Signal(float, float)
    clicked = Signal(float, float)
    double_clicked = Signal(float, float)
    pointed = Signal(float, float)
    pressed = Signal(float, float)
    taken_moved = Signal(float, float)
    taken_released = Signal()
    resized = Signal()
    asked = Signal(float, float, QPoint)

    def __init__(self, drawing: Callable[[], tuple[Drawing, Theme]], parent: QWidget | None = None) -> None:
        """``drawing`` is a method that tells what to paint; it is not kept alive."""
        super().__init__(parent, useOpenGL=False, background=None)
        self.view_box = pg.ViewBox(enableMouse=False, enableMenu=False, invertY=True, defaultPadding=0.0)
        self.view_box.setXRange(0.0, 1.0, padding=0)
        self.setCentralItem(self.view_box)
        self.picture = LadderPicture(self.view_box, WeakMethod(drawing))
        # pyqtgraph has the background cached: a copy of the whole screen a frame, of nothing.
        self.setCacheMode(self.CacheModeFlag.CacheNone)
        self._pressed_at: QPointF | None = None
        self._dragged_to: QPointF | None = None
        self._taken = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    @property
    def scale_factor(self) -> float:
        """Logical pixels of the canvas for one of the drawing."""
        return self.picture.scale_factor

    @scale_factor.setter
    def scale_factor(self, factor: float) -> None:
        self.picture.scale_factor = factor

    def show_range(self, viewport: Viewport) -> None:
        """Give the ViewBox the range that the viewport shows, and repaint."""
        self.view_box.setYRange(viewport.top, viewport.bottom, padding=0)
        self.picture.update()

    # Qt's methods

    def close(self) -> bool:
        """Close as any widget does: pyqtgraph's own way takes the viewport away while it still gets events."""
        return QGraphicsView.close(self)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Say that there is another size."""
        super().resizeEvent(event)
        if hasattr(self, "picture"):  # pyqtgraph resizes while it constructs
            self.picture.prepareGeometryChange()
            self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, or zoom with Ctrl."""
        notches = event.angleDelta().y() / 120.0
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if notches:
                self.zoomed.emit(NOTCH_ZOOM**notches, event.position().y() / self.scale_factor)
        elif event.pixelDelta().y():
            self.scrolled.emit(-event.pixelDelta().y() / self.scale_factor)
        elif notches:
            self.scrolled.emit(-notches * NOTCH_PX / self.scale_factor)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() in {Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton}:
            self._pressed_at = event.position()
            self._dragged_to = None
            self._taken = False
            if event.button() == Qt.MouseButton.LeftButton:
                at = event.position() / self.scale_factor
                self.pressed.emit(at.x(), at.y())
        event.accept()

    def take(self) -> None:
        """What the pointer does until the button goes up is neither a click nor a drag of the ladder."""
        self._taken = True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag, or point."""
        position = event.position()
        if self._pressed_at is None:
            self.pointed.emit(position.x() / self.scale_factor, position.y() / self.scale_factor)
            return
        if self._taken:
            self.taken_moved.emit(position.x() / self.scale_factor, position.y() / self.scale_factor)
            return
        if self._dragged_to is None:
            if abs(position.y() - self._pressed_at.y()) < QApplication.startDragDistance():
                return
            self._dragged_to = self._pressed_at
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self.scrolled.emit((self._dragged_to.y() - position.y()) / self.scale_factor)
        self._dragged_to = position

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or click."""
        pressed_at, self._pressed_at = self._pressed_at, None
        self.viewport().unsetCursor()
        if self._taken:
            self._taken = False
            self.taken_released.emit()
            return
        if pressed_at is not None and self._dragged_to is None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(pressed_at.x() / self.scale_factor, pressed_at.y() / self.scale_factor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Say where."""
        if event.button() == Qt.MouseButton.LeftButton:
            position = event.position() / self.scale_factor
            self.double_clicked.emit(position.x(), position.y())

    def leaveEvent(self, event: QEvent) -> None:
        """Say that the pointer has gone."""
        self.pointed.emit(-1.0, -1.0)
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips and pinches."""
        if isinstance(event, QHelpEvent):
            position = event.pos().toPointF() / self.scale_factor
            self.asked.emit(position.x(), position.y(), event.globalPos())
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoomed.emit(max(0.1, 1.0 + event.value()), event.position().y() / self.scale_factor)
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture) and pinch.scaleFactor() > 0:
                centre = self.viewport().mapFromGlobal(pinch.centerPoint().toPoint())
                self.zoomed.emit(pinch.scaleFactor(), centre.y() / self.scale_factor)
            return True
        return super().viewportEvent(event)
