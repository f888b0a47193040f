"""What does a person write on a ladder, and what does each piece of it hang on?

Plan: an annotation hangs on packets, on messages (of a packet in which they were whole) or on times, and on nothing
else: no coordinate that was worked out is ever kept, only how far a person moved it from where it would stand by
itself. So it stays right at every zoom, level and axis, and when the sides are swapped. All of them are immutable;
an edit makes new ones, and undo puts the old ones back.

Traps: a capture may be replaced by another. An anchor therefore also holds the time of its packet, and is believed only
where a packet of that time is there (``located``).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

import numpy as np

from ladderview.capture.table import PacketTable

#: The JSON text of an object, or "": what a newer version wrote and this one does not know, carried along as it stood.
Json = str

#: Characters of an annotation's text, and annotations of a capture: beyond is no person's work.
LONGEST_TEXT, MOST_ANNOTATIONS = 20_000, 50_000


class Kind(StrEnum):
    """What an annotation is; the value is how files call it."""

    NOTE = "note"
    MEASURE = "measure"
    BRACKET = "bracket"
    HIGHLIGHT = "highlight"
    DIM = "dim"
    FOLD = "fold"
    TITLE = "title"
    CAPTION = "caption"
    ENDPOINT = "endpoint"
    PHASE = "phase"


@dataclass(frozen=True, slots=True)
class KindRules:
    """What holds for all annotations of a kind.

    Attributes:
        words: what a person calls it: "Undo Add Note".
        anchors: how many it has.
        style: the colour that a new one has, a key of ``STYLES``.
        needs_text: without text there is nothing to show.
        one_per_flow: a second one replaces the first.
    """

    words: str
    anchors: int
    style: str = ""
    needs_text: bool = False
    one_per_flow: bool = False


RULES: dict[Kind, KindRules] = {
    Kind.NOTE: KindRules("Note", 1, "yellow", needs_text=True),
    Kind.MEASURE: KindRules("Measure", 2, "blue"),
    Kind.BRACKET: KindRules("Bracket", 2, "blue"),
    Kind.HIGHLIGHT: KindRules("Highlight", 2, "yellow"),
    Kind.DIM: KindRules("Dim", 2),
    Kind.FOLD: KindRules("Fold", 2),
    Kind.TITLE: KindRules("Title", 1, needs_text=True, one_per_flow=True),
    Kind.CAPTION: KindRules("Caption", 1, needs_text=True, one_per_flow=True),
    Kind.ENDPOINT: KindRules("Endpoint Name", 1, needs_text=True),
    Kind.PHASE: KindRules("Phase Name", 1, needs_text=True),
}

#: The colours that a person chooses from: name -> theme keys of fill, border and text.
STYLES: dict[str, tuple[str, str, str]] = {
    "yellow": ("note", "note.border", "note.text"),
    "blue": ("selection", "accent", "accent.text"),
    "green": ("http.band", "http", "http"),
    "violet": ("tls.band", "tls", "tls"),
    "orange": ("trouble.band", "trouble", "trouble"),
    "grey": ("tcp.band", "tcp", "tcp"),
}

End = Literal["", "sender", "receiver"]


@dataclass(frozen=True, slots=True)
class AnchorPoint:
    """What an end of an annotation hangs on.

    Attributes:
        flow: the flow.
        packet: the packet, from 0 in the capture; -1 where it hangs on a time alone.
        ts_ns: the time of that packet, nanoseconds since the epoch.
        message: which of the messages that were whole in the packet, from 0; -1 for the packet itself.
        end: for the name of an endpoint, which end of the packet bears it; it stays there when sides are swapped.
        extra: what a newer version knows of it.
    """

    flow: int
    packet: int
    ts_ns: int
    message: int = -1
    end: End = ""
    extra: Json = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation.

    Attributes:
        id: unlike that of any other.
        kind: what it is.
        anchors: as many as its kind asks for, the earlier first.
        dx, dy: pixels that a person moved it from where it stands by itself.
        width, height: the size that a person gave it, pixels; 0 for its own.
        text: what it says; lines end with a line feed.
        style: a key of ``STYLES``, or empty.
        extra: what a newer version knows of it.
    """

    id: str
    kind: Kind
    anchors: tuple[AnchorPoint, ...]
    dx: float = 0.0
    dy: float = 0.0
    width: float = 0.0
    height: float = 0.0
    text: str = ""
    style: str = ""
    extra: Json = ""

    @property
    def one_line(self) -> str:
        """Its text on one line."""
        return " ".join(self.text.split())

    @property
    def flow(self) -> int:
        """The flow that it belongs to."""
        return self.anchors[0].flow

    @property
    def rules(self) -> KindRules:
        """What holds for its kind."""
        return RULES[self.kind]

    @property
    def colours(self) -> tuple[str, str, str]:
        """Theme keys of fill, border and text."""
        return STYLES.get(self.style) or STYLES.get(self.rules.style) or STYLES["blue"]


