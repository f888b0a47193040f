"""A drawing to SVG: real text, a title for every arrow, the same bytes for the same drawing. No Qt.

Traps: what a capture contains (a host name) may hold any character: all text is escaped, and what XML 1.0 section 2.2
forbids even when escaped is replaced. Numbers are written with two decimals at most, so that no platform's float
formatting shows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from html import escape
from typing import Any

from ladderview.ladder.shapes import Anchor, Arrow, Bars, Box, Curve, Drawing, Line, Phrase, Shape, Text
from ladderview.ladder.theme import Theme

SANS = "system-ui, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif"
MONO = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

#: As in ``render.qt``: half the width of an arrow head as part of its length; the X of a missing segment.
HEAD_SLIMNESS, CROSS_PX, CROSS_BEYOND_PX = 0.42, 4.0, 10.0

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_svg(drawing: Drawing, theme: Theme, *, transparent: bool = False) -> str:
    """The drawing as one SVG document, ending in a newline."""
    width, height = _number(drawing.width), _number(drawing.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        'xml:space="preserve">',
        "<style>",
        f"text{{font-family:{SANS}}}.m{{font-family:{MONO}}}.b{{font-weight:bold}}",
        ".e{text-anchor:end}.c{text-anchor:middle}",
        "</style>",
    ]
    if not transparent:
        lines.append(f'<rect width="{width}" height="{height}" fill="{theme[drawing.background]}"/>')
    lines += (_WRITERS[type(shape)](shape, theme) for shape in drawing.shapes)
    lines.append("</svg>\n")
    return "\n".join(lines)


def _number(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text), quote=False)


def _stroke(colour: str, width: float, dash: tuple[float, ...]) -> str:
    dashes = f' stroke-dasharray="{" ".join(_number(length) for length in dash)}"' if dash else ""
    return f'stroke="{colour}" stroke-width="{_number(width)}"{dashes}'


def _line(line: Line, theme: Theme) -> str:
    ends = f'x1="{_number(line.x1)}" y1="{_number(line.y1)}" x2="{_number(line.x2)}" y2="{_number(line.y2)}"'
    return f"<line {ends} {_stroke(theme[line.key], line.width, line.dash)}/>"


def _bars(bars: Bars, theme: Theme) -> str:
    path = "".join(f"M{_number(x1)} {_number(y)}H{_number(x2)}" for x1, x2, y in bars.ends.tolist())
    return f'<path d="{path}" fill="none" {_stroke(theme[bars.key], bars.thickness, ())}/>'


def _arrow(arrow: Arrow, theme: Theme) -> str:
    colour = theme[arrow.key]
    length = math.hypot(arrow.x2 - arrow.x1, arrow.y2 - arrow.y1) or 1.0
    along_x, along_y = (arrow.x2 - arrow.x1) / length, (arrow.y2 - arrow.y1) / length
    base_x, base_y = arrow.x2 - along_x * arrow.head, arrow.y2 - along_y * arrow.head
    half = arrow.head * HEAD_SLIMNESS
    corners = (
        (arrow.x2, arrow.y2),
        (base_x - along_y * half, base_y + along_x * half),
        (base_x + along_y * half, base_y - along_x * half),
    )
    points = " ".join(f"{_number(x)},{_number(y)}" for x, y in corners)
    shaft = (
        f'<line x1="{_number(arrow.x1)}" y1="{_number(arrow.y1)}" x2="{_number(base_x + along_x)}" '
        f'y2="{_number(base_y + along_y)}" {_stroke(colour, arrow.width, arrow.dash)}/>'
    )
    cross = ""
    if arrow.crossed:
        x, y, size = arrow.x2 + along_x * CROSS_BEYOND_PX, arrow.y2 + along_y * CROSS_BEYOND_PX, CROSS_PX
        strokes = (
            f"M{_number(x - size)} {_number(y - size)}L{_number(x + size)} {_number(y + size)}"
            f"M{_number(x - size)} {_number(y + size)}L{_number(x + size)} {_number(y - size)}"
        )
        cross = f'<path d="{strokes}" {_stroke(colour, 1.6, ())}/>'
    title = f"<title>{_text(arrow.title)}</title>" if arrow.title else ""
    return f'<g>{title}{shaft}<polygon points="{points}" fill="{colour}"/>{cross}</g>'


def _classes(bold: bool, mono: bool, anchor: Anchor) -> str:
    marks = {Anchor.START: "", Anchor.MIDDLE: "c", Anchor.END: "e"}
    names = " ".join(name for name in ("b" if bold else "", "m" if mono else "", marks[anchor]) if name)
    return f' class="{names}"' if names else ""


def _text_line(text: Text, theme: Theme) -> str:
    return (
        f'<text x="{_number(text.x)}" y="{_number(text.y)}" font-size="{_number(text.size)}" '
        f'fill="{theme[text.key]}"{_classes(text.bold, text.mono, text.anchor)}>{_text(text.text)}</text>'
    )


def _phrase(phrase: Phrase, theme: Theme) -> str:
    spans = []
    for at, run in enumerate(phrase.runs):
        shift = f' dx="{_number(phrase.gap)}"' if at else ""
        weight = ' class="b"' if run.bold else ""
        spans.append(f'<tspan fill="{theme[run.key]}"{weight}{shift}>{_text(run.text)}</tspan>')
    return (
        f'<text x="{_number(phrase.x)}" y="{_number(phrase.y)}" font-size="{_number(phrase.size)}" class="c">'
        f"{''.join(spans)}</text>"
    )


def _box(box: Box, theme: Theme) -> str:
    radius = f' rx="{_number(box.radius)}"' if box.radius else ""
    stroke = f" {_stroke(theme[box.stroke], box.stroke_width, box.dash)}" if box.stroke else ""
    return (
        f'<rect x="{_number(box.x)}" y="{_number(box.y)}" width="{_number(box.width)}" height="{_number(box.height)}"'
        f'{radius} fill="{theme[box.fill] if box.fill else "none"}"{stroke}/>'
    )


def _curve(curve: Curve, theme: Theme) -> str:
    (x0, y0), *bends = curve.points
    path = f"M{_number(x0)} {_number(y0)}C" + " ".join(f"{_number(x)} {_number(y)}" for x, y in bends)
    return f'<path d="{path}" fill="none" {_stroke(theme[curve.key], curve.width, curve.dash)}/>'


_WRITERS: dict[type[Shape], Callable[[Any, Theme], str]] = {
    Line: _line,
    Bars: _bars,
    Arrow: _arrow,
    Text: _text_line,
    Phrase: _phrase,
    Box: _box,
    Curve: _curve,
}
