from __future__ import annotations

import numpy as np
import pytest

from ladderview.ladder.layout import lay_out
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from tests.ladder import geometry, make
from tests.ladder.make import ACK, TROUBLE, Row


@pytest.mark.parametrize(
    ("zoom", "labels", "heads"), [(40.0, True, 9.0), (14.0, True, 9.0), (13.0, False, 8.45), (4.5, False, 4.0)]
)
def test_rows_at_equal_steps_are_drawn_alike(zoom: float, labels: bool, heads: float) -> None:
    # Steps that are no whole number of pixels must not make every other row look different.
    for shift in (0.0, 0.013, 0.37):
        plan = make.plan([Row(at % 2, at, ACK, at, 1, 5) for at in range(80)])
        drawing = lay_out(plan, Viewport(900, 500, 2.0 + shift, zoom), Marks())
        assert {round(arrow.head, 6) for arrow in geometry.arrows(drawing)} == {heads}
        assert any(word.startswith("[") for word in geometry.words(drawing, "packet")) == labels


def test_rows_stand_on_whole_pixels() -> None:
    drawing = lay_out(make.plan(make.HANDSHAKE), Viewport(900, 500, 0.123, 17.3), Marks())
    middles = np.array([(arrow.y1 + arrow.y2) / 2 for arrow in geometry.arrows(drawing)])
    assert middles == pytest.approx(np.rint(middles))


@pytest.mark.parametrize(
    ("mode", "zoom", "arrows", "words"),
    [
        ("rows", 40.0, 1, ["not captured Seq=285449 Len=1448", "# –"]),
        ("compressed", 40.0, 1, ["not captured Seq=285449 Len=1448", "# –"]),
        ("rows", 10.0, 1, []),
        ("rows", 4.0, 0, []),
        ("time", 4.0, 0, []),
    ],
)
def test_what_was_not_captured_is_drawn_where_it_has_room(
    mode: str, zoom: float, arrows: int, words: list[str]
) -> None:
    drawing = lay_out(make.plan(TROUBLE, mode), Viewport(900, 900, -100 / zoom, zoom), Marks())
    assert len([arrow for arrow in geometry.arrows(drawing) if arrow.crossed]) == arrows
    assert geometry.words(drawing, "missing") == words


def test_on_the_time_axis_what_follows_without_label_is_counted() -> None:
    rows = [Row(0, 0, ACK, 1, 1, 5), *[Row(1, 50 + at * 0.01, ACK, 1, 1, 5) for at in range(10)], Row(0, 100, ACK)]
    drawing = lay_out(make.plan(rows, "time"), Viewport(1200, 900, -3.0, 40.0), Marks())
    assert "+9" in geometry.words(drawing, "packet")
