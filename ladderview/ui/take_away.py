"""How does what is shown leave the window? As text, as a display filter, in Wireshark, as a picture."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QSettings, QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from ladderview.analysis.reading import read_flow
from ladderview.capture.capture import CaptureChanged
from ladderview.progress import Progress
from ladderview.render.export import ExportError, export
from ladderview.render.job import Job, Wish
from ladderview.render.text import packet_lines
from ladderview.ui.background import Background
from ladderview.ui.dialogs import refuse
from ladderview.ui.workspace import Workspace

#: Where Wireshark is when it is not on the PATH.
WIRESHARK_PLACES = (
    "/Applications/Wireshark.app/Contents/MacOS/Wireshark",
    r"C:\Program Files\Wireshark\Wireshark.exe",
)

#: Pixels a point in an exported PNG: sharp in a document and on a high-density screen.
PNG_SCALE = 2.0


def wireshark_path() -> str | None:
    """The Wireshark that is installed, or None."""
    return shutil.which("wireshark") or next((place for place in WIRESHARK_PLACES if os.access(place, os.X_OK)), None)


def display_filter(flow_id: int, packet: int) -> str:
    """A Wireshark display filter that shows one packet; ``packet`` counts from 0."""
    return f"tcp.stream eq {flow_id} && frame.number == {packet + 1}"


class TakeAway(QObject):
    """The actions that carry something out of the window.

    Signals:
        said(str): what was done, in a few words, for the status line.
    """

    said = Signal(str)

    def __init__(self, window: QWidget, workspace: Workspace, background: Background) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._background = background

    def _packet(self) -> int:
        """The selected packet, from 0, or -1."""
        analysis, row = self._workspace.analysis, self._workspace.row
        return int(analysis.segments.packet[row]) if analysis is not None and row >= 0 else -1

    def copy_text(self) -> None:
        """Put the selected packet's layers and arithmetic on the clipboard."""
        capture, analysis, packet = self._workspace.capture, self._workspace.analysis, self._packet()
        if capture is None or analysis is None or packet < 0:
            return
        try:
            text = "\n".join(packet_lines(capture, analysis, self._workspace.row))
        except CaptureChanged as error:
            refuse(self._window, str(error), "Cannot copy the packet")
            return
        QGuiApplication.clipboard().setText(text)
        self.said.emit(f"Packet #{packet + 1} copied as text")

    def copy_filter(self) -> None:
        """Put a display filter for the selected packet on the clipboard."""
        analysis = self._workspace.analysis
        if analysis is not None and self._packet() >= 0:
            text = display_filter(analysis.flow.id, self._packet())
            QGuiApplication.clipboard().setText(text)
            self.said.emit(f"Copied: {text}")

    def open_in_wireshark(self) -> None:
        """Start Wireshark on the capture, at the selected packet."""
        capture, program = self._workspace.capture, wireshark_path()
        if capture is None or program is None or capture.path == "-":
            return
        arguments = ["-r", os.path.abspath(capture.path)]
        if self._packet() >= 0:
            arguments += ["-g", str(self._packet() + 1)]
        # PySide6 answers with (started, pid); Qt's own answer is the first alone.
        started = QProcess.startDetached(program, arguments)
        if not (started[0] if isinstance(started, tuple) else started):
            refuse(self._window, f"{program} could not be started", "Cannot open Wireshark")

    def copy_log(self, text: Callable[[Progress], str]) -> None:
        """Put the log on the clipboard; it is made on a worker thread."""

        def copied(words: str) -> None:
            QGuiApplication.clipboard().setText(words)
            self.said.emit("Log copied")

        self._background.run("log", text, copied)

    def save_log(self, text: Callable[[Progress], str]) -> None:
        """Ask for a name and write the log there."""
        capture, analysis = self._workspace.capture, self._workspace.analysis
        if capture is None or analysis is None:
            return
        stem = "capture" if capture.path == "-" else Path(capture.path).name.partition(".")[0]
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = str(QSettings().value("export_folder", documents))
        dialog = QFileDialog(self._window, "Save the log", folder, "Text (*.txt)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.selectFile(f"{stem}-flow{analysis.flow.id}-log.txt")
        dialog.fileSelected.connect(lambda name: self.save_log_to(name, text))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_log_to(self, name: str, text: Callable[[Progress], str]) -> None:
        """Write the log, on a worker thread."""
        self._background.run(
            "log",
            lambda progress: Path(name).write_text(text(progress), encoding="utf-8"),
            lambda _: self.said.emit(f"Saved {os.path.basename(name)}"),
            lambda error: self._on_export_failed(name, error),
        )

    def export(self, kind: str) -> None:
        """Ask for a name and write the whole ladder there; ``kind`` is "png" or "svg"."""
        capture, analysis = self._workspace.capture, self._workspace.analysis
        if capture is None or analysis is None:
            return
        stem = "capture" if capture.path == "-" else Path(capture.path).name.partition(".")[0]
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        folder = str(QSettings().value("export_folder", documents))
        dialog = QFileDialog(self._window, f"Export as {kind.upper()}", folder, f"{kind.upper()} (*.{kind})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind)
        dialog.selectFile(f"{stem}-flow{analysis.flow.id}.{kind}")
        dialog.fileSelected.connect(self.export_to)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export_to(self, name: str) -> None:
        """Write the whole ladder of the selected flow, on a worker thread."""
        capture, analysis = self._workspace.capture, self._workspace.analysis
        if capture is None or analysis is None or not name:
            return
        QSettings().setValue("export_folder", os.path.dirname(name))
        wish = Wish(axis=self._workspace.axis, theme=self._workspace.theme.name, scale=PNG_SCALE)
        reading, keys = self._workspace.reading, self._workspace.keys
        self.said.emit(f"Exporting {os.path.basename(name)}…")
        self._background.run(
            "export",
            lambda progress: export(
                Job(capture, reading or read_flow(capture, analysis, keys, progress), wish, keys), Path(name), progress
            ),
            self._on_exported,
            lambda error: self._on_export_failed(name, error),
        )

    def _on_exported(self, written: list[Path]) -> None:
        more = f" and {len(written) - 1} more pages" if len(written) > 1 else ""
        self.said.emit(f"Exported {written[0].name}{more}" if written else "")

    def _on_export_failed(self, name: str, error: Exception) -> None:
        self.said.emit("")
        if isinstance(error, OSError):
            reason = f"cannot write {error.filename or name}: {error.strerror or error}"
        elif isinstance(error, ExportError | CaptureChanged):
            reason = str(error)
        else:
            raise error
        refuse(self._window, reason, "Cannot export the ladder")
