from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ladderview.ladder.anchoring import OVER_ARROW_PX, UNDER_ARROW_PX
from ladderview.ladder.annotation_shapes import HUNG_AT
from ladderview.ladder.annotations import Annotation, Kind
from ladderview.ladder.shapes import Box, Line, Ref, Text
from ladderview.ui.main_window import MainWindow

K, M = Qt.Key, Qt.KeyboardModifier
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


@pytest.fixture
def opened(
    window: MainWindow, open_in: Callable[..., MainWindow], tmp_path: Path, sample: Callable[[str], str], qtbot: QtBot
) -> MainWindow:
    """A window with a sample of which a copy stands in a folder of its own; all rows are in view."""
    path = tmp_path / "https.pcapng"
    path.write_bytes(Path(sample("https-tls13")).read_bytes())
    window.resize(1500, 900)
    open_in(window, str(path))
    qtbot.waitUntil(lambda: window.workspace.reading is not None, timeout=10_000)
    window.workspace.set_level("messages")
    qtbot.waitUntil(lambda: window.ladder.plan is not None and window.ladder.plan.level == "messages")
    return window


def y_of(window: MainWindow, row: int) -> float:
    assert window.ladder.plan is not None
    return window.ladder.viewport.y_px(window.ladder.plan.axis.y_of(row))


def mouse(window: MainWindow, kind: QEvent.Type, x: float, y: float, held: Qt.MouseButton = LEFT) -> None:
    target = window.ladder.canvas.viewport()
    button = NONE if kind == QEvent.Type.MouseMove else LEFT
    position = QPointF(x, y)
    event = QMouseEvent(kind, position, target.mapToGlobal(position), button, held, M.NoModifier)
    QApplication.sendEvent(target, event)


def drag(window: MainWindow, begin: tuple[float, float], end: tuple[float, float], release: bool = True) -> None:
    mouse(window, QEvent.Type.MouseButtonPress, *begin)
    for part in (0.3, 0.7, 1.0):
        mouse(window, QEvent.Type.MouseMove, *(a + (b - a) * part for a, b in zip(begin, end, strict=True)))
    if release:
        mouse(window, QEvent.Type.MouseButtonRelease, *end, held=NONE)


def click(window: MainWindow, x: float, y: float) -> None:
    drag(window, (x, y), (x, y))


def write(window: MainWindow, qtbot: QtBot, text: str) -> None:
    editor = window.ladder_notes.editor
    assert editor is not None
    editor.setPlainText(text)
    qtbot.keyClick(editor, K.Key_Return, M.ControlModifier)


def key(window: MainWindow, qtbot: QtBot, pressed: Qt.Key, modifiers: Qt.KeyboardModifier = M.NoModifier) -> None:
    qtbot.keyClick(window.ladder, pressed, modifiers)


def only(window: MainWindow) -> Annotation:
    (one,) = window.workspace.annotations.all
    return one


def rows_of(window: MainWindow, one: Annotation) -> list[int]:
    plan = window.ladder.plan
    assert plan is not None
    return [plan.step_of_segment(int((plan.segments.packet == anchor.packet).argmax())) for anchor in one.anchors]


def choose_tool(window: MainWindow, name: str) -> None:
    window.actions_by_name[f"tool_{name}"].trigger()


def box_of(window: MainWindow, kind: str = "annotation") -> Box:
    drawing = window.ladder.current_drawing()[0]
    return next(shape for shape in drawing.shapes if isinstance(shape, Box) and shape.ref and shape.ref.kind == kind)


def undo_text(window: MainWindow) -> str:
    return window.actions_by_name["undo"].text().replace("&", "")


def add_note(window: MainWindow, qtbot: QtBot, row: int = 4, text: str = "here") -> Annotation:
    choose_tool(window, "note")
    click(window, 300, y_of(window, row))
    write(window, qtbot, text)
    return only(window)


# -- with the mouse ---------------------------------------------------------------------------------------------------


def test_a_note_is_put_at_an_arrow_and_written(opened: MainWindow, qtbot: QtBot) -> None:
    note = add_note(opened, qtbot, 4, "The server\nis slow")
    assert (note.kind, note.text, rows_of(opened, note)) == (Kind.NOTE, "The server\nis slow", [4])
    assert opened.ladder_notes.tool_name == "pointer"
    assert undo_text(opened) == "Undo Add Note"


