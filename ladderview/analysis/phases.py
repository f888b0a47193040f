"""Which phases does a flow go through, and how long does each take?

Plan: one pass over the arrows of the message level. The handshake of TCP opens the connection; TLS's goes from the
first hello to the last Finished; each request begins an exchange, unless others are still without their response; from
the first FIN or close notification after which nothing more is said the connection is being closed, and a reset ends
it. A phase lasts until the next one begins, so the durations add up to the flow's. A pause of a second or more in which
nothing is owed is a phase of its own.

Traps: a response may begin before its request is whole, 100 Continue always does (RFC 9110 section 10.1.1): the
exchange begins with what stands first, and with the first byte of the request. A client may close its direction at once
and wait for the response (half-close, RFC 9293 section 3.6): this is no termination yet. Without keys the Finished of
TLS 1.3 looks like application data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.flights import is_after_handshake, is_alert
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.message import DATA, HTTP2, TLS, WEBSOCKET, HandshakePart, Message, RecordPart
from ladderview.analysis.messages import Messages
from ladderview.analysis.steps import MessageSteps, PhaseSteps, StepKind
from ladderview.analysis.verdicts import Verdict
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.tcp import Flags

#: A pause this long, in which nothing is owed, is a phase of its own, nanoseconds.
IDLE_NS = 1_000_000_000

#: Requests that the name of an exchange lists, and characters of a target that it shows.
_NAMED, _TARGET = 2, 48

#: Content types of TLS (RFC 8446 section 5.1): what belongs to a handshake, and what does not.
_CHANGE_CIPHER_SPEC, _APPLICATION_DATA = 20, 23
_OF_HANDSHAKE = frozenset({_CHANGE_CIPHER_SPEC, 22})

_SYN, _FIN, _RST = (int(flag.value) for flag in (Flags.SYN, Flags.FIN, Flags.RST))
_KEPT_ALIVE = int(Verdict.KEEP_ALIVE | Verdict.KEEP_ALIVE_ACK)


class PhaseKind(Enum):
    """What goes on; the value is the name of the phase, where it has no better one."""

    OPEN = "Connection initialization"
    TLS = "TLS handshake"
    EXCHANGE = "Exchange"
    DATA = "Application data"
    IDLE = "Idle"
    CLOSE = "Connection termination"
    ABORT = "Connection aborted"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response. Times are nanoseconds since the epoch; -1 where there is no response.

    Attributes:
        request, response: numbers of ``Messages.messages``; ``response`` is -1 where there is none.
        sent_ns, asked_ns: the first and the last segment of the request.
        answered_ns, done_ns: the first and the last segment of the response.
    """

    request: int
    response: int
    sent_ns: int
    asked_ns: int
    answered_ns: int
    done_ns: int

    @property
    def is_answered(self) -> bool:
        """Whether all of the response was seen."""
        return self.response >= 0


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a flow.

    Attributes:
        kind: what goes on.
        name: "TLS handshake", "GET / → 200".
        first, end: its arrows are the steps ``first`` to ``end - 1`` of the message level.
        begin_ns, end_ns: nanoseconds since the epoch; ``end_ns`` is where the next phase begins.
        exchanges: the requests that began in it.
    """

    kind: PhaseKind
    name: str
    first: int
    end: int
    begin_ns: int
    end_ns: int
    exchanges: tuple[Exchange, ...] = ()

    @property
    def duration_ns(self) -> int:
        """How long it lasted."""
        return self.end_ns - self.begin_ns


def phase_steps(phases: tuple[Phase, ...], base: MessageSteps, ts_ns: NDArray[np.int64]) -> PhaseSteps:
    """Where phases lie among the arrows of the message level; ``ts_ns`` by segment."""
    return PhaseSteps(
        np.array([phase.first for phase in phases], np.int64),
        np.array([phase.end for phase in phases], np.int64),
        np.array([_stands_for(phase, base, ts_ns) for phase in phases], np.int64),
    )


def _stands_for(phase: Phase, base: MessageSteps, ts_ns: NDArray[np.int64]) -> int:
    """The segment that stands for a phase; one in which nothing was sent begins with the latest before it."""
    if phase.end > phase.first:
        return int(base.steps.row[phase.first])
    before = base.steps.last[: phase.first]
    return int(before[np.argmax(ts_ns[before])]) if len(before) else 0


def phases_of(analysis: FlowAnalysis, messages: Messages, base: MessageSteps) -> tuple[Phase, ...]:
    """The phases of a flow, in order."""
    return _Walk(analysis, messages, base).phases() if len(analysis.segments) else ()


@dataclass(slots=True)
class _Begin:
    """Where a phase begins: what is known of it while the walk goes on."""

    kind: PhaseKind
    step: int
    ns: int
    exchanges: list[Exchange]


class _Walk:
    """One pass over the arrows of the message level."""

    def __init__(self, analysis: FlowAnalysis, messages: Messages, base: MessageSteps) -> None:
        self._segments, self._tcp = analysis.segments, analysis.tcp
        self._messages, self._base = messages, base
        self._exchanges = _exchanges(analysis, messages)
        self._early = _early(messages, self._exchanges)
        self._opened = self._end_of_opening()
        self._tls = self._tls_steps()
        self._closing, self._reset = self._begin_of_closing(), self._first_reset()

    def phases(self) -> tuple[Phase, ...]:
        """The phases, in order."""
        steps, ts_ns = self._base.steps, self._segments.ts_ns
        found: list[_Begin] = []
        owed: set[int] = set()
        begun: set[int] = set()
        asked_row = -1  # requests of one segment are one phase, though the first be never answered
        latest_ns = int(ts_ns[0])
        for step in range(len(steps)):
            numbers = self._numbers(step)
            spoken = [self._exchanges.get(number) or self._early.get(number) for number in numbers]
            asked = [exchange for exchange in spoken if exchange is not None]
            new = [exchange for exchange in asked if exchange.request not in begun]
            begin_ns = min([int(ts_ns[steps.first[step]]), *(exchange.sent_ns for exchange in new)])
            begin_ns = max(begin_ns, found[-1].ns) if found else int(ts_ns[0])
            is_idle = bool(found) and found[-1].kind is PhaseKind.IDLE
            if found and not is_idle and not owed and begin_ns - latest_ns >= IDLE_NS:
                found.append(_Begin(PhaseKind.IDLE, step, latest_ns, []))
                is_idle = True
            if not (is_idle and self._keeps_alive(step)):
                kind = self._kind(step, bool(asked), found[-1].kind if found else None)
                row = int(steps.row[step])
                if not found or kind is not found[-1].kind or (new and not owed and row != asked_row):
                    found.append(_Begin(kind, step, begin_ns, []))
                found[-1].exchanges += new
                begun.update(exchange.request for exchange in new)
                asked_row = row if new else asked_row
                owed.update(exchange.response for exchange in new if exchange.is_answered)
                owed.difference_update(numbers)
            latest_ns = max(latest_ns, int(ts_ns[steps.last[step]]))
        return tuple(self._finished(found))

    def _finished(self, found: list[_Begin]) -> Iterator[Phase]:
        last_ns = max(int(self._segments.ts_ns.max()), found[-1].ns)
        for number, begin in enumerate(found):
            follower = found[number + 1] if number + 1 < len(found) else None
            end, end_ns = (follower.step, follower.ns) if follower else (len(self._base.steps), last_ns)
            exchanges = tuple(begin.exchanges)
            yield Phase(begin.kind, self._name(begin, end), begin.step, end, begin.ns, end_ns, exchanges)

    def _name(self, begin: _Begin, end: int) -> str:
        match begin.kind:
            case PhaseKind.EXCHANGE:
                return exchange_name(self._messages, begin.exchanges)
            case PhaseKind.ABORT if begin.step <= self._opened and not self._is_open():
                return "Connection refused"
            case PhaseKind.CLOSE if any(self._flags(step) & _RST for step in range(begin.step, end)):
                return "Connection termination, reset"
            case PhaseKind.DATA:
                return self._name_of_data(range(begin.step, end))
            case _:
                pass
        return str(begin.kind.value)

    def _name_of_data(self, steps: range) -> str:
        said = [message for step in steps for message in self._said(step) if not is_after_handshake(message)]
        if any(message.protocol == WEBSOCKET for message in said):
            return "WebSocket"
        if said and all(message.protocol == HTTP2 for message in said):
            begins = any(message.summary.startswith("Magic") for message in said)
            return "HTTP/2 preface" if begins else "HTTP/2 control frames"
        return str(PhaseKind.DATA.value)

    # -- what a step belongs to -------------------------------------------------------------------------------------

    def _kind(self, step: int, asks: bool, before: PhaseKind | None) -> PhaseKind:
        if self._reset >= 0 and step >= self._reset and not 0 <= self._closing < self._reset:
            return PhaseKind.ABORT
        if 0 <= self._closing <= step:
            return PhaseKind.ABORT if self._is_fatal(self._closing) else PhaseKind.CLOSE
        if step < self._opened:
            return PhaseKind.OPEN
        if self._tls[0] <= step < self._tls[1]:
            return PhaseKind.TLS
        if asks:
            return PhaseKind.EXCHANGE
        said = [message for message in self._said(step) if not is_after_handshake(message)]
        if said and before is not PhaseKind.EXCHANGE:
            return PhaseKind.DATA
        if said and all(message.protocol in {DATA, WEBSOCKET} for message in said):
            return PhaseKind.DATA
        if before is PhaseKind.OPEN and self._carries_payload(step):
            return PhaseKind.DATA
        return before if before not in {None, PhaseKind.IDLE} and before is not None else PhaseKind.DATA

    def _numbers(self, step: int) -> range:
        """The messages of a step."""
        flights, flight = self._base.flights, int(self._base.steps.number[step])
        return range(int(flights.start[flight]), int(flights.end[flight])) if flight >= 0 else range(0)

    def _said(self, step: int) -> list[Message]:
        return [self._messages.messages[number] for number in self._numbers(step)]

    def _flags(self, step: int) -> int:
        return int(self._segments.flags[self._base.steps.row[step]])

    def _carries_payload(self, step: int) -> bool:
        """Whether anything was sent: no message tells of bytes that the snap length cut off."""
        rows = self._base.steps.segments_of(step)
        return bool(self._segments.payload_len[rows].any()) and not self._keeps_alive(step)

    def _keeps_alive(self, step: int) -> bool:
        return bool(int(self._tcp.verdicts[self._base.steps.row[step]]) & _KEPT_ALIVE)

    def _is_fatal(self, step: int) -> bool:
        return any(is_alert(message) and "Fatal" in message.summary for message in self._said(step))

    # -- where the phases of every connection begin and end ---------------------------------------------------------

    def _is_open(self) -> bool:
        """Whether both SYNs were seen."""
        syn = (self._segments.flags & np.uint16(_SYN)) != 0
        return all(bool((syn & (self._segments.direction == direction)).any()) for direction in (0, 1))

    def _end_of_opening(self) -> int:
        """The step behind the handshake: the SYNs, and what first acknowledges each."""
        segments, steps = self._segments, self._base.steps
        rows: list[int] = []
        for direction in (0, 1):
            own = np.flatnonzero(((segments.flags & np.uint16(_SYN)) != 0) & (segments.direction == direction))
            if len(own):
                rows += own[:16].tolist()
                rows += [row for row in self._tcp.acked_by_row[own[:16]].tolist() if row >= 0]
        ends = [int(steps.home[row]) for row in rows]
        return max((step + 1 for step in ends if steps.kind[step] != StepKind.FLIGHT), default=0)

    def _tls_steps(self) -> tuple[int, int]:
        """First and end of the TLS handshake among the steps; nothing where there is none."""
        first, end = -1, -1
        for step in range(len(self._base.steps)):
            said = [message for message in self._said(step) if not is_after_handshake(message)]
            if any(message.protocol != TLS or _is_data(message) for message in said):
                if first >= 0 and not self._goes_on(step):
                    break
                continue
            if any(_is_handshake(message) for message in said):
                first, end = (step if first < 0 else first), step + 1
        return first, end

    def _goes_on(self, step: int) -> bool:
        """Whether the handshake goes on behind data that nobody could read: TLS 1.3 encrypts most of it."""
        flight = int(self._base.flights.end[int(self._base.steps.number[step])])
        rest = self._messages.messages[flight : flight + 8]
        return all(map(_is_data, self._said(step))) and any(_is_change(message) for message in rest)

    def _begin_of_closing(self) -> int:
        """The first step from which the connection is only being closed, -1 where there is none."""
        last_said = -1
        for step in range(len(self._base.steps) - 1, -1, -1):
            if any(not is_alert(message) for message in self._said(step)):
                last_said = step
                break
        for step in range(last_said + 1, len(self._base.steps)):
            if self._flags(step) & _FIN or any(map(is_alert, self._said(step))):
                return step
        ended = last_said >= 0 and self._flags(last_said) & _FIN and last_said + 1 < len(self._base.steps)
        return last_said + 1 if ended else -1

    def _first_reset(self) -> int:
        rows = np.flatnonzero((self._segments.flags & np.uint16(_RST)) != 0)
        return int(self._base.steps.home[rows[0]]) if len(rows) else -1


def _is_handshake(message: Message) -> bool:
    if isinstance(message.content, RecordPart):
        return message.content.content_type in _OF_HANDSHAKE
    return isinstance(message.content, HandshakePart)


def _is_change(message: Message) -> bool:
    return isinstance(message.content, RecordPart) and message.content.content_type == _CHANGE_CIPHER_SPEC


def _is_data(message: Message) -> bool:
    return isinstance(message.content, RecordPart) and message.content.content_type == _APPLICATION_DATA


# -- exchanges --------------------------------------------------------------------------------------------------------


def _exchanges(analysis: FlowAnalysis, messages: Messages) -> dict[int, Exchange]:
    """The exchanges of a flow, by the number of the request among the messages."""
    responses: dict[tuple[int, int], int] = {}
    requests: dict[tuple[int, int], int] = {}
    for number, message in enumerate(messages.messages):
        if isinstance(message.content, HttpMessage) and message.exchange >= 0:
            place = message.layer, message.exchange
            if message.content.kind == "response":
                responses[place] = number  # the last one: what went before it was informational (RFC 9110 section 15.2)
            else:
                requests.setdefault(place, number)
    found = {}
    for place, request in requests.items():
        response = responses.get(place, -1)
        sent_ns, asked_ns = _times(analysis, messages, request)
        answered_ns, done_ns = _times(analysis, messages, response) if response >= 0 else (-1, -1)
        found[request] = Exchange(request, response, sent_ns, asked_ns, answered_ns, done_ns)
    return found


def _early(messages: Messages, exchanges: dict[int, Exchange]) -> dict[int, Exchange]:
    """Of the responses that stand before their request, which had begun: the exchange, by the response's number."""
    places = {}
    for request, exchange in exchanges.items():
        message = messages.messages[request]
        places[message.layer, message.exchange] = exchange
    found = {}
    for number, message in enumerate(messages.messages):
        if isinstance(message.content, HttpMessage) and message.content.kind == "response":
            whose = places.get((message.layer, message.exchange))
            if whose is not None and number < whose.request:
                found[number] = whose
    return found


