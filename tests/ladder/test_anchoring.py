"""Does everything stay at its packet, message or time, whatever of the flow is shown, and how?"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.analysis.steps import LEVELS, Fold, Level, StepKind
from ladderview.analysis.swapped import swapped
from ladderview.capture.capture import open_capture
from ladderview.ladder.anchoring import (
    OVER_ARROW_PX,
    UNDER_ARROW_PX,
    anchor_at,
    anchor_between,
    anchor_of,
    clock_of,
    flow_under,
    height_of,
    is_timed,
    nearest_of_flow,
    row_of,
)
from ladderview.ladder.annotation_rows import ON_ROWS, placements_of
from ladderview.ladder.annotations import RULES, AnchorPoint, Annotation, Annotations, Kind, earlier_first
from ladderview.ladder.axis import AXIS_MODES, AxisMode
from ladderview.ladder.layout import lay_out
from ladderview.ladder.plan import LadderPlan, plan_reading
from ladderview.ladder.several import plan_several
from ladderview.ladder.shapes import Arrow
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from ladderview.resources import resource_path
from tests.ladder.plans import SAMPLES, plan_of
from tests.ladder.test_several import CHAIN


@cache
def ladder(sample: str, level: Level, axis: AxisMode, turned: bool) -> LadderPlan:
    """A ladder with its sides as they were, or swapped as a person swaps them."""
    return plan_reading(turned_reading(sample), None, level, axis) if turned else plan_of(sample, level, axis)


@cache
def turned_reading(sample: str) -> FlowReading:
    capture = open_capture(resource_path("samples", f"{sample}.pcapng"))
    return read_flow(capture, swapped(analyse_flow(capture, 0)), keys_of(capture, [], []))


def covers(plan: LadderPlan, row: int, segment: int) -> bool:
    """Whether a row stands for a segment, or for a message that was whole with it."""
    steps, own = plan.sources[0].steps, int(plan.own[row])
    return int(steps.home[segment]) == own or int(steps.row[own]) == segment


views = st.tuples(st.sampled_from(LEVELS), st.sampled_from(AXIS_MODES), st.booleans())


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from((*SAMPLES, "http2")), views, st.sampled_from(sorted(ON_ROWS)))
def test_each_stays_at_its_packet_or_time_in_every_view(data: st.DataObject, sample: str, view, kind: Kind) -> None:  # type: ignore[no-untyped-def]
    made_in, shown_in = ladder(sample, *view), ladder(sample, *data.draw(views))
    anchors = []
    for _ in range(RULES[kind].anchors):
        row = data.draw(st.integers(0, len(made_in) - 1))
        anchor = anchor_of(made_in, row)
        if data.draw(st.booleans()):
            anchor = anchor_between(made_in, row, data.draw(st.floats(0.05, 0.95)), anchor.flow) or anchor
        anchors.append(anchor)
    one = Annotation("one", kind, earlier_first(anchors), text="x")
    (it,) = placements_of(shown_in, Annotations((one,))).all
    y, clock, segments = shown_in.axis.y, clock_of(shown_in), shown_in.segments
    assert it.first_y <= it.last_y
    heights = []
    for number, anchor in enumerate(one.anchors):
        begins = number == 0 and kind in (Kind.NOTE, Kind.HIGHLIGHT, Kind.DIM)
        row = row_of(shown_in, anchor, begins=begins)
        height = height_of(shown_in, anchor, row)
        heights.append(height)
        if anchor.packet >= 0:
            assert height == y[row]
            segment = int(segments.packet.searchsorted(anchor.packet))
            of_message = begins and anchor.message >= 0 and shown_in.kind[row] == StepKind.SEGMENT
            assert of_message or covers(shown_in, row, segment)
        else:
            assert clock[row] <= anchor.ts_ns or row == 0
            assert row + 1 == len(shown_in) or anchor.ts_ns < clock[row + 1]
            assert y[row] <= height <= (y[row + 1] if row + 1 < len(y) else y[row])
    assert (min(heights), max(heights)) == (it.first_y, it.last_y)


@pytest.mark.parametrize("sample", [*SAMPLES, "http2"])
@pytest.mark.parametrize("level", LEVELS)
def test_at_its_own_level_an_arrow_is_found_again(sample: str, level: Level) -> None:
    plan = plan_of(sample, level)
    for row in range(len(plan)):
        if plan.kind[row] != StepKind.PHASE:  # idle phases have no packet of their own
            assert row_of(plan, anchor_of(plan, row)) == row


def test_a_note_on_a_message_stands_at_its_first_segment() -> None:
    messages, segments = plan_of("http", "messages"), plan_of("http", "segments")
    steps = messages.sources[0].steps
    row = next(row for row in range(len(messages)) if messages.kind[row] == StepKind.FLIGHT and steps.count[row] > 3)
    anchor = anchor_of(messages, row)
    assert anchor.message == 0
    assert row_of(segments, anchor, begins=True) == int(steps.first[row]) < row_of(segments, anchor)
    unfolded = plan_of("http", "messages", unfolded=frozenset({steps.key_of(row)}))
    first = row_of(unfolded, anchor, begins=True)
    assert (unfolded.kind[first], unfolded.segment_of(first)) == (StepKind.SEGMENT, (0, int(steps.first[row])))
    phases = plan_of("http", "phases")
    phase = row_of(phases, anchor, begins=True)
    assert phases.first_packet[phase] <= anchor.packet <= phases.last_packet[phase]


def test_messages_that_were_whole_together_stay_apart() -> None:
    plan = plan_of("http2", "messages")
    together = [row for row in range(1, len(plan)) if plan.segment_of(row) == plan.segment_of(row - 1)]
    assert together
    assert [anchor_of(plan, row).message > 0 for row in together] == [True] * len(together)


def test_an_anchor_on_a_folded_range_is_at_the_fold() -> None:
    folded = plan_of("https-tls13", "messages", folds=(Fold(0, 6),))
    whole = plan_of("https-tls13", "segments")
    assert {row_of(folded, anchor_of(whole, row)) for row in range(7)} == {row_of(folded, anchor_of(whole, 0))}


def test_before_the_flow_is_read_a_message_is_its_packet() -> None:
    plan = plan_of("https-tls13", "messages")
    bare = replace(plan_of("https-tls13", "segments"), sources=(replace(plan.sources[0], reading=None),))
    anchor = anchor_of(plan, next(row for row in range(len(plan)) if plan.kind[row] == StepKind.FLIGHT))
    assert anchor.message >= 0
    assert row_of(bare, anchor) == bare.step_of_segment(int(plan.segments.packet.searchsorted(anchor.packet)))


# -- pointing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", AXIS_MODES)
@pytest.mark.parametrize("level", LEVELS)
def test_what_is_pointed_at_is_where_it_is_drawn(level: Level, axis: AxisMode) -> None:
    plan, zoom = plan_of("http", level, axis), 80.0
    seen = set()
    for px in range(0, int(plan.axis.height * zoom) + 60, 3):
        y = px / zoom
        anchor = anchor_at(plan, y, zoom, plan.axis.nearest_row(y))
        row = row_of(plan, anchor)
        seen.add(is_timed(plan, anchor))
        if is_timed(plan, anchor):
            assert height_of(plan, anchor, row) == pytest.approx(y, abs=0.02)
        else:
            assert row == row_of(plan, anchor_of(plan, plan.axis.nearest_row(y)))
    assert seen == {True, False}


def test_an_arrow_and_its_label_mean_the_arrow() -> None:
    plan, zoom = plan_of("http", "segments"), 60.0
    for px, timed in ((-OVER_ARROW_PX + 1, False), (UNDER_ARROW_PX - 1, False), (UNDER_ARROW_PX + 2, True)):
        y = plan.axis.y_of(3) + px / zoom
        assert is_timed(plan, anchor_at(plan, y, zoom, 3)) is timed
        assert not is_timed(plan, anchor_at(plan, y, zoom, 3, timed=False))


def test_above_and_below_the_flow_are_its_ends() -> None:
    plan = plan_of("http", "segments", "time")
    for y, row in ((-5.0, 0), (plan.axis.height + 5, len(plan) - 1)):
        assert anchor_at(plan, y, 40.0, plan.axis.nearest_row(y)) == anchor_of(plan, row)


def test_where_no_time_passes_there_is_none() -> None:
    plan = plan_of("http", "segments")
    plan = replace(plan, ts_ns=plan.ts_ns * 0 + 5)
    assert anchor_between(plan, 2, 0.5, plan.flow.id) is None
    assert not is_timed(plan, anchor_at(plan, 2.5, 60.0, 2))


# -- several flows ----------------------------------------------------------------------------------------------------


def chain() -> LadderPlan:
    first, second = CHAIN
    other = replace(second.sources[0], flow=replace(second.flow, id=4))
    return plan_several([first, replace(second, sources=(other,))])


def test_the_flow_of_the_arrow_under_the_pointer_is_meant() -> None:
    plan = chain()
    viewport = Viewport(1400, 900, -2.0, 40.0)
    shapes = lay_out(plan, viewport, Marks()).shapes
    arrows = [shape for shape in shapes if isinstance(shape, Arrow) and shape.ref and shape.ref.kind == "packet"]
    assert len(arrows) > 10
    for arrow in arrows:
        x, y = (arrow.x1 + arrow.x2) / 2, arrow.y2
        assert arrow.ref is not None
        flow = plan.sources[int(plan.source[arrow.ref.row])].flow.id
        assert flow_under(shapes, plan, x, y) == flow
        near = y + 25.0  # over another flow's arrow, but not between its lifelines
        assert flow_under(shapes, plan, x, near) == flow
        assert nearest_of_flow(plan, viewport.y_at(y), flow, -1) == arrow.ref.row
    assert flow_under(shapes, plan, -1.0, 300.0) == -1
    assert nearest_of_flow(plan, 3.0, 99, 7) == 7


def test_what_hangs_on_two_flows_is_at_its_times_where_one_is_shown() -> None:
    together, alone = chain(), CHAIN[0]
    ends = [anchor_of(together, together.step_of_segment(5, source)) for source in (0, 1)]
    assert [end.flow for end in ends] == [3, 4]
    measure = Annotations((Annotation("m", Kind.MEASURE, tuple(ends)),))
    (both,), (one,) = placements_of(together, measure).all, placements_of(alone, measure).all
    assert (both.first, both.last) == tuple(together.step_of_segment(5, source) for source in (0, 1))
    assert both.duration_ns == one.duration_ns
    assert (one.first, row_of(alone, ends[1])) == (5, 5)
    assert placements_of(CHAIN[0], Annotations((replace(measure.all[0], anchors=(ends[1],) * 2),))).all == ()


def test_a_time_of_a_flow_is_not_in_another() -> None:
    note = Annotation("t", Kind.NOTE, (AnchorPoint(4, -1, int(CHAIN[0].ts_ns[3]) + 5),), text="x")
    assert placements_of(CHAIN[0], Annotations((note,))).all == ()
    assert len(placements_of(chain(), Annotations((note,)))) == 1
