"""Does ladderview keep its budgets? Prints a table: the work, its budget, what was measured, and whether it is kept.

    python -m tests.bench [--only NAME ...] [--rounds N] [--folder FOLDER]

Captures are made when first needed (``generate.py``) and kept in FOLDER. Programs that are compared run in turns on the
same file. Needs tcptrace and tshark (Debian packages of these names) for the comparisons; says so where one is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ladderview.resources import resource_path
from tests.bench import generate
from tests.bench.processes import cost_of, in_turns, median_cost

LADDERVIEW = (sys.executable, "-m", "ladderview.cli")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; ``kept`` is None where there is no budget."""

    work: str
    budget: str
    measured: str
    kept: bool | None = None

    def __str__(self) -> str:
        verdict = {None: "", True: "kept", False: "MISSED"}[self.kept]
        return f"{self.work:<58} {self.budget:<24} {self.measured:<48} {verdict}".rstrip()


@dataclass(frozen=True, slots=True)
class Bench:
    """What a measurement may use."""

    folder: Path
    rounds: int

    def capture(self, name: str) -> str:
        """The path of an invented capture."""
        return str(generate.capture(name, self.folder))

    def child(self, module: str, *arguments: str) -> dict[str, float]:
        """What a measuring process of its own prints, key by key: the median over the rounds."""
        command = (sys.executable, "-m", f"tests.bench.{module}", *arguments)
        answers = []
        for _ in range(self.rounds):
            run = subprocess.run(command, check=True, capture_output=True, text=True)
            answers.append(json.loads(run.stdout))
        return {key: statistics.median(answer[key] for answer in answers) for key in answers[0]}


def flows(bench: Bench) -> Iterator[Line]:
    """The table of flows of a million packets, against other programs."""
    path = bench.capture("big")
    commands = {
        "read": ("cat", path),
        "ladderview": (*LADDERVIEW, "flows", path),
        "tcptrace": ("tcptrace", "-n", path),
        "tshark": ("tshark", "-n", "-q", "-r", path, "-z", "conv,tcp"),
    }
    for name in ("tcptrace", "tshark"):
        if not shutil.which(name):
            del commands[name]
            yield Line(f"flows, 1 M packets: {name}", "", "not installed")
    costs = in_turns(commands, bench.rounds)
    own = costs["ladderview"]
    yield Line("flows, 1 M packets", "", str(own))
    yield Line("  against a plain read of the file", "", f"{own.seconds / costs['read'].seconds:.1f} x its time")
    if "tcptrace" in costs:
        ratio = own.seconds / costs["tcptrace"].seconds
        measured = f"{ratio:.2f} x its {costs['tcptrace']}"
        yield Line("  against tcptrace -n", "<= 1.1 x", measured, ratio <= 1.1)
    if "tshark" in costs:
        ratio = costs["tshark"].seconds / own.seconds
        measured = f"{ratio:.1f} x faster than its {costs['tshark']}"
        yield Line("  against tshark -q -z conv,tcp", ">= 12 x faster", measured, ratio >= 12)
    peak = own.peak_bytes / 1e6
    yield Line("  memory", "< 350 MB", f"{peak:.0f} MB", peak < 350)


def memory(bench: Bench) -> Iterator[Line]:
    """The largest resident set with ten million packets."""
    own = cost_of((*LADDERVIEW, "flows", bench.capture("ten-million")))
    packets = generate.CAPTURES["ten-million"].packets
    each = (own.peak_bytes - 150e6) / packets
    measured = f"{own.peak_bytes / 1e6:.0f} MB, {each:.1f} bytes each; {own}"
    yield Line("memory, flows of 10 M packets", "56 bytes each + 150 MB", measured, each <= 56)


def opening(bench: Bench) -> Iterator[Line]:
    """The window while it opens a million packets."""
    seconds = bench.child("window", "open", bench.capture("big"))
    first, hold = seconds["flow list"], seconds["longest hold"] * 1000
    yield Line(
        "window, 1 M packets: first flow list", "<= 1.5 s", f"{first:.2f} s (cpu {seconds['cpu']:.2f})", first <= 1.5
    )
    yield Line("  problems of all flows counted", "", f"{seconds['problems counted']:.2f} s")
    yield Line("  event loop held at most", "<= 50 ms", f"{hold:.0f} ms", hold <= 50)


