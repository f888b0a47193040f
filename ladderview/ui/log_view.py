"""What happened, in one plain sentence for each arrow: the log under the player.

Plan: a list model whose sentences are made when their line is painted, so that a flow of a million arrows costs no more
than the lines in view. The line of the current arrow is bold and in view; those that are not revealed yet are faint.

Trap: a QListView asks the model for every one of its rows before it shows the first, for seconds in a long flow; a
table whose rows all have one height asks for none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ladderview.analysis.masking import NO_MASK, Masker
from ladderview.ladder.theme import Theme
from ladderview.progress import Progress, no_progress
from ladderview.ui.style import fixed_font
from ladderview.ui.workspace import Workspace

#: Pixels left of the times, and between them and the sentences.
_EDGE, _GAP = 18, 16

#: Lines between two reports of progress.
_TICK = 1024

Line = tuple[str, str]


class LogModel(QAbstractListModel):
    """The lines: (time, sentence), made when they are asked for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._line: Callable[[int], Line] = lambda row: ("", "")
        self._masker = NO_MASK

    def set_story(self, count: int, line: Callable[[int], Line]) -> None:
        """Tell another story."""
        self.beginResetModel()
        self._count, self._line = count, lru_cache(maxsize=1024)(line)
        self.endResetModel()

    def set_masker(self, masker: Masker) -> None:
        """Let every sentence go through this."""
        self._masker = masker
        if self._count:
            self.dataChanged.emit(self.index(0), self.index(self._count - 1))

    def line(self, row: int) -> Line:
        """The time and the sentence of an arrow, as they may be shown."""
        time, sentence = self._line(row)
        return time, self._masker.text(sentence)

    def text(self, rows: Sequence[int], progress: Progress = no_progress) -> str:
        """These lines as text, time and sentence with a tab between them."""
        lines = []
        for done, row in enumerate(rows):
            if done % _TICK == 0:
                progress(done, len(rows))
            lines.append("\t".join(self.line(row)) + "\n")
        return "".join(lines)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """How many lines there are."""
        return 0 if parent.isValid() else self._count

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The line, for the delegate and for who cannot see it."""
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            return "  ".join(self.line(index.row()))
        return None


class _Delegate(QStyledItemDelegate):
    """Paints a line: the time in figures that align, the sentence, bold where it is the current one."""

    def __init__(self, view: LogView) -> None:
        super().__init__(view)
        self._view = view

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


class LogView(QTableView):
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
        self.setAccessibleName(self.tr("Log: what happened, one sentence for each arrow"))
        self.model_of_lines = LogModel(self)
        self.theme = workspace.theme
        self.current = -1
        self.revealed: int | None = None
        self.time_width = 60
        self.setModel(self.model_of_lines)
        self.setItemDelegate(_Delegate(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_lines()
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QAction(self.tr("Copy"), self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_selected)
        self.addAction(copy)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.activated.connect(lambda index: self.chosen.emit(index.row()))
        workspace.theme_changed.connect(self._wear)
        workspace.masker_changed.connect(self.model_of_lines.set_masker)

    def set_story(self, count: int, line: Callable[[int], Line], widest_time: str) -> None:
        """Tell another story; ``widest_time`` is a time as wide as any of it."""
        self.current, self.revealed = -1, None
        self.time_width = QFontMetrics(fixed_font()).horizontalAdvance(widest_time) + 2
        self.model_of_lines.set_story(count, line)
        self.updateGeometries()  # now, not with the next layout: a line of it may be pointed out at once

    def tell(self, current: int, revealed: int | None) -> None:
        """Point out the line of this arrow; lines behind ``revealed`` are still to come."""
        if (current, revealed) == (self.current, self.revealed):
            return
        self.current, self.revealed = current, revealed
        if current >= 0:
            self.scrollTo(self.model_of_lines.index(current), QAbstractItemView.ScrollHint.EnsureVisible)
        self.viewport().update()

    def whole_text(self, progress: Progress = no_progress) -> str:
        """The whole log as text, a line an arrow; may take long, and can be called on a worker thread."""
        return self.model_of_lines.text(range(self.model_of_lines.rowCount()), progress)

    def copy_selected(self) -> None:
        """Put the selected lines on the clipboard."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        QApplication.clipboard().setText(self.model_of_lines.text(rows))

    def _wear(self, theme: Theme) -> None:
        self.theme = theme
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        """Other fonts make other heights."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit_lines()

    def _fit_lines(self) -> None:
        """One line of text with a little air; all lines are equal."""
        height = QFontMetrics(QApplication.font()).height() + 6
        self.verticalHeader().setMinimumSectionSize(height)
        self.verticalHeader().setDefaultSectionSize(height)
