"""What does each command of the command line do?

Everything but the standard library is imported where it is used: the table of flows must not wait for Qt.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ladderview.analysis.keys import Keys
    from ladderview.capture.capture import Capture
    from ladderview.ladder.annotations import Annotations
    from ladderview.progress import Progress
    from ladderview.render.job import Wish

DONE, DAMAGED, USAGE, UNREADABLE = 0, 1, 2, 3

#: Lines that are written at once.
_LINES_AT_ONCE = 256


class Refused(Exception):
    """A request that cannot be met; carries its exit status and one line for a person."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@contextmanager
def _progress(verb: str) -> Iterator[Progress]:
    """A bar on standard error while standard error is a terminal, else nothing."""
    from ladderview.progress import no_progress  # noqa: PLC0415

    if not sys.stderr.isatty():
        yield no_progress
        return
    from tqdm import tqdm  # noqa: PLC0415

    with tqdm(desc=verb, unit="B", unit_scale=True, leave=False, delay=0.5, file=sys.stderr) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total or None
            bar.update(done - bar.n)

        yield advance


def _open(options: argparse.Namespace) -> Capture:
    """Read the capture that the options name; ``Refused`` where there is none to be had."""
    from ladderview.capture.capture import NotACapture, open_capture  # noqa: PLC0415

    _check_keys(options)
    try:
        with _progress("reading") as progress:
            return open_capture(options.file, progress)
    except NotACapture as error:
        raise Refused(UNREADABLE, str(error)) from None


def _check_keys(options: argparse.Namespace) -> None:
    """A key log that cannot be read is said at once, whether or not the capture has any use for it."""
    if options.keylog is not None:
        try:
            options.keylog.open("rb").close()
        except OSError as error:
            raise Refused(USAGE, f"cannot read the key log {options.keylog}: {error.strerror}") from None


def _keys(capture: Capture, options: argparse.Namespace) -> Keys:
    """All keys that the options, the environment and the capture itself give."""
    from ladderview.analysis.keys import UnusableKeyError, keys_of  # noqa: PLC0415

    try:
        return keys_of(
            capture,
            [options.keylog] if options.keylog else [],
            [options.rsa_key] if options.rsa_key else [],
        )
    except UnusableKeyError as error:
        raise Refused(USAGE, str(error)) from None


def _print(lines: Iterator[str]) -> None:
    """Write lines (each with its end), many at a time: each by itself takes longer to write than to make."""
    some: list[str] = []
    try:
        for line in lines:
            some.append(line)
            if len(some) == _LINES_AT_ONCE:
                sys.stdout.write("".join(some))
                some.clear()
    finally:
        sys.stdout.write("".join(some))  # what there was before the file changed, too


def _close(capture: Capture) -> int:
    """Say what is damaged and return the exit status that a read capture deserves."""
    for damage in capture.damage:
        print(f"ladderview: {capture.path}: {damage.message}", file=sys.stderr)
    capture.close()
    return DAMAGED if capture.damage else DONE


def _flow_must_exist(capture: Capture, flow_id: int) -> None:
    count = len(capture.flows)
    if flow_id >= count:
        have = {0: "no TCP connections", 1: "flow 0 alone"}.get(count, f"flows 0 to {count - 1}")
        raise Refused(USAGE, f"{capture.path} has no flow {flow_id}: it has {have}")


