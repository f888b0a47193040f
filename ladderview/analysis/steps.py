"""Which arrows does a flow have at a level, and which segments does each stand for?

Plan: every segment belongs to one arrow of the message level (``message_steps``), and every such arrow to one phase. A
level shows phases, message arrows or segments; what a person unfolded is shown one level deeper, what was folded by
hand is one arrow at any level. ``visible_steps`` finds, by numpy, the one arrow that stands for each segment, and sorts
the arrows by the segment with which they were whole: so those of every level stand in the order of the capture.

Nothing is left out: the counts of all arrows add up to the segments of the flow. Trouble is never folded into a
message: a segment with a problem is an arrow of its own, and only a run of the same trouble is one arrow for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.distinct import distinct
from ladderview.analysis.flights import Flights, flights_of
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.messages import Messages
from ladderview.analysis.verdicts import PROBLEMS, Verdict
from ladderview.proto.tcp import Flags

Level = Literal["segments", "messages", "phases"]
LEVELS: tuple[Level, ...] = ("segments", "messages", "phases")

#: ``Steps.direction`` of what both ends take part in.
BOTH = 2

#: Segments in the same trouble, one after the other, from which they are one arrow at message level.
_RUN_FROM = 4

_SYN_FIN_RST = np.uint16((Flags.SYN | Flags.FIN | Flags.RST).value)

#: Verdicts that are told at every level: problems, and signs of life in a pause.
_REMARKABLE = PROBLEMS | Verdict.KEEP_ALIVE | Verdict.KEEP_ALIVE_ACK

#: What a person unfolds: the kind of a step, and its phase, or else the segment that stands for it.
Key = tuple[int, int]


class StepKind(IntEnum):
    """What an arrow stands for."""

    SEGMENT = 0
    FLIGHT = 1
    RUN = 2
    PHASE = 3
    FOLD = 4


@dataclass(frozen=True, slots=True)
class Steps:
    """The arrows of a ladder, in the order in which they are drawn. Rows of segments count within the flow, from 0.

    Attributes:
        kind: uint8, a ``StepKind``.
        row: int64, ascending: the segment that stands for it and is selected with it: with which it was whole, and of a
            phase the one with which its first arrow was whole, or the latest before a phase in which nothing was sent.
        first, last: int64, its first and its last segment; segments of other steps may lie between them.
        count: int64, how many segments it stands for; 0 of a message that was whole in another's segment.
        direction: uint8, 0 sent by the client, 1 by the server, ``BOTH``.
        number: int64, its number among the flights, the phases or the folds; -1 of segments and runs.
        home: int64 by segment: the step that stands for it.
    """

    kind: NDArray[np.uint8]
    row: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    count: NDArray[np.int64]
    direction: NDArray[np.uint8]
    number: NDArray[np.int64]
    home: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.row)

    def segments_of(self, step: int) -> NDArray[np.int64]:
        """int64, ascending: the segments that a step stands for."""
        first, last = int(self.first[step]), int(self.last[step])
        return first + np.flatnonzero(self.home[first : last + 1] == step)

    def key_of(self, step: int) -> Key:
        """By which a step is known at every level, so that it can be unfolded."""
        kind = int(self.kind[step])
        return kind, int(self.number[step] if kind in (StepKind.PHASE, StepKind.FOLD) else self.row[step])


@dataclass(frozen=True, slots=True)
class MessageSteps:
    """The arrows of the message level, and the flights that those of kind ``FLIGHT`` are."""

    flights: Flights
    steps: Steps


@dataclass(frozen=True, slots=True)
class PhaseSteps:
    """Where the phases of a flow lie among the arrows of its message level; int64, one row a phase.

    Attributes:
        first, end: its steps are ``first`` to ``end - 1``; an idle phase may have none.
        row: the segment that stands for it.
    """

    first: NDArray[np.int64]
    end: NDArray[np.int64]
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True)
class Fold:
    """Segments ``first`` to ``last``, folded into one arrow by hand."""

    first: int
    last: int


def segment_steps(direction: NDArray[np.uint8]) -> Steps:
    """One arrow a segment. Columns that say the same of every row take no memory."""
    size = len(direction)
    every = np.arange(size, dtype=np.int64)
    one, none = (np.broadcast_to(np.int64(value), (size,)) for value in (1, -1))
    kind = np.broadcast_to(np.uint8(StepKind.SEGMENT), (size,))
    return Steps(kind, every, every, every, one, direction, none, every)


# -- the message level ------------------------------------------------------------------------------------------------


def message_steps(analysis: FlowAnalysis, messages: Messages, *, each_message: bool = False) -> MessageSteps:
    """The arrows of the message level: flights, what stands alone, and runs of the same.

    What stands alone: SYN, FIN and RST, the first ACK of each, and every segment in trouble. Other segments with
    payload belong to the flight of their direction that was whole next; other ACKs to what they acknowledge. Several
    flights that were whole with one segment are several arrows; the first of them has the segment.
    """
    flights = flights_of(messages, each_message=each_message)
    segments = analysis.segments
    count = len(flights)
    every = np.arange(len(segments), dtype=np.int64)
    home = np.full(len(segments), -1, np.int64)  # numbers of flights; from ``count`` on, of segments alone
    carries = segments.payload_len > 0
    for direction in (0, 1):
        mine = np.flatnonzero(flights.direction == direction)
        rows = np.flatnonzero(carries & (segments.direction == direction))
        at = np.searchsorted(flights.row[mine], rows, side="left")
        found = at < len(mine)
        home[rows[found]] = mine[at[found]]
    alone = _alone(analysis) | (carries & (home < 0))
    home[alone] = count + every[alone]
    home[flights.row[::-1]] = np.arange(count - 1, -1, -1)
    _give_acks_a_home(analysis, flights, home)
    runs = _join_runs(analysis, flights, home)
    return MessageSteps(flights, _message_columns(flights, segments.direction, home, runs))


def _alone(analysis: FlowAnalysis) -> NDArray[np.bool_]:
    segments, tcp = analysis.segments, analysis.tcp
    marked = (segments.flags & _SYN_FIN_RST) != 0
    alone: NDArray[np.bool_] = marked | ((tcp.verdicts & np.uint32(int(_REMARKABLE))) != 0)
    answers = tcp.acked_by_row[marked & ((segments.flags & np.uint16(Flags.RST.value)) == 0)]
    alone[answers[answers >= 0]] = True
    return alone


def _give_acks_a_home(analysis: FlowAnalysis, flights: Flights, home: NDArray[np.int64]) -> None:
    """An ACK without payload goes with the segment that it acknowledges, else with what came before it."""
    rows = np.flatnonzero(home < 0)
    acked = analysis.tcp.acks_row[rows]
    known = (acked >= 0) & (home[np.maximum(acked, 0)] >= 0)
    home[rows[known]] = home[acked[known]]
    rows = rows[~known]
    count = len(flights)
    alone = np.flatnonzero(home == count + np.arange(len(home)))
    owner_rows = np.concatenate((flights.row, alone))
    owners = np.concatenate((np.arange(count), count + alone))
    order = np.argsort(owner_rows, kind="stable")
    at = np.searchsorted(owner_rows[order], rows, side="right") - 1
    before = owners[order][np.maximum(at, 0)] if len(owners) else rows
    home[rows] = np.where(at >= 0, before, count + rows)


def _join_runs(analysis: FlowAnalysis, flights: Flights, home: NDArray[np.int64]) -> NDArray[np.int64]:
    """Segments alone that follow each other with nothing new to tell become one arrow; the row of each such arrow."""
    count = len(flights)
    owners = np.flatnonzero(home == count + np.arange(len(home)))
    if len(owners) < _RUN_FROM:
        return owners[:0]
    segments = analysis.segments
    plain = (segments.flags[owners] & _SYN_FIN_RST) == 0
    between = np.searchsorted(flights.row, owners)  # a flight that was whole between two of them is told between them
    alike = plain[1:] & plain[:-1] & (between[1:] == between[:-1])
    for column in (segments.direction, analysis.tcp.verdicts):
        alike &= column[owners[1:]] == column[owners[:-1]]
    ends = np.flatnonzero(np.append(~alike, True))
    lengths = np.diff(ends, prepend=-1)
    long = lengths >= _RUN_FROM
    target = np.arange(count + len(home))
    target[count + owners] = count + np.where(np.repeat(long, lengths), np.repeat(owners[ends], lengths), owners)
    home[:] = target[home]
    return owners[ends[long]]


def _message_columns(
    flights: Flights, direction: NDArray[np.uint8], home: NDArray[np.int64], runs: NDArray[np.int64]
) -> Steps:
    """The columns of the message level, from the numbers in ``home``."""
    count = len(flights)
    owners = distinct(home[home >= count]) - count
    kind = np.full(count + len(owners), StepKind.FLIGHT, np.uint8)
    kind[count:] = np.where(np.isin(owners, runs), StepKind.RUN, StepKind.SEGMENT)
    return _in_order(
        kind,
        np.concatenate((flights.row, owners)),
        np.concatenate((flights.direction, direction[owners])),
        np.concatenate((np.arange(count), np.full(len(owners), -1))),
        names=np.concatenate((np.arange(count), count + owners)),
        home=home,
    )


# -- what is shown ----------------------------------------------------------------------------------------------------


def visible_steps(
    level: Level,
    base: MessageSteps,
    phases: PhaseSteps,
    direction: NDArray[np.uint8],
    *,
    unfolded: frozenset[Key] = frozenset(),
    folds: Sequence[Fold] = (),
) -> Steps:
    """The arrows of a level, with what was unfolded and folded by hand.

    Args:
        level: what is shown where nothing was unfolded.
        base: the message level.
        phases: where they lie.
        direction: uint8 by segment.
        unfolded: ``Steps.key_of`` the steps that are shown one level deeper.
        folds: segments that are one arrow whatever the level; where two overlap, the later counts.
    """
    if level == "segments" and not folds:
        return segment_steps(direction)
    steps = base.steps
    # Everything that can be shown has a name: message arrows, then phases, folds and segments.
    phase_name, fold_name = len(steps), len(steps) + len(phases)
    segment_name = fold_name + len(folds)
    closed = [p for p in range(len(phases)) if level == "phases" and (int(StepKind.PHASE), p) not in unfolded]
    shown = np.arange(len(steps))
    for phase in closed:
        shown[phases.first[phase] : phases.end[phase]] = phase_name + phase
    opened = _opened(level, steps, unfolded) & (shown < len(steps))
    rows = np.arange(len(direction), dtype=np.int64)
    home = np.where(opened[steps.home], segment_name + rows, shown[steps.home])
    folded = np.zeros(len(direction), np.bool_)
    for number, fold in enumerate(folds):
        home[fold.first : fold.last + 1] = fold_name + number
        folded[fold.first : fold.last + 1] = True
    # Messages that were whole in another's segment, and idle phases, have no segment of their own.
    bare = (steps.count == 0) & (shown < len(steps)) & ~folded[steps.row] if level != "segments" else opened[:0]
    names = distinct(np.concatenate((home, np.flatnonzero(bare), phase_name + np.array(closed, np.int64))))
    parts = names[names < phase_name]
    of_phases = names[(names >= phase_name) & (names < fold_name)] - phase_name
    of_folds = names[(names >= fold_name) & (names < segment_name)] - fold_name
    alone = names[names >= segment_name] - segment_name
    return _in_order(
        np.concatenate(
            (
                steps.kind[parts],
                np.full(len(of_phases), StepKind.PHASE),
                np.full(len(of_folds), StepKind.FOLD),
                np.full(len(alone), StepKind.SEGMENT),
            )
        ).astype(np.uint8),
        np.concatenate(
            (
                steps.row[parts],
                phases.row[of_phases],
                np.array([folds[number].last for number in of_folds], np.int64),
                alone,
            )
        ),
        np.concatenate(
            (steps.direction[parts], np.full(len(of_phases) + len(of_folds), BOTH), direction[alone])
        ).astype(np.uint8),
        np.concatenate((steps.number[parts], of_phases, of_folds, np.full(len(alone), -1))),
        names=names,
        home=home,
    )


def _opened(level: Level, steps: Steps, unfolded: frozenset[Key]) -> NDArray[np.bool_]:
    """Which message arrows are shown as segments."""
    if level == "segments":
        return np.ones(len(steps), np.bool_)
    opened = np.zeros(len(steps), np.bool_)
    rows = np.array([row for kind, row in unfolded if kind not in (StepKind.PHASE, StepKind.FOLD)], np.int64)
    if len(rows):
        opened |= np.isin(steps.row, rows) & (steps.count > 1)
    return opened


def _in_order(
    kind: NDArray[np.uint8],
    row: NDArray[np.int64],
    direction: NDArray[np.uint8],
    number: NDArray[np.int64],
    *,
    names: NDArray[np.int64],
    home: NDArray[np.int64],
) -> Steps:
    """Steps sorted by row; ``home`` tells by ``names`` (ascending) which of them each segment belongs to."""
    order = np.argsort(row, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    home, row = place[np.searchsorted(names, home)], row[order]
    first, last = row.copy(), row.copy()
    segments = np.arange(len(home), dtype=np.int64)
    first[home[::-1]] = segments[::-1]
    last[home] = segments
    return Steps(
        kind[order], row, first, last, np.bincount(home, minlength=len(row)), direction[order], number[order], home
    )
