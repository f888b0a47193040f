from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QMessageBox, QToolButton
from pytestqt.qtbot import QtBot

from ladderview.analysis.flow_columns import BY_KEY, COLUMNS
from ladderview.progress import Progress
from ladderview.ui import loader as loader_module
from ladderview.ui.app import Windows
from ladderview.ui.main_window import MainWindow
from tests.ui import captures

Open = Callable[..., MainWindow]
Sample = Callable[[str], str]


def dialog_text(window: MainWindow, qtbot: QtBot) -> str:
    """The one line of the dialog that comes up, which is then put away."""
    qtbot.waitUntil(lambda: bool(window.findChildren(QMessageBox)), timeout=5000)
    box = window.findChildren(QMessageBox)[0]
    text = box.text()
    box.accept()
    return text


class TestOpening:
    def test_an_empty_window_welcomes(self, window: MainWindow) -> None:
        assert window.pages.currentWidget() is window.welcome
        assert window.windowTitle() == "ladderview"

    def test_a_capture_shows_its_flows_and_the_first_ladder(
        self, window: MainWindow, open_in: Open, sample: Sample
    ) -> None:
        open_in(window, sample("http"))
        assert window.pages.currentWidget() is window.work
        assert window.flows.model.rowCount() == 1
        assert window.workspace.flow_id == 0
        assert "http.pcapng" in window.windowTitle()

    def test_the_list_tells_what_the_keys_tell(
        self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot
    ) -> None:
        open_in(window, sample("http2"))
        qtbot.waitUntil(lambda: window.workspace.flows.protocol_of(0) == "TLS 1.3 · h2")

    def test_the_next_problem_is_a_key_away_at_once(
        self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot
    ) -> None:
        open_in(window, sample("loss"))
        window.activateWindow()
        table = next(view for view in window.flows.findChildren(QAbstractItemView) if view.isVisible())
        table.setFocus()
        qtbot.waitUntil(table.hasFocus)
        QTest.keyClick(table, Qt.Key.Key_N)
        first = window.workspace.row
        assert first >= 0
        QTest.keyClick(table, Qt.Key.Key_N)
        QTest.keyClick(table, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
        assert window.workspace.row == first
        box = window.findChild(QLineEdit)
        box.setFocus()
        QTest.keyClick(box, Qt.Key.Key_N)
        assert (box.text(), window.workspace.row) == ("n", first)

    def test_the_flow_asked_for_is_selected(self, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("reset"), 2)
        assert window.workspace.analysis.flow.id == 2

    def test_a_flow_that_is_not_there_is_said(self, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("http"), 99)
        assert "There is no flow 99" in window.banner.text
        assert window.workspace.flow_id == 0

    def test_it_is_remembered(self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot) -> None:
        from ladderview.ui.recent import recent_paths

        open_in(window, sample("http"))
        qtbot.waitUntil(lambda: recent_paths() == [sample("http")])

    def test_a_second_capture_gets_a_window_of_its_own(
        self, windows: Windows, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot
    ) -> None:
        open_in(window, sample("http"))
        window.open_path(sample("ipv6"))
        assert len(windows.all) == 2
        qtbot.waitUntil(lambda: windows.all[1].workspace.analysis is not None)
        assert "http.pcapng" in window.windowTitle()

    def test_an_empty_window_is_used_first(self, windows: Windows, window: MainWindow, sample: Sample) -> None:
        windows.open(sample("http"))
        assert windows.all == [window]

    def test_what_is_not_tcp_is_counted(self, window: MainWindow, open_in: Open, tmp_path: Path) -> None:
        path = tmp_path / "mixed.pcap"
        path.write_bytes(captures.pcap([*captures.handshake(), captures.udp_packet(), captures.udp_packet()]))
        open_in(window, str(path))
        assert "UDP 2" in window.flows.others_text

    def test_damage_stands_above_the_ladder(self, window: MainWindow, open_in: Open, tmp_path: Path) -> None:
        path = tmp_path / "cut.pcap"
        path.write_bytes(captures.pcap(captures.handshake())[:-5])
        open_in(window, str(path))
        assert window.banner.isVisible()
        what = window.workspace.capture.damage[0].message
        assert window.banner.text == f"The capture is damaged: {what}. Everything before that is shown."


class TestCancel:
    @pytest.fixture
    def slow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Reading that goes on until it is told to stop."""

        def read(path: str, progress: Progress) -> object:
            pause = threading.Event()
            for done in range(100_000):
                pause.wait(0.005)
                progress(done, 100_000)
            raise AssertionError("nobody stopped it")

        monkeypatch.setattr(loader_module, "read", read)

    def test_progress_is_shown(self, window: MainWindow, slow: None, qtbot: QtBot) -> None:
        window.open_path("big.pcap")
        assert window.pages.currentWidget() is window.loading
        qtbot.waitUntil(lambda: window.loading.bar.maximum() == 1000)

    def test_leaves_the_window_as_it_was(self, window: MainWindow, slow: None, qtbot: QtBot) -> None:
        window.open_path("big.pcap")
        qtbot.wait(30)
        QTest.mouseClick(window.loading.cancel_button, Qt.MouseButton.LeftButton)
        assert window.pages.currentWidget() is window.welcome
        assert window.is_empty
        assert not window.findChildren(QMessageBox)

    def test_escape_cancels(self, window: MainWindow, slow: None, qtbot: QtBot) -> None:
        window.open_path("big.pcap")
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert window.is_empty

    def test_the_window_can_be_closed_meanwhile(self, windows: Windows, window: MainWindow, slow: None) -> None:
        window.open_path("big.pcap")
        assert window.close()
        assert windows.all == []


#: What a person may try to open, and a word of what is said. None: no such file is made.
BAD_FILES: dict[str, tuple[bytes | None, str]] = {
    "missing": (None, "o such file"),
    "empty": (b"", "empty"),
    "text": (b"This is no capture, it is a letter.\n" * 20, "not a pcap or pcapng"),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200), "not a pcap or pcapng"),
    "header only": (captures.pcap_header(), "no packets"),
    "header cut": (captures.pcap_header()[:11], "header"),
    "no tcp": (captures.pcap([captures.udp_packet()] * 3), "no TCP connections (3 UDP)"),
}


class TestBadFiles:
    @pytest.mark.parametrize("case", BAD_FILES)
    def test_a_dialog_says_it_in_one_line(self, window: MainWindow, qtbot: QtBot, tmp_path: Path, case: str) -> None:
        contents, word = BAD_FILES[case]
        path = tmp_path / "bad.pcap"
        if contents is not None:
            path.write_bytes(contents)
        window.open_path(str(path))
        text = dialog_text(window, qtbot)
        assert word in text
        assert "bad.pcap" in text
        assert "\n" not in text
        assert window.pages.currentWidget() is window.welcome

    def test_a_folder(self, window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
        window.open_path(str(tmp_path))
        assert "folder" in dialog_text(window, qtbot) or "directory" in dialog_text(window, qtbot)

    def test_an_error_nobody_expected_is_said_too(
        self, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def read(path: str, progress: Progress) -> object:
            raise ZeroDivisionError("division by zero")

        monkeypatch.setattr(loader_module, "read", read)
        window.open_path("odd.pcap")
        assert dialog_text(window, qtbot) == "odd.pcap: ZeroDivisionError: division by zero"

    def test_a_capture_that_is_cut_short_while_open(
        self, window: MainWindow, open_in: Open, tmp_path: Path, qtbot: QtBot
    ) -> None:
        path = tmp_path / "live.pcap"
        path.write_bytes(captures.pcap(captures.handshake()))
        open_in(window, str(path))
        os.truncate(path, 60)
        window.workspace.set_row(3)
        assert window.banner.isVisible()
        assert "live.pcap" in window.banner.text
        window.grab()

    def test_a_window_made_for_it_goes_with_it(
        self, windows: Windows, open_in: Open, sample: Sample, tmp_path: Path, qtbot: QtBot
    ) -> None:
        window = open_in(windows.new(), sample("http"))
        window.open_path(str(tmp_path / "missing.pcap"))
        assert "missing.pcap" in dialog_text(windows.all[1], qtbot)
        qtbot.waitUntil(lambda: windows.all == [window])


class TestDrop:
    def drop(self, window: MainWindow, *paths: str) -> QDropEvent:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, buttons, keys)
        window.dragEnterEvent(enter)
        assert enter.isAccepted()
        event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, mime, buttons, keys)
        window.dropEvent(event)
        return event

    def test_opens_here(self, window: MainWindow, sample: Sample, qtbot: QtBot) -> None:
        self.drop(window, sample("http"))
        qtbot.waitUntil(lambda: window.workspace.analysis is not None)
        assert window.workspace.capture.path == sample("http")

    def test_several_open_in_several_windows(
        self, windows: Windows, window: MainWindow, sample: Sample, qtbot: QtBot
    ) -> None:
        self.drop(window, sample("http"), sample("ipv6"))
        qtbot.waitUntil(lambda: all(w.workspace.analysis is not None for w in windows.all))
        assert len(windows.all) == 2

    def test_text_is_not_taken(self, window: MainWindow) -> None:
        mime = QMimeData()
        mime.setText("hello")
        buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, buttons, keys)
        enter.setAccepted(False)
        window.dragEnterEvent(enter)
        assert not enter.isAccepted()


class TestFlows:
    def test_selecting_another_flow_shows_it(
        self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot
    ) -> None:
        open_in(window, sample("reset"))
        window.flows.view.setCurrentIndex(window.flows.model.index(1, 0))
        qtbot.waitUntil(lambda: window.workspace.analysis.flow.id == 1)
        assert window.workspace.row == -1

    def test_typing_filters(self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot) -> None:
        open_in(window, sample("reset"))
        QTest.keyClicks(window.filter_box, "flow:1")
        qtbot.waitUntil(lambda: window.flows.model.rowCount() == 1)
        assert window.flows.count_text == "1 of 3"

    def test_escape_takes_the_filter_away(
        self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot
    ) -> None:
        open_in(window, sample("reset"))
        QTest.keyClicks(window.filter_box, "flow:1")
        QTest.keyClick(window.filter_box, Qt.Key.Key_Escape)
        assert window.flows.model.rowCount() == 3

    def test_a_wrong_filter_is_said(self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot) -> None:
        open_in(window, sample("reset"))
        window.workspace.set_filter_text("colour:red")
        assert "“colour:” is not a field" in window.flows.filter_problem_text
        assert window.filter_box.property("wrong")

    def test_a_filter_that_no_flow_passes_says_so(self, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("reset"))
        window.workspace.set_filter_text("tcp.port==443")
        assert window.flows.no_match_text.startswith("No flow matches “tcp.port==443”.")
        window.workspace.set_filter_text("")
        assert window.flows.no_match_text == ""

    def test_filtering_leaves_the_open_flow_open(self, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("reset"))
        window.workspace.set_filter_text("flow:2")
        assert window.workspace.analysis.flow.id == 0

    def test_problems_become_pills(self, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("loss"))
        assert any("retransmission" in words for _, words in window.workspace.flows.problems_of(0))

    def test_sorting_keeps_the_flow(self, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("reset"))
        window.flows.sort_by(COLUMNS.index(BY_KEY["packets"]), descending=True)
        current = window.flows.view.currentIndex()
        assert window.flows.model.flow_id(current.row()) == window.workspace.flow_id == 0

    def test_sorting_shows_what_comes_first(
        self, window: MainWindow, open_in: Open, tmp_path: Path, qtbot: QtBot
    ) -> None:
        open_in(window, str(captures.long_pcap(tmp_path / "many.pcap", 400, flows=200)), 199)
        bar = window.flows.view.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.value() > 0)
        window.flows.sort_by(COLUMNS.index(BY_KEY["client"]))
        assert bar.value() == 0
        assert window.workspace.flow_id == 199

    def test_the_wide_table_and_back(self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot) -> None:
        open_in(window, sample("reset"))
        window.actions_by_name["wide_flows"].trigger()
        qtbot.waitUntil(lambda: window.flows.is_wide)
        assert window.actions_by_name["wide_flows"].isChecked()
        window.actions_by_name["wide_flows"].trigger()
        qtbot.waitUntil(lambda: not window.flows.is_wide)

    def test_swapped_sides(self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot) -> None:
        open_in(window, sample("http"))
        client = window.workspace.analysis.flow.client
        window.actions_by_name["swap"].trigger()
        qtbot.waitUntil(lambda: window.workspace.analysis.flow.server == client)
        assert window.workspace.flows.server_of(0) == client


class TestPacket:
    @pytest.fixture
    def opened(self, window: MainWindow, open_in: Open, sample: Sample) -> MainWindow:
        return open_in(window, sample("http"))

    def number(self, window: MainWindow, row: int) -> int:
        return int(window.workspace.analysis.segments.packet[row]) + 1

    def test_selecting_an_arrow_shows_its_packet(self, opened: MainWindow) -> None:
        opened.ladder.select_row(3)
        assert opened.inspector.packet.packet + 1 == self.number(opened, 3)
        assert opened.inspector.title_text == f"Packet #{self.number(opened, 3)}"

    def test_a_field_lights_its_bytes(self, opened: MainWindow) -> None:
        opened.ladder.select_row(3)
        opened.inspector.tree.select_path(("TCP", "Source Port"))
        lit = opened.inspector.hex.lit
        tcp = opened.inspector.packet.layers[-1].dissection.header.start
        assert (lit.start, lit.end) == (tcp, tcp + 2)

    def test_a_byte_selects_its_field(self, opened: MainWindow) -> None:
        opened.ladder.select_row(3)
        tcp = opened.inspector.packet.layers[-1].dissection.header.start
        opened.inspector.hex.byte_clicked.emit(tcp + 3)
        assert opened.inspector.tree.path() == ("TCP", "Destination Port")

    def test_a_box_shows_its_fields(self, opened: MainWindow) -> None:
        opened.ladder.select_row(3)
        opened.inspector.boxes.layer_clicked.emit(1)
        assert opened.inspector.tree.path() == (opened.inspector.packet.layers[1].dissection.protocol,)
        assert opened.inspector.tree.isVisible()

    def test_the_payloads_box_lights_its_bytes(self, opened: MainWindow) -> None:
        opened.ladder.select_row(3)
        layers = opened.inspector.packet.layers
        opened.inspector.boxes.layer_clicked.emit(len(layers))
        assert opened.inspector.hex.lit == layers[-1].dissection.payload

    def test_raw_numbers(self, opened: MainWindow) -> None:
        opened.ladder.select_row(3)
        relative = opened.inspector.math.body.toPlainText()
        opened.actions_by_name["raw_numbers"].trigger()
        assert opened.inspector.math.body.toPlainText() != relative

    def test_a_packet_in_the_arithmetic_is_a_link(self, opened: MainWindow) -> None:
        opened.ladder.select_row(3)
        opened.inspector.math.packet_clicked.emit(self.number(opened, 1))
        assert opened.workspace.row == 1

    def test_go_to_packet_of_this_flow(self, opened: MainWindow) -> None:
        opened.go_to_packet(self.number(opened, 5) - 1)
        assert opened.workspace.row == 5

    def test_go_to_packet_of_another_flow(
        self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot
    ) -> None:
        open_in(window, sample("reset"))
        flows = window.workspace.capture.flows
        packet = int(flows.flow(2).packets[1])
        window.go_to_packet(packet)
        qtbot.waitUntil(lambda: window.workspace.row == 1)
        assert window.workspace.analysis.flow.id == 2

    def test_go_to_packet_of_no_flow(self, opened: MainWindow) -> None:
        other = int((opened.workspace.capture.packets.flow < 0).argmax())
        opened.go_to_packet(other)
        assert opened.statusBar().currentMessage() == f"Packet #{other + 1} is in no TCP flow"

    def test_display_filter(self, opened: MainWindow) -> None:
        opened.ladder.select_row(0)
        opened.actions_by_name["copy_filter"].trigger()
        number = self.number(opened, 0)
        assert QGuiApplication.clipboard().text() == f"tcp.stream eq 0 && frame.number == {number}"

    def test_display_filter_of_a_message_has_all_its_packets(
        self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot
    ) -> None:
        opened = open_in(window, sample("http"))
        qtbot.waitUntil(lambda: opened.workspace.reading is not None)
        longest = max(opened.workspace.reading.messages.messages, key=lambda message: len(message.span))
        rows = opened.workspace.reading.messages.rows_of(longest)
        assert len(rows) > 1
        opened.workspace.set_row(int(rows[-1]))
        qtbot.waitUntil(lambda: opened.workspace.chosen is not None)
        opened.actions_by_name["copy_filter"].trigger()
        first, last = self.number(opened, int(rows[0])), self.number(opened, int(rows[-1]))
        assert f"{{{first}" in QGuiApplication.clipboard().text()
        assert f"{last}}}" in QGuiApplication.clipboard().text()

    def test_copied_text_names_the_packet(self, opened: MainWindow) -> None:
        opened.ladder.select_row(0)
        opened.actions_by_name["copy_text"].trigger()
        assert f"{self.number(opened, 0)}" in QGuiApplication.clipboard().text()

    def test_actions_on_a_packet_need_one(self, opened: MainWindow) -> None:
        assert not opened.actions_by_name["copy_text"].isEnabled()
        opened.ladder.select_row(0)
        assert opened.actions_by_name["copy_text"].isEnabled()


class TestProblems:
    def test_next_problem(self, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("loss"))
        window.actions_by_name["next_problem"].trigger()
        row = window.workspace.row
        assert window.workspace.analysis.tcp.verdicts[row]
        assert window.inspector.why.isVisibleTo(window.inspector)

    def test_no_problem_is_said(self, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("ipv6"))
        window.actions_by_name["next_problem"].trigger()
        assert window.statusBar().currentMessage() == "No further problem in this flow"


class TestView:
    def test_axis_by_action_and_by_key_agree(self, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("http"))
        window.actions_by_name["axis_time"].trigger()
        assert window.workspace.axis == "time"
        QTest.keyClick(window.ladder, Qt.Key.Key_A)
        assert window.actions_by_name[f"axis_{window.workspace.axis}"].isChecked()
        assert window.workspace.axis != "time"

    def test_theme_by_action(self, windows: Windows, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("http"))
        window.actions_by_name["theme_dark"].trigger()
        assert window.workspace.theme.name == "dark"
        window.grab()
        window.actions_by_name["theme_light"].trigger()
        assert window.workspace.theme.name == "light"

    def test_export_begins_with_what_is_shown(
        self, window: MainWindow, open_in: Open, sample: Sample, tmp_path: Path, qtbot: QtBot
    ) -> None:
        open_in(window, sample("http"))
        window.workspace.set_axis("compressed")
        window.go_to_packet(1)
        dialog = window.take_away.export(window.ladder)
        assert dialog is not None
        assert dialog.options.wish().axis == "compressed"
        dialog.options.set_format(".svg")
        dialog.export_to(str(tmp_path / "ladder.svg"))
        qtbot.waitUntil(lambda: not window.background.is_busy("export"), timeout=10_000)
        assert (tmp_path / "ladder.svg").read_text(encoding="utf-8").startswith("<")
        assert window.statusBar().currentMessage() == "Exported ladder.svg"

    def test_the_ladder_is_copied_as_text(
        self, window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot
    ) -> None:
        open_in(window, sample("http"))
        window.actions_by_name["copy_ladder"].trigger()
        qtbot.waitUntil(lambda: not window.background.is_busy("export copy"), timeout=10_000)
        assert "GET /" in QGuiApplication.clipboard().text()

    @pytest.mark.parametrize("size", [(1280, 720), (1680, 1050)])
    def test_every_tool_is_on_the_toolbar(
        self, window: MainWindow, open_in: Open, sample: Sample, size: tuple[int, int], qtbot: QtBot
    ) -> None:
        open_in(window, sample("http"))
        window.resize(*size)
        extension = window.findChild(QToolButton, "qt_toolbar_ext_button")
        qtbot.wait(20)
        assert not extension.isVisible()

    def test_layout_is_remembered(self, windows: Windows, window: MainWindow, open_in: Open, sample: Sample) -> None:
        open_in(window, sample("http"))
        window.resize(1200, 640)
        window.panels.setSizes([300, 500, 400])
        widths = window.panels.sizes()
        window.close()
        again = open_in(windows.new(), sample("http"))
        assert again.height() == 640
        again.resize(1200, 640)
        assert again.panels.sizes() == widths


def test_every_tool_has_a_name(window: MainWindow) -> None:
    ours = [
        button
        for button in window.findChildren(QToolButton)
        if not button.objectName().startswith("qt_") and not isinstance(button.parent(), QLineEdit)
    ]
    nameless = [button for button in ours if not (button.accessibleName() or button.text())]
    assert nameless == []


def test_no_two_actions_have_the_same_key() -> None:
    from ladderview.ui.actions import ACTIONS, sequences

    keys = [key.toString() for entry in ACTIONS.values() for key in sequences(entry.keys)]
    assert sorted(keys) == sorted(set(keys))


def test_loading_never_holds_the_window(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    """A timer of 5 ms beats while 600 000 packets are read, counted and analysed; the longest gap is the measure."""
    path = captures.long_pcap(tmp_path / "long.pcap", 600_000)
    beats: list[float] = []
    heart = QTimer()
    heart.setInterval(5)
    heart.timeout.connect(lambda: beats.append(time.perf_counter()))
    heart.start()
    qtbot.wait(50)
    beats.clear()
    window.open_path(str(path))
    qtbot.waitUntil(lambda: window.workspace.analysis is not None, timeout=60_000)
    qtbot.waitUntil(lambda: not window.background.is_busy("problems"), timeout=60_000)
    heart.stop()
    longest, whole = max(after - before for before, after in pairwise(beats)), beats[-1] - beats[0]
    print(f"longest gap {longest * 1000:.0f} ms of {whole * 1000:.0f} ms")
    # The promise is 50 ms, on a machine that does nothing else. What a busy one can be held to is that the work was
    # not done between two beats.
    assert longest < max(0.05, 0.3 * whole)
