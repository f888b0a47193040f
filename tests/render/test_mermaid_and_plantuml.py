"""Mermaid and PlantUML: whatever a text holds, it is shown and does nothing."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from ladderview.ladder.anchoring import anchor_of
from ladderview.ladder.annotations import Annotation, Annotations, Kind
from ladderview.render import mermaid, plantuml
from ladderview.render.job import Job
from ladderview.render.sequence_words import sequence_lines
from tests.render.jobs import sample_job

#: A text, and how it is written in Mermaid and in PlantUML.
ESCAPES = [
    ("[PSH, ACK] Seq=1 Len=41", "[PSH, ACK] Seq=1 Len=41", "<U+005B>PSH, ACK<U+005D> Seq=1 Len=41"),
    ("a; b #35; c", "a#59; b #35;35#59; c", "a<U+003B> b <U+0023>35<U+003B> c"),
    ('<b> & "q"', "#60;b#62; #38; #34;q#34;", "<U+003C>b<U+003E> <U+0026> <U+0022>q<U+0022>"),
    ("the end, backend", "the #101;nd, backend", "the end, backend"),
    ("End", "#69;nd", "End"),
    (": b: c", ": b: c", "<U+003A><U+0020>b: c"),
    ("====", "====", "<U+003D><U+003D><U+003D><U+003D>"),
    ("a -- b ... c", "a -- b ... c", "a <U+002D><U+002D> b <U+002E><U+002E><U+002E> c"),
    ("!include x", "!include x", "<U+0021>include x"),
    ("$x %date() $$y$$", "#36;x #37;date() #36;#36;y#36;#36;", None),
    ("%%{init: 1}", "#37;#37;#123;init: 1#125;", None),
    ("a\\nb", "a#92;nb", "a<U+005C>nb"),
    ("漢字 🙂", "漢字 🙂", "<U+6F22><U+5B57> <U+1F642>"),
    ("word " * 30, " ".join(["word"] * 20) + "<br/>" + " ".join(["word"] * 10), None),
    ("x" * 130, "x" * 100 + "<br/>" + "x" * 30, "x" * 100 + "\\n" + "x" * 30),
    ("", "", ""),
]


@pytest.mark.parametrize(("text", "expected"), [(text, expected) for text, expected, _ in ESCAPES])
def test_mermaid_shows_just_the_text(text: str, expected: str) -> None:
    assert mermaid.escaped(text) == expected


@pytest.mark.parametrize(("text", "expected"), [(text, last) for text, _, last in ESCAPES if last is not None])
def test_plantuml_shows_just_the_text(text: str, expected: str) -> None:
    assert plantuml.escaped(text) == expected


def test_a_phase_in_which_no_time_passes_is_told_without_one() -> None:
    phases = [line.phase for line in sequence_lines(sample_job("reset")) if line.phase]
    assert phases == ["Connection initialization, 32 ms", "Connection refused"]


def hostile_job() -> Job:
    plan = sample_job("loss").plan
    texts = [text for text, *_ in ESCAPES if text]
    notes = [
        Annotation(f"n{at}", Kind.NOTE, (anchor_of(plan, at % len(plan)),), text=f"{text}\n{text}\r\n@enduml")
        for at, text in enumerate(texts)
    ]
    ends = [
        Annotation("e", Kind.ENDPOINT, (anchor_of(plan, 0),), text="@enduml\nend\x07"),
        Annotation("t", Kind.TITLE, (anchor_of(plan, 0),), text="= @enduml\n---\nend"),
    ]
    return sample_job("loss", annotations=Annotations((*notes, *ends)))


@pytest.mark.parametrize("lines", [mermaid.mermaid_lines, plantuml.plantuml_lines])
def test_no_text_adds_a_line(lines: object) -> None:
    made = list(lines(hostile_job()))  # type: ignore[operator]
    plain = list(lines(sample_job("loss")))  # type: ignore[operator]
    head = 3 if lines is mermaid.mermaid_lines else 1
    assert len(made) == len(plain) + len([text for text, *_ in ESCAPES if text]) + head
    assert not [line for line in made if "\n" in line or "\r" in line or "\x07" in line]


@pytest.mark.skipif(shutil.which("plantuml") is None, reason="PlantUML is not installed")
def test_plantuml_itself_reads_it() -> None:
    text = "\n".join(plantuml.plantuml_lines(hostile_job()))
    command = ["plantuml", "-syntax", "-charset", "UTF-8"]
    answer = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
    assert answer.stdout.splitlines()[:1] == ["SEQUENCE"]
