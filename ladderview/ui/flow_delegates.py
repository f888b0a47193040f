"""How a flow is painted: as a card in the narrow list, as cells with pills in the wide table."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ladderview.analysis.flow_columns import COLUMNS, TEXT
from ladderview.analysis.words import duration, grouped
from ladderview.ui.flow_model import FlowModel
from ladderview.ui.pills import draw_pills, pills_width
from ladderview.ui.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex

MARGIN_X, MARGIN_Y, PAD_X, PAD_Y, LINE_GAP = 7, 2, 11, 8, 4
CELL_PAD_X = 8
#: Between the protocol of a card and what stands beside it.
PROTOCOL_GAP = 9

#: Size of what stands beside and below the name, to that of the name.
SMALL = 0.92

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _state(option: QStyleOptionViewItem, flag: QStyle.StateFlag) -> bool:
    return bool(option.state & flag)


class _Face:
    """A font with its measures: making either for every line of every card takes longer than drawing them."""

    def __init__(self, base: QFont, scale: float = 1.0, weight: QFont.Weight | None = None) -> None:
        self.font = QFont(base)
        self.font.setPointSizeF(base.pointSizeF() * scale)
        if weight is not None:
            self.font.setWeight(weight)
        self.metrics = QFontMetricsF(self.font)


class _Faces:
    """The faces of a card."""

    def __init__(self, base: QFont) -> None:
        self.plain = _Face(base)
        self.bold = _Face(base, weight=QFont.Weight.DemiBold)
        self.small = _Face(base, SMALL)
        self.line_px = self.plain.metrics.height()


@lru_cache(maxsize=8)
def _faces_of(description: str) -> _Faces:
    font = QFont()
    font.fromString(description)
    return _Faces(font)


def card_height_px(font: QFont) -> int:
    """Height of a card; the same for every flow, so that a list of 100 000 needs no measuring."""
    return round(3 * QFontMetricsF(font).height() + 2 * LINE_GAP + 2 * (PAD_Y + MARGIN_Y))


class FlowCardDelegate(QStyledItemDelegate):
    """One flow as a card of three lines: who, from where, what was spoken and what became of it."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace

    def _draw_line(
        self, painter: QPainter, area: QRectF, texts: tuple[str, str], faces: tuple[_Face, _Face], key: str = "muted"
    ) -> None:
        """One line: a text from the left, elided in the middle where the one at the right leaves it no room."""
        (text, right), (face, right_face) = texts, faces
        room = area.width()
        if right:
            room -= right_face.metrics.horizontalAdvance(right) + 10
            painter.setFont(right_face.font)
            painter.setPen(QColor(self._workspace.theme["muted"]))
            painter.drawText(area, _RIGHT, right)
        painter.setFont(face.font)
        painter.setPen(QColor(self._workspace.theme[key]))
        painter.drawText(area, _LEFT, face.metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room))

    def _draw_protocol(self, painter: QPainter, area: QRectF, protocol: str, face: _Face, needed_px: float) -> None:
        """The protocol in its layer's colour, if ``needed_px`` stay beside it; ``area`` begins behind it then."""
        width = face.metrics.horizontalAdvance(protocol)
        if not protocol or width + PROTOCOL_GAP + needed_px > area.width():
            return
        painter.setFont(face.font)
        painter.setPen(QColor(self._workspace.theme["http" if protocol.startswith("HTTP") else "tls"]))
        painter.drawText(area, _LEFT, protocol)
        area.setLeft(area.left() + width + PROTOCOL_GAP)

    def _draw_ground(self, painter: QPainter, option: QStyleOptionViewItem, card: QRectF) -> None:
        theme = self._workspace.theme
        if _state(option, QStyle.StateFlag.State_Selected):
            focused = _state(option, QStyle.StateFlag.State_HasFocus)
            painter.setPen(QPen(QColor(theme["accent" if focused else "selection.border"]), 1))
            painter.setBrush(QColor(theme["selection"]))
        elif _state(option, QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme["hover"]))
        else:
            return
        painter.drawRoundedRect(card, 6, 6)

    # -- what Qt asks ----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the card."""
        model = index.model()
        if not isinstance(model, FlowModel) or model.flows is None:
            return
        flows, flow_id = model.flows, model.flow_id(index.row())
        faces = _faces_of(option.font.toString())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(option.rect).adjusted(MARGIN_X + 0.5, MARGIN_Y + 0.5, -MARGIN_X - 0.5, -MARGIN_Y - 0.5)
        self._draw_ground(painter, option, card)
        area = QRectF(card.left() + PAD_X, card.top() + PAD_Y, card.width() - 2 * PAD_X, faces.line_px)
        title = faces.bold if _state(option, QStyle.StateFlag.State_Selected) else faces.plain
        lasted = duration(int(flows.duration_ns[flow_id]))
        self._draw_line(painter, area, (flows.title_of(flow_id), lasted), (title, faces.small), "text")
        area.translate(0, faces.line_px + LINE_GAP)
        packets = int(flows.table.packets[flow_id])
        many = (self.tr("{count} pkt") if packets == 1 else self.tr("{count} pkts")).format(count=grouped(packets))
        client = self.tr("from {client}").format(client=flows.client_of(flow_id))
        self._draw_line(painter, area, (client, many), (faces.small, faces.small))
        area.translate(0, faces.line_px + LINE_GAP)
        pills = flows.pills_of(flow_id)
        self._draw_protocol(painter, area, flows.protocol_of(flow_id), faces.small, pills_width(pills[:1], option.font))
        if pills:
            draw_pills(painter, area, pills, self._workspace.theme, option.font)
        else:
            self._draw_line(painter, area, (flows.outcome[flow_id], ""), (faces.small, faces.small))
        painter.restore()


class FlowCellDelegate(QStyledItemDelegate):
    """A cell of the wide table: its text, or pills in the column of problems.

    Painted from the columns directly. Qt's own painting asks the model seven questions a cell, each of them a call
    into Python: with seven hundred cells in view that alone takes a quarter of a second.
    """

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace

    # -- what Qt asks ----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the ground, then the text or the pills."""
        model = index.model()
        if not isinstance(model, FlowModel) or model.flows is None:
            return
        theme, flows, flow_id = self._workspace.theme, model.flows, model.flow_id(index.row())
        column = COLUMNS[index.column()]
        if _state(option, QStyle.StateFlag.State_Selected):
            painter.fillRect(option.rect, QColor(theme["selection"]))
        area = QRectF(option.rect).adjusted(CELL_PAD_X, 0, -CELL_PAD_X, 0)
        if column.key == "problem":
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            words = [text for _, text in flows.problems_of(flow_id)]
            draw_pills(painter, area.adjusted(0, 2, 0, -2), words, theme, option.font)
            painter.restore()
            return
        painter.setFont(option.font)
        painter.setPen(QColor(theme["text"]))
        metrics = _faces_of(option.font.toString()).plain.metrics
        text = metrics.elidedText(column.text(flows, flow_id), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, _LEFT if column.unit == TEXT else _RIGHT, text)
