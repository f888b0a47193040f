from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladderview.analysis.content import ContentReader
from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys
from ladderview.analysis.message import Message
from ladderview.analysis.messages import Messages, messages_of
from ladderview.capture.capture import open_capture
from ladderview.proto.keylog import KeyLog
from tests.analysis.spoken import Packet, Turn, segments_of, without, write
from tests.proto.http_wire import h2_frame, ws_frame
from tests.proto.tls_exchange import ANSWER, Exchange, Peers
from tests.proto.tls_sealing import client_hello, extension, record, server_hello

GET = b"GET /a?b=c HTTP/1.1\r\nHost: example.org\r\n\r\n"
FOUND = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS, EMPTY_SETTINGS_ACK = h2_frame(4, 0, 0), h2_frame(4, 1, 0)
#: HPACK with entries of the static table alone: GET, /, https; :status 200.
H2_GET, H2_200 = h2_frame(1, 0x05, 1, b"\x82\x84\x87"), h2_frame(1, 0x04, 1, b"\x88") + h2_frame(0, 1, 1, b"hello")
H2_POST, H2_404 = h2_frame(1, 0x04, 1, b"\x83\x84\x87"), h2_frame(1, 0x05, 1, b"\x8d")  # POST, /, https; 404
SWITCH = b"GET /ws HTTP/1.1\r\nHost: example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
CONNECT, CONNECTED = b"CONNECT example.org:443 HTTP/1.1\r\n\r\n", b"HTTP/1.1 200 Connection established\r\n\r\n"
SNI = extension(0, b"\x00\x0e\x00\x00\x0bexample.org")
HELLO = record(22, client_hello(0x0303, [0x002F], SNI), 0x0301)
ANSWERED = record(22, server_hello(0x0303, 0x002F) + b"\x0e\x00\x00\x00")
CHANGE, FINISHED = record(20, b"\x01"), record(22, bytes(range(40)))
DATA = record(23, bytes(300))

Said = list[tuple[str, str]]

CASES: dict[str, tuple[list[Turn], Said, list[str]]] = {
    "HTTP/1.1": (
        [("c", GET), ("s", FOUND), ("c", GET), ("s", CHUNKED)],
        [
            ("c", "GET /a?b=c HTTP/1.1"),
            ("s", "HTTP/1.1 200 OK  (text/plain)"),
            ("c", "GET /a?b=c HTTP/1.1"),
            ("s", "HTTP/1.1 200 OK"),
        ],
        ["HTTP/1.1"],
    ),
    "pipelined": (
        [("c", GET + GET), ("s", FOUND + FOUND)],
        [("c", "GET /a?b=c HTTP/1.1")] * 2 + [("s", "HTTP/1.1 200 OK  (text/plain)")] * 2,
        ["HTTP/1.1"],
    ),
    "the server speaks first": (
        [("s", b"220 ready\r\n"), ("c", b"QUIT\r\n")],
        [("s", "Data, 11 bytes"), ("c", "Data, 6 bytes")],
        [],
    ),
    "HTTP/2": (
        [("c", PREFACE + SETTINGS + H2_GET), ("s", SETTINGS + EMPTY_SETTINGS_ACK + H2_200)],
        [("c", "Magic, SETTINGS"), ("c", "GET /"), ("s", "SETTINGS × 2"), ("s", "200")],
        ["HTTP/2"],
    ),
    "HTTP/2, an upload that the server ends": (
        [
            ("c", PREFACE + H2_POST),
            ("s", SETTINGS + H2_404 + h2_frame(3, 0, 1, bytes(4))),
            ("c", h2_frame(0, 1, 1, b"x")),
        ],
        [("c", "Magic"), ("c", "POST /"), ("s", "SETTINGS"), ("s", "404"), ("s", "RST_STREAM"), ("c", "DATA")],
        ["HTTP/2"],
    ),
    "WebSocket": (
        [("c", SWITCH), ("s", SWITCHED), ("c", ws_frame(1, b"hi", mask=b"abcd")), ("s", ws_frame(8))],
        [
            ("c", "GET /ws HTTP/1.1"),
            ("s", "HTTP/1.1 101 Switching Protocols"),
            ("c", "WebSocket Text [FIN] [MASKED]"),
            ("s", "WebSocket Close [FIN]"),
        ],
        ["HTTP/1.1", "WebSocket"],
    ),
    "TLS in a tunnel": (
        [("c", CONNECT), ("s", CONNECTED), ("c", HELLO), ("s", ANSWERED)],
        [
            ("c", "CONNECT example.org:443 HTTP/1.1"),
            ("s", "HTTP/1.1 200 Connection established"),
            ("c", "Client Hello (example.org)"),
            ("s", "Server Hello (TLS 1.2, TLS_RSA_WITH_AES_128_CBC_SHA)"),
            ("s", "Server Hello Done"),
        ],
        ["HTTP/1.1", "TLS 1.2"],
    ),
    "STARTTLS": (
        [("s", b"220 ready\r\n"), ("c", b"STARTTLS\r\n"), ("s", b"220 go ahead\r\n"), ("c", HELLO), ("s", ANSWERED)],
        [
            ("s", "Data, 11 bytes"),
            ("c", "Data, 10 bytes"),
            ("s", "Data, 14 bytes"),
            ("c", "Client Hello (example.org)"),
            ("s", "Server Hello (TLS 1.2, TLS_RSA_WITH_AES_128_CBC_SHA)"),
            ("s", "Server Hello Done"),
        ],
        ["TLS 1.2"],
    ),
    "TLS without keys": (
        [
            ("c", HELLO),
            ("s", ANSWERED),
            ("c", CHANGE + FINISHED),
            ("s", CHANGE + FINISHED),
            ("c", DATA),
            ("s", DATA + DATA),
        ],
        [
            ("c", "Client Hello (example.org)"),
            ("s", "Server Hello (TLS 1.2, TLS_RSA_WITH_AES_128_CBC_SHA)"),
            ("s", "Server Hello Done"),
            ("c", "Change Cipher Spec"),
            ("c", "Encrypted Handshake Message"),
            ("s", "Change Cipher Spec"),
            ("s", "Encrypted Handshake Message"),
            ("c", "Application Data, 305 bytes"),
            ("s", "Application Data, 610 bytes"),
        ],
        ["TLS 1.2"],
    ),
    "an alert": (
        [("c", HELLO), ("s", record(21, b"\x02\x28"))],
        [("c", "Client Hello (example.org)"), ("s", "Alert (Fatal, Handshake Failure)")],
        [],
    ),
    "nothing": ([], [], []),
}


