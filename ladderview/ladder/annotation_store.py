"""Where are the annotations of a capture kept, and how does no edit get lost?

Plan: beside the capture, as ``NAME.ladder``; where that cannot be written (a folder that is only read, standard input)
or is no annotation file (which is never overwritten), in the person's state folder under a name made of the capture's
identity. The window saves a second after each edit, and a file is replaced whole or not at all.

Two windows may edit the annotations of one capture. Saving reads what is there, under a lock, and merges: what this
window changed since it last read counts, all else is the other's. Where both changed the same annotation both are kept.
"""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_state_path

from ladderview.capture.capture import Capture
from ladderview.ladder.annotation_json import (
    LARGEST_FILE,
    VERSION,
    CaptureIdentity,
    LadderFile,
    NotAnnotations,
    clean,
    from_json,
    to_json,
)
from ladderview.ladder.annotations import Annotation, Annotations, located, new_id
from ladderview.resources import resource_path
from ladderview.whole_file import write_whole

SUFFIX = ".ladder"

#: Bytes at the begin of a capture by which it is known again.
HASHED = 64 << 10


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was found for a capture.

    Attributes:
        annotations: on the packets of this capture.
        remarks: what a person must be told, a sentence each.
    """

    annotations: Annotations
    remarks: tuple[str, ...] = ()


def capture_beside(path: str) -> str:
    """The capture whose annotations a path is (they stand beside it); any other path as it is."""
    return path.removesuffix(SUFFIX)


def identity_of(capture: Capture) -> CaptureIdentity:
    """By which a capture is known again. A capture that has changed meanwhile is known by what is left of it.

    One that was composed is known by its text: the random numbers of TLS in it are others each time.
    """
    text = None if capture.scenario is None else capture.scenario.encode("utf-8", "replace")
    try:
        begin = capture.source.read(0, HASHED) if capture.source.fd >= 0 else b""
    except OSError:
        begin = b""
    begin = begin if text is None else text[:HASHED]
    times = capture.packets.ts_ns
    first_ns, last_ns = (int(times[0]), int(times[-1])) if len(times) else (0, 0)
    name = "standard input" if capture.path == "-" else os.path.basename(capture.path)
    return CaptureIdentity(
        clean(os.fsencode(name).decode("utf-8", "replace")),
        capture.size if text is None else len(text),
        len(times),
        first_ns,
        last_ns,
        hashlib.sha256(begin).hexdigest(),
    )


def _shipped(capture: Capture) -> str:
    """The name, in the program's own folder, of a lesson or a sample; empty for what is a person's.

    That folder is not for a person's notes: it goes with the next version, and may lie elsewhere each time.
    """
    path, own = Path(os.path.abspath(capture.path)), resource_path()
    return path.relative_to(own).as_posix() if path.is_relative_to(own) else ""


def state_folder() -> Path:
    """Where annotations are kept that cannot stand beside their capture, and the locks of all."""
    return user_state_path("ladderview", appauthor=False)


class AnnotationStore:
    """The annotations of one capture on the disk, as one window sees them.

    Attributes (to read):
        path: the file that is written.
    """

    def __init__(self, capture: Capture, path: Path | None = None, state: Path | None = None) -> None:
        """Look for nothing yet; ``path`` is a file that the person named, ``state`` another state folder."""
        self._capture = capture
        self._identity = identity_of(capture)
        self._state = state or state_folder()
        self._version = VERSION
        self._saving = threading.Lock()
        self._base = Annotations()
        beside = None if capture.path == "-" or _shipped(capture) else Path(os.path.abspath(capture.path) + SUFFIX)
        self._wanted = path or beside
        self._aside = self._state / "annotations" / f"{self._key()}{SUFFIX}"
        self.path = self._wanted or self._aside

    def _key(self) -> str:
        one = self._identity
        place = "" if self._capture.path == "-" else _shipped(self._capture) or os.path.abspath(self._capture.path)
        if place and self._capture.scenario is not None:  # its text is changed under the notes, letter by letter
            return hashlib.sha256(os.fsencode(f"scenario {place}")).hexdigest()[:32]
        words = f"{one.size} {one.packets} {one.first_ns} {one.last_ns} {one.sha256} {place}"
        return hashlib.sha256(os.fsencode(words)).hexdigest()[:32]

    # -- loading ------------------------------------------------------------------------------------------------------

    def load(self) -> Loaded:
        """The annotations that there are; what cannot be read is told, and stays as it is."""
        remarks: list[str] = []
        files = []
        for path in dict.fromkeys(filter(None, (self._wanted, self._aside))):
            try:
                files.append(_read(path))
            except FileNotFoundError:
                continue
            except (NotAnnotations, OSError) as error:
                reason = str(error) if isinstance(error, NotAnnotations) else error.strerror or str(error)
                remarks.append(f"The annotations in {path} cannot be read: {reason}. The file stays as it is.")
                if path == self._wanted:
                    self.path = self._aside
        if not files:
            return Loaded(self._base, tuple(remarks))
        file = files[0]
        for other in files[1:]:  # notes that were put aside while the folder could not be written
            file = replace(file, annotations=merged(Annotations(), other.annotations, file.annotations))
        self._version = file.version
        annotations, lost = located(file.annotations, self._capture.packets)
        remarks += self._remarks(file, lost)
        self._base = annotations
        return Loaded(annotations, tuple(remarks))

    def _remarks(self, file: LadderFile, lost: int) -> Iterator[str]:
        known = file.capture if self._capture.scenario is None else None  # a scenario is there to be changed
        if known is not None and replace(known, name="") != replace(self._identity, name=""):
            was, now = (f"{one.packets} packets in {one.size} bytes" for one in (known, self._identity))
            changed = f"it had {was}, and has {now}" if was != now else "its packets are others"
            yield f"The capture was changed since it was annotated: {changed}. Each note is at the packet of its time."
        if lost:
            which = "One annotation hangs" if lost == 1 else f"{lost} annotations hang"
            yield f"{which} on packets that are not in this capture; they are kept, and not drawn."
        if file.annotations.unknown:
            count = len(file.annotations.unknown)
            which = "One annotation is" if count == 1 else f"{count} annotations are"
            yield f"{which} of a kind that this version does not know; they are kept, and not drawn."

    # -- saving -------------------------------------------------------------------------------------------------------

    def save(self, annotations: Annotations) -> Annotations:
        """Write them, and return them with what another window has written meanwhile.

        Raises:
            OSError: neither the place beside the capture nor the state folder can be written.
        """
        with self._saving:
            return self._save(annotations)

    def _save(self, annotations: Annotations) -> Annotations:
        for path in dict.fromkeys((self.path, self._aside)):
            try:
                found = self._save_to(path, annotations)
            except (OSError, NotAnnotations):
                if path == self._aside:
                    raise
                continue
            self.path = path
            if path != self._aside:
                self._aside.unlink(missing_ok=True)  # what was in it was read with the rest, and stands here now
            return found
        raise OSError("there is no place for the annotations")

    def _save_to(self, path: Path, annotations: Annotations) -> Annotations:
        with _locked(self._state / "locks", path):
            try:
                there = _read(path)
            except FileNotFoundError:
                there, known = LadderFile(Annotations()), Annotations()  # where there was one, it was taken away
                if not len(annotations) and not annotations.unknown:
                    return annotations
            else:
                known = self._base
                self._version = max(self._version, there.version)
            theirs = located(there.annotations, self._capture.packets)[0]
            together = merged(known, annotations, theirs)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, to_json(LadderFile(together, self._identity, self._version)).encode())
        self._base = together
        return together


def _read(path: Path) -> LadderFile:
    """A file of annotations; raises FileNotFoundError, OSError and NotAnnotations."""
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise NotAnnotations(f"it is larger than {LARGEST_FILE >> 20} MB")
    return from_json(data)


@contextmanager
def _locked(folder: Path, path: Path) -> Iterator[None]:
    """Only one window at a time; the system lets go of the lock of a process that was killed.

    Where there is no place for a lock, saving goes on without: a merge that meets another is rarer than a lost edit.
    """
    name = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:32]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def merged(base: Annotations, mine: Annotations, theirs: Annotations) -> Annotations:
    """What both changed since ``base``, together; an annotation that both changed is there twice."""
    before, my, their = ({one.id: one for one in each} for each in (base, mine, theirs))
    together: list[Annotation] = []
    for one_id in dict.fromkeys((*their, *my)):
        old, own, other = before.get(one_id), my.get(one_id), their.get(one_id)
        if own is not None and other is not None and old not in (own, other) and own != other:
            together += [own, replace(other, id=new_id())]
            continue
        kept = other if own == old else own
        if kept is None and old is not None and other not in (None, old):
            kept = other  # taken away here, but changed there
        if kept is not None:
            together.append(kept)
    unknown = (*theirs.unknown, *(one for one in mine.unknown if one not in theirs.unknown))
    return Annotations(tuple(together), unknown, theirs.extra or mine.extra)
