"""How do the messages of the selected flow get into the workspace without the window ever waiting for them?

Plan: one job on a worker thread, begun when the flow was analysed, and again when there are other keys. Until it is
done the ladder shows segments. Whoever looks at a long flow sees how far it is, and may stop it. While something is
masked, the masker of what was read is made by the same job: nobody sees the one without the other.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.masking import Masker, masker_of
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.progress import Progress
from ladderview.ui.background import Background
from ladderview.ui.workspace import Workspace

_READING = "messages"

#: Milliseconds between showing the arrows of a flow and reading what they say: the picture comes first.
_PAINT_FIRST_MS = 25


class FlowReader(QObject):
    """Reads the selected flow.

    Signals:
        began(): it is being read.
        stopped(): the person stopped it.
        progressed(int): how far, in thousandths.
        ended(): it was read, or it was stopped, or it cannot be read.
        trouble(str): why it could not be read.
    """

    began = Signal()
    stopped = Signal()
    progressed = Signal(int)
    ended = Signal()
    trouble = Signal(str)

    def __init__(self, workspace: Workspace, background: Background) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._background = background
        workspace.analysis_changed.connect(self._on_analysis_changed)
        workspace.keys_changed.connect(lambda: self._on_analysis_changed(workspace.analysis))

    @property
    def is_busy(self) -> bool:
        """Whether the selected flow is being read."""
        return self._background.is_busy(_READING)

    def stop(self) -> None:
        """Stop reading, as a person asks; the flow stays as it is, without its messages."""
        self._end()
        self.stopped.emit()

    def read(self) -> None:
        """Read the flow that is shown."""
        if self._workspace.analysis is not None:
            self._read(self._workspace.analysis)

    def _end(self) -> None:
        self._background.cancel(_READING)
        self.ended.emit()

    def _on_analysis_changed(self, analysis: FlowAnalysis | None) -> None:
        self._end()
        self._workspace.set_reading(None)
        if analysis is not None:
            QTimer.singleShot(_PAINT_FIRST_MS, self, lambda: self._read(analysis))

    def _read(self, analysis: FlowAnalysis) -> None:
        capture, keys = self._workspace.capture, self._workspace.keys
        if capture is None or self._workspace.analysis is not analysis:
            return
        self.began.emit()
        masks = self._workspace.masks

        def read(progress: Progress) -> tuple[FlowReading, Masker]:
            reading = read_flow(capture, analysis, keys, progress)
            return reading, masker_of(capture, masks, analysis.flow, reading.messages)

        self._background.run(
            _READING,
            read,
            self._on_read,
            self._on_failed,
            lambda done, total: self.progressed.emit(done * 1000 // total if total else 0),
        )

    def _on_read(self, read: tuple[FlowReading, Masker]) -> None:
        reading, masker = read
        if reading.analysis is self._workspace.analysis:
            self._workspace.set_reading(reading, masker)
        self.ended.emit()

    def _on_failed(self, error: Exception) -> None:
        self.ended.emit()
        self.trouble.emit(str(error))