def test_a_note_follows_the_pointer_until_it_goes_up(opened: MainWindow, qtbot: QtBot) -> None:
    choose_tool(opened, "note")
    drag(opened, (300, y_of(opened, 2)), (320, y_of(opened, 6)))
    write(opened, qtbot, "x")
    assert rows_of(opened, only(opened)) == [6]


def test_a_note_without_words_is_none(opened: MainWindow, qtbot: QtBot) -> None:
    choose_tool(opened, "note")
    click(opened, 300, y_of(opened, 4))
    write(opened, qtbot, "  ")
    assert not len(opened.workspace.annotations)
    assert not opened.undo.canUndo()


def test_while_somebody_writes_it_is_told_how_to_be_done(opened: MainWindow, qtbot: QtBot) -> None:
    choose_tool(opened, "note")
    click(opened, 300, y_of(opened, 4))
    assert opened.statusBar().currentMessage().startswith("Ctrl+Enter or a click elsewhere is done")
    write(opened, qtbot, "It begins")
    assert opened.statusBar().currentMessage() == ""


def test_esc_while_writing_gives_up(opened: MainWindow, qtbot: QtBot) -> None:
    choose_tool(opened, "note")
    click(opened, 300, y_of(opened, 4))
    assert opened.ladder_notes.editor is not None
    qtbot.keyClick(opened.ladder_notes.editor, K.Key_Escape)
    assert not len(opened.workspace.annotations)
    assert not len(opened.ladder.notes)


@pytest.mark.parametrize("name", ["bracket", "measure", "highlight", "dim", "fold"])
def test_a_range_is_dragged_from_arrow_to_arrow(opened: MainWindow, qtbot: QtBot, name: str) -> None:
    choose_tool(opened, name)
    drag(opened, (300, y_of(opened, 7)), (300, y_of(opened, 3)))  # upwards: the earlier is first all the same
    one = only(opened)
    assert one.kind.value == name
    assert one.anchors[0].packet < one.anchors[1].packet
    assert undo_text(opened) == f"Undo Add {name.capitalize()}"
    if name == "fold":
        plan = opened.ladder.plan
        assert plan is not None
        assert plan.number_text(3) == "#10–#17"
    else:
        assert rows_of(opened, one) == [3, 7]
    opened.actions_by_name["undo"].trigger()
    assert not len(opened.workspace.annotations)
    opened.actions_by_name["redo"].trigger()
    assert only(opened) == one


@pytest.mark.parametrize("name", ["note", "bracket", "measure", "highlight", "dim", "fold"])
def test_esc_in_the_middle_of_a_drag_changes_nothing(opened: MainWindow, qtbot: QtBot, name: str) -> None:
    choose_tool(opened, name)
    drag(opened, (300, y_of(opened, 2)), (300, y_of(opened, 5)), release=False)
    assert len(opened.ladder.notes) == (0 if name == "fold" else 1)
    key(opened, qtbot, K.Key_Escape)
    mouse(opened, QEvent.Type.MouseButtonRelease, 300, y_of(opened, 5), NONE)
    assert not len(opened.workspace.annotations)
    assert not len(opened.ladder.notes)
    assert opened.ladder_notes.tool_name == "pointer"


def test_a_bracket_of_one_arrow_is_none(opened: MainWindow, qtbot: QtBot) -> None:
    choose_tool(opened, "bracket")
    click(opened, 300, y_of(opened, 3))
    assert not len(opened.workspace.annotations)


def test_a_tool_that_is_chosen_again_is_laid_down(opened: MainWindow) -> None:
    choose_tool(opened, "bracket")
    assert opened.actions_by_name["tool_bracket"].isChecked()
    choose_tool(opened, "bracket")
    assert not opened.actions_by_name["tool_bracket"].isChecked()


