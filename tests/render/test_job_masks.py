"""No output of a masked job holds an original: over all samples, in the bytes of every format."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pypdf
import pytest
from pytestqt.qtbot import QtBot

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys, keys_of
from ladderview.analysis.masking import MASK_KINDS
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.capture.capture import Capture, open_capture
from ladderview.capture.scenario.compose import compose
from ladderview.ladder.annotations import AnchorPoint, Annotation, Annotations, Kind
from ladderview.render.export import ExportError, export
from ladderview.render.formats import FORMATS
from ladderview.render.job import Job, Wish
from ladderview.resources import resource_path
from tests.render import originals
from tests.render.jobs import sample_job

CAPTURES = sorted((Path(__file__).parents[1] / "captures").glob("*.pcapng"))
SAMPLES = sorted(Path(resource_path("samples")).glob("*.pcapng"))
EVERYTHING = frozenset(MASK_KINDS)

#: Formats that carry words and are quickly made, those that take longer; a PNG has no words in its bytes.
QUICK, SLOW = (".svg", ".txt", ".mmd", ".puml"), (".pdf", ".pptx")
LEVELS = ("segments", "messages", "phases")


@cache
def read(path: Path, flow: int) -> tuple[Capture, FlowReading, Keys]:
    capture = open_capture(path)
    keys = keys_of(capture, environment={})
    return capture, read_flow(capture, analyse_flow(capture, flow), keys), keys


def flows_of(path: Path) -> range:
    return range(len(read(path, 0)[0].flows))


def secrets_of(path: Path, flow: int) -> set[bytes]:
    capture, reading, _ = read(path, flow)
    return originals.texts(capture, reading.messages, reading.analysis.flow)


def masked_job(path: Path, flow: int = 0, level: str = "segments", masks: frozenset[str] = EVERYTHING) -> Job:
    """A masked job, on which somebody wrote down all that is to be masked."""
    capture, reading, keys = read(path, flow)
    segments = reading.analysis.segments
    anchor = AnchorPoint(flow, int(segments.packet[0]), int(segments.ts_ns[0]))
    said = " and ".join(sorted(text.decode("ascii", "ignore") for text in secrets_of(path, flow)))
    kinds = (Kind.NOTE, Kind.TITLE, Kind.CAPTION)
    notes = Annotations(tuple(Annotation(kind.name, kind, (anchor,), text=said[:20_000]) for kind in kinds))
    wish = Wish(level=level, masks=masks, annotations=notes, spoken=frozenset({0}))  # type: ignore[arg-type]
    return Job(capture, reading, wish, keys)


def unpacked(data: bytes) -> bytes:
    """The bytes of a file with what is packed in it, and the text of pages, whose letters are numbers of glyphs."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return b"\n".join(package.read(name) for name in package.namelist())
    if not data.startswith(b"%PDF"):
        return data
    parts = [data]
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            parts.append(zlib.decompressobj().decompress(stream))
        except zlib.error:
            continue
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    parts += [page.extract_text().encode() for page in pages]
    return b"\n".join((*parts, *(re.sub(rb"\s+", b"", part) for part in parts[-len(pages) :])))


def left_in(data: bytes, secret: set[bytes]) -> set[bytes]:
    """The originals that stand in what was written."""
    lower = unpacked(data).lower()
    return {original for original in secret if original in lower}


def payloads(path: Path) -> Iterator[bytes]:
    """The packets of a capture of LINKTYPE_RAW without the twenty bytes of TCP's header: numbers can be anything."""
    capture = open_capture(path)
    for packet in range(len(capture.packets)):
        data, at = capture.packet_bytes(packet), int(capture.packets.l4_off[packet])
        yield data[:at]
        yield data[at + 20 :]
    capture.close()


def test_there_is_something_to_be_found() -> None:
    """An address, a name from an SNI, one from a certificate, and in nearly every flow what it says."""
    paths = {path.stem: path for path in SAMPLES}
    found = secrets_of(paths["https-tls13"], 0) | secrets_of(paths["http"], 0)
    assert {b"10.20.0.7", b"www.example.org", b"example root ca", b"<!doctype html>"} <= found
    by_file = [secrets_of(path, 0) for path in (*SAMPLES, *CAPTURES)]
    assert sum(len(found) >= 2 for found in by_file) >= len(by_file) - 1
    assert sum(map(len, by_file)) > 1000


@pytest.mark.parametrize("path", [*SAMPLES, *CAPTURES], ids=lambda path: path.stem)
def test_no_original_is_in_the_bytes(path: Path, tmp_path: Path) -> None:
    secret = secrets_of(path, 0)
    for level in LEVELS:
        job = masked_job(path, level=level)
        for suffix in QUICK:
            for written in export(job, tmp_path / f"{level}{suffix}"):
                assert not left_in(written.read_bytes(), secret)


@pytest.mark.parametrize("suffix", SLOW)
@pytest.mark.parametrize("path", [*SAMPLES, *CAPTURES[::4]], ids=lambda path: path.stem)
def test_no_original_is_on_pages_and_slides(path: Path, suffix: str, tmp_path: Path, qtbot: QtBot) -> None:
    for written in export(masked_job(path, level="messages"), tmp_path / f"a{suffix}"):
        assert not left_in(written.read_bytes(), secrets_of(path, 0))


@pytest.mark.parametrize("path", [*SAMPLES, *CAPTURES], ids=lambda path: path.stem)
def test_no_original_is_in_masked_packets(path: Path, tmp_path: Path) -> None:
    for flow in flows_of(path):
        capture, reading, _ = read(path, flow)
        written = export(masked_job(path, flow), tmp_path / f"{flow}.pcapng")[0]
        assert not left_in(written.read_bytes(), secrets_of(path, flow))
        parts = list(payloads(written))
        for address in originals.packed(capture, reading.analysis.flow):
            assert not [part for part in parts if address in part]


