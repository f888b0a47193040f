"""Which field? A tree of all layers' fields, in the words of their RFCs, that knows the bytes of each.

Plan: a ``QStandardItemModel`` is enough for one packet. An item carries its ``Span``; the path from a byte back to its
field is the smallest span that holds it, deepest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeView, QWidget

from ladderview.analysis.display_filter import field_filter
from ladderview.proto.fields import Dissection, Field, Span
from ladderview.ui.workspace import Workspace

SPAN_ROLE = Qt.ItemDataRole.UserRole + 1
FIELD_ROLE = Qt.ItemDataRole.UserRole + 2

#: Characters of a copied text that the status line repeats.
_SAID = 80


class FieldTree(QTreeView):
    """The fields of one packet.

    Signals:
        span_selected(int, Span): the bytes of the field that was selected, and the layer (from 0) it belongs to.
        said(str): what was done, in a few words, for the status line.
    """

    span_selected = Signal(int, object)
    said = Signal(str)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._model = QStandardItemModel(0, 2, self)
        self._model.setHorizontalHeaderLabels([self.tr("Field"), self.tr("Value")])
        self.setModel(self._model)
        self.setAccessibleName(self.tr("Fields of the packet"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setIndentation(14)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        # A long value is cut with an ellipsis and told in full by its tooltip: better than scrolling sideways for it.
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        workspace.theme_changed.connect(self._on_theme_changed)
        self._dissections: Sequence[Dissection] = ()
        self._open: set[str] = {"TCP"}

    def set_dissections(self, dissections: Sequence[Dissection]) -> None:
        """Show these layers; those whose protocol was open stay open, and the selected field is found again."""
        keep = self.path()
        if self._model.rowCount():
            self._open = {
                self._dissections[row].protocol
                for row in range(self._model.rowCount())
                if self.isExpanded(self._model.index(row, 0))
            }
        self._dissections = dissections
        self.selectionModel().blockSignals(True)
        self._model.removeRows(0, self._model.rowCount())
        for layer, dissection in enumerate(dissections):
            self._model.appendRow(self._layer_items(dissection))
            if dissection.protocol in self._open:
                self.setExpanded(self._model.index(layer, 0), True)
        self.selectionModel().blockSignals(False)
        self.select_path(keep)

    def path(self) -> tuple[str, ...]:
        """The names from the layer to the selected field, or nothing."""
        names: list[str] = []
        index = self.currentIndex().siblingAtColumn(0)
        while index.isValid():
            names.append(str(index.data(FIELD_ROLE)))
            index = index.parent()
        return tuple(reversed(names))

    def select_path(self, path: tuple[str, ...]) -> None:
        """Select the field with these names, if it is there."""
        index = QModelIndex()
        for name in path:
            rows = (self._model.index(row, 0, index) for row in range(self._model.rowCount(index)))
            found = next((candidate for candidate in rows if candidate.data(FIELD_ROLE) == name), None)
            if found is None:
                return
            index = found
        if index.isValid():
            self.setCurrentIndex(index)

    def select_layer(self, layer: int) -> None:
        """Open a layer and select its heading."""
        index = self._model.index(layer, 0)
        if index.isValid():
            self.setExpanded(index, True)
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtTop)

    def select_byte(self, offset: int, layers: Sequence[int]) -> bool:
        """Select the smallest field of these layers that holds a byte, the deepest of equals; False where none does."""
        best: QModelIndex | None = None
        best_length = 0
        for index in self._indices():
            span: Span = index.data(SPAN_ROLE)
            if _layer_of(index) not in layers or not span.start <= offset < span.end:
                continue
            if best is None or len(span) <= best_length:
                best, best_length = index, len(span)
        if best is None:
            return False
        self.setCurrentIndex(best)
        self.scrollTo(best)
        return True

    def _indices(self, parent: QModelIndex | None = None) -> Iterator[QModelIndex]:
        """Every field, parents before children."""
        above = parent if parent is not None else QModelIndex()
        for row in range(self._model.rowCount(above)):
            index = self._model.index(row, 0, above)
            yield index
            yield from self._indices(index)

    # -- copying ---------------------------------------------------------------------------------------------------

    def menu_for(self, index: QModelIndex) -> QMenu | None:
        """What can be copied of a field; None where nothing can."""
        found = self._field_at(index)
        if found is None:
            return None
        dissection, above, field = found
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = field.text or field.note
        if text:
            menu.addAction(self.tr("Copy &Value"), lambda: self._copy(text))
        menu.addAction(self.tr("Copy &Field and Value"), lambda: self._copy(f"{field.name}: {text}".rstrip(": ")))
        words = field_filter(dissection.protocol, above, field)
        if words:
            menu.addAction(self.tr("Copy as &Display Filter"), lambda: self._copy(words)).setToolTip(words)
            menu.setToolTipsVisible(True)
        return menu

    def _field_at(self, index: QModelIndex) -> tuple[Dissection, list[str], Field] | None:
        """The field of a row, with its layer and the names of the fields around it; None for a layer's own row."""
        rows: list[int] = []
        while index.isValid():
            rows.append(index.row())
            index = index.parent()
        if len(rows) < 2:
            return None
        dissection = self._dissections[rows.pop()]
        fields, above = dissection.fields, list[str]()
        while rows:
            row = rows.pop()
            if row >= len(fields):  # the line that says why it cannot be read further
                return None
            if not rows:
                return dissection, above, fields[row]
            above.append(fields[row].name)
            fields = fields[row].children
        return None

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.said.emit(self.tr("Copied: {value}").format(value=text if len(text) <= _SAID else text[:_SAID] + "…"))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy the field under the pointer, or the selected one where a key asks."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        menu = self.menu_for(index)
        if menu is not None:
            place = self.visualRect(index).bottomLeft() if by_key else event.pos()
            menu.popup(self.viewport().mapToGlobal(place))

    # -- making items ----------------------------------------------------------------------------------------------

    def _layer_items(self, dissection: Dissection) -> list[QStandardItem]:
        name = _item(dissection.protocol, dissection.header, dissection.protocol)
        bold = QFont(self.font())
        bold.setWeight(QFont.Weight.DemiBold)
        name.setFont(bold)
        for field in dissection.fields:
            name.appendRow(self._field_items(field))
        if dissection.error:
            wrong = [
                _item(self.tr("Cannot be read further"), Span(0, 0), "error"),
                _item(dissection.error, Span(0, 0), "error"),
            ]
            for item in wrong:
                item.setForeground(QBrush(QColor(self._workspace.theme["trouble"])))
            name.appendRow(wrong)
        return [name, _item(dissection.summary, dissection.header, dissection.protocol)]

    def _field_items(self, field: Field) -> list[QStandardItem]:
        name = _item(field.name, field.span, field.name)
        name.setForeground(QBrush(QColor(self._workspace.theme["muted"])))
        text = f"{field.text}  ({field.note})" if field.note else field.text
        value = _item(text, field.span, field.name)
        for child in field.children:
            name.appendRow(self._field_items(child))
        return [name, value]

    # -- what happens ----------------------------------------------------------------------------------------------

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self.span_selected.emit(_layer_of(current), current.data(SPAN_ROLE))

    def _on_theme_changed(self) -> None:
        self.set_dissections(self._dissections)


def _item(text: str, span: Span, name: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setData(span, SPAN_ROLE)
    item.setData(name, FIELD_ROLE)
    item.setToolTip(text)
    return item


def _layer_of(index: QModelIndex) -> int:
    """The layer (from 0) that a field belongs to."""
    while index.parent().isValid():
        index = index.parent()
    return index.row()
