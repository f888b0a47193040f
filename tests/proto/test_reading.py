from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.reading import checksum_note, internet_checksum


def test_the_example_of_rfc_1071() -> None:
    assert internet_checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2


@given(st.binary(min_size=2, max_size=60).filter(lambda data: len(data) % 2 == 0))
def test_bytes_with_their_checksum_sum_to_nothing(data: bytes) -> None:
    assert internet_checksum(data + internet_checksum(data).to_bytes(2, "big")) == 0


def test_an_odd_byte_counts_as_the_high_half_of_a_word() -> None:
    assert internet_checksum(b"\x01\x02\x03") == internet_checksum(b"\x01\x02\x03\x00")


@pytest.mark.parametrize(
    ("found", "note"), [(0xBEEF, "correct"), (0, "incorrect, should be 0xbeef (maybe caused by checksum offload)")]
)
def test_notes(found: int, note: str) -> None:
    assert checksum_note(found, 0xBEEF) == note
