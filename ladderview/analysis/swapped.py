"""The same flow seen from the other end: what changes when the user calls the client the server?

Everything is worked out again from the segments with their directions turned round; nothing is patched, so the
states, the relative numbers and the verdicts are those of a flow that was always read this way.
"""

from __future__ import annotations

from dataclasses import replace

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.tcp_analysis import analyse_tcp
from ladderview.analysis.verdicts import Verdict


def swapped(analysis: FlowAnalysis) -> FlowAnalysis:
    """The analysis with client and server exchanged."""
    flow = replace(analysis.flow, client=analysis.flow.server, server=analysis.flow.client)
    segments = replace(analysis.segments, direction=1 - analysis.segments.direction)
    # Whether the ports are reused is told by the flows before this one, and so is known from the first reading.
    reused_ports = bool((analysis.tcp.verdicts[:1] & int(Verdict.REUSED_PORTS)).any())
    return replace(analysis, flow=flow, segments=segments, tcp=analyse_tcp(segments, reused_ports))