def said(messages: Messages) -> Said:
    return [("cs"[message.direction], message.summary) for message in messages.messages]


def read(path: Path, packets: list[Packet], keys: Keys | None = None, snaplen: int = 65535) -> Messages:
    capture = open_capture(write(path, [packets], snaplen=snaplen))
    return messages_of(capture, analyse_flow(capture, 0), keys or Keys())


@pytest.mark.parametrize("mss", [1460, 7])
@pytest.mark.parametrize(("turns", "wanted", "protocols"), CASES.values(), ids=CASES)
def test_messages_by_what_is_said(
    tmp_path: Path, turns: list[Turn], wanted: Said, protocols: list[str], mss: int
) -> None:
    messages = read(tmp_path / "a.pcap", segments_of(turns, mss))
    assert said(messages) == wanted
    assert list(messages.protocols) == protocols


@pytest.mark.parametrize("turns", [case[0] for case in CASES.values()], ids=CASES)
def test_bytes_that_are_fed_together_say_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turns: list[Turn]
) -> None:
    packets = segments_of(turns, mss=7)
    together = read(tmp_path / "a.pcap", packets)
    monkeypatch.setattr(ContentReader, "waits_for", lambda reader, direction: 1)
    alone = read(tmp_path / "b.pcap", packets)
    assert together.messages == alone.messages
    assert [flow.columns for flow in together.tls] == [flow.columns for flow in alone.tls]


def test_a_message_knows_the_segments_that_carried_it(tmp_path: Path) -> None:
    packets = segments_of([("c", GET), ("s", FOUND)], mss=20)
    messages = read(tmp_path / "a.pcap", packets)
    for message in messages.messages:
        own = [
            row for row, packet in enumerate(packets) if packet.data and "cs".index(packet.sender) == message.direction
        ]
        assert messages.rows_of(message).tolist() == own
        assert message.row == own[-1]
        assert messages.ending_in(own[-1]) == (message,)
        assert messages.octets_of(message, 1 << 20) == (GET, FOUND)[message.direction]


def test_lost_bytes_damage_one_message_and_not_the_next(tmp_path: Path) -> None:
    packets = segments_of([("c", GET), ("s", FOUND), ("c", GET), ("s", FOUND)], mss=len(FOUND) - 3)
    rows = [row for row, packet in enumerate(packets) if packet.sender == "s" and packet.data]
    messages = read(tmp_path / "a.pcap", without(packets, lambda row, _: row == rows[1]))
    answers = [message for message in messages.messages if message.direction == 1]
    assert [message.content.body.missing for message in answers] == [3, 0]  # type: ignore[union-attr]


