from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ladderview import cli
from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.capture.capture import open_capture
from ladderview.progress import no_progress
from ladderview.render.formats import FORMATS
from ladderview.render.job import Wish
from ladderview.resources import resource_path
from ladderview.ui.background import Background
from ladderview.ui.export_dialog import ExportDialog
from ladderview.ui.export_options import ExportOptions, Start
from ladderview.ui.ladder_copy import Subject

SAMPLE = resource_path("samples", "https-tls13.pcapng")


@pytest.fixture
def dialog(qtbot: QtBot, background: Background, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExportDialog]:
    monkeypatch.delenv("SSLKEYLOGFILE", raising=False)
    capture = open_capture(SAMPLE, no_progress)
    subject = Subject(capture, analyse_flow(capture, 0), None, keys_of(capture))
    window = QWidget()
    qtbot.addWidget(window)
    start = Start(Wish(level="messages", scale=1.0), view=(7, 9), arrow=(10, 11), has_secrets=True)
    made = ExportDialog(window, subject, start, background)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    yield made
    made.close()
    background.wait()
    capture.close()


def settled(dialog: ExportDialog, background: Background, qtbot: QtBot) -> None:
    """Wait until the page that was asked for last is there."""
    qtbot.waitUntil(lambda: not dialog._quiet.isActive() and not background.is_busy("export preview"), timeout=10_000)


def choose(box: Any, key: object) -> None:
    box.setCurrentIndex(box.findData(key))


@pytest.mark.parametrize("suffix", [one.suffix for one in FORMATS])
def test_every_format_is_shown_before_it_is_written(
    suffix: str, dialog: ExportDialog, background: Background, qtbot: QtBot
) -> None:
    dialog.options.set_format(suffix)
    settled(dialog, background, qtbot)
    if suffix in {".png", ".svg", ".pdf", ".pptx"}:
        assert dialog.views.currentWidget() is dialog.picture
        assert dialog.picture.pixmap().width() > 200
    else:
        assert dialog.views.currentWidget() is dialog.text
        expected = "21 packets, #7 to #27" if suffix == ".pcapng" else "GET / HTTP/1.1"
        assert expected in dialog.text.toPlainText()


def test_the_pixels_of_a_picture_are_told(
    dialog: ExportDialog, background: Background, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.options.set_format(".png")
    dialog.options.scale.setValue(4.0)
    settled(dialog, background, qtbot)
    dialog.export_to(str(tmp_path / "a.png"))
    qtbot.waitUntil(lambda: not background.is_busy("export"), timeout=20_000)
    image = QImage(str(tmp_path / "a.png"))
    sides = (f"{side:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") for side in (image.width(), image.height()))
    assert dialog.remark.text() == "{} × {} pixels.".format(*sides)


@pytest.mark.parametrize("suffix", [one.suffix for one in FORMATS])
def test_the_window_and_the_command_line_write_the_same_bytes(
    suffix: str, dialog: ExportDialog, background: Background, qtbot: QtBot, tmp_path: Path
) -> None:
    options = dialog.options
    options.set_format(suffix)
    options.title.setText("One request")
    choose(options.axis, "compressed")
    choose(options.theme, "print")
    options.checks["legend"].setChecked(False)
    options.checks["secrets"].setChecked(True)
    dialog.export_to(str(tmp_path / f"window{suffix}"))
    qtbot.waitUntil(lambda: not background.is_busy("export"), timeout=20_000)
    command = ["export", str(SAMPLE), "--flow", "0", "--out", str(tmp_path / f"line{suffix}"), "--level", "messages"]
    command += ["--axis", "compressed", "--theme", "print", "--title", "One request", "--no-legend", "--secrets"]
    assert cli.main([*command, "--scale", "1"]) == 0
    assert (tmp_path / f"window{suffix}").read_bytes() == (tmp_path / f"line{suffix}").read_bytes()


@pytest.mark.parametrize(
    ("part", "packets"), [("flow", None), ("view", (7, 9)), ("arrow", (10, 11)), ("packets", (12, 17))]
)
def test_what_is_taken_away(part: str, packets: tuple[int, int] | None, dialog: ExportDialog) -> None:
    choose(dialog.options.part, part)
    dialog.options.packets.setText("12–17")
    assert dialog.options.wish().packets == packets


