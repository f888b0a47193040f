from __future__ import annotations

import numpy as np
import pytest

from ladderview.analysis.verdicts import Verdict
from ladderview.ladder.density import LONGEST, TROUBLE_AT_LEAST, largest_amount
from ladderview.ladder.layout import lay_out
from ladderview.ladder.shapes import Bars, Drawing, Line
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import HEADER_PX, Viewport
from tests.ladder import geometry, make
from tests.ladder.make import ACK, Row

LONG = make.plan(make.long_rows(4000))
VIEW = Viewport(900, 600, 500.0, 0.9)


def bars(drawing: Drawing, key: str = "tcp.density") -> np.ndarray:
    return np.concatenate([shape.ends for shape in drawing.shapes if isinstance(shape, Bars) and shape.key == key])


def lifelines(drawing: Drawing) -> tuple[float, float]:
    xs = [shape.x1 for shape in drawing.shapes if isinstance(shape, Line) and shape.key == "lifeline"]
    return min(xs), max(xs)


@pytest.mark.parametrize("zoom", [3.0, 0.9, 0.2])
def test_bars_grow_from_the_sender_and_never_meet(zoom: float) -> None:
    drawing = lay_out(LONG, Viewport(900, 600, 500.0, zoom), Marks())
    left, right = lifelines(drawing)
    for key in ("tcp.density", "trouble"):
        ends = bars(drawing, key)
        from_left = np.abs(ends[:, 0] - left) < 5
        from_right = np.abs(ends[:, 0] - right) < 5
        assert (from_left | from_right).all()
        assert (np.abs(ends[:, 1] - ends[:, 0]) <= LONGEST * (right - left) + 3).all()


def test_one_bar_a_pixel_for_each_direction_that_sent_there() -> None:
    drawing = lay_out(LONG, VIEW, Marks())
    heights = bars(drawing)[:, 2]
    assert len(np.unique(heights)) <= VIEW.height - HEADER_PX + 2
    assert not geometry.arrows(drawing)


def test_a_ladder_ten_times_as_long_takes_no_more_shapes() -> None:
    counts = []
    for count in (4000, 40_000):
        plan = make.plan([Row(at % 2, at * 0.01, ACK, at, 1, 100) for at in range(count)])
        drawing = lay_out(plan, Viewport(900, 600, 10.0, 600 / count), Marks())
        counts.append((len(drawing.shapes), len(bars(drawing))))
    assert counts[1][0] <= counts[0][0] + 4
    assert counts[1][1] <= counts[0][1] + 4


def test_one_problem_among_thousands_is_seen() -> None:
    rows = [Row(1, at * 0.01, ACK, at, 1, 1448) for at in range(20_000)]
    rows[12_345] = Row(0, 123.45, ACK, 1, 1, 0, Verdict.DUPLICATE_ACK)
    plan = make.plan(rows)
    view = Viewport(900, 600, 0.0, 0.03)
    drawing = lay_out(plan, view, Marks())
    left, right = lifelines(drawing)
    (x1, x2, y) = bars(drawing, "trouble")[0]
    assert len(bars(drawing, "trouble")) == 1
    assert abs(y - view.y_px(12_345)) <= 1
    assert x2 - x1 >= TROUBLE_AT_LEAST * LONGEST * (right - left) - 1
    assert abs(x1 - left) < 5


def test_the_scale_does_not_change_while_one_scrolls() -> None:
    assert largest_amount(LONG, VIEW) == largest_amount(LONG, Viewport(900, 600, 1500.0, 0.9))


def test_times_and_numbers_stand_at_even_distances() -> None:
    drawing = lay_out(LONG, VIEW, Marks())
    numbers = [rect for rect in geometry.text_rects(drawing) if rect.what.startswith("#")]
    steps = np.diff([rect.top for rect in numbers])
    assert len(numbers) > 10
    assert (np.abs(steps - 40) <= 2).all()


def test_the_selected_row_is_a_line_over_the_bars() -> None:
    drawing = lay_out(LONG, VIEW, Marks(selected=800))
    lines = [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.key == "accent"]
    assert [abs(line.y1 - VIEW.y_px(800)) <= 1 for line in lines] == [True]
