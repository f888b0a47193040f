"""One window: which parts it has, where they stand, and which part answers which action.

Plan: three pages. "Welcome" while nothing is open, "Loading" while a capture is read into an empty window, and the
work page: flows, ladder, inspector side by side. The window puts the parts together; what they show is in the
workspace, and they never speak to each other.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ladderview.analysis.segments import Segments
from ladderview.analysis.words import count
from ladderview.capture.capture import Capture
from ladderview.capture.flows import Flow
from ladderview.ladder.annotation_store import capture_beside
from ladderview.ladder.annotations import Kind
from ladderview.ui import commands, layout_memory
from ladderview.ui.actions import TOOL_GROUP, Actions
from ladderview.ui.annotating import Annotating
from ladderview.ui.annotation_card import AnnotationCard
from ladderview.ui.background import Background
from ladderview.ui.banner import Banner
from ladderview.ui.dialogs import GoToPacket, refuse
from ladderview.ui.file_dialogs import ask_which, remember_folder
from ladderview.ui.filter_box import FilterBox
from ladderview.ui.find_bar import FindBar
from ladderview.ui.flow_list import FlowPanel
from ladderview.ui.flow_reader import FlowReader
from ladderview.ui.follow_window import FollowWindow
from ladderview.ui.icons import themed_icon
from ladderview.ui.inspector.panel import Inspector
from ladderview.ui.key_files import KeyFiles
from ladderview.ui.ladder_notes import LadderNotes
from ladderview.ui.ladder_view import LadderView
from ladderview.ui.loader import Loader
from ladderview.ui.masks import Masks
from ladderview.ui.player import Player
from ladderview.ui.presenter import Presenter, Shown
from ladderview.ui.reading_bar import ReadingBar
from ladderview.ui.recent import remember
from ladderview.ui.scenario_editor import ScenarioEditor
from ladderview.ui.scenario_file import ScenarioFile
from ladderview.ui.several import ChooseFlows, SeveralWindow
from ladderview.ui.shown_name import shown_name
from ladderview.ui.style import Appearance
from ladderview.ui.take_away import TakeAway
from ladderview.ui.title_strip import TitleStrip
from ladderview.ui.tool_bar import ToolBar
from ladderview.ui.tool_group import ToolGroup
from ladderview.ui.translation import translate
from ladderview.ui.undo import UndoStack
from ladderview.ui.welcome import LoadingPage, WelcomePage
from ladderview.ui.workspace import Workspace

#: The key, in the settings, of the folder in which captures are.
OPEN_FOLDER = "open_folder"

FILE_FILTER = (
    "Captures and scenarios (*.pcap *.pcapng *.cap *.dmp *.snoop *.ntar *.gz *.scenario *.ladder);;All files (*)"
)

#: Widths of the flow panel when it shows cards, and of the inspector beside it.
CARDS_PX, INSPECTOR_PX = 268, 372
#: Width of the flow panel when the text of a scenario stands under it.
SCENARIO_PX = 430


class MainWindow(QMainWindow):
    """A window for one capture.

    Attributes:
        is_spare: whether it was made for a capture that is not there yet; if it never is, the window goes too.

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
        self.is_spare = False
        self.workspace = Workspace(self)
        self.workspace.set_theme(appearance.theme)
        self.background = Background()
        self.loader = Loader(self.workspace, self.background)
        self.flow_reader = FlowReader(self.workspace, self.background)
        self.take_away = TakeAway(self, self.workspace, self.background)
        self.key_files = KeyFiles(self, self.workspace, self.background)
        self.actions_by_name = Actions(self)
        self.welcome = WelcomePage()
        self.loading = LoadingPage()
        self.flows = FlowPanel(self.workspace)
        self.scenario_editor = ScenarioEditor()
        self.scenario = ScenarioFile(self, self.workspace, self.loader, self.background, self.scenario_editor)
        self.ladder = LadderView(background=self.background)
        self.inspector = Inspector(self.workspace, self.background)
        self.undo = UndoStack(self.workspace)
        self.annotating = Annotating(self.workspace, self.background)
        self.ladder_notes = LadderNotes(self.ladder, self.workspace, self.undo)
        self.title_strip = TitleStrip(Kind.TITLE, self.workspace, self.undo)
        self.caption_strip = TitleStrip(Kind.CAPTION, self.workspace, self.undo)
        self.annotation_card = AnnotationCard(self.workspace, self.undo)
        self.player = Player(self.workspace, self.ladder)
        self.find_bar = FindBar(self.workspace)
        self.banner = Banner(self.workspace)
        self.filter_box = FilterBox(self.workspace)
        self.reading_bar = ReadingBar(self.flow_reader)
        self._status = QLabel()
        self._annotation_trouble = ""
        self.masks = Masks(self)
        self._lay_out()
        self._connect_parts(appearance)
        commands.connect(self, appearance)
        self._on_theme_changed()
        self.say_title()
        commands.update(self)
        layout_memory.restore(self, self.panels, self.work)

    # -- parts -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setObjectName("page")
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self.find_bar)
        column.addWidget(self.title_strip)
        column.addWidget(self.ladder, 1)
        column.addWidget(self.caption_strip)
        middle.setMinimumWidth(380)
        self.inspector.add_card(self.annotation_card)
        self.panels = QSplitter(Qt.Orientation.Horizontal)
        left = QSplitter(Qt.Orientation.Vertical)
        left.addWidget(self.flows)
        left.addWidget(self.scenario_editor)
        left.setHandleWidth(1)
        left.setChildrenCollapsible(False)
        left.setSizes([250, 550])
        self.scenario_editor.hide()
        for part in (left, middle, self.inspector):
            self.panels.addWidget(part)
        self.panels.setHandleWidth(1)
        self.panels.setChildrenCollapsible(False)
        self.panels.setStretchFactor(1, 1)
        self.work = QSplitter(Qt.Orientation.Vertical)
        self.work.addWidget(self.panels)
        self.work.addWidget(self.player)
        self.work.setHandleWidth(1)
        self.work.setChildrenCollapsible(False)
        self.work.setStretchFactor(0, 1)
        self.pages = QStackedWidget()
        for page in (self.welcome, self.loading, self.work):
            self.pages.addWidget(page)
        self.setCentralWidget(self.pages)
        self.submenus = self.actions_by_name.fill_menu_bar(self.menuBar())
        self._make_toolbar()
        self.statusBar().setSizeGripEnabled(False)
        self._status.setContentsMargins(0, 0, 10, 0)
        for part in (self.reading_bar, self._status):
            self.statusBar().addPermanentWidget(part)

    def _make_toolbar(self) -> None:
        bar = ToolBar(self.tr("Tools"))
        bar.setObjectName("tools")
        bar.setMovable(False)
        bar.setIconSize(QSize(18, 18))
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.addToolBar(bar)
        bar.addWidget(_gap())
        export = QToolButton()
        export.setObjectName("menu")
        export.setText(self.tr("Export"))
        export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        export.setToolTip(self.tr("Take the ladder away: picture, pages, slides, text, capture"))
        export.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        export.clicked.connect(self.actions_by_name["export"].trigger)
        menu = QMenu(export)
        for name in ("export", "copy_picture", "copy_ladder"):
            menu.addAction(self.actions_by_name[name])
        export.setMenu(menu)
        self.export_button = export
        self.actions_by_name.fill_toolbar(bar, export, ToolGroup(bar, self.actions_by_name, TOOL_GROUP))
        space = QWidget()
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(space)
        bar.addWidget(self.filter_box)
        bar.addWidget(_gap())

    def _connect_parts(self, appearance: Appearance) -> None:
        workspace, loader = self.workspace, self.loader
        self.welcome.open_asked.connect(self.ask_for_file)
        self.welcome.path_chosen.connect(self.open_path)
        self.loading.cancel_asked.connect(loader.cancel)
        loader.opening.connect(self._on_opening)
        loader.progressed.connect(self.loading.set_progress)
        loader.opened.connect(self._on_opened)
        loader.failed.connect(self._on_failed)
        loader.cancelled.connect(self._on_cancelled)
        loader.trouble.connect(self.banner.say)
        self.inspector.trouble.connect(self.banner.say)
        self.annotating.trouble.connect(self._on_annotation_trouble)
        self.ladder_notes.drafted.connect(self.annotating.set_draft)
        self.ladder_notes.hinted.connect(lambda words: self.statusBar().showMessage(words))
        self.flow_reader.trouble.connect(self.banner.say)
        self.scenario.path_chosen.connect(self.open_path)
        self.scenario.shown.connect(self._on_scenario_shown)
        for part in (self.take_away, self.key_files, self.inspector, self.scenario):
            part.said.connect(self._say)
        for strip in (self.title_strip, self.caption_strip):
            strip.masked.connect(self._say)
        workspace.masker_changed.connect(self.ladder.set_masker)
        workspace.masks_changed.connect(self._on_masks_changed)
        self.flows.wide_asked.connect(self.set_wide_flows)
        self.flows.wide_changed.connect(self.actions_by_name["wide_flows"].setChecked)
        self.filter_box.left.connect(self.flows.focus_list)
        workspace.filter_text_changed.connect(lambda: self.filter_box.mark(bool(self.flows.model.filter_problem)))
        workspace.analysis_changed.connect(self._on_analysis_changed)
        workspace.row_changed.connect(self._on_row_changed)
        workspace.axis_changed.connect(self.ladder.set_axis)
        workspace.relative_numbers_changed.connect(lambda relative: self.ladder.set_raw_numbers(not relative))
        workspace.reading_changed.connect(self.ladder.set_reading)
        workspace.reading_changed.connect(lambda: commands.update(self))
        workspace.level_changed.connect(self.ladder.set_level)
        workspace.theme_changed.connect(self._on_theme_changed)
        workspace.preview_changed.connect(self._on_preview_changed)
        self.ladder.row_selected.connect(workspace.set_row)
        self.ladder.axis_changed.connect(workspace.set_axis)
        self.ladder.level_changed.connect(workspace.set_level)
        self.ladder.chosen_changed.connect(workspace.set_chosen)
        self.ladder.set_level(workspace.level)
        self.find_bar.found.connect(workspace.set_row)
        self.find_bar.closed.connect(self.ladder.setFocus)
        appearance.theme_changed.connect(workspace.set_theme)

    # -- opening ---------------------------------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        """Whether nothing is open here and nothing is being opened."""
        return self.workspace.capture is None and not self.loader.is_opening

    def ask_for_file(self) -> None:
        """Let the person choose captures."""
        ask_which(self, self.tr("Open a capture"), translate(FILE_FILTER), self.open_paths, OPEN_FOLDER)

    def open_paths(self, paths: list[str]) -> None:
        """Open captures: the first here while nothing is open, the others in windows of their own."""
        for path in paths:
            self.open_path(path)

    def open_path(self, path: str, flow_id: int | None = None) -> None:
        """Open a capture, or that of an annotation file, here while nothing is open, else in another window."""
        path = capture_beside(path)
        if self.is_empty:
            self.loader.open(path, flow_id)
        else:
            self.open_elsewhere.emit(path)

    def _on_opening(self, path: str) -> None:
        self.loading.begin(path)
        self.pages.setCurrentWidget(self.loading)
        self.loading.cancel_button.setFocus()

    def _on_opened(self, capture: Capture) -> None:
        # Writing settings takes ten milliseconds: after the list has been painted is early enough.
        QTimer.singleShot(100, self, lambda: self._remember(capture))
        said = [self._annotation_trouble] if self._annotation_trouble else []
        told = self.tr("The capture is damaged: {what}. Everything before that is shown.")
        self.banner.say("  ·  ".join((*(told.format(what=damage.message) for damage in capture.damage), *said)))
        self._annotation_trouble = ""
        self.say_title()
        self._show_page()
        commands.update(self)
        self.flows.focus_list()

    def _on_annotation_trouble(self, text: str) -> None:
        """What is said while a capture is being opened stands beside what is wrong with the capture."""
        self._annotation_trouble = text
        self.banner.say(text)

    def _remember(self, capture: Capture) -> None:
        remember(capture.path)
        if capture.path != "-":
            remember_folder(OPEN_FOLDER, capture.path)

    def _on_failed(self, path: str, message: str) -> None:
        self._show_page()
        refuse(self, self.workspace.masker.text(message)).finished.connect(self._close_if_spare)

    def _on_cancelled(self) -> None:
        self._show_page()
        self._close_if_spare()

    def _close_if_spare(self) -> None:
        if self.is_spare and self.is_empty:
            self.close()

    def _show_page(self) -> None:
        self.pages.setCurrentWidget(self.welcome if self.workspace.capture is None else self.work)

    def say_title(self) -> None:
        """Say which capture is open."""
        capture = self.workspace.capture
        if capture is None:
            self.setWindowTitle("ladderview")
            self._status.setText("")
            return
        name = shown_name(capture.path, self.workspace.masks)
        self.setWindowTitle(f"{name} — ladderview")
        told = self.tr("{packets} · read-only capture {name}")
        if capture.scenario is not None:
            told = self.tr("{packets} · composed from {name}")
        self._status.setText(told.format(packets=count(len(capture.packets), "packet"), name=name))

    def _on_scenario_shown(self, is_there: bool) -> None:
        """Make room for the text of a scenario where there is one."""
        self.actions_by_name["show_scenario"].setChecked(is_there)
        if is_there:
            QTimer.singleShot(0, self, self._make_room_for_scenario)  # the panels have their widths only then
        self.say_title()
        commands.update(self)

    def _make_room_for_scenario(self) -> None:
        flows, ladder, inspector = self.panels.sizes()
        if flows < SCENARIO_PX:
            wanted = INSPECTOR_PX if self.inspector.isVisible() else 0
            room = flows + ladder + inspector - SCENARIO_PX - wanted
            self.panels.setSizes([SCENARIO_PX, room, wanted])

    # -- what the workspace says -----------------------------------------------------------------------------------

    def _on_analysis_changed(self) -> None:
        self.ladder.set_flow(self.workspace.analysis, self.workspace.capture)
        commands.update(self)

    def _on_masks_changed(self) -> None:
        self.statusBar().clearMessage()  # it may tell what is masked now
        self.say_title()
        commands.update(self)

    def _say(self, text: str) -> None:
        """Say something in the status line for a while."""
        self.statusBar().showMessage(self.workspace.masker.text(text), 6000)

    def _on_preview_changed(self, shown: tuple[Flow, Segments]) -> None:
        flow, segments = shown
        self.ladder.set_flow_preview(flow, segments, self.workspace.capture)

    def _on_row_changed(self, row: int) -> None:
        self.ladder.select_row(row)
        commands.update(self)

    def _on_theme_changed(self) -> None:
        self.actions_by_name.wear(self.workspace.theme)
        self.export_button.setIcon(themed_icon("export", self.workspace.theme))
        self.ladder.set_theme(self.workspace.theme)
        self.welcome.lessons.set_theme(self.workspace.theme)

    # -- what the person does --------------------------------------------------------------------------------------

    def step_problem(self, step: int) -> None:
        """Select the next problem of the flow, or the one before; where there is none, say so."""
        before = self.ladder.selected_row
        self.ladder.next_problem(step)
        if self.ladder.selected_row == before:
            none = (
                self.tr("No further problem in this flow") if step > 0 else self.tr("No earlier problem in this flow")
            )
            self.statusBar().showMessage(none, 4000)

    def follow_flow(self) -> None:
        """Show what both ends of the selected flow say, in a window of its own."""
        if self.workspace.reading is not None:
            follow = FollowWindow(self.workspace, self.background, self)
            follow.said.connect(self._say)
            follow.show()

    def present(self) -> Presenter | None:
        """Show the selected flow to a room, from its first arrow on, at the level and the axis of the window."""
        capture, reading = self.workspace.capture, self.workspace.reading
        if capture is None or reading is None:
            self.statusBar().showMessage(self.tr("The flow is still being read"), 4000)
            return None
        presenter = Presenter(self.workspace, Shown(capture, reading), self.background, self)
        presenter.left.connect(self.workspace.set_row)
        presenter.present()
        return presenter

    def find_flow(self) -> None:
        """Go to the filter box."""
        self.filter_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter_box.selectAll()

    def ask_for_packet(self) -> None:
        """Ask for a packet number and go there."""
        capture, analysis, row = self.workspace.capture, self.workspace.analysis, self.workspace.row
        if capture is None:
            return
        current = int(analysis.segments.packet[row]) if analysis is not None and row >= 0 else -1
        dialog = GoToPacket(self, len(capture.packets), current)
        dialog.chosen.connect(self.go_to_packet)
        dialog.open()

    def ask_for_flows(self) -> None:
        """Ask which flows to show in one ladder, and show them in a window of their own."""
        workspace = self.workspace
        flows = workspace.shown_flows
        if flows is None or workspace.flow_id < 0:
            return
        dialog = ChooseFlows(self, flows, workspace.flow_id)
        dialog.chosen.connect(self.show_several)
        dialog.open()

    def show_several(self, flows: list[int]) -> None:
        """Show flows in one ladder; an arrow that is selected there is selected here too."""
        several = SeveralWindow(self.workspace, self.undo, flows, self)
        several.packet_chosen.connect(self.go_to_packet)
        several.trouble.connect(self.banner.say)
        several.notes.drafted.connect(self.annotating.set_draft)
        several.show()

    def go_to_packet(self, packet: int) -> None:
        """Select a packet (from 0), in whichever flow it is."""
        if not self.loader.show_packet(packet):
            self.statusBar().showMessage(self.tr("Packet #{packet} is in no TCP flow").format(packet=packet + 1), 6000)

    def set_wide_flows(self, wide: bool) -> None:
        """Give the flow panel the room of a table, or that of cards."""
        if wide is not self.flows.is_wide:
            total = sum(self.panels.sizes())
            rest = (self.inspector.minimumWidth() if wide else INSPECTOR_PX) if self.inspector.isVisible() else 0
            ladder = max(int(total * 0.3), 380) if wide else total - CARDS_PX - rest
            self.panels.setSizes([total - ladder - rest, ladder, rest])

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
        self.open_paths(dropped_paths(event))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout; the threads are told to stop and the file is let go when they have."""
        if not self.scenario.may_close(self.close):
            event.ignore()
            return
        layout_memory.save(self, self.panels, self.work)
        self.annotating.save_now()
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
