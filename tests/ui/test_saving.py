from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QProgressDialog, QWidget
from pytestqt.qtbot import QtBot

from ladderview.progress import Cancelled, no_progress
from ladderview.ui.background import Background
from ladderview.ui.saving import Saving, write_portions


@pytest.fixture
def saving(qtbot: QtBot, background: Background) -> Saving:
    window = QWidget()
    qtbot.addWidget(window)
    return Saving(window, background)


def test_what_is_saved_is_what_was_given(saving: Saving, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(saving.said) as said:
        saving.save_to(str(tmp_path / "body.txt"), lambda: [b"one ", b"two"])
    assert said.args == ["Saved body.txt, 7 bytes"]
    assert (tmp_path / "body.txt").read_bytes() == b"one two"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_cancelling_leaves_the_file_as_it_was(saving: Saving, tmp_path: Path, qtbot: QtBot) -> None:
    target = tmp_path / "body.txt"
    target.write_bytes(b"before")

    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(1000)

    saving.save_to(str(target), endless)
    counter = saving.parent().findChild(QProgressDialog)
    qtbot.waitUntil(lambda: "bytes written" in counter.labelText(), timeout=5000)
    with qtbot.waitSignal(saving.said) as said:
        counter.canceled.emit()
    assert said.args == ["Saving cancelled; nothing was written"]
    qtbot.waitUntil(lambda: [path.name for path in tmp_path.glob("*.txt")] == ["body.txt"])
    qtbot.waitUntil(lambda: not list(tmp_path.glob(".*")), timeout=5000)
    assert target.read_bytes() == b"before"


def test_a_place_that_cannot_be_written_is_said(saving: Saving, tmp_path: Path, qtbot: QtBot) -> None:
    saving.save_to(str(tmp_path / "absent" / "body.txt"), lambda: [b"one"])
    qtbot.waitUntil(lambda: bool(saving.parent().findChildren(QMessageBox)), timeout=5000)
    assert "No such file or directory" in saving.parent().findChild(QMessageBox).text()


def test_nothing_is_left_behind_by_what_fails(tmp_path: Path) -> None:
    def breaks() -> Iterator[bytes]:
        yield b"one"
        raise Cancelled

    with pytest.raises(Cancelled):
        write_portions(tmp_path / "body.txt", breaks(), no_progress)
    assert list(tmp_path.iterdir()) == []


def test_two_that_save_at_once_do_not_stop_each_other(
    saving: Saving, background: Background, tmp_path: Path, qtbot: QtBot
) -> None:
    other = Saving(saving.parent(), background)
    go = threading.Event()

    def waits() -> Iterator[bytes]:
        go.wait(5)
        yield b"first"

    saving.save_to(str(tmp_path / "first.txt"), waits)
    other.save_to(str(tmp_path / "second.txt"), lambda: [b"second"], "both")
    assert (saving.is_busy, other.is_busy) == (True, True)
    with qtbot.waitSignal(other.said) as said:
        go.set()
    assert said.args == ["both"]
    qtbot.waitUntil(lambda: not saving.is_busy, timeout=5000)
    assert (tmp_path / "first.txt").read_bytes() == b"first"
    assert not [one for one in saving.parent().findChildren(QProgressDialog) if one.isVisible()]
