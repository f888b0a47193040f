"""How does a scenario get from its file into the editor, from there into the ladder, and back into a file?

Plan: whatever scenario the window opens is shown in the editor. When the person stops typing, the text is composed on a
worker thread, and the capture in the workspace is exchanged for the new one; where the text has mistakes, the picture
stays as it was and the mistakes are marked.

Traps: the scenarios that come with the program are not to be written over: saving one asks for a name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from ladderview.capture.capture import Capture, open_scenario
from ladderview.capture.packets_again import saved_packets
from ladderview.capture.save import pcapng_blocks
from ladderview.capture.scenario.opening import SUFFIX, FaultyScenario
from ladderview.capture.scenario.reader import read_with_mistakes
from ladderview.progress import Progress
from ladderview.resources import resource_path
from ladderview.ui.background import Background
from ladderview.ui.dialogs import refuse
from ladderview.ui.file_dialogs import ask_where, reason_of, remember_folder
from ladderview.ui.loader import Loader, Opened, columns_of
from ladderview.ui.saving import Saving
from ladderview.ui.scenario_editor import ScenarioEditor, ScenarioHelp
from ladderview.ui.shown_name import shown_name
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace
from ladderview.whole_file import write_whole

SCENARIO_FILTER = f"Scenarios (*{SUFFIX});;All files (*)"
CAPTURE_FILTER = "Captures (*.pcapng)"

#: The key, in the settings, of the folder in which scenarios are kept.
FOLDER = "scenario_folder"

#: A line that names an initial sequence number, and one that speaks TLS.
_NAMES_ISN = re.compile(r"^\s*(?:client|server)\b[^\n#]*\bisn\s+\d", re.MULTILINE)
_SPEAKS_TLS = re.compile(r"^\s*tls\b", re.MULTILINE)

#: What a new scenario begins with.
TEMPLATE = """\
title   A new scenario
client  10.0.0.1:50944
server  198.51.100.20:80  name www.example.org
path    delay 20 ms

