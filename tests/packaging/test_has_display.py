from __future__ import annotations

import importlib.util
import socket
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "packaging" / "has_display.py"
VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "QT_QPA_PLATFORM")

linux = pytest.mark.skipif("sys.platform != 'linux'", reason="elsewhere there is always a display")


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    spec = importlib.util.spec_from_file_location("has_display", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@linux
@pytest.mark.parametrize("display", ["", "nonsense", ":", ":987654", "unix:987654", "localhost:60000"])
def test_no_display(script: ModuleType, monkeypatch: pytest.MonkeyPatch, display: str) -> None:
    monkeypatch.setenv("DISPLAY", display)
    assert not script.has_display()


@linux
@pytest.mark.parametrize("screen", ["", ".0"])
def test_x11_that_answers(script: ModuleType, monkeypatch: pytest.MonkeyPatch, screen: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{server.getsockname()[1] - 6000}{screen}")
        assert script.has_display()


@linux
def test_wayland_that_answers(script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
        assert script.has_display()


@linux
def test_wayland_that_is_gone(script: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-7")
    assert not script.has_display()


@pytest.mark.parametrize("platform", ["offscreen", "minimal", "offscreen:configfile=x"])
def test_platform_without_windows(script: ModuleType, monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{server.getsockname()[1] - 6000}")
        monkeypatch.setenv("QT_QPA_PLATFORM", platform)
        assert not script.has_display()
