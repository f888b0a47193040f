"""What is known of a flow once its messages were read: segments, messages, phases, and the arrows of every level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.distinct import distinct
from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.keys import Keys
from ladderview.analysis.message import Message
from ladderview.analysis.message_map import MessageMap
from ladderview.analysis.messages import Messages, messages_of
from ladderview.analysis.phases import Phase, phase_steps, phases_of
from ladderview.analysis.steps import Fold, Key, Level, MessageSteps, StepKind, Steps, message_steps, visible_steps
from ladderview.capture.capture import Capture
from ladderview.progress import Progress, no_progress


@dataclass(frozen=True, slots=True)
class Chosen:
    """What one arrow stands for.

    Attributes:
        kind: what it is.
        row: the segment that stands for it.
        first, last: its first and its last segment.
        count: how many segments it stands for.
        messages: of a flight, its messages.
        phase: of a phase.
    """

    kind: StepKind
    row: int
    first: int
    last: int
    count: int
    messages: tuple[Message, ...] = ()
    phase: Phase | None = None


@dataclass(frozen=True, slots=True)
class FlowReading:
    """A flow, read.

    Attributes:
        analysis: its segments, and what happened to them.
        messages: what it says.
        places: finds messages by their bytes.
        base: the arrows of the message level.
        phases: what it goes through.
    """

    analysis: FlowAnalysis
    messages: Messages
    places: MessageMap
    base: MessageSteps
    phases: tuple[Phase, ...]

    def steps(self, level: Level, unfolded: frozenset[Key] = frozenset(), folds: Sequence[Fold] = ()) -> Steps:
        """The arrows of a level; see ``visible_steps``."""
        segments = self.analysis.segments
        phases = phase_steps(self.phases, self.base, segments.ts_ns)
        return visible_steps(level, self.base, phases, segments.direction, unfolded=unfolded, folds=folds)

    def said(self, steps: Steps, step: int) -> tuple[Message, ...]:
        """The messages that a step of kind ``FLIGHT`` stands for; none of others."""
        if steps.kind[step] != StepKind.FLIGHT:
            return ()
        flight = int(steps.number[step])
        flights = self.base.flights
        return self.messages.messages[int(flights.start[flight]) : int(flights.end[flight])]

    def chosen(self, steps: Steps, step: int) -> Chosen:
        """What a step stands for."""
        kind = StepKind(int(steps.kind[step]))
        return Chosen(
            kind,
            int(steps.row[step]),
            int(steps.first[step]),
            int(steps.last[step]),
            int(steps.count[step]),
            self.said(steps, step),
            self.phases[int(steps.number[step])] if kind is StepKind.PHASE else None,
        )

    def rows_of(self, chosen: Chosen) -> NDArray[np.int64]:
        """int64, ascending: the segments of an arrow; of messages those that carried them, without their ACKs."""
        if not chosen.messages:
            return np.arange(chosen.first, chosen.last + 1, dtype=np.int64)
        rows = distinct(np.concatenate([self.messages.rows_of(message) for message in chosen.messages]))
        return rows if len(rows) else np.array([chosen.row], np.int64)


def read_flow(
    capture: Capture,
    analysis: FlowAnalysis,
    keys: Keys,
    progress: Progress = no_progress,
    *,
    each_message: bool = False,
) -> FlowReading:
    """Read what a flow says.

    Args:
        capture: where its bytes are.
        analysis: the flow.
        keys: what opens TLS records.
        progress: counts payload bytes.
        each_message: give every handshake message an arrow of its own.

    Raises:
        CaptureChanged: the file was cut short or replaced since it was read.
        Cancelled: by ``progress``.
    """
    return reading_of(analysis, messages_of(capture, analysis, keys, progress), each_message=each_message)


def reading_of(analysis: FlowAnalysis, messages: Messages, *, each_message: bool = False) -> FlowReading:
    """The arrows and phases of a flow whose messages were read."""
    base = message_steps(analysis, messages, each_message=each_message)
    return FlowReading(analysis, messages, MessageMap(messages), base, phases_of(analysis, messages, base))
