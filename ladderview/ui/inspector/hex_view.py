"""Which bytes? A hex view: offsets, bytes and text, with the bytes of the selected field lit.

Plan: the number of bytes in a line follows the width (4, 8, 16 or 32), so nothing ever scrolls sideways. Only
visible lines are painted. The caret is one byte; a field's bytes are a span. Spaces: ``x``/``y`` are viewport
pixels, ``offset`` counts bytes from the start of the shown bytes.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from ladderview.proto.fields import Span
from ladderview.ui.style import fixed_font, ui_font
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

PAD_PX = 12

#: What stands in the place of bytes.
HIDDEN_BYTES = "Bytes are hidden while something is masked"


class HexView(QAbstractScrollArea):
    """The bytes of a packet.

    Signals:
        byte_clicked(int): the person pointed at the byte at this offset.
    """

    byte_clicked = Signal(int)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._bytes = b""
        self._lit = Span(0, 0)
        self._caret = -1
        self.setFont(fixed_font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Bytes of the packet"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        workspace.theme_changed.connect(self.viewport().update)
        workspace.masks_changed.connect(self._on_masks_changed)
        self._measure()

    @property
    def per_line(self) -> int:
        """Bytes in a line."""
        return self._per_line

    @property
    def lit(self) -> Span:
        """The bytes that are lit."""
        return self._lit

    def set_bytes(self, data: bytes) -> None:
        """Show these bytes, none of them lit."""
        self._bytes = data
        self._lit = Span(0, 0)
        self._caret = -1
        self.verticalScrollBar().setValue(0)
        self._measure()
        self.viewport().update()

    def wanted_height(self) -> int:
        """How high it is when all lines are seen."""
        if self._is_masked:
            return 4 * self._line_px
        return -(-len(self._bytes) // self._per_line) * self._line_px + PAD_PX

    def light(self, span: Span) -> None:
        """Light a field's bytes and scroll to them."""
        self._lit = Span(max(span.start, 0), min(span.end, len(self._bytes)))
        if len(self._lit) > 0:
            self._caret = self._lit.start
            self._scroll_to(self._lit)
        self.setAccessibleDescription(self.spoken())
        self.viewport().update()

    @property
    def _is_masked(self) -> bool:
        """Whether there is a sentence in the place of the bytes: they cannot be masked word for word."""
        return bool(self._workspace.masks)

    def _on_masks_changed(self) -> None:
        self._measure()
        self.setAccessibleDescription(self.spoken())
        self.viewport().update()

    def spoken(self) -> str:
        """The lit bytes in words, for a screen reader."""
        if self._is_masked:
            return translate(HIDDEN_BYTES)
        if len(self._lit) <= 0:
            return self.tr("{count} bytes").format(count=len(self._bytes))
        some = self._bytes[self._lit.start : self._lit.start + min(len(self._lit), 16)].hex(" ")
        first, last = self._lit.start, self._lit.end - 1
        return self.tr("bytes {first} to {last}: {bytes}").format(first=first, last=last, bytes=some)

    def offset_at(self, point: QPointF) -> int:
        """The byte under a point of the viewport, or -1."""
        if self._is_masked:
            return -1
        line = int((point.y() + self.verticalScrollBar().value() - PAD_PX / 2) // self._line_px)
        if line < 0:
            return -1
        for column in range(self._per_line):
            hex_x, text_x = self._hex_x(column), self._text_x(column)
            in_hex = hex_x - self._char_px / 2 <= point.x() < hex_x + 2.5 * self._char_px
            if in_hex or text_x <= point.x() < text_x + self._char_px:
                offset = line * self._per_line + column
                return offset if offset < len(self._bytes) else -1
        return -1

    # -- geometry --------------------------------------------------------------------------------------------------

    def _measure(self) -> None:
        """Fit the bytes of a line to the width, and the scroll bar to the lines."""
        metrics = QFontMetricsF(self.font())
        self._char_px = metrics.horizontalAdvance("0")
        self._line_px = round(metrics.height() * 1.15)
        self._ascent_px = metrics.ascent() + (self._line_px - metrics.height()) / 2
        self._offset_digits = max(4, len(f"{max(len(self._bytes) - 1, 0):x}"))
        self._per_line = 4
        while self._per_line < 32 and self._width_for(self._per_line * 2) <= self.viewport().width():
            self._per_line *= 2
        lines = -(-len(self._bytes) // self._per_line)
        bar = self.verticalScrollBar()
        bar.setSingleStep(self._line_px)
        bar.setPageStep(self.viewport().height())
        height = 0 if self._is_masked else lines * self._line_px + PAD_PX
        bar.setRange(0, max(0, height - self.viewport().height()))

    def _width_for(self, per_line: int) -> float:
        chars = self._offset_digits + 2 + per_line * 3 + (per_line - 1) // 8 + 1 + per_line
        return 2 * PAD_PX + chars * self._char_px

    def _hex_x(self, column: int) -> float:
        return PAD_PX + (self._offset_digits + 2 + column * 3 + column // 8) * self._char_px

    def _text_x(self, column: int) -> float:
        return self._hex_x(self._per_line - 1) + (4 + column) * self._char_px

    def _scroll_to(self, span: Span) -> None:
        bar = self.verticalScrollBar()
        top = span.start // self._per_line * self._line_px
        bottom = ((max(span.end - 1, span.start)) // self._per_line + 1) * self._line_px + PAD_PX
        if top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + self.viewport().height():
            bar.setValue(min(top, bottom - self.viewport().height()))

    # -- overridden from QAbstractScrollArea -----------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another number of bytes in a line."""
        super().resizeEvent(event)
        self._measure()
        if len(self._lit) > 0:
            self._scroll_to(self._lit)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the visible lines."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.font())
        theme = self._workspace.theme
        painter.fillRect(self.viewport().rect(), QColor(theme["panel"]))
        if self._is_masked:
            painter.setFont(ui_font())
            painter.setPen(QColor(theme["muted"]))
            words = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(PAD_PX, 4, -PAD_PX, -4), words, translate(HIDDEN_BYTES))
            painter.end()
            return
        scroll = self.verticalScrollBar().value()
        first = max(0, int((scroll - PAD_PX / 2) // self._line_px))
        last = min(
            -(-len(self._bytes) // self._per_line), int((scroll + self.viewport().height()) // self._line_px) + 1
        )
        for line in range(first, last):
            y = PAD_PX / 2 + line * self._line_px - scroll
            self._paint_line(painter, line, y)
        painter.end()

    def _paint_line(self, painter: QPainter, line: int, y: float) -> None:
        theme = self._workspace.theme
        start = line * self._per_line
        end = min(start + self._per_line, len(self._bytes))
        self._paint_lit(painter, start, end, y)
        baseline = y + self._ascent_px
        painter.setPen(QColor(theme["muted"]))
        painter.drawText(QPointF(PAD_PX, baseline), f"{start:0{self._offset_digits}x}")
        for column, offset in enumerate(range(start, end)):
            value = self._bytes[offset]
            lit = self._lit.start <= offset < self._lit.end
            painter.setPen(QColor(theme["text" if lit else "tcp"]))
            painter.drawText(QPointF(self._hex_x(column), baseline), f"{value:02x}")
            printable = 0x20 <= value < 0x7F
            painter.setPen(QColor(theme["text" if lit else "tcp" if printable else "muted"]))
            painter.drawText(QPointF(self._text_x(column), baseline), chr(value) if printable else "·")

    def _paint_lit(self, painter: QPainter, start: int, end: int, y: float) -> None:
        """The ground of the lit bytes of one line, in both halves, and the caret."""
        theme = self._workspace.theme
        first, last = max(start, self._lit.start), min(end, self._lit.end)
        if first < last:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme["selection"]))
            for left, right, pad in (
                (self._hex_x(first - start), self._hex_x(last - 1 - start) + 2 * self._char_px, self._char_px * 0.35),
                (self._text_x(first - start), self._text_x(last - 1 - start) + self._char_px, 0.5),
            ):
                painter.drawRoundedRect(QRectF(left - pad, y, right - left + 2 * pad, self._line_px), 3, 3)
        if self.hasFocus() and start <= self._caret < end:
            painter.setPen(QColor(theme["accent"]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            x = self._hex_x(self._caret - start)
            painter.drawRoundedRect(QRectF(x - 2, y + 0.5, 2 * self._char_px + 4, self._line_px - 1), 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Point at a byte."""
        offset = self.offset_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and offset >= 0:
            self._point_at(offset)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing more to do than to have taken the press."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the caret byte by byte and line by line."""
        page = max(1, self.viewport().height() // self._line_px - 1) * self._per_line
        here = max(self._caret, 0)
        targets = {
            Qt.Key.Key_Left: here - 1,
            Qt.Key.Key_Right: here + 1,
            Qt.Key.Key_Up: here - self._per_line,
            Qt.Key.Key_Down: here + self._per_line,
            Qt.Key.Key_PageUp: here - page,
            Qt.Key.Key_PageDown: here + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._bytes) - 1,
        }
        target = targets.get(Qt.Key(event.key()))
        if target is None or not self._bytes or self._is_masked:
            super().keyPressEvent(event)
            return
        self._point_at(min(max(target, 0), len(self._bytes) - 1))

    def _point_at(self, offset: int) -> None:
        self.byte_clicked.emit(offset)
        # After the answer: the field's bytes may begin before the byte that was pointed at.
        self._caret = offset
        self._scroll_to(Span(offset, offset + 1))
        self.viewport().update()
