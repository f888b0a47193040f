from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.content import (
    MAX_DEPTH,
    MAX_PAIRS,
    Content,
    FormPair,
    Kind,
    content_of,
    lay_out_json,
    media_type_of,
)
from ladderview.proto.fields import Span

KINDS = [
    (b"", "text/plain", Kind.EMPTY),
    (b"hello", "text/plain", Kind.TEXT),
    (b"<p>", "text/html; charset=utf-8", Kind.TEXT),
    (b"<x/>", "application/atom+xml", Kind.TEXT),
    (b"hello", "application/octet-stream", Kind.TEXT),
    (b"hello", "", Kind.TEXT),
    (b"\0\x01\x02", "application/octet-stream", Kind.BYTES),
    (b"\0\x01\x02", "text/plain", Kind.TEXT),
    (b"\xff\xfe\xfd", "", Kind.BYTES),
    (b"{}", "application/json", Kind.JSON),
    (b"[1]", "application/problem+json", Kind.JSON),
    (b'{"a": 1}', "", Kind.JSON),
    (b'{"a": 1}', "text/plain", Kind.TEXT),
    (b"{a}", "application/json", Kind.TEXT),
    (b"a=b", "application/x-www-form-urlencoded", Kind.FORM),
    (b"\x89PNG\r\n\x1a\n...", "text/html", Kind.IMAGE),
    (b"\xff\xd8\xff\xe0", "image/jpeg", Kind.IMAGE),
    (b"no image", "image/png", Kind.TEXT),
    (b"\0no image", "image/png", Kind.BYTES),
]


@pytest.mark.parametrize(("octets", "content_type", "kind"), KINDS)
def test_kinds(octets: bytes, content_type: str, kind: Kind) -> None:
    assert content_of(octets, content_type).kind is kind


TEXTS = [
    (b"caf\xc3\xa9", "text/plain", "café", ()),
    (b"caf\xe9", "text/plain; charset=ISO-8859-1", "café", ()),
    (b"caf\xe9", "text/plain", "café", ("not all of it is UTF-8",)),
    (b"\xef\xbb\xbfbom", "text/plain", "bom", ()),
    (b"\xff\xfeh\0i\0", "text/plain", "hi", ()),
    (b"x", "text/plain; charset=zip", "x", ('the charset "zip" is not known here',)),
    (b"\x82\xa0", 'text/plain; charset="Shift_JIS"', "あ", ()),
]


@pytest.mark.parametrize(("octets", "content_type", "text", "notes"), TEXTS)
def test_text_in_the_charset_that_it_has(octets: bytes, content_type: str, text: str, notes: tuple[str, ...]) -> None:
    content = content_of(octets, content_type)
    assert (content.text, content.notes) == (text, notes)


def test_a_character_that_the_limit_cut_is_left_out() -> None:
    assert content_of(b"cut \xe2\x82", "text/plain", is_whole=False) == Content(Kind.TEXT, "text/plain", "cut ")


def test_an_image_is_what_its_bytes_say() -> None:
    assert content_of(b"GIF89a....", "text/html") == Content(Kind.IMAGE, "image/gif", notes=("sent as text/html",))


# -- JSON -------------------------------------------------------------------------------------------------------------


def test_json_is_laid_out_as_it_was_sent() -> None:
    sent = '{"a":[1,2.50,{"b":null}],"a":"x\\"y","e":[],"f":{},"n":123456789012345678901234567890}'
    assert lay_out_json(sent) == (
        '{\n  "a": [\n    1,\n    2.50,\n    {\n      "b": null\n    }\n  ],\n  "a": "x\\"y",\n  "e": [],\n  "f": {},\n'
        '  "n": 123456789012345678901234567890\n}'
    )


@pytest.mark.parametrize(
    ("sent", "laid_out"),
    [
        ('{"a": [1, "two", {"b"', '{\n  "a": [\n    1,\n    "two",\n    {\n      "b"'),
        ('{"a": "cut in the mid', '{\n  "a": "cut in the mid'),
        ('["a", "cut', '[\n  "a",\n  "cut'),
        ("[true, fal", "[\n  true,\n  fal"),
    ],
)
def test_the_beginning_of_json_is_laid_out_too(sent: str, laid_out: str) -> None:
    assert lay_out_json(sent, is_whole=False) == laid_out
    assert lay_out_json(sent) is None


@pytest.mark.parametrize("sent", ["{a}, ", '{"a" 1', "]", "plain text"])
def test_what_begins_as_no_json_is_not_laid_out(sent: str) -> None:
    assert lay_out_json(sent, is_whole=False) is None


