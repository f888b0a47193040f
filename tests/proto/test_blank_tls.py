from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.blank_tls import Hidden, blank_handshake
from ladderview.proto.tls_handshake import read_handshake
from tests.proto.tls_samples import certificate

ALL = Hidden(names=True, identities=True)
NAMES, IDENTITIES = Hidden(names=True, identities=False), Hidden(names=False, identities=True)
PSK_SUITE = 0x00A8  # TLS_PSK_WITH_AES_128_GCM_SHA256


def vector(size: int, *parts: bytes) -> bytes:
    """Parts behind their length."""
    body = b"".join(parts)
    return len(body).to_bytes(size, "big") + body


def message(kind: int, *parts: bytes) -> bytes:
    return bytes([kind]) + vector(3, *parts)


def extension(kind: int, *parts: bytes) -> bytes:
    return kind.to_bytes(2, "big") + vector(2, *parts)


def hello(*extensions: bytes) -> bytes:
    """A Client Hello."""
    fixed = b"\x03\x03" + bytes(range(32)) + vector(1, b"session id") + vector(2, b"\x13\x01") + vector(1, b"\0")
    return message(1, fixed, vector(2, *extensions))


SNI = extension(0, vector(2, b"\0" + vector(2, b"www.example.org")))
ALPN = extension(16, vector(2, vector(1, b"http/1.1")))
TICKET = extension(35, b"a ticket of somebody")
PSK = extension(41, vector(2, vector(2, b"eva's key"), bytes(4)), vector(2, vector(1, b"binder" * 6)))
UNKNOWN = extension(4711, b"something new")


@pytest.mark.parametrize(
    ("before", "hidden", "gone", "kept"),
    [
        (hello(SNI, ALPN), NAMES, [b"example"], [b"http/1.1", b"session id", bytes(range(32))]),
        (hello(SNI), IDENTITIES, [], [b"www.example.org"]),
        (hello(TICKET), NAMES, [b"ticket"], []),
        (hello(PSK), IDENTITIES, [b"eva"], [b"binder" * 6]),
        (hello(UNKNOWN), NAMES, [b"new"], []),
        (hello(extension(47, vector(2, vector(2, b"0\x06\x0c\x04Firm")))), NAMES, [b"Firm"], [b"0\x06\x0c\x04xxxx"]),
        (hello(extension(44, vector(2, b"cookie of a retry"))), NAMES, [b"cookie"], []),
        (hello(extension(0, b"\xff\xffwww.example.org")), NAMES, [b"example"], []),  # a length that lies
        (hello()[:-2] + b"\x00\x30" + SNI, NAMES, [b"example"], []),
        (message(4, bytes(4), vector(2, b"ticket of the server")), NAMES, [b"ticket"], [bytes(4)]),
        (message(13, b"\x01\x01", vector(2, b"\x04\x01"), vector(2, vector(2, b"0\x06\x0c\x04Firm"))), NAMES, [b"Firm"],
         [b"\x04\x01"]),
        (message(21, b"http://where.example/"), NAMES, [b"where"], []),
        (message(99, b"of a type to come"), NAMES, [b"come"], []),
        (message(12, vector(2, b"hint for eva"), b"rest"), IDENTITIES, [b"eva"], [b"rest"]),
        (message(16, vector(2, b"eva")), IDENTITIES, [b"eva"], []),
        (message(14), NAMES, [], []),
    ],
)  # fmt: skip
def test_what_stays_and_what_goes(before: bytes, hidden: Hidden, gone: list[bytes], kept: list[bytes]) -> None:
    after = blank_handshake(before, 0x0303, PSK_SUITE, hidden)
    assert len(after) == len(before)
    assert after[:4] == before[:4]
    assert not [part for part in gone if part in after]
    assert not [part for part in kept if part not in after]


def test_a_chain_is_still_a_chain() -> None:
    der = certificate()
    chain = message(11, vector(3, vector(3, der), vector(3, der)))
    read = read_handshake(blank_handshake(chain, 0x0303, 0, ALL), 0, 0x0303)
    assert not read.error
    assert "chain of 2" in read.summary
    assert "ladder.example" not in read.summary


def test_a_hello_of_ssl_2_has_no_names_and_its_answer_does() -> None:
    assert blank_handshake(b"\x01anything", 0x0002, 0, ALL) == b"\x01anything"
    assert blank_handshake(b"\x04certificate", 0x0002, 0, ALL) == b"\x04xxxxxxxxxxx"


@given(st.binary(max_size=200), st.sampled_from([0, 0x0002, 0x0301, 0x0303, 0x0304]))
def test_any_bytes_become_as_many(data: bytes, version: int) -> None:
    assert len(blank_handshake(data, version, PSK_SUITE, ALL)) == len(data)


@given(st.sampled_from([1, 2, 4, 11, 12, 13, 16, 22]), st.binary(max_size=120))
def test_any_body_becomes_as_long(kind: int, body: bytes) -> None:
    before = message(kind, body)
    after = blank_handshake(before, 0x0303, PSK_SUITE, ALL)
    assert (len(after), after[:4]) == (len(before), before[:4])
