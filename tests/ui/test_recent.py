from __future__ import annotations

import os

from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from ladderview.ui.recent import MOST, fill_menu, forget_all, recent_paths, remember


def test_newest_first(qtbot: QtBot) -> None:
    remember("/a/one.pcap")
    remember("/a/two.pcap")
    assert recent_paths() == ["/a/two.pcap", "/a/one.pcap"]


def test_one_alone_is_a_list(qtbot: QtBot) -> None:
    remember("/a/one.pcap")
    assert recent_paths() == ["/a/one.pcap"]


def test_no_capture_stands_twice(qtbot: QtBot) -> None:
    for path in ("/a/one.pcap", "/a/two.pcap", "/a/one.pcap"):
        remember(path)
    assert recent_paths() == ["/a/one.pcap", "/a/two.pcap"]


def test_relative_paths_are_made_full(qtbot: QtBot) -> None:
    remember("one.pcap")
    assert recent_paths() == [os.path.abspath("one.pcap")]


def test_standard_input_is_not_remembered(qtbot: QtBot) -> None:
    remember("-")
    assert recent_paths() == []


def test_the_list_stays_short(qtbot: QtBot) -> None:
    for number in range(MOST + 5):
        remember(f"/a/{number}.pcap")
    assert len(recent_paths()) == MOST


class TestMenu:
    def test_opens_the_path(self, qtbot: QtBot) -> None:
        remember("/a/one & two.pcap")
        menu, opened = QMenu(), []
        fill_menu(menu, opened.append)
        menu.actions()[0].trigger()
        assert opened == ["/a/one & two.pcap"]

    def test_shows_an_ampersand_of_the_name(self, qtbot: QtBot) -> None:
        remember("/a/one & two.pcap")
        menu = QMenu()
        fill_menu(menu, lambda path: None)
        assert "one && two.pcap" in menu.actions()[0].text()

    def test_says_that_it_is_empty(self, qtbot: QtBot) -> None:
        menu = QMenu()
        fill_menu(menu, lambda path: None)
        assert [action.isEnabled() for action in menu.actions()] == [False]

    def test_can_be_cleared(self, qtbot: QtBot) -> None:
        remember("/a/one.pcap")
        forget_all()
        assert recent_paths() == []
