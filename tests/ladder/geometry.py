"""Boxes of what stands in a drawing, to ask whether anything overlaps or is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from ladderview.ladder.shapes import Anchor, Arrow, Box, Drawing, Phrase, Ref, Text
from ladderview.ladder.text_width import Measure, table_measure
from ladderview.ladder.viewport import HEADER_PX

#: How far letters, digits and brackets reach above and below the baseline, as parts of the font size.
ABOVE, BELOW = 0.76, 0.14


class Rect(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    what: str
    ref: Ref | None

    def meets(self, other: Rect) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def text_rects(drawing: Drawing, measure: Measure = table_measure) -> Iterator[Rect]:
    for shape in drawing.shapes:
        if isinstance(shape, Phrase):
            left, width = shape.x - shape.width / 2, shape.width
            words = " ".join(run.text for run in shape.runs)
        elif isinstance(shape, Text):
            width = measure(shape.text, shape.size, shape.bold, shape.mono)
            left = shape.x - {Anchor.START: 0.0, Anchor.MIDDLE: width / 2, Anchor.END: width}[shape.anchor]
            words = shape.text
        else:
            continue
        yield Rect(left, shape.y - ABOVE * shape.size, left + width, shape.y + BELOW * shape.size, words, shape.ref)


def pill_rects(drawing: Drawing) -> Iterator[Rect]:
    for shape in drawing.shapes:
        if isinstance(shape, Box) and shape.fill == "pill":
            yield Rect(shape.x, shape.y, shape.x + shape.width, shape.y + shape.height, "pill", shape.ref)


def is_covered(rect: Rect) -> bool:
    """Whether the header, which stays on screen, stands over it."""
    return rect.top < HEADER_PX and (rect.ref is None or rect.ref.kind != "endpoint")


def overlaps(drawing: Drawing, measure: Measure = table_measure) -> list[tuple[str, str]]:
    """Pairs of texts that meet, and texts that meet a pill which is not their own."""
    texts = [rect for rect in text_rects(drawing, measure) if not is_covered(rect)]
    pills = [rect for rect in pill_rects(drawing) if not is_covered(rect)]
    found = [(one.what, other.what) for one, other in combinations(texts, 2) if one.meets(other)]
    found += [(text.what, "pill") for text in texts for pill in pills if text.ref != pill.ref and text.meets(pill)]
    found += [("pill", "pill") for one, other in combinations(pills, 2) if one.meets(other)]
    return found


def beyond_the_edges(drawing: Drawing, measure: Measure = table_measure) -> list[str]:
    """Texts that are cut off at the left or right edge."""
    return [rect.what for rect in text_rects(drawing, measure) if rect.left < 0 or rect.right > drawing.width]


def arrows(drawing: Drawing) -> list[Arrow]:
    return [shape for shape in drawing.shapes if isinstance(shape, Arrow)]


def words(drawing: Drawing, kind: str) -> list[str]:
    """The texts that belong to shapes of one kind of ref, top to bottom."""
    return [rect.what for rect in text_rects(drawing) if rect.ref is not None and rect.ref.kind == kind]
