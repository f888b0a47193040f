from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ladderview.capture.capture import open_capture
from ladderview.ladder.anchoring import anchor_of
from ladderview.ladder.annotations import Annotation, Annotations, Kind
from ladderview.progress import Cancelled, no_progress
from ladderview.render import pictures
from ladderview.render.export import ExportError, announcement, export
from ladderview.render.formats import FORMATS
from tests.render.jobs import job, sample_job

SVG = "{http://www.w3.org/2000/svg}"


def png_size(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", data[16:24])


def svg_texts(path: Path) -> list[str]:
    return ["".join(text.itertext()) for text in ET.parse(path).getroot().iter(f"{SVG}text")]


# -- every format -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [one.suffix for one in FORMATS])
@pytest.mark.parametrize("level", ["segments", "messages", "phases"])
def test_the_same_flow_gives_the_same_bytes(suffix: str, level: str, tmp_path: Path, qtbot: QtBot) -> None:
    first, second = (
        export(sample_job("https-tls13", level=level, theme="dark", scale=1.0), tmp_path / f"{name}{suffix}")
        for name in "ab"
    )
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.parametrize("suffix", [one.suffix for one in FORMATS])
def test_a_folder_that_is_not_there(suffix: str, tmp_path: Path, qtbot: QtBot) -> None:
    with pytest.raises(FileNotFoundError):
        export(sample_job("reset"), tmp_path / "none" / f"a{suffix}")


@pytest.mark.parametrize("suffix", [one.suffix for one in FORMATS])
def test_what_is_cancelled_leaves_what_was_there(suffix: str, tmp_path: Path, qtbot: QtBot) -> None:
    def cancel(done: int, total: int) -> None:
        raise Cancelled

    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"before")
    with pytest.raises(Cancelled):
        export(sample_job("https-tls13"), path, cancel)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_says_no_format(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"must end in \.png, \.svg, .* or \.pcapng"):
        export(job(), tmp_path / "a.gif")


def test_packets_that_the_flow_does_not_have() -> None:
    with pytest.raises(ExportError, match="flow 3 has no packet from #1 to #9: it has #403 to #415"):
        job(packets=(1, 9))


# -- SVG ----------------------------------------------------------------------------------------------------------


def test_an_svg_has_the_flow_its_names_and_its_foot(tmp_path: Path) -> None:
    texts = svg_texts(export(job(title="A loss"), tmp_path / "a.svg")[0])
    assert {"Server · files.example.org", "loss.pcapng · flow 3 · packets 403–415", "A loss", "trouble"} <= set(texts)


def test_an_svg_has_a_title_for_every_arrow(tmp_path: Path) -> None:
    wanted = sample_job("https-tls13", level="messages")
    root = ET.parse(export(wanted, tmp_path / "a.svg")[0]).getroot()
    titles = [title.text or "" for title in root.iter(f"{SVG}title")]
    assert len(titles) == wanted.count
    assert titles[3].startswith("Client Hello SNI=www.example.org")


def test_some_packets_of_the_flow(tmp_path: Path) -> None:
    texts = svg_texts(export(job(packets=(405, 407)), tmp_path / "a.svg")[0])
    assert [text for text in texts if text.startswith("#")] == ["#405", "#406", "#407"]
    assert "loss.pcapng · flow 3 · packets 405–407" in texts


def test_packets_within_a_message_bring_its_arrow(tmp_path: Path) -> None:
    texts = svg_texts(export(sample_job("https-tls13", level="messages", packets=(11, 13)), tmp_path / "a.svg")[0])
    assert [text for text in texts if text.startswith("#")] == ["#10–#11", "#12–#13"]


def test_without_header_legend_and_background(tmp_path: Path) -> None:
    (path,) = export(job(header=False, legend=False, transparent=True), tmp_path / "a.svg")
    texts = svg_texts(path)
    assert "Client" not in texts
    assert "trouble" not in texts
    assert ET.parse(path).getroot().find(f"{SVG}rect[@x]") is not None  # pills stay
    assert ET.parse(path).getroot().find(f"{SVG}rect") is not None
    assert not re.search(rf'<rect width="\d+" height="\d+" fill="{job().theme["background"]}"/>', path.read_text())


def test_more_arrows_than_one_svg_can_show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST_SVG_ROWS", 12)
    with pytest.raises(ExportError, match="13 arrows are too many for one drawing"):
        export(job(), tmp_path / "a.svg")


# -- PNG ----------------------------------------------------------------------------------------------------------


