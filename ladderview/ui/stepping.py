"""Which arrow comes next? Steps through the selected flow by arrow, by problem, and by packet number."""

from __future__ import annotations

import numpy as np

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.verdicts import PROBLEMS


def arrow_after(analysis: FlowAnalysis, row: int, step: int) -> int:
    """The row ``step`` arrows further, held at both ends; without a selection, the first or the last."""
    last = len(analysis.segments) - 1
    if row < 0:
        return 0 if step > 0 else last
    return min(max(row + step, 0), last)


def problem_after(analysis: FlowAnalysis, row: int, step: int) -> int:
    """The nearest row with a problem after (``step`` 1) or before (-1) ``row``, or -1."""
    # One pass over a million verdicts takes a millisecond: nothing to remember.
    rows = np.flatnonzero(analysis.tcp.verdicts & int(PROBLEMS))
    if step > 0:
        at = int(np.searchsorted(rows, row, side="right"))
        return int(rows[at]) if at < len(rows) else -1
    at = int(np.searchsorted(rows, row if row >= 0 else len(analysis.segments), side="left")) - 1
    return int(rows[at]) if at >= 0 else -1


def row_of_packet(analysis: FlowAnalysis, packet: int) -> int:
    """The row of a packet (from 0) of the capture in this flow, or -1."""
    packets = analysis.segments.packet
    at = int(np.searchsorted(packets, packet))
    return at if at < len(packets) and packets[at] == packet else -1
