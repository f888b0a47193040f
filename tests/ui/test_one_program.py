from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ladderview.progress import Progress
from ladderview.ui.background import Background
from ladderview.ui.one_program import Listener, hand_over, is_private, read_request


@pytest.fixture
def name() -> str:
    return f"ladderview-test-{uuid.uuid4().hex[:12]}"


def later_process(name: str, *paths: str, flow_id: int | None = None) -> subprocess.Popen[str]:
    program = (
        f"from ladderview.ui.one_program import hand_over; print(hand_over({list(paths)!r}, {flow_id!r}, {name!r}))"
    )
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


def test_a_later_process_hands_its_captures_over(name: str, qtbot: QtBot) -> None:
    listener = Listener(name=name)
    assert listener.listen()
    with qtbot.waitSignal(listener.asked, timeout=20_000) as asked, later_process(name, "a.pcap", flow_id=3) as process:
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
        assert process.stdout.read() == "True\n"
    assert asked.args == [[os.path.abspath("a.pcap")], 3]


LISTENS = """
import sys, time
from PySide6.QtCore import QCoreApplication
from ladderview.ui.one_program import Listener
app = QCoreApplication([])
listener = Listener(name=sys.argv[1])
print(listener.listen(), flush=True)
time.sleep(60)  # it never gets round to answering
"""


@pytest.fixture
def deaf(name: str) -> Iterator[subprocess.Popen[str]]:
    """A process that listens and never answers."""
    process = subprocess.Popen([sys.executable, "-c", LISTENS, name], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_process_that_was_killed_is_succeeded(name: str, deaf: subprocess.Popen[str], qtbot: QtBot) -> None:
    deaf.kill()
    deaf.wait()
    assert not hand_over(["a.pcap"], None, name)
    assert Listener(name=name).listen()


def test_a_process_that_does_not_answer_keeps_its_name(name: str, deaf: subprocess.Popen[str], qtbot: QtBot) -> None:
    began = time.monotonic()
    assert not hand_over(["a.pcap"], None, name)
    assert time.monotonic() - began < 5
    assert not Listener(name=name).listen()


def test_the_first_answers_while_it_loads(name: str, qtbot: QtBot) -> None:
    """Python code on a worker thread, as when a capture is read, does not keep the answer back."""
    listener, background = Listener(name=name), Background()
    assert listener.listen()
    loading = threading.Event()

    def load(progress: Progress) -> None:
        loading.set()
        while True:
            progress(sum(range(10_000)), 0)

    background.run("open", load, lambda _: None)
    loading.wait()
    with qtbot.waitSignal(listener.asked, timeout=20_000), later_process(name, "a.pcap") as process:
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
        assert process.stdout.read() == "True\n"
    background.cancel("open")
    background.wait()


def test_of_two_that_begin_at_once_one_listens(name: str, qtbot: QtBot) -> None:
    first, second = Listener(name=name), Listener(name=name)
    assert (first.listen(), second.listen()) == (True, False)


@pytest.mark.parametrize(
    ("paths", "keys", "private"), [(["a"], [], False), ([], [], False), (["a", "-"], [], True), (["a"], ["k"], True)]
)
def test_is_private(paths: list[str], keys: list[str], private: bool) -> None:
    assert is_private(paths, keys) is private


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
