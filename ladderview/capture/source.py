"""Where do a capture's bytes come from? One random-access ``Source``, whatever was handed over.

Plan: a plain file is read where it lies. Gzip and standard input cannot be read at random, so they are spooled to
an anonymous temporary file first; what the disk holds costs the process no memory.

Traps: a mapped file that is cut short kills the process, so nothing is mapped: reads go through ``os.pread``, which
is safe from several threads. A gzip of a few kilobytes can unpack to terabytes: the spool is bounded. A file may be
replaced or cut while it is open: every later read compares size, time and inode with those at opening.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain

from ladderview.progress import Progress

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20
_END = 4 << 10
_UNPACK_AT_ONCE = 8 << 20
#: An unpacked gzip may be this large, and beyond that this many times the packed size. Captures pack 3 to 30 times.
_SPOOL_FREE = 1 << 32
_SPOOL_RATIO = 100
#: Free bytes that spooling leaves on the temporary folder's file system.
_DISK_RESERVE = 1 << 28


class NotACapture(Exception):
    """The file cannot be read as a capture at all; ``str()`` is one line for a person, with the cause."""


class CaptureChanged(Exception):
    """The file was cut short or replaced after it was read; ``str()`` is one line for a person."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong with a file, and where.

    Attributes:
        message: one line, with byte and packet number in it, ready to be shown.
        offset: byte offset of the damage in the (uncompressed) file.
        number: number of the packet that is damaged, counted from 1.
    """

    message: str
    offset: int
    number: int


@dataclass(slots=True)
class Source:
    """The bytes of a capture, open for reading at random.

    Attributes:
        fd: descriptor of the file, or of the anonymous spool; -1 once closed.
        size: bytes in it when it was opened.
        shortened: why the bytes end before their end (damaged gzip, full disk), or the empty string.
    """

    fd: int
    size: int
    name: str
    shortened: str = ""
    _spooled: bool = False
    _identity: tuple[int, ...] = ()
    _ends: bytes = b""

    def read_into(self, buffer: memoryview, offset: int) -> int:
        """Fill ``buffer`` from ``offset``; the bytes read, fewer only where the file ends."""
        done = 0
        while done < len(buffer):
            got = os.preadv(self.fd, [buffer[done:]], offset + done)
            if got == 0:
                break
            done += got
        return done

    def read(self, offset: int, length: int) -> bytes:
        """At most ``length`` bytes from ``offset``, as many as there are."""
        return os.pread(self.fd, max(0, min(length, self.size - offset)), offset)

    def read_unchanged(self, offset: int, length: int) -> bytes:
        """Exactly these bytes, as they were at opening.

        Raises:
            CaptureChanged: the file was cut short, written to or replaced since, or the capture was closed.
        """
        if self.fd < 0:
            raise CaptureChanged(f"{self.name}: the capture is closed")
        change = self._change()
        data = b"" if change else os.pread(self.fd, length, offset)
        if len(data) < length:
            raise CaptureChanged(
                f"{self.name}: the file {change or 'was cut short'} after it was opened; open it again"
            )
        return data

    def _change(self) -> str:
        """What happened to the file since it was opened, or the empty string."""
        if self._spooled:
            return ""
        now = os.fstat(self.fd)
        if now.st_size < self.size:
            return "was cut short"
        if _identity(now) != self._identity and not self._only_grew(now):
            return "was changed"
        try:
            named = os.stat(self.name)
        except OSError:
            return ""  # deleted or renamed: the bytes that are open are still those that were read
        return "" if os.path.samestat(named, now) else "was replaced"

    def _only_grew(self, now: os.stat_result) -> bool:
        """Whether a capture goes on being written: longer, and where it began and ended as it was."""
        return now.st_size > self.size and _ends(self.fd, self.size) == self._ends

    def close(self, close_fd: Callable[[int], None] = os.close) -> None:
        """Let the file go; closing twice does no harm. At the end of the program there may be no ``os`` any more."""
        fd, self.fd = self.fd, -1
        if fd >= 0:
            close_fd(fd)

    def __del__(self) -> None:
        self.close()


def _ends(fd: int, size: int) -> bytes:
    """The first and the last few kilobytes."""
    return os.pread(fd, _END, 0) + os.pread(fd, min(_END, size), max(0, size - _END))


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def open_source(path: str, progress: Progress) -> Source:
    """Open a file, or standard input for "-"; unpack gzip.

    Raises:
        NotACapture: it cannot be opened or read, or is empty.
        Cancelled: by ``progress``, while spooling.
    """
    if path == "-":
        return _spool(_chunks_of(sys.stdin.fileno()), "standard input", 0, progress)
    fd = -1
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        status = os.fstat(fd)
        if stat.S_ISDIR(status.st_mode):
            raise NotACapture(f"{path}: is a folder, not a file")
        if not stat.S_ISREG(status.st_mode):  # a named pipe or a device
            return _spool(_chunks_of(fd), path, 0, progress)
        if os.pread(fd, 2, 0) == _GZIP_MAGIC:
            return _spool(_chunks_of(fd), path, status.st_size, progress)
        if status.st_size == 0:
            raise NotACapture(f"{path}: is empty")
        source = Source(fd, status.st_size, path, "", False, _identity(status), _ends(fd, status.st_size))
        fd = -1
        return source
    except OSError as error:
        raise NotACapture(f"{path}: {_reason(error)}") from None
    except ValueError:  # a zero byte in the name
        raise NotACapture(f"{path!r}: no such file") from None
    finally:
        if fd >= 0:
            os.close(fd)


def _reason(error: OSError) -> str:
    """An operating system error as a person says it."""
    words = {
        errno.ENOENT: "no such file",
        errno.ENOTDIR: "no such file",
        errno.EACCES: "no permission to read it",
        errno.EISDIR: "is a folder, not a file",
    }
    return words.get(error.errno or 0) or error.strerror or str(error)


def _chunks_of(fd: int) -> Iterator[bytes]:
    while chunk := os.read(fd, _CHUNK):
        yield chunk


class _Shortened(Exception):
    """The stream ends before its end; ``str()`` says why."""


def _spool(chunks: Iterator[bytes], name: str, packed_size: int, progress: Progress) -> Source:
    """Copy a stream to an anonymous file, unpacked if it is gzip."""
    meter = _Meter(progress, packed_size)
    first = b""
    while len(first) < len(_GZIP_MAGIC) and (more := next(chunks, b"")):
        first += more
    stream = meter.counted(chain((first,), chunks))
    source = Source(_anonymous_file(), 0, name, "", True)
    try:
        for data in _unpacked(stream, meter) if first.startswith(_GZIP_MAGIC) else stream:
            _write(source.fd, data)
            source.size += len(data)
    except _Shortened as reason:
        source.shortened = str(reason)
    except BaseException:
        source.close()
        raise
    if source.size == 0:
        source.close()
        raise NotACapture(f"{name}: {source.shortened or 'is empty'}")
    return source


def source_of(data: bytes, name: str) -> Source:
    """A source of bytes that were never in a file of their own; ``name`` is what a person knows them by."""
    source = Source(_anonymous_file(), len(data), name, "", True)
    try:
        _write(source.fd, data)
    except _Shortened as reason:
        source.close()
        raise NotACapture(f"{name}: {reason}") from None
    return source


def _anonymous_file() -> int:
    """The descriptor of a temporary file that has no name, so that nothing of a capture is left behind."""
    # Slow to import, and a plain file needs none.
    import tempfile  # noqa: PLC0415

    with tempfile.TemporaryFile(prefix="ladderview-") as file:
        return os.dup(file.fileno())


def _write(fd: int, data: bytes) -> None:
    """All of ``data``; ``_Shortened`` before it would fill the disk."""
    try:
        if _free_bytes(fd) < _DISK_RESERVE + len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
    except OSError as error:
        raise _Shortened(f"the folder for temporary files cannot hold it ({error.strerror})") from None


def _free_bytes(fd: int) -> int:
    """Bytes that the file's file system has left; enough, where the system cannot say."""
    if not hasattr(os, "fstatvfs"):
        return 1 << 62
    status = os.fstatvfs(fd)
    return status.f_bavail * status.f_frsize


