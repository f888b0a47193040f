"""What of one flow does its ladder show, in the columns that any view of it needs?

Plan: everything that is the same for every zoom is worked out once, by numpy, when a flow, a level or an axis is
chosen: heights, which arrows are in trouble, what was sent up to each (prefix sums, so that any band of them is two
subtractions), where states change, where segments are missing, where phases lie. ``layout`` then touches the visible
arrows only, and reads nothing but these columns: where they come from (one flow or several, segments or messages)
does not matter to it. A row of a plan is an arrow: a step of ``analysis.steps``.

A plan can be made from segments alone, while the analysis is still at work: the same rows at the same heights, without
verdicts, states and missing segments. ``Missing`` segments take room, so heights shift where one is found; a view that
exchanges its plan keeps the row that it looks at in place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.labels import Label, segment_label
from ladderview.analysis.raw_numbers import raw_numbers
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.segments import Segments
from ladderview.analysis.step_labels import LAYERS, layers_of, step_label
from ladderview.analysis.steps import BOTH, Fold, Key, Level, StepKind, Steps, segment_steps
from ladderview.analysis.tcp_analysis import TcpAnalysis
from ladderview.analysis.tcp_states import State
from ladderview.capture.capture import Capture, CaptureChanged
from ladderview.capture.flows import Flow
from ladderview.ladder.axis import AxisMode, TimeAxis, time_axis
from ladderview.ladder.bands import NO_BANDS, Bands, bands_of
from ladderview.ladder.label_fit import LabelParts
from ladderview.ladder.lanes import Lane, Names, lanes_of
from ladderview.ladder.plan_columns import (
    Missing,
    StateChanges,
    acks_of,
    any_of,
    coalesced_of,
    cut_of,
    delays_of,
    is_plain,
    missing_of,
    sent_of,
    state_changes,
    trouble_of,
)
from ladderview.ladder.unfolding import NOTHING_UNFOLDED, Unfolding, unfolding_of
from ladderview.proto.tcp import flags_text

#: Room, in units, that a segment which was not captured takes above the row that tells of it; that a phase leaves free
#: above its first row; that a pause without an arrow takes.
MISSING_ROOM, BAND_ROOM, PAUSE_ROOM = 1.0, 0.3, 0.6

#: The words on a state pill: RFC 9293 section 3.3.2 has them with hyphens.
STATE_WORDS: tuple[str, ...] = tuple(
    "unknown" if state is State.UNKNOWN else state.name.replace("_", "-") for state in State
)

_NO_NAMES: Names = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """A flow that a plan draws.

    Attributes:
        flow, segments: whose arrows they are.
        tcp: what happened, or None where it is not known yet.
        steps: its arrows.
        places: int64 by arrow of the flow: its row in the plan.
        reading: what it says, or None.
        raw: whether its labels have the sequence numbers that stand in the packets.
    """

    flow: Flow
    segments: Segments
    tcp: TcpAnalysis | None
    steps: Steps
    places: NDArray[np.int64]
    reading: FlowReading | None = None
    raw: bool = False


@dataclass(frozen=True, slots=True)
class LadderPlan:
    """A ladder made ready to be drawn. Its rows are arrows, counted from 0.

    Attributes:
        level: which arrows these are.
        sources: the flows that are drawn; nothing that draws looks into them.
        source, own: by row, the flow that it is of, and which of its arrows it is.
        lanes: the lifelines, left to right.
        axis: where the rows stand.
        label: the label of a row.
        kind: uint8 by row, a ``StepKind``.
        ts_ns: int64 by row, when the segment came that stands for it.
        begin_ns: int64 by row, when its first segment came.
        first_packet, last_packet: int64 by row, the packets of its first and its last segment, from 0.
        count, acks: int64 by row, how many segments it stands for, and how many of them are ACKs without payload.
        from_lane, to_lane: uint8 by row; of what both ends take part in, the two ends.
        layer: uint8 by row, the innermost layer that it carries, a place in ``LAYERS``.
        start_ns: the time of the first segment.
        span_ns: nanoseconds from the earliest to the latest segment.
        trouble: bool by row.
        problem_rows: int64, ascending, by lane: rows in trouble that come from it.
        sent: int64, shape (lanes, rows + 1): bytes with headers that came from each lane before the row.
        states: by lane, where the state of its end changes.
        missing: segments that were not captured.
        cut: bool by row: not all of its payload was captured.
        coalesced: bool by row: larger than the receiver's MSS, so several segments that offload joined before capture.
        bands: the phases.
        pauses: int64, ascending: rows before which a pause lies that has no arrow of its own.
        unfolding: what can be unfolded, and what is.
        delays_ns: by lane, nanoseconds from its end to where packets were captured, estimated; 0 where not known.
        name_of: what a label names, for words beside the arrows.
        typical_numbers: numbers of a label as long as this flow's are, without options; empty where labels are no
            segments'.
    """

    level: Level
    sources: tuple[Source, ...]
    source: NDArray[np.uint16]
    own: NDArray[np.int64]
    lanes: tuple[Lane, ...]
    axis: TimeAxis
    label: Callable[[int], LabelParts]
    kind: NDArray[np.uint8]
    ts_ns: NDArray[np.int64]
    begin_ns: NDArray[np.int64]
    first_packet: NDArray[np.int64]
    last_packet: NDArray[np.int64]
    count: NDArray[np.int64]
    acks: NDArray[np.int64]
    from_lane: NDArray[np.uint8]
    to_lane: NDArray[np.uint8]
    layer: NDArray[np.uint8]
    start_ns: int
    span_ns: int
    trouble: NDArray[np.bool_]
    problem_rows: tuple[NDArray[np.int64], ...]
    sent: NDArray[np.int64]
    states: tuple[StateChanges, ...]
    missing: Missing
    cut: NDArray[np.bool_]
    coalesced: NDArray[np.bool_]
    bands: Bands
    pauses: NDArray[np.int64]
    unfolding: Unfolding
    delays_ns: tuple[int, ...]
    typical_numbers: str
    name_of: Callable[[LabelParts], str] = lambda label: label.flags

    def __len__(self) -> int:
        return len(self.kind)

    # The one flow of a plan that has no more

    @property
    def flow(self) -> Flow:
        """The flow that is drawn, or the first of them."""
        return self.sources[0].flow

    @property
    def segments(self) -> Segments:
        """The segments of that flow."""
        return self.sources[0].segments

    @property
    def tcp(self) -> TcpAnalysis | None:
        """What happened to them, or None where that is not known yet."""
        return self.sources[0].tcp

    # -- rows and segments ----------------------------------------------------------------------------------------

    def step_of_segment(self, segment: int, source: int = 0) -> int:
        """The row that stands for a segment of a flow, or -1 where the flow has no such segment."""
        it = self.sources[source]
        if not 0 <= segment < len(it.segments):
            return -1
        return int(it.places[it.steps.home[segment]])

    def segment_of(self, row: int) -> tuple[int, int]:
        """The flow of a row, by its place among the sources, and the segment that stands for it."""
        source = int(self.source[row])
        return source, int(self.sources[source].steps.row[self.own[row]])

    def number_text(self, row: int) -> str:
        """The packets of a row: "#18", "#18–#28"; none of a pause."""
        if self.is_pause(row):
            return ""
        first, last = int(self.first_packet[row]) + 1, int(self.last_packet[row]) + 1
        return f"#{first}" if first == last else f"#{first}–#{last}"

    def is_pause(self, row: int) -> bool:
        """Whether a row is a phase in which nothing was sent."""
        return bool(self.kind[row] == StepKind.PHASE and self.count[row] == 0)

    def key_name(self, row: int) -> str:
        """The theme key of a row's arrow: colour means the innermost layer, or trouble."""
        return "trouble" if self.trouble[row] else LAYERS[self.layer[row]]

    def next_problem(self, row: int, step: int) -> int:
        """The nearest row in trouble after (``step`` 1) or before (-1) ``row``, or -1; ``row`` -1 is above all."""
        found = []
        for rows in self.problem_rows:
            at = int(np.searchsorted(rows, row, side="right" if step > 0 else "left")) - (0 if step > 0 else 1)
            if 0 <= at < len(rows):
                found.append(int(rows[at]))
        return (min(found) if step > 0 else max(found)) if found else -1

    def with_axis(self, mode: AxisMode) -> LadderPlan:
        """The same ladder on another axis."""
        axis = axis_of(self.ts_ns, mode, self.missing, self.bands, self.pauses, start_ns=self.start_ns)
        return replace(self, axis=axis)


