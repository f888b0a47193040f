"""What did both ends of a flow say? All of it as text or as bytes, in a window of its own, in the colours of both ends.

Plan: the transcript comes in portions from a worker thread (``analysis.transcript``), already worded; the window asks
for the next ones when a person scrolls to the end, or searches for a word that is not there yet. So a flow of any size
opens at once. What is longer than a person reads is saved instead.

What both ends say cannot be masked word for word: while anything is masked, a sentence stands there.

Trap: colour is not the only sign of who speaks: every turn begins with a line that says it.
"""

from __future__ import annotations

import codecs
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ladderview.analysis.segments import Segments
from ladderview.analysis.transcript import BOTH, Portion, Transcript, transcripts_of
from ladderview.analysis.words import ENDS, count, grouped
from ladderview.ladder.theme import Theme
from ladderview.ui.background import Background
from ladderview.ui.inspector.content_view import shown_lines
from ladderview.ui.saving import Saving
from ladderview.ui.style import fixed_font
from ladderview.ui.text_search import TextSearch
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

#: Bytes that are fetched at once, and that are shown at most.
STEP, MOST = 1 << 18, 1 << 24
#: Bytes in a line of the hexadecimal form.
_PER_LINE = 16

Form = Literal["text", "hex"]
Style = Literal["head", "client", "server", "lost"]


