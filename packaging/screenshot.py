"""Where does the picture in the README come from? From the program itself, with the sample of a loss; run this again.

.venv/bin/python packaging/screenshot.py
"""

from __future__ import annotations

import os
import tempfile
import time

os.environ["QT_QPA_PLATFORM"] = "offscreen"
# The picture must not depend on the settings of whoever takes it.
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="ladderview-screenshot-")

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from ladderview.analysis.verdicts import Verdict
from ladderview.resources import resource_path
from ladderview.ui.app import Windows, make_application

WIDTH, HEIGHT = 1440, 860
SETTLE_S = 1.0


def settle(application: QApplication) -> None:
    """Let everything happen that is under way."""
    until = time.monotonic() + SETTLE_S
    while time.monotonic() < until:
        application.processEvents()


def main() -> None:
    """Open the sample, select the fast retransmission, take the picture."""
    application = make_application()
    window = Windows(application).new()
    window.resize(WIDTH, HEIGHT)
    window.open_path(str(resource_path("samples", "loss.pcapng")))
    settle(application)
    verdicts = window.workspace.analysis.tcp.verdicts
    window.workspace.set_row(int((verdicts & Verdict.FAST_RETRANSMISSION != 0).argmax()))
    settle(application)
    picture = resource_path("readme", "window.png")
    picture.parent.mkdir(exist_ok=True)
    # Without an alpha channel, and as small as PNG can be (quality 0).
    window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888).save(str(picture), "PNG", 0)
    os._exit(0)


if __name__ == "__main__":
    main()
