"""Going from segments to messages to phases, unfolding in place, and what a ladder says when it does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from ladderview.analysis.reading import Chosen
from ladderview.analysis.steps import StepKind
from ladderview.ladder.viewport import HEADER_PX
from ladderview.ui.ladder_view import LadderView
from tests.analysis.readings import reading_of_sample
from tests.ladder import geometry
from tests.ui.ladders import shown_ladder

K = Qt.Key


@pytest.fixture
def view(qtbot: QtBot) -> LadderView:
    made = shown_ladder(qtbot, 1000, 500)
    show(made, "loss")
    return made


def show(view: LadderView, sample: str) -> None:
    reading = reading_of_sample(sample)
    view.set_flow(reading.analysis, None)
    view.set_reading(reading)


def label(view: LadderView) -> str:
    assert view.plan is not None
    return view.plan.label(view.selected_step).flags


def y_of(view: LadderView, step: int) -> float:
    assert view.plan is not None
    return view.viewport.y_px(view.plan.axis.y_of(step))


def test_the_segment_that_is_selected_stays_selected_at_every_level(view: LadderView, qtbot: QtBot) -> None:
    view.select_row(20)
    for level in ("messages", "phases", "segments"):
        with qtbot.waitSignal(view.level_changed) as told:
            view.set_level(level)
        assert told.args == [level]
        assert view.selected_row == 20
        assert view.plan is not None
        assert view.plan.step_of_segment(20) == view.selected_step
        assert level != "messages" or label(view) == "200 OK"
        assert HEADER_PX < y_of(view, view.selected_step) < view.viewport.height


def test_keys_change_the_level(view: LadderView, qtbot: QtBot) -> None:
    for key, level in (
        (K.Key_BracketRight, "messages"),
        (K.Key_BracketRight, "phases"),
        (K.Key_BracketLeft, "messages"),
    ):
        qtbot.keyClick(view, key)
        assert view.plan is not None
        assert view.plan.level == level


def test_right_unfolds_in_place_and_left_folds_again(view: LadderView, qtbot: QtBot) -> None:
    view.set_level("messages")
    assert view.plan is not None
    before = len(view.plan)
    while not label(view).startswith("GET"):
        qtbot.keyClick(view, K.Key_Down)
    y = y_of(view, view.selected_step)
    qtbot.keyClick(view, K.Key_Right)
    assert len(view.plan) == before + 1
    assert y_of(view, view.selected_step) == pytest.approx(y, abs=1)
    qtbot.keyClick(view, K.Key_Left)
    assert len(view.plan) == before
    assert label(view).startswith("GET")


def test_a_click_on_the_mark_unfolds_and_folds(view: LadderView, qtbot: QtBot) -> None:
    view.set_level("messages")
    assert view.plan is not None
    before = len(view.plan)
    for kind, rows in (("fold", before + 1), ("unfolded", before)):
        marks = [arrow for arrow in geometry.arrows(view.current_drawing()[0]) if arrow.ref and arrow.ref.kind == kind]
        view.canvas.clicked.emit((marks[0].x1 + marks[0].x2) / 2, (marks[0].y1 + marks[0].y2) / 2)
        assert len(view.plan) == rows
    assert view.selected_step == -1  # a mark is no arrow


def test_what_is_chosen_is_told_once(view: LadderView, qtbot: QtBot) -> None:
    told: list[Chosen | None] = []
    view.chosen_changed.connect(told.append)
    view.set_level("messages")
    view.select_step(4)
    view.select_step(4)
    view.set_level("phases")
    view.select_step(-1)
    kinds = [None if chosen is None else chosen.kind for chosen in told]
    assert kinds == [StepKind.RUN, StepKind.PHASE, None]


def test_zooming_goes_through_the_levels_and_stays_where_the_pointer_is(view: LadderView) -> None:
    view.resize(1000, 260)
    view.set_level("auto")
    assert view.is_automatic
    seen = []
    for factor in [0.8] * 40 + [1.25] * 60:
        view.zoom_by(factor, 180.0)
        assert view.plan is not None
        if not seen or seen[-1] != view.plan.level:
            seen.append(view.plan.level)
    assert seen[0] == "segments"
    assert seen[-1] == "segments"
    assert len(seen) in {3, 5}
    view.set_level("phases")
    assert not view.is_automatic


def test_a_double_click_on_a_phase_shows_its_messages(view: LadderView) -> None:
    view.set_level("phases")
    assert view.plan is not None
    view.canvas.double_clicked.emit(500.0, y_of(view, 1) - 5)
    assert view.plan.level == "messages"
    first = view.plan.bands.first[1]
    assert view.viewport.y_px(view.plan.axis.y_of(int(first))) == pytest.approx(72 + 36, abs=1)


def test_the_player_shows_arrow_by_arrow(view: LadderView) -> None:
    view.set_level("messages")
    view.set_reveal(2, 0.5)
    rows = {arrow.ref.row for arrow in geometry.arrows(view.current_drawing()[0]) if arrow.ref}
    assert rows == {0, 1}
    view.set_reveal(None)
    assert len(geometry.arrows(view.current_drawing()[0])) > 8


def test_links_are_walked_by_keys(view: LadderView, qtbot: QtBot) -> None:
    show(view, "http")
    view.set_level("messages")
    view.select_step(3)
    assert label(view) == "GET / HTTP/1.1"
    qtbot.keyClick(view, K.Key_Period)
    assert label(view) == "200 OK"
    qtbot.keyClick(view, K.Key_Comma)
    assert label(view) == "GET / HTTP/1.1"


def test_larger_type_shows_less_of_the_ladder_and_clicks_still_fit(view: LadderView, qtbot: QtBot) -> None:
    before = view.viewport
    view.set_text_scale(2.0)
    assert view.viewport.width == pytest.approx(before.width / 2)
    assert view.viewport.height == pytest.approx(before.height / 2)
    y = y_of(view, 1)
    qtbot.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(500, round(y * 2)))
    assert view.selected_row == 1


def test_endpoints_are_called_what_a_person_calls_them(view: LadderView) -> None:
    view.set_names({0: "Laptop"})
    words = geometry.words(view.current_drawing()[0], "endpoint")
    assert words[0] == "Laptop"


def test_the_legend_comes_and_goes_with_a_key(view: LadderView, qtbot: QtBot) -> None:
    for shown in (True, False):
        with qtbot.waitSignal(view.legend_changed) as told:
            qtbot.keyClick(view, K.Key_L)
        assert told.args == [shown]
