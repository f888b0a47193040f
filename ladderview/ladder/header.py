"""Who talks with whom: the two endpoint boxes that stay on screen above the lifelines."""

from __future__ import annotations

import numpy as np

from ladderview.ladder.label_fit import elided, elided_middle
from ladderview.ladder.lanes import Lane
from ladderview.ladder.pills import PILL_HEIGHT, PILL_SIZE, UNDER_TIME, pill_of
from ladderview.ladder.plan import STATE_WORDS
from ladderview.ladder.shapes import Anchor, Box, Line, Phrase, Ref, Run, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.viewport import HEADER_PX

BOX_TOP, BOX_HEIGHT = 8.0, 44.0

#: The middle of the pill that tells the state of an end ahead of what is in view.
STATE_Y = 60.0

#: Size of the name of the phase in view, and pixels that the widest state takes beside each lifeline.
PHASE_SIZE, WIDEST_STATE_PX = 10.5, 62.0
NAME_SIZE, ADDRESS_SIZE = 13.0, 11.5
BOX_WIDTH = 184.0


def draw_header(sheet: Sheet, scrolled: bool) -> None:
    """Both endpoint boxes on a ground that hides what scrolls under them."""
    width = sheet.columns.width
    sheet.over.append(Box(0, 0, width, HEADER_PX, "background"))
    if scrolled:
        sheet.over.append(Line(0, HEADER_PX - 0.5, width, HEADER_PX - 0.5, "border", 1.0))
    for lane in range(len(sheet.plan.lanes)):
        x = sheet.columns.lifeline_x(lane)
        sheet.over.append(Line(x, BOX_TOP + BOX_HEIGHT, x, HEADER_PX, "lifeline", 1.5))
        _draw_endpoint(sheet, lane)
        _draw_current_state(sheet, lane)


def draw_phase_in_view(sheet: Sheet) -> None:
    """Which phase is in view, between the states, where bands have no column for their names and it began above."""
    plan, columns = sheet.plan, sheet.columns
    row = int(np.searchsorted(plan.axis.y, sheet.viewport.y_at(HEADER_PX)))
    band = plan.bands.at(row) if row < len(plan) else -1
    if band < 0 or columns.has_band_names or int(plan.bands.first[band]) >= row:
        return
    words = plan.bands.words(band)
    room = columns.span - 2 * WIDEST_STATE_PX
    text = " · ".join(part for part in (words.name, words.duration) if part)
    text = elided(text, room, sheet.measure, PHASE_SIZE)
    if len(text) > 3:
        ref = Ref("current", band)
        sheet.over.append(Text(columns.centre_x, STATE_Y + 4, text, "muted", PHASE_SIZE, anchor=Anchor.MIDDLE, ref=ref))


def _draw_current_state(sheet: Sheet, lane: int) -> None:
    """The state of an end ahead of the first row in view; while a ladder is played, the state it is in now."""
    if lane >= len(sheet.plan.states):
        return
    changes, revealed = sheet.plan.states[lane], sheet.marks.revealed
    if revealed is None:
        # A pill that is in view, close under its row, tells the new state itself.
        row = int(np.searchsorted(sheet.plan.axis.y, sheet.viewport.y_at(HEADER_PX - UNDER_TIME))) - 1
    else:
        arriving = revealed >= 0 and sheet.is_travelling(revealed) and int(sheet.plan.from_lane[revealed]) != lane
        row = revealed - 1 if arriving else revealed
    state = changes.after(row)
    if state < 0:
        return
    words = STATE_WORDS[state]
    width = sheet.measure(words, PILL_SIZE, True, False) + 16
    x = sheet.columns.lifeline_x(lane)
    text = Text(
        x, STATE_Y, words, "text", PILL_SIZE, True, False, Anchor.MIDDLE, Ref("current", changes.since(row), lane)
    )
    sheet.over.extend(pill_of(text, width, PILL_HEIGHT, "pill.border"))


def _draw_endpoint(sheet: Sheet, lane: int) -> None:
    """One box: as wide as its texts want, above its lifeline, but never beyond the edges nor into another."""
    it = sheet.plan.lanes[lane]
    from_x, to_x = _place(sheet, lane)
    widest = to_x - from_x
    name, remark = _name(sheet, it, widest - 24)
    measure = sheet.measure
    address = elided_middle(it.address, widest - 24, measure, ADDRESS_SIZE, mono=True)
    runs = [Run(name, "text", True, measure(name, NAME_SIZE, True, False))]
    if remark:
        runs.append(Run(remark, "muted", False, measure(remark, NAME_SIZE, False, False)))
    texts = max(sum(run.width for run in runs) + 7, measure(address, ADDRESS_SIZE, False, True))
    box_width = min(widest, max(BOX_WIDTH, texts + 28))
    x = min(max(sheet.columns.lifeline_x(lane) - box_width / 2, from_x), to_x - box_width)
    ref = Ref("endpoint", lane)
    sheet.over.append(Box(x, BOX_TOP, box_width, BOX_HEIGHT, "header", "border", 8.0, ref=ref))
    centre = x + box_width / 2
    sheet.over.append(Phrase(centre, BOX_TOP + 19, tuple(runs), NAME_SIZE, ref=ref))
    sheet.over.append(Text(centre, BOX_TOP + 35, address, "muted", ADDRESS_SIZE, False, True, Anchor.MIDDLE, ref))


def _place(sheet: Sheet, lane: int) -> tuple[float, float]:
    """From where to where the box of a lane may reach: half way to its neighbours, and to the edges."""
    xs, own = sorted(sheet.columns.lanes_x), sheet.columns.lifeline_x(lane)
    at = xs.index(own)
    from_x = (xs[at - 1] + own) / 2 + 4 if at else 8.0
    to_x = (own + xs[at + 1]) / 2 - 4 if at + 1 < len(xs) else sheet.columns.width - 8.0
    return from_x, to_x


def _name(sheet: Sheet, lane: Lane, room: float) -> tuple[str, str]:
    """Name and host name, and a remark on what is not known for certain; cut to the room there is."""
    measure, remark = sheet.measure, lane.remark
    if remark and measure(remark, NAME_SIZE, False, False) + measure(lane.name, NAME_SIZE, True, False) + 7 > room:
        remark = ""
    left = room - (measure(remark, NAME_SIZE, False, False) + 7 if remark else 0)
    name = f"{lane.name} · {lane.host}" if lane.host else lane.name
    return elided(name, left, measure, NAME_SIZE, bold=True) or lane.name, remark
