"""Which packets the inspector says that it shows, and what they are."""

from __future__ import annotations

import struct
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


def delayed(path: Path, first: int, seconds: int) -> Path:
    """The same capture, everything from one packet (from 0) on so much later."""
    octets, at, number = bytearray(path.read_bytes()), 24, 0
    while at < len(octets):
        when, _, held, _ = struct.unpack_from("<IIII", octets, at)
        struct.pack_into("<I", octets, at, when + (seconds if number >= first else 0))
        at, number = at + 16 + held, number + 1
    path.write_bytes(octets)
    return path


def test_a_pause_is_told_of_the_packet_before_it(
    window: MainWindow, open_in: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    packets = segments_of([("c", GET), ("s", OK), ("c", GET), ("s", OK)])
    open_in(window, str(delayed(write(tmp_path / "idle.pcap", [packets], 80), 9, 20)))
    qtbot.waitUntil(lambda: window.workspace.reading is not None, timeout=5000)
    window.workspace.set_level("phases")
    plan = window.ladder.plan
    assert plan is not None
    window.ladder.select_step(next(row for row in range(len(plan)) if plan.label(row).flags == "Idle"))
    qtbot.waitUntil(lambda: window.inspector._note._whole.endswith("s idle"), timeout=5000)
    assert window.inspector._note.toolTip().startswith("Nothing was sent for ")


def test_what_does_not_fit_ends_with_an_ellipsis(qtbot: QtBot) -> None:
    label = ElidedLabel()
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    label.set_text("much longer than eighty pixels")
    assert label.text().endswith("…")
    label.resize(400, 20)
    assert label.text() == "much longer than eighty pixels"
