from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ladderview.analysis.steps import StepKind
from ladderview.capture.capture import open_capture
from ladderview.ladder.annotation_json import from_json
from ladderview.ladder.annotation_store import AnnotationStore
from ladderview.ladder.annotations import AnchorPoint, Annotation, Annotations, Kind
from ladderview.ui.app import Windows
from ladderview.ui.main_window import MainWindow
from ladderview.ui.note_editor import NoteEditor


@pytest.fixture(autouse=True)
def _state_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ladderview.ladder.annotation_store.state_folder", lambda: tmp_path / "state")


@pytest.fixture
def path(tmp_path: Path, sample: Callable[[str], str]) -> Path:
    copied = tmp_path / "captures" / "loss.pcapng"
    copied.parent.mkdir()
    copied.write_bytes(Path(sample("loss")).read_bytes())
    return copied


def note(window: MainWindow, text: str) -> Annotation:
    analysis = window.workspace.analysis
    assert analysis is not None
    segments = analysis.segments
    anchor = AnchorPoint(analysis.flow.id, int(segments.packet[2]), int(segments.ts_ns[2]))
    return Annotation(f"n-{text}", Kind.NOTE, (anchor,), text=text)


def texts(path: Path) -> list[str]:
    return [one.text for one in from_json(Path(f"{path}.ladder").read_bytes()).annotations]


def test_an_edit_is_saved_without_being_asked(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path, qtbot: QtBot
) -> None:
    open_in(window, str(path))
    window.undo.change(None, note(window, "a"))
    qtbot.waitUntil(lambda: window.annotating.is_saved, timeout=5000)
    assert texts(path) == ["a"]


def is_read(window: MainWindow, flow: int) -> bool:
    analysis, reading = window.workspace.analysis, window.workspace.reading
    return analysis is not None and analysis.flow.id == flow and reading is not None and reading.analysis is analysis


def test_what_was_folded_stays_folded_when_another_flow_was_looked_at(
    window: MainWindow, open_in: Callable[..., MainWindow], sample: Callable[[str], str], qtbot: QtBot, tmp_path: Path
) -> None:
    copied = tmp_path / "reset.pcapng"
    copied.write_bytes(Path(sample("reset")).read_bytes())
    open_in(window, str(copied), 1)
    analysis = window.workspace.analysis
    assert analysis is not None
    packets, times = analysis.segments.packet, analysis.segments.ts_ns
    anchors = tuple(AnchorPoint(1, int(packets[row]), int(times[row])) for row in (0, 2))
    window.undo.change(None, Annotation("f", Kind.FOLD, anchors))
    for flow in (0, 1):
        window.workspace.set_flow_id(flow)
        qtbot.waitUntil(lambda wanted=flow: is_read(window, wanted), timeout=5000)
    plan = window.ladder.plan
    assert plan is not None
    assert (plan.kind == StepKind.FOLD).any()


def test_what_was_not_saved_yet_is_when_the_window_closes(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path
) -> None:
    open_in(window, str(path))
    window.undo.change(None, note(window, "a"))
    window.close()
    assert texts(path) == ["a"]


def test_opened_again_they_are_there(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path, windows: Windows
) -> None:
    open_in(window, str(path))
    window.undo.change(None, note(window, "a"))
    window.annotating.save_now()
    other = open_in(windows.new(), str(path))
    assert [it.annotation.text for it in other.ladder.notes.all] == ["a"]
    assert not other.undo.canUndo()


def begin_writing(window: MainWindow, qtbot: QtBot, text: str) -> NoteEditor:
    window.ladder.select_row(2)
    window.actions_by_name["tool_note"].trigger()
    qtbot.keyClick(window.ladder, Qt.Key.Key_Return)
    editor = window.ladder_notes.editor
    assert editor is not None
    qtbot.keyClicks(editor, text)
    return editor


