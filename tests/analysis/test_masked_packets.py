from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys
from ladderview.analysis.masked_ends import FreshEnds
from ladderview.analysis.masked_packets import _plain_options, masked_packets
from ladderview.analysis.masking import MaskKind, masker_of
from ladderview.analysis.reading import read_flow
from ladderview.capture.capture import Capture, open_capture
from ladderview.capture.save import SavedPacket, write_pcapng
from ladderview.proto.reading import internet_checksum
from ladderview.proto.stack import walk
from tests.proto.packets import ADDRESSES, CLIENT6, SERVER6, ethernet, ipv4, ipv6, tcp, vlan

ADDRESSES_ONLY: frozenset[MaskKind] = frozenset({"addresses"})
NAMES_ONLY: frozenset[MaskKind] = frozenset({"names"})
LINKTYPE_RAW = 101


def capture_of(folder: Path, packets: list[SavedPacket]) -> Capture:
    path = folder / "capture.pcapng"
    write_pcapng(path, packets)
    return open_capture(path)


def masked(
    folder: Path, *packets: bytes | SavedPacket, kinds: frozenset[MaskKind] = ADDRESSES_ONLY
) -> list[SavedPacket]:
    """The packets of the first flow, masked; frames of Ethernet."""
    saved = [one if isinstance(one, SavedPacket) else SavedPacket(at, one) for at, one in enumerate(packets)]
    capture = capture_of(folder, saved)
    reading = read_flow(capture, analyse_flow(capture, 0), Keys())
    masker = masker_of(capture, kinds, reading.analysis.flow, reading.messages)
    return list(masked_packets(capture, reading, masker, reading.analysis.segments.packet.tolist()))


def right_checksum(packet: bytes) -> int:
    """The checksum that the segment in an IPv4 packet should have."""
    segment = packet[20:36] + b"\0\0" + packet[38:]
    return internet_checksum(packet[12:20] + pack("!BBH", 0, 6, len(segment)) + segment)


def checksum(packet: bytes) -> int:
    return int.from_bytes(packet[36:38], "big")


def test_the_header_stays_but_for_addresses_and_link_layer(tmp_path: Path) -> None:
    original = ipv4(tcp(b"hello"), options=b"\x07\x07\x04\x0a\x09\x08\x07\x00")  # record route
    (packet,) = masked(tmp_path, ethernet(vlan(original + b"\0padding"), 0x8100))
    assert packet.linktype == LINKTYPE_RAW
    assert packet.data[0] == 0x45
    assert packet.data[1] == original[1]
    assert packet.data[4:9] == original[4:9]
    assert packet.data[12:20] == ip_address("192.0.2.1").packed + ip_address("198.51.100.1").packed
    assert not internet_checksum(packet.data[:20])
    assert int.from_bytes(packet.data[2:4], "big") == len(packet.data) == packet.orig_len == 45
    assert packet.data[40:] == b"hello"
    assert checksum(packet.data) == right_checksum(packet.data)


def test_ipv6(tmp_path: Path) -> None:
    (packet,) = masked(tmp_path, ethernet(ipv6(tcp(b"hello")), 0x86DD))
    assert packet.data[:8] == ipv6(tcp(b"hello"))[:8]
    assert packet.data[8:24] == ip_address("2001:db8:c::1").packed
    assert not {ip_address(CLIENT6).packed, ip_address(SERVER6).packed} & {packet.data[8:24], packet.data[24:40]}


def test_addresses_stay_where_they_are_not_masked(tmp_path: Path) -> None:
    (packet,) = masked(tmp_path, ethernet(ipv4(tcp(b"some protocol"))), kinds=NAMES_ONLY)
    assert packet.data[12:20] == ADDRESSES
    assert packet.data[40:] == b"x" * 13


PSEUDO = ~internet_checksum(ADDRESSES + pack("!BBH", 0, 6, 25)) & 0xFFFF


@pytest.mark.parametrize(
    ("given_checksum", "state"),
    [(None, "right"), (0x1234, "wrong"), (0, "none"), (PSEUDO, "partial")],
)
def test_a_checksum_is_as_right_as_it_was(given_checksum: int | None, state: str, tmp_path: Path) -> None:
    (packet,) = masked(tmp_path, ethernet(ipv4(tcp(b"hello", checksum=given_checksum))))
    pseudo = ~internet_checksum(packet.data[12:20] + pack("!BBH", 0, 6, 25)) & 0xFFFF
    found = checksum(packet.data)
    states = {right_checksum(packet.data): "right", 0: "none", pseudo: "partial"}
    assert states.get(found, "wrong") == state


