from __future__ import annotations

import importlib.util
import struct
from pathlib import Path
from types import ModuleType

import pytest

HEADER = struct.pack("<HBB", 32, 0xDA, 0x27) + bytes(28)
ENTRIES = [(b"icudt73l/coll/sv.res", b"s" * 16), (b"icudt73l/root.res", b"r" * 32)]


@pytest.fixture(scope="module")
def icu() -> ModuleType:
    path = Path(__file__).parents[2] / "packaging" / "bundle" / "icu.py"
    spec = importlib.util.spec_from_file_location("icu", path)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_a_package_reads_as_it_was_written(icu: ModuleType) -> None:
    assert icu.entries_of(icu.package_of(HEADER, ENTRIES)) == (HEADER, ENTRIES)


def test_every_entry_begins_at_a_multiple_of_sixteen(icu: ModuleType) -> None:
    package = icu.package_of(HEADER, [(b"a", b"1"), (b"bc", b"2")])
    assert [package.index(content) % 16 for content in (b"1\0\0", b"2\0\0")] == [0, 0]


def test_another_byte_order_is_refused(icu: ModuleType) -> None:
    with pytest.raises(ValueError, match="byte order"):
        icu.entries_of(bytes(64))


@pytest.mark.parametrize(
    ("name", "stays"),
    [("coll/sv.res", True), ("root.res", True), ("ucadata.icu", True), ("sv.res", False), ("zone/sv.res", False)],
)
def test_what_stays(icu: ModuleType, name: str, stays: bool) -> None:
    assert bool(icu.KEPT.fullmatch(name)) is stays
