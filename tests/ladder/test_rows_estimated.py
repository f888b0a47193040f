"""Slope means delay only where it is known or marked "estimated"."""

from __future__ import annotations

import pytest

from ladderview.ladder.layout import lay_out
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from tests.ladder import geometry, make
from tests.ladder.plans import plan_of

PLAN = plan_of("https-tls13", axis="time")


def slopes(estimated: bool) -> list[float]:
    drawing = lay_out(PLAN, Viewport(1000, 2000, -1.0, 100.0), Marks(estimated=estimated))
    arrows = [arrow for arrow in geometry.arrows(drawing) if arrow.ref and arrow.ref.kind == "packet"]
    return [arrow.y2 - arrow.y1 for arrow in arrows]


def test_both_ways_together_take_the_round_trip_of_the_handshake() -> None:
    assert PLAN.tcp is not None
    assert sum(PLAN.delays_ns) == pytest.approx(PLAN.tcp.initial_rtt_ns / 2, abs=2)
    px_per_ns = PLAN.axis.units_per_ns * 100.0
    assert slopes(True) == pytest.approx([sum(PLAN.delays_ns) * px_per_ns] * len(slopes(True)))


def test_unless_asked_for_arrows_are_level() -> None:
    assert set(slopes(False)) == {0.0}


def test_a_capture_at_the_client_knows_the_way_to_the_server_only() -> None:
    assert PLAN.delays_ns[1] > 100 * max(PLAN.delays_ns[0], 1)


def test_without_the_handshake_no_delay_is_estimated() -> None:
    assert make.plan(make.TROUBLE).delays_ns == (0, 0)
