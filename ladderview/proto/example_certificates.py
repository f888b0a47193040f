"""Certificates and private keys for composed TLS: of an authority that nobody trusts, a server and a client.

Plan: the keys are numbers that anybody can compute again: a prime is the first one behind the hash of its label, and
how far behind is in a table. So the same scenario has the same certificates on every computer, signatures included
(RSA with PKCS #1 v1.5, RFC 8017 section 8.2, adds nothing by chance), and all signatures have the same size.

Traps: for the same reason these keys protect nothing. They are for examples, and their names say so.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY, SERVER, CLIENT = "authority", "server", "client"

_EXPONENT = 65_537
_PRIME_BITS = 1024
#: For each owner, how many odd numbers its two primes stand behind the hashes of their labels.
_STEPS = {AUTHORITY: (159, 530), SERVER: (93, 702), CLIENT: (176, 276)}


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its private key, both PEM."""

    certificate: bytes
    private_key: bytes


def authority_certificate(year: int) -> bytes:
    """The certificate of the authority, PEM; it is valid for this year."""
    return _certificate(AUTHORITY, "ladderview example authority", year)


def identity(owner: str, name: str, year: int) -> Identity:
    """A certificate for this name, signed by the authority and valid for this year.

    Args:
        owner: ``SERVER`` or ``CLIENT``: what it may be used for, and whose key it is.
        name: host name, or whatever the client is called.
        year: from its first moment to its last.
    """
    key = _private_key(owner).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Identity(_certificate(owner, name, year), key)


@cache
def _private_key(owner: str) -> rsa.RSAPrivateKey:
    p, q = (
        _prime(f"ladderview example {owner} {which}", step) for which, step in zip("pq", _STEPS[owner], strict=True)
    )
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return numbers.private_key()


def _prime(label: str, step: int) -> int:
    """The number that stands so many odd numbers behind the hash of the label; it has 1024 bits, the top two set."""
    digest = b"".join(hashlib.sha512(f"{label} {part}".encode()).digest() for part in range(2))
    return (int.from_bytes(digest, "big") | 3 << (_PRIME_BITS - 2) | 1) + 2 * step


@cache
def _certificate(owner: str, name: str, year: int) -> bytes:
    """RFC 5280 section 4."""
    public = _private_key(owner).public_key()
    authority = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ladderview examples"),
            x509.NameAttribute(NameOID.COMMON_NAME, "ladderview example authority"),
        ]
    )
    is_authority = owner == AUTHORITY
    subject = authority if is_authority else x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority)
        .public_key(public)
        .serial_number(int.from_bytes(hashlib.sha256(f"{owner} {name} {year}".encode()).digest()[:8], "big") >> 1 | 1)
        .not_valid_before(datetime(year, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
    )
    if not is_authority:
        use = ExtendedKeyUsageOID.SERVER_AUTH if owner == SERVER else ExtendedKeyUsageOID.CLIENT_AUTH
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
    signed = builder.sign(_private_key(AUTHORITY), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)
