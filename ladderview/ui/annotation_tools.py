"""What does each annotation tool do when the pointer is pressed, moved and released, and on Esc?

Plan: a tool is a small object between press and release. It asks its ``Desk`` (the ladder) what is at a point, shows
what would come of it as a draft, and hands over the finished annotation. It knows no widget, so a test can drive it,
and the keyboard drives the same tools: the selected arrow is the press, the next arrows are the moves, Enter releases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from ladderview.ladder.annotation_shapes import CORNER, FIRST_END, HANDLE, HUNG_AT
from ladderview.ladder.annotations import RULES, AnchorPoint, Annotation, Kind, earlier_first, new_id
from ladderview.ladder.note_cards import SMALLEST_HEIGHT, SMALLEST_WIDTH
from ladderview.ladder.shapes import Ref
from ladderview.ui.translation import translate

#: Pixels that the pointer moves before a press becomes a drag.
DRAG_FROM_PX = 4.0


class Desk(Protocol):
    """What tools work on."""

    def anchor_at(self, x: float, y: float, *, timed: bool = True, of: AnchorPoint | None = None) -> AnchorPoint | None:
        """What is at this point: an arrow, or the time between two (not where ``timed`` is false).

        Of several arrows at a height that which is under the pointer; ``x`` is negative where the keys point. With
        ``of`` only the arrows of its flow count. None where there is no ladder.
        """
        ...

    def found_at(self, x: float, y: float) -> Ref | None:
        """The annotation or the handle at this point."""
        ...

    def annotation_at(self, place: int) -> Annotation | None:
        """The annotation that a ``Ref`` means."""
        ...

    def chosen(self) -> Annotation | None:
        """The annotation that is chosen."""
        ...

    def size_of(self, annotation: Annotation) -> tuple[float, float]:
        """Width and height that it is drawn with."""
        ...

    def heights_of(self, annotation: Annotation) -> list[float]:
        """Where its anchors stand, pixels."""
        ...

    def choose(self, annotation: Annotation | None) -> None:
        """Choose an annotation, or none."""
        ...

    def draft(self, annotation: Annotation | None) -> None:
        """Show an annotation that is not there yet in the place of the one with its id; None shows what is there."""
        ...

    def finish(self, before: Annotation | None, after: Annotation | None, words: str = "") -> None:
        """Make a change that can be undone."""
        ...

    def edit_text(self, annotation: Annotation, *, is_new: bool) -> None:
        """Let the person write."""
        ...


class Tool(Protocol):
    """One tool. Positions are logical pixels of the ladder."""

    def press(self, x: float, y: float) -> bool:
        """The pointer goes down; whether the tool takes what follows."""
        ...

    def move(self, x: float, y: float) -> None:
        """The pointer moves while it is down."""
        ...

    def release(self) -> bool:
        """The pointer goes up; whether the work of the tool is done."""
        ...

    def escape(self) -> None:
        """Give up; nothing has changed."""
        ...


class NoteTool:
    """A note at the arrow, or at the time between two arrows, where the pointer goes up."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._note: Annotation | None = None

    def press(self, x: float, y: float) -> bool:
        """The note appears there."""
        self._show(self._desk.anchor_at(x, y))
        return self._note is not None

    def move(self, x: float, y: float) -> None:
        """It follows the pointer."""
        self._show(self._desk.anchor_at(x, y))

    def _show(self, anchor: AnchorPoint | None) -> None:
        if anchor is None:
            return
        one = self._note or Annotation(new_id(), Kind.NOTE, (anchor,), text="…", style=RULES[Kind.NOTE].style)
        self._note = replace(one, anchors=(anchor,))
        self._desk.draft(self._note)

    def release(self) -> bool:
        """It stays, and waits for its words."""
        note, self._note = self._note, None
        if note is not None:
            self._desk.edit_text(replace(note, text=""), is_new=True)
        return note is not None

    def escape(self) -> None:
        """It goes."""
        self._note = None
        self._desk.draft(None)


#: What is about arrows, and not about the time between them; and what can only be about the arrows of one flow.
OF_ARROWS, OF_ONE_FLOW = frozenset({Kind.DIM, Kind.FOLD}), frozenset({Kind.FOLD})


