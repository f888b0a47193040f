"""Which program is this, exactly? Its version and those of its parts, for About and for a report of a failure."""

from __future__ import annotations

import platform
from importlib import metadata

import PySide6
from PySide6.QtCore import qVersion

from ladderview import __version__

#: What reads captures and draws ladders, as PyPI names it.
PACKAGES = ("numpy", "dpkt", "pyqtgraph", "cryptography")


def versions() -> list[tuple[str, str]]:
    """(name, version) of the program, Python, Qt, the packages and the system, in this order."""
    return [
        ("ladderview", __version__),
        ("Python", platform.python_version()),
        ("Qt", qVersion()),
        ("PySide6", PySide6.__version__),
        *((name, _version_of(name)) for name in PACKAGES),
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
    ]


def _version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:  # its files are there, its description is not
        return "unknown"