def axis_of(
    ts_ns: NDArray[np.int64],
    mode: AxisMode,
    missing: Missing,
    bands: Bands,
    pauses: NDArray[np.int64],
    *,
    start_ns: int,
) -> TimeAxis:
    """The axis of a plan: rows with room for what stands between them."""
    room_before = None
    if mode != "time" and (len(missing.rows) or len(bands) or len(pauses)):
        room_before = np.zeros(len(ts_ns))
        room_before[bands.first] = BAND_ROOM
        room_before[missing.rows] += MISSING_ROOM
        room_before[pauses] += PAUSE_ROOM
        room_before[:1] = np.maximum(room_before[:1] - BAND_ROOM, 0.0)
    return time_axis(ts_ns, mode, room_before, start_ns=start_ns)


# -- plans of one flow ------------------------------------------------------------------------------------------------


def plan_analysed(
    analysis: FlowAnalysis,
    capture: Capture | None,
    axis: AxisMode = "rows",
    names: Names = _NO_NAMES,
    *,
    raw: bool = False,
) -> LadderPlan:
    """The plan of the segments of an analysed flow; the capture tells names. ``raw`` as ``plan_reading`` has it."""
    told = raw_numbers(analysis) if raw else analysis
    label = _remembered(lambda row: segment_label(told, row), lambda row: _plain_label(analysis.segments, row))
    return plan_ladder(
        analysis.flow, analysis.segments, analysis.tcp, label, axis=axis, capture=capture, names=names, raw=raw
    )


