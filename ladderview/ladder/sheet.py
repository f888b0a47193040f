"""What do all parts of a drawing share while it is laid out: the plan, the columns, and the layers to draw on?"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain

from ladderview.ladder.annotation_rows import IN_LANES, NO_PLACEMENTS, Placed, Placements
from ladderview.ladder.columns import Columns
from ladderview.ladder.links import Link
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Shape
from ladderview.ladder.text_width import Measure
from ladderview.ladder.times import TimeColumn, TimeReference
from ladderview.ladder.viewport import Viewport


@dataclass(frozen=True, slots=True)
class Marks:
    """What a person has chosen in a ladder; it moves no row.

    Attributes:
        selected, hovered: rows, or -1.
        reference: what the time column counts from.
        swapped: the server is on the left.
        estimated: on the time axis arrows slope as long as packets are estimated to have travelled.
        legend: what colours and lines mean stands at the foot.
        revealed: the last row that is drawn, -1 for none yet; None for all.
        coming: the rows behind it are drawn faintly, not left out.
        progress: how far the packet of that row has come, 0 to 1.
        note, pointed_note: ids of the annotation that is chosen, and of the one under the pointer.
    """

    selected: int = -1
    hovered: int = -1
    reference: TimeReference = "flow"
    swapped: bool = False
    estimated: bool = False
    legend: bool = False
    revealed: int | None = None
    coming: bool = False
    progress: float = 1.0
    note: str = ""
    pointed_note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One drawing in the making. Whatever is put on a later layer covers what is on an earlier one.

    Attributes:
        plan, viewport, columns, times, marks, measure: what is drawn, where and how.
        links: those of the selected row.
        notes: the annotations.
        titles: every arrow gets its title, not only those whose label is drawn (for outputs that keep titles).
        floor_px: the texts of annotations end above it, and none is left to a marker that nobody could open; 0 in a
            window, which scrolls.
        back, lines, arrows, arrows_in_trouble, pills, texts, over: the layers, bottom to top.
    """

    plan: LadderPlan
    viewport: Viewport
    columns: Columns
    times: TimeColumn
    marks: Marks
    measure: Measure
    links: tuple[Link, ...] = ()
    notes: Placements = NO_PLACEMENTS
    titles: bool = False
    floor_px: float = 0.0
    back: list[Shape] = field(default_factory=list)
    lines: list[Shape] = field(default_factory=list)
    arrows: list[Shape] = field(default_factory=list)
    arrows_in_trouble: list[Shape] = field(default_factory=list)
    pills: list[Shape] = field(default_factory=list)
    texts: list[Shape] = field(default_factory=list)
    over: list[Shape] = field(default_factory=list)

    @property
    def right_is_taken(self) -> bool:
        """Whether a link needs the place beside the packet numbers."""
        return any(not link.left for link in self.links)

    def is_travelling(self, row: int) -> bool:
        """Whether the packet of a row is on its way."""
        return row == self.marks.revealed and self.marks.progress < 1.0

    def is_told(self, it: Placed) -> bool:
        """Whether an annotation is shown: while rows are revealed one by one, with its own, a measured time at last."""
        revealed = self.marks.revealed
        return revealed is None or (it.last if it.annotation.kind in IN_LANES else it.first) <= revealed

    def ends(self, row: int) -> tuple[float, float]:
        """The x of the tail and the tip of a row's arrow."""
        return self.columns.ends(int(self.plan.from_lane[row]), int(self.plan.to_lane[row]))

    def row_y(self, row: int) -> float:
        """Where a row stands, in whole pixels, so that a line and its text move in step."""
        return round(self.viewport.y_px(self.plan.axis.y_of(row)))

    def shapes(self) -> tuple[Shape, ...]:
        """All shapes, back to front."""
        layers = (self.back, self.lines, self.arrows, self.arrows_in_trouble, self.pills, self.texts, self.over)
        return tuple(chain.from_iterable(layers))
