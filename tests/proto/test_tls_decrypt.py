from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladderview.proto.keylog import KeyLog
from ladderview.proto.rsa_keys import RsaKey
from ladderview.proto.tls_decrypt import Decryptor, Opened
from ladderview.proto.tls_secrets import ResumptionPool
from tests.proto.tls_exchange import (
    ANSWER,
    CLIENT,
    NO_ENCRYPT_THEN_MAC,
    NO_EXTENDED_MASTER_SECRET,
    REQUEST,
    SERVER,
    Exchange,
    Peers,
    key_pem,
)
from tests.proto.tls_sealing import (
    KINDS,
    client_hello,
    handshake12,
    keylog12,
    keylog13,
    message,
    record,
    sealer13,
    sealers12,
    server_hello,
)
from tests.proto.tls_walk import Walked, walk

V10, V11, V12, V13 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def read(done: Exchange, decryptor: Decryptor | None = None) -> Walked:
    return walk(decryptor or Decryptor(KeyLog.parse(done.keylog)), done.chunks)


def assert_read(walked: Walked, rounds: int = 2) -> None:
    assert walked.text(CLIENT) == REQUEST * rounds
    assert walked.text(SERVER) == ANSWER * rounds
    assert walked.reasons(CLIENT) == walked.reasons(SERVER) == []


def assert_read_again(decryptor: Decryptor, walked: Walked) -> None:
    """Every record opens again, the last first."""
    for direction in (CLIENT, SERVER):
        for number in reversed(range(len(walked.seen[direction]))):
            header, fragment, outcome = walked.seen[direction][number]
            assert decryptor.at(direction, number, header, fragment) == outcome


SUITES = [
    (V10, "AES128-SHA", "rsa"),
    (V10, "DHE-RSA-AES256-SHA", "rsa"),
    (V10, "ECDHE-ECDSA-AES128-SHA", "ec"),
    (V10, "CAMELLIA128-SHA", "rsa"),
    (V10, "NULL-MD5", "rsa"),
    (V11, "AES256-SHA", "rsa"),
    (V11, "ECDHE-RSA-AES128-SHA", "rsa"),
    (V12, "NULL-SHA256", "rsa"),
    (V12, "AES128-SHA", "rsa"),
    (V12, "AES128-SHA256", "rsa"),
    (V12, "DHE-RSA-AES256-SHA256", "rsa"),
    (V12, "ECDHE-RSA-AES256-SHA384", "rsa"),
    (V12, "ECDHE-ECDSA-CAMELLIA256-SHA384", "ec"),
    (V12, "AES128-GCM-SHA256", "rsa"),
    (V12, "ECDHE-RSA-AES256-GCM-SHA384", "rsa"),
    (V12, "ECDHE-ECDSA-AES128-CCM", "ec"),
    (V12, "AES256-CCM8", "rsa"),
    (V12, "ECDHE-RSA-CHACHA20-POLY1305", "rsa"),
    (V12, "AECDH-AES128-SHA", "rsa"),
    (V13, "", "rsa"),
]


@pytest.mark.parametrize(("version", "ciphers", "kind"), SUITES)
def test_a_key_log_opens_every_record(tmp_path: Path, version: ssl.TLSVersion, ciphers: str, kind: str) -> None:
    done = Peers(tmp_path, version, ciphers, kind).exchange()
    decryptor = Decryptor(KeyLog.parse(done.keylog))
    walked = read(done, decryptor)
    assert_read(walked)
    assert_read_again(decryptor, walked)


@pytest.mark.parametrize("version", [V10, V11, V12])
@pytest.mark.parametrize("ciphers", ["AES128-SHA", "CAMELLIA256-SHA"])
def test_the_mac_inside_the_encryption(tmp_path: Path, version: ssl.TLSVersion, ciphers: str) -> None:
    def without(context: ssl.SSLContext) -> None:
        context.options |= NO_ENCRYPT_THEN_MAC

    done = Peers(tmp_path, version, ciphers, client_setup=without, server_setup=without).exchange()
    decryptor = Decryptor(KeyLog.parse(done.keylog))
    walked = read(done, decryptor)
    assert_read(walked)
    assert_read_again(decryptor, walked)


