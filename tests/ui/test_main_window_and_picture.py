"""What is exported is what is seen: the same rows on the canvas of the window, and in a PNG.

The window keeps more room for links at both sides, so it is made wider until the lifelines stand as far apart as in the
picture; what lies between them must then be the same, pixel by pixel, but for the triangles that fold and unfold.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from ladderview.analysis.steps import Level
from ladderview.ladder.annotated import folds_of
from ladderview.ladder.annotation_shapes import beside
from ladderview.ladder.axis import AxisMode
from ladderview.ladder.columns import columns_of
from ladderview.ladder.layout import time_column
from ladderview.ladder.shapes import Arrow, Drawing, Line, Phrase, Shape
from ladderview.ladder.viewport import HEADER_PX
from ladderview.render.job import Job
from ladderview.render.pictures import picture_drawing
from ladderview.render.qt import measure, to_image
from ladderview.ui.ladder_view import LadderView
from tests.render.jobs import annotations_of, sample_job

#: Pixels beyond the lifelines that are compared: the ends of arrows, and highlights.
BESIDE = 14


def annotated_job(name: str, level: Level, axis: AxisMode, theme: str) -> Job:
    notes = annotations_of(sample_job(name).plan)
    return sample_job(name, level=level, axis=axis, theme=theme, scale=1.0, annotations=notes)


def lifelines(drawing: Drawing) -> tuple[float, float]:
    found = {shape.x1 for shape in drawing.shapes if isinstance(shape, Line) and shape.key == "lifeline"}
    return min(found), max(found)


def view_of(job: Job, picture: Drawing, qtbot: QtBot) -> LadderView:
    """The ladder of the window with what the job has, its lifelines as far apart, and all rows in view."""
    view = LadderView()
    qtbot.addWidget(view)
    view.show()
    qtbot.waitExposed(view)
    view.set_theme(job.theme)
    view.set_axis(job.wish.axis)
    view.set_flow(job.reading.analysis, job.capture)
    view.set_reading(job.reading)
    view.set_folds(folds_of(job.annotations, job.plan.flow.id, job.reading.analysis.segments))
    view.set_level(job.wish.level)
    view.set_annotations(job.annotations)
    left, right = lifelines(picture)
    times, room = time_column(job.plan, job.marks), beside(job.notes)
    width = next(
        width
        for width in range(round(picture.width), round(picture.width) + 400)
        if columns_of(width, job.plan, times, measure, swapped=False, beside=room).span == right - left
    )
    view.resize(width + view.width() - view.canvas.width(), round(picture.height) + 80)
    qtbot.waitUntil(lambda: view.canvas.width() == width)
    return view


def moved(shapes: tuple[Shape, ...], kind: type, dx: float, dy: float) -> list[object]:
    """What the shapes of a kind say and where they stand, from the left lifeline and the first label."""
    if kind is Arrow:
        return [
            (round(it.x1 - dx, 3), round(it.y1 - dy, 3), round(it.x2 - dx, 3), round(it.y2 - dy, 3), it.key, it.width)
            for it in shapes
            if isinstance(it, Arrow) and it.ref is not None and it.ref.kind == "packet"
        ]
    return [
        (round(it.x - dx, 3), round(it.y - dy, 3), [(run.text, run.key) for run in it.runs])
        for it in shapes
        if isinstance(it, Phrase) and (it.ref is None or it.ref.kind != "endpoint")
    ]


def pixels(image: QImage) -> NDArray[np.int16]:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return flat[:, : image.width() * 4].reshape(image.height(), image.width(), 4)[:, :, :3].astype(np.int16)


def first_label_y(drawing: Drawing) -> float:
    return min(
        it.y for it in drawing.shapes if isinstance(it, Phrase) and (it.ref is None or it.ref.kind != "endpoint")
    )


@pytest.mark.parametrize(
    ("name", "level", "axis", "theme"),
    [
        ("https-tls13", "segments", "rows", "light"),
        ("https-tls13", "messages", "compressed", "dark"),
        ("http", "messages", "rows", "print"),
        ("http", "phases", "rows", "light"),
    ],
)
def test_a_picture_is_what_the_window_shows(name: str, level: Level, axis: AxisMode, theme: str, qtbot: QtBot) -> None:
    job = annotated_job(name, level, axis, theme)
    picture = picture_drawing(job)
    view = view_of(job, picture, qtbot)
    seen, _ = view.current_drawing()
    (left, right), (seen_left, _) = lifelines(picture), lifelines(seen)
    top, seen_top = first_label_y(picture), first_label_y(seen)
    for kind in (Arrow, Phrase):
        assert moved(picture.shapes, kind, left, top) == moved(seen.shapes, kind, seen_left, seen_top)

    dy = round(seen_top - top)
    taken = pixels(to_image(picture, job.theme, 1.0))
    shown = pixels(view.canvas.grab().toImage())
    assert shown.shape[0] >= taken.shape[0] + dy
    rows = slice(round(HEADER_PX) + 2, round(picture.height) - 60)
    mine = taken[rows, round(left) - BESIDE : round(right) + BESIDE]
    theirs = shown[rows.start + dy : rows.stop + dy, round(seen_left) - BESIDE :][:, : mine.shape[1]]
    different = (mine != theirs).any(axis=2)
    for shape in seen.shapes:  # what is there to be clicked is in the window alone
        if isinstance(shape, Arrow) and shape.ref is not None and shape.ref.kind in {"fold", "unfolded"}:
            x, y = round(shape.x1 - seen_left + BESIDE), round(shape.y1 - rows.start - dy)
            different[max(0, y - 9) : y + 9, max(0, x - 9) : x + 18] = False
    assert not different.any(), f"{different.sum()} of {different.size} pixels"
