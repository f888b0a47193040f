"""What will an export look like, page by page, before anything is written?

The pages are those that are written, drawn by the same code; of what would be too much to look at, the beginning.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ladderview.analysis.words import count, grouped
from ladderview.ladder.page import draw_page, page_height
from ladderview.ladder.shapes import Drawing
from ladderview.ladder.text_width import table_measure
from ladderview.render.formats import Format
from ladderview.render.job import Job, masked_words

#: Arrows of a picture that are shown, and lines of a text.
SHOWN_ROWS, SHOWN_LINES = 120, 400


@dataclass(frozen=True, slots=True)
class Preview:
    """One page of an export.

    Attributes:
        drawing: the page, or None of what is no picture.
        text: of what is text, its beginning.
        pages: how many there are.
        remark: what a person must know: that only a part is shown, that there will be several files.
    """

    drawing: Drawing | None
    text: str
    pages: int
    remark: str


def preview_of(job: Job, one: Format, page: int) -> Preview:
    """A page (from 0) of what this format would make of a job; the last one where there are fewer.

    Raises:
        ExportError: the format cannot hold this.
    """
    match one.suffix:
        case ".png" | ".svg":
            return _picture(job, one, page)
        case ".pdf":
            return _pdf(job, page)
        case ".pptx":
            return _slide(job, page)
        case ".pcapng":
            return _packets(job)
        case _:
            return _text(job, one)


def _picture(job: Job, one: Format, page: int) -> Preview:
    from ladderview.render import qt  # noqa: PLC0415
    from ladderview.render.export import announcement  # noqa: PLC0415
    from ladderview.render.pictures import check_svg, picture_pages, picture_style  # noqa: PLC0415

    if one.suffix == ".svg":
        check_svg(job)
        pages, measure, remark = [job.rows], table_measure, ""
    else:
        pages, measure = picture_pages(job), qt.measure
        remark = announcement(job, Path("X.png")).replace("X-", "NAME-")
    at = min(page, len(pages) - 1)
    first, end = pages[at]
    if end - first > SHOWN_ROWS:
        remark = " ".join((remark, f"The first {SHOWN_ROWS} of {count(end - first, 'arrow')} are shown here.")).strip()
        end = first + SHOWN_ROWS
    style = picture_style(job, measure)
    if one.suffix == ".png":
        height = page_height(job.plan, pages[at], style, measure)
        size = f"{grouped(round(style.width * job.wish.scale))} × {grouped(round(height * job.wish.scale))} pixels."
        remark = f"{size} {remark}".strip()
    return Preview(draw_page(job.plan, (first, end), style, at + 1, len(pages), measure), "", len(pages), remark)


def _pdf(job: Job, page: int) -> Preview:
    from ladderview.render import qt  # noqa: PLC0415
    from ladderview.render.pdf import pdf_rows, pdf_style  # noqa: PLC0415

    style = pdf_style(job)
    pages = pdf_rows(job, style)
    at = min(page, len(pages) - 1)
    return Preview(draw_page(job.plan, pages[at], style, at + 1, len(pages), qt.measure), "", len(pages), "")


def _slide(job: Job, page: int) -> Preview:
    from ladderview.render.pptx import slides_of  # noqa: PLC0415

    style, pages = slides_of(job)
    at = min(page, len(pages) - 1)
    remark = f"Each page is built up arrow by arrow: {count(job.count, 'slide')}." if job.wish.build_up else ""
    return Preview(draw_page(job.plan, pages[at], style, at + 1, len(pages)), "", len(pages), remark)


def _text(job: Job, one: Format) -> Preview:
    from ladderview.render.ladder_text import text_lines  # noqa: PLC0415
    from ladderview.render.mermaid import check_rows, mermaid_lines  # noqa: PLC0415
    from ladderview.render.plantuml import plantuml_lines  # noqa: PLC0415

    makers = {".txt": text_lines, ".mmd": mermaid_lines, ".puml": plantuml_lines}
    if one.suffix != ".txt":
        check_rows(job)
    lines = list(islice(makers[one.suffix](job), SHOWN_LINES + 1))
    remark = f"The first {SHOWN_LINES} lines are shown here." if len(lines) > SHOWN_LINES else ""
    return Preview(None, "\n".join(lines[:SHOWN_LINES]), 1, remark)


def _packets(job: Job) -> Preview:
    from ladderview.render.packet_file import check_packets, masked_remarks, packets_of, secrets_of  # noqa: PLC0415

    check_packets(job)
    packets = packets_of(job)
    first, last = (int(packets[0]) + 1, int(packets[-1]) + 1) if len(packets) else (0, 0)
    which = f"{count(len(packets), 'packet')}, #{first} to #{last} of {job.file_name}"
    if job.wish.masks:
        return Preview(None, "\n\n".join((f"{which}, {masked_words(job.masker)}.", *masked_remarks(job.masker))), 1, "")
    lines = [f"{which}, as they were captured."]
    found = secrets_of(job)
    secrets = sum(text.count(b"\n") for text in found)
    if job.wish.secrets:
        lines.append(f"With {count(secrets, 'TLS secret')}: whoever has the file can read what was encrypted.")
    elif secrets:
        lines.append("Without the TLS secrets: what was encrypted stays encrypted.")
    return Preview(None, "\n\n".join(lines), 1, "")
