from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ladderview.ladder.annotation_json import (
    FORMAT,
    CaptureIdentity,
    LadderFile,
    NotAnnotations,
    clean,
    from_json,
    to_json,
)
from ladderview.ladder.annotations import LONGEST_TEXT, Annotations, Kind
from ladderview.resources import resource_path
from tests.ladder.notes import documents, of_every_kind, one

SCHEMA = json.loads(resource_path("annotations.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
CAPTURE = CaptureIdentity("loss.pcapng", 1234, 31, 1_700_000_000_000_000_001, 1_700_000_009_999_999_999, "0" * 64)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def text_of(**changes: object) -> bytes:
    """A file with one note, some of whose fields are others."""
    note = json.loads(to_json(LadderFile(Annotations((one(Kind.NOTE, 3, text="x"),)))))["annotations"][0]
    listed = [{key: value for key, value in (note | changes).items() if value is not None}]
    return json.dumps({"format": FORMAT, "version": 1, "annotations": listed}).encode()


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@SLOW
@given(documents())
def test_what_is_written_is_read_and_fits_the_schema(document: Annotations) -> None:
    text = to_json(LadderFile(document, CAPTURE))
    VALIDATOR.validate(json.loads(text))
    assert from_json(text.encode()) == LadderFile(document, CAPTURE)


def test_the_same_annotations_give_the_same_bytes() -> None:
    file = LadderFile(of_every_kind(), CAPTURE)
    assert to_json(file) == to_json(from_json(to_json(file).encode()))


def test_packets_are_numbered_as_a_person_sees_them() -> None:
    written = json.loads(to_json(LadderFile(Annotations((one(Kind.NOTE, 3),)))))["annotations"][0]["anchors"][0]
    assert (written["packet"], written["time"]) == (4, "1700000000.003000000")


def test_what_a_newer_version_wrote_is_carried_along() -> None:
    newer = {
        "format": FORMAT, "version": 7, "groups": [{"name": "talk"}],
        "annotations": [
            {"id": "a", "kind": "note", "anchors": [{"flow": 0, "packet": 1, "time": "1.000000000", "byte": 5}],
             "text": "x", "link": {"to": "b"}},
            {"id": "b", "kind": "ribbon", "colour": [1, 2, 3]},
        ],
    }  # fmt: skip
    file = from_json(json.dumps(newer).encode())
    assert [found.id for found in file.annotations] == ["a"]
    edited = replace(file, annotations=file.annotations.changed(None, replace(file.annotations.all[0], text="y")))
    newer["annotations"][0]["text"] = "y"  # type: ignore[index]
    assert json.loads(to_json(edited)) == newer


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\0" * 100, b"not json", b"[]", b"null", b"{}", b'{"format": "other", "version": 1, "annotations": []}',
        b'{"format": "ladderview annotations", "version": 1}', b"\xff\xfe{",
        b'{"format": "ladderview annotations", "version": 0, "annotations": []}',
        b'{"format": "ladderview annotations", "version": 1, "annotations": [5]}',
        b'{"format": "ladderview annotations", "version": 1, "annotations": [], "x": NaN}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_another_file_is_refused_with_the_reason(data: bytes) -> None:
    with pytest.raises(NotAnnotations, match=r"\w"):
        from_json(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None}, {"id": ""}, {"id": 5}, {"anchors": None}, {"anchors": []}, {"anchors": [5]}, {"dx": "5"},
        {"dx": 1e300}, {"dx": True}, {"width": -1}, {"text": 5}, {"text": "\ud800"}, {"style": []},
        {"text": "x" * (LONGEST_TEXT + 1)}, {"kind": "ribbon"}, {"kind": "bracket"},
        {"anchors": [{"flow": -1, "packet": 1, "time": "1.0"}]}, {"anchors": [{"flow": 0, "packet": 0, "time": "1.0"}]},
        {"anchors": [{"flow": 0, "packet": 1}]}, {"anchors": [{"flow": 0, "packet": 1, "time": "٣.0"}]},
        {"anchors": [{"flow": 0, "packet": 1, "time": "1" * 30}]},
        {"anchors": [{"flow": 0, "packet": 2**60, "time": "1"}]},
        {"anchors": [{"flow": 0, "packet": 1, "time": "1.0", "end": "middle"}]},
    ],
    ids=str,
)  # fmt: skip
def test_an_annotation_that_makes_no_sense_is_kept_as_it_stood(changes: dict[str, object]) -> None:
    data = text_of(**changes)
    file = from_json(data)
    assert not len(file.annotations)
    assert json.loads(to_json(file))["annotations"] == json.loads(data)["annotations"]


def test_an_id_that_is_there_twice_is_understood_once() -> None:
    read = json.loads(text_of())
    read["annotations"] *= 2
    file = from_json(json.dumps(read).encode())
    assert (len(file.annotations), len(file.annotations.unknown)) == (1, 1)


@SLOW
@given(documents(), st.data())
def test_a_damaged_file_is_read_or_refused(document: Annotations, data: st.DataObject) -> None:
    text = bytearray(to_json(LadderFile(document, CAPTURE)).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        file = from_json(bytes(text[: data.draw(st.integers(len(text) // 2, len(text)))]))
    except NotAnnotations:
        return
    assert from_json(to_json(file).encode()).annotations == file.annotations


@given(st.text())
@example("\ud83d half")
@example("a\0b")
def test_any_text_can_be_written(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode()
