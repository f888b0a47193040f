"""What is exported, as other programs read it: the same bytes from every process, and nothing lost or clipped.

The programs (rsvg-convert, pdftoppm and pdftotext of poppler, LibreOffice) are asked where they are installed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from ladderview.ladder.annotation_json import LadderFile, to_json
from ladderview.ladder.label_fit import full_text
from ladderview.render.formats import SUFFIXES
from ladderview.render.pictures import picture_drawing
from ladderview.render.qt import to_image
from ladderview.resources import resource_path
from tests.render.jobs import annotations_of, sample_job

SAMPLE = "https-tls13"

#: Exports the sample in every format, as a person would with so many commands.
PROGRAM = """
import sys
from ladderview.cli import main
sample, notes, folder, *suffixes = sys.argv[1:]
for suffix in suffixes:
    out = f"{folder}/a{suffix}"
    if main(["export", sample, "--flow", "0", "--out", out, "--annotations", notes, "--scale", "1"]):
        sys.exit(f"no {suffix}")
"""


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def run(*command: str | Path, **options: Any) -> str:
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, **options)
    return answer.stdout


def export_all(folder: Path, seed: str) -> None:
    notes = folder / "notes.ladder"
    notes.write_text(to_json(LadderFile(annotations_of(sample_job(SAMPLE).plan))), encoding="utf-8")
    sample = resource_path("samples", f"{SAMPLE}.pcapng")
    environment = {**os.environ, "PYTHONHASHSEED": seed, "QT_QPA_PLATFORM": "offscreen", "SSLKEYLOGFILE": ""}
    run(sys.executable, "-c", PROGRAM, sample, notes, folder, *SUFFIXES, env=environment)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("exports")
    export_all(made, "1")
    return made


@pytest.fixture(scope="module")
def again(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, by another process, later."""
    made = tmp_path_factory.mktemp("again")
    export_all(made, "2")
    assert (made / "a.png").stat().st_mtime > (folder / "a.png").stat().st_mtime + 1
    return made


def said() -> list[str]:
    """The labels of the arrows."""
    job = sample_job(SAMPLE, annotations=annotations_of(sample_job(SAMPLE).plan))
    return [full_text(job.plan.label(row)) for row in range(*job.rows)]


def words(text: str) -> list[str]:
    return re.findall(r"\S+", text)


def first_words() -> list[str]:
    """What every label begins with, as words."""
    return [label.split(" Win=")[0] for label in said()]


def pixels(image: QImage) -> NDArray[np.int16]:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3].astype(np.int16)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_another_process_writes_the_same_bytes(suffix: str, folder: Path, again: Path) -> None:
    assert (folder / f"a{suffix}").read_bytes() == (again / f"a{suffix}").read_bytes()


@needs("rsvg-convert")
def test_a_drawing_looks_like_the_picture_to_another_program(folder: Path, qtbot: QtBot) -> None:
    run("rsvg-convert", folder / "a.svg", "-o", folder / "svg.png")
    job = sample_job(SAMPLE, annotations=annotations_of(sample_job(SAMPLE).plan))
    mine, theirs = pixels(to_image(picture_drawing(job), job.theme)), pixels(QImage(str(folder / "svg.png")))
    assert abs(mine.shape[1] - theirs.shape[1]) <= 40  # its fonts have other widths
    assert mine.shape[0] == theirs.shape[0]
    for key in ("tls", "http", "tcp", "note", "note.text", "fold", "accent", "tls.band"):
        colour = [int(job.theme[key][at : at + 2], 16) for at in (5, 3, 1)]
        ours, others = ((np.abs(image - colour).max(axis=2) <= 2).sum() for image in (mine, theirs))
        assert ours > 20, key
        assert 0.5 < others / ours < 2, key


@needs("pdftotext")
def test_pages_hold_every_label_as_text(folder: Path) -> None:
    text = run("pdftotext", "-layout", folder / "a.pdf", "-")
    flat = " ".join(words(text))
    for label in first_words():
        assert " ".join(words(label)) in flat
    assert "before the request may leave" in flat
    assert "what it can do: X25519 &" in flat
    boxes = run("pdftotext", "-bbox", folder / "a.pdf", "-")
    width, height = map(float, re.search(r'<page width="([\d.]+)" height="([\d.]+)"', boxes).groups())  # type: ignore[union-attr]
    places = [
        list(map(float, found))
        for found in re.findall(r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)"', boxes)
    ]
    assert len(places) > 100
    assert all(x1 >= 0 and y1 >= 0 and x2 <= width and y2 <= height for x1, y1, x2, y2 in places)


def slide_shapes(folder: Path) -> Iterator[Any]:
    for slide in Presentation(str(folder / "a.pptx")).slides:
        yield from slide.shapes


def test_slides_have_connectors_texts_and_callouts_and_no_pictures(folder: Path) -> None:
    shapes = list(slide_shapes(folder))
    assert MSO_SHAPE_TYPE.PICTURE not in {shape.shape_type for shape in shapes}
    arrows = [shape for shape in shapes if shape.name.startswith("Arrow ")]
    assert {shape.shape_type for shape in arrows} == {MSO_SHAPE_TYPE.LINE}
    callouts = [shape for shape in shapes if shape.element.findall('.//{*}prstGeom[@prst="borderCallout1"]')]
    assert [callout.text_frame.text for callout in callouts] == [
        "The client offers\nwhat it can do: X25519 &\n<more>.",
        "Closed.",
    ]
    texts = [shape.text_frame.text for shape in shapes if shape.shape_type == MSO_SHAPE_TYPE.TEXT_BOX]
    labels = [label for label in said() if "segments" not in label]
    assert len(arrows) >= len(labels)
    for label in labels:
        start = " ".join(words(label.split(" Win=")[0]))
        assert [text for text in texts if " ".join(words(text)).startswith(start)], label


@needs("soffice")
@needs("pdftotext")
def test_slides_are_read_by_another_program(folder: Path) -> None:
    profile = f"-env:UserInstallation=file://{folder}/office"
    run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder / "office-out", folder / "a.pptx")
    text = run("pdftotext", "-layout", folder / "office-out" / "a.pdf", "-")
    assert text.count("\f") == len(Presentation(str(folder / "a.pptx")).slides)
    flat = " ".join(words(text))
    for label in first_words():
        assert " ".join(words(label)) in flat
    assert "before the request may leave" in flat
