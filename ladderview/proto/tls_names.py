"""Which name does a number of TLS have? One table for each registry, in Wireshark's short words.

Unless a table says otherwise its source is https://www.iana.org/assignments/tls-parameters or
https://www.iana.org/assignments/tls-extensiontype-values. Cipher suites are in ``tls_suites``, alerts in ``tls_alert``.

Traps: GREASE (RFC 8701) puts sixteen reserved numbers into every list that may grow; they mean nothing and are left
out of fingerprints. The same number in two registries means two things: each field has its own words here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ladderview.proto.fields import Words

# -- versions ---------------------------------------------------------------------------------------------------------

SSL_2, SSL_3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 = 0x0002, 0x0300, 0x0301, 0x0302, 0x0303, 0x0304
GMTLS = 0x0101

#: RFC 8446 section 4.2.1 and its drafts; GMTLS: GM/T 0024.
VERSIONS: dict[int, str] = {
    SSL_2: "SSL 2.0",
    SSL_3: "SSL 3.0",
    TLS_1_0: "TLS 1.0",
    TLS_1_1: "TLS 1.1",
    TLS_1_2: "TLS 1.2",
    TLS_1_3: "TLS 1.3",
    GMTLS: "GMTLS",
    **{0x7F00 | draft: f"TLS 1.3 (draft {draft})" for draft in range(14, 29)},
    0xFB17: "TLS 1.3 (Facebook draft 23)",
    0xFB1A: "TLS 1.3 (Facebook draft 26)",
    0x0100: "DTLS 1.0 (OpenSSL pre 0.9.8f)",
    0xFEFF: "DTLS 1.0",
    0xFEFD: "DTLS 1.2",
    0xFEFC: "DTLS 1.3",
}

#: As Wireshark's Protocol column and its line for a record have them.
SHORT_VERSIONS: dict[int, str] = {
    SSL_2: "SSLv2",
    SSL_3: "SSLv3",
    TLS_1_0: "TLSv1",
    TLS_1_1: "TLSv1.1",
    TLS_1_2: "TLSv1.2",
    TLS_1_3: "TLSv1.3",
    GMTLS: "GMTLS",
}

_DRAFT_VERSIONS = frozenset(number for number, name in VERSIONS.items() if name.startswith("TLS 1.3 ("))


def is_tls13(version: int) -> bool:
    """Whether the version is TLS 1.3 or one of its drafts."""
    return version == TLS_1_3 or version in _DRAFT_VERSIONS


def short_version(version: int) -> str:
    """The version in one word ("TLSv1.2"); "TLS" where it is not known."""
    return SHORT_VERSIONS[TLS_1_3] if is_tls13(version) else SHORT_VERSIONS.get(version, "TLS")


# -- GREASE -----------------------------------------------------------------------------------------------------------

#: RFC 8701 section 2: suites, groups, signature schemes, versions, extensions.
GREASE = frozenset(0x0A0A + 0x1010 * step for step in range(16))
#: RFC 8701 section 2: PSK key exchange modes.
GREASE_BYTES = frozenset(0x0B + 0x1F * step for step in range(8))
GREASE_NAME = "Reserved (GREASE)"


def words(names: Mapping[int, str], digits: int = 0, unknown: str = "Unknown") -> Words:
    """As ``fields.named``, with the numbers of GREASE named as such."""

    def text(value: int) -> str:
        number = f"0x{value:0{digits}x}" if digits else str(value)
        return f"{name_of(names, value, unknown)} ({number})"

    return text


def name_of(names: Mapping[int, str], value: int, unknown: str = "Unknown") -> str:
    """The name of a 16-bit number, GREASE included."""
    return GREASE_NAME if value in GREASE else names.get(value, unknown)


def names_of(names: Mapping[int, str], values: Iterable[int]) -> list[str]:
    """The names of 16-bit numbers, GREASE left out; an unknown one is its number."""
    return [names.get(value, f"0x{value:04x}") for value in values if value not in GREASE]


# -- records and handshake --------------------------------------------------------------------------------------------

CONTENT_TYPES: dict[int, str] = {
    20: "Change Cipher Spec",
    21: "Alert",
    22: "Handshake",
    23: "Application Data",
    24: "Heartbeat",
    25: "Connection ID",
    26: "ACK",
}

#: "TLS HandshakeType"; 6: drafts of TLS 1.3; 67: Next Protocol Negotiation (draft-agl-tls-nextprotoneg).
HANDSHAKE_TYPES: dict[int, str] = {
    0: "Hello Request",
    1: "Client Hello",
    2: "Server Hello",
    3: "Hello Verify Request",
    4: "New Session Ticket",
    5: "End of Early Data",
    6: "Hello Retry Request",
    8: "Encrypted Extensions",
    9: "Request Connection ID",
    10: "New Connection ID",
    11: "Certificate",
    12: "Server Key Exchange",
    13: "Certificate Request",
    14: "Server Hello Done",
    15: "Certificate Verify",
    16: "Client Key Exchange",
    17: "Client Certificate Request",
    20: "Finished",
    21: "Client Certificate URL",
    22: "Certificate Status",
    23: "Supplemental Data",
    24: "Key Update",
    25: "Compressed Certificate",
    26: "EKT Key",
    67: "Next Protocol",
    254: "Message Hash",
}

#: The SSL Protocol (Hickman, 1995), messages.
SSL2_MESSAGES: dict[int, str] = {
    0: "Error",
    1: "Client Hello",
    2: "Client Master Key",
    3: "Client Finished",
    4: "Server Hello",
    5: "Server Verify",
    6: "Server Finished",
    7: "Request Certificate",
    8: "Client Certificate",
}

#: "TLS Compression Method Identifiers"
COMPRESSION_METHODS: dict[int, str] = {0: "null", 1: "DEFLATE", 64: "LZS"}

#: "TLS ExtensionType Values"; 40 and 46 stood in drafts of TLS 1.3; 13172, 17513, 30031, 30032, 65445 and 65486 are in
#: use without being registered.
EXTENSIONS: dict[int, str] = {
    0: "server_name",
    1: "max_fragment_length",
    2: "client_certificate_url",
    3: "trusted_ca_keys",
    4: "truncated_hmac",
    5: "status_request",
    6: "user_mapping",
    7: "client_authz",
    8: "server_authz",
    9: "cert_type",
    10: "supported_groups",
    11: "ec_point_formats",
    12: "srp",
    13: "signature_algorithms",
    14: "use_srtp",
    15: "heartbeat",
    16: "application_layer_protocol_negotiation",
    17: "status_request_v2",
    18: "signed_certificate_timestamp",
    19: "client_certificate_type",
    20: "server_certificate_type",
    21: "padding",
    22: "encrypt_then_mac",
    23: "extended_master_secret",
    24: "token_binding",
    25: "cached_info",
    26: "tls_lts",
    27: "compress_certificate",
    28: "record_size_limit",
    29: "pwd_protect",
    30: "pwd_clear",
    31: "password_salt",
    32: "ticket_pinning",
    33: "tls_cert_with_extern_psk",
    34: "delegated_credentials",
    35: "session_ticket",
    36: "TLMSP",
    37: "TLMSP_proxying",
    38: "TLMSP_delegate",
    39: "supported_ekt_ciphers",
    40: "Reserved (key_share)",
    41: "pre_shared_key",
    42: "early_data",
    43: "supported_versions",
    44: "cookie",
    45: "psk_key_exchange_modes",
    46: "Reserved (ticket_early_data_info)",
    47: "certificate_authorities",
    48: "oid_filters",
    49: "post_handshake_auth",
    50: "signature_algorithms_cert",
    51: "key_share",
    52: "transparency_info",
    53: "connection_id (deprecated)",
    54: "connection_id",
    55: "external_id_hash",
    56: "external_session_id",
    57: "quic_transport_parameters",
    58: "ticket_request",
    59: "dnssec_chain",
    60: "sequence_number_encryption_algorithms",
    61: "rrc",
    62: "tls_flags",
    13172: "next_protocol_negotiation",
    17513: "application_settings",
    17613: "application_settings (new codepoint)",
    30031: "channel_id_old",
    30032: "channel_id",
    64768: "ech_outer_extensions",
    65037: "encrypted_client_hello",
    65281: "renegotiation_info",
    65445: "quic_transport_parameters (drafts version)",
    65486: "encrypted_server_name",
}

# -- keys and signatures ----------------------------------------------------------------------------------------------

#: "TLS Supported Groups"; 0x6399, 0x639a: experiments with Kyber (draft-tls-westerbaan-xyber768d00).
GROUPS: dict[int, str] = {
    1: "sect163k1",
    2: "sect163r1",
    3: "sect163r2",
    4: "sect193r1",
    5: "sect193r2",
    6: "sect233k1",
    7: "sect233r1",
    8: "sect239k1",
    9: "sect283k1",
    10: "sect283r1",
    11: "sect409k1",
    12: "sect409r1",
    13: "sect571k1",
    14: "sect571r1",
    15: "secp160k1",
    16: "secp160r1",
    17: "secp160r2",
    18: "secp192k1",
    19: "secp192r1",
    20: "secp224k1",
    21: "secp224r1",
    22: "secp256k1",
    23: "secp256r1",
    24: "secp384r1",
    25: "secp521r1",
    26: "brainpoolP256r1",
    27: "brainpoolP384r1",
    28: "brainpoolP512r1",
    29: "x25519",
    30: "x448",
    31: "brainpoolP256r1tls13",
    32: "brainpoolP384r1tls13",
    33: "brainpoolP512r1tls13",
    34: "GC256A",
    35: "GC256B",
    36: "GC256C",
    37: "GC256D",
    38: "GC512A",
    39: "GC512B",
    40: "GC512C",
    41: "curveSM2",
    0x0100: "ffdhe2048",
    0x0101: "ffdhe3072",
    0x0102: "ffdhe4096",
    0x0103: "ffdhe6144",
    0x0104: "ffdhe8192",
    0x0200: "MLKEM512",
    0x0201: "MLKEM768",
    0x0202: "MLKEM1024",
    0x11EB: "SecP256r1MLKEM768",
    0x11EC: "X25519MLKEM768",
    0x11ED: "SecP384r1MLKEM1024",
    0x11EE: "curveSM2MLKEM768",
    0x4138: "CECPQ2",
    0x6399: "X25519Kyber768Draft00",
    0x639A: "SecP256r1Kyber768Draft00",
    0xFF01: "arbitrary_explicit_prime_curves",
    0xFF02: "arbitrary_explicit_char2_curves",
}

#: "TLS SignatureScheme"
SIGNATURE_SCHEMES: dict[int, str] = {
    0x0201: "rsa_pkcs1_sha1",
    0x0203: "ecdsa_sha1",
    0x0401: "rsa_pkcs1_sha256",
    0x0403: "ecdsa_secp256r1_sha256",
    0x0420: "rsa_pkcs1_sha256_legacy",
    0x0501: "rsa_pkcs1_sha384",
    0x0503: "ecdsa_secp384r1_sha384",
    0x0520: "rsa_pkcs1_sha384_legacy",
    0x0601: "rsa_pkcs1_sha512",
    0x0603: "ecdsa_secp521r1_sha512",
    0x0620: "rsa_pkcs1_sha512_legacy",
    0x0704: "eccsi_sha256",
    0x0705: "iso_ibs1",
    0x0706: "iso_ibs2",
    0x0707: "iso_chinese_ibs",
    0x0708: "sm2sig_sm3",
    0x0709: "gostr34102012_256a",
    0x070A: "gostr34102012_256b",
    0x070B: "gostr34102012_256c",
    0x070C: "gostr34102012_256d",
    0x070D: "gostr34102012_512a",
    0x070E: "gostr34102012_512b",
    0x070F: "gostr34102012_512c",
    0x0804: "rsa_pss_rsae_sha256",
    0x0805: "rsa_pss_rsae_sha384",
    0x0806: "rsa_pss_rsae_sha512",
    0x0807: "ed25519",
    0x0808: "ed448",
    0x0809: "rsa_pss_pss_sha256",
    0x080A: "rsa_pss_pss_sha384",
    0x080B: "rsa_pss_pss_sha512",
    0x081A: "ecdsa_brainpoolP256r1tls13_sha256",
    0x081B: "ecdsa_brainpoolP384r1tls13_sha384",
    0x081C: "ecdsa_brainpoolP512r1tls13_sha512",
    0x0904: "mldsa44",
    0x0905: "mldsa65",
    0x0906: "mldsa87",
}

#: "TLS HashAlgorithm" (TLS 1.2: the first byte of a signature scheme)
HASHES: dict[int, str] = {
    0: "None",
    1: "MD5",
    2: "SHA1",
    3: "SHA224",
    4: "SHA256",
    5: "SHA384",
    6: "SHA512",
    7: "SM3",
    8: "Intrinsic",
}

#: "TLS SignatureAlgorithm" (TLS 1.2: the second byte of a signature scheme)
SIGNATURES: dict[int, str] = {
    0: "Anonymous",
    1: "RSA",
    2: "DSA",
    3: "ECDSA",
    4: "SM2",
    7: "Ed25519",
    8: "Ed448",
    64: "GOST R 34.10-2012 256",
    65: "GOST R 34.10-2012 512",
}


def signature_scheme(value: int) -> str:
    """A signature scheme by name; one of TLS 1.2 that has none by its hash and signature ("SHA1 DSA")."""
    if value in GREASE or value in SIGNATURE_SCHEMES:
        return name_of(SIGNATURE_SCHEMES, value)
    hash_name, signature = HASHES.get(value >> 8), SIGNATURES.get(value & 0xFF)
    return f"{hash_name} {signature}" if hash_name and signature else "Unknown"


#: "TLS EC Point Formats"
EC_POINT_FORMATS: dict[int, str] = {
    0: "uncompressed",
    1: "ansiX962_compressed_prime",
    2: "ansiX962_compressed_char2",
}

#: "TLS EC Curve Types"
EC_CURVE_TYPES: dict[int, str] = {1: "explicit_prime", 2: "explicit_char2", 3: "named_curve"}

# -- certificates -----------------------------------------------------------------------------------------------------

#: "TLS ClientCertificateType Identifiers"
CLIENT_CERTIFICATE_TYPES: dict[int, str] = {
    1: "RSA Sign",
    2: "DSS Sign",
    3: "RSA Fixed DH",
    4: "DSS Fixed DH",
    5: "RSA Ephemeral DH",
    6: "DSS Ephemeral DH",
    20: "Fortezza DMS",
    21: "GOST R 34.10-94",
    22: "GOST R 34.10-2001",
    64: "ECDSA Sign",
    65: "RSA Fixed ECDH",
    66: "ECDSA Fixed ECDH",
    67: "GOST R 34.10-2012 256",
    68: "GOST R 34.10-2012 512",
    80: "IBC Params",
}

#: "TLS Certificate Types"
CERTIFICATE_TYPES: dict[int, str] = {0: "X.509", 1: "OpenPGP", 2: "Raw Public Key", 3: "1609Dot2"}

#: "TLS Certificate Status Types"
STATUS_TYPES: dict[int, str] = {1: "OCSP", 2: "OCSP Multi"}

#: "TLS Certificate Compression Algorithm IDs"
CERTIFICATE_COMPRESSIONS: dict[int, str] = {1: "zlib", 2: "brotli", 3: "zstd"}

# -- what else extensions hold ----------------------------------------------------------------------------------------

#: RFC 6066 section 3
SERVER_NAME_TYPES: dict[int, str] = {0: "host_name"}

#: RFC 6066 section 4, as bytes
MAX_FRAGMENT_LENGTHS: dict[int, str] = {1: "512", 2: "1024", 3: "2048", 4: "4096"}

#: "TLS Heartbeat Modes" and "TLS Heartbeat Message Types"
HEARTBEAT_MODES: dict[int, str] = {1: "Peer allowed to send requests", 2: "Peer not allowed to send requests"}
HEARTBEAT_TYPES: dict[int, str] = {1: "Request", 2: "Response"}

#: "TLS PskKeyExchangeMode"
PSK_MODES: dict[int, str] = {
    0: "PSK-only key establishment (psk_ke)",
    1: "PSK with (EC)DHE key establishment (psk_dhe_ke)",
    **dict.fromkeys(GREASE_BYTES, GREASE_NAME),
}

#: RFC 8446 section 4.6.3
KEY_UPDATE_REQUESTS: dict[int, str] = {0: "update_not_requested", 1: "update_requested"}
