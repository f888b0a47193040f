from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ladderview.capture.capture import Capture, open_capture, open_scenario
from ladderview.ladder.annotation_json import from_json
from ladderview.ladder.annotation_store import AnnotationStore, merged, write_whole
from ladderview.ladder.annotations import Annotations
from ladderview.resources import resource_path
from tests.ladder.notes import copied_sample, on_packet

REPOSITORY = Path(__file__).parents[2]

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and access rights of POSIX")


@pytest.fixture
def capture(tmp_path: Path) -> Capture:
    folder = tmp_path / "captures"
    folder.mkdir()
    return copied_sample(folder)


@pytest.fixture
def store(capture: Capture, tmp_path: Path) -> AnnotationStore:
    return AnnotationStore(capture, state=tmp_path / "state")


def again(capture: Capture, tmp_path: Path) -> AnnotationStore:
    return AnnotationStore(capture, state=tmp_path / "state")


def ladder_file(capture: Capture) -> Path:
    return Path(capture.path + ".ladder")


def notes(capture: Capture, *packets: int, text: str = "x") -> Annotations:
    return Annotations(tuple(on_packet(capture, packet, text) for packet in packets))


def test_nothing_is_written_for_nothing(store: AnnotationStore, capture: Capture) -> None:
    assert store.load().annotations == Annotations()
    store.save(Annotations())
    assert not ladder_file(capture).exists()


def test_saved_beside_the_capture_and_loaded_again(store: AnnotationStore, capture: Capture, tmp_path: Path) -> None:
    store.save(notes(capture, 3, 5))
    assert store.path == ladder_file(capture)
    loaded = again(capture, tmp_path).load()
    assert (loaded.annotations, loaded.remarks) == (notes(capture, 3, 5), ())


def test_the_last_one_removed_is_removed(store: AnnotationStore, capture: Capture, tmp_path: Path) -> None:
    store.save(notes(capture, 3))
    store.save(Annotations())
    assert not len(again(capture, tmp_path).load().annotations)


def test_no_folder_of_the_person_stands_in_it(store: AnnotationStore, capture: Capture, tmp_path: Path) -> None:
    store.save(notes(capture, 3))
    assert str(tmp_path) not in ladder_file(capture).read_text()


@pytest.mark.parametrize("data", [b"", b"my own file", b"\0\1\2", b"{}", b'{"format": "ladderview annot'])
def test_a_file_that_is_none_is_never_overwritten(
    store: AnnotationStore, capture: Capture, tmp_path: Path, data: bytes
) -> None:
    ladder_file(capture).write_bytes(data)
    assert "cannot be read" in store.load().remarks[0]
    store.save(notes(capture, 3))
    assert ladder_file(capture).read_bytes() == data
    assert again(capture, tmp_path).load().annotations == notes(capture, 3)  # kept in the state folder


def test_one_that_became_something_else_meanwhile_neither(store: AnnotationStore, capture: Capture) -> None:
    store.load()
    store.save(notes(capture, 3))
    ladder_file(capture).write_bytes(b"restored from a backup, badly")
    store.save(notes(capture, 3, 4))
    assert ladder_file(capture).read_bytes() == b"restored from a backup, badly"


@posix
def test_a_folder_that_is_only_read(capture: Capture, tmp_path: Path) -> None:
    beside = tmp_path / "only-read" / "loss.ladder"
    beside.parent.write_text("a file where a folder should be: nobody, root included, can write into it")
    one = AnnotationStore(capture, beside, tmp_path / "state")
    one.load()
    one.save(notes(capture, 3))
    assert one.path.is_relative_to(tmp_path / "state")
    assert AnnotationStore(capture, beside, tmp_path / "state").load().annotations == notes(capture, 3)


def test_what_was_put_aside_comes_back_beside(capture: Capture, tmp_path: Path) -> None:
    ladder_file(capture).write_bytes(b"rubbish")
    store = again(capture, tmp_path)
    store.load()
    store.save(notes(capture, 3))
    ladder_file(capture).unlink()
    store = again(capture, tmp_path)
    assert store.load().annotations == notes(capture, 3)
    store.save(Annotations())
    assert not len(again(capture, tmp_path).load().annotations)  # nothing that was deleted comes back


