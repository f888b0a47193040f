"""Shapes of a drawing as shapes of a slide: connectors with heads, text boxes, rectangles, callouts. XML, no files.

Source: ECMA-376 part 1, chapter 20.1 (DrawingML) and 19.3 (PresentationML). The XML is written here and not built
through python-pptx's proxies: a ladder of two thousand arrows has twenty thousand shapes, and that takes minutes.

Traps: a text box stands on its middle line, not on its baseline; where that is in an em is nearly the same in all fonts
without serifs. Boxes never wrap and never shrink: what had room in the drawing has room in them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import Any

from ladderview.ladder.annotation_shapes import ANNOTATION
from ladderview.ladder.shapes import Anchor, Arrow, Bars, Box, Curve, Drawing, Line, Phrase, Shape, Text
from ladderview.ladder.text_width import table_measure
from ladderview.ladder.theme import Theme

#: English Metric Units of a page pixel, and hundredths of a point: a slide of 1280 by 720 is 13.33 by 7.5 inches.
EMU, CENTIPOINTS = 9525, 75

#: The fixed font; the other is that of the deck's theme.
MONO = "Consolas"

#: From the baseline up to the middle of a line, in ems: (ascent - descent) / 2 of Arial, Helvetica and DejaVu Sans.
_MIDDLE_EM = 0.346

#: What ``Ref`` calls the title of a page, which is the slide's own.
TITLE = "title"

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Sizes of heads by length in widths of the line (section 20.1.10.32): smallest first.
_HEADS = ((2.5, "sm"), (3.4, "med"), (math.inf, "lg"))


class SlideXml:
    """The shapes of one slide, written one after the other; ``scale`` is page pixels for a logical pixel."""

    def __init__(self, theme: Theme, scale: float) -> None:
        self._theme = theme
        self._scale = scale
        self._number = 1
        self._width = 0.0

    def shapes(self, drawing: Drawing) -> Iterator[str]:
        """One element each, back to front."""
        self._width = drawing.width
        callouts = _callouts(drawing.shapes)
        used = {id(shape) for parts in callouts.values() for shape in parts}
        for shape in drawing.shapes:
            if id(shape) in callouts:
                yield self._callout(callouts[id(shape)])
            elif id(shape) not in used:
                yield from _WRITERS[type(shape)](self, shape)

    # -- parts --------------------------------------------------------------------------------------------------------

    def _emu(self, px: float) -> int:
        return round(px * self._scale * EMU)

    def _colour(self, key: str) -> str:
        return f'<a:solidFill><a:srgbClr val="{self._theme[key].lstrip("#").upper()}"/></a:solidFill>'

    def _line(self, key: str, width: float, dash: tuple[float, ...], heads: str = "") -> str:
        dashes = ""
        if dash:
            # In thousandths of a percent of the width of the line.
            pairs = zip(dash[::2], dash[1::2], strict=False)
            stops = "".join(
                f'<a:ds d="{round(on / width * 100_000)}" sp="{round(off / width * 100_000)}"/>' for on, off in pairs
            )
            dashes = f"<a:custDash>{stops}</a:custDash>"
        return f'<a:ln w="{self._emu(width)}">{self._colour(key)}{dashes}<a:round/>{heads}</a:ln>'

    def _names(self, name: str, title: str = "") -> str:
        self._number += 1
        described = f' descr="{_attribute(title)}"' if title else ""
        return f'<p:cNvPr id="{self._number}" name="{_attribute(name)} {self._number}"{described}/>'

    def _place(self, x: float, y: float, width: float, height: float, flips: str = "") -> str:
        return (
            f'<a:xfrm{flips}><a:off x="{self._emu(x)}" y="{self._emu(y)}"/>'
            f'<a:ext cx="{max(0, self._emu(width))}" cy="{max(0, self._emu(height))}"/></a:xfrm>'
        )

    def _run(self, text: str, key: str, size: float, *, bold: bool, mono: bool) -> str:
        points = round(size * self._scale * CENTIPOINTS)
        font = f'<a:latin typeface="{MONO}"/><a:cs typeface="{MONO}"/>' if mono else ""
        return (
            f'<a:r><a:rPr lang="en-US" sz="{points}" b="{int(bold)}" dirty="0">{self._colour(key)}{font}</a:rPr>'
            f"<a:t>{_text(text)}</a:t></a:r>"
        )

    # -- one method a shape -------------------------------------------------------------------------------------------

    def connector(self, line: Line | Arrow, name: str, title: str = "", heads: str = "") -> str:
        """A straight connector from the first point to the second."""
        flips = (' flipH="1"' if line.x2 < line.x1 else "") + (' flipV="1"' if line.y2 < line.y1 else "")
        place = self._place(
            min(line.x1, line.x2), min(line.y1, line.y2), abs(line.x2 - line.x1), abs(line.y2 - line.y1), flips
        )
        return (
            f"<p:cxnSp><p:nvCxnSpPr>{self._names(name, title)}<p:cNvCxnSpPr/><p:nvPr/></p:nvCxnSpPr>"
            f'<p:spPr>{place}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
            f"{self._line(line.key, line.width, line.dash, heads)}</p:spPr></p:cxnSp>"
        )

    def line(self, line: Line) -> Iterator[str]:
        """A line: a connector without a head."""
        yield self.connector(line, "Lifeline" if line.key == "lifeline" else "Line")

    def arrow(self, arrow: Arrow) -> Iterator[str]:
        """An arrow: a connector with a head; what was not captured has a cross beyond it."""
        size = next(name for most, name in _HEADS if arrow.head / arrow.width <= most)
        heads = f'<a:tailEnd type="triangle" w="{size}" len="{size}"/>'
        yield self.connector(arrow, "Arrow", arrow.title, heads)
        if arrow.crossed:
            x = arrow.x2 + (10.0 if arrow.x2 > arrow.x1 else -10.0)
            for slant in (4.0, -4.0):
                cross = Line(x - 4.0, arrow.y2 - slant, x + 4.0, arrow.y2 + slant, arrow.key, 1.6)
                yield self.connector(cross, "Cross")

    def text(self, text: Text) -> Iterator[str]:
        """A line of text: a text box, or the title of the slide."""
        width = table_measure(text.text, text.size, text.bold, text.mono)
        x = text.x - (width if text.anchor is Anchor.END else width / 2 if text.anchor is Anchor.MIDDLE else 0.0)
        run = self._run(text.text, text.key, text.size, bold=text.bold, mono=text.mono)
        align = {Anchor.START: "l", Anchor.MIDDLE: "ctr", Anchor.END: "r"}[text.anchor]
        is_title = text.ref is not None and text.ref.kind == TITLE
        if is_title:  # room for another title, and for a wider font
            width = self._width - 2 * x
        yield self._text_box(x, text.y, width, text.size, run, align, is_title=is_title)

    def phrase(self, phrase: Phrase) -> Iterator[str]:
        """A line of text in parts: one text box."""
        gap = " " * max(1, round(phrase.gap / table_measure(" ", phrase.size, False, False)))
        runs = []
        for at, run in enumerate(phrase.runs):
            text = run.text + (gap if at + 1 < len(phrase.runs) else "")
            runs.append(self._run(text, run.key, phrase.size, bold=run.bold, mono=False))
        x = phrase.x - phrase.width / 2
        yield self._text_box(x, phrase.y, phrase.width, phrase.size, "".join(runs), "ctr")

    def _text_box(
        self, x: float, y: float, width: float, size: float, runs: str, align: str, *, is_title: bool = False
    ) -> str:
        height = 1.25 * size
        place = self._place(x, y - _MIDDLE_EM * size - height / 2, width, height)
        kind, names = (
            ('<p:cNvSpPr/><p:nvPr><p:ph type="title"/></p:nvPr>', self._names("Title"))
            if is_title
            else ('<p:cNvSpPr txBox="1"/><p:nvPr/>', self._names("Text"))
        )
        return (
            f"<p:sp><p:nvSpPr>{names}{kind}</p:nvSpPr>"
            f'<p:spPr>{place}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>'
            '<p:txBody><a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/></a:bodyPr>'
            f'<a:lstStyle/><a:p><a:pPr algn="{align}"/>{runs}</a:p></p:txBody></p:sp>'
        )

    def box(self, box: Box) -> Iterator[str]:
        """A rectangle."""
        shortest = min(box.width, box.height)
        if box.radius and shortest > 0:
            corner = round(min(0.5, box.radius / shortest) * 100_000)
            form = (
                f'<a:prstGeom prst="roundRect"><a:avLst><a:gd name="adj" fmla="val {corner}"/></a:avLst></a:prstGeom>'
            )
        else:
            form = _form("rect")
        yield self._filled(box, form, "Box", "<a:p><a:endParaRPr/></a:p>")

    def _filled(self, box: Box, form: str, name: str, paragraphs: str, insets: str = "") -> str:
        fill = self._colour(box.fill) if box.fill else "<a:noFill/>"
        border = self._line(box.stroke, box.stroke_width, box.dash) if box.stroke else "<a:ln><a:noFill/></a:ln>"
        return (
            f"<p:sp><p:nvSpPr>{self._names(name)}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
            f"<p:spPr>{self._place(box.x, box.y, box.width, box.height)}{form}{fill}{border}</p:spPr>"
            f'<p:txBody><a:bodyPr wrap="none"{insets} anchor="t"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
            f"{paragraphs}</p:txBody></p:sp>"
        )

    def _callout(self, parts: Sequence[Shape]) -> str:
        """A note: its box, its lines of text and the line to its row are one shape."""
        box = next(part for part in parts if isinstance(part, Box))
        leader = next((part for part in parts if isinstance(part, Line)), None)
        texts = [part for part in parts if isinstance(part, Text)]
        form = _form("roundRect", '<a:gd name="adj" fmla="val 6000"/>')
        if leader is not None and box.width > 0 and box.height > 0:
            ends = (
                (leader.y2, box.y, box.height),
                (leader.x2, box.x, box.width),
                (leader.y1, box.y, box.height),
                (leader.x1, box.x, box.width),
            )
            guides = "".join(
                f'<a:gd name="adj{number}" fmla="val {round((value - start) / size * 100_000)}"/>'
                for number, (value, start, size) in enumerate(ends, 1)
            )
            form = _form("borderCallout1", guides)
        paragraphs = "".join(
            f"<a:p>{self._run(text.text, text.key, text.size, bold=text.bold, mono=text.mono)}</a:p>" for text in texts
        )
        left = self._emu(min(text.x for text in texts) - box.x)
        top = self._emu(max(0.0, min(text.y - text.size for text in texts) - box.y))
        return self._filled(box, form, "Note", paragraphs, f' lIns="{left}" tIns="{top}" rIns="0" bIns="0"')

    def bars(self, bars: Bars) -> Iterator[str]:
        """Many level lines: one form for all."""
        x1, x2, ys = (column.tolist() for column in bars.ends.T)
        if not ys:
            return
        left, top = min(*x1, *x2), min(ys)
        width, height = max(*x1, *x2) - left, max(ys) - top
        steps = "".join(
            f'<a:moveTo><a:pt x="{self._emu(a - left)}" y="{self._emu(y - top)}"/></a:moveTo>'
            f'<a:lnTo><a:pt x="{self._emu(b - left)}" y="{self._emu(y - top)}"/></a:lnTo>'
            for a, b, y in zip(x1, x2, ys, strict=True)
        )
        yield self._path(left, top, width, height, steps, self._line(bars.key, bars.thickness, ()))

    def curve(self, curve: Curve) -> Iterator[str]:
        """A cubic curve."""
        xs, ys = zip(*curve.points, strict=True)
        left, top = min(xs), min(ys)
        start, *bends = (f'<a:pt x="{self._emu(x - left)}" y="{self._emu(y - top)}"/>' for x, y in curve.points)
        steps = f"<a:moveTo>{start}</a:moveTo><a:cubicBezTo>{''.join(bends)}</a:cubicBezTo>"
        stroke = self._line(curve.key, curve.width, curve.dash)
        yield self._path(left, top, max(xs) - left, max(ys) - top, steps, stroke)

    def _path(self, x: float, y: float, width: float, height: float, steps: str, stroke: str) -> str:
        size = f'w="{max(1, self._emu(width))}" h="{max(1, self._emu(height))}"'
        return (
            f"<p:sp><p:nvSpPr>{self._names('Form')}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
            f"<p:spPr>{self._place(x, y, width, height)}<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/>"
            f'<a:rect l="0" t="0" r="r" b="b"/><a:pathLst><a:path {size} fill="none">{steps}</a:path></a:pathLst>'
            f"</a:custGeom><a:noFill/>{stroke}</p:spPr></p:sp>"
        )


_WRITERS: dict[type[Shape], Callable[[SlideXml, Any], Iterator[str]]] = {
    Line: SlideXml.line,
    Bars: SlideXml.bars,
    Arrow: SlideXml.arrow,
    Text: SlideXml.text,
    Phrase: SlideXml.phrase,
    Box: SlideXml.box,
    Curve: SlideXml.curve,
}


def _callouts(shapes: Iterable[Shape]) -> dict[int, list[Shape]]:
    """The parts of each note with a box and a text, by the ``id`` of its box."""
    parts: dict[int, list[Shape]] = {}
    for shape in shapes:
        ref = getattr(shape, "ref", None)
        if ref is not None and ref.kind == ANNOTATION:
            parts.setdefault(ref.row, []).append(shape)
    found = {}
    for some in parts.values():
        box = next((part for part in some if isinstance(part, Box)), None)
        if box is not None and any(isinstance(part, Text) for part in some):
            found[id(box)] = some
    return found


def _form(name: str, guides: str = "") -> str:
    """A form of section 20.1.10.56 with its adjustments."""
    return f'<a:prstGeom prst="{name}"><a:avLst>{guides}</a:avLst></a:prstGeom>'


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text), quote=False)


def _attribute(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text).replace("\n", " "))
