from __future__ import annotations

import time

import numpy as np
import pytest

from ladderview.ladder.times import TimeColumn, TimeReference, _local_offset

START = 1_700_000_000_123_456_789  # 2023-11-14 22:13:20 UTC
US, MS, S = 1_000, 1_000_000, 1_000_000_000


def column(offsets_ns: list[int], reference: TimeReference = "flow", selected: int = -1) -> TimeColumn:
    ts_ns = START + np.array(offsets_ns, np.int64)
    return TimeColumn(ts_ns, int(np.ptp(ts_ns)), reference, selected)


def texts(offsets_ns: list[int], reference: TimeReference = "flow", selected: int = -1) -> list[str]:
    return [column(offsets_ns, reference, selected).text(row) for row in range(len(offsets_ns))]


@pytest.mark.parametrize(
    ("offsets_ns", "expected"),
    [
        ([0, 1_500, 900_000], ["0.0 µs", "1.5 µs", "900.0 µs"]),
        ([0, 43 * US, 31 * MS], ["0.000 ms", "0.043 ms", "31.000 ms"]),
        ([0, 812_400 * US, 2_994 * MS], ["0.0 ms", "812.4 ms", "2 994.0 ms"]),
        ([0, 1_500 * MS, 7_200 * S], ["0.000 s", "1.500 s", "7 200.000 s"]),
    ],
)
def test_one_form_for_all_rows_of_a_flow(offsets_ns: list[int], expected: list[str]) -> None:
    assert texts(offsets_ns) == expected


def test_since_the_arrow_before() -> None:
    assert texts([0, 43 * US, 43 * US, 1_843_043 * US, 43 * US], "previous") == [
        "0", "+43 µs", "+0 µs", "+1.8 s", "−1.8 s",
    ]  # fmt: skip


def test_since_the_selected_arrow() -> None:
    assert texts([0, 200 * MS, 500 * MS], "selected", 1) == ["−200.0 ms", "0.0 ms", "+300.0 ms"]


def test_time_of_day() -> None:
    assert texts([0, 1 * S], "absolute") == ["22:13:20.123456", "22:13:21.123456"]


def test_time_of_day_before_the_epoch() -> None:
    assert TimeColumn(np.array([-1], np.int64), 0, "absolute").text(0) == "23:59:59.999999"


def test_time_before_the_first_packet() -> None:
    assert texts([0, -2 * MS, 300 * MS])[1] == "−2.0 ms"


@pytest.mark.parametrize("reference", ["flow", "previous", "selected", "absolute", "local"])
def test_no_time_is_wider_than_the_widest(reference: TimeReference) -> None:
    offsets = [0, 1, 17 * US, 999_999, 12 * MS, 700 * MS, 45 * S, 20 * 60 * S]
    times = column(offsets, reference, 3)
    assert max(len(times.text(row)) for row in range(len(offsets))) <= len(times.widest) + 1


def test_the_clock_of_this_time_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    _local_offset.cache_clear()
    try:
        assert TimeColumn(np.array([1_700_000_000 * S], np.int64), 0, "local").text(0) == "03:43:20.000000"
        assert TimeColumn(np.array([2**62], np.int64), 0, "local").text(0)  # far away, but no error
    finally:
        monkeypatch.undo()
        time.tzset()
        _local_offset.cache_clear()
