"""Does a text become the capture that it describes?"""

from __future__ import annotations

from pathlib import Path

import pytest

from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.labels import segment_label
from ladderview.analysis.verdicts import Verdict
from ladderview.capture.capture import Capture, NotACapture, open_capture, open_scenario
from ladderview.capture.scenario.compose import compose

TEXTBOOK = """\
title   Textbook connection
client  10.0.0.1:50944  isn 69
server  10.0.0.2:443    isn 420
open
client sends 30 bytes
client sends 5 bytes
server sends 10 bytes
server sends 5 bytes
client closes
"""


def composed(text: str) -> Capture:
    capture = open_scenario(text, "test.scenario")
    assert not capture.damage
    return capture


def analysed(text: str, flow: int = 0) -> FlowAnalysis:
    return analyse_flow(composed(text), flow)


def rows(analysis: FlowAnalysis) -> list[tuple[str, int, int, int]]:
    """(sender's flags, raw number, raw ACK, payload bytes) of each segment."""
    segments = analysis.segments
    letters = {1: "F", 2: "S", 4: "R", 8: "P", 16: "A"}
    return [
        (
            "cs"[segments.direction[row]] + "".join(letters[bit] for bit in letters if segments.flags[row] & bit),
            int(segments.seq[row]),
            int(segments.ack[row]),
            int(segments.payload_len[row]),
        )
        for row in range(len(segments))
    ]


def verdicts(analysis: FlowAnalysis) -> list[Verdict]:
    return [Verdict(bits) for bits in analysis.tcp.verdicts.tolist() if bits]


def test_the_textbook_connection_has_the_textbooks_numbers() -> None:
    assert rows(analysed(TEXTBOOK)) == [
        ("cS", 69, 0, 0),
        ("sSA", 420, 70, 0),
        ("cA", 70, 421, 0),
        ("cPA", 70, 421, 30),
        ("sA", 421, 100, 0),
        ("cPA", 100, 421, 5),
        ("sA", 421, 105, 0),
        ("sPA", 421, 105, 10),
        ("cA", 105, 431, 0),
        ("sPA", 431, 105, 5),
        ("cA", 105, 436, 0),
        ("cFA", 105, 436, 0),
        ("sA", 436, 106, 0),
        ("sFA", 436, 106, 0),
        ("cA", 106, 437, 0),
    ]


def test_the_same_text_gives_the_same_bytes() -> None:
    assert compose(TEXTBOOK).pcapng() == compose(TEXTBOOK).pcapng()


def test_a_scenario_opens_like_a_capture(tmp_path: Path) -> None:
    path = tmp_path / "textbook.scenario"
    path.write_text(TEXTBOOK)
    capture = open_capture(path)
    assert (len(capture.packets), len(capture.flows), capture.scenario) == (15, 1, TEXTBOOK)


def test_a_scenario_is_known_by_its_first_line(tmp_path: Path) -> None:
    path = tmp_path / "textbook"
    path.write_text("\ufeff# by hand\n\n" + TEXTBOOK, encoding="utf-8")
    assert len(open_capture(path).packets) == 15


@pytest.mark.parametrize("text", ["Dear reader,\nopen\n", "titel x\n", "{}\n"])
def test_another_text_is_none(text: str, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text(text)
    with pytest.raises(NotACapture, match="is a text file, not a pcap or pcapng capture"):
        open_capture(path)


def test_mistakes_are_told_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "faulty.scenario"
    path.write_text("open\nclient sands 30 bytes\nclient sends 30\n")
    with pytest.raises(
        NotACapture, match=r"faulty\.scenario:2:8: expected sends, .* did you mean sends\? \(and 1 more\)"
    ):
        open_capture(path)


def test_a_lost_syn_ack_is_sent_again() -> None:
    analysis = analysed("lose server SYN, ACK\nopen\n")
    assert verdicts(analysis) == [Verdict.RETRANSMISSION] * 2
    assert str(segment_label(analysis, 3)).startswith("[TCP Retransmission] [SYN, ACK]")
