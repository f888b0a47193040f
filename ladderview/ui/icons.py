"""A toolbar icon in the colours of the theme: the SVG files draw in ``currentColor``, which is filled in here."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QIcon, QImage, QImageReader, QPixmap

from ladderview.ladder.theme import Theme
from ladderview.resources import resource_path

#: Pixel sizes drawn for each icon: 20 points at 100 %, 150 %, 200 % and 300 %, so nothing is ever scaled up.
SIZES_PX = (20, 30, 40, 60)


def themed_icon(name: str, theme: Theme, key: str = "") -> QIcon:
    """The icon ``resources/icons/<name>.svg``; an empty icon where the file is missing, so that the text is shown.

    ``key`` is the theme key to draw it in, where it stands on a ground of its own.
    """
    try:
        source = resource_path("icons", f"{name}.svg").read_bytes()
    except OSError:
        return QIcon()
    icon = QIcon()
    for mode, state, colour in (
        (QIcon.Mode.Normal, QIcon.State.Off, key or "text"),
        (QIcon.Mode.Normal, QIcon.State.On, key or "accent.text"),
        (QIcon.Mode.Disabled, QIcon.State.Off, "lifeline"),
    ):
        coloured = source.replace(b"currentColor", theme[colour].encode())
        for size in SIZES_PX:
            icon.addPixmap(QPixmap.fromImage(_draw(coloured, size)), mode, state)
    return icon


def app_icon() -> QIcon:
    """The program's icon, from the bitmaps: a task bar may ask before the SVG plug-in is found."""
    icon = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256, 512):
        icon.addFile(str(resource_path("icons", f"ladderview-{size}.png")), QSize(size, size))
    return icon


def _draw(source: bytes, size: int) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(source))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"svg"))
    reader.setScaledSize(QSize(size, size))
    image = reader.read()
    if image.isNull():
        image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
    return image
