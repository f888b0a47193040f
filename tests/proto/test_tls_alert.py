from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.tls_alert import read_alert, read_change_cipher_spec, read_heartbeat
from ladderview.proto.tls_handshake import TlsMessage
from tests.proto.listing import lines


def shown(message: TlsMessage) -> list[str]:
    return [f"{message.name} | {message.summary} | {message.error}", *lines(message.fields)]


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"\x01\x00", ["Alert | Warning, Close Notify | ", "9 Level: Warning (1)", "10 Description: Close Notify (0)"]),
        (
            b"\x02\x28",
            ["Alert | Fatal, Handshake Failure | ", "9 Level: Fatal (2)", "10 Description: Handshake Failure (40)"],
        ),
        (
            b"\x07\xc8",
            ["Alert | level 7, alert 200 | ", "9 Level: Unknown (7)", "10 Description: Unknown (200)"],
        ),
        (
            b"\x01",
            ["Alert |  | the message is too short: Description: 1 byte wanted, 0 left", "9 Level: Warning (1)"],
        ),
        (
            b"\x01\x00\x05",
            [
                "Alert | Warning, Close Notify | 1 byte more than it should have",
                "9 Level: Warning (1)",
                "10 Description: Close Notify (0)",
                "11 Data: 05",
            ],
        ),
        (bytes(24), ["Encrypted Alert |  | ", f"9-32 Encrypted Alert: {'00' * 24}"]),
    ],
    ids=["close notify", "fatal", "unknown", "half", "too long", "encrypted"],
)
def test_alerts(octets: bytes, expected: list[str]) -> None:
    assert shown(read_alert(octets, 9)) == expected


def test_the_kind_of_an_alert_is_its_description() -> None:
    assert read_alert(b"\x02\x30", 0).kind == 48


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"\x01", ["Change Cipher Spec |  | ", "0 Change Cipher Spec Message: 1"]),
        (b"\x02", ["Change Cipher Spec |  | ", "0 Change Cipher Spec Message: 2 [should be 1]"]),
        (b"", ["Change Cipher Spec |  | the message is too short: Change Cipher Spec Message: 1 byte wanted, 0 left"]),
    ],
)
def test_change_cipher_spec(octets: bytes, expected: list[str]) -> None:
    assert shown(read_change_cipher_spec(octets, 0)) == expected


@pytest.mark.parametrize(
    ("octets", "is_plaintext", "expected"),
    [
        (
            b"\x01\x00\x02hi" + bytes(16),
            False,
            ["Heartbeat | Request | ", "0 Type: Request (1)", "1-2 Payload Length: 2", "3-4 Payload: 6869"],
        ),
        (
            b"\x01\x40\x00",
            False,
            [
                "Heartbeat | Request | ",
                "0 Type: Request (1)",
                "1-2 Payload Length: 16384 [more than the 0 bytes behind it hold with 16 bytes of padding, as in "
                "Heartbleed]",
            ],
        ),
        (b"\x02\x40\x00" + bytes(40), True, ["Heartbeat | Response | ", "0 Type: Response (2)"]),
        (b"\x02\x40\x00" + bytes(40), False, ["Encrypted Heartbeat |  | "]),
        (b"\xd0\x00\x01" + bytes(40), False, ["Encrypted Heartbeat |  | "]),
    ],
    ids=["request", "Heartbleed", "decrypted", "does not add up", "unknown type"],
)
def test_heartbeats(octets: bytes, is_plaintext: bool, expected: list[str]) -> None:
    assert shown(read_heartbeat(octets, 0, is_plaintext))[: len(expected)] == expected


@given(st.sampled_from([read_alert, read_change_cipher_spec, read_heartbeat]), st.binary(max_size=60))
def test_whatever_bytes_come(read: Callable[[bytes, int], TlsMessage], octets: bytes) -> None:
    fields = read(octets, 3).fields
    assert sum(len(field.span) for field in fields) == len(octets)
