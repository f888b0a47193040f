"""How wide is a text, where there is no screen to ask?

The advance widths of DejaVu Sans (a wide font, so what fits by this table fits in a reader's font too), in
thousandths of the font size. They are facts of its ``hmtx`` table, for the printable characters of ASCII and for
those that ladders use beside them; any other character counts as one em, as the ideographs are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

#: ``measure(text, size, bold, mono)`` is the width of one line of text, in the unit of ``size``.
Measure = Callable[[str, float, bool, bool], float]

_REGULAR = (
    *(318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337),
    *(636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531),
    *(1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787),
    *(603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500),
    *(500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612),
    *(635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838),
)
_BOLD = (
    *(348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365),
    *(696, 696, 696, 696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580),
    *(1000, 774, 762, 734, 830, 683, 683, 821, 837, 372, 372, 775, 637, 995, 837, 850),
    *(733, 850, 770, 720, 682, 812, 774, 1103, 771, 724, 725, 457, 365, 457, 838, 500),
    *(500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665, 343, 1042, 712, 687),
    *(716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838),
)
_OTHERS = {"·": 380, "–": 500, "×": 838, "→": 838, "←": 838, "↑": 838, "↓": 838, "µ": 736, "Δ": 774, "−": 838}
_REGULAR_WIDTHS = {**{chr(32 + at): width for at, width in enumerate(_REGULAR)}, **_OTHERS}
_BOLD_WIDTHS = {**{chr(32 + at): width for at, width in enumerate(_BOLD)}, **_OTHERS}
_MONO = 602
_EM = 1000


@lru_cache(maxsize=8192)
def table_measure(text: str, size: float, bold: bool, mono: bool) -> float:
    """The width of a line of text by the built-in table, in the unit of ``size``."""
    if mono:
        return size / _EM * sum(_MONO if ord(char) < 0x2E80 else _EM for char in text)
    widths = _BOLD_WIDTHS if bold else _REGULAR_WIDTHS
    return size / _EM * sum(widths.get(char, _EM) for char in text)
