from __future__ import annotations

import pytest

from ladderview.analysis.words import count, duration, grouped, listed, ordinal, short_duration, superscript


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (1440, "1\u202f440"), (4294967296, "4\u202f294\u202f967\u202f296")]
)
def test_grouped(number: int, text: str) -> None:
    assert grouped(number) == text


DURATIONS = [
    (0, "0 µs", "0 µs"),
    (1, "1 ns", "1 ns"),
    (999, "999 ns", "999 ns"),
    (1_000, "1 µs", "1 µs"),
    (1_500, "1.5 µs", "1.5 µs"),
    (9_949, "9.9 µs", "9.9 µs"),
    (9_950, "10 µs", "10 µs"),
    (32_400, "32 µs", "32 µs"),
    (99_499, "99 µs", "99 µs"),
    (99_501, "0.1 ms", "0.1 ms"),
    (200_000, "0.2 ms", "0.2 ms"),
    (9_940_000, "9.9 ms", "9.9 ms"),
    (9_960_000, "10.0 ms", "10 ms"),
    (41_300_000, "41.3 ms", "41 ms"),
    (219_400_000, "219.4 ms", "219 ms"),
    (999_501_000, "999.5 ms", "1.0 s"),
    (999_949_999, "999.9 ms", "1.0 s"),
    (999_951_000, "1.00 s", "1.0 s"),
    (1_000_000_000, "1.00 s", "1.0 s"),
    (1_834_000_000, "1.83 s", "1.8 s"),
    (9_949_000_000, "9.95 s", "9.9 s"),
    (12_340_000_000, "12.34 s", "12 s"),
    (75_000_000_000, "75.00 s", "75 s"),
    (99_501_000_000, "99.50 s", "1 min 40 s"),
    (99_996_000_000, "1 min 40 s", "1 min 40 s"),
    (312_000_000_000, "5 min 12 s", "5 min 12 s"),
    (3_599_600_000_000, "1 h 0 min", "1 h 0 min"),
    (12_000_000_000_000, "3 h 20 min", "3 h 20 min"),
    (172_700_000_000_000, "47 h 58 min", "47 h 58 min"),
    (4_000_000_000_000_000, "46 d 7 h", "46 d 7 h"),
    (1_614_156_839_000_000_000, "18\u202f682 d 9 h", "18\u202f682 d 9 h"),
]


@pytest.mark.parametrize(("ns", "text", "label"), DURATIONS)
def test_a_duration_in_a_text_and_in_a_label(ns: int, text: str, label: str) -> None:
    assert (duration(ns), short_duration(ns)) == (text, label)


def test_a_time_before_has_a_minus() -> None:
    assert (duration(-41_300_000), short_duration(-41_300_000)) == ("−41.3 ms", "−41 ms")


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
