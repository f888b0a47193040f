"""Where do packet numbers stand in a line that is painted, and which packets are they?

Plan: whoever paints a line gets back the rectangles of its links, and asks them again when somebody points there. So
what is pointed at is what was painted. Spaces: those of the painter, y down.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from ladderview.ui.inspector.rich_card import PACKET


@dataclass(frozen=True, slots=True)
class PaintedLink:
    """A packet's number, as a person counts (from 1), and where it stands."""

    packet: int
    area: QRectF


def paint_linked(
    painter: QPainter, area: QRectF, text: str, ink: QColor, link_ink: QColor, *, at_right: bool = False
) -> list[PaintedLink]:
    """Paint a line in the painter's font, its packet numbers in an ink of their own; where those are."""
    metrics = QFontMetricsF(painter.font())
    left = area.right() - metrics.horizontalAdvance(text) if at_right else area.left()
    links: list[PaintedLink] = []
    done = 0
    for found in (*PACKET.finditer(text), None):
        plain = text[done : found.start() if found else len(text)]
        left = _paint(painter, area, left, plain, ink)
        if found:
            right = _paint(painter, area, left, found[0], link_ink)
            links.append(PaintedLink(int(found[1]), QRectF(left, area.top(), right - left, area.height())))
            left, done = right, found.end()
    return links


def _paint(painter: QPainter, area: QRectF, left: float, text: str, ink: QColor) -> float:
    """Paint a piece of a line; where it ends."""
    width = QFontMetricsF(painter.font()).horizontalAdvance(text)
    painter.setPen(ink)
    # A little wider than it is: a piece must not be cut for the sake of a rounding.
    room = QRectF(left, area.top(), width + 4, area.height())
    painter.drawText(
        room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text
    )
    return left + width
