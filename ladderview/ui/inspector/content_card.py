"""What does the selected message carry? Its body, whole and decoded, over all the segments that brought it.

Plan: of the messages in a packet the last one that has content is shown. So much of it as a person reads is fetched at
first (``LayerReader``); "Show more" fetches further, and "Save" passes all of it through to a file.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ladderview.analysis.message import DATA, WEBSOCKET
from ladderview.analysis.message_content import SHOWN, MessageContent
from ladderview.analysis.words import count, grouped, listed
from ladderview.ladder.theme import Theme
from ladderview.ui.inspector.content_view import ContentView
from ladderview.ui.inspector.heading import ElidedLabel
from ladderview.ui.inspector.layer_reader import FoundContent
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

#: How high the content may be in the panel; the rest scrolls.
MOST_PX = 300
#: Bytes that are shown at most: what is longer is read in a program for it.
MOST_SHOWN = 16 * SHOWN


class ContentCard(QFrame):
    """The content of one message; hidden while there is none.

    Signals:
        more_asked(int): this many bytes of the content are wanted.
        save_asked(): the content is to be saved.
        enlarge_asked(): the content is to be shown in a window of its own.
    """

    more_asked = Signal(int)
    save_asked = Signal()
    enlarge_asked = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._workspace = workspace
        self.found: FoundContent | None = None
        self._title = QLabel(self.tr("Body"))
        self._size = ElidedLabel(elide=Qt.TextElideMode.ElideLeft)  # how much it is stands at its end
        self._size.setObjectName("muted")
        self._told = QLabel()
        self._told.setObjectName("muted")
        self._told.setWordWrap(True)
        self.view = ContentView(workspace)
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._ways = QButtonGroup(self)
        self.as_itself, self.as_bytes = (
            _button(self.tr("Text"), checkable=True),
            _button(self.tr("Hex"), checkable=True),
        )
        self.more, self.save, self.enlarge = (
            _button(self.tr("Show more")),
            _button(self.tr("Save…")),
            _button(self.tr("Enlarge")),
        )
        self.save.setToolTip(self.tr("Save all of it to a file, as it is shown: without its codings"))
        self.enlarge.setToolTip(self.tr("Show it in a window of its own"))
        self._lay_out()
        self.hide()
        self._wear(workspace.theme)
        workspace.theme_changed.connect(self._wear)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addWidget(self._size, 1)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        for position, button in enumerate((self.as_itself, self.as_bytes)):
            self._ways.addButton(button, position)
            foot.addWidget(button)
        foot.addStretch()
        for button in (self.enlarge, self.save):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 9, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self._told)
        column.addWidget(self.view)
        column.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(foot)
        self._ways.idClicked.connect(self._on_way_chosen)
        self.more.clicked.connect(lambda: self.more_asked.emit(self.found.limit * 4 if self.found else SHOWN))
        self.save.clicked.connect(self.save_asked)
        self.enlarge.clicked.connect(self.enlarge_asked)

    def _wear(self, theme: Theme) -> None:
        self._title.setStyleSheet(f"color: {theme['accent.text']}; font-weight: 600;")

    def show_none(self) -> None:
        """There is no content."""
        self.found = None
        self.hide()

    def show_content(self, found: FoundContent) -> None:
        """Show the content of a message."""
        is_same = self.found is not None and self.found.message == found.message
        keeps_way = is_same and self.view.way != "" and self.as_bytes.isChecked()
        self.found = found
        self.view.show_content(found.content, found.text, found.picture)
        way = self.view.way
        self.as_itself.setText(way)
        self.as_itself.setVisible(bool(way))
        self.as_bytes.setVisible(bool(way))
        (self.as_bytes if keeps_way or not way else self.as_itself).setChecked(True)
        self.view.show_bytes(keeps_way or not way)
        self._title.setText(translate(TITLES.get(found.message.protocol, "")) or self.tr("Body"))
        self._size.set_text(size_words(found.content))
        self._size.setToolTip(size_words(found.content))
        notes = remarks(found)
        self._told.setText("\n".join(notes))
        self._told.setVisible(bool(notes))
        self.more.setVisible(found.content.has_more and found.limit < MOST_SHOWN)
        # Where nothing was captured there is nothing to look at, and what is saved is saved as it is.
        has_any = bool(found.content.octets)
        self.view.setVisible(has_any)
        self.enlarge.setVisible(has_any)
        self.save.setVisible(has_any and not self._workspace.masks)
        self.setVisible(True)
        self._fit()

    def _on_way_chosen(self, position: int) -> None:
        self.view.show_bytes(position == 1)
        self._fit()

    def _fit(self) -> None:
        self.view.setFixedHeight(self.view.wanted_height(self.width() - 26, MOST_PX))

    # -- overridden from QFrame ------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another height."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width() and self.found is not None:
            self._fit()


TITLES = {DATA: "Payload", WEBSOCKET: "Message"}


def size_words(found: MessageContent) -> str:
    """What it is and how much: "text/html · 14 213 B"."""
    size = f"{grouped(len(found.octets))}{'+' if found.has_more else ''} B"
    return " · ".join(filter(None, (found.content.media_type, size)))


def remarks(found: FoundContent) -> list[str]:
    """Which codings were taken off, how much is shown, and what is wrong, a line each."""
    content, said = found.content, []
    if content.codings:
        said.append(
            translate("{size} as sent, without {codings}").format(
                size=count(content.sent, "byte"), codings=listed(list(content.codings))
            )
        )
    if content.has_more:
        told = translate("The first {size} are shown")
        if found.limit >= MOST_SHOWN:
            told = translate("The first {size} are shown; save it to have all")
        said.append(told.format(size=count(len(content.octets), "byte")))
    if found.picture is not None and found.picture.image.isNull():
        said.append(found.picture.caption)
    return [*said, *(f"{note[:1].upper()}{note[1:]}" for note in content.notes)]


def _button(text: str, checkable: bool = False) -> QToolButton:
    button = QToolButton()
    button.setObjectName("small")
    button.setText(text)
    button.setCheckable(checkable)
    return button
