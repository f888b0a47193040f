"""The program with windows: one ``QApplication``, its appearance, and the windows that are open."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QLocale, QObject, QPoint, QRect, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from ladderview import __version__
from ladderview.ui.crash import CrashReporter
from ladderview.ui.icons import app_icon
from ladderview.ui.main_window import MainWindow
from ladderview.ui.one_program import Listener, hand_over, is_private
from ladderview.ui.style import Appearance
from ladderview.ui.translation import speak

#: Seconds that a thread keeps Python to itself before it must offer it to the window: a fifth of Python's default,
#: so that a worker full of Python code does not hold a frame up.
SWITCH_INTERVAL_S = 0.001

#: How far a new window stands from the one before it, pixels.
CASCADE_PX = 28


class Application(QApplication):
    """Qt's application, which on macOS is told by an event which file was double-clicked.

    Signals:
        file_opened(str): the desktop asks for this path.
    """

    file_opened = Signal(str)

    # -- overridden from QApplication ------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Hear the desktop."""
        if isinstance(event, QFileOpenEvent):
            self.file_opened.emit(event.file())
            return True
        return super().event(event)


class Windows(QObject):
    """All windows of the program; each knows only itself."""

    def __init__(self, app: QApplication, keys: Sequence[str] = ()) -> None:
        """``keys`` are key files that every window uses."""
        super().__init__(app)
        self._keys = keys
        self.appearance = Appearance(app)
        self.all: list[MainWindow] = []

    def new(self) -> MainWindow:
        """Make an empty window and show it, a little below and beside the newest."""
        window = MainWindow(self.appearance)
        window.key_files.use(self._keys)
        window.open_elsewhere.connect(self.open)
        window.quit_asked.connect(self.close_all)
        window.closed.connect(self._on_closed)
        if self.all:
            window.move(beside(self.all[-1].frameGeometry(), self.all[-1].screen().availableGeometry()))
        self.all.append(window)
        window.show()
        return window

    def open(self, path: str, flow_id: int | None = None) -> None:
        """Open a capture in a window in which nothing is open, else in a new one."""
        window = next((window for window in self.all if window.is_empty), None)
        if window is None:
            beside = bool(self.all)
            window = self.new()
            window.is_spare = beside
        window.open_path(path, flow_id)
        window.activateWindow()

    def open_all(self, paths: Sequence[str], flow_id: int | None) -> None:
        """Open each of these captures, the first at this flow; without any, an empty window."""
        if not paths:
            self.new()
        for position, path in enumerate(paths):
            self.open(path, flow_id if position == 0 else None)

    def close_all(self) -> None:
        """Close every window; the program ends with the last."""
        for window in list(self.all):
            window.close()

    def _on_closed(self, window: MainWindow) -> None:
        if window in self.all:
            self.all.remove(window)


def beside(frame: QRect, room: QRect) -> QPoint:
    """Where a window goes that comes after one with this frame: no part of it may lie beyond the room of the screen."""
    moved = frame.translated(CASCADE_PX, CASCADE_PX)
    return moved.topLeft() if room.contains(moved) else room.topLeft()


def make_application() -> Application:
    """The application with its names and its icon; settings and themes hang on them."""
    QCoreApplication.setOrganizationName("ladderview")
    QCoreApplication.setApplicationName("ladderview")
    QCoreApplication.setApplicationVersion(__version__)
    app = Application(sys.argv[:1])
    app.setApplicationDisplayName("ladderview")
    app.setDesktopFileName("ladderview")
    app.setWindowIcon(app_icon())
    speak(app, QLocale())
    return app


def run(paths: Sequence[str], flow_id: int | None = None, keys: Sequence[str] = ()) -> int:
    """Open these captures, each in its own window (or an empty window), and stay until the last is closed.

    Returns the exit status. ``flow_id`` is the flow to select in the first, ``keys`` are key files for all of them.
    Where the program is running already (``one_program.hand_over``) nobody comes here, unless it began this moment.
    """
    app = make_application()
    listener = Listener(app)
    if not listener.listen() and not is_private(paths, keys) and hand_over(paths, flow_id):
        return 0
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    # Ctrl+C in the terminal ends the program as it ends any other; Qt's loop would not let Python see it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    CrashReporter(app).take_over()
    windows = Windows(app, keys)
    app.file_opened.connect(windows.open)
    listener.asked.connect(windows.open_all)
    windows.open_all(paths, flow_id)
    # What is there by now stays to the end: the collector need not look at it, nor hold the window up while it does.
    gc.freeze()
    return int(app.exec())
