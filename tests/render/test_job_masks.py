"""No output of a masked job holds an original: over all samples, in the bytes of every format."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ladderview.analysis.masking import MASK_KINDS
from ladderview.capture.capture import CaptureChanged
from ladderview.ladder.annotations import AnchorPoint, Annotation, Annotations, Kind
from ladderview.proto.http_message import HttpMessage
from ladderview.render.export import ExportError, export
from ladderview.render.formats import FORMATS
from ladderview.render.job import Job
from ladderview.resources import resource_path
from tests.render.jobs import sample_job

SAMPLES = [
    Path(entry["file"]).stem
    for entry in json.loads(resource_path("samples", "index.json").read_text(encoding="utf-8"))
    if entry["file"].endswith(".pcapng")
]
EVERYTHING = frozenset(MASK_KINDS)

#: The formats that carry words; a PNG has none in its bytes.
WITH_WORDS = [one.suffix for one in FORMATS if one.suffix != ".png"]


def originals(job: Job) -> set[bytes]:
    """What nobody may find: found here without the help of the masker."""
    flow, messages = job.reading.analysis.flow, job.reading.messages
    found = {
        flow.client.address,
        flow.server.address,
        messages.host.partition(":")[0],
        *job.capture.host_names.values(),
    }
    for message in messages.messages:
        part = message.content
        if not isinstance(part, HttpMessage):
            continue
        for line in part.headers:
            if line.name.lower() in {"cookie", "set-cookie", "authorization"}:
                found.add(line.value)
        try:
            octets = messages.octets_of(message, 1 << 16)
        except CaptureChanged:
            continue
        body = octets.partition(b"\r\n\r\n")[2].decode("ascii", "replace") if part.protocol == "HTTP/1" else ""
        found |= {line.strip() for line in body.splitlines() if len(line.strip()) >= 12 and line.isprintable()}
    return {text.encode() for text in found if len(text) >= 4 and not text.isdigit()}


def unpacked(data: bytes) -> bytes:
    """The bytes of a file with what is packed in it."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return b"\n".join(package.read(name) for name in package.namelist())
    if data.startswith(b"%PDF"):
        streams = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
        parts = [data]
        for stream in streams:
            try:
                parts.append(zlib.decompressobj().decompress(stream))
            except zlib.error:
                continue
        return b"\n".join(parts)
    return data


def job_with_notes(name: str, level: str) -> Job:
    """A masked job, on which somebody wrote down what is to be masked."""
    plain = sample_job(name, level=level)
    segments, flow = plain.reading.analysis.segments, plain.plan.flow.id
    anchor = AnchorPoint(flow, int(segments.packet[0]), int(segments.ts_ns[0]))
    addresses = f"{plain.plan.lanes[0].address} and {plain.plan.lanes[1].address} of {plain.reading.messages.host}"
    notes = Annotations(
        (
            Annotation("n", Kind.NOTE, (anchor,), text=addresses),
            Annotation("t", Kind.TITLE, (anchor,), text=addresses),
            Annotation("c", Kind.CAPTION, (anchor,), text=addresses),
        )
    )
    return sample_job(name, level=level, masks=EVERYTHING, annotations=notes, spoken=frozenset({0}))


def test_there_is_something_to_be_found() -> None:
    found = set().union(*(originals(sample_job(name)) for name in SAMPLES))
    assert len(found) > 20


@pytest.mark.parametrize("suffix", WITH_WORDS)
@pytest.mark.parametrize("name", SAMPLES)
def test_no_original_is_in_the_bytes(name: str, suffix: str, tmp_path: Path, qtbot: QtBot) -> None:
    for level in ("segments", "messages", "phases"):
        job = job_with_notes(name, level)
        secret = originals(job)
        for path in export(job, tmp_path / f"{level}{suffix}"):
            data = unpacked(path.read_bytes()).lower()
            assert not {original for original in secret if original.lower() in data}


def test_without_masks_the_originals_are_there(tmp_path: Path) -> None:
    """The test above can fail."""
    job = sample_job("https-tls13", level="messages")
    data = export(job, tmp_path / "a.svg")[0].read_bytes()
    assert job.plan.flow.client.address.encode() in data


@pytest.mark.parametrize("suffix", [".svg", ".txt"])
def test_only_what_was_asked_for_is_masked(suffix: str, tmp_path: Path) -> None:
    job = sample_job("https-tls13", level="messages", masks=frozenset({"addresses"}))
    text = export(job, tmp_path / f"a{suffix}")[0].read_text(encoding="utf-8")
    assert "client-1:" in text
    assert "10.20.0.7" not in text
    assert "www.example.org" in text


def test_secrets_do_not_go_with_what_is_masked(tmp_path: Path) -> None:
    job = sample_job("https-tls13", masks=EVERYTHING, secrets=True)
    with pytest.raises(ExportError, match="would open what is masked"):
        export(job, tmp_path / "a.pcapng")
