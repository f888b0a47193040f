"""How does a person read content: as text, as the fields of a form, as an image, or as bytes?

Plan: one page for each way, of which two are offered: what the content is, and its bytes.

Trap: Qt lays a line out as a whole; one of megabytes would hold the window for seconds. Longer lines than a person
reads are broken where they are shown.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPlainTextEdit,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from ladderview.analysis.message_content import MessageContent
from ladderview.analysis.words import count
from ladderview.proto.content import FormPair, Kind
from ladderview.ui.inspector.hex_view import HexView
from ladderview.ui.inspector.images import Picture
from ladderview.ui.style import fixed_font
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

#: Characters of a line that are laid out as one.
_LINE = 2000
#: Characters of a form's value that a row shows.
_VALUE = 1000

#: Control characters, and those that change the direction of what follows or are not seen at all.
_UNSHOWN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)

#: What the way of showing a kind of content is called; the others are shown as bytes.
WAYS = {Kind.TEXT: "Text", Kind.JSON: "JSON", Kind.FORM: "Form", Kind.IMAGE: "Image"}


class ImageView(QWidget):
    """An image, as large as it is or as there is room, on the ground of the theme."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._picture = Picture(QImage(), "")
        self.setAccessibleName(self.tr("Image"))
        workspace.theme_changed.connect(self.update)

    def show_picture(self, picture: Picture) -> None:
        """Show this."""
        self._picture = picture
        self.setAccessibleDescription(picture.caption)
        self.update()

    def wanted_height(self, width: int) -> int:
        """How high it is when it is so wide."""
        image = self._picture.image
        if image.isNull():
            return 60
        return round(image.height() * min(1.0, max(width, 1) / image.width())) + 26

    # -- overridden from QWidget -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The image, and what it is under it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        theme, image = self._workspace.theme, self._picture.image
        room = QRectF(self.rect()).adjusted(0, 0, 0, -24)
        if not image.isNull():
            scale = min(1.0, room.width() / image.width(), room.height() / image.height())
            width, height = image.width() * scale, image.height() * scale
            target = QRectF((room.width() - width) / 2, (room.height() - height) / 2, width, height)
            painter.setPen(QColor(theme["border"]))
            painter.drawRect(target.adjusted(-0.5, -0.5, 0.5, 0.5))
            painter.drawImage(target, image)
        painter.setPen(QColor(theme["muted"]))
        caption = QRectF(0, room.bottom() + 4, self.width(), 20) if not image.isNull() else QRectF(self.rect())
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(caption, flags, self._picture.caption)
        painter.end()


class ContentView(QStackedWidget):
    """Content, shown in one of the ways there are."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = Kind.EMPTY
        self._text = ""
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(fixed_font())
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setAccessibleName(self.tr("Content as text"))
        self.form = QTreeWidget()
        self.form.setHeaderLabels([self.tr("Field"), self.tr("Value")])
        self.form.setRootIsDecorated(False)
        self.form.setWordWrap(True)
        self.form.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.form.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.form.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.form.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.form.setAccessibleName(self.tr("Content as the fields of a form"))
        self.image = ImageView(workspace)
        self.hex = HexView(workspace)
        self.hex.setAccessibleName(self.tr("Content as bytes"))
        for page in (self.text, self.form, self.image, self.hex):
            self.addWidget(page)

    @property
    def way(self) -> str:
        """What the content is shown as, besides its bytes; empty where only those can be shown."""
        return translate(WAYS.get(self._kind, ""))

    def show_content(self, found: MessageContent, text: str, picture: Picture | None) -> None:
        """Show this as what it is; ``text`` by ``text_to_show``, the picture of an image."""
        self._kind = found.content.kind
        if picture is not None and picture.image.isNull():
            self._kind = Kind.BYTES
        at = self.text.verticalScrollBar().value() if text.startswith(self._text) else 0
        if text != self._text:
            self._text = text
            self.text.setPlainText(text)
            self.text.verticalScrollBar().setValue(at)
        self.form.clear()
        for pair in found.content.pairs if self._kind is Kind.FORM else ():
            self.form.addTopLevelItem(_form_row(pair))
        self.image.show_picture(picture or Picture(QImage(), ""))
        self.hex.set_bytes(found.octets)
        self.show_bytes(not self.way)

    def show_bytes(self, bytes_wanted: bool) -> None:
        """Show the bytes, or what they are."""
        pages = {Kind.FORM: self.form, Kind.IMAGE: self.image}
        self.setCurrentWidget(self.hex if bytes_wanted or not self.way else pages.get(self._kind, self.text))

    def wanted_height(self, width: int, most: int) -> int:
        """How high it is when it is so wide, up to a bound; what is longer scrolls."""
        page = self.currentWidget()
        if page is self.image:
            return min(self.image.wanted_height(width), most)
        if page is self.form:
            rows = self.form.topLevelItemCount()
            return min(self.form.header().height() + rows * (self.form.sizeHintForRow(0) + 2) + 6, most)
        if page is self.hex:
            return min(self.hex.wanted_height(), most)
        line_px = self.text.fontMetrics().lineSpacing()
        return min((self.text.document().lineCount() + 1) * line_px + 10, most)

    # -- overridden from QWidget -----------------------------------------------------------------------------------

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for the panel's smallest width."""
        return QSize(120, 40)


def text_to_show(found: MessageContent) -> str:
    """What is shown of content that is text: long lines broken, nothing in it that moves or hides the rest.

    Takes time where there is much of it, so it is made on a worker thread.
    """
    return "\n".join(shown_lines(found.content.text))


def shown_lines(text: str) -> list[str]:
    """The lines of a text as a person may see them."""
    lines: list[str] = []
    for line in _UNSHOWN.sub("·", text).splitlines():
        lines += [line[at : at + _LINE] for at in range(0, len(line), _LINE)] or [""]
    return lines


def _form_row(pair: FormPair) -> QTreeWidgetItem:
    value = pair.value if len(pair.value) <= _VALUE else pair.value[:_VALUE] + "…"
    if pair.file_name or (pair.media_type and not pair.value):
        described = [translate("file {name}").format(name=pair.file_name) if pair.file_name else "", pair.media_type]
        value = ", ".join(filter(None, (*described, count(len(pair.span), "byte"))))
    item = QTreeWidgetItem([pair.name, value])
    item.setToolTip(1, value)
    return item
