from __future__ import annotations

import pytest

from ladderview.ladder.layout import lay_out
from ladderview.ladder.shapes import Box, Drawing, Line, Phrase
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import ABOVE_PX, HEADER_PX, Viewport
from tests.ladder import geometry
from tests.ladder.plans import plan_of

PLAN = plan_of("https-tls13")


def drawn(revealed: int | None, progress: float = 1.0) -> Drawing:
    top = -(HEADER_PX + ABOVE_PX) / 42
    return lay_out(PLAN, Viewport(1000, 900, top, 42.0), Marks(revealed=revealed, progress=progress))


def rows_of(drawing: Drawing) -> set[int]:
    return {arrow.ref.row for arrow in geometry.arrows(drawing) if arrow.ref and arrow.ref.kind == "packet"}


@pytest.mark.parametrize("revealed", [-1, 0, 5, len(PLAN) - 1])
def test_arrows_are_drawn_up_to_the_one_that_is_revealed(revealed: int) -> None:
    assert rows_of(drawn(revealed)) == set(range(revealed + 1))
    assert rows_of(drawn(None)) == set(range(len(PLAN)))


def test_the_packet_goes_from_its_sender_to_its_receiver() -> None:
    xs = []
    for progress in (0.0, 0.25, 0.5, 0.75, 0.99):
        drawing = drawn(3, progress)
        assert rows_of(drawing) == {0, 1, 2}
        (packet,) = [
            shape for shape in drawing.shapes if isinstance(shape, Box) and shape.ref and shape.ref.kind == "packet"
        ]
        xs.append(packet.x)
        lifelines = sorted(shape.x1 for shape in drawing.shapes if isinstance(shape, Line) and shape.key == "lifeline")
        assert lifelines[0] <= packet.x
        assert packet.x + packet.width <= lifelines[-1]
        assert not [s for s in drawing.shapes if isinstance(s, Phrase) and s.ref and s.ref.row == 3 and s.size == 12]
    assert xs == sorted(xs)
    assert xs[-1] - xs[0] > 300


def current_states(drawing: Drawing) -> list[str]:
    return geometry.words(drawing, "current")


def test_the_receiver_changes_its_state_when_the_packet_has_arrived() -> None:
    assert current_states(drawn(-1)) == ["CLOSED", "LISTEN"]
    assert current_states(drawn(0, 0.5)) == ["SYN-SENT", "LISTEN"]
    assert current_states(drawn(0)) == ["SYN-SENT", "SYN-RECEIVED"]
    assert current_states(drawn(2)) == ["ESTABLISHED", "ESTABLISHED"]


def test_the_head_tells_the_states_ahead_of_what_is_in_view() -> None:
    plan = PLAN
    scrolled = lay_out(plan, Viewport(1000, 400, plan.axis.y_of(5), 42.0), Marks())
    assert current_states(scrolled) == ["ESTABLISHED", "ESTABLISHED"]


def test_the_head_leaves_a_new_state_to_its_pill_while_that_is_in_view() -> None:
    for hidden_px, states in ((5.0, ["CLOSED", "LISTEN"]), (25.0, ["SYN-SENT", "SYN-RECEIVED"])):
        top = PLAN.axis.y_of(0) + (hidden_px - HEADER_PX) / 42.0
        assert current_states(lay_out(PLAN, Viewport(1000, 400, top, 42.0), Marks())) == states


def test_marks_of_an_older_plan_with_more_rows_do_no_harm() -> None:
    top = -(HEADER_PX + ABOVE_PX) / 42
    stale = Marks(selected=99, hovered=98, revealed=97, progress=0.5)
    drawing = lay_out(PLAN, Viewport(1000, 900, top, 42.0), stale)
    assert rows_of(drawing) == set(range(len(PLAN)))
