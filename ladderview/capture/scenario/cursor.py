"""Where in a line is the reader, and what could stand there? One line as words, and the mistakes in it.

Plan: a reader asks for what may come next (``take``, ``number`` ...). What was asked for in vain is remembered until
something fits, so that a mistake can say all that was expected at that place, and no reader has to list it twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn

from ladderview.capture.scenario.words import MS, SECOND, Mistake, ScenarioError

#: A text in quotation marks, a comma or a colon by itself, or whatever has no space, comma or quotation mark in it.
_WORD = re.compile(r'"(?:\\.|[^"\\])*"?|,|[^\s,"]+')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", '"': '"', "\\": "\\"}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|min)?", re.IGNORECASE)
_UNITS_NS = {"ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": MS, "s": SECOND, "min": 60 * SECOND}
_SIZES = {"byte": 1, "bytes": 1, "kb": 1000, "mb": 1_000_000}
#: Alternatives that a mistake lists.
_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a line; ``column`` counts from 1."""

    text: str
    column: int

    @property
    def end(self) -> int:
        """The column behind it."""
        return self.column + len(self.text)


def words_of(text: str) -> list[Word]:
    """The words of a line, without its comment: what follows a ``#`` that begins a word."""
    words = []
    for match in _WORD.finditer(text):
        if match[0].startswith("#"):
            break
        words.append(Word(match[0], match.start() + 1))
    return words


