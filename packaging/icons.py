"""Where do the bitmaps of the program's icons come from? From resources/icons/ladderview*.svg; run this after a change.

    .venv/bin/python packaging/icons.py                    the PNG files in resources/icons
    .venv/bin/python packaging/icons.py --bundle FOLDER    .ico and .icns files, for Windows and macOS

An .ico is a table of places and then the pictures (Microsoft, "Icons", ICONDIR and ICONDIRENTRY); an .icns is
pictures one after another, each with the name of its size (Apple's icon family, as iconutil writes it). Both hold PNG.
"""

from __future__ import annotations

import argparse
import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QGuiApplication, QImageReader

ICONS = Path(__file__).resolve().parent.parent / "resources" / "icons"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 256)
#: Names of an icon family; where one size has two, the second is for a screen of twice the density.
ICNS_SIZES = {
    "icp4": 16, "icp5": 32, "ic11": 32, "ic12": 64, "ic07": 128, "ic08": 256, "ic13": 256, "ic09": 512, "ic14": 512,
    "ic10": 1024,
}  # fmt: skip

#: Each icon, and the simpler drawing of it that is the clearer one up to ``SMALL`` pixels.
DRAWINGS = {"ladderview": "ladderview-small", "ladderview-document": "ladderview-document"}
SMALL = 24


def png(name: str, size: int) -> bytes:
    """An icon as a PNG of this many pixels each way."""
    reader = QImageReader(str(ICONS / f"{DRAWINGS[name] if size <= SMALL else name}.svg"))
    reader.setScaledSize(QSize(size, size))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = reader.read()
    if image.isNull() or not image.save(buffer, "PNG"):
        raise SystemExit(f"cannot draw {reader.fileName()}: {reader.errorString()}")
    return bytes(buffer.data().data())


def ico(name: str) -> bytes:
    """An icon for Windows."""
    pictures = [png(name, size) for size in ICO_SIZES]
    table, at = struct.pack("<HHH", 0, 1, len(pictures)), 6 + 16 * len(pictures)
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        # A size of 256 is written as 0; one plane, 32 bits a pixel.
        table += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), at)
        at += len(picture)
    return table + b"".join(pictures)


def icns(name: str) -> bytes:
    """An icon for macOS."""
    parts = b""
    for kind, size in ICNS_SIZES.items():
        picture = png(name, size)
        parts += kind.encode() + struct.pack(">I", 8 + len(picture)) + picture
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


def main() -> None:
    """Write the PNG files, or the icons that a bundle needs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, metavar="FOLDER")
    folder = parser.parse_args().bundle
    application = QGuiApplication(["icons", "-platform", "offscreen"])
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    for name in DRAWINGS:
        if folder is None:
            for size in SIZES:
                (ICONS / f"{name}-{size}.png").write_bytes(png(name, size))
        else:
            (folder / f"{name}.ico").write_bytes(ico(name))
            (folder / f"{name}.icns").write_bytes(icns(name))
    del application


if __name__ == "__main__":
    main()
