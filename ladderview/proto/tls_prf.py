"""How do the secrets and keys of a TLS connection follow from one another?

SSL 3.0: RFC 6101 sections 6.1 and 6.2.2. TLS 1.0 and 1.1: RFC 2246 and RFC 4346 section 5. TLS 1.2: RFC 5246 section
5. Extended master secret: RFC 7627 section 4. TLS 1.3: RFC 8446 section 7.

Traps: the master secret is seeded with the client's random first, the key block with the server's. TLS 1.2 names the
hash of its PRF with the cipher suite; below that it is MD5 and SHA-1 together and the suite has no say.
"""

from __future__ import annotations

import hashlib
import hmac

from ladderview.proto.tls_names import SSL_3, TLS_1_2

MASTER_SECRET_SIZE = 48

#: RFC 8446 section 7.1; drafts of TLS 1.3 before the 20th had the other one.
LABEL_PREFIX = b"tls13 "
OLD_LABEL_PREFIX = b"TLS 1.3, "


# -- SSL 3.0 to TLS 1.2 -----------------------------------------------------------------------------------------------


def master_secret(version: int, prf_hash: str, premaster: bytes, client_random: bytes, server_random: bytes) -> bytes:
    """The master secret of a full handshake, 48 bytes."""
    seed = client_random + server_random
    return prf(version, prf_hash, premaster, b"master secret", seed, size=MASTER_SECRET_SIZE)


def extended_master_secret(version: int, prf_hash: str, premaster: bytes, transcript: bytes) -> bytes:
    """The master secret where both hellos have extended_master_secret.

    Args:
        version: negotiated.
        prf_hash: of the cipher suite.
        premaster: premaster secret.
        transcript: every handshake message from the Client Hello to the Client Key Exchange, headers included.
    """
    if version < TLS_1_2:
        digest = hashlib.md5(transcript).digest() + hashlib.sha1(transcript).digest()
    else:
        digest = hashlib.new(prf_hash, transcript).digest()
    return prf(version, prf_hash, premaster, b"extended master secret", digest, size=MASTER_SECRET_SIZE)


def key_block(
    version: int, prf_hash: str, master: bytes, client_random: bytes, server_random: bytes, *, size: int
) -> bytes:
    """The bytes that are cut into MAC keys, cipher keys and initialization vectors, in that order, client first."""
    return prf(version, prf_hash, master, b"key expansion", server_random + client_random, size=size)


def prf(version: int, prf_hash: str, secret: bytes, label: bytes, seed: bytes, *, size: int) -> bytes:
    """The PRF of a version; SSL 3.0 takes no notice of the label."""
    if version == SSL_3:
        return _ssl3_expansion(secret, seed, size)
    if version < TLS_1_2:
        # The halves share their middle byte where the secret has an odd length (RFC 2246 section 5).
        half = (len(secret) + 1) // 2
        by_md5 = p_hash("md5", secret[:half], label + seed, size)
        by_sha1 = p_hash("sha1", secret[len(secret) - half :], label + seed, size)
        return bytes(a ^ b for a, b in zip(by_md5, by_sha1, strict=True))
    return p_hash(prf_hash, secret, label + seed, size)


def p_hash(hash_name: str, secret: bytes, seed: bytes, size: int) -> bytes:
    """``P_hash`` of RFC 5246 section 5."""
    out = bytearray()
    a = seed
    while len(out) < size:
        a = hmac.digest(secret, a, hash_name)
        out += hmac.digest(secret, a + seed, hash_name)
    return bytes(out[:size])


def _ssl3_expansion(secret: bytes, seed: bytes, size: int) -> bytes:
    """The series of MD5 over SHA-1 with "A", "BB", "CCC" ... in front (RFC 6101 section 6.1)."""
    out = bytearray()
    turn = 0
    while len(out) < size:
        turn += 1
        letters = bytes([0x40 + turn]) * turn
        out += hashlib.md5(secret + hashlib.sha1(letters + secret + seed).digest()).digest()
    return bytes(out[:size])


# -- TLS 1.3 ----------------------------------------------------------------------------------------------------------


def expand_label(hash_name: str, secret: bytes, label: bytes, size: int, prefix: bytes = LABEL_PREFIX) -> bytes:
    """``HKDF-Expand-Label`` of RFC 8446 section 7.1 with an empty context, the only one that traffic keys need."""
    full = prefix + label
    wanted = size.to_bytes(2, "big") + bytes([len(full)]) + full + b"\0"
    out = b""
    previous = b""
    counter = 0
    while len(out) < size:
        counter += 1
        previous = hmac.digest(secret, previous + wanted + bytes([counter]), hash_name)
        out += previous
    return out[:size]


def next_traffic_secret(hash_name: str, secret: bytes, prefix: bytes = LABEL_PREFIX) -> bytes:
    """The secret after a Key Update (RFC 8446 section 7.2)."""
    label = b"traffic upd" if prefix == LABEL_PREFIX else b"application traffic secret"
    return expand_label(hash_name, secret, label, len(secret), prefix)
