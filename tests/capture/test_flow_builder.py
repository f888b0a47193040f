"""Flows: who is the client and how that is known, and what each sums up to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.capture.capture import Capture
from ladderview.capture.flows import ClientKnownBy, Endpoint
from tests.capture.files import (
    ACK,
    CLIENT,
    CLIENT6,
    PSH_ACK,
    SECOND,
    SERVER,
    SERVER6,
    SYN,
    SYN_ACK,
    Packet,
    handshake,
    opened,
    pcap,
    segment,
)

HIGH, LOW = (b"\x0a\0\0\x09", 50000), (b"\x0a\0\0\x08", 50000)
KNOWN_BY = {
    "SYN": ([(SERVER, CLIENT, SYN)], SERVER, ClientKnownBy.SYN),
    "the first SYN of two": ([(SERVER, CLIENT, SYN), (CLIENT, SERVER, SYN)], SERVER, ClientKnownBy.SYN),
    "SYN after SYN, ACK": ([(CLIENT, SERVER, SYN_ACK), (CLIENT, SERVER, SYN)], CLIENT, ClientKnownBy.SYN),
    "SYN, ACK": ([(CLIENT, SERVER, ACK), (CLIENT, SERVER, SYN_ACK)], SERVER, ClientKnownBy.SYN_ACK),
    "the lower port serves": ([(SERVER, CLIENT, ACK)], CLIENT, ClientKnownBy.PORT),
    "the first packet": ([(HIGH, LOW, ACK), (LOW, HIGH, ACK)], HIGH, ClientKnownBy.FIRST_PACKET),
    "the first packet, from the low end": ([(LOW, HIGH, ACK), (HIGH, LOW, ACK)], LOW, ClientKnownBy.FIRST_PACKET),
}


@pytest.mark.parametrize(("packets", "client", "known_by"), KNOWN_BY.values(), ids=KNOWN_BY)
def test_client(
    tmp_path: Path,
    packets: list[tuple[tuple[bytes, int], tuple[bytes, int], int]],
    client: tuple[bytes, int],
    known_by: ClientKnownBy,
) -> None:
    frames = [Packet(segment(flags, source=source, target=target)) for source, target, flags in packets]
    capture = opened(tmp_path, pcap(frames))
    flow = capture.flows.flow(0)
    assert (flow.client.port, flow.client.address.split(".")[-1]) == (client[1], str(client[0][-1]))
    assert flow.client_known_by is known_by
    assert capture.packets.direction.tolist() == [int(source != client) for source, _, _ in packets]


def test_ipv6_endpoints(tmp_path: Path) -> None:
    flow = opened(tmp_path, pcap([Packet(segment(SYN, source=CLIENT6, target=SERVER6))])).flows.flow(0)
    assert (flow.client, flow.server) == (Endpoint("2001:db8::1", 40000), Endpoint("2001:db8::2", 443))
    assert str(flow.server) == "[2001:db8::2]:443"


def test_ipv4_is_not_ipv6_with_the_same_bytes(tmp_path: Path) -> None:
    mapped = [(bytes(12) + address, port) for address, port in (CLIENT, SERVER)]
    frames = [segment(SYN), segment(SYN, source=mapped[0], target=mapped[1])]
    assert opened(tmp_path, pcap([Packet(frame) for frame in frames])).packets.flow.tolist() == [0, 1]


def test_a_host_that_talks_to_itself(tmp_path: Path) -> None:
    capture = opened(tmp_path, pcap([Packet(segment(SYN, source=CLIENT, target=CLIENT))] * 2))
    assert (capture.packets.flow.tolist(), capture.packets.direction.tolist()) == ([0, 0], [0, 0])


def test_a_capture_without_tcp(tmp_path: Path) -> None:
    flows = opened(tmp_path, pcap([])).flows
    assert (len(flows), len(flows.order), flows.first.tolist()) == (0, 0, [0])
    with pytest.raises(IndexError):
        flows.flow(0)


def test_times_are_the_earliest_and_the_latest(tmp_path: Path) -> None:
    times = [SECOND * 10**9 + offset * 10**6 for offset in (5, 1, 9, 3)]
    flows = opened(tmp_path, pcap([Packet(segment(), ts_ns) for ts_ns in times])).flows
    assert (flows.start_ns.tolist(), flows.end_ns.tolist()) == ([times[1]], [times[2]])


def assert_sums(capture: Capture) -> None:
    """The flow table says what a loop over the packets says."""
    table, flows = capture.packets, capture.flows
    for number in range(len(flows)):
        rows = [row for row, flow in enumerate(table.flow.tolist()) if flow == number]
        flow = flows.flow(number)
        assert flow.packets.tolist() == rows
        assert flows.packets[number] == len(rows)
        for way, sums in enumerate((flows.client_bytes, flows.server_bytes)):
            assert sums[number] == sum(int(table.payload_len[row]) for row in rows if table.direction[row] == way)
        assert flows.start_ns[number] == min(table.ts_ns[row] for row in rows)
        assert flows.end_ns[number] == max(table.ts_ns[row] for row in rows)
    assert len(flows.order) == np.count_nonzero(table.flow >= 0)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.booleans(), st.sampled_from([ACK, SYN, PSH_ACK]), st.binary(max_size=9)),
        max_size=60,
    )
)
def test_sums_of_any_packets(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, bool, int, bytes]]
) -> None:
    frames = []
    for host, back, flags, payload in steps:
        client = (bytes((10, 1, 1, host)), 3000 + host)
        source, target = (SERVER, client) if back else (client, SERVER)
        frames.append(Packet(segment(flags, len(frames), payload=payload, source=source, target=target)))
    assert_sums(opened(tmp_path_factory.mktemp("sums"), pcap(frames)))


def test_sums_over_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ladderview.capture.flow_builder._CHUNK", 4)
    hosts = [(bytes((10, 1, 1, host)), 3000) for host in (1, 2, 3)]
    frames = [Packet(segment(source=hosts[i * 7 % 3], payload=bytes(i))) for i in range(23)]
    assert_sums(opened(tmp_path, pcap([*frames, *handshake()])))
