"""What do the two Key Exchange messages of TLS 1.2 and below hold? The cipher suite decides.

RFC 5246 section 7.4.3 and 7.4.7 (RSA, DHE), RFC 8422 section 5.4 and 5.7 (ECDHE), RFC 4279, 5489 (PSK), RFC 5054 (SRP).

Traps: nothing in the messages tells the key exchange; where the suite is not known the parameters of ECDHE are tried,
which begin with a curve type, and the rest stays bytes. Only TLS 1.2 names the signature's algorithm, anonymous suites
have no signature, and SSL 3.0 sends the encrypted premaster secret without its length (RFC 5246 section 7.4.7.1).
"""

from __future__ import annotations

from ladderview.proto.fields import FieldReader
from ladderview.proto.tls_names import EC_CURVE_TYPES, GROUPS, SSL_3, TLS_1_2, name_of, signature_scheme, words
from ladderview.proto.tls_parts import Reading, read_signature_scheme
from ladderview.proto.tls_suites import CIPHER_SUITES, KeyExchange, key_exchange
from ladderview.proto.tls_vector import octets, opaque, printable

_NAMED_CURVE = 3
_DH = frozenset({KeyExchange.DH, KeyExchange.DHE, KeyExchange.DHE_PSK})
_EC = frozenset({KeyExchange.ECDH, KeyExchange.ECDHE, KeyExchange.ECDHE_PSK})
_PSK = frozenset({KeyExchange.PSK, KeyExchange.RSA_PSK, KeyExchange.DHE_PSK, KeyExchange.ECDHE_PSK})
_RSA = frozenset({KeyExchange.RSA, KeyExchange.RSA_PSK})


def read_server_key_exchange(r: FieldReader, reading: Reading) -> None:
    """RFC 5246 section 7.4.3."""
    kind = key_exchange(reading.suite)
    if kind is None and r.peek(1) == bytes((_NAMED_CURVE,)):
        kind = KeyExchange.ECDHE
    if kind in _PSK:
        opaque(r, "Hint Length", 2, "Hint", printable)
    if kind in _EC:
        _server_curve(r, reading)
    elif kind in _DH:
        with r.group("Diffie-Hellman Server Params"):
            prime = opaque(r, "p Length", 2, "p")
            opaque(r, "g Length", 2, "g")
            opaque(r, "Pubkey Length", 2, "Pubkey")
        reading.summary = f"{kind.value} {int.from_bytes(prime, 'big').bit_length()} bits" if kind else ""
    elif kind is KeyExchange.RSA:  # export suites: a short key of the moment
        with r.group("RSA-EXPORT Server Params"):
            opaque(r, "Modulus Length", 2, "Modulus")
            opaque(r, "Exponent Length", 2, "Exponent")
    elif kind is KeyExchange.SRP:
        with r.group("SRP Server Params"):
            opaque(r, "N Length", 2, "N")
            opaque(r, "g Length", 2, "g")
            opaque(r, "Salt Length", 1, "Salt")
            opaque(r, "B Length", 2, "B")
    if r.left and kind not in {None, KeyExchange.OTHER, KeyExchange.ECJPAKE} and kind not in _PSK:
        _signature(r, reading)


def _server_curve(r: FieldReader, reading: Reading) -> None:
    """RFC 8422 section 5.4."""
    with r.group("EC Diffie-Hellman Server Params"):
        if r.u8("Curve Type", words(EC_CURVE_TYPES, 2)) != _NAMED_CURVE:
            r.raw("Explicit curve", r.left, octets)
            return
        curve = r.u16("Named Curve", words(GROUPS, 4))
        reading.summary = f"ECDHE {name_of(GROUPS, curve)}"
        opaque(r, "Pubkey Length", 1, "Pubkey")


def _signature(r: FieldReader, reading: Reading) -> None:
    if "_anon_" in CIPHER_SUITES.get(reading.suite, ""):
        return
    if reading.version >= TLS_1_2 or (not reading.version and int.from_bytes(r.peek(2), "big") != r.left - 2):
        scheme = read_signature_scheme(r)
        reading.summary += f", {signature_scheme(scheme)}" if reading.summary else signature_scheme(scheme)
    opaque(r, "Signature Length", 2, "Signature")


def read_client_key_exchange(r: FieldReader, reading: Reading) -> None:
    """RFC 5246 section 7.4.7."""
    kind = key_exchange(reading.suite)
    reading.summary = kind.value if kind and kind is not KeyExchange.OTHER else ""
    if kind in _PSK:
        identity = opaque(r, "Identity Length", 2, "Identity", printable)
        reading.summary += f", identity {printable(identity)}"
    if kind in _RSA:
        with r.group("RSA Encrypted PreMaster Secret"):
            if reading.version != SSL_3 and int.from_bytes(r.peek(2), "big") == r.left - 2:
                r.u16("Encrypted PreMaster length")
            r.raw("Encrypted PreMaster", r.left, octets)
    elif kind in _DH and r.left:  # empty where the key is in the client's certificate
        with r.group("Diffie-Hellman Client Params"):
            opaque(r, "Pubkey Length", 2, "Pubkey")
    elif kind in _EC and r.left:
        with r.group("EC Diffie-Hellman Client Params"):
            opaque(r, "Pubkey Length", 1, "Pubkey")
    elif kind is KeyExchange.SRP:
        with r.group("SRP Client Params"):
            opaque(r, "A Length", 2, "A")
