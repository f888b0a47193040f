"""Which response answers a request, and after what time?

The number of an exchange is the same in both (``Message.exchange``). The time runs from the segment with which the
request was whole to the first segment of the response, and to the one with which that was whole. Where a request has
several responses (100 Continue, RFC 9110 section 15.2) it is answered by the last one.
"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.analysis.message import Message
from ladderview.analysis.messages import Messages
from ladderview.analysis.segments import Segments
from ladderview.analysis.words import duration
from ladderview.proto.fields import Span
from ladderview.proto.http_message import HttpMessage


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response.

    Attributes:
        request, response: the two messages.
        first_row: the segment that brought the first byte of the response.
        wait_ns: from the request's last segment to it.
        whole_ns: from the request's last segment to the response's last.
    """

    request: Message
    response: Message
    first_row: int
    wait_ns: int
    whole_ns: int


class Answers:
    """Finds the other side of an exchange."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._requests: dict[tuple[int, str, int], Message] = {}
        self._responses: dict[tuple[int, str, int], Message] = {}
        for message in messages.messages:
            carried = message.content
            if isinstance(carried, HttpMessage) and message.exchange >= 0:
                kept = self._requests if carried.kind == "request" else self._responses
                kept[_key(message)] = message

    def exchange_of(self, message: Message, segments: Segments) -> Exchange | None:
        """The exchange that a message belongs to, where both of its sides were captured."""
        request, response = self._requests.get(_key(message)), self._responses.get(_key(message))
        if request is None or response is None or message not in (request, response):
            return None
        stream = self._messages.layers[response.layer].streams[response.direction]
        start = response.span.start
        rows = stream.packets_for(Span(start, min(start + 1, response.span.end)))
        first_row = int(rows[0]) if len(rows) else response.row
        asked = int(segments.ts_ns[request.row])
        return Exchange(
            request,
            response,
            first_row,
            int(segments.ts_ns[first_row]) - asked,
            int(segments.ts_ns[response.row]) - asked,
        )


def exchange_words(message: Message, exchange: Exchange, segments: Segments) -> str:
    """The exchange as one of its messages has it: "Answered by #19 after 43.7 ms", "Answers GET / of #15 after ..."."""
    request, response = exchange.request, exchange.response
    asked, first, last = (int(segments.packet[row]) + 1 for row in (request.row, exchange.first_row, response.row))
    wait = f"after {duration(exchange.wait_ns)}"
    if last != first:
        wait += f", whole after {duration(exchange.whole_ns)}"
    if message is response:
        carried = request.content
        target = carried.target if isinstance(carried, HttpMessage) else ""
        return f"Answers {request.name} {_shortened(target)}".rstrip() + f" of #{asked} {wait}"
    return f"Answered by #{first}, {response.name}, {wait}"


#: Characters of a target that a sentence has room for.
_TARGET = 40


def _shortened(target: str) -> str:
    return target if len(target) <= _TARGET else target[: _TARGET - 1] + "…"


def _key(message: Message) -> tuple[int, str, int]:
    return message.layer, message.protocol, message.exchange
