from __future__ import annotations

import pytest

from ladderview.proto.tls_record import RecordReader, TlsRecord
from ladderview.proto.tls_record_fields import header_fields, record_line
from tests.proto.listing import lines
from tests.proto.tls_wire import TLS_1_3, record, ssl2_client_hello


def only(stream: bytes, start: int = 0) -> TlsRecord:
    found = RecordReader(start).feed(start, stream)[0]
    assert isinstance(found, TlsRecord)
    return found


@pytest.mark.parametrize(
    ("stream", "version", "inner", "expected"),
    [
        (
            record(22, b"hello", 0x0301),
            0,
            None,
            ["10 Content Type: Handshake (22)", "11-12 Version: TLS 1.0 (0x0301)", "13-14 Length: 5"],
        ),
        (
            record(23, b"sealed"),
            TLS_1_3,
            22,
            [
                "10 Opaque Type: Application Data (23)",
                "11-12 Version: TLS 1.2 (0x0303)",
                "13-14 Length: 6",
                "Content Type: Handshake (22) [decrypted]",
            ],
        ),
        (
            record(22, b""),
            0,
            None,
            [
                "10 Content Type: Handshake (22)",
                "11-12 Version: TLS 1.2 (0x0303)",
                "13-14 Length: 0 [a record of this type must not be empty]",
            ],
        ),
        (ssl2_client_hello(), 0, None, ["10-11 Length: 31"]),
    ],
    ids=["plain", "decrypted", "objection", "SSL 2.0"],
)
def test_the_header_of_a_record(stream: bytes, version: int, inner: int | None, expected: list[str]) -> None:
    assert list(lines(header_fields(only(stream, 10), version, inner))) == expected


@pytest.mark.parametrize(
    ("version", "content_type", "messages", "line"),
    [
        (0x0303, 22, ("Client Hello",), "TLSv1.2 Record Layer: Handshake Protocol: Client Hello"),
        (0x0304, 22, ("a", "b"), "TLSv1.3 Record Layer: Handshake Protocol: Multiple Handshake Messages"),
        (0x0300, 20, (), "SSLv3 Record Layer: Change Cipher Spec Protocol: Change Cipher Spec"),
        (0x0000, 23, ("HTTP",), "TLS Record Layer: Application Data Protocol: HTTP"),
        (0x0303, 99, (), "TLSv1.2 Record Layer: type 99 Protocol: type 99"),
    ],
)
def test_what_a_record_is_called(version: int, content_type: int, messages: tuple[str, ...], line: str) -> None:
    assert record_line(version, content_type, messages) == line
