"""A job to picture files: one SVG, or one PNG, or numbered PNGs where one image cannot hold them all.

Plan: the drawing is laid out by the built-in table of text widths for SVG, whose reader has fonts of its own, and by
the fonts of this machine for PNG. A ladder that is too high for one image is cut into pages, and each has the header
and says which part it is. ``picture_pages`` tells how many there will be before any is drawn.

Traps: an image has at most 32 767 pixels a side, and memory for all of them: what would be out of proportion is
refused in one line instead.
"""

from __future__ import annotations

import math
from pathlib import Path

from ladderview.ladder.page import PageStyle, break_pages, draw_page
from ladderview.ladder.shapes import Drawing
from ladderview.ladder.text_width import Measure, table_measure
from ladderview.progress import Progress
from ladderview.render.job import ExportError, Job, Rows
from ladderview.render.svg import write_svg
from ladderview.whole_file import write_whole

#: Pixels that an image may have: 256 MB of memory.
LARGEST_AREA = 64_000_000

#: More images than anybody looks through, and more arrows than a reader of SVG can show.
LARGEST_IMAGES, LARGEST_SVG_ROWS = 100, 100_000

#: Page pixels in a picture are smaller than on a slide: its ladder is read as on the screen.
_UNIT = 0.85

#: Logical pixels of a picture's width, at least: a ladder of short labels is as wide as others, not a narrow strip.
NARROWEST = 1000.0


def picture_style(job: Job, measure: Measure) -> PageStyle:
    """How the pictures of a job look."""
    return job.page_style(max(NARROWEST, job.width_for_labels(measure)), _UNIT)


def check_svg(job: Job) -> None:
    """Refuse more than one drawing can show.

    Raises:
        ExportError: there are too many arrows for one.
    """
    if job.count > LARGEST_SVG_ROWS:
        raise ExportError(
            f"{job.count:,} arrows are too many for one drawing (at most {LARGEST_SVG_ROWS:,}): "
            "choose some of them with --packets A-B"
        )


def svg_text(job: Job) -> str:
    """The whole drawing.

    Raises:
        ExportError: there are too many arrows for one.
    """
    check_svg(job)
    drawing = draw_page(job.plan, job.rows, picture_style(job, table_measure))
    return write_svg(drawing, job.theme, transparent=job.wish.transparent)


def write_svg_file(job: Job, path: Path, progress: Progress) -> list[Path]:
    """Write one SVG."""
    progress(0, 1)
    return [write_whole(path, svg_text(job).encode())]


def picture_pages(job: Job) -> list[Rows]:
    """The rows of each image.

    Raises:
        ExportError: they would be too many.
    """
    from ladderview.render import qt  # noqa: PLC0415  (SVG needs none)

    qt.gui_application()
    style = picture_style(job, qt.measure)
    side_px = min(qt.LARGEST_SIDE, LARGEST_AREA / max(1.0, style.width * job.wish.scale))
    pages = break_pages(job.plan, job.rows, style, math.floor(side_px / job.wish.scale), qt.measure)
    if len(pages) > LARGEST_IMAGES:
        raise ExportError(
            f"{job.count:,} arrows would fill {len(pages):,} images (at most {LARGEST_IMAGES}): "
            "choose some of them with --packets A-B, or a smaller --scale"
        )
    return pages


def picture_drawing(job: Job) -> Drawing:
    """The whole ladder as one image, to be copied.

    Raises:
        ExportError: one image cannot hold it.
    """
    from ladderview.render import qt  # noqa: PLC0415

    if len(pages := picture_pages(job)) > 1:
        raise ExportError(f"{job.count:,} arrows are too many for one image: export them, or choose some of them")
    return draw_page(job.plan, pages[0], picture_style(job, qt.measure), measure=qt.measure)


def write_png(job: Job, path: Path, progress: Progress) -> list[Path]:
    """Write one PNG, or several with numbers."""
    from ladderview.render import qt  # noqa: PLC0415

    pages = picture_pages(job)
    style = picture_style(job, qt.measure)
    written = []
    for number, (page, file) in enumerate(zip(pages, numbered(path, len(pages)), strict=True), 1):
        progress(number - 1, len(pages))
        drawing = draw_page(job.plan, page, style, number, len(pages), qt.measure)
        try:
            data = qt.png_bytes(drawing, job.theme, job.wish.scale, transparent=job.wish.transparent)
        except MemoryError as error:
            raise ExportError(f"{error}: choose a smaller --scale or fewer --packets A-B") from None
        written.append(write_whole(file, data))
    return written


def numbered(path: Path, count: int) -> list[Path]:
    """The names of so many files: "a.png", or "a-01.png" to "a-12.png"."""
    if count == 1:
        return [path]
    digits = len(str(count))
    return [path.with_name(f"{path.stem}-{number:0{digits}d}{path.suffix}") for number in range(1, count + 1)]
