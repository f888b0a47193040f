from __future__ import annotations

from dataclasses import replace

import pytest

from ladderview.analysis.steps import LEVELS
from ladderview.ladder.camera import Camera
from ladderview.ladder.level_by_zoom import level_for, partner_of, zoom_for
from ladderview.ladder.plan import LadderPlan
from tests.ladder import make
from tests.ladder.plans import plan_of


def camera_on(plan: LadderPlan, height: float = 600) -> Camera:
    camera = Camera()
    camera.resize(1000, height)
    camera.look_at(plan.axis)
    return camera


def levels_while_zooming(plan: LadderPlan, factor: float, turns: int, camera: Camera) -> tuple[list[str], LadderPlan]:
    seen = []
    for _ in range(turns):
        camera.zoom_by(factor, 300)
        level = level_for(plan, camera.viewport)
        if level is not None:
            following = plan_of("loss", level)
            row = plan.axis.nearest_row(camera.viewport.y_at(300))
            camera.exchange(
                following.axis, row, partner_of(plan, row, following), zoom_for(plan, following, camera.viewport)
            )
            plan = following
        seen.append(plan.level)
    return seen, plan


def test_zooming_out_and_in_goes_through_the_levels_once() -> None:
    plan = plan_of("loss", "segments")
    camera = camera_on(plan, 300)
    out, plan = levels_while_zooming(plan, 0.8, 60, camera)
    assert [LEVELS.index(level) for level in out] == sorted(LEVELS.index(level) for level in out)
    assert out[0] == "segments"
    assert out[-1] != "segments"
    back, _ = levels_while_zooming(plan, 1.25, 60, camera)
    assert [LEVELS.index(level) for level in back] == sorted((LEVELS.index(level) for level in back), reverse=True)
    assert back[-1] == "segments"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("zoom", [10.0, 15.0, 19.0])
def test_between_the_two_limits_nothing_happens(level: str, zoom: float) -> None:
    plan = plan_of("https-tls13", level)  # type: ignore[arg-type]
    viewport = replace(camera_on(plan).viewport, px_per_unit=zoom)
    assert level_for(plan, viewport) is None


def test_a_flow_that_was_not_read_has_no_other_level() -> None:
    plan = make.plan(make.long_rows(2000))
    camera = camera_on(plan)
    camera.fit_all()
    assert level_for(plan, camera.viewport) is None
