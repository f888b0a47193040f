from __future__ import annotations

import gc
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ladderview.ladder.axis import AXIS_MODES
from ladderview.ladder.theme import THEMES
from ladderview.ladder.viewport import ABOVE_PX, COMFORTABLE_PX, HEADER_PX
from ladderview.ui import ladder_plans, ladder_stage, ladder_view
from ladderview.ui.ladder_view import LadderView
from tests.ladder import geometry, make
from tests.ladder.make import HANDSHAKE, TROUBLE
from tests.ui.ladders import shown_ladder

K, M = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def view(qtbot: QtBot) -> LadderView:
    return shown_ladder(qtbot, 900, 500)


@pytest.fixture
def loss(view: LadderView) -> LadderView:
    view.set_flow(make.analysis(TROUBLE), None)
    return view


@pytest.fixture
def long(view: LadderView) -> LadderView:
    view.set_flow(make.analysis(make.long_rows(3000)), None)
    return view


def drawing(view: LadderView) -> object:
    return view.current_drawing()[0]


def rows_in_view(view: LadderView) -> list[int]:
    assert view.plan is not None
    first, end = view.plan.axis.rows_between(view.viewport.y_at(HEADER_PX), view.viewport.bottom)
    return list(range(first, end))


def y_of(view: LadderView, row: int) -> float:
    assert view.plan is not None
    return view.viewport.y_px(view.plan.axis.y_of(row))


def canvas_of(view: LadderView) -> object:
    return view.canvas.viewport()


