"""How is an image that came over the network turned into pixels without trusting it?

Plan: the format is the one that the bytes begin with, and one of a short list; the size that the header states is
bounded before anything is decoded, Qt's own bound on memory stands behind that, and a large image is decoded small.
Runs on a worker thread (``QImage`` may be made anywhere, ``QPixmap`` may not).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODeviceBase, Qt
from PySide6.QtGui import QImage, QImageReader

from ladderview.analysis.words import grouped
from ladderview.ui.translation import translate

#: Qt's names of the formats that are decoded, by media type. No vector formats: they may refer to other files.
_FORMATS = {
    "image/png": b"png",
    "image/jpeg": b"jpeg",
    "image/gif": b"gif",
    "image/webp": b"webp",
    "image/bmp": b"bmp",
    "image/x-icon": b"ico",
}
#: Pixels of the largest image that is decoded, megabytes that Qt may take for it, and the longer side that is kept.
_MOST_PIXELS, _MOST_MB, _LONGEST_PX = 50_000_000, 256, 1600


@dataclass(frozen=True, slots=True)
class Picture:
    """An image, and what is said of it.

    Attributes:
        image: null where it cannot be shown.
        caption: "PNG, 640 × 480", or why it cannot be shown.
    """

    image: QImage
    caption: str


def picture_of(octets: bytes, media_type: str) -> Picture:
    """Decode an image; whatever is wrong with it is said in the caption."""
    kind = _FORMATS.get(media_type)
    if kind is None:
        return Picture(QImage(), translate("{kind} is not shown here").format(kind=media_type))
    QImageReader.setAllocationLimit(_MOST_MB)
    buffer = QBuffer()
    buffer.setData(QByteArray(octets))
    buffer.open(QIODeviceBase.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(kind))
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    size = reader.size()
    name = kind.decode().upper()
    if not size.isValid():
        return Picture(QImage(), translate("{kind}, which cannot be read: it is broken or cut short").format(kind=name))
    told = f"{name}, {grouped(size.width())} × {grouped(size.height())}"
    if size.width() * size.height() > _MOST_PIXELS:
        return Picture(QImage(), translate("{size} pixels, too many to be shown here").format(size=told))
    if max(size.width(), size.height()) > _LONGEST_PX:
        reader.setScaledSize(size.scaled(_LONGEST_PX, _LONGEST_PX, Qt.AspectRatioMode.KeepAspectRatio))
    image = reader.read()
    if image.isNull():
        return Picture(image, translate("{size}, which cannot be decoded: it is broken or cut short").format(size=told))
    return Picture(image, told)
