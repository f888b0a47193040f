"""How is a ladder drawn of which nobody is to learn addresses, names and secrets?

Plan: the words of a plan are masked before anything is measured, so labels have the room that the masked words need;
nothing is painted over. Text of a protocol that nobody here reads may hold any secret at any place: it is not quoted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from ladderview.analysis.masking import Masker
from ladderview.ladder.annotations import Annotations
from ladderview.ladder.bands import BandWords
from ladderview.ladder.label_fit import LabelParts
from ladderview.ladder.plan import LadderPlan


@dataclass(frozen=True, slots=True)
class MaskedLabel:
    """The parts of a label, masked."""

    verdict: str
    flags: str
    numbers: str
    unquoted: str = ""


def masked_plan(plan: LadderPlan, masker: Masker) -> LadderPlan:
    """The same ladder, every word of which has gone through the masker."""
    if not masker.kinds:
        return plan
    text, label, words = masker.text, plan.label, plan.bands.words

    def name_of(parts: LabelParts) -> str:
        return text(parts.unquoted or parts.flags)

    @lru_cache(maxsize=4096)
    def masked_label(row: int) -> LabelParts:
        parts = label(row)
        return MaskedLabel(text(parts.verdict), name_of(parts), text(parts.numbers))

    def masked_words(band: int) -> BandWords:
        own = words(band)
        return replace(own, name=text(own.name), short=text(own.short), details=tuple(map(text, own.details)))

    lanes = tuple(
        replace(lane, name=text(lane.name), host=text(lane.host), address=text(lane.address)) for lane in plan.lanes
    )
    return replace(
        plan, label=masked_label, lanes=lanes, bands=replace(plan.bands, words=masked_words), name_of=name_of
    )


def masked_annotations(annotations: Annotations, masker: Masker) -> Annotations:
    """The same annotations, masked."""
    if not masker.kinds:
        return annotations
    return replace(annotations, all=tuple(replace(one, text=masker.written(one.text)) for one in annotations.all))
