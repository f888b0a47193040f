"""Which texts of the window stand in tables, where lupdate does not look? Printed as calls that it looks for."""

from __future__ import annotations

from ladderview.ui.actions import ACTIONS, MENUS, WIDGET_KEYS
from ladderview.ui.translation import TABLES


def table_texts() -> list[str]:
    """Every text once, in the order of the tables."""
    texts = [text for entry in ACTIONS.values() for text in (entry.text, entry.tip, entry.short)]
    for title, names in MENUS.items():
        texts += [title, *(name[1:] for name in names if name.startswith("@"))]
    texts += [text for row in WIDGET_KEYS for text in row]
    return list(dict.fromkeys(text for text in texts if text))


if __name__ == "__main__":
    print("from PySide6.QtCore import QCoreApplication")
    for text in table_texts():
        quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        print(f"QCoreApplication.translate({TABLES!r}, {quoted})".replace("'", '"', 2))
