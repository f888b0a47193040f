from __future__ import annotations

import pytest
from cryptography.exceptions import UnsupportedAlgorithm

from ladderview.proto import tls_openers
from ladderview.proto.keylog import KeyLog
from ladderview.proto.tls_ciphers import cipher_suite
from ladderview.proto.tls_decrypt import Decryptor
from ladderview.proto.tls_names import TLS_1_3
from ladderview.proto.tls_openers import NotOpenedError, Place, tls13_opener
from ladderview.proto.tls_suites import CIPHER_SUITES
from tests.proto.tls_sealing import (
    APPLICATION_DATA,
    CLIENT,
    HANDSHAKE,
    KINDS,
    SERVER,
    extension,
    handshake12,
    keylog12,
    keylog13,
    message,
    sealer13,
    sealers12,
)
from tests.proto.tls_walk import walk

SSL3, V10, V11, V12 = range(0x0300, 0x0304)
FINISHED = message(20, bytes(12))
TEXTS = [b"first", b"", b"x" * 16384, b"last"]

BELOW_13 = [
    *((kind, version) for kind in ("3DES", "DES", "IDEA") for version in (SSL3, V10, V11)),
    *((kind, version) for kind in ("SEED", "CAMELLIA", "AES") for version in (SSL3, V10, V11, V12)),
    *((kind, version) for kind in ("RC4-MD5", "RC4-SHA") for version in (SSL3, V10, V11, V12)),
    *((kind, V12) for kind in ("AES256", "GCM", "GCM384", "CCM", "CCM8", "CHACHA")),
]


@pytest.mark.parametrize(("name", "version"), BELOW_13)
@pytest.mark.parametrize("padding", [0, 3])
def test_a_suite_opens_in_its_versions(name: str, version: int, padding: int) -> None:
    script = handshake12(KINDS[name], version)
    for direction, sealer in enumerate(sealers12(KINDS[name], version)):
        script.send(direction, sealer.seal(HANDSHAKE, FINISHED, padding))
        script.send(direction, *(sealer.seal(APPLICATION_DATA, text, padding) for text in TEXTS))
    walked = walk(Decryptor(KeyLog.parse(keylog12())), script.chunks)
    assert walked.reasons(CLIENT) == walked.reasons(SERVER) == []
    assert walked.text(CLIENT) == walked.text(SERVER) == b"".join(TEXTS)


@pytest.mark.parametrize("version", [V10, V11, V12])
@pytest.mark.parametrize(("agreed", "outside", "truncated"), [(22, True, False), (4, False, True)])
def test_what_the_hellos_agree_on_about_macs(version: int, agreed: int, outside: bool, truncated: bool) -> None:
    kind = KINDS["AES"]
    script = handshake12(kind, version, extension(agreed, b""))
    for direction, sealer in enumerate(sealers12(kind, version, outside, truncated)):
        script.send(direction, *(sealer.seal(APPLICATION_DATA, text) for text in TEXTS))
    walked = walk(Decryptor(KeyLog.parse(keylog12())), script.chunks)
    assert walked.text(SERVER) == b"".join(TEXTS)


@pytest.mark.parametrize("name", ["AES", "3DES", "RC4-SHA", "GCM", "CCM8", "CHACHA"])
def test_one_wrong_bit_anywhere_and_nothing_is_shown(name: str) -> None:
    sealed = sealers12(KINDS[name], V12)[SERVER].seal(APPLICATION_DATA, b"0123456789")
    for at in range(5, len(sealed)):
        wrong = sealed[:at] + bytes([sealed[at] ^ 4]) + sealed[at + 1 :]
        walked = walk(Decryptor(KeyLog.parse(keylog12())), [*handshake12(KINDS[name], V12).chunks, (SERVER, wrong)])
        assert walked.text(SERVER) == b""
        assert walked.reasons(SERVER) == ["record 3: authentication failed"]


@pytest.mark.parametrize("name", ["AES", "3DES", "RC4-SHA", "GCM", "CCM8", "CHACHA", "13-GCM"])
@pytest.mark.parametrize("size", [0, 1, 15, 16, 31, 32])
def test_a_fragment_too_short_for_its_cipher_is_sealed(name: str, size: int) -> None:
    decryptor = Decryptor(KeyLog.parse(keylog12() + keylog13(KINDS[name], "handshake", "traffic")))
    version = TLS_1_3 if name.startswith("13") else V12
    script = handshake12(KINDS[name], version)
    script.send(SERVER, b"\x17\x03\x03" + size.to_bytes(2, "big") + bytes(size))
    assert len(walk(decryptor, script.chunks).reasons(SERVER)) == 1


