"""Which scenarios come with the program, in which order, and what does each look like?

Writes resources/scenarios/index.json: the title and the sentences that the scenario itself has, and a small picture of
its ladder as letters, an arrow each: to the right or to the left, and what it carries.

    PYTHONPATH=. python packaging/scenario_index.py
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from ladderview.analysis.flow_analysis import FlowAnalysis, analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.messages import Messages, messages_of
from ladderview.analysis.verdicts import PROBLEMS
from ladderview.capture.capture import open_capture
from ladderview.capture.scenario.reader import read_scenario

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "scenarios"
ORDER = (
    "handshake", "textbook", "http10-keep-alive", "https-tls12", "https-tls12-client-certificate", "https-tls13",
    "loss", "lost-syn-ack", "fast-retransmit", "duplicate-ack", "out-of-order", "zero-window", "reset", "keep-alive",
    "simultaneous-close", "reused-port",
)  # fmt: skip

#: Arrows that a picture has room for.
MOST_ARROWS = 9


def index() -> list[dict[str, str]]:
    """What the file is to say."""
    return [_entry(FOLDER / f"{name}.scenario") for name in ORDER]


def _entry(path: Path) -> dict[str, str]:
    scenario = read_scenario(path.read_text(encoding="utf-8"))
    return {"file": path.name, "title": scenario.title, "sentence": scenario.about, "picture": picture(path)}


def picture(path: Path) -> str:
    """The arrows that say most, in order: ``>`` or ``<``, and ``!`` problem, ``s`` TLS, ``h`` HTTP, ``t`` TCP."""
    capture = open_capture(path)
    arrows = []
    for flow in range(len(capture.flows)):
        analysis = analyse_flow(capture, flow)
        messages = messages_of(capture, analysis, keys_of(capture, environment={}))
        arrows += [_arrow(analysis, messages, row) for row in range(len(analysis.segments))]
    while len(arrows) > MOST_ARROWS:
        # Of what there is most goes one in the middle; how it begins and ends is always shown.
        middle = arrows[3:-2]
        often = Counter(middle).most_common(1)[0][0]
        places = [3 + at for at, arrow in enumerate(middle) if arrow == often]
        del arrows[places[len(places) // 2]]
    return " ".join(arrows)


def _arrow(analysis: FlowAnalysis, messages: Messages, row: int) -> str:
    said = {message.protocol for message in messages.ending_in(row)}
    if int(analysis.tcp.verdicts[row]) & int(PROBLEMS):
        kind = "!"
    elif "HTTP" in said:
        kind = "h"
    else:
        kind = "s" if "TLS" in said else "t"
    return "><"[int(analysis.segments.direction[row])] + kind


if __name__ == "__main__":
    text = json.dumps(index(), indent=2, ensure_ascii=False)
    (FOLDER / "index.json").write_text(f"{text}\n", encoding="utf-8")
