"""One flow, analysed once: what the ladder, the inspector and the exports all read."""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.analysis.segments import Segments
from ladderview.analysis.tcp_analysis import TcpAnalysis
from ladderview.capture.flows import Flow


@dataclass(frozen=True, slots=True)
class FlowAnalysis:
    """A flow with its segments and what they mean. Rows count within the flow, from 0."""

    flow: Flow
    segments: Segments
    tcp: TcpAnalysis
