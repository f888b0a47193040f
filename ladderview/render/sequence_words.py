"""What does each arrow of a job say, for formats that write diagrams as text?"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from ladderview.analysis.steps import BOTH
from ladderview.analysis.words import short_duration
from ladderview.ladder.annotations import Kind
from ladderview.ladder.label_fit import full_text
from ladderview.ladder.layout import time_column
from ladderview.render.job import Job
from ladderview.render.text import printable

#: A pause this long between two arrows is told, nanoseconds.
IDLE_NS = 1_000_000_000

#: Letters of a line: the label of a segment with its options and timestamps has room on one.
LONGEST_LINE = 100


@dataclass(frozen=True, slots=True)
class SequenceLine:
    """One arrow, and what stands above it.

    Attributes:
        row: of the plan.
        from_lane, to_lane: who sends, who receives; of what both take part in, the two ends, and ``both`` is set.
        label: all of it.
        number, time: its packets and its time, as the ladder has them.
        layer: a theme key.
        phase: the name and the duration of the phase that begins with it, or empty.
        idle: how long nothing was sent before it, or empty.
        missing: what was sent before it and not captured, or empty.
        notes: what a person wrote on it, and on the rows that begin with it.
    """

    row: int
    from_lane: int
    to_lane: int
    both: bool
    label: str
    number: str
    time: str
    layer: str
    phase: str
    idle: str
    missing: str
    notes: tuple[str, ...]


def lines_of(text: str) -> list[str]:
    """The text in lines: readers break none, and cut a picture that is too wide."""
    return textwrap.wrap(text, LONGEST_LINE, break_on_hyphens=False) or [text]


def participants(job: Job) -> Iterator[tuple[int, str, str]]:
    """Lane, name and address of each end, from left to right."""
    for lane in (1, 0) if job.wish.swapped else (0, 1):
        it = job.plan.lanes[lane]
        yield lane, printable(f"{it.name} · {it.host}" if it.host else it.name), it.address


def sequence_lines(job: Job) -> Iterator[SequenceLine]:
    """The arrows of a job, in order."""
    plan, (first, end) = job.plan, job.rows
    times = time_column(plan, job.marks)
    begins = {int(row): band for band, row in enumerate(plan.bands.first)}
    shared = plan.sources[0].steps.direction
    notes = _notes(job)
    for row in range(first, end):
        band = begins.get(row, plan.bands.at(row) if row == first else -1)
        words = plan.bands.words(band) if band >= 0 else None
        is_told = row == first or plan.is_pause(row - 1)
        pause_ns = 0 if is_told else int(plan.begin_ns[row]) - int(plan.ts_ns[row - 1])
        at = plan.missing.at(row)
        gap = f"not captured: Seq={int(plan.missing.seq[at])} Len={int(plan.missing.length[at])}" if at >= 0 else ""
        yield SequenceLine(
            row,
            int(plan.from_lane[row]),
            int(plan.to_lane[row]),
            bool(shared[plan.own[row]] == BOTH),
            printable(full_text(plan.label(row))),
            plan.number_text(row),
            times.text(row),
            plan.key_name(row),
            printable(words.title) if words else "",
            f"{short_duration(pause_ns)} idle" if pause_ns >= IDLE_NS else "",
            gap,
            tuple(notes.get(row, ())),
        )


def _notes(job: Job) -> dict[int, list[str]]:
    """By the row at which they begin: notes; brackets and measures with how long they last."""
    found: dict[int, list[str]] = {}
    for it in job.notes.of_kinds(Kind.NOTE, Kind.BRACKET, Kind.MEASURE, Kind.HIGHLIGHT):
        text = printable(it.annotation.one_line)
        if it.annotation.kind in (Kind.BRACKET, Kind.MEASURE):
            reach = f"{job.plan.number_text(it.first)} to {job.plan.number_text(it.last)}"
            text = f"{reach}, {short_duration(max(0, it.duration_ns))}" + (f": {text}" if text else "")
        if text:
            found.setdefault(it.first, []).append(text)
    return found