def test_bytes_cut_by_the_snap_length_are_missing_too(tmp_path: Path) -> None:
    big = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + bytes(500)
    messages = read(tmp_path / "a.pcap", segments_of([("c", GET), ("s", big), ("c", GET)]), snaplen=140)
    assert [message.name for message in messages.messages] == ["GET", "200 OK", "GET"]
    assert messages.messages[1].content.body.missing == 40 + len(big) - 140  # type: ignore[union-attr]


def test_a_segment_that_is_late_is_read_in_its_place(tmp_path: Path) -> None:
    packets = segments_of([("c", GET), ("s", FOUND)], mss=30)
    rows = [row for row, packet in enumerate(packets) if packet.sender == "s" and packet.data]
    packets[rows[0]], packets[rows[1]] = packets[rows[1]], packets[rows[0]]
    assert said(read(tmp_path / "a.pcap", packets)) == [
        ("c", "GET /a?b=c HTTP/1.1"),
        ("s", "HTTP/1.1 200 OK  (text/plain)"),
    ]


def test_a_capture_that_begins_in_the_middle_of_an_answer(tmp_path: Path) -> None:
    packets = segments_of([("c", GET), ("s", FOUND), ("c", GET), ("s", FOUND)], mss=30)
    first = next(row for row, packet in enumerate(packets) if packet.sender == "s" and packet.data)
    names = [message.name for message in read(tmp_path / "a.pcap", packets[first + 1 :]).messages]
    assert names[-2:] == ["GET", "200 OK"]


# -- TLS that decrypts ------------------------------------------------------------------------------------------------


@cache
def exchanged(version: ssl.TLSVersion) -> Exchange:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return Peers(Path(folder), version).exchange()


def packets_of(done: Exchange, mss: int = 1460) -> list[Packet]:
    return segments_of([("cs"[direction], data) for direction, data in done.chunks], mss)


def keys_of(done: Exchange) -> Keys:
    return Keys(KeyLog.parse(done.keylog))


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("version", VERSIONS)
def test_requests_and_answers_inside_tls(tmp_path: Path, version: ssl.TLSVersion) -> None:
    done = exchanged(version)
    messages = read(tmp_path / "a.pcap", packets_of(done), keys_of(done))
    inside = [message for message in messages.messages if message.protocol == "HTTP"]
    assert [message.summary for message in inside] == ["GET /index.html HTTP/1.1", "HTTP/1.1 200 OK"] * 2
    assert messages.host == "ladder.example"
    assert messages.protocols == ({"TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3"}[done.version], "HTTP/1.1")
    assert not any(message.sealed or message.error for message in messages.messages)


def test_plaintext_is_read_again_by_its_place(tmp_path: Path) -> None:
    done = exchanged(ssl.TLSVersion.TLSv1_3)
    messages = read(tmp_path / "a.pcap", packets_of(done), keys_of(done))
    answer = next(message for message in messages.messages if message.name == "200 OK")
    assert messages.octets_of(answer, 1 << 20) == ANSWER
    stream = messages.layers[answer.layer].streams[1]
    assert stream.read(answer.span.start + 100, answer.span.start + 20_000) == ANSWER[100:20_000]
    assert len(messages.rows_of(answer)) >= len(ANSWER) // 1460


@pytest.mark.parametrize("version", VERSIONS)
def test_a_lost_segment_of_tls_leaves_the_next_request_readable(tmp_path: Path, version: ssl.TLSVersion) -> None:
    done = exchanged(version)
    packets = packets_of(done)
    answers = [row for row, packet in enumerate(packets) if packet.sender == "s" and len(packet.data) == 1460]
    messages = read(tmp_path / "a.pcap", without(packets, lambda row, _: row == answers[10]), keys_of(done))
    inside = [message for message in messages.messages if message.protocol == "HTTP" and message.name == "GET"]
    assert len(inside) == 2
    lost = [message for message in messages.messages if message.sealed]
    assert lost
    assert "missing" in lost[0].sealed


def test_without_keys_every_sealed_message_says_why(tmp_path: Path) -> None:
    done = exchanged(ssl.TLSVersion.TLSv1_3)
    sealed = [message for message in read(tmp_path / "a.pcap", packets_of(done)).messages if message.sealed]
    assert sealed
    assert all("no secret for client random" in message.sealed for message in sealed)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 3000), st.sampled_from(VERSIONS))
def test_segmentation_changes_nothing(tmp_path: Path, mss: int, version: ssl.TLSVersion) -> None:
    done = exchanged(version)
    whole = read(tmp_path / "a.pcap", packets_of(done, 1 << 15), keys_of(done))
    cut = read(tmp_path / "b.pcap", packets_of(done, mss), keys_of(done))
    assert [_place(message) for message in cut.messages] == [_place(message) for message in whole.messages]


def _place(message: Message) -> tuple[object, ...]:
    return message.summary, message.direction, message.layer, message.span
