"""Where bytes come from: files, gzip, standard input; and files that change while they are open."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ladderview.capture import source as source_module
from ladderview.capture.source import CaptureChanged, NotACapture, Source, open_source
from ladderview.progress import Cancelled, no_progress

CONTENT = bytes(range(256)) * 40


def opened(path: Path, content: bytes = CONTENT) -> Source:
    path.write_bytes(content)
    return open_source(str(path), no_progress)


def everything(source: Source) -> bytes:
    return source.read(0, source.size)


def test_a_file(tmp_path: Path) -> None:
    source = opened(tmp_path / "file")
    assert (source.size, source.read(5, 3), source.read(source.size - 1, 9)) == (10240, b"\x05\x06\x07", b"\xff")
    assert source.read_unchanged(254, 4) == b"\xfe\xff\x00\x01"
    assert source.shortened == ""


GZIPPED = gzip.compress(CONTENT)
GZIP_FILES = {
    "one member": (GZIPPED, CONTENT, ""),
    "several members": (GZIPPED + gzip.compress(b"") + GZIPPED, CONTENT * 2, ""),
    "zeros at the end": (GZIPPED + bytes(100), CONTENT, ""),
    "cut": (GZIPPED[:-9], CONTENT, "the gzip data is cut short"),
    "cut in its check": (GZIPPED[:-1], CONTENT, "the gzip data is cut short"),
    "something else behind it": (GZIPPED + b"else", CONTENT, "the bytes after the gzip data are not gzip"),
}


@pytest.mark.parametrize(("packed", "content", "shortened"), GZIP_FILES.values(), ids=GZIP_FILES)
def test_gzip(tmp_path: Path, packed: bytes, content: bytes, shortened: str) -> None:
    source = opened(tmp_path / "file.gz", packed)
    assert (everything(source), source.shortened) == (content, shortened)


def test_damaged_gzip_keeps_what_came_before(tmp_path: Path) -> None:
    noise = os.urandom(3 << 20)
    packed = bytearray(gzip.compress(noise, 1))
    packed[-40] ^= 0xFF
    source = opened(tmp_path / "file.gz", bytes(packed))
    assert "damaged" in source.shortened
    assert source.size >= 2 << 20
    assert everything(source) == noise[: source.size]


def test_a_gzip_bomb_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "_SPOOL_FREE", 1 << 20)
    source = opened(tmp_path / "bomb.gz", gzip.compress(bytes(40 << 20)))
    assert source.shortened == "it unpacks to more than 100 times its size"
    assert source.size <= 9 << 20


def test_a_full_disk_ends_the_spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "_free_bytes", lambda spool: source_module._DISK_RESERVE)
    with pytest.raises(NotACapture, match="folder for temporary files"):
        opened(tmp_path / "file.gz", GZIPPED)


def test_spooling_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "spool"))
    (tmp_path / "spool").mkdir()
    source = opened(tmp_path / "file.gz", GZIPPED)
    assert list((tmp_path / "spool").iterdir()) == []
    assert everything(source) == CONTENT


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(packed: bool) -> None:
    code = """
from ladderview.capture.source import open_source
totals = []
source = open_source("-", lambda done, total: totals.append(total))
print(source.size, source.read(250, 3).hex(), set(totals))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], input=GZIPPED if packed else CONTENT, capture_output=True, check=True
    )
    assert run.stdout.decode().strip() == "10240 fafbfc {0}"


def test_a_named_pipe_is_spooled(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = subprocess.Popen([sys.executable, "-c", f"open({str(tmp_path / 'pipe')!r}, 'wb').write(bytes(100000))"])
    source = open_source(str(tmp_path / "pipe"), no_progress)
    assert (writer.wait(), source.size) == (0, 100_000)


def test_spooling_can_be_cancelled(tmp_path: Path) -> None:
    def cancel(done: int, total: int) -> None:
        raise Cancelled

    (tmp_path / "file.gz").write_bytes(GZIPPED)
    with pytest.raises(Cancelled):
        open_source(str(tmp_path / "file.gz"), cancel)


def make_nothing(path: Path) -> None:
    """Leave the path without a file."""


REFUSED = {
    "no such file": (make_nothing, "no such file"),
    "a folder": (Path.mkdir, "is a folder, not a file"),
    "empty": (Path.touch, "is empty"),
    "gzip of nothing": (lambda path: path.write_bytes(gzip.compress(b"")), "is empty"),
    "gzip header alone": (lambda path: path.write_bytes(GZIPPED[:2]), "the gzip data is cut short"),
}


@pytest.mark.parametrize(("make", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path: Path, make: object, reason: str) -> None:
    path = tmp_path / "it"
    make(path)  # type: ignore[operator]
    with pytest.raises(NotACapture) as refused:
        open_source(str(path), no_progress)
    assert str(refused.value) == f"{path}: {reason}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(CONTENT)
    (tmp_path / "secret").chmod(0)
    with pytest.raises(NotACapture, match="no permission to read it"):
        open_source(str(tmp_path / "secret"), no_progress)


@pytest.mark.parametrize("name", ["\0", "x" * 5000, "file/below"])
def test_impossible_names(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(CONTENT)
    with pytest.raises(NotACapture):
        open_source(str(tmp_path / name), no_progress)


# -- a file that changes -------------------------------------------------------------------------------------------


def cut(path: Path) -> None:
    os.truncate(path, 500)


def change(path: Path) -> None:
    path.write_bytes(bytes(len(CONTENT)))


def replace(path: Path) -> None:
    path.with_name("new").write_bytes(CONTENT)
    path.with_name("new").replace(path)


def rewrite_longer(path: Path) -> None:
    path.write_bytes(bytes(len(CONTENT) + 1))


CHANGES = {
    "cut": (cut, "was cut short"),
    "changed": (change, "was changed"),
    "replaced": (replace, "was replaced"),
    "rewritten": (rewrite_longer, "was changed"),
}


@pytest.mark.parametrize(("happen", "what"), CHANGES.values(), ids=CHANGES)
def test_a_changed_file(tmp_path: Path, happen: object, what: str) -> None:
    path = tmp_path / "file"
    source = opened(path)
    os.utime(path, ns=(0, 0))
    source = open_source(str(path), no_progress)
    happen(path)  # type: ignore[operator]
    with pytest.raises(CaptureChanged, match=f"the file {what} after it was opened"):
        source.read_unchanged(0, 10)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


@pytest.mark.parametrize("happen", [append, Path.unlink])
def test_what_leaves_the_bytes_as_they_were(tmp_path: Path, happen: object) -> None:
    source = opened(tmp_path / "file")
    happen(tmp_path / "file")  # type: ignore[operator]
    assert source.read_unchanged(1, 3) == b"\x01\x02\x03"


def test_a_spool_does_not_mind_what_happens_to_its_file(tmp_path: Path) -> None:
    source = opened(tmp_path / "file.gz", GZIPPED)
    (tmp_path / "file.gz").write_bytes(b"")
    assert source.read_unchanged(1, 3) == b"\x01\x02\x03"


@pytest.mark.parametrize("content", [CONTENT, GZIPPED])
def test_closed(tmp_path: Path, content: bytes) -> None:
    source = opened(tmp_path / "file", content)
    source.close()
    source.close()
    with pytest.raises(CaptureChanged, match="the capture is closed"):
        source.read_unchanged(0, 1)
