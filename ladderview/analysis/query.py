"""What does a person type to look for something? Words and ``field:value`` terms, and how numbers are compared.

Traps: this is typed letter by letter. What is not finished (``port:``, ``packets:>``) says nothing yet; what cannot be
understood is a ValueError with a sentence for the person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

#: A term: an optional minus, an optional ``field:``, and a word or a quoted text.
_TERM = re.compile(r'(?P<minus>-)?(?:(?P<field>[A-Za-z_]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<word>\S*))')
_NUMBER = re.compile(r"(?P<digits>\d+(?:\.\d*)?|\.\d+)\s*(?P<unit>[A-Za-zµ]*)")
_COMPARISON = re.compile(r"(?P<sign>>=|<=|>|<|=)?(?P<rest>.*)")

BYTE_UNITS = {"": 1, "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9}
TIME_UNITS = {"": 1e9, "s": 1e9, "ms": 1e6, "us": 1e3, "µs": 1e3, "ns": 1, "min": 60e9, "m": 60e9, "h": 3600e9}
COUNT_UNITS = {"": 1, "k": 1e3, "m": 1e6}

_SIGNS: dict[str, Callable[[NDArray[np.int64], float], Any]] = {
    ">": lambda column, value: column > value,
    ">=": lambda column, value: column >= value,
    "<": lambda column, value: (column < value) & (column >= 0),
    "<=": lambda column, value: (column <= value) & (column >= 0),
    "=": lambda column, value: column == value,
    "": lambda column, value: column == value,
}


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: ``word`` in lower case, ``field`` as it was typed or None, and whether it must not hold."""

    negated: bool
    field: str | None
    word: str


def terms(text: str) -> Iterator[Term]:
    """The terms of a text; those without a word are not finished and left out."""
    for match in _TERM.finditer(text.strip()):
        word = match["quoted"] if match["quoted"] is not None else match["word"]
        if word:
            yield Term(bool(match["minus"]), match["field"], word.lower())


def compare(column: NDArray[np.int64], word: str, units: dict[str, float]) -> Mask | None:
    """``>100``, ``10-20``, ``5``: None while the number is missing, ValueError where it is none."""
    matched = _COMPARISON.fullmatch(word)
    sign, rest = (matched["sign"] or "", matched["rest"]) if matched else ("", word)
    if not rest:
        return None
    low, dash, high = rest.partition("-")
    if dash and not sign:
        if not high:
            return column >= _number(low, units)
        return (column >= _number(low, units)) & (column <= _number(high, units))
    return np.asarray(_SIGNS[sign](column, _number(rest, units)), np.bool_)


def _number(word: str, units: dict[str, float]) -> float:
    match = _NUMBER.fullmatch(word.strip())
    if match is None or match["unit"] not in units:
        raise ValueError(f"“{word}” is not a number. Write 100, >100, <5 or 10-20")
    return float(match["digits"]) * units[match["unit"]]
