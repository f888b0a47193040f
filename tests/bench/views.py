"""How long does a frame of a very long flow take, in every view of it?

``python -m tests.bench.views CAPTURE`` prints, as JSON, milliseconds for each view of the capture's first flow at 1920
by 1080: the median and the 99th percentile of 100 frames, each scrolled or zoomed a little further, so that nothing
painted before helps. Offscreen and raster, as on a machine without a graphics card.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import numpy as np
from PySide6.QtWidgets import QApplication

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.reading import read_flow
from ladderview.analysis.steps import LEVELS
from ladderview.capture.capture import open_capture
from ladderview.ladder.axis import AXIS_MODES
from ladderview.ui.ladder_canvas import LadderCanvas
from ladderview.ui.ladder_view import LadderView

WIDTH, HEIGHT = 1920, 1080
FRAMES = 100
#: Zooms, as multiples of the one that shows the whole flow.
ZOOMS = (1, 10, 100, 1_000, 3_000, 10_000, 20_000, 50_000, 200_000)


def _frame(view: LadderView, canvas: LadderCanvas, step: int, *, whole: bool) -> tuple[float, float]:
    """Seconds for one frame a little further on: on the clock, and of this thread's work."""
    began, worked = time.perf_counter(), time.thread_time()
    if whole:
        view.zoom_by(1.01 if step % 2 == 0 else 1 / 1.01, HEIGHT / 2)
    else:
        view.scroll_by(37.0)
    canvas.viewport().repaint()
    return time.perf_counter() - began, time.thread_time() - worked


def frames_of(view: LadderView, canvas: LadderCanvas, zoom: int) -> dict[str, float]:
    """Median and 99th percentile, in milliseconds, at one zoom in the middle of the flow.

    ``cpu`` is the median of the work alone: what a machine with nothing else to do would show.
    """
    view.fit_all()
    if zoom > 1:
        view.zoom_by(zoom, HEIGHT / 2)
    canvas.viewport().repaint()
    frames = [_frame(view, canvas, step, whole=zoom == 1) for step in range(FRAMES)]
    clock, work = np.array(frames).T * 1000
    return {"median": float(np.median(clock)), "p99": float(np.percentile(clock, 99)), "cpu": float(np.median(work))}


def _wait(application: QApplication, view: LadderView) -> None:
    while view.is_planning:  # long flows are planned behind the scenes
        application.processEvents()


def _axes(application: QApplication, view: LadderView) -> dict[str, dict[str, float]]:
    """Every axis at every zoom, at the level that is shown."""
    found = {}
    canvas = view.findChild(LadderCanvas)
    for axis in AXIS_MODES:
        view.set_axis(axis)
        _wait(application, view)
        for zoom in ZOOMS:
            found[f"{axis} x{zoom}"] = frames_of(view, canvas, zoom)
    return found


def _playing(view: LadderView) -> dict[str, float]:
    """Frames of packets on their way, twenty for each arrow, in the middle of the flow."""
    canvas, frames = view.findChild(LadderCanvas), []
    assert view.plan is not None
    middle = len(view.plan) // 2
    view.zoom_to_row(middle)
    for frame in range(FRAMES):
        began, worked = time.perf_counter(), time.thread_time()
        step, part = min(middle + frame // 20, len(view.plan) - 1), frame % 20 / 20
        view.set_reveal(step, part)
        view.show_step(step)
        canvas.viewport().repaint()
        frames.append((time.perf_counter() - began, time.thread_time() - worked))
    view.set_reveal(None)
    clock, work = np.array(frames).T * 1000
    return {"median": float(np.median(clock)), "p99": float(np.percentile(clock, 99)), "cpu": float(np.median(work))}


def main() -> None:
    """Measure every axis at every zoom: of the segments alone, and of each level once the flow was read."""
    application = QApplication(["bench"])
    capture = open_capture(sys.argv[1])
    analysis = analyse_flow(capture, 0)
    view = LadderView()
    view.resize(WIDTH, HEIGHT)
    view.show()
    application.processEvents()
    view.set_flow(analysis, capture)
    _wait(application, view)
    milliseconds = _axes(application, view)
    view.set_reading(read_flow(capture, analysis, keys_of(capture)))
    _wait(application, view)
    for level in LEVELS:
        view.set_level(level)
        _wait(application, view)
        milliseconds |= {f"{level}, read, {name}": frames for name, frames in _axes(application, view).items()}
        milliseconds[f"{level}, played"] = _playing(view)
    print(json.dumps(milliseconds))


if __name__ == "__main__":
    main()
