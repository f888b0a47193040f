"""TLS 1.3 goes through its levels, whatever of it is missing."""

from __future__ import annotations

import pytest

from ladderview.proto.keylog import KeyLog
from ladderview.proto.tls_decrypt import Decryptor
from ladderview.proto.tls_names import TLS_1_2, TLS_1_3
from tests.proto.tls_sealing import (
    ALERT,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    CLIENT,
    CLIENT_RANDOM,
    HANDSHAKE,
    KINDS,
    SERVER,
    Kind,
    Script,
    Sealer,
    client_hello,
    extension,
    handshake12,
    keylog12,
    keylog13,
    message,
    record,
    sealer13,
    sealers12,
    secret13,
    server_hello,
)
from tests.proto.tls_walk import walk

GCM = KINDS["13-GCM"]
ALL = ("handshake", "traffic", "early")
EARLY_DATA = extension(42, b"")
SUITES = [KINDS[name].number for name in KINDS if name.startswith("13")]
FINISHED, END_OF_EARLY_DATA = message(20, bytes(32)), message(5, b"")
KEY_UPDATE = message(24, b"\x00")
#: RFC 8446 section 4.1.3.
RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


def hellos(kind: Kind = GCM, offered: bytes = b"") -> Script:
    script = Script().send(CLIENT, record(HANDSHAKE, client_hello(TLS_1_3, SUITES, offered)))
    return script.send(SERVER, record(HANDSHAKE, server_hello(TLS_1_3, kind.number)))


def levels(kind: Kind, level: str) -> tuple[Sealer, Sealer]:
    return sealer13(kind, level, CLIENT), sealer13(kind, level, SERVER)


def finished(script: Script, kind: Kind = GCM) -> Script:
    """The rest of the handshake, the server's part first."""
    client, server = levels(kind, "handshake")
    script.send(SERVER, server.seal(HANDSHAKE, message(8, b"\x00\x00") + FINISHED))
    return script.send(CLIENT, client.seal(HANDSHAKE, FINISHED))


def test_application_data_has_its_own_keys() -> None:
    script = finished(hellos())
    for direction, sealer in enumerate(levels(GCM, "traffic")):
        script.send(direction, sealer.seal(APPLICATION_DATA, b"text"))
    walked = walk(Decryptor(KeyLog.parse(keylog13(GCM, *ALL))), script.chunks)
    assert walked.text(CLIENT) == walked.text(SERVER) == b"text"
    assert walked.messages[-1] == (CLIENT, 20)


@pytest.mark.parametrize("logged", [False, True])
def test_key_updates_go_on_from_the_last_secret(logged: bool) -> None:
    kind = KINDS["13-GCM384"]
    script = finished(hellos(kind), kind)
    lines = keylog13(kind, *ALL)
    for update in range(4):
        sealer = sealer13(kind, "traffic", SERVER, update)
        script.send(SERVER, sealer.seal(APPLICATION_DATA, b"%d" % update), sealer.seal(HANDSHAKE, KEY_UPDATE))
        if logged:
            secret = secret13(kind, "traffic", SERVER, update).hex()
            lines += f"SERVER_TRAFFIC_SECRET_{update} {CLIENT_RANDOM.hex()} {secret}\n".encode()
    script.send(CLIENT, sealer13(kind, "traffic", CLIENT).seal(APPLICATION_DATA, b"client"))
    walked = walk(Decryptor(KeyLog.parse(lines)), script.chunks)
    assert walked.text(SERVER) == b"0123"
    assert walked.text(CLIENT) == b"client"


def test_a_later_finished_of_the_client_changes_no_keys() -> None:
    script = finished(hellos())
    client = sealer13(GCM, "traffic", CLIENT)
    script.send(CLIENT, client.seal(HANDSHAKE, FINISHED), client.seal(APPLICATION_DATA, b"text"))
    assert walk(Decryptor(KeyLog.parse(keylog13(GCM, *ALL))), script.chunks).text(CLIENT) == b"text"


