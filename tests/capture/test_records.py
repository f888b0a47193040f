"""Windows: whatever their size, the same records come out."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest

from ladderview.capture import records
from ladderview.capture.records import PADDING, Window, gather, overlapping
from ladderview.capture.source import open_source
from ladderview.progress import no_progress
from tests.capture.files import Packet, handshake, opened, pcap, pcapng, segment

PACKETS = [*handshake(), Packet(segment(payload=bytes(700)))] * 30


@pytest.mark.parametrize("size", [1, 16, 61, 200, 1024, 4099])
@pytest.mark.parametrize("write", [pcap, pcapng])
def test_records_across_windows(tmp_path: Path, write: object, size: int) -> None:
    content = write(PACKETS)  # type: ignore[operator]
    whole = opened(tmp_path, content)
    with patch.object(records, "WINDOW", size):
        pieces = opened(tmp_path, content)
    assert len(whole.packets) == len(PACKETS)
    np.testing.assert_array_equal(pieces.packets.offset, whole.packets.offset)
    np.testing.assert_array_equal(pieces.packets.flow, whole.packets.flow)
    assert pieces.damage == whole.damage == ()


def test_a_window_grows_only_as_far_as_the_file_goes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    window = Window(open_source(str(path), no_progress))
    window.slide(4, at_least=1 << 40)
    assert (bytes(window.bytes[: window.end]), window.at_end) == (b"456789", True)
    assert len(window.bytes) <= 10 + PADDING


def test_gather() -> None:
    data = np.arange(20, dtype=np.uint8)
    pairs = gather(data, np.array([0, 7, 17]), np.dtype([("one", "u1"), ("two", ">u2")]))
    assert pairs.tolist() == [(0, 0x0102), (7, 0x0809), (17, 0x1213)]


def test_overlapping_ends_where_the_data_ends() -> None:
    assert len(overlapping(np.zeros(10, np.uint8), 4, 2)) == 5
