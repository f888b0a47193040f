from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from ladderview.analysis.keys import Keys
from ladderview.proto.keylog import CLIENT_RANDOM, KeyLog
from ladderview.ui.dialogs import AskPassword
from ladderview.ui.key_files import in_words
from ladderview.ui.main_window import MainWindow
from tests.ui import captures

Open = Callable[..., MainWindow]

RANDOM, SECRET = bytes(range(32)), bytes(48)
LINE = f"{CLIENT_RANDOM} {RANDOM.hex()} {SECRET.hex()}\n"


@pytest.fixture
def opened(window: MainWindow, open_in: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """A window with a capture that has no keys of its own."""
    monkeypatch.delenv("SSLKEYLOGFILE", raising=False)
    path = tmp_path / "plain.pcap"
    path.write_bytes(captures.pcap(captures.handshake()))
    return open_in(window, str(path))


def wait_for_secret(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace.keys.keylog.secret(CLIENT_RANDOM, RANDOM) == SECRET, timeout=5000)


def test_a_key_log_that_is_chosen_holds_at_once(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    log = tmp_path / "chosen.txt"
    log.write_text(LINE)
    opened.key_files.load([str(log)])
    wait_for_secret(opened, qtbot)
    assert opened.statusBar().currentMessage() == "Keys loaded: 1 secret"


def test_a_key_log_named_on_the_command_line_holds_for_what_is_opened(
    window: MainWindow, open_in: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    log, path = tmp_path / "named.txt", tmp_path / "mine.pcap"
    log.write_text(LINE)
    path.write_bytes(captures.pcap(captures.handshake()))
    window.key_files.use([str(log)])
    wait_for_secret(open_in(window, str(path)), qtbot)


def test_a_key_log_beside_the_capture_is_taken_by_itself(
    window: MainWindow, open_in: Open, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "mine.pcap"
    path.write_bytes(captures.pcap(captures.handshake()))
    (tmp_path / "mine.keys").write_text(LINE)
    wait_for_secret(open_in(window, str(path)), qtbot)


def test_a_key_log_that_the_environment_names_is_taken_by_itself(
    window: MainWindow, open_in: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, path = tmp_path / "browser.log", tmp_path / "mine.pcap"
    log.write_text(LINE)
    path.write_bytes(captures.pcap(captures.handshake()))
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    wait_for_secret(open_in(window, str(path)), qtbot)


def test_an_rsa_key_is_told_from_a_key_log(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    key = generate_private_key(65537, 2048)
    for name, encoding in (("pem", Encoding.PEM), ("der", Encoding.DER)):
        (tmp_path / name).write_bytes(key.private_bytes(encoding, PrivateFormat.PKCS8, NoEncryption()))
    opened.key_files.load([str(tmp_path / "pem"), str(tmp_path / "der")])
    qtbot.waitUntil(lambda: len(opened.workspace.keys.rsa_keys) == 2, timeout=5000)


@pytest.mark.parametrize(
    ("content", "why"), [(b"not a key\n", "neither a key log"), (None, "No such file"), (b"0abc", "cannot use")]
)
def test_a_file_without_keys_is_refused_in_one_line(
    opened: MainWindow, qtbot: QtBot, tmp_path: Path, content: bytes | None, why: str
) -> None:
    path = tmp_path / "wrong"
    if content is not None:
        path.write_bytes(content)
    opened.key_files.load([str(path)])
    qtbot.waitUntil(lambda: bool(opened.findChildren(QMessageBox)), timeout=5000)
    box = opened.findChildren(QMessageBox)[0]
    assert why in box.text()
    assert "\n" not in box.text()
    box.accept()


def test_a_file_that_was_refused_does_not_stay(opened: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    wrong, log = tmp_path / "wrong", tmp_path / "log"
    wrong.write_bytes(b"not a key\n")
    log.write_text(LINE)
    opened.key_files.load([str(wrong)])
    qtbot.waitUntil(lambda: bool(opened.findChildren(QMessageBox)), timeout=5000)
    opened.findChildren(QMessageBox)[0].accept()
    opened.key_files.load([str(log)])
    wait_for_secret(opened, qtbot)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        (Keys(), "0 secrets"),
        (Keys(KeyLog({("A", b"a"): b"x", ("B", b"b"): b"x"})), "2 secrets"),
        (Keys(KeyLog({("A", b"a"): b"x"}, 1)), "1 secret, 1 line not understood"),
    ],
)
def test_in_words(keys: Keys, words: str) -> None:
    assert in_words(keys) == words


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """An RSA private key that is encrypted with the password "right"."""
    path = tmp_path / "locked.pem"
    key = generate_private_key(65537, 2048)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"right")))
    return path


def asked(window: MainWindow, qtbot: QtBot) -> AskPassword:
    """The dialog that asks for a password."""
    qtbot.waitUntil(lambda: bool(window.findChildren(AskPassword)), timeout=5000)
    return window.findChildren(AskPassword)[-1]


def test_an_encrypted_key_opens_with_its_password(opened: MainWindow, qtbot: QtBot, locked: Path) -> None:
    opened.key_files.load([str(locked)])
    dialog = asked(opened, qtbot)
    assert dialog.password.echoMode() is QLineEdit.EchoMode.Password
    dialog.password.setText("right")
    dialog._on_accepted()
    qtbot.waitUntil(lambda: len(opened.workspace.keys.rsa_keys) == 1, timeout=5000)
    assert opened.statusBar().currentMessage() == "Keys loaded: 1 RSA key"


def test_a_wrong_password_is_asked_for_again(opened: MainWindow, qtbot: QtBot, locked: Path) -> None:
    opened.key_files.load([str(locked)])
    first = asked(opened, qtbot)
    first.password.setText("wrong")
    first._on_accepted()
    qtbot.waitUntil(lambda: any(one.wrong.text() for one in opened.findChildren(AskPassword)), timeout=5000)
    assert opened.workspace.keys.rsa_keys == ()


def test_who_knows_no_password_keeps_the_keys_there_were(opened: MainWindow, qtbot: QtBot, locked: Path) -> None:
    keys = opened.workspace.keys
    opened.key_files.load([str(locked)])
    asked(opened, qtbot).reject()
    assert opened.workspace.keys is keys
    assert opened.key_files._paths == []


def test_a_password_is_not_kept(opened: MainWindow, qtbot: QtBot, locked: Path) -> None:
    opened.key_files.load([str(locked)])
    dialog = asked(opened, qtbot)
    dialog.password.setText("right")
    dialog._on_accepted()
    qtbot.waitUntil(lambda: len(opened.workspace.keys.rsa_keys) == 1, timeout=5000)
    assert not any("right" in str(QSettings().value(key)) for key in QSettings().allKeys())


def test_a_key_log_of_another_day_says_so(
    window: MainWindow, open_in: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSLKEYLOGFILE", raising=False)
    log = tmp_path / "yesterday.txt"
    log.write_text(LINE)
    open_in(window, str(Path(__file__).parent.parent / "captures" / "tls13-no-keys.pcapng"))
    window.key_files.load([str(log)])
    wait_for_secret(window, qtbot)
    assert window.statusBar().currentMessage() == "Keys loaded: 1 secret, for no flow of this capture"


def test_key_logs_are_looked_for_beside_the_capture(opened: MainWindow, tmp_path: Path) -> None:
    QSettings().remove("keys_folder")
    opened.key_files.ask()
    dialog = opened.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert Path(dialog.directory().absolutePath()) == tmp_path
    dialog.close()
