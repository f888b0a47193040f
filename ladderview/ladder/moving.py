"""The same shapes at another place: drawings are put together of parts."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import Any

import numpy as np

from ladderview.ladder.shapes import Bars, Curve, Shape

_XS, _YS = frozenset({"x", "x1", "x2"}), frozenset({"y", "y1", "y2"})


def moved(shape: Shape, dx: float, dy: float) -> Shape:
    """The shape, so many pixels to the right and further down."""
    if isinstance(shape, Bars):
        return replace(shape, ends=shape.ends + np.array((dx, dx, dy)))
    if isinstance(shape, Curve):
        a, b, c, d = ((x + dx, y + dy) for x, y in shape.points)
        return replace(shape, points=(a, b, c, d))
    kind: Any = type(shape)
    xs, ys = _coordinates(kind)
    places: dict[str, Any] = {name: getattr(shape, name) + dx for name in xs}
    places |= {name: getattr(shape, name) + dy for name in ys}
    return replace(shape, **places)


@cache
def _coordinates(kind: type[Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = [field.name for field in fields(kind)]
    return tuple(name for name in names if name in _XS), tuple(name for name in names if name in _YS)