def wheel(view: LadderView, notches: int, modifiers: Qt.KeyboardModifier = M.NoModifier, y: float = 300.0) -> None:
    target = view.canvas.viewport()
    position = QPointF(400.0, y)
    event = QWheelEvent(
        position, target.mapToGlobal(position), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(target, event)


def drag(view: LadderView, from_y: float, to_y: float) -> None:
    target = view.canvas.viewport()

    def send(kind: QEvent.Type, y: float, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        position = QPointF(400.0, y)
        QApplication.sendEvent(
            target, QMouseEvent(kind, position, target.mapToGlobal(position), button, held, M.NoModifier)
        )

    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    send(QEvent.Type.MouseButtonPress, from_y, left, left)
    for part in (0.25, 0.5, 0.75, 1.0):
        send(QEvent.Type.MouseMove, from_y + (to_y - from_y) * part, none, left)
    send(QEvent.Type.MouseButtonRelease, to_y, left, none)


# -- what is shown ------------------------------------------------------------------------------------------------


def test_without_a_flow_it_says_what_to_do(view: LadderView) -> None:
    assert next(rect.what for rect in geometry.text_rects(drawing(view))) == "Choose a flow on the left"


def test_a_flow_opens_at_its_first_rows_readable(long: LadderView) -> None:
    assert long.viewport.px_per_unit == COMFORTABLE_PX
    assert rows_in_view(long)[0] == 0
    assert any(word.startswith("[") for word in geometry.words(drawing(long), "packet"))


def test_another_flow_forgets_selection_and_scroll(long: LadderView) -> None:
    long.select_row(2000)
    long.set_flow(make.analysis(HANDSHAKE), None)
    assert (long.selected_row, rows_in_view(long)[0]) == (-1, 0)


def test_no_flow_again(loss: LadderView) -> None:
    loss.set_flow(None, None)
    assert loss.plan is None
    assert loss.selected_row == -1


def test_verdicts_arrive_without_moving_what_is_looked_at(view: LadderView) -> None:
    fa = make.analysis(TROUBLE * 6)
    view.set_flow_preview(fa.flow, fa.segments, None)
    view.select_row(30)
    before = y_of(view, 30)
    assert not view.plan.trouble.any()
    view.set_flow(fa, None)
    assert view.selected_row == 30
    assert y_of(view, 30) == pytest.approx(before, abs=1)  # though missing segments above it now take room
    assert view.plan.trouble.any()


def test_without_a_selection_the_uppermost_row_stays(view: LadderView) -> None:
    fa = make.analysis(TROUBLE * 6)
    view.set_flow_preview(fa.flow, fa.segments, None)
    view.scroll_by(900)
    top = rows_in_view(view)[0]
    before = y_of(view, top)
    view.set_flow(fa, None)
    assert y_of(view, top) == pytest.approx(before, abs=1)


def test_the_analysis_of_another_flow_is_no_upgrade(view: LadderView) -> None:
    preview, other = make.analysis(make.long_rows(200)), make.analysis(HANDSHAKE)
    view.set_flow_preview(preview.flow, preview.segments, None)
    view.scroll_by(2000)
    view.set_flow(other, None)
    assert rows_in_view(view)[0] == 0


def test_a_long_flow_is_planned_behind_the_scenes(
    view: LadderView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder_plans, "PLAN_BEHIND_FROM", 10)
    view.set_flow(make.analysis(TROUBLE), None)
    assert view.is_planning
    view.select_row(7)  # wanted before there is a plan
    view.set_axis("time")
    qtbot.waitUntil(lambda: not view.is_planning, timeout=5000)
    assert view.plan is not None
    assert view.plan.axis.mode == "time"
    assert view.selected_row == 7


def test_another_axis_does_not_lose_the_verdicts_that_are_on_their_way(
    view: LadderView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fa = make.analysis(TROUBLE)
    view.set_flow_preview(fa.flow, fa.segments, None)
    monkeypatch.setattr(ladder_plans, "PLAN_BEHIND_FROM", 10)
    view.set_flow(fa, None)
    view.set_axis("compressed")
    qtbot.waitUntil(lambda: not view.is_planning, timeout=5000)
    assert view.plan is not None
    assert view.plan.trouble.any()
    assert view.plan.axis.mode == "compressed"


def test_a_flow_that_is_overtaken_is_never_shown(
    view: LadderView, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ladder_plans, "PLAN_BEHIND_FROM", 15)
    view.set_flow(make.analysis(HANDSHAKE), None)  # 16 rows: behind the scenes
    view.set_flow(make.analysis(TROUBLE), None)  # 13 rows: at once
    qtbot.wait(50)
    assert len(view.plan) == len(TROUBLE)


def test_themes_change_colours_alone(loss: LadderView) -> None:
    before = drawing(loss)
    loss.set_theme(THEMES["dark"])
    assert loss.current_drawing()[1] is THEMES["dark"]
    assert drawing(loss) == before


def test_it_says_what_it_shows_to_who_cannot_see_it(loss: LadderView) -> None:
    assert loss.accessibleName() == "Ladder"
    shown = "Flow 3, 10.0.0.7:50944 to 192.0.2.10:443, 13 segments"
    assert loss.accessibleDescription() == shown
    loss.select_row(7)
    assert loss.accessibleDescription().startswith(
        f"{shown}; selected: #410 [TCP Fast Retransmission] [ACK] Seq=285449"
    )


# -- keys ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ([K.Key_Down], 0), ([K.Key_Down] * 3, 2), ([K.Key_J, K.Key_J, K.Key_K], 0), ([K.Key_Down, K.Key_Up], 0),
        ([K.Key_N], 1), ([K.Key_N] * 3, 4), ([K.Key_End], 12), ([K.Key_End, K.Key_Down], 12),
        ([K.Key_Down, K.Key_Escape], -1),
    ],
)  # fmt: skip
def test_keys_step_through_the_arrows(keys: list[Qt.Key], row: int, loss: LadderView, qtbot: QtBot) -> None:
    for key in keys:
        qtbot.keyClick(loss, key)
    assert loss.selected_row == row


def test_the_problem_before(loss: LadderView, qtbot: QtBot) -> None:
    loss.select_row(7)
    qtbot.keyClick(loss, K.Key_N, M.ShiftModifier)
    assert loss.selected_row == 6
    loss.select_row(-1)
    qtbot.keyClick(loss, K.Key_N, M.ShiftModifier)
    assert loss.selected_row == 12


def test_stepping_keeps_the_selected_arrow_in_view(long: LadderView, qtbot: QtBot) -> None:
    for _ in range(40):
        qtbot.keyClick(long, K.Key_Down)
        assert HEADER_PX < y_of(long, long.selected_row) < long.viewport.height


def test_pages(long: LadderView, qtbot: QtBot) -> None:
    first = rows_in_view(long)
    qtbot.keyClick(long, K.Key_PageDown)
    second = rows_in_view(long)
    assert second[0] <= first[-1] + 1
    assert second[0] > first[0]
    qtbot.keyClick(long, K.Key_PageUp)
    assert rows_in_view(long)[0] == 0


def test_home_shows_all(long: LadderView, qtbot: QtBot) -> None:
    long.select_row(2500)
    qtbot.keyClick(long, K.Key_Home)
    assert rows_in_view(long) == list(range(3000))


def test_return_zooms_to_the_selected_arrow(long: LadderView, qtbot: QtBot) -> None:
    long.fit_all()
    long.select_row(1500)
    qtbot.keyClick(long, K.Key_Return)
    assert long.viewport.px_per_unit == COMFORTABLE_PX
    assert y_of(long, 1500) == pytest.approx((long.viewport.height + HEADER_PX) / 2, abs=1)


@pytest.mark.parametrize(("key", "factor"), [(K.Key_Plus, 1.25), (K.Key_Equal, 1.25), (K.Key_Minus, 0.8)])
def test_zoom_keys_keep_the_selected_arrow_in_place(key: Qt.Key, factor: float, long: LadderView, qtbot: QtBot) -> None:
    long.select_row(1500)
    before = y_of(long, 1500)
    qtbot.keyClick(long, key)
    assert long.viewport.px_per_unit == pytest.approx(COMFORTABLE_PX * factor)
    assert y_of(long, 1500) == pytest.approx(before, abs=1)


def test_a_cycles_the_axis_and_keeps_the_row_in_place(long: LadderView, qtbot: QtBot) -> None:
    long.select_row(1500)
    before = y_of(long, 1500)
    seen: list[str] = []
    long.axis_changed.connect(seen.append)
    for _ in AXIS_MODES:
        qtbot.keyClick(long, K.Key_A)
        assert y_of(long, 1500) == pytest.approx(before, abs=1)
    assert seen == ["time", "compressed", "rows"]


def test_t_cycles_what_times_count_from(loss: LadderView, qtbot: QtBot) -> None:
    times = []
    for _ in range(5):
        qtbot.keyClick(loss, K.Key_T)
        words = geometry.words(drawing(loss), "packet")
        times.append([word for word in words if not word.startswith(("[", "#"))][1])
    local = times.pop(3)
    assert times == ["+0.2 ms", "+0.2 ms", "22:13:20.812600", "0.2 ms"]
    assert local.endswith(":20.812600")


@pytest.mark.parametrize("key", list(ladder_view.act_of.__globals__["KEYS"]), ids=str)
def test_no_key_fails_without_a_flow(
    key: tuple[Qt.Key, Qt.KeyboardModifier | None], view: LadderView, qtbot: QtBot
) -> None:
    qtbot.keyClick(view, key[0], key[1] or M.NoModifier)
    assert view.selected_row == -1


# -- the pointer --------------------------------------------------------------------------------------------------


def test_a_click_selects(loss: LadderView, qtbot: QtBot) -> None:
    with qtbot.waitSignal(loss.row_selected) as caught:
        qtbot.mouseClick(canvas_of(loss), Qt.MouseButton.LeftButton, pos=QPoint(400, int(y_of(loss, 2))))
    assert caught.args == [2]
    assert loss.selected_row == 2


def test_a_click_beside_everything_changes_nothing(loss: LadderView, qtbot: QtBot) -> None:
    loss.select_row(2)
    qtbot.mouseClick(canvas_of(loss), Qt.MouseButton.LeftButton, pos=QPoint(400, 20))
    assert loss.selected_row == 2


def test_selecting_by_program_says_so_once(loss: LadderView) -> None:
    seen: list[int] = []
    loss.row_selected.connect(seen.append)
    loss.select_row(4)
    loss.select_row(4)
    loss.select_row(99)  # no such row
    assert seen == [4, -1]


def test_the_wheel_scrolls(long: LadderView) -> None:
    wheel(long, -2)
    assert rows_in_view(long)[0] > 0
    wheel(long, 5)
    assert rows_in_view(long)[0] == 0


def test_ctrl_and_wheel_zoom_at_the_pointer(long: LadderView) -> None:
    long.scroll_by(5000)
    there = long.viewport.y_at(300.0)
    wheel(long, -3, M.ControlModifier)
    assert long.viewport.px_per_unit == pytest.approx(COMFORTABLE_PX / 1.25**3)
    assert long.viewport.y_px(there) == pytest.approx(300.0, abs=1)


def test_zoom_ends_where_there_is_nothing_more_to_see(long: LadderView) -> None:
    for _ in range(60):
        wheel(long, 1, M.ControlModifier)
    largest = long.viewport.px_per_unit
    for _ in range(60):
        wheel(long, -1, M.ControlModifier)
    assert largest <= 160
    assert rows_in_view(long) == list(range(3000))


def test_dragging_pans_and_selects_nothing(long: LadderView) -> None:
    drag(long, 400, 200)
    assert y_of(long, 4) == pytest.approx(HEADER_PX + ABOVE_PX + 4 * COMFORTABLE_PX - 200)
    assert long.selected_row == -1


def test_pointing_at_an_arrow(loss: LadderView, qtbot: QtBot) -> None:
    seen: list[int] = []
    loss.row_hovered.connect(seen.append)
    for row in (3, 3, 5):
        loss.canvas.pointed.emit(400.0, y_of(loss, row))
    loss.canvas.pointed.emit(-1.0, -1.0)
    assert seen == [3, 5, -1]


def test_another_row_is_under_the_pointer_after_scrolling(long: LadderView) -> None:
    seen: list[int] = []
    long.canvas.pointed.emit(400.0, 300.0)
    long.row_hovered.connect(seen.append)
    wheel(long, -1)
    assert len(seen) == 1
    assert y_of(long, seen[0]) == pytest.approx(300, abs=40)


def test_a_double_click_zooms_to_the_arrow(long: LadderView, qtbot: QtBot) -> None:
    long.fit_all()
    qtbot.mouseDClick(canvas_of(long), Qt.MouseButton.LeftButton, pos=QPoint(400, 300))
    assert long.viewport.px_per_unit == COMFORTABLE_PX


def test_the_tooltip_has_the_whole_label_and_why(loss: LadderView) -> None:
    text = loss.row_tooltip(7)
    assert "<b>#410</b>" in text
    assert "[TCP Fast Retransmission] [ACK] Seq=285449 Ack=1 Win=64256 Len=1448" in text
    assert text.count("<br>") >= 1


def test_swapping_sides_moves_the_client_to_the_right(loss: LadderView) -> None:
    before = geometry.arrows(drawing(loss))[0]
    loss.swap_sides()
    after = geometry.arrows(drawing(loss))[0]
    assert (before.x1 < before.x2) != (after.x1 < after.x2)


# -- the minimap --------------------------------------------------------------------------------------------------


def test_a_click_in_the_minimap_goes_there(long: LadderView, qtbot: QtBot) -> None:
    strip = long.minimap
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(15, strip.height() // 2 + 26))
    middle = rows_in_view(long)[len(rows_in_view(long)) // 2]
    assert abs(middle - 1500) < 40


# -- many sizes, and the end --------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(400, 300), (640, 500), (1200, 900)])
@pytest.mark.parametrize("axis", AXIS_MODES)
def test_nothing_overlaps_with_the_fonts_of_this_machine(
    size: tuple[int, int], axis: str, view: LadderView, qtbot: QtBot
) -> None:
    from ladderview.render.qt import measure

    view.resize(*size)
    view.set_axis(axis)
    view.set_flow(make.analysis(TROUBLE), None)
    view.select_row(7)
    qtbot.wait(1)
    assert geometry.overlaps(drawing(view), measure) == []
    assert geometry.beyond_the_edges(drawing(view), measure) == []


def test_the_part_in_view_follows_the_size(loss: LadderView, qtbot: QtBot) -> None:
    loss.resize(700, 420)
    qtbot.waitUntil(lambda: loss.viewport.height == 420)
    assert loss.viewport.width < 700


def test_the_view_box_has_the_range_in_view(long: LadderView) -> None:
    long.scroll_by(777)
    top, bottom = long.canvas.view_box.viewRange()[1]
    assert (top, bottom) == pytest.approx((long.viewport.top, long.viewport.bottom))


def test_a_view_that_nobody_holds_goes_quietly(qtbot: QtBot) -> None:
    # A cycle through a graphics item made PySide6 crash here.
    for _ in range(3):
        made: LadderView | None = LadderView()
        made.set_flow(make.analysis(TROUBLE), None)
        made.show()
        qtbot.wait(1)
        made.grab()
        del made
        gc.collect()


def test_painting_asks_for_one_drawing_a_change(loss: LadderView, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    original: Callable[..., object] = ladder_stage.lay_out
    monkeypatch.setattr(ladder_stage, "lay_out", lambda *given: made.append(1) or original(*given))
    for _ in range(3):
        loss.grab()
    assert len(made) <= 1
    loss.select_row(3)
    loss.grab()
    loss.grab()
    assert len(made) <= 2
