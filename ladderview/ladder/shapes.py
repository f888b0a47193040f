"""What a picture of a ladder is made of: shapes with theme keys and references, no colours and no Qt.

Coordinates are logical pixels, y down, origin at the top left of the drawing. Every output (screen, PNG,
SVG) renders the same shapes, so what is exported is what is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray


class Anchor(Enum):
    """Which point of a text its x is."""

    START = "start"
    MIDDLE = "middle"
    END = "end"


@dataclass(frozen=True, slots=True)
class Ref:
    """What a shape stands for, so that a click on it can be answered: ("packet", row), ("state", row, lane) ..."""

    kind: str
    row: int
    lane: int = -1


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line; ``dash`` is a pattern of on and off lengths in pixels, or empty."""

    x1: float
    y1: float
    x2: float
    y2: float
    key: str
    width: float = 1.0
    dash: tuple[float, ...] = ()
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line with a filled head at (x2, y2).

    ``head`` is the length of the head in pixels; ``crossed`` draws an X beyond it, for a segment nobody saw arrive.
    ``title`` is what a person who points at it reads: the whole label, whatever had room above the arrow.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    key: str
    width: float = 1.6
    dash: tuple[float, ...] = ()
    crossed: bool = False
    head: float = 9.0
    title: str = ""
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text. ``y`` is the baseline; ``size`` in pixels; ``mono`` for numbers that must align."""

    x: float
    y: float
    text: str
    key: str
    size: float = 12.0
    bold: bool = False
    mono: bool = False
    anchor: Anchor = Anchor.START
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a ``Phrase`` in one colour and weight; ``width`` is what it was measured to take, in pixels."""

    text: str
    key: str
    bold: bool
    width: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of text in parts, centred on ``x``; ``y`` is the baseline, ``gap`` the pixels between its runs."""

    x: float
    y: float
    runs: tuple[Run, ...]
    size: float = 12.0
    gap: float = 7.0
    ref: Ref | None = None

    @property
    def width(self) -> float:
        """Pixels from its left to its right end, as measured."""
        return sum(run.width for run in self.runs) + self.gap * max(0, len(self.runs) - 1)


@dataclass(frozen=True, slots=True)
class Bars:
    """Many level bars of one colour, drawn at once: float64, shape (n, 3), columns x1, x2 and the y of their middle."""

    ends: NDArray[np.float64]
    key: str
    thickness: float = 1.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle with rounded corners; an empty ``stroke`` or ``fill`` is not drawn."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    stroke: str = ""
    radius: float = 0.0
    stroke_width: float = 1.0
    dash: tuple[float, ...] = ()
    ref: Ref | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A cubic Bezier through four points (x, y), for links between two arrows."""

    points: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
    key: str
    width: float = 1.5
    dash: tuple[float, ...] = ()
    ref: Ref | None = None


Shape = Line | Bars | Arrow | Text | Phrase | Box | Curve


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished picture: its size in logical pixels and its shapes, back to front."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    background: str = "background"
