"""Where on the toolbar do the annotation tools stand? Side by side, or, where there is little room, in one menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolBar, QToolButton, QWidget

from ladderview.ui.actions import Actions

#: Width of the toolbar from which every tool has a button of its own.
ALL_FROM_PX = 1600


class ToolGroup(QWidget):
    """The buttons of some actions, of which the first stays when there is little room."""

    def __init__(self, bar: QToolBar, actions: Actions, names: tuple[str, ...]) -> None:
        super().__init__(bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        menu = QMenu(self)
        self._buttons = []
        for name in names:
            menu.addAction(actions[name])
            button = QToolButton(self)
            button.setDefaultAction(actions[name])
            button.setIconSize(bar.iconSize())
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setAccessibleName(actions[name].text().replace("&", ""))
            row.addWidget(button)
            self._buttons.append(button)
        self.all = QToolButton(self)
        self.all.setObjectName("menu")
        self.all.setDefaultAction(actions[names[0]])
        self.all.setIconSize(bar.iconSize())
        self.all.setMenu(menu)
        self.all.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.all.setAccessibleName(self.tr("Annotate"))
        row.addWidget(self.all)
        bar.installEventFilter(self)
        self._arrange(bar.width())

    def _arrange(self, width: int) -> None:
        wide = width >= ALL_FROM_PX
        for button in self._buttons:
            button.setVisible(wide)
        self.all.setVisible(not wide)

    # Qt's methods

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The toolbar has another width."""
        if event.type() == QEvent.Type.Resize and isinstance(watched, QToolBar):
            self._arrange(watched.width())
        return False
