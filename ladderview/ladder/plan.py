"""What of one flow does its ladder show, in the columns that any view of it needs?

Plan: everything that is the same for every zoom is worked out once, by numpy, when a flow or an axis is chosen:
heights, which rows are in trouble, what was sent up to each row (prefix sums, so that any band of rows is two
subtractions), where states change and where segments are missing. ``layout`` then touches the visible rows only.

A plan can be made from segments alone, while the analysis is still at work: the same rows at the same heights, without
verdicts, states and missing segments. ``Missing`` segments take room, so heights shift where one is found; a view that
exchanges its plan keeps the row that it looks at in place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.labels import Label, segment_label
from ladderview.analysis.segments import Segments
from ladderview.analysis.tcp_analysis import TcpAnalysis
from ladderview.analysis.tcp_states import State
from ladderview.analysis.verdicts import PROBLEMS, Verdict
from ladderview.capture.capture import Capture, CaptureChanged
from ladderview.capture.flows import Flow
from ladderview.ladder.axis import AxisMode, TimeAxis, time_axis
from ladderview.ladder.label_fit import LabelParts
from ladderview.proto.tcp import flags_text

#: Bytes that a segment counts for beside its payload where amounts are drawn: its headers, so that an ACK shows.
HEADER_BYTES = 60

#: Room, in units, that a segment which was not captured takes above the row that tells of it.
MISSING_ROOM = 1.0

#: The words on a state pill: RFC 9293 section 3.3.2 has them with hyphens.
STATE_WORDS: tuple[str, ...] = tuple(
    "unknown" if state is State.UNKNOWN else state.name.replace("_", "-") for state in State
)


@dataclass(frozen=True, slots=True)
class StateChanges:
    """Where the state of one end changes: int64 rows, ascending, and the state from that row on (uint8)."""

    rows: NDArray[np.int64]
    states: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Missing:
    """Segments that were not captured: int64 columns, ascending by the row that tells of it.

    Attributes:
        rows: the row above which the segments are missing; the same side sent them.
        seq: relative sequence number of the first missing byte.
        length: how many bytes are missing.
    """

    rows: NDArray[np.int64]
    seq: NDArray[np.int64]
    length: NDArray[np.int64]

    def at(self, row: int) -> int:
        """Where in these columns the row stands, or -1."""
        at = int(np.searchsorted(self.rows, row))
        return at if at < len(self.rows) and self.rows[at] == row else -1


@dataclass(frozen=True, slots=True)
class LadderPlan:
    """A flow made ready to be drawn. Rows count within the flow, from 0.

    Attributes:
        flow, segments: what is drawn.
        tcp: what happened, or None where it is not known yet.
        axis: where the rows stand.
        label: the label of a row.
        server_name: a name for the server, or the empty string.
        span_ns: nanoseconds from the earliest to the latest segment.
        trouble: bool by row.
        problem_rows: int64, ascending, by direction: rows in trouble that the client (0) or the server (1) sent.
        sent: int64, shape (2, rows + 1): bytes with headers that each direction sent before the row.
        states: where the client's (0) and the server's (1) state changes.
        missing: segments that were not captured.
        typical_numbers: numbers of a label as long as this flow's are, without options.
        cut: bool by row: not all of its payload was captured.
        coalesced: bool by row: larger than the receiver's MSS, so several segments that offload joined before capture.
    """

    flow: Flow
    segments: Segments
    tcp: TcpAnalysis | None
    axis: TimeAxis
    label: Callable[[int], LabelParts]
    server_name: str
    span_ns: int
    trouble: NDArray[np.bool_]
    problem_rows: tuple[NDArray[np.int64], NDArray[np.int64]]
    sent: NDArray[np.int64]
    states: tuple[StateChanges, StateChanges]
    missing: Missing
    cut: NDArray[np.bool_]
    coalesced: NDArray[np.bool_]
    typical_numbers: str

    def __len__(self) -> int:
        return len(self.segments)

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
        return replace(self, axis=_axis_of(self.segments, self.missing, mode))


def plan_analysed(analysis: FlowAnalysis, capture: Capture | None, axis: AxisMode = "rows") -> LadderPlan:
    """The plan of an analysed flow; the capture tells names."""
    label = _remembered(lambda row: segment_label(analysis, row), analysis.segments)
    return plan_ladder(analysis.flow, analysis.segments, analysis.tcp, label, axis=axis, capture=capture)


def plan_preview(flow: Flow, segments: Segments, capture: Capture | None, axis: AxisMode = "rows") -> LadderPlan:
    """The plan of a flow whose analysis is still at work."""
    label = _remembered(lambda row: _plain_label(segments, row), segments)
    return plan_ladder(flow, segments, None, label, axis=axis, capture=capture)


def _remembered(make: Callable[[int], Label], segments: Segments) -> Callable[[int], Label]:
    """Labels by row, each made once while it is in view; without options where the file has changed under us."""

    @lru_cache(maxsize=4096)
    def label(row: int) -> Label:
        try:
            return make(row)
        except CaptureChanged:
            return _plain_label(segments, row)

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
) -> LadderPlan:
    """The plan of a flow; without ``tcp`` that of its arrows alone, without ``capture`` no names and nothing cut."""
    count = len(segments)
    trouble = np.zeros(count, np.bool_) if tcp is None else (tcp.verdicts & np.uint32(int(PROBLEMS))) != 0
    problems = np.flatnonzero(trouble)
    from_server = segments.direction[problems] == 1
    missing = _missing(segments, tcp)
    return LadderPlan(
        flow=flow,
        segments=segments,
        tcp=tcp,
        axis=_axis_of(segments, missing, axis),
        label=label,
        server_name=capture.host_names.get(flow.server.address, "") if capture is not None else "",
        span_ns=int(np.ptp(segments.ts_ns)) if count else 0,
        trouble=trouble,
        problem_rows=(problems[~from_server], problems[from_server]),
        sent=_sent(segments),
        states=_state_changes(tcp),
        missing=missing,
        cut=_cut(segments, capture),
        coalesced=_coalesced(segments),
        typical_numbers=_typical_numbers(segments, tcp),
    )


_NO_CHANGES = StateChanges(np.empty(0, np.int64), np.empty(0, np.uint8))


def _axis_of(segments: Segments, missing: Missing, mode: AxisMode) -> TimeAxis:
    room_before = None
    if len(missing.rows):
        room_before = np.zeros(len(segments))
        room_before[missing.rows] = MISSING_ROOM
    return time_axis(segments.ts_ns, mode, room_before)


def _typical_numbers(segments: Segments, tcp: TcpAnalysis | None) -> str:
    if tcp is None or len(segments) == 0:
        return f"Len={int(segments.payload_len.max(initial=0))}"
    client, server = (int(tcp.next_seq[segments.direction == direction].max(initial=0)) for direction in (0, 1))
    window, length = int(tcp.scaled_window.max()), int(segments.payload_len.max())
    return f"Seq={client} Ack={server} Win={window} Len={length}"


def _sent(segments: Segments) -> NDArray[np.int64]:
    """The prefix sums of both directions. Memory that is touched for the first time costs more than the sums."""
    sent = np.empty((2, len(segments) + 1), np.int64)
    sent[:, 0] = 0
    amount = segments.payload_len + np.uint32(HEADER_BYTES)
    np.cumsum(amount, out=sent[0, 1:], dtype=np.int64)
    np.multiply(amount, segments.direction, out=amount)
    np.cumsum(amount, out=sent[1, 1:], dtype=np.int64)
    sent[0] -= sent[1]
    return sent


def _state_changes(tcp: TcpAnalysis | None) -> tuple[StateChanges, StateChanges]:
    if tcp is None:
        return _NO_CHANGES, _NO_CHANGES
    client, server = tcp.initial_states
    return _changes(tcp.client_state, client), _changes(tcp.server_state, server)


def _changes(states: NDArray[np.uint8], before: State) -> StateChanges:
    """Every row whose state is another than before it, and the first row where nothing is known."""
    if len(states) == 0:
        return _NO_CHANGES
    rows = np.flatnonzero(states[1:] != states[:-1]) + 1
    if states[0] != before or states[0] == State.UNKNOWN:
        rows = np.concatenate(([0], rows))
    return StateChanges(rows, states[rows])


def _missing(segments: Segments, tcp: TcpAnalysis | None) -> Missing:
    """What each "previous segment not captured" says is missing: from the highest next_seq before it to its seq."""
    rows = np.empty(0, np.int64) if tcp is None else np.flatnonzero(tcp.verdicts & np.uint32(int(Verdict.LOST_SEGMENT)))
    if tcp is None or len(rows) == 0:
        return Missing(rows, rows, rows)
    next_seq = tcp.next_seq if int(tcp.next_seq.max()) < 2**31 else _unwrapped(tcp.next_seq, segments.direction)
    expected = np.empty(len(rows), np.int64)
    for direction in (0, 1):
        mine = segments.direction[rows] == direction
        highest = np.maximum.accumulate(np.where(segments.direction == direction, next_seq, -1))
        expected[mine] = highest[np.maximum(rows[mine] - 1, 0)]
    length = (tcp.rel_seq[rows] - expected).astype(np.int32).astype(np.int64)
    told = (expected >= 0) & (length > 0)  # a rule may conclude loss from other signs: then there is no number to show
    return Missing(rows[told], expected[told] % 2**32, length[told])


def _unwrapped(numbers: NDArray[np.int64], direction: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Sequence numbers modulo 2**32 as numbers that go on rising past it: steps are signed 32-bit differences."""
    rising = numbers.copy()
    for which in (0, 1):
        own = np.flatnonzero(direction == which)
        steps = np.diff(numbers[own]).astype(np.int32)
        rising[own[1:]] = numbers[own[:1]] + np.cumsum(steps, dtype=np.int64)
    return rising


