"""A speaker is told what an arrow is for: the messages of a flight, a phase, or a segment."""

from __future__ import annotations

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.reading import read_flow
from ladderview.analysis.steps import Level
from ladderview.capture.capture import open_capture, open_scenario
from ladderview.ladder.plan import plan_reading
from ladderview.render.spoken import spoken_lines
from ladderview.resources import resource_path


@pytest.mark.parametrize(
    ("level", "row", "beginning"),
    [
        ("messages", 0, "The client asks for a connection."),
        ("messages", 3, "The client begins the TLS handshake"),
        ("messages", 4, "Server Hello. The server chooses"),
        ("phases", 1, "Both ends agree on keys"),
        ("segments", 3, "The client sends data."),
    ],
)
def test_what_an_arrow_is_for(level: Level, row: int, beginning: str) -> None:
    capture = open_capture(resource_path("samples", "https-tls13.pcapng"))
    reading = read_flow(capture, analyse_flow(capture, 0), keys_of(capture, [], []))
    plan = plan_reading(reading, capture, level)
    lines = list(spoken_lines(capture, reading, plan, row))
    assert any(line.startswith(beginning) for line in lines), lines
    capture.close()


@pytest.mark.parametrize(("raw", "seq"), [(False, "Seq 0 "), (True, "Seq 69 ")])
def test_the_arithmetic_has_the_numbers_of_the_arrow(raw: bool, seq: str) -> None:
    capture = open_scenario("client isn 69\nopen\n", "a.scenario")
    reading = read_flow(capture, analyse_flow(capture, 0), keys_of(capture, [], []))
    lines = list(spoken_lines(capture, reading, plan_reading(reading, capture, "segments", raw=raw), 0))
    assert any(line.startswith(seq) for line in lines), lines
