from __future__ import annotations

import re

import pytest
from PySide6.QtGui import QPalette
from pytestqt.qtbot import QtBot

from ladderview.ladder.theme import THEMES
from ladderview.ui.app import Application
from ladderview.ui.style import Appearance, palette, stylesheet


@pytest.mark.parametrize("name", THEMES)
def test_every_key_of_the_sheet_is_a_colour_of_the_theme(name: str) -> None:
    assert not re.search(r"@[a-z]", stylesheet(THEMES[name]))


def test_palette_has_the_colours_of_the_theme(qapp: Application) -> None:
    made = palette(THEMES["dark"])
    assert made.color(QPalette.ColorRole.Text).name() == THEMES["dark"]["text"]


def test_choice_is_remembered(qapp: Application, qtbot: QtBot) -> None:
    first = Appearance(qapp)
    first.choose("dark")
    second = Appearance(qapp)
    assert (second.choice, second.theme.name) == ("dark", "dark")
    second.choose("light")


def test_toggle_changes_between_light_and_dark(qapp: Application, qtbot: QtBot) -> None:
    appearance = Appearance(qapp)
    appearance.choose("light")
    with qtbot.waitSignal(appearance.theme_changed) as changed:
        appearance.toggle()
    assert changed.args[0].name == "dark"
    appearance.toggle()
    assert appearance.theme.name == "light"


def test_a_broken_setting_means_the_system(qapp: Application, qtbot: QtBot) -> None:
    from PySide6.QtCore import QSettings

    QSettings().setValue("theme", "purple")
    assert Appearance(qapp).choice == "system"