def run_flows(options: argparse.Namespace) -> int:
    """Print the table of flows. Returns the exit status; raises ``Refused``."""
    from ladderview.analysis.flow_columns import FlowColumns  # noqa: PLC0415
    from ladderview.analysis.flow_protocols import TLS13, flow_protocols  # noqa: PLC0415
    from ladderview.analysis.outcome import outcomes  # noqa: PLC0415
    from ladderview.analysis.screen import problem_counts  # noqa: PLC0415
    from ladderview.progress import no_progress  # noqa: PLC0415
    from ladderview.render import flow_table  # noqa: PLC0415

    capture = _open(options)
    ends, problems = outcomes(capture), problem_counts(capture, no_progress)
    names = capture.host_names
    said = flow_protocols(capture)
    if options.rsa_key or not {TLS13, "TLS 1.2"}.isdisjoint(said.protocol):  # what is spoken inside is not known yet
        from ladderview.analysis.agreed_protocols import with_agreed  # noqa: PLC0415

        said = with_agreed(capture, said, _keys(capture, options))
    flows = FlowColumns(capture.flows, names, ends.words, ends.handshake_rtt_ns, problems.by_verdict, said=said)
    if options.json:
        import json  # noqa: PLC0415

        json.dump(flow_table.json_rows(flows), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        _print(f"{line}\n" for line in flow_table.text_lines(flows))
    if len(flows):
        return _close(capture)
    print(f"ladderview: {capture.why_empty}", file=sys.stderr)
    capture.close()
    return DAMAGED if capture.damage else DONE


def run_packets(options: argparse.Namespace) -> int:
    """Print a JSON object a line for every TCP packet. Returns the exit status; raises ``Refused``."""
    from ladderview.analysis.wireshark_fields import packet_lines  # noqa: PLC0415

    capture = _open(options)
    if options.flow is not None:
        _flow_must_exist(capture, options.flow)
    _print(packet_lines(capture, options.flow, _keys(capture, options)))
    return _close(capture)


def run_show(options: argparse.Namespace) -> int:
    """Print a ladder as text, or one packet of it. Returns the exit status; raises ``Refused``."""
    from ladderview.analysis.flow_analysis import analyse_flow  # noqa: PLC0415
    from ladderview.analysis.messages import messages_of  # noqa: PLC0415
    from ladderview.analysis.raw_numbers import raw_numbers  # noqa: PLC0415
    from ladderview.analysis.segments import reading_ahead  # noqa: PLC0415
    from ladderview.capture.read_ahead import ReadAhead  # noqa: PLC0415
    from ladderview.render import text  # noqa: PLC0415

    capture = _open(options)
    _flow_must_exist(capture, options.flow)
    analysis = analyse_flow(capture, options.flow)
    messages = messages_of(capture, analysis, _keys(capture, options))
    if options.packet is None:
        shown = raw_numbers(analysis) if options.raw else analysis
        segments = reading_ahead(capture, shown.segments, ReadAhead(capture.source, capture.size))
        lines = text.ladder_lines(capture, replace(shown, segments=segments), messages)
    else:
        row = _row_of(analysis.flow.packets.tolist(), options.packet, options.flow)
        lines = text.packet_lines(capture, analysis, row, messages)
    _print(f"{line}\n" for line in lines)
    return _close(capture)


def _row_of(packets: list[int], number: int, flow_id: int) -> int:
    """The row of a packet number in its flow; ``Refused`` with the numbers that there are."""
    from bisect import bisect_left  # noqa: PLC0415

    row = bisect_left(packets, number - 1)
    if row == len(packets) or packets[row] != number - 1:
        raise Refused(USAGE, f"packet {number} is not in flow {flow_id}: it has {_some_numbers(packets)}")
    return row


def _some_numbers(packets: list[int]) -> str:
    """The packet numbers of a flow, as many as fit a line."""
    shown = ", ".join(f"#{packet + 1}" for packet in packets[:8])
    return f"{shown} … #{packets[-1] + 1}" if len(packets) > 8 else shown


def run_export(options: argparse.Namespace) -> int:
    """Write a flow's ladder in one of the formats. Returns the exit status; raises ``Refused``."""
    from ladderview.analysis.flow_analysis import analyse_flow  # noqa: PLC0415
    from ladderview.analysis.reading import read_flow  # noqa: PLC0415
    from ladderview.render.export import ExportError, announcement, export  # noqa: PLC0415
    from ladderview.render.formats import format_of  # noqa: PLC0415
    from ladderview.render.job import Job  # noqa: PLC0415

    try:
        format_of(options.out)
        capture = _open(options)
        _flow_must_exist(capture, options.flow)
        keys = _keys(capture, options)
        with _progress("messages") as progress:
            reading = read_flow(capture, analyse_flow(capture, options.flow), keys, progress)
        wish = replace(_wish(options), annotations=_annotations(capture, options.annotations))
        job = Job(capture, reading, wish, keys)
        if remark := announcement(job, options.out):
            print(f"ladderview: {remark}", file=sys.stderr)
        with _progress("writing") as progress:
            written = export(job, options.out, progress)
    except ExportError as error:
        raise Refused(USAGE, str(error)) from None
    except OSError as error:
        raise Refused(USAGE, f"cannot write {error.filename or options.out}: {error.strerror or error}") from None
    for path in written:
        print(path)
    return _close(capture)


def _annotations(capture: Capture, path: Path | None) -> Annotations:
    """What a file of annotations says, on the packets of this capture; none where no file is named."""
    from ladderview.ladder.annotation_json import LARGEST_FILE, NotAnnotations, from_json  # noqa: PLC0415
    from ladderview.ladder.annotations import Annotations, located  # noqa: PLC0415

    if path is None:
        return Annotations()
    try:
        with path.open("rb") as file:
            read = from_json(file.read(LARGEST_FILE + 1)).annotations
    except OSError as error:
        raise Refused(USAGE, f"cannot read the annotations {path}: {error.strerror or error}") from None
    except NotAnnotations as error:
        raise Refused(USAGE, f"{path}: {error}") from None
    found, lost = located(read, capture.packets)
    if lost:
        print(
            f"ladderview: {path}: {lost} of {len(read)} annotations are of packets that are not here", file=sys.stderr
        )
    return found


def _wish(options: argparse.Namespace) -> Wish:
    """How the options want the export."""
    from ladderview.render.job import Wish  # noqa: PLC0415

    return Wish(
        level=options.level,
        axis=options.axis,
        theme=options.theme,
        scale=options.scale,
        packets=options.packets,
        title=options.title,
        comments=not options.no_comments,
        legend=not options.no_legend,
        header=not options.no_header,
        transparent=options.transparent,
        build_up=options.build_up,
        spoken=options.speaker_notes,
        secrets=options.secrets,
        masks=options.mask,
    )


def run_compose(options: argparse.Namespace) -> int:
    """Write the capture that a scenario describes. Returns the exit status; raises ``Refused``."""
    from ladderview.capture.scenario.compose import compose  # noqa: PLC0415
    from ladderview.capture.scenario.words import ScenarioError  # noqa: PLC0415

    if options.out.suffix.lower() != ".pcapng":
        raise Refused(USAGE, f"cannot compose {options.out.name}: the name must end in .pcapng")
    name = "standard input" if options.scenario == "-" else options.scenario
    try:
        data = sys.stdin.buffer.read() if options.scenario == "-" else Path(options.scenario).read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise Refused(UNREADABLE, f"cannot read {name}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise Refused(USAGE, f"{name}: byte {error.start} is not UTF-8 text") from None
    try:
        compose(text).write(options.out)
    except ScenarioError as error:
        raise Refused(USAGE, f"{name}:{error}") from None
    except OSError as error:
        raise Refused(USAGE, f"cannot write {error.filename or options.out}: {error.strerror or error}") from None
    print(options.out)
    return DONE


def run_install_desktop(options: argparse.Namespace) -> int:
    """Make this program open captures on a double click. Returns the exit status; raises ``Refused``."""
    from ladderview import desktop  # noqa: PLC0415

    _refuse_other_desktops()
    command = desktop.command_of_this_process()
    _say_all(lambda: desktop.install(command))
    print(f"captures are opened with {' '.join(command)}; 'ladderview uninstall-desktop' takes that back")
    return DONE


def run_uninstall_desktop(options: argparse.Namespace) -> int:
    """Take back what ``run_install_desktop`` did. Returns the exit status; raises ``Refused``."""
    from ladderview import desktop  # noqa: PLC0415

    _refuse_other_desktops()
    _say_all(desktop.uninstall)
    print("captures are opened with what opened them before")
    return DONE


def _refuse_other_desktops() -> None:
    if sys.platform in ("win32", "darwin"):
        raise Refused(USAGE, "only for Linux; on Windows and macOS the installed package tells the desktop")


def _say_all(change: Callable[[], list[str]]) -> None:
    """Change the desktop and say on standard error what a person should know."""
    try:
        for line in change():
            print(f"ladderview: {line}", file=sys.stderr)
    except (OSError, ValueError) as error:
        raise Refused(USAGE, f"cannot tell the desktop: {error}") from None


def run_windows(options: argparse.Namespace) -> int:
    """Open windows. Returns the exit status; raises ``Refused``."""
    _check_keys(options)
    if sys.platform.startswith("linux") and not _has_display():
        raise Refused(
            USAGE,
            "no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set); try 'ladderview flows FILE'",
        )
    from ladderview.ui.one_program import hand_over, is_private  # noqa: PLC0415

    keys = [str(path) for path in (options.keylog, options.rsa_key) if path is not None]
    # A program that is running opens the captures, long before this process could draw a window.
    if not is_private(options.files, keys) and hand_over(options.files, options.flow):
        return DONE
    from ladderview.ui import app  # noqa: PLC0415

    return app.run(options.files, options.flow, keys)


def _has_display() -> bool:
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
