"""Is the program running already? Then it opens the captures, in windows of its own, and this process can go.

Plan: the first process listens on a local socket whose name tells the user and the display. A later one connects, sends
one line of JSON and waits for "ok"; without that answer it opens its own windows, so a first process that hangs
costs a second's wait and nothing else.

Traps: a process that was killed leaves its socket behind, and to listen takes a living process's socket away. So who
listens is who holds a lock file, which Qt gives to another once its holder has ended. Two that are started at the same
moment both find nobody there; the one that does not get the lock then asks the other again. What arrives is checked:
any program of the same user can write to the socket (others cannot).

This module is all that a process needs that only hands over; it is imported before anything that draws.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Sequence

from PySide6.QtCore import QDir, QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

#: How long to wait for a process that is there to answer.
CONNECT_MS, ANSWER_MS = 200, 1500

#: A request is a few paths; more is not listened to.
MOST_BYTES = 1 << 20


def socket_name() -> str:
    """The name that all processes of one user on one display agree on."""
    display = os.environ.get("WAYLAND_DISPLAY", "") + os.environ.get("DISPLAY", "")
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # no entry in the password file, as in some containers
        user = str(os.getuid()) if hasattr(os, "getuid") else "user"
    return "ladderview-" + hashlib.sha256(f"{user} {display}".encode()).hexdigest()[:16]


def is_private(paths: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether windows must be this process's own: standard input and keys cannot be handed to another."""
    return "-" in paths or bool(keys)


def hand_over(paths: Sequence[str], flow_id: int | None, name: str = "") -> bool:
    """Ask a running process to open these captures (or an empty window); False where none answers."""
    socket = QLocalSocket()
    socket.connectToServer(name or socket_name())
    if not socket.waitForConnected(CONNECT_MS):
        return False
    request = {"paths": [os.path.abspath(path) for path in paths], "flow": flow_id}
    socket.write(json.dumps(request).encode() + b"\n")
    socket.flush()
    return socket.waitForReadyRead(ANSWER_MS) and bytes(socket.readAll().data()).startswith(b"ok")


class Listener(QObject):
    """Hears what later processes ask for.

    Signals:
        asked(list, object): these absolute paths (none: an empty window) and a flow number or None.
    """

    asked = Signal(list, object)

    def __init__(self, parent: QObject | None = None, name: str = "") -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)
        self._name = name or socket_name()
        self._lock = QLockFile(os.path.join(QDir.tempPath(), f"{self._name}.lock"))
        # However long the windows stay open: only the end of their process makes the lock another's.
        self._lock.setStaleLockTime(0)

    def listen(self) -> bool:
        """Begin to hear; False where another process is the one that hears, or where no socket can be made."""
        if not self._lock.tryLock(0):
            return False
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._on_bytes(socket))
            socket.disconnected.connect(socket.deleteLater)
            self._on_bytes(socket)

    def _on_bytes(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > MOST_BYTES:
            socket.abort()
        elif socket.canReadLine():
            request = read_request(bytes(socket.readLine().data()))
            if request is None:
                socket.abort()
                return
            socket.write(b"ok\n")
            socket.flush()
            self.asked.emit(*request)


def read_request(line: bytes) -> tuple[list[str], int | None] | None:
    """The paths and the flow number that a line asks for, or None where it is no request."""
    try:
        request = json.loads(line)
        paths, flow_id = request["paths"], request["flow"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(paths, list) or not all(isinstance(path, str) and os.path.isabs(path) for path in paths):
        return None
    if not (flow_id is None or (type(flow_id) is int and flow_id >= 0)):
        return None
    return paths, flow_id
