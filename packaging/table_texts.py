"""Which texts of the window stand where lupdate does not look? Printed as calls that it looks for.

Those are the texts of tables, and those in functions that belong to no widget, marked by ``translate("...")`` there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from ladderview.ladder.annotations import RULES
from ladderview.ui import (
    export_options,
    filter_box,
    find_bar,
    flow_model,
    key_files,
    ladder_notes,
    ladder_tooltip,
    main_window,
    masks,
    player_bar,
    scenario_file,
)
from ladderview.ui.actions import ACTIONS, MENUS, WIDGET_KEYS
from ladderview.ui.inspector import content_card, content_view
from ladderview.ui.translation import TABLES

UI = Path(main_window.__file__).parent


def table_texts() -> list[str]:
    """Every text once: in the order of the tables, then of the files."""
    texts = [text for entry in ACTIONS.values() for text in (entry.text, entry.tip, entry.short)]
    for title, names in MENUS.items():
        texts += [title, *(name[1:] for name in names if name.startswith("@"))]
    texts += [text for row in WIDGET_KEYS for text in row]
    texts += [
        main_window.FILE_FILTER,
        key_files.KEY_FILTER,
        scenario_file.SCENARIO_FILTER,
        scenario_file.CAPTURE_FILTER,
    ]
    texts += [filter_box.HINT, find_bar.HINT, *flow_model.KNOWN_BY.values()]
    texts += [tip for _, tip, _ in player_bar.BUTTONS]
    texts += [*ladder_notes.HINTS.values(), ladder_tooltip.JOINED, ladder_tooltip.CUT, *masks.WORDS.values()]
    texts += [*content_view.WAYS.values(), *content_card.TITLES.values(), *(rules.words for rules in RULES.values())]
    for words in (export_options.LEVEL_WORDS, export_options.AXIS_WORDS, export_options.THEME_WORDS):
        texts += words.values()
    for rows in (export_options.PARTS, export_options.MASKS, export_options.CHECKS):
        texts += [row[1] for row in rows]
    for path in sorted(UI.rglob("*.py")):
        texts += marked_texts(path.read_text(encoding="utf-8"))
    return list(dict.fromkeys(text for text in texts if text))


def marked_texts(source: str) -> Iterator[str]:
    """The texts of ``translate("...")`` in a Python source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "translate":
            yield from (
                text.value for text in node.args if isinstance(text, ast.Constant) and isinstance(text.value, str)
            )


if __name__ == "__main__":
    print("from PySide6.QtCore import QCoreApplication")
    for text in table_texts():
        quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
        print(f"QCoreApplication.translate({TABLES!r}, {quoted})".replace("'", '"', 2))
