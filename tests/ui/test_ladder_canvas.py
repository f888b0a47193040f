from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ladderview.ladder.empty import empty_drawing
from ladderview.ladder.shapes import Drawing
from ladderview.ladder.theme import THEMES, Theme
from ladderview.ladder.viewport import Viewport
from ladderview.ui.ladder_canvas import NOTCH_PX, NOTCH_ZOOM, LadderCanvas


class Painter:
    """Who tells a canvas what to paint."""

    def __init__(self) -> None:
        self.asked = 0

    def drawing(self) -> tuple[Drawing, Theme]:
        self.asked += 1
        return empty_drawing(400, 300, "nothing", "yet"), THEMES["dark"]


@pytest.fixture
def painter() -> Painter:
    return Painter()


@pytest.fixture
def canvas(qtbot: QtBot, painter: Painter) -> LadderCanvas:
    made = LadderCanvas(painter.drawing)
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def wheel(canvas: LadderCanvas, pixels: int, eighths: int, modifiers: Qt.KeyboardModifier) -> None:
    target, position = canvas.viewport(), QPointF(200, 150)
    event = QWheelEvent(
        position, target.mapToGlobal(position), QPoint(0, pixels), QPoint(0, eighths), Qt.MouseButton.NoButton,
        modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(target, event)


PLAIN, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.mark.parametrize(
    ("pixels", "eighths", "distance"), [(0, -120, NOTCH_PX), (0, 240, -2 * NOTCH_PX), (-13, -40, 13.0), (7, 20, -7.0)]
)
def test_a_wheel_scrolls_by_notches_and_a_touchpad_by_pixels(
    pixels: int, eighths: int, distance: float, canvas: LadderCanvas, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(canvas.scrolled) as caught:
        wheel(canvas, pixels, eighths, PLAIN)
    assert caught.args == [distance]


def test_ctrl_and_a_wheel_zooms_at_the_pointer(canvas: LadderCanvas, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.zoomed) as caught:
        wheel(canvas, 0, 120, CTRL)
    assert caught.args == [NOTCH_ZOOM, 150.0]


def test_a_pinch_on_a_touchpad_zooms(canvas: LadderCanvas, qtbot: QtBot) -> None:
    position = QPointF(100, 80)
    device = QPointingDevice.primaryPointingDevice()
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, device, 2, position, position, position, 0.1, QPointF()
    )
    with qtbot.waitSignal(canvas.zoomed) as caught:
        QApplication.sendEvent(canvas.viewport(), event)
    assert caught.args == [pytest.approx(1.1), 80.0]


def test_a_shaky_click_is_no_drag(canvas: LadderCanvas, qtbot: QtBot) -> None:
    scrolled: list[float] = []
    canvas.scrolled.connect(scrolled.append)
    target = canvas.viewport()
    with qtbot.waitSignal(canvas.clicked) as caught:
        qtbot.mousePress(target, Qt.MouseButton.LeftButton, pos=QPoint(50, 60))
        qtbot.mouseMove(target, QPoint(51, 62))
        qtbot.mouseRelease(target, Qt.MouseButton.LeftButton, pos=QPoint(51, 62))
    assert caught.args == [50.0, 60.0]
    assert scrolled == []


def test_another_button_clicks_nothing(canvas: LadderCanvas, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(canvas.clicked):
        qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.RightButton, pos=QPoint(50, 60))


def test_resting_asks_for_a_tooltip(canvas: LadderCanvas, qtbot: QtBot) -> None:
    event = QHelpEvent(QEvent.Type.ToolTip, QPoint(30, 40), QPoint(130, 140))
    with qtbot.waitSignal(canvas.asked) as caught:
        QApplication.sendEvent(canvas.viewport(), event)
    assert caught.args == [30.0, 40.0, QPoint(130, 140)]


def test_leaving_points_at_nothing(canvas: LadderCanvas, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.pointed) as caught:
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.Leave))
    assert caught.args == [-1.0, -1.0]


def test_it_paints_what_it_is_told(canvas: LadderCanvas, painter: Painter) -> None:
    image = canvas.grab().toImage()
    assert painter.asked >= 1
    assert image.pixelColor(3, 3).name() == THEMES["dark"]["background"]


def test_it_does_not_keep_its_painter_alive(canvas: LadderCanvas, painter: Painter) -> None:
    from weakref import ref

    gone = ref(Painter())
    other = LadderCanvas(Painter().drawing)
    other.resize(50, 50)
    other.grab()  # paints nothing, and fails at nothing
    assert gone() is None
    other.deleteLater()


def test_the_view_box_shows_the_same_part_of_the_axis(canvas: LadderCanvas) -> None:
    view = Viewport(400, 300, 12.5, 30.0)
    canvas.show_range(view)
    (x_range, y_range) = canvas.view_box.viewRange()
    assert x_range == [0.0, 1.0]
    assert y_range == pytest.approx([view.top, view.bottom])


def test_a_fault_while_painting_is_told_and_does_not_end_the_program(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[type] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, value, trace: told.append(kind))

    class Faulty(Painter):
        def drawing(self) -> tuple[Drawing, Theme]:
            raise ZeroDivisionError

    painter = Faulty()
    canvas = LadderCanvas(painter.drawing)
    qtbot.addWidget(canvas)
    canvas.show()
    qtbot.waitUntil(lambda: told != [])
    assert set(told) == {ZeroDivisionError}
