"""Where a file is saved or read is asked alike everywhere, and the folder is remembered by what kind of file it is."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from ladderview.capture.capture import CaptureChanged
from ladderview.render.export import ExportError
from ladderview.ui.file_dialogs import ask_where, ask_which, reason_of, remember_folder


@pytest.fixture
def parent(qtbot: QtBot) -> Iterator[QWidget]:
    widget = QWidget()
    qtbot.addWidget(widget)
    yield widget
    for dialog in widget.findChildren(QFileDialog):
        dialog.reject()


def where(parent: QWidget, name: str = "log.txt", taken: list[str] | None = None) -> QFileDialog:
    return ask_where(parent, "Save", name, "", ([] if taken is None else taken).append, "test_folder")


def test_what_was_chosen_is_taken_and_its_folder_remembered(parent: QWidget, tmp_path: Path) -> None:
    taken: list[str] = []
    where(parent, taken=taken).fileSelected.emit(str(tmp_path / "mine.txt"))
    assert taken == [str(tmp_path / "mine.txt")]
    assert Path(where(parent).directory().absolutePath()) == tmp_path


def test_who_thinks_better_of_it_changes_nothing(parent: QWidget) -> None:
    taken: list[str] = []
    dialog = where(parent, taken=taken)
    dialog.fileSelected.emit("")
    dialog.reject()
    assert taken == []
    assert not QSettings().contains("test_folder")


def test_each_kind_of_file_has_its_folder(parent: QWidget, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    remember_folder("test_folder", str(tmp_path / "x"))
    remember_folder("other_folder", str(tmp_path / "other" / "x"))
    assert Path(where(parent).directory().absolutePath()) == tmp_path


def test_a_folder_that_is_gone_is_not_shown(parent: QWidget, tmp_path: Path) -> None:
    remember_folder("test_folder", str(tmp_path / "gone" / "x"))
    gone = where(parent).directory()
    QSettings().remove("test_folder")
    assert gone == where(parent).directory()


@pytest.mark.parametrize(
    ("name", "suffix"), [("log.txt", "txt"), ("a.tar.gz", "gz"), ("README", ""), ("Mr. Smith", ""), ("x.", "")]
)
def test_a_name_without_a_suffix_gets_that_of_the_proposed_one(parent: QWidget, name: str, suffix: str) -> None:
    assert where(parent, name).defaultSuffix() == suffix


def test_the_name_is_proposed(parent: QWidget) -> None:
    assert [Path(name).name for name in where(parent, "flow 3.bin").selectedFiles()] == ["flow 3.bin"]


def test_several_files_can_be_chosen_to_be_read(parent: QWidget, tmp_path: Path) -> None:
    taken: list[str] = []
    dialog = ask_which(parent, "Open", "", taken.extend, "test_folder")
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.filesSelected.emit([str(tmp_path / "a"), str(tmp_path / "b")])
    assert taken == [str(tmp_path / "a"), str(tmp_path / "b")]
    assert Path(ask_which(parent, "Open", "", taken.extend, "test_folder").directory().absolutePath()) == tmp_path


REASONS = [
    (OSError(errno.ENOSPC, "No space left on device"), "cannot write x.svg: No space left on device"),
    (OSError(errno.EACCES, "Permission denied", "x-2.svg"), "cannot write x-2.svg: Permission denied"),
    (OSError("odd"), "cannot write x.svg: odd"),
    (ExportError("there is no such packet"), "there is no such packet"),
    (CaptureChanged("it was cut short"), "it was cut short"),
    (MemoryError("too large"), "too large"),
]


@pytest.mark.parametrize(("error", "words"), REASONS, ids=lambda one: type(one).__name__)
def test_why_it_cannot_be_written(error: Exception, words: str) -> None:
    assert reason_of(error, "x.svg") == words


def test_a_fault_of_the_program_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        reason_of(KeyError("x"), "x.svg")
