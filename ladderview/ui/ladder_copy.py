"""How does a ladder get onto the clipboard? As a picture, which is pixels and a drawing in one, or as text."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from ladderview.analysis.flow_analysis import FlowAnalysis
from ladderview.analysis.keys import Keys
from ladderview.analysis.masking import MaskKind
from ladderview.analysis.reading import FlowReading, read_flow
from ladderview.capture.capture import Capture
from ladderview.progress import Progress
from ladderview.render.job import Job, Wish
from ladderview.render.ladder_text import text_lines
from ladderview.render.mermaid import mermaid_lines
from ladderview.render.pictures import picture_drawing, svg_text
from ladderview.render.plantuml import plantuml_lines
from ladderview.render.qt import to_image
from ladderview.ui.background import Background
from ladderview.ui.shown_name import file_stem
from ladderview.ui.translation import translate

COPYING = "export copy"

_LINES = {".mmd": mermaid_lines, ".puml": plantuml_lines}


class Subject:
    """The flow that is taken away; read when it is first asked for, by whichever thread asks."""

    def __init__(self, capture: Capture, analysis: FlowAnalysis, reading: FlowReading | None, keys: Keys) -> None:
        self.capture, self.analysis, self.reading, self.keys = capture, analysis, reading, keys

    def job(self, wish: Wish, progress: Progress) -> Job:
        """What is to be written."""
        if self.reading is None:
            self.reading = read_flow(self.capture, self.analysis, self.keys, progress)
        return Job(self.capture, self.reading, wish, self.keys)

    def stem(self, masks: frozenset[MaskKind]) -> str:
        """A name for files in which this is masked."""
        return f"{file_stem(self.capture.path, masks)}-flow{self.analysis.flow.id}"


def copy_picture(
    background: Background,
    subject: Subject,
    wish: Wish,
    said: Callable[[str], None],
    failed: Callable[[Exception], None],
) -> None:
    """Put the picture on the clipboard; ``said`` is told what was done."""

    def work(progress: Progress) -> tuple[QImage, str]:
        job = subject.job(wish, progress)
        return to_image(picture_drawing(job), job.theme, wish.scale, transparent=wish.transparent), svg_text(job)

    def done(answer: tuple[QImage, str]) -> None:
        image, svg = answer
        data = QMimeData()
        data.setImageData(image)
        data.setData("image/svg+xml", svg.encode())
        QGuiApplication.clipboard().setMimeData(data)
        said(
            translate("Copied a picture of {width} × {height} pixels").format(
                width=image.width(), height=image.height()
            )
        )

    background.run(COPYING, work, done, failed)


def copy_text(
    background: Background,
    subject: Subject,
    wish: Wish,
    said: Callable[[str], None],
    failed: Callable[[Exception], None],
    suffix: str = ".txt",
) -> None:
    """Put the ladder on the clipboard as text: as a diagram where ``suffix`` is that of one, else plain."""

    def work(progress: Progress) -> str:
        return "".join(f"{line}\n" for line in _LINES.get(suffix, text_lines)(subject.job(wish, progress)))

    def done(text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        said(translate("Copied {count} lines of text").format(count=text.count(chr(10))))

    background.run(COPYING, work, done, failed)
