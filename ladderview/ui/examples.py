"""Which captures come with the program, and what is each called? ``resources/samples/index.json`` tells."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ladderview.resources import resource_path


@dataclass(frozen=True, slots=True)
class Example:
    """A capture to choose: where it is, what it is called, and one sentence about it."""

    path: str
    title: str
    note: str = ""


def examples() -> list[Example]:
    """The samples in the order of the index; none where the program was installed without them."""
    folder = resource_path("samples")
    try:
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    except OSError:
        return []
    return [Example(str(folder / entry["file"]), entry["title"], entry["sentence"]) for entry in index]
