from __future__ import annotations

from pytestqt.qtbot import QtBot

from ladderview.ui.app import Windows
from ladderview.ui.main_window import MainWindow
from ladderview.ui.tool_bar import ToolBar


def test_another_theme_leaves_the_toolbar_as_large_as_it_was(
    windows: Windows, window: MainWindow, qtbot: QtBot
) -> None:
    bar = window.findChild(ToolBar)
    assert bar is not None
    before = bar.sizeHint()
    windows.appearance.choose("dark" if windows.appearance.theme.name == "light" else "light")
    qtbot.wait(50)
    assert bar.sizeHint() == before
