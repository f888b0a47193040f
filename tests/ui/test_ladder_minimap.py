from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ladderview.ladder.theme import THEMES
from ladderview.ladder.viewport import Viewport
from ladderview.ui.ladder_minimap import TOP_PX, Minimap
from tests.ladder import make

LIGHT = THEMES["light"]
PLAN = make.plan(make.long_rows(600))


@pytest.fixture
def strip(qtbot: QtBot) -> Minimap:
    made = Minimap(LIGHT)
    qtbot.addWidget(made)
    made.resize(made.sizeHint().width(), 500)
    made.show_plan(PLAN, LIGHT)
    made.show_view(Viewport(800, 500, 0.0, 40.0))
    made.show()
    qtbot.waitExposed(made)
    return made


def colours(strip: Minimap) -> set[str]:
    image = strip.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


def test_problems_have_their_colour(strip: Minimap) -> None:
    assert LIGHT["trouble"] in colours(strip)


def test_another_theme_is_painted_anew(strip: Minimap) -> None:
    dark = THEMES["dark"]
    strip.show_plan(PLAN, dark)
    assert {dark["background"], dark["trouble"]} <= colours(strip)
    assert LIGHT["trouble"] not in colours(strip)


def test_without_a_flow_it_is_empty(strip: Minimap) -> None:
    strip.show_plan(None, LIGHT)
    assert colours(strip) == {QColor(LIGHT["background"]).name()}


@pytest.mark.parametrize(("part", "unit"), [(0.0, 0.0), (0.5, 300.0), (1.0, 599.0)])
def test_dragging_goes_along_the_axis(part: float, unit: float, strip: Minimap, qtbot: QtBot) -> None:
    seen: list[float] = []
    strip.centred.connect(seen.append)
    top, bottom = TOP_PX + 6, strip.height() - 14
    y = round(top + part * (bottom - top))
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=QPoint(15, 200))
    qtbot.mouseMove(strip, QPoint(15, y))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=QPoint(15, y))
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(15, y))
    assert seen[-1] == pytest.approx(unit, abs=4)


def test_the_wheel_scrolls_the_ladder(strip: Minimap, qtbot: QtBot) -> None:
    position = QPointF(10, 100)
    with qtbot.waitSignal(strip.scrolled) as caught:
        event = QWheelEvent(
            position, strip.mapToGlobal(position), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(strip, event)
    assert caught.args == [120.0]
