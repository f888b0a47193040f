"""How do the layers inside TCP get into the inspector without the window ever waiting for them?

Plan: the flow is read for the whole window (``flow_reader``); a job on a worker thread looks up one segment in what was
read. Which segment is wanted may change while the flow is still being read.

Trap: a result may be of a packet that is not selected any more; it is checked against the wish when it arrives.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.message_map import MessageMap
from ladderview.analysis.packet_layers import PacketLayers
from ladderview.analysis.reading import FlowReading
from ladderview.analysis.upper_layers import upper_layers
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
        workspace.reading_changed.connect(self._on_reading_changed)

    @property
    def is_busy(self) -> bool:
        """Whether ``found`` is still to come."""
        return self._wish is not None and (self._map is None or self._background.is_busy("layers"))

    def ask(self, packet: PacketLayers | None, analysis: FlowAnalysis | None, row: int) -> None:
        """Find the layers of this packet; those of another one are not wanted any more."""
        self._background.cancel("layers")
        self._wish = None
        if packet is None or analysis is None or not int(analysis.segments.payload_len[row]):
            return
        self._wish = Wish(packet, analysis, row)
        self._look()

    def _on_reading_changed(self, reading: FlowReading | None) -> None:
        self._background.cancel("layers")
        self._map = None if reading is None else reading.places
        self._look()

    def _look(self) -> None:
        wish, found = self._wish, self._map
        if wish is not None and found is not None and wish.analysis is self._workspace.analysis:
            self._background.run(
                "layers",
                lambda progress: upper_layers(wish.packet, wish.analysis, wish.row, found),
                self.found.emit,
                lambda error: self.trouble.emit(str(error)),
            )
