"""Which cipher, which MAC and which hash does a cipher suite stand for?

A suite's registered name says it all (https://www.iana.org/assignments/tls-parameters, "TLS Cipher Suites"; the names
are in ``tls_suites``): key exchange, WITH, cipher, hash. It is taken apart here, with a table for the ciphers.

Traps: the hash at the end is that of the MAC for stream and block ciphers and only that of the PRF for the others; a
suite of TLS 1.2 whose MAC is MD5 or SHA-1 uses SHA-256 in the PRF (RFC 5246 section 5). "CCM_8" is a shorter tag, no
key size. Some numbers of drafts carry the name of a standard suite that works otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from ladderview.proto.tls_suites import CIPHER_SUITES


class Mode(Enum):
    """How a cipher protects a record."""

    STREAM = "stream"
    CBC = "CBC"
    GCM = "GCM"
    CCM = "CCM"
    CHACHA20 = "ChaCha20-Poly1305"


@dataclass(frozen=True, slots=True)
class Bulk:
    """A cipher as the registry's names have it.

    Attributes:
        cipher: the algorithm.
        mode: how it is used.
        key_size: bytes.
        block_size: bytes of a block, 0 for what is no block cipher in CBC.
        tag_size: bytes at the end of a record that authenticate it, 0 where a MAC does it.
    """

    cipher: str
    mode: Mode
    key_size: int
    block_size: int = 0
    tag_size: int = 0


@dataclass(frozen=True, slots=True)
class Suite:
    """What a cipher suite says about records.

    Attributes:
        number: in the registry.
        name: in the registry.
        bulk: the cipher.
        mac_hash: hash of the record's MAC, or the empty string where the cipher authenticates by itself.
        mac_size: bytes of that MAC.
        prf_hash: hash of the PRF in TLS 1.2, of HKDF in TLS 1.3.
    """

    number: int
    name: str
    bulk: Bulk
    mac_hash: str
    mac_size: int
    prf_hash: str


#: RFC 2246 (RC4, 3DES, DES, IDEA), 3268 (AES), 4162 (SEED), 5288 (GCM), 5932 (Camellia), 6655 (CCM), 7905 (ChaCha20).
_BULKS = {
    "NULL": Bulk("NULL", Mode.STREAM, 0),
    "RC4_128": Bulk("RC4", Mode.STREAM, 16),
    "DES_CBC": Bulk("DES", Mode.CBC, 8, 8),
    "3DES_EDE_CBC": Bulk("3DES", Mode.CBC, 24, 8),
    "IDEA_CBC": Bulk("IDEA", Mode.CBC, 16, 8),
    "SEED_CBC": Bulk("SEED", Mode.CBC, 16, 16),
    "AES_128_CBC": Bulk("AES", Mode.CBC, 16, 16),
    "AES_256_CBC": Bulk("AES", Mode.CBC, 32, 16),
    "CAMELLIA_128_CBC": Bulk("Camellia", Mode.CBC, 16, 16),
    "CAMELLIA_256_CBC": Bulk("Camellia", Mode.CBC, 32, 16),
    "AES_128_GCM": Bulk("AES", Mode.GCM, 16, 0, 16),
    "AES_256_GCM": Bulk("AES", Mode.GCM, 32, 0, 16),
    "AES_128_CCM": Bulk("AES", Mode.CCM, 16, 0, 16),
    "AES_256_CCM": Bulk("AES", Mode.CCM, 32, 0, 16),
    "AES_128_CCM_8": Bulk("AES", Mode.CCM, 16, 0, 8),
    "AES_256_CCM_8": Bulk("AES", Mode.CCM, 32, 0, 8),
    "CHACHA20_POLY1305": Bulk("ChaCha20", Mode.CHACHA20, 32, 0, 16),
}

#: Hash at the end of a name -> name in hashlib, size of its MAC.
_HASHES = {"MD5": ("md5", 16), "SHA": ("sha1", 20), "SHA256": ("sha256", 32), "SHA384": ("sha384", 48)}

#: Drafts of ChaCha20 whose nonce is another one than that of RFC 7905.
_DRAFT_NUMBERS = frozenset((0xCC13, 0xCC14, 0xCC15))

#: The suites of RFC 8446 appendix B.4, the likeliest first: what early data may be sealed with.
TLS13_SUITES = (0x1301, 0x1302, 0x1303, 0x1304, 0x1305)


@cache
def cipher_suite(number: int) -> Suite | None:
    """The suite of a number, or None where its records cannot be opened here."""
    name = CIPHER_SUITES.get(number, "")
    exchange, _, sealing = name.removeprefix("TLS_").rpartition("WITH_")
    if number in _DRAFT_NUMBERS or not name.startswith("TLS_") or "EXPORT" in exchange:
        return None
    bulk_name, _, hash_name = sealing.rpartition("_")
    if hash_name not in _HASHES:
        bulk_name, hash_name = sealing, "SHA256"  # CCM and the first ChaCha20 suites name no hash (RFC 6655 section 3)
    bulk = _BULKS.get(bulk_name)
    if bulk is None:
        return None
    mac_hash, mac_size = _HASHES[hash_name]
    prf_hash = mac_hash if mac_size >= 32 else "sha256"
    return Suite(number, name, bulk, *(("", 0) if bulk.tag_size else (mac_hash, mac_size)), prf_hash)


def suite_name(number: int) -> str:
    """The registered name, or the number where there is none."""
    return CIPHER_SUITES.get(number, f"cipher suite 0x{number:04x}")
