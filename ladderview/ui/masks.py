"""How does a person choose what is masked, see what that is, and be sure that nothing of it stays on the screen?

Plan: the ladder and everything that is taken away are masked word for word (``analysis.masking``). The panels that show
packets as they are (flows, scenario, inspector, log) are hidden for as long as anything is masked, so that a window can
be shared as it stands.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ladderview.analysis.masking import MASK_KINDS, NO_MASK, Masker, MaskKind, masker_of
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

if TYPE_CHECKING:
    from ladderview.ui.main_window import MainWindow

#: What a person reads for each kind.
WORDS: dict[MaskKind, str] = {
    "addresses": "Addresses",
    "ports": "Ports",
    "names": "Host names",
    "cookies": "Cookies",
    "authorization": "Authorization",
    "bodies": "Bodies",
    "certificates": "Certificates",
}


def current_masker(workspace: Workspace, kinds: frozenset[MaskKind]) -> Masker:
    """The masker of the flow that is shown."""
    capture, analysis, reading = workspace.capture, workspace.analysis, workspace.reading
    if capture is None or analysis is None or not kinds:
        return NO_MASK if not kinds else Masker(kinds, ())
    return masker_of(capture, kinds, analysis.flow, reading.messages if reading is not None else None)


class MaskDialog(QDialog):
    """Which kinds are masked, and the list of what that is.

    Signals:
        chosen(frozenset): these kinds.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Mask for sharing"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._workspace = workspace
        self.boxes: dict[MaskKind, QCheckBox] = {}
        grid = QGridLayout()
        for place, kind in enumerate(MASK_KINDS):
            box = QCheckBox(translate(WORDS[kind]))
            box.setChecked(kind in workspace.masks or not workspace.masks)
            box.toggled.connect(self._show_list)
            self.boxes[kind] = box
            grid.addWidget(box, place // 4, place % 4)
        self.list = QTableWidget(0, 2)
        self.list.setHorizontalHeaderLabels([self.tr("Original"), self.tr("What is shown")])
        self.list.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.list.verticalHeader().hide()
        self.list.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName(self.tr("What is masked"))
        note = QLabel(
            self.tr(
                "The ladder, notes, titles and every export show these words. The flow list, the inspector and the log "
                "are hidden while anything is masked."
            )
        )
        note.setObjectName("muted")
        note.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Mask"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addLayout(grid)
        column.addWidget(self.list, 1)
        column.addWidget(note)
        column.addWidget(buttons)
        self.resize(620, 460)
        self.accepted.connect(lambda: self.chosen.emit(self.kinds))
        self._show_list()

    @property
    def kinds(self) -> frozenset[MaskKind]:
        """The kinds that are checked."""
        return frozenset(kind for kind, box in self.boxes.items() if box.isChecked())

    def _show_list(self) -> None:
        known = current_masker(self._workspace, self.kinds).known
        self.list.setRowCount(len(known))
        for row, one in enumerate(known):
            for column, text in enumerate((one.original, one.word)):
                self.list.setItem(row, column, QTableWidgetItem(text[:200]))


class Masks(QObject):
    """Keeps the window masked as the workspace says."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._hidden: list[QWidget] = []
        workspace = window.workspace
        for signal in (workspace.masks_changed, workspace.analysis_changed, workspace.reading_changed):
            signal.connect(self._apply)

    def ask(self) -> None:
        """Let the person choose; where something is masked already, show it again."""
        workspace = self._window.workspace
        if workspace.masks:
            workspace.set_masks(frozenset())
            return
        dialog = MaskDialog(self._window, workspace)
        dialog.chosen.connect(workspace.set_masks)
        dialog.open()

    def _apply(self) -> None:
        window, workspace = self._window, self._window.workspace
        masker = current_masker(workspace, workspace.masks)
        window.ladder.set_masker(masker)
        window.actions_by_name["redact"].setChecked(bool(workspace.masks))
        for strip in (window.title_strip, window.caption_strip):
            strip.set_masker(masker)
        if workspace.masks and not self._hidden:
            parts = (window.panels.widget(0), window.inspector, window.player, window.banner)
            self._hidden = [part for part in parts if part is not None and not part.isHidden()]
            for part in self._hidden:
                part.hide()
        elif not workspace.masks:
            for part in self._hidden:
                part.show()
            self._hidden = []
        window.say_title()


def shown_name(path: str, masks: frozenset[MaskKind]) -> str:
    """The name of a capture as the window tells it: a name may hold an address or a host."""
    if masks & {"names", "addresses"}:
        return "(masked)"
    return translate("standard input") if path == "-" else os.path.basename(path)
