"""How is a label said in the room there is?

Plan: a label is cut by meaning, not by the pixel: what a reader misses least goes first (the timestamps, then the
other options, the window, the acknowledgment), then the verdict loses its brackets' first word, then the numbers go
altogether. What was left out is told by "…"; the whole label is in the arrow's title. Only where not even the first
word has room is a word cut, and where not even that is worth it, nothing is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from ladderview.ladder.shapes import Run
from ladderview.ladder.text_width import Measure

LABEL_SIZE = 12.0
RUN_GAP = 7.0
ELLIPSIS = "…"

#: What may be left out of the numbers, least missed first; what stands in no group is kept longest.
_LEAST_MISSED = (
    ("TSval", "TSecr"),
    ("SACK_PERM", "TFO", "CC", "MD5"),
    ("WS",),
    ("Win",),
    ("MSS",),
    ("SLE", "SRE"),
    ("Ack",),
)


#: Letters of details that are worth showing.
_LEAST_OF_DETAILS = 8


_TIMESTAMPS = re.compile(r" TSval=\d+ TSecr=\d+")


class LabelParts(Protocol):
    """The three parts of a label (``analysis.labels.Label``): each a text, or empty."""

    @property
    def verdict(self) -> str:
        """ "[TCP Retransmission]", in trouble colour."""

    @property
    def flags(self) -> str:
        """ "[PSH, ACK]", in the layer's colour."""

    @property
    def numbers(self) -> str:
        """ "Seq=1 Ack=1 Win=64256 Len=30", muted."""

    @property
    def unquoted(self) -> str:
        """ "Data": for the flags where they quote what was said and nobody is to read that; else empty."""


def full_text(label: LabelParts) -> str:
    """The whole label as one line."""
    return " ".join(part for part in (label.verdict, label.flags, label.numbers) if part)


def label_width(label: LabelParts, measure: Measure, *, timestamps: bool = True) -> float:
    """The width of the whole label, in pixels; without its timestamps, if they are not asked for."""
    numbers = label.numbers if timestamps else _TIMESTAMPS.sub("", label.numbers)
    runs = _runs((label.verdict, label.flags, numbers), "", measure)
    return sum(run.width for run in runs) + RUN_GAP * (len(runs) - 1)


def fit_label(
    label: LabelParts, key: str, room: float, measure: Measure, *, timestamps: bool = True, summary: bool = False
) -> tuple[Run, ...]:
    """The longest form of a label that is at most ``room`` pixels wide, in runs; empty where none is.

    Args:
        label: the parts.
        key: theme key of the verdict, or of the flags where there is none.
        room: pixels.
        measure: widths.
        timestamps: show them, if there is room.
        summary: where they are not shown, nothing needs to say so: nobody expects them on this arrow.
    """
    numbers = _TIMESTAMPS.sub("", label.numbers) if summary else label.numbers
    return _fitted((label.verdict, label.flags, numbers), key, room, measure, timestamps)


@lru_cache(maxsize=4096)  # while one scrolls, nearly every label is one of the frame before
def _fitted(parts: tuple[str, str, str], key: str, room: float, measure: Measure, timestamps: bool) -> tuple[Run, ...]:
    for form in _forms(parts, timestamps):
        runs = _runs(form, key, measure)
        if sum(run.width for run in runs) + RUN_GAP * (len(runs) - 1) <= room:
            return _with_more(parts, runs, room, measure) if form[2] == ELLIPSIS else runs
    first = next((part for part in parts if part), "")
    cut = elided(first + ELLIPSIS, room, measure, LABEL_SIZE, bold=True)
    return (Run(cut, key, True, measure(cut, LABEL_SIZE, True, False)),) if len(cut) > 3 else ()


def _with_more(parts: tuple[str, str, str], runs: tuple[Run, ...], room: float, measure: Measure) -> tuple[Run, ...]:
    """A label whose numbers had no room, with as much of their beginning as has; no number is cut in two."""
    _, _, numbers = parts
    left = room - sum(run.width for run in runs[:-1]) - RUN_GAP * (len(runs) - 1)
    if "=" in numbers.split(" ", 1)[0]:
        cut = _whole_words(numbers.split(" "), left, measure)
    else:
        cut = elided(numbers, left, measure, LABEL_SIZE)
        cut = cut if len(cut) >= _LEAST_OF_DETAILS else ""
    return (*runs[:-1], Run(cut, "muted", False, measure(cut, LABEL_SIZE, False, False))) if cut else runs


def _whole_words(words: list[str], room: float, measure: Measure) -> str:
    """As many of the words as have room before an ellipsis; empty where not even the first has."""
    for kept in range(len(words) - 1, 0, -1):
        text = " ".join((*words[:kept], ELLIPSIS))
        if measure(text, LABEL_SIZE, False, False) <= room:
            return text
    return ""


def _forms(parts: tuple[str, str, str], timestamps: bool) -> Iterator[tuple[str, str, str]]:
    """The forms of a label, longest first."""
    verdict, flags, numbers = parts
    if timestamps or "TSval" not in numbers:
        yield verdict, flags, numbers
    words = numbers.split(" ")
    for names in _LEAST_MISSED:
        kept = [word for word in words if word.split("=", 1)[0] not in names]
        if len(kept) < len(words):
            words = kept
            yield verdict, flags, " ".join((*words, ELLIPSIS))
    details = " ".join(words).split("  ")
    for kept_of_them in range(len(details) - 1, 0, -1):
        yield verdict, flags, "  ".join((*details[:kept_of_them], ELLIPSIS))
    if verdict:
        yield verdict, "", " ".join((*words, ELLIPSIS))
        yield verdict, "", ELLIPSIS
        yield verdict.replace("[TCP ", "["), "", ELLIPSIS
    else:
        yield verdict, flags, ELLIPSIS


def _runs(form: tuple[str, str, str], key: str, measure: Measure) -> tuple[Run, ...]:
    verdict, flags, numbers = form
    parts = ((verdict, key, True), (flags, "tcp" if verdict else key, True), (numbers, "muted", False))
    return tuple(
        Run(text, colour, bold, measure(text, LABEL_SIZE, bold, False)) for text, colour, bold in parts if text
    )


def elided(text: str, room: float, measure: Measure, size: float, *, bold: bool = False, mono: bool = False) -> str:
    """The text, or as much of its beginning as has room before an ellipsis; empty where nothing has."""
    if measure(text, size, bold, mono) <= room:
        return text
    low, high = 0, len(text)  # the longest beginning that fits, by bisection: widths grow with the text
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip() + ELLIPSIS, size, bold, mono) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS if low else ""


def elided_middle(
    text: str, room: float, measure: Measure, size: float, *, bold: bool = False, mono: bool = False
) -> str:
    """The text, or its two ends with an ellipsis between them: for addresses, whose ends tell them apart."""
    if measure(text, size, bold, mono) <= room:
        return text
    for kept in range(len(text) - 1, 1, -1):
        head = (kept + 1) // 2
        shorter = text[:head] + ELLIPSIS + text[len(text) - (kept - head) :]
        if measure(shorter, size, bold, mono) <= room:
            return shorter
    return ""
