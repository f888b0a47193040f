"""How does a person choose what is masked, and see what that is?

Plan: a dialog with what would be masked, found on a worker thread. From then on the workspace's masker is what every
view puts its words through, and everything that is taken away. Three things cannot be masked word for word, so a
sentence stands in their place for as long as anything is masked: the bytes of packets and bodies, what both ends say
one after the other, and the text of a scenario.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ladderview.analysis.flow_columns import FlowColumns
from ladderview.analysis.mask_list import mask_list
from ladderview.analysis.masked_flows import masked_flows
from ladderview.analysis.masking import MASK_KINDS, Masked, Masker, MaskKind, masker_of
from ladderview.analysis.words import grouped
from ladderview.progress import Progress
from ladderview.ui.recent import words_of
from ladderview.ui.shown_name import shown_name
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

if TYPE_CHECKING:
    from ladderview.ui.main_window import MainWindow

#: What a person reads for each kind: of many, and of one.
WORDS: dict[MaskKind, tuple[str, str]] = {
    "addresses": ("Addresses", "Address"),
    "ports": ("Ports", "Port"),
    "names": ("Host names", "Host name"),
    "cookies": ("Cookies", "Cookie"),
    "authorization": ("Authorization", "Credential"),
    "bodies": ("Bodies", "Body"),
    "certificates": ("Certificates", "Certificate"),
}

_MASKING = "masks"
#: Characters of an original that a cell shows.
_SHOWN = 300

Index = QModelIndex | QPersistentModelIndex


class MaskedTable(QAbstractTableModel):
    """What is masked, a row each: kind, original, what is shown in its place."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: Sequence[Masked] = ()

    def show_rows(self, rows: Sequence[Masked]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    # -- what QAbstractTableModel asks -----------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many originals there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Three."""
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A cell."""
        if role not in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return None
        one = self.rows[index.row()]
        return (translate(WORDS[one.kind][1]), one.original[:_SHOWN], one.word)[index.column()]

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The title of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Kind"), self.tr("Original"), self.tr("What is shown"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None


class MaskDialog(QDialog):
    """Which kinds are masked, and the list of what that is.

    Signals:
        chosen(frozenset): these kinds.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget, found: Sequence[Masked]) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Mask for sharing"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._found = found
        self.boxes: dict[MaskKind, QCheckBox] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        for place, kind in enumerate(MASK_KINDS):
            count = sum(one.kind == kind for one in found)
            box = QCheckBox(f"{translate(WORDS[kind][0])} ({grouped(count)})")
            box.setChecked(True)
            box.toggled.connect(self._show_list)
            self.boxes[kind] = box
            grid.addWidget(box, place // 4, place % 4)
        self.table = MaskedTable(self)
        view = QTableView()
        view.setModel(self.table)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setTabKeyNavigation(False)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(round(view.fontMetrics().height() * 1.7))
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        view.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        view.setColumnWidth(0, view.fontMetrics().horizontalAdvance("m") * 9)
        view.setAccessibleName(self.tr("What is masked"))
        note = QLabel(
            self.tr(
                "Every view and every export shows these words, the same word for the same original. Bytes, the text "
                "of Follow Flow and the text of a scenario cannot be masked so: they are hidden meanwhile."
            )
        )
        note.setObjectName("muted")
        note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.mask_button = buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.mask_button.setText(self.tr("Mask"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addLayout(grid)
        column.addWidget(view, 1)
        column.addWidget(note)
        column.addWidget(buttons)
        self.resize(720, 520)
        self.accepted.connect(lambda: self.chosen.emit(self.kinds))
        self._show_list()

    @property
    def kinds(self) -> frozenset[MaskKind]:
        """The kinds that are checked."""
        return frozenset(kind for kind, box in self.boxes.items() if box.isChecked())

    def _show_list(self) -> None:
        kinds = self.kinds
        self.table.show_rows([one for one in self._found if one.kind in kinds])
        self.mask_button.setEnabled(bool(kinds))


class Masks(QObject):
    """The action "Mask for Sharing" of a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.workspace.masks_changed.connect(self._check)

    @property
    def _workspace(self) -> Workspace:
        return self._window.workspace

    def ask(self) -> None:
        """Let the person choose; where something is masked already, show it again."""
        workspace = self._workspace
        self._check()  # a click has checked the action by itself
        capture, analysis, reading = workspace.capture, workspace.analysis, workspace.reading
        if workspace.masks:
            workspace.set_masks(frozenset())
        elif capture is not None and analysis is not None:
            messages = reading.messages if reading is not None else None
            self._window.background.run(
                _MASKING, lambda progress: mask_list(capture, analysis.flow, messages), self._show_dialog
            )

    def _show_dialog(self, found: Sequence[Masked]) -> None:
        dialog = MaskDialog(self._window, found)
        dialog.chosen.connect(self.mask)
        dialog.open()

    def mask(self, kinds: frozenset[MaskKind]) -> None:
        """Mask these kinds; the masker is made on a worker thread, for a flow may say a million words."""
        workspace = self._workspace
        capture, analysis, reading, flows = workspace.capture, workspace.analysis, workspace.reading, workspace.flows
        if capture is None or analysis is None or flows is None:
            workspace.set_masks(kinds)
            return
        messages = reading.messages if reading is not None else None

        def make(progress: Progress) -> tuple[Masker, FlowColumns]:
            shown = masked_flows(flows, masker_of(capture, kinds, None)).warm()
            return masker_of(capture, kinds, analysis.flow, messages), shown

        def made(made: tuple[Masker, FlowColumns]) -> None:
            masker, shown = made
            is_same = workspace.analysis is analysis and workspace.reading is reading
            workspace.set_masks(kinds, masker if is_same else None, shown if workspace.flows is flows else None)

        self._window.background.run(_MASKING, make, made)

    def recent_words(self, path: str) -> str:
        """How the menu of recent captures tells a path."""
        capture = self._workspace.capture
        if capture is not None and os.path.abspath(capture.path) == path and self._workspace.masks:
            return shown_name(path, self._workspace.masks)
        return self._workspace.masker.text(words_of(path))

    def _check(self) -> None:
        self._window.actions_by_name["redact"].setChecked(bool(self._workspace.masks))
