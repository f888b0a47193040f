from __future__ import annotations

from itertools import islice

import pytest

from ladderview.proto.tls_sequence import missed_records

RECORD = 5 + 16 + 100


@pytest.mark.parametrize(
    ("lost", "failed", "first"),
    [
        (0, 0, 0),
        (0, 3, 3),
        (RECORD, 0, 1),
        (7 * RECORD, 0, 7),
        (7 * RECORD, 2, 9),
        (10_000_000 * RECORD, 0, 10_000_000),
    ],
)
def test_the_likeliest_number_comes_first(lost: int, failed: int, first: int) -> None:
    assert next(missed_records(lost, failed, RECORD, 16)) == first


@pytest.mark.parametrize(("lost", "failed"), [(0, 0), (0, 9), (100, 0), (50_000, 3), (1 << 30, 0), (1 << 50, 7)])
def test_numbers_are_few_and_come_once(lost: int, failed: int) -> None:
    numbers = list(islice(missed_records(lost, failed, RECORD, 16), 5000))
    assert len(set(numbers)) == len(numbers) < 1200
    assert min(numbers) >= 0


@pytest.mark.parametrize("sizes", [[40, 40, 40], [16_400], [16_400, 30, 16_400], [22] * 50])
def test_records_of_any_sizes_are_among_them(sizes: list[int]) -> None:
    assert len(sizes) in set(missed_records(sum(sizes), 0, RECORD, 16))


def test_a_failing_record_may_have_been_none() -> None:
    assert 0 in set(missed_records(0, 100, RECORD, 16))