def plan_preview(flow: Flow, segments: Segments, capture: Capture | None, axis: AxisMode = "rows") -> LadderPlan:
    """The plan of a flow whose analysis is still at work."""
    label = _remembered(lambda row: _plain_label(segments, row), lambda row: _plain_label(segments, row))
    return plan_ladder(flow, segments, None, label, axis=axis, capture=capture)


def plan_reading(
    reading: FlowReading,
    capture: Capture | None,
    level: Level,
    axis: AxisMode = "rows",
    *,
    unfolded: frozenset[Key] = frozenset(),
    folds: Sequence[Fold] = (),
    names: Names = _NO_NAMES,
    raw: bool = False,
) -> LadderPlan:
    """The plan of a flow that was read.

    Args:
        reading: the flow.
        capture: tells names, or None.
        level: which arrows.
        axis: where they stand.
        unfolded, folds: as ``FlowReading.steps`` takes them.
        names: what lanes are called.
        raw: whether labels have the sequence numbers that stand in the packets.
    """
    analysis = reading.analysis
    told = replace(reading, analysis=raw_numbers(analysis)) if raw else reading
    steps = reading.steps(level, unfolded, folds)
    plain = is_plain(steps)

    def label(row: int) -> Label:
        if level == "segments" and steps.kind[row] == StepKind.SEGMENT:
            return segment_label(told.analysis, int(steps.row[row]))
        return step_label(told, steps, row)

    return plan_ladder(
        analysis.flow,
        analysis.segments,
        analysis.tcp,
        _remembered(label, lambda row: _plain_label(analysis.segments, int(steps.row[row]))),
        axis=axis,
        capture=capture,
        names=names,
        level=level,
        steps=steps,
        reading=reading,
        raw=raw,
        unfolding=NOTHING_UNFOLDED if plain else unfolding_of(reading, steps, level, unfolded),
    )


def _remembered(make: Callable[[int], Label], plain: Callable[[int], Label]) -> Callable[[int], Label]:
    """Labels by row, each made once while it is in view; a plain one where the file has changed under us."""

    @lru_cache(maxsize=4096)
    def label(row: int) -> Label:
        try:
            return make(row)
        except CaptureChanged:
            return plain(row)

    return label


