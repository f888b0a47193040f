from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from ladderview.proto.rsa_keys import NotAnRsaKeyError, PasswordNeededError, RsaKey, certificate_modulus
from tests.proto.tls_exchange import certificate_pem, key, key_pem

RSA = key("rsa")
ENCRYPTED = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))


def der(kind: str) -> bytes:
    return x509.load_pem_x509_certificate(certificate_pem(kind)).public_bytes(Encoding.DER)


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_key_opens_what_its_public_key_closed(encoding: Encoding, form: PrivateFormat) -> None:
    read = RsaKey.read(RSA.private_bytes(encoding, form, NoEncryption()))
    premaster = bytes(range(48))
    assert read.premaster(RSA.public_key().encrypt(premaster, PKCS1v15())) == premaster


def test_a_key_in_a_file_with_other_things() -> None:
    read = RsaKey.read(b"Bag Attributes\n" + key_pem("rsa") + certificate_pem("rsa"))
    assert read.modulus == certificate_modulus(der("rsa"))


def test_an_encrypted_key_opens_with_its_password() -> None:
    assert RsaKey.read(ENCRYPTED, "secret").modulus == RsaKey.read(key_pem("rsa")).modulus


@pytest.mark.parametrize(
    ("octets", "password", "why"),
    [
        (ENCRYPTED, "", "the key is encrypted"),
        (ENCRYPTED, "wrong", "the password is wrong or the key is damaged"),
        (key_pem("rsa"), "secret", "the key is not encrypted: it needs no password"),
        (key_pem("ec"), "", "not an RSA key: no other opens a key exchange"),
        (certificate_pem("rsa"), "", "not a private key in PEM or DER"),
        (RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1), "", "not a private key in PEM or DER"),
        (key_pem("rsa")[:300], "", "not a private key in PEM or DER"),
        (b"", "", "not a private key in PEM or DER"),
        (bytes(range(256)), "", "not a private key in PEM or DER"),
    ],
)
def test_what_is_no_usable_key_says_why(octets: bytes, password: str, why: str) -> None:
    with pytest.raises(NotAnRsaKeyError) as caught:
        RsaKey.read(octets, password)
    assert str(caught.value) == why


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 5000])
def test_bytes_that_are_no_premaster_secret_give_none(size: int) -> None:
    assert RsaKey.read(key_pem("rsa")).premaster(b"\x01" * size) is None


def test_no_text_shows_a_key() -> None:
    assert repr(RsaKey.read(key_pem("rsa"))) == "RsaKey(2048 bits)"


@pytest.mark.parametrize("octets", [der("ec"), der("rsa")[:200], b""])
def test_a_certificate_without_an_rsa_key_has_no_modulus(octets: bytes) -> None:
    assert certificate_modulus(octets) is None


def test_a_key_that_needs_a_password_is_told_from_one_that_is_none() -> None:
    with pytest.raises(PasswordNeededError):
        RsaKey.read(ENCRYPTED)