def test_json_lines_are_laid_out_one_by_one() -> None:
    assert lay_out_json('{"a":1}\n{"b":2}\n') == '{\n  "a": 1\n}\n{\n  "b": 2\n}'


NO_JSON = [
    "",
    "{",
    "[1,]",
    "[,1]",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    "{1:2}",
    "[1 2]",
    "01",
    "nul",
    '"open',
    "]",
    "[}",
    "\x01",
]


@pytest.mark.parametrize("text", NO_JSON)
def test_broken_json_is_not_laid_out(text: str) -> None:
    assert lay_out_json(text) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(values)
def test_laid_out_json_says_the_same(value: object) -> None:
    laid_out = lay_out_json(json.dumps(value))
    assert laid_out is not None
    assert json.loads(laid_out) == value


@given(st.text(alphabet='{}[]",: 0a1\\-tn', max_size=30))
def test_what_is_laid_out_is_json(text: str) -> None:
    laid_out = lay_out_json(text)
    if laid_out is not None:
        rest = laid_out
        while rest:
            _, end = json.JSONDecoder(strict=False).raw_decode(rest)
            rest = rest[end:].lstrip()


@pytest.mark.parametrize(
    "text", ["[" * 400_000, '"' + "\\" * 400_000, '{"a":1}' * 60_000, "1" * 400_000, " " * 400_000]
)
def test_laying_out_takes_time_for_the_characters_only(text: str) -> None:
    begun = time.process_time()
    lay_out_json(text)
    assert time.process_time() - begun < 5


def test_nothing_deep_is_laid_out() -> None:
    assert lay_out_json("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None
    assert lay_out_json("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) is None


# -- forms ------------------------------------------------------------------------------------------------------------


def test_a_form() -> None:
    content = content_of(b"a=1&b=%C3%A9+y&&c", "application/x-www-form-urlencoded; charset=utf-8")
    assert content.pairs == (
        FormPair("a", "1", span=Span(2, 3)),
        FormPair("b", "é y", span=Span(6, 14)),
        FormPair("c", "", span=Span(17, 17)),
    )


UPLOAD = (
    b'preamble\r\n--X\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    b"file --X inside\r\n\r\n--X\r\ncontent-disposition: form-data; name=q\r\n\r\nvalue\r\n--X--\r\n"
)


def test_an_upload() -> None:
    content = content_of(UPLOAD, 'multipart/form-data; boundary="X"')
    assert [(one.name, one.value, one.file_name, one.media_type) for one in content.pairs] == [
        ("f", "", "a.txt", "text/plain"),
        ("q", "value", "", ""),
    ]
    first = content.pairs[0].span
    assert UPLOAD[first.start : first.end] == b"file --X inside\r\n"
    assert content.notes == ()


def test_every_cut_of_an_upload_is_read() -> None:
    for size in range(1, len(UPLOAD)):
        for pair in content_of(UPLOAD[:size], "multipart/form-data; boundary=X").pairs:
            assert 0 <= pair.span.start <= pair.span.end <= size


def test_a_cut_upload_says_so() -> None:
    content = content_of(UPLOAD[:-8], "multipart/form-data; boundary=X")
    assert (len(content.pairs), content.notes) == (2, ("its last boundary is missing",))


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=X"])
def test_a_form_of_a_million_fields_is_bounded_and_said(content_type: str) -> None:
    content = content_of(
        b"a&" * 500_000 if "urlencoded" in content_type else b"--X\r\n\r\n\r\n" * 100_000, content_type
    )
    assert len(content.pairs) == MAX_PAIRS
    assert content.notes[0].startswith(f"only the first {MAX_PAIRS}")


MEDIA_TYPES = [
    ("text/html", "text/html", {}),
    ("Text/HTML ; Charset=UTF-8", "text/html", {"charset": "UTF-8"}),
    ('a/b; x="y;\\"z"; w=1', "a/b", {"x": 'y;"z', "w": "1"}),
    ("", "", {}),
]


@pytest.mark.parametrize(("sent", "media_type", "parameters"), MEDIA_TYPES)
def test_media_types(sent: str, media_type: str, parameters: dict[str, str]) -> None:
    assert media_type_of(sent) == (media_type, parameters)


@given(st.binary(max_size=100), st.sampled_from(["", "text/html", "application/json", "multipart/a; boundary=a"]))
def test_any_bytes_are_taken(octets: bytes, content_type: str) -> None:
    assert content_of(octets, content_type).kind in Kind
