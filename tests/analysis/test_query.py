from __future__ import annotations

import numpy as np
import pytest

from ladderview.analysis.query import BYTE_UNITS, COUNT_UNITS, TIME_UNITS, Term, compare, terms

TERMS = [
    ("", []),
    ("  ", []),
    ("Example.ORG", [Term(False, None, "example.org")]),
    ("two words", [Term(False, None, "two"), Term(False, None, "words")]),
    ('"two words"', [Term(False, None, "two words")]),
    ('"not closed yet', [Term(False, None, "not closed yet")]),
    ("-reset", [Term(True, None, "reset")]),
    ("Port:443", [Term(False, "Port", "443")]),
    ('-host:"a b" c', [Term(True, "host", "a b"), Term(False, None, "c")]),
    ("port:", []),
    ("port:443:80", [Term(False, "port", "443:80")]),
    ("10.0.0.1:443", [Term(False, None, "10.0.0.1:443")]),
    ("2001:db8::1", [Term(False, None, "2001:db8::1")]),
]


@pytest.mark.parametrize(("text", "found"), TERMS)
def test_terms(text: str, found: list[Term]) -> None:
    assert list(terms(text)) == found


#: -1 stands for what is not known, and is found by nothing that is asked of numbers below another.
COLUMN = np.array([-1, 0, 5, 10, 20])
COMPARISONS = [
    ("5", [5]),
    ("=5", [5]),
    (">5", [10, 20]),
    (">=5", [5, 10, 20]),
    ("<10", [0, 5]),
    ("<=10", [0, 5, 10]),
    ("5-10", [5, 10]),
    ("10-", [10, 20]),
    ("> 5", [10, 20]),
    (".5-5.", [5]),
]


@pytest.mark.parametrize(("word", "found"), COMPARISONS)
def test_numbers_are_compared(word: str, found: list[int]) -> None:
    mask = compare(COLUMN, word, {"": 1})
    assert mask is not None
    assert COLUMN[mask].tolist() == found


@pytest.mark.parametrize("word", ["", ">", ">=", "="])
def test_what_is_not_finished_says_nothing(word: str) -> None:
    assert compare(COLUMN, word, COUNT_UNITS) is None


@pytest.mark.parametrize("word", ["x", ">x", "5x", "-5", "5-x", "1.2.3", ">5-10", "5 0"])
def test_what_is_no_number_is_said(word: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        compare(COLUMN, word, COUNT_UNITS)


UNITS = [
    ("1.5k", COUNT_UNITS, 1_500),
    ("2m", COUNT_UNITS, 2_000_000),
    ("2m", BYTE_UNITS, 2_000_000),
    ("3 gb", BYTE_UNITS, 3_000_000_000),
    ("2", TIME_UNITS, 2_000_000_000),
    ("2m", TIME_UNITS, 120_000_000_000),
    ("200ms", TIME_UNITS, 200_000_000),
    ("5 µs", TIME_UNITS, 5_000),
    ("1h", TIME_UNITS, 3_600_000_000_000),
]


@pytest.mark.parametrize(("word", "units", "value"), UNITS)
def test_units(word: str, units: dict[str, float], value: int) -> None:
    mask = compare(np.array([value - 1, value, value + 1]), word, units)
    assert mask is not None
    assert mask.tolist() == [False, True, False]


@pytest.mark.parametrize(("word", "units"), [("5kb", COUNT_UNITS), ("5ms", BYTE_UNITS), ("5b", TIME_UNITS)])
def test_a_unit_of_something_else_is_none(word: str, units: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        compare(COLUMN, word, units)
