from __future__ import annotations

import hashlib

import pytest

from ladderview.proto.tls_names import SSL_3, TLS_1_0, TLS_1_2
from ladderview.proto.tls_prf import (
    OLD_LABEL_PREFIX,
    expand_label,
    extended_master_secret,
    key_block,
    master_secret,
    next_traffic_secret,
    prf,
)

# Vectors that implementers of the TLS working group exchanged ("PRF Testvector", "test label").
PRF = [
    (
        TLS_1_0,
        "",
        "ab" * 48,
        b"PRF Testvector",
        "cd" * 64,
        "d3d4d1e349b5d515044666d51de32bab258cb521b6b053463e354832fd976754443bcf9a296519bc289abcbc1187e4eb"
        "d31e602353776c408aafb74cbc85eff69255f9788faa184cbb957a9819d84a5d7eb006eb459d3ae8de9810454b8b2d8f"
        "1afbc655a8c9a013",
    ),
    (
        TLS_1_2,
        "sha256",
        "9bbe436ba940f017b17652849a71db35",
        b"test label",
        "a0ba9f936cda311827a6f796ffd5198c",
        "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af"
        "0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff701"
        "87347b66",
    ),
    (
        TLS_1_2,
        "sha384",
        "b80b733d6ceefcdc71566ea48e5567df",
        b"test label",
        "cd665cf6a8447dd6ff8b27555edb7465",
        "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0"
        "e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d918425"
        "9b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e099070"
        "3d73e56f",
    ),
]


@pytest.mark.parametrize("vector", PRF)
def test_prf(vector: tuple[int, str, str, bytes, str, str]) -> None:
    version, name, secret, label, seed, wanted = vector
    size = len(wanted) // 2
    assert prf(version, name, bytes.fromhex(secret), label, bytes.fromhex(seed), size=size).hex() == wanted


def test_ssl3_hashes_twice_with_letters_in_front() -> None:
    secret, client, server = b"s" * 48, b"c" * 32, b"d" * 32
    block = key_block(SSL_3, "", secret, client, server, size=40)
    first = hashlib.md5(secret + hashlib.sha1(b"A" + secret + server + client).digest()).digest()
    third = hashlib.md5(secret + hashlib.sha1(b"CCC" + secret + server + client).digest()).digest()
    assert block[:16] == first
    assert block[32:] == third[:8]


def test_the_master_secret_has_the_client_first_and_the_key_block_the_server() -> None:
    secret, client, server = bytes(48), b"c" * 32, b"d" * 32
    assert master_secret(TLS_1_2, "sha256", secret, client, server) == prf(
        TLS_1_2, "sha256", secret, b"master secret", client + server, size=48
    )
    assert key_block(TLS_1_2, "sha256", secret, client, server, size=72) == prf(
        TLS_1_2, "sha256", secret, b"key expansion", server + client, size=72
    )


def test_the_extended_master_secret_hashes_the_transcript_as_the_version_does() -> None:
    both = hashlib.md5(b"messages").digest() + hashlib.sha1(b"messages").digest()
    assert extended_master_secret(TLS_1_0, "sha256", bytes(48), b"messages") == prf(
        TLS_1_0, "sha256", bytes(48), b"extended master secret", both, size=48
    )
    one = hashlib.sha384(b"messages").digest()
    assert extended_master_secret(TLS_1_2, "sha384", bytes(48), b"messages") == prf(
        TLS_1_2, "sha384", bytes(48), b"extended master secret", one, size=48
    )


# RFC 8448 sections 3 and 4: traffic secret, key, initialization vector.
EXPANDED = [
    (
        "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5",
        "17422dda596ed5d9acd890e3c63f5051",
        "5b78923dee08579033e523d9",
    ),
    (
        "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643",
        "9f02283b6c9c07efc26bb9f2ac92e356",
        "cf782b88dd83549aadf1e984",
    ),
    (
        "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
        "3fce516009c21727d0f2e4e86ee403bc",
        "5d313eb2671276ee13000b30",
    ),
    (
        "3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62",
        "920205a5b7bf2115e6fc5c2942834f54",
        "6d475f0993c8e564610db2b9",
    ),
]


@pytest.mark.parametrize(("secret", "key", "iv"), EXPANDED)
def test_expand_label(secret: str, key: str, iv: str) -> None:
    assert expand_label("sha256", bytes.fromhex(secret), b"key", 16).hex() == key
    assert expand_label("sha256", bytes.fromhex(secret), b"iv", 12).hex() == iv


def test_the_next_secret_is_as_long_as_the_last() -> None:
    assert next_traffic_secret("sha384", b"s" * 48) == expand_label("sha384", b"s" * 48, b"traffic upd", 48)


def test_early_drafts_had_other_labels() -> None:
    old = next_traffic_secret("sha256", b"s" * 32, OLD_LABEL_PREFIX)
    assert old == expand_label("sha256", b"s" * 32, b"application traffic secret", 32, OLD_LABEL_PREFIX)
    assert old != next_traffic_secret("sha256", b"s" * 32)