@pytest.mark.parametrize("name", ["13-GCM", "13-GCM384", "13-CHACHA", "13-CCM", "13-CCM8"])
def test_early_data_opens_before_the_server_has_chosen(name: str) -> None:
    kind = KINDS[name]
    early, handshake = sealer13(kind, "early", CLIENT), sealer13(kind, "handshake", CLIENT)
    hello, answer = hellos(kind, EARLY_DATA).chunks
    script = Script([hello]).send(CLIENT, record(CHANGE_CIPHER_SPEC, b"\x01"), early.seal(APPLICATION_DATA, b"early"))
    script.chunks.append(answer)
    script.send(CLIENT, early.seal(APPLICATION_DATA, b" bird"), early.seal(HANDSHAKE, END_OF_EARLY_DATA))
    script.send(CLIENT, handshake.seal(HANDSHAKE, FINISHED))
    script.send(CLIENT, sealer13(kind, "traffic", CLIENT).seal(APPLICATION_DATA, b", late worm"))
    walked = walk(Decryptor(KeyLog.parse(keylog13(kind, *ALL))), script.chunks)
    assert walked.text(CLIENT) == b"early bird, late worm"
    assert walked.messages[-2:] == [(CLIENT, 5), (CLIENT, 20)]


@pytest.mark.parametrize("logged", [ALL, ALL[:2]])
def test_refused_early_data_is_followed_by_the_handshake(logged: tuple[str, ...]) -> None:
    early = sealer13(GCM, "early", CLIENT)
    hello, answer = hellos(GCM, EARLY_DATA).chunks
    script = Script([hello]).send(
        CLIENT, early.seal(APPLICATION_DATA, b"early "), early.seal(APPLICATION_DATA, b"bird ")
    )
    script.chunks.append(answer)
    finished(script)
    script.send(CLIENT, sealer13(GCM, "traffic", CLIENT).seal(APPLICATION_DATA, b"worm"))
    walked = walk(Decryptor(KeyLog.parse(keylog13(GCM, *logged))), script.chunks)
    assert walked.text(CLIENT) == (b"early bird worm" if "early" in logged else b"worm")
    missing = f"no CLIENT_EARLY_TRAFFIC_SECRET for client random {CLIENT_RANDOM.hex()[:16]}…"
    assert walked.reasons(CLIENT) == ([] if "early" in logged else [missing] * 2)


def test_a_retry_refuses_early_data() -> None:
    early = sealer13(GCM, "early", CLIENT)
    retry = server_hello(TLS_1_3, GCM.number)
    retry = retry[:6] + RETRY_RANDOM + retry[38:]
    again, answer = hellos().chunks
    script = Script().send(CLIENT, record(HANDSHAKE, client_hello(TLS_1_3, SUITES, EARLY_DATA)))
    script.send(CLIENT, early.seal(APPLICATION_DATA, b"early "), early.seal(APPLICATION_DATA, b"bird "))
    script.send(SERVER, record(HANDSHAKE, retry), record(CHANGE_CIPHER_SPEC, b"\x01"))
    script.chunks += [again, answer]
    finished(script)
    script.send(CLIENT, sealer13(GCM, "traffic", CLIENT).seal(APPLICATION_DATA, b"worm"))
    walked = walk(Decryptor(KeyLog.parse(keylog13(GCM, *ALL))), script.chunks)
    assert walked.text(CLIENT) == b"early bird worm"
    assert walked.reasons(SERVER) == []


@pytest.mark.parametrize("logged", ["handshake", "traffic"])
def test_each_level_opens_with_its_own_secret(logged: str) -> None:
    script = finished(hellos())
    for direction, sealer in enumerate(levels(GCM, "traffic")):
        script.send(direction, sealer.seal(APPLICATION_DATA, b"text"))
    walked = walk(Decryptor(KeyLog.parse(keylog13(GCM, logged))), script.chunks)
    assert walked.text(SERVER) == (b"text" if logged == "traffic" else b"")
    label = "SERVER_HANDSHAKE_TRAFFIC_SECRET" if logged == "traffic" else "SERVER_TRAFFIC_SECRET_0"
    assert walked.reasons(SERVER) == [f"no {label} for client random {CLIENT_RANDOM.hex()[:16]}…"]


