"""How do the comments of packets (pcapng) become notes, and notes comments of packets?

Plan: a comment is part of the capture and is shown as a note in grey, which is kept nowhere. Once a person changes it,
the changed note is kept among the annotations under an id by which the comment is known again: its place among those of
its packet, and a sum of what it said. It is shown in the place of the comment from then on, and written in its place
into a copy; taken away, it stays as a note without words and colour, which hides the comment and leaves it out of the
copy. Where the comment was changed by another program meanwhile, both are there.

A note that says what a comment of its packet says is that comment: it was written into this copy once.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from ladderview.capture.capture import Capture
from ladderview.ladder.annotation_json import clean
from ladderview.ladder.annotations import AnchorPoint, Annotation, Annotations, Kind

#: Comments of one ladder that are shown.
MOST_COMMENTS = 2000

_ID = re.compile(r"comment (\d{1,15})\.(\d{1,15})\.([0-9a-f]{8})")

#: By what a comment is known: packet, its place among the packet's comments, a sum of what it says.
_Place = tuple[int, int, str]


def is_comment(one: Annotation) -> bool:
    """Whether it is, or stands in the place of, a comment of the capture."""
    return _ID.fullmatch(one.id) is not None


def comment_of(capture: Capture | None, annotation_id: str) -> Annotation | None:
    """The comment with this id, as it stands in the capture, or None."""
    known = _ID.fullmatch(annotation_id)
    if capture is None or known is None:
        return None
    packet, number = int(known[1]) - 1, int(known[2])
    comments = capture.comments.get(packet, ())
    if number >= len(comments) or _sum(comments[number]) != known[3]:
        return None
    return _note(capture, packet, number, comments[number])


def taken_away(comment: Annotation) -> Annotation:
    """What is kept of a comment that is not to be there any more."""
    return replace(comment, text="", style="")


def is_taken_away(one: Annotation) -> bool:
    """Whether it stands for a comment that is not to be there any more."""
    return not one.text and not one.style and is_comment(one)


def with_comments(annotations: Annotations, capture: Capture | None, flows: Collection[int]) -> Annotations:
    """The annotations together with the comments of these flows' packets, as notes in grey."""
    own = tuple(one for one in annotations if not is_taken_away(one))
    if capture is None or not capture.comments:
        return replace(annotations, all=own)
    changed = _changed(annotations)
    said = {(one.anchors[0].packet, one.text) for one in annotations if one.kind is Kind.NOTE}
    shown: list[Annotation] = []
    for packet, comments in sorted(capture.comments.items()):
        if len(shown) >= MOST_COMMENTS:
            break
        if int(capture.packets.flow[packet]) not in flows:
            continue
        for number, comment in enumerate(comments):
            note = _note(capture, packet, number, comment)
            if note.text and (packet, number, _sum(comment)) not in changed and (packet, note.text) not in said:
                shown.append(note)
    return replace(annotations, all=(*own, *shown))


def comments_in_copy(annotations: Annotations, capture: Capture) -> Mapping[int, tuple[str, ...]]:
    """All comments of those packets of a copy that have others than in the capture; by packet, from 0.

    First the packet's own, as they were changed or not, then the notes on it.
    """
    changed = _changed(annotations)
    written = {packet: tuple(_kept(capture, packet, changed)) for packet in {place[0] for place in changed}}
    for one in annotations:
        packet = one.anchors[0].packet
        if one.kind is Kind.NOTE and one.text and not is_comment(one) and 0 <= packet < len(capture.packets):
            before = written.get(packet, capture.comments.get(packet, ()))
            written[packet] = before if one.text in before else (*before, one.text)
    return {packet: texts for packet, texts in written.items() if texts != capture.comments.get(packet, ())}


def _changed(annotations: Annotations) -> dict[_Place, Annotation]:
    """What stands in the place of comments."""
    known = ((one, _ID.fullmatch(one.id)) for one in annotations if one.kind is Kind.NOTE)
    return {(one.anchors[0].packet, int(of[2]), of[3]): one for one, of in known if of is not None}


def _kept(capture: Capture, packet: int, changed: Mapping[_Place, Annotation]) -> Iterator[str]:
    """What is left of the comments of a packet."""
    for number, comment in enumerate(capture.comments.get(packet, ())):
        one = changed.get((packet, number, _sum(comment)))
        if one is None or one.text == _shown(comment):
            yield comment
        elif one.text:
            yield one.text


def _note(capture: Capture, packet: int, number: int, comment: str) -> Annotation:
    anchor = AnchorPoint(int(capture.packets.flow[packet]), packet, int(capture.packets.ts_ns[packet]))
    name = f"comment {packet + 1}.{number}.{_sum(comment)}"
    return Annotation(name, Kind.NOTE, (anchor,), text=_shown(comment), style="grey")


def _shown(comment: str) -> str:
    return clean(comment).strip()


def _sum(comment: str) -> str:
    return f"{zlib.crc32(comment.encode('utf-8', 'replace')):08x}"
