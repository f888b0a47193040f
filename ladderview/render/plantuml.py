"""A job as a sequence diagram of PlantUML.

Source: https://plantuml.com/sequence-diagram, and https://plantuml.com/creole for what texts may hold.

Traps: PlantUML has a preprocessor ("!include", "%load_json()", "$name"), which reads every line: whatever is not a
letter, a digit or harmless is written as its code point ("<U+0021>"), so that a capture cannot make it do anything.
What is harmless between words may have a meaning where a text begins (":", "=") and where it is repeated ("==").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ladderview.progress import Progress
from ladderview.render.job import Job
from ladderview.render.mermaid import diagram_bytes
from ladderview.render.sequence_words import SequenceLine, lines_of, participants, sequence_lines
from ladderview.whole_file import write_whole

_IDS = ("C", "S")
_HARMFUL = re.compile(r"[^\w .,:=()+/\-·…–→×]|^\W+|([_.:=+/\-])\1+", re.ASCII)

_COLOURS = {"tcp": "#475569", "tls": "#7c3aed", "http": "#047857", "trouble": "#b93c0a"}


def escaped(text: str) -> str:
    """The text so that PlantUML shows just this, in lines where it is long."""
    return "\\n".join(
        _HARMFUL.sub(lambda match: "".join(f"<U+{ord(char):04X}>" for char in match[0]), line)
        for line in lines_of(text)
    )


def plantuml_lines(job: Job) -> Iterator[str]:
    """The diagram, line by line, without line ends."""
    yield "@startuml"
    yield "skinparam shadowing false"
    yield "hide footbox"
    if job.title:
        yield f"title {escaped(job.title)}"
    for lane, name, address in participants(job):
        yield f'participant "{escaped(name)}\\n{escaped(address)}" as {_IDS[lane]}'
    for line in sequence_lines(job):
        if line.phase:
            yield f"== {escaped(line.phase)} =="
        if line.idle:
            yield f"... {escaped(line.idle)} ..."
        yield from _arrow_lines(line)
    yield "@enduml"


def _arrow_lines(line: SequenceLine) -> Iterator[str]:
    sender, receiver = _IDS[line.from_lane], _IDS[line.to_lane]
    if line.missing:
        yield f"{sender} -[{_COLOURS['trouble']}]->x {receiver} : {escaped(line.missing)}"
    label = escaped(f"{line.number.replace('#', '')} {line.label}")
    if line.both:
        yield f"note over C, S : {label}"
    else:
        yield f"{sender} -[{_COLOURS[line.layer]}]> {receiver} : {label}"
    yield from (f"note over C, S : {escaped(note)}" for note in line.notes)


def write_plantuml(job: Job, path: Path, progress: Progress) -> list[Path]:
    """Write the diagram.

    Raises:
        ExportError: there are too many arrows for one.
    """
    return [write_whole(path, diagram_bytes(job, plantuml_lines(job), progress))]
