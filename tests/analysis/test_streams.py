from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.fields import Span
from tests.analysis.sent import PIECES, SYN, Piece, Sent, built, c, of_client, s

CASES = {
    "in order": ([SYN, c(100, b"ab"), c(102, b"cd")], b"abcd", []),
    "nothing": ([SYN], b"", []),
    "retransmission": ([SYN, c(100, b"ab"), c(100, b"XX"), c(102, b"cd")], b"abcd", []),
    "out of order": ([SYN, c(102, b"cd"), c(100, b"ab")], b"abcd", []),
    "overlap, first copy wins": ([SYN, c(100, b"abc"), c(101, b"XYZ")], b"abcZ", []),
    "overlap over a hole": ([SYN, c(100, b"a"), c(103, b"d"), c(99, b"ABCDE")], b"aCDd", []),
    "gap": ([SYN, c(100, b"ab"), c(105, b"fg")], b"abfg", [(2, 5)]),
    "gap at the beginning": ([SYN, c(103, b"de")], b"de", [(0, 3)]),
    "hole filled in two halves": ([SYN, c(104, b"e"), c(100, b"ab"), c(102, b"cd")], b"abcde", []),
    "hole filled in its middle": ([SYN, c(105, b"f"), c(102, b"c")], b"cf", [(0, 2), (3, 5)]),
    "data in the SYN": ([c(99, b"ab", "S"), c(102, b"cd")], b"abcd", []),
    "wrap-around": ([c(2**32 - 2, flags="S"), c(2**32 - 1, b"ab"), c(1, b"cd")], b"abcd", []),
    "before the SYN's number": ([SYN, c(98, b"XXab"), c(102, b"c")], b"abc", []),
    "capture begins late": ([c(500, b"ab"), c(502, b"cd")], b"abcd", []),
    "begins late and out of order": ([c(502, b"cd"), c(500, b"ab")], b"abcd", []),
    "begins late, old bytes after their ACK": ([c(502, b"cd"), s(1, ack=504), c(500, b"ab")], b"cd", []),
    "begins with a keep-alive": ([s(1, ack=500), c(499, b"\0"), c(500, b"ab")], b"ab", []),
    "keep-alive in the middle": ([SYN, c(100, b"ab"), c(101, b"\0"), c(102, b"c")], b"abc", []),
    "cut at the end": ([SYN, c(100, b"abcd", held=2)], b"ab", [(2, 4)]),
    "nothing but a FIN far on": ([SYN, c(110, flags="FA")], b"", [(0, 10)]),
    "a FIN behind what is missing": ([SYN, c(100, b"ab"), c(105, flags="FA")], b"ab", [(2, 5)]),
    "cut by the snap length": ([SYN, c(100, b"abcd", held=2), c(104, b"ef")], b"abef", [(2, 4)]),
    "a cut copy, then a whole one": ([SYN, c(100, b"abcd", held=2), c(100, b"XXcd")], b"abcd", []),
    "reason in a reset": ([SYN, c(100, b"ab"), c(102, b"refused", "R")], b"ab", []),
}


@pytest.mark.parametrize(("sent", "data", "gaps"), CASES.values(), ids=CASES)
def test_bytes_and_gaps(sent: list[Sent], data: bytes, gaps: list[tuple[int, int]]) -> None:
    stream = of_client(*sent)
    assert stream.read(0, len(stream)) == data
    assert list(zip(stream.gap_start.tolist(), stream.gap_end.tolist(), strict=True)) == gaps


def test_a_gap_says_whether_a_captured_segment_had_its_bytes() -> None:
    stream = of_client(SYN, c(100, b"abcd", held=2), c(104, b"e"), c(107, b"h"))
    assert stream.gap_cut.tolist() == [True, False]


def test_a_stream_of_more_than_four_gigabytes_does_not_wrap() -> None:
    size = 1 << 30
    sent = [c(99, flags="S"), *(c(100 + n * size, b"x") for n in range(9)), c(101 + 8 * size, b"", "FA")]
    stream = of_client(*sent)
    assert stream.piece_start.tolist() == [n * size for n in range(9)]
    assert (stream.fin, stream.fin_row) == (8 * size + 1, 10)


@pytest.mark.parametrize(
    ("span", "rows"),
    [((0, 2), [1]), ((1, 3), [1, 3]), ((0, 6), [1, 2, 3]), ((4, 5), [2]), ((2, 2), []), ((9, 12), [])],
)
def test_packets_for(span: tuple[int, int], rows: list[int]) -> None:
    stream = of_client(SYN, c(100, b"ab"), c(104, b"ef"), c(102, b"cd"))
    assert stream.packets_for(Span(*span)).tolist() == rows


def test_missing_counts_what_the_capture_does_not_have() -> None:
    stream = of_client(SYN, c(100, b"ab"), c(105, b"fg"))
    assert [stream.missing(Span(*span)) for span in ((0, 2), (1, 6), (2, 4), (0, 20))] == [0, 3, 2, 16]


TWO_FINS = [SYN, c(100, b"ab", "FA"), c(100, b"ab", "FA")]


@pytest.mark.parametrize(("sent", "fin"), [([SYN], (-1, -1)), (TWO_FINS, (2, 1))])
def test_fin(sent: list[Sent], fin: tuple[int, int]) -> None:
    stream = of_client(*sent)
    assert (stream.fin, stream.fin_row) == fin


# -- against a byte array that is filled byte by byte -----------------------------------------------------------------


@given(PIECES, st.sampled_from([0, 99, 2**31 - 30, 2**32 - 30]))
def test_against_a_receiver_that_fills_a_byte_array(pieces: list[Piece], isn: int) -> None:
    both, model = built(pieces, isn)
    for stream, bytes_of in zip(both, model, strict=True):
        ends = [piece[0] + piece[1] for piece in pieces if (piece[3] == "s") == bool(stream.direction)]
        length = max(ends, default=0)
        assert len(stream) == length
        assert stream.read(0, length) == bytes(bytes_of[at][0] for at in sorted(bytes_of))
        gaps = {at for start, end in zip(stream.gap_start, stream.gap_end, strict=True) for at in range(start, end)}
        assert gaps == set(range(length)) - set(bytes_of)
        for at, (_, row) in bytes_of.items():
            assert stream.packets_for(Span(at, at + 1)).tolist() == [row]
