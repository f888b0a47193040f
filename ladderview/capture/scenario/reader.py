"""What does the text of a scenario say? Text to ``Scenario``, and a mistake for each line that cannot be read.

Plan: a line is a step, or says something of the whole; a line that is indented goes on with the one before (the text of
a remark, the fields of an HTTP message). Each first word has its reader in ``grammar``. Reading goes on behind a line
with a mistake, so that an editor can show all of them.

Traps: anybody's file may be opened: lines, steps and bytes are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ladderview.capture.scenario.cursor import Cursor, words_of
from ladderview.capture.scenario.grammar import WHOLE, read_step, read_whole
from ladderview.capture.scenario.words import Mistake, Remark, Request, Response, Scenario, ScenarioError, Step

#: Characters of a text and steps of a scenario that are read.
MAX_TEXT = 1 << 20
MAX_STEPS = 10_000

_FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*)")


@dataclass(slots=True)
class Line:
    """A line and those that are indented under it: number and text of each, blank ones left out."""

    number: int
    text: str
    under: list[tuple[int, str]]


def read_scenario(text: str) -> Scenario:
    """Read a whole scenario.

    Raises:
        ScenarioError: with all its mistakes, in the order of the lines.
    """
    scenario, mistakes = read_with_mistakes(text)
    if mistakes:
        raise ScenarioError(mistakes)
    return scenario


def read_with_mistakes(text: str) -> tuple[Scenario, tuple[Mistake, ...]]:
    """What can be read, and what is wrong with the rest."""
    if len(text) > MAX_TEXT:
        return Scenario(), (Mistake(1, 1, 2, f"a scenario has at most {MAX_TEXT} characters"),)
    scenario, steps, mistakes = Scenario(), list[Step](), list[Mistake]()
    try:
        for line in _lines(text, mistakes):
            try:
                if _is_whole(line):
                    scenario = _whole(scenario, line)
                else:
                    steps.append(_step(line))
            except ScenarioError as error:
                mistakes += error.mistakes
            if len(steps) > MAX_STEPS:
                mistakes.append(Mistake(line.number, 1, 2, f"a scenario has at most {MAX_STEPS} steps"))
                break
    except ScenarioError as error:
        mistakes += error.mistakes
    return replace(scenario, steps=tuple(steps)), tuple(sorted(mistakes, key=lambda mistake: mistake.line))


def looks_like_scenario(text: str) -> bool:
    """Whether the first line that says something is one of a scenario."""
    for line in text.splitlines():
        words = words_of(line)
        if words:
            first = Line(1, line, [])
            try:
                _whole(Scenario(), first) if _is_whole(first) else _step(first)
            except ScenarioError:
                return False
            return True
    return False


def _is_whole(line: Line) -> bool:
    """Whether a line says something of the whole; ``capture stops`` and ``capture starts`` are steps."""
    words = [word.text.lower() for word in words_of(line.text)[:2]]
    return words[0] in WHOLE and words not in (["capture", "stops"], ["capture", "starts"])


def _lines(text: str, mistakes: list[Mistake]) -> Iterator[Line]:
    """The lines that say something, each with those under it."""
    line: Line | None = None
    for number, written in enumerate(text.splitlines(), 1):
        words = words_of(written)
        if not words:
            continue
        if not written[0].isspace():
            if line is not None:
                yield line
            line = Line(number, written, [])
        elif line is not None:
            line.under.append((number, written))
        else:
            column = words[0].column
            mistakes.append(Mistake(number, column, words[0].end, "expected a line that begins at column 1"))
    if line is not None:
        yield line


def _whole(scenario: Scenario, line: Line) -> Scenario:
    return read_whole(scenario, Cursor(line.number, line.text), _joined(line))


def _joined(line: Line) -> str:
    """The text under a line as one."""
    return " ".join(text.strip() for _, text in line.under)


def _step(line: Line) -> Step:
    """Read one line and what stands under it."""
    step = read_step(Cursor(line.number, line.text))
    act = step.act
    if not line.under:
        return step
    if isinstance(act, Remark):
        return replace(step, act=replace(act, text=f"{act.text} {_joined(line)}".strip()))
    if isinstance(act, Request | Response):
        return replace(step, act=replace(act, fields=tuple(_field(number, text) for number, text in line.under)))
    number, text = line.under[0]
    first = words_of(text)[0]
    message = "expected a line that begins at column 1: what is indented belongs to a remark, a request or a response"
    raise ScenarioError((Mistake(number, first.column, first.end, message),))


def _field(number: int, text: str) -> tuple[str, str]:
    """A field of an HTTP message (RFC 9110 section 5)."""
    match = _FIELD.fullmatch(text.strip())
    if match is None:
        first = words_of(text)[0]
        message = "expected a field of the message, such as Accept: text/html"
        raise ScenarioError((Mistake(number, first.column, first.end, message),))
    return match[1], match[2].strip()
