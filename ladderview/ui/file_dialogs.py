"""How does the person name a file, to be read or to be written, and what are they told when it cannot be written?

Plan: each kind of file has a folder that is remembered, under a key of the settings, when one of its files is chosen.
The dialogs do not hold the program: what was chosen is given to a callable.

Traps: a remembered folder may be gone since. A name that is proposed may come from a capture, and what follows its last
point be no suffix.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import QSettings, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from ladderview.capture.capture import CaptureChanged
from ladderview.render.export import ExportError
from ladderview.ui.translation import translate


def ask_where(
    parent: QWidget, title: str, name: str, kinds: str, take: Callable[[str], object], remembered: str
) -> QFileDialog:
    """Ask where a file is to be saved.

    Args:
        parent: whose sheet the dialog is.
        title: of the dialog.
        name: what the file is called unless the person says otherwise; its suffix is added to a name without one.
        kinds: as ``QFileDialog.setNameFilter`` has them, or nothing for every kind.
        take: called with the name that was chosen, and not at all when the person thinks better of it.
        remembered: the key of the folder in the settings.
    """
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    dialog = QFileDialog(parent, title, _folder(remembered) or documents, kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    suffix = os.path.splitext(name)[1].removeprefix(".")
    dialog.setDefaultSuffix(suffix if suffix.isalnum() else "")
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda chosen: _take([chosen], lambda names: take(names[0]), remembered))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def ask_which(
    parent: QWidget, title: str, kinds: str, take: Callable[[list[str]], object], remembered: str, at_first: str = ""
) -> QFileDialog:
    """Ask for files to be read; arguments as for ``ask_where``.

    At first it shows the folder ``at_first``, or where the program was started.
    """
    dialog = QFileDialog(parent, title, _folder(remembered) or at_first, kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda chosen: _take(chosen, take, remembered))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def remember_folder(remembered: str, name: str) -> None:
    """The folder of this file is shown next time."""
    QSettings().setValue(remembered, os.path.dirname(os.path.abspath(name)))


def reason_of(error: Exception, name: str) -> str:
    """Why a file cannot be written, or what it is made of cannot be read, in one line.

    Raises:
        Exception: the same, where it is a fault of the program.
    """
    if isinstance(error, OSError):
        return translate("cannot write {name}: {reason}").format(
            name=error.filename or name, reason=error.strerror or error
        )
    if isinstance(error, ExportError | CaptureChanged | MemoryError):
        return str(error)
    raise error


def _folder(remembered: str) -> str:
    """The remembered folder, or nothing where there is none, or none any more."""
    folder = str(QSettings().value(remembered, ""))
    return folder if os.path.isdir(folder) else ""


def _take(names: list[str], take: Callable[[list[str]], object], remembered: str) -> None:
    if any(names):
        remember_folder(remembered, names[0])
        take(names)
