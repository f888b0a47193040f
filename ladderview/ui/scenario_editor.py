"""The text of a scenario, to be written: what is wrong with it is underlined where it stands, and said below.

The editor knows no file and composes nothing: ``scenario_file`` does both. While something is masked, the text is
covered: its addresses are written to be changed, and words in their place would be another scenario.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QEvent, QRegularExpression, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QFont,
    QHelpEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QTextEdit,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from ladderview.capture.scenario.grammar import STEPS, WHOLE
from ladderview.capture.scenario.help import HELP
from ladderview.capture.scenario.words import Mistake
from ladderview.ladder.theme import Theme
from ladderview.ui.inspector.heading import ElidedLabel
from ladderview.ui.style import fixed_font

#: Milliseconds without a key after which the picture follows.
PAUSE_MS = 250

_FIRST_WORDS = "|".join((*WHOLE, *STEPS, "meanwhile", "after"))


class ScenarioEditor(QWidget):
    """A text with its mistakes.

    Signals:
        paused(str): the person has changed the text to this and stopped for a moment.
        edited(bool): the text is other than that of its file, or the same again.
    """

    paused = Signal(str)
    edited = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = _Text()
        self.text.setAccessibleName(self.tr("Text of the scenario"))
        self._title = ElidedLabel()
        self._title.setObjectName("heading")
        self._title.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._wrong = QLabel()
        self._wrong.setWordWrap(True)
        self._wrong.setTextFormat(Qt.TextFormat.RichText)
        self._wrong.setContentsMargins(12, 6, 12, 8)
        self._wrong.linkActivated.connect(lambda _: self.go_to_mistake())
        self._wrong.setAccessibleName(self.tr("Mistake"))
        self._wrong.hide()
        self._tools = QHBoxLayout()
        self._tools.setContentsMargins(12, 6, 8, 6)
        self._tools.setSpacing(2)
        self._tools.addWidget(self._title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._tools)
        self._cover = QLabel(self.tr("The text of the scenario is hidden while something is masked."))
        self._cover.setObjectName("muted")
        self._cover.setWordWrap(True)
        self._cover.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._cover.setMargin(24)
        self._cover.hide()
        column.addWidget(self.text, 1)
        column.addWidget(self._cover, 1)
        column.addWidget(self._wrong)
        self._name = ""
        self._theme: Theme | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(lambda: self.paused.emit(self.text.toPlainText()))
        self.text.textChanged.connect(self._on_text_changed)
        self.text.document().modificationChanged.connect(self._on_modified)

    def add_tool(self, action: QAction) -> None:
        """Give an action a button above the text."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._tools.addWidget(button)

    def load(self, name: str, text: str) -> None:
        """Show the text of a file of this name; whatever was there is gone."""
        self._name = name
        self.text.blockSignals(True)
        self.text.setPlainText(text)
        self.text.blockSignals(False)
        self.set_mistakes(())
        self.text.document().setModified(False)
        self._on_modified()

    def cover(self, covered: bool, name: str) -> None:
        """Hide the text and what is wrong with it, or show them again, under this name."""
        self._name = name
        self.text.setVisible(not covered)
        self._cover.setVisible(covered)
        self._wrong.setVisible(not covered and bool(self.text.mistakes))
        self._on_modified()

    def was_saved(self, name: str) -> None:
        """The text is that of the file of this name."""
        self._name = name
        self.text.document().setModified(False)
        self._on_modified()

    @property
    def is_modified(self) -> bool:
        """Whether the text is other than that of its file."""
        return self.text.document().isModified()

    def set_mistakes(self, mistakes: Sequence[Mistake]) -> None:
        """Underline these, and say the first."""
        self.text.set_mistakes(mistakes)
        self._wrong.setVisible(bool(mistakes) and self._cover.isHidden())
        if mistakes:
            first = mistakes[0]
            more = ""
            if len(mistakes) > 1:
                more = " <i>" + self.tr("and {count} more").format(count=len(mistakes) - 1) + "</i>"
            line = self.tr("Line {line}").format(line=first.line)
            self._wrong.setText(f'<a href="there">{line}</a>: {escape(first.message)}{more}')

    def go_to_mistake(self) -> None:
        """Put the cursor at the first mistake."""
        if self.text.mistakes:
            self.text.setTextCursor(self.text.place_of(self.text.mistakes[0], select=False))
            self.text.setFocus()

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self.text.set_theme(theme)

    def _on_text_changed(self) -> None:
        self._pause.start()

    def _on_modified(self) -> None:
        self._title.set_text(f"{self._name} *" if self.is_modified else self._name)
        self._title.setToolTip(self.tr("{name}, edited").format(name=self._name) if self.is_modified else self._name)
        self.edited.emit(self.is_modified)


