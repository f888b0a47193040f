"""A drawing to a QPainter: the screen, and PNG. QtGui only, so it needs no widget and no display.

Plan: one function a shape, found by its type; pens, brushes and fonts are made once a theme and kept, because a frame
has thousands of shapes and 16 ms. Many lines go to Qt in one call.

Traps: WORKAROUND(PySide6 6.12.0): on Python 3.11 nearly every QPainter call drops a reference to None, and the process
aborts after some thousand of them; pyproject.toml keeps that version out and tests/render/test_qt.py shows it.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np
from PySide6.QtCore import QBuffer, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)

from ladderview.ladder.shapes import Anchor, Arrow, Bars, Box, Curve, Drawing, Line, Phrase, Shape, Text
from ladderview.ladder.theme import Theme

#: Half the width of an arrow head, as part of its length.
HEAD_SLIMNESS = 0.42

#: Half the size of the X on an arrow that was not captured, and its distance before the tip.
CROSS_PX, CROSS_BEYOND_PX = 4.0, 10.0

#: Pixels a side of an image: what is painted beyond is lost.
LARGEST_SIDE = 32_767

#: "fi" stays two letters: whoever searches a PDF for "Finished" finds it, and widths are those of the letters.
_LIGATURES = QFont.Tag("liga")

#: Pixels that are filled at once.
STRIP_PIXELS = 1 << 20

#: Pixels of a box that are painted at once.
TALL_PX = 2048

#: 96 logical pixels an inch: an image with scale 2 is as large in a document as one with scale 1, and twice as sharp.
DOTS_PER_METRE = 3780

#: Of 100; for PNG it only says how hard to compress. The highest would take twice the time for 6 % fewer bytes.
PNG_QUALITY = 80


def gui_application() -> QGuiApplication:
    """The application that fonts need; where there is none, one that needs no display."""
    app = QGuiApplication.instance()
    if app is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        app = QGuiApplication(sys.argv[:1])
    assert isinstance(app, QGuiApplication)
    return app


# -- fonts and pens, made once ------------------------------------------------------------------------------------


@cache
def font(size: float, bold: bool, mono: bool) -> QFont:
    """The system's font for text, or its fixed one, at a size in pixels."""
    kind = QFontDatabase.SystemFont.FixedFont if mono else QFontDatabase.SystemFont.GeneralFont
    chosen = QFont(QFontDatabase.systemFont(kind))
    # Whole pixels only: Qt rounds pixel sizes down, so a point size stands in for a fraction of a pixel.
    if size == int(size):
        chosen.setPixelSize(int(size))
    else:
        chosen.setPointSizeF(size * 72.0 / _dots_per_inch())
    chosen.setBold(bold)
    chosen.setFeature(_LIGATURES, 0)
    return chosen


def _dots_per_inch() -> float:
    screen = gui_application().primaryScreen()
    return screen.logicalDotsPerInchY() if screen is not None else 96.0


@cache
def _metrics(size: float, bold: bool, mono: bool) -> QFontMetricsF:
    return QFontMetricsF(font(size, bold, mono))


@lru_cache(maxsize=16384)
def measure(text: str, size: float, bold: bool, mono: bool) -> float:
    """The width of a line of text on this screen, in logical pixels."""
    return _metrics(size, bold, mono).horizontalAdvance(text)


