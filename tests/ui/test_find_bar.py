"""Finding in the ladder: what is typed, how many there are, and going from one to the next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ladderview.ui.find_bar import FindBar
from ladderview.ui.main_window import MainWindow


@pytest.fixture
def bar(window: MainWindow, open_in: Callable[..., MainWindow], sample: Callable[[str], str], qtbot: QtBot) -> FindBar:
    open_in(window, sample("loss"))
    qtbot.waitUntil(lambda: window.workspace.reading is not None, timeout=10_000)
    made = FindBar(window.workspace)
    qtbot.addWidget(made)
    made.found.connect(window.workspace.set_row)
    made.ask()
    return made


def type_in(bar: FindBar, qtbot: QtBot, text: str) -> None:
    bar.box.clear()
    qtbot.keyClicks(bar.box, text)
    qtbot.waitUntil(lambda: not bar._timer.isActive(), timeout=2000)


def test_enter_goes_round(bar: FindBar, qtbot: QtBot) -> None:
    type_in(bar, qtbot, "problem:retrans")
    assert bar._said.text() == "3 found"
    visited = []
    for _ in range(4):
        qtbot.keyClick(bar.box, Qt.Key.Key_Return)
        visited.append((bar._workspace.row, bar._said.text()))
    assert visited == [(60, "1 of 3"), (130, "2 of 3"), (131, "3 of 3"), (60, "1 of 3")]


def test_shift_enter_goes_back(bar: FindBar, qtbot: QtBot) -> None:
    type_in(bar, qtbot, "problem:retrans")
    qtbot.keyClick(bar.box, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert bar._workspace.row == 131


@pytest.mark.parametrize(("text", "said"), [("teapot", "nothing found"), ("colour:1", "is not a field"), ("", "")])
def test_what_is_said(bar: FindBar, qtbot: QtBot, text: str, said: str) -> None:
    type_in(bar, qtbot, text)
    assert said in bar._said.text()


def test_escape_closes(bar: FindBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.closed):
        qtbot.keyClick(bar.box, Qt.Key.Key_Escape)
    assert not bar.isVisible()
