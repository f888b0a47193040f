from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.analysis.steps import Fold
from ladderview.ladder.columns import EDGE, LARGEST_SPAN, TIME_SIZE, Columns, columns_of, width_for
from ladderview.ladder.text_width import table_measure
from ladderview.ladder.times import TimeColumn
from tests.ladder import make
from tests.ladder.plans import plan_of

PLAN = make.plan(make.TROUBLE)
TIMES = TimeColumn(PLAN.ts_ns, PLAN.span_ns)


def columns(width: float, **options: bool) -> Columns:
    return columns_of(width, PLAN, TIMES, table_measure, swapped=options.pop("swapped", False), **options)


@given(st.floats(360, 4000))
def test_everything_stands_in_order_within_the_width(width: float) -> None:
    cols = columns(width)
    order = [EDGE, cols.left_link_x, cols.time_x, cols.left_x, cols.right_x, cols.number_x, cols.right_link_x, width]
    assert order == sorted(order)
    assert cols.right_link_x + cols.gutter <= width


@given(st.floats(360, 4000), st.floats(0, 500))
def test_more_width_never_brings_the_lifelines_much_closer(width: float, more: float) -> None:
    # Where a gutter grows to its next size, it takes what it needs from the span, and no more.
    assert columns(width + more).span >= min(columns(width).span, 540.0) - 1


def test_the_ladder_stays_readable_in_one_glance() -> None:
    assert columns(4000).span <= LARGEST_SPAN + 2


def test_a_ladder_without_links_needs_no_gutters() -> None:
    assert columns(1000, links=False).span > columns(1000).span


@given(st.floats(400, 1000))
def test_the_width_for_a_span_gives_that_span(span: float) -> None:
    width = width_for(span, PLAN, TIMES, table_measure)
    assert columns(width, links=False).span == pytest.approx(span, abs=2)


def test_lifelines_change_places() -> None:
    assert columns(900).lifeline_x(0) == columns(900, swapped=True).lifeline_x(1) == columns(900).left_x


def test_timestamps_stand_on_the_arrows_where_there_is_room_for_all() -> None:
    assert not columns(700).timestamps
    assert columns(1600).timestamps


def test_a_fold_has_room_for_its_packet_numbers() -> None:
    for folds, text in (((), "#78"), ((Fold(12, 40),), "#78–#78")):
        plan = plan_of("loss", "segments", folds=folds)
        cols = columns_of(1000, plan, TimeColumn(plan.ts_ns, plan.span_ns), table_measure, swapped=False)
        last = int(plan.last_packet[-1]) + 1
        expected = table_measure(text.replace("78", str(last)), TIME_SIZE, False, True)
        assert cols.right_link_x - cols.number_x - 4 == pytest.approx(expected)


def test_a_fold_does_not_change_which_arrows_have_timestamps() -> None:
    plain, folded = plan_of("https-tls13", "segments"), plan_of("https-tls13", "segments", folds=(Fold(8, 10),))
    assert folded.typical_numbers == plain.typical_numbers
