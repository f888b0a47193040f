"""What a desktop learns from install-desktop, and that it forgets all of it again."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview import cli, commands, desktop

PCAP = "application/vnd.tcpdump.pcap"
KINDS = [PCAP, "application/x-pcapng"]

linux = pytest.mark.skipif("sys.platform in ('win32', 'darwin')", reason="the desktops of Linux")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folders, in which the desktop's own programs work too."""
    for variable, folder in (("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("HOME", "")):
        monkeypatch.setenv(variable, str(tmp_path / folder))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "nothing"))
    return tmp_path


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def front(programs: list[str]) -> list[str]:
    return [desktop.ENTRY, *(program for program in programs if program != desktop.ENTRY)]


def gone(programs: list[str]) -> list[str]:
    return [program for program in programs if program != desktop.ENTRY]


# -- the files -----------------------------------------------------------------------------------------------------


@linux
def test_install_writes_entry_types_and_icons(home: Path) -> None:
    desktop.install(["/opt/a b/ladderview"])
    written = tree(home / "data")
    for name in (
        "applications/ladderview.desktop",
        "mime/packages/ladderview.xml",
        "icons/hicolor/48x48/apps/ladderview.png",
        "icons/hicolor/48x48/mimetypes/ladderview-document.png",
        "icons/hicolor/scalable/apps/ladderview.svg",
    ):
        assert name in written
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(home / "data/applications/ladderview.desktop")
    assert entry["Desktop Entry"]["Exec"] == '"/opt/a b/ladderview" %F'
    assert entry["Desktop Entry"]["TryExec"] == "/opt/a b/ladderview"


@linux
def test_twice_is_as_once(home: Path) -> None:
    desktop.install(["/usr/bin/ladderview"])
    once = {path: (home / path).read_bytes() for path in tree(home)}
    desktop.install(["/usr/bin/ladderview"])
    assert {path: (home / path).read_bytes() for path in tree(home)} == once


@linux
def test_uninstall_leaves_nothing_of_ours(home: Path) -> None:
    desktop.install(["/usr/bin/ladderview"])
    desktop.uninstall()
    desktop.uninstall()
    left = [path for path in tree(home) if "ladderview" in Path(path).name or "icons/" in path]
    assert left == []
    assert "ladderview" not in "".join((home / path).read_text(errors="replace") for path in tree(home))


@linux
def test_uninstall_keeps_what_others_put_there(home: Path) -> None:
    desktop.install(["/usr/bin/ladderview"])
    other = home / "data/icons/hicolor/48x48/apps/other.png"
    other.write_bytes(b"")
    desktop.uninstall()
    assert other.exists()


@linux
def test_a_missing_program_of_the_desktop_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home))
    assert [line.split()[0] for line in desktop.install(["/x"])] == ["update-mime-database", "update-desktop-database"]


@pytest.mark.parametrize(
    ("word", "inside"),
    [
        ("/usr/bin/ladderview", "/usr/bin/ladderview"),
        ("/a b", '"/a b"'),
        ("/100%", "/100%%"),
        ('/a"b', r'"/a\\"b"'),
        ("/$a", r'"/\\$a"'),
        ("/a\\b", r'"/a\\\\b"'),
    ],
)
def test_quoted(word: str, inside: str) -> None:
    assert desktop.quoted(word) == inside


def test_a_path_that_no_entry_can_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        desktop.quoted("/a\nb")


def test_command_is_the_script_that_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "ladderview"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["ladderview", "install-desktop"])
    assert desktop.command_of_this_process() == [str(script)]


def test_command_without_a_script_is_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [cli.__file__, "install-desktop"])
    assert desktop.command_of_this_process() == [sys.executable, "-m", "ladderview.cli"]


# -- the defaults --------------------------------------------------------------------------------------------------

