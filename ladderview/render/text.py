"""A flow's ladder, and one packet of it, as plain text: what ``ladderview show`` prints.

Plan: lines are made one at a time, so that a flow of a million arrows needs no more memory than one of ten.

Traps: host names and comments come from the capture and may hold control characters, which a terminal would obey;
``printable`` takes them out of everything that is not our own words.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np

from ladderview.analysis.explain import MathLine, seq_ack_math, tcp_fields, verdict_sentences, why
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.flow_protocols import BETWEEN
from ladderview.analysis.labels import segment_label
from ladderview.analysis.masked_layers import masked_layers
from ladderview.analysis.masking import NO_MASK, Masker
from ladderview.analysis.message import DATA
from ladderview.analysis.message_map import MessageMap
from ladderview.analysis.messages import Messages
from ladderview.analysis.packet_layers import PacketLayers, Story, packet_layers
from ladderview.analysis.tcp_states import State
from ladderview.analysis.upper_layers import upper_layers
from ladderview.analysis.words import ENDS, count, duration, grouped
from ladderview.capture.capture import Capture
from ladderview.capture.flows import ClientKnownBy, Endpoint
from ladderview.ladder.times import TimeColumn
from ladderview.proto.fields import Dissection, Field

#: Characters between the two lifelines.
_SPAN = 36

#: By direction.
_ARROWS = (f"{'-' * (_SPAN - 1)}>", f"<{'-' * (_SPAN - 1)}")

#: A pause this long between two segments is a line of its own, nanoseconds.
_IDLE_NS = 1_000_000_000

#: Messages that the label of one arrow names, and characters of each.
_SHOWN_MESSAGES = 6
_SHOWN_SUMMARY = 100

#: Width to which sentences are wrapped, and payload bytes that are shown.
_WIDTH = 100
_SHOWN_PAYLOAD = 64

_KNOWN_BY = {
    ClientKnownBy.SYN: "the client is who sent the SYN",
    ClientKnownBy.SYN_ACK: "the client is who was sent the SYN, ACK",
    ClientKnownBy.PORT: "the client is told by the ports, there is no handshake in the capture",
    ClientKnownBy.FIRST_PACKET: "the client is taken to be who sent the first packet",
}


def printable(text: str) -> str:
    """The text without anything that a terminal would obey rather than show; spaces of all widths may stay."""
    return "".join(char if _is_shown(char) else "\N{REPLACEMENT CHARACTER}" for char in text)


def _is_shown(char: str) -> bool:
    return char.isprintable() or unicodedata.category(char) == "Zs"


def ladder_lines(capture: Capture, fa: FlowAnalysis, messages: Messages | None = None) -> Iterator[str]:
    """The ladder of a flow, line by line, without line ends. Each arrow names the messages that were whole with it.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    segments = fa.segments
    times = TimeColumn(segments.ts_ns, int(np.ptp(segments.ts_ns)) if len(segments) else 0)
    number_width = max(len("No."), len(str(int(segments.packet[-1]) + 1))) if len(segments) else len("No.")
    times_width = len(times.widest)
    margin = number_width + times_width + 4
    yield from _title_lines(capture, fa, messages)
    yield ""
    yield from _head_lines(fa, number_width, margin)
    # ``item`` for cells: numpy's own integers would cost more than the rest of a line.
    moments, directions, packets = segments.ts_ns.item, segments.direction.item, segments.packet.item
    client_state, server_state = fa.tcp.client_state.item, fa.tcp.server_state.item
    states = (State.UNKNOWN.value, State.UNKNOWN.value)
    telling = _telling_rows(messages)
    for row in range(len(segments)):
        if row:
            pause_ns = moments(row) - moments(row - 1)
            if pause_ns >= _IDLE_NS:
                yield _on_lifelines(margin, f" {duration(pause_ns)} idle ".center(_SPAN), ":")
        label = str(segment_label(fa, row))
        said = _said(messages, row) if messages is not None and row in telling else ""
        label = f"{said}  {label}" if said else label
        head = f"{packets(row) + 1:>{number_width}}  {times.text(row):>{times_width}}"
        yield f"{head}  |{_ARROWS[directions(row)]}|  {label}"
        now = client_state(row), server_state(row)
        if now != states:
            yield _state_line(margin, states, now)
            states = now


def _telling_rows(messages: Messages | None) -> set[int]:
    """The segments with which a message or a record was whole: most of a long flow's bring none."""
    if messages is None:
        return set()
    return set(messages.rows.tolist()).union(*(columns.row for flow in messages.tls for columns in flow.columns))


