from __future__ import annotations

import pytest

from ladderview.analysis.words import count, duration, grouped, listed, ordinal, superscript


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (1440, "1\u202f440"), (4294967296, "4\u202f294\u202f967\u202f296")]
)
def test_grouped(number: int, text: str) -> None:
    assert grouped(number) == text


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0 µs"),
        (500, "0.5 µs"),
        (32_000, "32 µs"),
        (99_949, "100 µs"),
        (200_000, "0.2 ms"),
        (41_300_000, "41.3 ms"),
        (999_949_999, "999.9 ms"),
        (999_950_000, "1.00 s"),
        (1_800_000_000, "1.80 s"),
        (312_000_000_000, "5 min 12 s"),
        (7_380_000_000_000, "2 h 3 min"),
        (-200_000, "−0.2 ms"),
    ],
)
def test_duration(ns: int, text: str) -> None:
    assert duration(ns) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0 bytes"), (1, "1 byte"), (1440, "1\u202f440 bytes")])
def test_count(number: int, text: str) -> None:
    assert count(number, "byte") == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "first"), (3, "third"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (34, "34th"), (102, "102nd")],
)
def test_ordinal(number: int, text: str) -> None:
    assert ordinal(number) == text


@pytest.mark.parametrize(
    ("parts", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), (list("abcdef"), "a, b, c … f")],
)
def test_listed(parts: list[str], text: str) -> None:
    assert listed(parts) == text


def test_superscript() -> None:
    assert superscript(14) == "¹⁴"