@pytest.mark.parametrize("name", ["13-GCM", "13-GCM384", "13-CHACHA", "13-CCM", "13-CCM8"])
def test_tls13_hides_the_type_behind_the_content(name: str) -> None:
    kind = KINDS[name]
    suite = cipher_suite(kind.number)
    assert suite is not None
    sealer = sealer13(kind, "traffic", SERVER)
    secret = bytes([0x22]) * (48 if kind.prf == "sha384" else 32)
    opener = tls13_opener(suite, secret, TLS_1_3)
    assert opener is not None
    for number, (content_type, content, padding) in enumerate([(23, b"text", 0), (22, b"text", 200), (21, b"", 0)]):
        sealed = sealer.seal(content_type, content, padding)
        assert opener.open(Place(number), sealed[:5], sealed[5:]) == (content_type, content)


@pytest.mark.parametrize(
    ("name", "cipher"), [("SEED", "Cipher"), ("RC4-SHA", "Cipher"), ("CHACHA", "ChaCha20Poly1305")]
)
def test_a_cipher_that_the_library_does_not_have(monkeypatch: pytest.MonkeyPatch, name: str, cipher: str) -> None:
    def refuse(*_: object) -> None:
        raise UnsupportedAlgorithm("no")

    monkeypatch.setattr(tls_openers, cipher, refuse)
    script = handshake12(KINDS[name], V12)
    script.send(SERVER, sealers12(KINDS[name], V12)[SERVER].seal(APPLICATION_DATA, b"text"))
    reasons = walk(Decryptor(KeyLog.parse(keylog12())), script.chunks).reasons(SERVER)
    assert reasons == [f"{CIPHER_SUITES[KINDS[name].number]} cannot be decrypted here"]


def test_tls13_padding_alone_is_no_record() -> None:
    suite = cipher_suite(KINDS["13-GCM"].number)
    assert suite is not None
    sealed = sealer13(KINDS["13-GCM"], "traffic", SERVER).seal(0, b"", 10)
    opener = tls13_opener(suite, b"\x22" * 32, TLS_1_3)
    assert opener is not None
    with pytest.raises(NotOpenedError, match="padding"):
        opener.open(Place(0), sealed[:5], sealed[5:])


# RFC 8448: traffic secret, sequence number, record, content type, content. Section 3, then section 4 (early data).
CLIENT_3 = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"
SERVER_3 = "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643"
CLIENT_HANDSHAKE_3 = "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21"
EARLY_4 = "3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62"
TRACES = [
    (
        CLIENT_HANDSHAKE_3,
        0,
        "170303003575ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38f80338ac98fc46deb384bd1c"
        "aeacab6867d726c40546",
        22,
        "14000020a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61",
    ),
    (
        CLIENT_3,
        0,
        "1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b"
        "62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4",
        23,
        bytes(range(50)).hex(),
    ),
    (CLIENT_3, 1, "1703030013c9872760655666b74d7ff1153efd6db6d0b0e3", 21, "0100"),
    (
        SERVER_3,
        1,
        "17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6dffc602dcb501a59a8"
        "fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d",
        23,
        bytes(range(50)).hex(),
    ),
    (SERVER_3, 2, "1703030013b58fd67166ebf599d24720cfbe7efa7a8864a9", 21, "0100"),
    (EARLY_4, 0, "1703030017ab1df420e75c457a7cc5d2844f76d5aee4b4edbf049be0", 23, b"ABCDEF".hex()),
    (EARLY_4, 1, "1703030015aca6fc94484129" + "8df99593725f9bf9754429b12f09", 22, "05000000"),
]


@pytest.mark.parametrize(("secret", "number", "sealed", "content_type", "content"), TRACES)
def test_rfc8448(secret: str, number: int, sealed: str, content_type: int, content: str) -> None:
    suite = cipher_suite(0x1301)
    assert suite is not None
    octets = bytes.fromhex(sealed)
    opener = tls13_opener(suite, bytes.fromhex(secret), TLS_1_3)
    assert opener is not None
    assert opener.open(Place(number), octets[:5], octets[5:]) == (content_type, bytes.fromhex(content))