def _said(messages: Messages, row: int) -> str:
    """The messages that were whole with a segment; where there are none, the records of TLS.

    Bytes of a protocol that is not known are no message to name: the label has their length.
    """
    said = [message.summary for message in messages.ending_in(row) if message.protocol != DATA]
    if not said:
        records = [name for flow in messages.tls for name in flow.record_names(row)]
        if not records:
            return ""
        said = [f"{name} × {n}" if n > 1 else name for name, n in Counter(records).items()]
    shown = [textwrap.shorten(printable(text), _SHOWN_SUMMARY, placeholder="…") for text in said[:_SHOWN_MESSAGES]]
    if len(said) > _SHOWN_MESSAGES:
        shown.append(f"{len(said) - _SHOWN_MESSAGES} more")
    return ", ".join(shown)


def _title_lines(capture: Capture, fa: FlowAnalysis, messages: Messages | None) -> Iterator[str]:
    flow, segments = fa.flow, fa.segments
    ends = ", ".join(
        f"{name} {_named(capture, end)}" for name, end in zip(ENDS, (flow.client, flow.server), strict=True)
    )
    yield f"Flow {flow.id}: {ends}"
    if not len(segments):
        return
    first_ns, last_ns = int(segments.ts_ns[0]), int(segments.ts_ns[-1])
    lasting = f" in {duration(last_ns - first_ns)}" if len(segments) > 1 else ""
    yield f"{count(len(segments), 'packet')}{lasting}, from {_moment(first_ns)}"
    if messages is not None and messages.protocols:
        to = f", to {messages.host}" if messages.host else ""
        yield printable(BETWEEN.join(messages.protocols) + to)
    if flow.client_known_by != ClientKnownBy.SYN:
        yield f"({_KNOWN_BY[flow.client_known_by]})"


def _named(capture: Capture, end: Endpoint) -> str:
    name = capture.host_names.get(end.address)
    return f"{end} ({printable(name)})" if name else str(end)


def _moment(ts_ns: int) -> str:
    """Date and time of day in UTC; the plain number where the calendar has no such day."""
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=ts_ns // 1000)
    except OverflowError:
        return f"{ts_ns} ns after 1970"
    return f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC"


def _head_lines(fa: FlowAnalysis, number_width: int, margin: int) -> Iterator[str]:
    """Column titles and the two ends above their lifelines."""
    client, server = str(fa.flow.client), str(fa.flow.server)
    left = f"{'No.':>{number_width}}  {'Time':>{margin - number_width - 4}}"
    yield f"{left}  {'Client':<{_SPAN - len('Server') + 2}}Server"
    if len(client) + len(server) < _SPAN + 2:
        yield f"{'':{margin}}{client:<{_SPAN + 2 - len(server)}}{server}"
    else:
        yield f"{'':{margin}}{client}"
        yield f"{'':{margin}}|{server:>{_SPAN + 1}}"
    yield _on_lifelines(margin, " " * _SPAN, "|")


def _on_lifelines(margin: int, between: str, line: str) -> str:
    return f"{'':{margin}}{line}{between}{line}"