def test_a_note_is_dragged(opened: MainWindow, qtbot: QtBot) -> None:
    before = add_note(opened, qtbot)
    box = box_of(opened)
    centre = box.x + box.width / 2, box.y + box.height / 2
    drag(opened, centre, (centre[0] - 90, centre[1] + 40))
    after = only(opened)
    assert (after.dx, after.dy, after.anchors) == (-90, 40, before.anchors)
    moved = box_of(opened)
    assert (moved.x, moved.y) == pytest.approx((box.x - 90, box.y + 40), abs=1)
    assert undo_text(opened) == "Undo Move Note"
    opened.actions_by_name["undo"].trigger()
    assert only(opened) == before


def test_a_note_is_sized_by_its_corner(opened: MainWindow, qtbot: QtBot) -> None:
    add_note(opened, qtbot, text="a few words")
    box = box_of(opened)
    click(opened, box.x + 5, box.y + 5)
    handle = box_of(opened, "handle")
    corner = handle.x + 4, handle.y + 4
    drag(opened, corner, (corner[0] + 30, corner[1] + 50))
    sized = box_of(opened)
    assert (sized.width, sized.height) == pytest.approx((box.width + 30, box.height + 50), abs=2)
    assert undo_text(opened) == "Undo Resize Note"


def test_an_end_of_a_bracket_is_dragged_by_its_handle(opened: MainWindow, qtbot: QtBot) -> None:
    choose_tool(opened, "bracket")
    drag(opened, (300, y_of(opened, 2)), (300, y_of(opened, 5)))
    handles = [
        shape for shape in opened.ladder.current_drawing()[0].shapes
        if isinstance(shape, Box) and shape.ref and shape.ref.kind == "handle"
    ]  # fmt: skip
    last = handles[-1]
    drag(opened, (last.x + 4, last.y + 4), (last.x + 4, y_of(opened, 8)))
    assert rows_of(opened, only(opened)) == [2, 8]
    assert undo_text(opened) == "Undo Resize Bracket"


def test_a_bracket_is_moved_from_arrow_to_arrow(opened: MainWindow, qtbot: QtBot) -> None:
    choose_tool(opened, "bracket")
    drag(opened, (300, y_of(opened, 2)), (300, y_of(opened, 5)))
    upright = next(
        shape for shape in opened.ladder.current_drawing()[0].shapes
        if isinstance(shape, Line) and shape.ref and shape.ref.kind == "annotation" and shape.x1 == shape.x2
    )  # fmt: skip
    middle = (upright.y1 + upright.y2) / 2 + 8
    step = y_of(opened, 3) - y_of(opened, 2)
    drag(opened, (upright.x1, middle), (upright.x1, middle + step))
    assert rows_of(opened, only(opened)) == [3, 6]


def test_a_click_beside_chooses_none_and_is_the_ladders(opened: MainWindow, qtbot: QtBot) -> None:
    note = add_note(opened, qtbot)
    assert opened.workspace.annotation_id == note.id
    click(opened, 300, y_of(opened, 1))
    assert opened.workspace.annotation_id == ""
    assert opened.ladder.selected_step == 1


def test_a_double_click_edits_in_place(opened: MainWindow, qtbot: QtBot) -> None:
    add_note(opened, qtbot, text="first")
    box = box_of(opened)
    mouse(opened, QEvent.Type.MouseButtonDblClick, box.x + 8, box.y + 8)
    write(opened, qtbot, "second")
    assert only(opened).text == "second"
    assert undo_text(opened) == "Undo Edit Note"


def test_a_double_click_on_an_endpoint_renames_it(opened: MainWindow, qtbot: QtBot) -> None:
    box = box_of(opened, "endpoint")
    mouse(opened, QEvent.Type.MouseButtonDblClick, box.x + 20, box.y + 20)
    write(opened, qtbot, "Laptop")
    assert opened.ladder.plan is not None
    assert opened.ladder.plan.lanes[0].name == "Laptop"
    assert undo_text(opened) == "Undo Rename Endpoint"
    opened.actions_by_name["swap"].trigger()
    qtbot.waitUntil(lambda: opened.ladder.plan is not None and opened.ladder.plan.lanes[1].name == "Laptop")
    assert opened.ladder.plan.lanes[1].address.startswith("10.20.0.7:")  # the same end, in its new role


# -- times between arrows ---------------------------------------------------------------------------------------------


def between(window: MainWindow, row: int) -> float:
    """The height, pixels, of the gap after a row: under the row, over the label of the next."""
    top, bottom = y_of(window, row) + UNDER_ARROW_PX, y_of(window, row + 1) - OVER_ARROW_PX
    assert bottom - top > 4
    return (top + bottom) / 2


