"""What can be changed of the chosen annotation: its colour and its words, in a card over the inspector."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from ladderview.analysis.words import duration
from ladderview.ladder.annotation_json import clean
from ladderview.ladder.annotations import STYLES, AnchorPoint, Annotation, Kind
from ladderview.ladder.theme import Theme
from ladderview.ui.masked_text import MASKED_TEXT
from ladderview.ui.translation import translate
from ladderview.ui.undo import UndoStack
from ladderview.ui.workspace import Workspace

_SWATCH_PX = 18


class AnnotationCard(QFrame):
    """Colour and text of the chosen annotation; hidden while none is chosen."""

    def __init__(self, workspace: Workspace, undo: UndoStack, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._workspace, self._undo = workspace, undo
        self._title = QLabel()
        self._title.setObjectName("title")
        self.colours: dict[str, QToolButton] = {}
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(self.tr("Text of the annotation"))
        self.text.setPlaceholderText(self.tr("No text"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(78)
        self.where = QLabel()
        self.where.setObjectName("muted")
        self.delete = QToolButton()
        self.delete.setText(self.tr("Delete"))
        self._lay_out()
        self.text.textChanged.connect(self._on_text_changed)
        self.delete.clicked.connect(self._on_delete)
        workspace.annotation_id_changed.connect(self._show_chosen)
        workspace.annotations_changed.connect(self._show_chosen)
        workspace.masker_changed.connect(self._show_chosen)
        workspace.theme_changed.connect(self._wear)
        self._wear(workspace.theme)
        self._show_chosen()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self.delete)
        swatches = QHBoxLayout()
        swatches.setSpacing(4)
        for name in STYLES:
            button = QToolButton()
            button.setCheckable(True)
            button.setIconSize(QSize(_SWATCH_PX, _SWATCH_PX))
            button.setToolTip(name.capitalize())
            button.setAccessibleName(self.tr("Colour: {name}").format(name=name))
            button.clicked.connect(lambda _=False, name=name: self._on_colour(name))
            self.colours[name] = button
            swatches.addWidget(button)
        swatches.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 9, 12, 11)
        column.setSpacing(7)
        column.addLayout(head)
        column.addWidget(self.where)
        column.addLayout(swatches)
        column.addWidget(self.text)

    def _chosen(self) -> Annotation | None:
        return self._workspace.annotation(self._workspace.annotation_id)

    def _show_chosen(self) -> None:
        one = self._chosen()
        self.setVisible(one is not None)
        if one is None:
            return
        self._title.setText(one.rules.words)
        self.where.setText(self._where(one))
        paints, writes = bool(one.rules.style), one.kind not in (Kind.DIM, Kind.FOLD)
        for name, button in self.colours.items():
            button.setVisible(paints)
            button.setChecked(name == (one.style or one.rules.style))
        self.text.setVisible(writes)
        shown = self._workspace.masker.written(one.text)
        self.text.setReadOnly(shown != one.text)
        self.text.setToolTip(translate(MASKED_TEXT) if shown != one.text else "")
        if self.text.toPlainText() != shown:
            self.text.blockSignals(True)
            self.text.setPlainText(shown)
            self.text.blockSignals(False)

    def _where(self, one: Annotation) -> str:
        """What it hangs on."""
        ends = [self._end(anchor) for anchor in one.anchors]
        if len(ends) == 1 or ends[0] == ends[-1]:
            return ends[0]
        return self.tr("{first} to {last}").format(first=ends[0], last=ends[-1][:1].lower() + ends[-1][1:])

    def _end(self, anchor: AnchorPoint) -> str:
        if anchor.packet >= 0:
            return self.tr("Packet #{number}").format(number=anchor.packet + 1)
        capture = self._workspace.capture
        if capture is None or anchor.flow >= len(capture.flows):
            return self.tr("A time")
        packets = capture.flows.flow(anchor.flow).packets
        times = np.maximum.accumulate(capture.packets.ts_ns[packets])
        before = int(np.searchsorted(times, anchor.ts_ns, side="right")) - 1
        return self.tr("{time} into the flow, after packet #{number}").format(
            time=duration(max(0, anchor.ts_ns - int(times[0]))), number=int(packets[max(0, before)]) + 1
        )

    def _wear(self, theme: Theme) -> None:
        for name, button in self.colours.items():
            fill, border, _ = STYLES[name]
            pixmap = QPixmap(_SWATCH_PX * 2, _SWATCH_PX * 2)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(theme[border]), 2.0))
            painter.setBrush(QColor(theme[fill]))
            painter.drawRoundedRect(2, 2, 2 * _SWATCH_PX - 4, 2 * _SWATCH_PX - 4, 8, 8)
            painter.end()
            button.setIcon(QIcon(pixmap))

    def _on_colour(self, name: str) -> None:
        one = self._chosen()
        if one is not None:
            self._undo.change(
                one, replace(one, style=name), self.tr("Colour {what}").format(what=translate(one.rules.words))
            )
            self._show_chosen()

    def _on_text_changed(self) -> None:
        one = self._chosen()
        if one is not None and not self.text.isReadOnly():
            text = clean(self.text.toPlainText())
            self._undo.change(
                one,
                replace(one, text=text),
                self.tr("Edit {what}").format(what=translate(one.rules.words)),
                together="typing",
            )

    def _on_delete(self) -> None:
        one = self._chosen()
        if one is not None:
            self._undo.change(one, None)
