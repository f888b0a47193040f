"""Drawings to the pages of a PDF, painted by Qt: vector graphics and real text. What Qt does not do, ``pdf`` adds."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QBuffer, QMarginsF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from ladderview.ladder.shapes import Drawing
from ladderview.ladder.theme import Theme
from ladderview.render.qt import gui_application, paint

#: Device pixels an inch. Fonts of a fraction of a pixel are asked for in points of a screen with this many.
_DOTS_PER_INCH = 96


def pdf_pages(drawings: Iterable[Drawing], theme: Theme, width_pt: float, height_pt: float, title: str) -> bytes:
    """The drawings as pages of this size, in points; each is as wide as its page."""
    gui_application()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_DOTS_PER_INCH)
    writer.setTitle(title)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QSizeF(width_pt, height_pt), QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch),
            QPageLayout.Orientation.Portrait,
            QMarginsF(0, 0, 0, 0),
        )
    )
    painter: QPainter | None = None
    for drawing in drawings:
        if painter is None:
            painter = QPainter(writer)
        else:
            writer.newPage()
        painter.save()
        scale = width_pt * _DOTS_PER_INCH / 72 / drawing.width
        painter.scale(scale, scale)
        paint(painter, drawing, theme)
        painter.restore()
    if painter is not None:
        painter.end()
    return bytes(buffer.data().data())
