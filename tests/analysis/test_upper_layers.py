"""The layers inside TCP of the sample captures, packet by packet."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.message import Message
from ladderview.analysis.message_map import MessageMap
from ladderview.analysis.messages import Messages, messages_of
from ladderview.analysis.packet_layers import PacketLayers, packet_layers
from ladderview.analysis.upper_layers import upper_layers
from ladderview.capture.capture import open_capture
from ladderview.proto.fields import Field
from ladderview.resources import resource_path
from tests.mutations import capture_of
from tests.proto.tls_wire import client_hello, record, server_name


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


def test_a_message_of_many_records_is_read_once_for_a_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hello = client_hello(server_name(b"example.org"))
    path = tmp_path / "bytes.pcap"
    path.write_bytes(capture_of(Random(1), (b"".join(record(22, bytes([octet])) for octet in hello), b""), 443))
    read: list[Message] = []
    octets_of = Messages.octets_of

    def counted(messages: Messages, message: Message, limit: int) -> bytes:
        read.append(message)
        return octets_of(messages, message, limit)

    capture = open_capture(path)
    analysis = analyse_flow(capture, 0)
    found = MessageMap(messages_of(capture, analysis, keys_of(capture, environment={})))
    row = int(np.argmax(analysis.segments.payload_len))
    monkeypatch.setattr(Messages, "octets_of", counted)
    packet = upper_layers(packet_layers(capture, int(analysis.segments.packet[row])), analysis, row, found)
    assert sum(shown.dissection.protocol.startswith("TLS") for shown in packet.layers) > 1
    assert len(read) == 1


def test_parts_of_a_message_add_up() -> None:
    lists = {shown.story.carried for packet in packets_of("https-tls13") for shown in packet.layers if shown.story}
    lists.discard(())
    assert lists
    for parts in lists:
        assert parts[0][1] == 0
        assert all(before[2] == after[1] for before, after in pairwise(parts))
