"""Which packets the inspector says that it shows, and what they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ladderview.ui.inspector.heading import ElidedLabel
from ladderview.ui.main_window import MainWindow
from tests.analysis.spoken import segments_of, write

Open = Callable[..., MainWindow]
GET = b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + bytes(4000)


@pytest.fixture
def spoken(window: MainWindow, open_in: Open, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    window.resize(1300, 900)
    packets = segments_of([("c", GET), ("s", OK)])
    open_in(window, str(write(tmp_path / "spoken.pcap", [packets], 80)))
    qtbot.waitUntil(lambda: window.workspace.reading is not None, timeout=5000)
    return window


@pytest.mark.parametrize(
    ("level", "row", "title", "note"),
    [
        ("messages", 3, "Packet #4", "GET · 77 bytes"),
        ("messages", 7, "Packets #6–#8", "200 OK · 3 segments"),
        ("segments", 6, "Packet #7", "PSH, ACK · 1500 bytes"),
        ("messages", 0, "Packet #1", "SYN · 40 bytes"),
    ],
)
def test_what_is_shown(spoken: MainWindow, qtbot: QtBot, level: str, row: int, title: str, note: str) -> None:
    spoken.workspace.set_level(level)
    spoken.workspace.set_row(row)
    qtbot.waitUntil(lambda: not spoken.inspector.reader.is_busy, timeout=5000)
    assert spoken.inspector.title_text == title
    assert spoken.inspector._note._whole == note


def test_what_does_not_fit_ends_with_an_ellipsis(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    label.set_text("much longer than eighty pixels")
    assert label.text().endswith("…")
    label.resize(400, 20)
    assert label.text() == "much longer than eighty pixels"
