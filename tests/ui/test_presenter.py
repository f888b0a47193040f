from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.masking import MASK_KINDS
from ladderview.analysis.reading import read_flow
from ladderview.capture.capture import open_capture, open_scenario
from ladderview.ladder.annotations import AnchorPoint, Annotation, Annotations, Kind
from ladderview.progress import no_progress
from ladderview.resources import resource_path
from ladderview.ui.background import Background
from ladderview.ui.presenter import Presenter, Shown
from ladderview.ui.speaker_view import SpeakerView
from ladderview.ui.workspace import Workspace

K = Qt.Key


@pytest.fixture
def presenter(qtbot: QtBot, background: Background) -> Iterator[Presenter]:
    capture = open_capture(resource_path("samples", "https-tls13.pcapng"), no_progress)
    keys = keys_of(capture, environment={})
    reading = read_flow(capture, analyse_flow(capture, 0), keys)
    workspace = Workspace()
    workspace.set_level("messages")
    made = Presenter(workspace, Shown(capture, reading), background)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    yield made
    made.close()
    background.wait()
    capture.close()


def test_what_was_written_folded_and_renamed_is_shown(qtbot: QtBot, background: Background) -> None:
    capture = open_capture(resource_path("samples", "https-tls13.pcapng"), no_progress)
    reading = read_flow(capture, analyse_flow(capture, 0), keys_of(capture, environment={}))
    anchors = [
        AnchorPoint(0, packet, int(capture.packets.ts_ns[packet]), end=end)
        for packet, end in ((6, "sender"), (23, ""), (26, ""))
    ]
    workspace = Workspace()
    workspace.set_level("messages")
    workspace.set_annotations(
        Annotations(
            (
                Annotation("e", Kind.ENDPOINT, (anchors[0],), text="Laptop"),
                Annotation("f", Kind.FOLD, (anchors[1], anchors[2])),
                Annotation("n", Kind.NOTE, (anchors[0],), text="It begins"),
            )
        )
    )
    presenter = Presenter(workspace, Shown(capture, reading), background)
    presenter.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(presenter)
    presenter.resize(1600, 800)
    presenter.show()
    assert presenter.count == 11
    drawing, _ = presenter.ladder.current_drawing()
    assert "Laptop" in str(drawing.shapes)
    press(presenter, K.Key_Space)
    assert "It begins" in str(presenter.ladder.current_drawing()[0].shapes)
    presenter.close()
    background.wait()
    capture.close()


def test_the_room_sees_the_numbers_that_the_window_shows(qtbot: QtBot, background: Background) -> None:
    capture = open_scenario("client isn 69\nopen\n", "a.scenario")
    reading = read_flow(capture, analyse_flow(capture, 0), keys_of(capture, environment={}))
    workspace = Workspace()
    workspace.set_level("segments")
    workspace.set_relative_numbers(False)
    presenter = Presenter(workspace, Shown(capture, reading), background)
    presenter.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(presenter)
    assert presenter.label_of(0).startswith("[SYN] Seq=69")
    assert presenter.sentence_of(0).endswith("(SYN, Seq = 69)")
    presenter.close()
    background.wait()
    capture.close()


def test_what_is_masked_in_the_window_is_masked_for_the_room(qtbot: QtBot, background: Background) -> None:
    capture = open_capture(resource_path("samples", "https-tls13.pcapng"), no_progress)
    workspace = Workspace()
    workspace.open(capture, None)
    workspace.set_analysis(analyse_flow(capture, 0))
    reading = read_flow(capture, workspace.analysis, keys_of(capture, environment={}))
    workspace.set_reading(reading)
    workspace.set_level("messages")
    workspace.set_masks(frozenset(MASK_KINDS))
    presenter = Presenter(workspace, Shown(capture, reading), background)
    presenter.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(presenter)
    presenter.resize(1280, 720)
    presenter.show()
    presenter.toggle_details()
    seen = ""
    for _ in range(presenter.count):
        press(presenter, K.Key_Space)
        qtbot.waitUntil(lambda: not background.is_busy("presenter"), timeout=10_000)
        drawing = presenter.ladder.current_drawing()[0]
        seen += f"{drawing.shapes} {presenter.sentence.text()} {presenter.details.text()}"
    assert "GET /" in seen
    for original in ("www.example.org", "10.20.0.7", "198.51.100.20"):
        assert original not in seen
    presenter.close()
    background.wait()
    capture.close()


