"""The reading of a long flow is told at the foot of the window, and can be stopped and begun again there."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ladderview.progress import Progress
from ladderview.ui import flow_reader, reading_bar
from ladderview.ui.main_window import MainWindow


class SlowReading:
    """Takes the place of ``read_flow``: comes to a third, and goes on when it is let."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.stopped = threading.Event()
        self._read = flow_reader.read_flow

    def __call__(self, capture: object, analysis: object, keys: object, progress: Progress) -> object:
        try:
            while not self.go_on.wait(0.01):
                progress(1, 3)
        except BaseException:
            self.stopped.set()
            raise
        return self._read(capture, analysis, keys, progress)  # type: ignore[arg-type]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> SlowReading:
    reading = SlowReading()
    monkeypatch.setattr(flow_reader, "read_flow", reading)
    return reading


def test_a_long_reading_is_shown_stopped_and_begun_again(
    slow: SlowReading, window: MainWindow, sample: Callable[[str], str], qtbot: QtBot
) -> None:
    bar = window.reading_bar
    window.open_path(sample("http"))
    qtbot.waitUntil(lambda: bar.isVisible() and bar.percent.text() == "33 %")
    assert (bar.label.text(), bar.button.text(), bar.bar.value()) == ("Reading messages", "Cancel", 333)

    qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    assert slow.stopped.wait(5)
    assert bar.isVisible()
    assert (bar.label.text(), bar.button.text()) == ("Messages of this flow were not read", "Read")
    assert not bar.bar.isVisible()
    assert window.workspace.reading is None

    slow.go_on.set()
    qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.workspace.reading is not None)
    assert not bar.isVisible()


def test_another_flow_takes_the_offer_to_read_back(
    slow: SlowReading, window: MainWindow, sample: Callable[[str], str], qtbot: QtBot
) -> None:
    window.open_path(sample("http"))
    qtbot.waitUntil(window.reading_bar.isVisible)
    window.flow_reader.stop()
    slow.go_on.set()
    window.workspace.set_analysis(None)
    assert not window.reading_bar.isVisible()


def test_a_short_reading_is_not_shown(
    window: MainWindow, sample: Callable[[str], str], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    monkeypatch.setattr(reading_bar.ReadingBar, "showEvent", lambda bar, event: shown.append(event))
    window.open_path(sample("http"))
    qtbot.waitUntil(lambda: window.workspace.reading is not None)
    qtbot.wait(reading_bar.SHOWN_AFTER_MS + 50)
    assert shown == []
