"""A ladder in a window of its own, for tests."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from ladderview.ui.ladder_view import LadderView


def shown_ladder(qtbot: QtBot, width: int, height: int) -> LadderView:
    """An empty ladder that is on the screen and has the keyboard."""
    made = LadderView()
    qtbot.addWidget(made)
    made.resize(width, height)
    made.show()
    made.setFocus()
    qtbot.waitExposed(made)
    return made
