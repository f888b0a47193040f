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


def added(data: bytes) -> int:
    """RFC 1071 as it is written: words are added, and carries are added again."""
    data += bytes(len(data) % 2)
    total = sum(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@given(st.one_of(st.binary(max_size=70), st.lists(st.sampled_from([b"\xff\xff", b"\0\0", b"\0\1"])).map(b"".join)))
def test_it_is_the_sum_of_the_words(data: bytes) -> None:
    assert internet_checksum(data) == added(data)


def test_an_odd_byte_counts_as_the_high_half_of_a_word() -> None:
    assert internet_checksum(b"\x01\x02\x03") == internet_checksum(b"\x01\x02\x03\x00")


@pytest.mark.parametrize(
    ("found", "note"), [(0xBEEF, "correct"), (0, "incorrect, should be 0xbeef (maybe caused by checksum offload)")]
)
def test_notes(found: int, note: str) -> None:
    assert checksum_note(found, 0xBEEF) == note
