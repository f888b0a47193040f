"""What one window is showing: its state, and one signal for each attribute of it.

Widgets read the workspace and listen to it, never to each other: who changed something does not matter to
who draws it. Setting an attribute to what it already is emits nothing, so two widgets cannot chase each other.

Trap: while something is masked, no widget may see a flow before it can see the masker of that flow. So the masker comes
before the flow where one is shown, and after it where one is taken away.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Signal

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.flow_columns import FlowColumns
from ladderview.analysis.keys import Keys
from ladderview.analysis.masked_flows import masked_flows
from ladderview.analysis.masking import NO_MASK, Masker, MaskKind, masker_of
from ladderview.analysis.reading import Chosen, FlowReading
from ladderview.analysis.segments import Segments
from ladderview.analysis.steps import Level
from ladderview.capture.capture import Capture
from ladderview.capture.flows import Flow
from ladderview.ladder.annotations import Annotation, Annotations
from ladderview.ladder.axis import AXIS_MODES, AxisMode
from ladderview.ladder.packet_comments import comment_of, is_taken_away
from ladderview.ladder.theme import THEMES, Theme

#: The vertical axes of the ladder, in the order in which one key goes through them.
AXES: tuple[AxisMode, ...] = AXIS_MODES


class Workspace(QObject):
    """The state of one window.

    Attributes (each with a signal ``<name>_changed``):
        capture: what is open, or None.
        flows: the columns of the flow list, or None; replaced when more is known (problems) and when sides are swapped.
        flow_id: the selected flow, or -1.
        analysis: what happened in it, or None while nothing is known yet.
        reading: what it says, or None while that is not known yet.
        level: which arrows the ladder shows.
        chosen: what the selected arrow stands for, or None.
        preview: the flow and its segments while a long analysis is at work, else None.
        row: the selected row of that flow, or -1.
        keys: what opens the TLS records of the capture.
        filter_text: what the filter box says.
        axis: a key of ``AXES``.
        theme: the colours.
        relative_numbers: whether sequence numbers are shown relative to the ISN.
        annotations: what was written on the ladders of the capture.
        annotation_id: which of them is chosen, or the empty string.
        masks: what is masked, for sharing.
        masker: what every word that is shown goes through: it knows what the capture tells and what the shown flow
            says. Changes with ``masks``, and with what is shown while something is masked.
    """

    capture_changed = Signal(object)
    flows_changed = Signal(object)
    flow_id_changed = Signal(int)
    analysis_changed = Signal(object)
    reading_changed = Signal(object)
    level_changed = Signal(str)
    chosen_changed = Signal(object)
    preview_changed = Signal(object)
    row_changed = Signal(int)
    keys_changed = Signal(object)
    filter_text_changed = Signal(str)
    axis_changed = Signal(str)
    theme_changed = Signal(object)
    relative_numbers_changed = Signal(bool)
    annotations_changed = Signal(object)
    annotation_id_changed = Signal(str)
    masks_changed = Signal(object)
    masker_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.capture: Capture | None = None
        self.flows: FlowColumns | None = None
        self.flow_id = -1
        self.analysis: FlowAnalysis | None = None
        self.reading: FlowReading | None = None
        self.level: Level = "messages"
        self.chosen: Chosen | None = None
        self.preview: tuple[Flow, Segments] | None = None
        self.row = -1
        self.keys = Keys()
        self.filter_text = ""
        self.axis: AxisMode = "rows"
        self.theme: Theme = THEMES["light"]
        self.relative_numbers = True
        self.annotations = Annotations()
        self.annotation_id = ""
        self.masks: frozenset[MaskKind] = frozenset()
        self.masker: Masker = NO_MASK
        self._masked_flows: tuple[FlowColumns, frozenset[MaskKind], FlowColumns] | None = None

    @property
    def shown_flows(self) -> FlowColumns | None:
        """The columns of the flow list as they may be shown: the same ones until something about them changes.

        They say only what the capture tells, so they do not hang on the flow that is shown.
        """
        flows, capture, masks = self.flows, self.capture, self.masks
        if flows is None or capture is None or not masks:
            return flows
        if self._masked_flows is None or self._masked_flows[0] is not flows or self._masked_flows[1] != masks:
            self._masked_flows = flows, masks, masked_flows(flows, masker_of(capture, masks, None))
        return self._masked_flows[2]

    def open(self, capture: Capture | None, flows: FlowColumns | None) -> None:
        """Show another capture, or none; everything that hung on the old one is dropped first."""
        self.set_row(-1)
        self.set_annotation_id("")
        self.set_analysis(None)
        self.set_flow_id(-1)
        self.capture = capture
        self.flows = flows
        self._mask_anew()
        self.capture_changed.emit(capture)
        self.flows_changed.emit(flows)

    def set_flows(self, flows: FlowColumns | None) -> None:
        """Replace the columns of the flow list: more is known about the same flows."""
        self.flows = flows
        self.flows_changed.emit(flows)

    def set_flow_id(self, flow_id: int) -> None:
        """Select a flow, with no row selected; until its analysis is there, the one before it stays on the screen."""
        if flow_id != self.flow_id:
            self.set_row(-1)
            self.flow_id = flow_id
            self.flow_id_changed.emit(flow_id)

    def set_preview(self, flow: Flow, segments: Segments) -> None:
        """Show the arrows of the selected flow before anything is known about them."""
        self.set_analysis(None)
        self.preview = (flow, segments)
        self._mask_anew()
        self.preview_changed.emit(self.preview)

    def set_analysis(self, analysis: FlowAnalysis | None) -> None:
        """Say what happened in the selected flow. A row that was selected in its preview stays selected."""
        if self.preview is None:
            self.set_row(-1)
        if analysis is not self.analysis or self.preview is not None:
            self.preview = None
            self.analysis = analysis
            if analysis is not None:
                self._mask_anew()
            self.analysis_changed.emit(analysis)
            if analysis is None:
                self._mask_anew()

    def set_reading(self, reading: FlowReading | None, masker: Masker | None = None) -> None:
        """Say what the segments of the selected flow carry; ``masker``: what was made for it on a worker thread."""
        if reading is not self.reading:
            self.set_chosen(None)
            self.reading = reading
            if reading is not None:
                self._mask_anew(masker)
            self.reading_changed.emit(reading)
            if reading is None:
                self._mask_anew()

    def set_level(self, level: Level) -> None:
        """Show other arrows of the same flow."""
        if level != self.level:
            self.level = level
            self.level_changed.emit(level)

    def set_chosen(self, chosen: Chosen | None) -> None:
        """Say what the selected arrow stands for."""
        if chosen != self.chosen:
            self.chosen = chosen
            self.chosen_changed.emit(chosen)

    def set_row(self, row: int) -> None:
        """Select a segment of the selected flow, or none with -1."""
        if row != self.row:
            self.row = row
            self.row_changed.emit(row)

    def set_keys(self, keys: Keys) -> None:
        """Open TLS records with these keys from now on."""
        if keys is not self.keys:
            self.keys = keys
            self.keys_changed.emit(keys)

    def set_filter_text(self, text: str) -> None:
        """Show only the flows that these words name."""
        if text != self.filter_text:
            self.filter_text = text
            self.filter_text_changed.emit(text)

    def set_axis(self, axis: AxisMode) -> None:
        """Draw the ladder along another axis."""
        if axis != self.axis:
            self.axis = axis
            self.axis_changed.emit(axis)

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        if theme is not self.theme:
            self.theme = theme
            self.theme_changed.emit(theme)

    def set_relative_numbers(self, relative: bool) -> None:
        """Show sequence numbers relative to the ISN, or as they stand in the packets."""
        if relative != self.relative_numbers:
            self.relative_numbers = relative
            self.relative_numbers_changed.emit(relative)

    def set_annotations(self, annotations: Annotations) -> None:
        """Show other annotations."""
        if annotations != self.annotations:
            self.annotations = annotations
            self.annotations_changed.emit(annotations)
            if self.annotation_id and self.annotation(self.annotation_id) is None:
                self.set_annotation_id("")

    def set_annotation_id(self, annotation_id: str) -> None:
        """Choose an annotation, or none with the empty string."""
        if annotation_id != self.annotation_id:
            self.annotation_id = annotation_id
            self.annotation_id_changed.emit(annotation_id)

    def annotation(self, annotation_id: str) -> Annotation | None:
        """The annotation with this id, a comment of the capture among them; None for one that was taken away."""
        own = self.annotations.get(annotation_id)
        one = own if own is not None else comment_of(self.capture, annotation_id)
        return one if one is not None and not is_taken_away(one) else None

    def set_masks(
        self, masks: frozenset[MaskKind], masker: Masker | None = None, shown: FlowColumns | None = None
    ) -> None:
        """Put words in the place of what is of these kinds.

        Args:
            masks: the kinds.
            masker, shown: the masker and the columns of the flow list, where they were made on a worker thread.
        """
        if masks != self.masks:
            self.masks = masks
            if shown is not None and self.flows is not None:
                self._masked_flows = self.flows, masks, shown
            self._mask_anew(masker)
            self.masks_changed.emit(masks)

    def _mask_anew(self, made: Masker | None = None) -> None:
        """Let every word go through the masker of what is shown now; the one that was made, if it is of these kinds."""
        masker = made if made is not None and made.kinds == self.masks else self.make_masker(self.masks)
        if masker is not self.masker:
            self.masker = masker
            self.masker_changed.emit(masker)

    def make_masker(self, kinds: frozenset[MaskKind]) -> Masker:
        """A masker of what is shown now."""
        shown = self.analysis.flow if self.analysis is not None else self.preview[0] if self.preview else None
        is_read = self.reading is not None and self.reading.analysis is self.analysis
        messages = self.reading.messages if self.reading is not None and is_read else None
        return masker_of(self.capture, kinds, shown, messages) if self.capture is not None else Masker(kinds)

    def row_of_packet(self, packet: int) -> int:
        """The row of a packet (from 0) of the capture in the selected flow, or -1."""
        if self.analysis is None:
            return -1
        packets = self.analysis.segments.packet
        at = int(np.searchsorted(packets, packet))
        return at if at < len(packets) and packets[at] == packet else -1