def test_a_png_is_scaled(tmp_path: Path, qtbot: QtBot) -> None:
    (one,) = export(job(scale=1.0), tmp_path / "a.png")
    (two,) = export(job(scale=2.0), tmp_path / "b.PNG")
    assert png_size(two) == tuple(2 * side for side in png_size(one))


@pytest.mark.parametrize("level", ["segments", "messages", "phases"])
def test_a_picture_is_at_least_a_thousand_points_wide(level: str, tmp_path: Path, qtbot: QtBot) -> None:
    width, _ = png_size(export(sample_job("http", level=level, scale=4.0), tmp_path / "a.png")[0])
    assert width >= 4000


def test_what_one_image_cannot_hold_is_numbered_and_said_before(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "LARGEST_AREA", 320_000)
    wanted = job(scale=1.0)
    said = announcement(wanted, tmp_path / "a.png")
    written = export(wanted, tmp_path / "a.png")
    count = len(written)
    assert 2 < count < 10
    assert [path.name for path in written] == [f"a-{number}.png" for number in range(1, count + 1)]
    assert said == f"13 arrows are too many for one image: they go into {count} files, a-1.png to a-{count}.png"
    assert all(width * height <= 320_000 for width, height in map(png_size, written))


def test_what_one_file_holds_needs_no_announcement(tmp_path: Path, qtbot: QtBot) -> None:
    assert announcement(job(), tmp_path / "a.png") == ""
    assert announcement(job(), tmp_path / "a.pdf") == ""


def test_more_images_than_anybody_looks_through(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "LARGEST_AREA", 200_000)
    monkeypatch.setattr(pictures, "LARGEST_IMAGES", 2)
    with pytest.raises(ExportError, match=r"13 arrows would fill \d+ images \(at most 2\): .* --packets A-B"):
        export(job(), tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


# -- PDF ----------------------------------------------------------------------------------------------------------


def test_a_pdf_has_pages_text_and_bookmarks(tmp_path: Path, qtbot: QtBot) -> None:
    from pypdf import PdfReader

    reader = PdfReader(export(sample_job("https-tls13", level="messages"), tmp_path / "a.pdf")[0])
    text = reader.pages[0].extract_text()
    assert "Finished" in text  # and no ligature in it
    assert "https-tls13.pcapng · flow 0 · packets 7–27" in text
    names = [item.title for item in reader.outline]
    assert [name.rpartition(",")[0] for name in names] == [
        "Connection initialization",
        "TLS handshake",
        "GET / → 200",
        "Connection termination",
    ]
    assert all(re.search(r", \d+ ms$", name) for name in names)


# -- a capture ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("secrets", "packets"), [(False, None), (True, None), (True, (17, 23))])
def test_a_capture_of_the_flow(secrets: bool, packets: tuple[int, int] | None, tmp_path: Path) -> None:
    wanted = sample_job("https-tls13", secrets=secrets, packets=packets)
    capture = open_capture(export(wanted, tmp_path / "a.pcapng")[0], no_progress)
    assert len(capture.flows) == 1
    assert len(capture.packets) == (21 if packets is None else 7)
    secret_lines = b"".join(capture.secrets).splitlines()
    capture.close()
    random = {line.split()[1] for line in secret_lines}
    assert len(random) == (1 if secrets else 0)


# -- annotations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".svg", ".txt", ".mmd", ".puml"])
def test_what_was_written_on_the_ladder_goes_with_it(suffix: str, tmp_path: Path) -> None:
    anchors = [anchor_of(sample_job("https-tls13").plan, row) for row in (0, 3)]
    notes = Annotations(
        (
            Annotation("n", Kind.NOTE, (anchors[1],), text="It <asks> for two"),
            Annotation("b", Kind.BRACKET, tuple(anchors), text="before; it"),
            Annotation("t", Kind.TITLE, (anchors[0],), text="Two round trips"),
            Annotation("e", Kind.ENDPOINT, (replace(anchors[0], end="sender"),), text="Laptop"),
        )
    )
    (path,) = export(sample_job("https-tls13", level="messages", annotations=notes), tmp_path / f"a{suffix}")
    text = path.read_text(encoding="utf-8")
    note = {".svg": "It &lt;asks&gt; for two", ".mmd": "It #60;asks#62; for two"}.get(suffix, "It <asks> for two")
    note = "It <U+003C>asks<U+003E> for two" if suffix == ".puml" else note
    assert note in text
    assert "Two round trips" in text
    assert "44 ms" in text
    assert "Laptop" in text
