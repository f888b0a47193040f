from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.keylog import CLIENT_RANDOM, RSA, SESSION_ID, KeyLog

RANDOM = bytes(range(32))
MASTER = bytes(range(100, 148))
LINE = f"CLIENT_RANDOM {RANDOM.hex()} {MASTER.hex()}".encode()


@pytest.mark.parametrize(
    "text",
    [
        LINE,
        LINE + b"\n",
        LINE + b"\r\n",
        LINE.replace(b" ", b"\t"),
        b"\xef\xbb\xbf" + LINE,
        b"# a comment\n\n  " + LINE + b"  \n",
        LINE.replace(RANDOM.hex().encode(), RANDOM.hex().upper().encode()),
        LINE.decode().encode("utf-16"),
        b"CLIENT_RANDOM " + RANDOM.hex().encode() + b" " + bytes(96).replace(b"\0", b"a") + b"\n" + LINE,
    ],
)
def test_a_line_gives_its_secret(text: bytes) -> None:
    log = KeyLog.parse(text)
    assert log.secret(CLIENT_RANDOM, RANDOM) == MASTER
    assert (len(log), log.broken_lines) == (1, 0)


@pytest.mark.parametrize(
    "text",
    [
        LINE[:-1],
        LINE[:-2],
        LINE + b"00",
        LINE + b" 00",
        LINE.replace(b"CLIENT_RANDOM", b"client_random"),
        LINE.replace(b"00", b"0g"),
        LINE.replace(b"0001", b"00", 1),
        b"RSA 00 00",
        b"CLIENT_RANDOM",
        b"\xff\xfe\x00",
        bytes(range(256)).replace(b"\n", b"").replace(b"\r", b"").translate(None, b"\x0b\x0c\x1c\x1d\x1e\x85"),
    ],
)
def test_a_broken_line_is_counted_and_the_others_are_read(text: bytes) -> None:
    assert KeyLog.parse(text).broken_lines == 1
    if not text.startswith(b"\xff"):
        assert KeyLog.parse(text + b"\n" + LINE).secret(CLIENT_RANDOM, RANDOM) == MASTER


def test_the_secrets_of_tls13_have_the_size_of_their_hash() -> None:
    log = KeyLog.parse(b"SERVER_TRAFFIC_SECRET_0 " + RANDOM.hex().encode() + b" " + b"ab" * 48)
    assert log.secret("SERVER_TRAFFIC_SECRET_0", RANDOM) == b"\xab" * 48


def test_premaster_secrets_stand_beside_their_encrypted_beginning() -> None:
    log = KeyLog.parse(b"RSA 0102030405060708 " + MASTER.hex().encode())
    assert log.secret(RSA, bytes(range(1, 9))) == MASTER


def test_master_secrets_may_stand_beside_a_session_id() -> None:
    log = KeyLog.parse(b"RSA Session-ID:0A0B Master-Key:" + MASTER.hex().encode())
    assert log.secret(SESSION_ID, b"\x0a\x0b") == MASTER


def test_merged_logs_have_the_secrets_of_both() -> None:
    other = KeyLog.parse(b"PMS_CLIENT_RANDOM " + RANDOM.hex().encode() + b" 0011\nbroken")
    both = KeyLog.parse(LINE).merge(other)
    assert both.secret(CLIENT_RANDOM, RANDOM) == MASTER
    assert both.secret("PMS_CLIENT_RANDOM", RANDOM) == b"\x00\x11"
    assert both.broken_lines == 1


def test_no_text_shows_a_secret() -> None:
    assert repr(KeyLog.parse(LINE)) == "KeyLog(1 secrets)"


@given(st.binary(max_size=400))
def test_any_bytes_are_read(text: bytes) -> None:
    log = KeyLog.parse(text)
    assert len(log) + log.broken_lines <= 1 + len(text) // 2
