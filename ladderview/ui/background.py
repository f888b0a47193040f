"""How long work is kept off the event loop: one small pool of threads, jobs by name, the newest of a name wins.

Plan: a job is a plain callable that takes a ``Progress``. It runs on a worker thread; its result comes back
through a queued signal, so ``done`` and ``failed`` always run on the thread of the window.

Traps: a result may arrive after its job was cancelled or overtaken. The check stands where the result is
*received*, on the window's thread, so nothing stale can slip through between check and use.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, Signal

from ladderview.progress import Cancelled, Progress

#: Seconds between two reports of progress: often enough for a bar, rare enough to cost nothing.
REPORT_EVERY_S = 0.08

Work = Callable[[Progress], Any]

#: Those that wait for their last thread; without it they would be gone before they could answer it.
_retiring: set[Background] = set()


class _NoCollections:
    """Keeps Python's collector of reference cycles still while any thread is at work.

    It walks through all objects without letting another thread in, a tenth of a second at a time where there are many;
    what loading makes are arrays and strings, and no cycles.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_work = 0

    def __enter__(self) -> None:
        with self._lock:
            self._at_work += 1
            gc.disable()

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._at_work -= 1
            if self._at_work == 0:
                gc.enable()


_no_collections = _NoCollections()


@dataclass(eq=False)
class Job:
    """One piece of work: its name, what to do with the result, and the wish to stop it."""

    name: str
    done: Callable[[Any], None]
    failed: Callable[[Exception], None] | None = None
    progressed: Callable[[int, int], None] | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)


class Background(QObject):
    """Runs jobs on worker threads and answers on the thread it lives in.

    Signals:
        busy_changed(str, bool): a job of this name began, or the last of this name ended.
    """

    busy_changed = Signal(str, bool)
    _finished = Signal(object, object, object)
    _progressed = Signal(object, object, object)
    _ended = Signal(int)

    def __init__(self, parent: QObject | None = None, threads: int = 3) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="ladderview")
        self._jobs: dict[str, Job] = {}
        self._running = 0
        self._retired = False
        self._then: Callable[[], None] | None = None
        self._ended.connect(self._on_ended)
        self._finished.connect(self._on_finished)
        self._progressed.connect(self._on_progressed)

    def run(
        self,
        name: str,
        work: Work,
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
        progressed: Callable[[int, int], None] | None = None,
    ) -> Job:
        """Start ``work``; a job of the same name that still runs is cancelled and its result dropped."""
        self.cancel(name)
        job = Job(name, done, failed, progressed)
        if self._retired:
            return job
        self._jobs[name] = job
        self.busy_changed.emit(name, True)
        self._running += 1
        self._pool.submit(self._run, job, work)
        return job

    def cancel(self, name: str) -> None:
        """Drop the job of this name, if there is one; neither ``done`` nor ``failed`` will be called."""
        job = self._jobs.pop(name, None)
        if job is not None:
            job.cancelled.set()
            self.busy_changed.emit(name, False)

    def is_busy(self, name: str) -> bool:
        """Whether a job of this name is waiting or running."""
        return name in self._jobs

    def retire(self, then: Callable[[], None]) -> None:
        """Cancel everything, take no more, and call ``then`` once no thread is at work any more.

        What the threads read (the capture) may be closed by ``then`` and not before; and waiting for it here would
        freeze the window that is being closed.
        """
        for name in list(self._jobs):
            self.cancel(name)
        self._retired = True
        self._pool.shutdown(wait=False, cancel_futures=False)
        self._then = then
        _retiring.add(self)
        self._on_ended(0)

    def wait(self) -> None:
        """Wait for the threads, at the very end of the program."""
        self._pool.shutdown(wait=True)

    def _run(self, job: Job, work: Work) -> None:
        """Run one job on a worker thread. Every exception is a result: a worker must never die silently."""
        next_report = 0.0

        def progress(done: int, total: int) -> None:
            nonlocal next_report
            if job.cancelled.is_set():
                raise Cancelled
            now = time.monotonic()
            if now >= next_report:
                next_report = now + REPORT_EVERY_S
                self._progressed.emit(job, done, total)

        try:
            progress(0, 0)
            with _no_collections:
                result, error = work(progress), None
        except Cancelled:
            result, error = None, None
        except Exception as caught:  # handed to the window, which says it
            result, error = None, caught
        if not job.cancelled.is_set():
            self._finished.emit(job, result, error)
        self._ended.emit(1)

    def _on_ended(self, count: int) -> None:
        self._running -= count
        if self._running == 0 and self._then is not None:
            then, self._then = self._then, None
            _retiring.discard(self)
            then()

    def _on_progressed(self, job: Job, done: int, total: int) -> None:
        if self._jobs.get(job.name) is job and job.progressed is not None:
            job.progressed(done, total)

    def _on_finished(self, job: Job, result: object, error: Exception | None) -> None:
        if self._jobs.get(job.name) is not job:
            return
        del self._jobs[job.name]
        self.busy_changed.emit(job.name, False)
        if error is None:
            job.done(result)
        elif job.failed is not None:
            job.failed(error)
        else:
            raise error
