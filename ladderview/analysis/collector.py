"""How do messages become a list that is neither endless nor incomplete?

Readers hand over messages as they find them. Bytes that make up no message of their own (payload of an unknown
protocol, application data that cannot be decrypted, frames that only steer a connection) come in runs: one message for
all that one end sends in a row, until it begins anew after a pause (``sends``).

Trap: two bytes can be a message (a WebSocket frame), so messages could weigh much more than the file. Past
``MAX_MESSAGES`` what one end sends in a row is counted in a run, whatever the pauses.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ladderview.analysis.message import FlowLayer, Message, Octets
from ladderview.analysis.words import count, grouped
from ladderview.proto.fields import Span

#: Messages of one flow that are kept one by one.
MAX_MESSAGES: Final = 200_000
#: Rows of segments by direction, ascending.
Sends = tuple[Sequence[int], Sequence[int]]
NO_SENDS: Final[Sends] = ((), ())
#: Kinds that the summary of a run names.
_NAMED: Final = 6


class Collector:
    """Takes what the readers of one flow find.

    Attributes:
        layers: the layers of bytes so far.
        protocols: what was recognised, outermost first: "TLS 1.3", "h2".
        host: whom the client asked for, by the first message that says so.
    """

    __slots__ = ("_counts", "_messages", "_protocol_layers", "_run", "_sends", "host", "layers", "protocols")

    def __init__(self, client: Octets, server: Octets, sends: Sends = NO_SENDS) -> None:
        """Begin with the bytes that TCP carried; ``sends`` are rows by direction with which an end begins anew."""
        self.layers = [FlowLayer("TCP payload", -1, (client, server))]
        self.protocols: list[str] = []
        self._protocol_layers: list[int] = []
        self.host = ""
        self._messages: list[Message] = []
        self._run: Message | None = None
        self._sends = sends
        self._counts: dict[str, int] = {}

    def add_layer(self, name: str, parent: int, streams: tuple[Octets, Octets]) -> int:
        """A further layer; its number."""
        self.layers.append(FlowLayer(name, parent, streams))
        return len(self.layers) - 1

    def recognised(self, protocol: str, layer: int) -> None:
        """A protocol, by the name that a person knows it by, which was read from this layer.

        Early data is read before the Server Hello tells the version of the TLS around it (RFC 8446 section 2.3).
        """
        if protocol and protocol.lower() not in map(str.lower, self.protocols):
            at = bisect_right(self._protocol_layers, layer)
            self.protocols.insert(at, protocol)
            self._protocol_layers.insert(at, layer)

    def asked_for(self, host: str) -> None:
        """A host name that the client sent."""
        self.host = self.host or host

    def add(self, message: Message) -> None:
        """A message that is whole, or as whole as it will be."""
        if len(self._messages) >= MAX_MESSAGES:
            self.add_run(message, message.name)
            return
        self._end_run()
        self._messages.append(message)

    def add_run(self, part: Message, kind: str = "") -> None:
        """A part of a run: it goes into the run that is open where that is of its kind, else begins one.

        ``kind`` is what the parts are counted by; without one they are bytes.
        """
        run = self._run
        if run is None or _nature(run) != _nature(part) or run.span.end > part.span.start or self._is_new(run, part):
            self._end_run()
            self._run, self._counts = part, {}
        else:
            self._run = replace(run, span=Span(run.span.start, part.span.end), row=part.row)
        self._counts[kind] = self._counts.get(kind, 0) + 1

    def _is_new(self, run: Message, part: Message) -> bool:
        """Whether the end that speaks began anew between a run and a further part of it."""
        if len(self._messages) >= MAX_MESSAGES:
            return False
        rows = self._sends[part.direction]
        return bisect_right(rows, run.row) < bisect_right(rows, part.row)

    def finish(self) -> list[Message]:
        """All messages, by the segment with which they were whole."""
        self._end_run()
        return sorted(self._messages, key=lambda message: message.row)

    def _end_run(self) -> None:
        run, self._run = self._run, None
        if run is None:
            return
        if self._counts.keys() == {""}:
            size = len(run.span)
            run = replace(run, summary=f"{run.name}, {grouped(size)} {'byte' if size == 1 else 'bytes'}")
        else:
            kinds = [kind if n == 1 else f"{kind} × {grouped(n)}" for kind, n in self._counts.items()]
            rest = len(kinds) - _NAMED
            more = f" and {count(rest, 'other kind')}" if rest > 0 else ""
            run = replace(run, summary=", ".join(kinds[:_NAMED]) + more)
        self._messages.append(run)


def _nature(message: Message) -> tuple[object, ...]:
    """What the parts of one run have in common."""
    return message.protocol, message.name, message.direction, message.layer, message.sealed