open
client requests GET /
server responds 200 with 3 kB
client closes
"""


class ScenarioFile(QObject):
    """The scenario of one window.

    Signals:
        shown(bool): there is one, or none.
        said(str): what was done, in a few words, for the status line.
        path_chosen(str): open this.
    """

    shown = Signal(bool)
    said = Signal(str)
    path_chosen = Signal(str)

    def __init__(
        self, window: QWidget, workspace: Workspace, loader: Loader, background: Background, editor: ScenarioEditor
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._loader = window, workspace, loader
        self._background, self._editor = background, editor
        self.saving = Saving(window, background)
        self.saving.said.connect(self.said)
        self._faulty: str | None = None
        self._path = ""
        self._composed = ""
        self._names_isn = False
        workspace.capture_changed.connect(self._on_capture_changed)
        workspace.masker_changed.connect(lambda: editor.cover(bool(workspace.masks), self._name))
        workspace.theme_changed.connect(editor.set_theme)
        editor.set_theme(workspace.theme)
        editor.paused.connect(self._compose)

    # -- what is open --------------------------------------------------------------------------------------------------

    def _on_capture_changed(self, capture: Capture | None) -> None:
        text = capture.scenario if capture is not None else None
        if capture is None or capture.path != self._path:
            self._show_as_written(text or "")
        if capture is None or text is None:
            self.shown.emit(False)
            return
        if capture.path != self._path:
            self._path, self._composed = capture.path, text
            self._editor.load(self._name, text)
            self._faulty = None if len(capture.packets) else text
            if self._faulty is not None:
                self._compose(text)
        self.shown.emit(True)

    def _show_as_written(self, text: str) -> None:
        """Who names initial sequence numbers wants to see them; who writes no TLS writes segments."""
        names_isn = bool(_NAMES_ISN.search(text))
        if names_isn != self._names_isn:
            self._names_isn = names_isn
            self._workspace.set_relative_numbers(not names_isn)
        if text and not _SPEAKS_TLS.search(text):
            self._workspace.set_level("segments")

    @property
    def _name(self) -> str:
        """What the scenario is called, as the window tells it."""
        if self._path != "-":
            return shown_name(self._path, self._workspace.masks)
        return self.tr("scenario from standard input")

    def _compose(self, text: str) -> None:
        """Let the picture follow the text; one that was opened with mistakes has no picture, but mistakes to mark."""
        if text == self._composed and text != self._faulty:
            self._background.cancel("compose")
            self._editor.set_mistakes(())
            return
        path = self._path
        self._background.run(
            "compose", lambda progress: composed(text, path, progress), lambda opened: self._on_composed(text, opened),
            self._on_not_composed,
        )  # fmt: skip

    def _on_composed(self, text: str, opened: Opened) -> None:
        self._composed = text
        self._editor.set_mistakes(())
        self._loader.exchange(opened)

    def _on_not_composed(self, error: Exception) -> None:
        if not isinstance(error, FaultyScenario):
            raise error
        self._editor.set_mistakes(error.mistakes)

    # -- files ---------------------------------------------------------------------------------------------------------

    def new(self) -> None:
        """Ask where a new scenario is to be, and open it."""
        kinds = translate(SCENARIO_FILTER)
        ask_where(self._window, self.tr("New scenario"), f"new{SUFFIX}", kinds, self._begin, FOLDER)

    def _begin(self, name: str) -> None:
        if self._write(name, TEMPLATE):
            self.path_chosen.emit(name)

    def save(self, then: Callable[[], object] = lambda: None) -> None:
        """Write the text into its file; ask for one where it has none of its own."""
        if self._path == "-" or Path(self._path).is_relative_to(resource_path()):
            self.save_as(then)
        elif self._write(self._path, self._editor.text.toPlainText()):
            self._editor.was_saved(self._name)
            then()

    def save_as(self, then: Callable[[], object] = lambda: None) -> None:
        """Ask for a name and write the text there."""

        def save(name: str) -> None:
            if self._write(name, self._editor.text.toPlainText()):
                self._path = name
                self._editor.was_saved(self._name)
                self._composed = ""  # the same picture under another name
                self._compose(self._editor.text.toPlainText())
                then()

        stem = "scenario" if self._path == "-" else Path(self._path).stem
        kinds = translate(SCENARIO_FILTER)
        ask_where(self._window, self.tr("Save the scenario"), f"{stem}{SUFFIX}", kinds, save, FOLDER)

    def save_capture(self) -> None:
        """Ask for a name and write what is shown as a pcapng, secrets and remarks and all."""
        stem = "scenario" if self._path == "-" else Path(self._path).stem
        title, kinds = self.tr("Save as a capture"), translate(CAPTURE_FILTER)
        ask_where(self._window, title, f"{stem}.pcapng", kinds, self.save_capture_to, FOLDER)

    def save_capture_to(self, name: str) -> None:
        """Write what is shown as a pcapng."""
        capture = self._workspace.capture
        if capture is None:
            return
        title = read_with_mistakes(self._composed)[0].title
        self.saving.save_to(name, lambda: pcapng_blocks(saved_packets(capture), capture.secrets, title))

    def show_help(self) -> None:
        """How a scenario is written."""
        ScenarioHelp(self._window).show()

    def may_close(self, close: Callable[[], object]) -> bool:
        """Whether no text would be lost; if one would, ask, and call ``close`` when that is settled."""
        if not self._path or not self._editor.is_modified:
            return True
        buttons = QMessageBox.StandardButton
        asked = self.tr("Save the changes in {name}?").format(name=self._name)
        box = QMessageBox(
            QMessageBox.Icon.Question, self.tr("Scenario"), asked,
            buttons.Save | buttons.Discard | buttons.Cancel, self._window,
        )  # fmt: skip
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def on_finished(answer: int) -> None:
            if answer == buttons.Save.value:
                self.save(close)
            elif answer == buttons.Discard.value:
                self._editor.was_saved(self._name)
                close()

        box.finished.connect(on_finished)
        box.open()
        return False

    def _write(self, name: str, text: str) -> bool:
        """Write a text whole or not at all; False where it cannot be, which is said."""
        try:
            write_whole(name, text.encode())
        except OSError as error:
            refuse(self._window, reason_of(error, name), self.tr("Cannot save the scenario"))
            return False
        remember_folder(FOLDER, name)
        self.said.emit(self.tr("Saved {name}").format(name=os.path.basename(name)))
        return True


def composed(text: str, path: str, progress: Progress) -> Opened:
    """Compose a text and make the columns of its flow list (on a worker thread).

    Raises:
        FaultyScenario: the text has mistakes.
    """
    return columns_of(open_scenario(text, path, progress))
