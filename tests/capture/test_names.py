"""Host names from DNS answers."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.capture import names
from ladderview.capture.names import HostNames


def name(text: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def record(owner: bytes, kind: int, content: bytes, record_class: int = 1) -> bytes:
    return owner + struct.pack(">HHIH", kind, record_class, 60, len(content)) + content


def message(records: list[bytes], asked: str = "www.example.org", flags: int = 0x8180) -> bytes:
    question = name(asked) + struct.pack(">HH", 1, 1) if asked else b""
    return struct.pack(">HHHHHH", 7, flags, bool(asked), len(records), 0, 0) + question + b"".join(records)


def read(data: bytes) -> dict[str, str]:
    collected = HostNames()
    collected.add(data)
    return collected.names


POINTER = b"\xc0\x0c"
ALIAS = record(POINTER, 5, name("edge.example.net"))
A = record(POINTER, 1, b"\x0a\0\0\x02")
AAAA = record(POINTER, 28, b"\x20\x01\x0d\xb8" + bytes(11) + b"\x02")
WWW = "www.example.org"

MESSAGES = {
    "an address": (message([A]), {"10.0.0.2": WWW}),
    "an IPv6 address": (message([AAAA]), {"2001:db8::2": WWW}),
    "behind an alias": (message([ALIAS, record(name("edge.example.net"), 1, b"\x0a\0\0\x03")]), {"10.0.0.3": WWW}),
    "several": (message([A, record(POINTER, 1, b"\x0a\0\0\x04")]), {"10.0.0.2": WWW, "10.0.0.4": WWW}),
    "without a question": (
        message([record(name("box.local"), 1, b"\x0a\0\0\x05", 0x8001)], ""),
        {"10.0.0.5": "box.local"},
    ),
    "upper case": (message([A], "WwW.eXample.org"), {"10.0.0.2": WWW}),
    "a question alone": (message([], flags=0x0100), {}),
    "an answer in a question": (message([A], flags=0x0100), {}),
    "another class": (message([record(POINTER, 1, b"\x0a\0\0\x02", 3)]), {}),
    "an address of five bytes": (message([record(POINTER, 1, bytes(5))]), {}),
    "unprintable": (message([A], "a\x1b.b"), {"10.0.0.2": "a\N{REPLACEMENT CHARACTER}.b"}),
    "cut in the second answer": (message([A, A])[:-2], {"10.0.0.2": WWW}),
    "cut in the question": (message([A])[:20], {}),
    "a name that points at itself": (message([record(b"\xc0\x21", 1, b"\x0a\0\0\x02")]), {}),
    "a label of unknown type": (message([record(b"\x80", 1, b"\x0a\0\0\x02")]), {}),
    "no message": (b"", {}),
}


@pytest.mark.parametrize(("data", "found"), MESSAGES.values(), ids=MESSAGES)
def test_messages(data: bytes, found: dict[str, str]) -> None:
    assert read(data) == found


def test_the_first_name_stays() -> None:
    collected = HostNames()
    collected.add(message([A], "first.example"))
    collected.add(message([A], "second.example"))
    assert collected.names == {"10.0.0.2": "first.example"}


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MAX_MESSAGES", 3)
    collected = HostNames()
    wanted = []
    for _ in range(4):
        wanted.append(collected.wants_more())
        collected.add(message([A]))
    assert wanted == [True, True, True, False]


@given(st.binary(max_size=120), st.integers(0, 4))
def test_anything(data: bytes, records: int) -> None:
    read(data)
    read(struct.pack(">HHHHHH", 7, 0x8180, 1, records, 0, 0) + data)
