from __future__ import annotations

import os
import subprocess
import sys

import pytest
from pytestqt.qtbot import QtBot

from ladderview.ui.one_program import Listener, hand_over, read_request


@pytest.fixture
def name() -> str:
    return f"ladderview-test-{os.getpid()}"


def later_process(name: str, *paths: str, flow_id: int | None = None) -> subprocess.Popen[str]:
    program = (
        f"from ladderview.ui.one_program import hand_over; print(hand_over({list(paths)!r}, {flow_id!r}, {name!r}))"
    )
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


def test_a_later_process_hands_its_captures_over(name: str, qtbot: QtBot) -> None:
    listener = Listener(name=name)
    with qtbot.waitSignal(listener.asked, timeout=20_000) as asked, later_process(name, "a.pcap", flow_id=3) as process:
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
        assert process.stdout.read() == "True\n"
    assert asked.args == [[os.path.abspath("a.pcap")], 3]


def test_nobody_there(name: str, qtbot: QtBot) -> None:
    assert not hand_over(["a.pcap"], None, name)


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (b'{"paths": ["/a/b.pcap"], "flow": null}', (["/a/b.pcap"], None)),
        (b'{"paths": [], "flow": 4}', ([], 4)),
        (b'{"paths": ["b.pcap"], "flow": null}', None),
        (b'{"paths": "/a", "flow": null}', None),
        (b'{"paths": [1], "flow": null}', None),
        (b'{"paths": [], "flow": -1}', None),
        (b'{"paths": [], "flow": true}', None),
        (b"[]", None),
        (b"\xff\xfe", None),
        (b"[" * 100_000, None),
        (b"", None),
    ],
)
def test_read_request(line: bytes, request_: object) -> None:
    assert read_request(line) == request_