def press(presenter: Presenter, *keys: Qt.Key) -> None:
    """Press keys; what flies has arrived before the next."""
    for key in keys:
        QTest.keyClick(presenter, key)
        presenter._flight.stop()


@pytest.mark.parametrize(
    ("keys", "position"),
    [
        ((), -1),
        ((K.Key_Space,), 0),
        ((K.Key_PageDown, K.Key_Right, K.Key_Return), 2),
        ((K.Key_Space, K.Key_Space, K.Key_PageUp), 0),
        ((K.Key_Space, K.Key_Left, K.Key_Left), -1),
        ((K.Key_End,), 13),
        ((K.Key_End, K.Key_Space), 13),
        ((K.Key_End, K.Key_Home), 0),
    ],
)
def test_keys_and_clickers_go_from_arrow_to_arrow(
    keys: tuple[Qt.Key, ...], position: int, presenter: Presenter
) -> None:
    press(presenter, *keys)
    assert presenter.position == position
    assert presenter.ladder.marks.revealed == position
    assert presenter.where.text() == f"{position + 1} of 14"


def test_what_the_arrow_says_stands_below(presenter: Presenter) -> None:
    assert presenter.sentence.text().startswith("Space brings the first arrow")
    press(presenter, K.Key_Space)
    assert presenter.sentence.text().startswith("client asks for a connection")


def test_a_press_while_an_arrow_flies_lets_it_arrive(presenter: Presenter) -> None:
    QTest.keyClick(presenter, K.Key_Space)
    QTest.keyClick(presenter, K.Key_Space)
    assert presenter.position == 0
    assert presenter.ladder.marks.progress == 1.0


