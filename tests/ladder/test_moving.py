from __future__ import annotations

import numpy as np
import pytest

from ladderview.ladder.moving import moved
from ladderview.ladder.shapes import Arrow, Bars, Box, Curve, Line, Phrase, Ref, Run, Shape, Text

REF = Ref("packet", 3)
SHAPES = [
    (Line(1, 2, 3, 4, "k", ref=REF), Line(11, 102, 13, 104, "k", ref=REF)),
    (Arrow(1, 2, 3, 4, "k", title="t", ref=REF), Arrow(11, 102, 13, 104, "k", title="t", ref=REF)),
    (Text(1, 2, "t", "k", ref=REF), Text(11, 102, "t", "k", ref=REF)),
    (Phrase(1, 2, (Run("t", "k", False, 9),), ref=REF), Phrase(11, 102, (Run("t", "k", False, 9),), ref=REF)),
    (Box(1, 2, 30, 40, "k", ref=REF), Box(11, 102, 30, 40, "k", ref=REF)),
    (
        Curve(((1, 2), (3, 4), (5, 6), (7, 8)), "k", ref=REF),
        Curve(((11, 102), (13, 104), (15, 106), (17, 108)), "k", ref=REF),
    ),
]


@pytest.mark.parametrize(("shape", "there"), SHAPES, ids=lambda shape: type(shape).__name__)
def test_only_its_place_is_another(shape: Shape, there: Shape) -> None:
    assert moved(shape, 10, 100) == there


def test_bars_are_moved_together() -> None:
    bars = Bars(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), "k")
    there = moved(bars, 10, 100)
    assert isinstance(there, Bars)
    assert there.ends.tolist() == [[11, 12, 103], [14, 15, 106]]
    assert bars.ends.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_every_shape_is_in_the_table() -> None:
    assert {type(shape) for shape, _ in SHAPES} | {Bars} == set(Shape.__args__)
