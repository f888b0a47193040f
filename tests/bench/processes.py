"""What does a whole program cost: how long, and how much memory? Programs are run one after another, in turns."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds from start to end, seconds of work by all its threads, and the largest resident set in bytes."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s (cpu {self.cpu_seconds:.2f})"


def cost_of(command: Sequence[str]) -> Cost:
    """Run a program to its end, its output thrown away.

    Raises:
        RuntimeError: it failed, so its time means nothing.
    """
    # Without its compiled modules Python would be measured compiling.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with status {process.returncode}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def in_turns(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Cost]:
    """The median cost of each command over several rounds, in each of which every command runs once.

    In turns, so that whatever else slows the machine down for a while slows all of them.
    """
    for command in commands.values():
        if command[0] == "cat":
            cost_of(command)  # once unmeasured: afterwards the file is in memory for all
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(cost_of(command))
    return {name: _median(each) for name, each in costs.items()}


def median_cost(command: Sequence[str], rounds: int) -> Cost:
    """The median cost of one command, after once unmeasured."""
    cost_of(command)
    return _median([cost_of(command) for _ in range(rounds)])


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.cpu_seconds for cost in costs),
        max(cost.peak_bytes for cost in costs),
    )
