"""A scenario in the window: the picture follows its text, mistakes are marked, nothing that was written is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QToolTip
from pytestqt.qtbot import QtBot

from ladderview.capture.capture import open_capture
from ladderview.resources import resource_path
from ladderview.ui.app import Windows
from ladderview.ui.main_window import INSPECTOR_PX, MainWindow
from ladderview.ui.scenario_editor import ScenarioEditor

TEXT = "title Two\nopen\nclient sends 5 bytes\n"
Open = Callable[..., MainWindow]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "two.scenario"
    path.write_text(TEXT)
    return path


@pytest.fixture(autouse=True)
def _nothing_is_asked_at_the_end(windows: Windows) -> Iterator[None]:
    """What a test has written is thrown away with its window."""
    yield
    for window in windows.all:
        window.scenario_editor.was_saved("")


@pytest.fixture
def opened(window: MainWindow, open_in: Open, path: Path) -> MainWindow:
    """A window with the scenario in it."""
    return open_in(window, str(path))


def write(window: MainWindow, text: str) -> None:
    window.scenario_editor.text.setPlainText(text)
    window.scenario_editor.text.document().setModified(True)


def packets(window: MainWindow) -> int:
    assert window.workspace.capture is not None
    return len(window.workspace.capture.packets)


def test_a_scenario_is_shown_beside_its_ladder(opened: MainWindow) -> None:
    assert opened.scenario_editor.isVisible()
    assert opened.scenario_editor.text.toPlainText() == TEXT
    assert opened.ladder.plan is not None
    assert packets(opened) == 5


def test_a_capture_has_no_text(window: MainWindow, open_in: Open, sample: Callable[[str], str]) -> None:
    open_in(window, sample("http"))
    assert not window.scenario_editor.isVisible()
    assert not window.actions_by_name["save_capture"].isEnabled()
    window.close()
    assert not window.findChildren(QMessageBox)


def test_another_theme_is_no_change_of_the_text(opened: MainWindow) -> None:
    opened.actions_by_name["toggle_theme"].trigger()
    assert not opened.scenario_editor.is_modified


def test_raw_numbers_are_those_of_the_textbook(window: MainWindow, open_in: Open, qtbot: QtBot) -> None:
    open_in(window, str(resource_path("scenarios", "textbook.scenario")))
    assert window.ladder.plan is not None
    assert str(window.ladder.plan.label(11)).startswith("[FIN, ACK] Seq=105 Ack=436")
    assert window.player.log.model_of_lines.line(11)[1].endswith("(FIN, Seq = 105); it can still receive")
    window.actions_by_name["raw_numbers"].trigger()
    assert str(window.ladder.plan.label(11)).startswith("[FIN, ACK] Seq=36 Ack=16")


def test_the_picture_follows_the_text(opened: MainWindow, qtbot: QtBot) -> None:
    write(opened, f"{TEXT}client closes\n")
    qtbot.waitUntil(lambda: packets(opened) == 9, timeout=20_000)
    qtbot.waitUntil(lambda: opened.ladder.plan is not None, timeout=20_000)


def test_the_selected_packet_stays_selected(opened: MainWindow, qtbot: QtBot) -> None:
    opened.workspace.set_row(3)
    write(opened, f"{TEXT}client closes\n")
    qtbot.waitUntil(lambda: packets(opened) == 9 and opened.workspace.row == 3, timeout=20_000)


def test_a_mistake_is_marked_and_the_picture_stays(opened: MainWindow, qtbot: QtBot) -> None:
    write(opened, "open\nclient sands 5 bytes\n")
    text = opened.scenario_editor.text
    qtbot.waitUntil(lambda: bool(text.extraSelections()), timeout=20_000)
    assert text.extraSelections()[0].cursor.selectedText() == "sands"
    assert packets(opened) == 5
    assert text.mistake_at(13) is text.mistakes[0]
    assert text.mistake_at(3) is None


def test_a_mended_mistake_is_marked_no_more(opened: MainWindow, qtbot: QtBot) -> None:
    text = opened.scenario_editor.text
    write(opened, "opne\n")
    qtbot.waitUntil(lambda: bool(text.mistakes), timeout=20_000)
    write(opened, TEXT)
    qtbot.waitUntil(lambda: not text.mistakes, timeout=20_000)


def test_a_mistake_that_only_playing_finds_is_marked(opened: MainWindow, qtbot: QtBot) -> None:
    write(opened, "client sends 5 bytes\n")
    qtbot.waitUntil(lambda: bool(opened.scenario_editor.text.mistakes), timeout=20_000)
    assert "comes first" in opened.scenario_editor.text.mistakes[0].message


def test_a_line_that_ends_too_early_is_marked_at_its_end(qtbot: QtBot) -> None:
    from ladderview.capture.scenario.reader import read_with_mistakes

    editor = ScenarioEditor()
    qtbot.addWidget(editor)
    editor.load("x", "client sends 5\n\nopen\n")
    editor.set_mistakes(read_with_mistakes("client sends 5\n\nopen\n")[1])
    assert editor.text.extraSelections()[0].cursor.selectedText() == "5"


def test_the_tooltip_says_what_is_wrong(opened: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda where, what, widget: said.append(what))
    text = opened.scenario_editor.text
    write(opened, "opne <b>\n")
    qtbot.waitUntil(lambda: bool(text.mistakes), timeout=20_000)
    spot = text.cursorRect(text.place_of(text.mistakes[0])).center() - QPoint(4, 0)
    QApplication.sendEvent(text.viewport(), QHelpEvent(QEvent.Type.ToolTip, spot, text.viewport().mapToGlobal(spot)))
    assert "did you mean open?" in said[0]
    assert "<" not in said[0]


def test_a_scenario_with_mistakes_opens_to_be_mended(window: MainWindow, path: Path, qtbot: QtBot) -> None:
    path.write_text("opne\n")
    window.open_path(str(path))
    text = window.scenario_editor.text
    qtbot.waitUntil(lambda: bool(text.mistakes), timeout=20_000)
    assert text.toPlainText() == "opne\n"
    assert not window.findChildren(QMessageBox)
    write(window, TEXT)
    qtbot.waitUntil(lambda: packets(window) == 5, timeout=20_000)


def test_save_writes_the_file(opened: MainWindow, path: Path) -> None:
    write(opened, f"{TEXT}client closes\n")
    opened.actions_by_name["save_scenario"].trigger()
    assert path.read_text() == f"{TEXT}client closes\n"
    assert not opened.scenario_editor.is_modified
    assert list(path.parent.glob(".*")) == []


def test_a_lesson_that_comes_with_the_program_is_saved_elsewhere(
    window: MainWindow, open_in: Open, qtbot: QtBot
) -> None:
    lesson = resource_path("scenarios", "loss.scenario")
    before = lesson.read_bytes()
    open_in(window, str(lesson))
    write(window, TEXT)
    window.scenario.save()
    (dialog,) = window.findChildren(QFileDialog)
    dialog.reject()
    assert lesson.read_bytes() == before
    assert window.scenario_editor.is_modified
    window.scenario_editor.was_saved("x")


def test_the_capture_is_saved_as_it_is_shown(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(opened.scenario.saving.said) as said:
        opened.scenario.save_capture_to(str(tmp_path / "two.pcapng"))
    assert said.args[0].startswith("Saved two.pcapng, ")
    saved = open_capture(tmp_path / "two.pcapng")
    assert opened.workspace.capture is not None
    assert [saved.packet_bytes(row) for row in range(5)] == [
        opened.workspace.capture.packet_bytes(row) for row in range(5)
    ]


def test_a_window_asks_before_text_is_lost(opened: MainWindow, path: Path, qtbot: QtBot) -> None:
    write(opened, f"{TEXT}client closes\n")
    opened.close()
    assert opened.isVisible()
    (box,) = opened.findChildren(QMessageBox)
    with qtbot.waitSignal(opened.closed):
        box.button(QMessageBox.StandardButton.Save).click()
    assert path.read_text().endswith("client closes\n")


def test_a_window_may_be_closed_without_saving(opened: MainWindow, path: Path, qtbot: QtBot) -> None:
    write(opened, "gone")
    opened.close()
    (box,) = opened.findChildren(QMessageBox)
    with qtbot.waitSignal(opened.closed):
        box.button(QMessageBox.StandardButton.Discard).click()
    assert path.read_text() == TEXT


def test_a_new_scenario_is_a_file_with_something_in_it(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window.actions_by_name["new_scenario"].trigger()
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "mine.scenario"))
    dialog.reject()
    qtbot.waitUntil(lambda: window.workspace.analysis is not None, timeout=20_000)
    assert not window.scenario_editor.text.mistakes
    assert packets(window) > 10


def test_the_text_takes_its_room_from_the_ladder(opened: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: opened.panels.sizes()[0] >= 400, timeout=20_000)
    ladder, inspector = opened.panels.sizes()[1:]
    assert inspector >= min(INSPECTOR_PX, opened.inspector.sizeHint().width())
    assert ladder >= 380
