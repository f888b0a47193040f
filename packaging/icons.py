"""Where do the PNG icons of the program come from? Drawn from resources/icons/ladderview*.svg; run this after a change.

.venv/bin/python packaging/icons.py
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QImageReader

ICONS = Path(__file__).resolve().parent.parent / "resources" / "icons"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
#: Up to this many pixels the simpler drawing is the clearer one.
SMALL = 24


def main() -> None:
    """Write one PNG for each size."""
    for size in SIZES:
        reader = QImageReader(str(ICONS / ("ladderview-small.svg" if size <= SMALL else "ladderview.svg")))
        reader.setScaledSize(QSize(size, size))
        reader.read().save(str(ICONS / f"ladderview-{size}.png"))


if __name__ == "__main__":
    application = QGuiApplication(["icons", "-platform", "offscreen"])
    main()
