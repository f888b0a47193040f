"""Do the sample captures show what Help > Examples says of them?"""

from __future__ import annotations

import ipaddress
import json
from collections import Counter

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.verdicts import Verdict
from ladderview.capture.capture import Capture, open_capture
from ladderview.resources import resource_path

SAMPLES = resource_path("samples")
INDEX = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
FILES = [entry["file"] for entry in INDEX]

#: What anybody may print (RFC 5737, RFC 3849) or use at home (RFC 1918).
NOBODYS = [ipaddress.ip_network(block) for block in ("198.51.100.0/24", "10.0.0.0/8", "2001:db8::/32")]


def opened(file: str) -> Capture:
    return open_capture(SAMPLES / file)


def verdicts(capture: Capture, flow_id: int) -> Counter[Verdict]:
    """How often each verdict stands in a flow."""
    counts: Counter[Verdict] = Counter()
    for bits in analyse_flow(capture, flow_id).tcp.verdicts.tolist():
        counts.update(Verdict(bits))
    return counts


def test_index_names_the_files_there_are() -> None:
    assert sorted(FILES) == sorted(path.name for path in SAMPLES.glob("*.pcap*"))


@pytest.mark.parametrize("entry", INDEX, ids=FILES)
def test_index_has_words(entry: dict[str, str]) -> None:
    assert entry["title"]
    assert entry["sentence"].endswith(".")


@pytest.mark.parametrize("file", FILES)
def test_is_small(file: str) -> None:
    assert (SAMPLES / file).stat().st_size < 200_000


@pytest.mark.parametrize("file", FILES)
def test_is_whole(file: str) -> None:
    assert not opened(file).damage


@pytest.mark.parametrize("file", FILES)
def test_addresses_are_nobodys(file: str) -> None:
    capture = opened(file)
    for flow_id in range(len(capture.flows)):
        flow = capture.flows.flow(flow_id)
        for end in (flow.client, flow.server):
            assert any(ipaddress.ip_address(end.address) in block for block in NOBODYS)


@pytest.mark.parametrize("file", FILES)
def test_server_has_the_name_that_dns_gave(file: str) -> None:
    capture = opened(file)
    assert capture.host_names[capture.flows.flow(0).server.address] == "www.example.org"


@pytest.mark.parametrize("file", ["https-tls13.pcapng", "http.pcapng", "ipv6.pcapng"])
def test_has_no_trouble(file: str) -> None:
    assert not verdicts(opened(file), 0)


def test_https_carries_its_keys() -> None:
    (secrets,) = opened("https-tls13.pcapng").secrets
    assert b"CLIENT_TRAFFIC_SECRET_0 " in secrets


def test_loss_has_duplicate_acks_and_two_ways_to_recover() -> None:
    seen = verdicts(opened("loss.pcapng"), 0)
    assert seen[Verdict.DUPLICATE_ACK] > 3
    assert seen[Verdict.FAST_RETRANSMISSION] == 1
    assert seen[Verdict.RETRANSMISSION] >= 1


@pytest.mark.parametrize("flow_id", [0, 1, 2])
def test_each_flow_of_three_is_reset(flow_id: int) -> None:
    assert verdicts(opened("reset.pcapng"), flow_id)[Verdict.RESET]


def test_zero_window_closes_and_opens() -> None:
    seen = verdicts(opened("zero-window.pcapng"), 0)
    assert seen[Verdict.ZERO_WINDOW]
    assert seen[Verdict.WINDOW_FULL]
    assert seen[Verdict.WINDOW_UPDATE]
