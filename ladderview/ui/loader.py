"""How a capture and its flows get into the workspace without the window ever waiting for them.

Plan: jobs, each on a worker thread. "open" reads the file and makes the columns of the flow list; "problems" counts,
behind the list that is already shown, what went wrong in every flow; "agreed" asks what a key log tells of the
protocols in it; "flow" analyses the selected flow, after
"preview" has fetched its arrows where it is long.
A newer job of a name replaces the older one, so a click that was overtaken by the next never shows.

Traps: between the start of a job and its end the person may have opened another capture. Every result is
checked against the capture it was made from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from ladderview.analysis.agreed_protocols import with_agreed
from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.flow_columns import FlowColumns
from ladderview.analysis.flow_protocols import FlowProtocols, flow_protocols
from ladderview.analysis.keys import Keys
from ladderview.analysis.outcome import outcomes
from ladderview.analysis.screen import ProblemCounts, problem_counts
from ladderview.analysis.segments import Segments, segments_of
from ladderview.analysis.swapped import swapped
from ladderview.capture.capture import Capture, NotACapture, open_capture, open_scenario
from ladderview.capture.flows import Flow
from ladderview.capture.scenario.opening import FaultyScenario
from ladderview.progress import Progress
from ladderview.ui.background import Background
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

#: Flows of fewer packets are analysed before an eye could see a preview.
PREVIEW_FROM = 4000

#: Milliseconds between showing something and finding out more about it.
PAINT_FIRST_MS = 25


@dataclass(frozen=True, slots=True)
class Opened:
    """A capture and the columns of its flow list."""

    capture: Capture
    flows: FlowColumns


class Loader(QObject):
    """Fills a workspace from files.

    Signals:
        opening(str): this path is being read.
        progressed(int, int): how far, in thousandths (0 of 0 where the end is not known).
        opened(Capture): the workspace shows it.
        failed(str, str): path, and one line that says why it cannot be shown.
        cancelled(): the person stopped the reading; the workspace is as it was.
        trouble(str): one line about the capture that is open.
    """

    opening = Signal(str)
    progressed = Signal(int, int)
    opened = Signal(object)
    failed = Signal(str, str)
    cancelled = Signal()
    trouble = Signal(str)

    def __init__(self, workspace: Workspace, background: Background) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._background = background
        self._wanted_flow: int | None = None
        self._wanted_packet = -1
        self._painted = False
        workspace.flow_id_changed.connect(self._on_flow_id_changed)
        workspace.keys_changed.connect(self._on_keys_changed)

    # -- opening ---------------------------------------------------------------------------------------------------

    def open(self, path: str, flow_id: int | None = None) -> None:
        """Read a capture and show it, with this flow selected (else the first)."""
        self._wanted_flow = flow_id
        self.opening.emit(path)
        self._background.run(
            "open",
            lambda progress: read(path, progress),
            lambda opened: self._on_read(path, opened),
            lambda error: self.failed.emit(path, say(path, error)),
            self._on_progressed,
        )

    @property
    def is_opening(self) -> bool:
        """Whether a capture is being read."""
        return self._background.is_busy("open")

    def cancel(self) -> None:
        """Stop the reading; the workspace stays as it is."""
        if self.is_opening:
            self._background.cancel("open")
            self.cancelled.emit()

    def _on_progressed(self, done: int, total: int) -> None:
        # Thousandths, because a Qt int ends at 2 GB.
        self.progressed.emit(done * 1000 // total if total else 0, 1000 if total else 0)

    def _on_read(self, path: str, opened: Opened) -> None:
        capture, flows = opened.capture, opened.flows
        if not len(flows) and capture.scenario is None:
            capture.close()
            self.failed.emit(path, capture.why_empty)
            return
        self._show(capture, flows, lambda: self.opened.emit(capture))

    def exchange(self, opened: Opened) -> None:
        """Show another capture in the place of the one that is open, with the same flow and packet selected."""
        workspace = self._workspace
        self._wanted_flow = workspace.flow_id if 0 <= workspace.flow_id < len(opened.flows) else None
        if workspace.analysis is not None and workspace.row >= 0:
            self._wanted_packet = int(workspace.analysis.segments.packet[workspace.row])
        self._show(opened.capture, opened.flows, lambda: None)

    def _show(self, capture: Capture, flows: FlowColumns, then: Callable[[], None]) -> None:
        """Put a capture into the workspace, call ``then``, and go on to its flow."""
        for job in ("problems", "agreed", "flow", "preview"):
            self._background.cancel(job)
        self._painted = False
        self._workspace.open(capture, flows)
        then()
        self._select(flows)
        # The list is painted first: a worker full of Python code would take turns with the painting.
        QTimer.singleShot(PAINT_FIRST_MS, self, lambda: self._on_painted(capture))

    def _on_painted(self, capture: Capture) -> None:
        """Find out more about what is on the screen by now."""
        if self._workspace.capture is not capture:
            return
        self._painted = True
        self._on_flow_id_changed(self._workspace.flow_id)
        self._background.run(
            "problems",
            lambda progress: flow_protocols(capture, progress),
            lambda said: self._on_said(capture, said),
            lambda error: self.trouble.emit(str(error)),
        )

    def _on_keys_changed(self, keys: Keys) -> None:
        """Tell what the keys tell of the protocols inside TLS."""
        capture, flows = self._workspace.capture, self._workspace.flows
        if capture is None or flows is None or flows.said is None or not len(keys.keylog):
            return
        said = flows.said
        self._background.run(
            "agreed",
            lambda progress: with_agreed(capture, said, keys, progress),
            lambda more: self._on_agreed(capture, more),
            lambda error: self.trouble.emit(str(error)),
        )

    def _on_agreed(self, capture: Capture, said: FlowProtocols) -> None:
        if self._workspace.capture is capture and self._workspace.flows is not None:
            self._workspace.set_flows(self._workspace.flows.with_said(said))

    def _on_said(self, capture: Capture, said: FlowProtocols) -> None:
        if self._workspace.capture is not capture or self._workspace.flows is None:
            return
        self._workspace.set_flows(self._workspace.flows.with_said(said))
        self._on_keys_changed(self._workspace.keys)
        self._background.run(
            "problems",
            lambda progress: problem_counts(capture, progress),
            lambda counts: self._on_counted(capture, counts),
            lambda error: self.trouble.emit(str(error)),
        )

    def _on_counted(self, capture: Capture, counts: ProblemCounts) -> None:
        if self._workspace.capture is capture and self._workspace.flows is not None:
            self._workspace.set_flows(self._workspace.flows.with_problems(counts.by_verdict))

    def _select(self, flows: FlowColumns) -> None:
        wanted, self._wanted_flow = self._wanted_flow, None
        if not len(flows):
            return
        if wanted is not None and wanted >= len(flows):
            told = self.tr("There is no flow {wanted}: the capture has flows 0 to {last}.")
            if len(flows) == 1:
                told = self.tr("There is no flow {wanted}: the capture has flow 0 alone.")
            self.trouble.emit(told.format(wanted=wanted, last=len(flows) - 1))
            wanted = None
        self._workspace.set_flow_id(wanted or 0)

    # -- one flow --------------------------------------------------------------------------------------------------

    def _on_flow_id_changed(self, flow_id: int) -> None:
        self._background.cancel("preview")
        self._background.cancel("flow")
        capture, flows = self._workspace.capture, self._workspace.flows
        if flow_id < 0 or capture is None or flows is None or not self._painted:
            return
        turned = flow_id in flows.swapped
        if turned or int(flows.table.packets[flow_id]) < PREVIEW_FROM:
            self._analyse(capture, flow_id, turned)
            return
        self._background.run(
            "preview",
            lambda progress: preview(capture, flow_id),
            lambda shown: self._on_preview(capture, flow_id, shown),
            self._on_flow_failed,
        )

    def _on_preview(self, capture: Capture, flow_id: int, shown: tuple[Flow, Segments]) -> None:
        self._workspace.set_preview(*shown)
        # The arrows, too, are painted first.
        QTimer.singleShot(PAINT_FIRST_MS, self, lambda: self._analyse_if_wanted(capture, flow_id))

    def _analyse_if_wanted(self, capture: Capture, flow_id: int) -> None:
        if self._workspace.capture is capture and self._workspace.flow_id == flow_id:
            self._analyse(capture, flow_id, False)

    def _analyse(self, capture: Capture, flow_id: int, turned: bool) -> None:
        self._background.run(
            "flow", lambda progress: analyse(capture, flow_id, turned), self._on_analysed, self._on_flow_failed
        )

    def _on_flow_failed(self, error: Exception) -> None:
        self._workspace.set_analysis(None)
        self.trouble.emit(str(error))

    def _on_analysed(self, analysis: FlowAnalysis) -> None:
        self._workspace.set_analysis(analysis)
        packet, self._wanted_packet = self._wanted_packet, -1
        if packet >= 0:
            self._workspace.set_row(self._workspace.row_of_packet(packet))

    def show_packet(self, packet: int) -> bool:
        """Select a packet (from 0) in whichever flow it is; False where it is in none."""
        workspace = self._workspace
        flow_id = int(workspace.capture.packets.flow[packet]) if workspace.capture is not None else -1
        if flow_id < 0:
            return False
        if workspace.analysis is not None and workspace.analysis.flow.id == flow_id == workspace.flow_id:
            workspace.set_row(workspace.row_of_packet(packet))
        else:
            self._wanted_packet = packet
            workspace.set_flow_id(flow_id)
        return True

    def swap_sides(self) -> None:
        """Call the client of the selected flow the server, and the server the client."""
        workspace = self._workspace
        if workspace.flows is not None and workspace.flow_id >= 0:
            if workspace.analysis is not None and workspace.row >= 0:
                self._wanted_packet = int(workspace.analysis.segments.packet[workspace.row])
            workspace.set_flows(workspace.flows.with_swapped(workspace.flow_id))
            self._on_flow_id_changed(workspace.flow_id)


def read(path: str, progress: Progress) -> Opened:
    """Read a capture and make the columns of its flow list (on a worker thread).

    A scenario with mistakes is opened without any packet, so that they can be mended.
    """
    try:
        capture = open_capture(path, progress)
    except FaultyScenario as faulty:
        capture = replace(open_scenario("", path, progress), scenario=faulty.text)
    return columns_of(capture)


def columns_of(capture: Capture) -> Opened:
    """A capture with the columns of its flow list (on a worker thread); it is closed where they cannot be made."""
    try:
        ends = outcomes(capture)
        flows = FlowColumns(capture.flows, capture.host_names, ends.words, ends.handshake_rtt_ns)
        return Opened(capture, flows.warm())
    except BaseException:
        capture.close()
        raise


def analyse(capture: Capture, flow_id: int, turned: bool) -> FlowAnalysis:
    """What happened in one flow, with its sides as the person sees them (on a worker thread)."""
    analysis = analyse_flow(capture, flow_id)
    return swapped(analysis) if turned else analysis


def preview(capture: Capture, flow_id: int) -> tuple[Flow, Segments]:
    """The arrows of one flow, and nothing about them (on a worker thread)."""
    flow = capture.flows.flow(flow_id)
    return flow, segments_of(capture, flow)


def say(path: str, error: Exception) -> str:
    """One line for a person; an error that nobody expected says what it is."""
    if isinstance(error, NotACapture):
        return str(error)
    if isinstance(error, MemoryError):
        return translate("{name}: not enough memory to open it").format(name=path)
    return f"{path}: {type(error).__name__}: {error}"
