"""Handshake messages of every kind and extensions of every type; what they are read as stands in tls_fields.txt."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.proto.tls_wire import (
    TLS_1_2,
    TLS_1_3,
    alpn,
    client_hello,
    extension,
    handshake,
    number,
    server_hello,
    server_name,
    ssl2_client_hello,
    u16s,
    vec,
)

SSL_2, SSL_3, TLS_1_0, DRAFT_18 = 0x0002, 0x0300, 0x0301, 0x7F12
RSA, DHE, DH_ANON, ECDHE, PSK, ECDHE_PSK, SRP = 0x002F, 0x0033, 0x0034, 0xC02F, 0x008C, 0xC035, 0xC01D

RETRY_RANDOM = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
KEY = bytes(range(8))
SIGNED = b"\x04\x03" + vec(2, b"signature")


@dataclass(frozen=True)
class Sample:
    label: str
    octets: bytes
    version: int = TLS_1_2
    suite: int = 0


@cache
def certificate() -> bytes:
    """A certificate that is the same each time: Ed25519 signs without chance."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    name = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "CH"),
            x509.NameAttribute(x509.NameOID.LOCALITY_NAME, "Zürich"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "ladder.example"),
        ]
    )
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(0x1234).not_valid_before(start).not_valid_after(start.replace(year=2060))
    alternatives = [x509.DNSName("ladder.example"), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
    made = made.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return made.sign(key, None).public_bytes(Encoding.DER)


def raw_public_key() -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def chain(*certificates: bytes) -> bytes:
    return vec(3, b"".join(vec(3, one) for one in certificates))


def compressed(algorithm: int, packed: bytes, size: int) -> bytes:
    return handshake(25, number(algorithm, 2) + number(size, 3) + vec(3, packed))


_NAME = bytes.fromhex("300c310a30080603550403130161")  # CN=a
#: A certificate message of TLS 1.3 of 14 bytes with one certificate, which is none, in it.
_ZLIB = bytes.fromhex("789c636060e062606035606662646460000002170047")
_BROTLI = bytes.fromhex("8b06800000000a0000053003020101000003")
_ZLIB_OF_64_ZEROS = bytes.fromhex("789c6360a00c000000400001")

MESSAGES: list[Sample] = [
    Sample("hello request", handshake(0, b"")),
    Sample(
        "client hello",
        client_hello(
            server_name(b"example.org"),
            extension(0x0A0A),
            alpn(b"h2", b"http/1.1"),
            extension(43, vec(1, u16s(0x0A0A, TLS_1_3, TLS_1_2))),
            suites=(0x1A1A, 0x1301, 0xFFF0),
            session_id=b"\x01\x02",
        ),
    ),
    Sample("client hello without extensions", client_hello(version=SSL_3)),
    Sample("client hello of SSL 2.0", ssl2_client_hello()[2:], SSL_2),
    Sample("server hello", server_hello(extension(23), alpn(b"h2"))),
    Sample(
        "server hello of TLS 1.3", server_hello(extension(43, u16s(TLS_1_3)), extension(51, u16s(29) + vec(2, KEY)))
    ),
    Sample("server hello of draft 18", handshake(2, u16s(DRAFT_18) + bytes(32) + u16s(0x1301) + vec(2, b""))),
    Sample(
        "hello retry request",
        server_hello(extension(43, u16s(TLS_1_3)), extension(51, u16s(23)), random=RETRY_RANDOM, suite=0x1302),
    ),
    Sample("hello retry request of draft 18", handshake(6, u16s(DRAFT_18) + vec(2, extension(40, u16s(23))))),
    Sample("server hello of SSL 2.0", b"\x04\x00\x01" + u16s(2, 3, 3, 2) + b"der" + b"\x01\x00\x80" + b"id", SSL_2),
    Sample("error of SSL 2.0", b"\x00\x00\x01", SSL_2),
    Sample("ticket", handshake(4, number(90061, 4) + vec(2, b"opaque"))),
    Sample(
        "ticket of TLS 1.3",
        handshake(4, number(7200, 4) + number(5, 4) + vec(1, b"n") + vec(2, b"t") + vec(2, extension(42, bytes(4)))),
        TLS_1_3,
    ),
    Sample("ticket of draft 18", handshake(4, bytes(8) + vec(2, b"t") + vec(2, b"")), DRAFT_18),
    Sample("end of early data", handshake(5, b""), TLS_1_3),
    Sample("encrypted extensions", handshake(8, vec(2, alpn(b"h2") + extension(0))), TLS_1_3),
    Sample("certificate", handshake(11, chain(certificate()))),
    Sample("certificate of TLS 1.3", handshake(11, b"\x00" + vec(3, vec(3, certificate()) + vec(2, b""))), TLS_1_3),
    Sample("raw public key", handshake(11, chain(raw_public_key()))),
    Sample("broken certificate", handshake(11, chain(certificate()[:120], b"\x30\x03\x02\x01\x01"))),
    Sample("no certificate", handshake(11, vec(3, b""))),
    Sample("ECDHE key", handshake(12, b"\x03" + u16s(29) + vec(1, KEY) + SIGNED), TLS_1_2, ECDHE),
    Sample("ECDHE key of TLS 1.0", handshake(12, b"\x03" + u16s(23) + vec(1, KEY) + vec(2, b"sig")), TLS_1_0, ECDHE),
    Sample("ECDHE key of a suite not seen", handshake(12, b"\x03" + u16s(29) + vec(1, KEY) + SIGNED)),
    Sample("DHE key", handshake(12, vec(2, b"\x00" + KEY) + vec(2, b"\x02") + vec(2, KEY) + SIGNED), TLS_1_2, DHE),
    Sample("anonymous DH key", handshake(12, vec(2, KEY) + vec(2, b"\x02") + vec(2, KEY)), TLS_1_2, DH_ANON),
    Sample("export RSA key", handshake(12, vec(2, KEY) + vec(2, b"\x03") + vec(2, b"sig")), TLS_1_0, RSA),
    Sample("PSK hint", handshake(12, vec(2, b"hint")), TLS_1_2, PSK),
    Sample("ECDHE PSK key", handshake(12, vec(2, b"") + b"\x03" + u16s(29) + vec(1, KEY)), TLS_1_2, ECDHE_PSK),
    Sample("SRP key", handshake(12, vec(2, KEY) + vec(2, b"\x02") + vec(1, b"salt") + vec(2, KEY)), TLS_1_2, SRP),
    Sample("explicit curve", handshake(12, b"\x01" + KEY), TLS_1_2, ECDHE),
    Sample("key exchange of a suite not seen", handshake(12, vec(2, KEY))),
    Sample(
        "certificate request", handshake(13, vec(1, b"\x01\x40") + vec(2, b"\x04\x01\x02\x02") + vec(2, vec(2, _NAME)))
    ),
    Sample("certificate request of TLS 1.0", handshake(13, vec(1, b"\x01") + vec(2, b"")), TLS_1_0),
    Sample(
        "certificate request of TLS 1.3",
        handshake(13, vec(1, b"ctx") + vec(2, extension(13, vec(2, u16s(0x0804))))),
        TLS_1_3,
    ),
    Sample("certificate request of draft 18", handshake(13, b"\x00" + vec(2, u16s(0x0403)) + bytes(4)), DRAFT_18),
    Sample("server hello done", handshake(14, b"")),
    Sample("certificate verify", handshake(15, b"\x08\x04" + vec(2, b"signature")), TLS_1_3),
    Sample("certificate verify of TLS 1.0", handshake(15, vec(2, b"signature")), TLS_1_0),
    Sample("RSA premaster secret", handshake(16, vec(2, KEY)), TLS_1_2, RSA),
    Sample("RSA premaster secret of SSL 3.0", handshake(16, KEY), SSL_3, RSA),
    Sample("client DHE key", handshake(16, vec(2, KEY)), TLS_1_2, DHE),
    Sample("client ECDHE key", handshake(16, vec(1, KEY)), TLS_1_2, ECDHE),
    Sample("client PSK identity", handshake(16, vec(2, b"me")), TLS_1_2, PSK),
    Sample("client SRP key", handshake(16, vec(2, KEY)), TLS_1_2, SRP),
    Sample("client key of a suite not seen", handshake(16, vec(2, KEY))),
    Sample("finished", handshake(20, bytes(range(12)))),
    Sample("certificate URL", handshake(21, b"\x00" + vec(2, vec(2, b"http://a") + b"\x01" + bytes(20)))),
    Sample("certificate status", handshake(22, b"\x01" + vec(3, b"response"))),
    Sample("certificate statuses", handshake(22, b"\x02" + vec(3, vec(3, b"response") + vec(3, b"")))),
    Sample("key update", handshake(24, b"\x01"), TLS_1_3),
    Sample("zlib certificate", compressed(1, _ZLIB, 14), TLS_1_3),
    Sample("brotli certificate", compressed(2, _BROTLI, 14), TLS_1_3),
    Sample("zstd certificate", compressed(3, b"packed", 9), TLS_1_3),
    Sample("certificate that unpacks to more", compressed(1, _ZLIB_OF_64_ZEROS, 9), TLS_1_3),
    Sample("certificate that would unpack to too much", compressed(1, b"", 1 << 23), TLS_1_3),
    Sample("certificate that does not unpack", compressed(2, b"\xff\xff", 9), TLS_1_3),
    Sample("next protocol", handshake(67, vec(1, b"spdy/3.1") + vec(1, bytes(5)))),
]

_TICKET_HEAD = bytes(8) + vec(1, b"") + vec(2, b"t")


def in_client_hello(kind: int, body: bytes = b"") -> bytes:
    return client_hello(extension(kind, body))


def in_server_hello(kind: int, body: bytes = b"") -> bytes:
    return server_hello(extension(kind, body))


def in_retry(kind: int, body: bytes) -> bytes:
    return server_hello(extension(kind, body), random=RETRY_RANDOM)


def in_encrypted(kind: int, body: bytes) -> bytes:
    return handshake(8, vec(2, extension(kind, body)))


_SCT = b"\x00" + bytes(32) + number(1_700_000_000_123, 8) + vec(2, b"") + SIGNED

EXTENSIONS: list[Sample] = [
    Sample("server_name", in_client_hello(0, vec(2, b"\x00" + vec(2, b"example.org")))),
    Sample("server_name of a server", in_server_hello(0)),
    Sample("max_fragment_length", in_client_hello(1, b"\x03")),
    Sample("status_request", in_client_hello(5, b"\x01" + vec(2, b"") + vec(2, b""))),
    Sample("status_request of a server", in_server_hello(5)),
    Sample("supported_groups", in_client_hello(10, vec(2, u16s(0x2A2A, 0x11EC, 29, 0x1234)))),
    Sample("ec_point_formats", in_client_hello(11, vec(1, b"\x00\x02\x09"))),
    Sample("srp", in_client_hello(12, vec(1, b"alice"))),
    Sample("signature_algorithms", in_client_hello(13, vec(2, u16s(0x0403, 0x0807, 0x0202, 0xEEEE)))),
    Sample("heartbeat", in_client_hello(15, b"\x01")),
    Sample("ALPN", in_client_hello(16, vec(2, vec(1, b"h2") + vec(1, b"\n")))),
    Sample("status_request_v2", in_client_hello(17, vec(2, b"\x02" + vec(2, bytes(4))))),
    Sample("signed_certificate_timestamp", in_server_hello(18, vec(2, vec(2, _SCT)))),
    Sample("signed_certificate_timestamp asked for", in_client_hello(18)),
    Sample("client_certificate_type", in_client_hello(19, vec(1, b"\x02\x00"))),
    Sample("server_certificate_type chosen", in_server_hello(20, b"\x02")),
    Sample("padding", in_client_hello(21, bytes(3))),
    Sample("encrypt_then_mac", in_client_hello(22)),
    Sample("extended_master_secret", in_client_hello(23)),
    Sample("compress_certificate", in_client_hello(27, vec(1, u16s(2, 1)))),
    Sample("record_size_limit", in_client_hello(28, u16s(16385))),
    Sample("delegated_credentials", in_client_hello(34, vec(2, u16s(0x0403)))),
    Sample("session_ticket", in_client_hello(35, b"ticket")),
    Sample(
        "pre_shared_key",
        in_client_hello(41, vec(2, vec(2, b"id") + number(9, 4)) + vec(2, vec(1, b"binder"))),
    ),
    Sample("pre_shared_key chosen", in_server_hello(41, u16s(1))),
    Sample("early_data", in_client_hello(42)),
    Sample("early_data of a ticket", handshake(4, _TICKET_HEAD + vec(2, extension(42, number(16384, 4)))), TLS_1_3),
    Sample("supported_versions", in_client_hello(43, vec(1, u16s(TLS_1_3, 0x7F1C, 0x7E01)))),
    Sample("supported_versions chosen", in_server_hello(43, u16s(TLS_1_3))),
    Sample("cookie", in_retry(44, vec(2, b"crumbs"))),
    Sample("psk_key_exchange_modes", in_client_hello(45, vec(1, b"\x01\x0b\x07"))),
    Sample("certificate_authorities", in_client_hello(47, vec(2, vec(2, _NAME) + vec(2, b"junk")))),
    Sample("oid_filters", in_client_hello(48, vec(2, vec(1, b"\x55\x1d\x0f") + vec(2, b"v")))),
    Sample("post_handshake_auth", in_client_hello(49)),
    Sample("key_share", in_client_hello(51, vec(2, u16s(0x3A3A) + vec(2, b"\x00") + u16s(29) + vec(2, KEY)))),
    Sample("key_share of a server", in_server_hello(51, u16s(29) + vec(2, KEY))),
    Sample("key_share of a retry", in_retry(51, u16s(24))),
    Sample("connection_id", in_client_hello(54, vec(1, b"\x01"))),
    Sample("next_protocol_negotiation", in_client_hello(13172)),
    Sample("next_protocol_negotiation of a server", in_server_hello(13172, vec(1, b"h2") + vec(1, b"spdy/3"))),
    Sample("application_settings", in_client_hello(17513, vec(2, vec(1, b"h2")))),
    Sample("application_settings chosen", in_encrypted(17513, b"settings"), TLS_1_3),
    Sample(
        "encrypted_client_hello", in_client_hello(65037, b"\x00" + u16s(1, 1) + b"\x07" + vec(2, KEY) + vec(2, KEY))
    ),
    Sample("encrypted_client_hello inside", in_client_hello(65037, b"\x01")),
    Sample("encrypted_client_hello of a retry", in_retry(65037, KEY)),
    Sample("encrypted_client_hello of a server", in_encrypted(65037, vec(2, KEY)), TLS_1_3),
    Sample("renegotiation_info", in_client_hello(65281, vec(1, b""))),
    Sample(
        "encrypted_server_name",
        in_client_hello(65486, u16s(0x1301, 29) + vec(2, KEY) + vec(2, KEY) + vec(2, b"sealed")),
    ),
    Sample("encrypted_server_name of a server", in_encrypted(65486, KEY), TLS_1_3),
    Sample("unknown", in_client_hello(4321, b"who knows")),
    Sample("too short", in_client_hello(43, vec(1, u16s(TLS_1_3))[:1])),
    Sample("longer than its content", in_client_hello(1, b"\x01\x02")),
    Sample("list longer than the extension", in_client_hello(10, u16s(8, 29))),
    Sample("half an element", in_client_hello(10, vec(2, u16s(29) + b"\x00"))),
    Sample("longer than the message", in_client_hello(16, b"abcdef")[:-4]),
]