def _cut(segments: Segments, capture: Capture | None) -> NDArray[np.bool_]:
    """Rows with payload whose packet is longer than what was captured of it."""
    if capture is None:
        return np.zeros(len(segments), np.bool_)
    table, packets = capture.packets, segments.packet
    return (table.caplen[packets] < table.orig_len[packets]) & (segments.payload_len > 0)


def _coalesced(segments: Segments) -> NDArray[np.bool_]:
    """Rows with more payload than the MSS that their receiver announced in its SYN (RFC 9293 section 3.7.1)."""
    larger = np.zeros(len(segments), np.bool_)
    for direction, mss in enumerate(_announced_mss(segments)):
        if mss:
            larger |= (segments.payload_len > mss) & (segments.direction == 1 - direction)
    return larger


def _announced_mss(segments: Segments) -> Sequence[int]:
    """The MSS in the first SYN of (client, server), 0 where none was captured."""
    syn = np.flatnonzero(segments.flags[:64] & 0x002)
    mss = [0, 0]
    try:
        for row in syn.tolist():
            direction = int(segments.direction[row])
            mss[direction] = mss[direction] or segments.options(row).mss or 0
    except CaptureChanged:
        pass  # the file has gone: whoever opened it is told when its bytes are asked for; arrows need none
    return mss
