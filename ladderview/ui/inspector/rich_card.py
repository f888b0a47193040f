"""A card of formatted text that is always as high as its text: it never scrolls by itself and never clips.

Plan: a ``QTextBrowser`` without scroll bars, whose height follows its document. The text can be selected and copied;
``#29`` in it is a link to that packet.
"""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

#: A packet's number in a sentence.
PACKET = re.compile(r"#(\d+)")


def linked(text: str, colour: str) -> str:
    """Plain text as HTML in which every packet number is a link in this colour."""
    link = rf'<a href="packet:\1" style="color:{colour}; text-decoration:none">#\1</a>'
    # Qt breaks a line at a narrow no-break space, which groups the digits of a number.
    return PACKET.sub(link, html.escape(text.replace("\u202f", "\u00a0")))


class RichCard(QTextBrowser):
    """Formatted text with packet links.

    Signals:
        packet_clicked(int): the number of the packet whose link was followed, as a person counts (from 1).
    """

    packet_clicked = Signal(int)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setOpenLinks(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self.anchorClicked.connect(self._on_anchor_clicked)

    def show_html(self, body: str) -> None:
        """Show this; the height follows."""
        self.setHtml(body)
        self._fit()

    def _fit(self) -> None:
        self.document().setTextWidth(self.viewport().width())
        self.setFixedHeight(round(self.document().size().height() + 0.5))

    def _on_anchor_clicked(self, url: QUrl) -> None:
        if url.scheme() == "packet" and url.path().isdigit():
            self.packet_clicked.emit(int(url.path()))

    # -- overridden from QTextBrowser ------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, another height."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The panel scrolls, not the card."""
        event.ignore()

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for the panel's smallest width."""
        return QSize(120, 10)
