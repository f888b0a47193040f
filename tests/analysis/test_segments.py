"""Options of segments: read ahead they are the same as one by one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladderview.analysis.segments import read_options, reading_ahead, segments_of
from ladderview.capture.capture import open_capture
from ladderview.capture.read_ahead import ReadAhead
from ladderview.resources import resource_path

SAMPLES = sorted(Path(str(resource_path("samples"))).glob("*.pcap*"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_options_read_ahead_are_those_of_the_packet(sample: Path) -> None:
    capture = open_capture(sample)
    for flow_id in range(len(capture.flows)):
        segments = segments_of(capture, capture.flows.flow(flow_id))
        ahead = reading_ahead(capture, segments, ReadAhead(capture.source, capture.size))
        alone = [read_options(capture, packet) for packet in segments.packet.tolist()]
        assert [ahead.options(row) for row in range(len(segments))] == alone
        assert any(options.values for options in alone)
    capture.close()
