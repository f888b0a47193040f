"""A flow to picture files: one SVG, or one PNG, or numbered PNGs where one image cannot hold them all.

Plan: the drawing is laid out by the built-in table of text widths for SVG, whose reader has fonts of its own, and by
the fonts of this machine for PNG. A ladder that is too high for one image is cut between arrows, and each part has
the header and says which part it is. The same flow and options give the same bytes.

Traps: an image has at most 32 767 pixels a side, and memory for all of them: what would be out of proportion is
refused in one line instead.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ladderview.ladder.layout import export_width, whole, whole_height
from ladderview.ladder.plan import LadderPlan, plan_analysed
from ladderview.ladder.text_width import table_measure
from ladderview.ladder.theme import THEMES, Theme
from ladderview.render.svg import write_svg

if TYPE_CHECKING:
    from ladderview.analysis.flow_analysis import FlowAnalysis
    from ladderview.capture.capture import Capture
    from ladderview.ladder.axis import AxisMode

#: Pixels that an image may have: 256 MB of memory.
LARGEST_AREA = 64_000_000

#: More images than anybody looks through, and more arrows than a reader of SVG can show.
LARGEST_IMAGES, LARGEST_SVG_ROWS = 100, 100_000

Rows = tuple[int, int]


class ExportError(Exception):
    """A picture that cannot be made; ``str()`` is one line for a person, with the cause."""


def export_flow(
    analysis: FlowAnalysis,
    capture: Capture,
    path: str | os.PathLike[str],
    *,
    axis: AxisMode = "rows",
    theme: str = "light",
    scale: float = 1.0,
    packets: tuple[int, int] | None = None,
) -> list[Path]:
    """Write the ladder of a flow and return what was written.

    Args:
        analysis: the flow.
        capture: where it comes from; for names.
        path: ends in .png or .svg.
        axis: what the vertical axis is.
        theme: a key of ``THEMES``.
        scale: image pixels a logical pixel, for PNG.
        packets: first and last packet number to draw, counted from 1; all by default.

    Raises:
        ExportError: there is nothing to draw, or more than an image can hold.
        OSError: the file cannot be written.
        CaptureChanged: the capture was cut short or replaced.
    """
    target = Path(path)
    plan = plan_analysed(analysis, capture, axis)
    rows = _chosen_rows(plan, packets)
    caption = f"{Path(capture.path).name} · flow {analysis.flow.id} · {_packets_text(plan, rows)}"
    if target.suffix.lower() == ".svg":
        return [_write_svg(plan, rows, caption, THEMES[theme], target)]
    if target.suffix.lower() == ".png":
        return _write_png(plan, rows, caption, THEMES[theme], target, scale=scale)
    raise ExportError(f"cannot export to {target.name}: the name must end in .png or .svg")


def _chosen_rows(plan: LadderPlan, packets: tuple[int, int] | None) -> Rows:
    if packets is None:
        return 0, len(plan)
    first, end = np.searchsorted(plan.segments.packet, (packets[0] - 1, packets[1])).tolist()
    if first >= end:
        numbers = f"#{int(plan.segments.packet[0]) + 1} to #{int(plan.segments.packet[-1]) + 1}"
        raise ExportError(f"flow {plan.flow.id} has no packet from #{packets[0]} to #{packets[1]}: it has {numbers}")
    return first, end


def _packets_text(plan: LadderPlan, rows: Rows) -> str:
    count = rows[1] - rows[0]
    if count == 1:
        return f"packet #{int(plan.segments.packet[rows[0]]) + 1}"
    if count < len(plan):
        return f"{count} of {len(plan)} packets"
    return f"{count} packets"


def _write_svg(plan: LadderPlan, rows: Rows, caption: str, theme: Theme, target: Path) -> Path:
    count = rows[1] - rows[0]
    if count > LARGEST_SVG_ROWS:
        raise ExportError(
            f"{count:,} arrows are too many for one drawing (at most {LARGEST_SVG_ROWS:,}): "
            "choose some of them with --packets A-B"
        )
    width = export_width(plan, rows, table_measure)
    drawing = whole(plan, width=width, rows=rows, caption=caption, measure=table_measure)
    target.write_text(write_svg(drawing, theme), encoding="utf-8", newline="\n")
    return target


def _write_png(plan: LadderPlan, rows: Rows, caption: str, theme: Theme, target: Path, *, scale: float) -> list[Path]:
    from ladderview.render import qt  # noqa: PLC0415  (SVG needs none)

    qt.gui_application()
    width = export_width(plan, rows, qt.measure)
    pages = pages_of(plan, rows, _highest_page(width, scale, qt.LARGEST_SIDE))
    if len(pages) > LARGEST_IMAGES:
        raise ExportError(
            f"{rows[1] - rows[0]:,} arrows would fill {len(pages):,} images (at most {LARGEST_IMAGES}): "
            "choose some of them with --packets A-B"
        )
    written = []
    for number, page in enumerate(pages, 1):
        part = f" · part {number} of {len(pages)}" if len(pages) > 1 else ""
        drawing = whole(plan, width=width, rows=page, caption=caption + part, measure=qt.measure)
        file = target if len(pages) == 1 else _numbered(target, number, len(pages))
        try:
            file.write_bytes(qt.png_bytes(drawing, theme, scale))
        except MemoryError as error:
            raise ExportError(f"{error}: choose a smaller --scale or fewer --packets A-B") from None
        written.append(file)
    return written


def _highest_page(width: float, scale: float, largest_side: int) -> float:
    """Logical pixels that an image of this width can be high."""
    side_px = min(largest_side, LARGEST_AREA / max(1.0, width * scale))
    return math.floor(side_px / scale)


def pages_of(plan: LadderPlan, rows: Rows, highest: float) -> list[Rows]:
    """The rows in parts, each of which is at most ``highest`` logical pixels high and has one row at least."""
    pages = []
    first, end = rows
    while True:
        last = _last_that_fits(plan, first, end, highest)
        pages.append((first, last))
        if last >= end:
            return pages
        first = last


def _last_that_fits(plan: LadderPlan, first: int, end: int, highest: float) -> int:
    """The largest end of a part that begins with ``first``, by bisection: the height grows with the rows."""
    low, high = min(first + 1, end), end
    while low < high:
        middle = (low + high + 1) // 2
        if whole_height(plan, (first, middle)) <= highest:
            low = middle
        else:
            high = middle - 1
    return low


def _numbered(target: Path, number: int, count: int) -> Path:
    return target.with_name(f"{target.stem}-{number:0{len(str(count))}d}{target.suffix}")
