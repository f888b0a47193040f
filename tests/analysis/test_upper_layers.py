"""The layers inside TCP of the sample captures, packet by packet."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.message_map import MessageMap
from ladderview.analysis.messages import messages_of
from ladderview.analysis.packet_layers import PacketLayers, packet_layers
from ladderview.analysis.upper_layers import text_lines, upper_layers
from ladderview.capture.capture import open_capture
from ladderview.proto.fields import Field
from ladderview.resources import resource_path


def packets_of(sample: str) -> list[PacketLayers]:
    """Every packet of the first flow, taken apart."""
    capture = open_capture(resource_path("samples", f"{sample}.pcapng"))
    analysis = analyse_flow(capture, 0)
    found = MessageMap(messages_of(capture, analysis, keys_of(capture, environment={})))
    rows = range(min(len(analysis.segments), 40))
    layers = [packet_layers(capture, int(analysis.segments.packet[row])) for row in rows]
    return [upper_layers(packet, analysis, row, found) for row, packet in zip(rows, layers, strict=True)]


def every(fields: Iterable[Field]) -> Iterable[Field]:
    for field in fields:
        yield field
        yield from every(field.children)


@pytest.mark.parametrize("sample", ["https-tls13", "http", "loss", "zero-window"])
def test_every_field_lies_in_the_bytes_that_are_shown_with_it(sample: str) -> None:
    for packet in packets_of(sample):
        for shown in packet.layers:
            if shown.story is None:
                continue
            size = len(packet.runs[shown.run].data)
            spans = [field.span for field in every(shown.dissection.fields) if len(field.span)]
            assert all(0 <= span.start < span.end <= size for span in spans), shown.dissection.summary


def test_fields_of_a_header_line_are_its_bytes() -> None:
    checked = 0
    for packet in packets_of("https-tls13"):
        for shown in packet.layers:
            for field in shown.dissection.fields:
                if field.name in {"Host", "Server"}:
                    octets = packet.runs[shown.run].data[field.span.start : field.span.end]
                    assert octets.decode() == f"{field.name}: {field.text}"
                    checked += 1
    assert checked >= 2


def test_parts_of_a_message_add_up() -> None:
    lists = {shown.story.carried for packet in packets_of("https-tls13") for shown in packet.layers if shown.story}
    lists.discard(())
    assert lists
    for parts in lists:
        assert parts[0][1] == 0
        assert all(before[2] == after[1] for before, after in pairwise(parts))


@pytest.mark.parametrize(
    ("data", "lines"),
    [(b"one\r\n\r\ntwo", ("one", "two")), (b"\x00\x01", ()), (b"", ()), (b"\xff\xfe", ()), (b"a\nb\nc\nd", ("a", "b"))],
)
def test_text_lines(data: bytes, lines: tuple[str, ...]) -> None:
    assert text_lines(data, 2) == lines
