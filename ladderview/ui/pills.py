"""How a problem looks as a pill: a word on a tinted, fully rounded ground. Shared by the cards and the wide table."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from ladderview.ladder.theme import Theme
from ladderview.ui.translation import translate

PAD_PX = 7.0
GAP_PX = 5.0


@lru_cache(maxsize=8)
def _pill_face(base: str) -> tuple[QFont, QFontMetricsF]:
    """A step smaller than the text beside it, and heavier; ``base`` is that text's font as a string."""
    font = QFont()
    font.fromString(base)
    font.setPointSizeF(font.pointSizeF() * 0.86)
    font.setWeight(QFont.Weight.DemiBold)
    return font, QFontMetricsF(font)


def pills_width(words: Iterable[str], base: QFont) -> float:
    """Pixels that these pills need beside each other, none of them elided."""
    _, metrics = _pill_face(base.toString())
    return sum(metrics.horizontalAdvance(word) + 2 * PAD_PX + GAP_PX for word in words)


def draw_pills(painter: QPainter, area: QRectF, words: Iterable[str], theme: Theme, base: QFont) -> float:
    """Draw as many pills as fit from the left of ``area``, then "+n" for the rest; returns the x after the last.

    A pill is drawn whole or not at all: a clipped word is worse than a number. Only where not even the first
    fits is that one elided.
    """
    font, metrics = _pill_face(base.toString())
    height = min(metrics.height() + 3, area.height())
    x = area.left()
    wanted = list(words)
    painter.setFont(font)
    for position, word in enumerate(wanted):
        rest = len(wanted) - position - 1
        more = metrics.horizontalAdvance(f"+{rest}") + 2 * PAD_PX + GAP_PX if rest else 0.0
        width = metrics.horizontalAdvance(word) + 2 * PAD_PX
        if x + width + more > area.right():
            if position == 0 and not rest:
                word = metrics.elidedText(word, Qt.TextElideMode.ElideRight, area.right() - x - 2 * PAD_PX)  # noqa: PLW2901
            else:
                word = f"+{rest + 1}" if position else translate("{count} kinds of problems").format(count=rest + 1)  # noqa: PLW2901
            width = min(metrics.horizontalAdvance(word) + 2 * PAD_PX, area.right() - x)
            rest = -1
        box = QRectF(x, area.center().y() - height / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme["pill.trouble"]))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setPen(QColor(theme["trouble"]))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
        x += width + GAP_PX
        if rest < 0:
            break
    return x
