"""Connections made by hand, for the versions and suites that no library speaks any more and for what no library does.

The protection of records is written here a second time, from the side of the sender and straight from the RFCs.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4, IDEA, SEED, Camellia, TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from ladderview.proto.tls_prf import expand_label, key_block, next_traffic_secret

CLIENT, SERVER = 0, 1
CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA = 20, 21, 22, 23
CLIENT_RANDOM, SERVER_RANDOM = bytes(range(32)), bytes(range(32, 64))
MASTER = bytes(range(48))
#: Traffic secrets of TLS 1.3: (client, server) of the handshake and of the first application data; the client's early.
SECRETS = {"handshake": (b"\x11", b"\x12"), "traffic": (b"\x21", b"\x22"), "early": (b"\x31", b"")}

_BLOCKS = {"AES": (AES, 16), "3DES": (TripleDES, 8), "DES": (TripleDES, 8), "IDEA": (IDEA, 8), "SEED": (SEED, 16)}
_BLOCKS |= {"CAMELLIA": (Camellia, 16)}


@dataclass(frozen=True)
class Kind:
    """A suite as the sender knows it."""

    number: int
    cipher: str
    key_size: int
    mac: str = ""
    prf: str = "sha256"


KINDS = {
    "3DES": Kind(0x000A, "3DES", 24, "sha1"),
    "DES": Kind(0x0009, "DES", 8, "sha1"),
    "IDEA": Kind(0x0007, "IDEA", 16, "sha1"),
    "SEED": Kind(0x0096, "SEED", 16, "sha1"),
    "CAMELLIA": Kind(0x0041, "CAMELLIA", 16, "sha1"),
    "AES": Kind(0x002F, "AES", 16, "sha1"),
    "AES256": Kind(0x003D, "AES", 32, "sha256"),
    "RC4-MD5": Kind(0x0004, "RC4", 16, "md5"),
    "RC4-SHA": Kind(0x0005, "RC4", 16, "sha1"),
    "GCM": Kind(0x009C, "GCM", 16),
    "GCM384": Kind(0x009D, "GCM", 32, prf="sha384"),
    "CCM": Kind(0xC09C, "CCM", 16),
    "CCM8": Kind(0xC0A0, "CCM8", 16),
    "CHACHA": Kind(0xCCA8, "CHACHA", 32),
    "13-GCM": Kind(0x1301, "GCM", 16),
    "13-GCM384": Kind(0x1302, "GCM", 32, prf="sha384"),
    "13-CHACHA": Kind(0x1303, "CHACHA", 32),
    "13-CCM": Kind(0x1304, "CCM", 16),
    "13-CCM8": Kind(0x1305, "CCM8", 16),
}


def record(content_type: int, fragment: bytes, version: int = 0x0303) -> bytes:
    return bytes([content_type]) + version.to_bytes(2, "big") + len(fragment).to_bytes(2, "big") + fragment


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def extension(kind: int, body: bytes) -> bytes:
    return kind.to_bytes(2, "big") + len(body).to_bytes(2, "big") + body


def client_hello(version: int, suites: list[int], extensions: bytes = b"", session_id: bytes = b"") -> bytes:
    body = min(version, 0x0303).to_bytes(2, "big") + CLIENT_RANDOM + bytes([len(session_id)]) + session_id
    body += (2 * len(suites)).to_bytes(2, "big") + b"".join(suite.to_bytes(2, "big") for suite in suites) + b"\x01\x00"
    if version > 0x0303:
        extensions += extension(43, b"\x02" + version.to_bytes(2, "big"))
    return message(1, body + (len(extensions).to_bytes(2, "big") + extensions if extensions else b""))


def server_hello(
    version: int, suite: int, extensions: bytes = b"", session_id: bytes = b"", compression: int = 0
) -> bytes:
    body = min(version, 0x0303).to_bytes(2, "big") + SERVER_RANDOM + bytes([len(session_id)]) + session_id
    body += suite.to_bytes(2, "big") + bytes([compression])
    if version > 0x0303:
        extensions += extension(43, version.to_bytes(2, "big"))
    return message(2, body + (len(extensions).to_bytes(2, "big") + extensions if extensions else b""))


class Sealer:
    """One direction's protection, counting records by itself."""

    def __init__(
        self, kind: Kind, version: int, keys: tuple[bytes, bytes, bytes], mac_outside: bool, mac_size: int
    ) -> None:
        self.kind = kind
        self.version = version
        self.sequence = 0
        self._mac_key, self._key, self._iv = keys
        self._mac_outside = mac_outside
        self._mac_size = mac_size
        self._rc4 = Cipher(ARC4(self._key), None).encryptor() if kind.cipher == "RC4" else None

    def seal(self, content_type: int, content: bytes, padding: int = 0) -> bytes:
        """A whole record; padding is in blocks (CBC) or zeros (TLS 1.3)."""
        version = min(self.version, 0x0303)
        head = bytes([content_type]) + version.to_bytes(2, "big")
        number = self.sequence.to_bytes(8, "big")
        self.sequence += 1
        if self.version > 0x0303:
            inner = content + bytes([content_type]) + bytes(padding)
            header = b"\x17\x03\x03" + (len(inner) + self._tag_size()).to_bytes(2, "big")
            return header + self._aead(self._nonce(number), inner, header)
        if self._rc4:
            return record(content_type, self._rc4.update(content + self._mac(number, head, content)), version)
        if self.kind.mac:
            return record(content_type, self._block(number, head, content, padding), version)
        said = number + head + len(content).to_bytes(2, "big")
        if self.kind.cipher == "CHACHA":
            return record(content_type, self._aead(self._nonce(number), content, said), version)
        return record(content_type, number + self._aead(self._iv + number, content, said), version)

    def _tag_size(self) -> int:
        return 8 if self.kind.cipher == "CCM8" else 16

    def _nonce(self, number: bytes) -> bytes:
        return bytes(a ^ b for a, b in zip(self._iv, bytes(4) + number, strict=True))

    def _aead(self, nonce: bytes, content: bytes, said: bytes) -> bytes:
        if self.kind.cipher == "GCM":
            return AESGCM(self._key).encrypt(nonce, content, said)
        if self.kind.cipher == "CHACHA":
            return ChaCha20Poly1305(self._key).encrypt(nonce, content, said)
        return AESCCM(self._key, self._tag_size()).encrypt(nonce, content, said)

    def _mac(self, number: bytes, head: bytes, content: bytes) -> bytes:
        size = len(content).to_bytes(2, "big")
        if self.version == 0x0300:
            pads = 40 if self.kind.mac == "sha1" else 48
            inner = hashlib.new(
                self.kind.mac, self._mac_key + b"6" * pads + number + head[:1] + size + content
            ).digest()
            return hashlib.new(self.kind.mac, self._mac_key + b"\\" * pads + inner).digest()
        return hmac.new(self._mac_key, number + head + size + content, self.kind.mac).digest()[: self._mac_size]

    def _block(self, number: bytes, head: bytes, content: bytes, padding: int) -> bytes:
        algorithm, size = _BLOCKS[self.kind.cipher]
        if not self._mac_outside:
            content += self._mac(number, head, content)
        short = size - len(content) % size + padding * size
        content += bytes([short - 1]) * short
        iv = self._iv if self.version <= 0x0301 else hashlib.sha256(number).digest()[:size]
        encryptor = Cipher(algorithm(self._key * 3 if self.kind.cipher == "DES" else self._key), CBC(iv)).encryptor()
        sealed = encryptor.update(content) + encryptor.finalize()
        if self.version <= 0x0301:
            self._iv = sealed[-size:]
        else:
            sealed = iv + sealed
        return sealed + (self._mac(number, head, sealed) if self._mac_outside else b"")


