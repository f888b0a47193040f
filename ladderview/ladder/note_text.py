"""How is the text of a note broken into lines, and how large is it then?

What a person writes keeps its own lines; a longer one is broken between words, a longer word between characters. Where
there is more than one line, the first is the heading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ladderview.ladder.label_fit import ELLIPSIS
from ladderview.ladder.text_width import Measure

TEXT_SIZE, LINE_PX = 11.5, 16.0

#: Lines that a note shows unless a person made it higher.
MOST_LINES = 30


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of text: each with whether it is bold; ``width`` of the widest, pixels."""

    lines: tuple[tuple[str, bool], ...]
    width: float

    @property
    def height(self) -> float:
        """Of all lines, pixels."""
        return len(self.lines) * LINE_PX


@lru_cache(maxsize=4096)
def broken(text: str, room: float, measure: Measure, most: int = MOST_LINES, size: float = TEXT_SIZE) -> Lines:
    """The lines of a text in this room, pixels; what does not fit ``most`` lines is told by an ellipsis."""
    own = [line.replace("\t", "    ").rstrip() for line in text.strip("\n").split("\n")]
    found: list[tuple[str, bool]] = []
    for at, line in enumerate(own):
        bold = at == 0 and len(own) > 1
        found += ((part, bold) for part in _parts(line, room, measure, bold, size))
        if len(found) > most:
            last, bold = found[most - 1]
            while last and measure(last + ELLIPSIS, size, bold, False) > room:
                last = last[:-1]
            found = [*found[: most - 1], (last + ELLIPSIS, bold)]
            break
    widest = max((measure(part, size, bold, False) for part, bold in found), default=0.0)
    return Lines(tuple(found), widest)


def _parts(line: str, room: float, measure: Measure, bold: bool, size: float) -> Iterator[str]:
    """One line of a person as lines that fit."""
    current = ""
    for word in line.split(" "):
        longer = f"{current} {word}" if current else word
        if measure(longer, size, bold, False) <= room:
            current = longer
            continue
        if current:
            yield current
        current = word
        while measure(current, size, bold, False) > room and len(current) > 1:
            fits = _fitting(current, room, measure, bold, size)
            yield current[:fits]
            current = current[fits:]
    yield current


def _fitting(word: str, room: float, measure: Measure, bold: bool, size: float) -> int:
    """How many characters of a word fit, at least one, by bisection."""
    low, high = 1, len(word) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if measure(word[:middle], size, bold, False) <= room:
            low = middle
        else:
            high = middle - 1
    return low
