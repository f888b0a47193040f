"""How does a flow become files? What the command line and the dialog call.

The same flow and the same wish give the same bytes. Each file appears under its name only once it is whole.
"""

from __future__ import annotations

from pathlib import Path

from ladderview.analysis.words import grouped
from ladderview.progress import Progress, no_progress
from ladderview.render.formats import format_of
from ladderview.render.job import ExportError, Job
from ladderview.render.pictures import numbered, picture_pages

__all__ = ["ExportError", "announcement", "export"]


def export(job: Job, path: Path, progress: Progress = no_progress) -> list[Path]:
    """Write a job in the format that the name asks for, and return what was written.

    Raises:
        ExportError: there is no such format, or it cannot hold this.
        OSError: a file cannot be written.
        CaptureChanged: the capture was cut short or replaced.
        Cancelled: by ``progress``.
    """
    return format_of(path).write(job, path, progress)


def announcement(job: Job, path: Path) -> str:
    """What a person must know before it starts, or the empty string: that one name becomes many files.

    Raises:
        ExportError: as for ``export``.
    """
    if format_of(path).suffix != ".png":
        return ""
    pages = picture_pages(job)
    if len(pages) == 1:
        return ""
    names = numbered(path, len(pages))
    return (
        f"{grouped(job.count)} arrows are too many for one image: "
        f"they go into {len(pages)} files, {names[0].name} to {names[-1].name}"
    )