def widest_gap(window: MainWindow) -> int:
    """The row after which the most room is, with time passing."""
    plan = window.ladder.plan
    assert plan is not None
    return max(range(1, len(plan) - 1), key=lambda row: float(plan.axis.y[row + 1] - plan.axis.y[row]))


def timed_note(window: MainWindow, qtbot: QtBot, axis: str) -> Annotation:
    window.workspace.set_axis(axis)  # type: ignore[arg-type]
    choose_tool(window, "note")
    click(window, 300, between(window, widest_gap(window)))
    write(window, qtbot, "waiting")
    return only(window)


@pytest.mark.parametrize("axis", ["rows", "time", "compressed"])
def test_a_note_between_two_arrows_hangs_on_the_time_there(opened: MainWindow, qtbot: QtBot, axis: str) -> None:
    opened.workspace.set_axis(axis)  # type: ignore[arg-type]
    row = widest_gap(opened)
    y = between(opened, row)
    note = timed_note(opened, qtbot, axis)
    plan = opened.ladder.plan
    assert plan is not None
    assert note.anchors[0].packet == -1
    assert plan.ts_ns[row] < note.anchors[0].ts_ns < plan.ts_ns[row + 1]
    assert opened.ladder_notes.heights_of(note)[0] == pytest.approx(y, abs=1)
    for level in ("segments", "phases", "messages"):
        opened.workspace.set_level(level)  # type: ignore[arg-type]
        assert [it.annotation.id for it in opened.ladder.notes.all] == [note.id]
    opened.annotating.save_now()
    assert opened.annotating.is_saved


def test_a_note_is_rehung_from_a_time_to_an_arrow_and_back(opened: MainWindow, qtbot: QtBot) -> None:
    timed_note(opened, qtbot, "time")
    gap = widest_gap(opened)
    x, y = hung_at(opened)
    drag(opened, (x, y), (x, y_of(opened, gap)))
    assert rows_of(opened, only(opened)) == [gap]
    assert undo_text(opened) == "Undo Move Note"
    drag(opened, hung_at(opened), (x, between(opened, gap)))
    assert only(opened).anchors[0].packet == -1
    opened.actions_by_name["undo"].trigger()
    assert rows_of(opened, only(opened)) == [gap]


def hung_at(window: MainWindow) -> tuple[float, float]:
    """The handle at which the chosen note hangs."""
    shapes = window.ladder.current_drawing()[0].shapes
    box = next(shape for shape in shapes if isinstance(shape, Box) and shape.ref == Ref("handle", HUNG_AT))
    return box.x + box.width / 2, box.y + box.height / 2


def test_esc_while_rehanging_changes_nothing(opened: MainWindow, qtbot: QtBot) -> None:
    note = add_note(opened, qtbot, 4)
    x, y = hung_at(opened)
    drag(opened, (x, y), (x, y_of(opened, 7)), release=False)
    assert opened.ladder.notes.all[0].first == 7
    key(opened, qtbot, K.Key_Escape)
    mouse(opened, QEvent.Type.MouseButtonRelease, x, y_of(opened, 7), NONE)
    assert only(opened) == note
    assert opened.ladder.notes.all[0].first == 4


@pytest.mark.parametrize("name", ["bracket", "measure", "highlight"])
def test_a_range_reaches_to_a_time(opened: MainWindow, qtbot: QtBot, name: str) -> None:
    opened.workspace.set_axis("time")
    row = widest_gap(opened)
    y = between(opened, row)
    choose_tool(opened, name)
    drag(opened, (300, y_of(opened, 1)), (300, y))
    one = only(opened)
    assert [anchor.packet < 0 for anchor in one.anchors] == [False, True]
    assert opened.ladder_notes.heights_of(one) == pytest.approx([y_of(opened, 1), y], abs=1)


@pytest.mark.parametrize("name", ["dim", "fold"])
def test_what_is_about_arrows_never_hangs_on_a_time(opened: MainWindow, qtbot: QtBot, name: str) -> None:
    opened.workspace.set_axis("time")
    row = widest_gap(opened)
    choose_tool(opened, name)
    drag(opened, (300, y_of(opened, 1)), (300, between(opened, row)))
    assert min(anchor.packet for anchor in only(opened).anchors) >= 0


