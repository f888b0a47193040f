"""Why did the state of an end change? One sentence for a pill, with the event of RFC 9293 section 3.3.2."""

from __future__ import annotations

from ladderview.analysis.tcp_states import TRANSITIONS, Event, State
from ladderview.ladder.plan import STATE_WORDS, LadderPlan
from ladderview.ladder.shapes import Box, Drawing, Ref

#: What each event is to the end whose state it changes.
EVENT_WORDS: dict[Event, str] = {
    Event.SEND_SYN: "it sends its SYN",
    Event.RECEIVE_SYN: "it receives a SYN and answers with its own",
    Event.RECEIVE_SYN_ACK: "it receives the SYN, ACK that answers its SYN",
    Event.ACK_OF_SYN: "its SYN is acknowledged",
    Event.SEND_FIN: "it sends its FIN: it has no more to say",
    Event.RECEIVE_FIN: "it receives a FIN: the other end has no more to say",
    Event.ACK_OF_FIN: "its FIN is acknowledged",
    Event.RESET: "the connection is reset",
    Event.RESET_OF_PASSIVE: "the connection is reset, and it listens again",
}

#: Sections of RFC 9293 that have more to say of a state than the diagram.
_ABOUT = {
    State.TIME_WAIT: "It waits for two maximum segment lifetimes, so that no old segment meets a new connection "
    "(RFC 9293 section 3.4.2).",
    State.UNKNOWN: "The capture began when the connection was under way: "
    "until the traffic proves a state, none is told.",
}


#: What shapes say a state: one beside an arrow, one in the head.
_PILLS = frozenset({"state", "current"})


def transition_text(plan: LadderPlan, lane: int, row: int) -> str:
    """What a pill means, as one or two sentences; empty where no state changes. ``row`` -1 is ahead of all."""
    if not 0 <= lane < len(plan.states) or not (row == -1 or plan.states[lane].at(row)):
        return ""
    changes = plan.states[lane]
    if changes.after(row) < 0:
        return ""
    before, after = State(max(changes.after(row - 1), 0)), State(changes.after(row))
    name, words = plan.lanes[lane].name, STATE_WORDS[after]
    about = _ABOUT.get(after, "")
    events = [event for event, state in TRANSITIONS[before].items() if state is after]
    if after is State.UNKNOWN:
        return f"{name}: {words}. {about}".rstrip()
    if row < 0:
        return f"{name}: {words}, ahead of the first segment. {about}".rstrip()
    if not events:
        return f"{name}: {STATE_WORDS[before]} → {words}, as the traffic proves. {about}".rstrip()
    said = " or ".join(dict.fromkeys(EVENT_WORDS[event] for event in events))
    return f"{name}: {STATE_WORDS[before]} → {words}: {said} (RFC 9293 section 3.3.2). {about}".rstrip()


def state_at(drawing: Drawing, x: float, y: float) -> Ref | None:
    """The pill, or the dot, of a state that a person points at."""
    for shape in reversed(drawing.shapes):
        if isinstance(shape, Box) and shape.ref is not None and shape.ref.kind in _PILLS:
            reach = 3.0
            if -reach <= x - shape.x <= shape.width + reach and -reach <= y - shape.y <= shape.height + reach:
                return shape.ref
    return None
