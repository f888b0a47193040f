"""Which formats can a flow be taken away in? One line each, for the command line and for the dialog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ladderview.progress import Progress
from ladderview.render.job import ExportError, Job

#: What a person may choose of a picture that not every format has a use for.
Choice = Literal[
    "theme", "scale", "title", "legend", "header", "transparent", "build_up", "spoken", "secrets", "axis", "annotations"
]

Writer = Callable[[Job, Path, Progress], list[Path]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Attributes:
        suffix: of its files, with the dot.
        name: in a list.
        words: what it is good for.
        write: writes a job, and answers with the files.
        choices: what makes a difference to it.
    """

    suffix: str
    name: str
    words: str
    write: Writer
    choices: frozenset[Choice]


def _png(job: Job, path: Path, progress: Progress) -> list[Path]:
    from ladderview.render.pictures import write_png  # noqa: PLC0415  (Qt is loaded where it is needed)

    return write_png(job, path, progress)


def _svg(job: Job, path: Path, progress: Progress) -> list[Path]:
    from ladderview.render.pictures import write_svg_file  # noqa: PLC0415

    return write_svg_file(job, path, progress)


def _pdf(job: Job, path: Path, progress: Progress) -> list[Path]:
    from ladderview.render.pdf import write_pdf  # noqa: PLC0415

    return write_pdf(job, path, progress)


def _pptx(job: Job, path: Path, progress: Progress) -> list[Path]:
    from ladderview.render.pptx import write_pptx  # noqa: PLC0415

    return write_pptx(job, path, progress)


def _text(job: Job, path: Path, progress: Progress) -> list[Path]:
    from ladderview.render.ladder_text import write_text  # noqa: PLC0415

    return write_text(job, path, progress)


def _mermaid(job: Job, path: Path, progress: Progress) -> list[Path]:
    from ladderview.render.mermaid import write_mermaid  # noqa: PLC0415

    return write_mermaid(job, path, progress)


def _plantuml(job: Job, path: Path, progress: Progress) -> list[Path]:
    from ladderview.render.plantuml import write_plantuml  # noqa: PLC0415

    return write_plantuml(job, path, progress)


def _pcapng(job: Job, path: Path, progress: Progress) -> list[Path]:
    from ladderview.render.packet_file import write_packets  # noqa: PLC0415

    return write_packets(job, path, progress)


_PICTURE: frozenset[Choice] = frozenset({"theme", "title", "legend", "header", "axis", "annotations"})
_DIAGRAM: frozenset[Choice] = frozenset({"title", "annotations"})

FORMATS: tuple[Format, ...] = (
    Format(".png", "PNG picture", "for tickets and mails", _png, _PICTURE | {"scale", "transparent"}),
    Format(".svg", "SVG drawing", "for the web, with real text", _svg, _PICTURE | {"transparent"}),
    Format(".pdf", "PDF pages", "for paper, with real text and bookmarks", _pdf, _PICTURE),
    Format(".pptx", "Slides", "for PowerPoint and Impress, to be edited", _pptx, _PICTURE | {"build_up", "spoken"}),
    Format(".txt", "Text", "for a terminal or a mail", _text, _DIAGRAM),
    Format(".mmd", "Mermaid", "for Markdown", _mermaid, _DIAGRAM),
    Format(".puml", "PlantUML", "for documentation", _plantuml, _DIAGRAM),
    Format(".pcapng", "Capture of these packets", "for Wireshark", _pcapng, frozenset({"secrets"})),
)

SUFFIXES: tuple[str, ...] = tuple(one.suffix for one in FORMATS)


def format_of(path: Path) -> Format:
    """The format that a file name asks for.

    Raises:
        ExportError: it asks for none that there is.
    """
    suffix = path.suffix.lower()
    for one in FORMATS:
        if one.suffix == suffix:
            return one
    raise ExportError(
        f"cannot export to {path.name}: the name must end in {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
    )
