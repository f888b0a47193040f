"""The growing table: what is put in comes out, and little more is ever held."""

from __future__ import annotations

import numpy as np

from ladderview.capture.table import COLUMN_TYPES, GrowingTable, PacketTable


def test_a_row_has_52_bytes() -> None:
    assert sum(np.dtype(dtype).itemsize for dtype in COLUMN_TYPES.values()) == 52


def test_blocks_become_columns() -> None:
    table = GrowingTable()
    table.extend(2, 0.5, seq=np.array([1, 2]), kind=7)
    table.extend(0, 0.5)
    table.extend(1, 1.0, seq=np.array([3]))
    finished = table.finish()
    assert isinstance(finished, PacketTable)
    assert len(finished) == 3
    assert (finished.seq.tolist(), finished.kind.tolist(), finished.ts_ns.tolist()) == ([1, 2, 3], [7, 7, 0], [0, 0, 0])
    assert {name: getattr(finished, name).dtype for name in COLUMN_TYPES} == {
        name: np.dtype(dtype) for name, dtype in COLUMN_TYPES.items()
    }


def test_the_room_follows_the_share_that_was_read() -> None:
    table = GrowingTable()
    for block in range(1, 101):
        table.extend(10_000, block / 100, seq=np.zeros(10_000, np.uint32))
        assert table._room <= 1_030_000
    assert len(table.finish()) == 1_000_000


def test_a_wrong_share_costs_at_most_twice_the_rows() -> None:
    table = GrowingTable()
    table.extend(100_000, 1e-9, seq=np.zeros(100_000, np.uint32))
    assert table._room <= 200_000
