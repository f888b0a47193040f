from __future__ import annotations

from typing import get_args

import pytest

from ladderview.analysis.steps import Level
from ladderview.ladder.axis import AXIS_MODES, AxisMode
from ladderview.ladder.coming import FAINT
from ladderview.ladder.layout import lay_out
from ladderview.ladder.shapes import Arrow, Bars, Box, Drawing
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import ABOVE_PX, HEADER_PX, Viewport
from tests.ladder import make
from tests.ladder.plans import plan_of

PLAN = plan_of("https-tls13")
LONG = make.plan(make.long_rows(4000))


def drawn(revealed: int, *, coming: bool = True, px: float = 42.0) -> Drawing:
    return lay_out(PLAN, _viewport(px), Marks(revealed=revealed, coming=coming))


def _viewport(px: float) -> Viewport:
    return Viewport(1000, 900, -(HEADER_PX + ABOVE_PX) / px, px)


def faint(drawing: Drawing) -> list[Arrow]:
    return [shape for shape in drawing.shapes if isinstance(shape, Arrow) and shape.key == FAINT]


@pytest.mark.parametrize("revealed", [-1, 0, 5, len(PLAN) - 1])
def test_every_row_in_view_that_is_still_to_come_is_a_faint_arrow(revealed: int) -> None:
    assert len(faint(drawn(revealed))) == len(PLAN) - 1 - revealed


def test_a_faint_arrow_is_where_the_arrow_will_be() -> None:
    whole = lay_out(PLAN, _viewport(42.0), Marks())
    places = {(a.x1, a.y1, a.x2, a.y2) for a in whole.shapes if isinstance(a, Arrow) and a.ref and a.ref.row > 4}
    assert {(arrow.x1, arrow.y1, arrow.x2, arrow.y2) for arrow in faint(drawn(4))} <= places


def test_nothing_is_told_of_what_is_still_to_come() -> None:
    with_it, without = drawn(4), drawn(4, coming=False)
    assert {shape for shape in with_it.shapes if shape not in without.shapes} == set(faint(with_it))
    assert all(arrow.ref is None and not arrow.title for arrow in faint(with_it))


def test_a_view_that_wants_a_surprise_shows_nothing() -> None:
    assert not faint(drawn(4, coming=False))


@pytest.mark.parametrize("level", get_args(Level))
@pytest.mark.parametrize("axis", AXIS_MODES)
def test_all_that_is_revealed_leaves_nothing_faint(level: Level, axis: AxisMode) -> None:
    plan = plan_of("loss", level, axis)
    shown = lay_out(plan, _viewport(42.0), Marks(revealed=len(plan) - 1, coming=True))
    assert shown == lay_out(plan, _viewport(42.0), Marks(revealed=len(plan) - 1))


def test_phases_to_come_are_empty_blocks() -> None:
    plan = plan_of("https-tls13", "phases")
    shown = lay_out(plan, _viewport(42.0), Marks(revealed=0, coming=True))
    blocks = [shape for shape in shown.shapes if isinstance(shape, Box) and shape.stroke == FAINT]
    assert [block.fill for block in blocks] == [""] * (len(plan) - 1)


@pytest.mark.parametrize("px", [3.0, 1.0])
def test_close_rows_to_come_are_faint_bars(px: float) -> None:
    viewport = Viewport(1000, 600, -(HEADER_PX + ABOVE_PX) / px, px)
    shown = lay_out(LONG, viewport, Marks(revealed=3, coming=True))
    bars = [shape for shape in shown.shapes if isinstance(shape, Bars)]
    assert FAINT in {shape.key for shape in bars}
    assert sum(len(shape.ends) for shape in bars if shape.key != FAINT) <= 4
