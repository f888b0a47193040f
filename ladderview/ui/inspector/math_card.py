"""How do the numbers of this segment come about, what do its verdicts rest on, and what is it for?"""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ladderview.analysis.arithmetic import MathLine
from ladderview.ladder.theme import Theme
from ladderview.ui.inspector.rich_card import RichCard, linked
from ladderview.ui.style import fixed_font
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

#: The term after which a line is drawn, as under a sum on paper.
SUM_TERM = "= Next seq"

_CELL = "padding-top:2px; padding-bottom:2px;"


class TextCard(QFrame):
    """A framed card: a heading in the accent colour and formatted text under it; hidden while it has no text.

    Signals:
        packet_clicked(int): the number of a packet whose link was followed.
    """

    packet_clicked = Signal(int)

    def __init__(self, title: str, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._workspace = workspace
        self._title = QLabel(title)
        self.body = RichCard(title)
        self.body.packet_clicked.connect(self.packet_clicked)
        self.head = QHBoxLayout()
        self.head.addWidget(self._title)
        self.head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 9, 12, 11)
        column.setSpacing(6)
        column.addLayout(self.head)
        column.addWidget(self.body)
        self._wear(workspace.theme)
        workspace.theme_changed.connect(self._wear)

    def _wear(self, theme: Theme) -> None:
        self._title.setStyleSheet(f"color: {theme['accent.text']}; font-weight: 600;")
        # The rules of a style sheet reach the document only for its ground.
        self.body.setStyleSheet("background: transparent;")


class MathCard(TextCard):
    """The seq/ack arithmetic, in relative or raw numbers."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(translate("Seq / ack math"), workspace, parent)
        self._lines: tuple[MathLine, ...] = ()
        self.raw_button = QToolButton()
        self.raw_button.setObjectName("plain")
        self.raw_button.setToolTip(
            self.tr("Change between numbers relative to the ISN and those that stand in the packet")
        )
        self.raw_button.clicked.connect(lambda: workspace.set_relative_numbers(not workspace.relative_numbers))
        self.head.addWidget(self.raw_button)
        workspace.relative_numbers_changed.connect(self._on_relative_numbers_changed)
        workspace.theme_changed.connect(lambda: self.set_lines(self._lines))
        self._on_relative_numbers_changed()

    def set_lines(self, lines: tuple[MathLine, ...]) -> None:
        """Show these sums."""
        self._lines = lines
        self.body.show_html(math_html(lines, self._workspace.theme))

    def _on_relative_numbers_changed(self) -> None:
        relative = self._workspace.relative_numbers
        self.raw_button.setText(self.tr("relative numbers") if relative else self.tr("raw numbers"))
        self.raw_button.setAccessibleName(
            self.tr("Numbers are relative; change") if relative else self.tr("Numbers are raw; change")
        )


def math_html(lines: tuple[MathLine, ...], theme: Theme) -> str:
    """The card as a table: term, number, where it comes from."""
    after = [*(line.term for line in lines[1:]), ""]
    rows = (_row_html(line, term == SUM_TERM, theme) for line, term in zip(lines, after, strict=False))
    return f'<table cellspacing="0" cellpadding="0" width="100%">{"".join(rows)}</table>'


def _row_html(line: MathLine, before_sum: bool, theme: Theme) -> str:
    """One line of the table, with the rule of a sum under its number where the next line is the sum."""
    wrong = line.ok is False
    mark = {True: "&nbsp;✓", False: "&nbsp;✗", None: ""}[line.ok]
    rule = f"border-bottom: 1px solid {theme['selection.border']};" if before_sum else ""
    number = f"font-family:'{html.escape(fixed_font().family())}'; color:{theme['trouble' if wrong else 'text']}"
    return (
        f'<tr><td style="{_CELL} white-space:nowrap; padding-right:10px; color:{theme["muted"]}">'
        f'{html.escape(line.term)}</td><td align="right" style="{_CELL} white-space:nowrap; {rule}">'
        f'<b><span style="{number}">{linked(line.value, theme["accent.text"])}</span></b></td>'
        f'<td style="{_CELL} padding-left:12px; color:{theme["trouble" if wrong else "tcp"]}">'
        f"{linked(line.remark, theme['accent.text'])}{mark}</td></tr>"
    )


class WhyCard(TextCard):
    """What the verdicts rest on, and what this kind of segment is for."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(translate("Why?"), workspace, parent)
        self._sentences: tuple[str, ...] = ()
        self._reasons: tuple[str, ...] = ()
        self.body.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        workspace.theme_changed.connect(lambda: self.set_texts(self._sentences, self._reasons))

    def set_texts(self, sentences: tuple[str, ...], reasons: tuple[str, ...]) -> None:
        """Show what the verdicts are concluded from, then what arrows of this kind are for, a paragraph each."""
        self._sentences, self._reasons = sentences, reasons
        theme = self._workspace.theme
        coloured = [(text, theme["text"]) for text in sentences] + [(text, theme["tcp"]) for text in reasons if text]
        paragraphs = [
            f'<p style="margin:0 0 {0 if last else 7}px 0; color:{colour}">{linked(text, theme["accent.text"])}</p>'
            for (text, colour), last in zip(coloured, [*[False] * (len(coloured) - 1), True], strict=False)
        ]
        self.setVisible(bool(paragraphs))
        self.body.show_html("".join(paragraphs))
