"""The walk as a whole: TCP is found in every encapsulation, and nothing a packet contains makes it raise or run on."""

from __future__ import annotations

import subprocess
import time
from itertools import pairwise
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.proto.next_protocol import LINKTYPES
from ladderview.proto.stack import MAX_LAYERS, READERS, walk
from tests.proto.encapsulations import ALL, ETHERNET
from tests.proto.wire import DPORT, IP4, PAYLOAD, SPORT, ethernet, ipv4, mpls, udp, wlan

NAMES = [case[0] for case in ALL]


@pytest.mark.parametrize(("name", "linktype", "packet", "layers"), ALL, ids=NAMES)
def test_names_every_layer(name: str, linktype: int, packet: bytes, layers: str) -> None:
    found = walk(packet, linktype, len(packet))
    assert " ".join(layer.protocol for layer in found.layers) == layers


@pytest.mark.parametrize(("name", "linktype", "packet", "layers"), ALL, ids=NAMES)
def test_finds_the_segment(name: str, linktype: int, packet: bytes, layers: str) -> None:
    tcp = walk(packet, linktype, len(packet)).tcp
    assert tcp is not None
    assert packet[tcp.start : tcp.start + 4] == pack(">HH", SPORT, DPORT)
    assert packet[tcp.payload_off : tcp.payload_off + tcp.payload_len] == PAYLOAD


@pytest.mark.parametrize(("name", "linktype", "packet", "layers"), ALL, ids=NAMES)
def test_sound_packets_have_no_error(name: str, linktype: int, packet: bytes, layers: str) -> None:
    assert walk(packet, linktype, len(packet)).error == ""


@pytest.mark.parametrize(("name", "linktype", "packet", "layers"), ALL, ids=NAMES)
def test_headers_follow_each_other(name: str, linktype: int, packet: bytes, layers: str) -> None:
    found = walk(packet, linktype, len(packet)).layers
    for outer, inner in pairwise(found):
        assert outer.start <= outer.header_end <= inner.start
        assert inner.end <= outer.end


@pytest.fixture(scope="module")
def tshark_says(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Source port and payload length of each case, by tshark: one pcapng file with an interface for each case."""
    blocks = [pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)]
    blocks += [pack("<IIHHII", 1, 20, linktype, 0, 0, 20) for _, linktype, _, _ in ALL]
    for number, (_, _, packet, _) in enumerate(ALL):
        padding = bytes(-len(packet) % 4)
        size = 32 + len(packet + padding)
        head = pack("<IIIIIII", 6, size, number, 0, number, len(packet), len(packet))
        blocks.append(head + packet + padding + pack("<I", size))
    path = tmp_path_factory.mktemp("oracle") / "cases.pcapng"
    path.write_bytes(b"".join(blocks))
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", "-e", "tcp.srcport", "-e", "tcp.len"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return {case[0]: line.split("\t") for case, line in zip(ALL, lines, strict=True)}


@pytest.mark.tshark
@pytest.mark.parametrize("name", NAMES)
def test_tshark_finds_it_too(name: str, tshark_says: dict[str, list[str]]) -> None:
    assert tshark_says[name] == [str(SPORT), str(len(PAYLOAD))]


def test_an_unknown_link_type_is_an_error() -> None:
    assert walk(IP4, 147, len(IP4)).error == "link type 147 is not known"


def test_every_key_of_a_layer_that_is_followed_has_a_reader() -> None:
    assert set(LINKTYPES.values()) <= set(READERS)


def test_a_memory_view_is_read_like_bytes() -> None:
    frame = ethernet(IP4)
    assert walk(memoryview(frame), ETHERNET, len(frame)) == walk(frame, ETHERNET, len(frame))


def test_the_number_of_layers_is_bounded() -> None:
    packet = IP4
    for _ in range(2 * MAX_LAYERS):
        packet = ipv4(packet, 4)
    found = walk(packet, 228, len(packet))
    assert len(found.layers) == MAX_LAYERS
    assert found.error == f"more than {MAX_LAYERS} layers"


@pytest.mark.parametrize(("linktype", "name"), [(108, "null"), (129, "arcnet"), (50, "ppp"), (178, "juniper")])
def test_a_cut_header_has_its_layers_name(linktype: int, name: str) -> None:
    assert [layer.protocol for layer in walk(b"\0", linktype, 60).layers] == [name]


LONG = 200_000

ENDLESS = {
    "labels": (ETHERNET, ethernet(bytes(LONG), 0x8847)),
    "VLAN tags": (ETHERNET, ethernet(b"\0\0\x81\0" * (LONG // 4), 0x8100)),
    "tags of a sniffer": (ETHERNET, ethernet(ipv4(udp(b"\x01\0\0\x01" + bytes(65000), 37008), 17))),
    "radiotap presence words": (127, b"\0\0\xff\xff" + b"\xff" * LONG),
    "netfilter attributes": (239, b"\x02\0\0\0" + b"\x04\0\x01\0" * (LONG // 4)),
    "aggregated frames": (105, wlan(b"\0" * 12 + b"\0\x01" + b"\0" * LONG, 0, 8, b"\x80\0")),
    "samples": (ETHERNET, ethernet(ipv4(udp(pack(">II4xIIII", 5, 1, 0, 0, 0, 0xFFFFFFFF) + bytes(65000), 6343), 17))),
    "stacked tunnels": (ETHERNET, ethernet(mpls(b"\0" * LONG, *range(16, 500)), 0x8847)),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_long_packets_take_no_long_time(name: str) -> None:
    linktype, packet = ENDLESS[name]
    began = time.perf_counter()
    walk(packet, linktype, len(packet))
    assert time.perf_counter() - began < 1


def test_the_second_control_byte_of_llc_must_be_there() -> None:
    assert walk(b"\xfe\xfe\x00", 11, 60).error


def _sound(stack_of: bytes, linktype: int, wire_len: int) -> None:
    found = walk(stack_of, linktype, wire_len)
    for layer in found.layers:
        assert 0 <= layer.start <= layer.header_end
        assert layer.start <= len(stack_of)
    for tcp in (found.tcp, *found.more_tcp):
        if tcp is not None:
            assert 4 <= tcp.captured <= 60
            assert tcp.start + tcp.captured <= len(stack_of)
            assert tcp.payload_len >= 0


@given(st.sampled_from(sorted(LINKTYPES)), st.binary(max_size=200), st.integers(0, 300))
@settings(max_examples=400, deadline=None)
def test_random_bytes(linktype: int, data: bytes, wire_len: int) -> None:
    _sound(data, linktype, wire_len)


@given(st.sampled_from(ALL), st.data())
@settings(max_examples=400, deadline=None)
def test_packets_cut_anywhere(case: tuple[str, int, bytes, str], data: st.DataObject) -> None:
    packet = case[2]
    _sound(packet[: data.draw(st.integers(0, len(packet)))], case[1], len(packet))


@given(st.sampled_from(ALL), st.data())
@settings(max_examples=800, deadline=None)
def test_packets_with_changed_bytes(case: tuple[str, int, bytes, str], data: st.DataObject) -> None:
    packet = bytearray(case[2])
    for _ in range(data.draw(st.integers(1, 4))):
        packet[data.draw(st.integers(0, len(packet) - 1))] = data.draw(st.integers(0, 255))
    _sound(bytes(packet), case[1], len(packet))
