"""Nothing that is masked stands anywhere in a window, and the same walk finds it where nothing is masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ladderview.analysis.masking import MASK_KINDS
from ladderview.analysis.steps import LEVELS
from ladderview.capture.capture import open_scenario
from ladderview.capture.packets_again import saved_packets
from ladderview.capture.save import write_pcapng
from ladderview.ladder.annotations import AnchorPoint, Annotation, Kind
from ladderview.progress import no_progress
from ladderview.ui import loader
from ladderview.ui.follow_window import FollowWindow
from ladderview.ui.main_window import MainWindow
from ladderview.ui.masks import MaskDialog
from ladderview.ui.several import SeveralWindow
from ladderview.ui.speaker_view import SpeakerView
from tests.render import originals
from tests.ui.words import all_words, ladder_words, model_words, widget_words

EVERYTHING = frozenset(MASK_KINDS)

#: Two connections with all that is masked: names that only a flow tells, cookies, credentials, bodies, a certificate.
SECRETS = """\
client  10.9.8.7:50111
server  203.0.113.77:8080
open
client requests GET /login
  Host: app.internal.example
  Cookie: sid=0123456789abcdef; a=b
  Authorization: Basic dXNlcjpwYXNzd29yZA==
server responds 200 with "the body of the first connection"
  Set-Cookie: token=fedcba987654; Path=/
client closes
connection
open
client requests GET https://second.internal.example/x
  Host: second.internal.example
  Cookie: other=aaaabbbbcccc
server responds 302 with "the body of the second connection"
  Location: https://third.internal.example/y
client closes
"""

#: TLS with names and a certificate, HTTP/2, IPv6, WebSocket, a certificate of a client, and the above.
WALKED = ("https-tls13", "http2", "ipv6", "websocket", "https-tls12-client-certificate", "secrets")


@pytest.fixture
def path_of(sample: Callable[[str], str], tmp_path: Path) -> Callable[[str], str]:
    """The path of a capture by its name."""

    def path(name: str) -> str:
        if name != "secrets":
            return sample(name)
        composed = open_scenario(SECRETS, "-", no_progress)
        write_pcapng(tmp_path / "capture.pcapng", saved_packets(composed), composed.secrets)
        return str(tmp_path / "capture.pcapng")

    return path


def originals_of(window: MainWindow) -> set[str]:
    """What nobody may find of the flow that is shown."""
    workspace = window.workspace
    assert workspace.capture is not None
    assert workspace.reading is not None
    reading = workspace.reading
    found = originals.texts(workspace.capture, reading.messages, reading.analysis.flow)
    return {original.decode("utf-8", "replace").lower() for original in found}


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until everything about what is shown is there."""
    qtbot.waitUntil(lambda: window.workspace.reading is not None, timeout=10_000)
    qtbot.waitUntil(lambda: not window.inspector.reader.is_busy and not window.ladder.is_planning, timeout=10_000)


