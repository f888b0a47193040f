"""A job as a sequence diagram of Mermaid, which Markdown readers draw.

Source: https://mermaid.js.org/syntax/sequenceDiagram.html.

Traps: a label may hold anything: what has a meaning in Mermaid or in HTML is written as the numeric entities of
Mermaid ("#59;"), and so is the first letter of the word "end", which would end a block. "$$" would begin a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ladderview.ladder.bands import BAND_KEYS
from ladderview.progress import Progress
from ladderview.render.job import ExportError, Job
from ladderview.render.sequence_words import SequenceLine, lines_of, participants, sequence_lines
from ladderview.whole_file import write_whole

#: More than any reader draws.
LARGEST_ROWS = 20_000

_IDS = ("C", "S")
_SPECIAL = re.compile(r"[#;$<>&\"\\%{}`]|\bend\b", re.IGNORECASE)

#: Fills of phases, as in the light theme; with alpha, so that they suit a dark page too.
_FILLS = {"tcp": "100, 116, 139", "tls": "124, 58, 237", "http": "4, 120, 87", "trouble": "185, 60, 10"}


def escaped(text: str) -> str:
    """The text so that Mermaid shows just this, in lines where it is long."""
    return "<br/>".join(
        _SPECIAL.sub(lambda match: f"#{ord(match[0][0])};{match[0][1:]}", line) for line in lines_of(text)
    )


def mermaid_lines(job: Job) -> Iterator[str]:
    """The diagram, line by line, without line ends."""
    if job.title:
        yield from ("---", f"title: {_quoted(job.title)}", "---")
    yield "sequenceDiagram"
    for lane, name, address in participants(job):
        yield f"    participant {_IDS[lane]} as {escaped(name)}<br/>{escaped(address)}"
    boxed = False
    for line in sequence_lines(job):
        if line.phase:
            if boxed:
                yield "    end"
            boxed = True
            yield f"    rect rgba({_FILLS[_phase_key(job, line)]}, 0.1)"
            yield f"    Note over C,S: {escaped(line.phase)}"
        if line.idle:
            yield f"    Note over C,S: {escaped(line.idle)}"
        yield from _arrow_lines(line)
    if boxed:
        yield "    end"


def _arrow_lines(line: SequenceLine) -> Iterator[str]:
    sender, receiver = _IDS[line.from_lane], _IDS[line.to_lane]
    if line.missing:
        yield f"    {sender}--x{receiver}: {escaped(line.missing)}"
    label = escaped(f"{line.number.replace('#', '')} {line.label}")
    yield f"    Note over C,S: {label}" if line.both else f"    {sender}->>{receiver}: {label}"
    yield from (f"    Note over C,S: {escaped(note)}" for note in line.notes)


def _phase_key(job: Job, line: SequenceLine) -> str:
    key = BAND_KEYS[int(job.plan.bands.key[job.plan.bands.at(line.row)])]
    return key if key in _FILLS else "tcp"


def _quoted(text: str) -> str:
    """As a string of YAML 1.2, section 7.3.1."""
    safe = "".join(char if char.isprintable() else " " for char in text)
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_mermaid(job: Job, path: Path, progress: Progress) -> list[Path]:
    """Write the diagram.

    Raises:
        ExportError: there are too many arrows for one.
    """
    return [write_whole(path, diagram_bytes(job, mermaid_lines(job), progress))]


def diagram_bytes(job: Job, lines: Iterator[str], progress: Progress) -> bytes:
    """The lines of a diagram in UTF-8.

    Raises:
        ExportError: there are too many arrows for one.
    """
    check_rows(job)
    progress(0, 1)
    return "".join(f"{line}\n" for line in lines).encode()


def check_rows(job: Job) -> None:
    """Refuse more than a reader draws.

    Raises:
        ExportError: there are too many arrows for one diagram.
    """
    if job.count > LARGEST_ROWS:
        raise ExportError(
            f"{job.count:,} arrows are too many for one diagram (at most {LARGEST_ROWS:,}): "
            "choose some of them with --packets A-B"
        )
