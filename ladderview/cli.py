"""The command line: what a person, a script or a double click can ask of ladderview.

What each option means is declared here; what a command does stands in ``commands``. A first argument that is one of
``COMMANDS`` is a subcommand; anything else is the files to open in windows, so a capture called "flows" is opened as
``./flows``. Everything but the standard library is imported where it is used: the table of flows must not wait for Qt.

Exit statuses: 0 done, 1 done but the capture is damaged (said on standard error), 2 usage, 3 not a readable capture.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from ladderview import __version__, commands
from ladderview.commands import DAMAGED, DONE, Refused

#: Names of the ``--level`` and ``--axis`` choices and of the themes; kept here so that ``--help`` needs no numpy.
LEVELS = ("segments", "messages", "phases")
AXES = ("rows", "time", "compressed")
THEME_NAMES = ("light", "dark", "print")

#: What ``--mask`` takes; ``analysis.masking`` has the same.
MASKS = ("addresses", "ports", "names", "cookies", "authorization", "bodies", "certificates")


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
        choices = parser.add_subparsers()
        for name, (declare, run) in COMMANDS.items():
            command = choices.add_parser(name, help=declare.__doc__, description=declare.__doc__)
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
    parser.set_defaults(run=commands.run_windows)
    return parser


# -- what each command accepts ------------------------------------------------------------------------------------


#: As many digits as a flow or a packet can have; Python refuses to read thousands of them.
_DIGITS = re.compile(r"[0-9]{1,18}")


def _natural(text: str) -> int:
    """Argument type of a flow number: 0 or more."""
    if not _DIGITS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"not the number of a flow, which is 0 or more: {text!r}")
    return int(text)


def _packet_number(text: str) -> int:
    """Argument type of a packet number: 1 or more."""
    if not _DIGITS.fullmatch(text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"not the number of a packet, which is 1 or more: {text!r}")
    return int(text)


def _packet_range(text: str) -> tuple[int, int]:
    """Argument type of ``A-B``: the first and the last packet number."""
    match = re.fullmatch(r"(\d+)-(\d+)", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise argparse.ArgumentTypeError(f"not a range of packets A-B: {text!r}")
    return int(match[1]), int(match[2])


def _scale(text: str) -> float:
    """Argument type of ``--scale``: image pixels for one logical pixel."""
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
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
    add("--no-comments", action="store_true", help="do not draw the comments that packets have in the capture")
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
    add("--secrets", action="store_true", help="put the flow's TLS secrets into the pcapng; not where it is masked")


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


COMMANDS: dict[str, tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int]]] = {
    "flows": (_declare_flows, commands.run_flows),
    "packets": (_declare_packets, commands.run_packets),
    "show": (_declare_show, commands.run_show),
    "export": (_declare_export, commands.run_export),
    "install-desktop": (_declare_install_desktop, commands.run_install_desktop),
    "uninstall-desktop": (_declare_uninstall_desktop, commands.run_uninstall_desktop),
    "compose": (_declare_compose, commands.run_compose),
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
