"""What does a bundle run? The command line, as ``ladderview`` of a pip install does.

PyInstaller's starter makes the dynamic linker look into the bundle first. That is for this process alone: Wireshark or
a browser that is started from it must find the system's libraries, so the variable gets its old value back.
"""

from __future__ import annotations

import os

from ladderview.cli import process

LINKER = "LD_LIBRARY_PATH"

if __name__ == "__main__":
    before = os.environ.pop(f"{LINKER}_ORIG", None)
    os.environ.pop(LINKER, None)
    if before is not None:
        os.environ[LINKER] = before
    process()
