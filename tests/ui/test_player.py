"""The player, the log and the ladder go together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ladderview.ui.main_window import MainWindow


@pytest.fixture
def https(
    window: MainWindow, open_in: Callable[..., MainWindow], sample: Callable[[str], str], qtbot: QtBot
) -> MainWindow:
    open_in(window, sample("https-tls13"))
    qtbot.waitUntil(lambda: len(window.workspace.keys.keylog) > 0, timeout=5000)
    qtbot.waitUntil(lambda: window.workspace.reading is not None, timeout=10_000)
    qtbot.waitUntil(lambda: len(window.player.playback) == 14, timeout=5000)
    return window


def test_steps_are_counted(https: MainWindow) -> None:
    bar = https.player.bar
    assert bar.where.text() == "step 14 of 14"
    https.actions_by_name["step_first"].trigger()
    https.actions_by_name["step_forward"].trigger()
    assert (bar.where.text(), bar.slider.value()) == ("step 2 of 14", 2)


def test_a_step_reveals_selects_and_tells(https: MainWindow) -> None:
    https.player.playback.go(7)
    assert https.ladder.selected_step == 7
    assert https.workspace.row == 10
    assert (https.player.log.current, https.player.log.revealed) == (7, 7)
    assert https.ladder._marks.revealed == 7


def test_all_are_shown_again(https: MainWindow) -> None:
    https.player.playback.go(3)
    https.actions_by_name["step_leave"].trigger()
    assert https.ladder._marks.revealed is None
    assert https.player.log.revealed is None


def test_the_slider_leads(https: MainWindow) -> None:
    https.player.bar.slider.setValue(5)
    assert https.ladder.selected_step == 4


def test_another_level_has_other_steps(https: MainWindow) -> None:
    https.player.playback.go(3)
    https.workspace.set_level("phases")
    assert https.player.bar.where.text() == "step 4 of 4"
    assert https.player.log.model_of_lines.line(1) == ("44.1 ms", "TLS handshake in 47.3 ms")


def test_selecting_an_arrow_points_out_its_line(https: MainWindow) -> None:
    https.ladder.select_step(9)
    assert https.player.log.current == 9


def test_a_line_of_the_log_leads_to_its_arrow(https: MainWindow, qtbot: QtBot) -> None:
    log = https.player.log
    index = log.model_of_lines.index(1)
    log.scrollTo(index)
    qtbot.mouseClick(log.viewport(), Qt.MouseButton.LeftButton, pos=log.visualRect(index).center())
    assert https.ladder.selected_step == 1


def test_p_plays_and_pauses(https: MainWindow, qtbot: QtBot) -> None:
    https.ladder.setFocus()
    qtbot.keyClick(https.ladder, Qt.Key.Key_P)
    assert https.player.playback.is_playing
    qtbot.waitUntil(lambda: https.player.playback.position == 1, timeout=5000)
    qtbot.keyClick(https.ladder, Qt.Key.Key_P)
    assert not https.player.playback.is_playing


def test_the_log_is_copied(https: MainWindow, qtbot: QtBot) -> None:
    https.actions_by_name["copy_log"].trigger()
    qtbot.waitUntil(lambda: not https.background.is_busy("log"), timeout=5000)
    lines = QApplication.clipboard().text().splitlines()
    assert len(lines) == 14
    assert lines[7] == "91.4 ms\tclient requests GET / over the encrypted connection (79 B)"


def test_the_log_is_saved(https: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    target = tmp_path / "log.txt"
    https.take_away.save_log_to(str(target), https.player.log.whole_text)
    qtbot.waitUntil(lambda: not https.background.is_busy("log"), timeout=5000)
    assert target.read_text(encoding="utf-8").count("\n") == 14


def test_the_log_can_be_hidden(https: MainWindow) -> None:
    https.actions_by_name["show_log"].trigger()
    assert not https.player.log.isVisible()
    assert not https.player.bar.log_button.isChecked()


def test_a_long_story_is_not_asked_for_line_by_line(https: MainWindow, qtbot: QtBot) -> None:
    log, asked = https.player.log, []
    log.set_story(300_000, lambda row: asked.append(row) or ("0 ms", f"line {row}"), "0 ms")  # type: ignore[func-returns-value]
    counted = []
    count_rows = log.model_of_lines.rowCount
    log.model_of_lines.rowCount = lambda *parent: counted.append(1) or count_rows(*parent)  # type: ignore[method-assign]
    log.scrollToBottom()
    log.viewport().repaint()
    assert 299_999 in asked
    assert len(asked) + len(counted) < 3000


def test_a_line_is_in_view_also_right_after_other_arrows_are_shown(https: MainWindow) -> None:
    https.workspace.set_level("segments")
    https.ladder.select_row(20)
    log = https.player.log
    assert log.viewport().rect().contains(log.visualRect(log.model_of_lines.index(20)).center())


def test_coming_steps_are_shown_or_hidden_as_the_person_chose(https: MainWindow) -> None:
    assert https.ladder.marks.coming
    https.player.bar.coming.trigger()
    assert not https.ladder.marks.coming
    assert QSettings().value("coming", True, bool) is False
