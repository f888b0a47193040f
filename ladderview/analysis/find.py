"""Which segments of a flow does a person mean who types this? Words and ``field:value``, all of which must hold.

    get 404                    words, anywhere: messages, header fields, verdicts, flags
    #29                        a packet by its number
    status:404  method:post    of HTTP; also host: header: type:
    flags:syn  from:server     of TCP; also seq: ack: len: window: packet:
    problem:retrans            a verdict; problem:any
    message:"client hello"     the name or the line of a message
    -flags:syn                 not

Plan: numbers are compared as columns; texts are looked for in what was read once (messages), never in labels that would
have to be made: so a million segments are searched while a person types.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.masking import NO_MASK, Masker
from ladderview.analysis.message import Message
from ladderview.analysis.query import BYTE_UNITS, COUNT_UNITS, Mask, compare, terms
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.verdicts import LABELS, PROBLEMS
from ladderview.analysis.words import ENDS
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.tcp import flags_text


@dataclass(frozen=True, slots=True)
class Found:
    """What was found.

    Attributes:
        rows: int64, ascending: the segments; of a message the one with which it was whole.
        problem: what in the text cannot be understood, for a person; or the empty string.
    """

    rows: NDArray[np.int64]
    problem: str = ""


def find(analysis: FlowAnalysis, reading: FlowReading | None, text: str, masker: Masker = NO_MASK) -> Found:
    """The segments that a text means; none for a text that says nothing. Without ``reading`` no messages are found.

    What ``masker`` hides is not found; the words in its place are.
    """
    place = _Place(analysis, reading, masker)
    mask: Mask | None = None
    problem = ""
    for asked in terms(text):
        try:
            term = _term(place, asked.field, asked.word)
        except ValueError as error:
            problem = problem or str(error)
            continue
        if term is not None:
            term = ~term if asked.negated else term
            mask = term if mask is None else mask & term
    return Found(np.flatnonzero(mask) if mask is not None else np.empty(0, np.int64), problem)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to look."""

    analysis: FlowAnalysis
    reading: FlowReading | None
    masker: Masker = NO_MASK

    def says(self, text: str, word: str) -> bool:
        """Whether a text says a word as it is shown. Masking takes longer than looking, so it comes last."""
        if not self.masker.kinds:
            return word in text.lower()
        return (word in text.lower() or self.masker.may_say(word)) and word in self.masker.text(text).lower()

    def messages(self, test: Callable[[Message], bool]) -> Mask:
        """The segments with which a message was whole that passes the test."""
        mask = np.zeros(len(self.analysis.segments), np.bool_)
        every: Iterable[Message] = self.reading.messages.messages if self.reading is not None else ()
        mask[[message.row for message in every if test(message)]] = True
        return mask

    def http(self, test: Callable[[HttpMessage], bool]) -> Mask:
        """The same for requests and responses."""
        return self.messages(lambda message: isinstance(message.content, HttpMessage) and test(message.content))


def _term(place: _Place, field: str | None, word: str) -> Mask | None:
    if field is None:
        if word.startswith("#") and word[1:].isdigit():
            return _packet(place, word[1:])
        return _anywhere(place, word)
    reader = _FIELDS.get(field.lower())
    if reader is None:
        raise ValueError(f"“{field}:” is not a field. Fields: {', '.join(FIELD_NAMES)}")
    return reader(place, word)


def _anywhere(place: _Place, word: str) -> Mask:
    found = _message(place, word) | _verdict(place, word) | _header(place, word)
    flags = place.analysis.segments.flags
    for value in np.unique(flags).tolist():
        if word in f"[{flags_text(value)}]".lower() and len(word) > 1:
            found |= flags == value
    return found


def _message(place: _Place, word: str) -> Mask:
    return place.messages(lambda message: place.says(message.summary, word))


def _header(place: _Place, word: str) -> Mask:
    return place.http(lambda http: any(place.says(f"{line.name}: {line.value}", word) for line in http.headers))


def _verdict(place: _Place, word: str) -> Mask:
    verdicts = place.analysis.tcp.verdicts
    bits = sum(int(verdict) for verdict, label in LABELS.items() if word in f"[{label}]".lower())
    return np.asarray((verdicts & np.uint32(bits)) != 0, np.bool_)


def _problem(place: _Place, word: str) -> Mask:
    in_trouble = (place.analysis.tcp.verdicts & np.uint32(int(PROBLEMS))) != 0
    return in_trouble if word in {"any", "yes"} else _verdict(place, word)


def _flags(place: _Place, word: str) -> Mask:
    flags = place.analysis.segments.flags
    wanted = {part for part in word.upper().replace(",", " ").split() if part}
    named = [value for value in np.unique(flags).tolist() if wanted <= set(flags_text(value).split(", "))]
    return np.isin(flags, named)


def _sender(place: _Place, word: str) -> Mask:
    named = [direction for direction, name in enumerate(ENDS) if name.startswith(word)]
    return np.isin(place.analysis.segments.direction, named)


def _packet(place: _Place, word: str) -> Mask | None:
    return compare(place.analysis.segments.packet + 1, word, COUNT_UNITS)


def _status(place: _Place, word: str) -> Mask:
    """A status by its number, or a class: 404, 4xx."""
    wanted = word.rstrip("x")
    return place.http(lambda http: bool(http.status) and str(http.status).startswith(wanted))


_FIELDS: dict[str, Callable[[_Place, str], Mask | None]] = {
    "packet": _packet,
    "from": _sender,
    "flags": _flags,
    "seq": lambda place, word: compare(place.analysis.tcp.rel_seq, word, COUNT_UNITS),
    "ack": lambda place, word: compare(place.analysis.tcp.rel_ack, word, COUNT_UNITS),
    "len": lambda place, word: compare(place.analysis.segments.payload_len.astype(np.int64), word, BYTE_UNITS),
    "window": lambda place, word: compare(place.analysis.tcp.scaled_window, word, BYTE_UNITS),
    "problem": _problem,
    "message": _message,
    "method": lambda place, word: place.http(lambda http: http.method.lower() == word),
    "status": _status,
    "host": lambda place, word: place.http(lambda http: place.says(http.host, word)),
    "header": _header,
    "type": lambda place, word: place.http(lambda http: place.says(http.content_type, word)),
}

#: The fields, in the order in which a hint names them.
FIELD_NAMES: tuple[str, ...] = tuple(_FIELDS)
