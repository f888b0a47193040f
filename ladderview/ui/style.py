"""How the window looks: the palette and the style sheet that make Qt's widgets match the ladder's theme.

Plan: every colour comes from ``ladder.theme``; this file only says where each one goes. Fusion is the base on
every system because it is the one style that follows a palette completely.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ladderview.ladder.theme import THEMES, Theme
from ladderview.resources import resource_path

#: What View > Theme offers.
THEME_CHOICES: dict[str, str] = {"system": "Follow the system", "light": "Light", "dark": "Dark"}

_ROLES: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: "panel",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "background",
    QPalette.ColorRole.AlternateBase: "panel",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "background",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "trouble",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.Link: "accent.text",
    QPalette.ColorRole.LinkVisited: "accent.text",
    QPalette.ColorRole.ToolTipBase: "background",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Light: "background",
    QPalette.ColorRole.Midlight: "border",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "muted",
    QPalette.ColorRole.Shadow: "border",
    QPalette.ColorRole.Accent: "accent",
}

_DISABLED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)

#: The style sheet: ``@key`` is replaced by the theme's colour of that key, longest keys first; ``@icons`` by the folder
#: of the icons. Those that a style sheet names are of one colour, which can be seen on any theme's ground.
_SHEET = """
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QMainWindow, QDialog { background: @panel; }
QMenuBar { background: @panel; padding: 2px 6px; }
QMenuBar::item { padding: 4px 9px; border-radius: 5px; background: transparent; }
QMenuBar::item:selected { background: @selection; color: @text; }
QMenu { background: @background; border: 1px solid @border; padding: 5px; }
QMenu::item { padding: 5px 28px 5px 26px; border-radius: 5px; }
QMenu::item:selected { background: @selection; color: @text; }
QMenu::item:disabled { color: @muted; }
QMenu::separator { height: 1px; background: @border; margin: 5px 8px; }
QToolTip { background: @background; color: @text; border: 1px solid @border; padding: 5px; }

QToolBar#tools { background: @background; border: none; border-bottom: 1px solid @border; padding: 6px 0;
    spacing: 4px; }
QToolBar#tools::separator { background: @border; width: 1px; margin: 4px 5px; }
QToolButton { background: @background; border: 1px solid @border; border-radius: 6px; padding: 4px 8px; color: @text; }
QToolButton[toolButtonStyle="2"] { padding-right: 2px; }
QToolButton:hover { background: @hover; border-color: @selection.border; }
QToolButton:pressed { background: @selection; }
QToolButton:checked { background: @selection; border-color: @selection.border; color: @accent.text; }
QToolButton:disabled { color: @muted; background: @panel; }
QToolButton:focus { border-color: @accent; }
QToolButton#small { padding: 4px; }
QToolButton#plain { background: transparent; border-color: transparent; padding: 2px 6px; color: @muted; }
QToolButton#plain:hover { background: @hover; color: @text; }
QToolButton#plain:focus { border-color: @accent; }
QToolButton[popupMode="1"] { padding-right: 19px; }
QToolButton::menu-button { border: none; border-left: 1px solid @border; width: 17px; margin: 4px 0; }
QToolButton::menu-button:hover { background: @selection; }
QToolButton#plain::menu-indicator, QToolButton#menu::menu-indicator { image: none; width: 0; }

QWidget#player { background: @background; border-top: 1px solid @border; }
QToolButton#round, QToolButton#play { border-radius: 17px; padding: 0; }
QToolButton#play { background: @accent; border-color: @accent; }
QToolButton#play:hover { background: @accent.text; border-color: @accent.text; }
QToolButton#play:disabled { background: @lifeline; border-color: @lifeline; }
QTableView#log { background: @background; }
QSlider::groove:horizontal { background: @border; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: @background; border: 2px solid @accent; width: 12px; height: 12px;
    margin: -6px 0; border-radius: 8px; }
QSlider::handle:horizontal:focus { background: @selection; }
QSlider::sub-page:horizontal:disabled { background: @border; }
QSlider::handle:horizontal:disabled { border-color: @lifeline; }

