"""What do annotations change of the ladder itself: the names of its ends and phases, and what is folded?

These are no shapes beside the arrows: the plan is made, or made over, with them. A fold and a name hang on packets like
all other annotations, so they mean the same at every level and after sides were swapped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ladderview.analysis.segments import Segments
from ladderview.analysis.steps import Fold, StepKind
from ladderview.ladder.annotations import AnchorPoint, Annotations, Kind
from ladderview.ladder.bands import BandWords
from ladderview.ladder.label_fit import LabelParts
from ladderview.ladder.plan import LadderPlan


def segment_of(segments: Segments, anchor: AnchorPoint) -> int:
    """The segment of a flow that an anchor hangs on, or -1."""
    at = int(np.searchsorted(segments.packet, anchor.packet))
    found = at < len(segments) and segments.packet[at] == anchor.packet and segments.ts_ns[at] == anchor.ts_ns
    return at if found else -1


def names_of(annotations: Annotations, flow: int, segments: Segments) -> dict[int, str]:
    """What the ends of a flow were called by a person, by lane: 0 the client, 1 the server."""
    names = {}
    for one in annotations.of_flow(flow, Kind.ENDPOINT):
        segment = segment_of(segments, one.anchors[0])
        if segment >= 0 and one.text:
            sender = int(segments.direction[segment])
            names[1 - sender if one.anchors[0].end == "receiver" else sender] = one.one_line
    return names


def folds_of(annotations: Annotations, flow: int, segments: Segments) -> tuple[Fold, ...]:
    """What of a flow was folded by a person, in the order in which it was."""
    folds = []
    for one in annotations.of_flow(flow, Kind.FOLD):
        ends = sorted(segment_of(segments, anchor) for anchor in one.anchors)
        if ends[0] >= 0:
            folds.append(Fold(ends[0], ends[1]))
    return tuple(folds)


def with_phase_names(plan: LadderPlan, annotations: Annotations) -> LadderPlan:
    """The plan whose phases are called as a person called them."""
    names = _phase_names(plan, annotations)
    if not names:
        return plan
    bands, label = plan.bands, plan.label
    reading = plan.sources[0].reading
    numbers = plan.sources[0].steps.number

    def words(band: int) -> BandWords:
        own = bands.words(band)
        name = names.get(int(bands.phase[band]))
        return replace(own, name=name, short=name) if name else own

    def named(row: int) -> LabelParts:
        parts = label(row)
        if reading is None or plan.kind[row] != StepKind.PHASE:
            return parts
        number = int(numbers[plan.own[row]])
        name = names.get(number)
        return _Renamed(parts, reading.phases[number].name, name) if name else parts

    return replace(plan, bands=replace(bands, words=words), label=named)


class _Renamed:
    """A label in which a name stands in the place of another."""

    def __init__(self, parts: LabelParts, old: str, new: str) -> None:
        self.verdict, self.flags, self.numbers = (
            part.replace(old, new) for part in (parts.verdict, parts.flags, parts.numbers)
        )
        self.unquoted = parts.unquoted


def _phase_names(plan: LadderPlan, annotations: Annotations) -> Mapping[int, str]:
    """Names by the number of the phase."""
    source = plan.sources[0] if plan.sources else None
    if source is None or source.reading is None:
        return {}
    names: dict[int, str] = {}
    for one in annotations.of_flow(plan.flow.id, Kind.PHASE):
        segment = segment_of(source.segments, one.anchors[0])
        number = phase_of_segment(plan, segment) if segment >= 0 else -1
        if number >= 0 and one.text:
            names[number] = one.one_line
    return names


def phase_of_segment(plan: LadderPlan, segment: int) -> int:
    """The number of the phase that a segment lies in, or -1."""
    reading = plan.sources[0].reading
    if reading is None or not reading.phases or segment < 0:
        return -1
    step = int(reading.base.steps.home[segment])
    firsts = [phase.first for phase in reading.phases]
    return int(np.searchsorted(firsts, step, side="right")) - 1


def phase_anchor(plan: LadderPlan, number: int) -> AnchorPoint:
    """What the name of a phase hangs on: the first packet of its first arrow."""
    source = plan.sources[0]
    assert source.reading is not None
    phase = source.reading.phases[number]
    base = source.reading.base.steps
    segment = int(base.row[min(phase.first, len(base) - 1)])
    return AnchorPoint(source.flow.id, int(source.segments.packet[segment]), int(source.segments.ts_ns[segment]))