@dataclass(frozen=True, slots=True)
class Line:
    """Text in one style, several lines of it perhaps; ``goes_on``: the first belongs to the line before."""

    style: Style
    text: str
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: its lines, the bytes they stand for, and whether it was the last."""

    lines: tuple[Line, ...]
    size: int
    is_last: bool


class FollowWindow(QDialog):
    """The dialogue of one flow.

    Signals:
        said(str): what was done, in a few words, for the status line.
    """

    said = Signal(str)
    _numbers = itertools.count()

    def __init__(self, workspace: Workspace, background: Background, parent: QWidget) -> None:
        """Show the flow that the workspace has read; its ``reading`` must be there."""
        super().__init__(parent)
        assert workspace.reading is not None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._workspace = workspace
        self._theme = workspace.theme
        self._background = background
        self._messages = workspace.reading.messages
        self._segments = workspace.reading.analysis.segments
        self._job = f"follow {next(self._numbers)}"
        self._source: Iterator[Portion] = iter(())
        self._wording = Wording(self._segments, "text")
        self._shown, self._is_over, self._sought = 0, False, ""
        self._transcripts = transcripts_of(self._messages)
        self.saving = Saving(self, background)
        self.saving.said.connect(self.said)
        self.setWindowTitle(self.tr("Flow {id}, what both ends say").format(id=workspace.reading.analysis.flow.id))
        self.resize(900, 680)
        self._lay_out()
        workspace.theme_changed.connect(self._on_theme_changed)
        workspace.capture_changed.connect(self.close)
        workspace.masks_changed.connect(self._begin)
        self._begin()

    @property
    def is_busy(self) -> bool:
        """Whether more is being fetched."""
        return self._background.is_busy(self._job)

    # -- parts -----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.layer, self.who, self.form = QComboBox(), QComboBox(), QComboBox()
        for transcript in self._transcripts:
            self.layer.addItem(f"{transcript.name}, {count(transcript.size, 'byte')}")
        self.who.addItems([self.tr("Both ends"), self.tr("Client"), self.tr("Server")])
        self.form.addItems([self.tr("Text"), self.tr("Hex")])
        for box, name in (
            (self.layer, self.tr("Layer")),
            (self.who, self.tr("Who speaks")),
            (self.form, self.tr("Form")),
        ):
            box.setAccessibleName(name)
            box.currentIndexChanged.connect(self._begin)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(fixed_font())
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setAccessibleName(self.tr("What both ends say"))
        self.text.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        self.search = TextSearch(self.text, self)
        self.search.not_found.connect(self._seek)
        self._told = QLabel()
        self._told.setObjectName("muted")
        self.save = QPushButton(self.tr("Save…"))
        self.save.setToolTip(self.tr("Save the bytes of what is chosen above, all of them"))
        self.save.clicked.connect(self._save)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        head, foot = QHBoxLayout(), QHBoxLayout()
        for box in (self.layer, self.who, self.form):
            head.addWidget(box)
        head.addStretch()
        head.addWidget(self._told)
        foot.addWidget(self.search, 1)
        foot.addWidget(self.save)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addLayout(foot)

    @property
    def _transcript(self) -> Transcript:
        return self._transcripts[max(self.layer.currentIndex(), 0)]

    @property
    def _speaker(self) -> int:
        return {0: BOTH, 1: 0, 2: 1}[max(self.who.currentIndex(), 0)]

    # -- fetching --------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Show what is chosen from its beginning."""
        self._background.cancel(self._job)
        self._job = f"follow {next(self._numbers)}"
        self._source = self._transcript.portions(self._messages, self._speaker)
        self._wording = Wording(self._segments, "hex" if self.form.currentIndex() == 1 else "text")
        self._shown, self._is_over, self._sought = 0, False, ""
        self.text.clear()
        is_masked = bool(self._workspace.masks)
        for part in (self.layer, self.who, self.form, self.search, self.save):
            part.setEnabled(not is_masked)
        if is_masked:
            self.search.word.clear()
            self._told.clear()
            self.text.setPlainText(self.tr("What both ends say is hidden while something is masked."))
        else:
            self._fetch()

    def _fetch(self) -> None:
        """Ask for the next portions, unless they are on their way or there are none."""
        if self.is_busy or self._is_over or self._shown >= MOST or self._workspace.masks:
            return
        source, wording = self._source, self._wording
        self._background.run(self._job, lambda progress: wording.fetch(source), self._on_fetched, self._on_failed)

    def _on_fetched(self, more: Fetched) -> None:
        self._append(more.lines)
        self._shown += more.size
        self._is_over = more.is_last
        self.search.searches_on = not self._is_over and self._shown < MOST
        self._tell()
        if self._sought:
            self._go_on_seeking()
        else:
            QTimer.singleShot(0, self, self._fetch_if_at_end)

    def _on_failed(self, error: Exception) -> None:
        self._is_over = True
        self._told.setText(str(error))

    def _tell(self) -> None:
        if self._is_over:
            self._told.setText("" if self._shown else self.tr("nothing was said"))
            return
        told = self.tr("the first {shown} bytes")
        if self._shown >= MOST:
            told = self.tr("the first {shown} bytes; save it to have all")
        self._told.setText(told.format(shown=grouped(self._shown)))

    def _on_scrolled(self) -> None:
        self._fetch_if_at_end()

    def _fetch_if_at_end(self) -> None:
        bar = self.text.verticalScrollBar()
        if bar.value() + 2 * bar.pageStep() >= bar.maximum():
            self._fetch()

    # -- searching -------------------------------------------------------------------------------------------------

    def _seek(self, word: str) -> None:
        """The word is not in what is shown behind the cursor: bring more and go on."""
        self._sought = word
        self.search.say(self.tr("searching…"))
        self._fetch()

    def _go_on_seeking(self) -> None:
        word, self._sought = self._sought, ""
        if self.text.find(word):
            self.search.say("")
        elif self.search.searches_on:
            self._seek(word)
        else:
            self.search.begin_anew()

    # -- showing ---------------------------------------------------------------------------------------------------

    def _append(self, lines: tuple[Line, ...]) -> None:
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        formats = _formats(self._theme)
        for line in lines:
            block, char = formats[line.style]
            goes_on = line.goes_on
            for text in line.text.split("\n"):
                if self.text.document().isEmpty():
                    cursor.setBlockFormat(block)
                elif not goes_on:
                    cursor.insertBlock(block, char)
                cursor.insertText(text, char)
                goes_on = False
        cursor.endEditBlock()

    def _on_theme_changed(self, theme: Theme) -> None:
        self._theme = theme
        self._begin()

    def _save(self) -> None:
        transcript, messages, who = self._transcript, self._messages, self._speaker
        name = "flow" if who == BOTH else ENDS[who]
        portions = lambda: (portion.data for portion in transcript.portions(messages, who) if portion.data)  # noqa: E731
        self.saving.ask(self.tr("Save what was said"), f"{name}.bin", portions)

    # -- overridden from QDialog -----------------------------------------------------------------------------------

    def done(self, result: int) -> None:
        """Fetch no more."""
        self._background.cancel(self._job)
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Fetch no more."""
        self._background.cancel(self._job)
        super().closeEvent(event)


def _formats(theme: Theme) -> dict[Style, tuple[QTextBlockFormat, QTextCharFormat]]:
    """How each style looks: the ground of a line, and its letters."""
    made: dict[Style, tuple[QTextBlockFormat, QTextCharFormat]] = {}
    looks: tuple[tuple[Style, str, str], ...] = (
        ("head", "panel", "muted"),
        ("client", "selection", "text"),
        ("server", "panel", "text"),
        ("lost", "trouble.band", "trouble"),
    )
    for style, ground, letters in looks:
        block, char = QTextBlockFormat(), QTextCharFormat()
        if ground != "panel":
            block.setBackground(QColor(theme[ground]))
        char.setForeground(QColor(theme[letters]))
        made[style] = block, char
    made["head"][1].setFontWeight(600)
    return made


class Wording:
    """Puts portions into words, one after the other: a character or a line may begin in one and end in the next."""

    def __init__(self, segments: Segments, form: Form) -> None:
        self._segments = segments
        self._form = form
        self._letters = _letters()
        self._style: Style = "client"
        self._is_open = False

    def fetch(self, source: Iterator[Portion]) -> Fetched:
        """The next portions (on a worker thread); raises CaptureChanged."""
        lines: list[Line] = []
        size = 0
        for portion in source:
            lines += self.lines(portion)
            size += len(portion.data) + portion.lost
            if size >= STEP:
                return Fetched(tuple(lines), size, is_last=False)
        lines += self._text(b"", final=True)
        return Fetched(tuple(lines), size, is_last=True)

    def lines(self, portion: Portion) -> Iterator[Line]:
        """One portion: who speaks, where that begins, and what is said."""
        if portion.begins or portion.lost:
            yield from self._text(b"", final=True)
            self._letters, self._is_open = _letters(), False
        self._style = "server" if portion.direction else "client"
        if portion.begins:
            packet = int(self._segments.packet[portion.row]) + 1
            yield Line("head", f"{ENDS[portion.direction].capitalize()} · #{packet}")
        if portion.lost:
            yield Line("lost", translate("{size} not captured").format(size=count(portion.lost, "byte")))
        elif self._form == "hex":
            yield Line(self._style, "\n".join(_hex_lines(portion)))
        else:
            yield from self._text(portion.data)

    def _text(self, data: bytes, final: bool = False) -> Iterator[Line]:
        text = self._letters.decode(data, final).replace("\ufffd", "·")
        if text:
            yield Line(self._style, "\n".join(shown_lines(text)), goes_on=self._is_open)
            self._is_open = not text.endswith("\n")


def _letters() -> io.IncrementalNewlineDecoder:
    """What makes text of bytes that come in portions."""
    return io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)


def _hex_lines(portion: Portion) -> Iterator[str]:
    for at in range(0, len(portion.data), _PER_LINE):
        part = portion.data[at : at + _PER_LINE]
        text = "".join(chr(octet) if 0x20 <= octet < 0x7F else "·" for octet in part)
        yield f"{portion.at + at:08x}  {part[:8].hex(' '):23}  {part[8:].hex(' '):23}  {text}"
