"""What the tests of windows share: the application, settings of their own, and a window that is cleaned away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings
from pytestqt.qtbot import QtBot

from ladderview.resources import resource_path
from ladderview.ui.app import Application, Windows
from ladderview.ui.background import Background
from ladderview.ui.main_window import MainWindow

#: What the offscreen platform says of every window that has a smallest size; it says nothing about the window.
OFFSCREEN_NOISE = r"This plugin does not support (propagateSizeHints|raise\(\)|grabbing the keyboard)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(OFFSCREEN_NOISE))


@pytest.fixture(autouse=True)
def _own_settings(tmp_path: Path) -> None:
    """No test reads or writes the settings of the person who runs it, or of another test."""
    QCoreApplication.setOrganizationName("ladderview-tests")
    QCoreApplication.setApplicationName("ladderview-tests")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))


@pytest.fixture
def windows(qapp: Application, qtbot: QtBot) -> Iterator[Windows]:
    """The program's windows; all are closed, and their threads ended, when the test ends."""
    made = Windows(qapp)
    yield made
    backgrounds = [window.background for window in made.all]
    made.close_all()
    for background in backgrounds:
        background.wait()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    qapp.setStyleSheet("")


@pytest.fixture
def window(windows: Windows, qtbot: QtBot) -> MainWindow:
    """One empty window of a size that a small laptop has."""
    made = windows.new()
    made.resize(1280, 720)
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    made.wait()


@pytest.fixture
def sample() -> Callable[[str], str]:
    """The path of a sample capture by its name without suffix."""
    return lambda name: str(resource_path("samples", f"{name}.pcapng"))


@pytest.fixture
def open_in(qtbot: QtBot) -> Callable[..., MainWindow]:
    """Opens a path in a window and waits until its flow is analysed."""

    def open_and_wait(window: MainWindow, path: str, flow_id: int | None = None) -> MainWindow:
        window.open_path(path, flow_id)
        qtbot.waitUntil(lambda: window.workspace.analysis is not None, timeout=10_000)
        qtbot.waitUntil(lambda: not window.background.is_busy("problems"), timeout=10_000)
        return window

    return open_and_wait
