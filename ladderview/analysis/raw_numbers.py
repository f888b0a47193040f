"""How does a flow look with the sequence numbers that stand in its packets, as textbooks draw it?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ladderview.analysis.flow_analysis import FlowAnalysis


def raw_numbers(fa: FlowAnalysis) -> FlowAnalysis:
    """The same analysis, to be labelled: its "relative" numbers are those on the wire.

    Only what is written on an arrow is right in it: whatever calculates with relative numbers wants the original.
    """
    segments = fa.segments
    seq, ack = segments.seq.astype(np.int64), segments.ack.astype(np.int64)
    return replace(fa, tcp=replace(fa.tcp, rel_seq=seq, rel_ack=ack, base_seq=(0, 0)))
