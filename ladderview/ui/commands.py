"""Which part of a window answers which action, and when is an action worth offering?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ladderview.analysis.steps import LEVELS
from ladderview.ladder.times import TIME_REFERENCES
from ladderview.ui.annotation_tools import TOOLS
from ladderview.ui.dialogs import Shortcuts, about
from ladderview.ui.examples import examples, lessons
from ladderview.ui.guide import show_guide
from ladderview.ui.recent import fill_menu
from ladderview.ui.style import THEME_CHOICES, Appearance
from ladderview.ui.take_away import wireshark_path
from ladderview.ui.workspace import AXES

if TYPE_CHECKING:
    from ladderview.ui.main_window import MainWindow

#: Actions that need an open capture, a flow, a selected packet.
NEED_CAPTURE = ("load_keys", "find_flow", "wide_flows", "next_flow", "previous_flow", "go_to_packet")
NEED_FLOW = (
    "find", "find_next", "find_previous", "copy_log", "save_log", "play", "step_forward", "step_back", "step_first",
    "step_last", "step_leave",
    "export", "copy_picture", "copy_ladder", "present",
    *(f"level_{level}" for level in LEVELS), "level_auto", "legend", "estimated", "several",
    *(f"axis_{axis}" for axis in AXES), *(f"times_{name}" for name in TIME_REFERENCES),
    "zoom_in", "zoom_out", "fit", "swap", "next_arrow", "previous_arrow", "next_problem", "previous_problem",
)  # fmt: skip
#: The tools by their actions.
TOOL_ACTIONS = {f"tool_{name}": name for name in TOOLS if name != "pointer"}
NEED_FLOW += (
    *TOOL_ACTIONS, "redact", "save_comments", "note_title", "note_caption", "rename_client", "rename_server",
    "rename_phase", "next_note", "previous_note",
)  # fmt: skip
NEED_SCENARIO = ("save_scenario", "save_scenario_as", "save_capture", "show_scenario")
NEED_PACKET = ("copy_text", "copy_filter")


def connect(window: MainWindow, appearance: Appearance) -> None:
    """Give every action of the window its answer, and every choice its check mark."""
    actions = window.actions_by_name
    for name, answer in (_answers(window, appearance) | _choices(window, appearance)).items():
        actions[name].triggered.connect(lambda _=False, answer=answer: answer())
    actions["wide_flows"].toggled.connect(window.set_wide_flows)
    actions["show_scenario"].toggled.connect(window.scenario_editor.setVisible)
    actions["show_inspector"].toggled.connect(window.inspector.setVisible)
    actions["show_log"].setChecked(window.player.bar.log_button.isChecked())
    actions["show_log"].toggled.connect(window.player.bar.log_button.setChecked)
    window.player.bar.log_asked.connect(actions["show_log"].setChecked)
    actions["level_auto"].toggled.connect(window.ladder.set_automatic)
    actions["legend"].toggled.connect(window.ladder.set_legend)
    actions["estimated"].toggled.connect(window.ladder.set_estimated)
    actions["raw_numbers"].toggled.connect(lambda raw: window.workspace.set_relative_numbers(not raw))
    actions["axis_rows"].setChecked(True)
    actions[f"level_{window.workspace.level}"].setChecked(True)
    actions["times_flow"].setChecked(True)
    actions["show_inspector"].setChecked(True)
    actions[f"theme_{appearance.choice}"].setChecked(True)
    actions["level_auto"].setChecked(True)
    workspace = window.workspace
    window.ladder.automatic_changed.connect(actions["level_auto"].setChecked)
    window.ladder.legend_changed.connect(actions["legend"].setChecked)
    workspace.level_changed.connect(lambda level: actions[f"level_{level}"].setChecked(True))
    workspace.axis_changed.connect(lambda axis: actions[f"axis_{axis}"].setChecked(True))
    workspace.relative_numbers_changed.connect(lambda relative: actions["raw_numbers"].setChecked(not relative))
    workspace.theme_changed.connect(lambda: actions[f"theme_{appearance.choice}"].setChecked(True))
    window.ladder.time_reference_changed.connect(lambda name: actions[f"times_{name}"].setChecked(True))
    window.ladder_notes.tool_changed.connect(lambda chosen: _check_tool(window, chosen))
    undo = window.undo
    for name, text_changed, can_changed in (
        ("undo", undo.undoTextChanged, undo.canUndoChanged),
        ("redo", undo.redoTextChanged, undo.canRedoChanged),
    ):
        verb = actions[name].text()
        text_changed.connect(lambda text, name=name, verb=verb: actions[name].setText(f"{verb} {text}".rstrip()))
        can_changed.connect(actions[name].setEnabled)
        actions[name].setEnabled(False)
    workspace.annotation_id_changed.connect(lambda chosen: actions["delete_note"].setEnabled(bool(chosen)))
    actions["delete_note"].setEnabled(False)
    _fill_submenus(window)
    for name in ("save_scenario", "save_capture", "scenario_help"):
        window.scenario_editor.add_tool(actions[name])


def _check_tool(window: MainWindow, chosen: str) -> None:
    for action, name in TOOL_ACTIONS.items():
        window.actions_by_name[action].setChecked(name == chosen)


def _answers(window: MainWindow, appearance: Appearance) -> dict[str, Callable[[], object]]:
    """What each action does that is no choice among others."""
    ladder, take_away = window.ladder, window.take_away
    return {
        "open": window.ask_for_file,
        "load_keys": window.key_files.ask,
        "new_scenario": window.scenario.new,
        "save_scenario": window.scenario.save,
        "save_scenario_as": window.scenario.save_as,
        "save_capture": window.scenario.save_capture,
        "scenario_help": window.scenario.show_help,
        "close": window.close,
        "quit": window.quit_asked.emit,
        "export": lambda: take_away.export(ladder),
        "present": window.present,
        "copy_picture": lambda: take_away.copy_ladder(ladder, as_text=False),
        "copy_ladder": lambda: take_away.copy_ladder(ladder, as_text=True),
        "copy_text": take_away.copy_text,
        "copy_filter": take_away.copy_filter,
        "follow": window.follow_flow,
        "wireshark": take_away.open_in_wireshark,
        "find": window.find_bar.ask,
        "find_next": lambda: window.find_bar.go(1),
        "find_previous": lambda: window.find_bar.go(-1),
        "find_flow": window.find_flow,
        "copy_log": lambda: take_away.copy_log(window.player.log.whole_text),
        "save_log": lambda: take_away.save_log(window.player.log.whole_text),
        "play": window.player.playback.toggle,
        "step_forward": window.player.playback.forward,
        "step_back": window.player.playback.back,
        "step_first": window.player.playback.first,
        "step_last": window.player.playback.last,
        "step_leave": window.player.playback.leave,
        "zoom_in": ladder.zoom_in,
        "zoom_out": ladder.zoom_out,
        "fit": ladder.fit_all,
        "swap": window.loader.swap_sides,
        "toggle_theme": appearance.toggle,
        "next_arrow": ladder.next_arrow,
        "previous_arrow": lambda: ladder.next_arrow(-1),
        "next_problem": lambda: window.step_problem(1),
        "previous_problem": lambda: window.step_problem(-1),
        "next_flow": lambda: window.flows.step(1),
        "previous_flow": lambda: window.flows.step(-1),
        "several": window.ask_for_flows,
        "go_to_packet": window.ask_for_packet,
        **{action: lambda name=name: window.ladder_notes.set_tool(name) for action, name in TOOL_ACTIONS.items()},  # type: ignore[misc]
        "redact": window.masks.ask,
        "save_comments": take_away.save_with_comments,
        "undo": window.undo.undo,
        "redo": window.undo.redo,
        "note_title": window.title_strip.edit,
        "note_caption": window.caption_strip.edit,
        "rename_client": lambda: window.ladder_notes.names.rename_endpoint(0),
        "rename_server": lambda: window.ladder_notes.names.rename_endpoint(1),
        "rename_phase": window.ladder_notes.names.rename_phase,
        "next_note": lambda: window.ladder_notes.step(1),
        "previous_note": lambda: window.ladder_notes.step(-1),
        "delete_note": window.ladder_notes.delete,
        "guide": lambda: show_guide(appearance),
        "shortcuts": lambda: Shortcuts(window).open(),
        "about": lambda: about(window),
    }


def _choices(window: MainWindow, appearance: Appearance) -> dict[str, Callable[[], object]]:
    """What each action does that is one of several to choose from."""
    answers: dict[str, Callable[[], object]] = {}
    for level in LEVELS:
        answers[f"level_{level}"] = lambda level=level: window.workspace.set_level(level)  # type: ignore[misc]
    for axis in AXES:
        answers[f"axis_{axis}"] = lambda axis=axis: window.workspace.set_axis(axis)  # type: ignore[misc]
    for reference in TIME_REFERENCES:
        answers[f"times_{reference}"] = lambda name=reference: window.ladder.set_time_reference(name)  # type: ignore[misc]
    for choice in THEME_CHOICES:
        answers[f"theme_{choice}"] = lambda choice=choice: appearance.choose(choice)  # type: ignore[misc]
    return answers


def _fill_submenus(window: MainWindow) -> None:
    """The menus of captures: those opened last, made anew each time, and the examples."""
    recent, shipped = window.submenus["Open Recent"], window.submenus["Examples"]
    recent.aboutToShow.connect(lambda: fill_menu(recent, window.open_path, window.masks.recent_words))
    shipped.setToolTipsVisible(True)
    for number, example in enumerate((*examples(), *lessons())):
        if number == len(examples()):
            shipped.addSeparator()
        action = shipped.addAction(example.title.replace("&", "&&"))
        action.setStatusTip(example.note)
        action.setToolTip(example.note)
        action.triggered.connect(lambda _=False, path=example.path: window.open_path(path))


def update(window: MainWindow) -> None:
    """Offer what can be done with what is open and selected."""
    workspace = window.workspace
    capture, flow = workspace.capture, workspace.analysis is not None
    enable = window.actions_by_name.enable
    enable(capture is not None, *NEED_CAPTURE)
    enable(flow, *NEED_FLOW)
    enable(flow and workspace.row >= 0, *NEED_PACKET)
    enable(workspace.reading is not None, "follow")
    is_scenario = capture is not None and capture.scenario is not None
    enable(is_scenario, *NEED_SCENARIO)
    is_file = capture is not None and capture.path != "-" and not is_scenario
    enable(is_file and wireshark_path() is not None, "wireshark")
    window.export_button.setEnabled(flow)
    window.filter_box.setEnabled(capture is not None)
