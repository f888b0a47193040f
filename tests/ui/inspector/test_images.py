from __future__ import annotations

import struct
import zlib

import pytest
from PySide6.QtCore import QBuffer, QIODeviceBase
from PySide6.QtGui import QColor, QImage

from ladderview.ui.inspector.images import picture_of


def encoded(kind: str, width: int = 40, height: int = 30) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#2563eb"))
    buffer = QBuffer()
    buffer.open(QIODeviceBase.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)
    return bytes(buffer.data().data())


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that states its size and has nearly no pixels."""
    header = b"IHDR" + struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = b"IDAT" + zlib.compress(bytes(8))
    chunks = [struct.pack("!I", len(one) - 4) + one + struct.pack("!I", zlib.crc32(one)) for one in (header, pixels)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("BMP", "image/bmp")])
def test_an_image_is_decoded_and_its_size_is_told(kind: str, media_type: str) -> None:
    picture = picture_of(encoded(kind), media_type)
    assert (picture.image.width(), picture.image.height()) == (40, 30)
    assert picture.caption == f"{kind}, 40 × 30"


def test_a_large_image_is_decoded_small() -> None:
    picture = picture_of(encoded("JPEG", 4000, 1000), "image/jpeg")
    assert (picture.image.width(), picture.image.height()) == (1600, 400)
    assert picture.caption.startswith("JPEG, 4\u202f000 × 1\u202f000")


@pytest.mark.parametrize(
    ("octets", "media_type", "said"),
    [
        (png_of_size(60_000, 60_000), "image/png", "too many to be shown"),
        (png_of_size(40, 30), "image/png", "cannot be decoded"),
        (encoded("PNG")[:60], "image/png", "cannot be read"),
        (b"\x89PNG\r\n\x1a\n", "image/png", "cannot be read"),
        (b"<svg/>", "image/svg+xml", "is not shown here"),
        (b"II*\0", "image/tiff", "is not shown here"),
    ],
)
def test_what_is_no_image_or_too_large_says_so(octets: bytes, media_type: str, said: str) -> None:
    picture = picture_of(octets, media_type)
    assert picture.image.isNull()
    assert said in picture.caption
