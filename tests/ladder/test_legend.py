from __future__ import annotations

import pytest

from ladderview.ladder.layout import lay_out, whole
from ladderview.ladder.legend import entries_of, legend_height, slope_words
from ladderview.ladder.sheet import Marks
from ladderview.ladder.text_width import table_measure
from ladderview.ladder.viewport import Viewport
from tests.ladder import geometry, make
from tests.ladder.plans import plan_of


def test_what_a_slope_means_is_said_for_each_axis() -> None:
    plan = plan_of("https-tls13")
    assert "not a delay" in slope_words(plan, Marks())
    assert "level" in slope_words(plan.with_axis("time"), Marks())
    assert slope_words(plan.with_axis("time"), Marks(estimated=True)).startswith("slope: estimated delay, 21 ms")
    unknown = make.plan(make.TROUBLE, "time")
    assert "no delay is known" in slope_words(unknown, Marks(estimated=True))


def test_every_colour_of_an_arrow_is_in_the_legend() -> None:
    keys = {entry.key for entry in entries_of(plan_of("loss"), Marks())}
    assert keys >= {"tcp", "tls", "http", "trouble"}


@pytest.mark.parametrize("width", [360, 640, 1400])
def test_the_legend_has_room_for_its_words(width: int) -> None:
    plan = plan_of("loss", axis="compressed")
    marks = Marks(legend=True)
    drawing = lay_out(plan, Viewport(width, 600, -2.7, 42.0), marks)
    top = 600 - legend_height(plan, marks, width, table_measure)
    words = [rect for rect in geometry.text_rects(drawing) if rect.top > top and rect.ref is None]
    assert {"TCP", "HTTP", "not captured"} <= {rect.what for rect in words}
    assert all(rect.right <= width for rect in words)


def test_an_export_is_higher_by_its_legend() -> None:
    plan = plan_of("http")
    alone, with_legend = whole(plan, width=900), whole(plan, width=900, marks=Marks(legend=True))
    assert with_legend.height == alone.height + legend_height(plan, Marks(legend=True), 900, table_measure)