QPushButton { background: @background; border: 1px solid @border; border-radius: 6px; padding: 6px 16px; color: @text; }
QPushButton:hover { background: @hover; border-color: @selection.border; }
QPushButton:pressed { background: @selection; }
QPushButton:focus { border-color: @accent; }
QPushButton#primary { background: @accent; border-color: @accent; color: @background; font-weight: 600; }
QPushButton#primary:hover { background: @accent.text; border-color: @accent.text; }
QPushButton:disabled { color: @muted; background: @panel; }
QPushButton#link { background: transparent; border: 1px solid transparent; border-radius: 6px; color: @accent.text;
    text-align: left; padding: 5px 8px; }
QPushButton#link:hover { background: @hover; }
QPushButton#link:focus { border-color: @accent; }

QPushButton#status { background: transparent; border: 1px solid transparent; border-radius: 4px; color: @accent.text;
    padding: 0 6px; }
QPushButton#status:hover { background: @hover; }
QPushButton#status:focus { border-color: @accent; }

QLineEdit { background: @background; border: 1px solid @border; border-radius: 6px; padding: 5px 8px; color: @text;
    selection-background-color: @accent; selection-color: @background; }
QLineEdit:focus { border-color: @accent; }
QLineEdit[wrong="true"] { border-color: @trouble; }
QComboBox { background: @background; border: 1px solid @border; border-radius: 6px; padding: 4px 6px 4px 8px;
    color: @text; selection-background-color: @selection; selection-color: @text; }
QComboBox:hover { background: @hover; border-color: @selection.border; }
QComboBox:focus, QComboBox:on { border-color: @accent; }
QComboBox:disabled { color: @muted; background: @panel; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url("@icons/chevron-down.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @background; border: 1px solid @border; padding: 4px; outline: none; }
QComboBox QAbstractItemView::item { padding: 3px 6px; border-radius: 4px; min-height: 20px; }
QComboBox QAbstractItemView::item:selected { background: @selection; color: @text; }
QSpinBox, QDoubleSpinBox { background: @background; border: 1px solid @border; border-radius: 6px; padding: 4px 6px;
    color: @text; selection-background-color: @accent; selection-color: @background; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { border: none;
    background: transparent; width: 18px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url("@icons/chevron-up.svg"); width: 9px; height: 9px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow { image: url("@icons/chevron-down.svg"); width: 9px; height: 9px; }
QCheckBox { spacing: 7px; }
QCheckBox:disabled { color: @muted; }
QCheckBox::indicator, QListView::indicator { width: 13px; height: 13px; border: 1px solid @lifeline; border-radius: 4px;
    background: @background; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: @accent; }
QCheckBox::indicator:checked, QListView::indicator:checked { image: url("@icons/check.svg"); border-color: @accent; }
QCheckBox::indicator:disabled { border-color: @border; background: @panel; }
QWidget#paper { background: @border; }
QWidget#paper QLabel { background: transparent; }
QSpinBox:focus, QDoubleSpinBox:focus { border-color: @accent; }

QLineEdit#title_strip { background: @background; border: none; border-radius: 0; padding: 12px 18px 2px 18px;
    font-size: 19px; font-weight: 700; }
QLineEdit#caption_strip { background: @background; border: none; border-radius: 0; padding: 2px 18px 8px 18px;
    color: @muted; }
QSplitter::handle { background: @border; }
QSplitter::handle:vertical { background: @panel; border-top: 1px solid @border; }
QSplitter::handle:hover { background: @selection.border; }
QStatusBar { background: @panel; border-top: 1px solid @border; color: @muted; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @muted; }

QWidget#side { background: @panel; }
QWidget#page { background: @background; }
QLabel#heading { font-weight: 600; }
QLabel#muted { color: @muted; }
QLabel#trouble { color: @trouble; }
QLabel#title { font-weight: 600; }
QFrame#card { background: @background; border: 1px solid @border; border-radius: 8px; }
QFrame#banner { background: @trouble.band; border: none; border-bottom: 1px solid @trouble; }
QFrame#banner QLabel { color: @trouble; background: transparent; }

QAbstractScrollArea { border: none; background: @panel; }
QScrollArea > QWidget > QWidget#side { background: @panel; }
QPlainTextEdit { background: @background; border: 1px solid @border; border-radius: 6px; padding: 3px 5px;
    selection-background-color: @accent; selection-color: @background; }
QPlainTextEdit:focus { border-color: @accent; }
QPlainTextEdit#note_editor { background: @note; color: @note.text; border: 2px solid @accent; border-radius: 5px;
    padding: 2px 4px; }
QPlainTextEdit#scenario { background: @background; color: @text; border-top: 1px solid @border;
    border-bottom: 1px solid @border; }
