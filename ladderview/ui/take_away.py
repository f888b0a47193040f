"""How does what is shown leave the window? As text, as a display filter, in Wireshark, as a picture."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable

import numpy as np
from PySide6.QtCore import QObject, QProcess, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ladderview.analysis.display_filter import packets_filter
from ladderview.capture.capture import CaptureChanged
from ladderview.capture.packets_again import saved_packets
from ladderview.capture.pcapng_copy import copied, is_pcapng
from ladderview.capture.save import pcapng_blocks
from ladderview.ladder.annotations import Kind
from ladderview.ladder.packet_comments import comments_in_copy
from ladderview.progress import Progress
from ladderview.render.job import Wish
from ladderview.render.text import packet_lines
from ladderview.ui.background import Background
from ladderview.ui.dialogs import refuse
from ladderview.ui.export_dialog import ExportDialog
from ladderview.ui.export_options import Start
from ladderview.ui.file_dialogs import ask_where, reason_of
from ladderview.ui.ladder_copy import Subject, copy_picture, copy_text
from ladderview.ui.ladder_view import LadderView
from ladderview.ui.saving import Saving
from ladderview.ui.shown_name import file_stem
from ladderview.ui.workspace import Workspace
from ladderview.whole_file import write_whole

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
        self.saving = Saving(window, background)
        self.saving.said.connect(self.said)

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
            text = "\n".join(packet_lines(capture, analysis, self._workspace.row, masker=self._workspace.masker))
        except CaptureChanged as error:
            refuse(self._window, str(error), self.tr("Cannot copy the packet"))
            return
        QGuiApplication.clipboard().setText(text)
        self.said.emit(self.tr("Packet #{packet} copied as text").format(packet=packet + 1))

    def copy_filter(self) -> None:
        """Put a display filter for all packets of the selected arrow on the clipboard."""
        analysis, chosen, reading = self._workspace.analysis, self._workspace.chosen, self._workspace.reading
        row = self._workspace.row
        if analysis is None or row < 0:
            return
        rows, port = np.array([row]), None
        if chosen is not None and reading is not None and chosen.row == row:
            rows = reading.rows_of(chosen)
            if chosen.messages:  # one end says them
                flow = analysis.flow
                port = (flow.server if analysis.segments.direction[row] else flow.client).port
        if "ports" in self._workspace.masks:
            port = None  # the filter then finds the packets of both ends between the first and the last
        text = packets_filter(analysis.flow.id, analysis.segments.packet[rows].astype(np.int64), port)
        QGuiApplication.clipboard().setText(text)
        self.said.emit(self.tr("Copied: {text}").format(text=text))

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
            refuse(
                self._window,
                self.tr("{program} could not be started").format(program=program),
                self.tr("Cannot open Wireshark"),
            )

    def copy_log(self, text: Callable[[Progress], str]) -> None:
        """Put the log on the clipboard; it is made on a worker thread."""

        def copied(words: str) -> None:
            QGuiApplication.clipboard().setText(words)
            self.said.emit(self.tr("Log copied"))

        self._background.run("log", text, copied)

    def save_log(self, text: Callable[[Progress], str]) -> None:
        """Ask for a name and write the log there."""
        capture, analysis = self._workspace.capture, self._workspace.analysis
        if capture is None or analysis is None:
            return
        stem = file_stem(capture.path, self._workspace.masks)
        ask_where(
            self._window,
            self.tr("Save the log"),
            f"{stem}-flow{analysis.flow.id}-log.txt",
            self.tr("Text (*.txt)"),
            lambda name: self.save_log_to(name, text),
            "export_folder",
        )

    def save_log_to(self, name: str, text: Callable[[Progress], str]) -> None:
        """Write the log, on a worker thread."""
        self._background.run(
            "log",
            lambda progress: write_whole(name, text(progress).encode()),
            lambda _: self.said.emit(self.tr("Saved {name}").format(name=os.path.basename(name))),
            lambda error: self._on_log_failed(name, error),
        )

    def _on_log_failed(self, name: str, error: Exception) -> None:
        self.said.emit("")
        refuse(self._window, reason_of(error, name), self.tr("Cannot save the log"))

    def export(self, ladder: LadderView) -> ExportDialog | None:
        """Show what an export would look like, and ask how it is to be."""
        subject = self._subject()
        if subject is None:
            return None
        dialog = ExportDialog(self._window, subject, self._start(ladder), self._background)
        dialog.said.connect(self.said)
        dialog.open()
        return dialog

    def copy_ladder(self, ladder: LadderView, *, as_text: bool) -> None:
        """Put the whole ladder, as it is shown, on the clipboard."""
        subject = self._subject()
        if subject is not None:
            copy = copy_text if as_text else copy_picture
            copy(self._background, subject, self._start(ladder).wish, self.said.emit, self._on_copy_failed)

    def _subject(self) -> Subject | None:
        capture, analysis = self._workspace.capture, self._workspace.analysis
        if capture is None or analysis is None:
            return None
        return Subject(capture, analysis, self._workspace.reading, self._workspace.keys)

    def _start(self, ladder: LadderView) -> Start:
        """What the ladder shows, as a wish."""
        marks, step, plan = ladder.marks, ladder.selected_step, ladder.plan
        reading = self._workspace.reading
        wish = Wish(
            level=self._workspace.level,
            axis=self._workspace.axis,
            theme=self._workspace.theme.name,
            scale=PNG_SCALE,
            reference="flow" if marks.reference == "selected" else marks.reference,
            swapped=marks.swapped,
            estimated=marks.estimated,
            unfolded=ladder.unfolded,
            raw=not self._workspace.relative_numbers,
            annotations=self._workspace.annotations,
            masks=self._workspace.masks,
        )
        arrow = None
        if plan is not None and 0 <= step < len(plan):
            arrow = int(plan.first_packet[step]) + 1, int(plan.last_packet[step]) + 1
        is_tls = reading is not None and bool(reading.messages.tls)
        return Start(
            wish,
            ladder.packets_in_view,
            arrow,
            has_comments=self._has_comments(),
            has_secrets=is_tls and len(self._workspace.keys.keylog) > 0,
        )

    def _has_comments(self) -> bool:
        """Whether packets of the flow have comments in the capture."""
        capture, analysis = self._workspace.capture, self._workspace.analysis
        if capture is None or analysis is None:
            return False
        return any(int(capture.packets.flow[packet]) == analysis.flow.id for packet in capture.comments)

    def save_with_comments(self) -> None:
        """Ask for a name and write a copy of the capture there, with the notes as comments of their packets."""
        capture = self._workspace.capture
        if capture is None or self._refused_while_masked():
            return
        stem = file_stem(capture.path, self._workspace.masks)
        ask_where(
            self._window,
            self.tr("Save a copy with notes as comments"),
            f"{stem}-notes.pcapng",
            "pcapng (*.pcapng)",
            self.save_with_comments_to,
            "export_folder",
        )

    def _refused_while_masked(self) -> bool:
        """A copy has all packets of the capture as they are, of every flow: it would tell all that is masked."""
        if not self._workspace.masks:
            return False
        refuse(
            self._window,
            self.tr(
                "The copy would hold every packet as it was captured, and something is masked. "
                "The packets of this flow can be exported, masked."
            ),
            self.tr("Cannot save the copy"),
        )
        return True

    def save_with_comments_to(self, name: str) -> None:
        """Write the copy; the capture itself is never written."""
        capture, annotations = self._workspace.capture, self._workspace.annotations
        if capture is None or self._refused_while_masked():
            return
        if os.path.exists(name) and os.path.exists(capture.path) and os.path.samefile(name, capture.path):
            refuse(
                self._window,
                self.tr("A capture that is open is only read: choose another name"),
                self.tr("Cannot save the copy"),
            )
            return

        def portions() -> Iterable[bytes]:
            comments = comments_in_copy(annotations, capture)
            if is_pcapng(capture):
                return copied(capture, comments)
            return pcapng_blocks(saved_packets(capture, notes=comments), capture.secrets)

        said = self.tr("Saved {name}").format(name=os.path.basename(name))
        timed = sum(one.kind is Kind.NOTE and one.anchors[0].packet < 0 for one in annotations)
        if timed:
            hang = self.tr("a note hangs on a time") if timed == 1 else self.tr("{count} notes hang on times")
            said += self.tr("; {notes} and on no packet: not in the copy").format(notes=hang.format(count=timed))
        self.saving.save_to(name, portions, said)

    def _on_copy_failed(self, error: Exception) -> None:
        refuse(self._window, reason_of(error, ""), self.tr("Cannot copy the ladder"))
