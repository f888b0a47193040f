"""Do the sample captures show what Help > Examples says of them?"""

from __future__ import annotations

import json
from collections import Counter

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import keys_of
from ladderview.analysis.messages import messages_of
from ladderview.analysis.verdicts import Verdict
from ladderview.capture.capture import Capture, open_capture
from ladderview.proto.http_message import HttpMessage
from ladderview.resources import resource_path
from tests.nobody import somebodys_addresses

SAMPLES = resource_path("samples")
INDEX = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))
FILES = [entry["file"] for entry in INDEX]


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
    assert somebodys_addresses(opened(file)) == set()


@pytest.mark.parametrize("file", FILES)
def test_server_has_the_name_that_dns_gave(file: str) -> None:
    capture = opened(file)
    assert capture.host_names[capture.flows.flow(0).server.address] == "www.example.org"


@pytest.mark.parametrize(
    "file",
    [
        "https-tls13.pcapng",
        "https-tls12-client-certificate.pcapng",
        "http2.pcapng",
        "websocket.pcapng",
        "http.pcapng",
        "ipv6.pcapng",
    ],
)
def test_has_no_trouble(file: str) -> None:
    assert not verdicts(opened(file), 0)


@pytest.mark.parametrize(
    ("file", "label"),
    [
        ("https-tls13.pcapng", b"CLIENT_TRAFFIC_SECRET_0 "),
        ("http2.pcapng", b"CLIENT_TRAFFIC_SECRET_0 "),
        ("https-tls12-client-certificate.pcapng", b"CLIENT_RANDOM "),
    ],
)
def test_https_carries_its_keys(file: str, label: bytes) -> None:
    (secrets,) = opened(file).secrets
    assert label in secrets


def said(file: str, direction: int) -> list[str]:
    """The names of the messages that one end of the first flow sent."""
    capture = opened(file)
    messages = messages_of(capture, analyse_flow(capture, 0), keys_of(capture, environment={})).messages
    return [message.name for message in messages if message.direction == direction]


@pytest.mark.parametrize(
    ("file", "direction", "names"),
    [
        (
            "https-tls12-client-certificate.pcapng",
            0,
            "Client Hello, Certificate, Client Key Exchange, Certificate Verify, Change Cipher Spec, Finished, "
            "GET, Alert",
        ),
        (
            "https-tls12-client-certificate.pcapng",
            1,
            "Server Hello, Certificate, Server Key Exchange, Certificate Request, Server Hello Done, "
            "Change Cipher Spec, Finished, 200 OK",
        ),
        ("https-untrusted.pcapng", 0, "Client Hello, Alert"),
        ("websocket.pcapng", 0, "GET, Text, Binary, Text, Ping, Close"),
    ],
)
def test_messages_of_one_end(file: str, direction: int, names: str) -> None:
    assert ", ".join(said(file, direction)) == names


def test_http2_has_four_requests_before_the_first_response() -> None:
    capture = opened("http2.pcapng")
    messages = messages_of(capture, analyse_flow(capture, 0), keys_of(capture, environment={})).messages
    http = [message for message in messages if isinstance(message.content, HttpMessage)]
    assert [message.name for message in http[:4]] == ["GET"] * 4
    assert sorted(message.name for message in http[4:]) == ["200", "200", "200", "404"]


def test_untrusted_leaves_by_a_reset_behind_its_alert() -> None:
    assert verdicts(opened("https-untrusted.pcapng"), 0) == {Verdict.RESET: 1}


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
