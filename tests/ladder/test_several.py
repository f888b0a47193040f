"""Several flows in one ladder: every arrow between its own ends, in the order of the capture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from ladderview.ladder.axis import AXIS_MODES
from ladderview.ladder.layout import lay_out
from ladderview.ladder.plan import LadderPlan, plan_analysed
from ladderview.ladder.several import MOST_FLOWS, plan_several
from ladderview.ladder.shapes import Box, Line, Ref
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from tests.ladder import geometry, make
from tests.ladder.make import HANDSHAKE, TROUBLE, Row
from tests.ladder.plans import key_of, plan_of, row_with


def part(rows: Sequence[Row], packets: Sequence[int], client: str, server: str = "192.0.2.10") -> LadderPlan:
    fa = make.analysis(rows, client, server)
    return plan_analysed(replace(fa, segments=replace(fa.segments, packet=np.array(packets, np.int64))), None)


#: A chain: the proxy 10.0.0.8 takes one connection and makes another; their packets alternate.
CHAIN = (
    part(HANDSHAKE, range(0, 32, 2), "10.0.0.7", "10.0.0.8"),
    part(HANDSHAKE, range(1, 33, 2), "10.0.0.9", "192.0.2.10"),
)
#: Two clients of one server.
SHARED = (part(HANDSHAKE, range(16), "10.0.0.7"), part(TROUBLE, range(16, 29), "10.0.0.8"))


@pytest.mark.parametrize("plans", [CHAIN, SHARED], ids=["chain", "shared"])
def test_every_arrow_of_every_flow_is_there_once_in_the_order_of_the_capture(plans: Sequence[LadderPlan]) -> None:
    plan = plan_several(plans)
    assert plan.first_packet.tolist() == sorted(np.concatenate([one.first_packet for one in plans]).tolist())
    for source, one in enumerate(plans):
        for segment in range(len(one)):
            row = plan.step_of_segment(segment, source)
            assert plan.segment_of(row) == (source, segment)
            assert str(plan.label(row)) == str(one.label(segment))
            ends = plan.lanes[plan.from_lane[row]].address, plan.lanes[plan.to_lane[row]].address
            assert ends == (one.lanes[one.from_lane[segment]].address, one.lanes[one.to_lane[segment]].address)


def test_endpoints_that_flows_have_in_common_are_one_lifeline() -> None:
    assert [lane.address for lane in plan_several(SHARED).lanes] == [
        "10.0.0.7:50944", "192.0.2.10:443", "10.0.0.8:50944",
    ]  # fmt: skip
    assert len(plan_several(CHAIN).lanes) == 4


def test_the_state_of_an_end_is_told_where_it_has_one_flow() -> None:
    plan = plan_several(SHARED)
    assert [changes.after(len(plan)) >= 0 for changes in plan.states] == [True, False, True]


def test_bytes_and_problems_add_up() -> None:
    plan = plan_several(SHARED)
    assert plan.sent[:, -1].sum() == sum(int(one.sent[:, -1].sum()) for one in SHARED)
    in_trouble = sum(int(one.trouble.sum()) for one in SHARED)
    assert sum(len(rows) for rows in plan.problem_rows) == int(plan.trouble.sum()) == in_trouble > 5
    assert plan.next_problem(-1, 1) == plan.step_of_segment(10, 0)
    assert plan.missing.rows.tolist() == [plan.step_of_segment(1, 1)]


@pytest.mark.parametrize("axis", AXIS_MODES)
@pytest.mark.parametrize("width", [500, 900, 1600])
@pytest.mark.parametrize("plans", [CHAIN, SHARED], ids=["chain", "shared"])
def test_nothing_overlaps_and_nothing_is_cut_off(plans: Sequence[LadderPlan], width: float, axis: str) -> None:
    plan = plan_several(plans, axis)  # type: ignore[arg-type]
    for zoom in (42.0, 20.0, 5.0):
        drawing = lay_out(plan, Viewport(width, 900, -108 / zoom, zoom), Marks(selected=3))
        assert geometry.overlaps(drawing) == []
        assert geometry.beyond_the_edges(drawing) == []


def test_too_many_flows_are_refused() -> None:
    with pytest.raises(ValueError, match="0 flows"):
        plan_several([])
    with pytest.raises(ValueError, match=f"at most|to {MOST_FLOWS}"):
        plan_several([SHARED[0]] * (MOST_FLOWS + 1))


def moved(plan: LadderPlan, packets: int, client: str) -> LadderPlan:
    """The same flow of another client, its packets so many later in the capture."""
    source = plan.sources[0]
    later = replace(source.segments, packet=source.segments.packet + packets)
    lanes = (replace(plan.lanes[0], address=client), plan.lanes[1])
    return replace(plan, sources=(replace(source, segments=later),), lanes=lanes)


LOSS = plan_of("loss")


def test_what_can_be_unfolded_and_what_was_is_known_by_its_flow() -> None:
    row = row_with(LOSS, "200")
    key = key_of(LOSS, row)
    other = moved(plan_of("loss", unfolded=frozenset({key})), 1, "10.0.0.8:50944")
    plan = plan_several([LOSS, other])
    places = [plan.sources[0].places, plan.sources[1].places]
    assert plan.unfolding.is_closed(int(places[0][row]))
    (it,) = plan.unfolding.unfolded
    assert (it.key, it.source) == (key, 1)
    own = other.unfolding.unfolded[0]
    assert (it.first, it.last) == (int(places[1][own.first]), int(places[1][own.last]))
    assert plan.unfolding.parent(int(places[1][own.first])) == it
    assert plan.unfolding.parent(int(places[0][row])) is None


def test_flows_behind_each_other_have_their_bands() -> None:
    second = moved(LOSS, 10_000, "10.0.0.8:50944")
    plan = plan_several([LOSS, second])
    assert plan.bands.first.tolist() == [*LOSS.bands.first, *(LOSS.bands.first + len(LOSS))]
    assert plan.bands.end.tolist() == [*LOSS.bands.end, *(LOSS.bands.end + len(LOSS))]
    names = [LOSS.bands.words(band).name for band in range(len(LOSS.bands))]
    assert [plan.bands.words(band).name for band in range(len(plan.bands))] == names * 2


def test_flows_among_each_other_have_none() -> None:
    assert not len(plan_several([LOSS, moved(LOSS, 1, "10.0.0.8:50944")]).bands)


def test_phases_lie_between_the_lifelines_of_their_flow() -> None:
    phases = plan_of("loss", "phases")
    plan = plan_several([phases, moved(phases, 1, "10.0.0.8:50944")])
    drawing = lay_out(plan, Viewport(1400, 900, -2.5, 42.0), Marks())
    lines = sorted({s.x1 for s in drawing.shapes if isinstance(s, Line) and s.key == "lifeline"})
    blocks = [s for s in drawing.shapes if isinstance(s, Box) and s.ref == Ref("packet", s.ref.row if s.ref else -1)]
    wide = {(box.x, box.x + box.width) for box in blocks if box.fill.endswith(".band")}
    assert wide == {(lines[0] - 10, lines[1] + 10), (lines[1] - 10, lines[2] + 10)}
