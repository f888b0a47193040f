"""All that ladderview can be asked about a capture without a window, asked at once: for captures that are broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.flow_columns import FlowColumns
from ladderview.analysis.flow_protocols import flow_protocols
from ladderview.analysis.keys import Keys, keys_of
from ladderview.analysis.message_reasons import why_message
from ladderview.analysis.messages import Messages
from ladderview.analysis.outcome import outcomes
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.analysis.screen import problem_counts
from ladderview.analysis.step_labels import layers_of, step_label
from ladderview.analysis.steps import Level
from ladderview.analysis.story import step_sentence
from ladderview.analysis.wireshark_fields import packet_lines
from ladderview.capture.capture import Capture, NotACapture, open_capture
from ladderview.progress import no_progress
from ladderview.proto.bodies import decode
from ladderview.proto.content import content_of
from ladderview.proto.http_message import HttpMessage
from ladderview.render import flow_table, text


def ask_everything(path: Path, keys: Keys | None = None, asked: set[object] | None = None) -> None:
    """Open a capture and ask. A file that is no capture is nobody's fault.

    Args:
        path: the file.
        keys: what opens it; that which lies in it where nothing is given.
        asked: what was asked of before; a capture with the same packets is not asked again.
    """
    try:
        capture = open_capture(path)
    except NotACapture:
        return
    with closing(capture):
        if asked is not None:
            packets = [capture.packet_bytes(index) for index in range(len(capture.packets))]
            known = tuple(packets), tuple(capture.secrets), tuple(capture.host_names.items())
            if known in asked:
                return
            asked.add(known)
        _ask(capture, keys or keys_of(capture, environment={}))


def _ask(capture: Capture, keys: Keys) -> None:
    ends, problems = outcomes(capture), problem_counts(capture, no_progress)
    columns = FlowColumns(
        capture.flows,
        capture.host_names,
        ends.words,
        ends.handshake_rtt_ns,
        problems.by_verdict,
        said=flow_protocols(capture),
    )
    _exhaust(flow_table.text_lines(columns))
    _exhaust(packet_lines(capture, None, keys))
    for flow_id in range(len(capture.flows)):
        analysis = analyse_flow(capture, flow_id)
        reading = read_flow(capture, analysis, keys)
        _ask_levels(reading)
        _ask_text(capture, analysis, reading.messages)
        _ask_bodies(reading.messages)


def _ask_levels(reading: FlowReading) -> None:
    for level in Level:
        steps = reading.steps(level)
        layers_of(reading, steps)
        for step in range(len(steps)):
            step_label(reading, steps, step)
            step_sentence(reading, steps, step)
            for message in reading.chosen(steps, step).messages:
                why_message(message)


def _ask_text(capture: Capture, analysis: FlowAnalysis, messages: Messages) -> None:
    _exhaust(text.ladder_lines(capture, analysis, messages))
    for row in range(len(analysis.segments)):
        _exhaust(text.packet_lines(capture, analysis, row, messages))


def _ask_bodies(messages: Messages) -> None:
    for message in messages.messages:
        if not isinstance(message.content, HttpMessage):
            continue
        http, stream = message.content, messages.layers[message.layer].streams[message.direction]
        pieces: Iterator[bytes] = (stream.read(span.start, span.end) for span in http.body.spans())
        body = decode(pieces, chunked=http.body.chunked, content_encoding=http.header("content-encoding"))
        content_of(body.octets, http.content_type, body.is_whole)


def _exhaust(lines: Iterable[str]) -> None:
    for line in lines:
        assert isinstance(line, str)
