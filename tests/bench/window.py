"""How does the window feel: how soon is something shown, and how long does it ever not answer?

``python -m tests.bench.window open CAPTURE`` and ``... click CAPTURE`` print seconds as JSON. They run in a process of
their own, on Qt's offscreen platform (raster, as without a graphics card).

Traps: what counts is what is painted, not what is known, so a moment is taken after the paint that follows a signal. A
heartbeat measures how long the event loop was held: by Qt's own work as well as by ours.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# The person's own settings must neither be read nor written.
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="ladderview-bench-")

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QAbstractItemView, QWidget

from ladderview.ui.app import SWITCH_INTERVAL_S, Windows, make_application
from ladderview.ui.ladder_canvas import LadderCanvas
from ladderview.ui.main_window import MainWindow

HEARTBEAT_MS = 2
LONGEST_WAIT_MS = 120_000


class Heartbeat(QObject):
    """Finds the longest time between two turns of the event loop."""

    def __init__(self) -> None:
        super().__init__()
        self._last = time.perf_counter()
        self.longest = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(HEARTBEAT_MS)

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last - HEARTBEAT_MS / 1000)
        self._last = now

    def reset(self) -> None:
        self._last = time.perf_counter()
        self.longest = 0.0


class Painted(QObject):
    """Tells when a widget has been painted in a state that is waited for."""

    def __init__(self, widget: QWidget, ready: Callable[[], bool], done: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget, self._ready, self._done = widget, ready, done
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint and self._ready():
            self._widget.removeEventFilter(self)
            QTimer.singleShot(0, self._done)
        return False


class Stopwatch:
    """Seconds from a start to named moments."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self.moments: dict[str, float] = {}

    def note(self, name: str) -> None:
        self.moments.setdefault(name, time.perf_counter() - self._began)

    def note_painted(
        self, name: str, widget: QWidget, ready: Callable[[], bool], loop: QEventLoop | None = None
    ) -> None:
        """Note the moment at which the widget has been painted in this state, and end the loop then."""

        def done() -> None:
            self.note(name)
            if loop is not None:
                loop.quit()

        Painted(widget, ready, done)


def wait(milliseconds: int) -> None:
    """Let the event loop turn for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def opened(window: MainWindow, path: str) -> dict[str, float]:
    """From the wish to open a capture to its flow list, and to its problems."""
    loop, heart, watch = QEventLoop(), Heartbeat(), Stopwatch()
    QTimer.singleShot(LONGEST_WAIT_MS, loop.quit)
    table = window.flows.findChild(QAbstractItemView)
    watch.note_painted("flow list", table.viewport(), lambda: table.model().rowCount() > 0, loop)
    heart.reset()
    worked = time.process_time()
    window.open_path(path)
    loop.exec()
    cpu = time.process_time() - worked
    while any(window.background.is_busy(job) for job in ("problems", "preview", "flow")):
        wait(5)
    watch.note("problems counted")
    wait(300)
    return {**watch.moments, "cpu": cpu, "longest hold": heart.longest}


def clicked(window: MainWindow) -> dict[str, float]:
    """From a click on the long flow to its first picture, to its verdicts, and to its messages."""
    while window.workspace.reading is None:
        wait(5)
    window.workspace.set_analysis(None)
    window.workspace.set_flow_id(-1)
    wait(300)
    loop, heart, watch = QEventLoop(), Heartbeat(), Stopwatch()
    QTimer.singleShot(LONGEST_WAIT_MS, loop.quit)
    # The view plans long flows behind the scenes; only its plan tells what the next frame will show.
    view, canvas = window.ladder, window.ladder.findChild(LadderCanvas).viewport()
    watch.note_painted("first picture", canvas, lambda: view.plan is not None)
    watch.note_painted("all verdicts", canvas, lambda: view.plan is not None and view.plan.tcp is not None, loop)
    heart.reset()
    worked = time.process_time()
    window.workspace.set_flow_id(0)
    loop.exec()
    cpu = time.process_time() - worked
    hold = heart.longest
    heart.reset()
    while window.workspace.reading is None:
        wait(5)
    watch.note("all messages")
    wait(300)
    return {**watch.moments, "cpu": cpu, "longest hold": hold, "hold while read": heart.longest}


def main() -> None:
    """Measure what the first argument names on the capture that the second names."""
    what, path = sys.argv[1:]
    application = make_application()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    window = Windows(application).new()
    window.resize(1680, 1050)
    wait(300)
    seconds = opened(window, path)
    if what == "click":
        seconds = clicked(window)
    print(json.dumps(seconds))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
