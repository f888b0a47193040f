"""The flows as Qt's item views want them: a table model over columns.

Plan: the model keeps one array, the flow ids in the order shown. Sorting is an argsort, filtering a mask; no
object is made for a flow until a view asks for one of its cells.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from ladderview.analysis.flow_columns import COLUMNS, TEXT, FlowColumns
from ladderview.analysis.flow_filter import filter_flows
from ladderview.capture.flows import ClientKnownBy
from ladderview.ui.translation import translate

AnyIndex = QModelIndex | QPersistentModelIndex

#: How the client of a flow was decided, for a tooltip.
KNOWN_BY: dict[ClientKnownBy, str] = {
    ClientKnownBy.SYN: "The client is known: it sent the SYN.",
    ClientKnownBy.SYN_ACK: "The client is known: it was answered with SYN, ACK.",
    ClientKnownBy.PORT: "The client is a guess by the port numbers: the capture has no SYN.",
    ClientKnownBy.FIRST_PACKET: "The client is a guess: it sent the first packet captured.",
}


class Role(IntEnum):
    """What the card delegate asks for beside the text of a cell."""

    FLOW_ID = Qt.ItemDataRole.UserRole + 1


class FlowModel(QAbstractTableModel):
    """The flow list: one row a flow that passes the filter, in the order chosen."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._flows: FlowColumns | None = None
        self._shown: NDArray[np.int64] = np.empty(0, np.int64)
        self._filter_text = ""
        self.filter_problem = ""
        self.sort_column = 0
        self.sort_order = Qt.SortOrder.AscendingOrder

    @property
    def flows(self) -> FlowColumns | None:
        """The columns shown."""
        return self._flows

    def set_flows(self, flows: FlowColumns | None) -> None:
        """Show these flows; filter and order stay."""
        self.beginResetModel()
        self._flows = flows
        self._refresh()
        self.endResetModel()

    def update_flows(self, flows: FlowColumns) -> None:
        """More is known about the same flows: keep the views' selection and place where order and filter allow it."""
        if self._flows is None or len(flows) != len(self._flows):
            self.set_flows(flows)
            return
        before = self._shown
        self._flows = flows
        shown, problem = self._wanted()
        if np.array_equal(shown, before):
            self.filter_problem = problem
            if len(shown):
                self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, len(COLUMNS) - 1))
        else:
            self.set_flows(flows)

    def set_filter_text(self, text: str) -> None:
        """Show only the flows that the text means."""
        self.beginResetModel()
        self._filter_text = text
        self._refresh()
        self.endResetModel()

    def flow_id(self, row: int) -> int:
        """The flow shown in a row."""
        return int(self._shown[row])

    def row_of(self, flow_id: int) -> int:
        """The row that shows a flow, or -1 where the filter hides it."""
        found = np.flatnonzero(self._shown == flow_id)
        return int(found[0]) if len(found) else -1

    def _refresh(self) -> None:
        self._shown, self.filter_problem = self._wanted()

    def _wanted(self) -> tuple[NDArray[np.int64], str]:
        """The flow ids to show, in order, and what in the filter text cannot be understood."""
        if self._flows is None:
            return np.empty(0, np.int64), ""
        found = filter_flows(self._flows, self._filter_text)
        ids = np.flatnonzero(found.mask)
        keys = COLUMNS[self.sort_column].sort_key(self._flows)[ids]
        # Negated, not reversed: equal rows keep the order of their numbers either way.
        if self.sort_order is Qt.SortOrder.DescendingOrder:
            keys = -keys
        return ids[np.argsort(keys, kind="stable")], found.problem

    # -- what QAbstractTableModel asks -----------------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """How many flows pass the filter."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        """How many columns a flow has."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text of a cell, and what goes with it."""
        if self._flows is None or not index.isValid():
            return None
        flow_id = int(self._shown[index.row()])
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(self._flows, flow_id)
        if role == Role.FLOW_ID:
            return flow_id
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tooltip(flow_id)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(flow_id) if index.column() == 0 else column.text(self._flows, flow_id)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column.unit == TEXT else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Title and hint of a column."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            arrow = "↑" if self.sort_order is Qt.SortOrder.AscendingOrder else "↓"
            return f"{column.title} {arrow}" if section == self.sort_column else column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.hint
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column.unit == TEXT else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column; flows that are equal there stay in the order of their numbers."""
        if not 0 <= column < len(COLUMNS):
            return
        self.layoutAboutToBeChanged.emit()
        before = self._shown
        self.sort_column, self.sort_order = column, order
        self._refresh()
        row_of = dict(zip(self._shown.tolist(), range(len(self._shown)), strict=True))
        old = self.persistentIndexList()
        new = [self.index(row_of[int(before[index.row()])], index.column()) for index in old]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    # -- words -----------------------------------------------------------------------------------------------------

    def tooltip(self, flow_id: int) -> str:
        """Both ends in full, what went wrong, and how the client is known."""
        flows = self._flows
        if flows is None:
            return ""
        known_by = ClientKnownBy(int(flows.table.client_known_by[flow_id]))
        lines = [
            self.tr("Flow {number}: {client} → {server}").format(
                number=flow_id, client=flows.client_of(flow_id), server=flows.server_of(flow_id)
            )
        ]
        if flows.host_of(flow_id):
            lines.append(flows.host_of(flow_id))
        lines.append(flows.outcome[flow_id])
        lines += [words for _, words in flows.problems_of(flow_id)]
        lines.append(self.tr("You swapped the sides.") if flow_id in flows.swapped else translate(KNOWN_BY[known_by]))
        return "\n".join(lines)

    def spoken(self, flow_id: int) -> str:
        """The whole row in one sentence, for a screen reader."""
        flows = self._flows
        if flows is None:
            return ""
        cells = [f"{column.title} {column.text(flows, flow_id)}" for column in COLUMNS if column.text(flows, flow_id)]
        return ", ".join(cells)
