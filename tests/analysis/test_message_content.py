from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys
from ladderview.analysis.message import Message
from ladderview.analysis.message_content import (
    content_of_message,
    decoding_of,
    file_name_of,
    has_content,
    payload_message,
)
from ladderview.analysis.messages import Messages, messages_of
from ladderview.capture.capture import open_capture
from ladderview.proto.content import Content, Kind
from tests.analysis.spoken import Packet, Turn, segments_of, without, write
from tests.proto.http_wire import h2_frame, ws_frame

TEXT = b"".join(b"line %d of a page\n" % number for number in range(900))
GET = b"GET /a/page.html?b=c HTTP/1.1\r\nHost: example.org\r\n\r\n"
SWITCH = b"GET /ws HTTP/1.1\r\nHost: example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
H2_GET = h2_frame(1, 0x05, 1, b"\x82\x84\x87")


def answer(body: bytes, *fields: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", *fields, f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(body: bytes, size: int) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n"


def read(path: Path, turns: list[Turn], mss: int = 1460, lost: int = -1) -> Messages:
    packets = without(segments_of(turns, mss), lambda row, _: row == lost)
    capture = open_capture(write(path / "spoken.pcap", [packets], 80))
    return messages_of(capture, analyse_flow(capture, 0), Keys())


def carrying(messages: Messages) -> list[Message]:
    return [message for message in messages.messages if has_content(message)]


BODIES = {
    "length": (answer(TEXT), ()),
    "gzip": (answer(gzip.compress(TEXT), "Content-Encoding: gzip"), ("gzip",)),
    "chunked gzip": (chunked(gzip.compress(TEXT), 300), ("chunked", "gzip")),
    "a transfer coding": (
        answer(gzip.compress(TEXT)).replace(b"Content-Length", b"Transfer-Encoding: gzip\r\nX-Length"),
        ("gzip",),
    ),
}


@pytest.mark.parametrize("mss", [1460, 37])
@pytest.mark.parametrize(("sent", "codings"), BODIES.values(), ids=BODIES)
def test_a_body_is_whole_whatever_the_segments(tmp_path: Path, sent: bytes, codings: tuple[str, ...], mss: int) -> None:
    messages = read(tmp_path, [("c", GET), ("s", sent)], mss)
    (response,) = carrying(messages)
    found = content_of_message(messages, response)
    assert (found.octets, found.codings, found.notes, found.has_more) == (TEXT, codings, (), False)
    assert b"".join(decoding_of(messages, response)) == TEXT


def test_so_much_is_fetched_as_is_asked_for(tmp_path: Path) -> None:
    messages = read(tmp_path, [("c", GET), ("s", BODIES["chunked gzip"][0])])
    found = content_of_message(messages, carrying(messages)[0], 100)
    assert (found.octets, found.has_more, found.notes) == (TEXT[:100], True, ())


def test_what_is_missing_in_the_middle_is_said(tmp_path: Path) -> None:
    messages = read(tmp_path, [("c", GET), ("s", answer(TEXT))], lost=6)
    found = content_of_message(messages, carrying(messages)[0])
    assert found.notes[0].startswith("1460 bytes not captured behind the first")
    assert len(found.octets) == len(TEXT) - 1460


def test_json_is_laid_out_also_where_it_is_only_begun(tmp_path: Path) -> None:
    body = json.dumps([{"number": number} for number in range(500)]).encode()
    messages = read(tmp_path, [("c", GET), ("s", answer(body, "Content-Type: application/json"))])
    for limit in (len(body), 100):
        content = content_of_message(messages, carrying(messages)[0], limit).content
        assert content.kind is Kind.JSON
        assert content.text.startswith('[\n  {\n    "number": 0\n  },')


def test_content_of_http2_stands_in_its_frames(tmp_path: Path) -> None:
    frames = h2_frame(1, 0x04, 1, b"\x88") + h2_frame(0, 0, 1, TEXT[:5000]) + h2_frame(6, 0, 0, bytes(8))
    turns: list[Turn] = [("c", PREFACE + h2_frame(4, 0, 0) + H2_GET), ("s", frames + h2_frame(0, 1, 1, TEXT[5000:]))]
    messages = read(tmp_path, turns)
    (response,) = carrying(messages)
    assert content_of_message(messages, response).octets == TEXT


def websocket(path: Path, *frames: bytes) -> Messages:
    return read(path, [("c", SWITCH), ("s", SWITCHED), *(("c", frame) for frame in frames)])


def test_a_message_of_several_frames_is_one_from_each_of_them(tmp_path: Path) -> None:
    mask = b"\x01\x02\x03\x04"
    messages = websocket(
        tmp_path,
        ws_frame(1, b"before", mask=mask),
        ws_frame(1, b"one ", mask=mask, fin=False),
        ws_frame(9, b"ping", mask=mask),
        ws_frame(0, b"two ", mask=mask, fin=False),
        ws_frame(0, b"three", mask=mask),
        ws_frame(2, b"\x00\x01", mask=mask),
    )
    frames = carrying(messages)
    told = [content_of_message(messages, frame) for frame in frames]
    assert [found.octets for found in told] == [b"before", *[b"one two three"] * 3, b"\x00\x01"]
    assert [found.content.kind for found in told] == [Kind.TEXT] * 4 + [Kind.BYTES]
    assert told[1].sent == 13


def test_a_message_compressed_with_those_before_it_is_read(tmp_path: Path) -> None:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    said = [b"the first message, which is long enough", b"the first message, again, which is long enough"]
    sent = [(engine.compress(one) + engine.flush(zlib.Z_SYNC_FLUSH))[:-4] for one in said]
    messages = websocket(tmp_path, *(ws_frame(1, one, mask=b"\x09\x08\x07\x06", rsv=4) for one in sent))
    found = [content_of_message(messages, frame) for frame in carrying(messages)]
    assert [one.octets for one in found] == said
    assert [one.codings for one in found] == [("permessage-deflate",)] * 2
    assert [one.notes for one in found] == [()] * 2


def test_the_payload_of_a_segment_that_nobody_recognises(tmp_path: Path) -> None:
    packets = segments_of([("s", b"220 ready\r\n"), ("c", b"QUIT\r\n")])
    capture = open_capture(write(tmp_path / "spoken.pcap", [packets], 25))
    analysis = analyse_flow(capture, 0)
    messages = messages_of(capture, analysis, Keys())
    rows = [row for row, size in enumerate(analysis.segments.payload_len.tolist()) if size]
    payloads = [payload_message(messages, analysis, row) for row in rows]
    found = [content_of_message(messages, payload) for payload in payloads if payload is not None]
    assert [one.octets for one in found] == [b"220 ready\r\n", b"QUIT\r\n"]
    assert [one.content.kind for one in found] == [Kind.TEXT] * 2


@pytest.mark.parametrize(
    ("target", "content", "name"),
    [
        (b"/a/page.html?b=c", Content(Kind.TEXT, "text/html"), "page.html"),
        (b"/", Content(Kind.TEXT, "text/html"), "body.html"),
        (b"/api/list", Content(Kind.JSON, "application/json"), "list.json"),
        (b"/../..", Content(Kind.IMAGE, "image/png"), "body.png"),
        (b"/%2e%2e/x", Content(Kind.BYTES, ""), "x.bin"),
        (b"/a$(b);c", Content(Kind.TEXT, ""), "a-b-c.txt"),
    ],
)
def test_what_it_is_called_in_a_file(tmp_path: Path, target: bytes, content: Content, name: str) -> None:
    messages = read(tmp_path, [("c", GET.replace(b"/a/page.html?b=c", target)), ("s", answer(b"x"))])
    assert file_name_of(messages.messages[0], content) == name


def test_what_a_reset_carries_is_no_message(tmp_path: Path) -> None:
    packets = [*segments_of([("c", b"hello")], closes=False), Packet("s", 5001, 1006, 0x14, b"out of memory")]
    capture = open_capture(write(tmp_path / "reset.pcap", [packets]))
    analysis = analyse_flow(capture, 0)
    messages = messages_of(capture, analysis, Keys())
    assert payload_message(messages, analysis, 3) is not None
    assert payload_message(messages, analysis, 5) is None
