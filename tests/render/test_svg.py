from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from ladderview.ladder.layout import whole
from ladderview.ladder.shapes import Drawing, Text
from ladderview.ladder.theme import THEMES
from ladderview.render.svg import write_svg
from tests.ladder import make

SVG = "{http://www.w3.org/2000/svg}"
PLAN = make.plan(make.TROUBLE, "compressed", server_name="files.example.org")
DRAWING = whole(PLAN, width=1000, caption="a.pcap · flow 3")


def parsed(drawing: Drawing = DRAWING, theme: str = "light") -> ET.Element:
    return ET.fromstring(write_svg(drawing, THEMES[theme]))


def test_every_arrow_has_its_whole_label_as_title() -> None:
    titles = [title.text for title in parsed().iter(f"{SVG}title")]
    assert sorted(titles) == sorted(
        [*(make.full(make.TROUBLE, row) for row in range(len(make.TROUBLE))), "not captured Seq=285449 Len=1448"]
    )


def test_text_is_text() -> None:
    words = [" ".join(part.strip() for part in text.itertext()) for text in parsed().iter(f"{SVG}text")]
    assert "Server · files.example.org" in words
    assert "2.1 s idle" in words
    assert any(word.startswith("[TCP Zero Window] [ACK] Seq=1") for word in words)


def test_the_picture_is_as_large_as_the_drawing() -> None:
    root = parsed()
    assert (root.get("width"), root.get("height")) == ("1000", f"{DRAWING.height:g}")
    assert root.get("viewBox") == f"0 0 1000 {DRAWING.height:g}"


@pytest.mark.parametrize("theme", THEMES)
def test_the_same_drawing_gives_the_same_bytes(theme: str) -> None:
    again = whole(make.plan(make.TROUBLE, "compressed", server_name="files.example.org"), width=1000,
                  caption="a.pcap · flow 3")  # fmt: skip
    assert write_svg(DRAWING, THEMES[theme]) == write_svg(again, THEMES[theme])


def test_themes_differ_in_colours_alone() -> None:
    shapes = [[element.tag for element in parsed(theme=theme).iter()] for theme in ("light", "dark")]
    assert shapes[0] == shapes[1]
    assert THEMES["dark"]["background"] in write_svg(DRAWING, THEMES["dark"])


@pytest.mark.parametrize("name", ["</text><script>", 'a"b&c<d>', "nul\x00 bell\x07", "\ud800 half", "\ufffe", "日本"])
def test_whatever_a_name_holds_the_picture_stays_well_formed(name: str) -> None:
    drawing = whole(make.plan(make.TROUBLE, server_name=name), width=1000)
    root = ET.fromstring(write_svg(drawing, THEMES["light"]).encode("utf-8"))
    assert not list(root.iter(f"{SVG}script"))


def test_text_that_xml_cannot_hold_is_replaced() -> None:
    drawing = replace(DRAWING, shapes=(Text(1, 2, "a\x00b", "text"),))
    assert next(iter(parsed(drawing).iter(f"{SVG}text"))).text == "a\ufffdb"


def test_a_transparent_picture_has_no_ground() -> None:
    ground = f'<rect width="1000" height="{DRAWING.height:g}"'
    assert ground in write_svg(DRAWING, THEMES["light"])
    assert ground not in write_svg(DRAWING, THEMES["light"], transparent=True)


def test_bars_of_a_dense_ladder_are_one_path_a_colour() -> None:
    from ladderview.ladder.layout import lay_out
    from ladderview.ladder.sheet import Marks
    from ladderview.ladder.viewport import Viewport

    drawing = lay_out(make.plan(make.long_rows(3000)), Viewport(900, 600, 0, 0.5), Marks())
    assert len(list(parsed(drawing).iter(f"{SVG}path"))) == 3  # two directions, and one of them in trouble


def test_no_number_says_minus_zero() -> None:
    drawing = replace(DRAWING, shapes=(Text(-0.001, -0.0, "a", "text"),))
    assert 'x="0" y="0"' in write_svg(drawing, THEMES["light"])
