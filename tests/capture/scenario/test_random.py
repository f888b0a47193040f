"""Random scenarios: whatever is described, the capture that is composed opens and tells the same story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.tcp_states import State
from ladderview.analysis.verdicts import Verdict
from ladderview.capture.capture import open_scenario

SIDES = ("client", "server")
#: Wireshark takes a single byte that is sent again for a keep-alive.
LATE = (
    Verdict.KEEP_ALIVE
    | Verdict.RETRANSMISSION
    | Verdict.FAST_RETRANSMISSION
    | Verdict.SPURIOUS_RETRANSMISSION
    | Verdict.OUT_OF_ORDER
)


@dataclass(frozen=True)
class Story:
    """What is said, and what must come of it.

    Attributes:
        text: the scenario.
        sent: bytes of client and server.
        lost: transmissions of data segments that are lost.
        ends: how the connection ends.
    """

    text: str
    sent: tuple[int, int]
    lost: int
    ends: str


SETTINGS = st.sampled_from(
    ["", "no options", "timestamps", "no sack", "mss 536", "delayed ACK", "window 8000 no scale", "isn 4294967000"]
)
ENDS = {
    "client closes": (State.TIME_WAIT, State.CLOSED),
    "server closes": (State.CLOSED, State.TIME_WAIT),
    "client half-closes": (State.FIN_WAIT_2, State.CLOSE_WAIT),
    "both close": (State.TIME_WAIT, State.TIME_WAIT),
    "server resets": (State.CLOSED, State.CLOSED),
    "": (State.ESTABLISHED, State.ESTABLISHED),
}


@st.composite
def stories(draw: Any, losses: bool) -> Story:
    lines = [f"client 10.0.0.1:4000 {draw(SETTINGS)}", f"server 10.0.0.2:5000 {draw(SETTINGS)}"]
    lines += [f"path delay {draw(st.integers(1, 90))} ms", "open"]
    sent, lost = [0, 0], 0
    for _ in range(draw(st.integers(0, 6))):
        side = draw(st.integers(0, 1))
        size = draw(st.integers(1, 12_000))
        if losses and draw(st.booleans()):
            times = draw(st.integers(1, 2))
            lines.append(f"lose {SIDES[side]} data {times} times")
            lost += times
        lines.append(f"{SIDES[side]} sends {size} bytes")
        sent[side] += size
    ends = draw(st.sampled_from(sorted(ENDS)))
    return Story("\n".join([*lines, ends]), (sent[0], sent[1]), lost, ends)


def analysed(story: Story) -> FlowAnalysis:
    capture = open_scenario(story.text, "random.scenario")
    assert not capture.damage
    assert len(capture.flows) == 1
    return analyse_flow(capture, 0)


def stream_lengths(analysis: FlowAnalysis) -> tuple[int, int]:
    """How many different bytes each end sent."""
    segments, lengths = analysis.segments, []
    for direction in (0, 1):
        own = (segments.direction == direction) & (segments.payload_len > 0)
        ends = analysis.tcp.rel_seq[own] + segments.payload_len[own]
        lengths.append(int(ends.max()) - 1 if len(ends) else 0)
    return lengths[0], lengths[1]


@settings(max_examples=60)
@given(stories(losses=False))
def test_what_goes_well_has_no_trouble(story: Story) -> None:
    analysis = analysed(story)
    assert stream_lengths(analysis) == story.sent
    found = Verdict(int(np.bitwise_or.reduce(analysis.tcp.verdicts)))
    allowed = Verdict.WINDOW_FULL | Verdict.WINDOW_UPDATE | (Verdict.RESET if "resets" in story.ends else Verdict.NONE)
    assert not found & ~allowed


@settings(max_examples=60)
@given(stories(losses=True))
def test_what_is_lost_is_sent_again_until_it_comes(story: Story) -> None:
    analysis = analysed(story)
    assert stream_lengths(analysis) == story.sent
    again = [bits for bits in analysis.tcp.verdicts.tolist() if Verdict(bits) & LATE]
    assert len(again) >= story.lost
    assert bool(again) is bool(story.lost)


@settings(max_examples=60)
@given(stories(losses=True))
def test_the_states_at_the_end_are_those_of_its_close(story: Story) -> None:
    tcp = analysed(story).tcp
    assert (State(int(tcp.client_state[-1])), State(int(tcp.server_state[-1]))) == ENDS[story.ends]


@settings(max_examples=30)
@given(stories(losses=True))
def test_every_segment_in_order_is_acknowledged(story: Story) -> None:
    analysis = analysed(story)
    data = (analysis.segments.payload_len > 0) & ((analysis.segments.flags & 4) == 0)
    if "resets" not in story.ends:
        assert (analysis.tcp.acked_by_row[data] >= 0).all()
