"""Where does a text that a person wrote quote a body, of which nobody is to learn?

Plan: the bodies of a flow, decoded, are held as one text, as many as a bound allows, once somebody asks. Whatever a
note has in common with it is found at every place of the note, since a person quotes from the middle of a line as well;
it is a quote from so many characters on, of whole words, that it is hardly there by chance.

This is for what people write. Labels, sentences and lists that the program makes quote no bodies.
"""

from __future__ import annotations

from bisect import bisect_left

from ladderview.analysis.message_content import content_of_message, has_content
from ladderview.analysis.messages import Messages
from ladderview.capture.capture import CaptureChanged

#: Characters of a quote.
SHORTEST = 12
#: Characters of bodies that are held, of one and of all.
_MOST_OF_ONE, _MOST = 1 << 17, 1 << 20
_WORD = "[masked]"


class Quotes:
    """Finds quotes of the bodies of a flow."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._bodies: str | None = None

    def hidden(self, text: str) -> str:
        """The text without what it quotes."""
        lower = text.lower()
        if len(text) < SHORTEST or len(lower) != len(text):  # letters whose small form is longer: no quote is found
            lower = text
        bodies = self._read() if len(text) >= SHORTEST else ""
        shown: list[str] = []
        at = done = 0
        while bodies and at <= len(text) - SHORTEST:
            if lower[at : at + SHORTEST] not in bodies:
                at += 1
                continue
            first, last = _whole_words(lower, at, _end_of_quote(lower, at, bodies))
            if last - first < SHORTEST:
                at += 1
                continue
            shown += (text[done:first], _WORD)
            at = done = last
        return "".join((*shown, text[done:]))

    def _read(self) -> str:
        if self._bodies is None:
            parts: list[str] = []
            size = 0
            for message in self._messages.messages:
                if size > _MOST:
                    break
                if not has_content(message):
                    continue
                try:
                    octets = content_of_message(self._messages, message, _MOST_OF_ONE).octets
                except CaptureChanged:
                    break
                parts.append(octets.decode("utf-8", "replace").lower())
                size += len(octets)
            self._bodies = "\0".join(parts)
        return self._bodies


def _end_of_quote(text: str, start: int, bodies: str) -> int:
    """Where the longest quote ends that begins here."""
    ends = range(start + SHORTEST, len(text) + 1)
    # A beginning of a quote is one, too: the first end with which it is none can be bisected.
    return ends.start + bisect_left(ends, True, lo=1, key=lambda end: text[start:end] not in bodies) - 1


def _whole_words(text: str, first: int, last: int) -> tuple[int, int]:
    """The same without parts of words at its ends."""
    if first and text[first - 1].isalnum():
        while first < last and text[first].isalnum():
            first += 1
    if last < len(text) and text[last].isalnum():
        while last > first and text[last - 1].isalnum():
            last -= 1
    return first, last
