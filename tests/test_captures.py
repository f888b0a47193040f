"""Is everything found in the captures of real programs that tshark found there when they were recorded?

tests/captures/index.json has a line for each capture: what it shows, the version and suite agreed, and for each flow
what tshark saw, ">" for the client's and "<" for the server's. Where tshark is installed it is asked again, about every
packet and field.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys, keys_of
from ladderview.analysis.message import HandshakePart, RecordPart
from ladderview.analysis.messages import Messages, messages_of
from ladderview.analysis.wireshark_fields import packet_lines
from ladderview.capture.capture import Capture, open_capture
from ladderview.proto.http_message import HttpMessage
from ladderview.proto.tls_record import ALERT
from ladderview.proto.websocket import WebSocketFrame
from ladderview.resources import resource_path

CAPTURES = Path(__file__).parent / "captures"
INDEX = json.loads((CAPTURES / "index.json").read_text(encoding="utf-8"))
FILES = [entry["file"] for entry in INDEX]

#: What is told of records that stay sealed.
SEALED = {
    "tls12-no-keys.pcapng": "no secret for client random",
    "tls13-no-keys.pcapng": "no secret for client random",
    "tls12-aria-gcm.pcapng": "TLS_ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256",
    "tls13-gap.pcapng": "record 9: part of it is missing",
    "tls13-cut-packets.pcapng": "record 4: part of it is missing",
    "tls13-begun-late.pcapng": "the handshake is not in the capture",
}

#: What tshark 4.0 does not see: what comes behind packets that were cut, and what a client says when it has shown a
#: certificate that it was asked for later.
UNSEEN_BY_TSHARK = {
    "tls13-cut-packets.pcapng": {"handshake": ["<4", "<4"]},
    "tls13-asked-later.pcapng": {"alerts": [">0"]},
}


def keys_for(capture: Capture) -> Keys:
    key = Path(capture.path).with_suffix(".pem")
    return keys_of(capture, rsa_keys=[key] if key.exists() else [], environment={})


def flows(file: str) -> Iterator[Messages]:
    """What each flow of a capture says."""
    capture = open_capture(CAPTURES / file)
    assert not capture.damage
    keys = keys_for(capture)
    for flow_id in range(len(capture.flows)):
        yield messages_of(capture, analyse_flow(capture, flow_id), keys)


def heard(messages: Messages) -> dict[str, list[str]]:
    """The messages of a flow, in the words of the index."""
    said: dict[str, list[str]] = {}
    for message in messages.messages:
        match message.content:
            case HandshakePart(kind=kind):
                name, word = "handshake", str(kind)
            case RecordPart(content_type=kind, is_plaintext=True) if kind == ALERT:
                name, word = "alerts", str(messages.octets_of(message, 2)[1])
            case HttpMessage(kind=kind) as http:
                name = "http" if http.protocol == "HTTP/1" else "http2"
                word = f"{http.method} {http.target}" if kind == "request" else str(http.status)
            case WebSocketFrame(opcode=opcode):
                name, word = "websocket", str(opcode)
            case _:
                continue
        said.setdefault(name, []).append("><"[message.direction] + word)
    return said


def in_order_of_ends(said: dict[str, list[str]]) -> dict[str, list[str]]:
    """Streams of HTTP/2 overtake each other: tshark tells them where they begin, we where they end."""
    return {name: sorted(words) if name == "http2" else words for name, words in said.items()}


def test_index_names_the_files_there_are() -> None:
    assert sorted(FILES) == sorted(path.name for path in CAPTURES.glob("*.pcapng"))


@pytest.mark.parametrize("entry", INDEX, ids=FILES)
def test_messages(entry: dict[str, Any]) -> None:
    said = [in_order_of_ends(heard(messages)) for messages in flows(entry["file"])]
    for name, words in UNSEEN_BY_TSHARK.get(entry["file"], {}).items():
        for word in words:
            said[0][name].remove(word)
    assert said == [in_order_of_ends(flow) for flow in entry["flows"]]


@pytest.mark.parametrize("entry", [entry for entry in INDEX if "suite" in entry], ids=lambda entry: entry["file"])
def test_version_and_suite(entry: dict[str, str]) -> None:
    (tls,) = next(flows(entry["file"])).tls
    assert (tls.version, tls.suite) == (int(entry["version"], 16), int(entry["suite"], 16))


@pytest.mark.parametrize("file", FILES)
def test_what_is_sealed_says_why(file: str) -> None:
    reasons = [message.sealed for messages in flows(file) for message in messages.messages if message.sealed]
    assert (SEALED[file] in reasons[0]) if file in SEALED else not reasons


# --- tshark, asked again ---

#: As in Wireshark's fields; those that every packet has are of no interest here.
FIELDS = (
    "tls.record.content_type",
    "tls.record.version",
    "tls.handshake.type",
    "tls.handshake.version",
    "tls.handshake.ciphersuite",
    "tls.handshake.extensions_server_name",
    "tls.handshake.extensions_alpn_str",
    "tls.alert_message.desc",
    "http.request.method",
    "http.request.uri",
    "http.host",
    "http.response.code",
    "http.content_type",
    "http2.streamid",
    "http2.type",
    "http2.headers.method",
    "http2.headers.path",
    "http2.headers.status",
)
SAMPLES = resource_path("samples")
PATHS = [CAPTURES / file for file in FILES] + sorted(SAMPLES.glob("*.pcapng"))

#: Packets of which tshark 4.0 has lost the key (see ``UNSEEN_BY_TSHARK``).
WITHOUT = {"tls13-asked-later.pcapng": (17, 19)}

Packets = dict[int, dict[str, list[str]]]


def same_form(value: object) -> str:
    """Numbers without their base, words without their case."""
    text = str(value)
    try:
        return str(int(text, 0))
    except ValueError:
        return text.lower()


def by_tshark(path: Path) -> Packets:
    command = [
        "tshark",
        "-n",
        "-r",
        str(path),
        "-Y",
        "tcp",
        "-T",
        "fields",
        "-E",
        "separator=/t",
        "-E",
        "aggregator=\x1f",
    ]
    if (key := path.with_suffix(".keys")).exists():
        command += ["-o", f"tls.keylog_file:{key}"]
    if (key := path.with_suffix(".pem")).exists():
        command += ["-o", f'uat:rsa_keys:"{key}",""']
    for field in ("frame.number", *FIELDS):
        command += ["-e", field]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    packets: Packets = {}
    for line in lines:
        number, *cells = line.split("\t")
        fields = zip(FIELDS, cells, strict=True)
        packets[int(number)] = {name: [same_form(word) for word in cell.split("\x1f")] for name, cell in fields if cell}
    return packets


def by_ladderview(path: Path) -> Packets:
    capture = open_capture(path)
    packets: Packets = {}
    for line in packet_lines(capture, None, keys_for(capture)):
        packet = json.loads(line)
        found = packets[packet["frame.number"]] = {}
        for name in FIELDS:
            if name in packet:
                value = packet[name]
                found[name] = [same_form(word) for word in (value if isinstance(value, list) else [value])]
    return packets


@pytest.mark.tshark
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_fields_are_as_tshark_says(path: Path) -> None:
    ours, theirs = by_ladderview(path), by_tshark(path)
    for packets in (ours, theirs):
        for number in WITHOUT.get(path.name, ()):
            del packets[number]
    assert ours == theirs
