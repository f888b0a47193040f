"""What is in the selected packet? The panel at the right: boxes, arithmetic and reasons; fields and bytes.

Plan: two halves. "Explain" holds what a person reads first, "Fields and bytes" what they look up. Where the panel is
high enough both are shown, one above the other; else one of them, and two buttons choose. The packet is masked here,
once, before any part of the panel has it (``masked_layers``); ``reader`` alone knows it as it is.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ladderview.analysis.arithmetic import seq_ack_math
from ladderview.analysis.explain import verdict_sentences, why
from ladderview.analysis.masked_layers import masked_layers
from ladderview.analysis.message_content import file_name_of
from ladderview.analysis.message_reasons import why_flight, why_phase
from ladderview.analysis.packet_layers import PacketLayers, packet_layers
from ladderview.capture.capture import CaptureChanged
from ladderview.proto.fields import Span
from ladderview.ui.background import Background
from ladderview.ui.inspector.boxes import boxes_of
from ladderview.ui.inspector.carried_card import CarriedCard
from ladderview.ui.inspector.content_card import ContentCard
from ladderview.ui.inspector.content_window import ContentWindow
from ladderview.ui.inspector.field_tree import FieldTree
from ladderview.ui.inspector.heading import ElidedLabel, heading_of
from ladderview.ui.inspector.hex_view import HexView
from ladderview.ui.inspector.layer_boxes import LayerBoxes
from ladderview.ui.inspector.layer_reader import FoundContent, LayerReader
from ladderview.ui.inspector.math_card import MathCard, WhyCard
from ladderview.ui.saving import Saving
from ladderview.ui.workspace import Workspace

#: From this height on both halves are shown at once.
BOTH_FROM_PX = 780


class Inspector(QWidget):
    """Everything about one packet.

    Signals:
        trouble(str): one line about the capture, to be shown above the ladder.
        said(str): what was done, in a few words, for the status line.
    """

    trouble = Signal(str)
    said = Signal(str)

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(300)
        self._workspace = workspace
        self.packet: PacketLayers | None = None
        self.reader = LayerReader(workspace, background)
        self._path: tuple[str, ...] = ()
        self._title = QLabel()
        self._title.setObjectName("heading")
        self._note = ElidedLabel()
        self._note.setObjectName("muted")
        self.boxes = LayerBoxes(workspace)
        self.math = MathCard(workspace)
        self.content = ContentCard(workspace)
        self.saving = Saving(self, background)
        self.carried = CarriedCard(workspace)
        self.why = WhyCard(workspace)
        self.tree = FieldTree(workspace)
        self.hex = HexView(workspace)
        self._runs = QTabBar()
        self._runs.setExpanding(False)
        self._runs.setDrawBase(False)
        self._choice = QButtonGroup(self)
        self._halves = QSplitter(Qt.Orientation.Vertical)
        self._lay_out()
        self._connect()
        self._show_packet()

    @property
    def title_text(self) -> str:
        """Which packet is shown."""
        return self._title.text()

    def add_card(self, card: QWidget) -> None:
        """Put a card between the heading and what is told of the packet."""
        self._cards.addWidget(card)

    # -- parts -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 14, 4)
        head.setSpacing(10)
        head.addWidget(self._title)
        head.addWidget(self._note, 1)
        self._chooser = QWidget()
        bar = QHBoxLayout(self._chooser)
        bar.setContentsMargins(14, 0, 14, 4)
        bar.setSpacing(5)
        for position, title in enumerate((self.tr("Explain"), self.tr("Fields and bytes"))):
            button = QToolButton()
            button.setText(title)
            button.setCheckable(True)
            button.setChecked(position == 0)
            self._choice.addButton(button, position)
            bar.addWidget(button)
        bar.addStretch()
        self._explain, self._fields = self._make_explain(), self._make_fields()
        self._halves.addWidget(self._explain)
        self._halves.addWidget(self._fields)
        self._halves.setChildrenCollapsible(False)
        self._halves.setSizes([620, 310])
        self._empty = QLabel(self.tr("Select an arrow to see what is in it."))
        self._empty.setObjectName("muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._halves)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._cards = QVBoxLayout()
        self._cards.setContentsMargins(14, 0, 14, 2)
        column.addLayout(head)
        column.addLayout(self._cards)
        column.addWidget(self._chooser)
        column.addWidget(self._stack, 1)

    def _make_explain(self) -> QScrollArea:
        page = QWidget()
        page.setObjectName("side")
        column = self._column = QVBoxLayout(page)
        column.setContentsMargins(14, 4, 14, 12)
        column.setSpacing(12)
        column.addWidget(self.boxes)
        column.addWidget(self.math)
        column.addWidget(self.content)
        column.addWidget(self.why)
        column.addWidget(self.carried)
        column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumHeight(160)
        scroll.setWidget(page)
        scroll.setAccessibleName(self.tr("Explanation of the packet"))
        return scroll

    def _make_fields(self) -> QWidget:
        lower = QFrame()
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        self.tree.setMinimumHeight(90)
        self.hex.setMinimumHeight(70)
        bytes_side = QWidget()
        bytes_column = QVBoxLayout(bytes_side)
        bytes_column.setContentsMargins(0, 0, 0, 0)
        bytes_column.setSpacing(0)
        bytes_column.addWidget(self._runs)
        bytes_column.addWidget(self.hex, 1)
        split.addWidget(self.tree)
        split.addWidget(bytes_side)
        split.setSizes([260, 150])
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(split)
        lower.setMinimumHeight(200)
        return lower

    def _connect(self) -> None:
        workspace = self._workspace
        workspace.row_changed.connect(self._show_packet)
        workspace.analysis_changed.connect(self._show_packet)
        workspace.chosen_changed.connect(self._show_chosen)
        workspace.relative_numbers_changed.connect(self._show_math)
        workspace.masker_changed.connect(self._on_masker_changed)
        self._choice.idClicked.connect(lambda _: self._arrange())
        self.boxes.layer_clicked.connect(self._on_layer_clicked)
        self.boxes.packet_clicked.connect(self._on_packet_clicked)
        self.tree.span_selected.connect(self._on_span_selected)
        self.hex.byte_clicked.connect(self._on_byte_clicked)
        self._runs.currentChanged.connect(self._on_run_changed)
        self.math.packet_clicked.connect(self._on_packet_clicked)
        self.why.packet_clicked.connect(self._on_packet_clicked)
        self.carried.packet_clicked.connect(self._on_packet_clicked)
        self.reader.found.connect(self._on_upper_found)
        self.reader.trouble.connect(self.trouble)
        self.reader.content_found.connect(self._on_content_found)
        self.content.more_asked.connect(self._on_more_asked)
        self.content.save_asked.connect(self._on_save_asked)
        self.content.enlarge_asked.connect(self._on_enlarge_asked)
        self.saving.said.connect(self.said)
        self.tree.said.connect(self.said)

    # -- showing ---------------------------------------------------------------------------------------------------

    def _show_packet(self) -> None:
        """Show the packet of the selected row, or an invitation to select one."""
        analysis, row, capture = self._workspace.analysis, self._workspace.row, self._workspace.capture
        self.packet, found = None, None
        if self.tree.path():
            self._path = self.tree.path()
        if capture is not None and analysis is not None and 0 <= row < len(analysis.segments):
            try:
                found = packet_layers(capture, int(analysis.segments.packet[row]))
                self.packet = masked_layers(found, self._workspace.masker)
            except (CaptureChanged, OSError) as error:
                self.trouble.emit(str(error))
        self._stack.setCurrentIndex(1 if self.packet else 0)
        self._chooser.setVisible(self.packet is not None and not self._shows_both)
        self.reader.ask(found, analysis, row)
        self._show_heading()
        if self.packet is None or analysis is None:
            return
        self._show_layers(self.packet)
        self._show_math()
        self._show_why()

    def _show_layers(self, packet: PacketLayers) -> None:
        """The boxes, the tree, the bytes: all that the layers of the packet fill."""
        self.boxes.set_layers(boxes_of(packet, self._workspace.analysis, self._workspace.row))
        self.carried.set_layers(packet)
        self._show_runs()
        self.tree.set_dissections([shown.dissection for shown in packet.layers])

    def _on_upper_found(self, packet: PacketLayers) -> None:
        """Go on inside TCP."""
        if self.packet is not None and packet.packet == self.packet.packet:
            self.packet = masked_layers(packet, self._workspace.masker)
            self._show_layers(self.packet)
            self.tree.select_path(self._path)

    def _on_masker_changed(self) -> None:
        """Say the same in other words."""
        self.content.show_none()  # what it shows now is read again on a worker thread
        if self.packet is not None:
            self._show_packet()

    def _on_content_found(self, found: FoundContent | None) -> None:
        if found is None:
            self.content.show_none()
        else:
            self.content.show_content(found)

    def _on_more_asked(self, limit: int) -> None:
        if self.content.found is not None:
            self.reader.ask_content(self.content.found.message, limit)

    def _on_save_asked(self) -> None:
        found = self.content.found
        if found is not None:
            name = file_name_of(found.message, found.content.content)
            self.saving.ask(self.tr("Save the body"), name, self.reader.portions_of(found.message))

    def _on_enlarge_asked(self) -> None:
        found = self.content.found
        if found is not None:
            title = f"{self._workspace.masker.text(found.message.summary)} — {self.title_text}"
            ContentWindow(self._workspace, found, title, self).show()

    def _show_chosen(self) -> None:
        """Another arrow of the same segment, or more is known of it: content comes before arithmetic for a message."""
        self._show_heading()
        self._show_why()
        chosen = self._workspace.chosen
        has_messages = chosen is not None and bool(chosen.messages)
        self._column.insertWidget(1, self.content if has_messages else self.math)
        self._column.insertWidget(2, self.math if has_messages else self.content)

    def _show_heading(self) -> None:
        analysis, packet = self._workspace.analysis, self.packet
        if analysis is None or packet is None:
            self._title.setText(self.tr("Packet"))
            self._note.set_text("")
            return
        heading = heading_of(packet, analysis, self._workspace.row, self._workspace.chosen, self._workspace.reading)
        words = self._workspace.masker.text
        self._title.setText(heading.title)
        self._note.set_text(words(heading.note))
        self._note.setToolTip(words(heading.tip or heading.note))

    def _show_why(self) -> None:
        """What the verdicts rest on, and what the segment, the messages or the phase are for."""
        analysis, row, chosen = self._workspace.analysis, self._workspace.row, self._workspace.chosen
        if self.packet is None or analysis is None or row < 0:
            return
        reasons: tuple[str, ...] = (why(analysis, row),)
        if chosen is not None and chosen.row == row:
            if chosen.phase is not None:
                reasons = (why_phase(chosen.phase),)
            elif chosen.messages:
                reasons = why_flight(chosen.messages)
        words = self._workspace.masker.text
        self.why.set_texts(tuple(map(words, verdict_sentences(analysis, row))), tuple(map(words, reasons)))

    def _show_math(self) -> None:
        analysis, row = self._workspace.analysis, self._workspace.row
        if self.packet is not None and analysis is not None and row >= 0:
            self.math.set_lines(seq_ack_math(analysis, row, not self._workspace.relative_numbers))

    def _show_runs(self) -> None:
        assert self.packet is not None
        runs = self.packet.runs
        self._runs.blockSignals(True)
        while self._runs.count():
            self._runs.removeTab(0)
        for run in runs:
            self._runs.addTab(run.title)
        self._runs.setVisible(len(runs) > 1)
        # The bytes that TCP stands in; those of a record or a message are shown when one of its fields is selected.
        first = next((shown.run for shown in reversed(self.packet.layers) if shown.story is None), len(runs) - 1)
        self._runs.setCurrentIndex(first)
        self._runs.blockSignals(False)
        self.hex.set_bytes(runs[first].data)

    # -- what happens ----------------------------------------------------------------------------------------------

    def _on_layer_clicked(self, position: int) -> None:
        """Show the fields of a layer; the payload's box has none, so its bytes are lit."""
        if self.packet is None:
            return
        if not self._shows_both:
            self._choice.button(1).setChecked(True)
            self._arrange()
        if position < len(self.packet.layers):
            self.tree.select_layer(position)
        else:
            last = self.packet.layers[-1]
            self._runs.setCurrentIndex(last.run)
            self.tree.clearSelection()
            self.hex.light(last.dissection.payload)

    def _on_span_selected(self, layer: int, span: Span) -> None:
        if self.packet is not None and layer < len(self.packet.layers):
            self._runs.setCurrentIndex(self.packet.layers[layer].run)
            self.hex.light(span)

    def _on_byte_clicked(self, offset: int) -> None:
        if self.packet is None:
            return
        run = self._runs.currentIndex()
        layers = [position for position, shown in enumerate(self.packet.layers) if shown.run == run]
        if not self.tree.select_byte(offset, layers):
            self.tree.clearSelection()
            self.hex.light(self._payload_at(offset, run))

    def _payload_at(self, offset: int, run: int) -> Span:
        """The payload that holds a byte which no field holds, or that byte alone."""
        assert self.packet is not None
        last = self.packet.layers[-1]
        payload = last.dissection.payload
        return payload if last.run == run and payload.start <= offset < payload.end else Span(offset, offset + 1)

    def _on_run_changed(self, run: int) -> None:
        if self.packet is not None and 0 <= run < len(self.packet.runs):
            self.hex.set_bytes(self.packet.runs[run].data)

    def _on_packet_clicked(self, number: int) -> None:
        row = self._workspace.row_of_packet(number - 1)
        if row >= 0:
            self._workspace.set_row(row)

    # -- arrangement -----------------------------------------------------------------------------------------------

    @property
    def _shows_both(self) -> bool:
        return self.height() >= BOTH_FROM_PX

    def _arrange(self) -> None:
        both, chosen = self._shows_both, self._choice.checkedId()
        self._explain.setVisible(both or chosen == 0)
        self._fields.setVisible(both or chosen == 1)
        self._chooser.setVisible(not both and self.packet is not None)

    # -- overridden from QWidget -----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Both halves, or one of them, by the height."""
        super().resizeEvent(event)
        self._arrange()
