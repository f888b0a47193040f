"""Several flows of a capture in a window of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

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
