"""Does the list of scenarios say what they say and show what they show?"""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

from ladderview.resources import resource_path


def test_the_index_is_what_the_script_writes() -> None:
    path = Path(__file__).parents[2] / "packaging" / "scenario_index.py"
    spec = importlib.util.spec_from_file_location("scenario_index", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    index = json.loads(resource_path("scenarios", "index.json").read_text(encoding="utf-8"))
    assert index == script.index()
    assert all(re.fullmatch(r"[<>][!sht]( [<>][!sht]){2,8}", entry["picture"]) for entry in index)
