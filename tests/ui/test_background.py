from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ladderview.progress import Progress
from ladderview.ui.background import Background


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    made = Background(threads=2)
    yield made
    made.retire(lambda: None)
    made.wait()


def waits(progress: Progress) -> str:
    """Works until it is told to stop."""
    pause = threading.Event()
    for done in range(10_000):
        pause.wait(0.005)
        progress(done, 10_000)
    return "finished"


def test_result_arrives_on_the_thread_of_the_window(background: Background, qtbot: QtBot) -> None:
    seen: list[object] = []
    background.run("work", lambda progress: threading.get_ident(), lambda r: seen.extend((r, threading.get_ident())))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen[0] != seen[1] == threading.get_ident()


def test_an_error_is_handed_over(background: Background, qtbot: QtBot) -> None:
    errors: list[Exception] = []
    background.run("work", lambda progress: 1 / 0, lambda r: None, errors.append)
    qtbot.waitUntil(lambda: len(errors) == 1)
    assert isinstance(errors[0], ZeroDivisionError)


def test_progress_is_reported(background: Background, qtbot: QtBot) -> None:
    reports: list[tuple[int, int]] = []
    background.run("work", waits, lambda r: None, progressed=lambda done, total: reports.append((done, total)))
    qtbot.waitUntil(lambda: len(reports) >= 3)
    assert reports[-1][1] == 10_000


def test_cancelled_work_answers_nothing(background: Background, qtbot: QtBot) -> None:
    answers: list[object] = []
    background.run("work", waits, answers.append, answers.append)
    qtbot.wait(30)
    background.cancel("work")
    qtbot.wait(60)
    assert answers == []
    assert not background.is_busy("work")


def test_the_newest_of_a_name_wins(background: Background, qtbot: QtBot) -> None:
    answers: list[str] = []
    background.run("work", waits, lambda r: answers.append("old"))
    background.run("work", lambda progress: None, lambda r: answers.append("new"))
    qtbot.waitUntil(lambda: bool(answers))
    qtbot.wait(50)
    assert answers == ["new"]


def test_a_result_that_is_under_way_when_it_is_overtaken_is_dropped(background: Background, qtbot: QtBot) -> None:
    """The old job has ended and its signal is queued; only then is the new one started."""
    answers: list[str] = []
    ended = threading.Event()
    background.run("work", lambda progress: ended.set(), lambda r: answers.append("old"))
    assert ended.wait(5)
    threading.Event().wait(0.05)
    background.run("work", lambda progress: None, lambda r: answers.append("new"))
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == ["new"]


def test_other_names_are_left_alone(background: Background, qtbot: QtBot) -> None:
    answers: list[str] = []
    background.run("one", lambda progress: None, lambda r: answers.append("one"))
    background.cancel("two")
    qtbot.waitUntil(lambda: answers == ["one"])


def test_busy_is_said(background: Background, qtbot: QtBot) -> None:
    said: list[tuple[str, bool]] = []
    background.busy_changed.connect(lambda name, busy: said.append((name, busy)))
    background.run("work", lambda progress: None, lambda r: None)
    qtbot.waitUntil(lambda: len(said) == 2)
    assert said == [("work", True), ("work", False)]


def test_retired_waits_for_the_threads_without_holding_the_window(qtbot: QtBot) -> None:
    background = Background()
    began, go_on, closed = threading.Event(), threading.Event(), []

    def work(progress: Progress) -> None:
        began.set()
        go_on.wait(5)

    background.run("work", work, lambda r: None)
    assert began.wait(5)
    background.retire(lambda: closed.append(True))
    assert closed == []
    go_on.set()
    qtbot.waitUntil(lambda: closed == [True])


def test_the_collector_rests_while_a_thread_works(background: Background, qtbot: QtBot) -> None:
    import gc

    during: list[bool] = []
    background.run("work", lambda progress: gc.isenabled(), during.append)
    qtbot.waitUntil(lambda: bool(during))
    assert during == [False]
    qtbot.waitUntil(gc.isenabled)
