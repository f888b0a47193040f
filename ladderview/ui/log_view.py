"""What happened, in one plain sentence for each arrow: the log under the player.

Plan: a list model whose sentences are made when their line is painted, so that a flow of a million arrows costs no more
than the lines in view. The line of the current arrow is bold and in view; those that are not revealed yet are faint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ladderview.ladder.theme import Theme
from ladderview.ui.style import fixed_font
from ladderview.ui.workspace import Workspace

#: Pixels left of the times, and between them and the sentences.
_EDGE, _GAP = 18, 16

Line = tuple[str, str]


class LogModel(QAbstractListModel):
    """The lines: (time, sentence), made when they are asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._line: Callable[[int], Line] = lambda row: ("", "")

    def set_story(self, count: int, line: Callable[[int], Line]) -> None:
        """Tell another story."""
        self.beginResetModel()
        self._count, self._line = count, lru_cache(maxsize=1024)(line)
        self.endResetModel()

    def line(self, row: int) -> Line:
        """The time and the sentence of an arrow."""
        return self._line(row)

    def lines(self, rows: range) -> Iterator[str]:
        """The lines as text."""
        for row in rows:
            time, sentence = self._line(row)
            yield f"{time}\t{sentence}"

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """How many lines there are."""
        return 0 if parent.isValid() else self._count

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The line, for the delegate and for who cannot see it."""
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return "  ".join(self._line(index.row()))
        return None


class _Delegate(QStyledItemDelegate):
    """Paints a line: the time in figures that align, the sentence, bold where it is the current one."""

    def __init__(self, view: LogView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One line of text with a little air; all lines are equal."""
        return QSize(100, QFontMetrics(QApplication.font()).height() + 6)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one line."""
        view, row, theme = self._view, index.row(), self._view.theme
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme["hover"]))
        time, sentence = view.model_of_lines.line(row)
        is_current = row == view.current
        is_told = view.revealed is None or row <= view.revealed
        painter.setPen(QColor(theme["muted" if is_told else "lifeline"]))
        painter.setFont(fixed_font())
        time_rect = QRect(rect.left() + _EDGE, rect.top(), view.time_width, rect.height())
        painter.drawText(time_rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, time)
        font = QFont(QApplication.font())
        font.setBold(is_current)
        painter.setFont(font)
        painter.setPen(QColor(theme["text" if is_told else "lifeline"]))
        left = time_rect.right() + _GAP
        room = rect.right() - left - _EDGE
        words = QFontMetrics(font).elidedText(sentence, Qt.TextElideMode.ElideRight, room)
        painter.drawText(left, rect.top(), room, rect.height(), int(Qt.AlignmentFlag.AlignVCenter), words)


class LogView(QListView):
    """The log.

    Attributes:
        current: the line that is told right now, or -1.
        revealed: the last line that is told at all; None for all of them.

    Signals:
        chosen(int): a person wants to see this arrow.
    """

    chosen = Signal(int)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log")
        self.setAccessibleName("Log: what happened, one sentence for each arrow")
        self.model_of_lines = LogModel(self)
        self.theme = workspace.theme
        self.current = -1
        self.revealed: int | None = None
        self.time_width = 60
        self.setModel(self.model_of_lines)
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        for words, key, answer in (
            ("Copy", QKeySequence.StandardKey.Copy, self.copy_selected),
            ("Copy All", None, self.copy_all),
        ):
            action = QAction(words, self)
            if key is not None:
                action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(answer)
            self.addAction(action)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.activated.connect(lambda index: self.chosen.emit(index.row()))
        workspace.theme_changed.connect(self._wear)

    def set_story(self, count: int, line: Callable[[int], Line], widest_time: str) -> None:
        """Tell another story; ``widest_time`` is a time as wide as any of it."""
        self.current, self.revealed = -1, None
        self.time_width = QFontMetrics(fixed_font()).horizontalAdvance(widest_time) + 2
        self.model_of_lines.set_story(count, line)

    def tell(self, current: int, revealed: int | None) -> None:
        """Point out the line of this arrow; lines behind ``revealed`` are still to come."""
        if (current, revealed) == (self.current, self.revealed):
            return
        self.current, self.revealed = current, revealed
        if current >= 0:
            self.scrollTo(self.model_of_lines.index(current), QAbstractItemView.ScrollHint.EnsureVisible)
        self.viewport().update()

    def text(self) -> str:
        """The whole log as text, a line an arrow."""
        return "\n".join(self.model_of_lines.lines(range(self.model_of_lines.rowCount()))) + "\n"

    def copy_selected(self) -> None:
        """Put the selected lines, or all of them where none is, on the clipboard."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        if not rows:
            self.copy_all()
            return
        lines = (line for row in rows for line in self.model_of_lines.lines(range(row, row + 1)))
        QApplication.clipboard().setText("\n".join(lines) + "\n")

    def copy_all(self) -> None:
        """Put all lines on the clipboard."""
        QApplication.clipboard().setText(self.text())

    def _wear(self, theme: Theme) -> None:
        self.theme = theme
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Other fonts make other heights."""
        if event.type() is QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()
        super().changeEvent(event)
