"""Who talks with whom: the two endpoint boxes that stay on screen above the lifelines."""

from __future__ import annotations

from ladderview.capture.flows import ClientKnownBy
from ladderview.ladder.label_fit import elided, elided_middle
from ladderview.ladder.shapes import Anchor, Box, Line, Phrase, Ref, Run, Text
from ladderview.ladder.sheet import Sheet
from ladderview.ladder.viewport import HEADER_PX

BOX_TOP, BOX_HEIGHT = 10.0, 44.0
NAME_SIZE, ADDRESS_SIZE = 13.0, 11.5
BOX_WIDTH = 184.0


def draw_header(sheet: Sheet, scrolled: bool) -> None:
    """Both endpoint boxes on a ground that hides what scrolls under them."""
    width = sheet.columns.width
    sheet.over.append(Box(0, 0, width, HEADER_PX, "background"))
    if scrolled:
        sheet.over.append(Line(0, HEADER_PX - 0.5, width, HEADER_PX - 0.5, "border", 1.0))
    for direction in (0, 1):
        x = sheet.columns.lifeline_x(direction)
        sheet.over.append(Line(x, BOX_TOP + BOX_HEIGHT, x, HEADER_PX, "lifeline", 1.5))
        _draw_endpoint(sheet, direction)


def _draw_endpoint(sheet: Sheet, direction: int) -> None:
    """One box: as wide as its texts want, above its lifeline, but never beyond the edges nor into the other."""
    flow, width = sheet.plan.flow, sheet.columns.width
    endpoint = flow.server if direction else flow.client
    on_left = sheet.columns.lifeline_x(direction) < sheet.columns.centre_x
    middle = sheet.columns.centre_x
    from_x, to_x = (8.0, middle - 4.0) if on_left else (middle + 4.0, width - 8.0)
    widest = to_x - from_x
    name, remark = _name(sheet, direction, widest - 24)
    measure = sheet.measure
    address = elided_middle(str(endpoint), widest - 24, measure, ADDRESS_SIZE, mono=True)
    runs = [Run(name, "text", True, measure(name, NAME_SIZE, True, False))]
    if remark:
        runs.append(Run(remark, "muted", False, measure(remark, NAME_SIZE, False, False)))
    texts = max(sum(run.width for run in runs) + 7, measure(address, ADDRESS_SIZE, False, True))
    box_width = min(widest, max(BOX_WIDTH, texts + 28))
    x = min(max(sheet.columns.lifeline_x(direction) - box_width / 2, from_x), to_x - box_width)
    ref = Ref("endpoint", direction)
    sheet.over.append(Box(x, BOX_TOP, box_width, BOX_HEIGHT, "header", "border", 8.0, ref=ref))
    centre = x + box_width / 2
    sheet.over.append(Phrase(centre, BOX_TOP + 19, tuple(runs), NAME_SIZE, ref=ref))
    sheet.over.append(Text(centre, BOX_TOP + 35, address, "muted", ADDRESS_SIZE, False, True, Anchor.MIDDLE, ref))


def _name(sheet: Sheet, direction: int, room: float) -> tuple[str, str]:
    """Role and host name, and a remark on what is not known for certain; cut to the room there is."""
    role = "Server" if direction else "Client"
    host = sheet.plan.server_name if direction else ""
    remark = endpoint_remark(sheet, direction)
    measure = sheet.measure
    if remark and measure(remark, NAME_SIZE, False, False) + measure(role, NAME_SIZE, True, False) + 7 > room:
        remark = ""
    left = room - (measure(remark, NAME_SIZE, False, False) + 7 if remark else 0)
    name = f"{role} · {host}" if host else role
    return elided(name, left, measure, NAME_SIZE, bold=True) or role, remark


def endpoint_remark(sheet: Sheet, direction: int) -> str:
    """What a reader must know before trusting this end: nothing of it was captured, or its role is a guess."""
    plan = sheet.plan
    if len(plan) and int(plan.sent[direction, -1]) == 0:
        return "no packets captured"
    if plan.flow.client_known_by in {ClientKnownBy.PORT, ClientKnownBy.FIRST_PACKET}:
        return "assumed"
    return ""