def test_a_wrong_checksum_of_ip_stays_wrong(tmp_path: Path) -> None:
    wrong, none = bytearray(ipv4(tcp(b"a"))), bytearray(ipv4(tcp(b"b", sequence=1001)))
    wrong[10] ^= 1
    none[10:12] = b"\0\0"
    packets = masked(tmp_path, ethernet(bytes(wrong)), ethernet(bytes(none)))
    assert internet_checksum(packets[0].data[:20])
    assert packets[1].data[10:12] == b"\0\0"


def test_a_checksum_of_0_can_be_right(tmp_path: Path) -> None:
    original = bytearray(ipv4(tcp(b"a")))
    identification = int.from_bytes(original[4:6], "big") + int.from_bytes(original[10:12], "big")
    original[4:6] = ((identification & 0xFFFF) + (identification >> 16)).to_bytes(2, "big")
    original[10:12] = b"\0\0"
    assert not internet_checksum(bytes(original[:20]))
    (packet,) = masked(tmp_path, ethernet(bytes(original)))
    assert not internet_checksum(packet.data[:20])


def test_a_cut_packet_stays_cut(tmp_path: Path) -> None:
    frame = ethernet(ipv4(tcp(b"0123456789")))
    (packet,) = masked(tmp_path, SavedPacket(0, frame[:-4], len(frame)))
    assert (len(packet.data), packet.orig_len) == (46, 50)
    assert packet.data[2:4] == pack("!H", 50)
    assert packet.data.endswith(b"012345")


def test_a_length_that_offload_left_out_is_left_out(tmp_path: Path) -> None:
    frame = bytearray(ethernet(ipv4(tcp(b"hello"))))
    frame[16:18] = b"\0\0"
    (packet,) = masked(tmp_path, bytes(frame))
    assert packet.data[2:4] == b"\0\0"
    assert packet.orig_len == 45


def test_fragments_become_one_packet(tmp_path: Path) -> None:
    segment = tcp(b"hello" * 4)
    parts = ipv4(segment[:24], fragment=0x2000), ipv4(segment[24:], fragment=3)
    (packet,) = masked(tmp_path, *map(ethernet, parts))
    assert packet.data[40:] == b"hello" * 4
    assert packet.data[6:8] == b"\0\0"
    assert checksum(packet.data) == right_checksum(packet.data)


def test_repeated_bytes_are_masked_as_the_first_were(tmp_path: Path) -> None:
    request = b"GET / HTTP/1.1\r\nHost: www.a.example\r\n\r\n"
    whole = tcp(request)
    parts = [tcp(request[:22]), tcp(request[22:], sequence=1022), tcp(request[20:30], sequence=1020), whole]
    packets = masked(tmp_path, *(ethernet(ipv4(part)) for part in parts), kinds=NAMES_ONLY)
    told = [packet.data[40:] for packet in packets]
    assert told[0] + told[1] == told[3] == request.replace(b"www.a.example", b"x" * 13)
    assert told[2] == told[3][20:30]


def test_a_name_over_the_edge_of_segments_is_found(tmp_path: Path) -> None:
    texts = b"call 10.0.", b"0.7 please"
    packets = masked(tmp_path, *(ethernet(ipv4(tcp(text, sequence=1000 + 10 * at))) for at, text in enumerate(texts)))
    assert packets[0].data[40:] + packets[1].data[40:] == b"call client-1 please"


def test_what_a_reset_carries_is_not_told(tmp_path: Path) -> None:
    packets = masked(tmp_path, ethernet(ipv4(tcp(b"because of Bob", flags=0x014))))
    assert packets[0].data[40:] == b"x" * 14


def test_comments_are_masked(tmp_path: Path) -> None:
    frame = SavedPacket(0, ethernet(ipv4(tcp(b"hello"))), comments=("from 10.0.0.7",))
    (packet,) = masked(tmp_path, frame)
    assert list(packet.comments) == ["from client-1"]