def _state_line(margin: int, before: tuple[int, int], now: tuple[int, int]) -> str:
    """The states that changed, each over the middle of its lifeline."""
    names = [_state_name(State(state)) if state != old else "|" for old, state in zip(before, now, strict=True)]
    text = ""
    for at, name in zip((margin, margin + _SPAN + 1), names, strict=True):
        text += " " * max(at - len(name) // 2 - len(text), 1 if text else 0) + name
    return text


def _state_name(state: State) -> str:
    return f"({state.name.replace('_', '-')})"


# -- one packet -------------------------------------------------------------------------------------------------------


def packet_lines(
    capture: Capture, fa: FlowAnalysis, row: int, messages: Messages | None = None, masker: Masker = NO_MASK
) -> Iterator[str]:
    """One packet: its layers with all fields, its arithmetic, what its verdicts rest on, and what it is for.

    What ``masker`` hides is not told; as long as it hides anything, no bytes of the payload are.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    packet = packet_layers(capture, int(fa.segments.packet[row]))
    if messages is not None:
        packet = upper_layers(packet, fa, row, MessageMap(messages))
    packet = masked_layers(packet, masker)
    yield from map(masker.text, _packet_title(capture, fa, row, packet))
    for run, bytes_run in enumerate(packet.runs):
        if len(packet.runs) > 1:
            yield ""
            yield f"{bytes_run.title}:"
        layers = [layer for layer in packet.layers if layer.run == run]
        dissections = tcp_fields(fa, row, [layer.dissection for layer in layers])
        for layer, dissection in zip(layers, dissections, strict=True):
            yield ""
            yield from _layer_lines(dissection, layer.story)
    last = packet.layers[-1]
    content = _content_lines(last.story)
    if content or not masker.kinds:
        yield from content or _payload_lines(packet.runs[last.run].data, last.dissection)
    for raw in (False, True):
        yield ""
        yield f"Seq/ack math, {'raw' if raw else 'relative'} numbers"
        yield from _math_lines(seq_ack_math(fa, row, raw))
    for title, sentences in (("Verdicts", verdict_sentences(fa, row)), ("Why?", (why(fa, row),))):
        if sentences:
            yield ""
            yield title
            for sentence in map(masker.text, sentences):
                yield from textwrap.wrap(sentence, _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _packet_title(capture: Capture, fa: FlowAnalysis, row: int, packet: PacketLayers) -> Iterator[str]:
    sender = int(fa.segments.direction[row])
    since_ns = int(fa.segments.ts_ns[row]) - int(fa.segments.ts_ns[0])
    when = f"{duration(since_ns)} after the first" if row else "the first of the flow"
    size = int(capture.packets.orig_len[packet.packet])
    cut = f" ({count(packet.cut, 'byte')} of them not captured)" if packet.cut else ""
    yield (
        f"Packet #{packet.packet + 1} of flow {fa.flow.id}: {ENDS[sender]} to {ENDS[1 - sender]}, "
        f"{when}, {count(size, 'byte')}{cut}"
    )
    yield f"{segment_label(fa, row)}"
    for comment in capture.comments.get(packet.packet, ()):
        yield f"Comment: {printable(comment)}"


def _content_lines(story: Story | None) -> list[str]:
    """The beginning of a message's content, where it is text: in a story it follows an empty line."""
    if story is None or "" not in story.text:
        return []
    text = story.text[story.text.index("") + 1 :]
    return ["", "Content", *(f"  {printable(line)}" for line in text), "  …"]


def _layer_lines(dissection: Dissection, story: Story | None) -> Iterator[str]:
    header, payload = len(dissection.header), len(dissection.payload)
    carries = f" + {grouped(payload)}" if payload > 0 else ""
    yield f"{dissection.protocol}  {dissection.summary}  ({grouped(header)}{carries} bytes)".replace("    ", "  ")
    for field in dissection.fields:
        yield from _field_lines(field, 1)
    for remark in story.remarks if story else ():
        yield f"{'':12}[{remark}]"
    if dissection.error:
        yield f"{'':12}!! {dissection.error}"


def _field_lines(field: Field, depth: int) -> Iterator[str]:
    """A field with the bytes it was read from; one that is concluded stands in brackets, as in Wireshark."""
    derived = not len(field.span)
    where = "" if derived else str(field.span.start)
    if len(field.span) > 1:
        where += f"-{field.span.end - 1}"
    text = f"{field.name}: {field.text}" if field.text else field.name
    if derived:
        text = f"[{text}]"
    if field.note:
        text += f"  [{field.note}]"
    yield f"{where:>9}   {'  ' * (depth - 1)}{text}"
    for child in field.children:
        yield from _field_lines(child, depth + 1)


def _payload_lines(data: bytes, dissection: Dissection) -> Iterator[str]:
    """The first bytes of what the innermost header carries, as a hex dump."""
    span = dissection.payload
    if len(span) <= 0:
        return
    held = data[span.start : span.end]
    yield ""
    yield f"Payload  ({count(len(span), 'byte')})"
    for at in range(0, min(len(held), _SHOWN_PAYLOAD), 16):
        line = held[at : at + 16]
        letters = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in line)
        yield f"{span.start + at:>9}   {line.hex(' '):<47}   {letters}"
    if len(held) > _SHOWN_PAYLOAD:
        yield f"{'':>9}   and {count(len(held) - _SHOWN_PAYLOAD, 'byte')} more"
    if len(held) < len(span):
        yield f"{'':>9}   {count(len(span) - len(held), 'byte')} not captured"


_MARKS = {True: "  ✓", False: "  ✗", None: ""}


def _math_lines(lines: tuple[MathLine, ...]) -> Iterator[str]:
    terms = max(len(line.term) for line in lines)
    values = max(len(line.value) for line in lines)
    for line in lines:
        head = f"  {line.term:<{terms}}  {line.value:>{values}}  "
        remark = f"{line.remark}{_MARKS[line.ok]}"
        wrapped = textwrap.wrap(remark, max(_WIDTH - len(head), 40), break_long_words=False) or [""]
        yield f"{head}{wrapped[0]}".rstrip()
        for rest in wrapped[1:]:
            yield " " * len(head) + rest
