from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladderview.ladder.bands import BandWords
from ladderview.ladder.layout import lay_out, whole
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Box
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from tests.ladder import make

COUNT = 6000
PLAN = make.plan(make.long_rows(COUNT))


def banded(rows_a_band: int) -> LadderPlan:
    first = np.arange(0, COUNT, rows_a_band, dtype=np.int64)
    end = np.append(first[1:], COUNT)
    bands = replace(
        PLAN.bands,
        first=first,
        end=end,
        key=np.zeros(len(first), np.uint8),
        begin_ns=PLAN.ts_ns[first],
        phase=np.arange(len(first)),
        words=lambda band: BandWords(f"Exchange {band}", "GET", "1 ms"),
    )
    return replace(PLAN, bands=bands)


@pytest.mark.parametrize("rows", [(0, 20), (2000, 2020), (COUNT - 20, COUNT)])
def test_thousands_of_bands_are_drawn_where_they_are_in_view(rows: tuple[int, int]) -> None:
    plan = banded(2)
    drawing = whole(plan, width=900, rows=rows)
    tops = [shape.y for shape in drawing.shapes if isinstance(shape, Box) and shape.ref and shape.ref.kind == "band"]
    assert len(tops) in (10, 11)
    assert tops == sorted(tops)


def test_all_of_them_at_once() -> None:
    viewport = Viewport(900, 700, -2.0, 600 / COUNT)
    drawing = lay_out(banded(2), viewport, Marks())
    assert any(isinstance(shape, Box) and shape.ref and shape.ref.kind == "band" for shape in drawing.shapes)