@cache
def _pen(colour: str, width: float, dash: tuple[float, ...], flat: bool) -> QPen:
    pen = QPen(QColor(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if flat else Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dash:
        pen.setDashPattern([length / width for length in dash])  # Qt counts dashes in widths of the pen
    return pen


@cache
def _brush(colour: str) -> QBrush:
    return QBrush(QColor(colour))


@cache
def _no_pen() -> QPen:
    return QPen(Qt.PenStyle.NoPen)


@cache
def _no_brush() -> QBrush:
    return QBrush(Qt.BrushStyle.NoBrush)


# -- one function a shape -----------------------------------------------------------------------------------------


def paint(painter: QPainter, drawing: Drawing, theme: Theme, *, background: bool = True) -> None:
    """Paint a drawing with its upper left corner at the painter's origin, in logical pixels."""
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    if background:
        painter.fillRect(QRectF(0, 0, drawing.width, drawing.height), _brush(theme[drawing.background]))
    for shape in drawing.shapes:
        _PAINTERS[type(shape)](painter, shape, theme)


def _paint_line(painter: QPainter, line: Line, theme: Theme) -> None:
    painter.setPen(_pen(theme[line.key], line.width, line.dash, True))
    painter.drawLine(QLineF(line.x1, line.y1, line.x2, line.y2))


def _paint_bars(painter: QPainter, bars: Bars, theme: Theme) -> None:
    # Bars are level and stand on pixels: smoothing would only blur them. As rectangles they cost a sixth of lines.
    x1, x2, y = bars.ends.T
    rects = (np.minimum(x1, x2), y - bars.thickness / 2, np.abs(x2 - x1), np.full(len(y), bars.thickness))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(_no_pen())
    painter.setBrush(_brush(theme[bars.key]))
    painter.drawRects(list(map(QRectF, *(column.tolist() for column in rects))))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _paint_arrow(painter: QPainter, arrow: Arrow, theme: Theme) -> None:
    colour = theme[arrow.key]
    length = math.hypot(arrow.x2 - arrow.x1, arrow.y2 - arrow.y1) or 1.0
    along_x, along_y = (arrow.x2 - arrow.x1) / length, (arrow.y2 - arrow.y1) / length
    base_x, base_y = arrow.x2 - along_x * arrow.head, arrow.y2 - along_y * arrow.head
    half = arrow.head * HEAD_SLIMNESS
    painter.setPen(_pen(colour, arrow.width, arrow.dash, True))
    painter.drawLine(QLineF(arrow.x1, arrow.y1, base_x + along_x, base_y + along_y))
    painter.setPen(_no_pen())
    painter.setBrush(_brush(colour))
    painter.drawConvexPolygon(
        QPolygonF(
            [
                QPointF(arrow.x2, arrow.y2),
                QPointF(base_x - along_y * half, base_y + along_x * half),
                QPointF(base_x + along_y * half, base_y - along_x * half),
            ]
        )
    )
    if arrow.crossed:
        x, y, size = arrow.x2 + along_x * CROSS_BEYOND_PX, arrow.y2 + along_y * CROSS_BEYOND_PX, CROSS_PX
        painter.setPen(_pen(colour, 1.6, (), False))
        painter.drawLines(
            [QLineF(x - size, y - size, x + size, y + size), QLineF(x - size, y + size, x + size, y - size)]
        )


def _paint_text(painter: QPainter, text: Text, theme: Theme) -> None:
    x = text.x
    if text.anchor is not Anchor.START:
        width = measure(text.text, text.size, text.bold, text.mono)
        x -= width if text.anchor is Anchor.END else width / 2
    painter.setFont(font(text.size, text.bold, text.mono))
    painter.setPen(_pen(theme[text.key], 1.0, (), True))
    painter.drawText(QPointF(x, text.y), text.text)


def _paint_phrase(painter: QPainter, phrase: Phrase, theme: Theme) -> None:
    widths = [measure(run.text, phrase.size, run.bold, False) for run in phrase.runs]
    x = phrase.x - (sum(widths) + phrase.gap * (len(widths) - 1)) / 2
    for run, width in zip(phrase.runs, widths, strict=True):
        painter.setFont(font(phrase.size, run.bold, False))
        painter.setPen(_pen(theme[run.key], 1.0, (), True))
        painter.drawText(QPointF(x, phrase.y), run.text)
        x += width + phrase.gap


def _paint_box(painter: QPainter, box: Box, theme: Theme) -> None:
    painter.setBrush(_brush(theme[box.fill]) if box.fill else _no_brush())
    painter.setPen(_pen(theme[box.stroke], box.stroke_width, box.dash, True) if box.stroke else _no_pen())
    rect = QRectF(box.x, box.y, box.width, box.height)
    if box.height > TALL_PX:
        _paint_tall_box(painter, rect, box.radius)
    elif box.radius:
        painter.drawRoundedRect(rect, box.radius, box.radius)
    else:
        painter.drawRect(rect)


def _paint_tall_box(painter: QPainter, rect: QRectF, radius: float) -> None:
    """A box in strips of whole device pixels: at once it would take some hundredths of a second without the window."""
    device = painter.deviceTransform().mapRect(rect).toAlignedRect().adjusted(-1, -1, 1, 1)
    painter.save()
    for y in range(device.top(), device.bottom() + 1, TALL_PX):
        painter.setWorldMatrixEnabled(False)
        painter.setClipRect(device.left(), y, device.width(), min(TALL_PX, device.bottom() + 1 - y))
        painter.setWorldMatrixEnabled(True)
        painter.drawRoundedRect(rect, radius, radius)
    painter.restore()


def _paint_curve(painter: QPainter, curve: Curve, theme: Theme) -> None:
    start, *bends = (QPointF(x, y) for x, y in curve.points)
    path = QPainterPath(start)
    path.cubicTo(*bends)
    painter.setBrush(_no_brush())
    painter.setPen(_pen(theme[curve.key], curve.width, curve.dash, False))
    painter.drawPath(path)


_PAINTERS: dict[type[Shape], Callable[[QPainter, Any, Theme], None]] = {
    Line: _paint_line,
    Bars: _paint_bars,
    Arrow: _paint_arrow,
    Text: _paint_text,
    Phrase: _paint_phrase,
    Box: _paint_box,
    Curve: _paint_curve,
}


def png_bytes(drawing: Drawing, theme: Theme, scale: float, *, transparent: bool = False) -> bytes:
    """The drawing as a PNG file.

    Raises:
        MemoryError: there is no memory for so many pixels.
    """
    image = to_image(drawing, theme, scale, transparent=transparent)
    if image.isNull():
        raise MemoryError(f"no image of {drawing.width * scale:.0f} by {drawing.height * scale:.0f} pixels")
    image.setDotsPerMeterX(round(DOTS_PER_METRE * scale))
    image.setDotsPerMeterY(round(DOTS_PER_METRE * scale))
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", PNG_QUALITY)  # type: ignore[call-overload]  # the stubs know only file names and devices as bytes
    return bytes(buffer.data().data())


def to_image(drawing: Drawing, theme: Theme, scale: float = 1.0, *, transparent: bool = False) -> QImage:
    """The drawing as an image, ``scale`` image pixels for a logical pixel; a null image where it is too large for one.

    Args:
        drawing: what to paint.
        theme: its colours.
        scale: image pixels a logical pixel.
        transparent: no background.
    """
    gui_application()
    width, height = max(1, round(drawing.width * scale)), max(1, round(drawing.height * scale))
    if max(width, height) > LARGEST_SIDE:
        return QImage()
    image = QImage(
        width,
        height,
        QImage.Format.Format_ARGB32_Premultiplied if transparent else QImage.Format.Format_RGB32,
    )
    if image.isNull():
        return image
    painter = QPainter(image)
    _fill(painter, image, QColor(Qt.GlobalColor.transparent) if transparent else QColor(theme[drawing.background]))
    painter.scale(scale, scale)
    paint(painter, drawing, theme, background=False)
    painter.end()
    return image


def _fill(painter: QPainter, image: QImage, colour: QColor) -> None:
    """Give an image its ground, strip by strip.

    The first touch of a hundred megabytes takes a tenth of a second, in which no other thread of Python would run, that
    of the window among them.
    """
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
    height = max(1, STRIP_PIXELS // max(1, image.width()))
    for y in range(0, image.height(), height):
        painter.fillRect(0, y, image.width(), min(height, image.height() - y), colour)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
