from __future__ import annotations

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from ladderview.analysis.flow_columns import BY_KEY, COLUMNS
from ladderview.ui.flow_model import FlowModel, Role
from tests.analysis.test_flow_columns import three_flows

PACKETS = COLUMNS.index(BY_KEY["packets"])


@pytest.fixture
def model(qtbot: QtBot) -> FlowModel:
    made = FlowModel()
    made.setParent(None)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    made.set_flows(three_flows())
    return made


def shown(model: FlowModel) -> list[int]:
    return [model.flow_id(row) for row in range(model.rowCount())]


def test_every_cell_has_its_text(model: FlowModel) -> None:
    cells = [model.index(1, column).data() for column in range(model.columnCount())]
    assert cells == [column.text(three_flows(), 1) for column in COLUMNS]


def test_sorts_by_a_number(model: FlowModel) -> None:
    model.sort(PACKETS, Qt.SortOrder.DescendingOrder)
    assert shown(model) == [1, 0, 2]


def test_filters(model: FlowModel) -> None:
    model.set_filter_text("example")
    assert shown(model) == [0, 1]


def test_a_filter_keeps_the_order(model: FlowModel) -> None:
    model.sort(PACKETS, Qt.SortOrder.DescendingOrder)
    model.set_filter_text("example")
    assert shown(model) == [1, 0]


def test_an_order_keeps_the_filter(model: FlowModel) -> None:
    model.set_filter_text("example")
    model.sort(PACKETS, Qt.SortOrder.DescendingOrder)
    assert shown(model) == [1, 0]


def test_a_selection_survives_sorting(model: FlowModel) -> None:
    selection = QItemSelectionModel(model)
    selection.setCurrentIndex(model.index(0, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    model.sort(PACKETS, Qt.SortOrder.AscendingOrder)
    assert selection.currentIndex().data(Role.FLOW_ID) == 0
    assert selection.currentIndex().row() == 1


def test_counted_problems_leave_the_selection(model: FlowModel) -> None:
    selection = QItemSelectionModel(model)
    selection.setCurrentIndex(model.index(2, 0), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    model.update_flows(three_flows().with_problems({}))
    assert selection.currentIndex().row() == 2


def test_counted_problems_change_what_a_filter_shows(model: FlowModel) -> None:
    model.set_filter_text("problem:any")
    assert shown(model) == [1, 2]
    model.update_flows(three_flows().with_problems({}))
    assert shown(model) == []


def test_row_of_a_hidden_flow(model: FlowModel) -> None:
    model.set_filter_text("flow:1")
    assert (model.row_of(1), model.row_of(0)) == (0, -1)


def test_no_flows(model: FlowModel) -> None:
    model.set_flows(None)
    assert model.rowCount() == 0


@pytest.mark.parametrize(
    ("flow_id", "sentence"),
    [
        (0, "The client is known: it sent the SYN."),
        (1, "The client is a guess by the port numbers: the capture has no SYN."),
        (2, "The client is a guess: it sent the first packet captured."),
    ],
)
def test_tooltip_says_how_the_client_is_known(model: FlowModel, flow_id: int, sentence: str) -> None:
    assert sentence in model.tooltip(flow_id)


def test_tooltip_says_that_sides_are_swapped(model: FlowModel) -> None:
    model.set_flows(three_flows().with_swapped(1))
    assert "You swapped the sides." in model.tooltip(1)


def test_numbers_stand_at_the_right(model: FlowModel) -> None:
    assert model.index(0, PACKETS).data(Qt.ItemDataRole.TextAlignmentRole) & int(Qt.AlignmentFlag.AlignRight)
