"""How do bytes get into a file that the person names, without the window ever waiting for them?

Plan: the portions are made and written on a worker thread; what is cancelled or fails leaves nothing behind. A small
window counts and can cancel.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

from ladderview.analysis.words import count, grouped
from ladderview.progress import Progress
from ladderview.ui.background import Background
from ladderview.ui.dialogs import refuse
from ladderview.ui.file_dialogs import ask_where, reason_of
from ladderview.whole_file import whole_file

#: What is to be written; made on a worker thread, where reading it may raise CaptureChanged.
Portions = Callable[[], Iterable[bytes]]

#: Milliseconds of saving before the window that counts appears.
_PATIENCE_MS = 400


_numbers = itertools.count()


class Saving(QObject):
    """Saves something of one window.

    Signals:
        said(str): what was done, in a few words, for the status line.
    """

    said = Signal(str)

    def __init__(self, window: QWidget, background: Background) -> None:
        super().__init__(window)
        self._window = window
        self._background = background
        self._counter: QProgressDialog | None = None
        self._job = f"save {next(_numbers)}"  # a job takes the place of one of its name: not of another saving's

    def ask(self, title: str, name: str, portions: Portions) -> None:
        """Let the person choose where to save; ``name`` is what the file is called unless they say otherwise."""
        ask_where(self._window, title, name, "", lambda chosen: self.save_to(chosen, portions), "save_folder")

    def save_to(self, name: str, portions: Portions, told: str = "") -> None:
        """Write the portions to this file, on a worker thread; ``told`` is what is said then, if not the size."""
        self._end_counting()
        self._count(Path(name).name)
        self._background.run(
            self._job,
            lambda progress: write_portions(Path(name), portions(), progress),
            lambda size: self._on_saved(name, size, told),
            lambda error: self._on_failed(name, error),
            self._on_progressed,
        )

    @property
    def is_busy(self) -> bool:
        """Whether a file is being written."""
        return self._background.is_busy(self._job)

    def _count(self, name: str) -> None:
        counter = QProgressDialog(self.tr("Saving {name}…").format(name=name), self.tr("Cancel"), 0, 0, self._window)
        counter.setWindowTitle(self.tr("Saving"))
        counter.setMinimumDuration(_PATIENCE_MS)
        counter.setWindowModality(Qt.WindowModality.NonModal)
        counter.setAutoReset(False)
        counter.canceled.connect(self._on_cancelled)
        self._counter = counter

    def _end_counting(self) -> None:
        counter, self._counter = self._counter, None
        if counter is not None:
            counter.canceled.disconnect(self._on_cancelled)
            counter.close()
            counter.deleteLater()

    def _on_progressed(self, done: int, total: int) -> None:
        if self._counter is not None and done:
            self._counter.setLabelText(self.tr("{done} bytes written").format(done=grouped(done)))
            self._counter.setValue(0)

    def _on_cancelled(self) -> None:
        self._background.cancel(self._job)
        self._end_counting()
        self.said.emit(self.tr("Saving cancelled; nothing was written"))

    def _on_saved(self, name: str, size: int, told: str) -> None:
        self._end_counting()
        sized = self.tr("Saved {name}, {size}").format(name=os.path.basename(name), size=count(size, "byte"))
        self.said.emit(told or sized)

    def _on_failed(self, name: str, error: Exception) -> None:
        self._end_counting()
        refuse(self._window, reason_of(error, name), self.tr("Cannot save"))


def write_portions(path: Path, portions: Iterable[bytes], progress: Progress) -> int:
    """Write a file, all of it or nothing (on a worker thread); how many bytes it has.

    Raises:
        OSError: the file cannot be written.
        CaptureChanged, Cancelled: by the portions, by ``progress``, which counts bytes.
    """
    size = 0
    with whole_file(path) as file:
        for portion in portions:
            file.write(portion)
            size += len(portion)
            progress(size, 0)
    return size
