"""How a flow is painted: as a card in the narrow list, as cells with pills in the wide table."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ladderview.analysis.flow_columns import COLUMNS, TEXT, FlowColumns
from ladderview.analysis.words import duration, grouped
from ladderview.ui.flow_model import FlowModel, Role
from ladderview.ui.pills import draw_pills
from ladderview.ui.workspace import Workspace

Index = QModelIndex | QPersistentModelIndex

MARGIN_X, MARGIN_Y, PAD_X, PAD_Y, LINE_GAP = 7, 2, 11, 8, 4
CELL_PAD_X = 8


def _state(option: QStyleOptionViewItem, flag: QStyle.StateFlag) -> bool:
    return bool(option.state & flag)


def _scaled(font: QFont, factor: float) -> QFont:
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * factor)
    return made


def card_height_px(font: QFont) -> int:
    """Height of a card; the same for every flow, so that a list of 100 000 needs no measuring."""
    return round(3 * QFontMetricsF(font).height() + 2 * LINE_GAP + 2 * (PAD_Y + MARGIN_Y))


class FlowCardDelegate(QStyledItemDelegate):
    """One flow as a card of three lines: who, from where, what became of it."""

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace

    def _draw_line(
        self, painter: QPainter, area: QRectF, texts: tuple[str, str], font: QFont, key: str = "muted"
    ) -> None:
        """One line: a text from the left, elided in the middle where the one at the right leaves it no room."""
        text, right = texts
        small = _scaled(self._base, 0.92)
        metrics = QFontMetricsF(small)
        width = metrics.horizontalAdvance(right) + (10 if right else 0)
        painter.setFont(small)
        painter.setPen(QColor(self._workspace.theme["muted"]))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, right)
        painter.setFont(font)
        painter.setPen(QColor(self._workspace.theme[key]))
        room = area.width() - width
        text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)

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
        flows, flow_id = model.flows, int(index.data(Role.FLOW_ID))
        self._base = option.font
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = QRectF(option.rect).adjusted(MARGIN_X + 0.5, MARGIN_Y + 0.5, -MARGIN_X - 0.5, -MARGIN_Y - 0.5)
        self._draw_ground(painter, option, card)
        line = QFontMetricsF(option.font).height()
        area = QRectF(card.left() + PAD_X, card.top() + PAD_Y, card.width() - 2 * PAD_X, line)
        bold = QFont(option.font)
        if _state(option, QStyle.StateFlag.State_Selected):
            bold.setWeight(QFont.Weight.DemiBold)
        lasted = duration(int(flows.duration_ns[flow_id]))
        self._draw_line(painter, area, (flows.title_of(flow_id), lasted), bold, "text")
        area.translate(0, line + LINE_GAP)
        packets = int(flows.table.packets[flow_id])
        many = f"{grouped(packets)} pkt{'' if packets == 1 else 's'}"
        small = _scaled(option.font, 0.92)
        self._draw_line(painter, area, (f"from {flows.client_of(flow_id)}", many), small)
        area.translate(0, line + LINE_GAP)
        self._draw_end(painter, area, flows, flow_id)
        painter.restore()

    def _draw_end(self, painter: QPainter, area: QRectF, flows: FlowColumns, flow_id: int) -> None:
        """The third line: pills for what went wrong, else how it ended."""
        pills = flows.pills_of(flow_id)
        if pills:
            draw_pills(painter, area, pills, self._workspace.theme, self._base)
        else:
            self._draw_line(painter, area, (flows.outcome[flow_id], ""), _scaled(self._base, 0.92))


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
        text = QFontMetricsF(option.font).elidedText(
            column.text(flows, flow_id), Qt.TextElideMode.ElideRight, area.width()
        )
        side = Qt.AlignmentFlag.AlignLeft if column.unit == TEXT else Qt.AlignmentFlag.AlignRight
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)
