"""How many problems of each kind has each flow? Exactly as the full analysis counts them, for all flows at once.

Plan: ``plain`` proves for whole columns which segments need no second look; the rest, mostly a few around each
trouble, go through the same rules as in the full analysis (``tcp_walk.Walk``). A flow with a doubtful segment is
walked from its first segment until the handshake is settled, then from each doubtful one until both ends are calm.
What the rules would remember of the segments in between is taken from the columns.

Blocks of rows keep memory flat; a flow that is cut by a block's end is carried over with its walk and its last rows.

Trap: the options of the SYNs can matter (window scale, Multipath TCP), and reading these for every flow would cost more
than all the rest. They are read only for flows in which a verdict depends on them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ladderview.analysis.plain import Block, Proof, prove
from ladderview.analysis.segments import read_options
from ladderview.analysis.tcp_rules import SYN, End, Segment
from ladderview.analysis.tcp_walk import Walk
from ladderview.analysis.verdicts import PROBLEM_WORDS, PROBLEMS, Verdict
from ladderview.capture.capture import Capture
from ladderview.progress import Progress, no_progress
from ladderview.proto.tcp import TcpOptions

#: Rows that are looked at together: some 10 MB of temporary columns, and no step that holds up other threads.
BLOCK_ROWS: Final = 1 << 17

_PROBLEMS: Final = int(PROBLEMS)
_RESET: Final = int(Verdict.RESET)
_NO_OPTIONS: Final = TcpOptions()


@dataclass(frozen=True, slots=True)
class ProblemCounts:
    """How often each flow has each problem.

    Attributes:
        by_verdict: uint32 columns, one row a flow, for every key of ``PROBLEM_WORDS``.
    """

    by_verdict: Mapping[Verdict, NDArray[np.uint32]]


def problem_counts(capture: Capture, progress: Progress = no_progress) -> ProblemCounts:
    """Count the problems of every flow.

    Raises:
        Cancelled: by ``progress`` (in packets).
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    flows = capture.flows
    screen = _Screen(capture)
    total = len(flows.order)
    for start in range(0, total, BLOCK_ROWS):
        progress(start, total)
        screen.take(start, min(total, start + BLOCK_ROWS))
    progress(total, total)
    counts = {verdict: screen.count(verdict) for verdict in PROBLEM_WORDS}
    counts[Verdict.REUSED_PORTS] += flows.reused_ports
    return ProblemCounts(counts)


@dataclass(slots=True)
class _Carried:
    """A flow that is cut by the end of a block: its walk so far, and the positions of the rows that matter after it."""

    watch: _Watch
    positions: list[int] = field(default_factory=list)


