from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ladderview.capture.capture import Capture, open_capture
from ladderview.capture.pcapng_copy import copied
from ladderview.ladder.annotations import Annotation, Annotations, Kind, located
from ladderview.ladder.packet_comments import comment_of, comments_in_copy, is_comment, taken_away, with_comments
from tests.ladder.notes import copied_sample, on_packet


def copy_of(capture: Capture, *notes: Annotation, name: str = "copy") -> Capture:
    """A copy with these notes as comments."""
    path = Path(capture.path).with_name(f"{name}.pcapng")
    path.write_bytes(b"".join(copied(capture, comments_in_copy(Annotations(notes), capture))))
    return open_capture(path)


@pytest.fixture
def commented(tmp_path: Path) -> Capture:
    """A copy of a sample with two notes written into it, and a second one on the first packet."""
    capture = copied_sample(tmp_path)
    first = on_packet(capture, 3, "Here it begins\nand goes on")
    return copy_of(capture, first, replace(first, id="second", text="again"), on_packet(capture, 5, "größer"))


def shown(capture: Capture, *notes: Annotation) -> list[Annotation]:
    flow = int(capture.packets.flow[min(capture.comments)])
    return list(with_comments(Annotations(notes), capture, [flow]))


def texts(capture: Capture, *notes: Annotation) -> list[str]:
    return [one.text for one in shown(capture, *notes)]


def test_notes_written_into_a_copy_are_comments_there(commented: Capture) -> None:
    assert list(commented.comments.values()) == [("Here it begins\nand goes on", "again"), ("größer",)]


def test_comments_are_shown_as_notes(commented: Capture) -> None:
    assert [(one.kind, one.text, one.style) for one in shown(commented)] == [
        (Kind.NOTE, text, "grey") for text in ("Here it begins\nand goes on", "again", "größer")
    ]
    assert [one.anchors[0].packet for one in shown(commented)] == [
        packet for packet, comments in commented.comments.items() for _ in comments
    ]


def test_those_of_other_flows_are_not(commented: Capture) -> None:
    assert not len(with_comments(Annotations(), commented, [99]))


def test_a_comment_is_found_by_its_id(commented: Capture) -> None:
    for one in shown(commented):
        assert is_comment(one)
        assert comment_of(commented, one.id) == one
    for no_id in ("comment 1.0.00000000", "comment 999999.0.00000000", "0123456789ab", "comment"):
        assert comment_of(commented, no_id) is None


def test_a_packet_keeps_its_own_comments(commented: Capture) -> None:
    note = on_packet(commented, 3, "mine")
    (written,) = comments_in_copy(Annotations((note,)), commented).values()
    assert written == ("Here it begins\nand goes on", "again", "mine")


def test_a_note_that_is_a_comment_already_is_there_once(commented: Capture) -> None:
    note = on_packet(commented, 5, "größer")
    assert comments_in_copy(Annotations((note,)), commented) == {}
    assert texts(commented, note) == ["größer", "Here it begins\nand goes on", "again"]


def test_a_comment_that_was_edited_is_replaced(commented: Capture) -> None:
    first, *_ = shown(commented)
    edited = replace(first, text="It begins here", dx=30.0)
    assert texts(commented, edited) == ["It begins here", "again", "größer"]
    assert list(copy_of(commented, edited, name="third").comments.values()) == [
        ("It begins here", "again"), ("größer",),
    ]  # fmt: skip


def test_a_comment_that_was_only_moved_is_written_as_it_was(commented: Capture) -> None:
    first, *_ = shown(commented)
    assert comments_in_copy(Annotations((replace(first, dx=30.0, style="green"),)), commented) == {}


def test_a_comment_that_was_taken_away_is_gone(commented: Capture) -> None:
    first, _, last = map(taken_away, shown(commented))
    assert texts(commented, first, last) == ["again"]
    assert list(copy_of(commented, first, last, name="third").comments.values()) == [("again",)]


def test_where_another_program_changed_the_comment_both_are_there(commented: Capture) -> None:
    first, *_ = shown(commented)
    edited = replace(first, text="mine")
    theirs = copy_of(commented, replace(first, text="theirs"), name="theirs")
    assert sorted(texts(theirs, edited)) == ["again", "größer", "mine", "theirs"]
    assert "theirs" in texts(theirs, taken_away(first))


def test_a_comment_is_known_again_where_its_packet_has_another_number(commented: Capture) -> None:
    first, *_ = shown(commented)
    edited = replace(first, text="mine", anchors=(replace(first.anchors[0], packet=0),))
    found, lost = located(Annotations((edited,)), commented.packets)
    assert (lost, texts(commented, *found)) == (0, ["mine", "again", "größer"])


def test_a_note_on_a_time_is_no_packets(commented: Capture) -> None:
    note = on_packet(commented, 3, "between")
    timed = replace(note, anchors=(replace(note.anchors[0], packet=-1),))
    assert comments_in_copy(Annotations((timed,)), commented) == {}


@pytest.mark.tshark
def test_everything_else_is_as_it_was_for_wireshark(tmp_path: Path) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    capture = copied_sample(tmp_path, "https-tls13")
    copy = copy_of(capture, *(on_packet(capture, number, f"note {number}") for number in (0, 4, 9, -1)))
    assert len(copy.comments) == 4
    assert copy.secrets == capture.secrets != ()
    columns = ["frame.time_epoch", "frame.len", "frame.interface_name", "_ws.col.Info", "tls.app_data", "http"]
    told = []
    for path in (capture.path, copy.path):
        command = [tshark, "-n", "-r", path, "-T", "fields", *(word for name in columns for word in ("-e", name))]
        told.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert told[0] == told[1] != ""


@pytest.mark.tshark
def test_wireshark_shows_them(commented: Capture) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    command = [tshark, "-r", commented.path, "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "größer" in said
    assert "Here it begins" in said