def visit(window: MainWindow, qtbot: QtBot, qapp: QApplication) -> Iterator[str]:
    """Look at everything there is to look at; what can be read at each place."""
    window.inspector.tree.expandAll()
    for level in LEVELS:
        window.workspace.set_level(level)
        settle(window, qtbot)
        assert window.ladder.plan is not None
        for step in range(0, len(window.ladder.plan), max(1, len(window.ladder.plan) // 5)):
            window.ladder.select_step(step)
            settle(window, qtbot)
            yield all_words(qapp)
    window.find_bar.ask()
    window.find_bar.box.setText("http")
    window.find_bar.go(1)
    window.actions_by_name["follow"].trigger()
    presenter = window.present()
    assert presenter is not None
    presenter.toggle_details()
    presenter.speaker = SpeakerView(presenter, QGuiApplication.primaryScreen())
    for position in range(0, presenter.count, max(1, presenter.count // 4)):
        presenter.go(position)
        qtbot.waitUntil(lambda: not window.background.is_busy("presenter"), timeout=5_000)
        yield all_words(qapp)
    presenter.close()
    window.ask_for_flows()
    recent = window.submenus["Open Recent"]
    recent.aboutToShow.emit()
    qtbot.wait(20)
    yield all_words(qapp)


@pytest.fixture
def opened(
    window: MainWindow, open_in: Callable[..., MainWindow], sample: Callable[[str], str], qtbot: QtBot
) -> MainWindow:
    window.resize(1500, 900)
    open_in(window, sample("https-tls13"))
    settle(window, qtbot)
    return window


@pytest.mark.parametrize("name", WALKED)
def test_no_original_is_in_any_widget_and_without_masks_they_are(
    window: MainWindow,
    open_in: Callable[..., MainWindow],
    path_of: Callable[[str], str],
    qtbot: QtBot,
    qapp: QApplication,
    name: str,
) -> None:
    window.resize(1500, 1000)
    open_in(window, path_of(name))
    settle(window, qtbot)
    secret = originals_of(window)
    assert secret
    window.workspace.set_masks(EVERYTHING)
    for words in visit(window, qtbot, qapp):
        assert not {original for original in secret if original in words}
    window.workspace.set_masks(frozenset())
    found: set[str] = set()
    for words in visit(window, qtbot, qapp):
        found |= {original for original in secret if original in words}
    assert found == secret


def test_the_window_looks_as_it_does_without_masks(opened: MainWindow) -> None:
    before = opened.windowTitle()
    opened.workspace.set_masks(EVERYTHING)
    for part in (opened.flows, opened.inspector, opened.player):
        assert part.isVisible()
    assert opened.windowTitle() != before
    assert opened.actions_by_name["redact"].isChecked()
    opened.actions_by_name["redact"].trigger()
    assert opened.windowTitle() == before
    assert not opened.actions_by_name["redact"].isChecked()


def test_the_same_original_has_the_same_word_in_every_view(opened: MainWindow) -> None:
    opened.workspace.set_masks(EVERYTHING)
    opened.ladder.select_step(0)
    plan, flows = opened.ladder.plan, opened.workspace.shown_flows
    assert plan is not None
    assert flows is not None
    assert [lane.address for lane in plan.lanes] == [str(flows.client_of(0)), str(flows.server_of(0))]
    assert flows.host_of(0) == plan.lanes[1].host == "host-1"
    assert "client-1" in "\n".join(model_words(opened.inspector.tree.model()))


def test_a_filter_finds_what_is_shown_and_confirms_nothing(opened: MainWindow) -> None:
    workspace, model, box = opened.workspace, opened.flows.model, opened.filter_box
    box.setText("host:10.20.0.7")
    workspace.set_filter_text("host:10.20.0.7")
    assert model.rowCount() == 1
    workspace.set_masks(EVERYTHING)
    assert box.text() == "host:client-1"  # what was typed before is masked with the rest
    assert model.rowCount() == 1
    for guess, rows in (("10.20.0.7", 0), ("www.example.org", 0), ("port:443", 0), ("host-1", 1), ("port-2", 1)):
        workspace.set_filter_text(guess)
        assert model.rowCount() == rows


def test_a_filter_comes_back_as_it_was_typed(opened: MainWindow) -> None:
    opened.filter_box.setText("10.20.0.7")
    opened.workspace.set_masks(EVERYTHING)
    assert opened.filter_box.text() == opened.workspace.filter_text == "client-1"
    opened.workspace.set_masks(frozenset())
    assert opened.filter_box.text() == opened.workspace.filter_text == "10.20.0.7"


def test_a_search_finds_what_is_shown(opened: MainWindow) -> None:
    opened.workspace.set_masks(EVERYTHING)
    for text, said in (("www.example.org", "nothing found"), ("host-1", "found")):
        opened.find_bar.box.setText(text)
        opened.find_bar.ask()
        opened.find_bar._look()
        assert said in opened.find_bar._said.text()


def test_what_is_copied_is_masked(opened: MainWindow, qapp: QApplication, qtbot: QtBot) -> None:
    secret = originals_of(opened)
    opened.ladder.select_step(1)
    settle(opened, qtbot)
    opened.workspace.set_masks(EVERYTHING)
    settle(opened, qtbot)
    copied = []
    for name in ("copy_text", "copy_filter"):
        opened.actions_by_name[name].trigger()
        copied.append(qapp.clipboard().text())
    tree = opened.inspector.tree
    for index in tree._indices():
        menu = tree.menu_for(index)
        for action in menu.actions() if menu is not None else ():
            action.trigger()
            copied.append(qapp.clipboard().text())
    copied.append(opened.player.log.whole_text())
    assert len(copied) > 50
    assert "client-1" in copied[0]
    assert not {original for original in secret for text in copied if original in text.lower()}
    assert not [text for text in copied if "443" in text or "50944" in text]


def test_what_is_taken_away_is_masked_as_the_window_is(opened: MainWindow) -> None:
    opened.workspace.set_masks(EVERYTHING)
    assert opened.take_away._start(opened.ladder).wish.masks == EVERYTHING


def test_the_dialog_lists_what_is_masked(opened: MainWindow, qtbot: QtBot) -> None:
    opened.actions_by_name["redact"].trigger()
    qtbot.waitUntil(lambda: bool(opened.findChildren(MaskDialog)), timeout=5_000)
    dialog = opened.findChildren(MaskDialog)[0]
    assert not opened.actions_by_name["redact"].isChecked()
    listed = {one.original: one.word for one in dialog.table.rows}
    assert listed["10.20.0.7"] == "client-1"
    assert listed["443"] == "port-2"
    assert listed["www.example.org"] == "host-1"
    assert dialog.boxes["addresses"].text() == "Addresses (2)"
    dialog.boxes["names"].setChecked(False)
    assert "www.example.org" not in [one.original for one in dialog.table.rows]
    dialog.accept()
    qtbot.waitUntil(lambda: opened.workspace.masks == EVERYTHING - {"names"}, timeout=5_000)


@pytest.fixture
def secrets(
    window: MainWindow, open_in: Callable[..., MainWindow], path_of: Callable[[str], str], qtbot: QtBot
) -> MainWindow:
    window.resize(1500, 900)
    open_in(window, path_of("secrets"))
    settle(window, qtbot)
    return window


class Watcher(QObject):
    """Reads whatever is painted, just before it is."""

    def __init__(self, qapp: QApplication, secret: set[str]) -> None:
        super().__init__()
        self._secret = secret
        self.seen: set[str] = set()
        self.painted: set[str] = set()
        qapp.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Look at the widget, and at those that it is the ground of."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            above = watched.parentWidget()
            for widget in (watched, above, above.parentWidget() if above is not None else None):
                if widget is not None:
                    self.painted.add(type(widget).__name__)
                    words = "\n".join(widget_words(widget)).lower()
                    self.seen |= {original for original in self._secret if original in words}
        return False


@pytest.fixture
def watch(qapp: QApplication) -> Iterator[Callable[[set[str]], Watcher]]:
    made: list[Watcher] = []

    def begin(secret: set[str]) -> Watcher:
        made.append(Watcher(qapp, secret))
        return made[-1]

    yield begin
    for watcher in made:
        qapp.removeEventFilter(watcher)


@pytest.mark.parametrize("preview_from", [0, 4000])
def test_no_original_is_painted_whatever_is_done(
    secrets: MainWindow,
    watch: Callable[[set[str]], Watcher],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    preview_from: int,
) -> None:
    """Another flow, another level, swapped sides, another filter, a note and its undoing, other keys."""
    monkeypatch.setattr(loader, "PREVIEW_FROM", preview_from)
    workspace = secrets.workspace
    secret = originals_of(secrets)
    workspace.set_flow_id(1)
    qtbot.waitUntil(lambda: workspace.analysis is not None and workspace.analysis.flow.id == 1, timeout=5_000)
    settle(secrets, qtbot)
    secret |= originals_of(secrets)
    assert {"second.internal.example", "other=aaaabbbbcccc", "10.9.8.7"} <= secret
    secrets.ladder.select_step(3)
    settle(secrets, qtbot)
    workspace.set_masks(EVERYTHING)
    watcher = watch(secret)
    for flow in (0, 1, 0):
        workspace.set_flow_id(flow)
        qtbot.waitUntil(lambda flow=flow: secrets.ladder.plan is not None, timeout=5_000)
        settle(secrets, qtbot)
        secrets.ladder.select_step(3)
        settle(secrets, qtbot)
    for level in LEVELS:
        workspace.set_level(level)
        settle(secrets, qtbot)
        qtbot.wait(30)
    for _ in range(2):
        secrets.actions_by_name["swap"].trigger()
        qtbot.waitUntil(lambda: workspace.analysis is not None and workspace.reading is not None, timeout=5_000)
        settle(secrets, qtbot)
    workspace.set_filter_text("client-1")
    segments = workspace.analysis.segments if workspace.analysis is not None else None
    assert segments is not None
    anchor = AnchorPoint(0, int(segments.packet[0]), int(segments.ts_ns[0]))
    secrets.undo.change(None, Annotation("n", Kind.NOTE, (anchor,), text="10.9.8.7 asks app.internal.example"))
    workspace.set_annotation_id("n")
    qtbot.wait(30)
    secrets.undo.undo()
    qtbot.wait(30)
    assert {"LadderView", "LogView", "LayerBoxes", "QTableView"} <= watcher.painted
    assert not watcher.seen


def test_the_watcher_sees_what_is_painted(
    secrets: MainWindow, watch: Callable[[set[str]], Watcher], qtbot: QtBot
) -> None:
    watcher = watch(originals_of(secrets))
    secrets.workspace.set_flow_id(1)
    qtbot.wait(100)
    assert "10.9.8.7" in watcher.seen


def test_the_labels_of_the_canvas_are_masked(secrets: MainWindow) -> None:
    secrets.workspace.set_masks(EVERYTHING)
    words = "\n".join(ladder_words(secrets.ladder))
    assert "host-1" in words
    assert "client-1:port-1" in words
    assert "example" not in words


def test_a_text_with_masked_words_is_not_edited(secrets: MainWindow, qtbot: QtBot) -> None:
    analysis = secrets.workspace.analysis
    assert analysis is not None
    anchor = AnchorPoint(0, int(analysis.segments.packet[0]), int(analysis.segments.ts_ns[0]))
    for name, kind in (("n", Kind.NOTE), ("t", Kind.TITLE)):
        secrets.undo.change(None, Annotation(name, kind, (anchor,), text="from 10.9.8.7"))
    secrets.workspace.set_masks(EVERYTHING)
    secrets.workspace.set_annotation_id("n")
    card = secrets.annotation_card.text
    assert (card.toPlainText(), card.isReadOnly()) == ("from client-1", True)
    note = secrets.workspace.annotations.get("n")
    assert note is not None
    secrets.ladder_notes.edit_text(note, is_new=False)
    assert secrets.ladder_notes.editor is None
    secrets.title_strip.edit()
    assert secrets.title_strip.text() == "from client-1"
    assert "masked" in secrets.statusBar().currentMessage()
    secrets.workspace.set_masks(frozenset())
    assert (card.toPlainText(), card.isReadOnly()) == ("from 10.9.8.7", False)
    secrets.ladder_notes.edit_text(note, is_new=False)
    assert secrets.ladder_notes.editor is not None


def test_what_both_ends_say_is_hidden_meanwhile(secrets: MainWindow, qtbot: QtBot) -> None:
    secrets.follow_flow()
    follow = secrets.findChild(FollowWindow)
    qtbot.waitUntil(lambda: "GET /login" in follow.text.toPlainText(), timeout=5_000)
    secrets.workspace.set_masks(frozenset({"cookies"}))
    assert "hidden" in follow.text.toPlainText()
    assert not follow.save.isEnabled()
    secrets.workspace.set_masks(frozenset())
    qtbot.waitUntil(lambda: "GET /login" in follow.text.toPlainText(), timeout=5_000)


def test_bodies_are_read_where_only_addresses_are_masked(secrets: MainWindow, qtbot: QtBot) -> None:
    """Their bytes are not: nobody knows what stands in them."""
    assert secrets.ladder.plan is not None
    secrets.workspace.set_masks(frozenset({"addresses"}))
    secrets.ladder.select_step(4)
    settle(secrets, qtbot)
    content = secrets.inspector.content
    qtbot.waitUntil(lambda: content.found is not None, timeout=5_000)
    assert content.view.text.toPlainText() == "the body of the first connection"
    assert content.save.isHidden()
    assert "hidden" in content.view.hex.spoken()
    assert not content.view.hex._bytes.strip(b"\0")
    assert "hidden" in secrets.inspector.hex.spoken()
    secrets.workspace.set_masks(frozenset({"bodies"}))
    assert content.isHidden()  # until the masked one is there
    qtbot.waitUntil(lambda: not content.isHidden(), timeout=5_000)
    assert content.view.text.toPlainText() == "[masked]"


def test_several_flows_are_masked_with_what_all_of_them_say(secrets: MainWindow, qtbot: QtBot) -> None:
    secrets.show_several([0, 1])
    several = secrets.findChild(SeveralWindow)
    qtbot.waitUntil(lambda: several.ladder.plan is not None, timeout=5_000)
    plain = "\n".join(ladder_words(several.ladder))
    assert "second.internal.example" in plain
    assert "third.internal.example" not in plain
    secrets.workspace.set_masks(EVERYTHING)
    masked = "\n".join(ladder_words(several.ladder))
    assert "internal" not in masked
    assert "10.9.8.7" not in masked
    assert "host-2" in masked
    background = several._background
    several.close()
    background.wait()


def test_the_text_of_a_scenario_is_covered(
    window: MainWindow, open_in: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "db.internal.example.scenario").write_text(SECRETS, encoding="utf-8")
    open_in(window, str(tmp_path / "db.internal.example.scenario"))
    settle(window, qtbot)
    editor = window.scenario_editor
    assert editor.text.isVisible()
    window.workspace.set_masks(EVERYTHING)
    assert not editor.text.isVisible()
    assert editor._cover.isVisible()
    assert "internal" not in editor._title.text() + editor._title.toolTip() + window.windowTitle()
    window.workspace.set_masks(frozenset())
    assert editor.text.isVisible()
    assert not editor._cover.isVisible()
