"""What is to be taken away, of which flow, and how does a person want it?

Plan: the command line and the dialog make a ``Wish``; with a flow that was read it becomes a ``Job``, which knows the
rows, the pages and all the words that an output needs. Every format writes a job, so what is chosen means the same in
each of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from ladderview.analysis.flow_protocols import BETWEEN
from ladderview.analysis.keys import Keys
from ladderview.analysis.masking import MASK_KINDS, NO_MASK, Masker, MaskKind, masker_of
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.steps import Key, Level
from ladderview.analysis.words import count, duration
from ladderview.capture.capture import Capture
from ladderview.ladder.annotated import folds_of, names_of, with_phase_names
from ladderview.ladder.annotation_rows import Placements, placements_of
from ladderview.ladder.annotations import Annotations, Kind
from ladderview.ladder.axis import AxisMode
from ladderview.ladder.layout import export_width
from ladderview.ladder.masked import masked_annotations, masked_plan
from ladderview.ladder.packet_comments import with_comments
from ladderview.ladder.page import PageStyle, notes_of_page
from ladderview.ladder.plan import LadderPlan, plan_reading
from ladderview.ladder.sheet import Marks
from ladderview.ladder.text_width import Measure
from ladderview.ladder.theme import THEMES, Theme
from ladderview.ladder.times import TimeReference
from ladderview.render.text import printable

Rows = tuple[int, int]

#: Letters of a capture's comment that can be the title of what is made of it.
LONGEST_TITLE = 80

#: ``Wish.spoken`` for every arrow.
EVERY_ARROW = frozenset({0})


class ExportError(Exception):
    """What cannot be made; ``str()`` is one line for a person, with the cause."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How an export is to be. What a format has no use for, it does not look at.

    Attributes:
        level, axis: which arrows, and where they stand.
        theme: a key of ``THEMES``.
        scale: image pixels a logical pixel.
        packets: first and last packet number, counted from 1; all by default.
        title: at the head; where it is empty, slides and pages have the name of the flow.
        legend, header: tell what the colours mean; the endpoint boxes.
        transparent: no background.
        build_up: slides that add one arrow after the other.
        spoken: packet numbers, counted from 1, whose layers and arithmetic become speaker notes, or ``EVERY_ARROW``.
        secrets: the keys of the flow go into the capture file.
        annotations: what a person has written on the ladder.
        comments: the comments that packets have in the capture are notes, too.
        masks: what a reader is not to learn.
        reference, swapped, estimated, unfolded: what a person has chosen in the ladder.
        raw: labels have the sequence numbers that stand in the packets.
    """

    level: Level = "segments"
    axis: AxisMode = "rows"
    theme: str = "light"
    scale: float = 2.0
    packets: tuple[int, int] | None = None
    title: str = ""
    legend: bool = True
    header: bool = True
    transparent: bool = False
    build_up: bool = False
    spoken: frozenset[int] = frozenset()
    secrets: bool = False
    annotations: Annotations = field(default_factory=Annotations)
    comments: bool = True
    masks: frozenset[MaskKind] = frozenset()
    reference: TimeReference = "flow"
    swapped: bool = False
    estimated: bool = False
    unfolded: frozenset[Key] = frozenset()
    raw: bool = False


class Job:
    """A wish and the flow that it is about.

    Attributes:
        capture, reading, wish: what it is made of.
        keys: what opened the flow's records.
        plan: its ladder.
        rows: first and end of the arrows that are taken away.
        notes: where the annotations stand.
        masker: what every word goes through.
        theme: the colours.
    """

    def __init__(self, capture: Capture, reading: FlowReading, wish: Wish, keys: Keys | None = None) -> None:
        """Make the plan.

        Raises:
            ExportError: the flow has none of the packets.
        """
        self.capture, self.reading, self.wish = capture, reading, wish
        self.keys = keys or Keys()
        flow = reading.analysis.flow
        self.masker = masker_of(capture, wish.masks, flow, reading.messages) if wish.masks else NO_MASK
        shown = with_comments(wish.annotations, capture if wish.comments else None, [flow.id])
        self.annotations = masked_annotations(shown, self.masker)
        written = masked_annotations(wish.annotations, self.masker)
        plan = annotated_plan(
            reading, capture, wish.level, wish.axis, annotations=written, unfolded=wish.unfolded, raw=wish.raw
        )
        self.plan: LadderPlan = masked_plan(plan, self.masker)
        self.rows: Rows = _chosen_rows(self.plan, wish.packets)
        self.notes: Placements = placements_of(self.plan, self.annotations)
        self.theme: Theme = THEMES[wish.theme]

    @property
    def marks(self) -> Marks:
        """How the ladder is drawn."""
        return Marks(reference=self.wish.reference, swapped=self.wish.swapped, estimated=self.wish.estimated)

    @property
    def count(self) -> int:
        """How many arrows are taken away."""
        return self.rows[1] - self.rows[0]

    @cached_property
    def host(self) -> str:
        """A name for the server, or its address."""
        said = self.masker.text(self.reading.messages.host)
        return said or self.plan.lanes[1].host or self.plan.lanes[1].address

    @property
    def title(self) -> str:
        """What a person called it, or the empty string."""
        return printable(" ".join(self.masker.written(self.wish.title).split())) or self._text_of(Kind.TITLE)

    @property
    def caption(self) -> str:
        """What a person wrote under the title, or the empty string."""
        return self._text_of(Kind.CAPTION)

    def _text_of(self, kind: Kind) -> str:
        """The text of an annotation of which a flow has one, on one line."""
        return printable(" ".join(self.annotations.text_of(self.plan.flow.id, kind).split()))

    @property
    def heading(self) -> str:
        """A title for pages that need one: a person's, that of the scenario, or the host."""
        return self.title or self._comment or self.host

    @property
    def _comment(self) -> str:
        """What the capture says of itself, where it is as short as a title; it may hold anything, so masks drop it."""
        text = "" if self.masker.kinds else printable(" ".join(self.capture.comment.split()))
        return text if len(text) <= LONGEST_TITLE else ""

    @cached_property
    def subtitle(self) -> str:
        """Under a title: what a person wrote, or what the flow is."""
        if self.caption:
            return self.caption
        host = [self.host] if self.heading != self.host else []
        protocols = BETWEEN.join(self.reading.messages.protocols) or "TCP"
        packets = count(len(self.reading.analysis.segments), "packet")
        return BETWEEN.join((*host, protocols, f"{packets} in {duration(self.plan.span_ns)}"))

    @property
    def file_name(self) -> str:
        """The name of the capture; where names are masked it may hold one, and is not told."""
        if "names" in self.masker.kinds or "addresses" in self.masker.kinds:
            return "capture"
        return "standard input" if self.capture.path == "-" else Path(self.capture.path).name

    @property
    def foot(self) -> str:
        """What stands at the foot of each page, before its packets and its number."""
        masked = f" · {masked_words(self.masker)}" if self.masker.kinds else ""
        return f"{self.file_name} · flow {self.plan.flow.id}{masked}"

    @cached_property
    def page_notes(self) -> Placements:
        """The annotations of the arrows that are taken away."""
        return notes_of_page(self.plan, self.rows, self.notes)

    def width_for_labels(self, measure: Measure, part: float = 1.0) -> float:
        """Logical pixels at which a ladder of these arrows shows its labels (or this part of them), within limits."""
        return export_width(self.plan, self.rows, measure, self.page_notes, part)

    def page_style(self, width: float, unit: float, *, height: float = 0.0, margin: float = 0.0) -> PageStyle:
        """What all pages have in common; those of a ``height`` of their own have a title, whether or not one was given.

        Args:
            width, height, unit, margin: as of ``PageStyle``.
        """
        return PageStyle(
            width=width,
            height=height,
            unit=unit,
            margin=margin,
            title=self.heading if height else self.title,
            subtitle=self.subtitle if height else self.caption,
            foot=self.foot,
            legend=self.wish.legend,
            header=self.wish.header,
            marks=self.marks,
            notes=self.page_notes,
        )


