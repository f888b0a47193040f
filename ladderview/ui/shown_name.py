"""What is the name of a capture while something is masked? A file may be called after an address or a host."""

from __future__ import annotations

import os
from pathlib import Path

from ladderview.analysis.masking import MASKED, MaskKind
from ladderview.ui.translation import translate


def _is_hidden(masks: frozenset[MaskKind]) -> bool:
    return bool(masks & {"names", "addresses"})


def shown_name(path: str, masks: frozenset[MaskKind]) -> str:
    """The name of a capture as the window tells it."""
    if _is_hidden(masks):
        return MASKED
    return translate("standard input") if path == "-" else os.path.basename(path)


def file_stem(path: str, masks: frozenset[MaskKind]) -> str:
    """What a file made of a capture is called, unless the person says otherwise."""
    return "capture" if path == "-" or _is_hidden(masks) else Path(path).name.partition(".")[0]
