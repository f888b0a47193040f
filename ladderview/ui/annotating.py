"""How do the annotations of a capture get into the window and, without being asked, back to the disk?

Plan: when a capture is opened its annotations are loaded; a moment after each edit they are saved on a worker thread,
and once more when the window closes. So are the words that are still being written: they are in the file before they
are in the window's annotations, and are taken out again where the person gives them up. What another window has saved
meanwhile comes back with each saving. So a killed program has lost no more than the last second.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from ladderview.capture.capture import Capture
from ladderview.ladder.annotation_store import AnnotationStore, merged
from ladderview.ladder.annotations import Annotation, Annotations
from ladderview.ui.background import Background
from ladderview.ui.workspace import Workspace

#: Milliseconds after an edit until it is saved.
SAVE_AFTER_MS = 700

_SAVING = "annotations"


class Annotating(QObject):
    """Keeps the annotations of one window on the disk.

    Signals:
        trouble(str): something about the annotations that a person must be told.
        saved(str): they are in this file now.
    """

    trouble = Signal(str)
    saved = Signal(str)

    def __init__(self, workspace: Workspace, background: Background) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._background = background
        self._store: AnnotationStore | None = None
        self._on_disk = Annotations()
        self._draft: Annotation | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SAVE_AFTER_MS)
        self._timer.timeout.connect(self.save)
        workspace.capture_changed.connect(self._on_capture_changed)
        workspace.annotations_changed.connect(self._on_annotations_changed)

    @property
    def is_saved(self) -> bool:
        """Whether everything is on the disk."""
        return self._wanted == self._on_disk

    @property
    def _wanted(self) -> Annotations:
        """What is to be on the disk."""
        document, draft = self._workspace.annotations, self._draft
        return document if draft is None else document.changed(document.get(draft.id), draft)

    @property
    def path(self) -> str:
        """The file that the annotations are kept in, or the empty string."""
        return str(self._store.path) if self._store is not None else ""

    def _on_capture_changed(self, capture: Capture | None) -> None:
        self._draft = None
        self.save_now()
        self._background.cancel(_SAVING)
        self._store = AnnotationStore(capture) if capture is not None else None
        loaded = self._store.load() if self._store is not None else None
        self._on_disk = loaded.annotations if loaded is not None else Annotations()
        self._workspace.set_annotations(self._on_disk)
        if loaded is not None and loaded.remarks:
            self.trouble.emit(" ".join(loaded.remarks))

    def set_draft(self, draft: Annotation | None) -> None:
        """An annotation whose words are being written; None where they are no more."""
        self._draft = draft if draft is not None and draft.text else None
        self._on_annotations_changed()

    def _on_annotations_changed(self) -> None:
        if not self.is_saved and not self._timer.isActive():  # from the first edit on: a busy person is saved, too
            self._timer.start()

    def save(self) -> None:
        """Save what was changed, on a worker thread."""
        store, document = self._store, self._wanted
        if store is None or self.is_saved:
            return
        if self._background.is_busy(_SAVING):
            self._timer.start()
            return
        self._background.run(
            _SAVING,
            lambda progress: store.save(document),
            lambda together: self._on_saved(store, document, together),
            lambda error: self.trouble.emit(self.tr("The annotations cannot be saved: {error}").format(error=error)),
        )

    def _on_saved(self, store: AnnotationStore, sent: Annotations, together: Annotations) -> None:
        """What was edited while the file was written is merged with what came back."""
        if store is not self._store:
            return
        self._on_disk = together
        self._workspace.set_annotations(merged(sent, self._workspace.annotations, together))
        self._on_annotations_changed()  # what was given up while it was written is on the disk until it is saved again
        self.saved.emit(self.path)

    def save_now(self) -> None:
        """Save before the window goes."""
        self._timer.stop()
        if self._store is None or self.is_saved:
            return
        try:
            self._on_disk = self._store.save(self._wanted)
        except OSError as error:
            self.trouble.emit(self.tr("The annotations cannot be saved: {error}").format(error=error))