def test_a_click_goes_on(presenter: Presenter) -> None:
    QTest.mouseClick(presenter.spotlight, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    assert presenter.position == 0


def test_the_spotlight_is_on_the_arrow(presenter: Presenter) -> None:
    for _ in range(14):
        press(presenter, K.Key_Space)
        plan = presenter.ladder.plan
        assert plan is not None
        y = presenter.ladder.viewport.y_px(plan.axis.y_of(presenter.position)) * presenter.ladder.text_scale
        bright = presenter.spotlight.bright
        assert bright.top() < y < bright.bottom()
        assert 0 < y < presenter.spotlight.height()


def test_the_rest_is_darker_than_the_arrow(presenter: Presenter) -> None:
    press(presenter, K.Key_Space, K.Key_Space)
    bright = presenter.spotlight.bright
    image = presenter.grab().toImage()
    x = 4
    inside, outside = (image.pixelColor(x, int(y)).lightness() for y in (bright.center().y(), bright.bottom() + 60))
    assert inside > outside + 20
    press(presenter, K.Key_S)
    image = presenter.grab().toImage()
    assert image.pixelColor(x, int(bright.bottom() + 60)).lightness() > outside


def test_black_and_back(presenter: Presenter) -> None:
    press(presenter, K.Key_Space, K.Key_B)
    assert presenter.grab().toImage().pixelColor(300, 200).lightness() == 0
    press(presenter, K.Key_Space)
    assert not presenter.spotlight.is_black
    assert presenter.position == 0


def test_black_is_black_to_the_edges(presenter: Presenter) -> None:
    press(presenter, K.Key_Space, K.Key_B)
    image = presenter.grab().toImage()
    assert {image.pixelColor(x, y).name() for x in range(0, 1280, 8) for y in range(0, 720, 8)} == {"#000000"}
    press(presenter, K.Key_B)
    assert presenter.grab().toImage().pixelColor(20, 700).name() != "#000000"


def test_layers_and_arithmetic_come_with_a_key(presenter: Presenter, background: Background, qtbot: QtBot) -> None:
    press(presenter, K.Key_Space, K.Key_Space, K.Key_D)
    assert presenter.details.isVisible()
    qtbot.waitUntil(lambda: "Layers: Ethernet" in presenter.details.text(), timeout=5000)
    assert "#8" in presenter.details.text()
    press(presenter, K.Key_Space)
    qtbot.waitUntil(lambda: "#9" in presenter.details.text(), timeout=5000)
    press(presenter, K.Key_D)
    assert not presenter.details.isVisible()


def test_a_larger_screen_has_larger_letters(presenter: Presenter) -> None:
    before = presenter.ladder.text_scale
    presenter.resize(1920, 1080)
    assert presenter.ladder.text_scale > 1.4 * before
    press(presenter, K.Key_Minus)
    assert presenter.ladder.text_scale < 1080 / 620


def test_escape_leaves_where_the_talk_ended(presenter: Presenter, qtbot: QtBot) -> None:
    press(presenter, *[K.Key_Space] * 4)
    with qtbot.waitSignal(presenter.left) as told:
        press(presenter, K.Key_Escape)
    plan = presenter.ladder.plan
    assert plan is not None
    assert told.args == [plan.segment_of(3)[1]]
    assert not presenter.isVisible()


def test_the_speaker_sees_what_comes_next(presenter: Presenter, qtbot: QtBot) -> None:
    speaker = SpeakerView(presenter, cast(QScreen, QGuiApplication.primaryScreen()))
    qtbot.addWidget(speaker)
    presenter.speaker = speaker
    press(presenter, K.Key_Space)
    assert speaker.now.text().startswith("SYN Seq=0")
    assert speaker.next.text().startswith("Next: SYN, ACK")
    assert speaker.log.count() == 14
    assert speaker.log.currentRow() == 0
    QTest.keyClick(speaker, K.Key_PageDown)
    assert presenter.position == 1
    qtbot.waitUntil(lambda: "Layers:" in speaker.details.text(), timeout=5000)
    press(presenter, K.Key_End)
    assert speaker.next.text() == "This is the last arrow"


#: Presents a sample, shows one arrow, and says what stands on which screen.
ON_SCREENS = """
import json, os, sys
from PySide6.QtTest import QTest
from PySide6.QtCore import Qt
from ladderview.resources import resource_path
from ladderview.ui.app import Windows, make_application
app = make_application()
window = Windows(app).new()
window.show()
window.open_path(str(resource_path("samples", "https-tls13.pcapng")), 0)
while window.workspace.reading is None:
    QTest.qWait(10)
window.workspace.set_level("messages")
window.present()
QTest.qWait(50)
(presenter,) = [widget for widget in app.topLevelWidgets() if type(widget).__name__ == "Presenter"]
target = presenter.speaker or presenter
QTest.keyClick(target, Qt.Key.Key_PageDown)
while presenter.speaker is not None and "Layers:" not in presenter.speaker.details.text():
    QTest.qWait(10)
speaker = presenter.speaker
print(json.dumps({
    "room": [presenter.screen().name(), list(presenter.geometry().getRect()), presenter.isFullScreen()],
    "position": presenter.position,
    "speaker": speaker and [speaker.screen().name(), speaker.isVisible()],
    "log": speaker and [speaker.log.count(), speaker.log.currentRow()],
}))
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.parametrize("screens", [1, 2])
def test_the_room_has_the_second_screen_and_the_speaker_the_first(screens: int, tmp_path: Path) -> None:
    sizes = ((0, 1280, 720), (1280, 1920, 1080))[:screens]
    layout = [
        {"name": f"screen {at}", "x": x, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
        for at, (x, width, height) in enumerate(sizes, 1)
    ]
    (tmp_path / "screens.json").write_text(json.dumps({"screens": layout}))
    platform = f"offscreen:configfile={tmp_path / 'screens.json'}"
    environment = {**os.environ, "QT_QPA_PLATFORM": platform, "XDG_CONFIG_HOME": str(tmp_path), "SSLKEYLOGFILE": ""}
    command = [sys.executable, "-c", ON_SCREENS]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=environment)
    seen = json.loads(answer.stdout)
    x, width, height = sizes[-1]
    assert seen["room"] == [f"screen {screens}", [x, 0, width, height], True]
    assert seen["position"] == 0
    assert seen["speaker"] == (["screen 1", True] if screens == 2 else None)
    assert seen["log"] == ([14, 0] if screens == 2 else None)
