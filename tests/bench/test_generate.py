"""Are the bench's captures what they claim to be? Small ones are."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.messages import messages_of
from ladderview.analysis.verdicts import Verdict
from ladderview.capture.capture import Capture, open_capture
from tests.bench import download
from tests.bench.generate import Wanted, write

MANY = Wanted(20_000, 262_144)
ONE = Wanted(20_000, 96, one_flow=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    write(folder / "many.pcap", MANY)
    write(folder / "one.pcap", ONE)
    return folder


def verdicts(capture: Capture, flow_id: int) -> Verdict:
    seen = Verdict.NONE
    for bits in analyse_flow(capture, flow_id).tcp.verdicts.tolist():
        seen |= Verdict(bits)
    return seen


@pytest.mark.parametrize("name", ["many", "one"])
def test_is_whole_and_as_long_as_wanted(folder: Path, name: str) -> None:
    capture = open_capture(folder / f"{name}.pcap")
    assert (len(capture.packets), capture.damage) == (20_000, ())


def test_many_flows_have_names_and_company(folder: Path) -> None:
    capture = open_capture(folder / "many.pcap")
    assert len(capture.flows) > 20
    assert any(name.endswith(".example.org") for name in capture.host_names.values())
    assert {"UDP", "ARP"} <= set(capture.other_traffic)


def test_one_flow_is_one_flow_with_trouble(folder: Path) -> None:
    capture = open_capture(folder / "one.pcap")
    assert len(capture.flows) == 1
    trouble = Verdict.DUPLICATE_ACK | Verdict.FAST_RETRANSMISSION
    assert verdicts(capture, 0) & trouble == trouble


def test_trouble_is_rare(folder: Path) -> None:
    capture = open_capture(folder / "one.pcap")
    problems = analyse_flow(capture, 0).tcp.verdicts != 0
    assert 0 < problems.mean() < 0.05


def test_same_seed_same_bytes(folder: Path) -> None:
    write(folder / "again.pcap", ONE)
    assert (folder / "again.pcap").read_bytes() == (folder / "one.pcap").read_bytes()


@pytest.mark.parametrize("version", [None, ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2], ids=str)
def test_a_download_is_one_response_without_trouble(tmp_path: Path, version: ssl.TLSVersion | None) -> None:
    path = tmp_path / "download.pcap"
    download.write(path, 3_000_000, version)
    capture = open_capture(path)
    assert (len(capture.flows), capture.damage) == (1, ())
    analysis = analyse_flow(capture, 0)
    assert not analysis.tcp.verdicts.any()
    log = path.with_suffix(".keys")
    messages = messages_of(capture, analysis, keys_of(capture, [log] if version else [], []))
    answer = next(message for message in messages.messages if message.name == "200 OK")
    assert answer.content.body.length == 3_000_000  # type: ignore[union-attr]
