"""Which captures come with the program, and what is each called?"""

from __future__ import annotations

from dataclasses import dataclass

from ladderview.resources import resource_path


@dataclass(frozen=True, slots=True)
class Example:
    """A capture to choose: where it is, what it is called, and one line more about it."""

    path: str
    title: str
    note: str = ""


def examples() -> list[Example]:
    """The samples, by name."""
    return [Example(str(path), path.stem.replace("-", " ")) for path in sorted(resource_path("samples").glob("*.pcapng"))]