def clicking(bench: Bench) -> Iterator[Line]:
    """The window after a click on a long flow."""
    seconds = bench.child("window", "click", bench.capture("one-flow-100k"))
    first, last = seconds["first picture"], seconds["all verdicts"]
    hold = seconds["longest hold"] * 1000
    yield Line("click on a flow of 100 k packets: first picture", "<= 0.1 s", f"{first:.3f} s", first <= 0.1)
    yield Line("  all verdicts", "<= 1 s", f"{last:.2f} s (cpu {seconds['cpu']:.2f})", last <= 1)
    yield Line("  event loop held at most", "<= 50 ms", f"{hold:.0f} ms", hold <= 50)


def decrypting(bench: Bench) -> Iterator[Line]:
    """A download of 700 MB under TLS: all its messages listed, against tshark with the same keys."""
    path = bench.capture("download-tls")
    keys = path.removesuffix(".pcap") + ".keys"
    commands = {
        "ladderview": (*LADDERVIEW, "show", path, "--flow", "0", "--keylog", keys),
        "in the clear": (*LADDERVIEW, "show", bench.capture("download"), "--flow", "0"),
    }
    if shutil.which("tshark"):
        fields = ("-T", "fields", "-e", "http.response.code")
        commands["tshark"] = ("tshark", "-2", "-r", path, "-o", f"tls.keylog_file:{keys}", *fields)
    else:
        yield Line("decrypting 700 MB: tshark", "", "not installed")
    costs = in_turns(commands, bench.rounds)
    own = costs["ladderview"]
    yield Line("decrypting 700 MB in one flow, listing it", "", f"{own}; in the clear {costs['in the clear']}")
    if "tshark" in costs:
        ratio = own.seconds / costs["tshark"].seconds
        measured = f"{ratio:.2f} x its {costs['tshark']}"
        yield Line("  against tshark -2 -e http.response.code", "<= 1 x", measured, ratio <= 1)
    peak = own.peak_bytes / 1e6
    yield Line("  memory", "< 600 MB", f"{peak:.0f} MB", peak < 600)


def reading(bench: Bench) -> Iterator[Line]:
    """The window after a click on a long download, in the clear and under TLS."""
    clear = bench.child("window", "click", bench.capture("download"))
    seconds = bench.child("window", "click", bench.capture("download-tls"))
    first, verdicts = seconds["first picture"], seconds["all verdicts"]
    hold = seconds["hold while read"] * 1000
    measured = f"{first:.3f} s, in the clear {clear['first picture']:.3f} s"
    yield Line("click on a download of 700 MB under TLS: first picture", "<= 0.1 s", measured, first <= 0.1)
    yield Line("  all verdicts", "", f"{verdicts:.2f} s, in the clear {clear['all verdicts']:.2f} s")
    yield Line("  all messages", "", f"{seconds['all messages']:.2f} s, in the clear {clear['all messages']:.2f} s")
    yield Line("  event loop held at most while they are read", "<= 50 ms", f"{hold:.0f} ms", hold <= 50)


def views(bench: Bench) -> Iterator[Line]:
    """Frames of every view of a very long flow."""
    command = (sys.executable, "-m", "tests.bench.views", bench.capture("one-flow-1m"))
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    for view, frame in json.loads(run.stdout).items():
        measured = f"median {frame['median']:.1f} ms (cpu {frame['cpu']:.1f}), p99 {frame['p99']:.1f} ms"
        yield Line(f"frame of 1 M segments, 1920x1080: {view}", "median <= 16 ms", measured, frame["median"] <= 16)


def export(bench: Bench) -> Iterator[Line]:
    """A picture of forty arrows by the command line."""
    sample = str(resource_path("samples", "loss.pcapng"))
    with tempfile.TemporaryDirectory() as folder:
        # The first packets are not of the flow; these forty and six have forty arrows.
        picture = ("--packets", "1-46", "--out", f"{folder}/ladder.png")
        command = (*LADDERVIEW, "export", sample, "--flow", "0", *picture)
        own = median_cost(command, 5)
    yield Line("export, a PNG of 40 arrows, whole process", "<= 1 s", str(own), own.seconds <= 1)


MEASUREMENTS: dict[str, Callable[[Bench], Iterator[Line]]] = {
    "flows": flows,
    "memory": memory,
    "opening": opening,
    "clicking": clicking,
    "decrypting": decrypting,
    "reading": reading,
    "views": views,
    "export": export,
}


def main() -> int:
    """Print the table; status 1 when a budget is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, default=list(MEASUREMENTS), metavar="NAME")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=generate.default_folder())
    arguments = parser.parse_args()
    print(f"load of the machine before the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    missed = 0
    for name in arguments.only:
        for line in MEASUREMENTS[name](Bench(arguments.folder, arguments.rounds)):
            print(line, flush=True)
            missed += line.kept is False
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
