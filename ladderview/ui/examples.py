"""Which captures and scenarios come with the program, and what is each called? The index of each folder tells."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ladderview.resources import resource_path


@dataclass(frozen=True, slots=True)
class Example:
    """A capture or a scenario to choose: where it is, what it is called, some words about it, its picture."""

    path: str
    title: str
    note: str = ""
    picture: str = ""


def examples() -> list[Example]:
    """The recorded captures in the order of their index; none where the program was installed without them."""
    return _listed("samples")


def lessons() -> list[Example]:
    """The scenarios, likewise."""
    return _listed("scenarios")


def _listed(name: str) -> list[Example]:
    folder = resource_path(name)
    try:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    except OSError:
        return []
    return [
        Example(str(folder / entry["file"]), entry["title"], entry["sentence"], entry.get("picture", ""))
        for entry in index
    ]
