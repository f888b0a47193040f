from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ladderview.ladder.theme import THEMES
from ladderview.ui.app import Application, Windows
from ladderview.ui.guide import Guide, guide_text, show_guide


@pytest.fixture
def guide(qtbot: QtBot) -> Guide:
    made = Guide(THEMES["light"])
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_link_leads_somewhere(qapp: Application) -> None:
    text = guide_text()
    links, places = re.findall(r'href="#(\w+)"', text), re.findall(r'name="(\w+)"', text)
    assert links
    assert set(links) <= set(places)


def test_the_keys_are_those_of_the_program(qapp: Application) -> None:
    text = guide_text()
    assert "Next Problem" in text
    assert "<!-- keys -->" not in text


def test_find_goes_from_hit_to_hit_and_round(guide: Guide) -> None:
    guide.box.setText("Wireshark")
    guide.find_next(from_start=True)
    first = guide.page.textCursor().position()
    guide.find_next()
    assert guide.page.textCursor().position() > first
    for _ in range(60):
        guide.find_next()
        if guide.page.textCursor().position() == first:
            return
    pytest.fail("never came round")


def test_what_is_not_there_is_said(guide: Guide) -> None:
    guide.box.setText("zeppelin")
    guide.find_next(from_start=True)
    assert guide._missing.text() == "not in the guide"


def test_a_theme_keeps_the_place(guide: Guide) -> None:
    guide.page.verticalScrollBar().setValue(300)
    guide.wear(THEMES["dark"])
    assert guide.page.verticalScrollBar().value() == 300


def test_there_is_one_guide_and_it_does_not_keep_the_program(windows: Windows) -> None:
    first = show_guide(windows.appearance)
    first.close()
    assert show_guide(windows.appearance) is first
    assert first.isVisible()
    assert not first.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
    first.close()