@pytest.mark.parametrize("text", ["", "x", "9-3", "0-4"])
def test_a_range_that_is_none_is_said(text: str, dialog: ExportDialog, background: Background, qtbot: QtBot) -> None:
    choose(dialog.options.part, "packets")
    dialog.options.packets.setText(text)
    settled(dialog, background, qtbot)
    assert "first and the last packet number" in dialog.remark.text()
    assert not dialog.export_button.isEnabled()


def test_packets_that_are_not_there_are_said(dialog: ExportDialog, background: Background, qtbot: QtBot) -> None:
    choose(dialog.options.part, "packets")
    dialog.options.packets.setText("900-950")
    settled(dialog, background, qtbot)
    assert "flow 0 has no packet from #900 to #950" in dialog.remark.text()


def test_pages_are_turned(dialog: ExportDialog, background: Background, qtbot: QtBot) -> None:
    dialog.options.set_format(".pptx")
    settled(dialog, background, qtbot)
    assert dialog.where.text() == "1 of 2"
    dialog.next.click()
    settled(dialog, background, qtbot)
    assert dialog.where.text() == "2 of 2"
    assert not dialog.next.isEnabled()


@pytest.mark.parametrize(
    ("suffix", "enabled"),
    [
        (".png", {"legend", "header", "transparent"}),
        (".pptx", {"legend", "header", "build_up", "spoken"}),
        (".pcapng", {"secrets"}),
        (".txt", set()),
    ],
)
def test_only_what_makes_a_difference_is_offered(suffix: str, enabled: set[str], dialog: ExportDialog) -> None:
    dialog.options.set_format(suffix)
    assert {name for name, check in dialog.options.checks.items() if check.isEnabled()} == enabled


def test_what_is_masked_is_masked_in_the_preview(dialog: ExportDialog, background: Background, qtbot: QtBot) -> None:
    dialog.options.set_format(".txt")
    choose(dialog.options.masking, "ends")
    settled(dialog, background, qtbot)
    shown = dialog.text.toPlainText()
    assert "Client Hello" in shown
    assert "example.org" not in shown
    assert "198.51.100.20" not in shown
    dialog.options.set_format(".pcapng")
    settled(dialog, background, qtbot)
    shown = dialog.text.toPlainText()
    assert "addresses, ports, names and certificates masked" in shown
    assert "overwritten" in shown
    assert not dialog.options.checks["secrets"].isEnabled()
    assert dialog.export_button.isEnabled()


def test_copying(dialog: ExportDialog, background: Background, qtbot: QtBot) -> None:
    dialog.copy_picture()
    qtbot.waitUntil(lambda: not background.is_busy("export copy"), timeout=10_000)
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage()
    assert data.hasFormat("image/svg+xml")
    dialog.options.set_format(".mmd")
    dialog.copy_text()
    qtbot.waitUntil(lambda: not background.is_busy("export copy"), timeout=10_000)
    assert QGuiApplication.clipboard().text().startswith("sequenceDiagram")


def test_what_cannot_be_written_is_said_and_the_dialog_stays(
    dialog: ExportDialog, background: Background, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.export_to(str(tmp_path / "none" / "a.svg"))
    qtbot.waitUntil(lambda: not background.is_busy("export"), timeout=10_000)
    assert dialog.isVisible()
    assert dialog.options.isEnabled()
    assert not dialog.bar.isVisible()


@pytest.mark.parametrize(
    ("has_comments", "checked", "wanted"), [(False, False, True), (True, True, True), (True, False, False)]
)
def test_comments_of_packets_are_left_out_with_the_annotations(
    has_comments: bool, checked: bool, wanted: bool, qtbot: QtBot
) -> None:
    options = ExportOptions(Start(Wish(), has_comments=has_comments))
    qtbot.addWidget(options)
    options.set_format(".svg")
    box = options.checks["annotations"]
    assert box.isEnabled() is has_comments
    assert box.isChecked() is has_comments
    box.setChecked(checked)
    assert options.wish().comments is wanted
