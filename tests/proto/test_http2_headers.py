from __future__ import annotations

import time

import pytest
from hpack import Encoder

from ladderview.proto.fields import Span
from ladderview.proto.http2_headers import MAX_LIST, UNKNOWN_NAME, HeaderDecoder, HeaderPart

#: RFC 7541 appendix C.3 to C.6: the blocks of one direction, and the fields that they hold.
_HOST = [(":path", "/"), (":authority", "www.example.com")]
_PRIVATE = ("cache-control", "private")
_DATE = ("date", "Mon, 21 Oct 2013 20:13:21 GMT")
_LOCATION = ("location", "https://www.example.com")
REQUESTS = [
    [(":method", "GET"), (":scheme", "http"), *_HOST],
    [(":method", "GET"), (":scheme", "http"), *_HOST, ("cache-control", "no-cache")],
    [
        (":method", "GET"),
        (":scheme", "https"),
        (":path", "/index.html"),
        (":authority", "www.example.com"),
        ("custom-key", "custom-value"),
    ],
]
RESPONSES = [
    [(":status", "302"), _PRIVATE, _DATE, _LOCATION],
    [(":status", "307"), _PRIVATE, _DATE, _LOCATION],
    [
        (":status", "200"),
        _PRIVATE,
        ("date", "Mon, 21 Oct 2013 20:13:22 GMT"),
        _LOCATION,
        ("content-encoding", "gzip"),
        ("set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"),
    ],
]
VECTORS = {
    "C.3 requests": (
        [
            "828684410f7777772e6578616d706c652e636f6d",
            "828684be58086e6f2d6361636865",
            "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
        ],
        REQUESTS,
    ),
    "C.4 requests with Huffman coding": (
        [
            "828684418cf1e3c2e5f23a6ba0ab90f4ff",
            "828684be5886a8eb10649cbf",
            "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
        ],
        REQUESTS,
    ),
    "C.5 responses": (
        [
            "3fe1014803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54"
            "6e1768747470733a2f2f7777772e6578616d706c652e636f6d",
            "4803333037c1c0bf",
            "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a"
            "4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
        ],
        RESPONSES,
    ),
    "C.6 responses with Huffman coding": (
        [
            "3fe101488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff"
            "6e919d29ad171863c78f0b97c8e9ae82ae43d3",
            "4883640effc1c0bf",
            "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960"
            "d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
        ],
        RESPONSES,
    ),
}


def pairs(part: HeaderPart) -> list[tuple[str, str]]:
    return [(one.name, one.value) for one in part.fields]


@pytest.mark.parametrize(("blocks", "expected"), VECTORS.values(), ids=VECTORS)
def test_the_examples_of_the_rfc(blocks: list[str], expected: list[list[tuple[str, str]]]) -> None:
    decoder = HeaderDecoder()
    parts = [decoder.feed(bytes.fromhex(block), 0, True) for block in blocks]
    assert [pairs(part) for part in parts] == expected
    assert all(not part.error and not part.notes for part in parts)


@pytest.mark.parametrize("blocks", [blocks for blocks, _ in VECTORS.values()], ids=VECTORS)
def test_a_block_that_comes_byte_by_byte_is_the_same(blocks: list[str]) -> None:
    whole, cut = HeaderDecoder(), HeaderDecoder()
    for block in map(bytes.fromhex, blocks):
        parts = [cut.feed(block[at : at + 1], at, at + 1 == len(block)) for at in range(len(block))]
        assert [one for part in parts for one in part.fields] == list(whole.feed(block, 0, True).fields)


def test_fields_know_their_bytes_also_over_two_frames() -> None:
    block = bytes.fromhex(VECTORS["C.3 requests"][0][0])
    decoder = HeaderDecoder()
    first = decoder.feed(block[:8], 100, False)
    second = decoder.feed(block[8:], 117, True)
    assert [one.name_span for one in first.fields] == [Span(100, 101), Span(101, 102), Span(102, 103)]
    assert [one.name_span for one in second.fields] == [Span(103, 117 + len(block) - 8)]


def test_entries_that_were_set_in_lost_bytes_are_unknown_and_newer_ones_are_not() -> None:
    encoder, decoder = Encoder(), HeaderDecoder()
    decoder.feed(encoder.encode([("old", "one")]), 0, True)
    encoder.encode([("lost", "two")])
    decoder.lost()
    fresh = decoder.feed(encoder.encode([("new", "three")]), 0, True)
    later = decoder.feed(
        encoder.encode([("new", "three"), ("old", "one"), ("lost", "two"), (":method", "GET")]), 0, True
    )
    assert pairs(fresh) == [("new", "three")]
    assert [name for name, _ in pairs(later)] == ["new", UNKNOWN_NAME, UNKNOWN_NAME, ":method"]
    assert later.notes == tuple(f"index {at} was set in a header block that was not captured" for at in (64, 63))


def test_a_value_behind_an_unknown_name_is_read_and_takes_its_place_in_the_table() -> None:
    decoder = HeaderDecoder()
    decoder.lost()
    part = decoder.feed(b"\x7f\x01\x05value\xbe", 0, True)  # a literal named by entry 64, then the entry that it made
    assert pairs(part) == [(UNKNOWN_NAME, "value"), (UNKNOWN_NAME, "value")]


def test_an_index_that_no_block_set_is_a_violation() -> None:
    part = HeaderDecoder().feed(b"\xbe\x82", 0, True)
    assert (pairs(part)[1], part.notes) == ((":method", "GET"), ("index 62 is not in the header table",))


BROKEN = {
    b"\x00\x85\xff\xff\xff\xff\xff\x01a": "header compression: ",
    b"\x00\x05ab": "the header block ends in the middle of a field",
    b"\xff\xff\xff\xff\xff\xff\xff\x01": "header compression: ",
}


@pytest.mark.parametrize(("block", "error"), BROKEN.items())
def test_a_block_that_cannot_be_read_keeps_the_fields_before_it(block: bytes, error: str) -> None:
    decoder = HeaderDecoder()
    part = decoder.feed(b"\x82" + block, 0, True)
    assert pairs(part) == [(":method", "GET")]
    assert part.error.startswith(error)
    assert pairs(decoder.feed(b"\x87", 0, True)) == [(":scheme", "https")]


def test_one_byte_for_four_thousand_is_bounded_and_said() -> None:
    decoder = HeaderDecoder()
    decoder.feed(Encoder().encode([("x", "a" * 4000)]), 0, True)
    begun = time.process_time()
    part = decoder.feed(b"\xbe" * 100_000, 0, True)
    assert sum(len(one.name) + len(one.value) + 32 for one in part.fields) < MAX_LIST + 5000
    assert part.notes == (f"header fields behind the first {MAX_LIST} bytes are left out",)
    assert time.process_time() - begun < 5


def test_a_field_that_comes_in_a_hundred_thousand_frames_takes_no_longer() -> None:
    decoder = HeaderDecoder()
    decoder.feed(b"\x00\x01a\x7f\x80\x80\x7d", 0, False)  # a value of two million bytes
    begun = time.process_time()
    for at in range(100_000):
        decoder.feed(b"x", at, False)
    assert time.process_time() - begun < 5


def test_a_table_size_update_is_followed_and_its_place_noted() -> None:
    decoder = HeaderDecoder()
    part = decoder.feed(b"\x40\x01a\x01b\x20\xbe", 0, True)
    assert part.notes == ("a table size update behind a header field", "index 62 is not in the header table")
