"""The lessons of the first page: each has a picture, and all its words are there to be read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from ladderview.ladder.theme import THEMES
from ladderview.ui.examples import Example, lessons
from ladderview.ui.lessons import Lesson, Lessons
from ladderview.ui.main_window import MainWindow


def image(lesson: Lesson) -> QImage:
    return lesson.grab().toImage()


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.title)
def test_all_words_fit(lesson: Example, qtbot: QtBot) -> None:
    button = Lesson(lesson)
    qtbot.addWidget(button)
    title, words = button.shown_words()
    assert (title, " ".join(words.split())) == (lesson.title, lesson.note)


def test_longer_words_end_with_an_ellipsis(qtbot: QtBot) -> None:
    button = Lesson(Example("x", "A title that is far too long " * 3, "word " * 90))
    qtbot.addWidget(button)
    title, words = button.shown_words()
    assert title.endswith("…")
    assert words.endswith("…")


def test_the_picture_wears_the_theme(qtbot: QtBot) -> None:
    button = Lesson(Example("x", "t", "n", ">t <s >h <!"))
    qtbot.addWidget(button)
    light = image(button)
    button.set_theme(THEMES["dark"])
    assert image(button) != light


def test_a_click_chooses(qtbot: QtBot) -> None:
    gallery = Lessons()
    qtbot.addWidget(gallery)
    gallery.fill([Example("a.scenario", "A", "a"), Example("b.scenario", "B", "b")])
    with qtbot.waitSignal(gallery.chosen) as chosen:
        qtbot.mouseClick(gallery.buttons[1], Qt.MouseButton.LeftButton)
    assert chosen.args == ["b.scenario"]


def test_the_first_page_and_the_menu_offer_all(window: MainWindow) -> None:
    titles = [lesson.title for lesson in lessons()]
    assert [button.text() for button in window.welcome.lessons.buttons] == titles
    offered = [action.text() for action in window.submenus["Examples"].actions()]
    assert offered[-len(titles) :] == titles
