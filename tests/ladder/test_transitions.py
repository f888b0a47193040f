from __future__ import annotations

import numpy as np

from ladderview.analysis.tcp_states import TRANSITIONS, Event, State
from ladderview.ladder.layout import lay_out
from ladderview.ladder.sheet import Marks
from ladderview.ladder.transitions import EVENT_WORDS, state_at, transition_text
from ladderview.ladder.viewport import Viewport
from tests.ladder import geometry, make
from tests.ladder.plans import SAMPLES, plan_of


def test_every_event_has_words() -> None:
    assert set(EVENT_WORDS) == set(Event)


def test_what_moved_an_end_is_named() -> None:
    plan = plan_of("https-tls13")
    assert transition_text(plan, 0, 0) == "Client: CLOSED → SYN-SENT: it sends its SYN (RFC 9293 section 3.3.2)."
    assert transition_text(plan, 1, 2).startswith("Server: SYN-RECEIVED → ESTABLISHED: its SYN is acknowledged")
    assert transition_text(plan, 0, 4) == ""


def test_where_the_capture_began_late_it_says_so() -> None:
    assert "began when the connection was under way" in transition_text(make.plan(make.TROUBLE), 0, -1)


def test_the_head_tells_what_its_state_came_from() -> None:
    plan = plan_of("http")
    assert transition_text(plan, 0, -1) == "Client: CLOSED, ahead of the first segment."
    drawing = lay_out(plan, Viewport(900, 300, plan.axis.y_of(5), 42.0), Marks())
    (head,) = [
        rect.ref
        for rect in geometry.pill_rects(drawing)
        if rect.ref and rect.ref.kind == "current" and rect.ref.lane == 0
    ]
    assert transition_text(plan, head.lane, head.row) == transition_text(plan, 0, plan.states[0].since(5))


def test_every_change_is_a_transition_of_the_diagram_or_proven_by_traffic() -> None:
    for sample in SAMPLES:
        plan = plan_of(sample, "segments")
        for lane in (0, 1):
            for row in plan.states[lane].rows.tolist():
                text = transition_text(plan, lane, row)
                before, after = State(plan.states[lane].after(row - 1)), State(plan.states[lane].after(row))
                assert ("RFC 9293 section 3.3.2" in text) == (after in TRANSITIONS[before].values())


def test_pointing_at_a_pill_finds_it() -> None:
    plan = plan_of("http")
    drawing = lay_out(plan, Viewport(900, 900, -2.7, 42.0), Marks())
    pills = [rect for rect in geometry.pill_rects(drawing) if rect.ref is not None and rect.ref.kind == "state"]
    assert len(pills) == sum(len(changes.rows) for changes in plan.states)
    for pill in pills:
        found = state_at(drawing, (pill.left + pill.right) / 2, (pill.top + pill.bottom) / 2)
        assert found == pill.ref
        assert found is not None
        assert transition_text(plan, found.lane, found.row)
    assert state_at(drawing, 450, 450) is None
    assert np.all([pill.ref.lane in (0, 1) for pill in pills if pill.ref])
