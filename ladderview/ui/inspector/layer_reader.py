"""How do the layers inside TCP get into the inspector without the window ever waiting for them?

Plan: two jobs on a worker thread. "messages" reads a flow once, when its first segment with payload is asked about, and
again when there are other keys; "layers" looks up one segment in what was read. Which segment is wanted may change
while the flow is still being read.

Trap: a result may be of a packet that is not selected any more; it is checked against the wish when it arrives.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.keys import Keys
from ladderview.analysis.message_map import MessageMap
from ladderview.analysis.messages import messages_of
from ladderview.analysis.packet_layers import PacketLayers
from ladderview.analysis.upper_layers import upper_layers
from ladderview.capture.capture import Capture
from ladderview.progress import Progress
from ladderview.ui.background import Background
from ladderview.ui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Wish:
    """The segment whose layers are wanted."""

    packet: PacketLayers
    analysis: FlowAnalysis
    row: int


class LayerReader(QObject):
    """Finds the layers inside TCP.

    Signals:
        found(PacketLayers): the packet asked for last, with the layers inside its TCP.
        trouble(str): why they could not be read.
    """

    found = Signal(object)
    trouble = Signal(str)

    def __init__(self, workspace: Workspace, background: Background) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._background = background
        self._wish: Wish | None = None
        self._map: MessageMap | None = None
        self._of: FlowAnalysis | None = None
        workspace.analysis_changed.connect(self._forget)
        workspace.keys_changed.connect(self._on_keys_changed)

    @property
    def is_busy(self) -> bool:
        """Whether ``found`` is still to come."""
        return self._background.is_busy("messages") or self._background.is_busy("layers")

    def ask(self, packet: PacketLayers | None, analysis: FlowAnalysis | None, row: int) -> None:
        """Find the layers of this packet; those of another one are not wanted any more."""
        self._background.cancel("layers")
        self._wish = None
        if packet is None or analysis is None or not int(analysis.segments.payload_len[row]):
            return
        self._wish = Wish(packet, analysis, row)
        if self._of is not analysis:
            self._read(analysis)
        elif self._map is not None:
            self._look()

    def _read(self, analysis: FlowAnalysis) -> None:
        capture, keys = self._workspace.capture, self._workspace.keys
        if capture is None:
            return
        self._of, self._map = analysis, None
        self._background.run(
            "messages", lambda progress: read_flow(capture, analysis, keys, progress), self._on_read, self._on_failed
        )

    def _on_read(self, found: MessageMap) -> None:
        self._map = found
        self._look()

    def _look(self) -> None:
        wish, found = self._wish, self._map
        if wish is not None and found is not None and wish.analysis is self._of:
            self._background.run(
                "layers",
                lambda progress: upper_layers(wish.packet, wish.analysis, wish.row, found),
                self.found.emit,
                self._on_failed,
            )

    def _on_failed(self, error: Exception) -> None:
        self.trouble.emit(str(error))

    def _forget(self) -> None:
        self._background.cancel("messages")
        self._background.cancel("layers")
        self._map = self._of = None

    def _on_keys_changed(self) -> None:
        """Other keys open other records: read again what is looked at."""
        self._forget()
        wish = self._wish
        if wish is not None and wish.analysis is self._workspace.analysis:
            self.ask(wish.packet, wish.analysis, wish.row)


def read_flow(capture: Capture, analysis: FlowAnalysis, keys: Keys, progress: Progress) -> MessageMap:
    """What a flow says, so that it can be found by its bytes (on a worker thread)."""
    return MessageMap(messages_of(capture, analysis, keys, progress))
