"""One window: which parts it has, where they stand, and which part answers which action.

Plan: three pages. "Welcome" while nothing is open, "Loading" while a capture is read into an empty window, and the
work page: flows, ladder, inspector side by side. The window puts the parts together; what they show is in the
workspace, and they never speak to each other.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import QSettings, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ladderview.analysis.words import grouped
from ladderview.capture.capture import Capture
from ladderview.ui import layout_memory
from ladderview.ui.actions import Actions
from ladderview.ui.background import Background
from ladderview.ui.banner import Banner
from ladderview.ui.dialogs import GoToPacket, Shortcuts, about, refuse
from ladderview.ui.examples import examples
from ladderview.ui.filter_box import FilterBox
from ladderview.ui.flow_list import FlowPanel
from ladderview.ui.icons import themed_icon
from ladderview.ui.inspector.panel import Inspector
from ladderview.ui.ladder_view import LadderView
from ladderview.ui.loader import Loader
from ladderview.ui.recent import fill_menu, remember
from ladderview.ui.style import Appearance
from ladderview.ui.take_away import TakeAway, wireshark_path
from ladderview.ui.welcome import LoadingPage, WelcomePage
from ladderview.ui.workspace import Workspace

FILE_FILTER = "Captures (*.pcap *.pcapng *.cap *.dmp *.pcap.gz *.pcapng.gz *.cap.gz *.gz);;All files (*)"

#: Widths of the flow panel when it shows cards, and of the inspector beside it.
CARDS_PX, INSPECTOR_PX = 268, 372

#: Actions that need an open capture, a flow, a selected packet.
NEED_CAPTURE = ("find_flow", "wide_flows", "next_flow", "previous_flow", "go_to_packet")
NEED_FLOW = (
    "export_png", "export_svg", "axis_rows", "axis_time", "axis_compressed", "zoom_in", "zoom_out", "fit", "swap",
    "next_arrow", "previous_arrow", "next_problem", "previous_problem",
)  # fmt: skip
NEED_PACKET = ("copy_text", "copy_filter")


class MainWindow(QMainWindow):
    """A window for one capture.

    Signals:
        open_elsewhere(str): this path is to be opened in another window.
        quit_asked(): all windows are to be closed.
        closed(MainWindow): it is gone from the screen.
    """

    open_elsewhere = Signal(str)
    quit_asked = Signal()
    closed = Signal(object)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self._appearance = appearance
        self.workspace = Workspace(self)
        self.workspace.set_theme(appearance.theme)
        self.background = Background()
        self.loader = Loader(self.workspace, self.background)
        self.take_away = TakeAway(self, self.workspace, self.background)
        self.actions_by_name = Actions(self)
        self.welcome = WelcomePage()
        self.loading = LoadingPage()
        self.flows = FlowPanel(self.workspace)
        self.ladder = LadderView()
        self.inspector = Inspector(self.workspace)
        self.banner = Banner()
        self.filter_box = FilterBox(self.workspace)
        self._status = QLabel()
        self._lay_out()
        self._connect_parts()
        self._connect_actions()
        self._on_theme_changed()
        self._say_title()
        self._update_actions()
        layout_memory.restore(self, self.panels)

    # -- parts -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setObjectName("page")
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.ladder, 1)
        middle.setMinimumWidth(380)
        self.panels = QSplitter(Qt.Orientation.Horizontal)
        for part in (self.flows, middle, self.inspector):
            self.panels.addWidget(part)
        self.panels.setHandleWidth(1)
        self.panels.setChildrenCollapsible(False)
        self.panels.setStretchFactor(1, 1)
        self.pages = QStackedWidget()
        for page in (self.welcome, self.loading, self.panels):
            self.pages.addWidget(page)
        self.setCentralWidget(self.pages)
        self.submenus = self.actions_by_name.fill_menu_bar(self.menuBar())
        self._make_toolbar()
        self.statusBar().setSizeGripEnabled(False)
        self._status.setContentsMargins(0, 0, 10, 0)
        self.statusBar().addPermanentWidget(self._status)

    def _make_toolbar(self) -> None:
        bar = QToolBar("Tools")
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addToolBar(bar)
        bar.addWidget(_gap())
        export = QToolButton()
        export.setObjectName("menu")
        export.setText("Export")
        export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        export.setToolTip("Save the whole ladder as a picture")
        export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(export)
        for name in ("export_png", "export_svg"):
            menu.addAction(self.actions_by_name[name])
        export.setMenu(menu)
        self.export_button = export
        self.actions_by_name.fill_toolbar(bar, export)
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(space)
        bar.addWidget(self.filter_box)
        bar.addWidget(_gap())

    def _connect_parts(self) -> None:
        workspace, loader = self.workspace, self.loader
        self.welcome.open_asked.connect(self.ask_for_file)
        self.welcome.path_chosen.connect(self.open_path)
        self.loading.cancel_asked.connect(loader.cancel)
        loader.opening.connect(self._on_opening)
        loader.progressed.connect(self.loading.set_progress)
        loader.opened.connect(self._on_opened)
        loader.failed.connect(self._on_failed)
        loader.cancelled.connect(self._show_page)
        loader.trouble.connect(self.banner.say)
        self.inspector.trouble.connect(self.banner.say)
        self.take_away.said.connect(lambda text: self.statusBar().showMessage(text, 6000))
        self.flows.wide_asked.connect(self.set_wide_flows)
        self.filter_box.left.connect(self.flows.focus_list)
        workspace.filter_text_changed.connect(lambda: self.filter_box.mark(bool(self.flows.model.filter_problem)))
        workspace.analysis_changed.connect(self._on_analysis_changed)
        workspace.row_changed.connect(self._on_row_changed)
        workspace.axis_changed.connect(self.ladder.set_axis)
        workspace.axis_changed.connect(lambda axis: self.actions_by_name[f"axis_{axis}"].setChecked(True))
        workspace.theme_changed.connect(self._on_theme_changed)
        workspace.relative_numbers_changed.connect(
            lambda relative: self.actions_by_name["raw_numbers"].setChecked(not relative)
        )
        workspace.preview_changed.connect(lambda shown: self.ladder.set_flow_preview(*shown, workspace.capture))
        self.ladder.row_selected.connect(workspace.set_row)
        self.ladder.axis_changed.connect(workspace.set_axis)
        self._appearance.theme_changed.connect(workspace.set_theme)

    def _connect_actions(self) -> None:
        answers: dict[str, Callable[[], object]] = {
            "open": self.ask_for_file,
            "close": self.close,
            "quit": self.quit_asked.emit,
            "export_png": lambda: self.take_away.export("png"),
            "export_svg": lambda: self.take_away.export("svg"),
            "copy_text": self.take_away.copy_text,
            "copy_filter": self.take_away.copy_filter,
            "wireshark": self.take_away.open_in_wireshark,
            "find_flow": self._on_find_flow,
            "zoom_in": self.ladder.zoom_in,
            "zoom_out": self.ladder.zoom_out,
            "fit": self.ladder.fit_all,
            "swap": self.loader.swap_sides,
            "toggle_theme": self._appearance.toggle,
            "next_arrow": self.ladder.next_arrow,
            "previous_arrow": lambda: self.ladder.next_arrow(-1),
            "next_problem": lambda: self._step_problem(1),
            "previous_problem": lambda: self._step_problem(-1),
            "next_flow": lambda: self.flows.step(1),
            "previous_flow": lambda: self.flows.step(-1),
            "go_to_packet": self._on_go_to_packet,
            "shortcuts": lambda: Shortcuts(self).open(),
            "about": lambda: about(self),
        }
        for axis in ("rows", "time", "compressed"):
            answers[f"axis_{axis}"] = lambda axis=axis: self.workspace.set_axis(axis)
        for choice in ("system", "light", "dark"):
            answers[f"theme_{choice}"] = lambda choice=choice: self._appearance.choose(choice)
        for name, answer in answers.items():
            self.actions_by_name[name].triggered.connect(lambda _=False, answer=answer: answer())
        by_name = self.actions_by_name
        by_name["wide_flows"].toggled.connect(self.set_wide_flows)
        by_name["show_inspector"].toggled.connect(self.inspector.setVisible)
        by_name["raw_numbers"].toggled.connect(lambda raw: self.workspace.set_relative_numbers(not raw))
        by_name["axis_rows"].setChecked(True)
        by_name["show_inspector"].setChecked(True)
        recent = self.submenus["Open Recent"]
        recent.aboutToShow.connect(lambda: fill_menu(recent, self.open_path))
        for example in examples():
            action = self.submenus["Examples"].addAction(example.title.replace("&", "&&"))
            action.setStatusTip(example.note)
            action.triggered.connect(lambda _=False, path=example.path: self.open_path(path))

    # -- opening ---------------------------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """Whether nothing is open here and nothing is being opened."""
        return self.workspace.capture is None and not self.loader.is_opening

    def ask_for_file(self) -> None:
        """Let the person choose captures."""
        dialog = QFileDialog(self, "Open a capture", str(QSettings().value("open_folder", "")), FILE_FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda paths: [self.open_path(path) for path in paths])
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_path(self, path: str, flow_id: int | None = None) -> None:
        """Open a capture here while nothing is open, else in another window."""
        if self.is_empty:
            self.loader.open(path, flow_id)
        else:
            self.open_elsewhere.emit(path)

    def _on_opening(self, path: str) -> None:
        self.loading.begin(path)
        self.pages.setCurrentWidget(self.loading)
        self.loading.cancel_button.setFocus()

    def _on_opened(self, capture: Capture) -> None:
        remember(capture.path)
        if capture.path != "-":
            QSettings().setValue("open_folder", os.path.dirname(os.path.abspath(capture.path)))
        self.banner.say("  ·  ".join(damage.message for damage in capture.damage))
        self._say_title()
        self._show_page()
        self._update_actions()
        self.flows.focus_list()

    def _on_failed(self, path: str, message: str) -> None:
        self._show_page()
        refuse(self, message)

    def _show_page(self) -> None:
        self.pages.setCurrentWidget(self.welcome if self.workspace.capture is None else self.panels)

    def _say_title(self) -> None:
        capture = self.workspace.capture
        if capture is None:
            self.setWindowTitle("ladderview")
            self._status.setText("")
            return
        name = "standard input" if capture.path == "-" else os.path.basename(capture.path)
        self.setWindowTitle(f"{name} — ladderview")
        self._status.setText(f"{grouped(len(capture.packets))} packets · read-only capture {name}")

    # -- what the workspace says -----------------------------------------------------------------------------------

    def _on_analysis_changed(self) -> None:
        self.ladder.set_flow(self.workspace.analysis, self.workspace.capture)
        self._update_actions()

    def _on_row_changed(self, row: int) -> None:
        self.ladder.select_row(row)
        self._update_actions()

    def _on_theme_changed(self) -> None:
        self.actions_by_name.wear(self.workspace.theme)
        self.export_button.setIcon(themed_icon("export", self.workspace.theme))
        self.ladder.set_theme(self.workspace.theme)
        self.actions_by_name[f"theme_{self._appearance.choice}"].setChecked(True)

    def _update_actions(self) -> None:
        capture, flow = self.workspace.capture is not None, self.workspace.analysis is not None
        enable = self.actions_by_name.enable
        enable(capture, *NEED_CAPTURE)
        enable(flow, *NEED_FLOW)
        enable(flow and self.workspace.row >= 0, *NEED_PACKET)
        enable(capture and self.workspace.capture.path != "-" and wireshark_path() is not None, "wireshark")
        self.export_button.setEnabled(flow)
        self.filter_box.setEnabled(capture)

    # -- what the person does --------------------------------------------------------------------------------------

    def _step_problem(self, step: int) -> None:
        before = self.ladder.selected_row
        self.ladder.next_problem(step)
        if self.ladder.selected_row == before:
            self.statusBar().showMessage(f"No {'further' if step > 0 else 'earlier'} problem in this flow", 4000)

    def _on_find_flow(self) -> None:
        self.filter_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter_box.selectAll()

    def _on_go_to_packet(self) -> None:
        capture, analysis, row = self.workspace.capture, self.workspace.analysis, self.workspace.row
        if capture is None:
            return
        current = int(analysis.segments.packet[row]) if analysis is not None and row >= 0 else -1
        dialog = GoToPacket(self, len(capture.packets), current)
        dialog.chosen.connect(self.go_to_packet)
        dialog.open()

    def go_to_packet(self, packet: int) -> None:
        """Select a packet (from 0), in whichever flow it is."""
        if not self.loader.show_packet(packet):
            self.statusBar().showMessage(f"Packet #{packet + 1} is in no TCP flow", 6000)

    def set_wide_flows(self, wide: bool) -> None:
        """Give the flow panel the room of a table, or that of cards."""
        if wide is not self.flows.is_wide:
            total = sum(self.panels.sizes())
            rest = (self.inspector.minimumWidth() if wide else INSPECTOR_PX) if self.inspector.isVisible() else 0
            ladder = max(int(total * 0.3), 380) if wide else total - CARDS_PX - rest
            self.panels.setSizes([total - ladder - rest, ladder, rest])
        self.actions_by_name["wide_flows"].setChecked(self.flows.is_wide)

    # -- overridden from QMainWindow -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape stops the reading."""
        if event.key() == Qt.Key.Key_Escape and self.loader.is_opening:
            self.loader.cancel()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files, and nothing else."""
        if dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped: the first here if there is room, the others in windows of their own."""
        event.acceptProposedAction()
        for path in dropped_paths(event):
            self.open_path(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout; the threads are told to stop and the file is let go when they have."""
        layout_memory.save(self, self.panels)
        capture = self.workspace.capture
        self.background.retire(capture.close if capture is not None else lambda: None)
        super().closeEvent(event)
        self.closed.emit(self)


def _gap() -> QWidget:
    """Room at an end of the toolbar, whose layout gives none."""
    gap = QWidget()
    gap.setFixedWidth(6)
    return gap


def dropped_paths(event: QDropEvent) -> list[str]:
    """The local files that are dragged."""
    return [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