@pytest.mark.parametrize(
    ("options", "plain"),
    [
        ("020405b4 0402080a 00000001 00000002 01030307", "020405b4 0402080a 00000001 00000002 01030307"),
        ("1312 000102030405060708090a0b0c0d0e0f 0101", "1312 00000000000000000000000000000000 0101"),  # MD5
        ("2206 abcdabcd 0101", "2206 00000000 0101"),  # Fast Open cookie
        ("1e08 3401 0a000007", "1e08 3401 00000000"),  # MPTCP, Add Address
        ("1e08 2001 0a000007", "1e08 2001 0a000007"),  # MPTCP, Data Sequence Signal
        ("4c0a 0111 0a000007 0050 0101", "4c0a 0000 00000000 0000 0101"),  # Riverbed
        ("fe08 f989 01020304", "fe08 f989 00000000"),  # experimental: Fast Open
        ("00 0a0007", "00 0a0000"),  # behind the end of the list; one byte may be an option's length
        ("0b09 0a000007", "0b09 00000000"),  # a length that lies
    ],
)
def test_options(options: str, plain: str) -> None:
    assert _plain_options(bytes.fromhex(options)).hex() == plain.replace(" ", "")


@given(st.binary(max_size=40))
def test_any_options_stay_as_long(options: bytes) -> None:
    assert len(_plain_options(options)) == len(options)


@settings(max_examples=30)
@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=4))
def test_any_payload_stays_as_long(tmp_path_factory: pytest.TempPathFactory, payloads: list[bytes]) -> None:
    frames = [ethernet(ipv4(tcp(payload, sequence=1000 + 7 * at))) for at, payload in enumerate(payloads)]
    packets = masked(tmp_path_factory.mktemp("any"), *frames, kinds=frozenset({"addresses", "ports", "names"}))
    assert [len(packet.data) - 40 for packet in packets] == list(map(len, payloads))
    for packet in packets:
        assert walk(packet.data, LINKTYPE_RAW, packet.orig_len).tcp is not None


# -- addresses and ports ----------------------------------------------------------------------------------------------


def ends_of(folder: Path, addresses: list[tuple[str, str]], flow: int) -> FreshEnds:
    """The fresh ends of one of several flows, each between two addresses."""
    frames = []
    for at, pair in enumerate(addresses):
        raw = b"".join(ip_address(address).packed for address in pair)
        frames.append(SavedPacket(at, ethernet(ipv4(tcp(b"", 0x002), addresses=raw))))
    capture = capture_of(folder, frames)
    masker = masker_of(capture, {"addresses", "ports"}, capture.flows.flow(flow))
    return FreshEnds(capture, capture.flows.flow(flow), masker)


def test_an_address_has_the_same_substitute_in_every_flow(tmp_path: Path) -> None:
    pairs = [("10.0.0.1", "10.0.0.9"), ("10.0.0.2", "10.0.0.9"), ("10.0.0.1", "10.0.0.8")]
    one, two, three = (ends_of(tmp_path, pairs, flow) for flow in range(3))
    assert one.addresses[1] == two.addresses[1]
    assert one.addresses[0] == three.addresses[0]
    assert len({*one.addresses, *two.addresses, *three.addresses}) == 4
    assert len({one.ports, two.ports, three.ports}) == 3
    assert all(client > server for client, server in (one.ports, two.ports, three.ports))


def test_no_address_of_the_capture_is_given_to_anybody(tmp_path: Path) -> None:
    pairs = [("10.0.0.1", "192.0.2.1"), ("198.51.100.1", "192.0.2.2")]
    given_away = {address for flow in range(2) for address in ends_of(tmp_path, pairs, flow).addresses}
    assert not given_away & {ip_address(address).packed for pair in pairs for address in pair}


def test_there_are_enough_for_a_large_capture(tmp_path: Path) -> None:
    pairs = [(f"10.1.{number // 200}.{number % 200 + 1}", "10.0.0.9") for number in range(600)]
    given_away = {ends_of(tmp_path, pairs, flow).addresses[0] for flow in (0, 100, 253, 254, 599)}
    assert len(given_away) == 5
    assert str(ip_address(ends_of(tmp_path, pairs, 599).addresses[0])).startswith("198.18.")
