"""What stands on an arrow that may stand for more than one segment?

The bold words name it as its RFC does ("Client Hello", "GET / HTTP/1.1", "200 OK"), the muted ones tell what is worth
knowing at a glance: whom the client asks for, what was agreed, how much it is in how many segments.

Of bytes of an unknown protocol it is what they say, if they are text: "EHLO client.example", "250 OK".

Traps: a hello, and such text, is read from the capture again when its arrow comes into view; a file that was cut short
meanwhile leaves a shorter label, no error.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.distinct import distinct
from ladderview.analysis.labels import VERDICT_ORDER, Label, segment_label, verdict_label
from ladderview.analysis.message import DATA, HTTP2, TLS, WEBSOCKET, HandshakePart, Message
from ladderview.analysis.phases import Phase, PhaseKind
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.steps import StepKind, Steps
from ladderview.analysis.verdicts import LABELS, PROBLEMS
from ladderview.analysis.words import byte_words, count, duration, grouped
from ladderview.capture.capture import CaptureChanged
from ladderview.proto.fields import named
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.text_words import ENOUGH, Words, words_of
from ladderview.proto.tls_handshake import read_handshake
from ladderview.proto.tls_hello import Hello
from ladderview.proto.websocket import CLOSE, CLOSE_CODES, WebSocketFrame

#: The layers that an arrow can be coloured by, by number (``layers_of``): the innermost that it carries.
LAYERS: tuple[str, ...] = ("tcp", "tls", "http")
_TCP, _TLS, _HTTP = range(3)

#: Handshake types (RFC 8446 section 4) whose summary is worth a place on the arrow.
_CLIENT_HELLO = 1
_TOLD = frozenset({2, 11})  # Server Hello, Certificate

#: Bytes of the status code of a Close frame (RFC 6455 section 5.5.1).
_CLOSE_CODE_SIZE = 2

#: Bytes of a Client Hello that are read for its label.
_HELLO_LIMIT = 1 << 16

#: Characters of a header field that a label shows.
_SHOWN = 60


def step_label(reading: FlowReading, steps: Steps, step: int) -> Label:
    """The label of one arrow, in the three parts of a segment's.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    match StepKind(int(steps.kind[step])):
        case StepKind.SEGMENT:
            label = segment_label(reading.analysis, int(steps.row[step]))
            return Label(label.verdict, label.flags.strip("[]"), label.numbers)
        case StepKind.FLIGHT:
            return _flight_label(reading, steps, step)
        case StepKind.RUN:
            return _run_label(reading, steps, step)
        case StepKind.PHASE:
            phase = reading.phases[int(steps.number[step])]
            lasted = duration(phase.duration_ns) if phase.duration_ns else ""
            return Label("", phase.name, f"{lasted}  {phase_detail(reading, phase)}".strip())
        case StepKind.FOLD:
            return Label("", count(int(steps.count[step]), "segment"), _fold_text(reading, steps, step))


def layers_of(reading: FlowReading, steps: Steps) -> NDArray[np.uint8]:
    """uint8 by step: the innermost layer that it carries, a place in ``LAYERS``."""
    flights = reading.base.flights
    layer_of_flight = np.array(
        [_layer(reading.messages.messages[number]) for number in flights.start.tolist()], np.uint8
    )
    base = reading.base.steps
    of_base = np.zeros(len(base), np.uint8)
    is_flight = base.kind == StepKind.FLIGHT
    of_base[is_flight] = layer_of_flight[base.number[is_flight]]
    of_segment = np.where(reading.analysis.segments.payload_len > 0, of_base[base.home], _TCP)
    layers = of_segment[steps.row].astype(np.uint8)
    at_flight = steps.kind == StepKind.FLIGHT
    layers[at_flight] = layer_of_flight[steps.number[at_flight]]
    for step in np.flatnonzero(steps.kind == StepKind.PHASE).tolist():
        kind = reading.phases[int(steps.number[step])].kind
        layers[step] = _TLS if kind is PhaseKind.TLS else _HTTP if kind is PhaseKind.EXCHANGE else _TCP
    layers[steps.kind == StepKind.FOLD] = _TCP
    return layers


