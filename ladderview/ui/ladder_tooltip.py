"""What does a person read who rests on an arrow?"""

from __future__ import annotations

from html import escape

from ladderview.analysis.explain import verdict_sentences
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.steps import StepKind
from ladderview.analysis.words import count, grouped, short_duration
from ladderview.ladder.label_fit import full_text
from ladderview.ladder.plan import LadderPlan
from ladderview.ui.translation import translate

JOINED = "Larger than the receiver's MSS: offload joined several segments before they were captured."
CUT = "Not all of this packet was captured (snap length)."


def arrow_text(plan: LadderPlan, row: int) -> str:
    """An arrow in plain words: its packet number and its whole label."""
    return f"{plan.number_text(row)} {full_text(plan.label(row))}"


def tooltip(plan: LadderPlan, analysis: FlowAnalysis | None, row: int) -> str:
    """Number, time and whole label, and why there is a verdict, as rich text.

    Args:
        plan: the ladder.
        analysis: what its flow was found to be, or None while that is not known.
        row: whose arrow.
    """
    number, words = arrow_text(plan, row).split(" ", 1)
    lines = [f"<b>{number}</b>&nbsp; {escape(words)}"]
    if plan.count[row] > 1:
        lasting = short_duration(int(plan.ts_ns[row] - plan.begin_ns[row]))
        acks = grouped(int(plan.acks[row]))
        told = translate("{segments}, within {time}.")
        if plan.acks[row]:
            told = translate("{segments}, {acks} of them ACKs alone, within {time}.")
        segments = count(int(plan.count[row]), "segment")
        lines.append(told.format(segments=segments, acks=acks, time=lasting))
    elif plan.coalesced[row]:
        lines.append(translate(JOINED))
    if plan.cut[row]:
        lines.append(translate(CUT))
    if analysis is not None:
        _, segment = plan.segment_of(row)
        if plan.kind[row] in (StepKind.SEGMENT, StepKind.RUN):
            lines += [escape(sentence) for sentence in verdict_sentences(analysis, segment)]
    return "<qt>" + "<br>".join(lines) + "</qt>"
