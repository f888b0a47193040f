"""How much room is there around the tools, whatever the theme?

Trap: Qt takes the margins of a toolbar from the style when it is made, and from the style sheet, which knows none, once
another sheet is set: the bar would get lower and wider, and its last tool would have no room in a small window.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QToolBar

#: Pixels around the tools, and between two of them.
MARGIN_PX, SPACING_PX = 4, 1


class ToolBar(QToolBar):
    """A toolbar that keeps its margins."""

    # Qt's methods

    def changeEvent(self, event: QEvent) -> None:
        """Another style has other margins."""
        super().changeEvent(event)
        layout = self.layout()
        if layout is not None and event.type() is QEvent.Type.StyleChange:
            layout.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
            layout.setSpacing(SPACING_PX)
