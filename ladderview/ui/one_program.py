"""Is the program running already? Then it opens the captures, in windows of its own, and this process can go.

Plan: the first process listens on a local socket whose name tells the user and the display. A later one connects, sends
one line of JSON and waits for "ok"; without that answer it opens its own windows, so a first process that hangs
costs a second's wait and nothing else.

Traps: a process that was killed leaves its socket behind; nobody answers there, and the next to listen removes it. What
arrives is checked: any program of the same user can write to the socket (others cannot).
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
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
        QLocalServer.removeServer(name or socket_name())
        # Without a socket every process opens its own windows, as it would have done anyway.
        self._server.listen(name or socket_name())

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
