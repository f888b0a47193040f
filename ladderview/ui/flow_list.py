"""Which flow? The panel at the left: cards while it is narrow, a sortable table of all columns once it is wide.

Plan: one model, one selection, two views in a stack. The width of the panel decides which of them is seen, so
"show the table" is no mode to remember: dragging the splitter is enough, and the button only drags it for you. What is
masked is masked before the model has it, so the filter box filters what is shown.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ladderview.analysis.flow_columns import BY_KEY, COLUMNS, TEXT
from ladderview.analysis.words import grouped
from ladderview.capture.capture import Capture
from ladderview.ui.flow_delegates import FlowCardDelegate, FlowCellDelegate, card_height_px
from ladderview.ui.flow_model import FlowModel
from ladderview.ui.workspace import Workspace

#: From this width on the table is worth its columns.
TABLE_FROM_PX = 520


def _plain_table(model: FlowModel) -> QTableView:
    """What both views have in common: whole rows, one at a time, no grid, and keys that leave the view by Tab."""
    view = QTableView()
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setCornerButtonEnabled(False)
    view.setMouseTracking(True)
    view.setTabKeyNavigation(False)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.horizontalHeader().setHighlightSections(False)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    return view


class FlowPanel(QWidget):
    """The list of flows with its heading, its order and what else is in the capture.

    Signals:
        wide_asked(bool): the person wants the wide table, or the narrow cards; whoever owns the splitter answers.
        wide_changed(bool): the wide table is seen now, or the cards.
    """

    wide_asked = Signal(bool)
    wide_changed = Signal(bool)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(210)
        self._workspace = workspace
        self.model = FlowModel(self)
        self.cards = self._make_cards()
        self.table = self._make_table()
        self.table.setSelectionModel(self.cards.selectionModel())
        self._views = QStackedWidget()
        self._views.addWidget(self.cards)
        self._views.addWidget(self.table)
        self._count = QLabel()
        self._count.setObjectName("muted")
        self._filter_problem = QLabel()
        self._filter_problem.setObjectName("trouble")
        self._filter_problem.setWordWrap(True)
        self._filter_problem.hide()
        self._no_match = QLabel()
        self._no_match.setObjectName("muted")
        self._no_match.setTextFormat(Qt.TextFormat.PlainText)
        self._no_match.setWordWrap(True)
        self._no_match.setContentsMargins(16, 10, 14, 4)
        self._no_match.hide()
        self._others = QLabel()
        self._others.setObjectName("muted")
        self._others.setWordWrap(True)
        self._others.setContentsMargins(16, 6, 14, 8)
        self._others.hide()
        self.sort_button = self._make_sort_button()
        self.wide_button = QToolButton()
        self.wide_button.setObjectName("plain")
        self.wide_button.setAccessibleName(self.tr("Wide table of flows"))
        self.wide_button.clicked.connect(lambda: self.wide_asked.emit(not self.is_wide))
        self._lay_out()
        workspace.capture_changed.connect(self._on_capture_changed)
        workspace.flows_changed.connect(self._on_flows_changed)
        workspace.masker_changed.connect(self._on_masker_changed)
        workspace.filter_text_changed.connect(self._on_filter_text_changed)
        workspace.flow_id_changed.connect(self._on_flow_id_changed)
        workspace.theme_changed.connect(self._views.update)
        self.cards.selectionModel().currentChanged.connect(self._on_current_changed)
        self._show_width()

    @property
    def is_wide(self) -> bool:
        """Whether the table is seen."""
        return self._views.currentWidget() is self.table

    @property
    def view(self) -> QAbstractItemView:
        """The view that is seen."""
        return self.table if self.is_wide else self.cards

    @property
    def count_text(self) -> str:
        """How many flows there are, or how many of them the filter lets through."""
        return self._count.text()

    @property
    def filter_problem_text(self) -> str:
        """What in the filter cannot be understood."""
        return self._filter_problem.text()

    @property
    def no_match_text(self) -> str:
        """What is said where the filter lets no flow through."""
        return self._no_match.text()

    @property
    def others_text(self) -> str:
        """What else is in the capture."""
        return self._others.text()

    def focus_list(self) -> None:
        """Let the keys act on the list that is seen."""
        self.view.setFocus()

    def step(self, step: int) -> None:
        """Select the next flow of the list, or the one before; the first where none is selected."""
        row = self.model.row_of(self._workspace.flow_id)
        wanted = row + step if row >= 0 else 0
        if 0 <= wanted < self.model.rowCount():
            self._workspace.set_flow_id(self.model.flow_id(wanted))

    # -- parts -----------------------------------------------------------------------------------------------------

    def _make_cards(self) -> QTableView:
        """The cards are the first column of a table: a list view would ask for the size of every flow, one by one."""
        view = _plain_table(self.model)
        view.setItemDelegate(FlowCardDelegate(self._workspace, view))
        view.horizontalHeader().hide()
        for position in range(1, len(COLUMNS)):
            view.setColumnHidden(position, True)
        view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        view.verticalHeader().setDefaultSectionSize(card_height_px(view.font()))
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The style sheet leaves the ground of these rows alone: a card draws its own.
        view.setObjectName("cards")
        view.setAccessibleName(self.tr("Flows"))
        return view

    def _make_table(self) -> QTableView:
        view = _plain_table(self.model)
        view.setItemDelegate(FlowCellDelegate(self._workspace, view))
        view.setAccessibleName(self.tr("Table of flows"))
        metrics = QFontMetrics(view.font())
        view.verticalHeader().setDefaultSectionSize(round(metrics.height() * 1.7))
        header = view.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._on_section_clicked)
        for position, column in enumerate(COLUMNS):
            view.setColumnWidth(position, round(column.width * metrics.horizontalAdvance("m")))
        return view

    def _make_sort_button(self) -> QToolButton:
        button = QToolButton()
        button.setObjectName("plain")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setToolTip(self.tr("Order of the flows"))
        menu = QMenu(button)
        group = QActionGroup(menu)
        for position, column in enumerate(COLUMNS):
            action = QAction(column.title if column.key != "flow" else self.tr("Number"), menu, checkable=True)
            action.setData(position)
            action.setToolTip(column.hint)
            group.addAction(action)
            menu.addAction(action)
        group.triggered.connect(lambda action: self.sort_by(int(action.data())))
        menu.addSeparator()
        self._descending = QAction(self.tr("Largest first"), menu, checkable=True)
        self._descending.triggered.connect(lambda: self.sort_by(self.model.sort_column, self._descending.isChecked()))
        menu.addAction(self._descending)
        button.setMenu(menu)
        return button

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Flows"))
        title.setObjectName("heading")
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 14, 0)
        head.addWidget(title)
        head.addStretch()
        head.addWidget(self._count)
        bar = QHBoxLayout()
        bar.setContentsMargins(9, 0, 7, 2)
        bar.addWidget(self.sort_button)
        bar.addStretch()
        bar.addWidget(self.wide_button)
        wrong = QHBoxLayout()
        wrong.setContentsMargins(16, 0, 14, 4)
        wrong.addWidget(self._filter_problem)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(bar)
        column.addLayout(wrong)
        column.addWidget(self._no_match)
        column.addWidget(self._views, 1)
        column.addWidget(self._others)
        self._count.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._say_order()

    # -- order -----------------------------------------------------------------------------------------------------

    def sort_by(self, column: int, descending: bool | None = None) -> None:
        """Order the flows; without a word on the direction, numbers and problems come largest first."""
        if descending is None:
            descending = COLUMNS[column].unit != TEXT and COLUMNS[column].key not in ("flow", "start")
            descending = descending or COLUMNS[column].key == "problem"
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.model.sort(column, order)
        self._say_order()
        # Who sorts wants to see what comes first; the selected flow may be anywhere.
        self.view.scrollToTop()

    def _on_section_clicked(self, column: int) -> None:
        if column == self.model.sort_column:
            self.sort_by(column, self.model.sort_order is Qt.SortOrder.AscendingOrder)
        else:
            self.sort_by(column)

    def _say_order(self) -> None:
        column = COLUMNS[self.model.sort_column]
        descending = self.model.sort_order is Qt.SortOrder.DescendingOrder
        name = self.tr("number") if column.key == "flow" else column.title.lower()
        self.sort_button.setText(self.tr("By {name}").format(name=name) + (" ↓" if descending else " ↑"))
        self.sort_button.setAccessibleName(
            (self.tr("Order: by {name}, descending") if descending else self.tr("Order: by {name}, ascending")).format(
                name=name
            )
        )
        self._descending.setChecked(descending)
        for action in self.sort_button.menu().actions():
            if action.data() is not None:
                action.setChecked(action.data() == self.model.sort_column)

    # -- what the workspace says -----------------------------------------------------------------------------------

    def _on_capture_changed(self, capture: Capture | None) -> None:
        others = capture.other_traffic if capture is not None else {}
        named = [f"{name} {grouped(count)}" for name, count in others.items()]
        self._others.setText(self.tr("Not TCP, not shown: {kinds}").format(kinds=", ".join(named)) if named else "")
        self._others.setVisible(bool(named))
        self.model.set_flows(None)

    def _on_masker_changed(self) -> None:
        if self._workspace.shown_flows is not self.model.flows:
            self._on_flows_changed()

    def _on_flows_changed(self) -> None:
        flows = self._workspace.shown_flows
        if flows is None:
            self.model.set_flows(None)
        else:
            self.model.update_flows(flows)
            # A capture that names no host needs no column for names, nor one without TLS and HTTP one for protocols.
            self.table.setColumnHidden(COLUMNS.index(BY_KEY["host"]), not flows.has_hosts)
            self.table.setColumnHidden(COLUMNS.index(BY_KEY["protocol"]), not flows.has_protocols)
        self._say_count()
        self._reveal_current()

    def _on_filter_text_changed(self, text: str) -> None:
        self.model.set_filter_text(text)
        self._say_count()
        self._reveal_current()

    def _on_flow_id_changed(self, flow_id: int) -> None:
        self._reveal_current()

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self._workspace.set_flow_id(self.model.flow_id(current.row()))

    def _reveal_current(self) -> None:
        """Make the views show the workspace's flow as the current one, where the filter lets it through."""
        row = self.model.row_of(self._workspace.flow_id)
        selection = self.cards.selectionModel()
        if row < 0:
            # The flow stays open beside the list: what the filter hides is not closed.
            selection.blockSignals(True)
            selection.clear()
            selection.blockSignals(False)
            self.view.viewport().update()
            return
        index = self.model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        selection.setCurrentIndex(index, flags)
        self.view.scrollTo(index)

    def _say_count(self) -> None:
        flows = self._workspace.flows
        problem = self.model.filter_problem
        self._filter_problem.setText(problem)
        self._filter_problem.setVisible(bool(problem))
        asked = self._workspace.filter_text.strip()
        nothing = flows is not None and len(flows) > 0 and not self.model.rowCount() and not problem
        told = self.tr("No flow matches “{filter}”. Esc in the filter box shows all flows again.")
        self._no_match.setText(told.format(filter=asked) if nothing else "")
        self._no_match.setVisible(nothing)
        if flows is None:
            self._count.setText("")
            return
        shown, total = self.model.rowCount(), len(flows)
        if shown != total or asked:
            self._count.setText(self.tr("{shown} of {total}").format(shown=grouped(shown), total=grouped(total)))
        else:
            troubled = int((flows.problem_total > 0).sum())
            note = " · " + self.tr("{troubled} with problems").format(troubled=grouped(troubled)) if troubled else ""
            self._count.setText(f"{grouped(total)} TCP{note}")

    def _show_width(self) -> None:
        wide = self.width() >= TABLE_FROM_PX
        self._views.setCurrentWidget(self.table if wide else self.cards)
        self.sort_button.setVisible(not wide)
        self.wide_button.setText(self.tr("‹ Cards") if wide else self.tr("Table ›"))
        self.wide_button.setToolTip(
            self.tr("Show flows as cards") if wide else self.tr("Show all columns of the flows")
        )

    # -- overridden from QWidget -----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cards or table, by the width."""
        super().resizeEvent(event)
        was_wide = self.is_wide
        self._show_width()
        if was_wide is not self.is_wide:
            self._reveal_current()
            self.wide_changed.emit(self.is_wide)

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs other row heights."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.cards.verticalHeader().setDefaultSectionSize(card_height_px(self.font()))
