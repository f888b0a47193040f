"""A flow that resumes the session of an earlier one opens whichever of them is looked at first."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from ladderview.analysis.flow_analysis import analyse_flow
from ladderview.analysis.keys import Keys
from ladderview.analysis.messages import Messages, messages_of
from ladderview.capture.capture import open_capture
from ladderview.proto.rsa_keys import RsaKey
from tests.analysis.spoken import Packet, segments_of, write
from tests.proto.tls_exchange import Exchange, Peers, key_pem


def packets_of(done: Exchange) -> list[Packet]:
    return segments_of([("sc"[direction == 0], data) for direction, data in done.chunks])


def connections(folder: Path, tickets: bool) -> tuple[Exchange, Exchange]:
    """One with a full handshake, and one that resumes it."""

    def without_tickets(context: ssl.SSLContext) -> None:
        if not tickets:
            context.options |= ssl.OP_NO_TICKET

    peers = Peers(folder, ssl.TLSVersion.TLSv1_2, "AES128-GCM-SHA256", server_setup=without_tickets)
    first = peers.exchange(rounds=1)
    second = peers.exchange(first.session, rounds=1)
    assert second.resumed
    return first, second


def read(path: Path, flow_id: int, keys: Keys) -> Messages:
    capture = open_capture(path)
    return messages_of(capture, analyse_flow(capture, flow_id), keys)


def names(messages: Messages) -> list[str]:
    return [message.name for message in messages.messages if message.protocol != "TLS"]


@pytest.mark.parametrize("tickets", [True, False])
def test_the_second_flow_opens_before_the_first_was_read(tmp_path: Path, tickets: bool) -> None:
    path = write(tmp_path / "two.pcap", [packets_of(done) for done in connections(tmp_path, tickets)])
    keys = Keys(rsa_keys=(RsaKey.read(key_pem("rsa")),))
    assert names(read(path, 1, keys)) == ["GET", "200 OK"]


def test_without_keys_no_other_flow_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "two.pcap", [packets_of(done) for done in connections(tmp_path, True)])
    monkeypatch.setattr("ladderview.analysis.resumption.segments_of", None)
    assert names(read(path, 1, Keys())) == []


def test_where_the_first_is_not_there_the_reason_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "one.pcap", [packets_of(connections(tmp_path, True)[1])])
    messages = read(path, 0, Keys(rsa_keys=(RsaKey.read(key_pem("rsa")),)))
    reasons = {message.sealed for message in messages.messages if message.sealed}
    assert any(reason.endswith("the handshake that it resumes was not seen") for reason in reasons)
