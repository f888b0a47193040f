"""What does a person see when something fails that nobody foresaw? A dialog, with a report that can be sent to us.

Plan: the report tells where in the program it happened and in which versions, and nothing else. An exception's message,
the values of variables and the names of files may come from a capture, and decrypted content may be among them: so none
of them is taken, neither into the report nor, unless somebody sits at a terminal, to standard error, which desktops
keep in a log.

Traps: what fails once may fail at every repaint. The same failure is shown once, and one dialog is open at a time.
A worker thread must not make a dialog: a signal carries its report to the thread of the windows.
"""

from __future__ import annotations

import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout

from ladderview.ui.file_dialogs import ask_where
from ladderview.ui.style import fixed_font
from ladderview.ui.versions import versions
from ladderview.whole_file import write_whole

#: Frames that are told of each exception, the innermost ones; a recursion has a thousand.
MOST_FRAMES = 60

#: Exceptions that led to each other.
MOST_CAUSES = 5

PACKAGE = Path(__file__).resolve().parent.parent


def report_of(error: BaseException) -> str:
    """Where a failure happened and in which versions: no message, no value, no path of a person's."""
    lines = [f"{name} {version}" for name, version in versions()]
    cause: BaseException | None = error
    seen: set[int] = set()
    while cause is not None and id(cause) not in seen and len(seen) < MOST_CAUSES:
        name = _name_of(type(cause))
        lines += ["", f"after {name}" if seen else name, *_frames(cause.__traceback__)]
        seen.add(id(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n".join(lines) + "\n"


def _name_of(kind: type[BaseException]) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _frames(place: TracebackType | None) -> list[str]:
    """One line a frame, the innermost last. Without source text: that may be a command that somebody typed."""
    frames = list(traceback.walk_tb(place))
    lines = [f"  {_place(frame.f_code.co_filename)}:{line} in {frame.f_code.co_qualname}" for frame, line in frames]
    if len(lines) > MOST_FRAMES:
        return [f"  ({len(lines) - MOST_FRAMES} frames before)", *lines[-MOST_FRAMES:]]
    return lines


def _place(name: str) -> str:
    """A source file within this program, else its last two parts: folders before those can name a person."""
    path = Path(name)
    if path.is_relative_to(PACKAGE):
        return path.relative_to(PACKAGE.parent).as_posix()
    return "/".join(path.parts[-2:])


class CrashReporter(QObject):
    """Takes every exception that nobody caught, on any thread, and shows it.

    Signals:
        failed(str): a report, for the thread of the windows.
    """

    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown: set[str] = set()
        self.dialog: CrashDialog | None = None
        self.failed.connect(self._show)

    def take_over(self) -> None:
        """From now on hear of every exception that nobody caught."""
        sys.excepthook = self.hear
        threading.excepthook = self._hear_of_thread

    def hear(self, kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        """Report an exception; Python's own way for those that are no failures."""
        if not isinstance(error, Exception):
            sys.__excepthook__(kind, error, place)
            return
        report = report_of(error)
        if sys.stderr is not None:
            if sys.stderr.isatty():
                sys.__excepthook__(kind, error, place)
            else:
                sys.stderr.write(report)
        self.failed.emit(report)

    def _hear_of_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self.hear(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    def _show(self, report: str) -> None:
        if report in self._shown:
            return
        self._shown.add(report)
        if self.dialog is not None:
            self.dialog.add(report)
            return
        self.dialog = CrashDialog(report)
        self.dialog.finished.connect(self._on_finished)
        self.dialog.show()

    def _on_finished(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None


class CrashDialog(QDialog):
    """Says that something failed, shows the whole report, and lets it be copied or saved."""

    def __init__(self, report: str) -> None:
        super().__init__(QApplication.activeWindow())
        self.setWindowTitle(self.tr("Something went wrong"))
        what = QLabel(
            self.tr(
                "ladderview met a fault of its own. It goes on, but what it shows may be incomplete.\n\n"
                "This report says where in the program that was, and in which versions. It holds nothing of your "
                "capture: no packets, no names, no keys."
            )
        )
        what.setWordWrap(True)
        self.text = QPlainTextEdit(report)
        self.text.setReadOnly(True)
        self.text.setFont(fixed_font())
        self.text.setAccessibleName(self.tr("Report"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = buttons.addButton(self.tr("Copy Report"), QDialogButtonBox.ButtonRole.ActionRole)
        self.save_button = buttons.addButton(self.tr("Save Report…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        self.save_button.clicked.connect(self._ask_where)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(12)
        column.addWidget(what)
        column.addWidget(self.text, 1)
        column.addWidget(buttons)
        self.resize(640, 460)

    def add(self, report: str) -> None:
        """Something else failed meanwhile."""
        self.text.appendPlainText("\n" + report)

    def save(self, name: str) -> None:
        """Write the report to a file; a failure to do so is said in the report's place at its end."""
        try:
            write_whole(name, self.text.toPlainText().encode("utf-8", "replace"))
        except OSError as error:
            self.text.appendPlainText("\n" + self.tr("The report could not be saved:") + f" {error.strerror}")

    def _ask_where(self) -> None:
        title, kinds = self.tr("Save the report"), self.tr("Text (*.txt)")
        ask_where(self, title, "ladderview-report.txt", kinds, self.save, "save_folder")
