from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.fields import Span
from ladderview.proto.http_message import NotHttp
from ladderview.proto.websocket import MAX_CONTROL, WebSocketFrame, WebSocketReader, frame_fields, frame_words, unmasked
from tests.proto.http_wire import fed, ws_frame
from tests.proto.listing import lines

KEY = b"\x37\xfa\x21\x3d"
HELLO = ws_frame(1, b"Hello", mask=KEY)
FIRST = ws_frame(2, b"x" * 300, fin=False, mask=KEY)
PING = ws_frame(9, mask=KEY)
LAST = ws_frame(0, b"y", mask=KEY)
CLOSE = ws_frame(8, b"\x03\xe8bye", mask=KEY)
STREAM = HELLO + FIRST + PING + LAST + CLOSE


def shown(found: list[WebSocketFrame | NotHttp]) -> list[tuple[str, int, int, str]]:
    """(summary, start, end, error) of each."""
    return [
        (one.summary if isinstance(one, WebSocketFrame) else "-", one.span.start, one.span.end, one.error)
        for one in found
    ]


def frames(found: list[WebSocketFrame | NotHttp]) -> list[WebSocketFrame]:
    return [one for one in found if isinstance(one, WebSocketFrame)]


def test_the_examples_of_the_rfc() -> None:
    """RFC 6455 section 5.7."""
    examples = {
        "81 05 48 65 6c 6c 6f": b"Hello",
        "81 85 37 fa 21 3d 7f 9f 4d 51 58": b"Hello",
        "01 03 48 65 6c": b"Hel",
        "89 05 48 65 6c 6c 6f": b"Hello",
        "8a 85 37 fa 21 3d 7f 9f 4d 51 58": b"Hello",
    }
    for sent, payload in examples.items():
        (frame,) = frames(fed(WebSocketReader("server"), bytes.fromhex(sent)))
        assert frame.octets == payload


def test_frames_with_their_places_and_summaries() -> None:
    found = fed(WebSocketReader("client"), STREAM)
    ends = [len(HELLO), len(HELLO + FIRST), len(HELLO + FIRST + PING), len(STREAM) - len(CLOSE), len(STREAM)]
    words = ["Text [FIN] [MASKED]", "Binary [MASKED]", "Ping [FIN] [MASKED]"]
    words += ["Continuation [FIN] [MASKED]", "Close [FIN] [MASKED]"]
    expected = [
        (f"WebSocket {word}", start, end, "") for word, start, end in zip(words, [0, *ends], ends, strict=False)
    ]
    assert shown(found) == expected
    assert all(not one.notes for one in frames(found))
    assert frames(found)[4].close_code == 1000


def test_of_a_long_payload_the_beginning_is_kept() -> None:
    payload = bytes(range(256)) * 300
    (frame,) = frames(fed(WebSocketReader("client"), ws_frame(2, payload, mask=KEY), range(0, 70_000, 1460)))
    assert (frame.octets, frame.payload) == (payload[:MAX_CONTROL], Span(14, 14 + len(payload)))


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_how_the_bytes_are_cut_into_segments_does_not_matter(cuts: list[int]) -> None:
    assert fed(WebSocketReader("client"), STREAM, cuts) == fed(WebSocketReader("client"), STREAM)


def test_every_truncation_is_the_same_in_one_portion_and_byte_by_byte() -> None:
    for size in range(len(STREAM)):
        whole = fed(WebSocketReader("client"), STREAM[:size])
        assert fed(WebSocketReader("client"), STREAM[:size], range(1, size)) == whole


NOTES = {
    ws_frame(1, b"x"): "a client has to mask",
    ws_frame(3, b"x", mask=KEY): "opcode 3 is reserved",
    ws_frame(9, b"x", fin=False, mask=KEY): "a control frame has up to 125 bytes and is not fragmented",
    ws_frame(0, b"x", mask=KEY): "continues no message",
    FIRST + HELLO: "begins inside a message",
    b"\x81\xfe\x00\x01" + KEY + b"x": "its length is written with more bytes than it needs",
    b"\x81\xff" + b"\xff" * 8 + KEY + b"x": "its length is more than anybody sends",
}


