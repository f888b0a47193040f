from __future__ import annotations

import importlib.util
import struct
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication


@pytest.fixture(scope="module")
def icons() -> ModuleType:
    spec = importlib.util.spec_from_file_location("icons", Path(__file__).parents[2] / "packaging" / "icons.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_ico_pictures_stand_where_the_table_says(icons: ModuleType, qapp: QApplication) -> None:
    content = icons.ico("ladderview")
    _, kind, count = struct.unpack_from("<HHH", content)
    entries = [struct.unpack_from("<BBBBHHII", content, 6 + 16 * position) for position in range(count)]
    widths = [QImage.fromData(content[at : at + size]).width() for *_, size, at in entries]
    assert (kind, widths) == (1, list(icons.ICO_SIZES))
    assert [entry[0] for entry in entries] == [width % 256 for width in widths]


def test_icns_parts_fill_the_file(icons: ModuleType, qapp: QApplication) -> None:
    content = icons.icns("ladderview-document")
    assert content[:4] == b"icns"
    assert struct.unpack_from(">I", content, 4) == (len(content),)
    at, widths = 8, {}
    while at < len(content):
        kind, size = struct.unpack_from(">4sI", content, at)
        widths[kind.decode()] = QImage.fromData(content[at + 8 : at + size]).width()
        at += size
    assert widths == icons.ICNS_SIZES


@pytest.mark.parametrize("name", ["ladderview", "ladderview-document"])
def test_the_bitmaps_are_those_of_the_drawing(icons: ModuleType, qapp: QApplication, name: str) -> None:
    drawn = QImage.fromData(icons.png(name, 48)).convertToFormat(QImage.Format.Format_ARGB32)
    kept = QImage(str(icons.ICONS / f"{name}-48.png")).convertToFormat(QImage.Format.Format_ARGB32)
    # Another release of Qt may draw an edge a shade lighter.
    middle = [(x, y) for x in range(8, 40, 4) for y in range(8, 40, 4)]
    different = [
        place for place in middle if abs(drawn.pixelColor(*place).blue() - kept.pixelColor(*place).blue()) > 40
    ]
    assert different == []