def test_keys_rehang_a_note_from_arrow_to_time_to_arrow(opened: MainWindow, qtbot: QtBot) -> None:
    add_note(opened, qtbot, 4)
    packets = []
    for _ in range(2):
        key(opened, qtbot, K.Key_Down, M.AltModifier | M.ShiftModifier)
        packets.append(only(opened).anchors[0].packet)
    assert packets[0] == -1
    assert rows_of(opened, only(opened)) == [5]
    assert undo_text(opened) == "Undo Move Note"
    for _ in range(4):
        key(opened, qtbot, K.Key_Up, M.AltModifier | M.ShiftModifier)
    assert rows_of(opened, only(opened)) == [3]


def test_the_card_tells_what_the_note_hangs_on(opened: MainWindow, qtbot: QtBot) -> None:
    note = add_note(opened, qtbot, 4)
    packet = note.anchors[0].packet + 1
    assert opened.annotation_card.where.text() == f"Packet #{packet}"
    key(opened, qtbot, K.Key_Down, M.AltModifier | M.ShiftModifier)
    assert " into the flow, after packet #" in opened.annotation_card.where.text()


# -- with the keyboard ------------------------------------------------------------------------------------------------


def test_a_note_by_keys(opened: MainWindow, qtbot: QtBot) -> None:
    opened.ladder.select_step(5)
    choose_tool(opened, "note")
    key(opened, qtbot, K.Key_Return)
    write(opened, qtbot, "by keys")
    assert rows_of(opened, only(opened)) == [5]


def test_a_note_by_keys_where_no_arrow_was_selected(opened: MainWindow, qtbot: QtBot) -> None:
    opened.ladder.select_step(-1)
    choose_tool(opened, "note")
    key(opened, qtbot, K.Key_Return)  # selects the first arrow in view
    for _ in range(2):
        key(opened, qtbot, K.Key_Down)
    key(opened, qtbot, K.Key_Return)
    write(opened, qtbot, "by keys")
    assert rows_of(opened, only(opened)) == [opened.ladder.selected_step] == [2]


@pytest.mark.parametrize("name", ["bracket", "measure", "highlight", "dim", "fold"])
def test_a_range_by_keys(opened: MainWindow, qtbot: QtBot, name: str) -> None:
    opened.ladder.select_step(3)
    choose_tool(opened, name)
    for _ in range(2):
        key(opened, qtbot, K.Key_Down)
    key(opened, qtbot, K.Key_Return)
    one = only(opened)
    assert one.kind.value == name
    plan = opened.ladder.plan
    assert plan is not None
    assert rows_of(opened, one) == ([3, 3] if name == "fold" else [3, 5])


def test_the_chosen_note_by_keys(opened: MainWindow, qtbot: QtBot) -> None:
    note = add_note(opened, qtbot)
    for _ in range(3):
        key(opened, qtbot, K.Key_Left, M.AltModifier)
    assert only(opened).dx == -24
    assert opened.undo.count() == 2  # moving on and on is one change
    key(opened, qtbot, K.Key_F2)
    write(opened, qtbot, "other")
    assert only(opened).text == "other"
    key(opened, qtbot, K.Key_Delete)
    assert not len(opened.workspace.annotations)
    assert undo_text(opened) == "Undo Delete Note"
    for _ in range(3):
        opened.actions_by_name["undo"].trigger()
    assert only(opened) == note


def test_the_chosen_bracket_reaches_further_by_keys(opened: MainWindow, qtbot: QtBot) -> None:
    choose_tool(opened, "bracket")
    drag(opened, (300, y_of(opened, 2)), (300, y_of(opened, 5)))
    key(opened, qtbot, K.Key_Down, M.AltModifier)
    assert rows_of(opened, only(opened)) == [2, 6]


