from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.text_words import LONGEST, Words, words_of

CASES: list[tuple[bytes, Words | None]] = [
    (b"250 OK\r\n", Words("250 OK", 0, True)),
    (b"EHLO client.example\r\nMAIL FROM:<a@b.c>\r\n", Words("EHLO client.example", 1, True)),
    (b"250-first\r\n\r\n250 second\r\n250 third\r\n", Words("250-first", 2, True)),
    (b"\r\nlogin\tname\n", Words("login name", 0, True)),
    (b"l", Words("l", 0, False)),
    (b"Password: ", Words("Password:", 0, False)),
    ("Grüße\r\n".encode(), Words("Grüße", 0, True)),
    (b"SSH-2.0-x\r\n\x00\x00\x01\x04\x0a\x14", Words("SSH-2.0-x", -1, True)),
    (b"OK\n", Words("OK", 0, True)),
    (b":\n\x00\x01", None),
    (b"J\x00\x00\x00\n8.0.26\x00", None),
    (b"Gr\xfc\xdfe\r\n", None),
    (b"\xff\xfd\x18login: ", None),
    ("a\u202egnp.exe\r\n".encode(), None),
    (b"\r\n", None),
    (b"", None),
    (b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nv 123\r\n", Words("SET k v 123", 0, True)),
    (b"$11\r\nyou_are_sane\r\n"[:3] + b"2\r\nyou_are_sane\r\n", Words("you_are_sane", 0, True)),
    (b"*2\r\n$3\r\nGET\r\n$2\r\n\x00\x01\r\n", Words("GET …", 0, True)),
    (b">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n:1\r\n", Words("message c 1", 0, True)),
    (b"%1\r\n+a\r\n:1\r\n", Words("a 1", 0, True)),
    (b"*2\r\n$4\r\nPI", Words("PI", 0, True)),
    (b"*999999\r\n" * 100, None),
    (b"+PONG\r\n+PONG\r\n", Words("+PONG", 1, True)),
]


@pytest.mark.parametrize(("octets", "expected"), CASES, ids=[repr(case[0][:20]) for case in CASES])
def test_words_of_whole_messages(octets: bytes, expected: Words | None) -> None:
    assert words_of(octets, whole=True) == expected


def test_what_follows_is_not_known_where_not_all_is_there() -> None:
    assert words_of(b"250-first\r\n250 sec", whole=False) == Words("250-first", -1, True)


def test_a_character_that_is_cut_does_no_harm() -> None:
    assert words_of("naïve ü".encode()[:-1], whole=False) == Words("naïve", -1, False)


def test_a_character_that_is_broken_is_no_text() -> None:
    assert words_of("naïve ü".encode()[:-1], whole=True) is None


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_crash_it_and_what_it_says_can_be_shown(octets: bytes, whole: bool) -> None:
    found = words_of(octets, whole=whole)
    assert found is None or (found.text.isprintable() and 0 < len(found.text) <= LONGEST)
