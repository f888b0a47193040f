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
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from tests.ladder import geometry, make
from tests.ladder.make import HANDSHAKE, TROUBLE, Row


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
