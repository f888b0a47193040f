from __future__ import annotations

import pytest

from ladderview.proto.tls_ciphers import Mode, cipher_suite, suite_name
from ladderview.proto.tls_suites import CIPHER_SUITES

# Number, cipher, mode, key, tag, MAC, hash of the PRF: by the RFC that defines each.
SUITES = [
    (0x0004, "RC4", Mode.STREAM, 16, 0, "md5", "sha256"),  # RFC 5246 appendix C
    (0x000A, "3DES", Mode.CBC, 24, 0, "sha1", "sha256"),
    (0x002F, "AES", Mode.CBC, 16, 0, "sha1", "sha256"),
    (0x003D, "AES", Mode.CBC, 32, 0, "sha256", "sha256"),
    (0x0096, "SEED", Mode.CBC, 16, 0, "sha1", "sha256"),  # RFC 4162
    (0x00A9, "AES", Mode.GCM, 32, 16, "", "sha384"),  # RFC 5487
    (0x00AF, "AES", Mode.CBC, 32, 0, "sha384", "sha384"),
    (0x00C4, "Camellia", Mode.CBC, 32, 0, "sha256", "sha256"),  # RFC 5932
    (0x1301, "AES", Mode.GCM, 16, 16, "", "sha256"),  # RFC 8446 appendix B.4
    (0x1302, "AES", Mode.GCM, 32, 16, "", "sha384"),
    (0x1303, "ChaCha20", Mode.CHACHA20, 32, 16, "", "sha256"),
    (0x1305, "AES", Mode.CCM, 16, 8, "", "sha256"),
    (0xC006, "NULL", Mode.STREAM, 0, 0, "sha1", "sha256"),  # RFC 8422
    (0xC024, "AES", Mode.CBC, 32, 0, "sha384", "sha384"),  # RFC 5289
    (0xC0A3, "AES", Mode.CCM, 32, 8, "", "sha256"),  # RFC 6655
    (0xCCAC, "ChaCha20", Mode.CHACHA20, 32, 16, "", "sha256"),  # RFC 7905
    (0xD005, "AES", Mode.CCM, 16, 16, "", "sha256"),  # RFC 8442
]


@pytest.mark.parametrize("row", SUITES)
def test_a_name_taken_apart(row: tuple[int, str, Mode, int, int, str, str]) -> None:
    suite = cipher_suite(row[0])
    assert suite is not None
    bulk = suite.bulk
    assert (bulk.cipher, bulk.mode, bulk.key_size, bulk.tag_size, suite.mac_hash, suite.prf_hash) == row[1:]


@pytest.mark.parametrize(
    "number",
    [
        0x0000,  # protects nothing
        0x0003,  # export: other keys
        0x00FF,  # no suite at all
        0x0A0A,  # GREASE
        0xCC13,  # a draft of ChaCha20
        0xC050,  # ARIA
        0xFEFE,  # FIPS suites of Netscape
    ],
)
def test_what_is_not_decrypted(number: int) -> None:
    assert cipher_suite(number) is None


def test_every_suite_has_either_a_tag_or_a_mac() -> None:
    known = [suite for number in CIPHER_SUITES if (suite := cipher_suite(number))]
    assert len(known) > 200
    assert all(bool(suite.bulk.tag_size) != bool(suite.mac_size) for suite in known)
    assert all((suite.bulk.mode is Mode.CBC) == bool(suite.bulk.block_size) for suite in known)


def test_an_unknown_number_is_its_own_name() -> None:
    assert suite_name(0x1301) == "TLS_AES_128_GCM_SHA256"
    assert suite_name(0xABCD) == "cipher suite 0xabcd"
