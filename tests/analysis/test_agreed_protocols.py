from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ladderview.analysis.agreed_protocols import with_agreed
from ladderview.analysis.flow_protocols import flow_protocols
from ladderview.analysis.keys import Keys, keys_of
from ladderview.capture.capture import open_capture
from ladderview.proto.keylog import KeyLog
from ladderview.resources import resource_path

CAPTURES = Path(__file__).parent.parent / "captures"
STRANGER = KeyLog.parse(b"SERVER_HANDSHAKE_TRAFFIC_SECRET " + b"11" * 32 + b" " + b"22" * 32)


@pytest.mark.parametrize(
    ("name", "told"), [("http2", "TLS 1.3 · h2"), ("https-tls13", "TLS 1.3 · http/1.1"), ("http", "HTTP/1.1")]
)
def test_what_was_agreed_inside_is_told_where_the_keys_are_known(name: str, told: str) -> None:
    with closing(open_capture(resource_path("samples", f"{name}.pcapng"))) as capture:
        said = flow_protocols(capture)
        assert with_agreed(capture, said, keys_of(capture, environment={})).protocol == [told]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "tls13-early-data",
            ["TLS 1.3 · HTTP/1.0", "TLS 1.3 · HTTP/1.1"],
        ),  # the request is read before the version is known
        ("tls12-psk", ["TLS 1.2 · HTTP/1.0"]),  # no ALPN
    ],
)
def test_recorded_flows_say_what_is_spoken_inside(name: str, told: list[str]) -> None:
    with closing(open_capture(CAPTURES / f"{name}.pcapng")) as capture:
        said = with_agreed(capture, flow_protocols(capture), keys_of(capture, environment={}))
        assert [words for words in said.protocol if words] == told


@pytest.mark.parametrize("keys", [Keys(), Keys(STRANGER)])
def test_without_its_secret_a_flow_stays_as_it_was(keys: Keys) -> None:
    with closing(open_capture(resource_path("samples", "http2.pcapng"))) as capture:
        said = flow_protocols(capture)
        assert with_agreed(capture, said, keys) == said
        assert said.protocol == ["TLS 1.3"]
