"""Filters for packets and for fields, and that tshark finds with them what they are of."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ladderview.analysis.display_filter import MOST_RANGES, field_filter, packets_filter
from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.message_map import MessageMap
from ladderview.analysis.messages import messages_of
from ladderview.analysis.packet_layers import packet_layers
from ladderview.analysis.upper_layers import upper_layers
from ladderview.capture.capture import open_capture
from ladderview.proto.fields import Dissection, Field, Span
from ladderview.resources import resource_path

PACKETS = {
    "one": ([4], "tcp.stream eq 2 && frame.number == 5"),
    "neighbours": ([4, 5, 6], "tcp.stream eq 2 && frame.number in {5..7}"),
    "with gaps": ([4, 6, 7, 9], "tcp.stream eq 2 && frame.number in {5, 7..8, 10}"),
    "too many ranges": (
        list(range(0, 4 * MOST_RANGES, 2)),
        f"tcp.stream eq 2 && frame.number in {{1..{4 * MOST_RANGES - 1}}} && tcp.srcport == 80 && tcp.len > 0",
    ),
}


@pytest.mark.parametrize(("packets", "words"), PACKETS.values(), ids=PACKETS)
def test_packets(packets: list[int], words: str) -> None:
    assert packets_filter(2, np.array(packets), 80) == words


FIELDS = {
    "a number": ("TCP", (), Field("Window", 502, "502", Span(0, 2)), "tcp.window_size_value == 502"),
    "a bit": ("TCP", ("Flags",), Field("Synchronize (SYN)", 0, "Not set", Span(0, 1)), "tcp.flags.syn == 0"),
    "hexadecimal": ("TCP", (), Field("Flags", 18, "0x012 (SYN, ACK)", Span(0, 2)), "tcp.flags == 0x12"),
    "an address": ("IPv4", (), Field("Source Address", "10.0.0.1", "10.0.0.1", Span(0, 4)), "ip.src == 10.0.0.1"),
    "text": ("HTTP/1.1 request", (), Field("HOST", 'a"b\\', "", Span(0, 4)), 'http.host == "a\\"b\\\\"'),
    "a status": ("HTTP/1.1 response", ("Status Line",), Field("Status Code", "404 (Not Found)", "", Span(0, 3)),
        "http.response.code == 404"),
    "any field of HTTP/2": ("HTTP/2 response", (), Field("etag", '"7"', "", Span(0, 3)),
        'http2.header.value == "\\"7\\""'),
    "an unknown field": ("TCP", (), Field("Reserved", 0, "0", Span(0, 1)), ""),
    "a field of another layer": ("ARP", (), Field("Window", 0, "0", Span(0, 1)), ""),
    "a group": ("TCP", (), Field("Flags", None, "", Span(0, 1)), ""),
    "text that is not plain": ("HTTP/1.1 request", (), Field("Host", "a\x00b", "", Span(0, 4)), ""),
    "text that is too long": ("HTTP/1.1 request", (), Field("Host", "a" * 1000, "", Span(0, 4)), ""),
}  # fmt: skip


@pytest.mark.parametrize(("protocol", "above", "field", "words"), FIELDS.values(), ids=FIELDS)
def test_fields(protocol: str, above: tuple[str, ...], field: Field, words: str) -> None:
    assert field_filter(protocol, above, field) == words


def filters_of(dissection: Dissection) -> Iterator[str]:
    todo: list[tuple[tuple[str, ...], Field]] = [((), field) for field in dissection.fields]
    while todo:
        above, field = todo.pop()
        todo += [((*above, field.name), child) for child in field.children]
        words = field_filter(dissection.protocol, above, field)
        if words:
            yield words


def all_filters(path: Path) -> dict[str, int]:
    """Every filter of the first flow, and a packet (from 1) that it is of."""
    capture = open_capture(str(path))
    analysis = analyse_flow(capture, 0)
    places = MessageMap(messages_of(capture, analysis, keys_of(capture, [], [], {})))
    found: dict[str, int] = {}
    for row in range(len(analysis.segments)):
        layers = packet_layers(capture, int(analysis.segments.packet[row]))
        for shown in upper_layers(layers, analysis, row, places).layers:
            # A message of several packets is found by the packet that ends it, which comes last here too.
            found |= dict.fromkeys(filters_of(shown.dissection), layers.packet + 1)
    return found


@pytest.mark.tshark
@pytest.mark.parametrize("name", ["http", "https-tls13", "http2", "ipv6"])
def test_tshark_finds_the_packet_by_each_of_its_fields(name: str) -> None:
    path = resource_path("samples", f"{name}.pcapng")
    by_packet: dict[int, list[str]] = {}
    for words, packet in all_filters(path).items():
        by_packet.setdefault(packet, []).append(words)
    assert len(by_packet) > 2
    whole = " || ".join(
        f"(frame.number == {packet} && {' && '.join(f'({each})' for each in words)})"
        for packet, words in by_packet.items()
    )
    done = subprocess.run(
        ["tshark", "-r", path, "-Y", whole, "-T", "fields", "-e", "frame.number"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {int(line) for line in done.stdout.split()} == set(by_packet)


@pytest.mark.tshark
def test_tshark_finds_packets_by_their_numbers() -> None:
    path = resource_path("samples", "http.pcapng")
    capture = open_capture(str(path))
    packets = analyse_flow(capture, 0).segments.packet[[0, 1, 2, 5]].astype(np.int64)
    done = subprocess.run(
        ["tshark", "-r", path, "-Y", packets_filter(0, packets), "-T", "fields", "-e", "frame.number"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [int(line) - 1 for line in done.stdout.split()] == packets.tolist()
