"""What is missing costs itself and no more; every record opens again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ladderview.proto.keylog import KeyLog
from ladderview.proto.tls_decrypt import Decryptor
from ladderview.proto.tls_names import TLS_1_0, TLS_1_2, TLS_1_3
from tests.proto.tls_sealing import (
    APPLICATION_DATA,
    CLIENT,
    HANDSHAKE,
    KINDS,
    SERVER,
    Sealer,
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
from tests.proto.tls_walk import Walk, Walked

V11 = 0x0302
KINDS_AND_VERSIONS = [
    ("3DES", TLS_1_0),
    ("AES", TLS_1_0),
    ("AES", V11),
    ("AES", TLS_1_2),
    ("RC4-SHA", TLS_1_2),
    ("GCM", TLS_1_2),
    ("CCM8", TLS_1_2),
    ("CHACHA", TLS_1_2),
    ("13-GCM", TLS_1_3),
    ("13-CHACHA", TLS_1_3),
]
KEYLOG = KeyLog.parse(keylog12() + keylog13(KINDS["13-GCM"], "traffic"))


def open_connection(name: str, version: int) -> tuple[Walk, Sealer]:
    """A walk behind the handshake, and the server's sealer for application data."""
    walking = Walk(Decryptor(KEYLOG))
    kind = KINDS[name]
    if version == TLS_1_3:
        walking.feed(CLIENT, record(HANDSHAKE, client_hello(version, [kind.number])))
        walking.feed(SERVER, record(HANDSHAKE, server_hello(version, kind.number)))
        return walking, sealer13(kind, "traffic", SERVER)
    for direction, data in handshake12(kind, version).chunks:
        walking.feed(direction, data)
    sealer = sealers12(kind, version)[SERVER]
    walking.feed(SERVER, sealer.seal(HANDSHAKE, message(20, bytes(12))))
    return walking, sealer


def reopened(walking: Walk) -> bool:
    """Whether every record of the server opens again as it did, in any order."""
    seen = walking.walked.seen[SERVER]
    numbers = [*range(0, len(seen), 2), *reversed(range(1, len(seen), 2))]
    return all(walking.decryptor.at(SERVER, number, *seen[number][:2]) == seen[number][2] for number in numbers)


def texts(walked: Walked) -> list[int]:
    """Which numbered records were read."""
    return [int(word) for word in walked.text(SERVER).split()]


def content(number: int) -> bytes:
    return b"%d " % number + b" " * (number * 37 % 300)


@pytest.mark.parametrize(("name", "version"), KINDS_AND_VERSIONS)
@pytest.mark.parametrize("gone", [range(3, 4), range(3, 9), range(3, 90)])
def test_whole_records_are_missing(name: str, version: int, gone: range) -> None:
    walking, sealer = open_connection(name, version)
    for number in range(100):
        sealed = sealer.seal(APPLICATION_DATA, content(number))
        if number in gone:
            walking.lose(SERVER, len(sealed))
        else:
            walking.feed(SERVER, sealed)
    # A block cipher before TLS 1.1 needs the last block of the record before.
    chained = version == TLS_1_0
    first = gone.stop + chained
    assert texts(walking.walked) == [*range(gone.start), *range(first, 100)]
    assert len(walking.walked.reasons(SERVER)) == chained
    assert reopened(walking)


@pytest.mark.parametrize(("name", "version"), KINDS_AND_VERSIONS)
def test_part_of_a_record_is_missing(name: str, version: int) -> None:
    walking, sealer = open_connection(name, version)
    for number in range(10):
        sealed = sealer.seal(APPLICATION_DATA, content(number))
        if number == 4:
            walking.feed(SERVER, sealed[:20])
            walking.lose(SERVER, 30)
            walking.feed(SERVER, sealed[50:])
        else:
            walking.feed(SERVER, sealed)
    chained = version == TLS_1_0
    assert texts(walking.walked) == [*range(4), *range(5 + chained, 10)]
    assert walking.walked.reasons(SERVER)[0].endswith(": part of it is missing")
    assert reopened(walking)


def test_a_block_cipher_before_tls11_says_what_it_misses() -> None:
    walking, sealer = open_connection("AES", TLS_1_0)
    walking.feed(SERVER, sealer.seal(APPLICATION_DATA, b"a"))
    walking.lose(SERVER, len(sealer.seal(APPLICATION_DATA, b"b" * 1372)))
    walking.feed(SERVER, sealer.seal(APPLICATION_DATA, b"c"))
    assert walking.walked.reasons(SERVER) == [
        "record 5: the record before it, whose last block it needs, is missing, 1\u202f413 bytes are missing before it"
    ]


@pytest.mark.parametrize(("name", "version"), KINDS_AND_VERSIONS)
def test_a_record_that_is_none_costs_nothing(name: str, version: int) -> None:
    walking, sealer = open_connection(name, version)
    for number in range(6):
        if number in (2, 4):
            walking.feed(SERVER, record(APPLICATION_DATA, bytes(64)))
        walking.feed(SERVER, sealer.seal(APPLICATION_DATA, content(number)))
    assert texts(walking.walked) == [*range(6)]
    assert len(walking.walked.reasons(SERVER)) == 2
    assert reopened(walking)


