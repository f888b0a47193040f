"""What is said of a flow that is taken away: its titles."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys
from ladderview.analysis.reading import read_flow
from ladderview.capture.capture import open_capture, open_scenario
from ladderview.capture.packets_again import saved_packets
from ladderview.capture.save import write_pcapng
from ladderview.progress import no_progress
from ladderview.render.job import Job, Wish

SCENARIO = """title A request that is answered
client 10.0.0.1:50944
server 198.51.100.20:80
path delay 20 ms
open
client sends "hello"
client closes
"""


def job_of(folder: Path, comment: str, **wish: object) -> Job:
    composed = open_scenario(SCENARIO, "a.scenario")
    path = folder / "a.pcapng"
    write_pcapng(path, saved_packets(composed), (), comment)
    capture = open_capture(str(path), no_progress)
    return Job(capture, read_flow(capture, analyse_flow(capture, 0), Keys()), Wish(**wish))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("comment", "wish", "heading"),
    [
        ("", {}, "198.51.100.20:80"),
        ("A lost\nSYN, ACK", {}, "A lost SYN, ACK"),
        ("A lost SYN, ACK", {"title": "Mine"}, "Mine"),
        ("A long story " * 8, {}, "198.51.100.20:80"),
        ("A lost SYN, ACK", {"masks": frozenset({"bodies"})}, "198.51.100.20:80"),
    ],
)
def test_pages_have_the_title_of_a_person_or_of_the_capture_or_the_host(
    comment: str, wish: dict[str, object], heading: str, tmp_path: Path
) -> None:
    assert job_of(tmp_path, comment, **wish).heading == heading


@pytest.mark.parametrize(("comment", "subtitle"), [("", "TCP · "), ("A lost SYN, ACK", "198.51.100.20:80 · TCP · ")])
def test_a_subtitle_has_the_host_where_the_title_has_not(comment: str, subtitle: str, tmp_path: Path) -> None:
    assert job_of(tmp_path, comment).subtitle.startswith(f"{subtitle}9 packets in ")


def test_a_scenario_is_called_by_its_title() -> None:
    capture = open_scenario(SCENARIO, "a.scenario")
    reading = read_flow(capture, analyse_flow(capture, 0), Keys())
    assert Job(capture, reading, Wish()).heading == "A request that is answered"


@pytest.mark.parametrize("comments", [True, False])
def test_comments_of_packets_are_notes_unless_they_are_not_wanted(comments: bool) -> None:
    capture = open_scenario(SCENARIO.replace("open\n", "remark on client SYN: It begins.\nopen\n"), "a.scenario")
    reading = read_flow(capture, analyse_flow(capture, 0), Keys())
    notes = Job(capture, reading, Wish(comments=comments)).notes
    assert [it.annotation.text for it in notes.all] == (["It begins."] if comments else [])


@pytest.mark.parametrize(("raw", "label"), [(False, "Seq=0"), (True, "Seq=69")])
def test_raw_numbers_are_taken_away_as_they_are_shown(raw: bool, label: str) -> None:
    text = SCENARIO.replace("open\n", "client isn 69\nopen\n")
    capture = open_scenario(text, "a.scenario")
    made = Job(capture, read_flow(capture, analyse_flow(capture, 0), Keys()), Wish(raw=raw))
    assert label in str(made.plan.label(0))