@dataclass(frozen=True, slots=True)
class Annotations:
    """All annotations of a capture.

    Attributes:
        all: in the order in which they were made.
        unknown: annotations that this version does not understand, as they stood in the file.
        extra: what else stood in the file.
    """

    all: tuple[Annotation, ...] = ()
    unknown: tuple[Json, ...] = ()
    extra: Json = ""

    def __len__(self) -> int:
        return len(self.all)

    def __iter__(self) -> Iterator[Annotation]:
        return iter(self.all)

    def get(self, annotation_id: str) -> Annotation | None:
        """The annotation with this id, or None."""
        return next((one for one in self.all if one.id == annotation_id), None)

    def of_flow(self, flow: int, *kinds: Kind) -> tuple[Annotation, ...]:
        """Those of one flow; of these kinds, where any are named."""
        return tuple(one for one in self.all if one.flow == flow and (not kinds or one.kind in kinds))

    def text_of(self, flow: int, kind: Kind) -> str:
        """The text of the title or the caption of a flow, or the empty string."""
        return next((one.text for one in reversed(self.all) if one.flow == flow and one.kind is kind), "")

    def changed(self, before: Annotation | None, after: Annotation | None) -> Annotations:
        """Add ``after``, remove ``before``, or put the one in the place of the other."""
        ids = {one.id for one in (before, after) if one is not None}
        kept = [one for one in self.all if one.id not in ids]
        if after is not None:
            places = [place for place, one in enumerate(self.all) if one.id in ids]
            kept.insert(places[0] if places else len(kept), after)
        return replace(self, all=tuple(kept))


def new_id() -> str:
    """An id that no other annotation has, in any window."""
    return secrets.token_hex(6)


def earlier_first(anchors: Iterable[AnchorPoint]) -> tuple[AnchorPoint, ...]:
    """Anchors in the order of the capture; times among packets by the clock."""
    known = tuple(anchors)
    if any(anchor.packet < 0 for anchor in known):
        return tuple(sorted(known, key=lambda anchor: (anchor.ts_ns, anchor.packet, anchor.message)))
    return tuple(sorted(known, key=lambda anchor: (anchor.packet, anchor.ts_ns, anchor.message)))


def located(annotations: Annotations, packets: PacketTable) -> tuple[Annotations, int]:
    """The same annotations on the packets of this capture, and how many have lost theirs.

    An anchor whose packet has another time goes to the packet of its time that is nearest to it; one that finds none
    stays as it is, and is not drawn.
    """
    lost = 0
    found = []
    for one in annotations.all:
        anchors = tuple(_located(anchor, packets) for anchor in one.anchors)
        lost += None in anchors
        kept = tuple(new or old for new, old in zip(anchors, one.anchors, strict=True))
        found.append(one if kept == one.anchors else replace(one, anchors=kept))
    return replace(annotations, all=tuple(found)), lost


def _located(anchor: AnchorPoint, packets: PacketTable) -> AnchorPoint | None:
    if anchor.packet < 0:
        return anchor
    packet = anchor.packet
    if packet >= len(packets) or int(packets.ts_ns[packet]) != anchor.ts_ns:
        same = np.flatnonzero((packets.ts_ns == anchor.ts_ns) & (packets.flow >= 0))
        if not len(same):
            return None
        packet = int(same[np.argmin(np.abs(same - anchor.packet))])
    flow = int(packets.flow[packet])
    return replace(anchor, packet=packet, flow=flow if flow >= 0 else anchor.flow)  # an sFlow sample is of several