def _layer(message: Message) -> int:
    return _TLS if message.protocol == TLS else _TCP if message.protocol == DATA else _HTTP


def phase_detail(reading: FlowReading, phase: Phase) -> str:
    """What the time of a phase went into: "waiting 41.2 ms, receiving 2.5 ms"; empty where there is no more to say."""
    if len(phase.exchanges) == 1 and phase.exchanges[0].is_answered:
        exchange = phase.exchanges[0]
        parts = {
            "sending": exchange.asked_ns - exchange.sent_ns,
            "waiting": exchange.answered_ns - exchange.asked_ns,
            "receiving": exchange.done_ns - exchange.answered_ns,
        }
        return ", ".join(f"{name} {duration(ns)}" for name, ns in parts.items() if ns > 0)
    if len(phase.exchanges) > 1:
        answered = sum(exchange.is_answered for exchange in phase.exchanges)
        return f"{count(len(phase.exchanges), 'request')}, {answered} answered"
    if phase.kind is PhaseKind.OPEN and phase.name == PhaseKind.OPEN.value and phase.end > phase.first:
        last = reading.base.steps.last[phase.first : phase.end]
        opened_ns = int(reading.analysis.segments.ts_ns[last].max()) - phase.begin_ns
        if 2 * opened_ns < phase.duration_ns:  # most of the phase the client kept silent
            return f"handshake {duration(opened_ns)}"
    return ""


# -- flights ----------------------------------------------------------------------------------------------------------


def _flight_label(reading: FlowReading, steps: Steps, step: int) -> Label:
    said = reading.said(steps, step)
    row = int(steps.row[step])
    words = _words(reading, said[0]) if said[0].protocol == DATA else None
    details = _details(reading, said)
    amount = _amount(reading, said)
    verdict = verdict_label(reading.analysis, row) if int(reading.analysis.tcp.verdicts[row]) & int(PROBLEMS) else ""
    if words is not None:
        further = f"and {words.more} more {'line' if words.more == 1 else 'lines'}"
        more = ("and more" if words.more < 0 else further) if words.more else ""
        name = _short(words.text) if words.is_line else f"“{_short(words.text)}”"
        return Label(verdict, name, "  ".join(part for part in (more, *details, amount) if part), names_of(said))
    return Label(verdict, names_of(said), "  ".join(part for part in (*details, amount) if part))


def _words(reading: FlowReading, message: Message) -> Words | None:
    """What bytes say that nobody here reads, if they are text."""
    try:
        octets = reading.messages.octets_of(message, ENOUGH)
    except CaptureChanged:
        return None
    missing = reading.messages.layers[message.layer].streams[message.direction].missing(message.span)
    return words_of(octets, whole=len(message.span) <= ENOUGH) if not missing else None


def names_of(said: tuple[Message, ...]) -> str:
    """The messages of a flight by name: "Server Hello, Change Cipher Spec", "New Session Ticket × 2"."""
    message = said[0]
    if isinstance(message.content, HttpMessage):
        http = message.content
        words = (http.method, _short(http.target), http.version) if http.method else (str(http.status), http.reason)
        return " ".join(word for word in words if word)
    if message.protocol == WEBSOCKET:
        return f"WebSocket {message.name}"
    if message.protocol == HTTP2:
        return message.summary  # frames that steer the connection, by their types
    if message.protocol != TLS:
        return message.name
    return ", ".join(name if n == 1 else f"{name} × {n}" for name, n in Counter(m.name for m in said).items())


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _details(reading: FlowReading, said: tuple[Message, ...]) -> list[str]:
    """What is worth knowing of the messages of a flight, besides their names and sizes."""
    found = []
    for message in said:
        part = message.content
        if isinstance(part, HttpMessage):
            if message.protocol == HTTP2:  # answers come in any order: the stream tells whose they are
                found.append(f"stream {message.exchange}")
            found.append(
                f"Host: {_short(part.host)}" if part.method and part.host else part.content_type.partition(";")[0]
            )
            found.append("incomplete" if part.error else "")
        elif isinstance(part, HandshakePart) and part.kind == _CLIENT_HELLO:
            found.append(_client_hello(reading, message))
        elif message.name == "Alert" or (isinstance(part, HandshakePart) and part.kind in _TOLD):
            found.append(_in_parentheses(message))
        elif isinstance(part, WebSocketFrame) and part.opcode == CLOSE and len(part.octets) >= _CLOSE_CODE_SIZE:
            found.append(named(CLOSE_CODES)(part.close_code))
        elif message.sealed:
            found.append("encrypted")
    return list(dict.fromkeys(part for part in found if part))


