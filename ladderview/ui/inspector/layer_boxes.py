"""What is inside what? The layers of a packet as boxes drawn inside one another, outermost first.

Plan: ``box_layout`` computes the rectangles from the width and the fonts; painting and pointing both read those
rectangles. Spaces: widget pixels, y down.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ladderview.ui.inspector.box_layout import (
    HEAD_PAD_PX,
    INSIDE,
    ROW_GAP_PX,
    SIDE_PX,
    Layer,
    Row,
    depths,
    is_constant,
    place,
    taken,
    wrapped,
)
from ladderview.ui.inspector.painted_links import PaintedLink, paint_linked
from ladderview.ui.style import fixed_font
from ladderview.ui.workspace import Workspace


class LayerBoxes(QWidget):
    """The nested boxes of the selected packet.

    Signals:
        layer_clicked(int): the person asks for the fields of this layer, from 0, outermost first.
        packet_clicked(int): the person wants to go to this packet, as a person counts (from 1).
    """

    layer_clicked = Signal(int)
    packet_clicked = Signal(int)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._layers: tuple[Layer, ...] = ()
        self._boxes: tuple[QRectF, ...] = ()
        self._remarks: tuple[tuple[str, ...], ...] = ()
        self._inline: tuple[bool, ...] = ()
        self._links: list[PaintedLink] = []
        self._hovered = -1
        self._current = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Layers of the packet"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        workspace.theme_changed.connect(self.update)

    @property
    def boxes(self) -> tuple[QRectF, ...]:
        """Where each layer's box is, outermost first."""
        return self._boxes

    def set_layers(self, layers: Sequence[Layer]) -> None:
        """Show these layers, outermost first."""
        self._layers = tuple(layers)
        self._links = []
        self._hovered = -1
        self._current = min(self._current, len(layers) - 1)
        self.setAccessibleDescription("; ".join(f"{layer.heading} {layer.summary}, {layer.sizes}" for layer in layers))
        self._place()

    def _place(self) -> None:
        metrics = QFontMetricsF(self._small())
        self._inline = tuple(
            self._fits(layer, depth) for layer, depth in zip(self._layers, depths(self._layers), strict=True)
        )
        told = [
            layer.remarks if inline or layer.outer else (layer.summary, *layer.remarks)
            for layer, inline in zip(self._layers, self._inline, strict=True)
        ]
        mono = QFontMetricsF(fixed_font(self._small().pointSizeF()))
        self._remarks = tuple(
            tuple(
                line
                for remark in remarks
                for line in wrapped(remark, mono if is_constant(remark) else metrics, self.width() - taken(depth))
            )
            for remarks, depth in zip(told, depths(self._layers), strict=True)
        )
        lines = tuple(len(remarks) for remarks in self._remarks)
        small_px = self._line_px(self._small())
        self._boxes = place(self._layers, self.width(), self._line_px(self.font()), small_px, lines)
        self.setFixedHeight(round(max(box.bottom() for box in self._boxes) + 1) if self._boxes else 0)
        self.update()

    def _fits(self, layer: Layer, depth: int) -> bool:
        """Whether the summary stands beside the title; what TLS and HTTP say is never cut, but put below it."""
        if not layer.summary or (layer.depth < 0 and not layer.outer):
            return True
        bold = self._bold()
        sizes_px = QFontMetricsF(fixed_font(self._small().pointSizeF())).horizontalAdvance(layer.sizes)
        title_px = QFontMetricsF(bold).horizontalAdvance(layer.heading)
        room = self.width() - taken(depth) - sizes_px - title_px - 16
        return QFontMetricsF(self._small()).horizontalAdvance(layer.summary) <= room

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.92)
        return font

    def _bold(self) -> QFont:
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _number_font(self) -> QFont:
        font = fixed_font(self._small().pointSizeF())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _label_px(self, layer: Layer) -> float:
        metrics = QFontMetricsF(self._small())
        return max((metrics.horizontalAdvance(row.label) for row in layer.rows), default=0.0) + 12

    def _has_room(self, layer: Layer, row: Row, width: float) -> bool:
        """Whether the remark of a row is painted: left out rather than cut, half a number says something else."""
        room = width - self._label_px(layer) - QFontMetricsF(self._number_font()).horizontalAdvance(row.value) - 8
        return QFontMetricsF(self._small()).horizontalAdvance(row.remark) <= room

    @staticmethod
    def _line_px(font: QFont) -> float:
        return QFontMetricsF(font).height()

    def _layer_at(self, point_x: float, point_y: float) -> int:
        for position in reversed(range(len(self._boxes))):
            if self._boxes[position].contains(point_x, point_y):
                return position
        return -1

    @property
    def links(self) -> tuple[PaintedLink, ...]:
        """The packet numbers that were painted last, in the order of the boxes."""
        return tuple(self._links)

    def _link_at(self, point: QPointF) -> int:
        """The packet whose number is at a point, or 0."""
        return next((link.packet for link in self._links if link.area.contains(point)), 0)

    def _named(self, position: int) -> int:
        """The first packet that a box names itself, or 0."""
        own = (
            link for link in self._links if self._layer_at(link.area.center().x(), link.area.center().y()) == position
        )
        return next((link.packet for link in own), 0)

    def _part_at(self, position: int, point_x: float) -> int:
        """Which of the layers of a box a point of its heading belongs to, counted over all boxes."""
        layer = self._layers[position]
        first = sum(len(before.outer) + 1 for before in self._layers[:position])
        metrics = QFontMetricsF(self._bold())
        shown, right = "", self._boxes[position].left() + SIDE_PX
        for number, title in enumerate(layer.outer):
            shown += title + INSIDE
            if point_x < right + metrics.horizontalAdvance(shown):
                return first + number
        return first + len(layer.outer)

    # -- painting --------------------------------------------------------------------------------------------------

    def _paint_layer(self, painter: QPainter, position: int) -> None:
        theme, layer, box = self._workspace.theme, self._layers[position], self._boxes[position]
        lit = position == self._hovered or (self.hasFocus() and position == self._current)
        painter.setPen(QPen(QColor(theme["accent" if lit else layer.edge]), 1.6 if lit else 1.2))
        painter.setBrush(QColor(theme[layer.fill]))
        painter.drawRoundedRect(box, 6, 6)
        bold = self._bold()
        head = QRectF(box.left() + SIDE_PX, box.top(), box.width() - 2 * SIDE_PX, self._line_px(bold) + 2 * HEAD_PAD_PX)
        sizes_font = fixed_font(self._small().pointSizeF())
        sizes_px = QFontMetricsF(sizes_font).horizontalAdvance(layer.sizes)
        painter.setFont(sizes_font)
        painter.setPen(QColor(theme["muted"]))
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, layer.sizes)
        painter.setFont(bold)
        painter.setPen(QColor(theme[layer.key]))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        room = head.width() - sizes_px - 8
        title = QFontMetricsF(bold).elidedText(layer.heading, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(head, left, title)
        title_px = QFontMetricsF(bold).horizontalAdvance(title) + 8
        if self._inline[position] and room - title_px > 24:
            painter.setFont(self._small())
            painter.setPen(QColor(theme["muted"]))
            rest = head.adjusted(title_px, 0, 0, 0)
            text = QFontMetricsF(self._small()).elidedText(layer.summary, Qt.TextElideMode.ElideRight, room - title_px)
            painter.drawText(rest, left, text)
        self._paint_rows(painter, layer, head, self._remarks[position])

    def _paint_rows(self, painter: QPainter, layer: Layer, head: QRectF, remarks: tuple[str, ...]) -> None:
        theme = self._workspace.theme
        small, mono, mono_bold = self._small(), fixed_font(self._small().pointSizeF()), self._number_font()
        line_px = self._line_px(small) + ROW_GAP_PX
        area = QRectF(head.left(), head.bottom(), head.width(), line_px)
        label_px = self._label_px(layer)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for row in layer.rows:
            painter.setFont(small)
            painter.setPen(QColor(theme["muted"]))
            painter.drawText(area, left, row.label)
            if self._has_room(layer, row, area.width()):
                inks = QColor(theme["muted"]), QColor(theme["accent.text"])
                self._links += paint_linked(painter, area, row.remark, *inks, at_right=True)
            painter.setFont(mono_bold)
            painter.setPen(QColor(theme["text"]))
            painter.drawText(area.adjusted(label_px, 0, 0, 0), left, row.value)
            area.translate(0, line_px)
        painter.setFont(small)
        for remark in remarks:
            painter.setFont(mono if is_constant(remark) else small)
            inks = QColor(theme["muted" if is_constant(remark) else layer.key]), QColor(theme["accent.text"])
            self._links += paint_linked(painter, area, remark, *inks)
            area.translate(0, line_px)
        painter.setFont(mono)
        for number, text in enumerate(layer.text):
            painter.setPen(QColor(theme["text" if number or layer.depth < 0 else layer.key]))
            shown = QFontMetricsF(mono).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, left, shown)
            area.translate(0, line_px)
        if layer.wrong:
            painter.setFont(small)
            painter.setPen(QColor(theme["trouble"]))
            shown = QFontMetricsF(small).elidedText(layer.wrong, Qt.TextElideMode.ElideRight, area.width())
            painter.drawText(area, left, shown)

    # -- overridden from QWidget -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the boxes, outermost first."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._links = []
        for position in range(len(self._layers)):
            self._paint_layer(painter, position)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other boxes."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._place()

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for the panel's smallest width."""
        return QSize(200, self.height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the box under the pointer, and tell what a click does."""
        hovered = self._layer_at(event.position().x(), event.position().y())
        packet = self._link_at(event.position())
        self.setToolTip(self.tr("Go to packet #{packet}").format(packet=packet) if packet else self._tip(hovered))
        if hovered != self._hovered:
            self._hovered = hovered
            self.setCursor(Qt.CursorShape.PointingHandCursor if hovered >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def _tip(self, position: int) -> str:
        if position < 0:
            return ""
        layer = self._layers[position]
        below = layer.wrong or self.tr("Click for its fields")
        lines = (f"{layer.heading} {layer.summary}", layer.sizes, *self._cut(position), below)
        return "\n".join(lines)

    def _cut(self, position: int) -> list[str]:
        """What there is no room for in a box: remarks that were left out, and lines that are longer than it is wide."""
        layer, width = self._layers[position], self._boxes[position].width() - 2 * SIDE_PX
        mono = QFontMetricsF(fixed_font(self._small().pointSizeF()))
        left = [f"{row.label} {row.value}, {row.remark}" for row in layer.rows if not self._has_room(layer, row, width)]
        return left + [text for text in layer.text if mono.horizontalAdvance(text) > width]

    def leaveEvent(self, event: object) -> None:
        """Light nothing."""
        self._hovered = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the packet whose number is there, or ask for the fields of the box."""
        layer = self._layer_at(event.position().x(), event.position().y())
        packet = self._link_at(event.position())
        if packet and event.button() is Qt.MouseButton.LeftButton:
            self.packet_clicked.emit(packet)
        elif event.button() is Qt.MouseButton.LeftButton and layer >= 0:
            self._current = layer
            self.layer_clicked.emit(self._part_at(layer, event.position().x()))
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing more to do than to have taken the press."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which box the keys act on."""
        super().focusInEvent(event)
        self._current = self._current if self._current >= 0 else len(self._layers) - 1
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go through the boxes, Enter and Space ask for the fields, Right goes to the packet it names."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self._layers:
            self._current = min(max(self._current + step, 0), len(self._layers) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._current >= 0:
            self.layer_clicked.emit(self._part_at(self._current, self.width()))
        elif event.key() == Qt.Key.Key_Right and (named := self._named(self._current)):
            self.packet_clicked.emit(named)
        else:
            super().keyPressEvent(event)
