from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladderview.ladder.axis import AxisMode
from ladderview.ladder.layout import lay_out
from ladderview.ladder.shapes import Box, Drawing, Line
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from tests.ladder import geometry, make
from tests.ladder.make import HANDSHAKE, TROUBLE


def drawn(plan: object, zoom: float = 40.0) -> Drawing:
    return lay_out(plan, Viewport(900, 1000, -100 / zoom, zoom), Marks())  # type: ignore[arg-type]


def test_the_states_of_both_ends_read_down_their_lifelines() -> None:
    drawing = drawn(make.plan(HANDSHAKE))
    states = [rect for rect in geometry.text_rects(drawing) if rect.ref is not None and rect.ref.kind == "state"]
    middle = sum(rect.left for rect in states) / len(states)
    client = [rect.what for rect in states if rect.left < middle]
    server = [rect.what for rect in states if rect.left >= middle]
    assert client == ["SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT"]
    assert server == ["SYN-RECEIVED", "ESTABLISHED", "CLOSE-WAIT", "LAST-ACK", "CLOSED"]


def test_a_capture_that_began_in_the_middle_says_so() -> None:
    drawing = drawn(make.plan(TROUBLE))
    assert geometry.words(drawing, "current") == ["unknown", "unknown"]
    assert geometry.words(drawing, "state") == ["CLOSED", "CLOSED"]


@pytest.mark.parametrize(("zoom", "pills", "dots"), [(40, 10, 0), (24, 2, 8), (4, 2, 0)])
def test_a_change_without_room_for_its_pill_is_a_dot(zoom: float, pills: int, dots: int) -> None:
    boxes = [shape for shape in drawn(make.plan(HANDSHAKE), zoom).shapes if isinstance(shape, Box)]
    assert len([box for box in boxes if box.fill == "pill" and box.ref.kind == "state"]) == pills
    assert len([box for box in boxes if box.fill == "lifeline"]) == dots


def test_idle_times_are_cut_and_told_on_the_compressed_axis_alone() -> None:
    told = {mode: geometry.words(drawn(make.plan(TROUBLE, mode)), "idle") for mode in ("rows", "time", "compressed")}
    assert told == {"rows": [], "time": [], "compressed": ["2.1 s idle", "200 ms idle"]}


@pytest.mark.parametrize(
    ("mode", "told"), [("rows", ["44 ms idle"]), ("compressed", ["44 ms idle", "218 ms idle"]), ("time", [])]
)
def test_a_phase_that_was_a_pause_is_told_where_height_is_not_time(mode: AxisMode, told: list[str]) -> None:
    paused = replace(make.plan(HANDSHAKE), pauses=np.array([4])).with_axis(mode)
    assert geometry.words(drawn(paused), "idle") == told


def test_a_cut_is_marked_even_where_its_words_have_no_room() -> None:
    drawing = drawn(make.plan(TROUBLE, "compressed"), 8.0)
    assert geometry.words(drawing, "idle") == []
    assert [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.ref and shape.ref.kind == "idle"]
