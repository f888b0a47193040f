"""What happened, told in one plain sentence for each arrow.

Plan: a segment is told by its kind (``reasons.kind_of``), a message by what it is; the sentence names who acts, what it
does, with which numbers, and what comes of it. ``Why?`` texts explain more.
"""

from __future__ import annotations

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.message import DATA, HTTP2, TLS, HandshakePart, Message, RecordPart
from ladderview.analysis.phases import PhaseKind
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.reasons import kind_of
from ladderview.analysis.sentences import copied_from
from ladderview.analysis.step_labels import hello_of, names_of, phase_detail, step_label
from ladderview.analysis.steps import StepKind, Steps
from ladderview.analysis.words import ENDS, byte_words, count, duration, grouped
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.tcp import Flags
from ladderview.proto.tls_names import is_tls13
from ladderview.proto.tls_record import CHANGE_CIPHER_SPEC

#: By ``kind_of``; ``what`` is "1 448 bytes" or "its FIN", ``first`` the packet that a verdict is concluded from.
_SEGMENTS: dict[str, str] = {
    "syn": "{me} asks for a connection and tells its initial sequence number (SYN, Seq = {seq})",
    "simultaneous syn": "{me} asks for a connection too, at the same time: one connection comes of both SYNs",
    "syn ack": "{me} acknowledges the {peer}'s SYN with Ack = {ack} and sends its own",
    "third": "{me} acknowledges the {peer}'s SYN with Ack = {ack} — the connection is established",
    "refused": "{me} refuses the connection with a reset: nobody listens there, or something forbids it",
    "reset": "{me} resets the connection: it ends at once, and what was not delivered is lost",
    "fin": "{me} has nothing more to send and closes its direction (FIN, Seq = {seq}); it can still receive",
    "second fin": "{me} closes its direction too (FIN, Seq = {seq}): the connection is nearly over",
    "crossed fin": "{me} closes its direction at the same time (FIN, Seq = {seq}): the {peer}'s is still on its way",
    "ack of fin": "{me} acknowledges the {peer}'s FIN with Ack = {ack}",
    "last ack": "{me} acknowledges the {peer}'s FIN with Ack = {ack} — both directions are closed",
    "ack of crossed fin": "{me} acknowledges the {peer}'s FIN, which crossed its own, with Ack = {ack}",
    "keep-alive": "{me} asks whether the {peer} is still there (keep-alive)",
    "keep-alive ack": "{me} answers the keep-alive: the connection is alive",
    "zero window probe": "{me} probes whether the {peer}'s window has opened",
    "zero window probe ack": "{me} answers the probe with Ack = {ack} and a window of {window}",
    "zero window": "{me}'s buffer is full: a window of 0 tells the {peer} to stop sending",
    "window full": "{me} sends {what} and fills the {peer}'s window: it has to wait for an ACK",
    "window update": "{me} has room again: its window grows to {window}",
    "duplicate ack": "{me} asks again for Seq {ack}: something before what just came is missing",
    "spurious retransmission": "{me} sends {what} again{first}, although the {peer} had acknowledged it",
    "fast retransmission": "{me} fills the gap at Seq {seq} at once{first}: duplicate ACKs told that it was lost",
    "fast retransmission unasked": "{me} sends {what} again from Seq {seq}{first}, right after an ACK of the {peer}",
    "sack retransmission": "{me} fills the gap at Seq {seq}{first}: the {peer}'s SACK told that it was missing",
    "retransmission": "{me} sends {what} again from Seq {seq}{first}: no ACK had come in time",
    "copy": "{me}'s packet {original} is in the capture a second time",
    "out of order": "{me}'s segment with Seq {seq} comes late{overtaken}: the receiver puts it into its place",
    "gap": "{me} sends Seq {seq}, but bytes before it were not captured",
    "unseen": "{me} acknowledges bytes up to {ack} that the capture does not hold",
    "push": "{me} sends {what} (Seq = {seq}) and asks to hand it on at once",
    "data": "{me} sends {what} (Seq = {seq})",
    "ack": "{me} acknowledges everything up to {ack}",
    "other": "{me} sends a segment without ACK, which the {peer} has to drop",
}

