from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Iterator
from pathlib import Path

import PySide6
import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ladderview.ui.actions import ACTIONS, Actions, shortcut_rows
from ladderview.ui.app import Application
from ladderview.ui.translation import speak, translate

GERMAN = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de"><context><name>tables</name>
<message><source>&amp;Open…</source><translation>&amp;Öffnen…</translation></message>
<message><source>&amp;File</source><translation>&amp;Datei</translation></message>
</context></TS>
"""


@pytest.fixture
def german(qapp: Application, tmp_path: Path) -> Iterator[None]:
    """The program as it speaks where a German translation has two words."""
    release = Path(PySide6.__file__).parent / "lrelease"
    if not release.exists():
        pytest.skip("this PySide6 has no lrelease")
    (tmp_path / "de.ts").write_text(GERMAN, encoding="utf-8")
    target = tmp_path / "ladderview_de.qm"
    subprocess.run([release, "-silent", tmp_path / "de.ts", "-qm", target], check=True, capture_output=True)
    assert speak(qapp, QLocale("de_AT"), tmp_path)
    yield
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)


def test_menus_speak_the_persons_language(german: None, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    actions = Actions(window)
    assert actions["open"].text() == "&Öffnen…"
    assert "Öffnen" in [what for what, _ in shortcut_rows()]


def test_what_nobody_translated_is_english(german: None) -> None:
    assert translate("&Quit") == "&Quit"


def test_without_a_translation_english(qapp: Application, tmp_path: Path) -> None:
    assert not speak(qapp, QLocale("sv_SE"), tmp_path)
    assert translate("&Open…") == "&Open…"


def test_every_text_of_the_tables_is_found() -> None:
    path = Path(__file__).parents[2] / "packaging" / "table_texts.py"
    spec = importlib.util.spec_from_file_location("table_texts", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    texts = module.table_texts()
    assert len(texts) == len(set(texts))
    assert {entry.tip for entry in ACTIONS.values()} <= set(texts)
    assert {"&File", "Open &Recent"} <= set(texts)
