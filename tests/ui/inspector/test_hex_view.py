from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ladderview.proto.fields import Span
from ladderview.ui.inspector.hex_view import HexView
from ladderview.ui.workspace import Workspace

DATA = bytes(range(256)) * 2


@pytest.fixture
def view(qtbot: QtBot) -> HexView:
    made = HexView(Workspace())
    qtbot.addWidget(made)
    made.resize(420, 200)
    made.show()
    made.set_bytes(DATA)
    return made


def centre_of(view: HexView, offset: int) -> QPointF:
    """A point of the viewport over the hexadecimal digits of a byte; found by asking."""
    for y in range(4, view.viewport().height(), 4):
        for x in range(0, view.viewport().width(), 3):
            if view.offset_at(QPointF(x, y)) == offset:
                return QPointF(x + 3, y + 2)
    raise AssertionError(f"byte {offset} is nowhere")


def click(view: HexView, point: QPointF) -> None:
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(round(point.x()), round(point.y())))


@pytest.mark.parametrize(("width", "per_line"), [(120, 4), (320, 8), (560, 16), (1200, 32)])
def test_bytes_of_a_line_follow_the_width(view: HexView, width: int, per_line: int) -> None:
    view.resize(width, 200)
    assert view.per_line == per_line


def test_a_click_points_at_a_byte(view: HexView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.byte_clicked) as clicked:
        click(view, centre_of(view, 9))
    assert clicked.args == [9]


def test_the_text_half_points_at_bytes_too(view: HexView) -> None:
    right_half = [view.offset_at(QPointF(x, 8)) for x in range(view.viewport().width() // 2, view.viewport().width())]
    assert set(range(view.per_line)) <= set(right_half)


def test_nowhere_is_no_byte(view: HexView) -> None:
    view.set_bytes(b"abc")
    assert view.offset_at(QPointF(2, 190)) == -1


def test_lit_bytes_are_scrolled_into_view(view: HexView) -> None:
    view.light(Span(480, 484))
    assert view.verticalScrollBar().value() > 0
    assert centre_of(view, 481)


def test_a_span_past_the_end_is_cut(view: HexView) -> None:
    view.light(Span(500, 9_999))
    assert view.lit == Span(500, len(DATA))


def test_other_bytes_are_not_lit(view: HexView) -> None:
    view.light(Span(3, 5))
    view.set_bytes(b"abc")
    assert view.lit == Span(0, 0)


@pytest.mark.parametrize(
    ("keys", "offset"),
    [
        ([Qt.Key.Key_Right], 1),
        ([Qt.Key.Key_Left], 0),
        ([Qt.Key.Key_Down, Qt.Key.Key_Right], 9),
        ([Qt.Key.Key_End], 511),
        ([Qt.Key.Key_End, Qt.Key.Key_Right], 511),
        ([Qt.Key.Key_End, Qt.Key.Key_Home], 0),
    ],
)
def test_keys_move_from_byte_to_byte(view: HexView, keys: list[Qt.Key], offset: int) -> None:
    view.resize(320, 200)
    pointed: list[int] = []
    view.byte_clicked.connect(pointed.append)
    for key in keys:
        QTest.keyClick(view, key)
    assert pointed[-1] == offset


def test_paints_bytes_and_light(view: HexView) -> None:
    dark = view.grab().toImage()
    view.light(Span(0, 8))
    assert view.grab().toImage() != dark


def test_no_bytes_are_no_trouble(view: HexView) -> None:
    view.set_bytes(b"")
    view.light(Span(0, 4))
    QTest.keyClick(view, Qt.Key.Key_Down)
    view.grab()
    assert view.lit == Span(0, 0)


def test_tells_a_screen_reader_what_is_lit(view: HexView) -> None:
    view.light(Span(1, 3))
    assert view.accessibleDescription() == "bytes 1 to 2: 01 02"