class _Meter:
    """Counts the bytes that are read and tells ``progress`` some ten times a second."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._next = progress, total, 0.0
        self.read = 0

    def counted(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same chunks."""
        for chunk in chunks:
            self.read += len(chunk)
            self.tick()
            yield chunk

    def tick(self) -> None:
        """May raise ``Cancelled``."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.08
            self._progress(self.read, self._total)


def _unpacked(chunks: Iterator[bytes], meter: _Meter) -> Iterator[bytes]:
    """The bytes in a gzip file of any number of members (RFC 1952 section 2.2)."""
    member = zlib.decompressobj(wbits=31)
    written = 0
    for chunk in chunks:
        pending = chunk
        while pending:
            if member.eof:
                pending = pending.lstrip(b"\0")  # gzip(1) allows zeros after a member
                if not pending:
                    break
                if pending[:2] != _GZIP_MAGIC[: len(pending)]:
                    raise _Shortened("the bytes after the gzip data are not gzip")
                member = zlib.decompressobj(wbits=31)
            try:
                data = member.decompress(pending, _UNPACK_AT_ONCE)
            except zlib.error as error:
                raise _Shortened(f"the gzip data is damaged ({error})") from None
            pending = member.unconsumed_tail or member.unused_data
            written += len(data)
            meter.tick()
            yield data
            if written > max(_SPOOL_FREE, _SPOOL_RATIO * meter.read):
                raise _Shortened(f"it unpacks to more than {_SPOOL_RATIO} times its size")
    yield member.flush()
    if not member.eof:
        raise _Shortened("the gzip data is cut short")
