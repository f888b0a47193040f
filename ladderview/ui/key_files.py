"""Which files of keys did the person choose, and how do they reach the capture that is open?

Plan: a file is a key log or an RSA private key, and its bytes tell which. Files that were chosen stay for the window;
all keys (with those that ``analysis.keys`` finds by itself) are read anew for each capture and whenever a file is
added, on a worker thread, and put into the workspace.

An encrypted private key is opened with its password once; the key stays for the window, the password does not.

Trap: keys are never shown, logged or kept in the settings; only the folder they were chosen from is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ladderview.analysis.keys import Keys, LockedKeyError, UnusableKeyError, keys_of, read_rsa_key
from ladderview.analysis.keys_that_fit import no_secret_fits
from ladderview.analysis.words import grouped
from ladderview.capture.capture import Capture
from ladderview.progress import Progress
from ladderview.proto.keylog import KeyLog
from ladderview.proto.rsa_keys import RsaKey
from ladderview.ui.background import Background
from ladderview.ui.dialogs import AskPassword, refuse
from ladderview.ui.file_dialogs import ask_which
from ladderview.ui.translation import translate
from ladderview.ui.workspace import Workspace

KEY_FILTER = "Key logs and RSA private keys (*.log *.keys *.keylog *.txt *.pem *.key *.der);;All files (*)"

#: A PEM file says what it is; a private key in DER is an ASN.1 SEQUENCE (X.690 section 8.9); no key log begins so.
_PEM, _DER = b"-----BEGIN", b"\x30"
_LOOKED_AT = 1 << 16


class KeyFiles(QObject):
    """Reads keys for the capture of one window.

    Signals:
        said(str): what was loaded, in a few words, for the status line.
    """

    said = Signal(str)

    def __init__(self, window: QWidget, workspace: Workspace, background: Background) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._background = background
        self._paths: list[Path] = []
        self._unlocked: dict[Path, RsaKey] = {}
        workspace.capture_changed.connect(lambda capture: self._read(capture, self._paths, chosen=False))

    def use(self, names: Sequence[str]) -> None:
        """Use these files, named on the command line, for the captures that this window opens."""
        self._paths = [Path(name) for name in names]

    def ask(self) -> None:
        """Let the person choose files."""
        capture = self._workspace.capture
        beside = os.path.dirname(os.path.abspath(capture.path)) if capture is not None else ""
        ask_which(self._window, self.tr("Load keys"), translate(KEY_FILTER), self.load, "keys_folder", beside)

    def load(self, names: list[str]) -> None:
        """Use these files from now on, unless one of them cannot be used."""
        if names:
            added = [Path(name) for name in names]
            paths = [*(path for path in self._paths if path not in added), *added]
            self._read(self._workspace.capture, paths, chosen=True)

    def _read(self, capture: Capture | None, paths: list[Path], chosen: bool) -> None:
        if capture is None:
            self._background.cancel("keys")
            self._workspace.set_keys(Keys())
            return
        self._background.run(
            "keys",
            lambda progress: _read(capture, paths, self._unlocked, progress if chosen else None),
            lambda read: self._on_read(read[0], read[1], paths, chosen),
            lambda error: self._on_failed(error, lambda: self._read(capture, paths, chosen)),
        )

    def _on_read(self, keys: Keys, strange: bool, paths: list[Path], chosen: bool) -> None:
        if chosen:
            said = self.tr("Keys loaded: {keys}").format(keys=in_words(keys))
            self.said.emit(said + (self.tr(", for no flow of this capture") if strange else ""))
        self._paths = paths
        self._workspace.set_keys(keys)

    def _on_failed(self, error: Exception, again: Callable[[], None]) -> None:
        if isinstance(error, LockedKeyError):
            self._ask_password(error.path, again)
        elif isinstance(error, UnusableKeyError):
            refuse(self._window, str(error), self.tr("Cannot use the keys"))
        else:
            raise error

    def _ask_password(self, path: Path, again: Callable[[], None], wrong: str = "") -> None:
        """Open a key with its password, then read all keys once more."""
        dialog = AskPassword(self._window, path.name, wrong)
        dialog.given.connect(lambda password: self._unlock(path, password, again))
        dialog.open()

    def _unlock(self, path: Path, password: str, again: Callable[[], None]) -> None:
        def unlocked(key: RsaKey) -> None:
            self._unlocked[path] = key
            again()

        def failed(error: Exception) -> None:
            if not isinstance(error, UnusableKeyError):
                raise error
            self._ask_password(path, again, self.tr("The password is wrong, or the key is damaged."))

        # A key may ask for a second of arithmetic before it opens.
        self._background.run("unlock", lambda progress: read_rsa_key(path, password), unlocked, failed)


def read_keys(capture: Capture, paths: list[Path], unlocked: Mapping[Path, RsaKey]) -> Keys:
    """The keys in these files and those that are found without being named (on a worker thread).

    Raises:
        UnusableKeyError: a file cannot be read, or has no key in it, or one that needs a password.
    """
    private = [path for path in paths if _is_private_key(path)]
    return keys_of(capture, [path for path in paths if path not in private], private, unlocked=unlocked)


def _read(
    capture: Capture, paths: list[Path], unlocked: Mapping[Path, RsaKey], progress: Progress | None
) -> tuple[Keys, bool]:
    """The keys, and whether they are for no flow of the capture, which is asked where there is ``progress``."""
    keys = read_keys(capture, paths, unlocked)
    return keys, progress is not None and not keys.rsa_keys and no_secret_fits(capture, keys.keylog, progress)


def _is_private_key(path: Path) -> bool:
    """Whether it is one, and no key log; raises UnusableKeyError where it is neither."""
    try:
        with path.open("rb") as file:
            head = file.read(_LOOKED_AT)
    except OSError as error:
        raise UnusableKeyError(
            translate("cannot read {name}: {reason}").format(name=path, reason=error.strerror)
        ) from None
    if _PEM in head or head.startswith(_DER):
        return True
    if len(head) < _LOOKED_AT and not len(KeyLog.parse(head)):
        raise UnusableKeyError(
            translate("{name} is neither a key log with secrets in it nor an RSA private key").format(name=path)
        )
    return False


def in_words(keys: Keys) -> str:
    """How many keys there are: "4 secrets, 1 RSA key"."""
    secrets, broken, private = len(keys.keylog), keys.keylog.broken_lines, len(keys.rsa_keys)
    said = [_many(secrets, translate("{count} secret"), translate("{count} secrets"))] if secrets or not private else []
    if private:
        said.append(_many(private, translate("{count} RSA key"), translate("{count} RSA keys")))
    if broken:
        said.append(_many(broken, translate("{count} line not understood"), translate("{count} lines not understood")))
    return ", ".join(said)


def _many(count: int, one: str, more: str) -> str:
    return (one if count == 1 else more).format(count=grouped(count))