def sealers12(kind: Kind, version: int, mac_outside: bool = False, truncated: bool = False) -> tuple[Sealer, Sealer]:
    """Both directions' protection under the master secret of this file."""
    mac_size = hashlib.new(kind.mac).digest_size if kind.mac else 0
    if kind.mac:
        iv_size = _BLOCKS[kind.cipher][1] if kind.cipher in _BLOCKS and version <= 0x0301 else 0
    else:
        iv_size = 12 if kind.cipher == "CHACHA" else 4
    total = 2 * (mac_size + kind.key_size + iv_size)
    block = key_block(version, kind.prf, MASTER, CLIENT_RANDOM, SERVER_RANDOM, size=total)
    cuts = []
    for size in (mac_size, mac_size, kind.key_size, kind.key_size, iv_size, iv_size):
        cuts.append(block[:size])
        block = block[size:]
    shown = 10 if truncated else mac_size
    client = Sealer(kind, version, (cuts[0], cuts[2], cuts[4]), mac_outside, shown)
    return client, Sealer(kind, version, (cuts[1], cuts[3], cuts[5]), mac_outside, shown)


def secret13(kind: Kind, level: str, role: int, updates: int = 0) -> bytes:
    secret = SECRETS[level][role] * (48 if kind.prf == "sha384" else 32)
    for _ in range(updates):
        secret = next_traffic_secret(kind.prf, secret)
    return secret


def sealer13(kind: Kind, level: str, role: int, updates: int = 0) -> Sealer:
    secret = secret13(kind, level, role, updates)
    key, iv = expand_label(kind.prf, secret, b"key", kind.key_size), expand_label(kind.prf, secret, b"iv", 12)
    return Sealer(kind, 0x0304, (b"", key, iv), False, 0)


def keylog12() -> bytes:
    return f"CLIENT_RANDOM {CLIENT_RANDOM.hex()} {MASTER.hex()}\n".encode()


def keylog13(kind: Kind, *levels: str) -> bytes:
    labels = {
        "handshake": ("CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET"),
        "traffic": ("CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0"),
        "early": ("CLIENT_EARLY_TRAFFIC_SECRET",),
    }
    lines = [
        f"{label} {CLIENT_RANDOM.hex()} {secret13(kind, level, role).hex()}\n"
        for level in levels
        for role, label in enumerate(labels[level])
    ]
    return "".join(lines).encode()


@dataclass
class Script:
    """Records of a connection in order, as (direction, record)."""

    chunks: list[tuple[int, bytes]] = field(default_factory=list)

    def send(self, direction: int, *records: bytes) -> Script:
        self.chunks += [(direction, one) for one in records]
        return self


def handshake12(kind: Kind, version: int, hello_extensions: bytes = b"") -> Script:
    """The clear part of a resumed-looking handshake without certificates, and both Change Cipher Specs."""
    wire = min(version, 0x0303)
    script = Script()
    script.send(CLIENT, record(HANDSHAKE, client_hello(version, [kind.number], hello_extensions), wire))
    script.send(SERVER, record(HANDSHAKE, server_hello(version, kind.number, hello_extensions), wire))
    script.send(SERVER, record(CHANGE_CIPHER_SPEC, b"\x01", wire))
    return script.send(CLIENT, record(CHANGE_CIPHER_SPEC, b"\x01", wire))
