"""What stands over the inspector: which packets are shown, and what they are in three words."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.labels import segment_label
from ladderview.analysis.packet_layers import PacketLayers
from ladderview.analysis.phases import PhaseKind
from ladderview.analysis.reading import Chosen, FlowReading
from ladderview.analysis.words import count, duration, grouped
from ladderview.ui.translation import translate

#: Messages of a flight that are named.
_NAMED = 2


@dataclass(frozen=True, slots=True)
class Heading:
    """The packets, and what is remarkable about them; the whole of it for a tooltip."""

    title: str
    note: str
    tip: str = ""


def heading_of(
    packet: PacketLayers, analysis: FlowAnalysis, row: int, chosen: Chosen | None, reading: FlowReading | None
) -> Heading:
    """What is selected: a segment, or an arrow that stands for several (``chosen``, where it is of this row)."""
    title = translate("Packet #{number}").format(number=packet.packet + 1)
    cut = translate(" · {count} B cut").format(count=grouped(packet.cut)) if packet.cut else ""
    size = packet.runs[0].title.partition(", ")[2]
    flags = segment_label(analysis, row).flags.strip("[]")
    if chosen is None or chosen.row != row:
        return Heading(title, f"{flags} · {size}{cut}")
    if chosen.phase is not None and chosen.phase.kind is PhaseKind.IDLE:
        told = translate("Nothing was sent for {time} after this packet")
        lasting = duration(chosen.phase.duration_ns)
        return Heading(title, translate("before {time} idle").format(time=lasting), told.format(time=lasting))
    name, whole = _name(chosen)
    first, last, segments = _extent(chosen, reading)
    if segments > 1:
        packets = analysis.segments.packet
        title = translate("Packets #{first}–#{last}").format(
            first=grouped(int(packets[first]) + 1), last=grouped(int(packets[last]) + 1)
        )
        size = count(segments, "segment")
    return Heading(title, f"{name or flags} · {size}{cut}", whole)


def _extent(chosen: Chosen, reading: FlowReading | None) -> tuple[int, int, int]:
    """First and last segment, and how many: of messages those that carried them, without the ACKs for them."""
    if reading is None or not chosen.messages:
        return chosen.first, chosen.last, chosen.count
    rows = reading.rows_of(chosen)
    return int(rows[0]), int(rows[-1]), len(rows)


def _name(chosen: Chosen) -> tuple[str, str]:
    """What an arrow is, shortly and in full."""
    if chosen.phase is not None:
        return chosen.phase.name, ""
    names = list(dict.fromkeys(message.name for message in chosen.messages))
    shown = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
    return shown, "\n".join(message.summary for message in chosen.messages[:20])


class ElidedLabel(QLabel):
    """A line at the right that gives way: an ellipsis stands for what does not fit."""

    def __init__(self, parent: QWidget | None = None, elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(parent)
        self._whole = ""
        self._elide = elide
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def set_text(self, text: str) -> None:
        """Show this, as far as there is room."""
        self._whole = text
        self._fit()

    def _fit(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._whole, self._elide, self.width()))

    # -- overridden from QLabel ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another part of the text."""
        super().resizeEvent(event)
        self._fit()
