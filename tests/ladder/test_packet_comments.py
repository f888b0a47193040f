from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ladderview.capture.capture import Capture, open_capture
from ladderview.capture.save import saved_packets, write_pcapng
from ladderview.ladder.annotations import Annotations, Kind
from ladderview.ladder.packet_comments import comments_of, with_comments
from tests.ladder.notes import copied_sample, on_packet


@pytest.fixture
def commented(tmp_path: Path) -> Capture:
    """A copy of a sample with two notes written into it."""
    capture = copied_sample(tmp_path)
    notes = Annotations((on_packet(capture, 3, "Here it begins\nand goes on"), on_packet(capture, 5, "größer")))
    path = tmp_path / "copy.pcapng"
    write_pcapng(path, saved_packets(capture, notes=comments_of(notes, capture)))
    return open_capture(path)


def test_notes_written_into_a_copy_are_comments_there(commented: Capture) -> None:
    assert sorted(commented.comments.values()) == [("Here it begins\nand goes on",), ("größer",)]


def test_comments_are_shown_as_notes(commented: Capture) -> None:
    flow = int(commented.packets.flow[min(commented.comments)])
    shown = with_comments(Annotations(), commented, flow)
    assert [(one.kind, one.text) for one in shown] == [
        (Kind.NOTE, "Here it begins\nand goes on"), (Kind.NOTE, "größer"),
    ]  # fmt: skip
    assert [one.anchors[0].packet for one in shown] == sorted(commented.comments)


def test_those_of_other_flows_are_not(commented: Capture) -> None:
    assert not len(with_comments(Annotations(), commented, 99))


def test_a_packet_keeps_its_own_comment_and_no_note_is_there_twice(commented: Capture) -> None:
    packet = min(commented.comments)
    note = on_packet(commented, 3, "mine")
    assert comments_of(Annotations((note,)), commented)[packet] == ("Here it begins\nand goes on", "mine")
    again = on_packet(commented, 5, "größer")
    assert comments_of(Annotations((again,)), commented)[again.anchors[0].packet] == ("größer",)


@pytest.mark.tshark
def test_wireshark_shows_them(commented: Capture) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    command = [tshark, "-r", commented.path, "-Y", "frame.comment", "-T", "fields", "-e", "frame.comment"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "größer" in said
    assert "Here it begins" in said
