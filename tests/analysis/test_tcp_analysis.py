"""The numbers of a flow: relative as Wireshark counts them, over the top of 2**32, scaled windows, times."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from ladderview.proto.tcp import TcpOptions
from tests.analysis.conversation import Seg, columns_of, conversation, handshake, textbook
from tests.analysis.moves import conversations


def test_the_textbook_exchange_in_raw_numbers() -> None:
    """Client ISN 69, server ISN 420 ... the four-way close."""
    analysis = textbook()
    segments, tcp = analysis.segments, analysis.tcp
    assert tcp.base_seq == (69, 420)
    raw_next = (segments.seq + tcp.next_seq - tcp.rel_seq).tolist()
    acked_by = [int(segments.ack[row]) if row >= 0 else None for row in tcp.acked_by_row.tolist()]
    rows = list(zip(segments.seq.tolist(), raw_next, acked_by, strict=True))
    assert rows == [
        (69, 70, 70), (420, 421, 421), (70, 70, None),
        (70, 100, 100), (421, 421, None), (100, 105, 105), (421, 421, None),
        (421, 431, 431), (105, 105, None), (431, 436, 436), (105, 105, None),
        (105, 106, 106), (436, 436, None), (436, 437, 437), (106, 106, None),
    ]  # fmt: skip
    assert not tcp.verdicts.any()


def test_the_textbook_exchange_in_relative_numbers() -> None:
    tcp = textbook().tcp
    assert tcp.rel_seq.tolist() == [0, 0, 1, 1, 1, 31, 1, 1, 36, 11, 36, 36, 16, 16, 37]
    assert tcp.rel_ack.tolist() == [0, 1, 1, 1, 31, 1, 36, 36, 11, 36, 16, 16, 37, 37, 17]
    assert tcp.next_seq.tolist() == [1, 1, 1, 31, 1, 36, 1, 11, 36, 16, 36, 37, 16, 17, 37]


def test_a_real_handshake_reads_as_in_wireshark() -> None:
    """A real one: its windows are 64 240, 65 535 and then 502 times 2**7."""
    tcp = conversation(
        Seg("c", "S", 3_000_000_000, window=64240, options=TcpOptions(mss=1460, wscale=7)),
        Seg("s", "SA", 7, 3_000_000_001, window=65535, options=TcpOptions(mss=1440, wscale=8)),
        Seg("c", "A", 3_000_000_001, 8, window=502),
        Seg("s", "A", 8, 3_000_000_001, window=261),
    ).tcp
    assert list(zip(tcp.rel_seq.tolist(), tcp.rel_ack.tolist(), tcp.scaled_window.tolist(), strict=True)) == [
        (0, 0, 64240),
        (0, 1, 65535),
        (1, 1, 64256),
        (1, 1, 66816),
    ]
    assert tcp.wscale == (7, 8)


SCALES: dict[str, tuple[tuple[int | None, int | None], tuple[int, int], tuple[int, int]]] = {
    "both offer": ((2, 3), (2, 3), (4000, 8000)),
    "the client does not": ((None, 3), (-2, -2), (1000, 1000)),
    "the server does not": ((2, None), (-2, -2), (1000, 1000)),
    "neither does": ((None, None), (-2, -2), (1000, 1000)),
    "more than 14 counts as 14": ((15, 255), (14, 14), (1000 << 14, 1000 << 14)),
    "an offer of 0": ((0, 1), (0, 1), (1000, 2000)),
}


@pytest.mark.parametrize("name", SCALES)
def test_window_scale(name: str) -> None:
    (client, server), agreed, windows = SCALES[name]
    tcp = conversation(
        Seg("c", "S", 1000, window=1000, options=TcpOptions(wscale=client)),
        Seg("s", "SA", 5000, 1001, window=1000, options=TcpOptions(wscale=server)),
        Seg("c", "A", 1001, 5001, window=1000),
        Seg("s", "A", 5001, 1001, window=1000),
    ).tcp
    assert tcp.wscale == agreed
    assert tcp.scaled_window.tolist() == [1000, 1000, *windows]


def test_a_window_of_unknown_scale_counts_as_it_stands() -> None:
    tcp = conversation(Seg("c", "A", 1001, 5001, window=1000), Seg("s", "A", 5001, 1001, window=9)).tcp
    assert tcp.wscale == (-1, -1)
    assert tcp.scaled_window.tolist() == [1000, 9]


#: name -> (segments, base_seq, rel_seq, rel_ack).
BASES: dict[str, tuple[tuple[Seg, ...], tuple[int | None, int | None], list[int], list[int]]] = {
    "begins late: the first number is 1": (
        (Seg("c", "A", 1000, 5000, 10), Seg("s", "A", 5000, 1010)), (999, 4999), [1, 1], [1, 11],
    ),
    "the other end's base is told by an ACK": (
        (Seg("c", "A", 1000, 5000), Seg("s", "A", 5300, 1000, 5)), (999, 4999), [1, 301], [1, 1],
    ),
    "without ACK the number stands as it is": (
        (Seg("c", "S", 1000, 77), Seg("c", "R", 1001, 88)), (1000, None), [0, 1], [77, 88],
    ),
    "a SYN,ACK may change its base": (
        (*handshake(), Seg("s", "SA", 7000, 1001), Seg("c", "A", 1001, 7001)),
        (1000, 7000), [0, 0, 1, 0, 1], [0, 1, 1, 1, 1],
    ),
    "over the top": (
        (Seg("c", "S", 2**32 - 2), Seg("s", "SA", 2**32 - 1, 2**32 - 1), Seg("c", "A", 2**32 - 1, 0, 5),
         Seg("s", "A", 0, 4)),
        (2**32 - 2, 2**32 - 1), [0, 0, 1, 1], [0, 1, 1, 6],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BASES)
def test_relative_numbers(name: str) -> None:
    segments, base_seq, rel_seq, rel_ack = BASES[name]
    tcp = conversation(*segments).tcp
    assert tcp.base_seq == base_seq
    assert tcp.rel_seq.tolist() == rel_seq
    assert tcp.rel_ack.tolist() == rel_ack


def test_initial_rtt_is_known_from_the_ack_of_the_handshake_on() -> None:
    tcp = conversation(
        Seg("c", "S", 1000, ms=0),
        Seg("c", "S", 1000, ms=1000),
        Seg("s", "SA", 5000, 1001, ms=1030),
        Seg("c", "A", 1001, 5001, ms=1031),
    ).tcp
    assert (tcp.initial_rtt_ns, tcp.initial_rtt_row) == (31_000_000, 3)


def test_initial_rtt_is_not_known_without_a_syn() -> None:
    tcp = conversation(Seg("c", "A", 1001, 5001, 5), Seg("s", "A", 5001, 1006)).tcp
    assert (tcp.initial_rtt_ns, tcp.initial_rtt_row) == (-1, -1)


def test_a_flow_of_one_segment() -> None:
    tcp = conversation(Seg("s", "", 5)).tcp
    assert tcp.rel_seq.tolist() == [1]
    assert tcp.base_seq == (None, 4)


@given(conversations())
def test_columns_fit_together(talk: list[Seg]) -> None:
    analysis = conversation(*talk)
    tcp, segments = analysis.tcp, columns_of(*talk)
    for name in tcp.__slots__:
        column = getattr(tcp, name)
        if isinstance(column, np.ndarray):
            assert len(column) == len(talk), name
    assert ((tcp.rel_seq >= 0) & (tcp.rel_seq < 2**32)).all()
    assert ((tcp.rel_ack >= 0) & (tcp.rel_ack < 2**32)).all()
    answers = tcp.acks_row >= 0
    times = segments.ts_ns[answers] - segments.ts_ns[tcp.acks_row[answers]]
    assert tcp.ack_rtt_ns[answers].tolist() == times.tolist()