QListView, QTreeView, QTableView { background: @panel; outline: none; selection-background-color: @selection;
    selection-color: @text; alternate-background-color: @panel; gridline-color: @border; }
QTreeView::item { padding: 2px 0; }
QTreeView::item:selected { background: @selection; color: @text; }
QTreeView::item:hover:!selected { background: @hover; }
QTableView::item { padding: 0 8px; }
QTableView::item:selected { background: @selection; color: @text; }
QTableView#cards { selection-background-color: transparent; }
QTableView#cards::item:selected { background: transparent; }
QHeaderView { background: @panel; }
QHeaderView::section { background: @panel; color: @muted; border: none; border-bottom: 1px solid @border;
    padding: 5px 8px; font-weight: 600; }
QHeaderView::section:hover { color: @text; }

QTabBar { background: @panel; }
QTabBar::tab { background: transparent; color: @muted; border: none; border-bottom: 2px solid transparent;
    padding: 4px 9px; }
QTabBar::tab:hover { color: @text; background: @hover; }
QTabBar::tab:selected { color: @accent.text; border-bottom-color: @accent; }
QTabBar QToolButton { padding: 0; border-radius: 4px; }

QProgressBar { background: @border; border: none; border-radius: 3px; height: 6px; text-align: center; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }

QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @lifeline; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""


def palette(theme: Theme) -> QPalette:
    """Qt's colour roles, filled from the theme."""
    made = QPalette()
    for role, key in _ROLES.items():
        made.setColor(role, QColor(theme[key]))
    for role in _DISABLED:
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme["muted"]))
    return made


def stylesheet(theme: Theme) -> str:
    """The style sheet in the colours of the theme."""
    sheet = _SHEET.replace("@icons", resource_path("icons").as_posix())
    for key in sorted(theme.colours, key=len, reverse=True):
        sheet = sheet.replace(f"@{key};", f"{theme[key]};").replace(f"@{key} ", f"{theme[key]} ")
    return sheet


def fixed_font(points: float = 0.0) -> QFont:
    """The system's fixed-width font, for bytes and numbers that must align; one step smaller than the UI font."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    base = QApplication.font().pointSizeF()
    font.setPointSizeF(points or max(base - 0.5, 7.0))
    return font


def ui_font(scale: float = 1.0, bold: bool = False) -> QFont:
    """The system's UI font, scaled; semibold where a heading wants it."""
    font = QFont(QApplication.font())
    font.setPointSizeF(font.pointSizeF() * scale)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


class Appearance(QObject):
    """Which theme the whole program wears, remembered from one run to the next.

    Signals:
        theme_changed(Theme): the program now looks like this.
    """

    theme_changed = Signal(object)

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._choice = str(QSettings().value("theme", "system"))
        if self._choice not in THEME_CHOICES:
            self._choice = "system"
        app.setStyle("Fusion")
        self._tell_platform()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self._apply()

    @property
    def choice(self) -> str:
        """A key of ``THEME_CHOICES``."""
        return self._choice

    @property
    def theme(self) -> Theme:
        """The theme in use."""
        if self._choice == "system":
            dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
            return THEMES["dark" if dark else "light"]
        return THEMES[self._choice]

    def choose(self, choice: str) -> None:
        """Wear this theme from now on."""
        if choice == self._choice:
            return
        self._choice = choice
        QSettings().setValue("theme", choice)
        self._tell_platform()
        self._apply()

    def toggle(self) -> None:
        """From light to dark and back."""
        self.choose("light" if self.theme.name == "dark" else "dark")

    def _tell_platform(self) -> None:
        """Title bars and the platform's own dialogs follow; "unknown" gives the choice back to the system."""
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        QGuiApplication.styleHints().setColorScheme(schemes.get(self._choice, Qt.ColorScheme.Unknown))

    def _apply(self) -> None:
        theme = self.theme
        self._app.setPalette(palette(theme))
        self._app.setStyleSheet(stylesheet(theme))
        self.theme_changed.emit(theme)

    def _on_scheme_changed(self) -> None:
        if self._choice == "system":
            self._apply()
