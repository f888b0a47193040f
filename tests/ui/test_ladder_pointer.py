"""What the pointer does in a ladder that is stepped through; the rest is tested with the view."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolTip
from pytestqt.qtbot import QtBot

from ladderview.ui.main_window import MainWindow


@pytest.fixture
def stepped(
    window: MainWindow, open_in: Callable[..., MainWindow], sample: Callable[[str], str], qtbot: QtBot
) -> MainWindow:
    open_in(window, sample("https-tls13"))
    qtbot.waitUntil(lambda: window.workspace.reading is not None, timeout=10_000)
    window.player.playback.go(3)
    return window


def place(window: MainWindow, step: int) -> QPoint:
    ladder = window.ladder
    assert ladder.plan is not None
    y = ladder.viewport.y_px(ladder.plan.axis.y_of(step))
    return QPoint(ladder.canvas.viewport().width() // 2, round(y * ladder.text_scale))


@pytest.mark.parametrize(("step", "pointed"), [(2, 2), (5, -1)])
def test_what_is_still_to_come_is_not_pointed_at(stepped: MainWindow, qtbot: QtBot, step: int, pointed: int) -> None:
    qtbot.mouseMove(stepped.ladder.canvas.viewport(), place(stepped, step))
    qtbot.waitUntil(lambda: stepped.ladder.marks.hovered == pointed, timeout=2000)


@pytest.mark.parametrize(("step", "told"), [(2, True), (5, False)])
def test_what_is_still_to_come_has_no_tooltip(
    stepped: MainWindow, monkeypatch: pytest.MonkeyPatch, step: int, told: bool
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda where, text, view: shown.append(text))
    at = place(stepped, step)
    stepped.ladder.canvas.asked.emit(float(at.x()), float(at.y()), QPoint(0, 0))
    assert bool(shown) is told


def test_a_click_goes_on_to_what_is_still_to_come(stepped: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(stepped.ladder.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place(stepped, 5))
    assert stepped.player.playback.position == 5
    assert stepped.ladder.selected_step == 5


def test_a_click_on_what_was_shown_leaves_the_player_where_it_is(stepped: MainWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(stepped.ladder.canvas.viewport(), Qt.MouseButton.LeftButton, pos=place(stepped, 1))
    assert (stepped.player.playback.position, stepped.ladder.selected_step) == (3, 1)
