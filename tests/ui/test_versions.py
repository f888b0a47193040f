from __future__ import annotations

import re

import pytest

from ladderview import __version__
from ladderview.ui import versions


def test_every_part_has_a_version() -> None:
    found = dict(versions.versions())
    assert found["ladderview"] == __version__
    assert [name for name, version in found.items() if not re.match(r"\d|Linux|Windows|Darwin", version)] == []


def test_a_part_without_a_description(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "PACKAGES", ("no-such-package-of-anybody",))
    assert dict(versions.versions())["no-such-package-of-anybody"] == "unknown"