def masked_words(masker: Masker) -> str:
    """What is masked, in words: "addresses and names masked"."""
    kinds = [kind for kind in MASK_KINDS if kind in masker.kinds]
    if len(kinds) == len(MASK_KINDS):
        return "masked"
    return f"{', '.join(kinds[:-1])} and {kinds[-1]} masked" if len(kinds) > 1 else f"{kinds[0]} masked"


def annotated_plan(
    reading: FlowReading,
    capture: Capture,
    level: Level,
    axis: AxisMode,
    *,
    annotations: Annotations,
    unfolded: frozenset[Key] = frozenset(),
    raw: bool = False,
) -> LadderPlan:
    """The plan of a flow with what a person folded, and with the names that a person gave."""
    flow, segments = reading.analysis.flow.id, reading.analysis.segments
    plan = plan_reading(
        reading,
        capture,
        level,
        axis,
        unfolded=unfolded,
        folds=folds_of(annotations, flow, segments),
        names=names_of(annotations, flow, segments),
        raw=raw,
    )
    return with_phase_names(plan, annotations)


def _chosen_rows(plan: LadderPlan, packets: tuple[int, int] | None) -> Rows:
    if packets is None or not len(plan):
        return 0, len(plan)
    chosen = np.flatnonzero((plan.last_packet >= packets[0] - 1) & (plan.first_packet <= packets[1] - 1))
    if not len(chosen):
        numbers = f"#{int(plan.first_packet.min()) + 1} to #{int(plan.last_packet.max()) + 1}"
        raise ExportError(f"flow {plan.flow.id} has no packet from #{packets[0]} to #{packets[1]}: it has {numbers}")
    return int(chosen[0]), int(chosen[-1]) + 1
