from __future__ import annotations

import gzip
import itertools
import random
import time
import zlib

import brotli
import pytest

from ladderview.proto.bodies import Decoded, Decoding, decode, inflate_message

TEXT = b"".join(b"line %d of some text\n" % number for number in range(400))
CHUNKS = b"5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nDigest: z\r\n\r\n"


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


def portions(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


CODED = {
    "": TEXT,
    "identity": TEXT,
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT[:2000]) + gzip.compress(TEXT[2000:]),
    "GZip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "br, gzip": gzip.compress(brotli.compress(TEXT)),
}


@pytest.mark.parametrize(("encoding", "body"), CODED.items())
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_content_codings_are_taken_off(encoding: str, body: bytes, size: int) -> None:
    decoded = decode(portions(body, size), content_encoding=encoding)
    assert (decoded.octets, decoded.notes, decoded.is_whole) == (TEXT, (), True)


def test_codings_are_named_in_the_order_in_which_they_are_taken_off() -> None:
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(CODED["br, gzip"]), CODED["br, gzip"])
    assert decode([body], chunked=True, content_encoding="br, gzip").codings == ("chunked", "gzip", "br")


def test_deflate_without_its_wrapper_is_read_and_noted() -> None:
    decoded = decode([raw_deflate(TEXT)], content_encoding="deflate")
    assert (decoded.octets, decoded.notes) == (TEXT, ('"deflate" without the zlib wrapper',))


@pytest.mark.parametrize("size", [1, 3, 100])
def test_chunks(size: int) -> None:
    assert decode(portions(CHUNKS, size), chunked=True) == Decoded(b"hello world", ("chunked",))


BROKEN_CHUNKS = [
    (b"5\r\nhel", b"hel", "the last chunk is missing"),
    (b"5\r\nhello\r\nxyz\r\n", b"hello", "a chunk has no size"),
    (b"3\r\nhello\r\n0\r\n\r\n", b"hel", "a chunk is longer than its size"),
    (b"1" * 20_000, b"", "a chunk has no size"),
]


@pytest.mark.parametrize(("body", "octets", "note"), BROKEN_CHUNKS)
def test_what_stands_before_a_broken_chunk_is_kept(body: bytes, octets: bytes, note: str) -> None:
    assert decode([body], chunked=True) == Decoded(octets, ("chunked",), (note,), False)


DAMAGED = [
    ("gzip", CODED["gzip"][:-100], "the compressed content is cut short"),
    ("gzip", CODED["gzip"][:-8] + b"\0" * 8, "decompression: Error -3 while decompressing data: incorrect data check"),
    ("br", CODED["br"][:-20], "the compressed content is cut short"),
    ("zstd", TEXT, 'the content coding "zstd" is not known here'),
    (", ".join(["gzip"] * 9), TEXT, "9 content codings; none is taken off"),
]


@pytest.mark.parametrize(("encoding", "body", "note"), DAMAGED)
def test_damage_is_said_and_what_came_before_it_is_kept(encoding: str, body: bytes, note: str) -> None:
    decoded = decode([body], content_encoding=encoding)
    assert decoded.notes[-1].startswith(note)
    assert not decoded.is_whole
    assert TEXT.startswith(decoded.octets)


@pytest.mark.parametrize("size", [1, 100, 1 << 20])
def test_a_wrong_checksum_costs_none_of_the_content(size: int) -> None:
    for encoding, kept in (("gzip", 8), ("deflate", 4)):
        body = CODED[encoding][:-kept] + bytes(kept)
        decoded = decode(portions(body, size), content_encoding=encoding)
        assert (decoded.octets, decoded.codings, decoded.is_whole) == (TEXT, (encoding,), False)
        assert "incorrect data check" in decoded.notes[0]


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
@pytest.mark.parametrize("body", [TEXT, b'{"name": "value", "list": [1, 2, 3]}', b"\xff\xffplain" * 9, b"\xff\xff\xff"])
def test_what_does_not_have_its_coding_is_shown_as_it_was_sent(encoding: str, size: int, body: bytes) -> None:
    decoded = decode(portions(body, size), content_encoding=encoding)
    note = f'it does not have the coding "{encoding}" that it claims, and is shown as it was sent'
    assert (decoded.octets, decoded.codings) == (body, ())
    assert note in decoded.notes


