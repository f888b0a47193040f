from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QUrl
from PySide6.QtGui import QFileOpenEvent
from pytestqt.qtbot import QtBot

from ladderview.ui.app import Application, Windows, beside

#: The program as it is started, which closes its windows by itself once they are shown.
RUN = """
import sys
from PySide6.QtCore import QTimer
from ladderview.ui import app

open_all = app.Windows.open_all

def open_and_close(self, paths, flow_id):
    open_all(self, paths, flow_id)
    for window in self.all:
        window.workspace.analysis_changed.connect(lambda: QTimer.singleShot(300, self.close_all))

app.Windows.open_all = open_and_close
sys.exit(app.run(sys.argv[1:], 1))
"""


def test_run_opens_and_ends_with_the_last_window(sample: Callable[[str], str], tmp_path: Path) -> None:
    environment = {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_CONFIG_HOME": str(tmp_path),
        "HOME": str(tmp_path),
        "DISPLAY": "test",
    }
    run = subprocess.run(
        [sys.executable, "-c", RUN, sample("reset")],
        capture_output=True,
        text=True,
        timeout=60,
        env=environment,
        check=False,
    )
    assert (run.returncode, run.stderr.replace("This plugin does not support propagateSizeHints()\n", "")) == (0, "")


def test_a_file_that_the_desktop_sends_is_opened(
    qapp: Application, windows: Windows, sample: Callable[[str], str], qtbot: QtBot
) -> None:
    """How macOS says which file was double-clicked: an event to the application, at its start or later."""
    qapp.file_opened.connect(windows.open)
    for name in ("reset", "http"):
        qapp.sendEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(sample(name))))
    qtbot.waitUntil(lambda: all(window.workspace.capture is not None for window in windows.all))
    assert [Path(window.workspace.capture.path).stem for window in windows.all] == ["reset", "http"]
    qapp.file_opened.disconnect(windows.open)


def test_an_annotation_file_opens_its_capture(
    windows: Windows, sample: Callable[[str], str], tmp_path: Path, qtbot: QtBot
) -> None:
    capture = tmp_path / "reset.pcapng"
    shutil.copyfile(sample("reset"), capture)
    windows.open_all([f"{capture}.ladder"], None)
    qtbot.waitUntil(lambda: windows.all[0].workspace.capture is not None)
    assert windows.all[0].workspace.capture.path == str(capture)


def test_without_paths_an_empty_window(windows: Windows) -> None:
    windows.open_all([], None)
    assert [window.is_empty for window in windows.all] == [True]


def test_each_path_gets_its_window(windows: Windows, sample: Callable[[str], str], qtbot: QtBot) -> None:
    windows.open_all([sample("reset"), sample("http")], 2)
    qtbot.waitUntil(lambda: all(window.workspace.analysis is not None for window in windows.all))
    assert [window.workspace.flow_id for window in windows.all] == [2, 0]


@pytest.mark.parametrize(
    ("frame", "place"),
    [
        (QRect(0, 30, 900, 700), QPoint(28, 58)),
        (QRect(90, 90, 900, 700), QPoint(0, 30)),  # a step further would be beyond the right edge
        (QRect(0, 90, 900, 700), QPoint(0, 30)),  # beyond the lower edge
        (QRect(0, 30, 1000, 800), QPoint(0, 30)),  # as large as the screen
    ],
)
def test_a_new_window_stays_on_the_screen(frame: QRect, place: QPoint) -> None:
    assert beside(frame, QRect(0, 30, 1000, 780)) == place


def test_close_all(windows: Windows, sample: Callable[[str], str]) -> None:
    windows.open_all([sample("reset"), sample("http")], None)
    windows.close_all()
    assert windows.all == []


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_theme_reaches_every_window(windows: Windows, name: str) -> None:
    first, second = windows.new(), windows.new()
    windows.appearance.choose(name)
    assert (first.workspace.theme.name, second.workspace.theme.name) == (name, name)
    windows.appearance.choose("light")
