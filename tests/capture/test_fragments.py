"""Datagrams from fragments: which packet completes one, which carried it, and what comes out."""

from __future__ import annotations

import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.capture import fragments
from ladderview.capture.fragments import Datagram, Defragmenter
from ladderview.capture.slow_lane import read_packet
from ladderview.capture.table import Kind
from tests.proto.wire import CLIENT, DPORT, SPORT, ethernet, fragment6, ipv4, ipv6, tcp

BODY = bytes(range(100))
SEGMENT = tcp(BODY)
FIRST, SECOND, LAST = (0, SEGMENT[:48], True), (48, SEGMENT[48:96], True), (96, SEGMENT[96:], False)

Piece = tuple[int, bytes, bool]


def v4(piece: Piece, ident: int = 7, source: bytes = CLIENT) -> bytes:
    offset, content, more = piece
    return ethernet(ipv4(content, fragment=offset // 8 | more << 13, ident=ident, source=source))


def v6(piece: Piece) -> bytes:
    offset, content, more = piece
    return ethernet(ipv6(fragment6(content, offset, more), 44), 0x86DD)


def feed(packets: list[bytes], kept: int | None = None) -> list[Datagram | None]:
    collect = Defragmenter()
    found = []
    for index, packet in enumerate(packets):
        row = read_packet(packet[:kept], 1, len(packet))
        found.append(collect.add(index, row, packet[:kept]) if row.fragment else None)
    return found


def carried_by(packets: list[bytes]) -> dict[int, tuple[int, ...]]:
    return {index: datagram.packets for index, datagram in enumerate(feed(packets)) if datagram}


ORDERS = [
    ("in order", [FIRST, SECOND, LAST], {2: (0, 1, 2)}),
    ("backwards", [LAST, SECOND, FIRST], {2: (0, 1, 2)}),
    ("a piece twice", [FIRST, FIRST, SECOND, LAST], {3: (0, 1, 2, 3)}),
    ("overlapping", [(0, SEGMENT[:64], True), SECOND, LAST], {2: (0, 1, 2)}),
    ("a piece inside another", [FIRST, (8, SEGMENT[8:16], True), SECOND, LAST], {3: (0, 1, 2, 3)}),
    ("a missing piece", [FIRST, LAST], {}),
    ("no last piece", [FIRST, SECOND], {}),
    ("a piece beyond the end", [FIRST, LAST, (160, bytes(48), True), SECOND], {3: (0, 1, 2, 3)}),
    ("two last pieces", [FIRST, LAST, (96, SEGMENT[96:] + bytes(4), False), SECOND], {3: (0, 1, 2, 3)}),
    ("one datagram after another", [FIRST, SECOND, LAST] * 2, {2: (0, 1, 2), 5: (3, 4, 5)}),
    ("a late piece begins a new datagram", [FIRST, SECOND, LAST, SECOND, FIRST, LAST], {2: (0, 1, 2), 5: (3, 4, 5)}),
]


@pytest.mark.parametrize("wrap", [v4, v6])
@pytest.mark.parametrize(("name", "pieces", "expected"), ORDERS, ids=[case[0] for case in ORDERS])
def test_which_packets_make_a_datagram(
    name: str, pieces: list[Piece], expected: dict[int, tuple[int, ...]], wrap: type
) -> None:
    assert carried_by([wrap(piece) for piece in pieces]) == expected


@pytest.mark.parametrize("wrap", [v4, v6])
@pytest.mark.parametrize(("name", "pieces", "expected"), ORDERS, ids=[case[0] for case in ORDERS])
def test_the_segment_is_read_from_the_whole(
    name: str, pieces: list[Piece], expected: dict[int, tuple[int, ...]], wrap: type
) -> None:
    for datagram in filter(None, feed([wrap(piece) for piece in pieces])):
        row = datagram.row
        assert (row.kind, row.sport, row.dport, row.payload_len, row.sized) == (Kind.TCP, SPORT, DPORT, 100, True)
        assert datagram.data[row.payload_off : row.payload_off + row.payload_len] == BODY


def only(packets: list[bytes]) -> Datagram:
    (datagram,) = filter(None, feed(packets))
    return datagram


def test_what_came_first_stays() -> None:
    forged = (48, b"Z" * 48, True)
    assert only([v4(FIRST), v4(SECOND), v4(forged), v4(LAST)]).row.payload_len == 100
    assert BODY in only([v4(FIRST), v4(SECOND), v4(forged), v4(LAST)]).data


def test_the_ipv4_header_fits_the_whole() -> None:
    data = only([v4(FIRST), v4(SECOND), v4(LAST)]).data
    assert data[2:4] == (140).to_bytes(2, "big")
    assert data[6:8] == b"\0\0"
    words = sum(int.from_bytes(data[at : at + 2], "big") for at in range(0, 20, 2))
    assert (words & 0xFFFF) + (words >> 16) == 0xFFFF


def test_the_ipv6_header_fits_the_whole() -> None:
    data = only([v6(FIRST), v6(SECOND), v6(LAST)]).data
    assert (data[4:6], data[6], len(data)) == ((120).to_bytes(2, "big"), 6, 160)


def test_extension_headers_before_the_fragment_header_stay() -> None:
    packets = [
        ethernet(ipv6(b"\x2c\0\x01\x04" + bytes(4) + fragment6(content, offset, more), 0), 0x86DD)
        for offset, content, more in (FIRST, SECOND, LAST)
    ]
    datagram = only(packets)
    assert (datagram.data[6], datagram.data[40]) == (0, 6)
    assert datagram.row.l4_off == 48


def test_a_datagram_longer_than_its_length_field() -> None:
    whole = tcp(bytes(65510))
    assert only([v4((0, whole[:65360], True)), v4((65360, whole[65360:], False))]).row.payload_len == 65510


def test_pieces_of_other_datagrams_do_not_mix() -> None:
    assert carried_by([v4(FIRST), v4(SECOND, ident=8), v4(LAST), v4(SECOND)]) == {3: (0, 2, 3)}


def test_a_piece_that_was_cut_counts_for_nothing() -> None:
    assert feed([v4(FIRST), v4(SECOND), v4(LAST)], kept=70)[2] is None


def test_fragments_of_a_tunnel() -> None:
    outer = ipv4(SEGMENT)
    pieces = [(0, outer[:80], 0x2000), (80, outer[80:], 0)]
    packets = [ethernet(ipv4(content, 4, fragment=offset // 8 | more)) for offset, content, more in pieces]
    datagram = only(packets)
    assert (datagram.row.payload_len, datagram.row.l4_off, datagram.packets) == (100, 40, (0, 1))


def test_fragments_in_a_tunnel() -> None:
    pieces = [ipv4(content, fragment=offset // 8 | more << 13) for offset, content, more in (FIRST, SECOND, LAST)]
    assert carried_by([ethernet(ipv4(piece, 4)) for piece in pieces]) == {2: (0, 1, 2)}


def test_fragments_of_fragments() -> None:
    inner = [ipv4(SEGMENT[:48], fragment=0x2000), ipv4(SEGMENT[48:], fragment=6)]
    packets = []
    for number, piece in enumerate(inner):
        packets.append(ethernet(ipv4(piece[:40], 4, fragment=0x2000, ident=100 + number)))
        packets.append(ethernet(ipv4(piece[40:], 4, fragment=5, ident=100 + number)))
    found = feed(packets)
    assert [datagram and datagram.row.kind for datagram in found] == [None, Kind.FRAGMENT, None, Kind.TCP]
    assert found[3] is not None
    assert (found[3].packets, found[3].row.payload_len) == ((0, 1, 2, 3), 100)


def test_a_compressed_payload_is_a_datagram_of_one_packet() -> None:
    squeeze = zlib.compressobj(wbits=-15)
    packet = ethernet(ipv4(b"\x06\0\0\x02" + squeeze.compress(SEGMENT) + squeeze.flush(), 108))
    datagram = only([packet])
    assert (datagram.packets, datagram.row.kind, datagram.row.payload_len) == ((0,), Kind.TCP, 100)


def test_a_payload_that_is_not_compressed_makes_none() -> None:
    assert feed([ethernet(ipv4(b"\x06\0\0\x02" + b"\xff" * 40, 108))]) == [None]


def test_an_inflated_payload_is_bounded() -> None:
    squeeze = zlib.compressobj(wbits=-15)
    packet = ethernet(ipv4(b"\x06\0\0\x02" + squeeze.compress(SEGMENT + bytes(10_000_000)) + squeeze.flush(), 108))
    assert len(only([packet]).data) <= 20 + fragments.MAX_DATAGRAM


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MAX_WAITING", 20_000)
    oldest = v4(FIRST, ident=1)
    packets = [oldest, *(v4((0, bytes(1400), True), ident=100 + n) for n in range(30))]
    assert carried_by([*packets, v4(SECOND, ident=1), v4(LAST, ident=1)]) == {}


def test_endless_copies_of_one_piece_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MAX_PACKETS", 10)
    assert carried_by([v4(FIRST)] * 11 + [v4(SECOND), v4(LAST)]) == {}


def test_a_piece_past_the_longest_datagram_is_no_piece() -> None:
    assert carried_by([v4(FIRST), v4(SECOND), v4((65528, bytes(80), False)), v4(LAST)]) == {3: (0, 1, 3)}


@given(st.lists(st.integers(1, 14), unique=True), st.randoms(use_true_random=False))
def test_any_cut_in_any_order_gives_the_segment(cuts: list[int], order: object) -> None:
    bounds = [0, *(8 * cut for cut in sorted(cuts)), len(SEGMENT)]
    pieces = [(start, SEGMENT[start:end], end < len(SEGMENT)) for start, end in pairwise(bounds)]
    if len(pieces) < 2:
        return
    order.shuffle(pieces)  # type: ignore[attr-defined]
    datagram = only([v4(piece) for piece in pieces])
    assert datagram.data[20:] == SEGMENT
    assert datagram.packets == tuple(range(len(pieces)))
