"""Several flows of a capture in a window of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from ladderview.ladder.annotations import Annotation, Kind
from ladderview.ladder.shapes import Arrow
from ladderview.ui.ladder_view import LadderView
from ladderview.ui.main_window import MainWindow
from ladderview.ui.several import ChooseFlows, SeveralWindow, offered
from tests.analysis.spoken import segments_of, write


@pytest.fixture
def window_with_flows(window: MainWindow, open_in: Callable[..., None], tmp_path: Path, qtbot: QtBot) -> MainWindow:
    turns = [("c", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), ("s", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    open_in(window, str(write(tmp_path / "three.pcap", [segments_of(turns)] * 3, port=80)))
    qtbot.waitUntil(lambda: window.workspace.analysis is not None, timeout=5000)
    return window


def test_the_dialog_asks_for_two_flows_at_least(window_with_flows: MainWindow, qtbot: QtBot) -> None:
    flows = window_with_flows.workspace.flows
    assert flows is not None
    assert offered(flows, 1) == [1, 0, 2]
    dialog = ChooseFlows(window_with_flows, flows, 1)
    qtbot.addWidget(dialog)
    assert dialog.flows() == [1]
    chosen: list[list[int]] = []
    dialog.chosen.connect(chosen.append)
    dialog.list.item(1).setCheckState(Qt.CheckState.Checked)
    dialog._on_accepted()
    assert chosen == [[0, 1]]


def test_an_arrow_that_is_selected_there_is_selected_here(window_with_flows: MainWindow, qtbot: QtBot) -> None:
    window_with_flows.show_several([0, 2])
    several = window_with_flows.findChild(SeveralWindow)
    ladder = several.ladder
    qtbot.waitUntil(lambda: ladder.plan is not None, timeout=5000)
    assert ladder.plan is not None
    assert [lane.address.split(":")[1] for lane in ladder.plan.lanes][1] == "80"
    assert len(ladder.plan.lanes) == 3
    last = ladder.plan.step_of_segment(3, 1)
    ladder.select_step(last)
    workspace = window_with_flows.workspace
    qtbot.waitUntil(lambda: workspace.flow_id == 2 and workspace.row == 3, timeout=5000)
    ladder.set_level("segments")
    assert ladder.plan.segment_of(ladder.selected_step) == (1, 3)
    ladder.set_axis("time")
    assert ladder.plan.segment_of(ladder.selected_step) == (1, 3)
    ladder.set_axis("rows")
    ladder.set_level("messages")
    request = next(row for row in range(len(ladder.plan)) if ladder.plan.unfolding.is_closed(row))
    count = len(ladder.plan)
    ladder.unfold(request)
    assert len(ladder.plan) > count
    ladder.select_step(request)
    ladder.fold()
    assert len(ladder.plan) == count
    ladder.step_level(1)
    (checked,) = [button.text() for button in several.findChildren(QToolButton) if button.isChecked()][:1]
    assert checked == "Phases"
    background = several._background
    several.close()
    background.wait()


# -- writing on several flows -----------------------------------------------------------------------------------------


@pytest.fixture
def several(window_with_flows: MainWindow, qtbot: QtBot) -> Iterator[SeveralWindow]:
    """Flows 0 and 2 of the capture in one ladder."""
    window_with_flows.show_several([0, 2])
    made = window_with_flows.findChild(SeveralWindow)
    assert isinstance(made, SeveralWindow)
    made.resize(1100, 1100)
    qtbot.waitUntil(lambda: made.ladder.plan is not None, timeout=5000)
    made.ladder.set_level("segments")
    yield made
    background = made._background
    made.close()
    background.wait()


def arrow(ladder: LadderView, source: int, segment: int) -> tuple[float, float]:
    """The middle of an arrow, pixels."""
    assert ladder.plan is not None
    row = ladder.plan.step_of_segment(segment, source)
    shapes = ladder.current_drawing()[0].shapes
    it = next(shape for shape in shapes if isinstance(shape, Arrow) and shape.ref and shape.ref.row == row)
    return (it.x1 + it.x2) / 2, it.y2


def drag(ladder: LadderView, *points: tuple[float, float]) -> None:
    target = ladder.canvas.viewport()
    press, move, release = QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease
    steps = [(press, points[0]), *((move, point) for point in points), (release, points[-1])]
    for kind, (x, y) in steps:
        button = Qt.MouseButton.NoButton if kind == move else Qt.MouseButton.LeftButton
        held = Qt.MouseButton.NoButton if kind == release else Qt.MouseButton.LeftButton
        at = QPointF(x, y)
        event = QMouseEvent(kind, at, target.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(target, event)


def say(several: SeveralWindow, qtbot: QtBot, text: str) -> None:
    editor = several.notes.editor
    assert editor is not None
    editor.setPlainText(text)
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def all_of(window: MainWindow) -> tuple[Annotation, ...]:
    return window.workspace.annotations.all


def shown(ladder: LadderView) -> list[str]:
    return [it.annotation.text for it in ladder.notes.all]


def test_a_note_hangs_on_the_flow_whose_arrow_it_was_put_on(
    window_with_flows: MainWindow, several: SeveralWindow, qtbot: QtBot
) -> None:
    for source, words in ((0, "on the first"), (1, "on the other")):
        several.actions_by_name["tool_note"].trigger()
        drag(several.ladder, arrow(several.ladder, source, 3))
        say(several, qtbot, words)
    assert [one.flow for one in all_of(window_with_flows)] == [0, 2]
    assert sorted(shown(several.ladder)) == ["on the first", "on the other"]
    for flow, words in ((0, "on the first"), (2, "on the other")):
        window_with_flows.workspace.set_flow_id(flow)
        qtbot.waitUntil(lambda words=words: shown(window_with_flows.ladder) == [words], timeout=5000)
    assert several.actions_by_name["tool_note"].isChecked() is False
    several.actions_by_name["undo"].trigger()
    assert shown(several.ladder) == ["on the first"]


def test_a_note_of_a_flows_own_ladder_is_in_that_of_several(
    window_with_flows: MainWindow, several: SeveralWindow, qtbot: QtBot
) -> None:
    window_with_flows.workspace.set_flow_id(2)
    ladder = window_with_flows.ladder
    qtbot.waitUntil(lambda: ladder.plan is not None and ladder.plan.flow.id == 2, timeout=5000)
    ladder.select_row(3)
    window_with_flows.actions_by_name["tool_note"].trigger()
    qtbot.keyClick(window_with_flows.ladder, Qt.Key.Key_Return)
    editor = window_with_flows.ladder_notes.editor
    assert editor is not None
    editor.setPlainText("here")
    editor.finish()
    (it,) = several.ladder.notes.all
    assert several.ladder.plan is not None
    assert several.ladder.plan.segment_of(it.first) == (1, 3)


def test_what_reaches_from_flow_to_flow_is_in_both(
    window_with_flows: MainWindow, several: SeveralWindow, qtbot: QtBot
) -> None:
    several.actions_by_name["tool_measure"].trigger()
    drag(several.ladder, arrow(several.ladder, 0, 2), arrow(several.ladder, 1, 3))
    (one,) = all_of(window_with_flows)
    assert [anchor.flow for anchor in one.anchors] == [0, 2]
    window_with_flows.annotating.save_now()
    assert window_with_flows.annotating.is_saved
    for flow in (0, 2):
        window_with_flows.workspace.set_flow_id(flow)
        qtbot.waitUntil(lambda: len(window_with_flows.ladder.notes) == 1, timeout=5000)


def test_a_fold_and_a_name_are_of_their_flow(
    window_with_flows: MainWindow, several: SeveralWindow, qtbot: QtBot
) -> None:
    plan = several.ladder.plan
    assert plan is not None
    before = len(plan)
    several.actions_by_name["tool_fold"].trigger()
    drag(several.ladder, arrow(several.ladder, 1, 3), arrow(several.ladder, 1, 5))
    (fold,) = all_of(window_with_flows)
    assert (fold.kind, [anchor.flow for anchor in fold.anchors]) == (Kind.FOLD, [2, 2])
    assert len(several.ladder.plan or ()) == before - 2
    several.notes.names.rename_endpoint(2)
    say(several, qtbot, "Phone")
    assert several.ladder.plan is not None
    assert [lane.name for lane in several.ladder.plan.lanes] == ["Client", "Server", "Phone"]
    window_with_flows.workspace.set_flow_id(2)
    qtbot.waitUntil(
        lambda: (
            window_with_flows.ladder.plan is not None
            and window_with_flows.ladder.plan.flow.id == 2
            and window_with_flows.ladder.plan.lanes[0].name == "Phone"
        ),
        timeout=5000,
    )
    several.actions_by_name["undo"].trigger()
    several.actions_by_name["undo"].trigger()
    assert [lane.name for lane in several.ladder.plan.lanes] == ["Client", "Server", "Client"]
    assert len(several.ladder.plan) == before


def test_the_shared_end_keeps_the_name_that_one_of_its_flows_gave_it(
    window_with_flows: MainWindow, several: SeveralWindow, qtbot: QtBot
) -> None:
    several.notes.names.rename_endpoint(1)
    say(several, qtbot, "Shop")
    several.notes.names.rename_endpoint(1)
    assert several.notes.editor is not None
    assert several.notes.editor.toPlainText() == "Shop"
    say(several, qtbot, "Big Shop")
    assert len(all_of(window_with_flows)) == 1
    assert several.ladder.plan is not None
    assert several.ladder.plan.lanes[1].name == "Big Shop"