def test_another_capture_under_the_name_is_told(store: AnnotationStore, capture: Capture, tmp_path: Path) -> None:
    store.save(notes(capture, 3))
    data = Path(capture.path).read_bytes()
    Path(capture.path).write_bytes(data[: len(data) // 2])
    loaded = again(open_capture(capture.path), tmp_path).load()
    assert "was changed" in loaded.remarks[0]
    assert loaded.annotations == notes(capture, 3)


def test_packets_that_are_gone_are_told_and_kept(store: AnnotationStore, capture: Capture, tmp_path: Path) -> None:
    store.save(notes(capture, 3, -1))
    data = Path(capture.path).read_bytes()
    Path(capture.path).write_bytes(data[: len(data) // 2])
    other = again(open_capture(capture.path), tmp_path)
    loaded = other.load()
    assert any("One annotation hangs" in remark for remark in loaded.remarks)
    other.save(loaded.annotations)
    assert len(from_json(ladder_file(capture).read_bytes()).annotations) == 2


def test_what_a_newer_version_wrote_stays(store: AnnotationStore, capture: Capture) -> None:
    store.save(notes(capture, 3))
    written = json.loads(ladder_file(capture).read_bytes())
    written["annotations"].append({"id": "r", "kind": "ribbon", "anchors": []})
    written |= {"version": 9, "talk": "kept"}
    ladder_file(capture).write_text(json.dumps(written))
    remarks = store.load().remarks
    store.save(notes(capture, 3, 5))
    kept = json.loads(ladder_file(capture).read_bytes())
    assert "does not know" in remarks[0]
    assert (kept["version"], kept["talk"], len(kept["annotations"])) == (9, "kept", 3)


# -- two windows ------------------------------------------------------------------------------------------------------


def test_two_windows_keep_what_both_added(capture: Capture, tmp_path: Path) -> None:
    one, other = again(capture, tmp_path), again(capture, tmp_path)
    one.load(), other.load()
    one.save(notes(capture, 3))
    together = other.save(notes(capture, 5))
    assert {note.id for note in together} == {"n3", "n5"}
    assert {note.id for note in one.save(notes(capture, 3))} == {"n3", "n5"}


def test_what_the_other_deleted_stays_deleted(capture: Capture, tmp_path: Path) -> None:
    one = again(capture, tmp_path)
    one.save(notes(capture, 3, 5))
    other = again(capture, tmp_path)
    other.load()
    one.save(notes(capture, 5))
    assert {note.id for note in other.save(notes(capture, 3, 5))} == {"n5"}


A, B, C = "as it was", "mine", "theirs"


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "together"),
    [
        (None, A, None, [A]), (None, None, A, [A]), (A, A, A, [A]), (A, B, A, [B]), (A, A, C, [C]), (A, B, C, [B, C]),
        (A, B, B, [B]), (A, None, A, []), (A, A, None, []), (A, None, C, [C]), (A, B, None, [B]), (A, None, None, []),
        (None, B, C, [B, C]),
    ],
)  # fmt: skip
def test_merging(capture: Capture, base: str | None, mine: str | None, theirs: str | None, together: list[str]) -> None:
    def document(text: str | None) -> Annotations:
        return Annotations((on_packet(capture, 3, text),)) if text is not None else Annotations()

    found = merged(document(base), document(mine), document(theirs))
    assert [note.text for note in found] == together
    assert len({note.id for note in found}) == len(together)


# -- killed -----------------------------------------------------------------------------------------------------------


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.ladder"
    write_whole(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["x.ladder"]


_SAVE_FOR_EVER = """
import sys
from pathlib import Path
from ladderview.capture.capture import open_capture
from ladderview.ladder.annotation_store import AnnotationStore
from ladderview.ladder.annotations import Annotations
from tests.ladder.notes import on_packet
capture = open_capture(sys.argv[1])
store = AnnotationStore(capture, state=Path(sys.argv[2]))
document, count = store.load().annotations, 0
while True:
    count += 1
    note = on_packet(capture, 3, str(count) * 2000, f"k{count % 50}")
    document = store.save(document.changed(document.get(note.id), note))
    print(count, flush=True)
"""


@posix
def test_killed_while_saving_the_last_saved_comes_back(capture: Capture, tmp_path: Path) -> None:
    saved = 0
    for round_number in range(4):
        command = [sys.executable, "-c", _SAVE_FOR_EVER, capture.path, str(tmp_path / "state")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
            assert process.stdout is not None
            try:
                for _ in range(5):
                    saved = int(process.stdout.readline())
                time.sleep(0.011 * round_number)
            finally:
                process.send_signal(signal.SIGKILL)
            rest = process.communicate()[0].split()
        saved = int(rest[-1]) if rest else saved
        loaded = again(capture, tmp_path).load()
        numbers = {int(note.text[: len(note.text) // 2000]) for note in loaded.annotations}
        assert not loaded.remarks
        assert saved in numbers or saved + 1 in numbers


def test_an_edit_of_a_located_note_is_one_note(store: AnnotationStore, capture: Capture, tmp_path: Path) -> None:
    """The numbers shift when packets are cut off at the begin; editing then must not double what was there."""
    first = on_packet(capture, 3, "x")
    packet = first.anchors[0].packet
    shifted = replace(first, anchors=(replace(first.anchors[0], packet=packet + 9),))
    store.save(Annotations((shifted,)))
    other = again(capture, tmp_path)
    loaded = other.load().annotations
    assert loaded.all[0].anchors[0].packet == packet
    edited = replace(loaded.all[0], text="y")
    assert [note.text for note in other.save(Annotations((edited,)))] == ["y"]


@pytest.mark.parametrize("is_aside", [False, True])
def test_notes_stay_while_the_text_of_a_scenario_is_changed(is_aside: bool, tmp_path: Path) -> None:
    path = str(tmp_path / "lesson.scenario")
    if is_aside:  # where the lessons were installed for everybody, nobody may write
        (tmp_path / "lesson.scenario.ladder").mkdir()
    before, after = (open_scenario(f"open\n{more}", path) for more in ("", "client closes\n"))
    AnnotationStore(before, state=tmp_path / "state").save(notes(before, 1))
    loaded = AnnotationStore(after, state=tmp_path / "state").load()
    assert [one.text for one in loaded.annotations] == ["x"]
    assert not [remark for remark in loaded.remarks if "was changed" in remark]


def test_notes_on_a_lesson_are_not_put_into_the_folder_of_the_program(tmp_path: Path) -> None:
    capture = open_capture(resource_path("samples", "http.pcapng"))
    store = AnnotationStore(capture, state=tmp_path)
    store.save(notes(capture, 3))
    assert store.path.is_relative_to(tmp_path)
    assert AnnotationStore(capture, state=tmp_path).load().annotations == notes(capture, 3)
    capture.close()
