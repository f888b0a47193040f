from __future__ import annotations

import ast
import importlib.util
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import PySide6
import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ladderview.ui.actions import ACTIONS, Actions, shortcut_rows
from ladderview.ui.app import Application
from ladderview.ui.translation import speak, translate

UI = Path(__file__).parents[2] / "ladderview" / "ui"

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


#: Calls that show text, by the name of what is called.
SHOWING = frozenset({
    "QAction", "QCheckBox", "QGroupBox", "QLabel", "QPushButton", "QRadioButton", "QToolBar", "addAction", "addItem",
    "addItems", "addMenu", "addTab", "refuse", "setAccessibleDescription", "setAccessibleName", "setHeaderLabels",
    "setHorizontalHeaderLabels", "setInformativeText", "setLabelText", "setPlaceholderText", "setStatusTip",
    "setTabText", "setText", "setTitle", "setToolTip", "setWindowTitle", "showMessage",
})  # fmt: skip

#: Literals that are the same in every language: names.
SAME_EVERYWHERE = frozenset({"ladderview", "ladderview ", " — ladderview", " TCP"})

LETTER = re.compile("[A-Za-z]{2}|^[A-Za-z]$")


def unmarked_texts(source: str) -> list[tuple[int, str]]:
    """Line and text of each literal that a call of ``SHOWING`` would show in English only."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and called(call) in SHOWING:
            found += [(call.lineno, text) for given in call.args for text in literals(given)]
    return [(line, text) for line, text in found if LETTER.search(visible(text)) and text not in SAME_EVERYWHERE]


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def literals(given: ast.expr) -> Iterator[str]:
    """The literals in an argument that are shown as they are; those of a call in it are that call's."""
    match given:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.BoolOp(values=parts):
            for part in parts:
                yield from literals(part)
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            yield from (*literals(one), *literals(other))


def visible(text: str) -> str:
    """A text without its markup and the patterns of a file filter."""
    return re.sub(r"<[^>]*>?|&\w+;|\(?\*\.\w*\)?", "", text)


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: path.relative_to(UI).as_posix())
def test_every_text_that_is_shown_is_marked(path: Path) -> None:
    assert unmarked_texts(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", [
    'label.setText("Open")', 'label.setText(f"{count} packets")', 'QLabel("Open" if there else "")',
    'box.addItems(["Text", "Hex"])', 'menu.addAction("Copy", act)', 'label.setToolTip(text + " of it")',
])  # fmt: skip
def test_a_text_that_is_not_marked_is_seen(line: str) -> None:
    assert unmarked_texts(line)


@pytest.mark.parametrize("line", [
    'label.setText(self.tr("Open"))', 'label.setText(translate("{count} packets").format(count=2))', 'QLabel("‹")',
    'label.setText(f"<b>{name}</b>")', 'window.setWindowTitle(f"{name} — ladderview")', 'button.setObjectName("plain")',
])  # fmt: skip
def test_a_text_that_is_marked_or_no_words_is_left(line: str) -> None:
    assert not unmarked_texts(line)


def test_lupdate_finds_every_text_that_is_marked(tmp_path: Path) -> None:
    update = Path(PySide6.__file__).parent / "lupdate"
    if not update.exists():
        pytest.skip("this PySide6 has no lupdate")
    target = tmp_path / "ladderview_de.ts"
    files = [str(path) for path in sorted(UI.rglob("*.py"))]
    done = subprocess.run([update, "-silent", *files, "-ts", target], check=True, capture_output=True, text=True)
    found = {(source.text or "") for source in ElementTree.parse(target).iter("source")}
    marked = {text for path in files for text in texts_of_widgets(Path(path).read_text(encoding="utf-8"))}
    assert len(marked) > 250, done.stderr
    assert marked - found == set()


def texts_of_widgets(source: str) -> Iterator[str]:
    """The texts of ``self.tr("...")``; a call whose text is no literal is one that lupdate cannot read."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "tr":
            assert isinstance(call.args[0], ast.Constant), f"line {call.lineno}: not a literal"
            yield call.args[0].value
