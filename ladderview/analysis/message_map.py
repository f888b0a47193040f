"""Which messages have bytes of a given stretch, and which segments carried which part of a stretch?

Plan: messages are sorted by where they begin, for each layer and direction; beside them stands how far any message up
to there reaches, which says how far back a search has to go (messages of HTTP/2 lie across one another).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.answers import Answers
from ladderview.analysis.message import Message
from ladderview.analysis.messages import Messages
from ladderview.analysis.octets import PlainStream
from ladderview.proto.fields import Span

#: Messages that are looked at for one stretch.
_MOST_STEPS = 4096


@dataclass(frozen=True, slots=True)
class _Column:
    """The messages of one direction of one layer, by where they begin."""

    number: NDArray[np.int64]
    start: NDArray[np.int64]
    reach: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """What one segment carried of a stretch.

    Attributes:
        row: the segment.
        start, end: bytes of the stretch, from its first; those of the records around it where it was encrypted.
    """

    row: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Carriers:
    """The segments that carried a stretch.

    Attributes:
        parts: those near the segment that was asked about, in the order of the bytes.
        count: how many parts there are in all.
        first, last: the first and the last segment, -1 where there is none.
    """

    parts: tuple[Part, ...]
    count: int
    first: int
    last: int


class MessageMap:
    """Finds messages by their bytes.

    Attributes:
        messages: of one flow.
        answers: which of them answers which.
    """

    def __init__(self, messages: Messages) -> None:
        self.messages = messages
        self.answers = Answers(messages)
        kept: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, message in enumerate(messages.messages):
            kept[message.layer, message.direction].append(number)
        self._columns = {place: self._column(numbers) for place, numbers in kept.items()}

    def _column(self, numbers: list[int]) -> _Column:
        spans = [self.messages.messages[number].span for number in numbers]
        start = np.fromiter((span.start for span in spans), np.int64, len(spans))
        order = np.argsort(start, kind="stable")
        end = np.fromiter((span.end for span in spans), np.int64, len(spans))[order]
        return _Column(np.array(numbers, np.int64)[order], start[order], np.maximum.accumulate(end))

    def touching(self, layer: int, direction: int, span: Span, most: int) -> list[Message]:
        """The messages that have bytes of a stretch, by where they begin; the last ``most`` of them."""
        column = self._columns.get((layer, direction))
        if column is None or not len(span):
            return []
        last = int(np.searchsorted(column.start, span.end, side="left"))
        first = max(int(np.searchsorted(column.reach, span.start, side="right")), last - _MOST_STEPS)
        found = [self.messages.messages[number] for number in column.number[first:last].tolist()]
        return [message for message in found if message.span.end > span.start][-most:]

    def on_wire(self, layer: int, direction: int, span: Span) -> Span:
        """The stretch of TCP payload that a stretch of a layer came in: all of the records it begins and ends in."""
        stream = self.messages.layers[layer].streams[direction]
        while isinstance(stream, PlainStream):
            ends = [stream.records_for(Span(at, at + 1)) for at in (span.start, max(span.end - 1, span.start))]
            if not ends[0] or not ends[1]:
                return Span(0, 0)
            columns = stream.records.columns
            span = Span(columns.start[ends[0][0]], columns.end[ends[1][-1]])
            stream = stream.records.below
        return span

    def carriers(self, direction: int, wire: Span, around: int, most: int) -> Carriers:
        """Which segment carried which part of a stretch of TCP payload; at most ``most`` parts, those near one row."""
        stream = self.messages.streams[direction]
        first = int(np.searchsorted(stream.piece_end, wire.start, side="right"))
        last = max(int(np.searchsorted(stream.piece_start, wire.end, side="left")), first)
        rows = stream.piece_row[first:last]
        if not len(rows):
            return Carriers((), 0, -1, -1)
        here = int(np.argmin(np.abs(rows - around)))
        begin = max(min(here - most // 2, len(rows) - most), 0)
        shown = slice(first + begin, min(first + begin + most, last))
        start = np.maximum(stream.piece_start[shown], wire.start) - wire.start
        end = np.minimum(stream.piece_end[shown], wire.end) - wire.start
        near = zip(stream.piece_row[shown].tolist(), start.tolist(), end.tolist(), strict=True)
        return Carriers(tuple(Part(*one) for one in near), len(rows), int(rows.min()), int(rows.max()))
