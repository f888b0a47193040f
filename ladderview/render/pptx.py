"""A job as slides: native shapes on 16:9, to be edited in the program that shows them.

Plan: the rows are laid out as everywhere and broken into slides between exchanges; python-pptx makes the package, empty
slides and the speaker notes, ``pptx_shapes`` what stands on them, which is put into the slides as text: read into trees
it would be many times as large, and taking those apart would hold up the window. The slides are as few as they can be
with letters that can be read from the back of a room, and then the letters are as large as they can be on so few.

Traps: a package keeps times in its properties and in its ZIP directory: both are written as one fixed moment, so that
the same flow gives the same bytes. python-pptx's own template is 4:3, and its theme names a font that only one vendor
has.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.util import Emu

from ladderview.ladder.page import PageStyle, break_pages, draw_page
from ladderview.ladder.text_width import table_measure
from ladderview.progress import Progress
from ladderview.render.job import EVERY_ARROW, ExportError, Job, Rows
from ladderview.render.pptx_shapes import EMU, SlideXml
from ladderview.render.spoken import spoken_lines
from ladderview.whole_file import write_whole

#: Page pixels of a slide.
WIDTH, HEIGHT = 1280, 720

#: More slides than anybody shows.
LARGEST_SLIDES = 1000

#: Page pixels for a logical pixel of the ladder, largest first: labels of 15.8 to 10.4 points.
_SCALES = (1.75, 1.6, 1.5, 1.4, 1.3, 1.22, 1.15)

#: The part of the labels that must have room for larger letters: a few long ones do not make all of them small.
_WHOLE_LABELS = 0.75

_MARGIN = 40.0

#: The moment of every file: the first that a ZIP directory can tell (PKWARE APPNOTE section 4.4.6).
_MOMENT = datetime(1980, 1, 1)
#: Characters that python-pptx takes for a property of the document.
_MOST_OF_PROPERTY = 255

#: "Title Only" of the template.
_LAYOUT = 5

#: Fonts that the template's theme names, and what stands for them: every system has it, or one of its widths.
_FONTS = ((b'typeface="Calibri"', b'typeface="Arial"'),)

#: Where the shapes of a slide end.
_TREE_END = b"</p:spTree>"


def slide_style(job: Job, scale: float) -> PageStyle:
    """How slides look whose ladder is drawn at this scale."""
    return job.page_style(WIDTH / scale, 1 / scale, height=HEIGHT / scale, margin=_MARGIN)


def slides_of(job: Job) -> tuple[PageStyle, list[Rows]]:
    """The look and the rows of each slide: as large as they can be on one, else small enough for few.

    Raises:
        ExportError: they would be too many.
    """
    wanted = min(job.width_for_labels(table_measure, _WHOLE_LABELS), slide_style(job, _SCALES[-1]).ladder_width)
    fewest = len(break_pages(job.plan, job.rows, slide_style(job, _SCALES[-1])))
    for scale in _SCALES:
        style = slide_style(job, scale)
        pages = break_pages(job.plan, job.rows, style)
        if len(pages) == fewest and style.ladder_width >= wanted:
            break
    slides = job.count if job.wish.build_up else len(pages)
    if slides > LARGEST_SLIDES:
        raise ExportError(
            f"{job.count:,} arrows would fill {slides:,} slides (at most {LARGEST_SLIDES:,}): "
            "choose some of them with --packets A-B, or a level with fewer"
        )
    return style, pages


def write_pptx(job: Job, path: Path, progress: Progress) -> list[Path]:
    """Write the slides."""
    style, pages = slides_of(job)
    slides = [_Slide(number, rows, shown) for number, rows in enumerate(pages, 1) for shown in _stages(job, rows)]
    package = _package(job, slides, progress)

    def shapes() -> Iterator[bytes]:
        for done, it in enumerate(slides):
            progress(len(slides) + done, 2 * len(slides))
            marks = replace(style.marks, revealed=it.shown[1] - 1) if it.shown != it.rows else style.marks
            drawing = draw_page(job.plan, it.rows, replace(style, marks=marks), it.number, len(pages))
            yield "".join(SlideXml(job.theme, WIDTH / style.width).shapes(drawing)).encode()

    return [write_whole(path, _filled(package, shapes()))]


@dataclass(frozen=True, slots=True)
class _Slide:
    """One slide: the number of its page, from 1; the rows of the page, and those of them that are shown."""

    number: int
    rows: Rows
    shown: Rows


def _package(job: Job, slides: Sequence[_Slide], progress: Progress) -> bytes:
    """The package of a deck whose slides have their notes and their ground, and nothing else yet."""
    deck = _deck(job)
    background = job.theme["background"].lstrip("#").upper()
    for done, it in enumerate(slides):
        progress(done, 2 * len(slides))
        slide = deck.slides.add_slide(deck.slide_layouts[_LAYOUT])
        for placeholder in list(slide.placeholders):
            slide.shapes.element.remove(placeholder.element)
        if background != "FFFFFF":
            (fill := slide.background.fill).solid()
            fill.fore_color.rgb = RGBColor(*bytes.fromhex(background))  # type: ignore[no-untyped-call]
        if spoken := _spoken(job, it.shown, it.rows):
            slide.notes_slide.notes_text_frame.text = spoken
    out = io.BytesIO()
    deck.save(out)
    return out.getvalue()


def _stages(job: Job, rows: Rows) -> Iterator[Rows]:
    """The rows that are shown, slide after slide, of one page."""
    first, end = rows
    if job.wish.build_up:
        yield from ((first, shown) for shown in range(first + 1, end))
    yield rows


def _spoken(job: Job, shown: Rows, rows: Rows) -> str:
    """The speaker notes of a slide: of its newest arrow where it is one of a build-up, else of all chosen."""
    spoken = job.wish.spoken
    if not spoken:
        return ""
    asked = range(shown[1] - 1, shown[1]) if job.wish.build_up else range(*rows)
    return "\n\n".join(
        job.masker.text("\n".join(spoken_lines(job.capture, job.reading, job.plan, row)))
        for row in asked
        if spoken == EVERY_ARROW
        or any(int(job.plan.first_packet[row]) < number <= int(job.plan.last_packet[row]) + 1 for number in spoken)
    )


def _deck(job: Job) -> Any:
    """An empty deck of 16:9 in the template's layouts."""
    deck = Presentation()
    stretch = WIDTH * EMU / int(deck.slide_width or 1)
    deck.slide_width, deck.slide_height = Emu(WIDTH * EMU), Emu(HEIGHT * EMU)
    for part in (deck.slide_master, *deck.slide_layouts):
        for shape in part.placeholders:
            if shape.element.spPr.xfrm is not None:  # else its place is that of the master's
                shape.left, shape.width = Emu(round(shape.left * stretch)), Emu(round(shape.width * stretch))
    properties = deck.core_properties
    properties.title, properties.author = job.heading[:_MOST_OF_PROPERTY], "ladderview"
    properties.last_modified_by = "ladderview"
    properties.created = properties.modified = _MOMENT
    properties.revision = 1
    return deck


def _filled(package: bytes, shapes: Iterator[bytes]) -> bytes:
    """The package with the shapes of its slides, the fixed moment in its directory, and the fonts of its theme."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = {entry.filename for entry in old.infolist()}
        slides = [name for number in range(1, len(names)) if (name := f"ppt/slides/slide{number}.xml") in names]
        for name in [*(entry.filename for entry in old.infolist() if entry.filename not in slides), *slides]:
            data = old.read(name)
            if name in slides:
                data = data.replace(_TREE_END, next(shapes) + _TREE_END)
            elif name.startswith("ppt/theme/"):
                for font, other in _FONTS:
                    data = data.replace(font, other)
            info = zipfile.ZipInfo(name, _MOMENT.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
    return out.getvalue()
