"""How does a ladder show what can be unfolded, and what was?

A triangle that points right stands beside what can be unfolded; one that points down stands at the first arrow of what
was, with a line down to the last.
"""

from __future__ import annotations

from ladderview.ladder.shapes import Arrow, Drawing, Line, Ref, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.spacing import LABEL_GAP, Rows
from ladderview.ladder.text_width import table_measure
from ladderview.ladder.viewport import HEADER_PX

#: Length of a triangle, and how far from it a click still means it.
SIZE, REACH = 8.0, 9.0

#: Pixels from a lifeline to the marks beside it.
BESIDE_LIFELINE = 9.0


def draw_closed_mark(sheet: Sheet, row: int, x: float, y: float, key: str) -> None:
    """A triangle that points right: a click unfolds."""
    sheet.pills.append(Arrow(x - SIZE / 2, y, x + SIZE / 2, y, key, 1.0, head=SIZE, ref=Ref("fold", row)))


def draw_marks(sheet: Sheet, rows: Rows) -> None:
    """The marks beside the right lifeline of what can be unfolded, and the lines along what was."""
    from ladderview.ladder.blocks import is_block  # noqa: PLC0415  (blocks have their mark inside)

    unfolding = sheet.plan.unfolding
    if len(unfolding.closed):
        closed = unfolding.closed[rows.first : rows.first + len(rows.y)]
        for at in closed.nonzero()[0].tolist():
            row = rows.first + at
            if rows.above[at] >= LABEL_GAP and rows.is_arrow[at] and not is_block(sheet, row):
                draw_closed_mark(sheet, row, beside_lifeline(sheet, row, right=True), float(rows.y[at]), "muted")
    end = rows.first + len(rows.y)
    for number, it in enumerate(unfolding.unfolded):
        if it.first >= end or it.last < rows.first:
            continue
        at_x = beside_lifeline(sheet, it.first, right=not it.is_phase)
        top, bottom = sheet.row_y(it.first), sheet.row_y(it.last)
        seen_top = max(top, HEADER_PX + SIZE)
        ref = Ref("unfolded", number)
        sheet.lines.append(Line(at_x, seen_top, at_x, max(seen_top, bottom), "muted", 1.0, ref=ref))
        half = SIZE / 2
        sheet.pills.append(Arrow(at_x, seen_top - half, at_x, seen_top + half, "muted", 1.0, head=SIZE, ref=ref))


def beside_lifeline(sheet: Sheet, row: int, *, right: bool) -> float:
    """The x of the marks beside the right, or the left, of the two lifelines between which a row lies."""
    lanes = (sheet.plan.from_lane[row], sheet.plan.to_lane[row])
    xs = [sheet.columns.lifeline_x(int(lane)) for lane in lanes]
    return max(xs) + BESIDE_LIFELINE if right else min(xs) - BESIDE_LIFELINE


def mark_at(drawing: Drawing, x: float, y: float) -> Ref | None:
    """The triangle that a person means who clicks here: what to unfold, or what to fold again."""
    for shape in reversed(drawing.shapes):
        if isinstance(shape, Arrow) and shape.ref is not None and shape.ref.kind in {"fold", "unfolded"}:
            middle_x, middle_y = (shape.x1 + shape.x2) / 2, (shape.y1 + shape.y2) / 2
            if abs(middle_x - x) <= REACH and abs(middle_y - y) <= REACH:
                return shape.ref
    return None


def name_at(drawing: Drawing, x: float, y: float) -> int:
    """The band whose name a person means who points here, or -1."""
    for shape in reversed(drawing.shapes):
        if isinstance(shape, Text) and shape.ref is not None and shape.ref.kind == "band":
            width = table_measure(shape.text, shape.size, shape.bold, shape.mono)
            if shape.x - 2 <= x <= shape.x + width and abs(shape.y - 4 - y) <= REACH:
                return shape.ref.row
    return -1
