"""Nothing that is masked stands anywhere in a window, and the same walk finds it where nothing is masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from ladderview.analysis.masking import MASK_KINDS
from ladderview.analysis.steps import LEVELS
from ladderview.ladder.shapes import Arrow, Phrase, Text
from ladderview.ui.inspector.layer_boxes import LayerBoxes
from ladderview.ui.ladder_view import LadderView
from ladderview.ui.main_window import MainWindow
from ladderview.ui.masks import MaskDialog
from tests.render import originals

EVERYTHING = frozenset(MASK_KINDS)
#: TLS with names, HTTP with cookies and credentials, HTTP/2, IPv6, WebSocket, a certificate of a client.
WALKED = ("https-tls13", "http", "http2", "ipv6", "websocket", "https-tls12-client-certificate")
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.StatusTipRole,
)


def ladder_words(ladder: LadderView) -> Iterator[str]:
    """What a ladder shows, and what it tells who rests on an arrow."""
    if ladder.plan is None:
        return
    for shape in ladder.current_drawing()[0].shapes:
        if isinstance(shape, Text):
            yield shape.text
        elif isinstance(shape, Phrase):
            yield from (run.text for run in shape.runs)
        elif isinstance(shape, Arrow):
            yield shape.title
    yield from map(ladder.row_tooltip, range(len(ladder.plan)))


def model_words(model: QAbstractItemModel, parent: QModelIndex | None = None) -> Iterator[str]:
    """What an item model tells."""
    above = parent if parent is not None else QModelIndex()
    for row in range(model.rowCount(above)):
        for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(above)):
            index = model.index(row, column, above)
            yield from (str(index.data(role)) for role in ROLES if index.data(role))
            if column == 0:
                yield from model_words(model, index)


def widget_words(widget: QWidget) -> Iterator[str]:
    """What one widget tells."""
    yield from (widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis())
    yield from (widget.accessibleName(), widget.accessibleDescription())
    if isinstance(widget, (QLabel, QLineEdit, QAbstractButton)):
        yield widget.text()
    if isinstance(widget, (QTextEdit, QPlainTextEdit)):
        yield widget.document().toPlainText()
    if isinstance(widget, QComboBox):
        yield from map(widget.itemText, range(widget.count()))
    if isinstance(widget, QTabBar):
        yield from map(widget.tabText, range(widget.count()))
    if isinstance(widget, QAbstractItemView):
        yield from model_words(widget.model())
    if isinstance(widget, LadderView):
        yield from ladder_words(widget)
    if isinstance(widget, LayerBoxes):
        yield from map(repr, widget._layers)
        yield from map(widget._tip, range(len(widget._layers)))
    for action in (*widget.actions(), *widget.findChildren(QAction)):
        yield from (action.text(), action.toolTip(), action.statusTip())


def all_words(qapp: QApplication) -> str:
    """Everything that can be read of all windows, whether it is in view or not."""
    said: list[str] = []
    for top in qapp.topLevelWidgets():
        for widget in (top, *top.findChildren(QWidget)):
            said += widget_words(widget)
    return "\n".join(said).lower()


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
        for step in range(0, len(window.ladder.plan), max(1, len(window.ladder.plan) // 7)):
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
    sample: Callable[[str], str],
    qtbot: QtBot,
    qapp: QApplication,
    name: str,
) -> None:
    window.resize(1500, 1000)
    open_in(window, sample(name))
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
