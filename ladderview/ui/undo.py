"""How is every change of an annotation taken back and done again, with its name in the Edit menu?

Plan: a change is what an annotation was before and what it is after; undoing puts the one in the place of the other,
whatever else has happened to the document meanwhile (another window may have saved). Steps of one movement of the
keyboard or one typing become one change.
"""

from __future__ import annotations

import time

from PySide6.QtGui import QUndoCommand, QUndoStack

from ladderview.ladder.annotations import Annotation
from ladderview.ladder.packet_comments import is_comment, taken_away
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

#: Seconds within which changes of one kind to one annotation are one change.
TOGETHER_S = 1.0


class Change(QUndoCommand):
    """One change of one annotation."""

    def __init__(
        self, workspace: Workspace, before: Annotation | None, after: Annotation | None, words: str, together: str = ""
    ) -> None:
        """``words`` name it in the menu; changes with the same ``together`` in quick succession are one."""
        super().__init__(words)
        self._workspace = workspace
        self._before, self._after = before, after
        self._together = together
        self._when = time.monotonic()

    @property
    def _id(self) -> str:
        one = self._before or self._after
        return one.id if one is not None else ""

    # Qt's methods

    def redo(self) -> None:
        """Do it."""
        self._put(self._after)

    def undo(self) -> None:
        """Take it back."""
        self._put(self._before)

    def _put(self, one: Annotation | None) -> None:
        document = self._workspace.annotations
        self._workspace.set_annotations(document.changed(document.get(self._id), one))
        self._workspace.set_annotation_id(self._id if self._workspace.annotation(self._id) is not None else "")

    def id(self) -> int:
        """One number for all changes that may become one."""
        return 1 if self._together else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take the next change in, if it is more of the same."""
        if (
            not isinstance(other, Change)
            or (other._id, other._together) != (self._id, self._together)
            or other._when - self._when > TOGETHER_S
        ):
            return False
        self._after, self._when = other._after, other._when
        return True


class UndoStack(QUndoStack):
    """The changes of one window; those of another capture are forgotten when it is opened."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.setUndoLimit(1000)
        self._workspace = workspace
        workspace.capture_changed.connect(lambda _: self.clear())

    def change(self, before: Annotation | None, after: Annotation | None, words: str = "", together: str = "") -> None:
        """Do a change; by itself it is called after what happens: "Add Note", "Delete Bracket", "Change Note".

        A comment of the capture is kept from its first change on.
        """
        one = after or before
        if one is None or before == after:
            return
        done = self.tr("Change {what}")
        if before is None or after is None:
            done = self.tr("Add {what}") if before is None else self.tr("Delete {what}")
        if before is not None and is_comment(before):
            after = after or taken_away(before)
            before = self._workspace.annotations.get(before.id)
        self.push(
            Change(self._workspace, before, after, words or done.format(what=translate(one.rules.words)), together)
        )
