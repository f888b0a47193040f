"""How did the window look last time? Its size and place and the widths of its panels, kept in the settings."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QSplitter

#: What a first window wants: the three panels side by side without crowding.
FIRST_SIZE = QSize(1440, 900)
FIRST_WIDTHS = (268, 800, 372)

#: The player with some lines of the log.
FIRST_LOG_PX = 132


def restore(window: QMainWindow, panels: QSplitter, work: QSplitter) -> None:
    """Give a new window the size of the last one, its panels their widths, and the log its height."""
    settings = QSettings()
    geometry, widths, heights = (settings.value(name) for name in ("geometry", "panels", "work"))
    if not (isinstance(geometry, QByteArray) and window.restoreGeometry(geometry)):
        screen = QGuiApplication.primaryScreen()
        room = screen.availableGeometry().size() if screen is not None else FIRST_SIZE
        window.resize(FIRST_SIZE.boundedTo(room))
    if not (isinstance(widths, QByteArray) and panels.restoreState(widths)):
        panels.setSizes(list(FIRST_WIDTHS))
    if not (isinstance(heights, QByteArray) and work.restoreState(heights)):
        work.setSizes([window.height() - FIRST_LOG_PX, FIRST_LOG_PX])
    # restoreState brings back what an earlier version of the program thought best for these.
    for splitter in (panels, work):
        splitter.setHandleWidth(1)
        splitter.setChildrenCollapsible(False)


def save(window: QMainWindow, panels: QSplitter, work: QSplitter) -> None:
    """Remember how this window looks; the last one closed counts."""
    settings = QSettings()
    settings.setValue("geometry", window.saveGeometry())
    settings.setValue("panels", panels.saveState())
    settings.setValue("work", work.saveState())
