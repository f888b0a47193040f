from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ladderview.proto.keylog import KeyLog
from ladderview.proto.rsa_keys import RsaKey
from ladderview.proto.tls_ciphers import cipher_suite
from ladderview.proto.tls_hello import Hello
from ladderview.proto.tls_prf import extended_master_secret, master_secret
from ladderview.proto.tls_secrets import Handshake, NoSecretError, ResumptionPool
from tests.proto.tls_exchange import key, key_pem

SSL3, V12 = 0x0300, 0x0303
RANDOM, SERVER_RANDOM = bytes(range(32)), bytes(range(32, 64))
PREMASTER = b"\x03\x03" + bytes(range(46))
MASTER = bytes(range(100, 148))
RSA_KEY = RsaKey.read(key_pem("rsa"))
OTHER_KEY = generate_private_key(65537, 2048)
TRANSCRIPT = b"every message up to the Client Key Exchange"


def handshake(suite: int = 0x002F, version: int = V12, *, extended: bool = False, **said: object) -> Handshake:
    client = Hello(
        is_client=True,
        legacy_version=V12,
        random=RANDOM,
        session_id=said.get("offered", b""),
        session_ticket=said.get("ticket"),
        extended_master_secret=extended,
    )
    server = Hello(
        is_client=False,
        legacy_version=version,
        random=SERVER_RANDOM,
        session_id=said.get("chosen", b""),
        suites=(suite,),
        extended_master_secret=extended,
    )
    return Handshake(client, server, said.get("exchange"), said.get("transcript"), said.get("modulus"))


def encrypted(premaster: bytes = PREMASTER, length: bool = True) -> bytes:
    sealed = key("rsa").public_key().encrypt(premaster, PKCS1v15())
    return (len(sealed).to_bytes(2, "big") if length else b"") + sealed


def find(seen: Handshake, log: str = "", keys: tuple[RsaKey, ...] = (), pool: ResumptionPool | None = None) -> bytes:
    suite = cipher_suite(seen.server.suite)
    return seen.master(suite, KeyLog.parse(log.encode()), keys, pool or ResumptionPool())


def from_premaster(version: int = V12) -> bytes:
    return master_secret(version, "sha256", PREMASTER, RANDOM, SERVER_RANDOM)


def test_the_key_log_has_it_by_client_random() -> None:
    assert find(handshake(), f"CLIENT_RANDOM {RANDOM.hex()} {MASTER.hex()}") == MASTER


@pytest.mark.parametrize("said", [{"chosen": b"id"}, {"offered": b"id", "chosen": b"id"}])
def test_the_key_log_has_it_by_session_id(said: dict[str, bytes]) -> None:
    assert find(handshake(**said), f"RSA Session-ID:{b'id'.hex()} Master-Key:{MASTER.hex()}") == MASTER


def test_the_key_log_has_the_premaster_secret_by_client_random() -> None:
    assert find(handshake(0xC02F), f"PMS_CLIENT_RANDOM {RANDOM.hex()} {PREMASTER.hex()}") == from_premaster()


def test_the_key_log_has_the_premaster_secret_by_its_encrypted_beginning() -> None:
    exchange = encrypted()
    log = f"RSA {exchange[2:10].hex()} {PREMASTER.hex()}"
    assert find(handshake(exchange=exchange), log) == from_premaster()


@pytest.mark.parametrize(("version", "length"), [(SSL3, False), (0x0301, True), (0x0301, False), (V12, True)])
def test_an_rsa_key_finds_it(version: int, length: bool) -> None:
    assert find(handshake(version=version, exchange=encrypted(length=length)), keys=(RSA_KEY,)) == from_premaster(
        version
    )


def test_the_certificate_tells_which_key_fits() -> None:
    other = RsaKey(OTHER_KEY)
    seen = handshake(exchange=encrypted(), modulus=RSA_KEY.modulus)
    assert find(seen, keys=(other, RSA_KEY)) == from_premaster()
    with pytest.raises(NoSecretError, match="no RSA key fits the server's certificate"):
        find(handshake(exchange=encrypted(), modulus=RSA_KEY.modulus), keys=(other,))


