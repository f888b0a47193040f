"""The inspector goes on inside TCP: what a person sees of TLS and HTTP in the sample captures."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from ladderview.analysis.keys import Keys
from ladderview.ui.inspector.layer_boxes import LayerBoxes
from ladderview.ui.inspector.panel import Inspector
from ladderview.ui.main_window import MainWindow

Open = Callable[..., MainWindow]
Sample = Callable[[str], str]


@pytest.fixture
def tls(window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot) -> MainWindow:
    """The HTTPS sample, with the keys that it carries."""
    window.resize(1400, 1000)
    open_in(window, sample("https-tls13"))
    qtbot.waitUntil(lambda: len(window.workspace.keys.keylog) > 0, timeout=5000)
    return window


def titles(inspector: Inspector) -> list[str]:
    return [layer.heading for layer in inspector.boxes._layers]


def show(window: MainWindow, qtbot: QtBot, wanted: Callable[[tuple[str, ...]], bool]) -> Inspector:
    """Select the first packet in which a layer's summary is as wanted."""
    inspector = window.inspector
    for row in range(len(window.workspace.analysis.segments)):
        window.workspace.set_row(row)
        qtbot.waitUntil(lambda: not inspector.reader.is_busy, timeout=5000)
        if wanted(tuple(shown.dissection.summary for shown in inspector.packet.layers)):
            return inspector
    raise AssertionError("no such packet")


def test_a_request_stands_in_its_record_in_tcp(tls: MainWindow, qtbot: QtBot) -> None:
    inspector = show(tls, qtbot, lambda said: "GET / HTTP/1.1" in said)
    assert titles(inspector) == ["Ethernet II › IPv4", "TCP", "TLS 1.3 record", "HTTP/1.1 request"]
    record, request = inspector.boxes._layers[2:]
    assert record.remarks[0] == "Decrypted with CLIENT_TRAFFIC_SECRET_0"
    assert request.text[0] == "GET / HTTP/1.1"
    outer, inner = inspector.boxes.boxes[2:]
    assert outer.contains(inner)


def test_without_keys_the_record_says_why_it_is_closed(tls: MainWindow, qtbot: QtBot) -> None:
    inspector = show(tls, qtbot, lambda said: "GET / HTTP/1.1" in said)
    tls.workspace.set_keys(Keys())
    qtbot.waitUntil(lambda: titles(inspector)[-1] == "TLS 1.3 record", timeout=5000)
    told = [remark for layer in inspector.boxes._layers for remark in layer.remarks if "Not decrypted" in remark]
    assert [remark.startswith("Not decrypted: no secret for client random") for remark in told] == [True]


def test_keys_that_come_later_open_what_is_shown(tls: MainWindow, qtbot: QtBot) -> None:
    keys = tls.workspace.keys
    inspector = show(tls, qtbot, lambda said: "GET / HTTP/1.1" in said)
    tls.workspace.set_keys(Keys())
    qtbot.waitUntil(lambda: titles(inspector)[-1] == "TLS 1.3 record", timeout=5000)
    tls.workspace.set_keys(keys)
    qtbot.waitUntil(lambda: titles(inspector)[-1] == "HTTP/1.1 request", timeout=5000)


def test_records_beside_one_another_are_boxes_beside_one_another(tls: MainWindow, qtbot: QtBot) -> None:
    inspector = show(tls, qtbot, lambda said: "Server Hello" in said)
    records = [
        box for box, title in zip(inspector.boxes.boxes, titles(inspector), strict=True) if title == "TLS 1.3 record"
    ]
    assert len(records) >= 3
    assert all(not one.intersects(other) for one in records for other in records if one is not other)
    assert all(inspector.boxes.boxes[1].contains(box) for box in records)


def test_a_box_leads_to_its_fields_and_their_bytes(tls: MainWindow, qtbot: QtBot) -> None:
    inspector = show(tls, qtbot, lambda said: "GET / HTTP/1.1" in said)
    inspector.boxes.layer_clicked.emit(4)
    assert inspector.tree.path() == ("HTTP/1.1 request",)
    assert inspector._runs.tabText(inspector._runs.currentIndex()).startswith("Decrypted")
    assert inspector.hex._bytes[: len(inspector.hex.lit)].startswith(b"GET / HTTP/1.1\r\n")


