"""What can be read in the program's windows, wherever it stands: in labels, lists, tooltips, titles, for the blind."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from ladderview.ladder.shapes import Arrow, Phrase, Text
from ladderview.ui.inspector.layer_boxes import LayerBoxes
from ladderview.ui.ladder_view import LadderView

ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.StatusTipRole,
)


def ladder_words(ladder: LadderView) -> Iterator[str]:
    """What a ladder shows, and what it tells who rests on an arrow."""
    if ladder.plan is None:
        return
    for shape in ladder.current_drawing()[0].shapes:
        if isinstance(shape, Text):
            yield shape.text
        elif isinstance(shape, Phrase):
            yield from (run.text for run in shape.runs)
        elif isinstance(shape, Arrow):
            yield shape.title
    yield from map(ladder.row_tooltip, range(len(ladder.plan)))


def model_words(model: QAbstractItemModel, parent: QModelIndex | None = None) -> Iterator[str]:
    """What an item model tells."""
    above = parent if parent is not None else QModelIndex()
    for row in range(model.rowCount(above)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(above)):
            index = model.index(row, column, above)
            yield from (str(index.data(role)) for role in ROLES if index.data(role))
            if column == 0:
                yield from model_words(model, index)


def widget_words(widget: QWidget) -> Iterator[str]:
    """What one widget tells."""
    yield from (widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis())
    yield from (widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, (QLabel, QLineEdit, QAbstractButton)):
        yield widget.text()
    if isinstance(widget, (QTextEdit, QPlainTextEdit)):
        yield widget.document().toPlainText()
    if isinstance(widget, QComboBox):
        yield from map(widget.itemText, range(widget.count()))
    if isinstance(widget, QTabBar):
        yield from map(widget.tabText, range(widget.count()))
    if isinstance(widget, QAbstractItemView):
        yield from model_words(widget.model())
    if isinstance(widget, LadderView):
        yield from ladder_words(widget)
    if isinstance(widget, LayerBoxes):
        yield from map(repr, widget._layers)
        yield from map(widget._tip, range(len(widget._layers)))
    owned = widget.findChildren(QAction, options=Qt.FindChildOption.FindDirectChildrenOnly)
    for action in (*widget.actions(), *owned):
        yield from (action.text(), action.toolTip(), action.statusTip())


def all_words(qapp: QApplication) -> str:
    """Everything that can be read of all windows, whether it is in view or not."""
    said: list[str] = []
    for top in qapp.topLevelWidgets():
        for widget in (top, *top.findChildren(QWidget)):
            said += widget_words(widget)
    return "\n".join(said).lower()
