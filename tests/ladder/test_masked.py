from __future__ import annotations

from pathlib import Path

import pytest

from ladderview.analysis.masking import NO_MASK, Masker
from ladderview.ladder.layout import lay_out
from ladderview.ladder.links import links_of
from ladderview.ladder.masked import masked_plan
from ladderview.ladder.plan import LadderPlan, plan_reading
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from tests.analysis.test_step_labels import reading_of
from tests.ladder import geometry

PASSWORD = b"PASS " + b"hunter2 " * 400 + b"\r\n"


@pytest.fixture
def said(tmp_path: Path) -> LadderPlan:
    return plan_reading(reading_of(tmp_path, ("c", PASSWORD), ("s", b"230 hello\r\n")), None, "messages")


def words(plan: LadderPlan) -> str:
    return " ".join(geometry.words(lay_out(plan, Viewport(1000, 900, -3.0, 42.0), Marks()), "packet"))


def test_what_was_said_is_not_quoted_where_anything_is_masked(said: LadderPlan) -> None:
    assert "hunter2" in words(masked_plan(said, NO_MASK))
    masked = words(masked_plan(said, Masker({"ports"}, ())))
    assert "hunter2" not in masked
    assert "230 hello" not in masked
    assert "Data" in masked


def test_nor_beside_the_segments_that_carried_it(tmp_path: Path) -> None:
    reading = reading_of(tmp_path, ("c", PASSWORD), ("s", b"230 hello\r\n"))
    plan = plan_reading(reading, None, "segments")
    (shown,) = [link.words for link in links_of(plan, 3) if link.first >= 0]
    assert "PASS hunter2" in shown[0]
    (hidden,) = [link.words for link in links_of(masked_plan(plan, Masker({"ports"}, ())), 3) if link.first >= 0]
    assert hidden == ("Data",)