def test_of_two_codings_the_one_that_is_there_is_taken_off() -> None:
    assert decode([CODED["gzip"]], content_encoding="br, gzip").octets == TEXT
    assert decode([CODED["gzip"]], content_encoding="br, gzip").codings == ("gzip",)


def test_a_body_of_any_size_passes_through_in_portions() -> None:
    parts = list(Decoding([BOMBS["gzip"]], content_encoding="gzip", limit=1 << 30))
    assert sum(map(len, parts)) == 1 << 26
    assert max(map(len, parts)) <= 1 << 16


def test_a_broken_brotli_body_shows_what_it_had() -> None:
    noise = random.Random(4).randbytes(3000)
    body = brotli.compress(noise + TEXT)
    decoded = decode([body[:3100] + b"\xff" * 50], content_encoding="br")
    assert decoded.octets[:3000] == noise


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_bytes_behind_the_content_are_noted(encoding: str) -> None:
    decoded = decode([CODED[encoding] + b"behind"], content_encoding=encoding)
    assert decoded == Decoded(TEXT, (encoding,), ("there are bytes behind the compressed content",))


def test_a_gap_in_plain_content_is_passed_over() -> None:
    decoded = decode([b"abc", 7, b"def"])
    assert decoded == Decoded(b"abcdef", (), ("7 bytes not captured behind the first 3 bytes",), False)


def test_content_of_which_nothing_was_captured_has_no_first_bytes() -> None:
    assert decode([7]).notes == ("7 bytes not captured",)


def test_a_gap_ends_decompression() -> None:
    decoded = decode([CODED["gzip"][:300], 7, CODED["gzip"][307:]], content_encoding="gzip")
    assert decoded.notes == ("7 bytes not captured; what follows cannot be decompressed",)
    assert TEXT.startswith(decoded.octets)
    assert decoded.octets


def test_a_gap_in_chunks_is_passed_over_inside_a_chunk_and_ends_at_its_edge() -> None:
    assert decode([CHUNKS[:9], 2, CHUNKS[11:]], chunked=True).octets == b"heo world"
    assert (
        decode([CHUNKS[:9], 9, CHUNKS[18:]], chunked=True).notes[-1].startswith("9 bytes not captured, with the size")
    )


BOMBS = {
    "gzip": gzip.compress(bytes(1 << 26)),
    "deflate": zlib.compress(bytes(1 << 26)),
    "br": brotli.compress(bytes(1 << 26)),
    "gzip, gzip": gzip.compress(gzip.compress(bytes(1 << 26))),
}


@pytest.mark.parametrize(("encoding", "body"), BOMBS.items())
def test_a_bomb_is_not_decoded_past_the_limit(encoding: str, body: bytes) -> None:
    decoded = decode([body], content_encoding=encoding, limit=1 << 20)
    assert (decoded.octets, decoded.is_whole) == (bytes(1 << 20), False)
    assert decoded.notes == ("only the first 1048576 bytes are decoded",)


def test_no_more_is_asked_for_than_the_limit_takes() -> None:
    endless = itertools.repeat(b"x" * 1000)
    assert len(decode(endless, limit=5000).octets) == 5000


def test_empty_members_do_not_take_long() -> None:
    begun = time.process_time()
    decoded = decode([gzip.compress(b"") * 50_000], content_encoding="gzip")
    assert decoded.notes == ("more than 1000 gzip members",)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "br"])
def test_any_bytes_are_taken(encoding: str) -> None:
    chance = random.Random(5)
    for _ in range(200):
        body = bytearray(CODED[encoding][:400])
        for _ in range(3):
            body[chance.randrange(len(body))] = chance.randrange(256)
        pieces: list[bytes | int] = [bytes(body[:50]), chance.randrange(3), bytes(body[50:])]
        assert len(decode(pieces, chunked=chance.random() < 0.5, content_encoding=encoding, limit=9000).octets) <= 9000


# -- permessage-deflate -----------------------------------------------------------------------------------------------


def test_the_examples_of_permessage_deflate() -> None:
    """RFC 7692 section 7.2.3: "Hello", alone, and again with the first one in the window."""
    assert inflate_message(bytes.fromhex("f248cdc9c90700")).octets == b"Hello"
    assert inflate_message(bytes.fromhex("c1010 0".replace(" ", ""))).octets == b""
    again = inflate_message(bytes.fromhex("f200110000"))
    assert (again.octets, again.is_whole) == (b"H", False)
    assert again.notes[-1] == "it refers to the messages before it (context takeover)"
