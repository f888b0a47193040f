"""Labels of what is said in protocols without a reader; those of TLS and HTTP are tested with the story."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ladderview.analysis.collector import Collector
from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys, keys_of
from ladderview.analysis.labels import Label
from ladderview.analysis.message import DATA, Message
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.analysis.step_labels import phase_detail, step_label
from ladderview.analysis.steps import StepKind
from ladderview.analysis.story import step_sentence
from ladderview.capture.capture import open_capture
from ladderview.proto.fields import Span
from tests.analysis.sent import c, s, streams
from tests.analysis.spoken import Turn, segments_of, write
from tests.proto.http_wire import ws_frame


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


CAPTURES = Path(__file__).parent.parent / "captures"


def recorded(name: str) -> FlowReading:
    capture = open_capture(CAPTURES / f"{name}.pcapng")
    return read_flow(capture, analyse_flow(capture, 0), keys_of(capture, environment={}))


def test_the_arrows_of_http2_tell_whose_response_is_whose() -> None:
    reading = recorded("h2-streams")
    steps = reading.steps("messages")
    labels = [str(step_label(reading, steps, step)) for step in range(len(steps))]
    streams = [
        (label.split()[0], match[1]) for label in labels if (match := re.search(r"  ?stream (\d+)(?:  |$)", label))
    ]
    asked, answered = (
        sorted(stream for word, stream in streams if (word == "GET") is is_get) for is_get in (True, False)
    )
    assert asked == answered
    assert len(set(asked)) == 4


def test_the_handshake_is_told_from_the_silence_behind_it() -> None:
    reading = recorded("h2-streams")
    opening, tls, preface, *_ = reading.phases
    assert phase_detail(reading, opening) == "handshake 33 µs"
    assert phase_detail(reading, tls) == ""
    assert preface.name == "HTTP/2 preface"


def test_a_response_that_breaks_off_says_so(tmp_path: Path) -> None:
    response = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 3000
    reading = reading_of(tmp_path, ("c", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), ("s", response))
    steps = reading.steps("messages")
    label = step_label(reading, steps, 4)
    assert (label.flags, label.numbers) == ("200 OK", "incomplete  3.00 kB of 100 kB in 3 segments")
    assert (
        step_sentence(reading, steps, 4)
        == "server answers 200 OK, 3.00 kB of 100 kB in 3 segments, and does not finish"
    )


@pytest.mark.parametrize(("octets", "numbers"), [(b"\x03\xe9bye", "Going Away (1001)  7 B"), (b"", "2 B")])
def test_a_web_socket_that_closes_says_why(tmp_path: Path, octets: bytes, numbers: str) -> None:
    upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    reading = reading_of(
        tmp_path,
        ("c", b"GET / HTTP/1.1\r\nHost: a\r\n" + upgrade),
        ("s", b"HTTP/1.1 101 Switching Protocols\r\n" + upgrade),
        ("s", ws_frame(8, octets)),
    )
    assert labels(reading)[-1] == Label("", "WebSocket Close", numbers)
