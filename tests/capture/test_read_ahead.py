"""Reading ahead gives the bytes of the file, and reads no more of it than it has to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.capture.read_ahead import ReadAhead
from ladderview.capture.source import CaptureChanged, Source, open_source
from ladderview.progress import no_progress

SIZE = 1 << 20
CONTENT = b"".join(number.to_bytes(4, "big") for number in range(SIZE // 4))


class Counted:
    """A source of ``CONTENT`` that notes what is read of it."""

    def __init__(self) -> None:
        self.reads: list[tuple[int, int]] = []

    def read_unchanged(self, offset: int, length: int) -> bytes:
        assert offset + length <= SIZE
        self.reads.append((offset, length))
        return CONTENT[offset : offset + length]


def reader() -> tuple[ReadAhead, Counted]:
    source = Counted()
    return ReadAhead(source, SIZE), source  # type: ignore[arg-type]


PLACES = st.lists(st.tuples(st.integers(0, SIZE - 3000), st.integers(0, 3000)), max_size=30)


@settings(max_examples=60)
@given(places=PLACES, ascending=st.booleans())
def test_bytes_are_those_of_the_file(places: list[tuple[int, int]], ascending: bool) -> None:
    ahead, _ = reader()
    for offset, length in sorted(places) if ascending else places:
        assert ahead.read(offset, length) == CONTENT[offset : offset + length]


def test_packets_one_after_the_other_come_from_few_reads() -> None:
    ahead, source = reader()
    for offset in range(0, SIZE - 1500, 1500):
        ahead.read(offset + 16, 1484)
    assert len(source.reads) < 8


def test_packets_far_from_each_other_are_read_alone() -> None:
    ahead, source = reader()
    for offset in range(0, SIZE, 100_000):
        ahead.read(offset, 40)
    assert source.reads == [(offset, 40) for offset in range(0, SIZE, 100_000)]


def test_a_file_that_changes_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    source: Source = open_source(str(path), no_progress)
    ahead = ReadAhead(source, source.size)
    ahead.read(0, 10)
    path.write_bytes(b"other")
    with pytest.raises(CaptureChanged):
        ahead.read(SIZE - 10, 10)
