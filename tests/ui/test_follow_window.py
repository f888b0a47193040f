"""Following a flow: who says what, in which form, what is missing, searching on, and saving."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ladderview.analysis.segments import Segments
from ladderview.analysis.transcript import BOTH, Portion
from ladderview.ladder.theme import THEMES
from ladderview.ui.follow_window import STEP, FollowWindow, Line, Wording
from ladderview.ui.main_window import MainWindow
from tests.analysis.spoken import Turn, segments_of, without, write

TALK: list[Turn] = [("s", b"220 ready\r\n"), ("c", b"EHLO x\r\n"), ("s", b"250 gr\xc3\xbc\xc3\x9fe\r\n")]

Follow = Callable[..., FollowWindow]


@pytest.fixture
def follow(window: MainWindow, open_in: Callable[..., MainWindow], tmp_path: Path, qtbot: QtBot) -> Follow:
    """Opens the flow of these turns, without the segments that carry ``lost``, and follows it."""

    def made(turns: list[Turn], lost: bytes = b"") -> FollowWindow:
        packets = without(segments_of(turns), lambda row, packet: bool(lost) and packet.data.startswith(lost))
        open_in(window, str(write(tmp_path / "talk.pcap", [packets], 25)))
        qtbot.waitUntil(window.actions_by_name["follow"].isEnabled, timeout=10_000)
        window.actions_by_name["follow"].trigger()
        (found,) = window.findChildren(FollowWindow)
        settled(found, qtbot)
        return found

    return made


def settled(shown: FollowWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not shown.is_busy, timeout=10_000)
    QTest.qWait(10)
    qtbot.waitUntil(lambda: not shown.is_busy, timeout=10_000)


def lines_of(shown: FollowWindow) -> list[str]:
    return shown.text.toPlainText().split("\n")


def test_following_is_offered_when_the_flow_was_read(window: MainWindow) -> None:
    assert not window.actions_by_name["follow"].isEnabled()


def test_every_turn_says_whose_it_is(follow: Follow) -> None:
    assert lines_of(follow(TALK)) == [
        "Server · #4", "220 ready", "Client · #6", "EHLO x", "Server · #8", "250 grüße",
    ]  # fmt: skip


@pytest.mark.parametrize(("who", "said"), [(1, ["EHLO x"]), (2, ["220 ready", "250 grüße"])])
def test_one_end_alone(follow: Follow, qtbot: QtBot, who: int, said: list[str]) -> None:
    shown = follow(TALK)
    shown.who.setCurrentIndex(who)
    settled(shown, qtbot)
    assert [line for line in lines_of(shown) if "·" not in line] == said


def test_bytes_stand_in_rows_of_sixteen(follow: Follow, qtbot: QtBot) -> None:
    shown = follow([("c", bytes(range(65, 65 + 18)))])
    shown.form.setCurrentIndex(1)
    settled(shown, qtbot)
    assert lines_of(shown)[1:] == [
        "00000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP",
        "00000010  51 52" + " " * 45 + "QR",
    ]


def test_what_is_missing_is_said_in_its_place(follow: Follow) -> None:
    assert lines_of(follow(TALK, lost=b"EHLO"))[-2:] == ["Client · #9", "8 bytes not captured"]


def test_a_flow_that_says_nothing_says_so(follow: Follow) -> None:
    shown = follow([])
    assert (shown.text.toPlainText(), shown._told.text()) == ("", "nothing was said")


def test_a_search_brings_what_is_not_there_yet(follow: Follow, qtbot: QtBot) -> None:
    shown = follow([("s", b"a line of text\n" * (2 * STEP // 15) + b"the needle\n")])
    assert "needle" not in shown.text.toPlainText()
    shown.search.word.setText("needle")
    shown.search.find_next()
    qtbot.waitUntil(lambda: shown.text.textCursor().selectedText() == "needle", timeout=10_000)


def test_a_word_that_is_nowhere_is_said_not_to_be(follow: Follow, qtbot: QtBot) -> None:
    shown = follow(TALK)
    shown.search.word.setText("teapot")
    shown.search.find_next()
    assert shown.search._said.text() == "not found"


def test_what_one_end_says_is_saved_as_it_is(follow: Follow, qtbot: QtBot, tmp_path: Path) -> None:
    shown = follow(TALK)
    portions = [one.data for one in shown._transcript.portions(shown._messages, BOTH)]
    with qtbot.waitSignal(shown.said):
        shown.saving.save_to(str(tmp_path / "said.bin"), lambda: portions)
    assert (tmp_path / "said.bin").read_bytes() == b"".join(data for _, data in TALK)


def test_another_theme_keeps_the_text(follow: Follow, window: MainWindow, qtbot: QtBot) -> None:
    shown = follow(TALK)
    before = lines_of(shown)
    window.workspace.set_theme(THEMES["dark"])
    settled(shown, qtbot)
    assert lines_of(shown) == before


def test_the_window_goes_with_its_capture(follow: Follow, window: MainWindow, qtbot: QtBot) -> None:
    follow(TALK)
    window.workspace.open(None, None)
    qtbot.waitUntil(lambda: not window.findChildren(FollowWindow), timeout=5000)


def test_a_character_that_never_ends_is_a_dot_of_who_said_it(follow: Follow) -> None:
    assert lines_of(follow([("c", b"x\xc3"), ("s", b"y\xc3")])) == ["Client · #4", "x·", "Server · #6", "y·"]


def worded(*data: bytes) -> list[Line]:
    wording = Wording(Segments, "text")  # type: ignore[arg-type]
    return [line for part in data for line in wording.lines(Portion(0, 0, False, 0, part))]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        ((b"one\ntw", b"o\n"), [Line("client", "one\ntw"), Line("client", "o", goes_on=True)]),
        ((b"one\n", b"two"), [Line("client", "one"), Line("client", "two")]),
        ((b"one\r", b"\ntwo"), [Line("client", "one"), Line("client", "\ntwo", goes_on=True)]),
        ((b"gr\xc3", b"\xbcn"), [Line("client", "gr"), Line("client", "ün", goes_on=True)]),
        ((b"\xff\x00a",), [Line("client", "··a")]),
    ],
)
def test_a_character_or_a_line_may_go_on_in_the_next_portion(data: tuple[bytes, ...], lines: list[Line]) -> None:
    assert worded(*data) == lines
