"""By which fingerprint is a hello known? JA3, JA3S, JA4 and JA4S.

JA3 and JA3S: https://github.com/salesforce/ja3. JA4 and JA4S: https://github.com/FoxIO-LLC/ja4, "technical details".

Traps: JA3 takes the version field and everything in wire order, JA4 the highest version supported and sorted lists;
both leave GREASE out. JA4 counts server_name and ALPN but does not hash them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ladderview.proto.tls_hello import Hello
from ladderview.proto.tls_names import GREASE, SSL_2, SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, is_tls13

_SERVER_NAME, _ALPN = 0, 16

_VERSIONS: dict[int, str] = {SSL_2: "s2", SSL_3: "s3", TLS_1_0: "10", TLS_1_1: "11", TLS_1_2: "12"}


def ja3_text(hello: Hello) -> str:
    """What JA3 hashes: of a server's hello it is JA3S."""
    lists: list[Iterable[int]] = [(hello.legacy_version,), _meant(hello.suites), _meant(hello.extensions)]
    if hello.is_client:
        lists += [_meant(hello.groups), hello.point_formats]
    return ",".join("-".join(str(number) for number in numbers) for numbers in lists)


def ja3(hello: Hello) -> str:
    """JA3 of a Client Hello, JA3S of a Server Hello."""
    return hashlib.md5(ja3_text(hello).encode(), usedforsecurity=False).hexdigest()


def ja4(hello: Hello) -> str:
    """JA4 of a Client Hello over TCP, JA4S of a Server Hello."""
    version = "13" if is_tls13(hello.version) else _VERSIONS.get(hello.version, "00")
    extensions = list(_meant(hello.extensions))
    count = min(len(extensions), 99)
    if not hello.is_client:
        return f"t{version}{count:02}{_alpn(hello)}_{hello.suite:04x}_{_hash(_hexes(extensions))}"
    suites = sorted(_meant(hello.suites))
    name = "d" if _SERVER_NAME in extensions else "i"
    hashed = _hexes(sorted(kind for kind in extensions if kind not in {_SERVER_NAME, _ALPN}))
    if hashed and hello.signature_algorithms:
        hashed += "_" + _hexes(_meant(hello.signature_algorithms))
    head = f"t{version}{name}{min(len(suites), 99):02}{count:02}{_alpn(hello)}"
    return f"{head}_{_hash(_hexes(suites))}_{_hash(hashed)}"


def _meant(numbers: Iterable[int]) -> list[int]:
    """The numbers without GREASE."""
    return [number for number in numbers if number not in GREASE]


def _hexes(numbers: Iterable[int]) -> str:
    return ",".join(f"{number:04x}" for number in numbers)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12] if text else "0" * 12


def _alpn(hello: Hello) -> str:
    """First and last character of the first protocol, of its hexadecimal form where they are not alphanumeric."""
    first = hello.alpn[0].encode("latin-1", "replace") if hello.alpn else b""
    if not first:
        return "00"
    ends = chr(first[0]) + chr(first[-1])
    return ends if ends.isascii() and ends.isalnum() else first.hex()[0] + first.hex()[-1]
