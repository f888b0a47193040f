"""What a person types leads to the segments that are meant."""

from __future__ import annotations

import pytest

from ladderview.analysis.find import find
from tests.analysis.readings import reading_of_sample

CASES = [
    ("https-tls13", "client hello", [3]),
    ("https-tls13", 'message:"client hello"', [3]),
    ("https-tls13", "method:get", [10]),
    ("https-tls13", "status:2xx", [15]),
    ("https-tls13", "text/html", [15]),
    ("https-tls13", "flags:syn", [0, 1]),
    ("https-tls13", "flags:syn from:server", [1]),
    ("https-tls13", "flags:fin -from:server", [18]),
    ("http", "404", [12]),
    ("http", "seq:0 ack:1", [1]),
    ("loss", '"fast retransmission"', [60]),
    ("loss", "problem:retrans", [60, 130, 131]),
    ("loss", "len:>1k packet:29-31", [22]),
    ("loss", "#67", [60]),
    ("loss", "", []),
    ("loss", "packet:", []),
]


@pytest.mark.parametrize(("sample", "text", "rows"), CASES)
def test_find(sample: str, text: str, rows: list[int]) -> None:
    reading = reading_of_sample(sample)
    found = find(reading.analysis, reading, text)
    assert (found.rows.tolist(), found.problem) == (rows, "")


@pytest.mark.parametrize(("text", "words"), [("flat:1", "is not a field"), ("len:many", "is not a number")])
def test_what_cannot_be_understood_is_said(text: str, words: str) -> None:
    reading = reading_of_sample("http")
    assert words in find(reading.analysis, reading, text).problem


def test_without_a_reading_segments_are_found_all_the_same() -> None:
    reading = reading_of_sample("http")
    assert find(reading.analysis, None, "flags:syn").rows.tolist() == [0, 1]
