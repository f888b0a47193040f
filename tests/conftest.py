"""What every test gets: Qt without a display, and the corpus of real captures where there is one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# Before anything imports Qt: the tests must not depend on, or draw on, the display of whoever runs them.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

# How long an example takes says more about the machine than about the code.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

CORPUS = os.environ.get("LADDERVIEW_CORPUS", "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not CORPUS and item.get_closest_marker("corpus"):
            item.add_marker(pytest.mark.skip(reason="LADDERVIEW_CORPUS is not set"))
        if not shutil.which("tshark") and item.get_closest_marker("tshark"):
            item.add_marker(pytest.mark.skip(reason="tshark is not installed"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real captures; for tests marked ``corpus``."""
    if not CORPUS:
        pytest.skip("LADDERVIEW_CORPUS is not set")
    return Path(CORPUS)


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """The application class of the tests is that of the program, whichever test is the first that needs one."""
    from ladderview.ui.app import Application

    return Application
