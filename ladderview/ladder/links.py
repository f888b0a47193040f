"""What belongs to an arrow: the ACK that acknowledges it, what it acknowledges, its original, the gap it fills, and the
request or the response that it belongs with?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ladderview.analysis.step_labels import step_label
from ladderview.analysis.steps import StepKind
from ladderview.analysis.verdicts import Verdict
from ladderview.analysis.words import short_duration
from ladderview.ladder.plan import LadderPlan, Source

_RESENT = Verdict.RETRANSMISSION | Verdict.FAST_RETRANSMISSION | Verdict.SPURIOUS_RETRANSMISSION | Verdict.OUT_OF_ORDER


@dataclass(frozen=True, slots=True)
class Link:
    """A tie between two rows.

    Attributes:
        row, other: the selected row and its partner.
        left: in the left gutter.
        words: what to say, longest first; the first that has room is used.
        to_missing: the partner is the missing segment above ``other``.
        first: where a bracket begins that ends with ``other``: the message that the row is a part of; -1 of other ties.
    """

    row: int
    other: int
    left: bool
    words: tuple[str, ...]
    to_missing: bool = False
    first: int = -1

    def partner_of(self, row: int) -> int:
        """The row to go to from this one."""
        return self.first if self.first >= 0 and row == self.other else self.other


def links_of(plan: LadderPlan, row: int) -> tuple[Link, ...]:
    """The links of one row, at most six, no two to the same partner in the same gutter."""
    if not 0 <= row < len(plan):
        return ()
    source = plan.sources[plan.source[row]]
    kind = int(plan.kind[row])
    found: dict[tuple[int, bool], Link] = {}
    if kind in (StepKind.SEGMENT, StepKind.RUN):
        for link in _of_segment(plan, source, row):
            found.setdefault((link.other, link.left), link)
    if kind in (StepKind.FLIGHT, StepKind.SEGMENT):
        for link in _of_exchange(plan, source, row):
            found[link.other, link.left] = link
    ties = [link for link in found.values() if link.other != row]
    return (*ties, *_of_message(plan, source, row))


def _of_segment(plan: LadderPlan, source: Source, row: int) -> Iterator[Link]:
    tcp, segment = source.tcp, int(source.steps.row[plan.own[row]])
    if tcp is None:
        return
    ts_ns = source.segments.ts_ns
    for other in (int(tcp.acked_by_row[segment]), int(tcp.acks_row[segment])):
        if other >= 0:
            took = short_duration(abs(int(ts_ns[other] - ts_ns[segment])))
            yield Link(row, _place(source, other), True, (took,))
    filled = _filled_gap(plan, source, row, segment)
    if filled >= 0:
        yield Link(row, filled, False, ("fills the gap", "the gap", "gap"), True)
    related = int(tcp.related_row[segment])
    words = _related_words(int(tcp.verdicts[segment]))
    if related >= 0 and words:
        yield Link(row, _place(source, related), False, words)


def _place(source: Source, segment: int) -> int:
    return int(source.places[source.steps.home[segment]])


def _related_words(verdicts: int) -> tuple[str, ...]:
    """What ``TcpAnalysis.related_row`` is to a segment with these verdicts; empty where it is nothing to point at."""
    if verdicts & Verdict.OUT_OF_ORDER:
        return "overtaken by", "overtaken"
    if verdicts & _RESENT:
        return "first sent", "original", "first"
    return ("repeats", "same") if verdicts & Verdict.DUPLICATE_ACK else ()


def _filled_gap(plan: LadderPlan, source: Source, row: int, segment: int) -> int:
    """The row above which the segment was missing that this one brings again, or -1."""
    tcp, missing = source.tcp, plan.missing
    if tcp is None or not int(tcp.verdicts[segment]) & _RESENT:
        return -1
    seq = int(tcp.rel_seq[segment])
    beyond = (seq - missing.seq).astype(np.int32)  # sequence numbers wrap: a signed 32-bit difference
    before = (
        (missing.rows < row)
        & (beyond >= 0)
        & (beyond < missing.length)
        & (plan.source[missing.rows] == plan.source[row])
        & (plan.from_lane[missing.rows] == plan.from_lane[row])
    )
    return int(missing.rows[before][-1]) if before.any() else -1


def _of_exchange(plan: LadderPlan, source: Source, row: int) -> Iterator[Link]:
    """The response to a request and the request of a response, in the left gutter."""
    reading, steps, own = source.reading, source.steps, int(plan.own[row])
    if reading is None:
        return
    messages = reading.messages
    mine = reading.said(steps, own) or messages.ending_in(int(steps.row[own]))
    for message in mine[:8]:
        if message.exchange < 0:
            continue
        partner = _partner(source, message.layer, message.exchange, message.direction)
        if partner < 0:
            continue
        other = _row_of_message(source, partner)
        took_ns = abs(int(plan.ts_ns[other] - plan.ts_ns[row]))
        word = "response" if message.direction == 0 else "request"
        yield Link(row, other, True, (f"{word} · {short_duration(took_ns)}", word, short_duration(took_ns)))


def _of_message(plan: LadderPlan, source: Source, row: int) -> Iterator[Link]:
    """The other segments of the message that a segment is a part of, in the right gutter."""
    reading = source.reading
    if reading is None or int(plan.kind[row]) != StepKind.SEGMENT:
        return
    base = reading.base.steps
    home = int(base.home[source.steps.row[plan.own[row]]])
    if base.kind[home] != StepKind.FLIGHT or base.count[home] < 2:
        return
    first, last = _place(source, int(base.first[home])), _place(source, int(base.last[home]))
    if first != last:
        yield Link(row, last, False, (plan.name_of(step_label(reading, base, home)),), first=first)


def _partner(source: Source, layer: int, exchange: int, direction: int) -> int:
    """The number of the message in the other direction with the same exchange, or -1."""
    reading = source.reading
    assert reading is not None
    for phase in reading.phases:
        for it in phase.exchanges:
            request = reading.messages.messages[it.request]
            if request.layer == layer and request.exchange == exchange:
                return it.response if direction == request.direction else it.request
    return -1


def _row_of_message(source: Source, number: int) -> int:
    """The row of the plan that stands for a message."""
    reading = source.reading
    assert reading is not None
    flights, steps = reading.base.flights, source.steps
    flight = int(np.searchsorted(flights.start, number, side="right")) - 1
    at = np.flatnonzero((steps.kind == StepKind.FLIGHT) & (steps.number == flight))
    own = int(at[0]) if len(at) else int(steps.home[reading.messages.messages[number].row])
    return int(source.places[own])