class RangeTool:
    """A bracket, a measure, a highlight, a dimming or a fold from one arrow, or time, to another."""

    def __init__(self, desk: Desk, kind: Kind) -> None:
        self._desk = desk
        self._kind = kind
        self._from: AnchorPoint | None = None
        self._made: Annotation | None = None

    def press(self, x: float, y: float) -> bool:
        """It begins there."""
        self._from = self._desk.anchor_at(x, y, timed=self._kind not in OF_ARROWS)
        if self._from is not None:
            style = RULES[self._kind].style
            self._made = Annotation(new_id(), self._kind, (self._from, self._from), style=style)
            self._desk.draft(self._made)
        return self._from is not None

    def move(self, x: float, y: float) -> None:
        """It reaches to where the pointer is."""
        of = self._from if self._kind in OF_ONE_FLOW else None
        to = self._desk.anchor_at(x, y, timed=self._kind not in OF_ARROWS, of=of)
        if to is not None and self._from is not None and self._made is not None:
            self._made = replace(self._made, anchors=earlier_first((self._from, to)))
            self._desk.draft(self._made)

    def release(self) -> bool:
        """It stays. A measure, a bracket or a fold of nothing is none."""
        made, self._made = self._made, None
        self._desk.draft(None)
        if made is None or (made.anchors[0] == made.anchors[1] and self._kind not in (Kind.HIGHLIGHT, Kind.DIM)):
            return False
        self._desk.finish(None, made)
        return True

    def escape(self) -> None:
        """It goes."""
        self._made = None
        self._desk.draft(None)


@dataclass
class _Drag:
    """What is being dragged: the annotation as it was and as it is, where the pointer began, by which handle, and the
    size that it was drawn with."""

    before: Annotation
    now: Annotation
    x: float
    y: float
    handle: int | None
    size: tuple[float, float]
    begun: bool = False


class PointerTool:
    """Chooses, moves and sizes what is there."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._drag: _Drag | None = None

    def press(self, x: float, y: float) -> bool:
        """Choose what is under the pointer; nothing there chooses none, and leaves the pointer to the ladder."""
        ref = self._desk.found_at(x, y)
        if ref is not None and ref.kind == HANDLE:
            one, handle = self._desk.chosen(), ref.row
        else:
            one, handle = (self._desk.annotation_at(ref.row) if ref is not None else None), None
            self._desk.choose(one)
        self._drag = _Drag(one, one, x, y, handle, self._desk.size_of(one)) if one is not None else None
        return self._drag is not None

    def move(self, x: float, y: float) -> None:
        """Drag it, or its handle."""
        drag = self._drag
        if drag is None:
            return
        if not drag.begun and abs(x - drag.x) < DRAG_FROM_PX and abs(y - drag.y) < DRAG_FROM_PX:
            return
        drag.begun = True
        if drag.handle is None:
            drag.now = self._moved(drag, x, y)
        elif drag.handle == HUNG_AT:
            to = self._desk.anchor_at(x, y)
            drag.now = replace(drag.before, anchors=(to,)) if to is not None else drag.now
        elif drag.handle == CORNER:
            width, height = drag.size
            drag.now = replace(
                drag.before,
                width=max(SMALLEST_WIDTH, round(width + x - drag.x)),
                height=max(SMALLEST_HEIGHT, round(height + y - drag.y)),
            )
        else:
            drag.now = self._stretched(drag, x, y)
        self._desk.draft(drag.now)

    def _moved(self, drag: _Drag, x: float, y: float) -> Annotation:
        """A note moves by pixels; what reaches over arrows moves from arrow to arrow."""
        before = drag.before
        if before.kind is Kind.NOTE:
            return replace(before, dx=round(before.dx + x - drag.x), dy=round(before.dy + y - drag.y))
        heights = zip(before.anchors, self._desk.heights_of(before), strict=False)
        ends = [
            self._desk.anchor_at(-1.0, height + y - drag.y, timed=end.packet < 0, of=end) for end, height in heights
        ]
        known = [end for end in ends if end is not None]
        return replace(before, anchors=earlier_first(known)) if len(known) == len(before.anchors) else drag.now

    def _stretched(self, drag: _Drag, x: float, y: float) -> Annotation:
        kind, fixed = drag.before.kind, drag.before.anchors[-1 if drag.handle == FIRST_END else 0]
        of = fixed if kind in OF_ONE_FLOW else None
        to = self._desk.anchor_at(x, y, timed=kind not in OF_ARROWS, of=of)
        if to is None:
            return drag.now
        return replace(drag.before, anchors=earlier_first((fixed, to)))

    def release(self) -> bool:
        """It stays where it is."""
        drag, self._drag = self._drag, None
        self._desk.draft(None)
        if drag is not None and drag.begun:
            moved = drag.handle in (None, HUNG_AT)
            done = translate("Move {what}") if moved else translate("Resize {what}")
            self._desk.finish(drag.before, drag.now, done.format(what=translate(drag.now.rules.words)))
        return False

    def escape(self) -> None:
        """It goes back to where it was."""
        self._drag = None
        self._desk.draft(None)


#: The tools by the name of their action; "pointer" is what there is when none is chosen.
TOOLS: dict[str, Callable[[Desk], Tool]] = {
    "pointer": PointerTool,
    "note": NoteTool,
    **{
        kind.value: (lambda desk, kind=kind: RangeTool(desk, kind))  # type: ignore[misc]
        for kind in (Kind.BRACKET, Kind.MEASURE, Kind.HIGHLIGHT, Kind.DIM, Kind.FOLD)
    },
}
