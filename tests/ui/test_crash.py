from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ladderview import __version__
from ladderview.capture.capture import NotACapture, open_capture
from ladderview.ui.crash import MOST_FRAMES, CrashReporter, report_of

SECRET = "Cookie: id=secret"


def failure(depth: int = 0) -> BaseException:
    """An exception whose message and variables hold captured data."""
    captured = SECRET.encode()

    def fail(left: int) -> None:
        if left:
            fail(left - 1)
        try:
            raise KeyError(captured)
        except KeyError as error:
            raise ValueError(f"cannot read {captured!r}") from error

    try:
        fail(depth)
    except ValueError as error:
        return error
    raise AssertionError


def test_a_report_says_what_failed_where_and_in_which_version() -> None:
    report = report_of(failure())
    assert f"ladderview {__version__}\n" in report
    assert "\nValueError\n" in report
    assert "\nafter KeyError\n" in report
    assert "ui/test_crash.py:" in report
    assert "in failure.<locals>.fail" in report


def test_a_report_holds_nothing_of_the_capture() -> None:
    report = report_of(failure())
    assert "secret" not in report
    assert "Cookie" not in report


def test_a_report_names_no_folder_of_a_person(tmp_path: Path) -> None:
    with pytest.raises(NotACapture) as caught:
        open_capture(tmp_path / "customer.pcap")
    report = report_of(caught.value)
    assert "customer" not in report
    assert str(Path.home()) not in report
    assert "  ladderview/capture/" in report


def test_a_recursion_is_told_by_its_end() -> None:
    report = report_of(failure(500))
    assert report.count(" in failure.<locals>.fail") == MOST_FRAMES + 1  # and the KeyError's one
    assert "frames before)" in report


def test_exceptions_that_lead_to_each_other_end() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert report_of(first).count("after ") == 1


@pytest.fixture
def reporter(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> CrashReporter:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    made = CrashReporter()
    made.take_over()
    yield made
    if made.dialog is not None:
        made.dialog.close()


def hear(reporter: CrashReporter, error: BaseException) -> None:
    sys.excepthook(type(error), error, error.__traceback__)


def test_a_failure_is_shown(reporter: CrashReporter) -> None:
    hear(reporter, failure())
    assert reporter.dialog is not None
    assert reporter.dialog.isVisible()
    assert "ValueError" in reporter.dialog.text.toPlainText()


def test_the_same_failure_is_shown_once(reporter: CrashReporter) -> None:
    error = failure()
    hear(reporter, error)
    hear(reporter, error)
    assert reporter.dialog.text.toPlainText().count("ValueError") == 1
    reporter.dialog.close()
    hear(reporter, error)
    assert reporter.dialog is None


def test_another_failure_joins_the_dialog(reporter: CrashReporter) -> None:
    hear(reporter, failure())
    shown = reporter.dialog
    hear(reporter, failure(1))
    assert reporter.dialog is shown
    assert shown.text.toPlainText().count("ValueError") == 2


def test_a_failure_of_a_thread_is_shown(reporter: CrashReporter, qtbot: QtBot) -> None:
    def work() -> None:
        raise failure()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: reporter.dialog is not None)


def test_standard_error_gets_no_captured_data(reporter: CrashReporter, capsys: pytest.CaptureFixture[str]) -> None:
    hear(reporter, failure())
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "secret" not in said


def test_ctrl_c_is_no_failure(reporter: CrashReporter, capsys: pytest.CaptureFixture[str]) -> None:
    hear(reporter, KeyboardInterrupt())
    assert reporter.dialog is None
    assert "KeyboardInterrupt" in capsys.readouterr().err


def test_a_report_is_copied_and_saved(reporter: CrashReporter, tmp_path: Path) -> None:
    hear(reporter, failure())
    text = reporter.dialog.text.toPlainText()
    reporter.dialog.copy_button.click()
    from PySide6.QtGui import QGuiApplication

    assert QGuiApplication.clipboard().text() == text
    reporter.dialog.save(str(tmp_path / "report.txt"))
    assert (tmp_path / "report.txt").read_text() == text
    reporter.dialog.save(str(tmp_path / "no folder" / "report.txt"))
    assert "could not be saved: No such file" in reporter.dialog.text.toPlainText()
