"""Following a flow: the quick way through plain segments gives what stepping through every one gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from ladderview.analysis import tcp_follow
from ladderview.analysis.segments import Segments
from ladderview.analysis.tcp_follow import Changes, follow
from ladderview.analysis.tcp_rules import NOTED, Segment
from ladderview.analysis.tcp_walk import Walk
from ladderview.proto.tcp import TcpOptions
from tests.analysis.conversation import Seg, columns_of, conversation, handshake
from tests.analysis.moves import conversations


def stepped_verdicts(segments: Segments) -> list[int]:
    walk = Walk(segments.options, reused_ports=False)
    names = ("ts_ns", "seq", "ack", "payload_len", "window", "flags")
    rows = zip(range(len(segments)), *(getattr(segments, name).tolist() for name in names), strict=True)
    return [
        walk.step(Segment(*row), direction) & ~NOTED
        for row, direction in zip(rows, segments.direction.tolist(), strict=True)
    ]


@given(conversations())
def test_the_quick_way_is_the_long_way(talk: list[Seg]) -> None:
    segments = columns_of(*talk)
    assert follow(segments, reused_ports=False).verdicts.tolist() == stepped_verdicts(segments)


@given(conversations())
def test_chunks_do_not_show(talk: list[Seg]) -> None:
    segments = columns_of(*talk)
    whole = follow(segments, reused_ports=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tcp_follow, "CHUNK_ROWS", 3)
        parts = follow(segments, reused_ports=True)
    for name in ("verdicts", "bytes_in_flight", "acks_row", "duplicate_ack_of", "duplicate_ack_num", "noted"):
        assert getattr(whole, name).tolist() == getattr(parts, name).tolist(), name


def test_bytes_in_flight_grow_with_data_and_shrink_with_acks() -> None:
    tcp = conversation(
        *handshake(),
        Seg("c", "PA", 1001, 5001, 100),
        Seg("c", "PA", 1101, 5001, 50),
        Seg("s", "A", 5001, 1101),
        Seg("c", "FPA", 1151, 5001, 10),
    ).tcp
    assert tcp.bytes_in_flight.tolist() == [-1, -1, -1, 100, 150, -1, 60]


def test_bytes_in_flight_are_not_said_behind_a_hole_until_the_next_ack() -> None:
    tcp = conversation(
        *handshake(),
        Seg("c", "A", 1101, 5001, 100),
        Seg("c", "A", 1201, 5001, 100),
        Seg("s", "A", 5001, 1001),
        Seg("c", "A", 1301, 5001, 100),
    ).tcp
    assert tcp.bytes_in_flight.tolist() == [-1, -1, -1, -1, -1, -1, 300]


@pytest.mark.parametrize("known_header", [True, False])
def test_what_was_acknowledged_selectively_is_not_in_flight(known_header: bool) -> None:
    sack = TcpOptions(sack=((1101, 1151), (1161, 1171), (1181, 1191), (1195, 1196)))
    segments = columns_of(
        *handshake(),
        Seg("c", "A", 1001, 5001, 200),
        Seg("s", "A", 5001, 1001, options=sack),
        Seg("c", "A", 1201, 5001, 9),
    )
    if known_header:
        lengths = np.array([20, 20, 20, 20, 56, 20], np.uint8)
        segments = replace(segments, header_len=lengths)
    # Wireshark looks at three blocks.
    assert follow(segments, reused_ports=False).bytes_in_flight.tolist()[-1] == 209 - 70


def test_options_are_asked_for_only_where_there_is_room_for_sack() -> None:
    asked: list[int] = []
    segments = columns_of(*handshake(), *(Seg("sc"[row % 2], "A", 5001, 1001, 1) for row in range(6)))

    def options(row: int) -> TcpOptions:
        asked.append(row)
        return TcpOptions(tsval=1)

    follow(replace(segments, options=options, header_len=np.full(9, 32, np.uint8)), reused_ports=False)
    assert set(asked) == {0, 1}


@pytest.mark.parametrize(
    ("rows", "values", "column"), [([], [], [0, 0, 0]), ([0], [7], [7, 7, 7]), ([0, 2], [7, 9], [7, 7, 9])]
)
def test_values_that_change(rows: list[int], values: list[int], column: list[int]) -> None:
    changes = Changes([], [])
    for row, value in zip(rows, values, strict=True):
        changes.set(row, value)
        changes.set(row + 1, value)
    assert changes.column(np.arange(3)).tolist() == column