def _times(analysis: FlowAnalysis, messages: Messages, number: int) -> tuple[int, int]:
    """When the first and the last segment of a message came."""
    rows = messages.rows_of(messages.messages[number])
    row = messages.messages[number].row
    first, last = (int(rows[0]), int(rows[-1])) if len(rows) else (row, row)
    return int(analysis.segments.ts_ns[first]), int(analysis.segments.ts_ns[last])


def exchange_name(messages: Messages, exchanges: Sequence[Exchange]) -> str:
    """What a phase with these exchanges is called: "GET / → 200"."""
    named = [_one_exchange(messages, exchange) for exchange in exchanges[:_NAMED]]
    more = len(exchanges) - len(named)
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def exchange_ends(messages: Messages, exchanges: Sequence[Exchange]) -> tuple[list[str], list[str]]:
    """The method of each request, and the status of its response, empty where there is none."""
    methods, statuses = [], []
    for exchange in exchanges:
        request = messages.messages[exchange.request].content
        response = messages.messages[exchange.response].content if exchange.is_answered else None
        methods.append(request.method if isinstance(request, HttpMessage) else "")
        statuses.append(str(response.status) if isinstance(response, HttpMessage) else "")
    return methods, statuses


def _one_exchange(messages: Messages, exchange: Exchange) -> str:
    request = messages.messages[exchange.request].content
    assert isinstance(request, HttpMessage)
    target = request.target if len(request.target) <= _TARGET else f"{request.target[: _TARGET - 1]}…"
    (method,), (status,) = exchange_ends(messages, [exchange])
    return f"{method} {target} → {status or 'no response'}"
