from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from ladderview.ladder.layout import whole_height
from ladderview.render import export
from ladderview.render.export import ExportError, export_flow, pages_of
from tests.ladder import make

CAPTURE = make.capture("files.example.org")
TROUBLE = make.analysis(make.TROUBLE)
LONG = make.plan(make.long_rows(400))


def png_size(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", data[16:24])


def test_an_svg_has_the_flow_its_names_and_its_caption(tmp_path: Path) -> None:
    (written,) = export_flow(TROUBLE, CAPTURE, tmp_path / "a.svg")
    text = "".join(ET.parse(written).getroot().itertext())
    assert "Server · files.example.org" in text
    assert "loss.pcapng · flow 3 · 13 packets" in text


def test_a_png_is_scaled(tmp_path: Path, qtbot: QtBot) -> None:
    (one,) = export_flow(TROUBLE, CAPTURE, tmp_path / "a.png")
    (two,) = export_flow(TROUBLE, CAPTURE, tmp_path / "b.PNG", scale=2.0)
    assert png_size(two) == tuple(2 * side for side in png_size(one))


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_the_same_flow_gives_the_same_bytes(suffix: str, tmp_path: Path, qtbot: QtBot) -> None:
    first, second = (
        export_flow(TROUBLE, CAPTURE, tmp_path / f"{name}{suffix}", axis="compressed", theme="dark")[0].read_bytes()
        for name in "ab"
    )
    assert first == second


def test_some_packets_of_the_flow(tmp_path: Path) -> None:
    (written,) = export_flow(TROUBLE, CAPTURE, tmp_path / "a.svg", packets=(405, 407))
    texts = ["".join(text.itertext()) for text in ET.parse(written).getroot().iter("{http://www.w3.org/2000/svg}text")]
    assert [text for text in texts if text.startswith("#")] == ["#405", "#406", "#407"]
    assert "loss.pcapng · flow 3 · 3 of 13 packets" in texts


def test_packets_that_the_flow_does_not_have(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="flow 3 has no packet from #1 to #9: it has #403 to #415"):
        export_flow(TROUBLE, CAPTURE, tmp_path / "a.svg", packets=(1, 9))


def test_a_name_that_says_no_format(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"must end in \.png or \.svg"):
        export_flow(TROUBLE, CAPTURE, tmp_path / "a.gif")


def test_a_folder_that_is_not_there(tmp_path: Path, qtbot: QtBot) -> None:
    for name in ("a.svg", "a.png"):
        with pytest.raises(FileNotFoundError):
            export_flow(TROUBLE, CAPTURE, tmp_path / "none" / name)


@given(st.integers(200, 4000), st.integers(0, 399), st.integers(1, 400))
def test_pages_hold_all_rows_in_order_and_are_not_too_high(highest: int, first: int, count: int) -> None:
    end = min(400, first + count)
    pages = pages_of(LONG, (first, end), highest)
    assert [row for page in pages for row in range(*page)] == list(range(first, end))
    for page in pages:
        assert whole_height(LONG, page) <= highest or page[1] - page[0] == 1


def test_pages_are_as_few_as_can_be() -> None:
    pages = pages_of(LONG, (0, 400), 2000)
    for first, end in pages[:-1]:
        assert whole_height(LONG, (first, end + 1)) > 2000


def test_what_one_image_cannot_hold_is_numbered(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LARGEST_AREA", 320_000)
    written = export_flow(TROUBLE, CAPTURE, tmp_path / "a.png")
    assert [path.name for path in written] == ["a-1.png", "a-2.png", "a-3.png"]
    assert all(width * height <= 320_000 for width, height in map(png_size, written))


def test_more_images_than_anybody_looks_through(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LARGEST_AREA", 200_000)
    monkeypatch.setattr(export, "LARGEST_IMAGES", 2)
    with pytest.raises(ExportError, match=r"13 arrows would fill \d+ images \(at most 2\): .* --packets A-B"):
        export_flow(TROUBLE, CAPTURE, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


def test_more_arrows_than_one_svg_can_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "LARGEST_SVG_ROWS", 12)
    with pytest.raises(ExportError, match="13 arrows are too many for one drawing"):
        export_flow(TROUBLE, CAPTURE, tmp_path / "a.svg")
