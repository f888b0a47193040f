"""Where do the pictures in the README come from? From the program itself, with its samples; run this again.

.venv/bin/python packaging/screenshot.py [NAME ...]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# The pictures must not depend on the settings of whoever takes them.
os.environ["XDG_CONFIG_HOME"] = os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="ladderview-screenshot-")

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from ladderview.analysis.find import find
from ladderview.cli import main as command_line
from ladderview.resources import resource_path
from ladderview.ui.app import Windows, make_application
from ladderview.ui.main_window import MainWindow

WIDTH, HEIGHT = 1440, 900
SETTLE_S = 1.5


def select(window: MainWindow, words: str) -> None:
    """Select the first arrow that these words find."""
    workspace = window.workspace
    found = find(workspace.analysis, workspace.reading, words)
    window.ladder.select_row(int(found.rows[0]))


def message(window: MainWindow) -> None:
    """An HTTPS exchange, message by message, with the response selected."""
    select(window, "status:200")


def lesson(window: MainWindow) -> None:
    """A scenario beside its ladder, with a verdict selected."""
    select(window, '"fast retransmission"')


def trouble(window: MainWindow) -> None:
    """A loss and its repair, segment by segment, in the dark."""
    window.workspace.set_level("segments")
    window.workspace.set_axis("compressed")
    select(window, '"fast retransmission"')


def step(window: MainWindow) -> None:
    """Half of a connection, stepped through."""
    window.player.playback.go(6)


#: Name of the picture: what is opened, theme, what to do once it is open.
SHOTS: dict[str, tuple[str, str, Callable[[MainWindow], None]]] = {
    "window": ("samples/https-tls13.pcapng", "light", message),
    "trouble": ("samples/loss.pcapng", "dark", trouble),
    "step": ("samples/https-tls12-client-certificate.pcapng", "light", step),
    "scenario": ("scenarios/fast-retransmit.scenario", "light", lesson),
}


def settle(application: QApplication) -> None:
    """Let everything happen that is under way."""
    until = time.monotonic() + SETTLE_S
    while time.monotonic() < until:
        application.processEvents()


def take(application: QApplication, windows: Windows, name: str) -> None:
    """Take one picture."""
    sample, theme, act = SHOTS[name]
    windows.appearance.choose(theme)
    window = windows.new()
    window.resize(WIDTH, HEIGHT)
    window.open_path(str(resource_path(*sample.split("/"))))
    settle(application)
    act(window)
    settle(application)
    picture = resource_path("readme", f"{name}.png")
    picture.parent.mkdir(exist_ok=True)
    # Without an alpha channel, and as small as PNG can be (quality 0).
    window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888).save(str(picture), "PNG", 0)
    window.close()


def export_slide() -> None:
    """An annotated ladder, as ``ladderview export`` writes it."""
    out, notes = resource_path("readme", "slide.png"), Path(__file__).with_name("readme-slide.ladder")
    sample = resource_path("samples", "https-tls13.pcapng")
    options = ["--flow", "0", "--level", "messages", "--packets", "7-23", "--scale", "1.25"]
    command_line(["export", str(sample), "--out", str(out), "--annotations", str(notes), *options])


def main() -> None:
    """Take the pictures that are named, or all."""
    application = make_application()
    windows = Windows(application)
    for name in sys.argv[1:] or (*SHOTS, "slide"):
        if name == "slide":
            export_slide()
        else:
            take(application, windows, name)
    os._exit(0)


if __name__ == "__main__":
    main()
