from __future__ import annotations

import pytest

from ladderview.capture.flows import ClientKnownBy
from ladderview.ladder.layout import lay_out
from ladderview.ladder.plan import LadderPlan
from ladderview.ladder.shapes import Box, Line
from ladderview.ladder.sheet import Marks
from ladderview.ladder.viewport import Viewport
from tests.ladder import geometry, make
from tests.ladder.make import ACK, HANDSHAKE, Row

IPV6 = {"client": "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1111", "server": "2001:db8:1111:2222:3333:4444:5555:6666"}
PLANS = {
    "plain": make.plan(HANDSHAKE),
    "named": make.plan(HANDSHAKE, server_name="files.example.org"),
    "long name": make.plan(HANDSHAKE, server_name="a-very-long-name-of-a-host.in-some-region.compute.example.org"),
    "ipv6": make.plan(HANDSHAKE, **IPV6),
    "guessed": make.plan(HANDSHAKE, known_by=ClientKnownBy.PORT),
}


def words(plan: LadderPlan, width: float = 900, **marks: bool) -> list[str]:
    return geometry.words(lay_out(plan, Viewport(width, 700, -2.5, 40.0), Marks(**marks)), "endpoint")


def test_who_talks_with_whom() -> None:
    assert words(PLANS["named"]) == [
        "Client", "10.0.0.7:50944", "Server · files.example.org", "192.0.2.10:443",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [360, 500, 640, 900, 2000])
@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_boxes_stand_above_their_lifelines_and_hold_their_texts(plan: LadderPlan, width: float) -> None:
    drawing = lay_out(plan, Viewport(width, 700, -2.5, 40.0), Marks())
    boxes = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.fill == "header"]
    texts = [rect for rect in geometry.text_rects(drawing) if rect.ref is not None and rect.ref.kind == "endpoint"]
    lifelines = sorted({shape.x1 for shape in drawing.shapes if isinstance(shape, Line) and shape.key == "lifeline"})
    for box, x in zip(sorted(boxes, key=lambda box: box.x), lifelines, strict=True):
        assert box.x >= 0
        assert box.x + box.width <= width
        assert box.x < x < box.x + box.width
        mine = [rect for rect in texts if rect.ref == box.ref]
        assert len(mine) == 2
        for rect in mine:
            assert box.x + 4 < rect.left
            assert rect.right < box.x + box.width - 4
    left, right = sorted(boxes, key=lambda box: box.x)
    assert left.x + left.width < right.x


def test_an_address_that_does_not_fit_keeps_both_ends() -> None:
    client = words(PLANS["ipv6"], 420)[1]
    assert client.startswith("[2001:db8")
    assert client.endswith(":50944")
    assert "…" in client


def test_a_guess_is_marked_as_one() -> None:
    assert words(PLANS["guessed"])[0] == "Client assumed"


def test_an_end_of_which_nothing_was_captured_is_marked() -> None:
    plan = make.plan([Row(0, at, ACK, 1, 1, 10) for at in range(4)])
    assert words(plan)[0] == "Client"
    assert words(plan)[2] == "Server no packets captured"


def test_a_line_parts_header_and_rows_once_they_scroll_under_it() -> None:
    for top, expected in ((-2.75, 0), (3.0, 1)):
        drawing = lay_out(PLANS["plain"], Viewport(900, 300, top, 40.0), Marks())
        lines = [shape for shape in drawing.shapes if isinstance(shape, Line) and shape.key == "border"]
        assert len(lines) == expected