def test_words_that_are_still_being_written_are_saved(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path, qtbot: QtBot
) -> None:
    open_in(window, str(path))
    editor = begin_writing(window, qtbot, "half a sent")
    qtbot.waitUntil(lambda: Path(f"{path}.ladder").exists() and texts(path) == ["half a sent"], timeout=5000)
    assert window.ladder_notes.editor is editor  # saving takes nothing out of the hand
    assert not len(window.workspace.annotations)
    assert not window.undo.canUndo()
    qtbot.keyClicks(editor, "ence")
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.annotating.is_saved, timeout=5000)
    assert texts(path) == ["half a sentence"]
    assert [one.text for one in window.workspace.annotations] == ["half a sentence"]
    assert window.undo.count() == 1


def test_words_that_are_given_up_leave_the_file_again(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path, qtbot: QtBot
) -> None:
    open_in(window, str(path))
    editor = begin_writing(window, qtbot, "never mind")
    qtbot.waitUntil(lambda: Path(f"{path}.ladder").exists() and texts(path) == ["never mind"], timeout=5000)
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: texts(path) == [], timeout=5000)
    assert not len(window.workspace.annotations)


def test_words_that_are_given_up_while_they_are_saved_leave_the_file_too(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up, save = threading.Event(), AnnotationStore.save

    def saved_late(store: AnnotationStore, annotations: Annotations) -> Annotations:
        together = save(store, annotations)
        given_up.wait(5)  # they are on the disk, and the window has not heard of it yet
        return together

    monkeypatch.setattr(AnnotationStore, "save", saved_late)
    open_in(window, str(path))
    editor = begin_writing(window, qtbot, "never mind")
    qtbot.waitUntil(lambda: Path(f"{path}.ladder").exists(), timeout=5000)
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert texts(path) == ["never mind"]
    given_up.set()
    qtbot.waitUntil(lambda: texts(path) == [], timeout=5000)


def test_two_windows_see_what_both_wrote(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path, windows: Windows, qtbot: QtBot
) -> None:
    other = open_in(windows.new(), str(path))
    open_in(window, str(path))
    window.undo.change(None, note(window, "a"))
    qtbot.waitUntil(lambda: window.annotating.is_saved, timeout=5000)
    other.undo.change(None, note(other, "b"))
    qtbot.waitUntil(lambda: other.annotating.is_saved, timeout=5000)
    assert sorted(texts(path)) == ["a", "b"]
    assert {one.text for one in other.workspace.annotations} == {"a", "b"}


def test_a_file_that_is_none_is_told(window: MainWindow, open_in: Callable[..., MainWindow], path: Path) -> None:
    Path(f"{path}.ladder").write_bytes(b"garbage")
    open_in(window, str(path))
    assert "cannot be read" in window.banner.text
    window.undo.change(None, note(window, "a"))
    window.annotating.save_now()
    assert Path(f"{path}.ladder").read_bytes() == b"garbage"


def test_where_nothing_can_be_written_it_is_told(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_in(window, str(path))

    def full(target: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ladderview.ladder.annotation_store.write_whole", full)
    window.undo.change(None, note(window, "a"))
    qtbot.waitUntil(lambda: "No space left" in window.banner.text, timeout=5000)
    assert len(window.workspace.annotations) == 1


_EDIT_FOR_EVER = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
import ladderview.ladder.annotation_store as store
store.state_folder = lambda: Path(sys.argv[2])
QSettings.setDefaultFormat(QSettings.Format.IniFormat)
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[2])
from ladderview.ladder.annotations import AnchorPoint, Annotation, Kind
from ladderview.ui.app import Application, Windows
app = Application([])
window = Windows(app).new()
window.open_path(sys.argv[1])
count = 0
def edit():
    global count
    analysis = window.workspace.analysis
    if analysis is None:
        return
    count += 1
    anchor = AnchorPoint(analysis.flow.id, int(analysis.segments.packet[2]), int(analysis.segments.ts_ns[2]))
    window.undo.change(None, Annotation(f"n{count}", Kind.NOTE, (anchor,), text=str(count)))
    print(count, flush=True)
timer = QTimer()
timer.timeout.connect(edit)
timer.start(20)
app.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_killed_while_editing_only_the_last_moment_is_lost(path: Path, tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", _EDIT_FOR_EVER, str(path), str(tmp_path / "state")]
    seen: list[tuple[float, int]] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        try:
            begin = None
            for line in process.stdout:
                begin = begin or time.monotonic()
                seen.append((time.monotonic(), int(line)))
                if time.monotonic() - begin > 3.0:
                    break
        finally:
            process.send_signal(signal.SIGKILL)
    killed = seen[-1][0]
    old = [number for when, number in seen if when < killed - 2.5]
    assert old
    assert set(map(str, old)) <= set(texts(path))


def test_a_copy_with_notes_shows_them_as_comments(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path, windows: Windows, qtbot: QtBot
) -> None:
    open_in(window, str(path))
    window.undo.change(None, note(window, "said to all"))
    copy = path.with_name("copy.pcapng")
    window.take_away.save_with_comments_to(str(copy))
    qtbot.waitUntil(copy.exists, timeout=5000)
    other = open_in(windows.new(), str(copy))
    assert [it.annotation.text for it in other.ladder.notes.all] == ["said to all"]
    assert not len(other.workspace.annotations)  # it is the capture's, until it is changed


def test_the_capture_itself_is_never_written(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path
) -> None:
    open_in(window, str(path))
    before = path.read_bytes()
    window.take_away.save_with_comments_to(str(path))
    assert path.read_bytes() == before


def test_a_comment_of_the_capture_is_edited_and_taken_away(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path, windows: Windows, qtbot: QtBot
) -> None:
    open_in(window, str(path))
    for text in ("first", "second"):
        window.undo.change(None, note(window, text))
    copy = path.with_name("copy.pcapng")
    window.take_away.save_with_comments_to(str(copy))
    qtbot.waitUntil(copy.exists, timeout=5000)
    other = open_in(windows.new(), str(copy))

    def shown() -> list[str]:
        return [it.annotation.text for it in other.ladder.notes.all]

    for _ in range(2):
        other.ladder_notes.step(1)
    chosen = other.workspace.annotation(other.workspace.annotation_id)
    assert chosen is not None
    assert (chosen.text, shown()) == ("second", ["first", "second"])
    other.annotation_card.text.setPlainText("other words")
    assert shown() == ["first", "other words"]
    assert other.undo.undoText() == "Edit Note"
    other.ladder_notes.step(1)
    other.ladder_notes.delete()
    assert other.undo.undoText() == "Delete Note"
    assert (shown(), other.workspace.annotation_id) == (["other words"], "")
    third = path.with_name("third.pcapng")
    other.take_away.save_with_comments_to(str(third))
    qtbot.waitUntil(third.exists, timeout=5000)
    assert list(open_capture(third).comments.values()) == [("other words",)]
    for _ in range(2):
        other.undo.undo()
    assert shown() == ["first", "second"]
    assert not len(other.workspace.annotations)


def test_notes_on_times_are_told_where_they_are_not_written(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path, qtbot: QtBot
) -> None:
    open_in(window, str(path))
    on_packet = note(window, "between")
    window.undo.change(None, replace(on_packet, anchors=(replace(on_packet.anchors[0], packet=-1),)))
    said: list[str] = []
    window.take_away.said.connect(said.append)
    copy = path.with_name("copy.pcapng")
    window.take_away.save_with_comments_to(str(copy))
    qtbot.waitUntil(lambda: bool(said), timeout=5000)
    assert said == ["Saved copy.pcapng; a note hangs on a time and on no packet: not in the copy"]
    assert copy.read_bytes() == path.read_bytes()


def test_no_copy_of_all_packets_while_something_is_masked(
    window: MainWindow, open_in: Callable[..., MainWindow], path: Path
) -> None:
    open_in(window, str(path))
    window.workspace.set_masks(frozenset({"addresses"}))
    window.take_away.save_with_comments_to(str(path.with_name("copy.pcapng")))
    assert not window.take_away.saving.is_busy
    assert not path.with_name("copy.pcapng").exists()
