"""How does a desktop learn, for one user, that captures are opened with this program? And how does it forget it?

What a package of the system puts into /usr/share this puts into the user's own data folder: the same desktop entry,
file types and icons (``resources/desktop``). That it is also the *default* for captures stands in mimeapps.list.

Plan: a default is a list of programs of which the first that exists counts (MIME Applications Associations 1.0.1). So
this program goes to the front of each list and comes out of it again: what was there before stays there all
the time, nothing has to be remembered, and doing either twice changes nothing.

Traps: mimeapps.list may be a link to a file that the user keeps elsewhere, where the folder may not be there yet; the
link must stay. An Exec key has two layers of quoting (Desktop Entry Specification 1.5, "The Exec key").
"""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from ladderview.resources import resource_path
from ladderview.whole_file import write_whole

ENTRY = "ladderview.desktop"
DEFAULTS = "[Default Applications]"

#: The icons' sizes, in pixels, beside the drawings that serve every size.
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)

#: What keeps the desktop's tables up to date, and the folder (of the data folder) that it is told.
TABLES = (("update-mime-database", "mime"), ("update-desktop-database", "applications"))


def data_home() -> Path:
    """The user's data folder (XDG Base Directory Specification 0.8: a path that is not absolute is ignored)."""
    return _base("XDG_DATA_HOME", ".local/share")


def config_home() -> Path:
    """The user's configuration folder."""
    return _base("XDG_CONFIG_HOME", ".config")


def _base(variable: str, default: str) -> Path:
    named = os.environ.get(variable, "")
    return Path(named) if os.path.isabs(named) else Path.home() / default


def install(command: list[str]) -> list[str]:
    """Tell the user's desktop that ``command`` opens captures; returns what a person should know, one line each.

    Raises:
        OSError: a file cannot be written.
    """
    home = data_home()
    for target, source in _files().items():
        path = home / target
        path.parent.mkdir(parents=True, exist_ok=True)
        if target.name == ENTRY:
            write_whole(path, entry_for(source.read_text(encoding="utf-8"), command).encode())
        else:
            shutil.copyfile(source, path)
    said = _update_tables(home)
    _change_defaults(lambda programs: [ENTRY, *(program for program in programs if program != ENTRY)])
    return said


def uninstall() -> list[str]:
    """Take back what :func:`install` did; returns what a person should know, one line each.

    Raises:
        OSError: a file cannot be removed or written.
    """
    home = data_home()
    _change_defaults(lambda programs: [program for program in programs if program != ENTRY])
    for target in _files():
        (home / target).unlink(missing_ok=True)
    said = _update_tables(home)
    for target in _files():
        _remove_empty(home / target.parent, home)
    return said


def _files() -> dict[Path, Path]:
    """Every file that is put into the data folder (relative to it), and the resource that it is a copy of."""
    files = {
        Path("applications", ENTRY): resource_path("desktop", ENTRY),
        Path("mime/packages/ladderview.xml"): resource_path("desktop", "ladderview.xml"),
    }
    for name, kind in (("ladderview", "apps"), ("ladderview-document", "mimetypes")):
        files[Path("icons/hicolor/scalable", kind, f"{name}.svg")] = resource_path("icons", f"{name}.svg")
        for size in ICON_SIZES:
            source = resource_path("icons", f"{name}-{size}.png")
            files[Path(f"icons/hicolor/{size}x{size}", kind, f"{name}.png")] = source
    return files


def _remove_empty(folder: Path, home: Path) -> None:
    """Remove a folder, and those around it up to the data folder, as long as nothing is in them."""
    while folder != home:
        try:
            folder.rmdir()
        except OSError:  # something else is in it, or it is gone
            return
        folder = folder.parent


def _update_tables(home: Path) -> list[str]:
    """Let the desktop's own programs read what has changed; says which are missing."""
    said = []
    for program, folder in TABLES:
        if not (home / folder).is_dir():
            continue
        if shutil.which(program) is None:
            said.append(f"{program} is not installed: the desktop may notice the change only after a new login")
            continue
        run = subprocess.run([program, str(home / folder)], capture_output=True, text=True, check=False)
        if run.returncode:
            said.append(f"{program}: {(run.stderr.strip() or f'exit status {run.returncode}').splitlines()[-1]}")
    return said


