"""Where the filter words are typed: the box on the toolbar, with what it understands in its tooltip."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from ladderview.ladder.theme import Theme
from ladderview.ui.icons import themed_icon
from ladderview.ui.masked_text import MaskedLine
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

#: Milliseconds after the last letter; a list of 100 000 flows is filtered once a word, not once a letter.
WAIT_MS = 120

HINT = """<p>All words must be found, in names, addresses, ports, outcomes and problems.</p>
<table cellspacing="3">
<tr><td><tt>example.org retrans</tt></td><td>&nbsp;both words</td></tr>
<tr><td><tt>"reset by server"</tt></td><td>&nbsp;words that belong together</td></tr>
<tr><td><tt>port:443 client:10.0.0.7</tt></td><td>&nbsp;also <tt>host: server: outcome: flow:</tt></td></tr>
<tr><td><tt>problem:zero</tt></td><td>&nbsp;<tt>problem:any</tt>, <tt>problem:none</tt></td></tr>
<tr><td><tt>packets:&gt;100 sent:&lt;10k</tt></td><td>&nbsp;also <tt>bytes: received: duration: rtt:</tt></td></tr>
<tr><td><tt>-port:22</tt></td><td>&nbsp;not</td></tr>
</table>"""


class FilterBox(QLineEdit):
    """The filter of the flow list.

    Signals:
        left(): the person is done typing and wants to go to the list.
    """

    left = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setPlaceholderText(self.tr("Filter: host, port, problem…"))
        self.setToolTip(translate(HINT))
        self.setAccessibleName(self.tr("Filter flows"))
        self.setClearButtonEnabled(True)
        # A capture dropped here is to be opened, not to become a filter.
        self.setAcceptDrops(False)
        self.setMinimumWidth(230)
        self.setMaximumWidth(300)
        self._sign = self.addAction(QIcon(), QLineEdit.ActionPosition.LeadingPosition)
        self._sign.triggered.connect(self.setFocus)
        self._wear(workspace.theme)
        workspace.theme_changed.connect(self._wear)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._apply)
        self._masked = MaskedLine(self, workspace, self._apply)
        self.textEdited.connect(self._on_text_edited)
        self.textChanged.connect(lambda text: None if text else self._apply())
        self.returnPressed.connect(self._on_return_pressed)
        workspace.filter_text_changed.connect(self._on_filter_text_changed)

    def _wear(self, theme: Theme) -> None:
        self._sign.setIcon(themed_icon("search", theme))

    def mark(self, wrong: bool) -> None:
        """Show whether the words are understood."""
        if bool(self.property("wrong")) is not wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)

    def _apply(self) -> None:
        self._timer.stop()
        self._workspace.set_filter_text(self.text())

    def _on_text_edited(self) -> None:
        self._timer.start()

    def _on_return_pressed(self) -> None:
        self._apply()
        self.left.emit()

    def _on_filter_text_changed(self, text: str) -> None:
        if text != self.text():
            self.setText(text)

    # -- overridden from QLineEdit ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears, and once it is clear goes to the list; Down goes to the list."""
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
        elif event.key() == Qt.Key.Key_Down:
            self._apply()
            self.left.emit()
        else:
            super().keyPressEvent(event)
