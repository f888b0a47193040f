"""What does a speaker want to have at hand about an arrow: its layers, its arithmetic, and what it is for?"""

from __future__ import annotations

from collections.abc import Iterator

from ladderview.analysis.explain import seq_ack_math, verdict_sentences, why
from ladderview.analysis.message_reasons import why_flight, why_phase
from ladderview.analysis.packet_layers import packet_layers
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.upper_layers import upper_layers
from ladderview.analysis.words import grouped
from ladderview.capture.capture import Capture
from ladderview.ladder.label_fit import full_text
from ladderview.ladder.plan import LadderPlan
from ladderview.render.text import printable

_MARKS = {True: " ✓", False: " ✗", None: ""}


def spoken_lines(capture: Capture, reading: FlowReading, plan: LadderPlan, row: int) -> Iterator[str]:
    """The lines about one arrow; of one that stands for several segments, about that with which it was whole.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    analysis = reading.analysis
    _, segment = plan.segment_of(row)
    yield printable(f"{plan.number_text(row)}  {full_text(plan.label(row))}")
    packet = packet_layers(capture, int(analysis.segments.packet[segment]))
    packet = upper_layers(packet, analysis, segment, reading.places)
    yield "Layers: " + " › ".join(
        f"{printable(layer.story.title if layer.story else layer.dissection.protocol)} "
        f"({grouped(len(layer.dissection.header))} + {grouped(max(0, len(layer.dissection.payload)))} B)"
        for layer in packet.layers
    )
    yield ""
    for line in seq_ack_math(analysis, segment, plan.sources[int(plan.source[row])].raw):
        yield f"{line.term} {line.value}  {line.remark}{_MARKS[line.ok]}".rstrip()
    yield ""
    yield from verdict_sentences(analysis, segment)
    yield from _reasons(reading, plan, row, segment)


def _reasons(reading: FlowReading, plan: LadderPlan, row: int, segment: int) -> tuple[str, ...]:
    """What the phase, the messages or the segment are for, a paragraph each."""
    chosen = reading.chosen(plan.sources[int(plan.source[row])].steps, int(plan.own[row]))
    if chosen.phase is not None:
        return (why_phase(chosen.phase),)
    return why_flight(chosen.messages) or (why(reading.analysis, segment),)