LISTS = {
    "": f"[Default Applications]\n{PCAP}=ladderview.desktop;\napplication/x-pcapng=ladderview.desktop;\n",
    f"# my\n[Default Applications]\n{PCAP}=wireshark.desktop\ntext/html=a.desktop\n\n[Added Associations]\nx/y=b;\n": (
        f"# my\n[Default Applications]\n{PCAP}=ladderview.desktop;wireshark.desktop;\ntext/html=a.desktop\n"
        "application/x-pcapng=ladderview.desktop;\n\n[Added Associations]\nx/y=b;\n"
    ),
    "[Added Associations]\nx/y=b;\n": (
        f"[Added Associations]\nx/y=b;\n\n[Default Applications]\n{PCAP}=ladderview.desktop;\n"
        "application/x-pcapng=ladderview.desktop;\n"
    ),
}


@pytest.mark.parametrize("before", LISTS)
def test_this_program_goes_first(before: str) -> None:
    assert desktop.with_defaults(before, KINDS, front) == LISTS[before]


def test_a_person_who_chose_another_since_keeps_it() -> None:
    chosen = f"[Default Applications]\n{PCAP}=wireshark.desktop;\n"
    assert desktop.with_defaults(chosen, KINDS, gone) == chosen


_lines = st.sampled_from(
    ["# comment", "", "[Added Associations]", "[Other]", f"{PCAP}=a.desktop;", "text/html=b.desktop;", "c", "d=e;f;"]
)


@given(st.lists(_lines), st.lists(st.sampled_from([f"{PCAP}=a.desktop;b.desktop;", "text/html=b;", "# c"]), min_size=1))
def test_taking_back_leaves_the_list_as_it_was(others: list[str], group: list[str]) -> None:
    """A person's own lines come through both changes, whatever stands in them."""
    while others and not others[-1]:
        others.pop()
    text = "".join(f"{line}\n" for line in [*others, desktop.DEFAULTS, *group])
    assert desktop.with_defaults(desktop.with_defaults(text, KINDS, front), KINDS, gone) == text


@linux
def test_a_list_that_is_a_link_stays_one(home: Path) -> None:
    (home / "config").mkdir()
    (home / "dotfiles").write_text("")
    (home / "config/mimeapps.list").symlink_to(home / "dotfiles")
    desktop.install(["/x"])
    assert (home / "config/mimeapps.list").is_symlink()
    assert "ladderview.desktop" in (home / "dotfiles").read_text()


@linux
@pytest.mark.skipif(
    "not shutil.which('xdg-mime') or not shutil.which('update-desktop-database')", reason="no xdg-utils"
)
def test_xdg_mime_names_the_program_and_then_what_it_named_before(home: Path) -> None:
    for name in ("other", "third"):
        entry = home / "data/applications" / f"{name}.desktop"
        entry.parent.mkdir(parents=True, exist_ok=True)
        entry.write_text(f"[Desktop Entry]\nType=Application\nName={name}\nExec=true %F\nMimeType={PCAP};\n")
    (home / "config").mkdir()
    (home / "config/mimeapps.list").write_text(f"[Default Applications]\n{PCAP}=other.desktop\n")

    def default() -> str:
        query = ["xdg-mime", "query", "default", PCAP]
        # The generic way of xdg-utils, whatever desktop the person who runs the tests sits at.
        environment = os.environ | {"XDG_CURRENT_DESKTOP": "X-Generic", "DESKTOP_SESSION": "", "DE": "generic"}
        return subprocess.run(query, capture_output=True, text=True, check=False, env=environment).stdout.strip()

    found = [default()]
    assert shutil.which("true")
    desktop.install([shutil.which("true")])
    found.append(default())
    desktop.uninstall()
    found.append(default())
    assert found == ["other.desktop", "ladderview.desktop", "other.desktop"]


@linux
def test_the_commands(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["install-desktop"]) == 0
    assert "captures are opened with" in capsys.readouterr().out
    assert cli.main(["uninstall-desktop"]) == 0
    assert "before" in capsys.readouterr().out


@linux
def test_a_folder_that_cannot_be_written_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "data").write_text("a file where a folder should be")
    assert cli.main(["install-desktop"]) == commands.USAGE
    assert "cannot tell the desktop" in capsys.readouterr().err
