from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Emu

from ladderview.ladder.anchoring import anchor_of
from ladderview.ladder.annotations import Annotation, Annotations, Kind
from ladderview.progress import no_progress
from ladderview.render import pptx
from ladderview.render.job import EVERY_ARROW, ExportError, Job
from tests.ladder import make
from tests.render.jobs import job, sample_job


def deck_of(wanted: Job, folder: Path) -> Any:
    (path,) = pptx.write_pptx(wanted, folder / "a.pptx", no_progress)
    return Presentation(path)


def arrows(slide: Any) -> list[Any]:
    return [shape for shape in slide.shapes if shape.name.startswith("Arrow")]


def texts(slide: Any) -> list[str]:
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame and shape.text_frame.text]


def test_slides_hold_native_shapes_and_every_arrow_once(tmp_path: Path) -> None:
    deck = deck_of(job(make.analysis(make.long_rows(120))), tmp_path)
    assert (deck.slide_width, deck.slide_height) == (Emu(12192000), Emu(6858000))
    shapes = [shape for slide in deck.slides for shape in slide.shapes]
    assert MSO_SHAPE_TYPE.PICTURE not in {shape.shape_type for shape in shapes}
    found = [arrow for slide in deck.slides for arrow in arrows(slide)]
    assert len(found) == 120
    assert all(arrow.shape_type == MSO_SHAPE_TYPE.LINE for arrow in found)
    assert all(len(arrow.element.findall(".//{*}tailEnd")) == 1 for arrow in found)
    numbers = [text for slide in deck.slides for text in texts(slide) if text.startswith("#")]
    assert numbers == [f"#{number}" for number in range(403, 523)]


def test_everything_stands_on_its_slide(tmp_path: Path) -> None:
    deck = deck_of(sample_job("loss", title="A loss and its recovery"), tmp_path)
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0, shape.name
            assert shape.top >= 0, shape.name
            assert shape.left + shape.width <= deck.slide_width, shape.name
            assert shape.top + shape.height <= deck.slide_height, shape.name


def test_a_slide_has_its_title_its_endpoints_and_its_foot(tmp_path: Path) -> None:
    slide = deck_of(sample_job("https-tls13", level="messages", title="One request"), tmp_path).slides[0]
    assert slide.shapes.title.text_frame.text == "One request"
    shown = texts(slide)
    assert {"Client", "Server · www.example.org", "198.51.100.20:443", "TCP", "TLS", "HTTP"} <= set(shown)
    assert "https-tls13.pcapng · flow 0 · packets 7–16 · 1 of 2" in shown
    assert "continues on page 2" in shown


def test_a_build_up_adds_one_arrow_a_slide(tmp_path: Path) -> None:
    deck = deck_of(sample_job("https-tls13", level="messages", build_up=True), tmp_path)
    assert [len(arrows(slide)) for slide in deck.slides] == [1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("spoken", "slides"),
    [(frozenset(), []), (frozenset({13}), [0]), (frozenset({13, 17}), [0, 1]), (EVERY_ARROW, [0, 1])],
)
def test_layers_and_arithmetic_of_chosen_arrows_are_speaker_notes(
    spoken: frozenset[int], slides: list[int], tmp_path: Path
) -> None:
    deck = deck_of(sample_job("https-tls13", level="messages", spoken=spoken), tmp_path)
    noted = [at for at, slide in enumerate(deck.slides) if slide.has_notes_slide]
    assert noted == slides
    if spoken:
        text = deck.slides[0].notes_slide.notes_text_frame.text
        assert "#12–#13  Server Hello" in text
        assert "Layers: Ethernet" in text
        assert "Next seq" in text


def test_speaker_notes_of_a_build_up_are_of_the_newest_arrow(tmp_path: Path) -> None:
    wanted = sample_job("https-tls13", level="messages", packets=(7, 9), build_up=True, spoken=EVERY_ARROW)
    heads = [slide.notes_slide.notes_text_frame.text.split(" ")[0] for slide in deck_of(wanted, tmp_path).slides]
    assert heads == ["#7", "#8", "#9"]


def test_a_note_is_a_callout_that_points_at_its_arrow(tmp_path: Path) -> None:
    anchor = anchor_of(sample_job("https-tls13").plan, 1)
    notes = Annotations((Annotation("a", Kind.NOTE, (anchor,), text="It answers"),))
    slide = deck_of(sample_job("https-tls13", annotations=notes), tmp_path).slides[0]
    (note,) = [shape for shape in slide.shapes if shape.name.startswith("Note")]
    assert note.text_frame.text == "It answers"
    assert note.element.find(".//{*}prstGeom").get("prst") == "borderCallout1"


@pytest.mark.parametrize(("theme", "background"), [("light", None), ("dark", "0F172A")])
def test_a_dark_slide_has_a_dark_ground(theme: str, background: str | None, tmp_path: Path) -> None:
    slide = deck_of(sample_job("reset", theme=theme), tmp_path).slides[0]
    fill = slide.element.find(".//{*}bg//{*}srgbClr")
    assert (None if fill is None else fill.get("val")) == background


def test_more_slides_than_anybody_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pptx, "LARGEST_SLIDES", 12)
    with pytest.raises(ExportError, match="13 arrows would fill 13 slides"):
        deck_of(job(build_up=True), tmp_path)


def test_a_build_up_shows_notes_with_their_arrows_and_moves_none(tmp_path: Path) -> None:
    plain = sample_job("https-tls13", level="messages", packets=(7, 10))
    rows = [anchor_of(plain.plan, row) for row in range(3)]
    notes = Annotations(
        (
            *(Annotation(f"n{at}", Kind.NOTE, (rows[at],), text=f"Note {at} " * 12) for at in range(3)),
            Annotation("m", Kind.MEASURE, (rows[0], rows[1]), text="one round trip"),
        )
    )
    job = sample_job("https-tls13", level="messages", packets=(7, 10), annotations=notes, build_up=True)
    places: dict[str, set[int]] = {}
    seen = []
    for slide in deck_of(job, tmp_path).slides:
        shown = [shape for shape in slide.shapes if shape.has_text_frame and shape.text_frame.text.startswith("Note ")]
        seen.append((len(shown), "one round trip" in texts(slide)))
        for shape in shown:
            places.setdefault(shape.text_frame.text, set()).add(shape.top)
    assert seen[:3] == [(1, False), (2, True), (3, True)]
    assert all(len(tops) == 1 for tops in places.values())
