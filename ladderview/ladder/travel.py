"""How does a packet move along its arrow while a ladder is played?

The arrow is drawn as far as the packet has come, and the packet, with a word of what it is, at its end. The whole label
stands over the arrow when the packet has arrived.
"""

from __future__ import annotations

from ladderview.ladder.label_fit import elided
from ladderview.ladder.shapes import Anchor, Arrow, Box, Line, Ref, Text
from ladderview.ladder.sheet import Sheet

WORD_SIZE, HEIGHT_PX, PAD_PX, LONGEST_PX = 10.5, 18.0, 9.0, 170.0


def draw_travelling(sheet: Sheet, row: int, whole: Arrow) -> None:
    """The arrow ``whole`` of a row, as far as the packet of ``Marks.progress`` has come."""
    part = min(max(sheet.marks.progress, 0.0), 1.0)
    x, y = whole.x1 + (whole.x2 - whole.x1) * part, whole.y1 + (whole.y2 - whole.y1) * part
    sheet.arrows.append(Line(whole.x1, whole.y1, x, y, whole.key, whole.width, whole.dash, whole.ref))
    label = sheet.plan.label(row)
    words = (label.verdict.removeprefix("[TCP ") or label.flags).strip("[]")
    words = elided(words, LONGEST_PX, sheet.measure, WORD_SIZE, bold=True)
    width = sheet.measure(words, WORD_SIZE, True, False) + 2 * PAD_PX
    # Wholly between the lifelines: it leaves one and arrives at the other.
    low, high = sorted((whole.x1, whole.x2))
    middle = min(max(x, low + width / 2), high - width / 2) if high - low > width else (low + high) / 2
    ref = Ref("packet", row)
    box = Box(middle - width / 2, y - HEIGHT_PX / 2, width, HEIGHT_PX, "pill", whole.key, HEIGHT_PX / 2, 1.6, ref=ref)
    sheet.pills.append(box)
    text = Text(middle, y + WORD_SIZE * 0.36, words, whole.key, WORD_SIZE, True, False, Anchor.MIDDLE, ref)
    sheet.pills.append(text)
