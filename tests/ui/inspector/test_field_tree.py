from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from ladderview.proto.fields import Dissection, Field, Span
from ladderview.ui.inspector.field_tree import FieldTree
from ladderview.ui.workspace import Workspace

ETHERNET = Dissection(
    "Ethernet II",
    "a → b",
    (Field("Destination", b"", "b", Span(0, 6)), Field("Source", b"", "a", Span(6, 12))),
    Span(0, 14),
    Span(14, 60),
)
TCP = Dissection(
    "TCP",
    "1 → 2 [SYN]",
    (
        Field("Source Port", 1, "1", Span(34, 36)),
        Field("Flags", 2, "0x002 (SYN)", Span(46, 48), (Field("Syn", 1, "Set", Span(47, 48)),)),
        Field("Window", 502, "502", Span(48, 50), note="scaled by 128"),
    ),
    Span(34, 54),
    Span(54, 60),
    "options end early",
)


@pytest.fixture
def tree(qtbot: QtBot) -> FieldTree:
    made = FieldTree(Workspace())
    qtbot.addWidget(made)
    made.set_dissections([ETHERNET, TCP])
    return made


def test_layers_are_the_top_level(tree: FieldTree) -> None:
    model = tree.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["Ethernet II", "TCP"]


def test_tcp_is_open_at_first(tree: FieldTree) -> None:
    model = tree.model()
    assert [tree.isExpanded(model.index(row, 0)) for row in range(2)] == [False, True]


def test_a_note_stands_behind_the_value(tree: FieldTree) -> None:
    window = tree.model().index(2, 1, tree.model().index(1, 0))
    assert window.data() == "502  (scaled by 128)"


def test_an_error_is_the_last_line_of_its_layer(tree: FieldTree) -> None:
    tcp = tree.model().index(1, 0)
    assert tree.model().index(tree.model().rowCount(tcp) - 1, 1, tcp).data() == "options end early"


def test_selecting_a_field_tells_its_bytes(tree: FieldTree, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tree.span_selected) as selected:
        tree.select_path(("TCP", "Flags", "Syn"))
    assert selected.args == [1, Span(47, 48)]


@pytest.mark.parametrize(
    ("offset", "path"),
    [
        (7, ("Ethernet II", "Source")),
        (13, ("Ethernet II",)),
        (34, ("TCP", "Source Port")),
        (46, ("TCP", "Flags")),
        (47, ("TCP", "Flags", "Syn")),
    ],
)
def test_a_byte_selects_the_smallest_field_that_holds_it(tree: FieldTree, offset: int, path: tuple[str, ...]) -> None:
    assert tree.select_byte(offset, [0, 1])
    assert tree.path() == path


def test_a_byte_of_no_field_selects_nothing(tree: FieldTree) -> None:
    assert not tree.select_byte(57, [0, 1])


def test_only_layers_of_the_same_bytes_are_asked(tree: FieldTree) -> None:
    assert not tree.select_byte(7, [1])


def test_the_next_packet_keeps_the_selected_field(tree: FieldTree) -> None:
    tree.select_path(("TCP", "Window"))
    tree.set_dissections([ETHERNET, TCP])
    assert tree.path() == ("TCP", "Window")


def test_the_next_packet_keeps_what_is_open(tree: FieldTree) -> None:
    tree.setExpanded(tree.model().index(0, 0), True)
    tree.setExpanded(tree.model().index(1, 0), False)
    tree.set_dissections([ETHERNET, TCP])
    assert [tree.isExpanded(tree.model().index(row, 0)) for row in range(2)] == [True, False]


def test_select_layer_opens_it(tree: FieldTree) -> None:
    tree.select_layer(0)
    assert tree.path() == ("Ethernet II",)
    assert tree.isExpanded(tree.model().index(0, 0))


def index_at(tree: FieldTree, *rows: int) -> QModelIndex:
    index = QModelIndex()
    for row in rows:
        index = tree.model().index(row, 0, index)
    return index


COPIES = {
    "a value without its note": ((1, 2), "Copy &Value", "502"),
    "a field and its value": ((1, 0), "Copy &Field and Value", "Source Port: 1"),
    "a display filter": ((1, 0), "Copy as &Display Filter", "tcp.srcport == 1"),
    "a field in a field": ((1, 1, 0), "Copy &Value", "Set"),
}


@pytest.mark.parametrize(("rows", "action", "text"), COPIES.values(), ids=COPIES)
def test_copying(tree: FieldTree, qtbot: QtBot, rows: tuple[int, ...], action: str, text: str) -> None:
    menu = tree.menu_for(index_at(tree, *rows).siblingAtColumn(1))
    assert menu is not None
    with qtbot.waitSignal(tree.said) as said:
        next(each for each in menu.actions() if each.text() == action).trigger()
    assert (QGuiApplication.clipboard().text(), said.args) == (text, [f"Copied: {text}"])


def test_a_field_that_wireshark_has_no_name_for_has_no_filter(tree: FieldTree) -> None:
    menu = tree.menu_for(index_at(tree, 0, 0))
    assert menu is not None
    assert [each.text() for each in menu.actions()] == ["Copy &Value", "Copy &Field and Value"]


@pytest.mark.parametrize("rows", [(), (0,), (1, 3)], ids=["nothing", "a layer", "an error"])
def test_what_is_no_field_has_no_menu(tree: FieldTree, rows: tuple[int, ...]) -> None:
    assert tree.menu_for(index_at(tree, *rows)) is None
