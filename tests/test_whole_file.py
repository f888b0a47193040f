"""Under its name stands the old file or the new one, whole, whatever happens, and no draft is left."""

from __future__ import annotations

import errno
import os
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ladderview.whole_file import whole_file, write_whole

OLD, NEW = b"the old one", b"the new one"

posix = pytest.mark.skipif("sys.platform == 'win32'", reason="no rights and signals as POSIX has them")
ordinary = pytest.mark.skipif("os.geteuid() == 0", reason="root writes into every folder")


def drafts(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    before = os.umask(0o022)
    os.umask(before)
    yield os.umask
    os.umask(before)


NAMES = {
    "plain": "ladder.svg",
    "no suffix": "ladder",
    "hidden": ".ladder",
    "not UTF-8": os.fsdecode(b"\xff\xfe.svg"),
    "as long as a name may be": "a" * 255,
    "as long as a name may be, of wide characters": "\U0001d11e" * 63,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("before", [None, OLD], ids=["new", "replaced"])
def test_what_was_written_stands_there_alone(tmp_path: Path, name: str, before: bytes | None) -> None:
    target = tmp_path / name
    if before is not None:
        target.write_bytes(before)
    assert write_whole(target, NEW) == target
    assert target.read_bytes() == NEW
    assert os.listdir(tmp_path) == [name]


def test_the_old_one_stands_until_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.write_bytes(OLD)
    with whole_file(target) as file:
        file.write(NEW)
        file.flush()
        assert target.read_bytes() == OLD
    assert target.read_bytes() == NEW


FAULTS = [OSError(errno.ENOSPC, "No space left on device"), ValueError("no such packet"), KeyboardInterrupt()]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("before", [None, OLD], ids=["new", "replaced"])
def test_a_writer_that_fails_leaves_all_as_it_was(tmp_path: Path, fault: BaseException, before: bytes | None) -> None:
    target = tmp_path / "x"
    if before is not None:
        target.write_bytes(before)

    def write() -> None:
        with whole_file(target) as file:
            file.write(NEW)
            raise fault

    with pytest.raises(type(fault)) as raised:
        write()
    assert raised.value is fault
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([] if before is None else [before])


def test_a_disk_that_does_not_take_it_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    target = tmp_path / "x"
    target.write_bytes(OLD)
    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output error"):
        write_whole(target, NEW)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [OLD]


def test_the_name_is_forced_to_the_disk_after_the_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda number: forced.append("folder" if _is_folder(number) else "file"))
    write_whole(tmp_path / "x", NEW)
    assert forced == (["file"] if sys.platform == "win32" else ["file", "folder"])


def _is_folder(descriptor: int) -> bool:
    return stat.S_ISDIR(os.fstat(descriptor).st_mode)


@posix
@pytest.mark.parametrize(
    ("mask", "before", "after"),
    [(0o022, None, 0o644), (0o077, None, 0o600), (0o022, 0o600, 0o600), (0o077, 0o664, 0o664), (0o022, 0o444, 0o444)],
)
def test_rights_are_those_of_the_old_one_or_of_the_umask(
    tmp_path: Path, umask: Callable[[int], int], mask: int, before: int | None, after: int
) -> None:
    target = tmp_path / "x"
    if before is not None:
        target.write_bytes(OLD)
        target.chmod(before)
    umask(mask)
    write_whole(target, NEW)
    assert rights(target) == after


@posix
@pytest.mark.parametrize("there", [True, False], ids=["to a file", "to nothing yet"])
def test_a_link_stays_one(tmp_path: Path, there: bool) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    if there:
        (kept / "real").write_bytes(OLD)
    link = tmp_path / "link"
    link.symlink_to("kept/real")
    write_whole(link, NEW)
    assert os.readlink(link) == "kept/real"
    assert (kept / "real").read_bytes() == NEW
    assert drafts(tmp_path) == drafts(kept) == []


def draft_name(tmp_path: Path) -> str:
    """What the draft of this process and thread is called."""
    with whole_file(tmp_path / "x"):
        (name,) = drafts(tmp_path)
    return name


def test_a_draft_tells_whose_it_is(tmp_path: Path) -> None:
    assert re.fullmatch(rf"\.x\.{os.getpid()}\.\d+\.tmp", draft_name(tmp_path))


def test_a_draft_that_was_left_behind_is_no_hindrance(tmp_path: Path) -> None:
    left = tmp_path / draft_name(tmp_path)
    left.write_bytes(b"half of something long ago")
    write_whole(tmp_path / "x", NEW)
    assert (tmp_path / "x").read_bytes() == NEW
    assert drafts(tmp_path) == []


@posix
def test_a_link_in_the_place_of_the_draft_is_not_followed(tmp_path: Path) -> None:
    """In a folder that others write to."""
    precious = tmp_path / "precious"
    precious.write_bytes(OLD)
    (tmp_path / draft_name(tmp_path)).symlink_to(precious)
    write_whole(tmp_path / "x", NEW)
    assert precious.read_bytes() == OLD


def test_two_threads_do_not_write_into_one_draft(tmp_path: Path) -> None:
    target, both = tmp_path / "x", threading.Barrier(2)

    def write(letter: bytes) -> None:
        with whole_file(target) as file:
            file.write(letter * 50_000)
            both.wait(10)
            file.write(letter * 50_000)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(write, [b"a", b"b"]))
    assert target.read_bytes() in (b"a" * 100_000, b"b" * 100_000)
    assert drafts(tmp_path) == []


def test_a_folder_that_is_not_there_is_said_by_the_name_that_was_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "absent" / "x"
    with pytest.raises(FileNotFoundError) as raised:
        write_whole(target, NEW)
    assert raised.value.filename == str(target)


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.mkdir()
    with pytest.raises(OSError, match=re.escape(repr(str(target)))):
        write_whole(target, NEW)
    assert os.listdir(tmp_path) == ["x"]


@posix
@ordinary
def test_a_folder_that_is_only_read_is_said(tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.write_bytes(OLD)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(PermissionError) as raised:
            write_whole(target, NEW)
    finally:
        tmp_path.chmod(0o755)
    assert raised.value.filename == str(target)
    assert target.read_bytes() == OLD


@posix
def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, NEW)
        assert os.read(reader, 100) == NEW
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


_WRITE_HALF = """
import sys, time
from ladderview.whole_file import whole_file
with whole_file(sys.argv[1]) as file:
    file.write(b"half of the new one")
    file.flush()
    print("written", flush=True)
    time.sleep(60)
"""


@posix
def test_a_process_that_is_killed_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.write_bytes(OLD)
    with subprocess.Popen([sys.executable, "-c", _WRITE_HALF, str(target)], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"written\n"
        child.send_signal(signal.SIGKILL)
    assert target.read_bytes() == OLD
    assert [name.startswith(".x.") for name in drafts(tmp_path)] == [True]
    write_whole(target, NEW)
    assert target.read_bytes() == NEW
