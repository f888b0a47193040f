from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ladderview.ui.inspector.box_layout import Layer, Row
from ladderview.ui.inspector.layer_boxes import LayerBoxes
from ladderview.ui.workspace import Workspace

LAYERS = [
    Layer("Ethernet II", "a → b", "14 + 52 B", "muted", "lifeline"),
    Layer("IPv4", "10.0.0.1 → 10.0.0.2", "20 + 32 B", "muted", "lifeline"),
    Layer("TCP", "1 → 2 [ACK]", "32 B", "tcp", rows=(Row("Sequence", "1", "raw 7"), Row("Window", "5 840"))),
]


@pytest.fixture
def boxes(qtbot: QtBot) -> LayerBoxes:
    made = LayerBoxes(Workspace())
    qtbot.addWidget(made)
    made.resize(340, 50)
    made.show()
    made.set_layers(LAYERS)
    return made


def test_the_widget_is_as_high_as_its_boxes(boxes: LayerBoxes) -> None:
    assert boxes.height() >= boxes.boxes[0].bottom()


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_a_click_asks_for_the_innermost_box_under_it(boxes: LayerBoxes, qtbot: QtBot, layer: int) -> None:
    box = boxes.boxes[layer]
    with qtbot.waitSignal(boxes.layer_clicked) as clicked:
        QTest.mouseClick(boxes, Qt.MouseButton.LeftButton, pos=QPoint(round(box.center().x()), round(box.top() + 8)))
    assert clicked.args == [layer]


@pytest.mark.parametrize(("point_x", "layer"), [(20, 0), (200, 1), (300, 1)])
def test_layers_that_share_a_box_are_told_apart_by_their_titles(
    boxes: LayerBoxes, qtbot: QtBot, point_x: int, layer: int
) -> None:
    boxes.set_layers([Layer("IPv4", "a → b", "14 + 20 B", "muted", outer=("Ethernet II",)), LAYERS[2]])
    with qtbot.waitSignal(boxes.layer_clicked) as clicked:
        QTest.mouseClick(boxes, Qt.MouseButton.LeftButton, pos=QPoint(point_x, 10))
    assert clicked.args == [layer]
    box = boxes.boxes[1]
    with qtbot.waitSignal(boxes.layer_clicked) as clicked:
        QTest.mouseClick(boxes, Qt.MouseButton.LeftButton, pos=QPoint(40, round(box.top() + 8)))
    assert clicked.args == [2]


def test_keys_go_through_the_boxes(boxes: LayerBoxes, qtbot: QtBot) -> None:
    boxes.setFocus()
    with qtbot.waitSignal(boxes.layer_clicked) as clicked:
        QTest.keyClick(boxes, Qt.Key.Key_Up)
        QTest.keyClick(boxes, Qt.Key.Key_Return)
    assert clicked.args[0] in (0, 1)


def test_tells_a_screen_reader_what_is_inside_what(boxes: LayerBoxes) -> None:
    assert boxes.accessibleDescription().startswith("Ethernet II a → b, 14 + 52 B; IPv4")


def test_paints_in_the_colours_of_the_theme(boxes: LayerBoxes) -> None:
    from ladderview.ladder.theme import THEMES

    light = boxes.grab().toImage()
    boxes._workspace.set_theme(THEMES["dark"])
    assert boxes.grab().toImage() != light


NAMING = [
    LAYERS[2],
    Layer("HTTP", "", "", "http", remarks=("Answered by #12 after 30 ms, and then #1234 came",), depth=1),
]


@pytest.fixture
def naming(boxes: LayerBoxes) -> LayerBoxes:
    boxes.set_layers(NAMING)
    boxes.grab()
    return boxes


@pytest.mark.parametrize(("link", "packet"), [(0, 12), (1, 1234)])
def test_a_click_on_a_packet_number_goes_there(naming: LayerBoxes, qtbot: QtBot, link: int, packet: int) -> None:
    asked: list[int] = []
    naming.layer_clicked.connect(asked.append)
    with qtbot.waitSignal(naming.packet_clicked) as clicked:
        QTest.mouseClick(naming, Qt.MouseButton.LeftButton, pos=naming.links[link].area.center().toPoint())
    assert (clicked.args, asked) == ([packet], [])


def test_beside_a_packet_number_is_the_box(naming: LayerBoxes, qtbot: QtBot) -> None:
    beside = naming.links[0].area.center() - QPoint(40, 0)
    with qtbot.assertNotEmitted(naming.packet_clicked), qtbot.waitSignal(naming.layer_clicked) as clicked:
        QTest.mouseClick(naming, Qt.MouseButton.LeftButton, pos=beside.toPoint())
    assert clicked.args == [1]


def test_right_goes_to_the_packet_that_the_box_names(naming: LayerBoxes, qtbot: QtBot) -> None:
    naming.setFocus()
    QTest.keyClick(naming, Qt.Key.Key_Down)
    with qtbot.waitSignal(naming.packet_clicked) as clicked:
        QTest.keyClick(naming, Qt.Key.Key_Right)
    assert clicked.args == [12]
    QTest.keyClick(naming, Qt.Key.Key_Up)
    with qtbot.assertNotEmitted(naming.packet_clicked):
        QTest.keyClick(naming, Qt.Key.Key_Right)


def test_what_is_no_packet_number_is_no_link(boxes: LayerBoxes) -> None:
    boxes.set_layers(
        [Layer("TCP", "", "", "tcp", rows=(Row("Acknowledgment", "5", "acks #7"), Row("Window", "4", "3")))]
    )
    boxes.grab()
    assert [link.packet for link in boxes.links] == [7]
