"""Which captures were opened last? A short list in the settings, newest first, and the menu made of it."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from ladderview.ui.translation import translate

MOST = 10


def recent_paths() -> list[str]:
    """Absolute paths, newest first. Those that are gone stay: a network drive comes back."""
    stored = QSettings().value("recent", [])
    # A list of one comes back from an INI file as a string, and a person may have edited the file.
    paths = stored if isinstance(stored, list) else [stored]
    return [path for path in paths if isinstance(path, str) and path][:MOST]


def remember(path: str) -> None:
    """Put a capture at the top of the list; standard input is not remembered."""
    if path == "-":
        return
    full = os.path.abspath(path)
    QSettings().setValue("recent", [full, *(other for other in recent_paths() if other != full)][:MOST])


def forget_all() -> None:
    """Empty the list."""
    QSettings().remove("recent")


def words_of(path: str) -> str:
    """How a capture is offered: its name first, its folder after it."""
    return f"{os.path.basename(path)} — {os.path.dirname(path)}"


def fill_menu(menu: QMenu, open_path: Callable[[str], None], words: Callable[[str], str] = words_of) -> None:
    """Make the menu anew: what ``words`` says of every path, and a way to empty it."""
    menu.clear()
    paths = recent_paths()
    for position, path in enumerate(paths):
        shown = words(path).replace("&", "&&")  # a single "&" in a file name would become a mnemonic
        action = QAction(f"&{(position + 1) % 10}  {shown}", menu)
        action.triggered.connect(lambda _=False, path=path: open_path(path))
        menu.addAction(action)
    if not paths:
        empty = menu.addAction(translate("No recent captures"))
        empty.setEnabled(False)
        return
    menu.addSeparator()
    menu.addAction(translate("Clear List"), forget_all)
