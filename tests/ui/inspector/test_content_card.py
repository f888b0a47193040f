"""The body of a message in the inspector, as a person sees it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ladderview.ladder.theme import THEMES
from ladderview.proto.content import Kind
from ladderview.ui.inspector.content_window import ContentWindow
from ladderview.ui.inspector.panel import Inspector
from ladderview.ui.main_window import MainWindow
from ladderview.ui.style import stylesheet
from tests.analysis.spoken import segments_of, write
from tests.ui.inspector.test_images import encoded

Open = Callable[..., MainWindow]
GET = b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"


@pytest.fixture
def shown(window: MainWindow, open_in: Open, qtbot: QtBot, tmp_path: Path) -> Callable[..., Inspector]:
    """Opens a flow with one response and selects a segment of it."""

    def show(body: bytes, *fields: str, row: int = -1) -> Inspector:
        head = "\r\n".join(["HTTP/1.1 200 OK", *fields, f"Content-Length: {len(body)}"]).encode()
        packets = segments_of([("c", GET), ("s", head + b"\r\n\r\n" + body)])
        window.resize(1300, 1000)
        open_in(window, str(write(tmp_path / "spoken.pcap", [packets], 80)))
        rows = [at for at, packet in enumerate(packets) if packet.sender == "s" and packet.data]
        window.workspace.set_row(rows[row])
        qtbot.waitUntil(lambda: not window.inspector.reader.is_busy, timeout=5000)
        return window.inspector

    return show


@pytest.mark.parametrize("row", [0, 2, -1])
def test_every_segment_of_a_response_shows_all_of_its_body(shown: Callable[..., Inspector], row: int) -> None:
    body = b"<p>text</p>\n" * 500
    card = shown(body, "Content-Type: text/html", row=row).content
    assert not card.isHidden()
    assert card.view.text.toPlainText() == body.decode().rstrip("\n")


def test_content_that_was_not_captured_has_nothing_to_press(
    window: MainWindow, open_in: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    packets = segments_of([("s", bytes(1460))])
    open_in(window, str(write(tmp_path / "cut.pcap", [packets], snaplen=40)))
    window.workspace.set_row(3)
    qtbot.waitUntil(lambda: not window.inspector.reader.is_busy, timeout=5000)
    card = window.inspector.content
    assert card._told.text() == "1460 bytes not captured"
    assert all(part.isHidden() for part in (card.view, card.enlarge, card.save))


def test_codings_and_sizes_are_told(shown: Callable[..., Inspector]) -> None:
    card = shown(gzip.compress(b"a" * 5000), "Content-Type: text/plain", "Content-Encoding: gzip").content
    assert card._size.text() == "text/plain · 5\u202f000 B"
    assert card._told.text() == f"{len(gzip.compress(b'a' * 5000))} bytes as sent, without gzip"


def test_a_large_body_is_shown_a_part_at_a_time(shown: Callable[..., Inspector], qtbot: QtBot) -> None:
    body = b"0123456789abcde\n" * 40_000
    inspector = shown(body, "Content-Type: text/plain")
    card = inspector.content
    assert len(card.view.text.toPlainText()) + 1 == 1 << 18
    card.more.click()
    qtbot.waitUntil(lambda: not inspector.reader.is_busy, timeout=5000)
    assert len(card.view.text.toPlainText()) + 1 == len(body)
    assert card.more.isHidden()


def test_bytes_stay_chosen_when_more_is_shown(shown: Callable[..., Inspector], qtbot: QtBot) -> None:
    inspector = shown(b"text " * 100_000, "Content-Type: text/plain")
    card = inspector.content
    card.as_bytes.click()
    assert card.view.currentWidget() is card.view.hex
    card.more.click()
    qtbot.waitUntil(lambda: not inspector.reader.is_busy, timeout=5000)
    assert card.view.currentWidget() is card.view.hex


WAYS = {
    "an image": (encoded("PNG"), "image/png", "Image"),
    "a broken image": (encoded("PNG")[:60], "image/png", ""),
    "JSON": (b'{"a": [1]}', "application/json", "JSON"),
    "a form": (b"a=b&c=d+e", "application/x-www-form-urlencoded", "Form"),
    "bytes": (bytes(range(256)), "application/octet-stream", ""),
}


@pytest.mark.parametrize(("body", "media_type", "way"), WAYS.values(), ids=WAYS)
def test_content_is_shown_as_what_it_is(
    shown: Callable[..., Inspector], body: bytes, media_type: str, way: str
) -> None:
    card = shown(body, f"Content-Type: {media_type}").content
    assert card.view.way == way
    pages = {"": card.view.hex, "Image": card.view.image, "Form": card.view.form}
    assert card.view.currentWidget() is pages.get(way, card.view.text)


def test_a_line_of_megabytes_is_laid_out_in_pieces(shown: Callable[..., Inspector]) -> None:
    card = shown(b"x" * 100_000, "Content-Type: text/plain").content
    assert card.view.text.document().blockCount() == 50


def test_what_hides_or_turns_text_is_not_let_through(shown: Callable[..., Inspector]) -> None:
    card = shown("a\u202eb\x08c".encode(), "Content-Type: text/plain; charset=utf-8").content
    if card.found.content.content.kind is Kind.TEXT:
        assert card.view.text.toPlainText() == "a·b·c"


def test_all_of_a_body_is_saved(shown: Callable[..., Inspector], qtbot: QtBot, tmp_path: Path) -> None:
    body = b"0123456789abcde\n" * 40_000
    inspector = shown(gzip.compress(body), "Content-Encoding: gzip")
    portions = inspector.reader.portions_of(inspector.content.found.message)
    with qtbot.waitSignal(inspector.said):
        inspector.saving.save_to(str(tmp_path / "body.txt"), portions)
    assert (tmp_path / "body.txt").read_bytes() == body


def test_the_window_of_a_body_stays_and_finds_words(shown: Callable[..., Inspector], qtbot: QtBot) -> None:
    inspector = shown(b"one\ntwo\nthree\ntwo\n", "Content-Type: text/plain")
    inspector.content.enlarge.click()
    window = inspector.findChild(ContentWindow)
    window.search.word.setText("two")
    lines = []
    for _ in range(3):
        window.search.find_next()
        lines.append(window.view.text.textCursor().blockNumber())
    assert lines == [1, 3, 1]
    window.search.word.setText("four")
    window.search.find_next()
    assert window.search._said.text() == "not found"


def test_a_segment_without_payload_has_no_body(shown: Callable[..., Inspector], qtbot: QtBot) -> None:
    inspector = shown(b"text", "Content-Type: text/plain")
    assert not inspector.content.isHidden()
    inspector._workspace.set_row(0)
    assert inspector.content.isHidden()


@pytest.mark.parametrize("body", [b"a line\n" * 20_000, b"x" * 40], ids=["with more to show", "short"])
def test_the_card_fits_the_narrowest_panel(shown: Callable[..., Inspector], body: bytes) -> None:
    inspector = shown(body, "Content-Type: application/vnd.example.a-long-name+text")
    inspector.setStyleSheet(stylesheet(THEMES["light"]))
    # The margins of the panel, and a scroll bar.
    assert inspector.content.minimumSizeHint().width() <= inspector.minimumWidth() - 28 - 10
