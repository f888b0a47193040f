"""How is one record opened, given the keys of its direction and its place in the sequence?

One class for each way in which TLS has protected records: SSL 3.0 and stream ciphers (RFC 6101 section 5.2.3, RFC
5246 section 6.2.3.1), CBC in both MAC orders (RFC 5246 section 6.2.3.2, RFC 7366), AEAD of TLS 1.2 (RFC 5288, 6655,
7905) and of TLS 1.3 (RFC 8446 section 5.2). ``opener`` makes the right one from a suite and its key material.

Plan: an opener keeps nothing between records but its cipher objects, so that any record opens at any time; what a
record needs to know of those before it is its ``Place``, which the caller keeps.

Traps: before TLS 1.1 the initialization vector of a CBC record is the last block of the record before it. RC4 runs on
through all records, so that its position counts. A MAC that does not fit is never excused: what does not authenticate
is not shown.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4, IDEA, SEED, Camellia, TripleDES
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from ladderview.proto.tls_ciphers import Bulk, Mode, Suite
from ladderview.proto.tls_names import SSL_3, TLS_1_0
from ladderview.proto.tls_prf import LABEL_PREFIX, OLD_LABEL_PREFIX, expand_label

AEAD_NONCE_SIZE = 12
#: RFC 5288 section 3: the part of the nonce that follows from the keys, and the part that stands in the record.
_SALT_SIZE, _EXPLICIT_SIZE = 4, 8
#: RFC 7366 and RFC 5246 authenticate the sequence number, the type, the version and a length.
_LENGTH_SIZE = 2
#: RFC 6066 section 7.
TRUNCATED_MAC_SIZE = 10
#: Bytes of RC4's keystream that stay at hand for records tried at several positions.
_KEYSTREAM_KEPT = 1 << 18
_ZEROS = bytes(1 << 16)

#: Drafts of TLS 1.3 differ from the RFC in labels (before 20) and in what is authenticated (before 25).
_DRAFT = 0x7F00
_FIRST_WITH_NEW_LABELS, _FIRST_WITH_HEADER_AUTHENTICATED = 20, 25


class NotOpenedError(Exception):
    """The record does not open; ``str()`` says why, and never shows a key."""


AUTHENTICATION_FAILED = "authentication failed"


@dataclass(frozen=True, slots=True)
class Place:
    """What a record must know of those before it under the same keys.

    Attributes:
        sequence: records before it.
        position: bytes of fragments before it; only stream ciphers ask.
        block: the last ciphertext block before it, empty for the first record, None where it is not known; only CBC
            before TLS 1.1 asks.
    """

    sequence: int
    position: int = 0
    block: bytes | None = b""


class Opener(Protocol):
    """Opens the records that one direction protected with one set of keys.

    Attributes:
        least: the shortest fragment that it could open.
        chained: whether a place is more than a sequence number.
    """

    least: int
    chained: bool

    def open(self, place: Place, header: bytes, fragment: bytes) -> tuple[int, bytes]:
        """The content type and the plaintext of a record; raises ``NotOpenedError``."""
        ...

    def hint(self, fragment: bytes) -> int | None:
        """A number in the record that most programs count up as they count the sequence number, or None."""
        ...

    def last_block(self, fragment: bytes) -> bytes:
        """What the record behind this one needs of it: ``Place.block``."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """What one direction cuts from the key block (RFC 5246 section 6.3)."""

    mac: bytes
    cipher: bytes
    iv: bytes


# -- AEAD -------------------------------------------------------------------------------------------------------------

type_aead = AESGCM | AESCCM | ChaCha20Poly1305


def _aead(bulk: Bulk, key: bytes) -> type_aead:
    if bulk.mode is Mode.GCM:
        return AESGCM(key)
    if bulk.mode is Mode.CCM:
        return AESCCM(key, bulk.tag_size)
    return ChaCha20Poly1305(key)


class _Tls13:
    """TLS 1.3: the content type is inside, behind it padding of zeros."""

    __slots__ = ("_aead", "_authenticates_header", "_iv", "chained", "least")

    def __init__(self, bulk: Bulk, secret: bytes, hash_name: str, version: int) -> None:
        prefix = label_prefix(version)
        self._aead = _aead(bulk, expand_label(hash_name, secret, b"key", bulk.key_size, prefix))
        self._iv = int.from_bytes(expand_label(hash_name, secret, b"iv", AEAD_NONCE_SIZE, prefix), "big")
        self._authenticates_header = not _DRAFT < version < _DRAFT + _FIRST_WITH_HEADER_AUTHENTICATED
        self.least = bulk.tag_size + 1
        self.chained = False

    def open(self, place: Place, header: bytes, fragment: bytes) -> tuple[int, bytes]:
        nonce = (self._iv ^ place.sequence).to_bytes(AEAD_NONCE_SIZE, "big")
        try:
            inner = self._aead.decrypt(nonce, fragment, header if self._authenticates_header else None)
        except (InvalidTag, ValueError):
            raise NotOpenedError(AUTHENTICATION_FAILED) from None
        inner = inner.rstrip(b"\0")
        if not inner:
            raise NotOpenedError("it holds nothing but padding")
        return inner[-1], inner[:-1]

    def hint(self, fragment: bytes) -> int | None:
        return None

    def last_block(self, fragment: bytes) -> bytes:
        return b""


class _Aead:
    """TLS 1.2: GCM and CCM have part of the nonce in the record, ChaCha20 has it from the sequence number."""

    __slots__ = ("_aead", "_iv", "_overhead", "_salt", "chained", "least")

    def __init__(self, bulk: Bulk, keys: Keys) -> None:
        self._aead = _aead(bulk, keys.cipher)
        self._salt = b"" if bulk.mode is Mode.CHACHA20 else keys.iv
        self._iv = int.from_bytes(keys.iv, "big")
        self.least = self._overhead = bulk.tag_size + (_EXPLICIT_SIZE if self._salt else 0)
        self.chained = False

    def open(self, place: Place, header: bytes, fragment: bytes) -> tuple[int, bytes]:
        size = len(fragment) - self._overhead
        if size < 0:
            raise NotOpenedError("it is too short for its cipher")
        if self._salt:
            nonce, sealed = self._salt + fragment[:_EXPLICIT_SIZE], fragment[_EXPLICIT_SIZE:]
        else:
            nonce, sealed = (self._iv ^ place.sequence).to_bytes(AEAD_NONCE_SIZE, "big"), fragment
        try:
            return header[0], self._aead.decrypt(nonce, sealed, _authenticated(place, header, size))
        except (InvalidTag, ValueError):
            raise NotOpenedError(AUTHENTICATION_FAILED) from None

    def hint(self, fragment: bytes) -> int | None:
        return int.from_bytes(fragment[:_EXPLICIT_SIZE], "big") if self._salt else None

    def last_block(self, fragment: bytes) -> bytes:
        return b""


def _authenticated(place: Place, header: bytes, size: int) -> bytes:
    """Sequence number, type, version, length: what precedes the content in a MAC (RFC 5246 section 6.2.3.1)."""
    return place.sequence.to_bytes(8, "big") + header[:3] + size.to_bytes(_LENGTH_SIZE, "big")


# -- MACs -------------------------------------------------------------------------------------------------------------


class _Mac:
    """The MAC of a record, as SSL 3.0 (RFC 6101 section 5.2.3.1) or TLS computes it."""

    __slots__ = ("_hash", "_key", "_ssl3", "size")

    def __init__(self, suite: Suite, key: bytes, version: int, truncated: bool) -> None:
        self._hash = suite.mac_hash
        self._key = key
        self._ssl3 = version == SSL_3
        self.size = TRUNCATED_MAC_SIZE if truncated else suite.mac_size

    def check(self, place: Place, header: bytes, content: bytes, tag: bytes) -> None:
        """Raises ``NotOpenedError`` where the tag is not that of the content."""
        if self._ssl3:
            right = self._ssl3_mac(place, header, content)
        else:
            right = hmac.digest(self._key, _authenticated(place, header, len(content)) + content, self._hash)
        if not hmac.compare_digest(right[: self.size], tag):
            raise NotOpenedError(AUTHENTICATION_FAILED)

    def _ssl3_mac(self, place: Place, header: bytes, content: bytes) -> bytes:
        pads = 48 if self._hash == "md5" else 40
        said = place.sequence.to_bytes(8, "big") + header[:1] + len(content).to_bytes(_LENGTH_SIZE, "big")
        inner = hashlib.new(self._hash, self._key + b"\x36" * pads + said + content).digest()
        return hashlib.new(self._hash, self._key + b"\x5c" * pads + inner).digest()


# -- stream ciphers ---------------------------------------------------------------------------------------------------


class _Keystream:
    """RC4's bytes at any position; going back far starts anew, as only the last quarter of a megabyte is kept."""

    __slots__ = ("_cipher", "_key", "_lock", "_start", "_window")

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._lock = Lock()
        self._restart()

    def _restart(self) -> None:
        self._cipher = Cipher(ARC4(self._key), None).encryptor()
        self._start = 0
        self._window = bytearray()

    def bytes_at(self, position: int, size: int) -> bytes:
        with self._lock:
            if position < self._start:
                self._restart()
            while self._start + len(self._window) < position + size:
                self._window += self._cipher.update(_ZEROS)
                if len(self._window) > 2 * _KEYSTREAM_KEPT:
                    del self._window[:_KEYSTREAM_KEPT]
                    self._start += _KEYSTREAM_KEPT
            at = position - self._start
            return bytes(self._window[at : at + size])


