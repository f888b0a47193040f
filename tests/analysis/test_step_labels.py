"""Labels of what is said in protocols without a reader; those of TLS and HTTP are tested with the story."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladderview.analysis.collector import Collector
from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys
from ladderview.analysis.labels import Label
from ladderview.analysis.message import DATA, Message
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.analysis.step_labels import step_label
from ladderview.analysis.steps import StepKind
from ladderview.capture.capture import open_capture
from ladderview.proto.fields import Span
from tests.analysis.sent import c, s, streams
from tests.analysis.spoken import Turn, segments_of, write


def reading_of(path: Path, *turns: Turn) -> FlowReading:
    capture = open_capture(write(path / "said.pcap", [segments_of(list(turns))]))
    return read_flow(capture, analyse_flow(capture, 0), Keys())


def labels(reading: FlowReading) -> list[Label]:
    steps = reading.steps("messages")
    return [step_label(reading, steps, step) for step in range(len(steps)) if steps.kind[step] == StepKind.FLIGHT]


@pytest.mark.parametrize(
    ("octets", "flags", "numbers"),
    [
        (b"220 ready\r\n", "220 ready", "11 B"),
        (b"250-a\r\n250-b\r\n250 c\r\n", "250-a", "and 2 more lines  21 B"),
        (b"l", "“l”", "1 B"),
        (b"SSH-2.0-x\r\n\x00\x01", "SSH-2.0-x", "and more  13 B"),
        (b"MAIL FROM:<" + b"a" * 80 + b">\r\n", "MAIL FROM:<" + "a" * 48 + "…", "94 B"),
        (bytes(12), "Data", "12 B"),
    ],
)
def test_bytes_that_are_text_are_quoted(tmp_path: Path, octets: bytes, flags: str, numbers: str) -> None:
    (label,) = labels(reading_of(tmp_path, ("s", octets)))
    assert (label.flags, label.numbers) == (flags, numbers)
    assert label.unquoted == ("" if flags == "Data" else "Data")


def test_a_file_that_was_cut_short_leaves_a_shorter_label(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, ("s", b"220 ready\r\n"))
    path = tmp_path / "said.pcap"
    path.write_bytes(path.read_bytes()[:40])
    assert labels(reading)[0].flags == "Data"


def collected(rows: list[int], sends: list[int]) -> list[Span]:
    """The spans of the runs that data in these segments makes, ten bytes each."""
    collector = Collector(*streams(c(1000), s(5000)), (sends, []))
    for at, row in enumerate(rows):
        collector.add_run(Message(DATA, "Data", "Data", 0, 0, Span(10 * at, 10 * at + 10), row))
    return [message.span for message in collector.finish()]


@pytest.mark.parametrize(
    ("sends", "expected"),
    [
        ([], [Span(0, 30)]),
        ([7], [Span(0, 10), Span(10, 30)]),
        ([6], [Span(0, 10), Span(10, 30)]),
        ([5], [Span(0, 30)]),
        ([7, 9], [Span(0, 10), Span(10, 20), Span(20, 30)]),
    ],
)
def test_a_run_ends_where_its_sender_begins_anew(sends: list[int], expected: list[Span]) -> None:
    assert collected([5, 7, 9], sends) == expected
