"""What is seen, while a ladder is stepped through, of the arrows that are still to come?

Faint lines where they will be: who sends next and how much is still to come, and no word of it: labels, times, numbers,
states and trouble come with the step. A view that wants a surprise shows nothing of them (``Marks.coming``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain

from ladderview.ladder.blocks import BEYOND_PX, Block, block_at, block_ends, is_block
from ladderview.ladder.density import draw_close_rows, draw_dense_rows
from ladderview.ladder.shapes import Arrow, Bars, Box, Shape
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.spacing import LABEL_GAP, Rows, slope_px

#: The theme key of what is still to come.
FAINT = "dim"

#: Pixels: the width of a line and the length of its head.
WIDTH, HEAD_PX = 1.2, 9.0


def draw_coming(sheet: Sheet, rows: Rows) -> None:
    """Rows that are told from each other."""
    _draw_faint_bars(sheet, lambda apart: draw_close_rows(apart, rows))
    for at in rows.is_arrow.nonzero()[0].tolist():
        row, y = rows.first + at, float(rows.y[at])
        above, below = float(rows.above[at]), float(rows.below[at])
        sheet.lines.append(
            _block(sheet, row, block_at(y, above, below))
            if is_block(sheet, row)
            else _arrow(sheet, row, y, min(above, below))
        )


def draw_coming_dense(sheet: Sheet, first: int, end: int) -> None:
    """The rows ``first`` to ``end - 1``, which stand closer than pixels."""
    _draw_faint_bars(sheet, lambda apart: draw_dense_rows(apart, first, end))


def _draw_faint_bars(sheet: Sheet, draw: Callable[[Sheet], None]) -> None:
    """What ``draw`` puts on a sheet, without its colours."""
    apart = replace(sheet, arrows=[], arrows_in_trouble=[])
    draw(apart)
    for bars in chain(apart.arrows, apart.arrows_in_trouble):
        if isinstance(bars, Bars):
            sheet.lines.append(replace(bars, key=FAINT, thickness=1.0))


def _arrow(sheet: Sheet, row: int, y: float, room: float) -> Shape:
    tail_x, tip_x = sheet.ends(row)
    half = slope_px(sheet, room) / 2
    head = HEAD_PX if room >= LABEL_GAP else max(4.0, 0.65 * room)
    return Arrow(tail_x, y - half, tip_x, y + half, FAINT, WIDTH, head=head)


def _block(sheet: Sheet, row: int, block: Block) -> Shape:
    low, high = block_ends(sheet, row)
    height = block.bottom - block.top
    left, width = low - BEYOND_PX, high - low + 2 * BEYOND_PX
    return Box(left, block.top, width, height, "", FAINT, min(9.0, height / 3), WIDTH)
