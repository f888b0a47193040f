"""Where does a person read how the program is used? On one page, ``resources/guide.html``, in a window of its own.

The page is a file of the program: nothing is fetched. It says what things are; how it looks is said here, in the
colours of the theme, because Qt's text browser knows only the simplest of style sheets.
"""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from ladderview.ladder.theme import Theme
from ladderview.resources import resource_path
from ladderview.ui.actions import shortcut_rows
from ladderview.ui.style import Appearance, ui_font

#: How the page looks: ``@key`` is the theme's colour of that key.
_SHEET = """
body { color: @text; }
h1 { color: @text; font-size: xx-large; margin-bottom: 4px; }
h2 { color: @text; font-size: x-large; margin-top: 26px; margin-bottom: 6px; }
h3 { color: @text; margin-top: 16px; margin-bottom: 4px; }
p, li { line-height: 140%; }
a { color: @accent.text; text-decoration: none; }
code, pre { color: @text; background-color: @panel; }
th { text-align: left; color: @muted; padding: 3px 18px 3px 0; }
td { padding: 3px 18px 3px 0; }
"""

#: Wider than this, lines are hard to read.
WIDTH_PX, HEIGHT_PX = 860, 760

#: Where the page wants the keys.
_KEYS = "<!-- keys -->"

#: The guide, once somebody has asked for it; closed it is only hidden, and stands where it stood.
_made: list[Guide] = []


def show_guide(appearance: Appearance) -> Guide:
    """Show the guide, in the one window that it has."""
    if not _made:
        guide = Guide(appearance.theme)
        # The program ends with its last capture, whatever is being read beside.
        guide.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        appearance.theme_changed.connect(guide.wear)
        _made.append(guide)
    _made[0].show()
    _made[0].activateWindow()
    return _made[0]


def guide_text() -> str:
    """The page, with the keys that the program has."""
    rows = "".join(
        f"<tr><td>{escape(what)}</td><td><code>{escape(keys)}</code></td></tr>" for what, keys in shortcut_rows()
    )
    return resource_path("guide.html").read_text(encoding="utf-8").replace(_KEYS, f"<table>{rows}</table>")


class Guide(QWidget):
    """The guide in a window: its contents are links, Ctrl+F finds."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle(self.tr("ladderview guide"))
        self.page = QTextBrowser()
        self.page.setFont(ui_font(1.05))
        self.page.setOpenLinks(False)
        self.page.anchorClicked.connect(self._on_link)
        self.page.document().setDocumentMargin(28)
        self.box = QLineEdit()
        self.box.setPlaceholderText(self.tr("Find in the guide"))
        self.box.setClearButtonEnabled(True)
        self.box.setAccessibleName(self.tr("Find in the guide"))
        self.box.textEdited.connect(lambda: self.find_next(from_start=True))
        self.box.returnPressed.connect(self.find_next)
        self._missing = QLabel()
        self._missing.setObjectName("muted")
        for keys, answer in (
            (QKeySequence(QKeySequence.StandardKey.Find), self._go_to_find),
            (QKeySequence(QKeySequence.StandardKey.Close), self.close),
            (QKeySequence("Esc"), self.close),
        ):
            QShortcut(keys, self).activated.connect(answer)
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 14, 10)
        head.addWidget(self._missing)
        head.addStretch()
        head.addWidget(self.box)
        self.box.setFixedWidth(260)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.page, 1)
        self.wear(theme)
        self.page.setFocus()
        self.resize(WIDTH_PX, HEIGHT_PX)

    def wear(self, theme: Theme) -> None:
        """Show the page in the colours of a theme, at the place where it stands."""
        place = self.page.verticalScrollBar().value()
        sheet = _SHEET
        for key in ("accent.text", "text", "muted", "panel"):
            sheet = sheet.replace(f"@{key}", theme[key])
        self.page.document().setDefaultStyleSheet(sheet)
        self.page.setHtml(guide_text())
        self.page.verticalScrollBar().setValue(place)

    def find_next(self, from_start: bool = False) -> None:
        """Go to the next place of the text in the find box, from the top again after the last."""
        text = self.box.text()
        if from_start:
            self._to_top()
        found = not text or self.page.find(text)
        if not found:
            self._to_top()
            found = self.page.find(text)
        self._missing.setText("" if found else self.tr("not in the guide"))

    def _to_top(self) -> None:
        cursor = self.page.textCursor()
        cursor.movePosition(cursor.MoveOperation.Start)
        self.page.setTextCursor(cursor)

    def _go_to_find(self) -> None:
        self.box.setFocus()
        self.box.selectAll()

    def _on_link(self, url: QUrl) -> None:
        """A place on the page is gone to; any other address is the browser's, if the person wants that."""
        if url.isRelative() and url.hasFragment():
            self.page.scrollToAnchor(url.fragment())
        else:
            QDesktopServices.openUrl(url)
