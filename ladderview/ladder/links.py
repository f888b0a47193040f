"""What belongs to a segment: the ACK that acknowledges it, what it acknowledges, its original, the gap it fills?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ladderview.analysis.verdicts import Verdict
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.times import duration_text

_RESENT = Verdict.RETRANSMISSION | Verdict.FAST_RETRANSMISSION | Verdict.SPURIOUS_RETRANSMISSION | Verdict.OUT_OF_ORDER


@dataclass(frozen=True, slots=True)
class Link:
    """A tie between two rows.

    Attributes:
        row, other: the selected row and its partner.
        left: in the left gutter.
        words: what to say, longest first; the first that has room is used.
        to_missing: the partner is the missing segment above ``other``.
    """

    row: int
    other: int
    left: bool
    words: tuple[str, ...]
    to_missing: bool = False


def links_of(plan: LadderPlan, row: int) -> tuple[Link, ...]:
    """The links of one row, at most four."""
    tcp = plan.tcp
    if tcp is None or not 0 <= row < len(plan):
        return ()
    links = []
    for other in (int(tcp.acked_by_row[row]), int(tcp.acks_row[row])):
        if other >= 0:
            ts_ns = plan.segments.ts_ns
            links.append(Link(row, other, True, (duration_text(abs(int(ts_ns[other] - ts_ns[row]))),)))
    filled = _filled_gap(plan, row)
    if filled >= 0:
        links.append(Link(row, filled, False, ("fills the gap", "the gap", "gap"), True))
    related = int(tcp.related_row[row])
    words = _related_words(int(tcp.verdicts[row]))
    if related >= 0 and words:
        links.append(Link(row, related, False, words))
    return tuple(links)


def _related_words(verdicts: int) -> tuple[str, ...]:
    """What ``TcpAnalysis.related_row`` is to a segment with these verdicts; empty where it is nothing to point at."""
    if verdicts & Verdict.OUT_OF_ORDER:
        return "overtaken by", "overtaken"
    if verdicts & _RESENT:
        return "first sent", "original", "first"
    return ("repeats", "same") if verdicts & Verdict.DUPLICATE_ACK else ()


def _filled_gap(plan: LadderPlan, row: int) -> int:
    """The row above which the segment was missing that this one brings again, or -1."""
    tcp, missing, segments = plan.tcp, plan.missing, plan.segments
    if tcp is None or not int(tcp.verdicts[row]) & _RESENT:
        return -1
    seq = int(tcp.rel_seq[row])
    beyond = (seq - missing.seq).astype(np.int32)  # sequence numbers wrap: a signed 32-bit difference
    before = (
        (missing.rows < row)
        & (beyond >= 0)
        & (beyond < missing.length)
        & (segments.direction[missing.rows] == segments.direction[row])
    )
    return int(missing.rows[before][-1]) if before.any() else -1
