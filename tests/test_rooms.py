"""Do the rooms keep their promises to each other: no Qt below the window, a test file for a module?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "ladderview"
ROOMS = ("proto", "capture", "analysis", "ladder", "render", "ui")


def loaded_after(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded after a statement."""
    program = f"import sys; {statement}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("module", ["PySide6", "pyqtgraph"])
def test_command_line_loads_without(module: str) -> None:
    assert module not in loaded_after("import ladderview.cli")


@pytest.mark.parametrize("room", ROOMS)
def test_every_test_file_names_its_module(room: str) -> None:
    """tests/ROOM/test_X.py or test_X_ASPECT.py tests ladderview/ROOM/X.py, so that one leads to the other."""
    modules = {path.stem for path in (PACKAGE / room).glob("*.py")}
    for test_file in (TESTS / room).glob("test_*.py"):
        words = test_file.stem.removeprefix("test_").split("_")
        candidates = {"_".join(words[:count]) for count in range(1, len(words) + 1)}
        assert candidates & modules, f"{test_file.relative_to(TESTS)} names no module of ladderview/{room}"