class _Stream:
    """RC4, or no cipher at all, with a MAC behind the content."""

    __slots__ = ("_keystream", "_mac", "chained", "least")

    def __init__(self, mac: _Mac, key: bytes) -> None:
        self._mac = mac
        self._keystream = _Keystream(key) if key else None
        self.least = mac.size
        self.chained = self._keystream is not None

    def open(self, place: Place, header: bytes, fragment: bytes) -> tuple[int, bytes]:
        size = len(fragment) - self._mac.size
        if size < 0:
            raise NotOpenedError("it is too short for its MAC")
        plain = fragment
        if self._keystream:
            key = self._keystream.bytes_at(place.position, len(fragment))
            plain = (int.from_bytes(fragment, "big") ^ int.from_bytes(key, "big")).to_bytes(len(fragment), "big")
        self._mac.check(place, header, plain[:size], plain[size:])
        return header[0], plain[:size]

    def hint(self, fragment: bytes) -> int | None:
        return None

    def last_block(self, fragment: bytes) -> bytes:
        return b""


# -- block ciphers ----------------------------------------------------------------------------------------------------


def _block_cipher(bulk: Bulk, key: bytes) -> BlockCipherAlgorithm:
    match bulk.cipher:
        case "AES":
            return AES(key)
        case "Camellia":
            return Camellia(key)
        case "SEED":
            return SEED(key)
        case "IDEA":
            return IDEA(key)
        case _:
            return TripleDES(key * (24 // len(key)))  # DES is 3DES with one key three times


class _Cbc:
    """CBC, with the MAC inside, or outside where encrypt_then_mac was agreed."""

    __slots__ = ("_algorithm", "_block_size", "_first_iv", "_mac", "_mac_outside", "_ssl3", "chained", "least")

    def __init__(self, suite: Suite, keys: Keys, mac: _Mac, version: int, mac_outside: bool) -> None:
        self._algorithm = _block_cipher(suite.bulk, keys.cipher)
        self._block_size = suite.bulk.block_size
        Cipher(self._algorithm, CBC(bytes(self._block_size))).decryptor()  # raises where it is not supported
        self._first_iv = keys.iv  # empty from TLS 1.1 on, where each record carries its own
        self._mac = mac
        self._mac_outside = mac_outside
        self._ssl3 = version == SSL_3
        self.least = self._block_size + mac.size
        self.chained = bool(keys.iv)

    def open(self, place: Place, header: bytes, fragment: bytes) -> tuple[int, bytes]:
        sealed = fragment
        if self._mac_outside:
            sealed, tag = fragment[: -self._mac.size], fragment[-self._mac.size :]
            self._mac.check(place, header, sealed, tag)
        plain = self._decrypt(place, sealed)
        content = plain[: self._padding_starts(plain)]
        if self._mac_outside:
            return header[0], content
        size = len(content) - self._mac.size
        if size < 0:
            raise NotOpenedError(AUTHENTICATION_FAILED)
        self._mac.check(place, header, content[:size], content[size:])
        return header[0], content[:size]

    def _decrypt(self, place: Place, sealed: bytes) -> bytes:
        if self._first_iv:
            if place.block is None:
                raise NotOpenedError("the record before it, whose last block it needs, is missing")
            iv = place.block or self._first_iv
        else:
            iv, sealed = sealed[: self._block_size], sealed[self._block_size :]
        if not sealed or len(sealed) % self._block_size or len(iv) != self._block_size:
            raise NotOpenedError("its length is not that of whole blocks of its cipher")
        decryptor = Cipher(self._algorithm, CBC(iv)).decryptor()
        return decryptor.update(sealed) + decryptor.finalize()

    def _padding_starts(self, plain: bytes) -> int:
        """Where the content and its MAC end; the padding's last byte is its length (RFC 5246 section 6.2.3.2)."""
        size = plain[-1] + 1
        padding = plain[-size:]
        # SSL 3.0 leaves the other bytes of the padding to chance (RFC 6101 section 5.2.3.2).
        if size > len(plain) or not (self._ssl3 or padding == padding[-1:] * size):
            raise NotOpenedError(AUTHENTICATION_FAILED)
        return len(plain) - size

    def hint(self, fragment: bytes) -> int | None:
        return None

    def last_block(self, fragment: bytes) -> bytes:
        sealed = fragment[: -self._mac.size] if self._mac_outside else fragment
        return sealed[-self._block_size :]


# -- which one --------------------------------------------------------------------------------------------------------


def label_prefix(version: int) -> bytes:
    """What stands before the labels of TLS 1.3, drafts included."""
    return OLD_LABEL_PREFIX if _DRAFT < version < _DRAFT + _FIRST_WITH_NEW_LABELS else LABEL_PREFIX


def iv_size(suite: Suite, version: int) -> int:
    """Bytes of initialization vector that a direction of TLS 1.2 or below cuts from the key block."""
    match suite.bulk.mode:
        case Mode.CBC:
            return suite.bulk.block_size if version <= TLS_1_0 else 0
        case Mode.GCM | Mode.CCM:
            return _SALT_SIZE
        case Mode.CHACHA20:
            return AEAD_NONCE_SIZE
        case _:
            return 0


def tls13_opener(suite: Suite, secret: bytes, version: int) -> Opener | None:
    """For a traffic secret of TLS 1.3; None where the cipher library has been told not to support the cipher."""
    try:
        return _Tls13(suite.bulk, secret, suite.prf_hash, version)
    except UnsupportedAlgorithm:
        return None


def opener(suite: Suite, keys: Keys, version: int, encrypt_then_mac: bool, truncated_mac: bool) -> Opener | None:
    """For the keys of a direction of TLS 1.2 or below; None where the cipher library does not support the cipher.

    Args:
        suite: the suite chosen.
        keys: what the direction has of the key block.
        version: negotiated.
        encrypt_then_mac: whether the server agreed to RFC 7366; says nothing to other than block ciphers.
        truncated_mac: whether the server agreed to truncated_hmac.
    """
    try:
        if suite.bulk.tag_size:
            return _Aead(suite.bulk, keys)
        mac = _Mac(suite, keys.mac, version, truncated_mac)
        if suite.bulk.mode is Mode.STREAM:
            return _Stream(mac, keys.cipher)
        return _Cbc(suite, keys, mac, version, encrypt_then_mac)
    except UnsupportedAlgorithm:
        return None