class Cursor:
    """A place in a line, moving to its end."""

    def __init__(self, line: int, text: str) -> None:
        self.line = line
        self.text = text
        self._words = words_of(text)
        self._at = 0
        self._expected: list[str] = []

    # -- where it is ---------------------------------------------------------------------------------------------------

    @property
    def at_end(self) -> bool:
        """Whether no word is left."""
        return self._at == len(self._words)

    @property
    def column(self) -> int:
        """Of the next word, or of the end of the line."""
        return self._words[self._at].column if not self.at_end else self._line_end

    @property
    def _line_end(self) -> int:
        """The column behind the last word."""
        return self._words[-1].end if self._words else len(self.text) + 1

    @property
    def span(self) -> tuple[int, int]:
        """The columns of all words: first, behind the last."""
        return self._words[0].column, self._words[-1].end

    @property
    def next(self) -> str:
        """The next word, or the empty string."""
        return self._words[self._at].text if not self.at_end else ""

    # -- what may stand there ------------------------------------------------------------------------------------------

    def take(self, *words: str) -> bool:
        """Go on behind these words if they stand here, in capitals or not."""
        if not self.stands(*words):
            self._expected.append(" ".join(words))
            return False
        self._go(len(words))
        return True

    def stands(self, *words: str) -> bool:
        """Whether these words stand here; nothing is said about it if they do not."""
        here = self._words[self._at : self._at + len(words)]
        return [word.text.lower() for word in here] == [word.lower() for word in words]

    def need(self, *words: str) -> None:
        """Go on behind these words; a mistake if something else stands here."""
        if not self.take(*words):
            self.fail()

    def number(self, what: str, least: int = 0, most: int = 2**32 - 1) -> int:
        """A whole number; ``what`` it is, in a mistake."""
        text = self._match(r"[0-9]+(?:_[0-9]+)*", what)
        value = int(text[:40].replace("_", ""))
        if not least <= value <= most:
            self.wrong(f"{what} is from {least} to {most}")
        return value

    def duration(self, what: str = "a time, such as 20 ms") -> int:
        """A time in nanoseconds: ``20 ms``, ``1.5s``, ``300 µs``, ``2 min``."""
        match = _DURATION.fullmatch(self.next)
        if match is None:
            self._expected = [what]
            self.fail()
        self._go()
        unit = match[2] or self.next
        if unit.lower() not in _UNITS_NS:
            self._expected = ["ms", "s", "µs", "min"]
            self.fail()
        if not match[2]:
            self._go()
        ns = float(match[1][:20]) * _UNITS_NS[unit.lower()]
        if ns > 86_400 * SECOND:
            self.wrong("a time is at most a day (86400 s)")
        return round(ns)

    def size(self, most: int) -> int:
        """A number of bytes: ``30 bytes``, ``2 kB``, ``1 MB``."""
        value = self.number("a number of bytes", most=most)
        unit = self.next.lower()
        if unit not in _SIZES:
            self._expected = ["bytes", "kB", "MB"]
            self.fail()
        self._go()
        if value * _SIZES[unit] > most:
            self.wrong(f"at most {most} bytes at a time")
        return value * _SIZES[unit]

    @property
    def at_text(self) -> bool:
        """Whether a text in quotation marks stands here."""
        return self.next.startswith('"')

    def quoted(self) -> bytes:
        r"""A text in quotation marks, as UTF-8; \n, \r, \t, \0, \", \\ as usual, \xNN is a byte."""
        word = self.next
        if len(word) < 2 or not word.endswith('"') or not word.startswith('"'):
            self._expected = ["a text that ends with a quotation mark"]
            self.fail()
        out, at, inner = bytearray(), 0, word[1:-1]
        while at < len(inner):
            if inner[at] != "\\":
                out += inner[at].encode("utf-8", "replace")
                at += 1
                continue
            letter = inner[at + 1 : at + 2]
            if letter == "x" and re.fullmatch("[0-9a-fA-F]{2}", inner[at + 2 : at + 4]):
                out.append(int(inner[at + 2 : at + 4], 16))
                at += 4
            elif letter in _ESCAPES and letter:
                out += _ESCAPES[letter].encode()
                at += 2
            else:
                column = self.column + 1 + at
                raise self._mistake(column, column + 2, r"expected \n, \r, \t, \0, \", \\ or \xNN")
        self._go()
        return bytes(out)

    def word(self, what: str, pattern: str = r"[^,]+") -> str:
        """A word that the pattern fits; ``what`` it is, in a mistake."""
        return self._match(pattern, what)

    def separator(self) -> bool:
        """Go on behind a comma; words may stand with or without it."""
        if self.next != ",":
            return False
        self._at += 1
        return True

    def rest(self) -> str:
        """The rest of the line as it is written, comments and all."""
        begin = self._words[self._at - 1].end - 1 if self._at else 0
        self._at = len(self._words)
        return self.text[begin:].strip()

    def split(self, mark: str) -> tuple[Cursor, str]:
        """What stands before a mark, to be read, and the text behind it; goes on behind both."""
        at = self.text.find(mark, self.column - 1)
        if at < 0:
            self._at = len(self._words)
            self._expected = [mark]
            self.fail()
        part = Cursor(self.line, self.text[:at])
        part._at = self._at
        self._at = len(self._words)
        return part, self.text[at + len(mark) :].strip()

    # -- mistakes ------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Nothing may be left."""
        if not self.at_end:
            self._expected.append("the end of the line")
            self.fail()

    def fail(self) -> NoReturn:
        """Say what was expected where something else stands, or nothing."""
        raise self.failure()

    def failure(self) -> ScenarioError:
        """What was expected where something else stands, or nothing."""
        found = self.next
        expected = list(dict.fromkeys(self._expected))
        likely = get_close_matches(found.lower(), [option.lower() for option in expected], 1, 0.6) if found else []
        shown = expected[:_MOST_LISTED]
        text = " or ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else "something else"
        if len(expected) > _MOST_LISTED:
            text = ", ".join(shown) + " ..."
        here = f"found {found}" if found else "the line ends here"
        guess = f"; did you mean {likely[0]}?" if likely else ""
        return self._mistake(self.column, self.column + max(len(found), 1), f"expected {text}; {here}{guess}")

    def wrong(self, message: str) -> NoReturn:
        """Say what is wrong with the word before."""
        word = self._words[self._at - 1]
        raise self._mistake(word.column, word.end, message)

    def _mistake(self, column: int, end: int, message: str) -> ScenarioError:
        return ScenarioError((Mistake(self.line, column, end, message),))

    # -- moving --------------------------------------------------------------------------------------------------------

    def _match(self, pattern: str, what: str) -> str:
        if not re.fullmatch(pattern, self.next):
            self._expected.append(what)
            self.fail()
        text = self.next
        self._go()
        return text

    def _go(self, words: int = 1) -> None:
        self._at += words
        self._expected = []
