"""Where phases begin, in flows whose messages do not tell it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.analysis.step_labels import step_label
from ladderview.analysis.steps import StepKind
from ladderview.analysis.story import step_sentence
from ladderview.capture.capture import open_capture
from ladderview.proto.http2 import PREFACE
from tests.analysis.spoken import Packet, segments_of, write
from tests.proto.http_wire import h2_frame

KEY_UPDATE = Path(__file__).parent.parent / "captures" / "tls13-key-update.pcapng"


def read(path: Path) -> FlowReading:
    with closing(open_capture(path)) as capture:
        return read_flow(capture, analyse_flow(capture, 0), keys_of(capture, environment={}))


def test_bytes_that_the_snap_length_cut_off_are_no_part_of_the_handshake(tmp_path: Path) -> None:
    packets = segments_of([("c", b"?" * 90), ("s", b"!" * 900)])
    reading = read(write(tmp_path / "cut.pcap", [packets], snaplen=40))
    assert not reading.messages.messages
    assert [phase.name for phase in reading.phases] == [
        "Connection initialization", "Application data", "Connection termination",
    ]  # fmt: skip
    assert [phase.first for phase in reading.phases] == [0, 3, 5]


def test_a_pause_stands_where_it_begins_and_is_no_packets() -> None:
    reading = read(KEY_UPDATE)
    steps = reading.steps("phases")
    (pause,) = np.flatnonzero(steps.count == 0).tolist()
    assert steps.kind[pause] == StepKind.PHASE
    assert reading.phases[pause].name == "Idle"
    assert reading.analysis.segments.ts_ns[steps.row[pause]] == reading.phases[pause].begin_ns


def test_a_phase_of_one_moment_has_no_duration(tmp_path: Path) -> None:
    packets = [Packet("c", 1000, 0, 0x02), Packet("s", 0, 1001, 0x14)]
    reading = read(write(tmp_path / "refused.pcap", [packets]))
    steps = reading.steps("phases")
    label = step_label(reading, steps, len(steps) - 1)
    assert (label.flags, label.numbers) == ("Connection refused", "")
    assert step_sentence(reading, steps, len(steps) - 1) == "Connection refused"


RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 3000
UNTIL_CLOSE = b"HTTP/1.0 200 OK\r\n\r\nuntil the end"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    ("response", "end", "last"),
    [(RESPONSE, 0x14, "RST, ACK"), (UNTIL_CLOSE, 0x11, "FIN, ACK"), (RESPONSE, 0x11, "FIN, ACK")],
)
def test_what_ends_an_unfinished_response_has_an_arrow_of_its_own(
    tmp_path: Path, response: bytes, end: int, last: str
) -> None:
    packets = segments_of([("c", GET), ("s", response)], closes=False)
    packets.append(Packet("s", 5001 + len(response), 1001 + len(GET), end))
    reading = read(write(tmp_path / "cut.pcap", [packets], port=80))
    steps = reading.steps("messages")
    labels = [step_label(reading, steps, step).flags for step in range(3, len(steps))]
    assert labels == ["GET / HTTP/1.1", "200 OK", last]
    assert reading.messages.messages[-1].row == len(packets) - 3  # its last segment; the client's ACK follows


POST = b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
CONTINUE, OK = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.mark.parametrize(
    "turns",
    [
        [("c", POST), ("s", CONTINUE), ("c", b"body"), ("s", OK), ("c", GET), ("s", OK)],
        [("c", POST), ("s", OK), ("c", b"body"), ("s", b""), ("c", GET), ("s", OK)],  # the answer does not wait
    ],
)
def test_an_exchange_begins_with_its_request_whatever_is_answered_meanwhile(
    tmp_path: Path, turns: list[tuple[str, bytes]]
) -> None:
    reading = read(write(tmp_path / "continue.pcap", [segments_of(turns)], port=80))
    names = [phase.name for phase in reading.phases]
    assert names == ["Connection initialization", "POST / → 200", "GET / → 200", "Connection termination"]
    assert reading.phases[1].begin_ns == reading.analysis.segments.ts_ns[3]


def test_requests_of_one_segment_are_one_phase_though_the_first_is_not_answered(tmp_path: Path) -> None:
    asked = PREFACE + h2_frame(4, 0, 0) + h2_frame(1, 0x05, 1, b"\x82\x84\x87") + h2_frame(1, 0x05, 3, b"\x82\x85\x87")
    turns = [("c", asked), ("s", h2_frame(4, 0, 0) + h2_frame(1, 0x05, 3, b"\x88"))]
    reading = read(write(tmp_path / "late.pcap", [segments_of(turns)], port=80))
    assert [phase.name for phase in reading.phases] == [
        "Connection initialization", "HTTP/2 preface", "GET / → no response, GET /index.html → 200",
        "Connection termination",
    ]  # fmt: skip