@pytest.mark.parametrize("version", [V10, V11, V12])
@pytest.mark.parametrize("extended", [True, False])
def test_an_rsa_key_opens_rsa_key_exchange(tmp_path: Path, version: ssl.TLSVersion, extended: bool) -> None:
    def setup(context: ssl.SSLContext) -> None:
        if not extended:
            context.options |= NO_EXTENDED_MASTER_SECRET

    done = Peers(tmp_path, version, "AES256-SHA", client_setup=setup, server_setup=setup).exchange()
    keys = [RsaKey.read(key_pem("rsa"))]
    assert_read(read(done, Decryptor(KeyLog(), keys)))


def test_an_rsa_key_does_not_open_ecdhe(tmp_path: Path) -> None:
    done = Peers(tmp_path, V12, "ECDHE-RSA-AES128-GCM-SHA256").exchange()
    walked = read(done, Decryptor(KeyLog(), [RsaKey.read(key_pem("rsa"))]))
    assert walked.text(SERVER) == b""
    assert all("ECDHE, which an RSA key does not open" in reason for reason in walked.reasons(SERVER))


@pytest.mark.parametrize("tickets", [True, False])
@pytest.mark.parametrize("ciphers", ["AES128-SHA256", "AES128-GCM-SHA256"])
def test_a_resumed_handshake_has_the_secret_of_the_first(tmp_path: Path, tickets: bool, ciphers: str) -> None:
    def setup(context: ssl.SSLContext) -> None:
        if not tickets:
            context.options |= ssl.OP_NO_TICKET

    peers = Peers(tmp_path, V12, ciphers, server_setup=setup)
    first = peers.exchange()
    second = peers.exchange(session=first.session)
    assert second.resumed
    pool, keys = ResumptionPool(), [RsaKey.read(key_pem("rsa"))]
    assert_read(read(first, Decryptor(KeyLog(), keys, pool)))
    assert_read(read(second, Decryptor(KeyLog(), keys, pool)))


def test_a_resumed_handshake_needs_the_first(tmp_path: Path) -> None:
    peers = Peers(tmp_path, V12, "AES128-SHA256")
    second = peers.exchange(session=peers.exchange().session)
    walked = read(second, Decryptor(KeyLog(), [RsaKey.read(key_pem("rsa"))]))
    assert "the handshake that it resumes was not seen" in walked.reasons(SERVER)[0]


def test_tls13_resumes_with_a_psk(tmp_path: Path) -> None:
    peers = Peers(tmp_path, V13)
    second = peers.exchange(session=peers.exchange().session)
    assert second.resumed
    assert_read(read(second))


def test_tls13_asks_again_for_a_key_share(tmp_path: Path) -> None:
    def only_p384(context: ssl.SSLContext) -> None:
        context.set_ecdh_curve("secp384r1")

    done = Peers(tmp_path, V13, server_setup=only_p384).exchange()
    walked = read(done)
    assert walked.messages.count((CLIENT, 1)) == 2
    assert_read(walked)


@pytest.mark.parametrize("version", [V12, V13])
def test_the_client_has_a_certificate(tmp_path: Path, version: ssl.TLSVersion) -> None:
    done = Peers(tmp_path, version).with_client_certificate().exchange()
    walked = read(done)
    assert (CLIENT, 15) in walked.messages
    assert_read(walked)


@pytest.mark.parametrize("version", [V12, V13])
def test_no_secret_is_said_with_the_random_to_look_for(tmp_path: Path, version: ssl.TLSVersion) -> None:
    done = Peers(tmp_path, version).exchange()
    walked = read(done, Decryptor(KeyLog()))
    random = done.keylog.split()[-2].decode()
    assert set(walked.reasons(CLIENT) + walked.reasons(SERVER)) == {f"no secret for client random {random[:16]}…"}


def test_records_before_the_keys_pass(tmp_path: Path) -> None:
    done = Peers(tmp_path, V12).exchange()
    walked = read(done, Decryptor(KeyLog()))
    header, fragment, outcome = walked.seen[CLIENT][0]
    assert outcome == Opened(header[0], fragment, was_protected=False)