def test_alerts_and_change_cipher_specs_go_by_in_the_clear() -> None:
    script = finished(hellos())
    client = sealer13(GCM, "traffic", CLIENT)
    script.send(CLIENT, client.seal(APPLICATION_DATA, b"a"), record(CHANGE_CIPHER_SPEC, b"\x01"))
    script.send(
        CLIENT, record(ALERT, b"\x02\x16"), client.seal(APPLICATION_DATA, b"b"), client.seal(ALERT, b"\x01\x00")
    )
    decryptor = Decryptor(KeyLog.parse(keylog13(GCM, *ALL)))
    walked = walk(decryptor, script.chunks)
    assert walked.text(CLIENT) == b"ab"
    assert walked.reasons(CLIENT) == []
    for number, (header, fragment, outcome) in enumerate(walked.seen[CLIENT]):
        assert decryptor.at(CLIENT, number, header, fragment) == outcome


def test_the_client_may_be_in_the_other_direction() -> None:
    script = finished(hellos())
    for direction, sealer in enumerate(levels(GCM, "traffic")):
        script.send(direction, sealer.seal(APPLICATION_DATA, b"text"))
    swapped = [(1 - direction, data) for direction, data in script.chunks]
    walked = walk(Decryptor(KeyLog.parse(keylog13(GCM, *ALL))), swapped)
    assert walked.text(CLIENT) == walked.text(SERVER) == b"text"


def test_without_a_server_hello_the_key_log_tells_that_it_is_tls13() -> None:
    chunks = finished(hellos(KINDS["13-CHACHA"]), KINDS["13-CHACHA"]).chunks
    for direction, sealer in enumerate(levels(KINDS["13-CHACHA"], "traffic")):
        chunks.append((direction, sealer.seal(APPLICATION_DATA, b"text")))
    del chunks[1]
    walked = walk(Decryptor(KeyLog.parse(keylog13(KINDS["13-CHACHA"], *ALL))), chunks)
    assert walked.text(CLIENT) == walked.text(SERVER) == b"text"


WRONG_SIZE = "its secret in the key log has the wrong size"


def test_a_secret_of_another_hash_is_told() -> None:
    script = finished(hellos(KINDS["13-GCM384"]), GCM)
    walked = walk(Decryptor(KeyLog.parse(keylog13(GCM, *ALL))), script.chunks)
    assert walked.reasons(SERVER) == walked.reasons(CLIENT) == [WRONG_SIZE]


@pytest.mark.parametrize(
    ("suite", "version", "compression", "reason"),
    [
        (0xC03C, TLS_1_2, 0, "TLS_RSA_WITH_ARIA_128_CBC_SHA256 cannot be decrypted here"),
        (0x0003, TLS_1_2, 0, "TLS_RSA_EXPORT_WITH_RC4_40_MD5 cannot be decrypted here"),
        (0xABCD, TLS_1_2, 0, "cipher suite 0xabcd cannot be decrypted here"),
        (0x002F, 0x0305, 0, "version 0x0305 cannot be decrypted here"),
        (0x002F, TLS_1_2, 1, "compression by TLS itself cannot be undone here"),
        (0x002F, TLS_1_2, 0, "authentication failed"),
    ],
)
def test_what_cannot_be_decrypted_says_so(suite: int, version: int, compression: int, reason: str) -> None:
    script = Script().send(CLIENT, record(HANDSHAKE, client_hello(TLS_1_2, [suite])))
    hello = server_hello(TLS_1_2, suite, compression=compression)
    script.send(SERVER, record(HANDSHAKE, hello[:4] + version.to_bytes(2, "big") + hello[6:]))
    script.send(SERVER, record(CHANGE_CIPHER_SPEC, b"\x01"), record(HANDSHAKE, bytes(64)))
    walked = walk(Decryptor(KeyLog.parse(keylog12())), script.chunks)
    assert [text.removeprefix("record 3: ") for text in walked.reasons(SERVER)] == [reason]


@pytest.mark.parametrize(
    ("kept", "reason"),
    [
        ([], "the handshake is not in the capture"),
        ([0], "the Server Hello is not in the capture"),
        ([1], "the Client Hello is not in the capture"),
    ],
)
def test_a_missing_hello_is_told(kept: list[int], reason: str) -> None:
    chunks = handshake12(KINDS["GCM"], TLS_1_2).chunks
    sealer = sealers12(KINDS["GCM"], TLS_1_2)[SERVER]
    walked = walk(
        Decryptor(KeyLog.parse(keylog12())),
        [*(chunks[at] for at in kept), (SERVER, sealer.seal(APPLICATION_DATA, b"text"))],
    )
    assert walked.reasons(SERVER) == [reason]