def _in_parentheses(message: Message) -> str:
    return message.summary.removeprefix(message.name).strip().removeprefix("(").removesuffix(")")


def _client_hello(reading: FlowReading, message: Message) -> str:
    hello = hello_of(reading, message)
    if hello is None:
        return _in_parentheses(message)
    alpn = ",".join(name for name in hello.alpn if name.isprintable())
    named = {"SNI": _short(hello.server_name), "ALPN": _short(alpn)}
    return " ".join(f"{name}={value}" for name, value in named.items() if value)


def hello_of(reading: FlowReading, message: Message) -> Hello | None:
    """What a hello says; None where it is none, or cannot be read any more."""
    part = message.content
    if not isinstance(part, HandshakePart):
        return None
    try:
        octets = reading.messages.octets_of(message, _HELLO_LIMIT)
    except CaptureChanged:
        return None
    return read_handshake(octets, 0, part.version, part.suite).facts


def _amount(reading: FlowReading, said: tuple[Message, ...]) -> str:
    """How much it is: content of HTTP, else all bytes of the messages, and in how many segments they came."""
    content = said[0].content
    rows = distinct(np.concatenate([reading.messages.rows_of(one) for one in said]))
    if isinstance(content, HttpMessage) and content.body.length:
        size, declared = content.body.length, content.body.declared or 0
    else:
        size, declared = sum(len(message.span) for message in said), 0
    of = f" of {byte_words(declared)}" if declared > size and isinstance(content, HttpMessage) and content.error else ""
    joined = f" in {grouped(len(rows))} segments" if len(rows) > 1 else ""
    return byte_words(size) + of + joined


# -- the others -------------------------------------------------------------------------------------------------------


def _run_label(reading: FlowReading, steps: Steps, step: int) -> Label:
    """Segments with the same to tell: their verdict and how many they are."""
    row, segments, tcp = int(steps.row[step]), reading.analysis.segments, reading.analysis.tcp
    verdicts = int(tcp.verdicts[row])
    words = " ".join(f"[{LABELS[verdict]}]" for verdict in VERDICT_ORDER if verdicts & verdict)
    alike = steps.segments_of(step)
    alike = alike[(segments.direction[alike] == segments.direction[row]) & (tcp.verdicts[alike] == verdicts)]
    amount = int(segments.payload_len[alike].sum())
    times = f"× {grouped(len(alike))}"
    if not words:
        return Label("", f"{count(len(alike), 'segment')}", byte_words(amount) if amount else "")
    tail = byte_words(amount) if amount else f"Ack={int(tcp.rel_ack[row])}"
    return Label(words, times, tail)


def _fold_text(reading: FlowReading, steps: Steps, step: int) -> str:
    segments = reading.analysis.segments
    rows = steps.segments_of(step)
    lasting = int(np.ptp(segments.ts_ns[rows])) if len(rows) else 0
    trouble = int(np.count_nonzero(reading.analysis.tcp.verdicts[rows] & np.uint32(int(PROBLEMS))))
    parts = (
        byte_words(int(segments.payload_len[rows].sum())),
        duration(lasting),
        f"{grouped(trouble)} in trouble" if trouble else "no trouble",
    )
    return " · ".join(parts)