class _Screen:
    """Takes the rows of ``FlowTable.order`` block by block and counts."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._flows: list[NDArray[np.int32]] = []
        self._verdicts: list[NDArray[np.uint32]] = []
        self._carried: _Carried | None = None

    def count(self, verdict: Verdict) -> NDArray[np.uint32]:
        """uint32, one row a flow."""
        counts = np.zeros(len(self._capture.flows), np.uint32)
        for flows, verdicts in zip(self._flows, self._verdicts, strict=True):
            np.add.at(counts, flows[(verdicts & np.uint32(verdict)) != 0], 1)
        return counts

    def take(self, start: int, stop: int) -> None:
        """Look at ``order[start:stop]``."""
        block, ts_ns = self._gather(start, stop)
        proof = prove(block)
        found = _Found(block, ts_ns, proof)
        carried, self._carried = self._carried, None
        starts = np.append(np.flatnonzero(np.diff(block.flow, prepend=-1)), len(block))
        rows = np.flatnonzero(proof.doubtful)
        begins = proof.begin[rows]
        firsts = np.flatnonzero(np.diff(begins, prepend=-1)).tolist()
        if carried is not None and (not firsts or begins[0] > 0):
            carried.watch.walk(found, block.context, int(starts[1]), [])
        for first, last in zip(firsts, [*firsts[1:], len(rows)], strict=False):
            begin = int(begins[first])
            end = int(starts[np.searchsorted(starts, begin, side="right")])
            goes_on = block.continues and end == len(block)
            if carried is not None and begin == 0:
                watch = carried.watch
            else:
                options_matter = bool(proof.options_matter[rows[first:last]].any())
                watch = _Watch(self._capture, reads_options=options_matter or goes_on)
            watch.walk(found, max(begin, block.context), end, rows[first:last].tolist())
            if goes_on:
                self._carried = _Carried(watch)
        if block.continues:
            self._carry(found, carried)
        self._flows += [np.asarray(found.flows, np.int32), block.flow[proof.tail_reset]]
        self._verdicts += [
            np.asarray(found.verdicts, np.uint32),
            np.full(int(proof.tail_reset.sum()), _RESET, np.uint32),
        ]

    def _carry(self, found: _Found, carried: _Carried | None) -> None:
        """Keep what the next block needs of the flow that this one cuts."""
        block, proof = found.block, found.proof
        if self._carried is None:
            if carried is not None and proof.begin[-1] == 0:
                self._carried = carried
            else:
                self._carried = _Carried(_Watch(self._capture, reads_options=True))
                self._carried.watch.walk(found, int(proof.begin[-1]), len(block), [])
        last = {int(column[-1]) for column in (*proof.last, *proof.last_moving)}
        kept = sorted(row for row in last if row >= int(proof.begin[-1]))
        self._carried.positions = block.position[kept].tolist()

    def _gather(self, start: int, stop: int) -> tuple[Block, NDArray[np.int64]]:
        """``order[start:stop]`` behind the last rows of the flow that was cut before, and the time of each row."""
        table, flows = self._capture.packets, self._capture.flows
        before = self._carried.positions if self._carried is not None else []
        position = np.concatenate([np.asarray(before, np.int64), np.arange(start, stop)])
        packets = flows.order[position].astype(np.intp)
        flow = table.flow.take(packets)
        block = Block(
            position=position,
            flow=flow,
            from_server=table.direction.take(packets) == 1,
            seq=table.seq.take(packets),
            ack=table.ack.take(packets),
            payload_len=table.payload_len.take(packets),
            window=table.window.take(packets),
            flags=table.tcp_flags.take(packets),
            context=len(before),
            continues=stop < len(flows.order) and int(table.flow[flows.order[stop]]) == int(flow[-1]),
        )
        return block, table.ts_ns.take(packets)


class _Found:
    """A block whose rows are wanted one at a time, and the verdicts found in it."""

    __slots__ = ("_ack", "_flags", "_payload_len", "_position", "_seq", "_ts_ns", "_window",
                 "block", "flows", "proof", "verdicts")  # fmt: skip

    def __init__(self, block: Block, ts_ns: NDArray[np.int64], proof: Proof) -> None:
        self.block = block
        self.proof = proof
        self.flows: list[int] = []
        self.verdicts: list[int] = []
        # A memory view hands out a Python number in a third of the time that an array takes.
        self._position = block.position.data
        self._ts_ns = ts_ns.data
        self._seq = block.seq.data
        self._ack = block.ack.data
        self._payload_len = block.payload_len.data
        self._window = block.window.data
        self._flags = block.flags.data

    def segment(self, row: int) -> Segment:
        """A row as the rules see it; its ``row`` is its position."""
        return Segment(
            self._position[row],
            self._ts_ns[row],
            self._seq[row],
            self._ack[row],
            self._payload_len[row],
            self._window[row],
            self._flags[row],
        )


class _Watch:
    """The walk through one flow, from one doubtful row to the next.

    Attributes:
        position: of the row that was walked last, -1 before the first.
    """

    __slots__ = ("_ended", "_walk", "position")

    def __init__(self, capture: Capture, reads_options: bool) -> None:
        def options(position: int) -> TcpOptions:
            return read_options(capture, int(capture.flows.order[position]))

        self._walk = Walk(options if reads_options else _no_options, reused_ports=False)
        self._ended = [0, 0]  # where each end's last segment ended
        self.position = -1

    def walk(self, found: _Found, begin: int, end: int, doubtful: list[int]) -> None:
        """Walk what must be walked of rows ``begin`` to ``end``, all of one flow."""
        block, tail_reset = found.block, found.proof.tail_reset
        flow = int(block.flow[begin])
        row = begin
        doubtful.reverse()
        while True:
            while doubtful and doubtful[-1] < row:
                doubtful.pop()
            if self._is_calm():
                if not doubtful:
                    return
                row = doubtful.pop()
                self._catch_up(found, row)
            if row >= end:
                return
            segment = found.segment(row)
            direction = int(block.from_server[row])
            verdicts = self._walk.step(segment, direction) & _PROBLEMS
            self._ended[direction] = segment.next_seq
            self.position = segment.row
            if verdicts & _RESET and tail_reset[row]:
                verdicts &= ~_RESET  # counted with all of its kind
            if verdicts:
                found.flows.append(flow)
                found.verdicts.append(verdicts)
            row += 1

    def _is_calm(self) -> bool:
        """The handshake is settled, and each end's last segment ended where all it had sent ended, without a hole."""
        client, server = self._walk.ends
        return (
            client.next_seq == self._ended[0] == client.max_ackable
            and server.next_seq == self._ended[1] == server.max_ackable
            and self._walk.is_settled
        )

    def _catch_up(self, found: _Found, row: int) -> None:
        """Bring both ends forward over the plain rows before ``row``."""
        proof = found.proof
        if row == 0:
            return
        for direction, end in enumerate(self._walk.ends):
            last = int(proof.last[direction][row - 1])
            if last < int(proof.begin[row]) or int(found.block.position[last]) <= self.position:
                continue
            moving = int(proof.last_moving[direction][row - 1])
            _catch_up_end(end, found.segment(last), found.segment(moving) if moving >= 0 else None, self.position)
            self._ended[direction] = end.next_seq


def _catch_up_end(end: End, last: Segment, moving: Segment | None, position: int) -> None:
    """What ``end`` would remember after plain rows, of which ``last`` is its last; ``moving`` its last with payload."""
    if last.ack != end.last_ack:
        end.duplicate_acks = 0
    if moving is not None and moving.row > position:
        end.next_seq_ns = moving.ts_ns
    end.next_seq = end.max_ackable = last.next_seq
    end.window = last.window
    end.last_ack = last.ack
    end.last_ack_ns = last.ts_ns
    end.last_verdicts = 0
    if last.flags & SYN:
        end.is_first_ack = True
        end.find_shift()
    else:
        end.has_acked()


def _no_options(position: int) -> TcpOptions:
    return _NO_OPTIONS
