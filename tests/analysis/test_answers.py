from __future__ import annotations

from pathlib import Path

import pytest

from ladderview.analysis.answers import Answers, exchange_words
from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys
from ladderview.analysis.messages import messages_of
from ladderview.capture.capture import open_capture
from tests.analysis.spoken import Turn, segments_of, without, write
from tests.proto.http_wire import h2_frame

GET = b"GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n"
POST = b"POST /b HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + bytes(3000)
GONE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

CASES: dict[str, tuple[list[Turn], list[str]]] = {
    "one after the other": (
        [("c", GET), ("s", OK), ("c", GET), ("s", GONE)],
        [
            "Answered by #6, 200 OK, after 200.0 ms, whole after 400.0 ms",
            "Answers GET /a of #4 after 200.0 ms, whole after 400.0 ms",
            "Answered by #12, 404 Not Found, after 200.0 ms",
            "Answers GET /a of #10 after 200.0 ms",
        ],
    ),
    "pipelined": (
        [("c", GET + GET), ("s", GONE), ("s", GONE)],
        [
            "Answered by #6, 404 Not Found, after 200.0 ms",
            "Answered by #8, 404 Not Found, after 400.0 ms",
            "Answers GET /a of #4 after 200.0 ms",
            "Answers GET /a of #4 after 400.0 ms",
        ],
    ),
    "an interim response": (
        [("c", POST), ("s", CONTINUE), ("c", b"body"), ("s", GONE)],
        ["", "Answered by #10, 404 Not Found, after 200.0 ms", "Answers POST /b of #8 after 200.0 ms"],
    ),
    "no response": ([("c", GET)], [""]),
    "HTTP/2": (
        [
            ("c", PREFACE + h2_frame(4, 0, 0) + h2_frame(1, 0x05, 1, b"\x82\x84\x87")),
            ("s", h2_frame(4, 0, 0) + h2_frame(1, 0x05, 1, b"\x88")),
        ],
        ["", "Answered by #6, 200, after 200.0 ms", "", "Answers GET / of #4 after 200.0 ms"],
    ),
}


@pytest.mark.parametrize(("turns", "expected"), CASES.values(), ids=CASES)
def test_who_answers_whom(tmp_path: Path, turns: list[Turn], expected: list[str]) -> None:
    capture = open_capture(write(tmp_path / "spoken.pcap", [without(segments_of(turns), lambda *_: False)], 80))
    analysis = analyse_flow(capture, 0)
    messages = messages_of(capture, analysis, Keys())
    answers = Answers(messages)
    told = []
    for message in messages.messages:
        exchange = answers.exchange_of(message, analysis.segments)
        told.append("" if exchange is None else exchange_words(message, exchange, analysis.segments))
    assert told == expected
