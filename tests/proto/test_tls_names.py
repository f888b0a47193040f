from __future__ import annotations

import subprocess
from shutil import which

import pytest

from ladderview.proto.tls_names import (
    EXTENSIONS,
    GREASE,
    GREASE_BYTES,
    GROUPS,
    VERSIONS,
    is_tls13,
    name_of,
    names_of,
    short_version,
    signature_scheme,
    words,
)
from ladderview.proto.tls_suites import CIPHER_SUITES, KeyExchange, key_exchange


def test_the_numbers_of_grease() -> None:
    assert sorted(GREASE)[:2] == [0x0A0A, 0x1A1A]
    assert (len(GREASE), max(GREASE)) == (16, 0xFAFA)
    assert sorted(GREASE_BYTES) == [0x0B, 0x2A, 0x49, 0x68, 0x87, 0xA6, 0xC5, 0xE4]


def test_numbers_in_words() -> None:
    assert words(GROUPS, 4)(29) == "x25519 (0x001d)"
    assert words(EXTENSIONS)(0x2A2A) == "Reserved (GREASE) (10794)"
    assert words(EXTENSIONS)(4321) == "Unknown (4321)"
    assert name_of(GROUPS, 0x5555, "none") == "none"
    assert names_of(VERSIONS, (0x0A0A, 0x0304, 0x7E01)) == ["TLS 1.3", "0x7e01"]


@pytest.mark.parametrize(
    ("version", "short", "modern"),
    [
        (0x0300, "SSLv3", False),
        (0x0301, "TLSv1", False),
        (0x0303, "TLSv1.2", False),
        (0x0304, "TLSv1.3", True),
        (0x7F12, "TLSv1.3", True),
        (0xFB1A, "TLSv1.3", True),
        (0x0000, "TLS", False),
    ],
)
def test_versions(version: int, short: str, modern: bool) -> None:
    assert (short_version(version), is_tls13(version)) == (short, modern)


@pytest.mark.parametrize(
    ("scheme", "name"),
    [
        (0x0804, "rsa_pss_rsae_sha256"),
        (0x0602, "SHA512 DSA"),
        (0x3A3A, "Reserved (GREASE)"),
        (0xEEEE, "Unknown"),
    ],
)
def test_signature_schemes(scheme: int, name: str) -> None:
    assert signature_scheme(scheme) == name


@pytest.mark.parametrize(
    ("suite", "kind"),
    [
        (0x002F, KeyExchange.RSA),
        (0x0034, KeyExchange.DHE),
        (0x0031, KeyExchange.DH),
        (0xC009, KeyExchange.ECDHE),
        (0xC004, KeyExchange.ECDH),
        (0xC018, KeyExchange.ECDHE),
        (0x0094, KeyExchange.RSA_PSK),
        (0xC0AA, KeyExchange.DHE_PSK),
        (0xC01E, KeyExchange.SRP),
        (0xFEFF, KeyExchange.RSA),
        (0x1301, KeyExchange.OTHER),
        (0x0000, None),
        (0x7777, None),
    ],
)
def test_key_exchanges(suite: int, kind: KeyExchange | None) -> None:
    assert key_exchange(suite) is kind


@pytest.mark.tshark
@pytest.mark.skipif(which("tshark") is None, reason="tshark is not installed")
def test_wireshark_has_the_same_names() -> None:
    ran = subprocess.run(["tshark", "-G", "values"], capture_output=True, check=True)
    found: dict[str, dict[int, str]] = {"ciphersuite": {}, "extension.type": {}}
    for line in ran.stdout.decode("utf-8", "replace").splitlines():
        parts = line.split("\t")
        if parts[0] == "V" and parts[1].startswith("tls.handshake."):
            found.get(parts[1].removeprefix("tls.handshake."), {})[int(parts[2], 0)] = parts[3]
    for ours, name in ((CIPHER_SUITES, "ciphersuite"), (EXTENSIONS, "extension.type")):
        differing = {number: text for number, text in found[name].items() if name_of(ours, number) != text}
        assert differing == {}
    assert len(found["ciphersuite"]) > 400
