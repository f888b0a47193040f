"""Is there a display to open a window on? Exit status 0 if so.

Qt aborts the whole program when the display named in the environment does not answer, so ask before Qt does.
"""

from __future__ import annotations

import os
import re
import socket
import sys


def answers(family: int, address: str | tuple[str, int]) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(address)
        except (OSError, OverflowError):  # OverflowError: a display number beyond the last port
            return False
    return True


def has_wayland() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY", "")
    return bool(name) and answers(socket.AF_UNIX, os.path.join(os.environ.get("XDG_RUNTIME_DIR", "/"), name))


def has_x11() -> bool:
    # DISPLAY is [HOST]:NUMBER[.SCREEN]; without a host, or as unix:N, a local socket, else TCP port 6000 + NUMBER.
    display = re.fullmatch(r"(?P<host>.*):(?P<number>\d+)(\.\d+)?", os.environ.get("DISPLAY", ""))
    if not display:
        return False
    host, number = display["host"], int(display["number"])
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        return answers(socket.AF_UNIX, path) or answers(socket.AF_UNIX, "\0" + path)
    return answers(socket.AF_INET, (host, 6000 + number))


def has_display() -> bool:
    """Whether Qt's platform plugin for a real window would find what it connects to."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in ("offscreen", "minimal"):
        return False
    return sys.platform != "linux" or has_wayland() or has_x11()


if __name__ == "__main__":
    sys.exit(not has_display())
