"""A job as a PDF: pages of A4, vector graphics, text that can be selected and searched, bookmarks for the phases.

Plan: Qt paints the pages; pypdf adds what Qt's writer cannot: the outline (ISO 32000-1 section 12.3.3), and dates and
identifiers that are the same each time.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ladderview.ladder.page import PageStyle, break_pages, draw_page
from ladderview.ladder.shapes import Drawing
from ladderview.progress import Progress
from ladderview.render.job import ExportError, Job, Rows
from ladderview.whole_file import write_whole

if TYPE_CHECKING:
    from pypdf import PdfWriter
    from pypdf.generic import DictionaryObject

#: A4 upright, in points (ISO 216: 210 by 297 mm).
WIDTH_PT, HEIGHT_PT = 595.276, 841.89

#: The name of a font of which not all is in the file.
_TAGGED = re.compile(r"/[A-Z]{6}\+(.+)")

#: More pages than anybody looks through.
LARGEST_PAGES = 3000

#: Logical pixels of a page's width, at least: larger letters than these would give are for slides.
_NARROWEST = 760.0

#: Page pixels here, and what they are to the width of the page.
_UNIT, _MARGIN = 0.8, 40.0


def pdf_style(job: Job) -> PageStyle:
    """How the pages look."""
    from ladderview.render import qt  # noqa: PLC0415

    qt.gui_application()
    width = max(_NARROWEST, job.width_for_labels(qt.measure) + 2 * _MARGIN * _UNIT)
    return job.page_style(width, _UNIT, height=round(width * HEIGHT_PT / WIDTH_PT), margin=_MARGIN)


def pdf_rows(job: Job, style: PageStyle) -> list[Rows]:
    """The rows of each page.

    Raises:
        ExportError: they would be too many.
    """
    from ladderview.render.qt import measure  # noqa: PLC0415

    pages = break_pages(job.plan, job.rows, style, measure=measure)
    if len(pages) > LARGEST_PAGES:
        raise ExportError(
            f"{job.count:,} arrows would fill {len(pages):,} pages (at most {LARGEST_PAGES:,}): "
            "choose some of them with --packets A-B"
        )
    return pages


def write_pdf(job: Job, path: Path, progress: Progress) -> list[Path]:
    """Write the pages."""
    from ladderview.render.qt import measure  # noqa: PLC0415
    from ladderview.render.qt_pdf import pdf_pages  # noqa: PLC0415

    style = pdf_style(job)
    pages = pdf_rows(job, style)

    def drawings() -> Iterator[Drawing]:
        for number, page in enumerate(pages, 1):
            progress(number - 1, len(pages))
            yield draw_page(job.plan, page, style, number, len(pages), measure)

    painted = pdf_pages(drawings(), job.theme, WIDTH_PT, HEIGHT_PT, job.heading)
    return [write_whole(path, _finished(painted, job, pages))]


def _finished(painted: bytes, job: Job, pages: Sequence[Rows]) -> bytes:
    """The document with its outline, without anything that another moment or another run would change."""
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415
    from pypdf.generic import NameObject  # noqa: PLC0415

    writer = PdfWriter()
    reader = PdfReader(io.BytesIO(painted))
    for page in reader.pages:
        writer.add_page(page)
    _mend_fonts(writer)
    for name, page_number in _bookmarks(job, pages):
        writer.add_outline_item(title=name, page_number=page_number)
    if len(writer.outline):
        writer.root_object[NameObject("/PageMode")] = NameObject("/UseOutlines")
    writer.add_metadata({"/Title": job.heading, "/Producer": "ladderview"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _mend_fonts(writer: PdfWriter) -> None:
    """Say of each font once what is true, and the same in every run."""
    fonts = {}
    for page in writer.pages:
        for reference in page["/Resources"].get("/Font", {}).values():  # type: ignore[attr-defined]
            fonts[reference.idnum] = reference.get_object()
    for number, font in enumerate(fonts.values()):
        _mend_spaces(font)
        _mend_tag(font, number)


def _mend_spaces(font: DictionaryObject) -> None:
    """Tell readers that a space is a space.

    Tab and space are one glyph, and Qt writes down the first character that it met in the font (ISO 32000-1 section
    9.10.3): who copied a label would get tabs.
    """
    from pypdf.generic import StreamObject  # noqa: PLC0415

    if "/ToUnicode" in font:
        stream = font["/ToUnicode"].get_object()
        assert isinstance(stream, StreamObject)
        stream.set_data(stream.get_data().replace(b"<0009>", b"<0020>"))


def _mend_tag(font: DictionaryObject, number: int) -> None:
    """Number the six letters before the name of a font (section 9.6.4): Qt makes them up anew in every process."""
    from pypdf.generic import NameObject  # noqa: PLC0415

    tag = "".join(chr(ord("A") + number // 26**place % 26) for place in reversed(range(6)))
    parts = [font, *(part.get_object() for part in font.get("/DescendantFonts", ()))]
    parts += [part["/FontDescriptor"].get_object() for part in parts if "/FontDescriptor" in part]
    for part in parts:
        for key in ("/BaseFont", "/FontName"):
            if match := _TAGGED.match(part.get(key, "")):
                part[NameObject(key)] = NameObject(f"/{tag}+{match[1]}")


def _bookmarks(job: Job, pages: Sequence[Rows]) -> Iterator[tuple[str, int]]:
    """Name and page (from 0) of each phase that has arrows here."""
    first, end = job.rows
    bands = job.plan.bands
    begins = [(max(int(row), first), band) for band, row in enumerate(bands.first) if first < bands.end[band]]
    for row, band in begins:
        if row < end:
            words = bands.words(band)
            page = next(number for number, rows in enumerate(pages) if rows[0] <= row < rows[1])
            yield words.title, page
