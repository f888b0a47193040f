"""How does a person see several flows in one ladder? A window of its own, beside that of the capture.

Plan: a dialog offers the flows that have an address in common with the selected one, then the others. The flows are
read on a worker thread; the window shows them with a lifeline for each endpoint, masked as that of the capture is. An
arrow that is selected there is selected in the window of the capture too, with its flow, where the inspector tells what
is in it. What is written on an arrow here hangs on a packet of its flow, so it is in that flow's own ladder, and the
other way round.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.flow_columns import FlowColumns
from ladderview.analysis.keys import Keys
from ladderview.analysis.masking import masker_of_several
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.analysis.steps import Level
from ladderview.analysis.swapped import swapped
from ladderview.capture.capture import Capture
from ladderview.ladder.axis import AxisMode
from ladderview.ladder.several import MOST_FLOWS
from ladderview.ladder.theme import Theme
from ladderview.progress import Progress
from ladderview.ui.actions import Actions
from ladderview.ui.annotation_tools import TOOLS
from ladderview.ui.background import Background
from ladderview.ui.ladder_notes import LadderNotes
from ladderview.ui.ladder_view import LadderView
from ladderview.ui.undo import UndoStack
from ladderview.ui.workspace import Workspace

#: Flows that the dialog offers, and those among which it looks for them: more than anybody reads through.
OFFERED, LOOKED_AT = 500, 100_000

_READING = "several flows"

#: The annotation tools by their actions, and other actions that this window has, too.
TOOLS_HERE = {f"tool_{name}": name for name in TOOLS if name != "pointer"}
ANSWERED = ("undo", "redo", "next_note", "previous_note")


def offered(flows: FlowColumns, selected: int) -> list[int]:
    """The flows that a dialog offers: the selected one, those with an address of it, then others, each in order."""
    addresses = {flows.client_of(selected).address, flows.server_of(selected).address}
    related: list[int] = []
    others: list[int] = []
    for flow in range(min(len(flows), LOOKED_AT)):
        if flow == selected:
            continue
        is_related = flows.client_of(flow).address in addresses or flows.server_of(flow).address in addresses
        (related if is_related else others).append(flow)
    return [selected, *related, *others][:OFFERED]


class ChooseFlows(QDialog):
    """Asks which flows to show in one ladder.

    Signals:
        chosen(list): ids of flows, two at least.
    """

    chosen = Signal(list)

    def __init__(self, parent: QWidget, flows: FlowColumns, selected: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Several flows in one ladder"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(560, 420)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Flows"))
        for flow in offered(flows, selected):
            words = f"{flow}   {flows.client_of(flow)} → {flows.server_of(flow)}   {flows.host_of(flow)}".rstrip()
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, flow)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if flow == selected else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.itemChanged.connect(self._on_changed)
        self._hint = QLabel()
        self._hint.setObjectName("muted")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("Show"))
        self._buttons.accepted.connect(self._on_accepted)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.addWidget(QLabel(self.tr("Show these flows with a lifeline for each endpoint:")))
        column.addWidget(self.list, 1)
        column.addWidget(self._hint)
        column.addWidget(self._buttons)
        self._on_changed()

    def flows(self) -> list[int]:
        """The flows that are checked."""
        items = [self.list.item(at) for at in range(self.list.count())]
        return [item.data(Qt.ItemDataRole.UserRole) for item in items if item.checkState() == Qt.CheckState.Checked]

    def _on_changed(self) -> None:
        count = len(self.flows())
        self._buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(2 <= count <= MOST_FLOWS)
        self._hint.setText(self.tr("{count} chosen, from 2 to {most}").format(count=count, most=MOST_FLOWS))

    def _on_accepted(self) -> None:
        self.chosen.emit(sorted(self.flows()))
        self.accept()


class SeveralWindow(QWidget):
    """Several flows of one capture in one ladder.

    Signals:
        packet_chosen(int): the packet, from 0, of an arrow that was selected.
        trouble(str): why the flows cannot be read.
    """

    packet_chosen = Signal(int)
    trouble = Signal(str)

    def __init__(self, workspace: Workspace, undo: UndoStack, flows: list[int], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("page")
        self.setWindowTitle(self.tr("{count} flows — ladderview").format(count=len(flows)))
        self.resize(1100, 760)
        self._background = Background()
        self.ladder = LadderView(background=self._background)
        self.ladder.set_empty_words(self.tr("Reading the flows"), self.tr("They appear here together"))
        self.ladder.set_level("messages")
        workspace.capture_changed.connect(self.close)
        workspace.masks_changed.connect(self._mask)
        self._workspace = workspace
        self._readings: list[FlowReading] = []
        self.ladder.row_selected.connect(self._on_row_selected)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        self.notes = LadderNotes(self.ladder, workspace, undo)
        self.actions_by_name = Actions(self, (*TOOLS_HERE, *ANSWERED))
        line = self._make_choices()
        for name in TOOLS_HERE:
            line.addWidget(self._tool_button(name))
        self._connect_actions(undo)
        column.addLayout(line)
        column.addWidget(self.ladder, 1)
        self.ladder.setFocus()
        self._wear(workspace.theme)
        workspace.theme_changed.connect(self._wear)
        capture, keys, columns = workspace.capture, workspace.keys, workspace.flows
        assert capture is not None
        turned = columns.swapped if columns is not None else frozenset()
        self._background.run(
            _READING,
            lambda progress: [_read(capture, flow, flow in turned, keys, progress) for flow in flows],
            self._on_read,
            lambda error: self.trouble.emit(str(error)),
        )

    def _on_read(self, readings: list[FlowReading]) -> None:
        self._readings = readings
        self._mask()
        self.ladder.set_several(readings, self._workspace.capture)

    def _mask(self) -> None:
        """Let every word go through a masker that knows all of these flows."""
        capture, masks = self._workspace.capture, self._workspace.masks
        if capture is not None:
            shown = [(one.analysis.flow, one.messages) for one in self._readings]
            self.ladder.set_masker(masker_of_several(capture, masks, shown))

    def _make_choices(self) -> QHBoxLayout:
        """Buttons for level and axis."""
        line = QHBoxLayout()
        line.setContentsMargins(12, 0, 12, 0)
        levels: dict[Level, str] = {
            "segments": self.tr("Segments"), "messages": self.tr("Messages"), "phases": self.tr("Phases"),
        }  # fmt: skip
        axes: dict[AxisMode, str] = {
            "rows": self.tr("Rows"), "time": self.tr("Time"), "compressed": self.tr("Compressed Time"),
        }  # fmt: skip
        answers: list[tuple[str, str, Callable[[], None]]] = []
        for level, words in levels.items():
            answers.append(("level", words, lambda level=level: self.ladder.set_level(level)))  # type: ignore[misc]
        for axis, words in axes.items():
            answers.append(("axis", words, lambda axis=axis: self.ladder.set_axis(axis)))  # type: ignore[misc]
        groups: dict[str, QButtonGroup] = {}
        buttons: dict[str, QToolButton] = {}
        for name, words, answer in answers:
            button = QToolButton()
            button.setText(words)
            button.setCheckable(True)
            groups.setdefault(name, QButtonGroup(self)).addButton(button)
            button.setChecked(words in (levels["messages"], axes["rows"]))
            button.clicked.connect(lambda _=False, answer=answer: answer())
            line.addWidget(button)
            buttons[words] = button
        line.addStretch()
        self.ladder.level_changed.connect(lambda level: buttons[levels[level]].setChecked(True))
        self.ladder.axis_changed.connect(lambda axis: buttons[axes[axis]].setChecked(True))
        return line

    def _tool_button(self, name: str) -> QToolButton:
        action = self.actions_by_name[name]
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setAccessibleName(action.text().replace("&", ""))
        return button

    def _connect_actions(self, undo: UndoStack) -> None:
        """The annotation tools and what goes with them, by the keys that they have in the window of the capture."""
        actions, notes = self.actions_by_name, self.notes
        for name, tool in TOOLS_HERE.items():
            actions[name].triggered.connect(lambda _=False, tool=tool: notes.set_tool(tool))
        notes.tool_changed.connect(self._check_tool)
        answers: dict[str, Callable[[], object]] = {
            "undo": undo.undo,
            "redo": undo.redo,
            "next_note": lambda: notes.step(1),
            "previous_note": lambda: notes.step(-1),
        }
        for name, answer in answers.items():
            actions[name].triggered.connect(lambda _=False, answer=answer: answer())

    def _check_tool(self, chosen: str) -> None:
        for name, tool in TOOLS_HERE.items():
            self.actions_by_name[name].setChecked(tool == chosen)

    def _wear(self, theme: Theme) -> None:
        self.ladder.set_theme(theme)
        self.actions_by_name.wear(theme)

    def _on_row_selected(self, row: int) -> None:
        plan, step = self.ladder.plan, self.ladder.selected_step
        if plan is not None and step >= 0:
            source, segment = plan.segment_of(step)
            self.packet_chosen.emit(int(plan.sources[source].segments.packet[segment]))

    # Qt's methods

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what is still being read."""
        self._background.retire(lambda: None)
        super().closeEvent(event)


def _read(capture: Capture, flow: int, turned: bool, keys: Keys, progress: Progress) -> FlowReading:
    """One flow, read. Raises CaptureChanged, Cancelled."""
    analysis = analyse_flow(capture, flow)
    return read_flow(capture, swapped(analysis) if turned else analysis, keys, progress)