def test_without_a_certificate_the_version_tells_which_key_fits() -> None:
    other = RsaKey.read(OTHER_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert find(handshake(exchange=encrypted()), keys=(other, RSA_KEY)) == from_premaster()
    with pytest.raises(NoSecretError, match="the RSA key does not open its premaster secret"):
        find(handshake(exchange=encrypted(b"\x09\x09" + bytes(46))), keys=(RSA_KEY,))


def test_the_extended_master_secret_hashes_the_handshake() -> None:
    seen = handshake(exchange=encrypted(), extended=True, transcript=TRANSCRIPT)
    assert find(seen, keys=(RSA_KEY,)) == extended_master_secret(V12, "sha256", PREMASTER, TRANSCRIPT)
    assert hashlib.sha256(TRANSCRIPT).digest() not in find(seen, keys=(RSA_KEY,))


def test_the_extended_master_secret_needs_all_of_the_handshake() -> None:
    with pytest.raises(NoSecretError, match="needs every message of the handshake"):
        find(handshake(exchange=encrypted(), extended=True), keys=(RSA_KEY,))


@pytest.mark.parametrize(
    "said", [{"offered": b"id", "chosen": b"id"}, {"ticket": b"id", "offered": b"x", "chosen": b"x"}]
)
def test_a_resumed_handshake_has_an_earlier_one_in_the_pool(said: dict[str, bytes]) -> None:
    pool = ResumptionPool()
    pool.learn(b"id", MASTER)
    assert find(handshake(**said), pool=pool) == MASTER


def test_a_full_handshake_takes_nothing_from_the_pool() -> None:
    pool = ResumptionPool()
    pool.learn(b"id", MASTER)
    with pytest.raises(NoSecretError):
        find(handshake(0xC02F, offered=b"id", chosen=b"id", exchange=b"\x20" + bytes(32)), pool=pool)


def test_a_master_secret_that_was_found_is_learnt_by_session_id() -> None:
    pool = ResumptionPool()
    find(handshake(chosen=b"id"), f"CLIENT_RANDOM {RANDOM.hex()} {MASTER.hex()}", pool=pool)
    assert find(handshake(offered=b"id", chosen=b"id"), pool=pool) == MASTER


SHOWN = RANDOM.hex()[:16]
REASONS = [
    (handshake(0xC02F), (), f"no secret for client random {SHOWN}…"),
    (handshake(), (), f"no secret for client random {SHOWN}…: its Client Key Exchange was not seen"),
    (handshake(exchange=encrypted()), (), f"no secret for client random {SHOWN}…"),
    (
        handshake(offered=b"id", chosen=b"id"),
        (RSA_KEY,),
        f"no secret for client random {SHOWN}…: the handshake that it resumes was not seen",
    ),
    (
        handshake(0xC02F),
        (RSA_KEY,),
        f"no secret for client random {SHOWN}…: key exchange is ECDHE, which an RSA key does not open, a key log would",
    ),
]


@pytest.mark.parametrize(("seen", "keys", "why"), REASONS)
def test_what_is_missing_is_told(seen: Handshake, keys: tuple[RsaKey, ...], why: str) -> None:
    for _ in range(2):
        with pytest.raises(NoSecretError) as caught:
            find(seen, keys=keys)
        assert str(caught.value) == why


def test_the_pool_forgets_the_oldest_and_what_has_no_name() -> None:
    pool = ResumptionPool()
    pool.learn(b"", MASTER)
    assert pool.master(b"") is None
    for number in range((1 << 16) + 1):
        pool.learn(number.to_bytes(4, "big"), MASTER)
    assert pool.master(bytes(4)) is None
    assert pool.master(b"\x00\x00\x00\x01") == MASTER
    assert repr(pool) == "ResumptionPool(65536 secrets)"
