"""Where are the files that come with the program: icons and sample captures?

An installed wheel carries them beside the modules as ``_resources``; a checkout has them as ``resources`` at its top.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_resources"
_CHECKOUT = _PACKAGE.parent / "resources"


def resource_path(*parts: str) -> Path:
    """The path of a resource, such as ``resource_path("icons", "open.svg")``; it need not exist."""
    return (_INSTALLED if _INSTALLED.is_dir() else _CHECKOUT).joinpath(*parts)
