"""What stands where a ladder would be, while there is none?"""

from __future__ import annotations

from ladderview.ladder.shapes import Anchor, Arrow, Box, Drawing, Line, Shape, Text

_SPAN, _STEP, _ROWS = 150.0, 26.0, 3


def empty_drawing(width: float, height: float, words: str, hint: str) -> Drawing:
    """A small pale ladder in the middle, and what to do under it."""
    centre, top = width / 2, height / 2 - 92
    left, right = centre - _SPAN / 2, centre + _SPAN / 2
    shapes: list[Shape] = []
    for x in (left, right):
        shapes.append(Box(x - 26, top, 52, 20, "panel", "border", 6.0))
        shapes.append(Line(x, top + 20, x, top + 34 + _ROWS * _STEP, "border", 1.5))
    for row in range(_ROWS):
        tail, tip = (left + 3, right - 3) if row % 2 == 0 else (right - 3, left + 3)
        y = top + 40 + row * _STEP
        shapes.append(Arrow(tail, y - 3, tip, y + 3, "density", 1.5, head=8.0))
    shapes.append(Text(centre, top + 34 + _ROWS * _STEP + 38, words, "text", 15.0, True, anchor=Anchor.MIDDLE))
    shapes.append(Text(centre, top + 34 + _ROWS * _STEP + 60, hint, "muted", 12.0, anchor=Anchor.MIDDLE))
    return Drawing(width, height, tuple(shapes))
