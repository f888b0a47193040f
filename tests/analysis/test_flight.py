"""The list of unacknowledged segments: the fast way agrees with the obvious one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.analysis.flight import MAX_LATE, MAX_UNACKED, Flight
from ladderview.analysis.sequence import HALF, MASK, is_after

#: Numbers near each other, near the wrap and half the number space away, where signed comparison turns round.
NUMBERS = st.integers(-40, 40).flatmap(lambda near: st.sampled_from([near & MASK, (HALF + near) & MASK]))


class ObviousFlight:
    """What ``Flight`` does, one plain loop over a plain list."""

    def __init__(self) -> None:
        self.unacked: list[list[int]] = []

    def send(self, seq: int, next_seq: int, row: int) -> None:
        self.unacked.append([seq, next_seq, row])

    def acknowledge(self, ack: int) -> int:
        exact = [row for _, next_seq, row in self.unacked if next_seq == ack]
        self.unacked = [entry for entry in self.unacked if is_after(entry[1], ack)]
        for entry in self.unacked:
            if is_after(ack, entry[0]):
                entry[0] = ack
        return min(exact, default=-1)

    def bytes_between(self, base: int) -> int:
        if not self.unacked:
            return -1
        low = min((seq - base) & MASK for seq, _, _ in self.unacked)
        return (max((next_seq - base) & MASK for _, next_seq, _ in self.unacked) - low) & MASK


@settings(max_examples=400)
@given(st.lists(st.one_of(st.tuples(NUMBERS, st.integers(1, 30)), NUMBERS), max_size=40), NUMBERS)
def test_agrees_with_the_obvious_way(moves: list[tuple[int, int] | int], base: int) -> None:
    flight, obvious = Flight(), ObviousFlight()
    for row, move in enumerate(moves):
        if isinstance(move, tuple):
            seq, length = move
            flight.send(seq, (seq + length) & MASK, row)
            obvious.send(seq, (seq + length) & MASK, row)
        else:
            assert flight.acknowledge(move) == obvious.acknowledge(move)
        assert flight.bytes_between(base) == obvious.bytes_between(base)


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=60), st.integers(0, MASK))
def test_agrees_on_ordinary_traffic(moves: list[tuple[int, bool]], isn: int) -> None:
    """Segments in order, now and then one again, and ACKs of something that was sent."""
    flight, obvious = Flight(), ObviousFlight()
    sent = [isn]
    for row, (step, is_ack) in enumerate(moves):
        if is_ack:
            ack = sent[-1 - step % len(sent)]
            assert flight.acknowledge(ack) == obvious.acknowledge(ack)
        else:
            seq = sent[-1] if step else sent[len(sent) // 2]
            next_seq = (seq + step + 1) & MASK
            flight.send(seq, next_seq, row)
            obvious.send(seq, next_seq, row)
            sent.append(next_seq)
        assert flight.bytes_between(isn) == obvious.bytes_between(isn)


def test_stays_small_where_nothing_is_acknowledged() -> None:
    flight = Flight()
    for row in range(2 * MAX_UNACKED):
        flight.send(row, row + 1, row)
        flight.send(0, row + 1, row)
    assert flight.bytes_between(0) == MAX_UNACKED - MAX_LATE
