"""Do the scenarios that come with the program show what Help > Examples says of them, to us and to tshark?"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.verdicts import FIELD_NAMES, Verdict
from ladderview.analysis.wireshark_fields import packet_lines
from ladderview.capture.capture import Capture, open_capture
from ladderview.capture.scenario.compose import compose
from ladderview.capture.scenario.reader import read_scenario
from ladderview.cli import main
from ladderview.ladder.annotation_store import identity_of
from ladderview.resources import resource_path
from tests.nobody import somebodys_addresses

SCENARIOS = resource_path("scenarios")
INDEX = json.loads((SCENARIOS / "index.json").read_text(encoding="utf-8"))
FILES = [entry["file"] for entry in INDEX]

V = Verdict
#: All verdicts of each scenario; those that are not named have none.
VERDICTS = {
    "loss.scenario": {V.RETRANSMISSION: 2},
    "lost-syn-ack.scenario": {V.RETRANSMISSION: 2},
    "fast-retransmit.scenario": {V.DUPLICATE_ACK: 8, V.FAST_RETRANSMISSION: 1},
    "duplicate-ack.scenario": {V.LOST_SEGMENT: 1, V.DUPLICATE_ACK: 2, V.RETRANSMISSION: 1},
    "out-of-order.scenario": {V.LOST_SEGMENT: 1, V.OUT_OF_ORDER: 1, V.DUPLICATE_ACK: 1},
    "zero-window.scenario": {
        V.WINDOW_FULL: 2, V.ZERO_WINDOW: 5, V.ZERO_WINDOW_PROBE: 4, V.ZERO_WINDOW_PROBE_ACK: 4, V.WINDOW_UPDATE: 1,
    },
    "reset.scenario": {V.RESET: 2},
    "keep-alive.scenario": {V.KEEP_ALIVE: 2, V.KEEP_ALIVE_ACK: 2},
    "reused-port.scenario": {V.REUSED_PORTS: 1},
}  # fmt: skip
FLOWS = {"http10-keep-alive.scenario": 4, "reset.scenario": 2, "reused-port.scenario": 2}
SECTION_7 = 15


@cache
def opened(file: str) -> Capture:
    return open_capture(SCENARIOS / file)


@pytest.fixture(scope="session")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The pcapng of a scenario."""
    folder = tmp_path_factory.mktemp("composed")

    def path_of(file: str) -> Path:
        path = folder / f"{file}.pcapng"
        if not path.exists():
            assert main(["compose", str(SCENARIOS / file), "--out", str(path)]) == 0
        return path

    return path_of


def test_index_names_the_files_there_are() -> None:
    assert sorted(FILES) == sorted(path.name for path in SCENARIOS.glob("*.scenario"))
    assert len(FILES) >= SECTION_7


@pytest.mark.parametrize("entry", INDEX, ids=FILES)
def test_index_says_what_the_scenario_says(entry: dict[str, str]) -> None:
    scenario = read_scenario((SCENARIOS / entry["file"]).read_text(encoding="utf-8"))
    assert (entry["title"], entry["sentence"]) == (scenario.title, scenario.about)
    assert 60 < len(scenario.about) < 160


@pytest.mark.parametrize("file", FILES)
def test_is_a_lesson(file: str) -> None:
    assert len(opened(file).comments) >= 2


@pytest.mark.parametrize("file", FILES)
def test_addresses_are_nobodys(file: str) -> None:
    assert somebodys_addresses(opened(file)) == set()


@pytest.mark.parametrize("file", FILES)
def test_has_exactly_the_verdicts_it_is_about(file: str) -> None:
    capture = opened(file)
    counts: Counter[Verdict] = Counter()
    for flow_id in range(len(capture.flows)):
        for bits in analyse_flow(capture, flow_id).tcp.verdicts.tolist():
            counts.update(Verdict(bits))
    assert (len(capture.flows), counts) == (FLOWS.get(file, 1), VERDICTS.get(file, {}))


COMPARED = (
    "tcp.stream", "tcp.seq", "tcp.seq_raw", "tcp.ack", "tcp.ack_raw", "tcp.len", "tcp.window_size",
    "tcp.analysis.bytes_in_flight", "tls.handshake.type", "tls.alert_message.desc", "http.request.method",
    "http.response.code",
)  # fmt: skip
CHECKSUMS = ("tcp.checksum.status", "ip.checksum.status")
OTHERS = ("_ws.malformed", "_ws.expert.message", "tls.record.version", "frame.comment")
ASKED = (*COMPARED, *FIELD_NAMES.values(), *CHECKSUMS, *OTHERS)
GOOD = "1"


@pytest.fixture(scope="session")
def told(composed: Callable[[str], Path]) -> Callable[[str], list[dict[str, str]]]:
    """What tshark says of each packet of a scenario, asked once: field -> values, or the empty string."""

    @cache
    def ask(file: str) -> list[dict[str, str]]:
        command = [
            "tshark",
            "-n",
            "-r",
            str(composed(file)),
            "-o",
            "tcp.check_checksum:TRUE",
            "-o",
            "ip.check_checksum:TRUE",
        ]
        command += ["-T", "fields", *(part for name in ASKED for part in ("-e", name))]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        return [dict(zip(ASKED, line.split("\t"), strict=True)) for line in lines]

    return ask


Told = Callable[[str], list[dict[str, str]]]


