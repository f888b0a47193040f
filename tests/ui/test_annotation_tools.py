"""Every tool, driven with the mouse and with the keyboard alone: what it makes, Esc in the middle, undo, redo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from ladderview.ladder.annotations import RULES, Kind
from ladderview.ladder.shapes import Box
from ladderview.ui.main_window import MainWindow
from tests.ui.test_ladder_notes import click, drag, key, mouse, opened, undo_text, y_of

__all__ = ["opened"]

K, M = Qt.Key, Qt.KeyboardModifier
RANGES = ("bracket", "measure", "highlight", "dim", "fold")
NAMES = ("endpoint", "phase")
STRIPS = ("title", "caption")

#: What the Edit menu says of a new one.
WORDS = {kind.value: f"Add {rules.words}" for kind, rules in RULES.items()} | {
    "endpoint": "Rename Endpoint", "phase": "Rename Phase",
}  # fmt: skip


def test_every_kind_has_its_tool_here() -> None:
    assert {"note", *RANGES, *NAMES, *STRIPS} == {kind.value for kind in Kind}


def field(window: MainWindow, kind: str) -> QWidget:
    """Where the words are written."""
    if kind in STRIPS:
        return window.title_strip if kind == "title" else window.caption_strip
    assert window.ladder_notes.editor is not None
    return window.ladder_notes.editor


def choose_in_menu(window: MainWindow, qtbot: QtBot, name: str) -> None:
    """Click an entry of the Annotate menu."""
    action = window.actions_by_name[name]
    menu = next(it for it in action.associatedObjects() if isinstance(it, QMenu) and it.title() == "&Annotate")
    menu.popup(QPoint(0, 0))
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def begin_by_mouse(window: MainWindow, qtbot: QtBot, kind: str) -> None:
    """Everything up to where the button goes up, or the words are written."""
    if kind in RANGES or kind == "note":
        choose_in_menu(window, qtbot, f"tool_{kind}")
        drag(window, (300, y_of(window, 2)), (300, y_of(window, 5)), release=False)
    elif kind == "endpoint":
        shapes = window.ladder.current_drawing()[0].shapes
        box = next(it for it in shapes if isinstance(it, Box) and it.ref and it.ref.kind == "endpoint")
        mouse(window, QEvent.Type.MouseButtonDblClick, box.x + 20, box.y + 20)
    elif kind == "phase":
        click(window, 300, y_of(window, 3))
        choose_in_menu(window, qtbot, "rename_phase")
    else:
        choose_in_menu(window, qtbot, f"note_{kind}")


def end_by_mouse(window: MainWindow, qtbot: QtBot, kind: str) -> None:
    if kind in RANGES or kind == "note":
        mouse(window, QEvent.Type.MouseButtonRelease, 300, y_of(window, 5), Qt.MouseButton.NoButton)
    if kind not in RANGES:
        qtbot.keyClicks(field(window, kind), "Words")
        click(window, 300, y_of(window, 1))  # a click elsewhere is done


SHORTCUTS = {name: f"tool_{name}" for name in (*RANGES, "note")} | {
    "title": "note_title", "caption": "note_caption", "endpoint": "rename_client", "phase": "rename_phase",
}  # fmt: skip


def begin_by_keys(window: MainWindow, qtbot: QtBot, kind: str) -> None:
    """The selected arrow is where it begins; two arrows further is where it ends."""
    window.ladder.setFocus()
    key(window, qtbot, K.Key_Home, M.ControlModifier)
    for _ in range(2):
        key(window, qtbot, K.Key_Down)
    press_shortcut(window, qtbot, SHORTCUTS[kind])
    if kind in RANGES:
        for _ in range(3):
            key(window, qtbot, K.Key_Down)


def press_shortcut(window: MainWindow, qtbot: QtBot, name: str) -> None:
    """The key of an action, or, where it has none, its letters in the menu."""
    action = window.actions_by_name[name]
    if action.shortcut().isEmpty():
        menu = next(it for it in action.associatedObjects() if isinstance(it, QMenu))
        menu.popup(QPoint(0, 0))
        while menu.activeAction() is not action:
            qtbot.keyClick(menu, K.Key_Down)
        qtbot.keyClick(menu, K.Key_Return)
        return
    pressed = action.shortcut()[0]
    qtbot.keyClick(window, pressed.key(), pressed.keyboardModifiers())


def end_by_keys(window: MainWindow, qtbot: QtBot, kind: str) -> None:
    if kind in RANGES or kind == "note":
        key(window, qtbot, K.Key_Return)
    if kind not in RANGES:
        where = field(window, kind)
        qtbot.keyClicks(where, "Words")
        qtbot.keyClick(where, K.Key_Return, M.ControlModifier if kind == "note" else M.NoModifier)


BY: dict[str, tuple[Callable[[MainWindow, QtBot, str], None], Callable[[MainWindow, QtBot, str], None]]] = {
    "mouse": (begin_by_mouse, end_by_mouse),
    "keys": (begin_by_keys, end_by_keys),
}


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_it_is_made_taken_back_and_done_again(opened: MainWindow, qtbot: QtBot, kind: str, by: str) -> None:
    begin, end = BY[by]
    begin(opened, qtbot, kind)
    end(opened, qtbot, kind)
    (one,) = opened.workspace.annotations.all
    assert (one.kind.value, one.text) == (kind, "" if kind in RANGES else "Words")
    assert len(one.anchors) == RULES[one.kind].anchors
    if kind in RANGES:
        assert one.anchors[0].packet < one.anchors[1].packet
    assert opened.ladder_notes.tool_name == "pointer"
    undo, redo = opened.actions_by_name["undo"], opened.actions_by_name["redo"]
    assert undo_text(opened) == f"Undo {WORDS[kind]}"
    undo.trigger()
    assert not len(opened.workspace.annotations)
    assert (undo.isEnabled(), redo.text().replace("&", "")) == (False, f"Redo {WORDS[kind]}")
    redo.trigger()
    assert opened.workspace.annotations.all == (one,)


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_esc_in_the_middle_leaves_nothing(opened: MainWindow, qtbot: QtBot, kind: str, by: str) -> None:
    BY[by][0](opened, qtbot, kind)
    in_ladder = kind in RANGES or (kind == "note" and by == "mouse")
    if kind == "note" and by == "keys":
        key(opened, qtbot, K.Key_Return)
    if in_ladder:
        key(opened, qtbot, K.Key_Escape)
    else:
        qtbot.keyClicks(field(opened, kind), "half")
        qtbot.keyClick(field(opened, kind), K.Key_Escape)
    mouse(opened, QEvent.Type.MouseButtonRelease, 300, y_of(opened, 5), Qt.MouseButton.NoButton)
    assert not len(opened.workspace.annotations)
    assert not len(opened.ladder.notes)
    assert not opened.undo.canUndo()
    assert opened.ladder_notes.tool_name == "pointer"
    assert opened.ladder_notes.editor is None


@pytest.mark.parametrize("kind", ["note", *RANGES[:-1]])
def test_it_is_deleted_by_key_and_comes_back(opened: MainWindow, qtbot: QtBot, kind: str) -> None:
    begin_by_keys(opened, qtbot, kind)
    end_by_keys(opened, qtbot, kind)
    (one,) = opened.workspace.annotations.all
    assert opened.workspace.annotation_id == one.id
    opened.ladder.setFocus()
    key(opened, qtbot, K.Key_Delete)
    assert not len(opened.workspace.annotations)
    assert undo_text(opened) == f"Undo Delete {RULES[one.kind].words}"
    opened.actions_by_name["undo"].trigger()
    assert opened.workspace.annotations.all == (one,)
