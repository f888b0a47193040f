from __future__ import annotations

import pytest

from ladderview.analysis.sends import sends_of
from tests.analysis.conversation import Seg, conversation, handshake

OPENED = handshake(shift=None)
FIRST = Seg("s", "PA", 5001, 1001, 100, 100.0)


def sends(*segments: Seg) -> tuple[list[int], list[int]]:
    """Behind a handshake (rows 0 to 2)."""
    return sends_of(conversation(*OPENED, *segments))


def ack(number: int, ms: float, window: int = 502) -> Seg:
    return Seg("c", "A", 1001, number, 0, ms, window)


def more(ms: float, seq: int = 5101, flags: str = "PA") -> Seg:
    return Seg("s", flags, seq, 1001, 100, ms)


def test_something_new_begins_after_a_pause() -> None:
    assert sends(FIRST, ack(5101, 110.0), more(5000.0)) == ([], [5])


def test_what_follows_at_once_goes_on() -> None:
    assert sends(FIRST, ack(5101, 110.0), more(130.0)) == ([], [])


def test_a_write_that_is_not_over_goes_on_after_a_pause() -> None:
    assert sends(Seg("s", "A", 5001, 1001, 100, 100.0), ack(5101, 110.0), more(5000.0)) == ([], [])


def test_a_sender_that_waited_for_an_ack_goes_on() -> None:
    assert sends(FIRST, ack(5101, 400.0), more(410.0)) == ([], [])


def test_a_sender_that_waited_for_a_window_goes_on() -> None:
    held = (FIRST, ack(5101, 110.0, 0), ack(5101, 3000.0), more(5000.0))
    assert sends(*held) == ([], [])


def test_a_segment_that_is_sent_again_is_nothing_new() -> None:
    assert sends(FIRST, Seg("s", "PA", 5001, 1001, 100, 900.0)) == ([], [])


def test_a_sender_that_had_to_repeat_goes_on() -> None:
    again = Seg("s", "PA", 5001, 1001, 100, 400.0)
    assert sends(FIRST, again, ack(5101, 410.0), more(5000.0)) == ([], [])


def test_bytes_that_are_missing_before_it_leave_it_open() -> None:
    assert sends(FIRST, ack(5101, 110.0), more(5000.0, seq=5301)) == ([], [])


@pytest.mark.parametrize(("rtt_ms", "begins"), [(20.0, [5]), (600.0, [])])
def test_a_long_path_makes_long_pauses(rtt_ms: float, begins: list[int]) -> None:
    opened = (
        Seg("c", "S", 1000, ms=0.0),
        Seg("s", "SA", 5000, 1001, ms=rtt_ms),
        Seg("c", "A", 1001, 5001, ms=rtt_ms),
    )
    told = conversation(*opened, FIRST, ack(5101, 1000.0), more(1700.0))
    assert sends_of(told)[1] == begins


def test_a_flow_of_nothing_has_none() -> None:
    assert sends_of(conversation()) == ([], [])
