"""How is a file put in its place so that nobody ever finds half of it?

Plan: what is written goes into a draft beside the file, is forced to the disk, and takes the file's name only then, by
one rename. So under the name there is a whole file at every moment, the old or the new, whatever is killed when.

Traps: the name may be a link to a file that is kept elsewhere; the link stays. The file that is replaced keeps its
rights; a new one has those that the umask leaves. What is no file (a pipe, /dev/null) cannot be replaced without being
destroyed: it is written as it stands. A draft that a killed process has left, or that somebody has put there as a link
to another file, is taken away first and never followed. A name may be as long as the system allows: a draft's name
quotes its begin alone.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

#: Characters of a file's name in the name of its draft: with up to 4 bytes each it stays below the usual limit of 255.
_QUOTED = 48


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file to write into, which stands at ``path`` once the block has ended without an error.

    Of a process that is killed meanwhile a draft is left beside it, under a name that begins with a dot.

    Raises:
        OSError: it cannot be written; what stood there is as it was. It names ``path``, not the draft.
        Whatever the block raises; what stood there is as it was.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not (target.is_file() or target.is_dir()):
        with target.open("wb") as file:
            yield file
        return
    draft = _draft_of(target)
    try:
        draft.unlink(missing_ok=True)
        with draft.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            draft.chmod(target.stat().st_mode & 0o777)
        draft.replace(target)
    except BaseException as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename == str(draft):
            raise OSError(error.errno, error.strerror, os.fspath(path)) from error
        raise
    _sync_folder(target.parent)


def write_whole(path: str | os.PathLike[str], data: bytes) -> Path:
    """Write a file at once, by ``whole_file``; returns its path.

    Raises:
        OSError: it cannot be written; the old one is as it was.
    """
    with whole_file(path) as file:
        file.write(data)
    return Path(path)


def _draft_of(target: Path) -> Path:
    """Another one for each process and thread, so that two that write the same file do not share a draft."""
    return target.with_name(f".{target.name[:_QUOTED]}.{os.getpid()}.{threading.get_native_id()}.tmp")


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk, where the system can."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
