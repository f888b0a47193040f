from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.blank_der import blank_der
from tests.proto.tls_samples import certificate


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("0c05416c696365", "0c057878787878"),  # UTF8String
        ("0603550403", "0603550403"),  # OBJECT IDENTIFIER 2.5.4.3
        ("020101", "020101"),  # a version
        ("02021234", "02027878"),  # a serial number
        ("170d3236303533313132333435365a", "170d3236303130313030303030305a"),  # UTCTime: the year stays
        ("180f32303236303533313132333435365a", "180f32303236303130313030303030305a"),
        ("03020780", "03020780"),  # key usage
        ("03050012345678", "03050078787878"),
        ("3007820561622e6465", "300782057878787878"),  # dNSName in a SEQUENCE
        ("04093007820561622e6465", "0409300782057878787878"),  # in an OCTET STRING
        ("0403abcdef", "0403787878"),
        ("30050c05416c", "787878787878"),  # cut: no DER
        ("0c8105416c696365", "0c81057878787878"),
    ],
)
def test_what_stays_and_what_goes(before: str, after: str) -> None:
    assert blank_der(bytes.fromhex(before)).hex() == after


def test_a_certificate_keeps_its_shape_and_loses_its_names() -> None:
    original = certificate()
    blank = blank_der(original)
    assert len(blank) == len(original)
    assert b"\x55\x04\x03" in blank  # there is a common name still
    assert blank[:2] == original[:2]
    for length in range(6, 20):
        texts = [original[at : at + length] for at in range(len(original) - length)]
        assert not [text for text in texts if text.isalpha() and text.isascii() and text.strip(b"x") and text in blank]


@given(st.binary(max_size=200))
def test_any_bytes_become_as_many(data: bytes) -> None:
    assert len(blank_der(data)) == len(data)


def test_depth_is_bounded() -> None:
    data = b"\x0c\x02me"
    for _ in range(5000):
        data = b"\x30\x84" + len(data).to_bytes(4, "big") + data
    blank = blank_der(data)
    assert len(blank) == len(data)
    assert blank.endswith(b"xx")
