"""One flow, analysed once: what the ladder, the inspector and the exports all read."""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.analysis.segments import Segments, segments_of
from ladderview.analysis.tcp_analysis import TcpAnalysis, analyse_tcp
from ladderview.capture.capture import Capture
from ladderview.capture.flows import Flow


@dataclass(frozen=True, slots=True, weakref_slot=True)
class FlowAnalysis:
    """A flow with its segments and what they mean. Rows count within the flow, from 0."""

    flow: Flow
    segments: Segments
    tcp: TcpAnalysis


def analyse_flow(capture: Capture, flow_id: int) -> FlowAnalysis:
    """Analyse the flow with this ``tcp.stream``.

    Raises:
        IndexError: there is no such flow.
        CaptureChanged: the file was cut short or replaced since it was read.
    """
    flow = capture.flows.flow(flow_id)
    segments = segments_of(capture, flow)
    return FlowAnalysis(flow, segments, analyse_tcp(segments, bool(capture.flows.reused_ports[flow_id])))
