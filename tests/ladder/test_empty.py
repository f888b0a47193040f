from __future__ import annotations

import pytest

from ladderview.ladder.empty import empty_drawing
from tests.ladder import geometry


@pytest.mark.parametrize("size", [(360, 300), (900, 700), (2560, 1400)])
def test_the_invitation_stands_in_the_middle(size: tuple[int, int]) -> None:
    drawing = empty_drawing(*size, "Choose a flow on the left", "Its segments appear here")
    rects = list(geometry.text_rects(drawing))
    assert [rect.what for rect in rects] == ["Choose a flow on the left", "Its segments appear here"]
    for rect in rects:
        assert (rect.left + rect.right) / 2 == pytest.approx(size[0] / 2)
        assert abs(rect.top - size[1] / 2) < 120
    assert geometry.overlaps(drawing) == []
