from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ladderview.ladder.layout import whole
from ladderview.ladder.shapes import Arrow, Bars, Box, Curve, Drawing, Line, Phrase, Run, Text
from ladderview.ladder.theme import THEMES
from ladderview.render import qt
from ladderview.render.qt import measure, png_bytes, to_image
from tests.ladder import make

LIGHT = THEMES["light"]

#: Far more than any painting leaks, far fewer than one for each call.
CALLS, TOLERATED = 3000, 300


def image_of(*shapes: object, scale: float = 1.0, transparent: bool = False) -> QImage:
    return to_image(Drawing(60, 40, shapes), LIGHT, scale, transparent=transparent)  # type: ignore[arg-type]


def colour_at(image: QImage, x: int, y: int) -> str:
    return image.pixelColor(x, y).name()


@pytest.mark.parametrize(
    ("shape", "x", "y", "key"),
    [
        (Box(10, 10, 20, 10, "selection"), 20, 15, "selection"),
        (Line(0, 20.5, 60, 20.5, "lifeline", 3.0), 30, 20, "lifeline"),
        (Arrow(5, 20.5, 55, 20.5, "trouble", 3.0), 20, 20, "trouble"),
        (Arrow(55, 20.5, 5, 20.5, "trouble", 3.0), 11, 22, "trouble"),  # the head is wider than the line
        (Bars(np.array([[5.0, 50.0, 20.5], [50.0, 5.0, 30.5]]), "density"), 20, 30, "density"),
        (Curve(((0, 20.5), (20, 20.5), (40, 20.5), (60, 20.5)), "accent", 4.0), 30, 20, "accent"),
    ],
)
def test_each_shape_is_painted_in_its_colour(shape: object, x: int, y: int, key: str, qtbot: QtBot) -> None:
    image = image_of(shape)
    assert colour_at(image, x, y) == LIGHT[key]
    assert colour_at(image, 58, 2) == LIGHT["background"]


def inked(image: QImage) -> np.ndarray:
    pixels = [[image.pixelColor(x, y) != QColor(LIGHT["background"]) for x in range(image.width())]
              for y in range(image.height())]  # fmt: skip
    return np.array(pixels)


def test_text_stands_on_its_baseline_and_is_as_wide_as_measured(qtbot: QtBot) -> None:
    width = measure("HHH", 12.0, False, False)
    ink = inked(image_of(Text(10, 30, "HHH", "text", 12.0)))
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert 28 <= rows.max() <= 30
    assert 18 <= rows.min() <= 23
    assert columns.min() >= 9
    assert columns.max() <= 10 + width + 1


def test_runs_of_a_phrase_stand_side_by_side_about_its_middle(qtbot: QtBot) -> None:
    runs = (Run("HH", "trouble", True, 20), Run("HH", "muted", False, 20))
    columns = np.flatnonzero(inked(image_of(Phrase(30, 30, runs))).any(axis=0))
    assert (columns.min() + columns.max()) / 2 == pytest.approx(30, abs=1.5)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 3.0])
def test_scale_makes_more_pixels_of_the_same_picture(scale: float, qtbot: QtBot) -> None:
    image = image_of(Box(10, 10, 20, 10, "selection"), scale=scale)
    assert (image.width(), image.height()) == (60 * scale, 40 * scale)
    assert colour_at(image, round(20 * scale), round(15 * scale)) == LIGHT["selection"]


def test_a_transparent_picture_has_no_ground(qtbot: QtBot) -> None:
    assert image_of(transparent=True).pixelColor(5, 5).alpha() == 0
    assert image_of().pixelColor(5, 5).alpha() == 255


def test_an_image_too_large_to_be_one_is_null(qtbot: QtBot) -> None:
    assert to_image(Drawing(100, 40_000, ()), LIGHT).isNull()


def test_the_same_drawing_gives_the_same_png(qtbot: QtBot) -> None:
    drawing = whole(make.plan(make.HANDSHAKE), width=900)
    assert png_bytes(drawing, LIGHT, 1.0) == png_bytes(drawing, LIGHT, 1.0)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None counts no references from Python 3.12 on (PEP 683)")
def test_painting_drops_no_reference_to_none(qtbot: QtBot) -> None:
    """WORKAROUND(PySide6 6.12.0): nearly every QPainter call drops one, and the process aborts after some thousand."""
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    drawing = Drawing(20, 20, (Line(0, 0, 9, 9, "tcp"), Box(1, 1, 5, 5, "pill", "border"), Text(1, 9, "a", "text")))
    from PySide6.QtGui import QPainter

    from ladderview.render.qt import paint

    painter = QPainter(image)
    paint(painter, drawing, LIGHT)  # what is made once is made now
    before = sys.getrefcount(None)
    for _ in range(CALLS // 10):  # each paints with some ten calls
        paint(painter, drawing, LIGHT)
    dropped = before - sys.getrefcount(None)
    painter.end()
    assert dropped < TOLERATED


def test_a_picture_needs_no_display_and_no_widgets() -> None:
    code = (
        "import sys; from ladderview.render.qt import to_image; from ladderview.ladder.shapes import Drawing;"
        "from ladderview.ladder.theme import THEMES;"
        "assert not to_image(Drawing(9, 9, ()), THEMES['light']).isNull();"
        "assert 'PySide6.QtWidgets' not in sys.modules"
    )
    env = {
        name: value for name, value in __import__("os").environ.items() if name not in {"DISPLAY", "QT_QPA_PLATFORM"}
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=env)


@pytest.mark.parametrize(("scale", "radius"), [(1.0, 0.0), (1.37, 9.0), (2.0, 9.0)])
def test_a_tall_box_is_painted_in_strips_as_it_would_be_at_once(
    scale: float, radius: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = Drawing(60, 5000, (Box(8, 100.25, 40, 4700.5, "tls.band", "accent", radius),))
    strips = to_image(drawing, LIGHT, scale)
    monkeypatch.setattr(qt, "TALL_PX", 100_000)
    assert strips == to_image(drawing, LIGHT, scale)
