"""Flows of the captures that come with the program, read."""

from __future__ import annotations

from functools import cache

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.capture.capture import open_capture
from ladderview.resources import resource_path


@cache
def reading_of_sample(name: str, flow: int = 0, *, each_message: bool = False) -> FlowReading:
    capture = open_capture(resource_path("samples", f"{name}.pcapng"))
    return read_flow(capture, analyse_flow(capture, flow), keys_of(capture, [], []), each_message=each_message)
