"""How do the comments of packets (pcapng) become notes, and notes comments of packets?

A comment is part of the capture: it is shown like a note, and cannot be changed as one can. A note says what it says to
whoever opens the copy that it was written into, beside the comments that the packet had before.
"""

from __future__ import annotations

from collections.abc import Mapping

from ladderview.capture.capture import Capture
from ladderview.ladder.annotation_json import clean
from ladderview.ladder.annotations import AnchorPoint, Annotation, Annotations, Kind

#: Comments of one flow that are shown.
MOST_COMMENTS = 2000


def with_comments(annotations: Annotations, capture: Capture | None, flow: int) -> Annotations:
    """The annotations together with the comments of a flow's packets, as notes in grey."""
    if capture is None or not capture.comments:
        return annotations
    shown = list(annotations.all)
    for packet, comments in sorted(capture.comments.items()):
        if int(capture.packets.flow[packet]) != flow or len(shown) > len(annotations.all) + MOST_COMMENTS:
            continue
        anchor = AnchorPoint(flow, packet, int(capture.packets.ts_ns[packet]))
        for number, comment in enumerate(comments):
            if text := clean(comment).strip():
                shown.append(Annotation(f"comment {packet} {number}", Kind.NOTE, (anchor,), text=text, style="grey"))
    return Annotations(tuple(shown), annotations.unknown, annotations.extra)


def comments_of(annotations: Annotations, capture: Capture) -> Mapping[int, tuple[str, ...]]:
    """The comments that the packets of a copy have: their own, then the notes on them; by packet, from 0."""
    written: dict[int, tuple[str, ...]] = {}
    for one in annotations:
        anchor = one.anchors[0]
        if one.kind is Kind.NOTE and one.text and 0 <= anchor.packet < len(capture.packets):
            before = written.get(anchor.packet, capture.comments.get(anchor.packet, ()))
            written[anchor.packet] = before if one.text in before else (*before, one.text)
    return written