@pytest.mark.parametrize(("stream", "note"), NOTES.items())
def test_violations_are_noted(stream: bytes, note: str) -> None:
    assert frames(fed(WebSocketReader("client"), stream))[-1].notes == (note,)


def test_a_server_must_not_mask() -> None:
    assert frames(fed(WebSocketReader("server"), HELLO))[0].notes == ("a server must not mask",)


def with_gap(stream: bytes, start: int, end: int) -> list[WebSocketFrame | NotHttp]:
    reader = WebSocketReader("client")
    found = reader.feed(0, stream[:start]) + reader.lost(start, end)
    return found + reader.feed(end, stream[end:]) + reader.closed()


def test_a_gap_inside_a_payload_damages_that_frame_alone() -> None:
    at = len(HELLO) + 20
    found = frames(with_gap(HELLO + FIRST + LAST, at, at + 9))
    assert [one.missing for one in found] == [0, 9, 0]


def test_behind_a_gap_over_an_edge_whole_frames_are_taken_and_others_are_not() -> None:
    good = with_gap(HELLO + HELLO + PING + CLOSE, 8, 22)
    assert [word for word, _, _, _ in shown(good)] == [
        "WebSocket Text [FIN] [MASKED]",
        "WebSocket Ping [FIN] [MASKED]",
        "WebSocket Close [FIN] [MASKED]",
    ]
    bad = with_gap(HELLO + HELLO + PING + CLOSE, 8, 15)
    assert shown(bad)[1:] == [("-", 15, len(HELLO * 2 + PING + CLOSE), "no frame begins here")]


@given(st.binary(max_size=100), st.binary(min_size=4, max_size=4))
def test_unmasking_is_its_own_inverse(payload: bytes, mask: bytes) -> None:
    assert unmasked(unmasked(payload, mask), mask) == payload
    assert unmasked(payload, b"") == payload


TREES = {
    HELLO: [
        "0 Fin: Set",
        "0 Reserved: 0x0",
        "  0 Per-Message Compressed: Not set",
        "  0 RSV2: Not set",
        "  0 RSV3: Not set",
        "0 Opcode: Text (1)",
        "1 Mask: Set",
        "1 Payload length: 5 bytes",
        "2-5 Masking-Key: 37fa213d",
        "6-10 Payload: Hello",
    ],
    CLOSE: ["6-7 Status code: Normal Closure (1000)", "8-10 Reason: bye"],
    ws_frame(1, b"\x05", rsv=4): ["2 Payload: 05 [compressed (permessage-deflate)]"],
    ws_frame(2, b"\x05" * 126): ["1-3 Payload length: 126 bytes", f"4-129 Payload: {'05' * 125}…"],
}


@pytest.mark.parametrize(("stream", "expected"), TREES.items())
def test_the_tree_of_a_frame(stream: bytes, expected: list[str]) -> None:
    (frame,) = frames(fed(WebSocketReader("client"), stream))
    assert list(lines(frame_fields(frame)))[-len(expected) :] == expected


def test_mutations_are_taken_with_gaps() -> None:
    chance = random.Random(3)
    for _ in range(500):
        stream = bytearray(STREAM)
        for _ in range(4):
            at = chance.randrange(len(stream))
            stream[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(4))
        start = chance.randrange(len(stream))
        found = with_gap(bytes(stream), start, min(len(stream), start + chance.randrange(50)))
        assert all(list(lines(frame_fields(one))) for one in frames(found))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (HELLO, ("FIN set: the whole message", "Masked, Masking-Key 37fa213d")),
        (ws_frame(2, b"x", fin=False), ("FIN not set: more fragments follow", "Not masked")),
        (ws_frame(0, b"y"), ("FIN set: the last fragment", "Not masked")),
        (PING, ("Masked, Masking-Key 37fa213d",)),
        (CLOSE, ("Masked, Masking-Key 37fa213d", "Status code Normal Closure (1000)")),
        (ws_frame(8), ("Not masked", "No status code")),
    ],
)
def test_the_words_of_a_header(sent: bytes, words: tuple[str, ...]) -> None:
    (frame,) = frames(WebSocketReader("client").feed(0, sent))
    assert frame_words(frame) == words
