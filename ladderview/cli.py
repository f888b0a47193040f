"""The command line: what a person, a script or a double click can ask of ladderview.

A first argument that is one of ``COMMANDS`` is a subcommand; anything else is the files to open in windows, so a
capture called "flows" is opened as ``./flows``. Everything but the standard library is imported where it is used:
the table of flows must not wait for Qt.

Exit statuses: 0 done, 1 done but the capture is damaged (said on standard error), 2 usage, 3 not a readable capture.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from ladderview import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ladderview.analysis.keys import Keys
    from ladderview.capture.capture import Capture
    from ladderview.ladder.annotations import Annotations
    from ladderview.progress import Progress
    from ladderview.render.job import Wish

DONE, DAMAGED, USAGE, UNREADABLE = 0, 1, 2, 3

#: Names of the ``--level`` and ``--axis`` choices and of the themes; kept here so that ``--help`` needs no numpy.
LEVELS = ("segments", "messages", "phases")
AXES = ("rows", "time", "compressed")
THEME_NAMES = ("light", "dark", "print")

#: What ``--mask`` takes; ``analysis.masking`` has the same.
MASKS = ("addresses", "ports", "names", "cookies", "authorization", "bodies", "certificates")

_LINES_AT_ONCE = 256


class Refused(Exception):
    """A request that cannot be met; carries its exit status and one line for a person."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        try:
            return _run(_parser(arguments).parse_args(arguments))
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()  # here, where it is known what to do if nobody reads it
    except Refused as refused:
        print(f"ladderview: {refused}", file=sys.stderr)
        return refused.status
    except KeyboardInterrupt:
        print("ladderview: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (``| head``). Nothing is wrong, but the interpreter must not
        # complain when it flushes standard output at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


def _run(options: argparse.Namespace) -> int:
    """Run the command; a capture that changes under it has given what it could, and counts as damaged."""
    from ladderview.capture.source import CaptureChanged  # noqa: PLC0415

    try:
        return int(options.run(options))
    except CaptureChanged as change:
        raise Refused(DAMAGED, str(change)) from None


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for these arguments: that of the subcommand they begin with, else that of the windows."""
    if arguments and arguments[0] in COMMANDS:
        parser = argparse.ArgumentParser(prog="ladderview")
        commands = parser.add_subparsers()
        for name, (declare, run) in COMMANDS.items():
            command = commands.add_parser(name, help=declare.__doc__, description=declare.__doc__)
            declare(command)
            command.set_defaults(run=run)
        return parser
    parser = argparse.ArgumentParser(
        prog="ladderview",
        description="Open packet captures in windows that show each TCP connection as a ladder diagram.",
        epilog="commands: " + ", ".join(COMMANDS) + "; 'ladderview COMMAND --help' tells each one's options",
    )
    parser.add_argument("--version", action="version", version=f"ladderview {__version__}")
    parser.add_argument("files", nargs="*", metavar="FILE", help="pcap or pcapng, also gzipped; - for standard input")
    parser.add_argument("--flow", type=_natural, metavar="N", help="select the flow with this tcp.stream number")
    _declare_keys(parser)
    parser.set_defaults(run=_run_windows)
    return parser


# -- what each command accepts ------------------------------------------------------------------------------------


def _natural(text: str) -> int:
    """Argument type of a flow number: 0 or more."""
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def _packet_number(text: str) -> int:
    """Argument type of a packet number: 1 or more."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _packet_range(text: str) -> tuple[int, int]:
    """Argument type of ``A-B``: the first and the last packet number."""
    match = re.fullmatch(r"(\d+)-(\d+)", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError(f"not a range of packets A-B: {text!r}")
    return int(match[1]), int(match[2])


def _scale(text: str) -> float:
    """Argument type of ``--scale``: image pixels for one logical pixel."""
    scale = float(text)
    if not 0.1 <= scale <= 16:
        raise argparse.ArgumentTypeError(f"not a scale between 0.1 and 16: {text!r}")
    return scale


def _mask_kinds(text: str) -> frozenset[str]:
    """Argument type of ``--mask``: kinds with commas between them, or "all"."""
    kinds = frozenset(MASKS) if text == "all" else frozenset(filter(None, text.split(",")))
    if not kinds or not kinds <= set(MASKS):
        raise argparse.ArgumentTypeError(f"not among {', '.join(MASKS)}, all: {text!r}")
    return kinds


def _declare_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="pcap or pcapng, also gzipped; - for standard input")
    _declare_keys(parser)


def _declare_keys(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--keylog", type=Path, metavar="FILE", help="TLS key log (SSLKEYLOGFILE format)")
    parser.add_argument("--rsa-key", type=Path, metavar="FILE", help="the server's RSA private key (PEM or DER)")


def _declare_flows(parser: argparse.ArgumentParser) -> None:
    """Print the table of TCP connections, one line each."""
    _declare_file(parser)
    parser.add_argument("--json", action="store_true", help="print a JSON array of objects instead")


def _declare_packets(parser: argparse.ArgumentParser) -> None:
    """Print one JSON object a line for every TCP packet, keyed by Wireshark's field names."""
    _declare_file(parser)
    parser.add_argument("--flow", type=_natural, metavar="N", help="only this flow (tcp.stream)")


def _declare_show(parser: argparse.ArgumentParser) -> None:
    """Print a flow's ladder as text, or one packet's layers and arithmetic."""
    _declare_file(parser)
    parser.add_argument("--flow", type=_natural, metavar="N", required=True, help="the flow (tcp.stream)")
    parser.add_argument("--packet", type=_packet_number, metavar="M", help="this packet's layers and arithmetic")
    parser.add_argument("--raw", action="store_true", help="sequence numbers on the arrows as they are in the packets")


def _packet_numbers(text: str) -> frozenset[int]:
    """Argument type of ``--speaker-notes``: packet numbers with commas, or ``all``."""
    return frozenset({0}) if text == "all" else frozenset(_packet_number(part) for part in text.split(","))


def _declare_export(parser: argparse.ArgumentParser) -> None:
    """Write a flow's ladder as a picture, pages, slides, text, or a capture of its own."""
    _declare_file(parser)
    add = parser.add_argument
    add("--flow", type=_natural, metavar="N", required=True, help="the flow (tcp.stream)")
    add(
        "--out",
        type=Path,
        metavar="X",
        required=True,
        help="the file to write: .png, .svg, .pdf, .pptx, .txt, .mmd (Mermaid), .puml (PlantUML) or .pcapng",
    )
    add("--level", choices=LEVELS, default="segments", help="which arrows (default: segments)")
    add("--axis", choices=AXES, default="rows", help="what the vertical axis is (default: rows)")
    add("--packets", type=_packet_range, metavar="A-B", help="only the arrows of these packet numbers")
    add("--scale", type=_scale, metavar="S", default=2.0, help="pixels a point in a PNG (default: 2)")
    add("--theme", choices=THEME_NAMES, default="light", help="colours (default: light)")
    add("--title", metavar="TEXT", default="", help="a title at the head")
    add("--annotations", type=Path, metavar="FILE", help="draw what was written on the ladder (a .ladder file)")
    add("--no-legend", action="store_true", help="do not tell what the colours mean")
    add("--no-header", action="store_true", help="leave out the boxes of the endpoints")
    add("--transparent", action="store_true", help="PNG and SVG without a background")
    add("--build-up", action="store_true", help="slides that add one arrow after the other")
    add(
        "--speaker-notes",
        type=_packet_numbers,
        metavar="M,...",
        default=frozenset(),
        help="layers and arithmetic of these packets (or all) as speaker notes of the slides",
    )
    add(
        "--mask",
        type=_mask_kinds,
        metavar="KIND,...",
        default=frozenset(),
        help="put words in the place of: addresses, ports, names, cookies, authorization, bodies, certificates; or all",
    )
    add("--secrets", action="store_true", help="put the flow's TLS secrets into the pcapng")  # fmt: skip


def _declare_compose(parser: argparse.ArgumentParser) -> None:
    """Compose the capture that a scenario describes."""
    from ladderview.capture.scenario.help import HELP  # noqa: PLC0415

    parser.add_argument("scenario", metavar="SCENARIO", help="a text that describes connections; - for standard input")
    parser.add_argument("--out", type=Path, metavar="X.pcapng", required=True, help="the capture to write")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = HELP


def _declare_install_desktop(parser: argparse.ArgumentParser) -> None:
    """Make this user's desktop open captures with ladderview, for a pip or pipx install."""


def _declare_uninstall_desktop(parser: argparse.ArgumentParser) -> None:
    """Take back what install-desktop did."""


# -- what each command does ---------------------------------------------------------------------------------------


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
        have = "no TCP connections" if count == 0 else f"flows 0 to {count - 1}"
        raise Refused(USAGE, f"{capture.path} has no flow {flow_id}: it has {have}")


def _run_flows(options: argparse.Namespace) -> int:
    from ladderview.analysis.flow_columns import FlowColumns  # noqa: PLC0415
    from ladderview.analysis.flow_protocols import flow_protocols  # noqa: PLC0415
    from ladderview.analysis.outcome import outcomes  # noqa: PLC0415
    from ladderview.analysis.screen import problem_counts  # noqa: PLC0415
    from ladderview.progress import no_progress  # noqa: PLC0415
    from ladderview.render import flow_table  # noqa: PLC0415

    capture = _open(options)
    if options.rsa_key:  # the table needs no keys; one that cannot be used is refused here as everywhere
        _keys(capture, options)
    ends, problems = outcomes(capture), problem_counts(capture, no_progress)
    names = capture.host_names
    said = flow_protocols(capture)
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


def _run_packets(options: argparse.Namespace) -> int:
    from ladderview.analysis.wireshark_fields import packet_lines  # noqa: PLC0415

    capture = _open(options)
    if options.flow is not None:
        _flow_must_exist(capture, options.flow)
    _print(packet_lines(capture, options.flow, _keys(capture, options)))
    return _close(capture)


def _run_show(options: argparse.Namespace) -> int:
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


def _run_export(options: argparse.Namespace) -> int:
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
        legend=not options.no_legend,
        header=not options.no_header,
        transparent=options.transparent,
        build_up=options.build_up,
        spoken=options.speaker_notes,
        secrets=options.secrets,
        masks=options.mask,
    )


def _run_compose(options: argparse.Namespace) -> int:
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


def _run_install_desktop(options: argparse.Namespace) -> int:
    from ladderview import desktop  # noqa: PLC0415

    _refuse_other_desktops()
    command = desktop.command_of_this_process()
    _say_all(lambda: desktop.install(command))
    print(f"captures are opened with {' '.join(command)}; 'ladderview uninstall-desktop' takes that back")
    return DONE


def _run_uninstall_desktop(options: argparse.Namespace) -> int:
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


def _run_windows(options: argparse.Namespace) -> int:
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


COMMANDS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]] = {
    "flows": (_declare_flows, _run_flows),
    "packets": (_declare_packets, _run_packets),
    "show": (_declare_show, _run_show),
    "export": (_declare_export, _run_export),
    "install-desktop": (_declare_install_desktop, _run_install_desktop),
    "uninstall-desktop": (_declare_uninstall_desktop, _run_uninstall_desktop),
    "compose": (_declare_compose, _run_compose),
}


def process() -> NoReturn:
    """Run the command line as a process of its own, and end it."""
    # For matrices, of which there are none here, numpy would start threads; that takes time at its import.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    status = main()
    if "PySide6" in sys.modules:
        sys.exit(status)  # Qt has things of its own to put away
    # Everything is written and every file is closed. What the interpreter would do now is take its memory apart piece
    # by piece, and the system takes it back at once.
    os._exit(status)


if __name__ == "__main__":
    process()
