"""TLS as bytes, for tests: each function wraps what it is given."""

from __future__ import annotations

TLS_1_2, TLS_1_3 = 0x0303, 0x0304

CLIENT_RANDOM, SERVER_RANDOM = bytes(range(32)), bytes(range(0x70, 0x90))


def number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")


def vec(size: int, body: bytes) -> bytes:
    """The body behind its length of ``size`` bytes."""
    return number(len(body), size) + body


def u16s(*values: int) -> bytes:
    return b"".join(number(value, 2) for value in values)


def record(content_type: int, fragment: bytes, version: int = TLS_1_2) -> bytes:
    return number(content_type, 1) + number(version, 2) + vec(2, fragment)


def handshake(kind: int, body: bytes) -> bytes:
    return number(kind, 1) + vec(3, body)


def extension(kind: int, body: bytes = b"") -> bytes:
    return number(kind, 2) + vec(2, body)


def server_name(name: bytes) -> bytes:
    return extension(0, vec(2, b"\x00" + vec(2, name)))


def alpn(*names: bytes) -> bytes:
    return extension(16, vec(2, b"".join(vec(1, name) for name in names)))


def client_hello(
    *extensions: bytes,
    suites: tuple[int, ...] = (0x1301, 0xC02F),
    version: int = TLS_1_2,
    session_id: bytes = b"",
    random: bytes = CLIENT_RANDOM,
) -> bytes:
    body = number(version, 2) + random + vec(1, session_id) + vec(2, u16s(*suites)) + b"\x01\x00"
    return handshake(1, body + (vec(2, b"".join(extensions)) if extensions else b""))


def server_hello(
    *extensions: bytes,
    suite: int = 0xC02F,
    version: int = TLS_1_2,
    session_id: bytes = b"",
    random: bytes = SERVER_RANDOM,
) -> bytes:
    body = number(version, 2) + random + vec(1, session_id) + number(suite, 2) + b"\x00"
    return handshake(2, body + (vec(2, b"".join(extensions)) if extensions else b""))


def ssl2_client_hello(ciphers: tuple[int, ...] = (0x010080, 0x000035), challenge: bytes = bytes(range(16))) -> bytes:
    """The record of two bytes of length, and the hello in it."""
    specs = b"".join(number(cipher, 3) for cipher in ciphers)
    body = b"\x01" + number(0x0301, 2) + u16s(len(specs), 0, len(challenge)) + specs + challenge
    return number(0x8000 | len(body), 2) + body