@pytest.mark.parametrize("path", [*SAMPLES, *CAPTURES], ids=lambda path: path.stem)
def test_masked_packets_tell_the_same_of_tcp(path: Path, tmp_path: Path) -> None:
    for flow in flows_of(path):
        capture, reading, _ = read(path, flow)
        written = export(masked_job(path, flow), tmp_path / f"{flow}.pcapng")[0]
        other = open_capture(written)
        assert len(other.flows) == 1
        before, after = reading.analysis, analyse_flow(other, 0)
        for column in ("ts_ns", "direction", "seq", "ack", "payload_len", "window", "flags"):
            assert np.array_equal(getattr(before.segments, column), getattr(after.segments, column)), column
        for column in ("verdicts", "client_state", "server_state", "bytes_in_flight", "scaled_window"):
            assert np.array_equal(getattr(before.tcp, column), getattr(after.tcp, column)), column
        for row in range(len(before.segments)):
            assert before.segments.options(row) == after.segments.options(row)
        lengths = capture.packets.orig_len[before.segments.packet].astype(int) - other.packets.orig_len
        assert np.all(lengths >= 0)  # link layers are left out
        other.close()


@pytest.mark.parametrize(
    ("suffix", "original"),
    [(".svg", b"10.20.0.7"), (".pdf", b"10.20.0.7"), (".pcapng", b"www.example.org")],
)
def test_without_masks_the_originals_are_there(suffix: str, original: bytes, tmp_path: Path, qtbot: QtBot) -> None:
    """The tests above can fail."""
    path = next(path for path in SAMPLES if path.stem == "https-tls13")
    written = export(masked_job(path, level="messages", masks=frozenset()), tmp_path / f"a{suffix}")[0]
    assert left_in(written.read_bytes(), {original}) == {original}


def test_without_masks_the_packed_addresses_are_there(tmp_path: Path) -> None:
    capture, reading, _ = read(SAMPLES[0], 0)
    written = export(masked_job(SAMPLES[0], masks=frozenset()), tmp_path / "a.pcapng")[0]
    data = written.read_bytes()
    assert all(address in data for address in originals.packed(capture, reading.analysis.flow))


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


# -- a flow in which there is everything ------------------------------------------------------------------------------

#: What it tells, by the kind that masks it.
TOLD: dict[str, tuple[bytes, ...]] = {
    "addresses": (b"10.9.8.7", b"192.0.2.99"),
    "names": (b"www.secret-shop.example", b"intranet-of-bob", b"cdn.secret-shop.example"),
    "cookies": (b"4bd0c4e2sessionid", b"chocolate-with-nuts"),
    "authorization": (b"ZXZhOnBhc3N3b3JkLW9mLWV2YQ==", b"k3y-0f-the-api"),
    "bodies": (b"iban=ch9300762011623852957", b"dear eva, your order"),
    "certificates": (),
}
PRIVATE = """\
client 10.9.8.7:50944  name eva-at-home.example
server 192.0.2.99:{port}  name www.secret-shop.example
path delay 5 ms
open
{tls}
remark on client data: Eva at 10.9.8.7 sends 4bd0c4e2sessionid and iban=CH9300762011623852957.
client requests POST /order?next=https://cdn.secret-shop.example/x with "iban=CH9300762011623852957"
    Cookie: sid=4bd0c4e2sessionid; taste=chocolate-with-nuts
    Authorization: Basic ZXZhOnBhc3N3b3JkLW9mLWV2YQ==
    X-Api-Key: k3y-0f-the-api
    Referer: https://intranet-of-bob/start
    X-Forwarded-For: 10.9.8.7
server responds 200 with "Dear Eva, your order\\nof 10.9.8.7 is with https://cdn.secret-shop.example/"
    Set-Cookie: sid=4bd0c4e2sessionid; Domain=www.secret-shop.example
    Content-Type: text/plain
client closes
"""


@pytest.fixture(params=["", "tls 1.2", "tls 1.3"])
def private(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "private.pcapng"
    text = PRIVATE.format(tls=request.param, port=443 if request.param else 80)
    compose(text).write(path)
    return path


@pytest.mark.parametrize("suffix", [*QUICK, *SLOW, ".pcapng"])
def test_nothing_of_what_it_says_is_told(private: Path, suffix: str, tmp_path: Path, qtbot: QtBot) -> None:
    secret = {text for texts in TOLD.values() for text in texts} | secrets_of(private, 0)
    for level in ("segments", "messages"):
        for written in export(masked_job(private, level=level), tmp_path / f"{level}{suffix}"):
            assert not left_in(written.read_bytes(), {text.lower() for text in secret})


@pytest.mark.parametrize("kind", sorted(TOLD))
def test_a_capture_keeps_what_is_not_masked(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "private.pcapng"
    compose(PRIVATE.format(tls="", port=80)).write(path)
    job = masked_job(path, masks=frozenset({kind}))
    data = export(Job(job.capture, job.reading, Wish(masks=job.wish.masks), job.keys), tmp_path / "a.pcapng")[0]
    told = {other: left_in(data.read_bytes(), {text.lower() for text in texts}) for other, texts in TOLD.items()}
    assert not told[kind]
    assert told["bodies" if kind == "addresses" else "addresses"]


def test_every_format_is_proven() -> None:
    assert {*QUICK, *SLOW, ".pcapng", ".png"} == {one.suffix for one in FORMATS}
