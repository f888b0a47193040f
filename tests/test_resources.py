from __future__ import annotations

from ladderview.resources import resource_path


def test_finds_resources() -> None:
    assert resource_path().is_dir()


def test_joins_parts() -> None:
    assert resource_path("icons", "open.svg") == resource_path() / "icons" / "open.svg"