def test_from_annotation_to_annotation(opened: MainWindow, qtbot: QtBot) -> None:
    add_note(opened, qtbot, 6, "later")
    choose_tool(opened, "note")
    click(opened, 300, y_of(opened, 2))
    write(opened, qtbot, "earlier")
    opened.workspace.set_annotation_id("")
    texts = []
    for _ in range(3):
        opened.actions_by_name["next_note"].trigger()
        chosen = opened.workspace.annotations.get(opened.workspace.annotation_id)
        texts.append(chosen.text if chosen else "")
    assert texts == ["earlier", "later", "earlier"]
    assert opened.ladder.selected_step == 2


def test_esc_chooses_none_and_then_is_the_ladders(opened: MainWindow, qtbot: QtBot) -> None:
    add_note(opened, qtbot)
    opened.ladder.select_step(2)
    key(opened, qtbot, K.Key_Escape)
    assert (opened.workspace.annotation_id, opened.ladder.selected_step) == ("", 2)
    key(opened, qtbot, K.Key_Escape)
    assert opened.ladder.selected_step == -1


# -- titles, names, the card ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["title", "caption"])
def test_title_and_caption(opened: MainWindow, qtbot: QtBot, kind: str) -> None:
    strip = opened.title_strip if kind == "title" else opened.caption_strip
    assert strip.isHidden()
    opened.actions_by_name[f"note_{kind}"].trigger()
    qtbot.keyClicks(strip, "One request")
    qtbot.keyClick(strip, K.Key_Return)
    one = only(opened)
    assert (one.kind.value, one.text) == (kind, "One request")
    assert not strip.isHidden()
    opened.actions_by_name["undo"].trigger()
    assert strip.isHidden()


def test_esc_in_the_title_gives_up(opened: MainWindow, qtbot: QtBot) -> None:
    opened.actions_by_name["note_title"].trigger()
    qtbot.keyClicks(opened.title_strip, "x")
    qtbot.keyClick(opened.title_strip, K.Key_Escape)
    assert not len(opened.workspace.annotations)
    assert opened.title_strip.isHidden()


def test_a_phase_is_renamed(opened: MainWindow, qtbot: QtBot) -> None:
    opened.ladder.select_step(4)
    opened.actions_by_name["rename_phase"].trigger()
    write(opened, qtbot, "Handshake of TLS")
    plan = opened.ladder.plan
    assert plan is not None
    names = [plan.bands.words(band).name for band in range(len(plan.bands))]
    assert "Handshake of TLS" in names
    assert "TLS handshake" not in names
    opened.workspace.set_level("phases")
    plan = opened.ladder.plan
    assert any("Handshake of TLS" in plan.label(row).flags for row in range(len(plan)))


def test_the_card_changes_colour_and_words(opened: MainWindow, qtbot: QtBot) -> None:
    assert opened.annotation_card.isHidden()
    add_note(opened, qtbot)
    card = opened.annotation_card
    assert not card.isHidden()
    qtbot.mouseClick(card.colours["green"], LEFT)
    assert only(opened).style == "green"
    assert undo_text(opened) == "Undo Colour Note"
    qtbot.keyClicks(card.text, "!!")
    assert only(opened).text.endswith("!!") or only(opened).text.startswith("!!")
    assert undo_text(opened) == "Undo Edit Note"
    opened.actions_by_name["undo"].trigger()
    assert only(opened).text == "here"  # the letters typed in a row are one change
    qtbot.mouseClick(card.delete, LEFT)
    assert not len(opened.workspace.annotations)
    assert card.isHidden()


def test_a_note_keeps_its_packet_through_every_level_and_axis(opened: MainWindow, qtbot: QtBot) -> None:
    note = add_note(opened, qtbot, 4, "stays")
    packet = note.anchors[0].packet
    for level in ("segments", "messages", "phases"):
        for axis in ("rows", "time", "compressed"):
            opened.workspace.set_level(level)  # type: ignore[arg-type]
            opened.workspace.set_axis(axis)  # type: ignore[arg-type]
            plan = opened.ladder.plan
            assert plan is not None
            (it,) = opened.ladder.notes.all
            assert plan.first_packet[it.first] <= packet <= plan.last_packet[it.first]


def test_the_words_of_a_note_are_drawn(opened: MainWindow, qtbot: QtBot) -> None:
    add_note(opened, qtbot, 4, "stays")
    drawing = opened.ladder.current_drawing()[0]
    assert any(isinstance(shape, Text) and shape.text == "stays" for shape in drawing.shapes)