def test_the_explicit_nonce_tells_how_many_records_are_missing() -> None:
    walking, sealer = open_connection("GCM", TLS_1_2)
    walking.feed(SERVER, sealer.seal(APPLICATION_DATA, b"1 " * 5000))
    sealer.sequence += 100_000
    walking.lose(SERVER, 100_000 * 60)
    walking.feed(SERVER, sealer.seal(APPLICATION_DATA, b"2 "))
    assert texts(walking.walked)[-1] == 2


def before_the_change(name: str) -> tuple[Walk, Sealer, bytes]:
    """A TLS 1.2 connection up to the server's Change Cipher Spec, what seals the server's records, and that message."""
    kind = KINDS[name]
    walking = Walk(Decryptor(KEYLOG))
    chunks = handshake12(kind, TLS_1_2).chunks
    for direction, data in chunks[:2]:
        walking.feed(direction, data)
    return walking, sealers12(kind, TLS_1_2)[SERVER], chunks[2][1]


@pytest.mark.parametrize("name", ["GCM", "CHACHA", "RC4-SHA"])
def test_the_change_cipher_spec_is_missing(name: str) -> None:
    walking, sealer, change_cipher_spec = before_the_change(name)
    walking.lose(SERVER, len(change_cipher_spec))
    walking.feed(SERVER, sealer.seal(HANDSHAKE, message(20, bytes(12))))
    walking.feed(SERVER, sealer.seal(APPLICATION_DATA, b"7"))
    assert walking.walked.messages[-1] == (SERVER, 20)
    assert texts(walking.walked) == [7]
    assert reopened(walking)


@pytest.mark.parametrize("name", ["GCM", "CHACHA", "AES", "RC4-SHA"])
def test_the_change_cipher_spec_and_the_finished_are_missing(name: str) -> None:
    walking, sealer, change_cipher_spec = before_the_change(name)
    finished = sealer.seal(HANDSHAKE, message(20, bytes(12)))
    walking.lose(SERVER, len(change_cipher_spec) + len(finished))
    walking.feed(SERVER, sealer.seal(APPLICATION_DATA, b"7"))
    # The Change Cipher Spec in the gap is no part of the keystream: RC4 does not find its place.
    assert texts(walking.walked) == ([] if name == "RC4-SHA" else [7])


def test_a_lost_key_update_costs_itself() -> None:
    walking, sealer = open_connection("13-GCM", TLS_1_3)
    walking.feed(SERVER, sealer.seal(APPLICATION_DATA, b"1 "))
    walking.lose(SERVER, len(sealer.seal(HANDSHAKE, message(24, b"\x00"))))
    updated = sealer13(KINDS["13-GCM"], "traffic", SERVER, 1)
    walking.feed(SERVER, updated.seal(APPLICATION_DATA, b"2 "))
    walking.feed(SERVER, updated.seal(APPLICATION_DATA, b"3 "))
    assert texts(walking.walked) == [1, 2, 3]
    assert reopened(walking)


def test_what_cannot_be_found_is_not_searched_for_for_ever() -> None:
    walking, _ = open_connection("13-GCM", TLS_1_3)
    walking.lose(SERVER, 1 << 40)
    for number in range(3000):
        walking.feed(SERVER, record(APPLICATION_DATA, number.to_bytes(4, "big") * 8))
    assert len(walking.walked.reasons(SERVER)) == 3000
    trials = walking.decryptor._directions[SERVER].trials
    assert trials <= 0


@given(
    st.sampled_from(KINDS_AND_VERSIONS),
    st.lists(st.tuples(st.integers(0, 400), st.sampled_from("kkklcd")), max_size=25),
)
@settings(max_examples=150, deadline=None)
def test_any_damage_is_survived(kind: tuple[str, int], fates: list[tuple[int, str]]) -> None:
    """Kept, lost, cut inside or damaged: nothing wrong is read, and everything reads the same again."""
    walking, sealer = open_connection(*kind)
    for number, (size, fate) in enumerate(fates):
        sealed = sealer.seal(APPLICATION_DATA, b"%d " % number + b" " * size)
        if fate == "l":
            walking.lose(SERVER, len(sealed))
        elif fate == "c":
            walking.feed(SERVER, sealed[:9])
            walking.lose(SERVER, 4)
            walking.feed(SERVER, sealed[13:])
        else:
            walking.feed(SERVER, sealed if fate == "k" else sealed[:-1] + bytes([sealed[-1] ^ 1]))
    kept = [number for number, (_, fate) in enumerate(fates) if fate == "k"]
    found = texts(walking.walked)
    assert set(found) <= set(kept)
    assert found == sorted(found)
    if kind[1] != TLS_1_0:
        assert found == kept
    assert reopened(walking)