def _plain_label(segments: Segments, row: int) -> Label:
    """What the columns alone tell of a segment."""
    return Label("", f"[{flags_text(int(segments.flags[row]))}]", f"Len={int(segments.payload_len[row])}")


def plan_ladder(
    flow: Flow,
    segments: Segments,
    tcp: TcpAnalysis | None,
    label: Callable[[int], LabelParts],
    *,
    axis: AxisMode = "rows",
    capture: Capture | None = None,
    names: Mapping[int, str] = _NO_NAMES,
    level: Level = "segments",
    steps: Steps | None = None,
    reading: FlowReading | None = None,
    raw: bool = False,
    unfolding: Unfolding = NOTHING_UNFOLDED,
) -> LadderPlan:
    """The plan of a flow; without ``tcp`` that of its arrows alone, without ``capture`` no names and nothing cut."""
    steps = steps if steps is not None else segment_steps(segments.direction)
    plain, size = is_plain(steps), len(steps)
    every = steps.row if plain else np.arange(size, dtype=np.int64)
    trouble = any_of(trouble_of(tcp, len(segments)), steps)
    sent = sent_of(segments, steps)
    from_lane = np.where(steps.direction == BOTH, 0, steps.direction).astype(np.uint8)
    missing = missing_of(segments, tcp, steps)
    bands, pauses = bands_of(reading, steps) if reading is not None else (NO_BANDS, every[:0])
    ts_ns = segments.ts_ns if plain else segments.ts_ns[steps.row]
    start_ns = int(segments.ts_ns[0]) if len(segments) else 0
    server_name = capture.host_names.get(flow.server.address, "") if capture is not None else ""
    silent = (size > 0 and int(sent[0, -1]) == 0, size > 0 and int(sent[1, -1]) == 0)
    return LadderPlan(
        level=level,
        sources=(Source(flow, segments, tcp, steps, every, reading, raw),),
        source=np.broadcast_to(np.uint16(0), (size,)),
        own=every,
        lanes=lanes_of(flow, server_name, silent, names),
        axis=axis_of(ts_ns, axis, missing, bands, pauses, start_ns=start_ns),
        label=label,
        kind=steps.kind,
        ts_ns=ts_ns,
        begin_ns=ts_ns if plain else segments.ts_ns[steps.first],
        first_packet=segments.packet if plain else segments.packet[steps.first],
        last_packet=segments.packet if plain else segments.packet[steps.last],
        count=steps.count,
        acks=acks_of(segments, steps),
        from_lane=from_lane,
        to_lane=np.uint8(1) - from_lane,
        layer=layers_of(reading, steps) if reading is not None else np.broadcast_to(np.uint8(0), (size,)),
        start_ns=start_ns,
        span_ns=int(np.ptp(segments.ts_ns)) if len(segments) else 0,
        trouble=trouble,
        problem_rows=tuple(_problems(trouble, from_lane, lane) for lane in (0, 1)),
        sent=sent,
        states=state_changes(tcp, steps),
        missing=missing,
        cut=any_of(cut_of(segments, capture), steps),
        coalesced=any_of(coalesced_of(segments), steps),
        bands=bands,
        pauses=pauses,
        unfolding=unfolding,
        delays_ns=delays_of(segments, tcp),
        typical_numbers=_typical_numbers(segments, tcp) if level == "segments" else "",
    )


def _problems(trouble: NDArray[np.bool_], from_lane: NDArray[np.uint8], lane: int) -> NDArray[np.int64]:
    rows = np.flatnonzero(trouble)
    found: NDArray[np.int64] = rows[from_lane[rows] == lane]
    return found


def _typical_numbers(segments: Segments, tcp: TcpAnalysis | None) -> str:
    if tcp is None or len(segments) == 0:
        return f"Len={int(segments.payload_len.max(initial=0))}"
    client, server = (int(tcp.next_seq[segments.direction == direction].max(initial=0)) for direction in (0, 1))
    window, length = int(tcp.scaled_window.max()), int(segments.payload_len.max())
    return f"Seq={client} Ack={server} Win={window} Len={length}"