#: What a segment without bytes sends again: its FIN or its SYN.
_WITHOUT_BYTES = ("its FIN", "its SYN")

#: By handshake type (RFC 8446 section 4).
_HANDSHAKE: dict[int, str] = {
    2: "{me} chooses {detail}",
    4: "{me} hands out a ticket for the next connection",
    8: "{me} answers the extensions{detail}",
    11: "{me} shows its certificate{detail}",
    12: "{me} sends its half of the key exchange, signed",
    13: "{me} asks for a certificate of the {peer}",
    14: "{me} has said all it has to say before the keys exist",
    15: "{me} proves that the certificate is its own",
    16: "{me} sends its part of the key exchange: both ends can now compute the keys",
    20: "{me} finishes",
    24: "{me} changes to its next key",
}

_RECORDS: dict[int, str] = {
    20: "{me} turns to the new keys",
    21: "{me} sends an alert: {detail}",
    22: "{me} sends an encrypted handshake message",
    23: "{me} sends encrypted data",
    24: "{me} sends a heartbeat",
}


def step_sentence(reading: FlowReading, steps: Steps, step: int) -> str:
    """The sentence of one arrow.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    match StepKind(int(steps.kind[step])):
        case StepKind.SEGMENT:
            return segment_sentence(reading.analysis, int(steps.row[step]))
        case StepKind.FLIGHT:
            return _flight_sentence(reading, steps, step)
        case StepKind.RUN:
            label = step_label(reading, steps, step)
            last = segment_sentence(reading.analysis, int(steps.row[step]))
            if label.verdict:
                return f"{label.flags.removeprefix('× ')} times: {last}"
            me = ENDS[int(steps.direction[step])]
            return f"{me} sends {label.numbers} in {label.flags}" if label.numbers else last
        case StepKind.PHASE:
            phase = reading.phases[int(steps.number[step])]
            detail = phase_detail(reading, phase)
            said = "nothing is said" if phase.kind is PhaseKind.IDLE else phase.name
            lasts = "for" if phase.kind is PhaseKind.IDLE else "in"
            lasted = f" {lasts} {duration(phase.duration_ns)}" if phase.duration_ns else ""
            return f"{said}{lasted}" + (f": {detail}" if detail else "")
        case StepKind.FOLD:
            label = step_label(reading, steps, step)
            return f"{label.flags}, folded: {label.numbers}"


def segment_sentence(fa: FlowAnalysis, row: int) -> str:
    """The sentence of one segment."""
    segments, tcp = fa.segments, fa.tcp
    direction, length = int(segments.direction[row]), int(segments.payload_len[row])
    related = int(tcp.related_row[row])
    packet = f"#{int(segments.packet[related]) + 1}" if related >= 0 else ""
    copied = copied_from(fa, row)
    return _SEGMENTS[kind_of(fa, row) if copied < 0 else "copy"].format(
        me=ENDS[direction],
        peer=ENDS[1 - direction],
        seq=grouped(int(tcp.rel_seq[row])),
        ack=grouped(int(tcp.rel_ack[row])),
        window=grouped(int(tcp.scaled_window[row])),
        what=count(length, "byte") if length else _WITHOUT_BYTES[bool(segments.flags[row] & Flags.SYN)],
        first=f", first sent in {packet}" if packet else "",
        original=f"#{int(segments.packet[copied]) + 1}",
        overtaken=f", overtaken by {packet}" if packet else "",
    )


# -- messages ---------------------------------------------------------------------------------------------------------


def _flight_sentence(reading: FlowReading, steps: Steps, step: int) -> str:
    said = reading.said(steps, step)
    if isinstance(said[0].content, HttpMessage):
        return _http_sentence(reading, steps, step, said[0])
    if said[0].protocol != TLS:
        size = sum(len(message.span) for message in said)
        noun = "bytes of a protocol not known here" if said[0].protocol == DATA else names_of(said)
        return f"{ENDS[said[0].direction]} sends {byte_words(size) if said[0].protocol == DATA else noun}"
    parts: list[str] = []
    for message in said:
        words = _tls_words(reading, message)
        if words not in parts:
            parts.append(words)
    me = ENDS[said[0].direction]
    joined = "; ".join(part.removeprefix(f"{me} ") if number else part for number, part in enumerate(parts))
    return joined + _what_is_reached(reading, said)


def _tls_words(reading: FlowReading, message: Message) -> str:
    """One message of TLS: who does what."""
    me, peer = ENDS[message.direction], ENDS[1 - message.direction]
    detail = message.summary.removeprefix(message.name).strip().removeprefix("(").removesuffix(")")
    part = message.content
    if isinstance(part, HandshakePart):
        if part.kind == 1:
            return _hello_words(reading, message)
        if message.name == "Hello Retry Request":
            return f"{me} wants another key share and asks for a second Client Hello"
        text = _HANDSHAKE.get(part.kind, f"{{me}} sends {message.name}")
        if part.kind == 2:
            detail = detail or "the parameters of the connection"
        elif detail:
            detail = f" ({detail})"
        return text.format(me=me, peer=peer, detail=detail)
    if isinstance(part, RecordPart):
        if detail.endswith("Close Notify"):
            return f"{me} has nothing more to send over TLS (close notify)"
        if part.content_type == CHANGE_CIPHER_SPEC and _speaks_tls13(reading):
            return f"{me} sends Change Cipher Spec, which means nothing in TLS 1.3"
        return _RECORDS.get(part.content_type, "{me} sends a record").format(
            me=me, peer=peer, detail=detail[:1].lower() + detail[1:]
        )
    return f"{me} sends {message.name}"


def _speaks_tls13(reading: FlowReading) -> bool:
    """Whether the first Server Hello chooses TLS 1.3."""
    for message in reading.messages.messages:
        part = message.content
        if isinstance(part, HandshakePart) and part.kind == 2:
            return is_tls13(part.version) or "TLS 1.3" in message.summary
    return False


def _hello_words(reading: FlowReading, message: Message) -> str:
    hello = hello_of(reading, message)
    me = ENDS[message.direction]
    if hello is None:
        return f"{me} says hello and offers its cipher suites"
    asks = f" and asks for {hello.server_name}" if hello.server_name else ""
    return f"{me} says hello: it offers {count(len(hello.suites), 'cipher suite')}{asks}"


def _what_is_reached(reading: FlowReading, said: tuple[Message, ...]) -> str:
    """What is true from this Finished on, where it is the second of the handshake."""
    if not any(_is_finished(message) for message in said):
        return ""
    last = said[-1]
    before = (
        _is_finished(message) and message.direction != last.direction
        for message in reading.messages.messages
        if message.row < last.row or (message.row == last.row and message is not last)
    )
    if not any(before):
        return ""
    if _speaks_tls13(reading):
        return " — both sides now share the application traffic keys"
    return " — the TLS handshake is complete"


def _is_finished(message: Message) -> bool:
    return isinstance(message.content, HandshakePart) and message.content.kind == 20


def _http_sentence(reading: FlowReading, steps: Steps, step: int, message: Message) -> str:
    http = message.content
    assert isinstance(http, HttpMessage)
    me = ENDS[message.direction]
    label = step_label(reading, steps, step)
    amount = label.numbers.rsplit("  ", 1)[-1]
    inside = " over the encrypted connection" if reading.messages.tls else ""
    if http.kind == "request":
        return f"{me} requests {http.method} {http.target[:200]}{inside} ({amount})"
    whose = f" on stream {message.exchange}" if message.protocol == HTTP2 else ""
    return (
        f"{me} answers {http.status} {http.reason}".rstrip()
        + f"{whose}, {amount}"
        + (", and does not finish" if http.error else "")
    )
