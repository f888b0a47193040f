from __future__ import annotations

import pytest

from ladderview.proto.tls_handshake import read_handshake
from ladderview.proto.tls_hello import Hello
from tests.proto.tls_samples import DRAFT_18, KEY, RETRY_RANDOM, SSL_2
from tests.proto.tls_wire import (
    CLIENT_RANDOM,
    SERVER_RANDOM,
    TLS_1_2,
    TLS_1_3,
    alpn,
    client_hello,
    extension,
    number,
    server_hello,
    server_name,
    ssl2_client_hello,
    u16s,
    vec,
)


def facts(octets: bytes, version: int = 0) -> Hello:
    found = read_handshake(octets, 0, version).facts
    assert found is not None
    return found


def test_everything_that_a_client_says() -> None:
    identities = vec(2, vec(2, b"one") + bytes(4) + vec(2, b"two") + bytes(4))
    hello = facts(
        client_hello(
            server_name(b"example.org"),
            extension(0x2A2A),
            extension(1, b"\x02"),
            extension(10, vec(2, u16s(29, 23))),
            extension(11, vec(1, b"\x00")),
            extension(13, vec(2, u16s(0x0403, 0x0804))),
            alpn(b"h2", b"http/1.1"),
            extension(22),
            extension(23),
            extension(28, u16s(16385)),
            extension(35, b"ticket"),
            extension(42),
            extension(43, vec(1, u16s(0x0A0A, TLS_1_3, TLS_1_2))),
            extension(44, vec(2, b"cookie")),
            extension(45, vec(1, b"\x01")),
            extension(51, vec(2, u16s(29) + vec(2, KEY))),
            extension(13172),
            extension(65037, b"\x01"),
            extension(41, identities + vec(2, vec(1, b"binder"))),
            suites=(0x1A1A, 0x1301),
            session_id=b"resumed",
        )
    )
    assert hello == Hello(
        is_client=True,
        legacy_version=TLS_1_2,
        random=CLIENT_RANDOM,
        session_id=b"resumed",
        suites=(0x1A1A, 0x1301),
        compressions=(0,),
        extensions=(0, 0x2A2A, 1, 10, 11, 13, 16, 22, 23, 28, 35, 42, 43, 44, 45, 51, 13172, 65037, 41),
        server_name="example.org",
        alpn=("h2", "http/1.1"),
        supported_versions=(0x0A0A, TLS_1_3, TLS_1_2),
        groups=(29, 23),
        key_share_groups=(29,),
        point_formats=(0,),
        signature_algorithms=(0x0403, 0x0804),
        session_ticket=b"ticket",
        psk_identities=(b"one", b"two"),
        psk_modes=(1,),
        early_data=True,
        extended_master_secret=True,
        encrypt_then_mac=True,
        cookie=b"cookie",
        max_fragment_length=1024,
        record_size_limit=16385,
        next_protocol=True,
        client_hello_encrypted=True,
    )
    assert (hello.version, hello.suite) == (TLS_1_3, 0)


def test_what_a_server_chooses() -> None:
    chosen = (extension(43, u16s(TLS_1_3)), extension(51, u16s(29) + vec(2, KEY)), extension(41, u16s(1)))
    hello = facts(server_hello(*chosen, suite=0x1302, session_id=b"echo"))
    assert hello == Hello(
        is_client=False,
        legacy_version=TLS_1_2,
        random=SERVER_RANDOM,
        session_id=b"echo",
        suites=(0x1302,),
        compressions=(0,),
        extensions=(43, 51, 41),
        supported_versions=(TLS_1_3,),
        key_share_groups=(29,),
        psk_selected=1,
    )
    assert (hello.version, hello.suite) == (TLS_1_3, 0x1302)


def test_a_hello_retry_request_is_told_from_a_server_hello() -> None:
    retry = server_hello(extension(43, u16s(TLS_1_3)), extension(51, u16s(24)), random=RETRY_RANDOM)
    hello = facts(retry)
    assert (hello.is_retry_request, hello.key_share_groups, hello.version) == (True, (24,), TLS_1_3)
    assert read_handshake(retry, 0, 0).kind == 2
    assert not facts(server_hello()).is_retry_request


def test_a_hello_of_ssl2() -> None:
    hello = facts(ssl2_client_hello()[2:], SSL_2)
    assert (hello.is_ssl2, hello.suites, hello.legacy_version) == (True, (0x010080, 0x35), 0x0301)
    assert hello.random == bytes(16) + bytes(range(16))


@pytest.mark.parametrize(
    ("legacy", "supported", "version"),
    [
        (TLS_1_2, (), TLS_1_2),
        (TLS_1_2, (0xFAFA, TLS_1_2, TLS_1_3), TLS_1_3),
        (TLS_1_2, (TLS_1_2, 0x7F1C), 0x7F1C),
        (TLS_1_2, (0x7F1C, TLS_1_3), 0x7F1C),
        (TLS_1_2, (0x0A0A,), TLS_1_2),
        (0x0300, (), 0x0300),
        (SSL_2, (), SSL_2),
        (DRAFT_18, (), DRAFT_18),
    ],
)
def test_the_version_that_is_meant(legacy: int, supported: tuple[int, ...], version: int) -> None:
    assert Hello(is_client=True, legacy_version=legacy, supported_versions=supported).version == version


@pytest.mark.parametrize(
    ("octets", "protocol"),
    [
        (server_hello(alpn(b"h2")), "h2"),
        (client_hello(alpn(b"h2")), ""),
        (server_hello(), ""),
        (number(8, 1) + vec(3, vec(2, alpn(b"http/1.1"))), "http/1.1"),
    ],
    ids=["server", "client", "none", "encrypted extensions"],
)
def test_the_application_protocol_that_was_chosen(octets: bytes, protocol: str) -> None:
    assert read_handshake(octets, 0, TLS_1_3).protocol == protocol
