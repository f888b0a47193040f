from __future__ import annotations

from dataclasses import replace

import pytest

from ladderview.ladder.annotation_rows import NO_PLACEMENTS, placements_of
from ladderview.ladder.annotations import AnchorPoint, Annotation, Annotations, Kind
from ladderview.ladder.axis import AXIS_MODES
from ladderview.ladder.plan import LadderPlan
from tests.ladder import make
from tests.ladder.make import HANDSHAKE, START_NS

PLAN = make.plan(HANDSHAKE)
MS = 1_000_000


def on(plan: LadderPlan, kind: Kind, *rows: int, text: str = "", **more: object) -> Annotation:
    """An annotation that hangs on rows of a plan of segments."""
    packets, ts_ns = plan.segments.packet, plan.segments.ts_ns
    anchors = tuple(AnchorPoint(plan.flow.id, int(packets[row]), int(ts_ns[row])) for row in rows)
    return Annotation(f"{kind.value}{rows}", kind, anchors, text=text, **more)  # type: ignore[arg-type]


def doc(*annotations: Annotation) -> Annotations:
    return Annotations(annotations)


@pytest.mark.parametrize("axis", AXIS_MODES)
def test_a_note_is_at_its_packet_on_every_axis(axis: str) -> None:
    plan = make.plan(HANDSHAKE, axis=axis)
    (it,) = placements_of(plan, doc(on(plan, Kind.NOTE, 10))).all
    assert (it.first, it.last, it.first_y) == (10, 10, plan.axis.y_of(10))


def test_in_the_order_of_the_ladder() -> None:
    found = placements_of(PLAN, doc(on(PLAN, Kind.NOTE, 9), on(PLAN, Kind.NOTE, 2), on(PLAN, Kind.BRACKET, 1, 5)))
    assert [it.first for it in found.all] == [1, 2, 9]


def test_what_hangs_on_nothing_here_is_left_out() -> None:
    note = on(PLAN, Kind.NOTE, 4)
    elsewhere = replace(note, anchors=(replace(note.anchors[0], flow=7),))
    no_packet = replace(note, anchors=(replace(note.anchors[0], packet=5000),))
    other_time = replace(note, anchors=(replace(note.anchors[0], ts_ns=1),))
    title = on(PLAN, Kind.TITLE, 0, text="t")
    assert placements_of(PLAN, doc(elsewhere, no_packet, other_time, title)) is NO_PLACEMENTS


def test_a_time_between_two_rows_stands_between_them() -> None:
    rows = (make.Row(0, 0.0, make.ACK), make.Row(1, 100.0, make.ACK))
    plan = make.plan(rows, axis="time")
    times = tuple(AnchorPoint(3, -1, START_NS + part * MS) for part in (25, 75))
    (it,) = placements_of(plan, doc(Annotation("t", Kind.MEASURE, times))).all
    assert (it.first_y, it.last_y) == pytest.approx((0.25 * plan.axis.height, 0.75 * plan.axis.height))
    assert it.duration_ns == 50 * MS


@pytest.mark.parametrize(("ms", "y"), [(-5, 0.0), (900, 15.0)])
def test_a_time_beyond_the_flow_stands_at_its_end(ms: int, y: float) -> None:
    at = AnchorPoint(3, -1, START_NS + ms * MS)
    (it,) = placements_of(PLAN, doc(Annotation("t", Kind.NOTE, (at,), text="x"))).all
    assert it.first_y == y


def test_brackets_that_overlap_stand_beside_each_other() -> None:
    spans = [(0, 8), (1, 3), (2, 6), (4, 5), (9, 10)]
    found = placements_of(PLAN, doc(*(on(PLAN, Kind.BRACKET, *span) for span in spans)))
    assert [it.lane for it in found.all] == [0, 1, 2, 1, 0]
    assert found.lanes == 3


def test_what_reaches_into_view() -> None:
    found = placements_of(PLAN, doc(on(PLAN, Kind.BRACKET, 0, 12), on(PLAN, Kind.NOTE, 2), on(PLAN, Kind.NOTE, 9)))
    assert [it.first for _, it in found.reaching(8.0, 20.0)] == [0, 9]


def test_place_of_an_id() -> None:
    found = placements_of(PLAN, doc(on(PLAN, Kind.NOTE, 9), on(PLAN, Kind.NOTE, 2)))
    assert (found.place_of("note(9,)"), found.place_of("none")) == (1, -1)