class _Text(QPlainTextEdit):
    """The text itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("scenario")
        self.mistakes: tuple[Mistake, ...] = ()
        self._trouble = self._ground = QColor()
        self.setFont(fixed_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(10)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._colours = _Colours(self.document())

    def set_theme(self, theme: Theme) -> None:
        """Wear another theme."""
        self._trouble, self._ground = QColor(theme["trouble"]), QColor(theme["trouble.band"])
        modified = self.document().isModified()
        self._colours.wear(theme)
        self.document().setModified(modified)  # colours are no change
        self.set_mistakes(self.mistakes)

    def set_mistakes(self, mistakes: Sequence[Mistake]) -> None:
        """Underline these."""
        self.mistakes = tuple(mistakes)
        wave = QTextCharFormat()
        wave.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        wave.setUnderlineColor(self._trouble)
        wave.setBackground(self._ground)
        marks = []
        for mistake in self.mistakes:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self.place_of(mistake)
            mark.format = wave
            marks.append(mark)
        self.setExtraSelections(marks)

    def place_of(self, mistake: Mistake, select: bool = True) -> QTextCursor:
        """The words of a mistake; where a line ends too early, its last letter."""
        block = self.document().findBlockByNumber(mistake.line - 1)
        length = max(block.length() - 1, 0)
        begin, end = min(mistake.column - 1, length), min(mistake.end - 1, length)
        cursor = QTextCursor(self.document())
        cursor.setPosition(block.position() + (begin if begin < end or not select else max(begin - 1, 0)))
        if select:
            cursor.setPosition(block.position() + max(end, begin), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def mistake_at(self, position: int) -> Mistake | None:
        """The mistake that is underlined at a position of the text."""
        for mistake in self.mistakes:
            place = self.place_of(mistake)
            if place.selectionStart() <= position <= place.selectionEnd():
                return mistake
        return None

    # -- overridden from QPlainTextEdit --------------------------------------------------------------------------------

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what is wrong with the words under the pointer."""
        if isinstance(event, QHelpEvent):
            mistake = self.mistake_at(self.cursorForPosition(event.pos()).position())
            if mistake is not None:
                QToolTip.showText(event.globalPos(), escape(mistake.message), self)
            else:
                QToolTip.hideText()
            return True
        return bool(super().viewportEvent(event))


class _Colours(QSyntaxHighlighter):
    """First words stand out, comments stand back, texts in quotation marks look as what is sent."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._first, self._comment, self._quoted, self._field = (QTextCharFormat() for _ in range(4))
        self._first.setFontWeight(QFont.Weight.DemiBold)
        self._rules = (
            (QRegularExpression(rf"^\s*(?:{_FIRST_WORDS})\b"), self._first),
            (QRegularExpression(r'"(?:\\.|[^"\\])*"'), self._quoted),
            (QRegularExpression(r"^\s+[A-Za-z-]+:"), self._field),
            (QRegularExpression(r"(?:^|\s)#.*$"), self._comment),
        )

    def wear(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        styles = {"accent": self._first, "muted": self._comment, "http": self._quoted, "tls": self._field}
        for name, style in styles.items():
            style.setForeground(QColor(theme[name]))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        is_words = text.lstrip().startswith(("remark", "title", "about"))
        for expression, style in self._rules[:1] if is_words else self._rules:
            matches = expression.globalMatch(text)
            while matches.hasNext():
                match = matches.next()
                self.setFormat(match.capturedStart(), match.capturedLength(), style)


class ScenarioHelp(QDialog):
    """How a scenario is written."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("How to write a scenario"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = QPlainTextEdit(HELP)
        text.setReadOnly(True)
        text.setFont(fixed_font())
        text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        column = QVBoxLayout(self)
        column.addWidget(text)
        width = text.fontMetrics().horizontalAdvance("m" * 122)
        self.resize(min(width + 60, 1200), 640)
