"""What does a person see before a flow leaves the window? Its pages, live, beside the choices that make them.

Plan: every change of the form asks a worker thread for the page again; the newest question wins. What is written is
made by the same code as the command line's, from the same ``Wish``, so both give the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ladderview.progress import Progress
from ladderview.render.export import export
from ladderview.render.preview import Preview, preview_of
from ladderview.render.qt import to_image
from ladderview.ui.background import Background
from ladderview.ui.dialogs import refuse
from ladderview.ui.export_options import ExportOptions, Start
from ladderview.ui.file_dialogs import ask_where, reason_of
from ladderview.ui.ladder_copy import COPYING, Subject, copy_picture, copy_text
from ladderview.ui.style import fixed_font

_PREVIEW, _EXPORT = "export preview", "export"

#: Milliseconds without another change before a page is drawn: while somebody writes a title it is not drawn each time.
_QUIET_MS = 120


class ExportDialog(QDialog):
    """The preview, the form, and what is done with them.

    Signals:
        said(str): what was done, in a few words.
    """

    said = Signal(str)

    def __init__(self, window: QWidget, subject: Subject, start: Start, background: Background) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(1060, 690)
        self._subject, self._background = subject, background
        self._page, self._pages = 0, 1
        self._image = QImage()
        self.options = ExportOptions(start)
        self.picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.picture.setMinimumSize(360, 320)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setFont(fixed_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.views = QStackedWidget()
        self.views.addWidget(self.picture)
        self.views.addWidget(self.text)
        self.remark = QLabel(wordWrap=True)
        self.remark.setObjectName("muted")
        self.previous, self.next = _page_button("‹", self.tr("Page before")), _page_button("›", self.tr("Next page"))
        self.where = QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.export_button = QPushButton(self.tr("Export…"))
        self.export_button.setObjectName("primary")
        self.export_button.setDefault(True)
        self.copy_picture_button = QPushButton(self.tr("Copy as Picture"))
        self.copy_text_button = QPushButton(self.tr("Copy as Text"))
        self.close_button = QPushButton(self.tr("Close"))
        self._quiet = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._lay_out()
        self._connect()
        self._show_working(False)
        self._ask()

    # -- parts --------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        paper = QWidget()
        paper.setObjectName("paper")
        inside = QVBoxLayout(paper)
        inside.setContentsMargins(14, 14, 14, 10)
        inside.addWidget(self.views, 1)
        pages = QHBoxLayout()
        pages.addWidget(self.remark, 1)
        for part in (self.previous, self.where, self.next):
            pages.addWidget(part)
        inside.addLayout(pages)
        side = QVBoxLayout()
        side.addWidget(self.options)
        side.addStretch(1)
        side.addWidget(self.bar)
        side.addWidget(self.cancel_button)
        copies = QHBoxLayout()
        copies.addWidget(self.copy_picture_button)
        copies.addWidget(self.copy_text_button)
        side.addLayout(copies)
        ends = QHBoxLayout()
        ends.addWidget(self.close_button)
        ends.addWidget(self.export_button)
        side.addLayout(ends)
        holder = QWidget()
        holder.setLayout(side)
        holder.setFixedWidth(330)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 16, 0)
        row.addWidget(paper, 1)
        row.addWidget(holder)
        side.setContentsMargins(4, 16, 0, 16)

    def _connect(self) -> None:
        self.options.changed.connect(self._on_changed)
        self._quiet.timeout.connect(self._ask)
        self.previous.clicked.connect(lambda: self._turn(-1))
        self.next.clicked.connect(lambda: self._turn(1))
        self.export_button.clicked.connect(self._ask_for_name)
        self.copy_picture_button.clicked.connect(self.copy_picture)
        self.copy_text_button.clicked.connect(self.copy_text)
        self.cancel_button.clicked.connect(self.cancel)
        self.close_button.clicked.connect(self.reject)

    # -- the preview --------------------------------------------------------------------------------------------------

    def _on_changed(self) -> None:
        self._page = 0
        self._quiet.start()

    def _turn(self, step: int) -> None:
        self._page = min(max(0, self._page + step), self._pages - 1)
        self._ask()

    def _ask(self) -> None:
        """Have the page drawn."""
        self._quiet.stop()
        if self.options.trouble:
            self._refuse_preview(self.options.trouble)
            return
        wish, one, page = self.options.wish(), self.options.chosen_format, self._page
        room, density = self.views.size(), self.devicePixelRatioF()

        def work(progress: Progress) -> tuple[Preview, QImage]:
            job = self._subject.job(wish, progress)
            shown = preview_of(job, one, page)
            if shown.drawing is None:
                return shown, QImage()
            drawing = shown.drawing
            fit = min(room.width() / drawing.width, room.height() / drawing.height)
            scale = max(min(fit, 1.25), min(room.width() / drawing.width, 0.45)) * density
            image = to_image(drawing, job.theme, scale, transparent=wish.transparent and "transparent" in one.choices)
            image.setDevicePixelRatio(density)
            return shown, image

        self._background.run(_PREVIEW, work, self._on_preview, self._on_preview_failed)

    def _on_preview(self, answer: tuple[Preview, QImage]) -> None:
        shown, self._image = answer
        self._pages = shown.pages
        self._page = min(self._page, shown.pages - 1)
        self.remark.setObjectName("muted")
        self._say(shown.remark)
        self.where.setText(self.tr("{page} of {pages}").format(page=self._page + 1, pages=shown.pages))
        for part in (self.previous, self.where, self.next):
            part.setVisible(shown.pages > 1)
        self.previous.setEnabled(self._page > 0)
        self.next.setEnabled(self._page + 1 < shown.pages)
        if shown.drawing is None:
            self.text.setPlainText(shown.text)
            self.views.setCurrentWidget(self.text)
        else:
            self._show_image()
            self.views.setCurrentWidget(self.picture)
        self.export_button.setEnabled(True)

    def _show_image(self) -> None:
        """The page; of one that is higher than the room for it, its beginning."""
        pixmap = QPixmap.fromImage(self._image)
        height = round(self.views.height() * self._image.devicePixelRatio())
        if pixmap.height() > height:
            pixmap = pixmap.copy(0, 0, pixmap.width(), height)
        self.picture.setPixmap(pixmap)

    def _on_preview_failed(self, error: Exception) -> None:
        self._refuse_preview(reason_of(error, ""))

    def _refuse_preview(self, reason: str) -> None:
        self.picture.clear()
        self.views.setCurrentWidget(self.picture)
        self.remark.setObjectName("trouble")
        self._say(reason)
        self.export_button.setEnabled(False)

    def _say(self, words: str) -> None:
        self.remark.setText(words)
        self.remark.style().unpolish(self.remark)
        self.remark.style().polish(self.remark)

    # -- what is done -------------------------------------------------------------------------------------------------

    def _ask_for_name(self) -> None:
        one = self.options.chosen_format
        title = self.tr("Export as {name}").format(name=one.name)
        name = f"{self._subject.stem(self.options.wish().masks)}{one.suffix}"
        ask_where(self, title, name, f"{one.name} (*{one.suffix})", self.export_to, "export_folder")

    def export_to(self, name: str) -> None:
        """Write the export under this name, on a worker thread."""
        QSettings().setValue("export_format", self.options.chosen_format.suffix)
        wish, subject = self.options.wish(), self._subject
        self._show_working(True)
        self._background.run(
            _EXPORT,
            lambda progress: export(subject.job(wish, progress), Path(name), progress),
            self._on_exported,
            lambda error: self._on_failed(name, error),
            self._on_progress,
        )

    def _on_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)

    def _on_exported(self, written: list[Path]) -> None:
        self._show_working(False)
        told = self.tr("Exported {name}")
        if len(written) > 1:
            told = self.tr("Exported {name} and {count} more files")
        self.said.emit(told.format(name=written[0].name, count=len(written) - 1))
        self.accept()

    def _on_failed(self, name: str, error: Exception) -> None:
        self._show_working(False)
        refuse(self, reason_of(error, name), self.tr("Cannot export the ladder"))

    def cancel(self) -> None:
        """Stop what is being written; nothing of it is left."""
        self._background.cancel(_EXPORT)
        self._background.cancel(COPYING)
        self._show_working(False)

    def copy_picture(self) -> None:
        """Put the picture on the clipboard."""
        if not self.options.trouble:
            self._show_working(True)
            copy_picture(self._background, self._subject, self.options.wish(), self._on_copied, self._on_copy_failed)

    def copy_text(self) -> None:
        """Put the ladder on the clipboard as text: that of the format, where it is one, else the plain one."""
        if not self.options.trouble:
            self._show_working(True)
            wish, suffix = self.options.wish(), self.options.chosen_format.suffix
            copy_text(self._background, self._subject, wish, self._on_copied, self._on_copy_failed, suffix)

    def _on_copy_failed(self, error: Exception) -> None:
        self._on_failed("", error)

    def _on_copied(self, words: str) -> None:
        self._show_working(False)
        self.said.emit(words)
        self.remark.setObjectName("muted")
        self._say(words)

    def _show_working(self, working: bool) -> None:
        self.bar.setRange(0, 0)
        self.bar.setVisible(working)
        self.cancel_button.setVisible(working)
        for part in (self.options, self.export_button, self.copy_picture_button, self.copy_text_button):
            part.setEnabled(not working)

    # -- overridden ---------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another room is another picture."""
        super().resizeEvent(event)
        self._quiet.start()

    def done(self, result: int) -> None:
        """Closing stops what is being drawn and written."""
        self._quiet.stop()
        for name in (_PREVIEW, _EXPORT, COPYING):
            self._background.cancel(name)
        super().done(result)

    def sizeHint(self) -> QSize:
        """Room for a page beside the form."""
        return QSize(1060, 690)


def _page_button(words: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(words)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    return button
