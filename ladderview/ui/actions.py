"""What can a person do? Every action of the window in one table, and the menus and the toolbar made of it.

An action is one entry in ``ACTIONS`` and one place in ``MENUS`` (and in ``TOOLBAR``, if it deserves one); what it
does is a method of the window, connected by name. Its shortcut shows in the menu, in its tooltip and in Help >
Keyboard Shortcuts, all three from the entry. The tables are in English; ``translate`` stands where they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QToolBar, QToolButton, QWidget

from ladderview.ladder.theme import Theme
from ladderview.ui.icons import themed_icon
from ladderview.ui.translation import translate

Keys = tuple[str | QKeySequence.StandardKey, ...]


@dataclass(frozen=True, slots=True)
class ActionEntry:
    """One thing to do.

    Attributes:
        text: as the menu words it.
        tip: one sentence.
        keys: its shortcuts, the first of which is shown.
        icon: name of an icon in ``resources/icons``, or the empty string.
        short: its word on the toolbar; the icon stands alone where it is empty.
        group: actions of one group exclude each other; empty for an action that is no choice.
    """

    text: str
    tip: str
    keys: Keys = ()
    icon: str = ""
    short: str = ""
    group: str = ""
    checkable: bool = False


_K = QKeySequence.StandardKey

ACTIONS: dict[str, ActionEntry] = {
    "open": ActionEntry("&Open…", "Open a capture", (_K.Open,), "open", "Open"),
    "new_scenario": ActionEntry("&New Scenario…", "Describe a connection, and see its ladder", (_K.New,)),
    "save_scenario": ActionEntry("&Save Scenario", "Save the text of the scenario", (_K.Save,), short="Save"),
    "save_scenario_as": ActionEntry("Save Scenario &As…", "Save the text of the scenario elsewhere"),
    "save_capture": ActionEntry("Save as &Capture…", "Save the composed packets as pcapng, for Wireshark",
        ("Ctrl+Alt+S",), short="Capture…"),
    "show_scenario": ActionEntry("Scenario Te&xt", "Show the text of the scenario", ("Ctrl+Shift+T",), checkable=True),
    "scenario_help": ActionEntry("How to &Write a Scenario", "All words of a scenario on one page", short="Help"),
    "load_keys": ActionEntry("Load &Keys…", "Decrypt TLS with a key log (SSLKEYLOGFILE) or an RSA private key",
        ("Ctrl+K",), "keys"),
    "close": ActionEntry("&Close Window", "Close this window", (_K.Close,)),
    "export": ActionEntry("&Export…", "Take the ladder away: picture, pages, slides, text, capture", ("Ctrl+E",)),
    "present": ActionEntry("P&resent", "Show the ladder to a room, arrow by arrow", ("F11",)),
    "copy_picture": ActionEntry("Copy Ladder as P&icture", "Copy the whole ladder as a picture", ("Ctrl+Shift+E",)),
    "copy_ladder": ActionEntry("Copy Ladder as &Text", "Copy the whole ladder as plain text", ("Ctrl+Alt+C",)),
    "quit": ActionEntry("&Quit", "Close all windows", (_K.Quit,)),
    "undo": ActionEntry("&Undo", "Take the last change of an annotation back", (_K.Undo,)),
    "redo": ActionEntry("&Redo", "Change it again", (_K.Redo,)),
    "tool_note": ActionEntry("&Note", "Write a note on an arrow", ("Ctrl+Alt+N",), "note", checkable=True),
    "tool_bracket": ActionEntry("&Bracket", "Bracket a range of arrows and tell how long it took", ("Ctrl+Alt+B",),
        "bracket", checkable=True),
    "tool_measure": ActionEntry("&Measure", "Measure the time between two arrows", ("Ctrl+Alt+M",), "measure",
        checkable=True),
    "tool_highlight": ActionEntry("&Highlight", "Highlight a range of arrows", ("Ctrl+Alt+H",), "highlight",
        checkable=True),
    "tool_dim": ActionEntry("&Dim", "Draw a range of arrows pale", ("Ctrl+Alt+D",), "dim", checkable=True),
    "tool_fold": ActionEntry("&Fold", "Draw a range of arrows as one", ("Ctrl+Alt+F",), "fold", checkable=True),
    "save_comments": ActionEntry("Save Copy with &Notes as Comments…",
        "Save a copy of the capture in which the notes are packet comments, for Wireshark"),
    "redact": ActionEntry("Mask for &Sharing…", "Put words in the place of addresses, names and secrets",
        ("Ctrl+Alt+R",), "redact", checkable=True),
    "note_title": ActionEntry("&Title…", "Write a title over the ladder", ("Ctrl+Alt+T",)),
    "note_caption": ActionEntry("&Caption…", "Write a caption under the ladder", ("Ctrl+Alt+U",)),
    "rename_client": ActionEntry("Rename Client…", "Call the client something else"),
    "rename_server": ActionEntry("Rename Server…", "Call the server something else"),
    "rename_phase": ActionEntry("Rename &Phase…", "Call the phase of the selected arrow something else"),
    "next_note": ActionEntry("Next Annotation", "Choose the next annotation", ("Alt+PgDown",)),
    "previous_note": ActionEntry("Previous Annotation", "Choose the annotation before", ("Alt+PgUp",)),
    "delete_note": ActionEntry("De&lete Annotation", "Delete the chosen annotation"),
    "copy_text": ActionEntry("&Copy Packet as Text", "Copy the selected packet's label, arithmetic and fields",
        (_K.Copy,), "copy"),
    "copy_filter": ActionEntry("Copy as Display &Filter", "Copy a Wireshark filter that finds the packets of the arrow",
        ("Ctrl+Shift+C",)),
    "follow": ActionEntry("Follow Flo&w…", "Read what both ends of the flow say, as text or as bytes",
        ("Ctrl+Alt+Shift+T",)),
    "wireshark": ActionEntry("Open in &Wireshark", "Open the capture in Wireshark at the selected packet",
        ("Ctrl+Shift+W",)),
    "find": ActionEntry("&Find in Ladder…", "Find words, field:value or #packet in this flow", (_K.Find,)),
    "find_next": ActionEntry("Find &Next", "Go to the next arrow that was found", ("F3",)),
    "find_previous": ActionEntry("Find Pre&vious", "Go to the arrow before that was found", ("Shift+F3",)),
    "find_flow": ActionEntry("Fi&lter Flows", "Go to the filter box", ("Ctrl+/", "Ctrl+Shift+F")),
    "copy_log": ActionEntry("Copy &Log", "Copy what happened, a sentence for each arrow"),
    "save_log": ActionEntry("Save &Log as Text…", "Save what happened, a sentence for each arrow"),
    "level_segments": ActionEntry("&Segments", "An arrow for every segment", ("Ctrl+4",), short="Segments",
        group="level"),
    "level_messages": ActionEntry("&Messages", "An arrow for every message, whatever carried it", ("Ctrl+5",),
        short="Messages", group="level"),
    "level_phases": ActionEntry("&Phases", "A bar for every phase of the connection", ("Ctrl+6",), short="Phases",
        group="level"),
    "level_auto": ActionEntry("Level Follows &Zoom", "Messages, then phases, when zooming out far enough", ("Ctrl+7",),
        checkable=True),
    "legend": ActionEntry("&Legend", "Say at the foot what colours, lines and slopes mean", checkable=True),
    "estimated": ActionEntry("&Estimated Delays",
        "On the time axis, let arrows slope by half of the handshake's round trip", checkable=True),
    "axis_rows": ActionEntry("&Rows", "Equal steps from arrow to arrow", ("Ctrl+1",), "rows", "", "axis"),
    "axis_time": ActionEntry("&Time", "Distances are proportional to time", ("Ctrl+2",), "time", "", "axis"),
    "axis_compressed": ActionEntry("&Compressed Time", "Proportional to time, with idle gaps cut", ("Ctrl+3",),
        "compressed", "", "axis"),
    "times_flow": ActionEntry("From the &Beginning", "Times from the first packet of the flow", group="times"),
    "times_previous": ActionEntry("From the &Previous Arrow", "Times from arrow to arrow", group="times"),
    "times_selected": ActionEntry("From the &Selected Arrow", "Times from the selected arrow", group="times"),
    "times_absolute": ActionEntry("Time of &Day, UTC", "Times by the clock, UTC", group="times"),
    "times_local": ActionEntry("Time of Day, &Local", "Times by the clock of this computer", group="times"),
    "zoom_in": ActionEntry("Zoom &In", "Spread the rows", (_K.ZoomIn, "Ctrl+="), "zoom-in"),
    "zoom_out": ActionEntry("Zoom &Out", "Draw the rows closer", (_K.ZoomOut,), "zoom-out"),
    "fit": ActionEntry("&Fit All", "Show the whole flow", ("Ctrl+0",), "fit"),
    "wide_flows": ActionEntry("&Table of Flows", "Show all columns of the flows, or only cards", ("Ctrl+T",),
        checkable=True),
    "show_inspector": ActionEntry("&Inspector", "Show what is in the selected packet", ("Ctrl+I",), checkable=True),
    "raw_numbers": ActionEntry("&Raw Sequence Numbers", "Show the numbers as they stand in the packets", ("Ctrl+R",),
        checkable=True),
    "swap": ActionEntry("&Swap Sides", "Call the client of this flow the server", ("Ctrl+Shift+S",), "swap"),
    "theme_system": ActionEntry("Follow the &System", "Light or dark as the system is", (), "", "", "theme"),
    "theme_light": ActionEntry("&Light", "Dark on light", (), "", "", "theme"),
    "theme_dark": ActionEntry("&Dark", "Light on dark", (), "", "", "theme"),
    "toggle_theme": ActionEntry("Light or Dark", "Change between light and dark", ("Ctrl+Shift+L",), "theme"),
    "next_arrow": ActionEntry("&Next Arrow", "Select the next arrow", ("Ctrl+Down", "F8")),
    "previous_arrow": ActionEntry("&Previous Arrow", "Select the arrow before", ("Ctrl+Up", "F7")),
    "next_problem": ActionEntry("Next P&roblem", "Select the next arrow with a problem", ("Ctrl+Shift+Down", "F4", "N"),
        "next-problem"),
    "previous_problem": ActionEntry("Previous Pro&blem", "Select the arrow with a problem before this one",
        ("Ctrl+Shift+Up", "Shift+F4", "Shift+N"), "previous-problem"),
    "next_flow": ActionEntry("Next &Flow", "Select the next flow of the list", ("Ctrl+PgDown",)),
    "previous_flow": ActionEntry("Previous Fl&ow", "Select the flow before it in the list", ("Ctrl+PgUp",)),
    "several": ActionEntry("&Several Flows Together…", "Show several flows in one ladder, a lifeline for each endpoint",
        ("Ctrl+Shift+M",)),
    "go_to_packet": ActionEntry("&Go to Packet…", "Select a packet by its number", ("Ctrl+G",)),
    "play": ActionEntry("&Play or Pause", "Let the arrows come one by one", ("P", "F5")),
    "step_forward": ActionEntry("Step &Forward", "Reveal the next arrow", ("Ctrl+Right", "F10")),
    "step_back": ActionEntry("Step &Back", "Take the last arrow away", ("Ctrl+Left", "F9")),
    "step_first": ActionEntry("To the F&irst", "Show the first arrow alone", ("Ctrl+Shift+Home",)),
    "step_last": ActionEntry("To the &Last", "Show all arrows, with the last one as the current",
        ("Ctrl+Shift+End",)),
    "step_leave": ActionEntry("&Show All Again", "Step through nothing any more", ("Ctrl+Shift+P",)),
    "show_log": ActionEntry("&Log", "Show what happened, a sentence for each arrow", ("Ctrl+L",), checkable=True),
    "guide": ActionEntry("User &Guide", "How to use ladderview, on one page", ("F1",)),
    "shortcuts": ActionEntry("&Keyboard Shortcuts", "All keys on one page", ("?",)),
    "about": ActionEntry("&About ladderview", "Version and licence"),
}  # fmt: skip

#: Menus from left to right; "-" is a separator, "@name" a submenu: one of ``SUBMENUS``, or filled by the window.
MENUS: dict[str, tuple[str, ...]] = {
    "&File": (
        "open", "@Open &Recent", "-", "new_scenario", "save_scenario", "save_scenario_as", "save_capture", "-",
        "load_keys", "-", "export", "copy_picture", "copy_ladder", "save_log", "-", "close", "quit",
    ),
    "&Edit": (
        "undo", "redo", "-", "copy_text", "copy_filter", "copy_log", "-", "follow", "wireshark", "-", "find",
        "find_next", "find_previous", "-", "find_flow",
    ),
    "&View": (
        "level_segments", "level_messages", "level_phases", "level_auto", "-",
        "axis_rows", "axis_time", "axis_compressed", "estimated", "@T&imes", "-", "legend",
        "zoom_in", "zoom_out", "fit", "-", "swap", "raw_numbers", "-",
        "wide_flows", "show_scenario", "show_inspector", "show_log", "-",
        "@&Theme",
    ),
    "&Annotate": (
        "tool_note", "tool_bracket", "tool_measure", "tool_highlight", "tool_dim", "tool_fold", "-", "note_title",
        "note_caption", "rename_client", "rename_server", "rename_phase", "-", "next_note", "previous_note",
        "delete_note", "-", "redact", "save_comments",
    ),
    "&Go": (
        "next_arrow", "previous_arrow", "next_problem", "previous_problem", "-", "next_flow", "previous_flow", "-",
        "several", "-", "go_to_packet",
    ),
    "&Play": ("play", "step_forward", "step_back", "-", "step_first", "step_last", "step_leave", "-", "present"),
    "&Help": ("guide", "shortcuts", "scenario_help", "@&Examples", "-", "about"),
}  # fmt: skip

SUBMENUS: dict[str, tuple[str, ...]] = {
    "Times": ("times_flow", "times_previous", "times_selected", "times_absolute", "times_local"),
    "Theme": ("theme_system", "theme_light", "theme_dark", "-", "toggle_theme"),
}

TOOLBAR: tuple[str, ...] = (
    "open", "load_keys", "-", "level_segments", "level_messages", "level_phases", "-", "axis_rows", "axis_time",
    "axis_compressed", "-", "zoom_out", "zoom_in", "fit", "-", "previous_problem", "next_problem", "-", "swap", "-",
    "@tools", "-", "@export", "toggle_theme",
)  # fmt: skip

#: What "@tools" stands for.
TOOL_GROUP: tuple[str, ...] = ("tool_note", "tool_bracket", "tool_measure", "tool_highlight", "tool_fold", "redact")

#: Keys that widgets answer themselves, for Help > Keyboard Shortcuts: what, keys.
WIDGET_KEYS: tuple[tuple[str, str], ...] = (
    ("Ladder: next, previous arrow", "Down or J, Up or K"),
    ("Ladder: next, previous problem", "N, Shift+N"),
    ("Ladder: a page down, up", "Space, Shift+Space"),
    ("Ladder: first, last arrow", "Ctrl+Home, End"),
    ("Ladder: fit all", "Home"),
    ("Ladder: zoom", "+ and −, Ctrl+wheel, pinch"),
    ("Ladder: zoom to the arrow", "Enter, double click"),
    ("Ladder: unfold, fold an arrow", "Right, Left"),
    ("Ladder: fewer, more arrows", "], ["),
    ("Ladder: along a link, back", ". and ,"),
    ("Ladder: legend", "L"),
    ("Ladder: next axis", "A"),
    ("Ladder: times from where", "T"),
    ("Ladder: select nothing", "Esc"),
    ("Annotation: delete, edit", "Delete, F2"),
    ("Annotation: move, reach further", "Alt+arrow keys"),
    ("Annotation: hang on the next arrow or time", "Alt+Shift+Up, Down"),
    ("Boxes: go through, show fields", "Up and Down, Enter"),
    ("Boxes: to the packet that a box names", "Right"),
    ("Presenter: next, previous arrow", "Space or PgDn, PgUp"),
    ("Presenter: first, last arrow", "Home, End"),
    ("Presenter: layers and arithmetic", "D"),
    ("Presenter: spotlight, black screen", "S, B"),
    ("Presenter: larger, smaller", "+, −"),
    ("Presenter: leave", "Esc"),
)


class Actions:
    """A window's actions by name, each a ``QAction`` owned by the window."""

    def __init__(self, window: QWidget, names: Iterable[str] = ACTIONS) -> None:
        """All actions, or those of these names."""
        self._by_name: dict[str, QAction] = {}
        groups: dict[str, QActionGroup] = {}
        for name in names:
            entry = ACTIONS[name]
            action = QAction(translate(entry.text), window)
            action.setObjectName(name)
            action.setShortcuts(sequences(entry.keys))
            action.setToolTip(_with_key(translate(entry.tip), action.shortcut()))
            action.setStatusTip(translate(entry.tip))
            action.setCheckable(entry.checkable or bool(entry.group))
            action.setIconText(translate(entry.short) or _plain(entry.text))
            if entry.group:
                groups.setdefault(entry.group, QActionGroup(window)).addAction(action)
            window.addAction(action)
            self._by_name[name] = action
        for name, role in (("quit", QAction.MenuRole.QuitRole), ("about", QAction.MenuRole.AboutRole)):
            if name in self._by_name:
                self[name].setMenuRole(role)

    def __getitem__(self, name: str) -> QAction:
        return self._by_name[name]

    def enable(self, enabled: bool, *names: str) -> None:
        """Switch these actions on or off."""
        for name in names:
            self[name].setEnabled(enabled)

    def wear(self, theme: Theme) -> None:
        """Draw the icons in the colours of a theme."""
        for name, action in self._by_name.items():
            if ACTIONS[name].icon:
                action.setIcon(themed_icon(ACTIONS[name].icon, theme))

    def fill_menu_bar(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Make the menus; returns the submenus that the window fills, by title in the table without the ampersand."""
        submenus: dict[str, QMenu] = {}
        for title, names in MENUS.items():
            menu = bar.addMenu(translate(title))
            for name in names:
                if name.startswith("@"):
                    submenus[name[1:].replace("&", "")] = menu.addMenu(translate(name[1:]))
                else:
                    self.add(menu, name)
        for title, names in SUBMENUS.items():
            for name in names:
                self.add(submenus[title], name)
        return submenus

    def add(self, menu: QMenu, name: str) -> None:
        """Put one action, or a separator, at the end of a menu."""
        if name == "-":
            menu.addSeparator()
        else:
            menu.addAction(self[name])

    def fill_toolbar(self, bar: QToolBar, export_button: QToolButton, tools: QWidget) -> None:
        """Make the toolbar; ``export_button`` and ``tools`` go where the table says."""
        for name in TOOLBAR:
            if name == "-":
                bar.addSeparator()
            elif name == "@export":
                bar.addWidget(export_button)
            elif name == "@tools":
                bar.addWidget(tools)
            else:
                bar.addAction(self[name])
                button = bar.widgetForAction(self[name])
                if isinstance(button, QToolButton) and ACTIONS[name].short:
                    beside, alone = Qt.ToolButtonStyle.ToolButtonTextBesideIcon, Qt.ToolButtonStyle.ToolButtonTextOnly
                    button.setToolButtonStyle(beside if ACTIONS[name].icon else alone)
                button.setAccessibleName(self[name].text().replace("&", "").rstrip("…"))


def sequences(keys: Keys) -> list[QKeySequence]:
    """Every key of an action, a standard one as this platform has it; the first is the one shown in the menu."""
    found: list[QKeySequence] = []
    for key in keys:
        found += QKeySequence.keyBindings(key) if isinstance(key, _K) else [QKeySequence(key)]
    return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    """The words of a menu entry alone."""
    return translate(text).replace("&", "").rstrip("…")


def _with_key(tip: str, key: QKeySequence) -> str:
    shown = key.toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({shown})" if shown else tip


def shortcut_rows() -> list[tuple[str, str]]:
    """(what, keys) of every action that has a key, for the page of shortcuts."""
    native = QKeySequence.SequenceFormat.NativeText
    rows = []
    for entry in ACTIONS.values():
        keys = [sequence.toString(native) for sequence in sequences(entry.keys)[:2]]
        if keys:
            rows.append((_plain(entry.text), " or ".join(keys)))
    return rows + [(translate(what), translate(keys)) for what, keys in WIDGET_KEYS]
