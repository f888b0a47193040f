"""All that ladderview can be asked about a capture without a window, asked at once: for captures that are broken."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ladderview.analysis.agreed_protocols import with_agreed
from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.flow_columns import FlowColumns
from ladderview.analysis.flow_protocols import flow_protocols
from ladderview.analysis.keys import Keys, keys_of
from ladderview.analysis.masked_packets import masked_packets
from ladderview.analysis.masking import MASK_KINDS, masker_of
from ladderview.analysis.message_reasons import why_message
from ladderview.analysis.messages import Messages
from ladderview.analysis.outcome import outcomes
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.analysis.screen import problem_counts
from ladderview.analysis.step_labels import layers_of, step_label
from ladderview.analysis.steps import LEVELS
from ladderview.analysis.story import step_sentence
from ladderview.analysis.wireshark_fields import packet_lines
from ladderview.capture.capture import Capture, NotACapture, open_capture
from ladderview.capture.pcapng_copy import copied, is_pcapng
from ladderview.progress import no_progress
from ladderview.proto.bodies import decode
from ladderview.proto.content import content_of
from ladderview.proto.http_message import HttpMessage
from ladderview.render import flow_table, text


@dataclass(frozen=True, slots=True)
class Longest:
    """What took longest: seconds of the processor, and what was asked."""

    seconds: float = 0.0
    question: str = ""


def ask_everything(path: Path, keys: Keys | None = None, asked: set[object] | None = None) -> Longest:
    """Open a capture and ask. A file that is no capture is nobody's fault.

    Args:
        path: the file.
        keys: what opens it; that which lies in it where nothing is given.
        asked: what was asked of before; a capture with the same packets is not asked again.
    """
    longest, began = Longest(), time.process_time()
    for question in _questions(path, keys, asked):
        now = time.process_time()
        longest = max(longest, Longest(now - began, question), key=lambda one: one.seconds)
        began = now
    return longest


def _questions(path: Path, keys: Keys | None, asked: set[object] | None) -> Iterator[str]:
    """Ask; the name of each question when it has been answered."""
    try:
        capture = open_capture(path)
    except NotACapture:
        yield "open"
        return
    yield "open"
    with closing(capture):
        if asked is not None:
            packets = [capture.packet_bytes(index) for index in range(len(capture.packets))]
            known = tuple(packets), tuple(capture.secrets), tuple(capture.host_names.items())
            if known in asked:
                return
            asked.add(known)
        yield from _of_the_capture(capture, keys or keys_of(capture, environment={}))


def _of_the_capture(capture: Capture, keys: Keys) -> Iterator[str]:
    ends, problems = outcomes(capture), problem_counts(capture, no_progress)
    columns = FlowColumns(
        capture.flows,
        capture.host_names,
        ends.words,
        ends.handshake_rtt_ns,
        problems.by_verdict,
        said=with_agreed(capture, flow_protocols(capture), keys),
    )
    _exhaust(flow_table.text_lines(columns))
    yield "flows"
    _exhaust(packet_lines(capture, None, keys))
    yield "packets"
    for flow_id in range(len(capture.flows)):
        analysis = analyse_flow(capture, flow_id)
        reading = read_flow(capture, analysis, keys)
        yield "messages"
        yield from _of_levels(reading)
        yield from _of_text(capture, analysis, reading.messages)
        yield from _of_bodies(reading.messages)
        masker = masker_of(capture, MASK_KINDS, analysis.flow, reading.messages)
        for packet in masked_packets(capture, reading, masker, analysis.segments.packet.tolist()):
            assert packet.data
        yield "masked packets"
    if is_pcapng(capture):
        commented = {packet: (*capture.comments.get(packet, ()), "said") for packet in range(len(capture.packets))}
        assert sum(map(len, copied(capture, commented))) >= capture.source.size
        yield "copy with comments"


def _of_levels(reading: FlowReading) -> Iterator[str]:
    for level in LEVELS:
        steps = reading.steps(level)
        layers_of(reading, steps)
        for step in range(len(steps)):
            step_label(reading, steps, step)
            step_sentence(reading, steps, step)
            for message in reading.chosen(steps, step).messages:
                why_message(message)
        yield f"level {level}"


def _of_text(capture: Capture, analysis: FlowAnalysis, messages: Messages) -> Iterator[str]:
    _exhaust(text.ladder_lines(capture, analysis, messages))
    yield "ladder"
    for row in range(len(analysis.segments)):
        _exhaust(text.packet_lines(capture, analysis, row, messages))
        yield f"row {row}"


def _of_bodies(messages: Messages) -> Iterator[str]:
    for message in messages.messages:
        if not isinstance(message.content, HttpMessage):
            continue
        http, stream = message.content, messages.layers[message.layer].streams[message.direction]
        pieces: Iterator[bytes] = (stream.read(span.start, span.end) for span in http.body.spans())
        body = decode(pieces, chunked=http.body.chunked, content_encoding=http.header("content-encoding"))
        content_of(body.octets, http.content_type, body.is_whole)
        yield "body"


def _exhaust(lines: Iterable[str]) -> None:
    for line in lines:
        assert isinstance(line, str)