# -- the desktop entry ---------------------------------------------------------------------------------------------


def command_of_this_process() -> list[str]:
    """What starts this program from anywhere: the script of the installation, else this Python with the module."""
    if getattr(sys, "frozen", False) and os.environ.get("APPIMAGE"):
        return [os.environ["APPIMAGE"]]  # what is inside is there only while it runs
    started = shutil.which(sys.argv[0])
    # A link is kept as it is: pipx makes a new environment behind it when it upgrades.
    if started is not None and os.path.basename(started) == "ladderview":
        return [os.path.abspath(started)]
    return [sys.executable, "-m", "ladderview.cli"]


def entry_for(entry: str, command: list[str]) -> str:
    """The desktop entry with another command; its other lines stay as they are."""
    lines = []
    for line in entry.splitlines():
        key = line.partition("=")[0]
        if key == "Exec":
            lines.append("Exec=" + " ".join(quoted(word) for word in command) + " %F")
        elif key == "TryExec":
            lines.append("TryExec=" + command[0].replace("\\", "\\\\"))
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def quoted(word: str) -> str:
    """A word of an Exec key: where it needs them in double quotes with their escapes, which the file escapes again.

    Raises:
        ValueError: for a control character, which the format cannot hold.
    """
    if not word.isprintable():
        raise ValueError(f"a desktop entry cannot hold the path {word!r}")
    if re.fullmatch(r"[\w@%+=:,./-]+", word):
        return word.replace("%", "%%")
    inner = "".join("\\" + letter if letter in '"`$\\' else letter for letter in word)
    return '"' + inner.replace("\\", "\\\\").replace("%", "%%") + '"'


def mime_types() -> list[str]:
    """The types of file that the program opens, from the desktop entry."""
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(resource_path("desktop", ENTRY), encoding="utf-8")
    return [kind for kind in entry["Desktop Entry"]["MimeType"].split(";") if kind]


# -- the defaults --------------------------------------------------------------------------------------------------


def _change_defaults(change: Callable[[list[str]], list[str]]) -> None:
    path = Path(os.path.realpath(config_home() / "mimeapps.list"))
    try:
        before = path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        before = ""
    after = with_defaults(before, mime_types(), change)
    if after == before:
        return
    if not after:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, after.encode("utf-8", "surrogateescape"))


def with_defaults(text: str, kinds: list[str], change: Callable[[list[str]], list[str]]) -> str:
    """The text of a mimeapps.list in which the default programs of some types are changed.

    ``change`` gets the programs of a type, the first being the default, and returns those that are to be there. All
    other lines, comments too, stay as they are; a group of defaults in which nothing is left goes.
    """
    lines = text.splitlines()
    if DEFAULTS not in lines:
        lines += ["", DEFAULTS] if lines else [DEFAULTS]
    start = lines.index(DEFAULTS) + 1
    end = next((at for at in range(start, len(lines)) if lines[at].startswith("[")), len(lines))
    there = {line.partition("=")[0].strip() for line in lines[start:end]}
    group = lines[start:end] + [f"{kind}=" for kind in kinds if kind not in there]
    group = [changed for line in group if (changed := _changed(line, kinds, change)) is not None]
    entries, blanks = [line for line in group if line.strip()], [line for line in group if not line.strip()]
    before = lines[: start if entries else start - 1]
    if not entries and end == len(lines):
        while before and not before[-1].strip():
            before.pop()
        blanks = []
    return "".join(f"{line}\n" for line in [*before, *entries, *blanks, *lines[end:]])


def _changed(line: str, kinds: list[str], change: Callable[[list[str]], list[str]]) -> str | None:
    """A line of the defaults after the change, or None where it goes."""
    kind, equals, programs = line.partition("=")
    if not equals or kind.strip() not in kinds:
        return line
    before = [program for program in programs.strip().split(";") if program]
    after = change(before)
    if after == before and after:
        return line
    return f"{kind.strip()}={';'.join(after)};" if after else None