@pytest.mark.parametrize("name", ["AES", "GCM", "RC4-SHA"])
def test_a_second_handshake_inside_the_first(name: str) -> None:
    """Renegotiation: its hellos are protected by the first keys, its own keys come with its Change Cipher Spec."""
    kind, finished = KINDS[name], message(20, bytes(12))
    script = handshake12(kind, 0x0303)
    first = sealers12(kind, 0x0303)
    again = handshake12(kind, 0x0303).chunks
    for direction, sealer in enumerate(first):
        script.send(direction, sealer.seal(22, finished), sealer.seal(23, b"first "))
    script.chunks += [(direction, first[direction].seal(data[0], data[5:])) for direction, data in again]
    for direction, sealer in enumerate(sealers12(kind, 0x0303)):
        script.send(direction, sealer.seal(22, finished), sealer.seal(23, b"second"))
    decryptor = Decryptor(KeyLog.parse(keylog12()))
    walked = walk(decryptor, script.chunks)
    assert walked.text(CLIENT) == walked.text(SERVER) == b"first second"
    assert_read_again(decryptor, walked)


def test_a_new_connection_in_the_same_bytes() -> None:
    """What a tunnel carries after a close: nothing of the first connection holds."""
    chunks = []
    for name in ("13-GCM", "13-CHACHA"):
        kind = KINDS[name]
        chunks += [(CLIENT, record(22, client_hello(0x0304, [kind.number])))]
        chunks += [(SERVER, record(22, server_hello(0x0304, kind.number)))]
        chunks += [(side, sealer13(kind, "traffic", side).seal(23, name.encode())) for side in (CLIENT, SERVER)]
    walked = walk(Decryptor(KeyLog.parse(keylog13(KINDS["13-GCM"], "traffic"))), chunks)
    assert walked.text(CLIENT) == walked.text(SERVER) == b"13-GCM13-CHACHA"


def test_a_repeated_change_cipher_spec_changes_nothing() -> None:
    script = handshake12(KINDS["GCM"], 0x0303)
    sealer = sealers12(KINDS["GCM"], 0x0303)[SERVER]
    script.send(SERVER, sealer.seal(23, b"a"), sealer.seal(20, b"\x01"), sealer.seal(23, b"b"))
    assert walk(Decryptor(KeyLog.parse(keylog12())), script.chunks).text(SERVER) == b"ab"


def test_records_of_ssl2_pass() -> None:
    decryptor = Decryptor(KeyLog())
    assert decryptor.decrypt(CLIENT, b"", b"hello") == Opened(22, b"hello", was_protected=False)
    assert decryptor.at(CLIENT, 0, b"", b"hello") == Opened(22, b"hello", was_protected=False)


def test_no_text_shows_a_key(tmp_path: Path) -> None:
    done = Peers(tmp_path, V12, "AES256-SHA").exchange()
    decryptor = Decryptor(KeyLog.parse(done.keylog), [RsaKey.read(key_pem("rsa"))])
    walked = read(done, decryptor)
    assert repr(walked.seen[SERVER][-1][2]) == "Opened(type 21, 2 bytes)"
    secret = done.keylog.split()[-1].decode()
    for held in (decryptor, decryptor._handshake, decryptor._epochs, decryptor._keylog, decryptor._pool):
        assert secret not in repr(held)
        assert bytes.fromhex(secret).hex(" ") not in repr(held)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 25), st.binary(max_size=80)), max_size=30))
def test_any_records_are_survived(records: list[tuple[int, int, bytes]]) -> None:
    """Whatever comes, in whatever order, gets an answer, and the same one again."""
    kind = KINDS["13-GCM"]
    hellos = [record(22, client_hello(0x0304, [kind.number])), record(22, server_hello(0x0304, kind.number))]
    decryptor = Decryptor(KeyLog.parse(keylog12() + keylog13(kind, "handshake", "traffic", "early")))
    chunks = [
        (side, hellos[len(data) % 2] if content_type == 0 else record(min(20 + content_type % 5, 23), data))
        for side, content_type, data in records
    ]
    walked = walk(decryptor, chunks)
    assert sum(map(len, walked.seen)) == len(chunks)
    assert_read_again(decryptor, walked)
