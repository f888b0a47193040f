"""A job as plain text: the ladder that a terminal or a mail can show.

Like ``ladderview show``, but of any level and of chosen rows, and with the phases.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ladderview.ladder.layout import time_column
from ladderview.progress import Progress
from ladderview.render.job import Job
from ladderview.render.sequence_words import SequenceLine, sequence_lines
from ladderview.render.text import printable
from ladderview.whole_file import write_whole

#: Characters between the two lifelines, and rows between two calls of ``progress``.
_SPAN = 36
_TICK_ROWS = 1024

_TO_RIGHT, _TO_LEFT, _BOTH = f"{'-' * (_SPAN - 1)}>", f"<{'-' * (_SPAN - 1)}", f"<{'-' * (_SPAN - 2)}>"
_LOST = ("- - - - - - - X".ljust(_SPAN), "X - - - - - - -".rjust(_SPAN))


def text_lines(job: Job) -> Iterator[str]:
    """The ladder, line by line, without line ends."""
    plan, (first, end) = job.plan, job.rows
    numbers = max((len(plan.number_text(row)) for row in range(first, min(end, first + 2000))), default=3)
    times = len(time_column(plan, job.marks).widest)
    margin = numbers + times + 4
    yield from ([job.title, ""] if job.title else [])
    yield f"{job.foot}: {job.host}" if job.host else job.foot
    yield job.subtitle
    yield ""
    left, right = (plan.lanes[lane] for lane in ((1, 0) if job.wish.swapped else (0, 1)))
    for mine, other in ((left.name, right.name), (left.address, right.address)):
        shown, beside = printable(mine), printable(other)
        yield (
            f"{'':{margin}}{shown:<{_SPAN + 2 - len(beside)}} {beside}"
            if len(shown) + len(beside) > _SPAN
            else (f"{'':{margin}}{shown:<{_SPAN + 2 - len(beside)}}{beside}")
        )
    for line in sequence_lines(job):
        yield from _lines(line, margin, numbers, times, swapped=job.wish.swapped)


def _lines(line: SequenceLine, margin: int, numbers: int, times: int, *, swapped: bool) -> Iterator[str]:
    blank = f"{'':{margin}}|{'':{_SPAN}}|"
    if line.idle:
        yield f"{'':{margin}}:{f' {line.idle} '.center(_SPAN)}:"
    if line.phase:
        yield blank
        yield f"{'':{margin}}|{f' {line.phase} '.center(_SPAN, '=')}|"
    to_left = (line.from_lane == 1) != swapped
    if line.missing:
        yield f"{'':{margin}}|{_LOST[to_left]}|  {line.missing}"
    arrow = _BOTH if line.both else _TO_LEFT if to_left else _TO_RIGHT
    yield f"{line.number:>{numbers}}  {line.time:>{times}}  |{arrow}|  {line.label}"
    yield from (f"{blank}  > {note}" for note in line.notes)


def write_text(job: Job, path: Path, progress: Progress) -> list[Path]:
    """Write the ladder."""
    lines = []
    for at, line in enumerate(text_lines(job)):
        if at % _TICK_ROWS == 0:
            progress(min(at, job.count), job.count)
        lines.append(f"{line}\n")
    return [write_whole(path, "".join(lines).encode())]
