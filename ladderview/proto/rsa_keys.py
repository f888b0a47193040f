"""Which premaster secret does an RSA private key find in a Client Key Exchange?

Only RSA key exchange can be opened so (RFC 5246 section 7.4.7.1); with (EC)DHE the server's key signs and no more.

Traps: a library need not say that a key is the wrong one: OpenSSL answers a bad padding with random bytes, so that
nobody learns from the difference. Keys are therefore told apart by the server's certificate, and by the version that
begins a premaster secret. Neither ``repr`` nor an error ever shows a key.
"""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

PREMASTER_SIZE = 48


class NotAnRsaKeyError(Exception):
    """The file is no RSA private key that can be used; ``str()`` says why in one line."""


class PasswordNeededError(NotAnRsaKeyError):
    """The key is encrypted, and no password was given."""


class RsaKey:
    """An RSA private key."""

    __slots__ = ("_key",)

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key

    @classmethod
    def read(cls, octets: bytes, password: str = "") -> RsaKey:
        """Read a key in PEM or DER (PKCS #1 or PKCS #8); raises ``NotAnRsaKeyError``.

        An encrypted key without a password raises ``PasswordNeededError``.
        """
        load = load_pem_private_key if b"-----BEGIN" in octets else load_der_private_key
        try:
            key = load(octets, password.encode() or None)
        except TypeError:
            # A password that is wanted and not given, or that is given and not wanted.
            if password:
                raise NotAnRsaKeyError("the key is not encrypted: it needs no password") from None
            raise PasswordNeededError("the key is encrypted") from None
        except (ValueError, UnsupportedAlgorithm):
            why = "the password is wrong or the key is damaged" if password else "not a private key in PEM or DER"
            raise NotAnRsaKeyError(why) from None
        if not isinstance(key, RSAPrivateKey):
            raise NotAnRsaKeyError("not an RSA key: no other opens a key exchange")
        return cls(key)

    @property
    def modulus(self) -> int:
        """Of the public key; tells which certificate it belongs to."""
        return self._key.public_key().public_numbers().n

    def premaster(self, encrypted: bytes) -> bytes | None:
        """The premaster secret, or what looks like one, or None."""
        try:
            found = self._key.decrypt(encrypted, PKCS1v15())
        except ValueError:
            return None
        return found if len(found) == PREMASTER_SIZE else None

    def __repr__(self) -> str:
        return f"RsaKey({self._key.key_size} bits)"


def certificate_modulus(certificate: bytes) -> int | None:
    """The RSA modulus of a certificate in DER, or None where it has none or cannot be read."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None
    return key.public_numbers().n if isinstance(key, RSAPublicKey) else None
