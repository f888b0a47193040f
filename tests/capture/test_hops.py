"""Chains of records: a run says what a walk would have found, or nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ladderview.capture.hops import Foresight

MARKER = b"\xab\xcd"


def window(lengths: list[int], filling: bytes = b"\0") -> bytearray:
    """Records: the marker, a length of two bytes, filling."""
    return bytearray(b"".join(MARKER + n.to_bytes(2, "little") + (filling * n)[: n - 4] for n in lengths))


def lengths_in(data: bytearray) -> object:
    def lengths(at: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.array([int.from_bytes(data[i + 2 : i + 4], "little") for i in at.tolist()], np.int64)

    return lengths


def walked(data: bytearray, foresight: Foresight) -> tuple[list[int], int]:
    """The records of a window, runs taken where they are met, and how many came in runs."""
    end = len(data) - 3
    runs = foresight.runs(data, end, lengths_in(data))  # type: ignore[arg-type]
    starts: list[int] = []
    at = in_runs = 0
    while at < end:
        if at in runs:
            starts += runs[at].starts.tolist()
            in_runs += len(runs[at].starts)
            at = runs[at].end
        else:
            starts.append(at)
            at += int.from_bytes(data[at + 2 : at + 4], "little")
    foresight.learn(len(starts), at)
    return starts, in_runs


def expected(lengths: list[int]) -> list[int]:
    return [0, *np.cumsum(lengths).tolist()[:-1]]


def foreseeing() -> Foresight:
    foresight = Foresight(slice(0, 2))
    foresight.learn(10, 400)
    return foresight


def test_most_records_come_in_runs() -> None:
    lengths = np.random.default_rng(1).integers(4, 80, 20_000).tolist()
    starts, in_runs = walked(window(lengths), foreseeing())
    assert starts == expected(lengths)
    assert in_runs > 0.9 * len(lengths)


def test_markers_within_records_do_no_harm() -> None:
    lengths = np.random.default_rng(2).integers(4, 80, 20_000).tolist()
    starts, _ = walked(window(lengths, filling=MARKER + b"\x09\0\0"), foreseeing())
    assert starts == expected(lengths)


def test_guessing_ends_when_it_does_not_pay() -> None:
    foresight = foreseeing()
    lengths = np.random.default_rng(4).integers(60, 90, 5000).tolist()
    data = window(lengths, filling=MARKER + b"\x07\0\0\0")
    for _ in range(5):
        starts, in_runs = walked(data, foresight)
        assert starts == expected(lengths)
    assert in_runs == 0


def test_nothing_is_foreseen_before_a_window_was_walked() -> None:
    assert walked(window([40] * 5000), Foresight(slice(0, 2)))[1] == 0


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([4, 5, 6, 40, 300]), min_size=600, max_size=1500), st.binary(min_size=1, max_size=6))
def test_whatever_the_records_hold(lengths: list[int], filling: bytes) -> None:
    foresight = Foresight(slice(0, 2))
    foresight.learn(1, 12)
    assert walked(window(lengths, filling), foresight)[0] == expected(lengths)


@pytest.mark.parametrize("stuck", [0, 1, 777, 1999])
def test_a_chain_stops_at_what_is_no_record(stuck: int) -> None:
    data = window([40] * 2000)
    data[stuck * 40 + 2 : stuck * 40 + 4] = bytes(2)
    runs = foreseeing().runs(data, len(data) - 3, lengths_in(data))  # type: ignore[arg-type]
    found = np.sort(np.concatenate([run.starts for run in runs.values()]))
    assert stuck * 40 not in found
    assert all(run.end <= stuck * 40 or run.starts[0] > stuck * 40 for run in runs.values())