@pytest.mark.tshark
@pytest.mark.parametrize("file", FILES)
def test_tshark_finds_nothing_wrong(file: str, told: Told) -> None:
    packets = told(file)
    assert len(packets) == len(opened(file).packets)
    for packet in packets:
        assert (packet["tcp.checksum.status"], packet["ip.checksum.status"], packet["_ws.malformed"]) == (
            GOOD,
            GOOD,
            "",
        )
        assert "eassembl" not in packet["_ws.expert.message"]


@pytest.mark.tshark
@pytest.mark.parametrize("file", FILES)
def test_tshark_finds_exactly_the_verdicts(file: str, told: Told) -> None:
    """Wireshark calls a fast and a spurious retransmission a retransmission too, and has no verdict for a reset."""
    expected = Counter({FIELD_NAMES[v]: count for v, count in VERDICTS.get(file, {}).items() if v in FIELD_NAMES})
    expected["tcp.analysis.retransmission"] += expected["tcp.analysis.fast_retransmission"]
    assert Counter(name for packet in told(file) for name in FIELD_NAMES.values() if packet[name]) == +expected


@pytest.mark.tshark
@pytest.mark.parametrize("file", FILES)
def test_agrees_with_tshark(file: str, composed: Callable[[str], Path], told: Told) -> None:
    capture = open_capture(composed(file))
    ours = [json.loads(line) for line in packet_lines(capture, None, keys_of(capture, environment={}))]
    for number, (packet, theirs) in enumerate(zip(ours, told(file), strict=True), 1):
        values = [packet.get(name, []) for name in COMPARED]
        shown = [",".join(map(str, value)) if isinstance(value, list) else str(value) for value in values]
        assert (number, shown) == (number, [theirs[name] for name in COMPARED])


@pytest.mark.tshark
@pytest.mark.parametrize("version", ["12", "12-client-certificate", "13"])
def test_tshark_decrypts_with_the_secrets_inside(version: str, told: Told) -> None:
    packets = told(f"https-tls{version}.scenario")
    protected = [packet for packet in packets if packet["tls.record.version"]]
    assert [packet["http.response.code"] for packet in protected if packet["http.response.code"]] == ["200"]
    finished = [kind for packet in packets for kind in packet["tls.handshake.type"].split(",") if kind == "20"]
    assert len(finished) == 2


@pytest.mark.tshark
def test_tshark_shows_the_remarks(told: Told) -> None:
    shown = {
        row: packet["frame.comment"] for row, packet in enumerate(told("textbook.scenario")) if packet["frame.comment"]
    }
    assert shown == {row: text for row, (text,) in opened("textbook.scenario").comments.items()}


def test_the_textbook_is_printed_as_in_the_book(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(SCENARIOS / "textbook.scenario"), "--flow", "0", "--raw"]) == 0
    arrows = [line.split("|") for line in capsys.readouterr().out.splitlines() if "--->" in line or "<---" in line]
    drawn = [(arrow[1].strip("-"), arrow[2].split(" Win")[0].strip()) for arrow in arrows]
    assert drawn[:3] == [(">", "[SYN] Seq=69"), ("<", "[SYN, ACK] Seq=420 Ack=70"), (">", "[ACK] Seq=70 Ack=421")]
    assert drawn[-4:] == [
        (">", "[FIN, ACK] Seq=105 Ack=436"),
        ("<", "[ACK] Seq=436 Ack=106"),
        ("<", "[FIN, ACK] Seq=436 Ack=106"),
        (">", "[ACK] Seq=106 Ack=437"),
    ]


def test_composing_says_where_a_mistake_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wrong.scenario"
    path.write_text("open\nclient sands 5 bytes\n")
    assert main(["compose", str(path), "--out", str(tmp_path / "x.pcapng")]) == 2
    assert capsys.readouterr().err.startswith(f"ladderview: {path}:2:8: expected sends, ")
    assert not (tmp_path / "x.pcapng").exists()


@pytest.mark.parametrize(
    ("scenario", "out", "status"),
    [("none.scenario", "x.pcapng", 3), ("good.scenario", "x.pcap", 2), ("good.scenario", "no/folder/x.pcapng", 2)],
)
def test_composing_says_what_it_cannot(scenario: str, out: str, status: int, tmp_path: Path) -> None:
    (tmp_path / "good.scenario").write_text("open\n")
    assert main(["compose", str(tmp_path / scenario), "--out", str(tmp_path / out)]) == status


def test_composing_is_quick() -> None:
    text = (SCENARIOS / "fast-retransmit.scenario").read_text(encoding="utf-8")
    assert len(compose(text).composed.packets) == 34


def test_a_scenario_with_tls_is_known_again_by_its_annotations() -> None:
    path = SCENARIOS / "https-tls13.scenario"
    assert identity_of(open_capture(path)) == identity_of(open_capture(path))


def test_the_example_of_the_readme_is_right(tmp_path: Path) -> None:
    readme = Path(__file__).parent.parent / "README.md"
    text = readme.read_text(encoding="utf-8").partition("`lost.scenario`:\n\n```text\n")[2].partition("```")[0]
    capture = open_capture_of(text, tmp_path)
    analysis = analyse_flow(capture, 0)
    assert Counter(Verdict(bits) for bits in analysis.tcp.verdicts.tolist() if bits) == {V.RETRANSMISSION: 2}
    assert capture.comments == {1: ("It never arrives: the client has to try again.",)}


def open_capture_of(text: str, folder: Path) -> Capture:
    """The capture that a text in a file describes."""
    path = folder / "lost.scenario"
    path.write_text(text, encoding="utf-8")
    return open_capture(path)