def test_the_frame_is_shown_first(tls: MainWindow, qtbot: QtBot) -> None:
    inspector = show(tls, qtbot, lambda said: "GET / HTTP/1.1" in said)
    assert inspector._runs.currentIndex() == 0


def test_a_message_of_several_segments_lists_them(tls: MainWindow, qtbot: QtBot) -> None:
    inspector = show(tls, qtbot, lambda said: any(line.startswith("HTTP/1.1 200 OK") for line in said))
    assert inspector.carried.isVisible()
    first = tls.workspace.row
    other = inspector.packet.layers[-1].story.carried[1][0]
    inspector.carried.packet_clicked.emit(other + 1)
    assert tls.workspace.row == tls.workspace.row_of_packet(other) != first


def test_a_selected_field_stays_selected_in_the_next_message(
    window: MainWindow, open_in: Open, sample: Sample, qtbot: QtBot
) -> None:
    open_in(window, sample("http"))
    inspector = show(window, qtbot, lambda said: "GET / HTTP/1.1" in said)
    inspector.tree.select_path(("HTTP/1.1 request", "Host"))
    show(window, qtbot, lambda said: "GET /style.css HTTP/1.1" in said)
    assert inspector.tree.path() == ("HTTP/1.1 request", "Host")


def test_a_segment_without_payload_has_no_upper_layer(tls: MainWindow, qtbot: QtBot) -> None:
    tls.workspace.set_row(0)
    assert not tls.inspector.reader.is_busy
    assert titles(tls.inspector)[-1] == "TCP"


def test_no_remark_is_wider_than_its_box(tls: MainWindow, qtbot: QtBot) -> None:
    from PySide6.QtGui import QFontMetricsF

    boxes: LayerBoxes = show(tls, qtbot, lambda said: "Server Hello" in said).boxes
    metrics = QFontMetricsF(boxes._small())
    for box, remarks in zip(boxes.boxes, boxes._remarks, strict=True):
        assert all(metrics.horizontalAdvance(line) <= box.width() - 20 for line in remarks)


def opened(window: MainWindow, qtbot: QtBot, path: str, wanted: str) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """What the boxes inside TCP tell of the first packet that has such a layer."""
    window.open_path(path)
    qtbot.waitUntil(lambda: window.workspace.reading is not None, timeout=10_000)
    inspector = show(window, qtbot, lambda said: any(one.startswith(wanted) for one in said))
    layers = inspector.boxes._layers[2:]
    return [(one.heading, one.summary, one.sizes, (*one.remarks, *one.text)) for one in layers]


def test_every_frame_that_steers_a_connection_has_its_box(
    window: MainWindow, sample: Callable[[str], str], qtbot: QtBot
) -> None:
    told = opened(window, qtbot, sample("http2"), "Magic, SETTINGS")
    frames = [one for one in told if one[0] == "HTTP/2"]
    assert [(name, sizes) for _, name, sizes, _ in frames] == [
        ("Magic", "24 B"), ("SETTINGS", "9 + 18 B"), ("WINDOW_UPDATE", "9 + 4 B"),
    ]  # fmt: skip
    assert frames[1][3] == (
        "Stream 0, the connection",
        "MAX_CONCURRENT_STREAMS = 100",
        "INITIAL_WINDOW_SIZE = 33554432",
        "ENABLE_PUSH = 0",
    )
    assert frames[2][3] == ("Stream 0, the connection", "Window Size Increment: 33488897")


def test_a_websocket_frame_tells_its_header(window: MainWindow, sample: Callable[[str], str], qtbot: QtBot) -> None:
    told = opened(window, qtbot, sample("websocket"), "WebSocket Text [FIN] [MASKED]")
    heading, name, sizes, lines = told[-1]
    assert (heading, name, sizes) == ("WebSocket", "Text", "6 + 13 B")
    assert lines == ("FIN set: the whole message", "Masked, Masking-Key fa5953be", "hello, server")


def test_a_message_in_the_clear_says_in_its_box_what_it_tells(
    window: MainWindow, sample: Callable[[str], str], qtbot: QtBot
) -> None:
    told = opened(window, qtbot, sample("https-untrusted"), "Alert")
    assert told[-1] == ("TLS 1.2 record", "Alert", "5 + 2 B", ("Fatal, Unknown CA",))
