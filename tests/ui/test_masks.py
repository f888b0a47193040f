from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from ladderview.analysis.masking import MASK_KINDS
from ladderview.ladder.shapes import Arrow, Phrase, Text
from ladderview.ui.main_window import MainWindow
from ladderview.ui.masks import MaskDialog

SECRETS = ("10.20.0.7", "198.51.100.20", "www.example.org", "https-tls13")


@pytest.fixture
def opened(
    window: MainWindow, open_in: Callable[..., MainWindow], sample: Callable[[str], str], qtbot: QtBot
) -> MainWindow:
    window.resize(1500, 900)
    open_in(window, sample("https-tls13"))
    qtbot.waitUntil(lambda: window.workspace.reading is not None, timeout=10_000)
    return window


def words(window: MainWindow) -> str:
    """Everything that a person can read of the window while it is masked."""
    said = [window.windowTitle(), window.ladder.accessibleDescription(), window.statusBar().currentMessage()]
    for shape in window.ladder.current_drawing()[0].shapes:
        if isinstance(shape, Text):
            said.append(shape.text)
        elif isinstance(shape, Phrase):
            said += [run.text for run in shape.runs]
        elif isinstance(shape, Arrow):
            said.append(shape.title)
    plan = window.ladder.plan
    assert plan is not None
    said += [window.ladder.row_tooltip(row) for row in range(len(plan))]
    return "\n".join(said)


def test_masked_the_window_tells_nothing_and_unmasked_everything_again(opened: MainWindow) -> None:
    assert all(secret in words(opened) for secret in SECRETS)
    opened.workspace.set_masks(frozenset(MASK_KINDS))
    assert not [secret for secret in SECRETS if secret in words(opened)]
    assert not opened.flows.isVisible()
    assert not opened.inspector.isVisible()
    assert not opened.player.isVisible()
    assert opened.actions_by_name["redact"].isChecked()
    opened.actions_by_name["redact"].trigger()
    assert all(secret in words(opened) for secret in SECRETS)
    assert opened.flows.isVisible()
    assert not opened.actions_by_name["redact"].isChecked()


def test_what_is_taken_away_is_masked_as_the_window_is(opened: MainWindow) -> None:
    opened.workspace.set_masks(frozenset(MASK_KINDS))
    assert opened.take_away._start(opened.ladder).wish.masks == frozenset(MASK_KINDS)


def test_the_dialog_lists_what_is_masked(opened: MainWindow) -> None:
    dialog = MaskDialog(opened, opened.workspace)
    listed = {dialog.list.item(row, 0).text(): dialog.list.item(row, 1).text() for row in range(dialog.list.rowCount())}
    assert listed["10.20.0.7"] == "client-1"
    assert "www.example.org" in listed
    dialog.boxes["names"].setChecked(False)
    left = [dialog.list.item(row, 0).text() for row in range(dialog.list.rowCount())]
    assert "www.example.org" not in left
    dialog.chosen.connect(opened.workspace.set_masks)
    dialog.accept()
    assert opened.workspace.masks == frozenset(MASK_KINDS) - {"names"}
